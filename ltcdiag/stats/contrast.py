"""The difference between two arms: Welch's interval, Newcombe's for shares, owners as clusters, mix held equal.

Every arm is a value and one influence number a case (`Estimate`), so that all that follows is that of plain means:

- means: B. L. Welch 1947, doi:10.1093/biomet/34.1-2.28, on pseudo-values (Andersen & Perme 2010,
  doi:10.1177/0962280209105020);
- shares: R. G. Newcombe 1998, method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, at the
  sample size that the variance of each arm is worth;
- mix: a regression of the pseudo-values in each arm, read off at the mix of both (W. Lin 2013,
  doi:10.1214/12-AOAS583) with errors HC3 (MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7);
- clusters: sums of influence an owner, CR1, t(owners - 2) (Cameron & Miller 2015, doi:10.3368/jhr.50.2.317).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

from .case_clock import Floats, Ints
from .estimator import Estimate
from .intervals import LEVEL, Interval

POWER = 0.8
LEAST_OWNERS = 5
"""Fewer owners than this in an arm carry no interval (Cameron & Miller: few clusters make errors too small)."""
Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """One arm's word on one KPI. estimate: value and influence. mix: one row a case, the columns of the strata, in both
    arms from the same mean (`mix_of`); no column where nothing is held equal. owner: code a case, or None."""

    estimate: Estimate
    mix: Matrix
    owner: Ints | None = None

    @property
    def n(self) -> int:
        """How many cases."""
        return self.estimate.n


@dataclass(frozen=True)
class Difference:
    """After less before. error and freedom: of Student's t; p: of no difference; low and high: 95 %."""

    value: float
    low: float
    high: float
    error: float
    freedom: float
    p: float
    method: str

    @property
    def detectable(self) -> float:
        """The change that four studies in five like this one would find."""
        return float((stdtrit(max(self.freedom, 1.0), (1 + LEVEL) / 2) + ndtri(POWER)) * self.error)

    def clear_of(self, nothing: float = 0.0) -> bool:
        """Whether its interval leaves out a value."""
        return not self.low <= nothing <= self.high


@dataclass(frozen=True, eq=False)
class _Level:
    """One arm's level with its variance; influence: one number a case, for clusters."""

    value: float
    variance: float
    freedom: float
    influence: Floats


def difference(before: Sample, after: Sample, *, share: bool = False) -> Difference:
    """After less before, at the mix of both arms where the samples carry one. share: an estimate between 0 and 1.

    Raises ValueError where an arm has fewer than two cases more than the columns of its mix."""
    if share and not before.mix.shape[1] and before.owner is None:
        return newcombe(before.estimate, after.estimate)
    method = "welch" if not before.mix.shape[1] else "regression_hc3"
    if before.owner is not None:
        return _clustered(before, after)
    levels = [level(before), level(after)]
    drift = _mix_variance(before, after)
    return student(levels[1].value - levels[0].value, [(part.variance, part.freedom) for part in levels], method, drift)


def of_differences(first: Difference, second: Difference) -> Difference:
    """The second difference less the first: treated less control (difference in differences)."""
    parts = [(each.error**2, each.freedom) for each in (first, second)]
    return student(second.value - first.value, parts, "difference_in_differences")


def student(value: float, parts: Sequence[tuple[float, float]], method: str, more: float = 0.0) -> Difference:
    """A difference with Student's interval; freedom by Satterthwaite 1946, doi:10.2307/3002019.

    parts: variance and freedom of each arm. more: variance of what both share."""
    variance = sum(part for part, _ in parts)
    below = sum(part**2 / freedom for part, freedom in parts if part > 0)
    freedom = variance**2 / below if below > 0 else 1.0
    error = sqrt(variance + more)
    reach = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    p = float(2 * stdtr(freedom, -abs(value) / error)) if error > 0 else float(value == 0)
    return Difference(value, value - reach, value + reach, error, freedom, p, method)


