"""The pace chart: closings of each month over those that its open deals would have had at the usual daily rate.

Usual: the rate of all months together, by age of the deal (and by stratum where the mix is held equal). A month that
is good or bad as a whole, which makes intervals of single deals too narrow, is one number here; so months are compared
with months, on the logarithms. The limits of the chart are those of individuals and moving ranges (Shewhart;
Wheeler & Chambers 1992) on the same logarithms. Observed over expected: Breslow, Lubin, Marek & Langholz 1983,
doi:10.1080/01621459.1983.10477915.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp, nan

import numpy as np
from scipy.special import chdtrc, chdtri

from .arms import Axis
from .case_clock import Bools, Floats, Ints
from .clock_table import DAY, OPEN, ClockTable
from .contrast import Difference, student
from .intervals import LEVEL

AGE_BANDS = (0, 7, 14, 30, 60, 90, 120, 180, 270, 365, 540, 730)
"""Ages (days) at which the usual daily rate may change."""
SHORTEST = 0.5
"""A part of a month at either end of a window that is shorter than this goes to the month beside it."""
LEAST_MONTHS = 3
HALF = 0.5      # closing added to both sides, so that a month without any has a logarithm
WIDE = 2.66     # 3 / 1.128: limits from moving ranges of two


@dataclass(frozen=True)
class PaceMonth:
    """One month: its first day, closings seen and expected, and their ratio with a 95 % interval (exact Poisson)."""

    month: str
    start: date
    observed: float
    expected: float
    ratio: float
    low: float
    high: float
    after: bool


@dataclass(frozen=True)
class Pace:
    """months; after against before: ratio with its 95 % interval and p (nan where months are too few). limits: of the
    chart, from the months before the change. spread: how much more the months differ than chance would make them, 1 =
    not at all more; spread_p: how surely. what: "closed" or "won"."""

    months: tuple[PaceMonth, ...]
    ratio: float
    low: float
    high: float
    p: float
    limits: tuple[float, float] | None
    spread: float = 1.0
    spread_p: float = 1.0
    what: str = "closed"
    change: date | None = None


def edges(first: int, last: int, change: int) -> Ints:
    """Moments (µs) that cut first..last into months, one of them at the change: calendar months where it is the first
    of one, else months of the same day."""
    cuts = [change]
    for step in (-1, 1):
        k = step
        while first < (cut := _months_later(change, k)) < last:
            cuts.append(cut)
            k += step
    cuts = sorted(cuts)
    whole = 30 * DAY * SHORTEST
    if len(cuts) > 1 and cuts[0] != change and cuts[0] - first < whole:
        cuts = cuts[1:]
    if len(cuts) > 1 and cuts[-1] != change and last - cuts[-1] < whole:
        cuts = cuts[:-1]
    return np.array([first, *(cut for cut in cuts if first < cut < last), last], dtype=np.int64)


def _months_later(moment: int, months: int) -> int:
    """The same day and time of another month; the last day where that month is shorter."""
    day = np.datetime64(int(moment) // DAY, "D")
    month = day.astype("datetime64[M]")
    target = month + months
    length = int(((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(int))
    into = min(int((day - month.astype("datetime64[D]")).astype(int)), length - 1)
    days = int((target.astype("datetime64[D]") + into).astype(np.int64))
    return days * DAY + moment % DAY


@dataclass(frozen=True, eq=False)
class Side:
    """The months of one side of a change, and the deals that were open in them. starts, ends: of its window (µs).
    stratum: code a case, with the same meaning on both sides. axis: how days are counted: on working days a month with
    holidays is no bad month."""

    table: ClockTable
    starts: int
    ends: int
    stratum: Ints
    seen_from: int = OPEN
    axis: Axis = field(default_factory=Axis)

    def months(self, change: int) -> Ints:
        """The moments that cut it into months, as if the change lay at its end or beginning."""
        first = max(self.starts, self.seen_from)
        if first >= self.ends:
            return np.array([first], dtype=np.int64)
        anchor = change if first <= change <= self.ends else self.ends if self.ends < change else first
        return edges(first, self.ends, anchor)


def pace(
    before: Side, after: Side, *, change: int, which: str = "closed", control: tuple[Side, Side] | None = None,
    paired: bool = False,
) -> Pace:
    """Pace of the months before and after a change. All open deals count in every month, whatever the design.

    The sides may look at one table or at two exports. which: "closed" or "won". control: the same of deals that the
    change did not reach: each month counts by how much the others differ from them. paired: the windows hold the same
    months of the year, which are compared in pairs.
    """
    sides = (before, after)
    observed, expected = _pace_of(sides, change, which)
    starts = np.concatenate([side.months(change)[:-1] for side in sides])
    later = np.repeat([False, True], [len(side.months(change)) - 1 for side in sides])
    logs, noise = _logs(observed, expected)
    spread = dispersion(observed, expected, later)
    if control is not None:
        theirs = _logs(*_pace_of(control, change, which))
        logs, noise = logs - theirs[0], noise + theirs[1]
        spread = _excess(logs, noise, later)
    elif paired and later.sum() * 2 == len(later):
        logs, noise = logs[later] - logs[~later], noise[later] + noise[~later]
        spread = _excess(logs, noise, np.zeros(len(logs), dtype=bool))
    test = _tested(logs, noise, later)
    months = tuple(_month(*row) for row in zip(observed, expected, later, starts, strict=True))
    usual = limits(_logs(observed, expected)[0][~later])
    if test is None:
        return Pace(months, nan, nan, nan, nan, usual, *spread, which, _day(change))
    ratio, low, high = (exp(min(max(each, -50.0), 50.0)) for each in (test.value, test.low, test.high))
    return Pace(months, ratio, low, high, test.p, usual, *spread, which, _day(change))


def _pace_of(sides: Sequence[Side], change: int, which: str) -> tuple[Floats, Floats]:
    """Closings of each month, seen and expected at the rates of all months together."""
    strata = max((int(side.stratum.max()) + 1 for side in sides if len(side.stratum)), default=1)
    cells = [_counts(side, side.months(change), which, strata) for side in sides]
    seen, exposed = (np.concatenate([cell[k] for cell in cells]) for k in (0, 1))
    rate = np.divide(seen.sum(axis=0), exposed.sum(axis=0), out=np.zeros(seen.shape[1:]),
                     where=exposed.sum(axis=0) > 0)
    return seen.sum(axis=(1, 2)), (exposed * rate).sum(axis=(1, 2))


def _logs(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the months' ratios, and the variance that their counts alone give them."""
    return np.log((observed + HALF) / (expected + HALF)), 1 / (expected + HALF)


