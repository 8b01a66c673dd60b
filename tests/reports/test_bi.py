"""The tables for BI tools: unique keys, no orphans, the totals of the report, and nothing a spreadsheet would run."""

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from report_logs import FORMULAS, WON, frame_of, hostile_log, log_of, other_log, staged_log
from tmdl_reader import captions, read

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError, OutputError
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.log.privacy import Privacy
from ltcdiag.reports.bi import days, export, flow, star, tmdl
from ltcdiag.reports.bi.base import Base
from ltcdiag.reports.bi.dax import MEASURES
from ltcdiag.reports.bi.schema import TABLES


@pytest.fixture(scope="module")
def sample():
    return ltc.read(ltc.sample("ltc_en"), case="opportunity").between("2024-01-01", "2024-06-30")


@pytest.fixture(scope="module")
def made(sample, tmp_path_factory):
    """Folder with star and Power BI project of the sample, of one star."""
    place, whole = tmp_path_factory.mktemp("bi"), star.star_of(sample)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "star_of", lambda log: whole)
        export.write_star(sample, place / "star", lang="en")
        export.write_powerbi(sample, place / "powerbi", lang="zh")
    return place, whole


@pytest.fixture(scope="module")
def tables(made):
    return {path.stem: pq.read_table(path) for path in (made[0] / "star" / "parquet").iterdir()}


def rows(table):
    return table.to_pylist()


def all_of(log):
    found = star.star_of(log)
    return {name: pa.concat_tables(found.parts(name)) for name in found.tables}, found


def check_keys(tables, schema):
    for name, its in schema.items():
        assert tables[name].schema == its.arrow(), name
        own = tables[name][its.key].to_pylist()
        assert None not in own
        assert len(set(own)) == len(own), name
        for field in its.fields:
            if field.refers:
                known = set(tables[field.refers][schema[field.refers].key].to_pylist())
                assert set(tables[name][field.name].to_pylist()) - {None} <= known, (name, field.name)


def test_keys_are_unique_and_nothing_refers_to_a_row_that_is_not_there(tables, made):
    check_keys(tables, made[1].tables)
    assert tables["fact_finding"].num_rows > 0


@pytest.mark.parametrize("log", [staged_log, other_log, lambda: log_of(frame_of([("线索录入",)])),
                                 lambda: log_of(frame_of([WON]), timezone="Asia/Shanghai"),
                                 lambda: staged_log().between("2030-01-01", "2031-01-01")])
def test_the_laws_hold_for_small_odd_and_empty_logs(log):
    log = log()
    found, schema = all_of(log)
    check_keys(found, schema.tables)
    assert (found["fact_event"].num_rows, found["dim_case"].num_rows) == (log.events, log.cases)
    assert found["fact_move"].num_rows == log.events - log.cases


def test_every_event_and_gap_is_that_of_the_source(tables, sample):
    """A twin that reads the rows of the sample one by one."""
    with next(ltc.sample("ltc_en").glob("*.csv")).open(encoding="utf-8-sig", newline="") as source:
        raw = list(csv.DictReader(source))
    columns, cases = sample.columns, defaultdict(list)
    events = rows(tables["fact_event"])
    kept = {event["line"] for event in events}
    for line, row in enumerate(raw, 2):
        if line in kept:
            ended, began = (datetime.fromisoformat(row[columns[role]]) for role in ("time", "start"))
            said = (row[columns[role]] for role in ("activity", "department"))
            cases[row[columns["case"]]].append((ended, began, line, *said))
    named = {row["activity_key"]: row["activity"] for row in rows(tables["dim_activity"])}
    ids = {row["case_key"]: row["case_id"] for row in rows(tables["dim_case"])}
    party = {row["party_key"]: row["party"] for row in rows(tables["dim_party"])}
    seen = [(ids[e["case_key"]], e["position"], named[e["activity_key"]], e["time"], e["start"], e["line"],
             party[e["party_key"]]) for e in events]
    assert seen == [(case, n, label, ended, began, line, who) for case in sorted(cases)
                    for n, (ended, began, line, label, who) in enumerate(sorted(cases[case]), 1)]
    moves = Counter()
    for case in cases.values():
        for one, other in pairwise(sorted(case)):
            moves[one[3], other[3], round((other[0] - one[0]).total_seconds()), one[4] != other[4]] += 1
    assert moves == Counter((named[m["source_activity_key"]], named[m["target_activity_key"]],
                             round(m["gap_days"] * 86_400), m["changes_party"]) for m in rows(tables["fact_move"]))


