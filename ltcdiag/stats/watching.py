"""A watch: week by week as many happenings as were to be expected, or fewer, or more?

Expected is what the open cases of a week would show at the rates of the time before the change, by their age (and by
stratum where a mix is held equal), so that the beginning of a log looks neither quick nor slow. Two cumulative sums
of Poisson log-likelihood ratios, one for fewer and one for more (risk-adjusted CUSUM: Steiner, Cook, Farewell &
Treasure 2000, Biostatistics 1, 441-452), have a limit of their own each week: the one that simulated watches, in which
nothing happens, cross so seldom that by the last planned week no more than the stated share has (dynamic probability
control limits: Zhang & Woodall 2016, doi:10.1002/qre.2044). The simulated watches do not know the usual rate either
(as many happenings as the baseline has), and four weeks on end may be good or bad as they were before the change.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import log, nan

import numpy as np
from scipy.special import chdtri

from .arms import Axis
from .case_clock import Bools, Floats, Ints
from .clock_table import DAY
from .intervals import LEVEL
from .pace import held

WEEK = 7
ALARM = 0.05
"""Chance that a watch warns, in either direction, at any time of the planned weeks although nothing happened."""
SLOWER, QUICKER = 2 / 3, 3 / 2
"""The changes of the rate that the sums are tuned to; others are found too, only not as soon."""
HALVED, DOUBLED = 0.5, 2.0
LEAST_BASELINE = 20
"""Fewer happenings before the change say nothing about what is usual."""
LEAST_EXPECTED = 5.0
"""Before so many were to be expected, nobody can tell."""
LEAST_IN_BAND = 5
MOST_BANDS = 40
LEAST_SEEN = 5
"""An age that fewer cases had come to before the change is not watched: nobody knows what is usual there."""
MOST_WEEKS = 104
PARTLY = 1.5
"""A good month seldom begins with one of our stretches of four weeks: cut in two, its variance looks like two thirds
(the mean of f^2 + (1 - f)^2)."""
SLACK = 1e-9
"""Equal sums stand on their limit, not beyond it."""
_PATHS, _FEWER_PATHS, _SEED, _BLOCK = 4_000, 1_000, 20241008, 4
_RECENT = 8


@dataclass(frozen=True, eq=False)
class Happenings:
    """What can happen and did. One row a span in which it can: case (a row of the axis), origin (µs: age 0), begin and
    stop of watching. One row a happening: of_case, origin_at, at (µs). aged: whether the rate depends on the age."""

    case: Ints
    origin: Ints
    begin: Ints
    stop: Ints
    of_case: Ints
    origin_at: Ints
    at: Ints
    aged: bool = True

    def among(self, cases: Bools) -> Happenings:
        """Those of some cases (one truth value a case)."""
        here, there = cases[self.case], cases[self.of_case]
        return Happenings(self.case[here], self.origin[here], self.begin[here], self.stop[here], self.of_case[there],
                          self.origin_at[there], self.at[there], self.aged)


@dataclass(frozen=True, eq=False)
class Weeks:
    """Whole weeks before and after a change. observed, expected: one a week. before: how many lie before the change.
    worth: how many happenings of the baseline the usual rates rest on. oldest: age (days) up to which is watched."""

    observed: Floats
    expected: Floats
    before: int
    worth: float
    oldest: float

    @property
    def spread(self) -> float:
        """Variance of the logarithm of the rate between stretches of four weeks before the change, beyond chance
        (DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2)."""
        first = self.before % _BLOCK
        seen, due = (part[first:self.before].reshape(-1, _BLOCK).sum(axis=1) for part in (self.observed, self.expected))
        seen, due = seen[due > 1], due[due > 1]
        if len(due) < 3:
            return 0.0
        ratio, weight = seen / due, due
        q = float((weight * (ratio - np.average(ratio, weights=weight)) ** 2).sum())
        reach = float(weight.sum() - (weight**2).sum() / weight.sum())
        return max(0.0, (q - (len(due) - 1)) / reach)


def weeks_of(
    found: Happenings, *, first: int, change: int, last: int, axis: Axis | None = None, stratum: Ints | None = None,
) -> Weeks:
    """The weeks of a log counted from the change (µs) on, backwards too; only whole ones. first, last: what is seen.
    stratum: a code a case."""
    clock = axis or Axis()
    n = 1 + max(int(part.max(initial=0)) for part in (found.case, *(rows for _, rows in clock.calendars)))
    codes = np.zeros(n, dtype=np.int64) if stratum is None else stratum
    if not len(found.case):
        return Weeks(np.zeros(0), np.zeros(0), 0, 0.0, 0.0)
    before, after = ((change - first) // (WEEK * DAY), (last - change) // (WEEK * DAY))
    before, after = max(0, int(before)), max(0, int(after))
    cuts = change + WEEK * DAY * np.arange(-before, after + 1, dtype=np.int64)
    oldest = _oldest(found, clock, n, first, change) if found.aged else float("inf")
    bands = _bands(found, clock, n, (int(cuts[0]), change), oldest) if found.aged else np.zeros(1)
    seen, held_days = _table(found, clock, n, cuts, np.append(bands, oldest), codes)
    expected, worth = _expected(seen, held_days, before)
    return Weeks(seen.sum(axis=(1, 2)), expected, before, worth, oldest)


def _worked_ages(clock: Axis, n: int, of: Ints, since: Ints, until: Ints) -> Floats:
    """Days from one moment to another on the clock of each row's case."""
    days = np.zeros(len(of))
    for worked, rows in clock.clocks(n):
        here = np.isin(of, rows)
        days[here] = (worked(until[here]) - worked(since[here])) / DAY
    return days


