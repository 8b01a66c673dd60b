"""Finds a free spot for every label of a map: none ever lies on a box or on another label."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .shapes import Box, Curve, Graph, Layout, Point, along

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_AIR = 3.0              # points kept free around a label
_INK = 3.0              # and between it and the middle of a line, if possible
_BESIDE = (4.0, 10.0, 20.0, 34.0, 52.0)     # distances from the curve that are tried


def place_labels(graph: Graph, placed: Layout) -> Layout:
    """The layout with a box for every label.

    Short curves choose first, having the fewest spots; each takes the best free spot near its curve, and
    where there is none, one on rings around its middle, which end outside everything placed so far.
    """
    import numpy as np

    taken = [_edges_of(box) for box in placed.nodes]
    samples = [along(curve, 7.0) for curve in placed.curves]
    lines = np.array([point for line in samples for point in line] or [(0.0, 0.0)])
    labels: list[Box | None] = [None] * len(samples)
    for k in sorted(range(len(samples)), key=lambda k: len(samples[k])):
        edge = graph.edges[k]
        if edge.label is not None:
            box = _best(edge.label, edge.thickness / 2, samples[k], placed.wishes[k],
                        np.array(taken or [(0.0, 0.0, 0.0, 0.0)]), lines)
            taken.append(_edges_of(box))
            labels[k] = box
    return replace(placed, labels=tuple(labels))


def _edges_of(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _best(size: Point, half: float, line: list[Point], wish: Point | None, taken: Array, lines: Array) -> Box:
    """The cheapest free spot: near the curve's middle, covering no line."""
    import numpy as np

    spots = [(cost, Box.around(centre, size)) for cost, centre in _near(size, half, line, wish)]
    boxes = np.array([_edges_of(box) for _, box in spots])
    free = ~_hits(boxes, taken).any(axis=1)
    if free.any():
        covered = _covered(boxes + np.array([-_INK, -_INK, _INK, _INK]), lines)
        costs = np.array([cost for cost, _ in spots]) + 14.0 * covered
        costs[~free] = np.inf
        return spots[int(costs.argmin())][1]
    for centre in _rings(line[len(line) // 2]):
        box = Box.around(centre, size)
        if not _hits(np.array([_edges_of(box)]), taken).any():
            return box
    raise AssertionError("the rings never end")


def _near(size: Point, half: float, line: list[Point], wish: Point | None) -> Iterator[tuple[float, Point]]:
    """Spots beside a curve, with what each costs: distance from its middle and from the curve."""
    if wish:
        yield 0.0, wish
    half_width, half_height = size[0] / 2 + half, size[1] / 2 + half
    last = len(line) - 1
    for i in range(1, last, max(1, last // 24)):
        (x0, y0), (x, y), (x1, y1) = line[i - 1], line[i], line[i + 1]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        nx, ny = (y0 - y1) / length, (x1 - x0) / length
        reach = half_width * abs(nx) + half_height * abs(ny)
        middle = 24.0 * abs(i / last - 0.5)
        for away in _BESIDE:
            for side in (-1, 1):
                shift = side * (reach + away)
                yield middle + away, (x + nx * shift, y + ny * shift)


def _rings(centre: Point) -> Iterator[Point]:
    """Points on wider and wider rings."""
    radius = 0.0
    while True:
        radius += 12.0
        turns = max(8, int(radius / 3))
        for turn in range(turns):
            angle = 2 * math.pi * turn / turns
            yield centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def _hits(boxes: Array, taken: Array) -> Any:
    """boxes × taken: True where they share an area, with some air around."""
    return ((boxes[:, None, 0] - _AIR < taken[None, :, 2]) & (taken[None, :, 0] < boxes[:, None, 2] + _AIR)
            & (boxes[:, None, 1] - _AIR < taken[None, :, 3]) & (taken[None, :, 1] < boxes[:, None, 3] + _AIR))


def _covered(boxes: Array, lines: Array) -> Any:
    """How many points of any curve lie in each box."""
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    x, y = lines[:, 0], lines[:, 1]
    lines = lines[(left < x) & (x < right) & (top < y) & (y < bottom)]
    inside = ((boxes[:, None, 0] < lines[None, :, 0]) & (lines[None, :, 0] < boxes[:, None, 2])
              & (boxes[:, None, 1] < lines[None, :, 1]) & (lines[None, :, 1] < boxes[:, None, 3]))
    return inside.sum(axis=1)


def leader(box: Box, curve: Curve) -> tuple[Point, Point] | None:
    """A line from a label to its curve, where the label stands so far off that one must ask."""
    centre = box.centre
    nearest = min(along(curve), key=lambda point: math.dist(point, _clamped(point, box)))
    edge = _clamped(nearest, box)
    return (edge, nearest) if math.dist(edge, nearest) > 16 and centre != nearest else None


def _clamped(point: Point, box: Box) -> Point:
    return min(max(point[0], box.left), box.right), min(max(point[1], box.top), box.bottom)
