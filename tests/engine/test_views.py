"""Case views over objects: against a walk through the links in plain Python, and by the laws of the ledger."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings

from ltcdiag.errors import InputError
from ltcdiag.log.plan import EventPlan, LinkPlan, Moment, TablePlan
from ltcdiag.log.records import TypedTable
from tests.object_logs import CHAIN, START, objects_table, view_of, worlds

HOLDS = {"opportunity": CHAIN, "lead": ("opportunity",), "contract": CHAIN, "order": CHAIN, "invoice": ("payment",),
         "end_to_end": CHAIN}


def by_hand(world, case):
    """Case id → sorted (activity, day): a walk from each case object down the links."""
    objects = {(kind, row[0]): row for kind, rows in world.items() for row in rows}
    children = {}
    for (kind, ident), row in objects.items():
        if (row[2], row[3]) in objects:
            children.setdefault((row[2], row[3]), []).append((kind, ident))
    below = {child for found in children.values() for child in found}
    tops = [key for key in objects if (key not in below if case == "end_to_end" else key[0] == case)]
    found = {}
    for top in tops:
        seen, waiting = {top}, [top]
        while waiting:
            for child in children.get(waiting.pop(), []):
                if child not in seen and child[0] in HOLDS[case]:
                    seen.add(child)
                    waiting.append(child)
        told = sorted((f"{key[0]} made", objects[key][1]) for key in seen if objects[key][1] is not None)
        if told:
            found[top[1]] = told
    return found


def by_us(log):
    points = log.tables.answer("points").table
    found = {}
    for case, activity, time in points[["case_id", "activity", "time"]].itertuples(index=False, name=None):
        found.setdefault(case, []).append((activity, (time - START).days))
    return {case: sorted(told) for case, told in found.items()}


@pytest.mark.parametrize("case", list(HOLDS))
@settings(max_examples=6, deadline=None)
@given(world=worlds())
def test_a_view_is_what_a_walk_down_the_links_finds(case, world):
    hand = by_hand(world, case)
    plans = [objects_table(kind, rows) for kind, rows in world.items()]
    if not hand:
        with pytest.raises(InputError):
            view_of(plans, case)
        return
    log = view_of(plans, case)
    assert by_us(log) == hand
    assert log.cases == len(hand)
    step = next(step for step in log.ledger.steps if step.name == "events → cases")
    assert step.came_in == sum(row[1] is not None for rows in world.values() for row in rows)
    assert log.ledger.totals["copies"] == step.made
    for currency in ("CNY", "USD"):     # money once an object, however many cases it serves
        sums = {money.currency: money for money in log.ledger.money}
        read = [row for rows in world.values() for row in rows if row[5] == currency and row[4] is not None]
        assert sum(row[4] for row in read) == (sums[currency].read if currency in sums else 0)
        kept = sum(row[4] for row in read if row[1] is not None)
        assert (sums[currency].kept if currency in sums else 0) == kept


def test_an_invoice_of_two_orders_is_counted_in_both_and_an_account_glues_nothing():
    orders = objects_table("order", [("o1", 0, "", None, 5, "CNY"), ("o2", 1, "", None, 7, "CNY")])
    lines = pd.DataFrame({"invoice": ["i1", "i1"], "order": ["o1", "o2"], "time": ["2024-01-10 10:00:00"] * 2})
    invoice = TablePlan(
        TypedTable("lines.csv", "0", lines, tuple(lines.columns)), "made", "lines", "events", object_type="invoice",
        id="invoice", fields={"id": "invoice"}, events=(EventPlan("billed", "create", Moment("time")),),
        links=(LinkPlan("order", "order", "bills"),))
    log = view_of([orders, invoice], "order")
    assert by_us(log) == {"o1": [("billed", 9), ("order made", 0)], "o2": [("billed", 9), ("order made", 1)]}
    assert log.ledger.totals["copies"] == 1
    assert [money.kept for money in log.ledger.money] == [Decimal(12)]


def test_a_cell_that_names_several_objects_links_to_each_of_them():
    """Blanks and zeros before an id and a sign for nothing between two of them do not matter."""
    rows = [("d1", 0, "", None, None, ""), ("d2", 0, "", None, None, "")]
    deals = replace(objects_table("opportunity", rows, links=False), key_style="sap")
    told = pd.DataFrame({"id": ["o1", "o2"], "day": ["2024-02-01", "2024-02-02"], "deals": ["d1; 00d2", "-; d2 ;d9"]})
    orders = TablePlan(
        TypedTable("orders.csv", "0", told, tuple(told.columns)), "made", "orders", "events", object_type="order",
        id="id", events=(EventPlan("ordered", "create", Moment("day")),),
        links=(LinkPlan("deals", "opportunity", "of", many=";"),), key_style="sap")
    assert by_us(view_of([deals, orders])) == {
        "d1": [("opportunity made", 0), ("ordered", 31)],
        "d2": [("opportunity made", 0), ("ordered", 31), ("ordered", 32)]}


def test_days_without_a_clock_stand_behind_the_timed_events_of_their_day_and_creation_before_its_own():
    deal = pd.DataFrame({"id": ["d1"], "born": ["2024-03-01"], "won": ["2024-03-05"]})
    times = ["2024-03-01 10:00:00", "2024-03-01 16:00:00", "2024-03-05 09:30:00", "2024-03-05 17:00:00"]
    rows = pd.DataFrame({"deal": ["d1"] * 4, "time": times, "stage": ["A0", "A", "B", "C"]})
    plans = [
        TablePlan(TypedTable("deal.csv", "0", deal, tuple(deal.columns)), "made", "deal", "events",
                  object_type="opportunity", id="id", events=(
                      EventPlan("born", "create", Moment("born")), EventPlan("won", "close", Moment("won")))),
        TablePlan(TypedTable("rows.csv", "0", rows, tuple(rows.columns)), "made", "rows", "events", holds=False,
                  object_type="opportunity", id="deal",
                  events=(EventPlan("", "stage", Moment("time"), label="stage"),)),
    ]
    points = view_of(plans).tables.answer("points").table
    told = [(activity, str(time)) for activity, time in points[["activity", "time"]].itertuples(index=False, name=None)]
    assert told == [("born", "2024-03-01 10:00:00"), ("A0", "2024-03-01 10:00:00"), ("A", "2024-03-01 16:00:00"),
                    ("B", "2024-03-05 09:30:00"), ("C", "2024-03-05 17:00:00"), ("won", "2024-03-05 17:00:00")]


def test_equal_stages_collapse_and_are_counted_and_newest_first_is_turned():
    rows = pd.DataFrame({
        "deal": ["d1"] * 5, "stage": ["C", "B", "B", "A", "A"],
        "time": ["2024-03-03 10:00:00", "2024-03-02 10:00:00", "2024-03-02 10:00:00", "2024-03-02 10:00:00",
                 "2024-03-01 10:00:00"]})
    plan = TablePlan(TypedTable("rows.csv", "0", rows, tuple(rows.columns)), "made", "rows", "events", holds=False,
                     object_type="opportunity", id="deal",
                     events=(EventPlan("", "stage", Moment("time"), label="stage"),))
    log = view_of([plan])
    points = log.tables.answer("points").table
    assert points["activity"].to_list() == ["A", "B", "C"]
    step = next(step for step in log.ledger.steps if step.name == "records → events")
    assert (step.came_in, step.went_out, step.merged) == (5, 3, 2)
