"""The best alignments of paths with a Petri net whose markings are few: what can happen between them is worked out
once, and a path is then followed event by event, at all markings together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Move = tuple[str, str | None]
"""A step of the path and one of the net; ">>" stands for none, None for a silent one."""
Cost = Callable[[str | None], int]
_Step = tuple[str | None, int, int]     # label, cost, the marking it leads to
MOST_MARKINGS = 2_000
"""Of more (many steps side by side) the table of all ways would be large."""


def reachable(
    net: Any, initial: Any, final: Any, cost: Cost, *, most: int = MOST_MARKINGS
) -> tuple[list[list[_Step]], int | None] | None:
    """What can happen in each marking, numbered from the initial one, and the number of the final one (None: it is
    never reached). None where there are more than `most`. net, initial, final: of pm4py."""
    places = {place: number for number, place in enumerate(sorted(net.places, key=lambda place: place.name))}
    moves = [(move.label, cost(move.label), [(places[arc.source], arc.weight) for arc in move.in_arcs],
              [(places[arc.target], arc.weight) for arc in move.out_arcs])
             for move in sorted(net.transitions, key=lambda move: (move.label or "", move.name))]
    first, last = (tuple(found.get(place, 0) for place in places) for found in (initial, final))
    numbers, markings, steps = {first: 0}, [first], list[list[_Step]]()
    for tokens in markings:             # grows while it is walked through
        here: list[_Step] = []
        for label, price, taken, given in moves:
            if all(tokens[place] >= weight for place, weight in taken):
                after = _fired(tokens, taken, given)
                if after not in numbers:
                    numbers[after] = len(markings)
                    markings.append(after)
                here.append((label, price, numbers[after]))
        steps.append(here)
        if len(markings) > most:
            return None
    return steps, numbers.get(last)


def _fired(
    tokens: tuple[int, ...], taken: Sequence[tuple[int, int]], given: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    after = list(tokens)
    for place, weight in taken:
        after[place] -= weight
    for place, weight in given:
        after[place] += weight
    return tuple(after)


class Ways:
    """The cheapest ways between markings, and alignments by them.

    Of the path up to an event the cheapest way to each marking is known; one event more is either left aside, or the
    net walks on to where it can take the same step. So the best alignment of the whole follows (dynamic programming
    over the synchronous product of Adriansyah, van Dongen, van der Aalst 2011, doi:10.1109/EDOC.2011.12)."""

    def __init__(self, steps: Sequence[Sequence[_Step]], final: int | None) -> None:
        import numpy as np
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        self._final, self._size = final, len(steps)
        self._label: dict[tuple[int, int], tuple[int, str | None]] = {}     # the cheapest step between neighbours
        edges: dict[str, list[tuple[int, int]]] = {}
        for here, found in enumerate(steps):
            for label, cost, there in found:
                if label is not None:
                    edges.setdefault(label, []).append((here, there))
                if (here, there) not in self._label or cost < self._label[here, there][0]:
                    self._label[here, there] = (cost, label)
        rows, columns = ([pair[side] for pair in self._label] for side in (0, 1))
        graph = csr_array(([float(cost) for cost, _ in self._label.values()], (rows, columns)),
                          shape=(self._size, self._size))
        self._far, self._before = dijkstra(graph, return_predecessors=True)     # no cost is 0: that would be no edge
        self._edges: Mapping[str, Any] = {label: np.array(sorted(found)).T for label, found in edges.items()}
        self._to = {label: np.ascontiguousarray(self._far[:, found[0]]) for label, found in self._edges.items()}

    def align(self, path: Sequence[str], costs: Sequence[int]) -> tuple[int, list[Move]] | None:
        """Cost and moves of the best alignment; None where the net cannot come to its end. costs: of leaving each step
        of the path aside. Law: of equally good alignments the same one is found each time."""
        import numpy as np

        if self._final is None:
            return None
        cost = np.full(self._size, np.inf)
        cost[0] = 0.0
        came = []
        for step, aside in zip(path, costs, strict=True):
            cost, back = self._followed(cost, step, aside)
            came.append(back)
        whole = cost + self._far[:, self._final]
        here = int(np.argmin(whole))
        if not np.isfinite(whole[here]):
            return None
        moves = self._walk(here, self._final)[::-1]
        for step, (source, start) in zip(reversed(path), reversed(came), strict=True):
            if start[here] < 0:
                moves.append((step, ">>"))
            else:
                moves += [(step, step), *self._walk(int(start[here]), int(source[here]))[::-1]]
                here = int(start[here])
        return int(whole.min()), moves[::-1]

    def _followed(self, cost: Any, step: str, aside: int) -> tuple[Any, tuple[Any, Any]]:
        """The cheapest way to each marking with one event more; where the net took the step from (`source`), and the
        marking before it walked there (`start`, -1: the event was left aside)."""
        import numpy as np

        after = cost + aside
        source, start = np.full(self._size, -1), np.full(self._size, -1)
        if step in self._edges:
            alive = np.flatnonzero(np.isfinite(cost))
            ways = cost[alive, None] + self._to[step][alive]
            place = ways.argmin(axis=0)
            best = ways[place, np.arange(ways.shape[1])]
            sources, targets = self._edges[step]
            order = np.argsort(best, kind="stable")
            taken, first = np.unique(targets[order], return_index=True)
            chosen = order[first]
            better = best[chosen] <= after[taken]
            taken, chosen = taken[better], chosen[better]
            after[taken], source[taken], start[taken] = best[chosen], sources[chosen], alive[place[chosen]]
        return after, (source, start)

    def _walk(self, here: int, there: int) -> list[Move]:
        """The steps of the net alone from one marking to another."""
        moves: list[Move] = []
        while there != here:
            before = int(self._before[here, there])
            moves.append((">>", self._label[before, there][1]))
            there = before
        return moves[::-1]