def level(sample: Sample) -> _Level:
    """An arm at the common mix. Law: without columns the plain mean with its standard error."""
    n, columns = sample.mix.shape[0], sample.mix.shape[1] + 1
    if n < columns + 2:
        raise ValueError("an arm has too few cases for its columns")
    if columns == 1:
        return _Level(sample.estimate.value, sample.estimate.error**2, n - 1, sample.estimate.influence)
    design = np.column_stack([np.ones(n), sample.mix])
    values = sample.estimate.value + sample.estimate.influence
    inverse = np.linalg.pinv(design.T @ design)
    slopes = inverse @ (design.T @ values)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    left = (values - design @ slopes) / np.maximum(1.0 - leverage, 1e-9)
    pull = (design @ inverse[0]) * left
    return _Level(float(slopes[0]), float(pull @ pull), n - columns, pull * n)


def _mix_variance(before: Sample, after: Sample) -> float:
    """What the drawn mix itself adds where it matters more in one arm than in the other."""
    if not before.mix.shape[1]:
        return 0.0
    slopes = [np.linalg.lstsq(np.column_stack([np.ones(each.n), each.mix]),
                              each.estimate.value + each.estimate.influence, rcond=None)[0][1:]
              for each in (before, after)]
    both = np.concatenate([before.mix, after.mix])
    gap = slopes[1] - slopes[0]
    return float(gap @ np.atleast_2d(np.cov(both, rowvar=False)) @ gap) / len(both)


def _clustered(before: Sample, after: Sample) -> Difference:
    """Influence summed an owner over both arms, so that it does not matter whether owners work in one arm or in both.

    Raises ValueError where an arm has fewer owners than LEAST_OWNERS."""
    levels = [level(before), level(after)]
    owners = [before.owner, after.owner]
    if any(each is None or len(np.unique(each)) < LEAST_OWNERS for each in owners):
        raise ValueError("too few owners")
    code = np.concatenate([each for each in owners if each is not None])
    pull = np.concatenate([-levels[0].influence / before.n, levels[1].influence / after.n])
    _, cluster = np.unique(code, return_inverse=True)
    sums = np.bincount(cluster, weights=pull)
    count = len(sums)
    variance = float(sums @ sums) * count / (count - 2)     # two levels were estimated
    return student(levels[1].value - levels[0].value, [(variance, count - 2.0)], "cluster_cr1",
                   _mix_variance(before, after))


def newcombe(before: Estimate, after: Estimate) -> Difference:
    """The difference of two shares. p is where the interval would touch zero."""
    shares = [min(1.0, max(0.0, each.value)) for each in (before, after)]
    sizes = [_worth(each, share) for each, share in zip((before, after), shares, strict=True)]
    value = shares[1] - shares[0]
    freedom = float(before.n + after.n - 2)
    low, high = _newcombe(shares, sizes, float(stdtrit(freedom, (1 + LEVEL) / 2)))
    error = sqrt(before.error**2 + after.error**2) or (high - low) / (2 * 1.96)
    return Difference(value, low, high, error, freedom, _touching(shares, sizes, freedom), "newcombe")


def _worth(estimate: Estimate, share: float) -> float:
    """The sample size that an estimate's variance is worth."""
    variance = estimate.error**2
    return min(float(estimate.n), share * (1 - share) / variance) if variance > 0 and 0 < share < 1 else estimate.n


def _newcombe(shares: Sequence[float], sizes: Sequence[float], z: float) -> tuple[float, float]:
    before, after = (_wilson(p, n, z) for p, n in zip(shares, sizes, strict=True))
    return square_and_add(before, after)


def square_and_add(before: Interval, after: Interval) -> tuple[float, float]:
    """The ends of the interval of a difference of two shares, from those of each (Newcombe 1998, method 10)."""
    value = after.value - before.value
    low = value - sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    return low, value + sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)


def _wilson(p: float, n: float, z: float) -> Interval:
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, min(p, max(0.0, centre - reach)), max(p, min(1.0, centre + reach)))


