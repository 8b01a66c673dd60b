"""The steps of a log on the working clock, where every measure counts working days without knowing it.

Moments move so that a working day takes the 24 hours of a day and nights, weekends and holidays take none. The as-of
moment stays where it is, whatever calendar a case has, so that cases of several regions keep one as-of moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.calendar import EVERY_HOUR, WorkCalendar
from ..log.calendar_file import calendar_of
from ..log.event_log import EventLog
from ..log.steps import NO_TIME, Steps
from ..words import clauses, current, in_all, run_on, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

Calendar = str | Path | WorkCalendar
Calendars = Calendar | Mapping[str, Mapping[str, Calendar]]
"""A calendar for all cases, or column → its value → the calendar of the cases with that value."""
_OF_STEPS, _OF_CASES = ("started", "ended"), ("entered", "left")


def on_calendar(steps: Steps, calendar: WorkCalendar, *, zone: str | None = None) -> Steps:
    """The steps with all their moments on the working clock of a calendar: one working day is one day of it.

    zone: of the log, whose moments are then UTC; office hours are those of its clocks. Raises InputError where the
    times run over more years than a calendar spans. Laws: between two moments lie as many days as
    `calendar.working_days` says (to a microsecond); order and ties stay, and what lies in one night or on one weekend
    comes to one moment; a start that is missing stays missing.
    """
    return _moved(steps, {name: _clocked(getattr(steps, name), steps, calendar, zone) for name in _moments(steps)})


def on_calendars(
    steps: Steps, calendars: tuple[WorkCalendar, ...], of_case: Ints, *, zone: str | None = None,
) -> Steps:
    """The same where cases have calendars of their own. of_case: place in `calendars` of each case."""
    import numpy as np

    moved = {name: getattr(steps, name).copy() for name in _moments(steps)}
    for place in np.unique(of_case).tolist():
        for name, moments in moved.items():
            case = steps.case if name in _OF_STEPS else np.arange(steps.cases)
            rows = np.flatnonzero(of_case[case] == place)
            moments[rows] = _clocked(getattr(steps, name)[rows], steps, calendars[place], zone)
    return _moved(steps, moved)


def _clocked(moments: Ints, steps: Steps, calendar: WorkCalendar, zone: str | None) -> Ints:
    """Moments on the clock; missing ones at the as-of moment, so that no calendar is asked for the years of nothing."""
    import numpy as np

    known = np.where(moments == NO_TIME, steps.as_of, moments)
    if zone is None or calendar.country == EVERY_HOUR:
        return calendar.on_clock(known, anchor=steps.as_of)
    shown = wall(np.append(known, steps.as_of), zone)
    clock: Ints = calendar.on_clock(shown[:-1], anchor=int(shown[-1])) + (steps.as_of - shown[-1])
    return clock


def wall(moments: Ints, zone: str) -> Ints:
    """What the clocks of a zone show at moments of UTC."""
    import numpy as np
    import pandas as pd

    known = pd.DatetimeIndex(moments.astype("datetime64[us]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    wall: Ints = known.as_unit("us").to_numpy().astype(np.int64)
    return wall


def _moments(steps: Steps) -> tuple[str, ...]:
    return (*_OF_STEPS, *_OF_CASES, *(() if steps.watched is None else ("watched",)))


def _moved(steps: Steps, moved: dict[str, Any]) -> Steps:
    import numpy as np

    started = np.where(steps.started == NO_TIME, NO_TIME, moved["started"])
    left = np.maximum(moved["left"], moved["entered"])      # the hour that clocks show twice in autumn
    return replace(steps, **{**moved, "started": started, "left": left})


@dataclass(frozen=True, eq=False)
class WorkingClock:
    """Which calendar each case is on. calendars: the first is for cases whose region names none. of_case: place of each
    case's calendar. by: the column of the regions ("" where all cases have one calendar), regions: its values → place.
    others: cases without a region that is named, or with several. years: first and last of the log. zone: of the
    log."""

    calendars: tuple[WorkCalendar, ...]
    of_case: Ints
    by: str
    regions: Mapping[str, int]
    others: int
    years: tuple[int, int]
    zone: str | None

    def moved(self, steps: Steps) -> Steps:
        """The steps of the log on the clock."""
        if not self.by:
            return on_calendar(steps, self.calendars[0], zone=self.zone)
        return on_calendars(steps, self.calendars, self.of_case, zone=self.zone)

    def used(self) -> tuple[WorkCalendar, ...]:
        """The calendars that cases are on."""
        places = sorted(set(self.of_case.tolist())) if self.by else [0]
        return tuple(self.calendars[place] for place in places)

    def told(self) -> dict[str, str]:
        """What the clock counts, in every language."""
        return in_all(self._told)

    def _told(self, lang: str) -> str:
        first = self.calendars[0]
        if not self.by:
            said = [say("calendar.clock_working", lang, calendar=first, hours=f"{first.hours_per_day:g}")]
        else:
            pairs = (f"{value}: {self.calendars[place]}" for value, place in self.regions.items())
            said = [say("calendar.clock_regions", lang, by=self.by, calendars=clauses(pairs, lang))]
        if self.others:
            said.append(say("calendar.clock_others", lang, n=f"{self.others:,}", by=self.by, calendar=first))
        for calendar in dict.fromkeys(self.used()):
            unknown = calendar.unannounced(*self.years)
            if unknown:
                key = "own_years" if calendar.own_days else "unannounced"
                said.append(say(f"calendar.{key}", lang, calendar=calendar, years=_years(unknown)))
        return run_on(said, lang)


def clock_of(log: EventLog, steps: Steps, asked: Calendars) -> WorkingClock:
    """The working clock of a log. steps: those of the log. asked: a calendar (name, file or value), or the calendars of
    regions: {"region": {"East": "CN", "EU": "DE"}}. Cases of no such region are on the calendar of the log.

    Raises InputError where a calendar or a column is not known, or no case has a value that is named."""
    import numpy as np

    years = _log_years(steps)
    if not isinstance(asked, Mapping):
        return WorkingClock((calendar_of(asked),), np.zeros(steps.cases, dtype=np.int64), "", {}, 0, years,
                            log.timezone)
    if len(asked) != 1 or not isinstance(next(iter(asked.values())), Mapping):
        raise InputError(say("calendar.no_regions", current()), fix=say("calendar.no_regions_fix", current()))
    ((by, regions),) = asked.items()
    calendars = (calendar_of(log.calendar), *(calendar_of(calendar) for calendar in regions.values()))
    of_case = _regions(log, by, list(regions), steps.cases)
    places = {value: place for place, value in enumerate(regions, 1)}
    return WorkingClock(calendars, of_case, by, places, int(np.count_nonzero(of_case == 0)), years, log.timezone)


def _regions(log: EventLog, by: str, regions: list[str], cases: int) -> Ints:
    """1 for cases of the first region and so on; 0 for those with none of them, or with several."""
    import numpy as np

    table = log.tables.answer("segments", column=by).table
    values = table["value"].astype(str)
    unknown = [region for region in regions if region not in set(values)]
    if unknown:
        known = sorted(set(values))
        raise InputError(say("calendar.no_such_region", current(), by=by, values=", ".join(unknown)),
                         fix=say("engine.one_of", current(), values=", ".join(known[:20])))
    place = values.map({value: place for place, value in enumerate(regions, 1)})
    known_rows = place.notna().to_numpy()
    case = table["case"].to_numpy(np.int64)[known_rows]
    found = np.zeros(cases, dtype=np.int64)
    found[case] = place[known_rows].to_numpy(np.int64)
    found[np.bincount(case, minlength=cases) > 1] = 0
    return found


def _log_years(steps: Steps) -> tuple[int, int]:
    import numpy as np

    first = min(int(steps.entered.min()) if steps.cases else steps.as_of, steps.as_of)
    years = np.array([first, steps.as_of]).astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    return int(years[0]), int(years[1])


def _years(years: tuple[int, ...]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
