"""Rows that are told twice."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..loading import Loaded

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("dup_exact", "dup_near")
_UNIQUE = 0.5       # a column whose texts are different in so many rows numbers them
_SECONDS = 5


def exact(desk: Desk, item: Loaded) -> None:
    """Rows equal in every column, where some column numbers the rows; where none does, equal rows may be true."""
    if not desk.looks_for("dup_exact") or not item.records:
        return
    cells = list(item.cells.values())
    numbers = [item.cells[column] for column in item.cells if column not in (item.map["time"], item.map["start"],
                                                                             item.map["amount"])]
    counts = desk.connection.sql(
        f"select {', '.join(f'approx_count_distinct({cell})' for cell in numbers)} from {item.relation}").fetchall()[0]
    best = max(zip(counts, numbers, strict=True))
    if best[0] < _UNIQUE * item.records:
        return
    number, rest = best[1], ", ".join(f"coalesce({cell}::varchar, '')" for cell in cells)
    desk.rows("dup_exact", f"""
        with again as (select {number} from {item.relation} where {number} is not null group by 1 having count(*) > 1)
        select {item.row} as row, {number}::varchar as example from {item.relation} semi join again using ({number})
        qualify row_number() over (partition by {rest} order by {item.line}) > 1""")
    if _numbers_rows(desk, item, number):
        return
    desk.connection.execute("delete from unfit where reason = 'dup_exact' and row // 1000000000000 = ?", [item.index])
    desk.connection.execute("delete from defect_rows where defect = 'dup_exact' and row // 1000000000000 = ?",
                            [item.index])


def _numbers_rows(desk: Desk, item: Loaded, number: str) -> bool:
    """Whether the column numbers the rows once the equal rows are left out."""
    n, different = desk.connection.sql(
        f"select count({number}), count(distinct {number}) from {item.relation} where {item.row} not in "
        "(select row from defect_rows where defect = 'dup_exact')").fetchall()[0]
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
          from typed_all where reason is null and row not in (select row from unfit)
          window w as (partition by {parts} order by ts, row))
        where ts - before < interval {_SECONDS} second and ts > before and {who} and not whole_day""")
