"""The browser computes what the engine computes: whatever the filter, case by case and day by day."""

import math
import random

import pytest
from screen.workshop_pages import hostile_log, opened

import ltcdiag as ltc
from ltcdiag.log.filter_plain import from_plain
from ltcdiag.log.filter_words import filter_words
from ltcdiag.screen.filter_columns import filter_columns
from ltcdiag.screen.map_model import map_model
from ltcdiag.screen.provider import Provider
from ltcdiag.screen.workshop import PageOptions, workshop_page


def filters_for(log, chance, n):
    """Filters of every kind, some of them turned round, some joined."""
    labels = sorted(log.stages)
    columns = {column.name: list(column.values) for column in filter_columns(log)}
    table = ltc.cases(log).table
    ways = [list(path) for path in ltc.variants(log).table["activities"]]
    days = sorted(table["days"])

    def some(items, most=3):
        return chance.sample(items, min(len(items), chance.randint(1, most)))

    def one():
        column = chance.choice(list(columns))
        first, last = sorted(str(chance.choice(list(table["started"])))[:10] for _ in range(2))
        low = chance.choice([0, 0.5, round(chance.choice(days), 3)])
        made = chance.choice([
            {"kind": "between", "first": first, "last": last,
             "keep": chance.choice(["started", "completed", "contained", "intersecting"])},
            {"kind": "attribute", "column": column, "values": some([*columns[column], None]),
             "every": chance.random() < 0.4},
            {"kind": "variant", "variants": some(ways)}, {"kind": "top_variants", "k": chance.randint(1, 9)},
            {"kind": "variant_cases", "at_least": chance.randint(1, 3), "at_most": chance.choice([None, 9])},
            {"kind": "starts_with", "activities": some(labels)}, {"kind": "ends_with", "activities": some(labels)},
            {"kind": "contains", "activities": some(labels)},
            {"kind": "follows", "source": chance.choice(labels), "target": chance.choice(labels),
             "directly": chance.random() < 0.5, "at_least_days": chance.choice([None, 0.04, 1]),
             "under_days": chance.choice([None, 1.5, 30])},
            {"kind": "duration", "at_least": low, "under": chance.choice([None, low + 20])},
            {"kind": "events", "at_least": chance.randint(1, 6), "under": chance.choice([None, 8])},
            {"kind": "state", "state": chance.choice(["open", "closed", "unknown"])},
            {"kind": "cases", "case_ids": some(list(table["case_id"]), 20)},
        ])
        return {**made, "not": True} if chance.random() < 0.25 else made

    def joined():
        kind = chance.choice(["any_of", "all_of", "not", "plain", "plain"])
        return one() if kind == "plain" else {"kind": "not", "part": one()} if kind == "not" else {
            "kind": kind, "parts": [one() for _ in range(chance.randint(1, 3))]}

    return [[], *([joined() for _ in range(chance.randint(1, 3))] for _ in range(n))]


def same(one, other, where=""):
    """Equal in every part; days to a billionth."""
    if isinstance(one, float) or isinstance(other, float):
        near = None not in (one, other) and math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
        assert near or one == other, (where, one, other)
    elif isinstance(one, dict):
        assert set(one) == set(other), (where, set(one) ^ set(other))
        for key in one:
            same(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), (where, len(one), len(other))
        for n, pair in enumerate(zip(one, other, strict=True)):
            same(*pair, f"{where}[{n}]")
    else:
        assert one == other, (where, one, other)


ASK = "([filters, how]) => window.workshop.provider.ask(filters, how)"
TELL = """(filters) => [filtersCode(filters), filters.map((each) => filterWords(
    JSON.parse(document.getElementById('data').textContent).words, each))]"""


@pytest.fixture(scope="module", params=["hostile", "sample"])
def log(request, tmp_path_factory):
    if request.param == "hostile":
        return hostile_log(tmp_path_factory.mktemp("hostile"))
    return ltc.read(ltc.sample("ltc_en"), case="opportunity")


@pytest.fixture(scope="module")
def page(log, browser, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(workshop_page(log, (), PageOptions("en", effort=0)), encoding="utf-8")
    with opened(browser, file) as found:
        yield found


def test_the_browser_answers_as_the_engine_and_tells_filters_as_python_does(log, page):
    chance, python = random.Random(11), Provider(log, map_model(log, lang="en"))
    kept = set()
    for n, filters in enumerate(filters_for(log, chance, 26)):
        how = {"sort": chance.choice(["-days", "days", "id", "-events", "start", "-end", "variant", "state"]),
               "offset": chance.choice([0, 3]), "limit": chance.choice([5, 200])}
        answer = page.evaluate(ASK, [filters, how])
        same(answer, python.ask(filters, how), f"{n} {filters}")
        kept.add(answer["cases"])
        code, words = page.evaluate(TELL, filters)
        keep = [from_plain([each]) for each in filters]
        assert code == (f"log.where({from_plain(filters)!r})" if filters else "log"), filters
        assert words == [filter_words(each, "en") for each in keep]
    assert len(kept) > 8       # filters that keep all or nothing prove nothing


def test_the_browser_agrees_with_the_plain_tables_of_a_filtered_log(log, page):
    label = sorted(log.stages)[1]
    narrow = log.where(ltc.Contains((label,)))
    answer = page.evaluate(ASK, [[{"kind": "contains", "activities": [label]}], {"limit": 10_000}])
    names = page.evaluate("() => window.workshop.app.view.labels")
    ways = page.evaluate("() => window.workshop.provider.paths")
    assert {row["id"]: row["state"] for row in answer["case_list"]["rows"]} == dict(
        ltc.cases(narrow).table[["case_id", "state"]].itertuples(index=False, name=None))
    told = {tuple(names[a] for a in row["activities"]): row["cases"] for row in answer["variants"]["rows"]}
    assert told == dict(ltc.variants(narrow).table[["activities", "cases"]].itertuples(index=False, name=None))
    gaps = {(row["source"], row["target"]): row for row in ltc.gaps(narrow).table.to_dict("records")}
    values = answer["values"]["paths"]
    for n, way in enumerate(ways):
        if way["source"] < 0 or way["target"] < 0:
            continue
        row = gaps.pop((names[way["source"]], names[way["target"]]), None)
        assert values["count"][n] == (row["moves"] if row else 0)
        if row:
            assert values["median"][n] == pytest.approx(row["gap_days_median"], abs=1e-9)
            assert values["p90"][n] == pytest.approx(row["gap_days_p90"], abs=1e-9)
    assert not gaps


def test_a_case_is_told_event_by_event(log, page):
    points = ltc.points(log).table
    for case in (points["case_id"].iloc[0], points["case_id"].iloc[-1]):
        mine = points[points["case_id"] == case]
        told = page.evaluate("(id) => window.workshop.provider.case(id)", case)["events"]
        assert [each["activity"] for each in told] == list(mine["activity"])
        assert [each["time"] for each in told] == [f"{time:%Y-%m-%dT%H:%M:%S}" for time in mine["time"]]


def test_a_browser_that_cannot_inflate_reads_the_same_bytes(page):
    assert page.evaluate("""async () => {
      const packed = JSON.parse(document.getElementById('data').textContent).log, bytes = bytesOfBase64(packed.data);
      const [quick, slow] = [await inflatedBytes(bytes), inflatedSlowly(bytes)];
      return quick.length === slow.length && quick.every((byte, i) => byte === slow[i]);
    }""")
