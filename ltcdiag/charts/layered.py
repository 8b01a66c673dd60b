"""Our own layered layout: small, and always there when no Graphviz is.

The steps of Sugiyama, Tagawa and Toda (1981, doi:10.1109/TSMC.1981.4308636): break cycles, rank by the
longest path, order each rank by the barycentre of its neighbours, then give coordinates. Long edges pass
through dummy places in the ranks between, so that no curve crosses a box of its own way.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from statistics import fmean

from .columns import Places, columns, spans
from .shapes import Box, Curve, Edge, Graph, Layout, Point

_SWEEPS = 12
_LOOP = 34.0            # room for a loop at the right of a box
_ROOMY = 60             # with no more edges than this, a long one keeps room for its label


def layered(graph: Graph) -> Layout:
    """A top-to-bottom layout without labels. Law: where the graph has lanes, each box lies inside its own."""
    if not graph.nodes:
        return Layout((), ())
    places = _places(graph, _ranks(graph))
    rows = _ordered(places)
    lanes = spans(places, rows, graph.titles) if graph.lanes else ()
    x = columns(places, rows, lanes)
    tops, heights = _row_heights(graph, places, rows)
    boxes = tuple(Box.around((x[i], tops[places.rank[i]] + heights[places.rank[i]] / 2), graph.nodes[i])
                  for i in range(places.real))
    ports = _ports(places, x, boxes)
    curves = tuple(_curve(edge, k, places, x, boxes, tops, heights, ports)
                   for k, edge in enumerate(graph.edges))
    return Layout(boxes, curves, wishes=(None,) * len(curves), lanes=lanes)


def forward_order(graph: Graph) -> list[int]:
    """An order of the nodes in which little weight runs backwards.

    Eades, Lin and Smyth (1993, doi:10.1016/0020-0190(93)90079-O): take sinks from the end, sources from
    the front, else the node that gives most more than it takes.
    """
    left = set(range(len(graph.nodes)))
    flow = [(e.source, e.target, e.weight) for e in graph.edges if e.source != e.target]
    front: list[int] = []
    back: list[int] = []
    for fixed, side in ((graph.first, front), (graph.last, back)):
        if fixed is not None:
            side.append(fixed)
            left.discard(fixed)
    while left:
        inward, outward = dict.fromkeys(left, 0), dict.fromkeys(left, 0)
        for source, target, weight in flow:
            if source in left and target in left:
                outward[source] += weight
                inward[target] += weight
        sinks = [i for i in sorted(left) if not outward[i]]
        if sinks and any(inward[i] for i in sinks):
            back.extend(i for i in sinks if inward[i])
            left.difference_update(i for i in sinks if inward[i])
            continue
        chosen = max(sorted(left), key=lambda i: (not inward[i], outward[i] - inward[i]))
        front.append(chosen)
        left.discard(chosen)
    return front + back[::-1]


def _ranks(graph: Graph) -> list[int]:
    """The rank of each node: one below the lowest node that leads to it."""
    order = forward_order(graph)
    at = {node: i for i, node in enumerate(order)}
    rank = [int(graph.first not in (None, node)) for node in range(len(graph.nodes))]
    for node in order:
        for edge in graph.edges:
            low, high = sorted((edge.source, edge.target), key=at.__getitem__)
            if low == node and high != node:
                rank[high] = max(rank[high], rank[node] + 1)
    if graph.last is not None and len(rank) > 1:
        rank[graph.last] = max([r + 1 for i, r in enumerate(rank) if i != graph.last] + [rank[graph.last]])
    return rank


def _places(graph: Graph, rank: list[int]) -> Places:
    """The nodes and the dummies of the edges, linked from rank to rank."""
    places = Places(list(rank), [width for width, _ in graph.nodes], [0.0] * len(rank), real=len(rank))
    roomy = len(graph.edges) <= _ROOMY
    for edge in graph.edges:
        if edge.source == edge.target:
            places.chains.append([])
            places.right[edge.source] = _LOOP + _label_width(edge)
            continue
        high, low = sorted((edge.source, edge.target), key=lambda i: (rank[i], i))
        chain = [high]
        for between in range(rank[high] + 1, rank[low]):
            chain.append(len(places.rank))
            places.rank.append(between)
            places.width.append(edge.thickness)
            places.right.append(_label_width(edge) if roomy and between == (rank[high] + rank[low]) // 2 else 0.0)
        chain.append(low)
        places.chains.append(chain)
        for one, other in itertools.pairwise(chain):
            places.below[one].append(other)
            places.above[other].append(one)
    places.lane = _lanes(graph, places)
    return places


def _lanes(graph: Graph, places: Places) -> list[int]:
    """The lane of every place: a long edge moves evenly from the lane of its source to that of its target."""
    lane = [*(graph.lanes or [0] * places.real), *[0] * (len(places.rank) - places.real)]
    for chain in places.chains:
        for i, place in enumerate(chain[1:-1], start=1):
            lane[place] = round(lane[chain[0]] + (lane[chain[-1]] - lane[chain[0]]) * i / (len(chain) - 1))
    return lane


def _label_width(edge: Edge) -> float:
    return edge.label[0] + 10 if edge.label else 0.0


def _ordered(places: Places) -> list[list[int]]:
    """The ranks, each ordered from left to right so that few edges cross."""
    rows: list[list[int]] = [[] for _ in range(max(places.rank) + 1)]
    for chain in [[i] for i in range(places.real)] + [chain[1:-1] for chain in places.chains]:
        for place in chain:
            rows[places.rank[place]].append(place)
    for row in rows:
        row.sort(key=places.lane.__getitem__)
    best, fewest = [row[:] for row in rows], _crossings(places, rows)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = places.above if down else places.below
        for row in rows if down else reversed(rows):
            _sort_row(row, rows, near, places, -1 if down else 1)
        crossings = _crossings(places, rows)
        if crossings < fewest:
            best, fewest = [row[:] for row in rows], crossings
    return best


def _sort_row(row: list[int], rows: list[list[int]], near: dict[int, list[int]], places: Places,
              step: int) -> None:
    """Sort each lane of a rank by the mean position of each place's neighbours in the rank before."""
    before = places.rank[row[0]] + step if row else -1
    if not 0 <= before < len(rows):
        return
    at = {place: i for i, place in enumerate(rows[before])}
    here = {place: i for i, place in enumerate(row)}
    scale = len(rows[before]) / max(1, len(row))
    mean = {p: fmean(at[q] for q in near[p]) if near.get(p) else here[p] * scale for p in row}
    row.sort(key=lambda p: (places.lane[p], mean[p], here[p]))


