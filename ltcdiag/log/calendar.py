"""The work calendar: office hours, weekends, public holidays and make-up working days of a country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, overload

from ..errors import InputError
from ..words import current, say

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

EVERY_HOUR = "none"
"""The name of the calendar in which every hour of every day counts."""
OWN_WEEK = "week"
"""The country of a calendar without public holidays: the days of `week`, but for its own days."""
LONGEST_YEARS = 200
_HOUR = 3_600_000_000  # microseconds
_DAY = 24 * _HOUR
_SPOKEN = ("zh_CN", "en_US")


@dataclass(frozen=True)
class WorkCalendar:
    """When people work, in wall-clock time.

    country: ISO code such as "CN", "none" (every hour counts), or "week" (the days of `week`, no public holidays).
    subdivision: a province or state that has holidays of its own. opens, closes: office hours of a working day; a lunch
    break is not taken out. Make-up working days count as any working day. Holidays come from the package `holidays`.
    off, worked: days that are off or worked whatever the country says. week: working days of an own week, Monday is 0.
    name: of a calendar that was read from a file (log/calendar_file.py).

    >>> from datetime import datetime
    >>> WorkCalendar("CN").working_days(datetime(2024, 2, 9, 9), datetime(2024, 2, 19, 9))  # Spring Festival
    2.0
    """

    country: str = "CN"
    subdivision: str | None = None
    opens: time = time(9)
    closes: time = time(18)
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    week: tuple[int, ...] = (0, 1, 2, 3, 4)
    name: str = ""

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise InputError(say("calendar.hours", current(), opens=self.opens, closes=self.closes))
        if self.country not in (EVERY_HOUR, OWN_WEEK):
            _national(self.country, self.subdivision, 2024)

    @classmethod
    def parse(cls, text: str) -> WorkCalendar:
        """The calendar "CN", "DE-BY" (country and subdivision), "week" or "none"."""
        if text.strip().casefold() in (EVERY_HOUR, OWN_WEEK):
            return cls(text.strip().casefold())
        country, _, subdivision = text.strip().upper().partition("-")
        return cls(country, subdivision or None)

    def __str__(self) -> str:
        return self.name or self._place

    @property
    def _place(self) -> str:
        return f"{self.country}-{self.subdivision}" if self.subdivision else self.country

    @property
    def hours_per_day(self) -> float:
        """Hours of one working day."""
        return self._span / _HOUR

    @property
    def own_days(self) -> bool:
        """Whether it knows its free days from its own list alone."""
        return self.country == OWN_WEEK and bool(self.off | self.worked)

    def is_working_day(self, day: date) -> bool:
        """True on working days, make-up working days included."""
        if self.country == EVERY_HOUR or day in self.worked:
            return True
        if day in self.off:
            return False
        if self.country == OWN_WEEK:
            return day.weekday() in self.week
        return bool(_national(self.country, self.subdivision, day.year).is_working_day(day))

    def holiday_names(self, day: date) -> tuple[str, str] | None:
        """What a public holiday is called in Chinese (where the package of holidays knows it) and in English; None for
        any other day."""
        if self.country in (EVERY_HOUR, OWN_WEEK):
            return None
        names = [_national(self.country, self.subdivision, day.year, language).get(day) for language in _SPOKEN]
        return (names[0], names[1] or names[0]) if names[0] else None

    @overload
    def working_hours(self, start: datetime | date, end: datetime | date) -> float: ...
    @overload
    def working_hours(self, start: npt.ArrayLike, end: npt.ArrayLike) -> Floats: ...
    def working_hours(self, start: Any, end: Any) -> float | Floats:
        """Hours of work from start to end: one number for two moments, an array for arrays of moments.

        Moments are wall-clock times without a zone; a missing one gives nan. Adjacent intervals add up;
        swapping start and end changes the sign. A date stands for its first minute.
        """
        return _as_given((self._elapsed(start, end)) / _HOUR)

    @overload
    def working_days(self, start: datetime | date, end: datetime | date) -> float: ...
    @overload
    def working_days(self, start: npt.ArrayLike, end: npt.ArrayLike) -> Floats: ...
    def working_days(self, start: Any, end: Any) -> float | Floats:
        """Working hours in days of hours_per_day; see working_hours."""
        return _as_given(self._elapsed(start, end) / self._span)

    def on_clock(self, moments: Ints, *, anchor: int) -> Ints:
        """Moments (µs of wall-clock time) on a clock that runs in office hours only, a working day in 24 hours of it.

        anchor: the moment that stays where it is; one that lies n working days before it comes to n * 24 hours
        before it. Law: what is not later stays not later; two moments lie as many days apart as `working_days` says,
        to half a microsecond.
        """
        import numpy as np

        worked = self._worked(np.append(moments, anchor).astype("datetime64[us]"))
        days, rest = np.divmod(worked, self._span)
        moved = days * _DAY + np.rint(rest * (_DAY / self._span)).astype(np.int64)
        clock: Ints = moved[:-1] - moved[-1] + anchor
        return clock

    def unannounced(self, first_year: int, last_year: int) -> tuple[int, ...]:
        """Years for which the make-up days are not known yet: the country had some in the ten years before, none is
        known from that year on. Figures of such years are right only to a few days. A year of which own days are known
        is none of them; a calendar of own days alone does not know the years of which it has none."""
        if self.country == EVERY_HOUR:
            return ()
        own = {day.year for day in self.off | self.worked}
        years = [year for year in range(first_year, last_year + 1) if year not in own]
        if self.country == OWN_WEEK:
            return tuple(years) if own else ()
        return tuple(
            year for year in years
            if not any(self._make_up_days(later) for later in range(year, year + 4))
            and any(self._make_up_days(earlier) for earlier in range(year - 10, year))
        )

    def _make_up_days(self, year: int) -> int:
        days = getattr(_national(self.country, self.subdivision, year), "weekend_workdays", ())
        return sum(day.year == year for day in days)

    @property
    def _span(self) -> int:
        return _DAY if self.country == EVERY_HOUR else _of_day(self.closes) - _of_day(self.opens)

    def _elapsed(self, start: Any, end: Any) -> Floats:
        import numpy as np

        starts, ends = np.broadcast_arrays(_moments(start), _moments(end))
        known = ~(np.isnat(starts) | np.isnat(ends))
        elapsed = np.full(starts.shape, np.nan)
        if known.any():
            # whole microseconds are subtracted, so that nothing is lost before the last division
            both = self._worked(np.stack([starts[known], ends[known]]))
            elapsed[known] = both[1] - both[0]
        return elapsed

    def _worked(self, moments: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        """Microseconds of work to each moment, from the first day of their first year."""
        import numpy as np

        at = moments.astype(np.int64)
        if self.country == EVERY_HOUR:
            return at
        day, into = np.divmod(at, _DAY)
        years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
        first, before = _year_table(self, int(years.min()), int(years.max()))
        here = day - first
        today = np.clip(into - _of_day(self.opens), 0, self._span)
        whole_days: npt.NDArray[np.int64] = before[here] * self._span
        return whole_days + np.where(before[here + 1] > before[here], today, 0)


def _of_day(moment: time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond


def _as_given(values: Floats) -> float | Floats:
    return float(values) if values.ndim == 0 else values


def _moments(values: Any) -> npt.NDArray[np.datetime64]:
    import numpy as np

    zone = getattr(values, "tzinfo", None) or getattr(getattr(values, "dtype", None), "tz", None)
    if zone is not None:
        raise InputError(say("calendar.zone", current(), zone=zone), fix=say("calendar.zone_fix", current()))
    return np.asarray(values, dtype="datetime64[us]")


@lru_cache(maxsize=32)
def _year_table(
    calendar: WorkCalendar, first_year: int, last_year: int
) -> tuple[int, npt.NDArray[np.int64]]:
    """The first day as days since 1970, and for each day from there the working days before it."""
    import numpy as np

    if last_year - first_year >= LONGEST_YEARS:
        raise InputError(say("calendar.years", current(), first=first_year, last=last_year, most=LONGEST_YEARS),
                         fix=say("calendar.years_fix", current()))
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    working = np.fromiter((calendar.is_working_day(day) for day in every), dtype=np.int64)
    return (first - date(1970, 1, 1)).days, np.concatenate([[0], np.cumsum(working)])


@lru_cache(maxsize=1024)
def _national(country: str, subdivision: str | None, year: int, language: str | None = None) -> Any:
    """Holidays of a country around one year, in a language where it has names in it."""
    import holidays

    try:
        return holidays.country_holidays(country, subdiv=subdivision, years=year, language=language)
    except NotImplementedError:
        known = holidays.list_supported_countries()
        if country in known:
            what, words = say("calendar.no_part", current(), part=subdivision, country=country), list(known[country])
        else:
            what, words = say("calendar.no_country", current(), country=country), sorted(known)
        fix = say("calendar.no_country_fix", current(), known=", ".join(words))
        raise InputError(what, fix=fix) from None
