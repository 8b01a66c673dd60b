"""Exports of one log merged: against a slow and obvious twin, whatever the order they come in."""

# ruff: noqa: S608 - statements over tables of our own

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ltcdiag.engine.connection import connect
from ltcdiag.engine.kept_parts import Part
from ltcdiag.engine.loading import ROWS_A_FILE, Loaded
from ltcdiag.engine.merging import merge
from ltcdiag.log.records import ColumnMap, Fates, TypedTable
from tests.logs import few

DAY = datetime(2024, 3, 1)
ROLES = {"case": "case", "activity": "activity", "time": "time", "resource": "who"}


def row(case, activity, day, who="Li", note=""):
    return (case, activity, DAY + timedelta(days=day), who, note)


def parts_of(exports, whole, less=()):
    """An export is ranked by its last moment, then by its digest: here its number."""
    found = []
    for number, told in enumerate(exports):
        cells = ["case", "activity", "time", "who", *([] if number in less else ["note"])]
        found.append(Part(None, {"latest": max(r[2] for r in told).isoformat(" "), "digest": str(number), "rows": told,
                                 "tables": [{"cells": cells}]}, whole[number]))
    return sorted(found, key=lambda part: part.rank)


class Shop:
    """`told` and the cells of the exports that have come, and the rows that are gone of them."""

    def __init__(self):
        self.gone = {}

    def take(self, parts, new, again=False):
        connection = connect(threads=1)
        loaded = []
        connection.execute("create table told (row bigint, case_id varchar, activity varchar, ts timestamp, "
                           "resource varchar, reason varchar, part smallint)")
        connection.execute("create table gone (row bigint, reason varchar)")
        for place, part in enumerate(parts):
            told = pd.DataFrame(part.facts["rows"], columns=["case", "activity", "ts", "who", "note"])
            told.insert(0, "line", range(1, len(told) + 1))
            told["lost"] = [self.gone.get((part.facts["digest"], line)) for line in told["line"]]
            shift = place * ROWS_A_FILE
            connection.register("frame", told)
            connection.execute(f"create table raw_{place} as select line, note as x0 from frame")
            connection.execute(f'insert into told select line + {shift}, "case", activity, ts, who, null, {place} '
                               "from frame")
            connection.execute(f"insert into gone select line + {shift}, lost from frame where lost is not null")
            connection.unregister("frame")
            loaded.append(Loaded(place, TypedTable("f", "0", None, ()), ColumnMap(ROLES), f"raw_{place}", "line",
                                 {"note": "x0"}, {}, 0, Fates()))
        merge(connection, loaded, parts, new, again=again)
        rows = connection.sql("select row, reason from gone").fetchall()
        assert len(rows) == len({number for number, _ in rows})         # one fate each
        self.gone = {(parts[number // ROWS_A_FILE].facts["digest"], number % ROWS_A_FILE): reason
                     for number, reason in rows}
        connection.close()
        return self.gone


def twin(parts):
    """Case by case, export by export: what is gone and why."""
    gone, live = {}, defaultdict(list)          # case → [(digest, line, row)]
    for part in parts:
        fresh = defaultdict(list)
        for line, told in enumerate(part.facts["rows"], 1):
            fresh[told[0]].append((part.facts["digest"], line, told))
        for case, rows in fresh.items():
            live[case] = step(live[case], rows, part.whole, gone)
    return gone


def step(known, fresh, may_be_whole, gone):
    known = sorted(known, key=lambda r: r[2][2])        # of equal times the older export and line stay first
    fresh = sorted(fresh, key=lambda r: r[2][2])
    whole = False
    if known:
        first = known[0][2]
        whole = may_be_whole and any(r[2][1] == first[1] and r[2][2] <= first[2] for r in fresh)
    rest_old, rest_new, replaced = list(known), list(fresh), []
    for key, same in ((lambda r: r[2], True), (lambda r: r[2][1:3], False), (lambda r: r[2][1], False)):
        if key(((), (), ("case", "activity", 0, "", ""))) == "activity" and not whole:
            continue
        for new in list(rest_new):
            old = next((r for r in rest_old if key(r) == key(new)), None)
            if old is not None:
                rest_old.remove(old)
                rest_new.remove(new)
                if same:
                    dropped, stays = (old, new) if whole else (new, old)
                    gone[dropped[:2]] = "told_again"
                    replaced.append(stays)
                else:
                    gone[old[:2]] = "corrected"
                    replaced.append(new)
    if whole:
        gone.update({r[:2]: "withdrawn" for r in rest_old})
        rest_old = []
    order = {r[:2]: n for n, r in enumerate([*known, *fresh])}
    return sorted([*rest_old, *rest_new, *replaced], key=lambda r: order[r[:2]])


rows = st.builds(row, st.sampled_from([f"case {number}" for number in range(20)]),
                 st.sampled_from(["create", "quote", "sign"]), st.integers(0, 4),
                 st.sampled_from(["Li", "Wang"]), st.sampled_from(["", "x"]))
exports = st.lists(st.lists(rows, min_size=90, max_size=120), min_size=3, max_size=3)


@settings(max_examples=max(2, few.max_examples // 5),      # a case is a history of its own: twenty at a time
          phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(exports, st.lists(st.booleans(), min_size=3, max_size=3), st.randoms(use_true_random=False))
def test_the_fold_equals_its_twin_in_whatever_order_exports_come(found, whole, random):
    every = parts_of(found, whole)
    expected = twin(every)
    shop, there = Shop(), []
    for part in random.sample(every, len(every)):
        there = sorted([*there, part], key=lambda each: each.rank)
        got = shop.take(there, there.index(part))
    assert got == expected


def gone_of(*exports, whole=(True,) * 9, order=None, less=()):
    every = parts_of(exports, whole, less)
    shop, there = Shop(), []
    for number in order or range(len(every)):
        there = sorted([*there, every[number]], key=lambda each: each.rank)
        got = shop.take(there, there.index(every[number]))
    return got


OLD = [row("A", "create", 0), row("A", "quote", 1), row("A", "quote", 2)]


def test_a_continuation_takes_nothing_away():
    assert gone_of(OLD, [row("A", "sign", 5)]) == {}


def test_an_overlap_is_told_again_and_the_known_row_stays():
    assert gone_of(OLD, [row("A", "quote", 2), row("A", "sign", 5)]) == {("1", 1): "told_again"}


def test_a_repeated_step_is_no_correction():
    assert gone_of(OLD, [row("A", "quote", 5)]) == {}


def test_a_changed_cell_takes_the_place_of_the_known_row():
    assert gone_of(OLD, [row("A", "quote", 2, who="Wang"), row("A", "sign", 5)]) == {("0", 3): "corrected"}
    assert gone_of(OLD, [row("A", "quote", 2, note="x"), row("A", "sign", 5)]) == {("0", 3): "corrected"}


def test_a_case_told_from_its_beginning_withdraws_what_it_lacks():
    told = [row("A", "create", 0), row("A", "quote", 1), row("A", "sign", 5)]
    assert gone_of(OLD, told) == {("0", 1): "told_again", ("0", 2): "told_again", ("0", 3): "withdrawn"}
    assert gone_of(OLD, told, whole=(True, False)) == {("1", 1): "told_again", ("1", 2): "told_again"}


def test_a_first_step_that_moved_back_is_still_the_beginning():
    told = [row("A", "create", -3), row("A", "quote", 1), row("A", "quote", 2), row("A", "sign", 5)]
    assert gone_of(OLD, told)[("0", 1)] == "corrected"


def test_an_older_step_that_was_recorded_late_withdraws_nothing():
    assert gone_of(OLD, [row("A", "call", -5), row("A", "sign", 6)]) == {}


def test_a_tie_with_the_first_moment_is_no_beginning():
    """A day's export cut at noon: the afternoon has the same date, and not the first step."""
    assert gone_of([row("A", "create", 0)], [row("A", "quote", 0), row("B", "create", 3)]) == {}


def test_a_column_that_one_export_lacks_is_not_compared():
    old, late = [row("A", "quote", 2, note="x"), row("B", "quote", 2)], [row("A", "quote", 2), row("A", "sign", 5)]
    assert gone_of(old, late) == {("0", 1): "corrected"}
    assert gone_of(old, late, less=(1,)) == {("0", 1): "told_again"}
    first = [row("B", "quote", 2, note="y"), row("B", "create", 1)]
    every = first, old, late
    assert gone_of(*every, less=(2,)) == gone_of(*every, less=(2,), order=(2, 1, 0))


def test_three_exports_in_every_order():
    every = (OLD, [row("A", "quote", 2, who="Wang"), row("A", "sign", 5)],
             [row("A", "create", 0), row("A", "quote", 2, who="Wang"), row("A", "sign", 6)])
    straight = gone_of(*every)
    assert straight == {("0", 1): "told_again", ("0", 2): "withdrawn", ("0", 3): "corrected", ("1", 1): "told_again",
                        ("1", 2): "corrected"}
    for order in ((2, 0, 1), (1, 2, 0), (2, 1, 0)):
        assert gone_of(*every, order=order) == straight
