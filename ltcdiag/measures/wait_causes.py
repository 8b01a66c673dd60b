"""Why work waits, where starts and people are recorded: every wait cut into five causes that add up to it exactly.

A piece of work is ready when the last piece of its case before it ended; from there to its start it waits. In this
order, each microsecond counts once:

batching: until the last piece was ready of those that the same person starts at the same moment, of the same step.
contention: the person worked on something that was ready no later than this.
prioritisation: the person worked on something that was ready only later.
unavailability: nobody could expect the person to be there (`availability`).
extraneous: the rest; the person was there and free, as far as the log shows.

Definitions after Lashkevich, Milani, Chapela-Campa, Suvorau & Dumas 2023 (arXiv:2212.01392). Where a person works on
several pieces at once, the one that was ready first gives the cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..log.steps import NO_TIME, UNKNOWN, Steps, keyed
from .availability import Availability
from .spells import DAY
from .working_time import wall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

CAUSES = ("batching", "contention", "prioritisation", "unavailability", "extraneous")
_LATEST = 2**63 - 1


@dataclass(frozen=True, eq=False)
class WaitParts:
    """One row a piece of work with a recorded start and a piece before it: row (of the steps), ready (µs), parts (µs, a
    column a cause in the order of CAUSES). Law: parts are never negative and add up to start minus ready."""

    row: Ints
    ready: Ints
    parts: Ints

    @property
    def wait(self) -> Ints:
        """µs from ready to start."""
        wait: Ints = self.parts.sum(axis=1)
        return wait


_READY: WeakKeyDictionary[Steps, Ints] = WeakKeyDictionary()


def ready_moments(steps: Steps) -> Ints:
    """When each piece of work could begin (µs): the latest end, not after its start, of another piece of its case with
    a recorded start. NO_TIME for those without a recorded start and those with nothing before them. Reckoned once for
    a log."""
    if steps not in _READY:
        _READY[steps] = _ready_moments(steps)
    return _READY[steps]


def _ready_moments(steps: Steps) -> Ints:
    import numpy as np

    rows = np.flatnonzero(steps.started != NO_TIME)
    case, started, ended = steps.case[rows], steps.started[rows], steps.ended[rows]
    n = len(rows)
    order = ordered(np.append(case, case), np.append(ended, started))      # at one moment, ends come before starts
    ends = np.maximum.accumulate(np.where(order < n, np.arange(2 * n), -1))     # place of the last end up to here
    before = np.empty(n, np.int64)
    starts = np.flatnonzero(order >= n)
    before[order[starts] - n] = np.append(order, -1)[ends[starts]]
    moment = started == ended
    before[moment] = np.arange(n)[moment] - 1       # a moment's own end is no end before it
    follows = (before >= 0) & (case[before] == case)
    found = np.full(len(steps.case), NO_TIME)
    found[rows[follows]] = ended[before[follows]]
    found.flags.writeable = False       # many look at it
    return found


def wait_parts(steps: Steps, there: Availability, *, zone: str | None = None) -> WaitParts:
    """The waits of a log by cause. there: when people work. zone: of the log."""
    import numpy as np

    ready = ready_moments(steps)
    row = np.flatnonzero(ready != NO_TIME)
    begin, start = ready[row], steps.started[row]
    fires = _batch_ready(steps, row, begin)
    busy, earlier, busy_there = _busy(steps, ready, row, fires, there, zone)
    window = start - fires
    free_off = window - time_there(there, steps.person[row], fires, start, zone) - (busy - busy_there)
    free_off = np.clip(free_off, 0, window - busy)      # an hour that clocks show twice
    parts = np.stack([fires - begin, earlier, busy - earlier, free_off, window - busy - free_off], axis=1)
    return WaitParts(row, begin, parts)


def _batch_ready(steps: Steps, row: Ints, ready: Ints) -> Ints:
    """When the batch of each piece was complete: the latest ready moment of its members; its own where it is alone."""
    import numpy as np

    person, label, start, case = (part[row] for part in (steps.person, steps.label, steps.started, steps.case))
    fires = ready.copy()
    if not len(row) or 2 * int((start % DAY == 0).sum()) > len(row):    # days without hours: all of a day look as one
        return fires
    order = np.lexsort((case, start, label, person))
    new = np.append(True, (np.diff(person[order]) != 0) | (np.diff(label[order]) != 0) | (np.diff(start[order]) != 0))
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(order)) - 1
    together = (case[order][first] != case[order][last]) & (person[order][first] != UNKNOWN)
    latest = np.maximum.reduceat(ready[order], first)
    group = np.cumsum(new) - 1
    fires[order] = np.where(together[group], latest[group], ready[order])
    return fires


def _busy(
    steps: Steps, ready: Ints, row: Ints, fires: Ints, there: Availability, zone: str | None,
) -> tuple[Ints, Ints, Ints]:
    """Of each wait from `fires` on: µs in which its person worked; of these, on what was ready no later; of these all,
    inside the person's hours."""
    import numpy as np

    none = np.zeros(len(row), np.int64)
    works = np.flatnonzero((steps.started != NO_TIME) & (steps.person != UNKNOWN) & (steps.ended > steps.started))
    waits = np.flatnonzero((steps.person[row] != UNKNOWN) & (steps.started[row] > fires))
    if not len(works) or not len(waits):
        return none, none.copy(), none.copy()
    person = np.concatenate([steps.person[works]] * 2 + [steps.person[row[waits]]] * 2)
    moment = np.concatenate([steps.started[works], steps.ended[works], fires[waits], steps.started[row[waits]]])
    cell, owner, edge = _cells(person, moment)
    begun, over, first, last = np.split(cell, np.cumsum([len(works), len(works), len(waits)]))
    since = np.where(ready[works] == NO_TIME, steps.started[works], ready[works])
    oldest = _least_over(begun, over, since, len(edge))
    at_work = np.flatnonzero(oldest < _LATEST)
    length = edge[at_work + 1] - edge[at_work]
    inside = time_there(there, owner[at_work], edge[at_work], edge[at_work + 1], zone)
    number = np.append(0, np.cumsum(oldest < _LATEST))          # cells of work before each cell
    left, right = number[first], number[last]
    sums = [np.append(0, np.cumsum(part)) for part in (length, np.minimum(inside, length))]
    busy, busy_there = none.copy(), none.copy()
    busy[waits], busy_there[waits] = (part[right] - part[left] for part in sums)
    values, rank = np.unique(oldest[at_work], return_inverse=True)
    rank = rank.astype(np.int32)
    earlier = none.copy()
    limit = np.searchsorted(values, fires[waits], side="right")
    earlier[waits] = sum_below(rank, length, left, right, limit)
    return busy, earlier, busy_there


