"""Coordinates: nothing lies on anything, whichever engine answers."""

from __future__ import annotations

import math
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.charts import layout as layouts
from ltcdiag.charts.layout import ENGINE_VARIABLE, layout, overlaps
from ltcdiag.charts.shapes import Box, Curve, Edge, Graph, Layout, split

ENGINES = ["graphviz-pure", "own"]


@st.composite
def graphs(draw) -> Graph:
    n = draw(st.integers(1, 12))
    nodes = tuple(draw(st.tuples(st.floats(20, 200), st.floats(20, 60))) for _ in range(n))
    ends = st.integers(0, n - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=30, unique=True))
    size = st.tuples(st.floats(10, 90), st.floats(12, 30))
    edges = tuple(Edge(a, b, draw(st.integers(1, 999)), draw(st.none() | size)) for a, b in pairs)
    return Graph(nodes, edges)


def crowd(nodes: int = 30, paths: int = 150, seed: int = 5) -> Graph:
    r = random.Random(seed)
    pairs = r.sample([(a, b) for a in range(nodes) for b in range(nodes)], paths)
    return Graph(tuple((r.uniform(70, 190), 42.0) for _ in range(nodes)),
                 tuple(Edge(a, b, r.randint(1, 500), (58.0, 27.0), 2.0) for a, b in pairs))


def boxes(placed: Layout) -> list[Box]:
    return [*placed.nodes, *(label for label in placed.labels if label)]


def distance(point: tuple[float, float], box: Box) -> float:
    x = max(box.left - point[0], 0, point[0] - box.right)
    y = max(box.top - point[1], 0, point[1] - box.bottom)
    return math.hypot(x, y)


def check(graph: Graph, placed: Layout) -> None:
    assert not overlaps(boxes(placed))
    for box, (width, height) in zip(placed.nodes, graph.nodes, strict=True):
        assert (box.right - box.left, box.bottom - box.top) == (pytest.approx(width), pytest.approx(height))
    for edge, curve, label in zip(graph.edges, placed.curves, placed.labels, strict=True):
        assert len(curve) % 3 == 1
        assert distance(curve[0], placed.nodes[edge.source]) < 2
        assert distance(curve[-1], placed.nodes[edge.target]) < 2
        assert (label is None) == (edge.label is None)
    assert all(box.left >= -1e-6 and box.right <= placed.width + 1e-6 and box.top >= -1e-6
               and box.bottom <= placed.height + 1e-6 for box in boxes(placed))


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_our_own_layout_joins_the_right_boxes_and_covers_nothing(graph: Graph) -> None:
    check(graph, layout(graph, engine="own"))


@given(graphs())
@settings(max_examples=12, deadline=None)
def test_the_packaged_engine_joins_the_right_boxes_and_covers_nothing(graph: Graph) -> None:
    placed = layout(graph)
    assert placed.engine == "graphviz-pure"
    check(graph, placed)


@pytest.mark.parametrize("engine", ENGINES)
def test_thirty_activities_and_150_paths_stand_free_within_seconds(engine: str) -> None:
    graph = crowd()
    start = time.perf_counter()
    placed = layout(graph, engine=engine)
    assert placed.engine == engine
    assert time.perf_counter() - start < 15
    assert len([label for label in placed.labels if label]) == 150
    check(graph, placed)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_graph_has_the_same_coordinates(engine: str) -> None:
    assert layout(crowd(12, 40), engine=engine) == layout(crowd(12, 40), engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_chain_runs_from_top_to_bottom(engine: str) -> None:
    graph = Graph(((60.0, 30.0),) * 5, tuple(Edge(i, i + 1, 10) for i in range(4)))
    tops = [box.top for box in layout(graph, engine=engine).nodes]
    assert tops == sorted(tops)
    assert len(set(tops)) == 5


@pytest.mark.parametrize("engine", ENGINES)
def test_the_start_stands_above_and_the_end_below_everything(engine: str) -> None:
    crowded = crowd(10, 30)
    edges = (Edge(10, 3, 5), Edge(4, 11, 5), *crowded.edges)
    placed = layout(Graph((*crowded.nodes, (28.0, 28.0), (28.0, 28.0)), edges, 10, 11), engine=engine)
    others = placed.nodes[:10]
    assert placed.nodes[10].bottom <= min(box.top for box in others)
    assert placed.nodes[11].top >= max(box.bottom for box in others)


def test_a_heavy_path_runs_down_and_its_rare_return_up() -> None:
    graph = Graph(((60.0, 30.0),) * 2, (Edge(1, 0, 1), Edge(0, 1, 100)))
    upper, lower = layout(graph, engine="own").nodes
    assert upper.bottom < lower.top


def test_without_any_program_our_own_layout_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: str) -> str:
        raise layouts._NoEngineError

    monkeypatch.setattr(layouts, "_binary", absent)
    assert layout(crowd(5, 8)).engine == "own"


@pytest.mark.parametrize("answer", ["", "{}", '{"objects": []}', "not json"])
def test_a_program_that_answers_nonsense_is_passed_over(tmp_path, monkeypatch, answer: str) -> None:
    program = tmp_path / "engine"
    program.write_text(f"#!/bin/sh\ncat >/dev/null\nprintf '%s' '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setattr(layouts, "_binary", lambda _: str(program))
    assert layout(crowd(5, 8)).engine == "own"


def test_a_program_that_hangs_is_stopped(tmp_path, monkeypatch) -> None:
    program = tmp_path / "engine"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(layouts, "_binary", lambda _: str(program))
    monkeypatch.setattr(layouts, "_TIME_LIMIT", 0.2)
    assert layout(crowd(5, 8)).engine == "own"


def test_the_environment_can_force_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, "own")
    assert layout(crowd(5, 8)).engine == "own"


def test_overlaps_finds_the_pairs_that_share_an_area() -> None:
    found = overlaps([Box(0, 0, 10, 10), Box(5, 5, 15, 15), Box(10, 0, 20, 5), Box(40, 0, 50, 9)])
    assert found == [(0, 1)]


def test_a_split_curve_ends_where_asked_on_the_curve() -> None:
    line: Curve = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
    body, end = split(line, 6.0)
    assert end == (pytest.approx(24.0, abs=0.01), 0.0)
    assert body[0] == (0.0, 0.0)
    assert body[-1] == end
