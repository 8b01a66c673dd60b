"""Where the places of a layered map stand from left to right: straight edges, even distances, lanes kept apart."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

_SWEEPS = 12
_BESIDE = 26.0          # between two boxes of a rank
_LANE = 14.0            # between a passing edge and its neighbour
_EDGE = 16.0            # between the end of a lane and what stands in it

Span = tuple[float, float]


@dataclass
class Places:
    """The graph while it is laid out: real nodes 0..n-1, then one dummy per rank an edge passes."""

    rank: list[int]
    width: list[float]
    right: list[float]                  # room kept free at the right, for a loop
    chains: list[list[int]] = field(default_factory=list)       # per edge, its places from top to bottom
    above: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    below: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    real: int = 0
    lane: list[int] = field(default_factory=list)               # of each place; all 0 without lanes


def spans(places: Places, rows: list[list[int]], titles: tuple[float, ...]) -> tuple[Span, ...]:
    """Left and right end of each lane: as wide as its widest rank and its title."""
    need = [title + 2 * _EDGE for title in titles]
    for row in rows:
        for lane, part in _parts(row, places):
            need[lane] = max(need[lane], _reach(part, places) + 2 * _EDGE)
    ends = [0.0, *itertools.accumulate(need)]
    return tuple(itertools.pairwise(ends))


def _parts(row: list[int], places: Places) -> Iterator[tuple[int, list[int]]]:
    """The places of a rank, lane by lane."""
    for lane, part in itertools.groupby(row, key=places.lane.__getitem__):
        yield lane, list(part)


def _reach(part: list[int], places: Places) -> float:
    """The width of neighbours that stand as close as they may, with the loop of the last."""
    between = sum(itertools.starmap(lambda a, b: _distance(a, b, places), itertools.pairwise(part)))
    return places.width[part[0]] / 2 + between + places.width[part[-1]] / 2 + places.right[part[-1]]


def columns(places: Places, rows: list[list[int]], lanes: tuple[Span, ...] = ()) -> list[float]:
    """The x of every place: each rank as near to its neighbours as the distances allow, inside its lane."""
    x = [0.0] * len(places.rank)
    parts = [[(lanes[lane] if lanes else None, part) for lane, part in _parts(row, places)] for row in rows]
    for row in parts:
        for lane, part in row:
            middle = sum(lane) / 2 if lane else 0.0
            _spread(part, [middle] * len(part), places, x, lane)
    for sweep in range(2 * _SWEEPS):
        down = sweep % 2 == 0
        near = places.above if down else places.below
        for row in parts if down else reversed(parts):
            for lane, part in row:
                wishes = [_middle([x[q] for q in near[p]]) if near.get(p) else x[p] for p in part]
                _spread(part, wishes, places, x, lane)
    return x


def _middle(values: list[float]) -> float:
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _spread(row: list[int], wishes: list[float], places: Places, x: list[float], lane: Span | None) -> None:
    """Put a rank where it wishes to be (least squares), keeping its order, its distances and its lane.

    Pool-adjacent-violators on the wishes minus the distances from the left; edges that pass weigh more
    than boxes, so that they run straight. What the ends of a lane cut off is moved to them: that is the best
    of all places inside (a bounded isotonic regression is the clipped one).
    """
    offsets, reach = [], 0.0
    for one, place in enumerate(row):
        if one:
            reach += _distance(row[one - 1], place, places)
        offsets.append(reach)
    blocks: list[list[float]] = []          # mean, weight, how many
    for place, wish, offset in zip(row, wishes, offsets, strict=True):
        blocks.append([wish - offset, 1.0 if place < places.real else 4.0, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, weight, n = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * weight) / (last[1] + weight)
            last[1] += weight
            last[2] += n
    means = [mean for mean, _, n in blocks for _ in range(int(n))]
    if lane:
        least = lane[0] + _EDGE + places.width[row[0]] / 2
        most = lane[1] - _EDGE - places.width[row[-1]] / 2 - places.right[row[-1]] - offsets[-1]
        means = [min(max(mean, least), max(least, most)) for mean in means]
    for place, mean, offset in zip(row, means, offsets, strict=True):
        x[place] = mean + offset


def _distance(left: int, right: int, places: Places) -> float:
    gap = _BESIDE if left < places.real and right < places.real else _LANE
    return (places.width[left] + places.width[right]) / 2 + places.right[left] + gap
