"""The pictures of a plan: boxes that do not touch, texts that fit, every measure told in words."""

from dataclasses import replace
from itertools import pairwise
from xml.dom import minidom

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_logs import DAYS

import ltcdiag as ltc
from ltcdiag.charts.folding import folded
from ltcdiag.charts.fonts import measure
from ltcdiag.charts.impact_effort import spread
from ltcdiag.cycle.plan import Baseline, Gain, Goal, Measure, Milestone, Plan
from ltcdiag.errors import InputError

LONG = {"zh": "签约后三个工作日内由交付负责人召集销售、方案、法务和财务共同参加的项目交底会并当场确认清单",
        "en": "A project briefing within three working days of signature with everybody who promised anything"}
VIEWS = ("timetable", "impact_effort", "raci", "targets")


def plan(measures=12, **more):
    days = Baseline(20.0, 18.0, 22.0, 200, 30, "days", 120)
    made = [Measure(f"M{n}", LONG, goal=("G1", "")[n % 5 == 4], kpi="days_open", owner="法务部", accountable="legal",
                    raci={"legal": "A", "法务部": "R", "AR": "C"}, effort=1 + n % 3, begins="2024-09-16",
                    ends="2024-10-08", gain=Gain(5.0, 4.0, 6.0, "days", of=20.0) if n % 4 else None)
            for n in range(1, measures + 1)]
    goals = (Goal("G1", "days_open", days, target=15.0, due="2025-04-07", accountable="legal"),)
    points = (Milestone("P1", LONG, "2024-10-07"), Milestone("P2", LONG, "2024-10-07"),
              Milestone("P3", LONG, "2024-09-23", "2024-09-23", "M1"), Milestone("P4", LONG, "2025-04-01"))
    return Plan("合同为什么慢？", goals, tuple(made), points, **{**DAYS, **more})


def texts_outside(drawn):
    """Texts that reach beyond the page."""
    figure = drawn.figure
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [(text.get_text(), text.get_window_extent()) for axes in figure.axes for text in axes.texts]
    return [said for said, box in boxes if said.strip() and (box.x0 < 0 or box.x1 > width or box.y0 < 0
                                                             or box.y1 > height)]


@pytest.mark.parametrize(("view", "lang"), [*zip(VIEWS, ("zh", "en", "zh", "en"), strict=True),
                                            ("timetable", "en")])
def test_twelve_long_measures_stay_on_the_page_and_are_told(view, lang):
    drawn = ltc.draw(plan(), view=view, lang=lang)
    assert texts_outside(drawn) == []
    for n in range(1, 13):
        assert f"M{n} " in drawn.words


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_plan_says_that_there_is_nothing(view):
    assert "没有" in ltc.draw(Plan(), view=view, lang="zh").words


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_names_stay_text_and_the_same_plan_gives_the_same_bytes(view):
    hostile = dict.fromkeys(("zh", "en"), "</script><b>x $x_{$ <a href='http://x.invalid'>go</a>")
    asked = plan(3)
    asked = replace(asked, measures=tuple(replace(each, name=hostile) for each in asked.measures))
    one, other = ltc.draw(asked, view=view, lang="zh"), ltc.draw(asked, view=view, lang="zh")
    assert one.svg() == other.svg()
    document = minidom.parseString(one.svg().encode("utf-8"))  # noqa: S318 - our own picture
    assert not any(document.getElementsByTagName(tag) for tag in ("script", "a", "b"))
    assert "<b>" not in one._repr_html_()


def test_another_view_is_refused():
    with pytest.raises(InputError, match="weather"):
        ltc.draw(plan(1), view="weather")


def test_waves_are_lines_of_the_timetable():
    made = replace(plan(2), wave_column="区域", waves={"华东": "2024-10-08", "华北": "2025-01-06"})
    words = ltc.draw(made, lang="zh").words
    assert words.index("华东") < words.index("华北") < words.index("评审")


def test_a_dropped_measure_is_not_weighed():
    made = plan(2)
    made = replace(made, measures=(made.measures[0], replace(made.measures[1], status="dropped")))
    assert "M2" not in ltc.draw(made, view="impact_effort").words


boxes = st.lists(st.tuples(st.floats(0, 400), st.floats(20, 60)), min_size=1, max_size=12).map(
    lambda found: sorted(found, key=lambda box: box[0]))


@settings(max_examples=25)
@given(boxes)
def test_labels_never_touch_and_keep_their_order(wanted):
    placed = spread(wanted, 0.0, 1000.0, gap=5.0)
    edges = [(at - tall / 2, at + tall / 2) for at, (_, tall) in zip(placed, wanted, strict=True)]
    assert edges[0][0] >= -1e-9
    assert edges[-1][1] <= 1000 + 1e-9
    assert all(upper[1] + 5 <= lower[0] + 1e-6 for upper, lower in pairwise(edges))


def test_a_label_with_room_stays_where_it_belongs():
    assert spread([(100.0, 20.0), (200.0, 20.0)], 0.0, 400.0) == [100.0, 200.0]


@settings(max_examples=25)
@given(st.text(st.sampled_from("合同评审，（a bc. long）12“”"), max_size=60), st.integers(60, 200))
def test_lines_fit_and_lose_nothing_where_there_is_room(text, width):
    lines = folded(text, "zh", size=12, width=width, most=99)
    assert all(measure(line, 12) <= width + 1e-6 for line in lines)
    if text.split():
        assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_a_text_without_room_ends_in_dots():
    lines = folded(LONG["zh"], "zh", size=12, width=120, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert measure(lines[1], 12) <= 120