def _tested(logs: Floats, noise: Floats, after: Bools) -> Difference | None:
    """After less before; of pairs of months their mean. None where the months are too few."""
    if len(logs) != len(after):
        return _pairs_differ(logs, noise) if len(logs) >= LEAST_MONTHS else None
    return _months_differ(logs, noise, after) if min((~after).sum(), after.sum()) >= LEAST_MONTHS else None


def _counts(side: Side, cuts: Ints, which: str, strata: int) -> tuple[Floats, Floats]:
    """Closings and deal-days of each month by age band and stratum: two arrays months x bands x strata."""
    table, stratum, seen_from = side.table, side.stratum, side.seen_from
    months, bands = len(cuts) - 1, len(AGE_BANDS)
    # on whole days a case is under watch on the day it closes too
    stop = np.where(table.open, table.end, table.exited + (DAY if table.whole_days else 0))
    begin = np.maximum(table.entered, seen_from)
    exposed, age = np.zeros((months, bands, strata)), np.zeros(table.n)
    for worked, rows in side.axis.clocks(table.n):
        entered = worked(table.entered[rows])
        exposed += _exposed(worked(cuts), entered, worked(begin[rows]), worked(stop[rows]), stratum[rows], strata)
        age[rows] = (worked(np.where(table.open, table.end, table.exited)[rows]) - entered) / DAY
    counted = ~table.open & (table.exited >= begin) & (table.won if which == "won" else True)
    month = np.searchsorted(cuts, table.exited, side="right") - 1
    rows = np.flatnonzero(counted & (month >= 0) & (month < months))
    band_of = np.searchsorted(AGE_BANDS, age[rows], side="right") - 1
    seen = np.zeros((months, bands, strata))
    np.add.at(seen, (month[rows], band_of, stratum[rows]), 1.0)
    return seen, exposed


def _exposed(cuts: Ints, entered: Ints, begin: Ints, stop: Ints, stratum: Ints, strata: int) -> Floats:
    """Deal-days of each month by age band and stratum; all moments on one clock."""
    bands = len(AGE_BANDS)
    exposed = np.zeros((len(cuts) - 1, bands, strata))
    for band, low in enumerate(AGE_BANDS):
        start = np.maximum(begin, entered + low * DAY)
        end = stop if band + 1 == bands else np.minimum(stop, entered + AGE_BANDS[band + 1] * DAY)
        for code in range(strata):
            chosen = (stratum == code) & (end > start)
            exposed[:, band, code] = np.diff(held(cuts, start[chosen], end[chosen])) / DAY
    return exposed


def held(moments: Ints, starts: Ints, ends: Ints) -> Ints:
    """Case-time (µs) held up to each moment."""
    held: Ints = _ramp(moments, starts) - _ramp(moments, ends)
    return held


