"""What became of every record and every yuan, over a relation of rows made by hand: each beside a plain twin."""

# ruff: noqa: S608 - statements over tables of our own

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.engine.accounts import fates, lines_by_reason, money, nothing_left, rows_set_aside
from ltcdiag.engine.connection import connect
from ltcdiag.engine.loading import ROWS_A_FILE
from ltcdiag.log.ledger import Money, RowSetAside
from ltcdiag.words import use
from tests.logs import few

DAY = datetime(2024, 1, 1)
REASON = st.sampled_from([None, None, "ts_missing", "dup_exact", "id_missing"])
ROW = st.tuples(REASON, st.integers(0, 50), st.none() | st.integers(0, 60),
                st.none() | st.decimals(-100, 100, places=2), st.sampled_from(["CNY", " USD", "", "  ", None]),
                st.booleans())


def filled(connection, rows, columns="reason, ts, st, amount, currency, has_amount"):
    """The relation `typed` of rows (reason, day, start, amount, currency, whether an amount stands there)."""
    connection.execute("create table given (row bigint, reason varchar, ts timestamp, st timestamp, "
                       "amount decimal(38,6), currency varchar, has_amount boolean)")
    for n, (reason, ts, start, amount, currency, told) in enumerate(rows):
        connection.execute("insert into given values (?, ?, ?, ?, ?, ?, ?)", [
            n, reason, DAY + timedelta(days=ts), start if start is None else DAY + timedelta(days=start), amount,
            currency, told or amount is not None])
    connection.execute(f"create view typed as select row, {columns} from given")


@few
@given(st.lists(ROW, max_size=12), st.booleans())
def test_fates_are_counted_as_by_hand_and_the_last_moment_is_that_of_a_kept_row(rows, starts):
    with closing(connect(1)) as connection:
        filled(connection, rows, "reason, ts, st" if starts else "reason, ts")
        by_reason, kept, latest = fates(connection)
    assert by_reason == Counter(row[0] for row in rows if row[0] is not None)
    assert kept == sum(row[0] is None for row in rows)
    moments = [day for reason, ts, start, *_ in rows if reason is None
               for day in (ts, start if starts else None) if day is not None]
    assert latest == (DAY + timedelta(days=max(moments)) if moments else None)
    assert list(by_reason) == sorted(by_reason)


def test_the_last_moment_may_be_an_end_or_a_start_of_any_row():
    for days in ([(1, 0), (9, 2)], [(9, 2), (1, 0)], [(1, 9), (2, 3)], [(2, 3), (1, 9)]):
        with closing(connect(1)) as connection:
            filled(connection, [(None, ts, start, None, None, False) for ts, start in days])
            assert fates(connection)[2] == DAY + timedelta(days=9)


@few
@given(st.lists(ROW, max_size=12), st.booleans(), st.sampled_from([(), ("dup_exact",), ("dup_exact", "id_missing")]))
def test_money_is_summed_by_currency_as_by_hand(rows, named, merged):
    with closing(connect(1)) as connection:
        filled(connection, rows, "reason, amount, has_amount" + (", currency" if named else ""))
        sums, unreadable = money(connection, "?", frozenset(merged))
        if all(row[0] is None for row in rows):
            assert money(connection, "?", frozenset(merged), aside=False) == (sums, unreadable)
    told: dict[str, dict[str, Decimal]] = {}
    for reason, _, _, amount, currency, _ in rows:
        if amount is None:
            continue
        place = told.setdefault(((currency or "").strip() or "?") if named else "?", Counter())
        part = "kept" if reason is None else "merged" if reason in merged else "set_aside"
        place[part] += amount
        place["read"] += amount
    assert sums == tuple(Money(currency, told[currency]["read"], Decimal(told[currency]["kept"]),
                               set_aside=Decimal(told[currency]["set_aside"]),
                               merged=Decimal(told[currency]["merged"])) for currency in sorted(told))
    assert unreadable == sum(row[3] is None and row[5] for row in rows)


def test_each_part_of_the_money_is_a_sum():
    rows = [(reason, 1, None, Decimal(amount), "CNY", True) for reason, amounts in (
        (None, (1, 2, 4)), ("dup_exact", (10, 20)), ("late", (100, 200)), (None, (-3,))) for amount in amounts]
    with closing(connect(1)) as connection:
        filled(connection, rows, "reason, amount, currency, has_amount")
        sums, unreadable = money(connection, "?", frozenset({"dup_exact"}))
    assert sums == (Money("CNY", Decimal(334), Decimal(4), set_aside=Decimal(300), merged=Decimal(30)),)
    assert unreadable == 0


