"""Which team does a step clearly quicker than the whole: found in one half of the cases, confirmed in the other."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any

from ..stats.intervals import Interval
from .observed import Observed
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

LEAST_PASSAGES = 15
"""So many passages in each half of the cases, or a team is not looked at."""
_Z, _Z_HALF = 1.96, 2.33
"""Reach of the interval of all cases, and of each half: ten equal teams at twenty steps name one in 2 % of logs."""


@dataclass(frozen=True)
class Quickest:
    """team: its code. part: its time as a part of the usual one, with its interval."""

    team: int
    part: Interval


def quickest(observed: Observed, label: int, team: Ints, *, longest: float) -> Quickest | None:
    """The quickest team at a step, by its finished first passages, none counted for longer than `longest` days. team:
    code of each case's team, NONE where nobody knows. The best of several is best by chance too: it counts only where
    the odd and the even cases name the same one, and each half shows it clearly quicker by itself. None where they do
    not, or fewer than two teams can be compared."""
    import numpy as np

    spells = observed.spells
    rows = np.flatnonzero((spells.target == label) & ~spells.running & ~np.append(observed.rework, False)[spells.step])
    rows = rows[team[spells.case[rows]] != NONE]
    if not len(rows):
        return None
    days = np.minimum((spells.end - spells.start)[rows], longest)
    code, half = team[spells.case[rows]], spells.case[rows] % 2
    halves = [(days[half == part], code[half == part]) for part in (0, 1)]
    first, second = (_first(*each) for each in halves)
    if first is None or first != second:
        return None
    if any(_part(own[team_of == first], own, _Z_HALF).high >= 1 for own, team_of in halves):
        return None
    return Quickest(first, _part(days[code == first], days, _Z))


def _first(days: Floats, code: Ints) -> int | None:
    """The team with the shortest mean, None where fewer than two have passages enough."""
    import numpy as np

    if not len(code):
        return None
    times = np.bincount(code)
    teams = np.flatnonzero(times >= LEAST_PASSAGES)
    if len(teams) < 2:
        return None
    means = np.bincount(code, days)[teams] / times[teams]
    return int(teams[means.argmin()])


def _part(own: Floats, every: Floats, reach: float) -> Interval:
    """Ratio of two means with its interval on the log scale (delta method; that the team is part of the whole makes the
    interval a little wide)."""
    value = float(own.mean() / every.mean()) if every.mean() > 0 else 1.0
    if value <= 0:
        return Interval(0.0, 0.0, 1.0)
    error = sum(float(part.var(ddof=1)) / len(part) / float(part.mean()) ** 2 for part in (own, every)) ** 0.5
    return Interval(value, exp(log(value) - reach * error), exp(log(value) + reach * error))
