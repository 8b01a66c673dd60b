"""Alignments by a table of ways cost what pm4py's search finds, and are alignments of the very path and net."""

from __future__ import annotations

import heapq
import random
import zlib
from itertools import count

import pytest

from ltcdiag.mining.aligning import Ways, reachable
from ltcdiag.mining.discovery import quietly

with quietly():
    import pm4py
    from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory
    from pm4py.objects.log.obj import Event, Trace

TREES = ["->('a', X('b', 'c'), 'd')", "->('a', +('b', 'c', 'd'), *('e', 'f'))", "*(->('a', X('b', tau)), 'c')",
         "+(->('a', 'b', 'c'), *('d', tau), X('e', ->('a', 'e')))", "->('a', O('b', 'c'), X(tau, 'a'))"]


def cost(label):
    return 1 if label is None else 1_000_000 + zlib.crc32(label.encode()) % 1_000


def net_of(tree):
    with quietly():
        return pm4py.convert_to_petri_net(pm4py.parse_process_tree(tree))


def replayed(net, initial, final, moves):
    """Whether a way of the net alone fires these labels one after the other and ends in its final marking."""
    states = {frozenset((place.name, n) for place, n in initial.items())}
    for wanted in [label for _, label in moves if label != ">>"]:
        states = {after for state in states for move in net.transitions
                  if move.label == wanted and (after := fired(move, state)) is not None}
    return frozenset((place.name, n) for place, n in final.items()) in states


def fired(move, marking):
    """The marking after a step of the net; None where it cannot happen."""
    tokens = dict(marking)
    if any(tokens.get(arc.source.name, 0) < arc.weight for arc in move.in_arcs):
        return None
    for arc in move.in_arcs:
        tokens[arc.source.name] -= arc.weight
    for arc in move.out_arcs:
        tokens[arc.target.name] = tokens.get(arc.target.name, 0) + arc.weight
    return frozenset((name, n) for name, n in tokens.items() if n)


def searched(net, initial, final, path):
    """The cost by a plain search over the product, marking by marking."""
    def named(marking):
        return frozenset((place.name, n) for place, n in marking.items() if n)

    heap, done, number = [(0, 0, 0, named(initial))], set(), count()
    while True:
        spent, _, at, marking = heapq.heappop(heap)
        if (at, marking) in done:
            continue
        done.add((at, marking))
        if at == len(path) and marking == named(final):
            return spent
        if at < len(path):
            heapq.heappush(heap, (spent + cost(path[at]), next(number), at + 1, marking))
        for move in net.transitions:
            there = fired(move, marking)
            if there is None:
                continue
            heapq.heappush(heap, (spent + cost(move.label), next(number), at, there))
            if at < len(path) and move.label == path[at]:
                heapq.heappush(heap, (spent, next(number), at + 1, there))


@pytest.mark.parametrize("tree", TREES)
def test_the_cheapest_alignment_is_found_and_is_one(tree):
    net, initial, final = net_of(tree)
    ways = Ways(*reachable(net, initial, final, cost))
    rng = random.Random(tree)
    for length in (0, 1, 2, 4, 7, 12):
        for _ in range(4):
            path = [rng.choice("abcdefz") for _ in range(length)]
            found, moves = ways.align(path, [cost(step) for step in path])
            with quietly():
                theirs = dijkstra_less_memory.apply(
                    Trace([Event({"concept:name": step}) for step in path]), net, initial, final,
                    {"trace_cost_function": [cost(step) for step in path],
                     "model_cost_function": {move: cost(move.label) for move in net.transitions}})
            assert found == searched(net, initial, final, path)
            twice = len({move.label for move in net.transitions if move.label}) < sum(
                move.label is not None for move in net.transitions)
            assert theirs["cost"] >= found if twice else theirs["cost"] == found  # duplicates confuse it
            assert [step for step, _ in moves if step != ">>"] == path
            assert replayed(net, initial, final, moves)
            assert found == sum(cost(step if label == ">>" else label) for step, label in moves if step != label)
            assert ways.align(path, [cost(step) for step in path]) == (found, moves)


def test_too_many_markings_and_an_end_that_is_never_reached_are_told():
    wide = net_of("+(" + ", ".join(f"'{letter}'" for letter in "abcdefghijklm") + ")")
    assert reachable(*wide, cost) is None
    net, initial, _ = net_of("->('a', 'b')")
    assert Ways(*reachable(net, initial, {}, cost)).align(["a"], [cost("a")]) is None
