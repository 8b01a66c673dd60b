"""Every column of times decided: how its texts are read, in which order of day and month, on which clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..errors import Fault, InputError, QuestionError
from ..log.plan import Moment, TablePlan
from ..words import current, say
from .cells import moment_cell
from .loading import Loaded
from .source_rows import Source
from .time_columns import TimeColumn, decide_zone, time_column

if TYPE_CHECKING:
    import duckdb


def decide_times(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[tuple[Loaded, TablePlan]], zone: str | None,
    day_order: str | None,
) -> tuple[list[Source], str | None]:
    """Every column of times decided, and the zone of the log.

    A column whose values leave day and month open takes the order of the other columns of its system: one export,
    one locale. Raises QuestionError where none decides, or where times with and without a zone meet.
    """
    sources: list[Source] = []
    open_columns: list[tuple[int, Moment, QuestionError]] = []
    for item, plan in loaded:
        found: dict[Moment, TimeColumn] = {}
        bad: list[str] = []
        for moment in _moments(plan):
            try:
                found[moment] = _column(connection, item, moment, plan.day_order or day_order)
            except QuestionError as error:
                open_columns.append((len(sources), moment, error))
            except InputError as error:
                bad.append(str(error.faults[0].what))
        sources.append(Source(item, plan, found, plan.naive_zone, tuple(bad)))
    sources = _settled(connection, sources, open_columns)
    given = [replace(source, zone=source.zone or zone, days=_day_columns(connection, source)) for source in sources]
    columns = [(source.item.table.file, times, source.zone) for source in given
               for moment, times in source.times.items() if moment in _told(source.plan)]
    return given, _one_clock(columns, zone)


def _day_columns(connection: duckdb.DuckDBPyConnection, source: Source) -> frozenset[Moment]:
    """Moments whose column holds days only, also where each is written with 00:00:00."""
    found = set()
    for moment, times in source.times.items():
        rows = f"(from {source.item.relation})"
        # the first rows of most columns show a clock, and spare reading all of them once more
        if times.zoned or _days_only(connection, times, f"(from {rows} limit 100)") is False:
            continue
        if _days_only(connection, times, rows):
            found.add(moment)
    return frozenset(found)


def _days_only(connection: duckdb.DuckDBPyConnection, times: TimeColumn, rows: str) -> bool | None:
    """Whether all moments are days; None where there is none."""
    asked = f"select bool_and(date_trunc('day', m) = m) from (select {times.sql(None)} as m from {rows})"
    return cast("bool | None", connection.sql(asked).fetchall()[0][0])


def _told(plan: TablePlan) -> list[Moment]:
    """The moments that events show."""
    wanted = [moment for event in plan.events for moment in (event.time, event.start, event.recorded, event.latest)
              if moment]
    return wanted + [Moment(watch.column) for watch in plan.watched if watch.kind == "day"]


def _moments(plan: TablePlan) -> list[Moment]:
    changed = plan.fields.get("modified") if plan.holds else None
    return list(dict.fromkeys([*_told(plan), *([Moment(changed)] if changed else [])]))


def _column(
    connection: duckdb.DuckDBPyConnection, item: Loaded, moment: Moment, order: str | None
) -> TimeColumn:
    text, kind = moment_cell(item, moment)
    return time_column(connection, item.relation, text, kind, file=item.table.file, column=moment.column, order=order)


def _settled(
    connection: duckdb.DuckDBPyConnection, sources: list[Source], open_columns: list[tuple[int, Moment, QuestionError]]
) -> list[Source]:
    """Columns left open by their own values, read in the order that the rest of their system shows."""
    asked: dict[str, list[tuple[str, QuestionError]]] = {}
    for place, moment, error in open_columns:
        source = sources[place]
        orders = {times.order for other in sources if other.plan.system == source.plan.system
                  for times in other.times.values() if times.order}
        if len(orders) != 1:
            asked.setdefault(source.plan.system, []).append((moment.column, error))
            continue
        times = dict(source.times)
        times[moment] = _column(connection, source.item, moment, orders.pop())
        sources[place] = replace(source, times=times)
    if asked:
        raise QuestionError([_ask_order(system, columns) for system, columns in asked.items()])
    return sources


def _ask_order(system: str, columns: Sequence[tuple[str, QuestionError]]) -> Fault:
    """One question for all columns of a system: one export, one locale."""
    faults = [fault for _, error in columns for fault in error.faults]
    names = ", ".join(dict.fromkeys(column for column, _ in columns))
    return Fault(
        say("engine.day_order_system", current(), columns=names, system=system),
        where="; ".join(dict.fromkeys(fault.where for fault in faults)),
        fix=say("engine.day_order_system_fix", current(), system=system),
        examples=tuple(dict.fromkeys(text for fault in faults for text in fault.examples)),
    )


def _one_clock(columns: Sequence[tuple[str, TimeColumn, str | None]], zone: str | None) -> str | None:
    """The zone of the log: what the user gave; UTC where any zone is known; None for one unnamed wall clock."""
    zones = {known for _, times, known in columns if times.naive}
    if zone:
        return zone
    bare = [(file, times) for file, times, known in columns if known is None or times.zoned]
    if len(zones - {None}) and None in zones:   # a known clock meets an unknown one, as a zoned column would
        return decide_zone([*bare, *((file, _as_zoned(times)) for file, times, known in columns if known)], None)
    decided = decide_zone(bare, None)
    named = zones - {None}
    return decided or ("UTC" if named else None)


def _as_zoned(times: TimeColumn) -> TimeColumn:
    return TimeColumn(times.column, times.cell, times.type, times.readings, times.unread, times.naive + times.zoned, 0,
                      times.order)


def unreadable_notes(sources: Sequence[Source]) -> list[str]:
    """Columns of times that could not be read, wholly or in part."""
    lang = current()
    notes = []
    for source in sources:
        file = source.item.table.file
        notes += [say("engine.column_no_times", lang, file=file, what=what) for what in source.unreadable]
        notes += [say("engine.moments_unread", lang, file=file, column=times.column, n=times.unread)
                  for times in source.times.values() if times.unread]
    return notes
