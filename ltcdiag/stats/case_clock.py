"""The case clock: from which age to which age each case was watched, and how that ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.signedinteger[Any]]

ROUND_DAYS = (7, 14, 21, 30, 45, 60, 90, 120, 150, 180, 270, 365, 540, 730, 1095, 1460, 1825, 2555, 3650)
"""Horizons people can say aloud."""
LEAST_WATCHED, SHARE_WATCHED = 10, 0.25


@dataclass(frozen=True, eq=False)
class CaseClock:
    """One row a case, all ages in days since the case began.

    entry: age at which watching began (0 unless the extract holds only what was touched lately). exit: age at
    closing, or at the as-of moment where the case is open. closed: whether it closed at `exit`. follow_up: age up
    to which it could have been watched, whatever happened to it (as-of moment less its beginning).

    Raises ValueError where 0 <= entry <= exit <= follow_up does not hold for every case.
    """

    entry: Floats
    exit: Floats
    closed: Bools
    follow_up: Floats

    def __post_init__(self) -> None:
        sizes = {len(self.entry), len(self.exit), len(self.closed), len(self.follow_up)}
        ordered = (self.entry >= 0) & (self.entry <= self.exit) & (self.exit <= self.follow_up)
        if len(sizes) > 1 or not bool(ordered.all()):
            raise ValueError("every case needs 0 <= entry <= exit <= follow_up")

    @property
    def n(self) -> int:
        """How many cases."""
        return len(self.exit)

    @property
    def open(self) -> int:
        """How many are still open."""
        return int(self.n - np.count_nonzero(self.closed))


def horizon(clock: CaseClock) -> int | None:
    """The largest round number of days for which enough cases could have been watched; None where none is.

    Enough: 25 % of the cases and at least 10. It looks at potential follow-up only, never at what happened, so that
    the data cannot choose it (a horizon read off the outcomes bends every figure that uses it). Only where
    nobody at all was left under watch before that age does a shorter one take its place.
    """
    needed = max(LEAST_WATCHED, int(np.ceil(SHARE_WATCHED * clock.n)))
    known = watched_to(clock)
    for days in reversed(ROUND_DAYS):
        watched = np.count_nonzero((clock.follow_up >= days) & (clock.entry <= days))
        if watched >= needed and known >= days:
            return days
    return None


def watched_to(clock: CaseClock) -> float:
    """The age up to which the share of open cases is known: inf where all have closed by some age, else the
    first age at which nobody is under watch although some had not closed (0 where all watching began later)."""
    if clock.n and clock.entry.min() > 0:
        return 0.0
    ages, index = np.unique(np.concatenate([clock.entry, clock.exit]), return_inverse=True)
    first, last = index[: clock.n], index[clock.n:]
    begun = np.cumsum(np.bincount(first, minlength=len(ages)))
    ended = np.cumsum(np.bincount(last, minlength=len(ages)))
    closings = np.bincount(last[clock.closed], minlength=len(ages))
    at_risk = begun - ended + np.bincount(last, minlength=len(ages))
    all_closed = np.flatnonzero((closings == at_risk) & (at_risk > 0))
    nobody = np.flatnonzero(begun == ended)
    stop = int(all_closed[0]) if len(all_closed) else len(ages)
    holes = nobody[nobody < stop]
    return float(ages[holes[0]]) if len(holes) else float("inf")
