"""Rows that are told twice."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..loading import Loaded, table_of_row

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("dup_exact", "dup_near", "collateral")
_TRIED = 3          # columns that may number the rows
_UNIQUE = 0.5       # a column whose texts are different in so many rows numbers them
_ALWAYS = 0.9
_SECONDS = 30
_LEAST_SHARED, _SHARED = 20, 0.01    # rows that two tables must share to overlap: at least so many, of the smaller one


def exact(desk: Desk, items: Sequence[Loaded]) -> None:
    """Rows equal in every column, in one table or in several with the same columns (two exports that overlap), where
    some column numbers the rows. Where none does, equal rows of one table may be true; but tables that share enough of
    their rows overlap, and then a row counts as often as the table that has it most often says. The first stays."""
    if not desk.looks_for("dup_exact") or not sum(item.records for item in items):
        return
    first = items[0]
    names = list(first.cells)
    rows = " union all ".join(
        f"select {item.row} as row, {', '.join(f'{item.cells[column]} as {first.cells[column]}' for column in names)} "
        f"from {item.relation}" for item in items)
    desk.connection.execute(f"create or replace temp view rows_told as {rows}")
    numbers = [first.cells[column] for column in names if column not in (
        first.map["time"], first.map["start"], first.map["amount"])]
    counts = desk.connection.sql(
        f"select {', '.join(f'approx_count_distinct({cell})' for cell in numbers)} from rows_told").fetchall()[0]
    least = _UNIQUE * max(item.records for item in items)
    likely = [cell for n, cell in sorted(zip(counts, numbers, strict=True), reverse=True) if n >= least][:_TRIED]
    rest = ", ".join(f"coalesce({cell}::varchar, '')" for cell in first.cells.values())
    number = next((cell for cell in likely if _numbers_rows(desk, cell, rest)), None)
    if number is None:
        _overlapping(desk, items, rest)
        return
    desk.rows("dup_exact", f"""
        with again as (select {number} from rows_told where {number} is not null group by 1 having count(*) > 1)
        select row, {number}::varchar as example from rows_told semi join again using ({number})
        qualify row_number() over (partition by {rest} order by row) > 1""")


def _overlapping(desk: Desk, items: Sequence[Loaded], rest: str) -> None:
    """The rows of later tables that earlier ones have, copy by copy."""
    if len(items) < 2:
        return
    desk.connection.execute(f"""
        create or replace temp view rows_again as
        select row, number, row_number() over (partition by number, copy order by row) > 1 as again from (
          select row, md5(concat_ws('\x1f', {rest})) as number,
            row_number() over (partition by {rest}, {table_of_row(items)} order by row) as copy from rows_told)""")
    shared = desk.connection.sql("select count(*) from rows_again where again").fetchall()[0][0]
    if shared >= max(_LEAST_SHARED, _SHARED * min(item.records for item in items)):
        desk.rows("dup_exact", "select row, null::varchar as example from rows_again where again")


def _numbers_rows(desk: Desk, number: str, rest: str) -> bool:
    """Whether the column numbers the rows once equal rows are counted as one."""
    n, different = desk.connection.sql(
        f"select count(*), count(distinct n) from (select {number} as n from rows_told "
        f"where {number} is not null group by {number}, {rest})").fetchall()[0]
    return bool(n == different)


def near(desk: Desk, columns: AbstractSet[str]) -> None:
    """The same step of a case by the same person within seconds; and steps that always share the second of another."""
    who = "resource is not distinct from before_who" if "resource" in columns else "true"
    person = "resource" if "resource" in columns else "null"
    parts = ", ".join(["case_id", "activity", *sorted(columns & {"lifecycle", "instance"})])
    desk.rows("dup_near", f"""
        select row, activity || ' ' || ts as example from (
          select row, activity, ts, {person} as resource, lag(ts) over w as before,
            lag({person}) over w as before_who, date_trunc('day', ts) = ts as whole_day
          from sound window w as (partition by {parts} order by ts, row))
        where ts - before < interval {_SECONDS} second and ts > before and {who} and not whole_day""")


def collateral(desk: Desk) -> None:
    """Activities that nearly always share the second of another step of their case, which seldom does so."""
    desk.rows("collateral", f"""
        with ties as (select case_id, ts from few where date_trunc('minute', ts) <> ts group by all
                      having min(activity) <> max(activity)),
        told as (select row, case_id, activity, ts from few semi join ties using (case_id, ts)),
        together as (select a.activity as one, b.activity as other, count(distinct a.row) as n
                     from told a join told b using (case_id, ts) where a.activity <> b.activity and a.row > b.row
                     group by all),
        sizes as (select activity, count(*) as n from few group by 1),
        beside as (select one from together join sizes s on s.activity = one join sizes t on t.activity = other
                   where together.n >= {_ALWAYS} * s.n and s.n >= 10 and t.n >= s.n)
        select row, activity::varchar as example from sound where activity in (select one from beside)""")
