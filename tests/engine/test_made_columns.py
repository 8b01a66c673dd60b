"""Columns made of others and looked up in another table, each against plain Python."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.engine.cells import make_macros
from ltcdiag.engine.connection import connect
from ltcdiag.engine.joining import add_columns
from ltcdiag.engine.loading import ReadOptions, load, silent
from ltcdiag.log.plan import Lookup, MadeColumn, TablePlan
from ltcdiag.log.records import ColumnMap, TypedTable


def added(*plans):
    """The cells of the first plan's table after add_columns, by column."""
    connection = connect(1)
    make_macros(connection)
    loaded = [(load(connection, i, plan.table, ColumnMap({}), ReadOptions(), silent), plan)
              for i, plan in enumerate(plans)]
    item = add_columns(connection, loaded)[0][0]
    names = [made.name for made in plans[0].made] + [name for each in plans[0].lookups for name, _ in each.take]
    table = connection.table(item.relation).order(item.line)
    rows = table.project(", ".join(item.cells[name] for name in names)).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def plan(frame, name="T", **more):
    columns = tuple(frame.columns)
    fields = more.pop("fields", {column: column for column in columns})
    return TablePlan(TypedTable(f"{name}.csv", "", frame, columns), "sap", name, "events", key_style="sap",
                     fields=fields, **more)


@pytest.mark.parametrize(("how", "parts", "cells", "wanted"), [
    ("join", ("a", "b"), ("0010", "0200"), "10/200"),
    ("join", ("a", "b"), ("10", None), None),
    ("first", ("a", "b"), (" ", "x"), "x"),
    ("first", ("a", "b"), ("y", "x"), "y"),
    ("clock", ("a", "b"), ("9", "5"), "09:05"),
    ("clock", ("a", "b"), (None, "5"), None),
    ("day", ("a",), ("2025-04-02T00:00:00.000Z", ""), "2025-04-02"),
    ("sum", ("a", "b"), ("100.50", "9.5"), Decimal(110)),
    ("sum", ("a", "b"), ("100-", None), Decimal(-100)),
    ("sum", ("a", "b"), (None, "9.5"), None),
])
def test_a_made_column(how, parts, cells, wanted):
    frame = pd.DataFrame({"a": [cells[0]], "b": [cells[1]]}, dtype=object)
    found = added(plan(frame, made=(MadeColumn("new", how, parts),)))[0]["new"]
    assert (Decimal(found) if isinstance(wanted, Decimal) else found) == wanted


KEYS = st.sampled_from(["1", "01", "2", "", None])
VALUES = st.sampled_from(["x", "y", None])


@settings(max_examples=40, deadline=None)
@given(st.lists(KEYS, min_size=1, max_size=6), st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=8))
def test_a_lookup_adds_no_row_and_takes_only_what_all_matches_agree_on(here, there):
    bare = [key.lstrip("0") if key else None for key in here]
    told = {}
    for key, value in there:
        if key and value:
            told.setdefault(key.lstrip("0"), set()).add(value)
    wanted = [next(iter(told[key])) if key and len(told.get(key, ())) == 1 else None for key in bare]
    one = plan(pd.DataFrame({"k": here}, dtype=object), lookups=(Lookup("U", (("k", "key"),), (("U.v", "v"),)),))
    other = plan(pd.DataFrame(there, columns=["key", "v"], dtype=object), name="U")
    assert [row["U.v"] for row in added(one, other)] == wanted


def test_a_lookup_asks_only_the_rows_it_names_and_a_table_without_that_field_whole():
    one = plan(pd.DataFrame({"k": ["1"]}, dtype=object),
               lookups=(Lookup("U", (("k", "key"),), (("U.v", "v"),), (("kind", ("d",)),)),))
    rows = {"key": ["1", "1"], "v": ["x", "y"], "kind": ["D", "S"]}
    assert added(one, plan(pd.DataFrame(rows, dtype=object), name="U")) == [{"U.v": "x"}]
    bare = pd.DataFrame({"key": ["1"], "v": ["z"]}, dtype=object)
    assert added(one, plan(bare, name="U")) == [{"U.v": "z"}]


def test_a_column_made_of_looked_up_ones_comes_last():
    one = plan(
        pd.DataFrame({"k": ["1", "2"], "own": [None, "b"]}, dtype=object),
        made=(MadeColumn("both", "first", ("own", "U.v"), late=True),),
        lookups=(Lookup("U", (("k", "key"),), (("U.v", "v"),)),),
    )
    other = plan(pd.DataFrame({"key": ["1", "2"], "v": ["x", "y"]}, dtype=object), name="U")
    assert added(one, other) == [{"both": "x", "U.v": "x"}, {"both": "b", "U.v": "y"}]


@pytest.mark.parametrize(("text", "wanted"), [
    ("1,000", 1000), ("1,234.50", "1234.5"), ("12,345,678", 12345678), ("500.00-", -500), ("1,234.50-", "-1234.5"),
    ("1.000,00", 1000), ("500,00-", -500), ("-12.345,67", "-12345.67"), ("0,50", "0.5"),      # a German user's SAP
    ("1,5", None), ("1.000.000", None), ("1,00,000", None),     # what may mean this or that is no number
    ("¥1,000.00", 1000), ("1000元", 1000), ("", None), ("n/a", None),
])
def test_how_people_write_sums(text, wanted):
    frame = pd.DataFrame({"a": [text]}, dtype=object)
    found = added(plan(frame, made=(MadeColumn("sum", "sum", ("a",)),)))[0]["sum"]
    assert (None if found is None else Decimal(found)) == (None if wanted is None else Decimal(wanted))
