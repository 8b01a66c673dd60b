"""Series by week or month: a control chart of single values, and a change of level and slope at a known moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np

from .case_clock import Bools, Floats
from .intervals import Interval

LEAST_BASELINE = 8
"""Fewer values than this give no limits worth the name."""
LEAST_SIDE = 8
"""Fewer values than this on either side of a change carry no line of their own."""
CHARTS_DRAWN = 20_000
SLACK = 1e-9
"""Equal values stand on their limits, not beyond them."""
_TO_SIGMA = 1.128       # mean moving range of two independent normal values, in standard deviations


@dataclass(frozen=True, eq=False)
class Xmr:
    """centre, low, high: on the scale of the values. outside: which values lie beyond the limits, the baseline's too.
    false_alarm: chance that a chart of this size, with nothing happening, shows at least one value outside;
    new_alarm: that one of those after the baseline is. autocorrelation: of neighbours in the baseline, its bias
    taken out; where it is not near 0, false alarms are more."""

    centre: float
    low: float
    high: float
    outside: Bools
    false_alarm: float
    new_alarm: float
    autocorrelation: float


def xmr(values: Floats, *, baseline: int, scale: str = "log", mean_count: float | None = None) -> Xmr:
    """Individuals and moving range chart, rule 1 alone: a value beyond three standard deviations (2.66 mean moving
    ranges) of the baseline's mean (Shewhart; limits as in Wheeler 1993).

    baseline: how many of the first values set the limits. scale: "log" for amounts above 0 and large counts, "rate" for
    values that can be 0. mean_count: the mean of the counts behind the values, where they are counts.
    The false alarm rates are those of the whole chart, by 20,000 seeded charts of independent values: counts of that
    mean (Poisson), else normal ones. On logarithms small counts give twice to three times as many alarms as normal
    values, since what is rare lies far below: that is why the mean is asked for.
    Raises ValueError for a short baseline, another scale, or a value of 0 on the logarithmic one."""
    if scale not in ("log", "rate"):
        raise ValueError("the scale is log or rate")
    if not LEAST_BASELINE <= baseline <= len(values):
        raise ValueError(f"a baseline needs at least {LEAST_BASELINE} values")
    if scale == "log" and bool((values <= 0).any()):
        raise ValueError("logarithms need values above 0")
    shown = np.log(values) if scale == "log" else values
    low, centre, high = (float(part[0]) for part in _limits(shown[None, :baseline]))
    slack = SLACK * max(1.0, float(np.abs(shown).max()))
    outside = (shown < low - slack) | (shown > high + slack)
    level = None if mean_count is None else float(f"{mean_count:.2g}")
    rates = false_alarm_rates(baseline, len(values) - baseline, scale, level)
    ends = (np.exp(end) if scale == "log" else max(0.0, end) for end in (centre, low, high))
    middle, lower, upper = ends
    return Xmr(float(middle), float(lower), float(upper), outside, *rates,
               _autocorrelation(shown[:baseline], np.ones((baseline, 1))))


def _limits(charts: Floats) -> tuple[Floats, Floats, Floats]:
    """Lower limit, centre, upper limit of each row."""
    centre = charts.mean(axis=1)
    reach = 3 * np.abs(np.diff(charts, axis=1)).mean(axis=1) / _TO_SIGMA
    return centre - reach, centre, centre + reach


@cache
def false_alarm_rates(
    baseline: int, new: int, scale: str = "rate", mean_count: float | None = None,
) -> tuple[float, float]:
    """Chance of at least one value outside, somewhere on a chart of independent values and among the new ones alone;
    seeded, so that the same chart always has the same rates (their own error: a third of a point).

    mean_count: values are counts of that mean; None: normal values, for which the scale makes no difference. Of charts
    on logarithms those without a 0 are taken, as such a chart cannot be drawn with one."""
    rng = np.random.default_rng(20240102)
    drawn_so_far, alarms, at_once = 0, np.zeros(2), max(1, 2_000_000 // (baseline + new))
    for first in range(0, CHARTS_DRAWN, at_once):
        size = min(at_once, CHARTS_DRAWN - first), baseline + new
        drawn = rng.standard_normal(size) if mean_count is None else rng.poisson(mean_count, size).astype(float)
        if mean_count is not None and scale == "log":
            drawn = np.log(drawn[(drawn > 0).all(axis=1)])
        low, _, high = _limits(drawn[:, :baseline])
        outside = (drawn < low[:, None] - SLACK) | (drawn > high[:, None] + SLACK)
        alarms += [outside.any(axis=1).sum(), outside[:, baseline:].any(axis=1).sum()]
        drawn_so_far += len(drawn)
    return float(alarms[0]) / max(1, drawn_so_far), float(alarms[1]) / max(1, drawn_so_far)


@dataclass(frozen=True, eq=False)
class Interruption:
    """level: jump at the change. slope: change of the slope, per step. Both with interval and p. autocorrelation: of
    neighbouring errors, as corrected. fitted: the two lines. expected: the first line, drawn on."""

    level: Interval
    level_p: float
    slope: Interval
    slope_p: float
    autocorrelation: float
    fitted: Floats
    expected: Floats


def interrupted_series(values: Floats, change: int) -> Interruption:
    """Segmented regression of an evenly spaced series with errors that remember the one before: generalised least
    squares by Prais & Winsten's transformation (1954), intervals from t with at most n - 5 degrees of
    freedom (four coefficients and the autocorrelation; Turner et al. 2021, doi:10.1186/s12874-021-01306-w).

    The autocorrelation of residuals is too small in short series, since the lines take part of it away; it is
    corrected to the value under which the residuals of this very design would show what they show (see
    `_autocorrelation`). change: the place of the first value after the change. Raises ValueError where fewer than 8
    values lie on either side.
    """
    n = len(values)
    if not LEAST_SIDE <= change <= n - LEAST_SIDE:
        raise ValueError(f"a change needs at least {LEAST_SIDE} values on either side")
    time = np.arange(n, dtype=float)
    after = (time >= change).astype(float)
    design = np.column_stack([np.ones(n), time, after, after * (time - change)])
    residual = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    rho = _autocorrelation(residual, design)
    found, variance = _fitted(design, values, rho)
    freedom = _freedom(design, values, rho)
    told = [_told(float(found[i]), sqrt(variance[i]), freedom[i]) for i in (2, 3)]
    return Interruption(*told[0], *told[1], rho, design @ found, design[:, :2] @ found[:2])


def _fitted(design: Floats, values: Floats, rho: float) -> tuple[Floats, Floats]:
    """Coefficients and their variances under an autocorrelation."""
    left, right = _decorrelated(design, rho), _decorrelated(values[:, None], rho)[:, 0]
    inverse = np.linalg.inv(left.T @ left)
    found = inverse @ left.T @ right
    spread = float(np.sum((right - left @ found) ** 2)) / (len(values) - 5)
    return found, spread * np.diag(inverse)


def _freedom(design: Floats, values: Floats, rho: float) -> Floats:
    """Degrees of freedom of each coefficient: n - 5, and fewer where its variance leans on the autocorrelation, which
    is known to (1 - rho^2) / n only (Satterthwaite 1946: 2 over the squared relative error of the variance)."""
    n, step = len(values), 0.02
    low, high = max(0.0, rho - step), min(_HIGHEST + step, rho + step)
    around = [np.log(np.maximum(_fitted(design, values, at)[1], 1e-300)) for at in (low, high)]
    lean = (around[1] - around[0]) / (high - low)
    freedom: Floats = 2.0 / (2.0 / (n - 5) + lean**2 * (1 - rho**2) / n)
    return freedom


def _told(value: float, error: float, freedom: float) -> tuple[Interval, float]:
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(freedom, 0.975)) * error
    p = float(2 * stdtr(freedom, -abs(value) / error)) if error > 0 else float(value == 0)
    return Interval(value, value - reach, value + reach), p


def _decorrelated(columns: Floats, rho: float) -> Floats:
    """Each row less rho times the one before; the first keeps its weight."""
    found = columns - rho * np.vstack([np.zeros((1, columns.shape[1])), columns[:-1]])
    found[0] = sqrt(1 - rho**2) * columns[0]
    return found


_HIGHEST = 0.95


def _autocorrelation(residual: Floats, design: Floats) -> float:
    """Autocorrelation of the errors behind the residuals of a regression, 0 to 0.95.

    With errors whose neighbours correlate by rho, what residuals show is about E[e'Ae] / E[e'e] = tr(MAMV) / tr(MV), V
    with rho^|i-j|, M the matrix that makes residuals, A the one of neighbours (a ratio of expectations of quadratic
    forms, Magnus 1986). Both traces are polynomials in rho, so the rho that gives what is seen is found by halving.
    Below 0 it is 0: a series that seems to alternate is no reason for narrower intervals."""
    n = len(residual)
    residual = residual - design @ np.linalg.lstsq(design, residual, rcond=None)[0]
    total = float(residual @ residual)
    if total <= 1e-12 * max(1.0, n):
        return 0.0
    seen = float(residual[1:] @ residual[:-1]) / total
    root = np.linalg.qr(design)[0]
    maker = np.eye(n) - root @ root.T
    neighbours = (np.eye(n, k=1) + np.eye(n, k=-1)) / 2
    above, below = (_by_lag(part) for part in (maker @ neighbours @ maker, maker))
    low, high = 0.0, _HIGHEST
    for _ in range(50):
        rho = (low + high) / 2
        powers = rho ** np.arange(n)
        low, high = (rho, high) if float(above @ powers) / float(below @ powers) < seen else (low, rho)
    return low


def _by_lag(matrix: Floats) -> Floats:
    """Sums of the diagonals of a symmetric matrix, by their distance from the main one."""
    n = len(matrix)
    return np.array([np.trace(matrix, offset=k) * (1 if k == 0 else 2) for k in range(n)])
