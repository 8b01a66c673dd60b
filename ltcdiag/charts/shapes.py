"""The plain values of a map: what is asked of a layout, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Curve = tuple[Point, ...]       # a chain of cubic Bézier curves: 3k + 1 points


@dataclass(frozen=True)
class Box:
    """An upright rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, centre: Point, size: Point) -> Box:
        """The box of a size around a point."""
        (x, y), (width, height) = centre, size
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def centre(self) -> Point:
        """The point in its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def moved(self, dx: float, dy: float) -> Box:
        """The same box elsewhere."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def overlaps(self, other: Box) -> bool:
        """True where the two share an area; touching edges do not."""
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)


@dataclass(frozen=True)
class Edge:
    """From node to node (numbers), how often it is gone (1..), the size of its label, and how thick it
    is drawn."""

    source: int
    target: int
    weight: int = 1
    label: Point | None = None
    thickness: float = 1.0


@dataclass(frozen=True)
class Graph:
    """nodes: width and height of each box. first, last: the nodes that stand alone above and below. lanes: the lane of
    each node, from the left; () for a map without lanes. titles: the least width of each lane."""

    nodes: tuple[Point, ...]
    edges: tuple[Edge, ...]
    first: int | None = None
    last: int | None = None
    lanes: tuple[int, ...] = ()
    titles: tuple[float, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Coordinates in points: a box per node, a curve and a label box (or None) per edge.

    wishes: where an engine would put the middle of a label. engine: the one that answered. lanes: left and right end of
    each lane.
    """

    nodes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Box | None, ...] = ()
    wishes: tuple[Point | None, ...] = ()
    width: float = 0.0
    height: float = 0.0
    engine: str = ""
    lanes: tuple[tuple[float, float], ...] = ()


def bounds(points: Sequence[Point]) -> Box:
    """The smallest box around some points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def along(curve: Curve, apart: float = 12.0) -> list[Point]:
    """Points on a curve, about `apart` from one to the next, and its end."""
    found: list[Point] = []
    for k in range(0, len(curve) - 1, 3):
        piece = curve[k:k + 4]
        steps = max(2, math.ceil(sum(map(math.dist, piece, piece[1:])) / apart))
        found += [_bezier(piece, i / steps) for i in range(steps)]
    return [*found, curve[-1]]


def _bezier(piece: Sequence[Point], t: float) -> Point:
    s = 1 - t
    a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = piece
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def split(curve: Curve, before_end: float) -> tuple[Curve, Point]:
    """The curve without its last stretch of about that length, and the point where it now ends."""
    pieces = list(curve)
    while len(pieces) > 4 and math.dist(pieces[-4], curve[-1]) < before_end:
        pieces = pieces[:-3]
    last = pieces[-4:]
    low, high = 0.0, 1.0
    for _ in range(24):
        t = (low + high) / 2
        low, high = (t, high) if math.dist(_bezier(last, t), curve[-1]) > before_end else (low, t)
    a, b, c, d = last
    ab, bc, cd = _between(a, b, low), _between(b, c, low), _between(c, d, low)
    abc, bcd = _between(ab, bc, low), _between(bc, cd, low)
    end = _between(abc, bcd, low)
    return (*pieces[:-4], a, ab, abc, end), end


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share
