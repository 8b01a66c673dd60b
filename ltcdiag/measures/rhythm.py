"""On which days a step is decided, against the days on which it would be if its work knew no fixed days.

What would be: every passage keeps the working day on which it became ready, and takes the length (in working days) of
any passage of the step, each as likely as the others. A step decided on Mondays only has all lengths mixed, whatever
day it became ready on, and so is expected on every day alike; a step that merely follows a step decided on Mondays is
expected just after Monday. The expectation is the mean over all ways to pair moments and lengths, by one convolution.
Work that runs on over the weekend and is found done on Monday is expected on Mondays: the same is reckoned with lengths
in days of the calendar, what falls on a day off coming to the working day after it, or to the next but one where it
is taken up then and done a day later; the largest expectation counts.

The excess of a set of days is judged over whole weeks or months, so that days with many decisions are no evidence by
themselves (ratio of sums, cluster-robust; Cochran 1977, chapter 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import exp, log
from typing import TYPE_CHECKING, Any

from .availability import MONDAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

LEAST_RATIO = 1.25
"""A rhythm is claimed where its days hold at least this many times the decisions expected on them."""
LEAST_RUN, RUN_TIMES, RUN_CHANCE = 4, 4.0, 1e-3
"""A run: a day with this many decisions, this many times those expected, and this unlikely by chance."""
LEAST_RUN_SHARE = 0.15
"""Runs are a rhythm where they hold this share of the passages; by chance single days hold next to nothing."""
LEAST_STILL, STILL_DAYS = 12.0, 5
"""A standstill: no decision for this many working days and over on which this many would be expected."""
LEAST_OF_A_DAY = 0.35
"""A weekday with less than this share of a usual one is no working day of a step."""
_LEAST_BLOCKS = 6


@dataclass(frozen=True, eq=False)
class Decided:
    """Passages of one step. days: the working days of the log. ready, decided: place in `days` of each passage (a day
    off counts as the working day after it). begun, ended: the same as days of the calendar. Places and days have 32
    bits: a log of 30 million events has as many passages."""

    days: Ints
    ready: Ints
    decided: Ints
    begun: Ints
    ended: Ints

    def without_passages(self) -> Decided:
        """The same days without the passages, where nobody will ask for them again."""
        return Decided(self.days, self.ready[:0].copy(), self.decided[:0].copy(), self.begun[:0].copy(),
                       self.ended[:0].copy())

    @cached_property
    def seen(self) -> Floats:
        """Decisions of each working day."""
        import numpy as np

        return np.bincount(self.decided, minlength=len(self.days)).astype(float)

    @cached_property
    def expected(self) -> Floats:
        """Decisions expected on each working day, by lengths in working days; as many in all as there are."""
        return _scaled(_mixed(self.ready, self.decided, len(self.days)), len(self.ready))

    @cached_property
    def expected_by_calendar(self) -> Floats:
        """The same by lengths in days of the calendar."""
        import numpy as np

        first, last = int(self.begun.min()), int(self.days[-1])
        spread = _mixed(self.begun - first, np.maximum(self.ended, self.begun) - first, last - first + 1)
        place = np.searchsorted(self.days, np.arange(first, last + 1))
        there = np.bincount(place, weights=spread, minlength=len(self.days)).astype(float)
        return _scaled(there, len(self.ready))

    @cached_property
    def expectations(self) -> tuple[Floats, ...]:
        """Every one that a set of days has to beat."""
        import numpy as np

        later = np.append(self.expected_by_calendar[:1], self.expected_by_calendar[:-1])
        return self.expected, self.expected_by_calendar, _scaled(later, len(self.ready))

    @cached_property
    def most_expected(self) -> Floats:
        """The largest of them on each working day."""
        import numpy as np

        most: Floats = np.max(self.expectations, axis=0)
        return most


def _mixed(ready: Ints, decided: Ints, n: int) -> Floats:
    """Decisions by place, were every length as likely after every beginning."""
    import numpy as np

    begun = np.bincount(ready, minlength=n)[:n]
    lengths = np.bincount(decided - ready, minlength=n)[:n] / max(1, len(ready))
    points = 1 << (2 * n).bit_length()      # so that no sum of two places wraps around
    mixed = np.fft.irfft(np.fft.rfft(begun, points) * np.fft.rfft(lengths, points), points)[:n]
    clipped: Floats = np.clip(mixed, 0.0, None)
    return clipped


def _scaled(expected: Floats, n: int) -> Floats:
    return expected * (n / expected.sum()) if expected.sum() else expected


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Days on which a step is decided more often than expected. pattern: weekday | month_day | runs; days: which of
    the working days. names: weekdays (Monday 0) or days of the month (32: the last). seen, expected: decisions on them.
    ratio, low, high: seen over expected with its 95 % interval. p: one-sided, of that ratio against 1."""

    pattern: str
    names: tuple[int, ...]
    days: Bools
    seen: float
    expected: float
    ratio: float
    low: float
    high: float
    p: float


def decided_on(days: Ints, ready: Ints, decided: Ints) -> Decided:
    """Passages by their days (since 1970, on the wall). days: the working days of the log, in order."""
    import numpy as np

    last = max(len(days) - 1, 0)
    places = [np.minimum(np.searchsorted(days, part), last).astype(np.int32) for part in (ready, decided)]
    return Decided(days, places[0], np.maximum(places[1], places[0]), ready, decided)


def rhythms(step: Decided) -> Iterator[Rhythm]:
    """Every rhythm worth a test, the days chosen by the data: the caller must pay for the choice (`tests_of`)."""
    yield from _weekdays(step)
    yield from _month_days(step)
    yield from _runs(step)


