"""The share of cases that came to an end of one kind by each day, with its interval at every day.

The same estimator and the same influence values as everywhere else (`estimator.py`), for all days in one pass. Up to
day t the influence of a case is linear in theta(t): a case that left at age x <= t keeps a - b theta(t), with a and b
known since x; one still under watch has what all that are under watch share, less what they shared when it
entered. So the sum of the squares at every day comes from running sums of a case's terms, in n log n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .case_clock import Bools, CaseClock, Floats, watched_to
from .intervals import wilson


@dataclass(frozen=True, eq=False)
class Curve:
    """One row a day: day, share (came there by that day), low, high (95 %, for that day alone), at_risk (cases under
    watch at that age). n: cases of the clock.

    Laws: the share never falls; share, low and high at the last day are those of the indicator with that horizon."""

    day: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    n: int

    @property
    def tau(self) -> float:
        """The last day."""
        return float(self.day[-1])

    def at(self, day: float) -> tuple[float, float, float]:
        """Share, low and high by a day (the last row not after it)."""
        row = max(0, int(np.searchsorted(self.day, day, side="right")) - 1)
        return float(self.share[row]), float(self.low[row]), float(self.high[row])


def incidence(clock: CaseClock, counts: Bools, *, tau: float, days: Floats | None = None) -> Curve:
    """Cumulative incidence up to day tau (Aalen & Johansen 1978), with Wilson's interval at each day.

    counts: the cases whose closing is of the kind asked for; all other closings end a case without it, and an open
    case counts for as long as it was watched. days: where the curve is told, rising; each whole day without it.
    The intervals hold for one day each, not for the whole curve at once.
    Raises ValueError where nobody is under watch at some age before tau although not all have closed.
    """
    if watched_to(clock) < tau:
        raise ValueError("nobody is under watch at some age before tau")
    at = np.unique(np.append(np.arange(0.0, tau), tau)) if days is None else np.asarray(days, dtype=float)
    ages = _Ages(clock, counts & clock.closed)
    place = np.searchsorted(ages.grid, at, side="right") - 1
    share = ages.theta[place]
    squares = ages.left_before(at, share) + ages.under_watch(at, share, place)
    error = np.sqrt(np.maximum(squares, 0.0) * clock.n / max(1, clock.n - 1))
    cells = [wilson(p, e, clock.n) for p, e in zip(share.tolist(), error.tolist(), strict=True)]
    begun = np.searchsorted(np.sort(clock.entry), at, side="right")
    gone = np.searchsorted(np.sort(clock.exit), at, side="left")
    value, low, high = (np.array([getattr(cell, part) for cell in cells]) for part in ("value", "low", "high"))
    return Curve(at, value, low, high, (begun - gone).astype(float), clock.n)


class _Ages:
    """What happens at each age of a clock, and the terms of every case that do not depend on the day asked."""

    def __init__(self, clock: CaseClock, counts: Bools) -> None:
        self._entry, self._exit = clock.entry, clock.exit
        self.grid = np.unique(np.concatenate([[0.0], clock.entry, clock.exit]))
        first, last = (np.searchsorted(self.grid, age) for age in (clock.entry, clock.exit))
        size = len(self.grid)
        leaving = np.bincount(last, minlength=size)
        watched = np.cumsum(np.bincount(first, minlength=size)) - np.cumsum(leaving) + leaving
        closings = np.bincount(last[clock.closed], minlength=size)
        marks = np.bincount(last[counts], minlength=size)
        weight = _before(np.cumprod(1.0 - _ratio(closings, watched)), watched)
        self.theta = np.cumsum(weight * marks)
        left = watched - closings
        pull = _ratio(_ratio(closings, watched), left)
        shared = np.cumsum(_ratio(weight * marks, watched) + self.theta * pull)
        slope = np.cumsum(pull)
        self._shared, self._slope = shared, slope
        self._shared_in, self._slope_in = (np.append(0.0, part)[first] for part in (shared, slope))
        loss = np.where(clock.closed, _ratio(1.0, left)[last], 0.0)
        self._own = np.where(counts, weight[last], 0.0) - shared[last] + self._shared_in + loss * self.theta[last]
        self._rate = slope[last] - self._slope_in - loss

    def left_before(self, at: Floats, theta: Floats) -> Floats:
        """Squares of the influence at each day, over the cases that had left by then."""
        place = np.searchsorted(np.sort(self._exit), at, side="right")
        order = np.argsort(self._exit, kind="stable")
        return _squares(self._own[order], self._rate[order], theta, place)

    def under_watch(self, at: Floats, theta: Floats, place: np.typing.NDArray[np.int64]) -> Floats:
        """The same over the cases that left later: entered by then and not yet gone."""
        common = self._shared[place] - theta * self._slope[place]
        total = np.zeros(len(at))
        for ages, sign in ((self._entry, 1.0), (self._exit, -1.0)):
            order = np.argsort(ages, kind="stable")
            upto = np.searchsorted(ages[order], at, side="right")
            own, rate = self._shared_in[order], -self._slope_in[order]
            sums = np.append(0.0, np.cumsum(own))[upto] + theta * np.append(0.0, np.cumsum(rate))[upto]
            total += sign * (common**2 * upto - 2 * common * sums + _squares(own, rate, theta, upto))
        return total


def _squares(own: Floats, rate: Floats, theta: Floats, upto: np.typing.NDArray[np.int64]) -> Floats:
    """Sum of (own + rate * theta)^2 over the first cases, up to each of the places."""
    parts = (np.append(0.0, np.cumsum(part))[upto] for part in (own * own, own * rate, rate * rate))
    constant, both, squared = parts
    result: Floats = constant + 2 * theta * both + theta**2 * squared
    return result


def _before(after: np.typing.ArrayLike, watched: np.typing.NDArray[np.int64]) -> Floats:
    """The share not yet closed just before each age, over the cases watched there."""
    return _ratio(np.append(1.0, np.asarray(after)[:-1]), watched)


def _ratio(above: np.typing.ArrayLike, below: np.typing.ArrayLike) -> Floats:
    """above / below, and 0 where below is 0."""
    under = np.asarray(below, dtype=float)
    result: Floats = np.divide(above, under, out=np.zeros_like(under), where=under > 0)
    return result
