"""Intervals of estimates: for means of days or money, for shares, for ratios."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from .estimator import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % interval. Law: low <= value <= high."""

    value: float
    low: float
    high: float


def mean_interval(estimate: Estimate) -> Interval:
    """Interval of a mean that may have any sign: the same reach to both sides."""
    reach = _reach(estimate)
    return Interval(estimate.value, estimate.value - reach, estimate.value + reach)


def amount_interval(estimate: Estimate, *, mark: float = 0.0) -> Interval:
    """Interval of a mean that cannot be negative (days, counts, money): symmetric on the log scale, so that it
    stays above zero and leans the way such means do; around zero it runs from zero.

    Where nothing at all was seen the data hold no error. `mark`, what one mark is worth (1 for counts), then gives
    the upper end: the mean at which n cases still stay without any in 2.5 % of logs. Without it the interval is
    0 to 0, which claims too much: do not show it.
    """
    if estimate.value <= 0:
        unseen = -mark * log((1 - LEVEL) / 2) / estimate.n
        return Interval(max(0.0, estimate.value), 0.0, max(0.0, mean_interval(estimate).high, unseen))
    reach = min(_reach(estimate) / estimate.value, 700.0)
    return Interval(estimate.value, estimate.value * exp(-reach), estimate.value * exp(reach))


def share_interval(estimate: Estimate) -> Interval:
    """Wilson's interval of a share at the sample size that its variance is worth, p (1 - p) / variance
    (Wilson 1927, doi:10.1080/01621459.1927.10502953); at 0 and at 1 with the number of its cases."""
    return wilson(estimate.value, estimate.error, estimate.n)


def wilson(value: float, error: float, n: int) -> Interval:
    """The same from a share, its standard error and the number of its cases."""
    p = min(1.0, max(0.0, value))
    variance = error**2
    size = float(n)
    if variance > 0 and 0 < p < 1:
        size = min(size, p * (1 - p) / variance)
    z = _t(n - 1)
    centre = (p + z * z / (2 * size)) / (1 + z * z / size)
    reach = z / (1 + z * z / size) * sqrt(p * (1 - p) / size + z * z / (4 * size * size))
    return Interval(p, min(p, max(0.0, centre - reach)), max(p, min(1.0, centre + reach)))


def log_ratio(above: Estimate, below: Estimate) -> Estimate:
    """The logarithm of a ratio of two positive estimates of the same cases. Raises ValueError where one is not."""
    if above.value <= 0 or below.value <= 0:
        raise ValueError("the logarithm of a ratio needs two positive estimates")
    value = log(above.value / below.value)
    return Estimate(value, above.influence / above.value - below.influence / below.value)


def first_shares(estimates: list[Estimate], *, resamples: int = 1000, seed: int = 20240102) -> list[float]:
    """How often each of the estimates is the largest when the cases are drawn anew, with replacement.

    A resample weighs the influence values of its cases; more than BLOCKS cases are drawn in blocks of whole cases, so
    that the work does not grow with them. The same input gives the same shares.
    """
    if not estimates:
        return []
    values = np.array([estimate.value for estimate in estimates])
    n = estimates[0].n
    blocks = min(n, BLOCKS)
    block = np.arange(n) % blocks
    sums = np.stack([np.bincount(block, weights=e.influence, minlength=blocks) for e in estimates], axis=1) / n
    drawn = values + _more(blocks, resamples, seed) @ sums
    top = drawn.max(axis=1, keepdims=True)
    first = drawn >= top - 1e-9 * np.abs(top)  # a tie is shared, or the order of the list would decide it
    return [float(share) for share in (first / first.sum(axis=1, keepdims=True)).mean(axis=0)]


BLOCKS = 1000


@lru_cache(maxsize=2)   # each list of one log asks for the same again; a thousand draws are eight megabytes
def _more(blocks: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """How many times more than once each block is drawn, a row a resample."""
    draws = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1 / blocks), size=resamples)
    more = (draws - 1).astype(float)
    more.flags.writeable = False
    return more


def _reach(estimate: Estimate) -> float:
    """Half the width of a mean's interval: t(n - 1) standard errors, and more where a few cases weigh far more than
    the rest. Student's interval of a skewed mean falls short by the square of the skewness over n; the factor makes up
    for that (Hall 1988, doi:10.1214/aos/1176350933; Owen 2025, arXiv 2501.07645). The part of the kurtosis would narrow
    it again, by little, and is left out."""
    if estimate.n < 2:
        return float("inf")
    if not estimate.influence.any():
        return 0.0
    squares = estimate.influence * estimate.influence
    skewness = float(np.mean(squares * estimate.influence) / np.mean(squares) ** 1.5)
    return _t(estimate.n - 1) * estimate.error * (1 + 1.08 * skewness**2 / estimate.n)


def _t(freedom: int) -> float:
    if freedom < 1:
        return float("inf")
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))