TESTS = 7 + 21 + 29 + 58
"""How many sets of days are looked at in a step: weekdays and pairs of them, days of the month and pairs with the
best."""


def _weekdays(step: Decided) -> Iterator[Rhythm]:
    """The weekdays that hold more than expected, the best one, two, three or four together."""
    import numpy as np

    weekday = (step.days + MONDAY) % 7
    week = (step.days + MONDAY) // 7
    held, *dues = (np.bincount(weekday, weights=part, minlength=7) for part in (step.seen, *step.expectations))
    due = np.max(dues, axis=0)
    order = [day for day in np.argsort(-held / np.maximum(due, 1e-9), kind="stable").tolist() if due[day] > 0]
    for size in range(1, min(4, len(order) - 1) + 1):
        chosen = np.isin(weekday, order[:size])
        found = _rhythm("weekday", tuple(sorted(order[:size])), chosen, step, week)
        if found is not None:
            yield found


def _month_days(step: Decided) -> Iterator[Rhythm]:
    """The best day of the month (the working day on or after it; 32: the last one), and the best two."""
    import numpy as np

    month = step.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    sets = dict(_nominal(step.days, month))
    if not sets:
        return
    above = step.seen - step.most_expected
    excess = {day: float(above[places].sum()) for day, places in sets.items()}
    best = max(excess, key=lambda day: (excess[day], -day))
    second = [day for day in sets if day != best and len(np.intersect1d(sets[day], sets[best])) == 0]
    pairs = [(best,), *([(best, max(second, key=lambda day: (excess[day], -day)))] if second else [])]
    for names in pairs:
        chosen = np.zeros(len(step.days), bool)
        chosen[np.concatenate([sets[day] for day in names])] = True
        found = _rhythm("month_day", tuple(sorted(names)), chosen, step, month)
        if found is not None:
            yield found


def _nominal(days: Ints, month: Ints) -> Iterator[tuple[int, Ints]]:
    import numpy as np

    if not len(days):
        return
    months = np.arange(month[0], month[-1] + 1)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    for day in range(1, 29):
        places = np.unique(np.searchsorted(days, first + day - 1))
        yield day, places[places < len(days)]
    ends = np.unique(np.searchsorted(days, (months + 1).astype("datetime64[M]").astype("datetime64[D]")
                                     .astype(np.int64)) - 1)
    yield 32, ends[ends >= 0]


def _runs(step: Decided) -> Iterator[Rhythm]:
    """Single days that hold far more than expected, wherever they lie."""
    import numpy as np
    from scipy.special import pdtrc

    seen, expected = step.seen, step.most_expected
    chosen = ((seen >= LEAST_RUN) & (seen >= RUN_TIMES * expected)
              & (pdtrc(seen - 1, np.maximum(expected, 1e-9)) < RUN_CHANCE))
    if chosen.sum() < 2 or seen[chosen].sum() < LEAST_RUN_SHARE * seen.sum():
        return
    # each run is one event of its own, however much it holds
    found = _rhythm("runs", (), chosen, step, np.cumsum(chosen) * chosen)
    if found is not None:
        yield found


def _rhythm(
    pattern: str, names: tuple[int, ...], chosen: Bools, step: Decided, block: Ints,
) -> Rhythm | None:
    """Seen over expected on the chosen days, by the largest expectation. block: days that go together."""
    import numpy as np
    from scipy.special import ndtr, stdtr, stdtrit

    seen = step.seen
    expected = max(step.expectations, key=lambda each: float(each[chosen].sum()))
    held, due = float(seen[chosen].sum()), float(expected[chosen].sum())
    places = np.unique(block, return_inverse=True)[1]
    sums = [np.bincount(places, weights=part * chosen) for part in (seen, expected)]
    there = (sums[1] + sums[0] > 0) & (np.bincount(places, weights=chosen) > 0)
    blocks = int(there.sum())
    if due <= 0 or held <= due or blocks < (2 if pattern == "runs" else _LEAST_BLOCKS):
        return None
    ratio = held / due
    rest = sums[0] if pattern == "runs" else sums[0] - ratio * sums[1]
    # one decision more or less in a block is the least that can be told
    error = max(float(np.sqrt(blocks / (blocks - 1) * (rest[there] ** 2).sum())), held**0.5) / held
    reach = float(stdtrit(blocks - 1, 0.975)) * error
    p = float(ndtr(-log(ratio) / error) if pattern == "runs" else stdtr(blocks - 1, -log(ratio) / error))
    return Rhythm(pattern, names, chosen, held, due, ratio, ratio * exp(-reach), ratio * exp(min(reach, 700)), p)


def standstills(step: Decided) -> list[tuple[int, int]]:
    """First and last place of each stretch of working days without a decision, although many were expected."""
    import numpy as np

    seen, expected = step.seen, step.expected
    busy = np.flatnonzero(seen > 0)
    due = np.append(0.0, np.cumsum(expected))
    first, last = busy[:-1] + 1, busy[1:] - 1
    still = (last - first + 1 >= STILL_DAYS) & (due[last + 1] - due[first] >= LEAST_STILL)
    return list(zip(first[still].tolist(), last[still].tolist(), strict=True))


def step_days(days: Ints, every: Ints, own: Ints) -> Ints:
    """The working days of a step: those of the log without the two weekdays on which the log has least, where the step
    has little on them: clerks rest on weekends although customers pay on them, and though some work a Saturday instead
    of a holiday. every, own: decisions of each weekday (Monday first), of all steps and of this one."""
    import numpy as np

    quiet = np.argsort(every, kind="stable")[:2]
    rests = quiet[own[quiet] < LEAST_OF_A_DAY * own.mean()]
    kept: Ints = days[~np.isin((days + MONDAY) % 7, rests)]
    return kept if len(kept) else days
