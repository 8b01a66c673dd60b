"""Dates of which some have day and month the other way round, put right one by one where a person said so."""

from __future__ import annotations

import math
from datetime import date
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ...errors import Fault, QuestionError
from ...words import current, say
from ..loading import Loaded

if TYPE_CHECKING:
    from .found import Desk

MIXED = "mixed"
_ISO = "^\\s*([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(.*)$"
_YEAR_LAST = "^\\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})(.*)$"
_NEAR = 30          # days within which a row is usually recorded, where its recording can decide
_SELDOM = 0.05      # of neighbouring rows of a case go back in time where the order of the rows is that of the time
_BACK = 6.0         # cost of a step back in time; a gap of a month costs 3.4
_OFF = 2.0          # cost of a day on a weekend


class _Cell(NamedTuple):
    """One cell: its row, the two dates that it can be (the same where only one is a date), the part of the day, and
    when it was recorded (days), None where unknown."""

    row: int
    as_written: date
    turned: date
    part: float
    recorded: float | None


def mend(desk: Desk, item: Loaded, recorded: str | None) -> None:
    """Writes the dates of the time column as year-month-day. Where a date can be two, the one is taken that lies nearer
    to when the row was recorded; without such a column the one with which the case, in the order of its rows, goes back
    in time least, waits least and rests on weekends (the cheapest path through both readings of all its rows).

    recorded: a column that says when rows were written, or None. Every cell that changes is listed. Raises
    QuestionError where neither a recording nor the order of the rows can decide.
    """
    time, case = item.map["time"], item.map["case"]
    if time is None or case is None or item.types[time] != "VARCHAR":
        return
    cells = _cells(desk, item, time, case, recorded)
    chosen: dict[int, date] = {}
    by_record = _can_decide([cell for own in cells for cell in own])
    if not by_record and not _in_order(cells):
        raise QuestionError(Fault(say("engine.days_undecided", current(), column=time), where=item.table.file,
                               fix=say("engine.days_undecided_fix", current())))
    for own in cells:
        chosen.update(_nearest(own) if by_record else _cheapest(own))
    _write(desk, item, time, chosen)


def _cells(desk: Desk, item: Loaded, time: str, case: str, recorded: str | None) -> list[list[_Cell]]:
    """The cells of each case in the order of its rows."""
    cell = item.cells[time]
    told = f"epoch(try_cast({item.cells[recorded]} as timestamp)) / 86400" if recorded else "null::double"
    rows = desk.connection.sql(f"""
        with parts as (select {item.row} as row, {item.cells[case]} as case_id, {told} as told,
          case when regexp_matches({cell}, '{_ISO}') then regexp_extract({cell}, '{_ISO}', ['y', 'm', 'd', 'rest'])
            when regexp_matches({cell}, '{_YEAR_LAST}')
            then regexp_extract({cell}, '{_YEAR_LAST}', ['d', 'm', 'y', 'rest']) end as p from {item.relation})
        select case_id, row, p.y::int, p.m::int, p.d::int,
          coalesce(epoch(try_cast(trim(replace(p.rest, 'T', '')) as time)) / 86400, 0), told
        from parts where p is not null order by case_id, row""").fetchall()
    found: dict[str, list[_Cell]] = {}
    for case_id, row, year, month, day, part, told_at in rows:
        one, other = _date(year, month, day), _date(year, day, month)
        if one or other:
            found.setdefault(case_id, []).append(_Cell(row, one or other, other or one, part, told_at))  # type: ignore[arg-type]
    return list(found.values())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _can_decide(cells: list[_Cell]) -> bool:
    """Whether rows that can be one date only were nearly all recorded soon after it."""
    lags = [abs(cell.recorded - _days(cell.as_written)) for cell in cells
            if cell.recorded is not None and cell.as_written == cell.turned]
    return len(lags) > 0 and sum(lag <= _NEAR for lag in lags) >= 0.9 * len(lags)


def _in_order(cells: list[list[_Cell]]) -> bool:
    """Whether the rows of a case follow each other in time where both can be one date only."""
    pairs = [(one, two) for own in cells for one, two in pairwise(own)
             if one.as_written == one.turned and two.as_written == two.turned]
    turned = sum(one.as_written > two.as_written for one, two in pairs)
    return bool(pairs) and turned <= _SELDOM * len(pairs)


def _nearest(cells: list[_Cell]) -> dict[int, date]:
    return {cell.row: min((cell.as_written, cell.turned), key=partial(_off, cell)) for cell in cells}


def _off(cell: _Cell, day: date) -> float:
    return 0.0 if cell.recorded is None else abs(_days(day) + cell.part - cell.recorded)


def _cheapest(cells: list[_Cell]) -> dict[int, date]:
    """The cheapest of all ways to read the rows of a case."""
    paths = [(_rest(day), [day]) for day in (cells[0].as_written, cells[0].turned)]
    for before, cell in pairwise(cells):
        paths = [min(((cost + _step(path[-1], before.part, day, cell.part), [*path, day]) for cost, path in paths),
                     key=lambda each: each[0]) for day in (cell.as_written, cell.turned)]
    return dict(zip((cell.row for cell in cells), min(paths, key=lambda each: each[0])[1], strict=True))


def _step(before: date, part: float, day: date, its_part: float) -> float:
    gap = day.toordinal() + its_part - before.toordinal() - part
    return _rest(day) + math.log1p(abs(gap)) + (_BACK if gap < 0 else 0.0)


def _rest(day: date) -> float:
    return _OFF if day.isoweekday() > 5 else 0.0


def _write(desk: Desk, item: Loaded, time: str, chosen: dict[int, date]) -> None:
    import pandas as pd

    cell = item.cells[time]
    frame = pd.DataFrame({"row": list(chosen), "day": [day.isoformat() for day in chosen.values()]})
    desk.connection.register("days_chosen", frame)
    desk.connection.execute(f"""
        create or replace temp table chosen as
        select c.row, t.before,
          c.day || regexp_replace(regexp_replace(t.before, '{_ISO}', '\\4'), '{_YEAR_LAST}', '\\4') as after
        from days_chosen c join (select {item.row} as row, {cell} as before from {item.relation}) t using (row)""")
    desk.connection.unregister("days_chosen")
    desk.connection.execute("delete from chosen where before = after")
    desk.cells("ts_day_month_swapped", time, "select row, before, after from chosen")
    desk.connection.execute(f"update {item.relation} set {cell} = after from chosen where {item.row} = chosen.row")
