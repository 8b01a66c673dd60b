"""The arms of a comparison: which cases are watched in which window of time, and from which age to which.

Two designs, because nobody but the user knows whom a change reached:

new_cases       a window holds the cases that were entered in it, watched until it ends.
all_open_work   a window holds every case open in it, each for its own days in it (delayed entry; period analysis:
                Brenner & Gefeller 1996, doi:10.1002/(SICI)1097-0142(19961101)78:9<2004::AID-CNCR23>3.0.CO;2-#).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..log.calendar import WorkCalendar
from .case_clock import CaseClock, Floats, Ints
from .clock_table import DAY, OPEN, ClockTable
from .estimator import Points, Timeline

EPOCH = np.datetime64("2000-01-01", "us")
DESIGNS = ("new_cases", "all_open_work")


@dataclass(frozen=True)
class Window:
    """A stretch of time, starts <= t < ends (µs). seen_from: a later beginning of watching, where the extract holds
    only what was touched since. until: how long its cases are watched, where that is longer than the window."""

    starts: int
    ends: int
    seen_from: int = OPEN
    until: int = OPEN

    @property
    def since(self) -> int:
        """When watching begins."""
        return max(self.starts, self.seen_from)

    @property
    def seen_to(self) -> int:
        """When watching ends."""
        return max(self.ends, self.until)

    @property
    def days(self) -> float:
        """How many days of it are watched."""
        return (self.ends - self.since) / DAY


@dataclass(frozen=True, eq=False)
class Axis:
    """How days are counted: calendar days, or the working days of a calendar for some rows of the table."""

    calendars: Sequence[tuple[WorkCalendar, Ints]] = ()

    def ages(self, start: Ints, end: Ints) -> Floats:
        """Days from start to end, arrays of µs with a row a case of the table."""
        days: Floats = (end - start) / DAY
        for calendar, rows in self.calendars:
            days[rows] = calendar.working_days(start[rows].view("datetime64[us]"), end[rows].view("datetime64[us]"))
        return days

    def clocks(self, n: int) -> Iterator[tuple[Callable[[Ints], Ints], Ints]]:
        """What turns moments into time worked (µs), and the rows, of a table of n, whose clock it is."""
        rest = np.ones(n, dtype=bool)
        for calendar, rows in self.calendars:
            rest[rows] = False
            yield partial(_worked, calendar), rows
        if rest.any() or not self.calendars:
            yield (lambda moments: moments), np.flatnonzero(rest)

    def of(self, rows: Ints) -> Axis:
        """The same for a table of some of the rows."""
        return Axis([(calendar, np.flatnonzero(np.isin(rows, own))) for calendar, own in self.calendars])


def _worked(calendar: WorkCalendar, moments: Ints) -> Ints:
    """Time worked up to each moment, a working day as long as any day."""
    days = calendar.working_days(EPOCH, moments.view("datetime64[us]"))
    worked: Ints = np.rint(days * DAY).astype(np.int64)
    return worked


def axis_of(table: ClockTable, calendar: Any = None) -> Axis:
    """calendar: None (calendar days), a WorkCalendar or its text, or {column: {value: calendar}} for regions; cases
    without a calendar of their own count calendar days. Raises InputError for an unknown calendar or column."""
    if calendar is None:
        return Axis()
    if not isinstance(calendar, Mapping):
        return Axis([(_calendar(calendar), np.arange(table.n))])
    parts = []
    for column, values in calendar.items():
        named = column_of(table, str(column))
        parts += [(_calendar(each), np.flatnonzero((named == value).to_numpy())) for value, each in values.items()]
    return Axis(parts)


def column_of(table: ClockTable, name: str) -> Any:
    """A column of the table. Raises InputError where it has none of that name."""
    from ..errors import InputError
    from ..words import current, say

    if name not in table.strata:
        raise InputError(say("compare.no_columns", current(), columns=name),
                         fix=say("compare.no_columns_fix", current(), columns=", ".join(sorted(table.has))))
    return table.strata[name]


def _calendar(value: Any) -> WorkCalendar:
    return value if isinstance(value, WorkCalendar) else WorkCalendar.parse(str(value))


@dataclass(frozen=True, eq=False)
class Arm:
    """Cases of one arm. rows: their places in the table. clock: one row each, in that order."""

    table: ClockTable
    rows: Ints
    clock: CaseClock

    @property
    def n(self) -> int:
        """How many cases."""
        return len(self.rows)

    def timeline(self, horizon: int) -> Timeline:
        """Its timeline up to a horizon. Raises ValueError where it was not watched that long."""
        return Timeline(self.clock, horizon)

    def closings(self, which: str) -> Points:
        """Marks of 1 at closings: "won", "lost", or "value": the value of the case at the win (0 where it has none)."""
        kind = "won" if which == "value" else which
        chosen = np.flatnonzero(self.clock.closed & (self.table.outcome[self.rows] == kind))
        worth = np.nan_to_num(self.table.value[self.rows[chosen]]) if which == "value" else np.ones(len(chosen))
        return Points(chosen, self.clock.exit[chosen], worth)


def arm(
    table: ClockTable, axis: Axis, window: Window, *, design: str, among: Ints | None = None, landmark: float = 0.0,
) -> Arm:
    """The arm of a window. among: places of the cases that may be in it. landmark: count only cases still open at this
    age (days), from that age on."""
    last = window.seen_to - DAY if table.whole_days else window.seen_to     # the last moment that is seen
    shut = np.where(table.open, table.end, table.exited)
    inside = (table.entered < window.ends) & (table.entered <= last) & (shut >= window.since)
    if design == "new_cases":
        inside &= table.entered >= window.starts
    if among is not None:
        inside &= np.isin(np.arange(table.n), among)
    left = np.minimum(shut, last)
    stay = axis.ages(table.entered, left)
    late = axis.ages(table.entered, np.maximum(table.entered, window.since))
    could = axis.ages(table.entered, np.maximum(left, last))
    closed = ~table.open & (table.exited <= last)
    rows = np.flatnonzero(inside & (stay >= late) & ((stay > landmark) | (landmark <= 0)) & (could >= landmark))
    entry, left_at = (np.maximum(ages[rows] - landmark, 0.0) for ages in (late, stay))
    clock = CaseClock(entry, left_at, closed[rows], could[rows] - landmark)
    return Arm(table, rows, clock)
