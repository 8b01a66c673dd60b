"""Pictures of time, flow and causes: they say their numbers, and no text of any picture is cut or lies on another."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from xml.dom import minidom

import numpy as np
import pandas as pd
import pytest
from charts.conftest import invented
from charts.test_drawing import HOSTILE, SOURCE, draw
from charts.texts_drawn import faults_of, texts_of

import ltcdiag as ltc
from ltcdiag.charts import CHARTS
from ltcdiag.charts.sankey import placed
from ltcdiag.errors import InputError
from ltcdiag.log.pictured import CaseDays, Control, DayCounts, LanedMap, PartyLoad, Spectrum, StageFlows, WorkOverTime
from ltcdiag.measures.survival import Survival, remaining
from ltcdiag.stats.case_clock import CaseClock

pytestmark = pytest.mark.filterwarnings("error:Glyph", "error::UserWarning:matplotlib")

ROWS = 30
LONG = ["客户关系管理部门组织的第二轮商务方案与技术方案联合评审会议（含外部专家）以及后续整改事项跟踪确认" + mark
        for mark in "甲乙丙丁"] + [f"Quarterly review of the second commercial proposal with external experts no {n}"
                                  for n in range(4)]
PLAIN = ["线索录入", "商机立项", "方案与报价", "合同评审", "订单创建", "发货交付", "开票", "回款"]
LABELS = {"plain": PLAIN, "long": LONG, "hostile": HOSTILE}


@cache
def answers(kind: str, rows: int = ROWS):
    """Every new answer, with the labels of a kind. rows: how many periods, days and cases; 0: nothing at all."""
    names, n = LABELS[kind], rows
    starts = pd.date_range("2024-01-01", periods=n, freq="7D")
    load = pd.DataFrame([(start, name, 1 + (k * 7 + m) % 9) for m, start in enumerate(starts)
                         for k, name in enumerate(names) if (k + m) % 5], columns=["start", "party", "steps"])
    days = pd.date_range("2023-12-20", periods=12 * n, freq="D")
    kinds = [("workday", "holiday", "weekend", "make_up")[k % 4] for k in range(12 * n)]
    begin = pd.date_range("2024-01-01", periods=n, freq="D").repeat(2)
    length = np.arange(2 * n) % 17 + 0.5
    spectrum = pd.DataFrame({"part": [0, 1] * n, "entered": begin, "days": length, "quartile": pd.array(
        [None if k % 9 == 0 else k % 4 for k in range(2 * n)], dtype="Int64")})
    spectrum["left"] = (spectrum["entered"] + pd.to_timedelta(length, unit="D")).where(spectrum["quartile"].notna())
    control = pd.DataFrame({"start": [names[k % len(names)] for k in range(n)], "cases": 9,
                            "value": [9.0 if k == 20 else 4.0 + k % 3 for k in range(n)], "moving_range": 1.0,
                            "outside": [k == 20 for k in range(n)], "jump": [k == 21 for k in range(n)],
                            "run": [3 < k < 13 for k in range(n)]})
    onward = [("start", names[0]), *pairwise(names)]
    moves = dict.fromkeys(onward, n) | {(names[3], names[1]): n // 3, (names[2], names[5]): n // 5,
                                        (names[1], "lost"): n // 4, (names[2], "open"): n // 6, (names[-1], "done"): n}
    flows = [(a, b, k) for (a, b), k in moves.items() if k]
    paths = [(a, b, k, 3.5) for a, b, k in flows if a in names and b in names]
    graph = pd.DataFrame(paths, columns=["source", "target", "moves", "gap_days_median"])
    boxes = pd.DataFrame({"activity": names, "stage": None, "events": [n + 5 * k for k in range(len(names))],
                          "starts": [n, *[0] * (len(names) - 1)], "ends": [*[0] * (len(names) - 1), n]}).head(
        len(names) if n else 0)
    return {
        "case_days": CaseDays(pd.DataFrame({"at_least_days": np.arange(n) * 2.0, "under_days": [
            *(np.arange(1, n) * 2.0), float("nan")][:n], "closed": range(n), "open": [k % 3 for k in range(n)]}),
            sum(k + k % 3 for k in range(n)), "", median=31.0 if n else None, median_low=28.0, median_high=None),
        "work_over_time": WorkOverTime(pd.DataFrame({"start": starts, "started": 5, "closed": 4,
                                                     "active": range(n)}), 5 * n, ""),
        "party_load": PartyLoad(load, int(load["steps"].sum()) + 7 if n else 0, "", unnamed=7),
        "calendar_days": DayCounts(pd.DataFrame({"day": days, "number": [k % 6 for k in range(12 * n)],
                                                 "day_kind": kinds}), 30 * n, "", calendar="CN", guessed=(2025,)),
        "spectrum": Spectrum(spectrum, n, "", steps=tuple(names[:3]), elsewhere=(3, 4)),
        "sankey": StageFlows(pd.DataFrame(flows, columns=["source", "target", "moves"]), n, "", stages=tuple(names),
                             without=2),
        "survival": Survival(tuple(group(name, n, mean) for name, mean in zip(names, (9, 14, 15, 16, 40),
                                                                            strict=False)), names[0], "x", n),
        "control": Control(control, n, "", baseline=12, centre=5.0, low=2.2, high=7.8, range_centre=1.0,
                           range_high=3.3, false_alarm=0.31),
        "swimlanes": LanedMap(graph, n, "", activities=boxes, shares={names[0]: 0.5},
                              parties={name: names[k % 3] for k, name in enumerate(names[:-1])}),
        "fishbone": ltc.causes({name: {other: [names[0], names[1]] for other in names[:2 + k % 6]}
                                for k, name in enumerate(names[:5])} if n else {}, problem=names[0]),
        "five_whys": ltc.causes({names[0]: {names[1]: {names[2]: {names[3]: {names[4]: names[5]}}}, names[6]: None}}
                                if n else {}, problem=names[-1]),
    }


def group(name: str, n: int, mean: float):
    """A group whose cases close about as often as an exponential would have it; a quarter is open."""
    days = -mean * np.log((np.arange(n) + 0.5) / max(1, n))
    closed = np.arange(n) % 4 > 0
    return remaining(name, CaseClock(np.zeros(n), days, closed, np.maximum(days, 60.0)))


@cache
def drawn(name: str, kind: str, lang: str, rows: int = ROWS):
    return ltc.draw(answers(kind, rows)[name], lang=lang, **({"view": name} if name == "five_whys" else {}))


NEW = tuple(answers("plain"))


def test_every_chart_is_looked_at_here_or_there() -> None:
    planned = {"timetable", "impact_effort", "raci", "target_tree"}
    assert {*NEW, *SOURCE, *planned} == set(CHARTS)


@pytest.mark.parametrize("name", NEW)
def test_no_text_of_a_new_picture_is_cut_or_lies_on_another(name: str) -> None:
    for kind, lang in (("plain", "zh"), ("plain", "en"), ("long", "en"), ("hostile", "zh")):
        found = drawn(name, kind, lang)
        assert faults_of(found) == [], kind
        assert found.name == name
        assert len(texts_of(found)) > 3


@pytest.mark.parametrize("name", SOURCE)
def test_no_text_of_the_other_pictures_is_cut_or_lies_on_another(name: str) -> None:
    for kind, lang in (("long", "en"), ("hostile", "zh")):
        assert faults_of(draw(name, invented_once(kind), lang=lang)) == [], kind


@cache
def invented_once(kind: str):
    """The answers of the other pictures, with the labels of a kind."""
    return invented(LABELS[kind], cases=60)


def test_what_is_cut_and_what_overlaps_is_found() -> None:
    from ltcdiag.charts.drawing import Drawing, page, style, write

    with style():
        figure, axes = page(200, 100)
        for x, y, text in ((20, 30, "one text"), (40, 32, "another"), (150, 70, "too wide for the sheet")):
            write(axes, x, y, text)
    said = faults_of(Drawing(figure, "", "x"))
    assert len(said) == 2
    assert said[0].startswith("cut: 'too wide")
    assert said[1].startswith("overlap: 'one")


@pytest.mark.parametrize("name", NEW)
def test_hostile_labels_stay_text_and_the_same_answer_gives_the_same_bytes(name: str) -> None:
    found = drawn(name, "hostile", "zh")
    svg = found.svg()
    document = minidom.parseString(svg.encode("utf-8"))  # noqa: S318 - our own picture
    for tag in ("script", "a", "b"):
        assert not document.getElementsByTagName(tag)
    assert svg == drawn.__wrapped__(name, "hostile", "zh").svg()
    assert "<b>" not in found._repr_html_()


@pytest.mark.parametrize("name", NEW)
def test_nothing_is_told_as_nothing_and_one_is_drawn(name: str) -> None:
    assert "No data" in drawn(name, "plain", "en", rows=0).words
    one = drawn(name, "plain", "zh", rows=1)
    assert faults_of(one) == []
    assert one.words


@pytest.mark.parametrize("name", NEW)
def test_words_are_in_the_language_and_hold_numbers(name: str) -> None:
    zh, en = drawn(name, "plain", "zh").words, drawn(name, "plain", "en").words
    assert zh != en
    assert any(letter.isdigit() for letter in zh)
    assert "{" not in zh + en


def test_bands_of_a_flow_are_as_wide_as_their_cases_and_meet_their_stages() -> None:
    found = answers("plain")["sankey"]
    moves = {(a, b): n for a, b, n in found.table.itertuples(index=False, name=None)}
    every, strips, unit = placed(found, moves)
    columns = {"start": 0, **{key: n + 1 for n, key in enumerate(found.stages)}}
    for each in every:
        out = sum(s.wide for s in strips if s.column == each.column and each.top - 1e-6 <= s.y0 < each.top + each.moves
                  * unit - 1e-6)
        onward = sum(n for (a, b), n in moves.items() if a == each.name and columns.get(b, 99) > columns[a]) \
            if each.real else each.moves
        assert out == pytest.approx(onward * unit), each.name
    for one in every:
        for other in every:
            if one is not other and one.column == other.column:
                assert one.top + one.moves * unit <= other.top or other.top + other.moves * unit <= one.top


def test_a_median_that_is_not_there_is_said_with_its_reason() -> None:
    from dataclasses import replace

    found = answers("plain")["case_days"]
    assert "no upper end" in ltc.draw(found, lang="en").words
    for why, said in (("closing_unknown", "which cases are over"), ("not_half", "fewer than half"),
                      ("too_young", "too few or too young")):
        assert said in ltc.draw(replace(found, median=None, why_no_median=why), lang="en").words


def test_a_day_with_nothing_and_a_day_outside_of_the_data_look_different() -> None:
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_hex

    axes = drawn("calendar_days", "plain", "zh").figure.axes[0]
    outside, inside = [part for part in axes.collections if isinstance(part, PolyCollection)][:2]
    assert {to_hex(colour) for colour in outside.get_facecolor()} == {"#ffffff"}
    assert "#f1f3f6" in {to_hex(colour) for colour in inside.get_facecolor()}
    assert "#ffffff" not in {to_hex(colour) for colour in inside.get_facecolor()}


def test_lines_of_a_spectrum_run_from_entering_to_leaving_and_half_way_where_they_are_on_their_way() -> None:
    found = answers("plain")["spectrum"]
    axes = drawn("spectrum", "plain", "zh").figure.axes[0]
    from matplotlib.collections import LineCollection

    parts = [part for part in axes.collections if isinstance(part, LineCollection)]
    assert len(parts) == 2
    assert all(part.get_rasterized() for part in parts)
    lines = [line for part in parts for line in part.get_segments()]
    depth = {round(float(line[1][1] - line[0][1])) for line in lines}
    assert len(lines) == len(found.table)
    assert depth == {104, 52}
    wide = np.array([line[1][0] - line[0][0] for line in lines])
    days = pd.concat([found.table[found.table["part"] == part].sort_values("entered", kind="stable")
                      for part in (0, 1)])["days"].to_numpy()
    assert wide / days == pytest.approx(np.full(len(days), wide[0] / days[0]))


def test_many_lines_are_drawn_in_equal_steps_and_that_is_said() -> None:
    from dataclasses import replace

    found = answers("plain")["spectrum"]
    many = replace(found, table=pd.concat([found.table] * 1500, ignore_index=True))
    made = ltc.draw(many, lang="en")
    assert "Every 3th line" not in made.words
    assert "1 line in 3" in made.words
    assert sum(len(part.get_segments()) for part in made.figure.axes[0].collections) == len(many.table) // 3


def test_evidence_is_no_why_of_its_own() -> None:
    from ltcdiag.findings.causes import Cause, Causes

    found = Causes("p", (Cause("family", (Cause("finding", (Cause("proof", shows=True),), "F01"),)),))
    texts = {text for text, _ in texts_of(ltc.draw(found, view="five_whys", lang="en"))}
    assert {"why 1", "why 2", "shown by"} <= texts
    assert "why 3" not in texts
    with pytest.raises(InputError):
        ltc.draw(found, view="pie")