def _touching(shares: Sequence[float], sizes: Sequence[float], freedom: float) -> float:
    """The two-sided p of the widest interval that leaves out zero."""
    value = shares[1] - shares[0]
    if value == 0:
        return 1.0
    near, far = 0.0, 40.0
    for _ in range(50):
        middle = (near + far) / 2
        low, high = _newcombe(shares, sizes, middle)
        near, far = (near, middle) if low <= 0 <= high else (middle, far)
    return float(2 * stdtr(freedom, -near))


def mix_of(columns: Sequence[Floats | NDArray[np.object_]], arms: Sequence[Ints]) -> tuple[list[Matrix], list[str]]:
    """The columns of each arm's mix, measured from the mean of all arms.

    columns: one array a stratum over the whole table: texts, or numbers (cut at their quartiles where they have many
    values). arms: places of each arm's cases. Values with fewer than five cases in an arm go together. Returns a matrix
    an arm and, a text each, values with a tenth of all cases that one arm does not have at all: no arithmetic can hold
    these equal.
    """
    every = np.concatenate(list(arms))
    alone: list[str] = []
    parts: list[Matrix] = []
    for values in columns:
        codes, names = coded(values, every)
        counts = np.stack([np.bincount(codes[each], minlength=len(names)) for each in arms])
        alone += [str(name) for name, count in zip(names, counts.T, strict=True)
                  if count.min() == 0 and count.sum() >= len(every) / 10]
        few = counts.min(axis=0) < 5
        kept = np.where(few, -1, np.arange(len(names)))[codes]
        parts += [(kept == place).astype(float)[:, None] for place in np.unique(kept[every])[1:]]
    table = np.concatenate(parts, axis=1) if parts else np.zeros((len(columns[0]) if columns else 0, 0))
    if not parts:
        return [np.zeros((len(each), 0)) for each in arms], alone
    centred = table - table[every].mean(axis=0)
    return [centred[each] for each in arms], alone


def coded(values: Floats | NDArray[np.object_], rows: Ints) -> tuple[Ints, list[str]]:
    """Each value of a column as a code, with the names of the codes; many numbers by the quartiles of the rows."""
    array = np.asarray(values)
    if array.dtype.kind in "fiu" and len(np.unique(array[rows])) > MOST_VALUES:
        cuts = np.nanquantile(array[rows].astype(float), [0.25, 0.5, 0.75])
        return np.searchsorted(cuts, array, side="right"), ["Q1", "Q2", "Q3", "Q4"]
    first, values_seen = _factorized(array)
    names, place = np.unique(np.array(["", *map(_text, values_seen)], dtype=object), return_inverse=True)
    used = np.unique(codes := place[first + 1].astype(np.int64))      # "" only where something is missing
    return np.searchsorted(used, codes).astype(np.int64), [str(names[k]) for k in used]


def _factorized(array: NDArray[Any]) -> tuple[Ints, Sequence[object]]:
    """A code a value, -1 where it is missing, and the values of the codes; far faster than by their texts."""
    try:
        codes, seen = pd.factorize(array)
    except TypeError:       # lists and the like have no hash
        codes, seen = pd.factorize(np.array([_text(value) for value in array.tolist()], dtype=object))
    return codes.astype(np.int64), list(seen)


MOST_VALUES = 12


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN differs from itself


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted p-values: no false alarm in the family (Holm 1979, www.jstor.org/stable/4615733)."""
    order = np.argsort(p, kind="stable")
    steps = np.array(p, dtype=float)[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return [float(value) for value in adjusted]


def false_discoveries(p: Sequence[float]) -> list[float]:
    """Adjusted p-values: few false alarms among those named (Benjamini & Hochberg 1995)."""
    order = np.argsort(p, kind="stable")[::-1]
    steps = np.array(p, dtype=float)[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(steps))
    return [float(value) for value in adjusted]
