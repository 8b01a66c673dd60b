"""A layout for wide sheets: boxes in rows like lines of a text, every second row read backwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .layered import forward_order
from .shapes import Box, Curve, Graph, Layout, Point, bounds
from .spots import place_labels

_APART, _BETWEEN, _MOST_BETWEEN = 46.0, 52.0, 96.0      # points between boxes of a row, and between rows
_PORT = 0.22                                            # of a box's width, from its middle


@dataclass(frozen=True)
class _Place:
    row: int
    column: int
    box: Box


def snake(graph: Graph, width: float, height: float) -> Layout:
    """Coordinates of a graph on a sheet of about that size; the same graph always gives the same ones. It is wider or
    higher where the boxes need it. Law: no label lies on a box or on another label."""
    if not graph.nodes:
        return Layout((), ())
    places = _places(graph, width, height)
    curves = tuple(_curve(places[edge.source], places[edge.target]) for edge in graph.edges)
    boxes = tuple(places[i].box for i in range(len(graph.nodes)))
    placed = place_labels(graph, Layout(boxes, curves, wishes=(None,) * len(curves), engine="snake"))
    every = [*boxes, *(label for label in placed.labels if label), *(bounds(curve) for curve in curves)]
    left, top = min(box.left for box in every), min(box.top for box in every)
    return replace(
        placed, nodes=tuple(box.moved(-left, -top) for box in boxes),
        curves=tuple(tuple((x - left, y - top) for x, y in curve) for curve in curves),
        labels=tuple(label and label.moved(-left, -top) for label in placed.labels),
        width=max(box.right for box in every) - left, height=max(box.bottom for box in every) - top)


def _places(graph: Graph, width: float, height: float) -> dict[int, _Place]:
    """A cell for every box: rows as full as the sheet is wide, the second from right to left."""
    order = forward_order(graph)
    widest = max(size[0] for size in graph.nodes)
    tallest = max(size[1] for size in graph.nodes)
    columns = max(1, int((width + _APART) / (widest + _APART)))
    rows = -(-len(order) // columns)
    columns = -(-len(order) // rows)            # rows of about the same length
    across = max(widest + _APART, (width - widest) / max(1, columns - 1)) if columns > 1 else widest
    room = (height - tallest * rows - 40) / max(1, rows - 1) if rows > 1 else 0.0
    down = tallest + min(_MOST_BETWEEN, max(_BETWEEN, room))
    found = {}
    for place, node in enumerate(order):
        row, column = divmod(place, columns)
        column = columns - 1 - column if row % 2 else column
        found[node] = _Place(row, column, Box.around((column * across, row * down), graph.nodes[node]))
    return found


def _curve(one: _Place, other: _Place) -> Curve:
    """From box to box: straight to a neighbour, over or under the boxes between, down or up to another row."""
    if one is other:
        return _loop(one.box)
    if one.row != other.row:
        return _to_row(one, other)
    forward = (other.column > one.column) != bool(one.row % 2)
    if abs(one.column - other.column) == 1 and forward:
        right = other.column > one.column
        start, end = (one.box.right, other.box.left) if right else (one.box.left, other.box.right)
        y = one.box.centre[1]
        return (start, y), (start + (end - start) / 3, y), (start + 2 * (end - start) / 3, y), (end, y)
    return _arc(one, other, above=forward)


def _arc(one: _Place, other: _Place, *, above: bool) -> Curve:
    side = 1 if other.column > one.column else -1
    start = _port(one.box, side, above=above)
    end = _port(other.box, -side, above=above)
    bow = min(46.0, 16.0 + 9.0 * abs(one.column - other.column)) * (-1 if above else 1)
    return start, (start[0], start[1] + bow), (end[0], end[1] + bow), end


def _to_row(one: _Place, other: _Place) -> Curve:
    down = other.row > one.row
    side = (other.column > one.column) - (other.column < one.column)
    start, end = _port(one.box, side, above=not down), _port(other.box, -side, above=down)
    if not down and not side:                   # beside the straight way down
        start, end = _port(one.box, 1, above=True), _port(other.box, 1, above=False)
    half = (end[1] - start[1]) / 2
    return start, (start[0], start[1] + half), (end[0], end[1] - half), end


def _loop(box: Box) -> Curve:
    x, y = box.right - 14, box.top
    return (x - 12, y), (x - 16, y - 24), (x + 14, y - 24), (x + 10, y)


def _port(box: Box, side: int, *, above: bool) -> Point:
    middle = box.centre[0] + side * _PORT * (box.right - box.left)
    return middle, box.top if above else box.bottom
