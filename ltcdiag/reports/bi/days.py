"""dim_date: every day of the log, with the work calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ...log.calendar import EVERY_HOUR, LONGEST_YEARS, OWN_WEEK, WorkCalendar
from ...log.calendar_file import calendar_of
from ...words import say
from .arrays import of_rows
from .base import Base
from .schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

_LANGUAGES = ("zh", "en")


def dates(base: Base) -> pa.Table:
    """dim_date: the days from the first event to the last one or the as-of moment; of a log that spans centuries only
    those on which something happened."""
    import pandas as pd

    if base.cases.empty:
        return of_rows(TABLES["dim_date"], ())
    _, first, last = base.seen
    ends = base.local(pd.Series([first, max(last, base.log.as_of.replace(tzinfo=None))])).dt.date.tolist()
    calendar = calendar_of(base.log.calendar)
    days: Iterable[date] = (ends[0] + timedelta(days=n) for n in range((ends[1] - ends[0]).days + 1))
    if ends[1].year - ends[0].year >= LONGEST_YEARS:
        days = sorted({day for batch in base.chunks() for day in base.local(batch["time"]).dt.date.unique()} |
                      {day for name in ("started", "ended") for day in base.local(base.cases[name]).dt.date.unique()})
    unsure = frozenset(calendar.unannounced(ends[0].year, min(ends[1].year, ends[0].year + LONGEST_YEARS)))
    return of_rows(TABLES["dim_date"], _rows(days, calendar, unsure))


def _rows(days: Iterable[date], calendar: WorkCalendar, unsure: frozenset[int]) -> Iterator[tuple[Any, ...]]:
    for day in days:
        year, week, weekday = day.isocalendar()
        kind, names = _kind(day, calendar)
        yield (day.year * 10_000 + day.month * 100 + day.day, day, day.year, f"{day.year} Q{(day.month + 2) // 3}",
               f"{day:%Y-%m}", day.replace(day=1), f"{year}-W{week:02}", weekday,
               *(say(f"bi.weekday_{weekday}", lang) for lang in _LANGUAGES), calendar.is_working_day(day), kind,
               *(say(f"bi.day_{kind}", lang) for lang in _LANGUAGES), *names, day.year not in unsure)


def _kind(day: date, calendar: WorkCalendar) -> tuple[str, tuple[str | None, str | None]]:
    """workday, weekend, holiday, day_off (of the own calendar) or made_up (a free day that is worked), and the name of
    the holiday in Chinese and English."""
    free = day.weekday() not in calendar.week if calendar.country == OWN_WEEK else day.weekday() >= 5
    names = calendar.holiday_names(day)
    if calendar.is_working_day(day):
        made_up = free and calendar.country != EVERY_HOUR
        return ("made_up" if made_up else "workday"), (None, None)
    if day in calendar.off and names is None:
        return "day_off", (None, None)
    return ("holiday", names) if names else ("weekend", (None, None))