def test_where_no_row_has_a_reason_all_money_that_was_read_is_kept():
    with closing(connect(1)) as connection:
        filled(connection, [(None, 1, None, Decimal(5), "CNY", True), (None, 1, None, None, "CNY", True),
                            (None, 1, None, Decimal(-2), "EUR", True)], "reason, amount, currency, has_amount")
        found = money(connection, "?", frozenset({"dup_exact"}), aside=False)
        assert found == money(connection, "?", frozenset({"dup_exact"}))
    assert found == ((Money("CNY", Decimal(5), Decimal(5), set_aside=Decimal(0), merged=Decimal(0)),
                      Money("EUR", Decimal(-2), Decimal(-2), set_aside=Decimal(0), merged=Decimal(0))), 1)


def test_without_a_column_of_amounts_there_is_no_money():
    with closing(connect(1)) as connection:
        filled(connection, [(None, 1, None, Decimal(5), "CNY", True)], "reason, ts")
        assert money(connection, "?") == ((), 0)


def test_lines_set_aside_are_counted_by_reason():
    rows = [RowSetAside("a", 3, 3, "x", ""), RowSetAside("a", 5, 8, "y", ""), RowSetAside("b", 1, 2, "x", "")]
    assert lines_by_reason(rows) == {"x": 3, "y": 4}
    assert lines_by_reason([]) == {}


def test_why_nothing_is_left_is_said_reason_by_reason():
    with use("en"):
        (only,) = nothing_left({}, 0, "a.csv")
        several = nothing_left({"ts_missing": 3, "id_missing": 2}, 5, "a.csv")
    assert "header" in only.what
    assert only.fix
    assert [fault.where for fault in (only, *several)] == ["a.csv"] * 3
    assert [fault.what.split(" ")[4:9] for fault in several] == [["2", "of", "5", "rows", "are"],
                                                                 ["3", "of", "5", "rows", "are"]]
    assert all("sniff" in fault.fix for fault in several)


@pytest.mark.parametrize("relation", ["typed", "other"])
def test_rows_set_aside_stand_in_the_order_of_their_files_with_their_text(relation):
    frames = [pd.DataFrame({"n": [2, 3, 4], "a": ["x", None, "y" * 600], "b": ["1", "2", "3"]}),
              pd.DataFrame({"n": [2, 3], "c": ["p", "q"]})]
    reasons = {(0, 2): None, (0, 3): "ts_missing", (0, 4): "dup_exact", (1, 2): "late", (1, 3): "ts_missing"}
    items = [SimpleNamespace(relation=f"given_{index}", row=f"({index} * {ROWS_A_FILE} + n)",
                             files={index: f"f{index}"},
                             cells={name: name for name in frame.columns if name != "n"})
             for index, frame in enumerate(frames)]
    with closing(connect(1)) as connection:
        for item, frame in zip(items, frames, strict=True):
            connection.register("frame", frame.sample(frac=1, random_state=1))
            connection.execute(f"create table {item.relation} as select * from frame")
            connection.unregister("frame")
        connection.execute(f"create table {relation} (row bigint, reason varchar)")
        if relation != "typed":
            connection.execute("create table typed (row bigint, reason varchar)")
        for (index, line), reason in reversed(reasons.items()):
            connection.execute(f"insert into {relation} values (?, ?)", [index * ROWS_A_FILE + line, reason])
        options = {} if relation == "typed" else {"relation": relation, "without": frozenset({"dup_exact", "late"})}
        found = rows_set_aside(connection, items, **options)
        again = rows_set_aside(connection, items, **options)
    every = [RowSetAside("f0", 3, 3, "ts_missing", " | 2"),
             RowSetAside("f0", 4, 4, "dup_exact", ("y" * 600 + " | 3")[:500]),
             RowSetAside("f1", 2, 2, "late", "p"), RowSetAside("f1", 3, 3, "ts_missing", "q")]
    assert found == again == (every if relation == "typed" else [every[0], every[3]])


def test_a_row_of_a_table_without_cells_has_an_empty_text():
    item = SimpleNamespace(relation="given_0", row="n", files={0: "f"}, cells={})
    with closing(connect(1)) as connection:
        connection.execute("create table given_0 as select 2 as n")
        connection.execute("create table typed as select 2::bigint as row, 'late' as reason")
        assert rows_set_aside(connection, [item]) == [RowSetAside("f", 2, 2, "late", "")]