def test_a_move_joins_an_event_and_the_next_of_the_same_case(tables):
    events = {event["event_key"]: event for event in rows(tables["fact_event"])}
    for move in rows(tables["fact_move"]):
        one, other = events[move["source_event_key"]], events[move["target_event_key"]]
        assert one["case_key"] == other["case_key"] == move["case_key"]
        assert other["position"] == one["position"] + 1
        assert one["activity_key"] == move["source_activity_key"]
        assert other["activity_key"] == move["target_activity_key"]
        assert move["date_key"] == int(f"{other['time']:%Y%m%d}")


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_size_of_the_batches_changes_nothing(size, monkeypatch):
    log = staged_log()
    base = star.star_of(log).base
    wanted = [pa.concat_tables(make(base)) for make in (flow.events, flow.moves)]
    events = pd.concat(list(log.tables.batches()))
    monkeypatch.setattr(Base, "chunks", lambda self: (events[n:n + size] for n in range(0, len(events), size)))
    assert [pa.concat_tables(make(base)).combine_chunks() for make in (flow.events, flow.moves)] == \
        [table.combine_chunks() for table in wanted]


def test_findings_indicators_and_ledger_are_those_of_the_report(tables, made, sample):
    base = made[1].base
    findings = base.diagnosis.to_dict()["findings"]
    assert [(r["finding"], r["days"], r["cases"], r["title_zh"]) for r in rows(tables["fact_finding"])] == \
        [(f["id"], f["days"] and f["days"]["value"], f["cases"], f["title"]["zh"]) for f in findings]
    ids = tables["dim_case"]["case_id"].to_pylist()
    behind = defaultdict(list)
    for row in rows(tables["bridge_finding_case"]):
        behind[row["finding"]].append((ids[row["case_key"] - 1], row["days_here"]))
    assert behind == {f.id: list(zip(f.case_ids, f.case_days, strict=True)) for f in base.diagnosis.findings}
    assert [(r["kpi"], r["value"], r["low"], r["high"], r["n"]) for r in rows(tables["fact_kpi"])] == \
        [(k["kpi"], k["value"], k["low"], k["high"], k["n"]) for k in base.kpis.to_dict()["kpis"]]
    told = defaultdict(Counter)
    for row in rows(tables["ledger"]):
        told[row["step_number"]][row["what"]] += row["rows"]
    for count, step in zip(told.values(), sample.ledger.steps, strict=True):
        assert count["in"] + count["made"] == count["merged"] + count["set_aside"] + count["out"]
        assert (count["in"], count["out"]) == (step.came_in, step.went_out)
    money = {row["what"]: row["exact"] for row in rows(tables["ledger_money"])}
    assert money["kept"] == str(sample.ledger.money[0].kept)


def test_cases_and_variants_are_those_of_the_answers(tables, sample):
    cases = ltc.cases(sample).table
    assert tables["dim_case"]["case_id"].to_pylist() == cases["case_id"].tolist()
    assert tables["dim_case"]["days"].to_pylist() == pytest.approx(cases["days"].tolist())
    still = [row["open_days"] for row in rows(tables["dim_case"])]
    assert [value is not None for value in still] == (cases["state"] == "open").tolist()
    counted = Counter(tables["dim_case"]["variant_key"].to_pylist())
    assert {row["variant_key"]: row["cases"] for row in rows(tables["dim_variant"])} == counted