def _oldest(found: Happenings, clock: Axis, n: int, first: int, change: int) -> float:
    """The age (days on the clock) that the LEAST_SEEN-th oldest case was watched at before the change."""
    stop = np.minimum(found.stop, change)
    seen = stop > np.maximum(found.begin, first)
    ages = np.sort(_worked_ages(clock, n, found.case[seen], found.origin[seen], stop[seen]))[::-1]
    return float(ages[LEAST_SEEN - 1]) if len(ages) >= LEAST_SEEN else 0.0


def _bands(found: Happenings, clock: Axis, n: int, window: tuple[int, int], oldest: float) -> Floats:
    """Ages (days) at which the usual rate may change: LEAST_IN_BAND happenings of the baseline between two of them, but
    no more than MOST_BANDS. Few wide bands would call a log slow in which new cases have just become more."""
    rows = np.flatnonzero((found.at >= window[0]) & (found.at < window[1]))
    ages = np.sort(_worked_ages(clock, n, found.of_case[rows], found.origin_at[rows], found.at[rows]))
    ages = ages[ages < oldest]
    every = max(LEAST_IN_BAND, -(-len(ages) // MOST_BANDS))
    ends: Floats = np.unique(np.append(0.0, ages[every:len(ages) - every + 1:every]))
    return ends


def _table(
    found: Happenings, clock: Axis, n: int, cuts: Ints, ends: Floats, codes: Ints,
) -> tuple[Floats, Floats]:
    """Happenings and case-days of each week by age band and stratum: two arrays weeks x bands x strata."""
    strata, weeks, bands = int(codes.max(initial=0)) + 1, len(cuts) - 1, len(ends) - 1
    seen, days = np.zeros((weeks, bands, strata)), np.zeros((weeks, bands, strata))
    if not weeks or not bands:
        return seen, days
    for worked, rows in clock.clocks(n):
        here = np.flatnonzero(np.isin(found.case, rows))
        origin, begin, stop = (worked(part[here]) for part in (found.origin, found.begin, found.stop))
        edges = worked(cuts)
        for band in range(bands):
            top = stop if np.isinf(ends[band + 1]) else np.minimum(stop, origin + np.int64(ends[band + 1] * DAY))
            start = np.maximum(begin, origin + np.int64(ends[band] * DAY))
            for code in range(strata):
                kept = (codes[found.case[here]] == code) & (top > start)
                days[:, band, code] += np.diff(held(edges, start[kept], top[kept])) / DAY
    age = _worked_ages(clock, n, found.of_case, found.origin_at, found.at)
    week, band_of = np.searchsorted(cuts, found.at, side="right") - 1, np.searchsorted(ends, age, side="right") - 1
    rows = np.flatnonzero((week >= 0) & (week < weeks) & (band_of >= 0) & (band_of < bands))
    np.add.at(seen, (week[rows], band_of[rows], codes[found.of_case[rows]]), 1.0)
    return seen, days


def _expected(seen: Floats, days: Floats, before: int) -> tuple[Floats, float]:
    """Happenings of each week at the rates of the weeks before the change, and how many of these they are worth.

    Neighbouring ages share a rate until LEAST_IN_BAND happenings stand behind it, the oldest ones at the end."""
    happened, watched = seen[:before].sum(axis=0), days[:before].sum(axis=0)
    rate, behind = np.zeros_like(watched), np.zeros_like(watched)
    for code in range(watched.shape[1]):
        for bands in _groups(happened[:, code]):
            time = watched[bands, code].sum()
            rate[bands, code] = happened[bands, code].sum() / time if time > 0 else 0.0
            behind[bands, code] = happened[bands, code].sum()
    expected = (days * rate).sum(axis=(1, 2))
    later = days[max(0, before - _RECENT):before].sum(axis=0) * rate
    # each rate is as uncertain as the happenings behind it; bands that share one are as one
    error = sum(float(later[bands, code].sum()) ** 2 / behind[bands[0], code]
                for code in range(watched.shape[1]) for bands in _groups(happened[:, code])
                if behind[bands[0], code] > 0)
    worth = float(later.sum()) ** 2 / error if error > 0 else float(happened.sum())
    return expected, worth


def _groups(happened: Floats) -> list[list[int]]:
    """Bands that share a rate."""
    groups: list[list[int]] = [[]]
    for band in range(len(happened)):
        if groups[-1] and happened[groups[-1]].sum() >= LEAST_IN_BAND:
            groups.append([])
        groups[-1].append(band)
    if len(groups) > 1 and happened[groups[-1]].sum() < LEAST_IN_BAND:
        groups[-2:] = [groups[-2] + groups[-1]]
    return [group for group in groups if group]


@dataclass(frozen=True, eq=False)
class Watched:
    """A watch up to now. weeks: whole weeks since the change, of the planned ones. observed, expected: in them.
    ratio, low, high: of these, with a 95 % interval (exact Poisson, the uncertainty of the usual rate not in it).
    fewer_since, more_since: the first week (1, 2, ...) at whose end the sum crossed its limit; 0 for none. baseline:
    happenings before the change. false_alarm: of the whole planned time. found: how often a rate that is halved (fewer)
    or doubled (more) from the change on would be found by the last planned week, and found_week: by which week in half
    of these. few: too little to tell. oldest: age (days) up to which is watched."""

    weeks: int
    planned: int
    observed: float
    expected: float
    baseline: int
    ratio: float
    low: float
    high: float
    fewer_since: int
    more_since: int
    few: bool
    false_alarm: float = ALARM
    oldest: float = field(default=nan, repr=False)
    found: tuple[float, float] = (nan, nan)
    found_week: tuple[float, float] = (nan, nan)

    @property
    def warns(self) -> bool:
        """Whether either sum has crossed its limit."""
        return bool(self.fewer_since or self.more_since)


def watched(weeks: Weeks, *, planned: int, false_alarm: float = ALARM, warn: bool = True) -> Watched:
    """What a watch says. planned: weeks from the change to the review; what comes later is not watched. warn: whether
    limits are asked for, or only the ratio. The same weeks give
    the same answer, and what a week said does not change when weeks are added."""
    planned = max(1, min(planned, MOST_WEEKS))
    seen, due = (part[weeks.before:][:planned] for part in (weeks.observed, weeks.expected))
    baseline = int(weeks.observed[:weeks.before].sum())
    few = baseline < LEAST_BASELINE or float(due.sum()) < LEAST_EXPECTED
    total, expected = float(seen.sum()), float(due.sum())
    low = float(chdtri(2 * total, (1 + LEVEL) / 2)) / 2 if total else 0.0
    high = float(chdtri(2 * total + 2, (1 - LEVEL) / 2)) / 2
    ratio, low, high = (part / expected if expected > 0 else nan for part in (total, low, high))
    told = Watched(len(seen), planned, total, expected, baseline, ratio, low, high, 0, 0, few, false_alarm,
                   weeks.oldest)
    if not warn or baseline < LEAST_BASELINE:
        return told
    usual = weeks.expected[max(0, weeks.before - _RECENT):weeks.before]
    full = np.concatenate([due, np.full(planned - len(due), float(usual.mean()) if len(usual) else 0.0)])
    limits = _limits(full, weeks, false_alarm)
    crossed = [_first(_sums(seen[None, :], due, times)[0] > limit[:len(due)] + SLACK)
               for times, limit in zip((SLOWER, QUICKER), limits, strict=True)]
    found, typical = _power(full, weeks, limits)
    return replace(told, fewer_since=crossed[0], more_since=crossed[1], found=found, found_week=typical)


def _sums(seen: Floats, due: Floats, ratio: float) -> Floats:
    """The cumulative sums of paths x weeks."""
    steps = seen * log(ratio) - (ratio - 1) * due
    found = np.zeros(steps.shape)
    last = np.zeros(len(steps))
    for week in range(steps.shape[1]):
        last = np.maximum(0.0, last + steps[:, week])
        found[:, week] = last
    return found


def _paths(due: Floats, weeks: Weeks, factor: float, seed: int, paths: int = _PATHS) -> Floats:
    """Counts of simulated watches, paths x weeks; the first weeks are the same however many follow."""
    rng = np.random.default_rng([_SEED, seed])
    shape = max(weeks.worth, 1.0)
    unknown = rng.gamma(shape, 1 / shape, paths)
    blocks = max(2, weeks.before // _BLOCK)
    # the spread itself is known from so many stretches only
    spread = weeks.spread * PARTLY * (blocks - 1) / rng.chisquare(blocks - 1, paths)
    unknown *= np.exp(rng.standard_normal(paths) * np.sqrt(spread / blocks))
    found = np.zeros((paths, len(due)))
    shock = np.ones(paths)
    for week in range(len(due)):
        draw = np.random.default_rng([_SEED, seed, week])
        if weeks.spread and week % _BLOCK == 0:
            shock = np.exp(draw.standard_normal(paths) * np.sqrt(spread) - spread / 2)
        found[:, week] = draw.poisson(np.minimum(unknown * shock * due[week] * factor, 1e9))
    return found


def _limits(due: Floats, weeks: Weeks, false_alarm: float) -> tuple[Floats, Floats]:
    """The limits of both sums in each week: half of the false alarms for each, the same part of them a week."""
    paths = _paths(due, weeks, 1.0, 0)
    return _spent(_sums(paths, due, SLOWER), false_alarm / 2), _spent(_sums(paths, due, QUICKER), false_alarm / 2)


def _spent(sums: Floats, share: float) -> Floats:
    """The limits that a share of the paths crosses by the last week."""
    paths, weeks = sums.shape
    quiet = np.ones(paths, dtype=bool)
    limits = np.zeros(weeks)
    for week in range(weeks):
        allowed = int(share * paths * (week + 1) / weeks) - int((~quiet).sum())
        values = np.sort(sums[quiet, week])[::-1]
        limits[week] = values[min(max(allowed, 0), len(values) - 1)]
        quiet &= sums[:, week] <= limits[week] + SLACK
    return limits


def _power(
    due: Floats, weeks: Weeks, limits: tuple[Floats, Floats],
) -> tuple[tuple[float, float], tuple[float, float]]:
    """How often, and in which week in half of these, a rate that is halved or doubled would be found."""
    told = []
    for number, (times, factor) in enumerate(((SLOWER, HALVED), (QUICKER, DOUBLED))):
        beyond = _sums(_paths(due, weeks, factor, number + 1, _FEWER_PATHS), due, times) > limits[number] + SLACK
        first = np.sort(beyond.argmax(axis=1)[beyond.any(axis=1)] + 1)
        told.append((len(first) / len(beyond), float(first[len(first) // 2]) if len(first) else nan))
    return (told[0][0], told[1][0]), (told[0][1], told[1][1])


def _first(beyond: Bools) -> int:
    return int(beyond.argmax()) + 1 if beyond.any() else 0