def _crossings(places: Places, rows: list[list[int]]) -> int:
    """How many pairs of edges cross between neighbouring ranks."""
    total = 0
    for row, under in itertools.pairwise(rows):
        at = {place: i for i, place in enumerate(under)}
        ends = [end for place in row for end in sorted(at[q] for q in places.below.get(place, ()))]
        total += _inversions(ends, len(under))
    return total


def _inversions(values: list[int], size: int) -> int:
    """Pairs out of order, counted with a Fenwick tree."""
    tree, total = [0] * (size + 1), 0
    for seen, value in enumerate(values):
        i, not_larger = value + 1, 0
        while i:
            not_larger += tree[i]
            i &= i - 1
        total += seen - not_larger
        i = value + 1
        while i <= size:
            tree[i] += 1
            i += i & -i
    return total


def _row_heights(graph: Graph, places: Places, rows: list[list[int]]) -> tuple[list[float], list[float]]:
    """The top and the height of each rank; ranks with many edges between them stand further apart."""
    heights = [max((graph.nodes[p][1] for p in row if p < places.real), default=0.0) for row in rows]
    tallest = max((edge.label[1] for edge in graph.edges if edge.label), default=0.0)
    tops = [0.0]
    for row, height in zip(rows, heights, strict=True):
        passing = sum(len(places.below.get(place, ())) for place in row)
        tops.append(tops[-1] + height + tallest + 22 + min(60.0, 2.0 * passing))
    return tops[:-1], heights


def _ports(places: Places, x: list[float], boxes: tuple[Box, ...]) -> dict[tuple[int, bool], float]:
    """Where each edge touches its upper (True) and lower (False) box: spread over the side, in order."""
    sides: dict[tuple[int, bool], list[tuple[float, int]]] = defaultdict(list)
    for k, chain in enumerate(places.chains):
        if chain:
            sides[chain[0], True].append((x[chain[1]], k))
            sides[chain[-1], False].append((x[chain[-2]], k))
    ports = {}
    for (node, upper), ends in sides.items():
        box = boxes[node]
        step = (box.right - box.left) / (len(ends) + 1)
        for i, (_, k) in enumerate(sorted(ends), start=1):
            ports[k, upper] = box.left + i * step
    return ports


def _curve(edge: Edge, k: int, places: Places, x: list[float], boxes: tuple[Box, ...], tops: list[float],
           heights: list[float], ports: dict[tuple[int, bool], float]) -> Curve:
    """One edge as a chain of curves, from its source to its target."""
    chain = places.chains[k]
    if not chain:
        return _loop(boxes[edge.source])
    points: list[Point] = [(ports[k, True], boxes[chain[0]].bottom)]
    for place in chain[1:-1]:
        top, height = tops[places.rank[place]], heights[places.rank[place]]
        points += [(x[place], top), (x[place], top + height)]
    points.append((ports[k, False], boxes[chain[-1]].top))
    curve = [points[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        lift = (y1 - y0) / 2
        curve += [(x0, y0 + lift), (x1, y1 - lift), (x1, y1)]
    return tuple(curve) if chain[0] == edge.source else tuple(reversed(curve))


def _loop(box: Box) -> Curve:
    """From the right side of a box back to it."""
    x, (_, y), h = box.right, box.centre, (box.bottom - box.top) / 4
    out = x + _LOOP * 0.8
    return (x, y - h), (x + 14, y - h - 2), (out, y - h), (out, y), (out, y + h), (x + 14, y + h + 2), (x, y + h)