def test_csv_says_the_same_as_parquet(tables, made):
    for name, table in tables.items():
        with (made[0] / "star" / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as source:
            header, *cells = csv.reader(source)
        assert header == table.column_names
        assert len(cells) == table.num_rows
        for field, told, values in zip(table.schema, zip(*cells, strict=True), table.columns, strict=False):
            plain = [text.removeprefix("'") if pa.types.is_string(field.type) else text for text in told]
            assert plain == ["" if v is None else str(v).lower() if isinstance(v, bool) else
                             v.removeprefix("'") if isinstance(v, str) else plain[n] if isinstance(v, float)
                             and float(plain[n]) == v else str(v) for n, v in enumerate(values.to_pylist())], field


def test_no_spreadsheet_takes_a_text_for_a_formula_and_programs_get_it_as_it_is(tmp_path):
    export.write_star(hostile_log(FORMULAS), tmp_path / "out", lang="en")
    starts = tuple("=+-@\t\r\uff1d")
    for path in (tmp_path / "out" / "csv").iterdir():
        numbers = {field.name for field in pq.read_schema(tmp_path / "out" / "parquet" / f"{path.stem}.parquet")
                   if not pa.types.is_string(field.type)}
        with path.open(encoding="utf-8-sig", newline="") as source:
            for row in csv.DictReader(source):
                assert not [text for name, text in row.items()
                            if name not in numbers and text.lstrip(" \n").startswith(starts)], path
    labels = pq.read_table(tmp_path / "out" / "parquet" / "dim_activity.parquet")["activity"].to_pylist()
    assert set(labels) == {text if text.strip() else None for text in FORMULAS}


def test_same_log_same_bytes(tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        ltc.export(staged_log(), folder / "", to="powerbi")
    names = [path.relative_to(folders[0]) for path in sorted(folders[0].rglob("*")) if path.is_file()]
    assert len(names) > 40
    assert [str(name) for name in names if (folders[0] / name).read_bytes() != (folders[1] / name).read_bytes()] == []


def people_log():
    frame = frame_of([WON] * 6 + [WON[:3]])
    frame["resource"] = [f"P{n % 8}" for n in range(6 * 8)] + ["rare", " ", "P1"]
    return log_of(frame)


def test_people_stand_in_it_only_with_a_purpose_and_enough_cases():
    def named(log):
        found, _ = all_of(log)
        people = {row["party_key"]: row["party"] for row in rows(found["dim_party"]) if row["party_kind"] == "person"}
        return people, Counter(map(people.get, found["fact_event"]["person_key"].to_pylist()))

    assert named(people_log()) == ({}, Counter({None: 51}))
    people, events = named(replace(people_log(), privacy=Privacy(purpose="load of work", k=5)))
    assert sorted(people.values()) == [f"P{n}" for n in range(8)]
    assert events[None] == 2, "a name of one case and a blank one are nobody"
    assert named(replace(people_log(), privacy=Privacy(purpose="load of work", k=7)))[0] == {}


def test_days_know_holidays_and_make_up_days():
    told = {day: next(days._rows([day], WorkCalendar("CN"), frozenset({2030})))[10:] for day in (
        date(2024, 2, 10), date(2024, 2, 18), date(2024, 2, 21), date(2024, 2, 24), date(2030, 1, 2))}
    assert told[date(2024, 2, 10)][:2] == (False, "holiday")
    assert "春节" in told[date(2024, 2, 10)][4]
    assert told[date(2024, 2, 18)][:2] == (True, "made_up")
    assert told[date(2024, 2, 21)][:2] == (True, "workday")
    assert told[date(2024, 2, 24)][:2] == (False, "weekend")
    assert [told[day][-1] for day in (date(2024, 2, 10), date(2030, 1, 2))] == [True, False]


def test_a_moment_stands_on_the_clock_of_the_zone_and_gaps_do_not_change():
    frame = pd.DataFrame({"case": ["a", "a"], "activity": ["报价", "合同签订"],
                          "time": pd.to_datetime(["2024-03-01T23:30:00Z", "2024-03-02T23:30:00Z"])})
    found, _ = all_of(log_of(frame))
    zone = log_of(frame).timezone
    local = frame["time"].dt.tz_convert(zone).dt.tz_localize(None).tolist()
    assert found["fact_event"]["time"].to_pylist() == local
    assert found["fact_event"]["date_key"].to_pylist() == [int(f"{moment:%Y%m%d}") for moment in local]
    assert found["fact_move"]["gap_days"].to_pylist() == [1.0]


def test_money_keeps_its_currency():
    frame = frame_of([WON] * 4)
    frame["currency"] = frame["case"].map(lambda case: "EUR" if case == "案例002" else "CNY")
    found, _ = all_of(log_of(frame))
    assert Counter(found["fact_money"]["currency"].to_pylist()) == {"CNY": 3, "EUR": 1}
    assert [row["reckoned"] for row in rows(found["fact_money"])] == [True, True, False, True]


def test_the_dictionary_has_every_column_in_both_languages(made):
    with (made[0] / "star" / "data_dictionary.csv").open(encoding="utf-8-sig", newline="") as source:
        told = list(csv.DictReader(source))
    assert [(row["table"], row["column"]) for row in told] == \
        [(name, field.name) for name, table in made[1].tables.items() for field in table.fields]
    assert all(row["meaning_zh"] and row["meaning_en"] and row["made_zh"] for row in told)
    for lang in ("zh", "en"):
        text = (made[0] / "star" / f"data_dictionary_{lang}.md").read_text("utf-8")
        assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == list(made[1].tables)


def test_a_folder_of_others_is_never_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", "utf-8")
    for to in ("star", "powerbi"):
        with pytest.raises(OutputError):
            ltc.export(other_log(), tmp_path / "mine", to=to, force=True)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "letter.txt"]
    ltc.export(other_log(), tmp_path / "out", to="star")
    ltc.export(other_log(), tmp_path / "out", to="star", force=True)


def test_the_command_line_writes_it(tmp_path, capsys):
    frame_of([("cut", "paint")] * 2).to_csv(tmp_path / "log.csv", index=False)
    assert main(["export", str(tmp_path / "log.csv"), "--to", "star", "--out", str(tmp_path / "out"), "--lang", "en",
                 "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["fact_event"] == 4
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "csv", "parquet", "README.txt", "data_dictionary.csv", "data_dictionary_zh.md", "data_dictionary_en.md"}


# ---- Tableau -------------------------------------------------------------------------------------------------


def test_without_pantab_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pantab", None)
    with pytest.raises(InputError, match=r"ltcdiag\[tableau\]"):
        ltc.export(other_log(), tmp_path / "log.hyper", to="hyper")
    assert list(tmp_path.iterdir()) == []


def test_a_tableau_extract_holds_the_same_tables(tmp_path, monkeypatch):
    pantab = pytest.importorskip("pantab", reason="2026-11-23: half a gigabyte, an extra of few")
    monkeypatch.chdir(tmp_path)
    log = staged_log()
    wanted, _ = all_of(log)
    ltc.export(log, tmp_path / "log.hyper", to="hyper")
    ltc.export(log, tmp_path / "log.hyper", to="hyper", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["log.hyper"], "no log of the program behind it"
    found = pantab.frames_from_hyper(tmp_path / "log.hyper", return_type="pyarrow")
    found = {str(name[-1] if isinstance(name, tuple) else name): table for name, table in found.items()}
    assert set(found) == set(TABLES)
    for name, table in wanted.items():
        key = TABLES[name].key
        assert sorted(rows(found[name].cast(table.schema)), key=lambda row: row[key]) == \
            sorted(rows(table), key=lambda row: row[key]), name


# ---- Power BI ------------------------------------------------------------------------------------------------

ARROW = {"int64": pa.int64(), "string": pa.string(), "double": pa.float64(), "boolean": pa.bool_()}


@pytest.fixture(scope="module")
def model(made):
    root = made[0] / "powerbi" / "ltcdiag.SemanticModel" / "definition"
    parts = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*.tmdl")}
    return {name: read(text) for name, text in parts.items() if not name.startswith("cultures/")}, parts


def model_tables(model):
    return {objects[0]["name"]: objects[0] for name, objects in model[0].items() if name.startswith("tables/")}


def columns(table):
    return {child["name"]: child["properties"] for child in table["children"] if child["kind"] == "column"}


def test_every_column_of_the_model_is_in_the_data_with_its_type(model, made):
    for name, table in model_tables(model).items():
        schema = pq.read_schema(made[0] / "powerbi" / "data" / f"{name}.parquet")
        assert [its["sourceColumn"] for its in columns(table).values()] == schema.names == list(columns(table))
        for column, its in columns(table).items():
            kind = schema.field(column).type
            assert ARROW.get(its["dataType"], kind) == kind
            assert (its["dataType"] == "dateTime") == (pa.types.is_temporal(kind))
        source = next(child for child in table["children"] if child["kind"] == "partition")["properties"]["source"]
        assert f'{tmdl.PARAMETER} & "{name}.parquet"' in source
        assert re.findall(r'\{"((?:[^"]|"")+)", ', source) == schema.names
    assert {ref["name"] for ref in model[0]["model.tmdl"] if ref.get("what") == "table"} == set(model_tables(model))


def test_relationships_lead_to_keys_and_never_on_two_ways(model):
    known, active = model_tables(model), defaultdict(set)
    for its in model[0]["relationships.tmdl"]:
        (one, column), (other, key) = (its["properties"][side].split(".") for side in ("fromColumn", "toColumn"))
        assert column in columns(known[one])
        assert key in columns(known[other])
        assert columns(known[one])[column]["dataType"] == columns(known[other])[key]["dataType"]
        if its["properties"].get("isActive") != "false":
            active[other].add(one)
            if its["properties"].get("crossFilteringBehavior") == "bothDirections":
                active[one].add(other)

    def ways(start, end, been):
        return int(start == end) or sum(ways(step, end, been | {start}) for step in active[start] - been)

    twice = [(a, b) for a in known for b in known if a != b and ways(a, b, frozenset()) > 1]
    assert twice == []
    names = [its["name"] for its in model[0]["relationships.tmdl"]]
    assert len(set(names)) == len(names)


def test_measures_speak_of_what_is_there(model):
    known = model_tables(model)
    measures = {child["name"]: child["value"] for table in known.values() for child in table["children"]
                if child["kind"] == "measure"}
    assert len(measures) == len(MEASURES)
    for name, dax in measures.items():
        home = next(table for table in known.values() if any(child["name"] == name for child in table["children"]))
        assert name.casefold() not in {column.casefold() for column in columns(home)}
        for table, column in re.findall(r"(\w+)\[(\w+)\]", dax):
            assert column in columns(known[table]), dax
        for other in re.findall(r"(?<![\w\]])\[([^\]]+)\]", dax):
            assert other in measures, dax
        for table in re.findall(r"COUNTROWS\((\w+)\)", dax):
            assert table in known
        assert dax.count("(") == dax.count(")")
    money = [dax for dax in measures.values() if "[amount]" in dax]
    assert len(money) == 1
    assert "HASONEVALUE(fact_money[currency])" in money[0]


def test_what_is_sorted_by_another_column_has_one_place(model, tables):
    for name, table in model_tables(model).items():
        for column, its in columns(table).items():
            if "sortByColumn" in its:
                pairs = {(row[column], row[its["sortByColumn"]]) for row in rows(tables[name])}
                assert len(pairs) == len({value for value, _ in pairs}), column


def test_everything_has_a_caption_in_both_languages(model):
    known = model_tables(model)
    wanted = {(name, "table", name) for name in known} | {
        (name, child["kind"], child["name"]) for name, table in known.items() for child in table["children"]
        if child["kind"] in ("column", "measure")}
    for culture in ("zh-CN", "en-US"):
        found = captions(model[1][f"cultures/{culture}.tmdl"])
        assert set(found) == wanted
        for name in known:
            own = [text.casefold() for (table, kind, _), text in found.items() if table == name and kind != "table"]
            assert len(set(own)) == len(own), (culture, name)


def test_names_of_the_source_end_no_line_and_begin_no_escape():
    from ltcdiag.reports.bi.schema import Field

    table = TABLES["about"].more(Field("attr_it's #(lf) \"x\" = .:", "text", source="x"))
    found = read(tmdl.table(table, "en"))[0]
    assert "attr_it's #(lf) \"x\" = .:" in columns(found)
    assert '"attr_it\'s #(#)(lf) ""x"" = .:"' in found["children"][-2]["properties"]["source"]


def test_the_pages_show_columns_and_measures_that_are_there(made, model):
    known = model_tables(model)
    root = made[0] / "powerbi" / "ltcdiag.Report" / "definition"
    order = json.loads((root / "pages" / "pages.json").read_text("utf-8"))["pageOrder"]
    assert sorted(order) == sorted(path.name for path in (root / "pages").iterdir() if path.is_dir())
    shown = [json.loads(path.read_text("utf-8")) for path in root.rglob("visual.json")]
    assert len(shown) > 8
    for visual in shown:
        place = visual["position"]
        assert place["x"] + place["width"] <= 1280
        assert place["y"] + place["height"] <= 720
        for role in visual["visual"]["query"]["queryState"].values():
            for projection in role["projections"]:
                (kind, its), = projection["field"].items()
                kids = {c["name"] for c in known[its["Expression"]["SourceRef"]["Entity"]]["children"]
                        if c["kind"] == kind.lower()}
                assert its["Property"] in kids
