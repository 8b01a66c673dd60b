"""Where boxes, curves and labels of a map stand: one function, three engines, no label on another.

Points are 1/72 inch, x to the right, y downwards, like a page. Sizes come from the caller, who has
measured the texts with the font that draws them: no engine ever sees a text.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from .layered import forward_order, layered
from .shapes import Box, Curve, Graph, Layout, Point, bounds
from .spots import place_labels

ENGINE_VARIABLE = "LTCDIAG_LAYOUT"      # "own" or "dot" forbids the engines before it
_ENGINES = ("graphviz-pure", "dot", "own")
_TIME_LIMIT = 20.0                      # seconds; our own layout takes over
_LABELS_IN_LAYOUT = 60                  # more labelled edges than this cost the engine tens of seconds
_LETTER, _LINE = 6.0, 12.0              # a Courier x at 10 points: the same size in every Graphviz


class _NoEngineError(Exception):
    """An engine is absent, too slow, or answered something else."""


def layout(graph: Graph, *, engine: str | None = None) -> Layout:
    """Coordinates of a graph, drawn from top to bottom; the same graph always gives the same ones.

    engine: the first engine to try, of "graphviz-pure", "dot" and "own"; an absent or failing one is
    followed by the next. None takes the environment variable LTCDIAG_LAYOUT, else the first. A graph with lanes is
    always laid out by our own.

    Law: no label box of the result overlaps another label box or a node box; every box lies inside its lane.
    """
    first = "own" if graph.lanes else engine or os.environ.get(ENGINE_VARIABLE) or _ENGINES[0]
    for name in _ENGINES[_ENGINES.index(first) if first in _ENGINES else 0:]:
        try:
            placed = layered(graph) if name == "own" else _graphviz(graph, _binary(name))
        except _NoEngineError:
            continue
        return _from_origin(place_labels(graph, replace(placed, engine=name)))
    raise AssertionError("our own layout is always there")


@cache
def _binary(name: str) -> str:
    """The path of an engine's program."""
    if name == "dot":
        found = shutil.which("dot")
        if found:
            return found
        raise _NoEngineError
    try:
        package = distribution("graphviz-pure")
    except PackageNotFoundError:
        raise _NoEngineError from None
    for file in package.files or ():
        if file.name in ("graphviz-pure", "graphviz-pure.exe"):
            return str(package.locate_file(file))
    raise _NoEngineError


def _graphviz(graph: Graph, binary: str) -> Layout:
    """The layout a Graphviz program finds; labels are left to `place_labels`, which knows their width."""
    try:
        # our own engine, given numbers only, never through a shell
        answer = subprocess.run([binary, "-Tjson0", "-y"], input=_dot(graph), capture_output=True, check=True,  # noqa: S603
                                text=True, encoding="ascii", timeout=_TIME_LIMIT)
        return _read(graph, json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, IndexError) as problem:
        raise _NoEngineError from problem


def _dot(graph: Graph) -> str:
    """The graph in Graphviz's language: numbers only, and every edge pointing down our own order."""
    at = {node: i for i, node in enumerate(forward_order(graph))}
    heaviest = max((edge.weight for edge in graph.edges), default=1)
    room = len(graph.edges) <= _LABELS_IN_LAYOUT
    nodesep, ranksep = (0.35, 0.42) if room else (0.22, 0.9)
    lines = ["digraph{",
             f"nodesep={nodesep};ranksep={ranksep};",
             'node[shape=box fixedsize=true label=""];',
             'edge[dir=none fontname=Courier fontsize=10];']
    for i in at:
        width, height = graph.nodes[i]
        lines.append(f"n{i}[width={width / 72:.4f} height={height / 72:.4f}];")
    for k, edge in enumerate(graph.edges):
        label = f'label="{_courier(*edge.label)}"' if room and edge.label else ""
        high, low = sorted((edge.source, edge.target), key=at.__getitem__)
        lines.append(f"n{high}->n{low}[id=e{k} weight={1 + 15 * edge.weight // heaviest} {label}];")
    lines += [f"{{rank={rank};n{node}}}" for rank, node in (("source", graph.first), ("sink", graph.last))
              if node is not None]
    return "\n".join([*lines, "}"])


def _courier(width: float, height: float) -> str:
    """A block of letters as large as a label."""
    columns, rows = -(-int(width + 4) // int(_LETTER)), max(1, round(height / _LINE))
    return "\\n".join(["x" * columns] * rows)


def _read(graph: Graph, answer: dict[str, Any]) -> Layout:
    """Graphviz's answer as coordinates."""
    nodes: dict[int, Box] = {}
    for item in answer["objects"]:
        if item["name"].startswith("n"):
            node = int(item["name"][1:])
            nodes[node] = Box.around(_point(item["pos"]), graph.nodes[node])
    name = [item["name"] for item in answer["objects"]]
    found = {int(item["id"][1:]): item for item in answer.get("edges", ())}
    curves = tuple(_curve(found[k], name[found[k]["tail"]] == f"n{edge.source}") for k, edge in enumerate(graph.edges))
    wishes = tuple(_point(found[k]["lp"]) if "lp" in found[k] else None for k in range(len(graph.edges)))
    return Layout(tuple(nodes[i] for i in range(len(graph.nodes))), curves, wishes=wishes)


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def _curve(item: dict[str, Any], down: bool) -> Curve:
    """One edge from its source to its target, whichever way the engine saw it."""
    points = tuple(_point(part) for part in item["pos"].split())
    if len(points) % 3 != 1:
        raise ValueError("not a chain of cubic curves")
    return points if down else points[::-1]


def _everything(placed: Layout) -> Iterator[Box]:
    yield from placed.nodes
    yield from (label for label in placed.labels if label)
    yield from (bounds(curve) for curve in placed.curves)


def _from_origin(placed: Layout) -> Layout:
    """The layout shifted so that all of it begins at (0, 0)."""
    boxes = list(_everything(placed))
    if not boxes:
        return placed
    ends = [x for lane in placed.lanes for x in lane]
    left, top = min([box.left for box in boxes] + ends), min(box.top for box in boxes)
    right, bottom = max([box.right for box in boxes] + ends), max(box.bottom for box in boxes)
    return replace(
        placed,
        nodes=tuple(box.moved(-left, -top) for box in placed.nodes),
        curves=tuple(tuple((x - left, y - top) for x, y in curve) for curve in placed.curves),
        labels=tuple(box and box.moved(-left, -top) for box in placed.labels),
        lanes=tuple((one - left, other - left) for one, other in placed.lanes),
        width=right - left,
        height=bottom - top,
    )


def overlaps(boxes: Sequence[Box]) -> list[tuple[int, int]]:
    """The pairs of boxes that lie on one another."""
    order = sorted(range(len(boxes)), key=lambda i: boxes[i].top)
    found = []
    for at, i in enumerate(order):
        for j in order[at + 1:]:
            if boxes[j].top >= boxes[i].bottom:
                break
            if boxes[i].overlaps(boxes[j]):
                found.append((min(i, j), max(i, j)))
    return found
