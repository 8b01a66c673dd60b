"""When people work, learned from the moments at which they are seen to work: hours of the week, and days all are off.

An hour of the week counts as working time where it holds at least `LEAST_OF_USUAL` of what a usual hour of work holds
(the mean over the records, so that nights do not pull it down), with gaps of up to two hours inside a day closed. A
person's own hours are believed from `LEAST_A_SLOT` records a usual hour on; else those of the party, else those
of all; and where even these are too few, every hour counts. The idea of support and confidence by weekday and hour is
that of López-Pintado & Dumas 2022 (doi:10.1007/978-3-031-16103-2_2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.calendar import WorkCalendar
from ..log.steps import NO_TIME, UNKNOWN, Steps, keyed, stretches
from .spells import DAY
from .working_time import wall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

HOUR = 3_600_000_000
WEEK = 7 * 24
BLOCK = 1 << 16
"""Moments reckoned at once: few enough for their numbers to stay near the processor."""
MONDAY = 3
"""Days from a Monday to 1 January 1970."""
LEAST_OF_USUAL = 0.1
LEAST_A_SLOT = 5.0
LEAST_A_DAY = 8.0
"""Days in a row without any record are off where so many would be expected on them."""
_WEEKS_AROUND = 4


@dataclass(frozen=True, eq=False)
class Availability:
    """hours: a row a calendar, a column an hour of the week (Monday 0 h first), whether it is worked. of: row of each
    person's calendar, the last one for whoever is not named. off: days (since 1970) on which nobody works. own: how
    many persons have a calendar of their own. given: a calendar that stands instead of all these."""

    hours: Bools
    of: Ints
    off: Ints
    own: int
    given: WorkCalendar | None = None

    def worked(self, person: Ints, moments: Ints) -> Ints:
        """Microseconds that a person was there, from some fixed moment to each of these (of clocks on the wall). Law:
        it never falls, and never grows faster than time."""
        import numpy as np

        if self.given is not None:
            anchor = np.full(len(moments), moments.min() if len(moments) else 0).astype("datetime64[us]")
            hours = self.given.working_hours(anchor, moments.astype("datetime64[us]"))
            given: Ints = np.rint(hours * HOUR).astype(np.int64)
            return given
        blocks = range(0, len(moments), BLOCK)
        return np.concatenate([np.zeros(0, np.int64), *(
            self._learned(person[first:first + BLOCK], moments[first:first + BLOCK]) for first in blocks)])

    def _learned(self, person: Ints, moments: Ints) -> Ints:
        """The same by the hours learned."""
        import numpy as np

        row = self.of[person]
        day, into = np.divmod(moments, DAY)
        week, weekday = np.divmod(day + MONDAY, 7)
        before = np.concatenate([np.zeros((len(self.hours), 1), np.int64), np.cumsum(self.hours, axis=1)], axis=1)
        slot = weekday * 24 + into // HOUR
        today = (before[row, slot] - before[row, weekday * 24]) * HOUR + self.hours[row, slot] * (into % HOUR)
        whole: Ints = (week * before[row, -1] + before[row, weekday * 24]) * HOUR
        whole += np.where(np.isin(day, self.off), 0, today) if len(self.off) else today
        if not len(self.off):
            return whole
        place = np.searchsorted(self.off, day)
        lost, daily = np.zeros(len(day), np.int64), np.diff(before[:, ::24], axis=1)
        for weekday_off in range(7):
            so_far = np.append(0, np.cumsum((self.off + MONDAY) % 7 == weekday_off))
            lost += so_far[place] * daily[row, weekday_off]
        whole -= lost * HOUR
        return whole

    def days(self, first: int, last: int) -> Ints:
        """The days from first to last on which people work at all, by the calendar of all."""
        import numpy as np

        every = np.arange(first, last + 1)
        on = self.hours[self.of[UNKNOWN]].reshape(7, 24).any(axis=1)[(every + MONDAY) % 7]
        if self.given is not None:
            ends = (every + 1).astype("datetime64[D]").astype("datetime64[us]")
            on = self.given.working_hours(every.astype("datetime64[D]").astype("datetime64[us]"), ends) > 0
        kept: Ints = every[on & ~np.isin(every, self.off)]
        return kept


def learned(steps: Steps, *, zone: str | None = None, calendar: WorkCalendar | None = None) -> Availability:
    """The working hours of everybody in a log. zone: of the log. calendar: holds for all instead of what is learned."""
    import numpy as np

    people = int(steps.person.max(initial=UNKNOWN)) + 1
    always = np.ones((1, WEEK), bool)
    if calendar is not None:
        return Availability(always, np.zeros(people + 1, np.int64), np.zeros(0, np.int64), 0, calendar)
    person, party, moments = _seen(steps, zone)
    if not len(moments):
        return Availability(always, np.zeros(people + 1, np.int64), np.zeros(0, np.int64), 0)
    slot = ((moments // DAY + MONDAY) % 7 * 24 + moments % DAY // HOUR).astype(np.int16)
    every, known = _week(np.zeros(len(slot), np.int16), slot, 1)
    every = every if known[0] else always
    of_party, party_known = _week(party, slot, len(steps.parties))
    own, own_known = _week(person, slot, people)
    row = np.zeros(people + 1, np.int64)
    main = _party_of(person, party, people)
    has_party = main != UNKNOWN
    row[:-1][has_party] = np.where(party_known[main[has_party]], 1 + np.cumsum(party_known)[main[has_party]] - 1, 0)
    row[:-1][own_known] = 1 + party_known.sum() + np.arange(own_known.sum())
    return Availability(np.concatenate([every, of_party[party_known], own[own_known]]), row, _days_off(moments),
                        int(own_known.sum()))


def _seen(steps: Steps, zone: str | None) -> tuple[Ints, Ints, Ints]:
    """Person, party and moment (on the wall) of every start and end of work; a moment without time of day is none."""
    import numpy as np

    begun = np.flatnonzero(steps.started != NO_TIME)
    moments, person, party = steps.ended, steps.person, steps.party
    if len(begun):
        moments, person, party = (np.append(every, part[begun]) for every, part in (
            (moments, steps.started), (person, person), (party, party)))
    if zone is not None and len(moments):
        moments = wall(moments, zone)
    dated = moments % DAY == 0
    if 2 * int(dated.sum()) > len(moments):      # days without hours say nothing about hours, and all about days
        moments = moments + 12 * HOUR
    return person, party, moments


def _week(group: Ints, slot: Ints, groups: int) -> tuple[Bools, Bools]:
    """Which hours of the week each group works (a row a group), and whether its records are enough to say so."""
    import numpy as np

    size = np.bincount(group[group != UNKNOWN], minlength=groups)[:groups]
    many = np.flatnonzero(size >= WEEK // 24 * LEAST_A_SLOT)
    place = np.full(groups + 1, -1)
    place[many] = np.arange(len(many))
    by_hour = np.zeros(len(many) * WEEK, np.int64)
    for block in stretches(len(slot)):
        at = place[group[block]]
        by_hour += np.bincount(keyed(at[at >= 0], WEEK, slot[block][at >= 0]), minlength=len(by_hour))
    counts = by_hour.reshape(-1, WEEK)
    usual = (counts.astype(float) ** 2).sum(axis=1) / np.maximum(counts.sum(axis=1), 1)
    on = np.zeros((groups, WEEK), bool)
    on[many] = _closed_gaps(counts >= np.maximum(1.0, LEAST_OF_USUAL * usual)[:, None])
    enough = np.zeros(groups, bool)
    enough[many] = usual >= LEAST_A_SLOT
    if len(many) and (counts > 0).any():
        hours = (counts > 0).sum(axis=1)
        whole_days = hours <= 7                  # one hour a day at most: records carry days only
        on[many[whole_days]] = np.repeat(on[many[whole_days]].reshape(-1, 7, 24).any(axis=2), 24, axis=1)
    return on, enough


def _closed_gaps(on: Bools) -> Bools:
    """Gaps of one or two hours inside a day, which are breaks, are filled."""
    import numpy as np

    day = np.pad(on.reshape(-1, 7, 24), ((0, 0), (0, 0), (2, 2)))
    one, two = day[..., 1:-3], day[..., :-4]
    next_one, next_two = day[..., 3:-1], day[..., 4:]
    filled = (one & (next_one | next_two)) | (two & next_one)
    closed: Bools = (day[..., 2:-2] | filled).reshape(-1, WEEK)
    return closed


def _party_of(person: Ints, party: Ints, people: int) -> Ints:
    """The party each person is seen with last, UNKNOWN where none."""
    import numpy as np

    found = np.full(people, UNKNOWN)
    rows = np.flatnonzero((person != UNKNOWN) & (party != UNKNOWN))
    found[person[rows]] = party[rows]
    return found


def _days_off(moments: Ints) -> Ints:
    """Days without any record, where they and the empty days next to them would have had at least LEAST_A_DAY by the
    weeks around: a holiday week of a small firm, too."""
    import numpy as np

    day = moments // DAY
    first = (int(day.min()) + MONDAY) // 7 * 7 - MONDAY
    weeks = (int(day.max()) - first) // 7 + 1
    counts = np.bincount(day - first, minlength=weeks * 7).reshape(weeks, 7)
    sums = np.concatenate([np.zeros((1, 7), np.int64), np.cumsum(counts, axis=0)])
    low = np.maximum(np.arange(weeks) - _WEEKS_AROUND, 0)
    high = np.minimum(np.arange(weeks) + _WEEKS_AROUND + 1, weeks)
    usual = (sums[high] - sums[low]) / (high - low)[:, None]
    empty = (counts == 0).ravel()
    run = np.cumsum(np.append(True, empty[1:] != empty[:-1]))
    missed = np.bincount(run, weights=usual.ravel())[run]        # what the unbroken run of empty days should have held
    off: Ints = np.flatnonzero(empty & (missed >= LEAST_A_DAY) & (usual.ravel() > 0)) + first
    inside: Ints = off[(off > day.min()) & (off < day.max())]
    return inside
