"""What goes with early rework, told from a landmark: cases that had it by a day, against those that had not, among
all still open then; what they did before that day can no longer be its consequence.

Differences are standardised to the stages that the cases stood in on that day (Anderson, Cain & Gelber 1983,
doi:10.1200/JCO.1983.1.11.710, for the landmark). They are associations: who goes back may differ in what nobody
recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..stats.case_clock import CaseClock
from ..stats.estimator import Estimate, Points, Timeline
from ..stats.intervals import Interval
from .facts import SOLD
from .observed import Observed, case_clock
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

DAY = 30
"""The landmark: days after the beginning of a case."""
LEAST_GROUP = 20
"""Fewer cases than this on a side say nothing."""
_LEAST_STRATUM = 10
_Z = 1.959964


@dataclass(frozen=True)
class Landmark:
    """day: the landmark; until: the day up to which the cases are followed. early: cases with rework by the landmark;
    others: without, both open then, in stages where both are found. days: mean days open from the landmark on, early
    less others. won: share won after the landmark, early less others; None where no step says that a case is won."""

    day: int
    until: int
    early: int
    others: int
    days: Interval
    won: Interval | None


def landmark(observed: Observed, rows: Ints, *, day: int = DAY) -> Landmark | None:
    """The landmark of some spells of rework (rows of the steps that end them). None where a side has too few cases or
    the log is followed for less than twice the landmark."""
    import numpy as np

    if observed.timeline is None or observed.horizon < 2 * day:
        return None
    clock, cases = case_clock(observed.steps), observed.steps.cases
    closing = observed.age_at(observed.loops.closed_by[rows])
    had = np.zeros(cases, dtype=bool)
    had[observed.steps.case[rows[closing <= day]]] = True
    there = (clock.exit > day) & (clock.entry <= day)
    stood, won = _stood(observed, day), _won(observed)
    parts = list(_compared(clock, there, had, stood, day, observed.horizon, None))
    days = _difference(parts)
    if days is None:
        return None
    wins = None
    if np.isfinite(won).any():
        wins = _difference(list(_compared(clock, there & (won > day), had, stood, day, observed.horizon, won)))
    early, others = sum(part[0] for part in parts), sum(part[1] for part in parts)
    return Landmark(day, observed.horizon, early, others, days, wins)


def _stood(observed: Observed, day: int) -> Ints:
    """The stage (label where it has none) of the last step of each case by the landmark."""
    import numpy as np

    codes: dict[str, int] = {}
    stage = np.array([codes.setdefault(key or label, len(codes)) for key, label in zip(
        observed.stage, observed.steps.labels, strict=True)], dtype=np.int64)
    rows = np.flatnonzero(observed.age_at(np.arange(len(observed.steps.case))) <= day)
    stood = np.full(observed.steps.cases, NONE)
    stood[observed.steps.case[rows]] = stage[observed.steps.label[rows]]
    return stood


def _won(observed: Observed) -> Floats:
    """Age at which each case was won, endless where it was not."""
    import numpy as np

    keys = SOLD.keys(load_stages())
    sold = np.array([key in keys for key in observed.stage], dtype=bool)
    rows = np.flatnonzero(sold[observed.steps.label])
    won = np.full(observed.steps.cases, np.inf)
    np.minimum.at(won, observed.steps.case[rows], observed.age_at(rows))
    return won


def _compared(
    clock: CaseClock, there: Bools, had: Bools, stood: Ints, day: int, until: int, won: Floats | None,
) -> Iterator[tuple[int, int, Estimate, Estimate]]:
    """(cases with, cases without, estimate with, without) of every stage in which both sides have enough cases."""
    import numpy as np

    for stage in np.unique(stood[there]).tolist():
        sides = [np.flatnonzero(there & (stood == stage) & (had == side)) for side in (True, False)]
        if min(map(len, sides)) < _LEAST_STRATUM:
            continue
        try:
            early, other = (_after(clock, cases, day, until, won) for cases in sides)
        except ValueError:      # nobody of a side is watched to the end
            continue
        yield len(sides[0]), len(sides[1]), early, other


def _after(clock: CaseClock, cases: Ints, day: int, until: int, won: Floats | None) -> Estimate:
    """Days open from the landmark on, or the share won from then on."""
    import numpy as np

    later = CaseClock(np.zeros(len(cases)), clock.exit[cases] - day, clock.closed[cases], clock.follow_up[cases] - day)
    line = Timeline(later, until - day)
    if won is None:
        return line.days_open()
    marks = np.flatnonzero(np.isfinite(won[cases]))
    return line.points(Points(marks, won[cases][marks] - day, np.ones(len(marks))))


def _difference(found: Sequence[tuple[int, int, Estimate, Estimate]]) -> Interval | None:
    """Early less others at the mix of stages of the early ones, with its 95 % interval."""
    early, others = sum(each[0] for each in found), sum(each[1] for each in found)
    if min(early, others) < LEAST_GROUP:
        return None
    value, variance = 0.0, 0.0
    for n, _, one, other in found:
        value += n / early * (one.value - other.value)
        variance += (n / early) ** 2 * (one.error**2 + other.error**2)
    reach = _Z * sqrt(variance)
    return Interval(value, value - reach, value + reach)
