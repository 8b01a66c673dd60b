"""The map hides only what it says it hides, and its words carry the numbers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ltcdiag.charts.drawing import style
from ltcdiag.charts.layout import overlaps
from ltcdiag.charts.process_map import process_map
from ltcdiag.charts.pruning import MOST_PATHS, prune
from ltcdiag.charts.shapes import Box
from ltcdiag.errors import InputError

pytestmark = pytest.mark.filterwarnings("error:Glyph", "error::UserWarning:matplotlib")


def shown(log: SimpleNamespace, activities: float = 1.0, paths: int | None = None):
    return prune(log.dfg, None, "gap_days_median", activities, paths)


@given(activities=st.one_of(st.integers(1, 12), st.floats(0.05, 1.0)), paths=st.none() | st.integers(1, 200))
@settings(max_examples=40, deadline=None)
def test_drawn_and_hidden_add_up(log: SimpleNamespace, activities: float, paths: int | None) -> None:
    view = shown(log, activities, paths)
    assert sum(path.moves for path in view.paths) + view.hidden_moves == log.dfg.table["moves"].sum()
    assert len(view.paths) + view.hidden_paths == len(log.dfg.table)
    assert len(view.activities) + view.hidden_activities == len(log.dfg.activities)
    names = {activity.name for activity in view.activities}
    assert all(path.source in names and path.target in names for path in view.paths)


@given(paths=st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_every_activity_keeps_its_best_way_in_and_out(log: SimpleNamespace, paths: int) -> None:
    view = shown(log, 1.0, paths)
    table = log.dfg.table[log.dfg.table["source"] != log.dfg.table["target"]]
    drawn = {(path.source, path.target): path.moves for path in view.paths}
    for activity in view.activities:
        for end, terminal in (("target", activity.starts), ("source", activity.ends)):
            best = table.loc[table[end] == activity.name, "moves"].max()
            mine = [n for pair, n in drawn.items() if pair[end == "target"] == activity.name and pair[0] != pair[1]]
            terminals = view.starts if end == "target" else view.ends
            assert best in mine or (terminal >= best and activity in terminals)


def test_the_usual_map_has_about_forty_paths_and_never_more_than_the_most(make_log) -> None:
    log = make_log([f"活动{i:02}" for i in range(30)], cases=900, noise=0.5)
    assert len(log.dfg.table) > MOST_PATHS
    assert 40 <= len(shown(log).paths) <= 60
    assert len(shown(log, 1.0, 10_000).paths) == MOST_PATHS


@pytest.mark.parametrize("engine", ["graphviz-pure", "own"])
def test_thirty_activities_and_150_paths_with_chinese_names_have_no_text_on_text(make_log, engine) -> None:
    """Measured on the drawn picture itself: the extents of all its texts."""
    log = make_log([f"第{i}步合同评审" for i in range(30)], cases=900, noise=0.5)
    drawing = process_map(log.dfg, paths=150, engine=engine)
    with style():
        renderer = FigureCanvasAgg(drawing.figure).get_renderer()
        texts = [text for text in drawing.figure.axes[0].texts if text.get_text()]
        extents = [text.get_window_extent(renderer) for text in texts]
    letters = [Box(e.x0, e.y0 + 0.2 * e.height, e.x1, e.y1 - 0.2 * e.height) for e in extents]
    assert len(texts) > 2 * 150
    assert [(texts[i].get_text(), texts[j].get_text()) for i, j in overlaps(letters)] == []


def test_the_words_carry_the_numbers_of_the_answer(log: SimpleNamespace) -> None:
    words = process_map(log.dfg, lang="en").words
    top = log.dfg.table.iloc[0]
    assert f"{log.dfg.n} cases, {len(log.dfg.activities)} activities, {len(log.dfg.table)} paths" in words
    assert f"Most frequent path: {top['source']} → {top['target']}, {top['moves']} moves" in words
    frequent = log.dfg.table[log.dfg.table["moves"] >= 0.05 * log.dfg.n]
    slowest = frequent.loc[frequent["gap_days_median"].idxmax()]
    assert f"{slowest['source']} → {slowest['target']}, median gap" in words.splitlines()[3]


def test_the_words_and_the_picture_say_what_is_hidden(log: SimpleNamespace) -> None:
    drawing = process_map(log.dfg, paths=12, lang="en")
    view = shown(log, 1.0, 12)
    assert view.hidden_paths > 0
    assert f"{view.hidden_paths} paths hidden ({view.hidden_moves} moves)" in drawing.svg()
    assert f"{view.hidden_paths} paths are hidden ({view.hidden_moves} moves" in drawing.words


def test_a_gap_is_never_called_waiting_time(log: SimpleNamespace) -> None:
    zh, en = (process_map(log.dfg, lang=lang) for lang in ("zh", "en"))
    assert "等待时间" not in zh.words
    assert "等待" not in zh.svg()
    assert not re.search(r"\bwait", en.svg())
    assert "not necessarily waiting" in en.words


def test_another_gap_colours_and_labels_the_paths(log: SimpleNamespace) -> None:
    drawing = process_map(log.dfg, gaps=log.gaps, colour="gap_days_p90", lang="en")
    assert "90th percentile of the gap" in drawing.svg()
    assert drawing.svg() != process_map(log.dfg, lang="en").svg()


@pytest.mark.parametrize("options", [{"colour": "gap_days_p90"}, {"colour": "moves of joy"}, {"paths": 0},
                                     {"activities": 0.0}, {"activities": 0}, {"activities": 1.5}])
def test_an_impossible_wish_is_an_input_error_that_says_what_is_possible(log, options) -> None:
    with pytest.raises(InputError) as caught:
        process_map(log.dfg, **options)
    assert caught.value.faults[0].fix


def test_stages_have_the_colours_and_names_given(log: SimpleNamespace) -> None:
    svg = process_map(log.dfg, stage_colours={"lead": "#123456"}, stage_names={"lead": "线索阶段"}).svg()
    assert "#123456" in svg
    assert "线索阶段" in svg
    assert "未对应阶段" in svg
