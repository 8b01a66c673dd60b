"""Whether work takes longer when more is in hand: the busier half of a person's passages against the quieter half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.steps import UNKNOWN, Steps, by_code, keyed
from .passages import Passages
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

HALF_YEAR, MONTH = 182 * DAY, 30 * DAY
LEAST_MONTHS = 6
LEAST_IN_GROUP = 8
"""Fewer passages of a person in a half-year say nothing about busy and quiet."""


@dataclass(frozen=True, eq=False)
class Queue:
    """One row a passage: server (whose queue it stood in; UNKNOWN nobody's), in_hand (how many others stood there when
    it came). by_person: whether servers are persons, else steps."""

    server: Ints
    in_hand: Ints
    by_person: bool


def queue_of(steps: Steps, passages: Passages) -> Queue:
    """Who had how much in hand. Persons where at least half of the passages name one, else steps."""
    import numpy as np

    person = steps.person[passages.row]
    by_person = bool(len(person)) and 2 * int((person != UNKNOWN).sum()) >= len(person)
    server = person if by_person else steps.label[passages.row]
    in_hand = np.zeros(len(server), np.int32)
    for code, rows in by_code(server):
        if code != UNKNOWN:
            in_hand[rows] = _others(passages.ready_at(rows), passages.met_at(rows))
    return Queue(server, in_hand, by_person)


def _others(ready: Ints, met: Ints) -> Ints:
    """How many others one server had when each came: those that came before it and are not yet gone. At one moment,
    what leaves has left before what comes is counted."""
    import numpy as np

    order = np.argsort(ready, kind="stable")        # its place in it is how many came before
    came = ready[order]
    gone = np.searchsorted(np.sort(met), came, side="right") - (came == met[order])     # itself is none of the others
    others = np.empty(len(ready), np.int64)
    others[order] = np.maximum(np.arange(len(ready)) - gone, 0)
    return others


@dataclass(frozen=True, eq=False)
class Halves:
    """Rows of the passages of one step: the busier and the quieter half of each person's (server's) in each half-year.
    weight: of each quiet row, so that every person and half-year counts in both halves alike. usual: what the quieter
    half took on average, for every row of the busier. ratio: logarithm of the typical length (geometric mean) when busy
    over that when quiet, within person and half-year, with its standard error over months and degrees of freedom."""

    busy: Ints
    quiet: Ints
    weight: Floats
    usual: Floats
    ratio: float
    error: float
    freedom: int


def halves(passages: Passages, queue: Queue, rows: Ints) -> Halves | None:
    """The passages of one step in two halves by how much was in hand when they came; None where too few can be told
    apart."""
    import numpy as np
    import pandas as pd

    rows = rows[queue.server[rows] != UNKNOWN]
    if not len(rows):
        return None
    half_year = passages.ready_at(rows) // HALF_YEAR
    first_one = int(half_year.min())
    key = keyed(queue.server[rows], int(half_year.max()) - first_one + 1, half_year - first_one)
    group = pd.factorize(key, sort=True)[0]
    size, here = np.bincount(group), queue.in_hand[rows]
    width = int(here.max()) + 1
    first = np.append(0, np.cumsum(size))[:-1]
    at = (np.sort(keyed(group, width, here))[first + size // 2] % width)[group]
    high = here > at - (np.bincount(group, here > at, len(size)) == 0)[group]   # ties at the middle go to one side
    busy, quiet = (np.bincount(group, part, len(size)) for part in (high, ~high))
    told = ((size >= LEAST_IN_GROUP) & (busy >= 2) & (quiet >= 2))[group]
    if not told.any():
        return None
    share = np.divide(busy, quiet, out=np.zeros(len(size)), where=quiet > 0)
    usual = np.divide(np.bincount(group, passages.length_at(rows) * ~high, len(size)), quiet,
                      out=np.zeros(len(size)), where=quiet > 0)
    ratio = _ratio(passages, rows[told], group[told], high[told])
    return None if ratio is None else Halves(rows[told & high], rows[told & ~high], share[group][told & ~high],
                                             usual[group][told & high], *ratio)


def _ratio(passages: Passages, rows: Ints, group: Ints, high: Bools) -> tuple[float, float, int] | None:
    """Mean difference of the logarithms of length between the halves of each group, weighted by what it can tell; its
    error over months, for one busy month makes many passages alike. Lengths count as a tenth of the median at least."""
    import numpy as np
    import pandas as pd

    length = passages.length_at(rows)
    floor = 0.1 * float(np.median(length))
    if floor <= 0:
        return None
    said, groups = np.log(np.maximum(length, floor)), int(group.max()) + 1
    busy, quiet = (np.maximum(np.bincount(group, part, groups), 1) for part in (high, ~high))
    mean_busy, mean_quiet = (np.bincount(group, said * part, groups) / n for part, n in ((high, busy), (~high, quiet)))
    there = np.bincount(group, minlength=groups) > 0
    weight = np.where(there, busy * quiet / (busy + quiet), 0.0)
    value = float((weight * (mean_busy - mean_quiet)).sum() / weight.sum())
    rest = np.where(high, (said - mean_busy[group]) / busy[group], -(said - mean_quiet[group]) / quiet[group])
    pull = weight[group] * rest / weight.sum()
    month = pd.factorize(passages.ready_at(rows) // MONTH)[0]
    months = int(month.max()) + 1
    alone = float(np.sqrt((pull**2).sum() * len(rows) / max(1, len(rows) - 2 * int(there.sum()))))
    if months < LEAST_MONTHS:
        return value, alone, max(1, len(rows) - 2 * int(there.sum()))
    clustered = float(np.sqrt((np.bincount(month, pull) ** 2).sum() * months / (months - 1)))
    return value, max(alone, clustered), months - 1