def _ramp(moments: Ints, starts: Ints) -> Ints:
    """Sum of max(0, moment - start); whole numbers, so that nothing is lost."""
    if not len(starts):
        return np.zeros(len(moments), dtype=np.int64)
    ordered = np.sort(starts) - moments[0]
    place = np.searchsorted(ordered, moments - moments[0], side="right")
    sums = np.concatenate([[0], np.cumsum(ordered)])
    ramp: Ints = (moments - moments[0]) * place - sums[place]
    return ramp


def _months_differ(logs: Floats, noise: Floats, after: Bools) -> Difference:
    """After less before, a month weighing what its count and the spread of all months leave it.

    Months of few closings say little: equal weights let the first months of a log, with hardly an open deal, drown the
    rest. The variance comes from how the months differ in fact (Hartung & Knapp 2001, doi:10.1002/sim.791)."""
    weight = 1 / (noise + _between(logs, noise, after))
    level = [float(np.average(logs[side], weights=weight[side])) for side in (~after, after)]
    residual = logs - np.where(after, level[1], level[0])
    scale = float((weight * residual**2).sum()) / (len(logs) - 2)
    variance = scale * sum(1 / float(weight[side].sum()) for side in (~after, after))
    return student(level[1] - level[0], [(variance, len(logs) - 2.0)], "weighted_months")


def _pairs_differ(logs: Floats, noise: Floats) -> Difference:
    """The same for pairs of months, each a difference already."""
    weight = 1 / (noise + _between(logs, noise, np.zeros(len(logs), dtype=bool)))
    level = float(np.average(logs, weights=weight))
    variance = float((weight * (logs - level) ** 2).sum()) / (len(logs) - 1) / float(weight.sum())
    return student(level, [(variance, len(logs) - 1.0)], "paired_months")


def _excess(logs: Floats, noise: Floats, after: Bools) -> tuple[float, float]:
    """Cochran's Q over its freedom, each side measured from its own mean, and its p."""
    total, freedom = 0.0, 0
    for side in (~after, after):
        if side.sum() >= 2:
            level = float(np.average(logs[side], weights=1 / noise[side]))
            total += float(((logs[side] - level) ** 2 / noise[side]).sum())
            freedom += int(side.sum()) - 1
    return (total / freedom, float(chdtrc(freedom, total))) if freedom else (1.0, 1.0)


def _between(logs: Floats, noise: Floats, after: Bools) -> float:
    """Variance of the months beyond that of their counts, 0 or more (DerSimonian & Laird 1986,
    doi:10.1016/0197-2456(86)90046-2), both sides together."""
    above, below = 0.0, 0.0
    for side in (~after, after):
        if not side.any():
            continue
        weight = 1 / noise[side]
        level = float(np.average(logs[side], weights=weight))
        above += float((weight * (logs[side] - level) ** 2).sum()) - (len(weight) - 1)
        below += float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(0.0, above / below) if below > 0 else 0.0


def limits(logs: Floats) -> tuple[float, float] | None:
    """The natural limits of the ratios, from individuals and moving ranges; None below LEAST_MONTHS months."""
    if len(logs) < LEAST_MONTHS:
        return None
    reach = WIDE * float(np.abs(np.diff(logs)).mean())
    return exp(float(logs.mean()) - reach), exp(float(logs.mean()) + reach)


def dispersion(observed: Floats, expected: Floats, after: Bools) -> tuple[float, float]:
    """Pearson's chi-square over its freedom, each side measured from its own mean, and its p. Law: 1 on average where
    only chance parts the months of a side."""
    total, freedom = 0.0, 0
    for side in (~after, after):
        seen, due = observed[side], expected[side]
        if due.sum() <= 0 or len(seen) < 2 or seen.sum() == 0:
            continue
        due = due * seen.sum() / due.sum()
        kept = due > 0
        total += float(((seen[kept] - due[kept]) ** 2 / due[kept]).sum())
        freedom += int(kept.sum()) - 1
    return (total / freedom, float(chdtrc(freedom, total))) if freedom else (1.0, 1.0)


def _month(observed: float, expected: float, after: bool, start: int) -> PaceMonth:
    """One month with the exact Poisson interval of its ratio."""
    low = float(chdtri(2 * observed, (1 + LEVEL) / 2)) / 2 if observed else 0.0
    high = float(chdtri(2 * observed + 2, (1 - LEVEL) / 2)) / 2
    day = _day(start)
    below = expected if expected > 0 else float("nan")
    return PaceMonth(day.isoformat()[:7], day, float(observed), float(expected), observed / below, low / below,
                     high / below, bool(after))


def _day(moment: int) -> date:
    found: date = np.datetime64(int(moment) // DAY, "D").astype(object)
    return found
