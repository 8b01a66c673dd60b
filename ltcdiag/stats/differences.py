"""Differences of two logs under one null hypothesis: which of the two a case lies in says nothing about it.

Under it every way to hand out the case labels is as likely. For what a case has or has not (a variant, a move) the
count in one log is then hypergeometric, so that Fisher's exact test is the permutation test without drawing
anything (Fisher 1935). Counts above one are drawn: how many cases of each count fall into one log is multivariate
hypergeometric. Gaps are ranked (Mann & Whitney 1947): the rank sum's distribution is that over all labellings too.
All of it holds only where the cases of both logs were followed for equally long.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from .case_clock import Bools, Floats, Ints
from .contrast import false_discoveries, square_and_add, student
from .estimator import Estimate
from .intervals import Interval, wilson

LEVEL = 0.05
LEAST_RANKED = 10
"""Fewer values than this in either log are not ranked against each other."""
DRAWS = 20_000
"""Labellings drawn where a case can have more than one."""


def exact_p(before: Ints, after: Ints, n_before: int, n_after: int) -> Floats:
    """Two-sided p of Fisher's exact test, one for each pair of counts (cases that have it)."""
    from scipy.stats import fisher_exact

    found: dict[tuple[int, int], float] = {}
    for pair in {*zip(before.tolist(), after.tolist(), strict=True)}:
        have = np.array(pair)
        found[pair] = float(fisher_exact([have, np.array([n_before, n_after]) - have]).pvalue)
    return np.array([found[pair] for pair in zip(before.tolist(), after.tolist(), strict=True)])


def could_differ(total: Ints, n_before: int, n_after: int) -> Bools:
    """Which totals could come out at p <= 0.05 at all, were all of them in one log (Tarone 1990, doi:10.2307/2531456).

    It looks at the sum of both logs only, which no labelling changes, so that leaving the others out of the
    correction bends nothing (Gilbert 2005, doi:10.1111/j.1467-9876.2005.00475.x)."""
    from scipy.stats import hypergeom

    ends = [np.maximum(0, total - n_before), np.minimum(total, n_after)]
    low, high = (hypergeom.pmf(end, n_before + n_after, total, n_after) for end in ends)
    rarest = np.minimum(low, high)
    smallest = np.where(np.isclose(low, high, rtol=1e-7), low + high, rarest)
    found: Bools = smallest <= LEVEL
    return found


def adjusted(p: Floats) -> Floats:
    """p-values with their number counted in (Benjamini & Hochberg 1995); missing ones stay missing and do not count."""
    found = np.full(len(p), np.nan)
    there = ~np.isnan(p)
    found[there] = false_discoveries(np.minimum(p[there], 1.0).tolist())
    return found


def counts_p(before: Ints, after: Ints, *, seed: int = 20240102) -> float:
    """Two-sided p of the sum of counts in the log after, over labellings of the cases; the same input gives the same p.

    before, after: one whole number a case, noughts included."""
    values, place = np.unique(np.concatenate([before, after]), return_inverse=True)
    if len(values) < 2:
        return 1.0
    cases = np.bincount(place, minlength=len(values))
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(cases, len(after), size=DRAWS, method="marginals")
    expected = len(after) * float(cases @ values) / len(place)
    reach = np.abs(drawn @ values - expected)
    return (1 + int(np.count_nonzero(reach >= abs(float(after.sum()) - expected) - 1e-9))) / (DRAWS + 1)


def ranks_p(before: Floats, after: Floats) -> float:
    """Two-sided p of the rank sum, ties counted in; nan where either log has fewer than LEAST_RANKED values."""
    from scipy.stats import mannwhitneyu

    if min(len(before), len(after)) < LEAST_RANKED:
        return float("nan")
    return float(mannwhitneyu(before, after, method="asymptotic").pvalue)


def newcombe(before: int, after: int, n_before: int, n_after: int) -> Interval:
    """The difference of two shares that were counted, after less before, with Newcombe's interval."""
    low, high = square_and_add(_wilson(before, n_before), _wilson(after, n_after))
    return Interval(after / n_after - before / n_before, max(-1.0, low), min(1.0, high))


def _wilson(k: int, n: int) -> Interval:
    share = k / n
    return wilson(share, sqrt(share * (1 - share) / n), n)


def welch(before: Estimate, after: Estimate) -> tuple[Interval, float]:
    """The difference of two estimates of different cases, after less before, with Welch's interval and p; p is nan
    where neither varies."""
    value = after.value - before.value
    parts = [(estimate.error**2, estimate.n - 1.0) for estimate in (before, after)]
    if not any(variance for variance, _ in parts):
        return Interval(value, value, value), float("nan")
    found = student(value, parts, "welch")
    return Interval(value, found.low, found.high), found.p