def _cells(person: Ints, moment: Ints) -> tuple[Ints, Ints, Ints]:
    """The time of every person cut at all moments given: place of each moment, person and moment of each edge."""
    import numpy as np

    order = ordered(person, moment)
    new = np.append(True, (np.diff(person[order]) != 0) | (np.diff(moment[order]) != 0))
    cell = np.empty(len(order), np.int64)
    cell[order] = np.cumsum(new) - 1
    return cell, person[order][new], moment[order][new]


def ordered(group: Ints, moment: Ints) -> Ints:
    """Stable order by group and moment; one key where it fits into a number, which sorts faster than two."""
    import numpy as np

    first, last = (int(moment.min()), int(moment.max())) if len(moment) else (0, 0)
    if (int(group.max(initial=0)) + 2) * (last - first + 1) < 2**62:
        return np.argsort(keyed(group + 1, last - first + 1, moment - first), kind="stable")
    return np.lexsort((moment, group))


def _least_over(left: Ints, right: Ints, value: Ints, n: int) -> Ints:
    """For each of n places the least value of the ranges [left, right) that cover it, _LATEST where none does. Every
    range is two overlapping blocks whose length is a power of two; blocks are handed down from the longest on."""
    import numpy as np

    power = np.frexp((right - left).astype(float))[1] - 1
    least = np.full(n, _LATEST)
    for level in range(int(power.max(initial=0)), -1, -1):
        here, block = power == level, 1 << level
        np.minimum.at(least, left[here], value[here])
        np.minimum.at(least, right[here] - block, value[here])
        half = block // 2
        if half:
            handed = least[: n - half].copy()
            np.minimum(least[half:], handed, out=least[half:])
    return least


def sum_below(rank: Ints, weight: Ints, left: Ints, right: Ints, limit: Ints) -> Ints:
    """For each question the sum of the weights in [left, right) whose rank is below its limit (a wavelet matrix,
    Claude, Navarro & Ordóñez 2015, doi:10.1016/j.is.2014.06.002; all questions at once)."""
    import numpy as np

    limit = np.minimum(limit, rank.max(initial=-1) + 1)
    bits = int(rank.max(initial=0)).bit_length()
    total = np.zeros(len(left), np.int64)
    for bit in range(bits, -1, -1):
        ones = (rank >> bit & 1).astype(bool)
        zeros = np.append(0, np.cumsum(~ones))
        sums = np.append(0, np.cumsum(weight * ~ones))
        higher = (limit >> bit & 1).astype(bool)
        total += (sums[right] - sums[left]) * higher
        left, right = (np.where(higher, zeros[-1] + at - zeros[at], zeros[at]) for at in (left, right))
        order = np.append(np.flatnonzero(~ones), np.flatnonzero(ones))
        rank, weight = rank[order], weight[order]
    return total


def time_there(there: Availability, person: Ints, start: Ints, end: Ints, zone: str | None) -> Ints:
    """µs between two moments that lie in a person's working hours."""
    import numpy as np

    both = np.append(start, end)
    if zone is not None and len(both):
        both = wall(both, zone)
    worked = there.worked(np.append(person, person), both)
    inside: Ints = worked[len(start):] - worked[: len(start)]
    return inside
