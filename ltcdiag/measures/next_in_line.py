"""Whether work that waited is begun right when its person gets free: the mark of a queue.

A person who is busy much of the time is busy during most waits whatever these are for. In a queue, though, what
waited is begun when something else ends; by chance a start falls there as seldom as its person's ends cover the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.steps import NO_TIME, UNKNOWN, Steps
from .availability import Availability
from .wait_causes import WaitParts, ordered, time_there

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

SOON = 15 * 60_000_000
"""Within so much working time (µs) of an end, a start follows it."""


@dataclass(frozen=True, eq=False)
class Followed:
    """One row a wait longer than SOON of a piece whose person is named: at (its place in the parts), soon (whether its
    start follows the end of another piece of the person, of another case), chance (share of the person's working time
    that follows an end as closely)."""

    at: Ints
    soon: Bools
    chance: Floats


def followed(steps: Steps, parts: WaitParts, there: Availability, *, zone: str | None = None) -> Followed:
    """Which of the long waits end when their person gets free."""
    import numpy as np

    at = np.flatnonzero((parts.wait > SOON) & (steps.person[parts.row] != UNKNOWN))
    row = parts.row[at]
    ends = np.flatnonzero((steps.started != NO_TIME) & (steps.person != UNKNOWN))
    if not len(at):
        return Followed(at, np.zeros(0, bool), np.zeros(0))
    n = len(ends)
    order = ordered(np.append(steps.person[ends], steps.person[row]), np.append(steps.ended[ends], steps.started[row]))
    last = np.maximum.accumulate(np.where(order < n, np.arange(len(order)), -1))
    starts = np.flatnonzero(order >= n)
    before = np.full(len(row), -1)
    before[order[starts] - n] = np.where(last[starts] >= 0, order[last[starts]], -1)
    end = ends[np.maximum(before, 0)]
    other = (before >= 0) & (steps.person[end] == steps.person[row]) & (steps.case[end] != steps.case[row])
    gap = time_there(there, steps.person[row], np.where(other, steps.ended[end], steps.started[row]),
                     steps.started[row], zone)
    return Followed(at, other & (gap <= SOON), _chance(steps, ends, there, zone)[steps.person[row]])


def _chance(steps: Steps, ends: Ints, there: Availability, zone: str | None) -> Floats:
    """Share of each person's working time within SOON after an end of theirs, at most."""
    import numpy as np

    people = int(steps.person.max()) + 1
    first, last = np.full(people, 2**62), np.full(people, -(2**62))
    np.minimum.at(first, steps.person[ends], steps.started[ends])
    np.maximum.at(last, steps.person[ends], steps.ended[ends])
    seen = last > first
    worked = np.ones(people)
    worked[seen] = time_there(there, np.flatnonzero(seen), first[seen], last[seen], zone)
    times = np.bincount(steps.person[ends], minlength=people)
    share: Floats = np.minimum(1.0, times * SOON / np.maximum(worked, 1.0))
    return share
