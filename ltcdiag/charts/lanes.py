"""Swim lanes: which lane each activity of a map stands in, and in what order the lanes come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .fonts import measure
from .layered import forward_order
from .shapes import Graph

TITLE_SIZE, TITLE_HEIGHT = 12.0, 34.0       # the band above the map in which the names of the lanes stand


def in_lanes(graph: Graph, lane_of: Sequence[str | None], names: Mapping[str | None, str],
             order: Sequence[str | None] | None = None) -> tuple[Graph, tuple[str | None, ...]]:
    """The graph with a lane for each node, and the keys of the lanes from left to right.

    lane_of: the key of each node's lane; the first and last node of the graph take that of their strongest neighbour.
    names: key → title, for which every lane is wide enough. order: the keys from left to right; by default as the
    process runs through them. A lane without nodes is left out; keys outside `order` come last.
    """
    keys = list(lane_of)
    for mark in (graph.first, graph.last):
        if mark is not None:
            keys[mark] = _neighbour(graph, mark, keys)
    met = set(keys)
    known = [key for key in order if key in met] if order is not None else []
    lanes = (*known, *(key for key in _as_it_runs(graph, keys) if key not in known))
    at = {key: i for i, key in enumerate(lanes)}
    widths = tuple(measure(names.get(key, str(key or "")), TITLE_SIZE) for key in lanes)
    return replace(graph, lanes=tuple(at[key] for key in keys), titles=widths), lanes


def _neighbour(graph: Graph, mark: int, keys: list[str | None]) -> str | None:
    """The lane of the activity that most cases start (or end) with."""
    joined = [(edge.weight, -edge.source - edge.target, edge.target if edge.source == mark else edge.source)
              for edge in graph.edges if mark in (edge.source, edge.target)]
    return keys[max(joined)[2]] if joined else next((key for i, key in enumerate(keys) if i != mark), None)


def _as_it_runs(graph: Graph, keys: list[str | None]) -> list[str | None]:
    """The lanes by the middle of their nodes' places in the order in which the process runs."""
    places: dict[str | None, list[int]] = {}
    marks = (graph.first, graph.last)
    for place, node in enumerate(forward_order(graph)):
        if node not in marks:
            places.setdefault(keys[node], []).append(place)
    middle = {key: sorted(found)[len(found) // 2] for key, found in places.items()}
    return sorted(places, key=lambda key: (key is None, middle[key], str(key)))
