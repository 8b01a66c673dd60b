"""Breaks of the chain against plain Python: linked + waiting + broken = ready, and each break by its id."""

from __future__ import annotations

import math

from hypothesis import given, settings

from ltcdiag.errors import InputError
from ltcdiag.log.chain import ChainPlan
from tests.object_logs import objects_table, view_of, worlds

NEXT = {"opportunity": ("contract", "order"), "contract": ("order",), "order": ("invoice",), "invoice": ("payment",)}
PLAN = ChainPlan(next=NEXT, ready={}, out=frozenset(), stages={}, ended=frozenset())
RANK = {kind: place for place, kind in enumerate(("lead", "opportunity", "contract", "order", "invoice", "payment"))}


def below(world, top, target):
    objects = {(kind, row[0]): row for kind, rows in world.items() for row in rows}
    found, waiting = set(), [top]
    while waiting:
        here = waiting.pop()
        for (kind, ident), row in objects.items():
            if (row[2], row[3]) == here and RANK[kind] <= RANK[target] and (kind, ident) not in found:
                found.add((kind, ident))
                waiting.append((kind, ident))
    return [objects[key] for key in found if key[0] == target]


def by_hand(world, as_of_day):
    found = {}
    for source, expected in NEXT.items():
        target = next((kind for kind in expected if kind in world), None)
        if source not in world or target is None:
            continue
        ready = [row for row in world[source] if row[1] is not None]
        children = {row[0]: below(world, (source, row[0]), target) for row in ready}
        lags = sorted(max(0, min(days) - row[1]) for row in ready
                      if (days := [child[1] for child in children[row[0]] if child[1] is not None]))
        usual = lags[math.ceil(0.99 * len(lags)) - 1] if lags else 0
        loose = {row[0] for row in ready if not children[row[0]] and as_of_day - row[1] > usual}
        known = {(kind, row[0]) for kind, rows in world.items() for row in rows}
        held = {row[0] for top in world[source] for row in below(world, (source, top[0]), target)}
        orphans = {row[0] for row in world[target] if row[3] is not None and (row[2], row[3]) not in known
                   and RANK[row[2]] >= RANK[source] and row[0] not in held}
        found[source, target] = (len(ready), sum(bool(c) for c in children.values()), loose, orphans)
    return found


@settings(max_examples=15, deadline=None)
@given(worlds())
def test_breaks_are_those_that_a_walk_finds(world):
    plans = [objects_table(kind, rows) for kind, rows in world.items()]
    try:
        log = view_of(plans, "end_to_end")
    except InputError:
        return
    last = max(row[1] for rows in world.values() for row in rows if row[1] is not None)
    gaps = log.tables.chain(PLAN)
    found = {(gap.source, gap.target): (gap.ready, gap.linked, {each.object_id for each in gap.broken},
                                        {each.object_id for each in gap.orphans}) for gap in gaps}
    assert found == by_hand(world, last)
    assert all(gap.ready == gap.linked + gap.waiting + len(gap.broken) for gap in gaps)
