"""One estimator for every indicator: marks on the case clock, open cases counted for what they show.

    theta(tau) = sum over ages u <= tau of  S(u-) * M(u) / Y(u)

S(u-): share of cases not yet closed just before age u (Kaplan-Meier). M(u): the marks of that age. Y(u): cases under
watch at that age. It is Aalen-Johansen, Ghosh-Lin and Nelson's mean cumulative function in one line, valid
without a Markov assumption where cases are censored for reasons of their own (Ghosh & Lin 2000,
doi:10.1111/j.0006-341X.2000.00554.x; Nelson 2003, doi:10.1137/1.9780898718454). A mark is a number at an age (`Points`:
1 at a win, an amount, the days of a loop) or a rate over a stretch of ages (`Spans`: 1 day a day while a case
sits in a stage). The spans of a case laid end to end give the mean days open within tau, so that parts add up
to the whole by construction.

Influence values are the exact derivative of theta by the weight of each case (infinitesimal jackknife), so
theta + influence are pseudo-values whose plain mean is theta (Andersen, Klein & Rosthøj 2003,
doi:10.1093/biomet/90.1.15).

Ties are exact: at one age a case that closes or is marked counts as watched, before any that leaves unseen. A case
whose watching begins at an age is watched at that age.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .case_clock import CaseClock, Floats, Ints

MANY = 500_000
"""Cases from which on influence values are kept in seven digits: a diagnosis holds a hundred of these arrays, and an
interval is said in three."""


@dataclass(frozen=True, eq=False)
class Points:
    """Marks at an age: case (index), age (days), value."""

    case: Ints
    age: Floats
    value: Floats


@dataclass(frozen=True, eq=False)
class Spans:
    """Marks that grow with time: case (index), start and end (ages in days), rate (per day)."""

    case: Ints
    start: Floats
    end: Floats
    rate: Floats


@dataclass(frozen=True, eq=False)
class Estimate:
    """value: theta(tau). influence: one number a case, mean zero; value + influence are pseudo-values."""

    value: float
    influence: Floats

    @property
    def n(self) -> int:
        """How many cases it rests on."""
        return len(self.influence)

    @property
    def error(self) -> float:
        """Standard error of the value."""
        squares = np.sum(self.influence**2, dtype=float)
        return float(np.sqrt(squares / (self.n * (self.n - 1)))) if self.n > 1 else float("inf")

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.influence + other.influence)

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.influence - other.influence)

    def times(self, factor: float) -> Estimate:
        """The estimate times a constant."""
        return Estimate(self.value * factor, self.influence * factor)

    def over(self, other: Estimate) -> Estimate:
        """The ratio of two estimates of the same cases (delta method). Raises ZeroDivisionError."""
        if other.value == 0:
            raise ZeroDivisionError("the estimate below the line is zero")
        ratio = self.value / other.value
        return Estimate(ratio, (self.influence - ratio * other.influence) / other.value)


@dataclass(frozen=True, eq=False)
class _Ramp:
    """Marks that grow from their starts on. A number a stretch of the grid: begun (rates of those that begin in it, and
    grow all the way through every later one), rest (what these gain in the stretch itself)."""

    begun: Floats
    rest: Floats

    @classmethod
    def on(cls, stretches: int) -> _Ramp:
        """None yet."""
        return cls(np.zeros(stretches), np.zeros(stretches))

    def add(self, place: Ints, rate: Floats, days: Floats) -> None:
        """Counts in what begins in some stretches, so many days before their ends."""
        np.add.at(self.begun, place, rate)
        np.add.at(self.rest, place, rate * days)


class _Grid:
    """Ages in order, each once, cut into equal stretches, so that a look-up goes to its stretch at once and halves only
    that: a grid of millions of ages does not fit a processor's cache, and halving all of it waits for memory at every
    turn (2.4 million ages: a seventh of the time of `np.searchsorted`; where all but one fall together, 1.4 times)."""

    _PER_AGE = 4

    def __init__(self, ages: Floats) -> None:
        self.ages, self._cells = ages, self._PER_AGE * len(ages)
        self._per_day = self._cells / max(float(ages[-1] - ages[0]), 1e-100)
        counts = np.bincount(self._cell(ages), minlength=self._cells)
        self._begins = np.append(0, np.cumsum(counts)).astype(np.int32)

    def __len__(self) -> int:
        return len(self.ages)

    def _cell(self, ages: Floats) -> Ints:
        """The stretch of each age. It never falls as ages grow, so what stands in another stretch is on its side."""
        cell: Ints = np.clip((ages - self.ages[0]) * self._per_day, 0, self._cells - 1).astype(np.int32)
        return cell

    def upto(self, ages: Floats) -> Ints:
        """The last place at or before each age, -1 before the first."""
        cell = self._cell(ages)
        low, high = self._begins[cell], self._begins[cell + 1]
        rows = np.flatnonzero(low < high)
        while len(rows):
            middle = (low[rows] + high[rows]) // 2
            there = self.ages[middle] <= ages[rows]
            low[rows[there]], high[rows[~there]] = middle[there] + 1, middle[~there]
            rows = rows[low[rows] < high[rows]]
        return low - 1


class Timeline:
    """Who is under watch at which age up to tau; made once and asked for many marks.

    Raises ValueError where nobody is under watch at some age before tau although not all have closed.
    """

    def __init__(self, clock: CaseClock, tau: float) -> None:
        self.n, self.tau = clock.n, float(tau)
        seen, ends = clock.entry <= tau, np.minimum(clock.exit, tau)
        self._grid = _Grid(np.unique(np.concatenate([[0.0, tau], clock.entry[seen], ends])))
        first, last = self._grid.upto(np.minimum(clock.entry, tau)), self._grid.upto(ends)
        closed = clock.closed & (clock.exit <= tau) & seen
        self._entry, self._exit = clock.entry, ends
        self._unseen, self._late = (np.flatnonzero(rows).astype(np.int32) for rows in (~seen, first > 0))
        self._entered = first[self._late].astype(np.int32)
        self._gone = np.where(closed, last + len(self._grid), last).astype(np.int32)     # closings behind the others
        self._count(first[seen], last[seen], last[closed])

    def _count(self, first: Ints, last: Ints, closings: Ints) -> None:
        """first, last: places of the grid where each case that is seen comes under watch and leaves it."""
        begun = np.cumsum(self._per_age(first), dtype=np.int32)
        leaving = self._per_age(last)
        self._inside = begun - np.cumsum(leaving, dtype=np.int32)   # under watch in the open stretch after each age
        self._at = self._inside + leaving                           # under watch at each age
        self._closings = self._per_age(closings)
        left = 1.0 - _divided(self._closings, self._at)
        left[self._closings == self._at] = np.where(self._at[self._closings == self._at] > 0, 0.0, 1.0)
        after = np.cumprod(left)
        before = np.concatenate([[1.0], after[:-1]])
        self.open_share = float(after[-1])
        """Share of cases still open at tau."""
        if bool(np.any((self._inside == 0) & (after > 0) & (self._lengths() > 0))):
            raise ValueError("nobody is under watch at some age before tau")
        self._pace = _divided(after, self._inside)
        # What a mark asks for stands side by side, so that a large log waits for memory once and not four times.
        # Of a mark at an age and, in the row behind it, of one in the stretch after it: its worth, its risk per worth.
        self._of_mark = np.stack([_divided(before, self._at), _divided(1.0, self._at),
                                  self._pace, _divided(1.0, self._inside)], axis=1).reshape(-1, 2)
        # Of a stretch: the age it begins at, the worth of a span of rate 1 up to there, the pace, the age it ends at.
        ages = self._grid.ages
        paid = np.concatenate([[0.0], np.cumsum(self._pace * self._lengths())[:-1]])
        self._of_span = np.stack([ages, paid, self._pace, np.append(ages[1:], ages[-1])], axis=1)

    def _lengths(self) -> Floats:
        """Days from each age of the grid to the next."""
        lengths: Floats = np.diff(self._grid.ages, append=self.tau)
        return lengths

    def _per_age(self, index: Ints) -> Ints:
        return np.bincount(index, minlength=len(self._grid)).astype(np.int32)

    def days_open(self) -> Estimate:
        """Mean days open within tau."""
        every = np.arange(self.n)
        return self.spans(Spans(every, self._entry, self._exit, np.ones(self.n)))

    def points(self, marks: Points | Iterable[Points]) -> Estimate:
        """Theta of point marks, all at once or part by part: what is added up does not depend on it. Marks outside the
        watch of their case or past tau are not seen."""
        own, marked, risks = np.zeros(self.n), np.zeros(2 * len(self._grid)), np.zeros(2 * len(self._grid))
        for part in [marks] if isinstance(marks, Points) else marks:
            seen = (part.age <= self.tau) & (part.age >= self._entry[part.case]) & (part.age <= self._exit[part.case])
            age = part.age[seen]
            place = self._grid.upto(age)
            # between two ages of the grid nobody enters, leaves or closes: the stretch after the lower one holds
            row = 2 * place + (self._grid.ages[place] != age)
            of_mark = self._of_mark.take(row, axis=0)
            worth = part.value[seen] * of_mark[:, 0]
            np.add.at(own, part.case[seen], worth)
            np.add.at(marked, row, worth)
            np.add.at(risks, row, worth * of_mark[:, 1])
        return self._estimate(own, marked[::2], marked[1::2], risks[::2], risks[1::2])

    def spans(self, marks: Spans | Iterable[Spans]) -> Estimate:
        """Theta of spans, all at once or part by part, each cut to the watch of its case and to tau."""
        own, begun, ended = np.zeros(self.n), _Ramp.on(len(self._grid)), _Ramp.on(len(self._grid))
        for part in [marks] if isinstance(marks, Spans) else marks:
            start = np.clip(part.start, self._entry[part.case], self.tau)
            end = np.maximum(np.minimum(part.end, self._exit[part.case]), start)
            first, last = self._grid.upto(start), self._grid.upto(end)
            of_first, of_last = self._of_span.take(first, axis=0), self._of_span.take(last, axis=0)
            np.add.at(own, part.case, part.rate * (_worth(of_last, end) - _worth(of_first, start)))
            begun.add(first, part.rate, of_first[:, 3] - start)
            ended.add(last, part.rate, of_last[:, 3] - end)
        inside = (self._gained(begun) - self._gained(ended)) * self._pace
        nothing = np.zeros_like(inside)
        return self._estimate(own, nothing, inside, nothing, inside * _divided(1.0, self._inside))

    def value_of(self, marks: Iterable[Spans]) -> float:
        """The value of `spans` alone, for half the work."""
        own = np.zeros(self.n)
        for part in marks:
            start = np.clip(part.start, self._entry[part.case], self.tau)
            end = np.maximum(np.minimum(part.end, self._exit[part.case]), start)
            first, last = (self._of_span.take(self._grid.upto(ages), axis=0) for ages in (start, end))
            np.add.at(own, part.case, part.rate * (_worth(last, end) - _worth(first, start)))
        return float(own.sum())

    def _gained(self, ramp: _Ramp) -> Floats:
        """What marks that grow from their starts on gain in each stretch of the grid."""
        gained: Floats = (np.cumsum(ramp.begun) - ramp.begun) * self._lengths() + ramp.rest
        return gained

    def _estimate(self, own: Floats, at: Floats, inside: Floats, at_risk: Floats, inside_risk: Floats) -> Estimate:
        """Joins the parts: each case's own marks, which become its influence in place, its share of the watch, and what
        its closing does to S."""
        theta = float(own.sum())
        passed = np.cumsum(at) + np.concatenate([[0.0], np.cumsum(inside)[:-1]])
        rest = theta - passed
        pull = _divided(rest, self._at - self._closings)
        watch = np.cumsum(at_risk - pull * _divided(self._closings, self._at))
        between = np.concatenate([[0.0], np.cumsum(inside_risk)[:-1]])      # up to each age of the grid
        earlier, upto = np.concatenate([[0.0], watch[:-1]]) + between, watch + between
        own -= np.concatenate([upto, upto + pull])[self._gone]
        own[self._late] += earlier[self._entered]       # nothing is earlier than the first age
        own[self._unseen] = 0.0
        own *= self.n
        return Estimate(theta, own if self.n <= MANY else own.astype(np.float32))


def _worth(of_span: Floats, ages: Floats) -> Floats:
    """The worth of a span of rate 1 up to each age, by the rows of their stretches."""
    worth: Floats = of_span[:, 1] + (ages - of_span[:, 0]) * of_span[:, 2]
    return worth


def _divided(above: np.typing.ArrayLike, below: Ints) -> Floats:
    """above / below, and 0 where below is 0."""
    result: Floats = np.divide(above, below, out=np.zeros(len(below)), where=below > 0)
    return result

