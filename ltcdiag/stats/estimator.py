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
whose watching begins at an age is watched at that age. Of more than `MANY` cases every age is rounded to one of
`STEPS` equal steps up to tau (of a year: a minute), all by one rule that never falls, so that what was laid end to
end stays so and what was under watch stays so; closings and leavings within one step become ties.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .case_clock import CaseClock, Floats, Ints

MANY = 500_000
"""Cases above which ages go by steps, and influence values are kept in seven digits: a diagnosis asks for hundreds of
estimates and holds a hundred of these arrays, and an interval is said in three."""
STEPS = 2**19
"""A power of two, so that every step is a whole fraction of tau, with no rest."""


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
    grow all the way through every later one), rest (what these gain in the stretch itself, where not its whole)."""

    begun: Floats
    rest: Floats

    @classmethod
    def on(cls, stretches: int) -> _Ramp:
        """None yet."""
        return cls(np.zeros(stretches), np.zeros(stretches))

    def add(self, place: Ints, rate: Floats, days: Floats | None) -> None:
        """Counts in what begins in some stretches, so many days before their ends; None: with them."""
        np.add.at(self.begun, place, rate)
        if days is not None:
            np.add.at(self.rest, place, rate * days)


class _Steps:
    """Equal steps from 0 to tau. An age is taken for the nearest, so that its place is reckoned and not looked up, and
    what is kept by place fits a processor's cache (2.4 million cases, a span each: a tenth of the time)."""

    def __init__(self, tau: float) -> None:
        self.ages, self._per_day = np.arange(STEPS + 1) * (tau / STEPS), STEPS / tau

    def __len__(self) -> int:
        return len(self.ages)

    def upto(self, ages: Floats) -> Ints:
        """The nearest step of each age from 0 to tau."""
        nearest: Ints = np.rint(ages * self._per_day).astype(np.int32)
        return nearest


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
        self._stepped = self.n > MANY and tau > 0
        self._grid = _Steps(self.tau) if self._stepped else _Grid(
            np.unique(np.concatenate([[0.0, tau], clock.entry[seen], ends])))
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
        # Of a mark at each age and, behind these, of one in the stretch after it: its worth, its risk per worth.
        self._worth = np.concatenate([_divided(before, self._at), self._pace])
        self._risk = np.concatenate([_divided(1.0, self._at), _divided(1.0, self._inside)])
        ages = self._grid.ages
        self._paid = np.concatenate([[0.0], np.cumsum(self._pace * self._lengths())[:-1]])
        # Of a stretch: the age it begins at, the worth of a span of rate 1 up to there, the pace, the age it ends at.
        # What a span asks for stands side by side, so that a large log waits for memory once and not four times.
        self._of_span = np.stack([ages, self._paid, self._pace, np.append(ages[1:], ages[-1])], axis=1)

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
        own, marked = np.zeros(self.n), np.zeros(len(self._worth))
        for part in [marks] if isinstance(marks, Points) else marks:
            seen = (part.age <= self.tau) & (part.age >= self._entry[part.case]) & (part.age <= self._exit[part.case])
            row, value = self._row(part.age[seen]), part.value[seen]
            np.add.at(own, part.case[seen], value * self._worth.take(row))
            np.add.at(marked, row, value)
        marked *= self._worth
        risks, ages = marked * self._risk, len(self._grid)
        return self._estimate(own, marked[:ages], marked[ages:], risks[:ages], risks[ages:])

    def _row(self, ages: Floats) -> Ints:
        """Where the worth of marks at these ages stands."""
        place = self._grid.upto(ages)
        if self._stepped:
            return place
        # between two ages of the grid nobody enters, leaves or closes: the stretch after the lower one holds
        row: Ints = place + len(self._grid) * (self._grid.ages[place] != ages)
        return row

    def spans(self, marks: Spans | Iterable[Spans]) -> Estimate:
        """Theta of spans, all at once or part by part, each cut to the watch of its case and to tau."""
        own, begun, ended = np.zeros(self.n), _Ramp.on(len(self._grid)), _Ramp.on(len(self._grid))
        for part in [marks] if isinstance(marks, Spans) else marks:
            start = np.clip(part.start, self._entry[part.case], self.tau)
            end = np.maximum(np.minimum(part.end, self._exit[part.case]), start)
            first, before, left = self._paid_to(start)
            last, paid, over = self._paid_to(end)
            np.add.at(own, part.case, part.rate * (paid - before))
            begun.add(first, part.rate, left)
            ended.add(last, part.rate, over)
        inside = (self._gained(begun) - self._gained(ended)) * self._pace
        nothing = np.zeros_like(inside)
        return self._estimate(own, nothing, inside, nothing, inside * _divided(1.0, self._inside))

    def value_of(self, marks: Iterable[Spans]) -> float:
        """The value of `spans` alone, for half the work."""
        own = np.zeros(self.n)
        for part in marks:
            start = np.clip(part.start, self._entry[part.case], self.tau)
            end = np.maximum(np.minimum(part.end, self._exit[part.case]), start)
            np.add.at(own, part.case, part.rate * (self._paid_to(end)[1] - self._paid_to(start)[1]))
        return float(own.sum())

    def _paid_to(self, ages: Floats) -> tuple[Ints, Floats, Floats | None]:
        """Of ages: their places, the worth of a span of rate 1 up to there, the days to the ends of their stretches
        (None: they are whole)."""
        place = self._grid.upto(ages)
        if self._stepped:
            return place, self._paid.take(place), None
        begin, paid, pace, end = self._of_span.take(place, axis=0).T
        return place, paid + (ages - begin) * pace, end - ages

    def _gained(self, ramp: _Ramp) -> Floats:
        """What marks that grow from their starts on gain in each stretch of the grid."""
        whole = np.cumsum(ramp.begun)
        gained: Floats = (whole if self._stepped else whole - ramp.begun) * self._lengths() + ramp.rest
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


def _divided(above: np.typing.ArrayLike, below: Ints) -> Floats:
    """above / below, and 0 where below is 0."""
    result: Floats = np.divide(above, below, out=np.zeros(len(below)), where=below > 0)
    return result

