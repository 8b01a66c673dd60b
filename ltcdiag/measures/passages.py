"""Every passage through a step, from the moment its work could begin to the moment it did, or else was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.steps import NO_TIME, Steps
from ..stats.estimator import Estimate, Points
from ..stats.intervals import log_ratio
from .observed import Observed
from .spells import DAY
from .wait_causes import ready_moments
from .working_time import wall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Passages:
    """One row a passage that has something before it in its case: row (of `steps`). It goes from ready to met (µs): the
    last end before and the start of the work where the log has starts (`waits`), else the record before and its own
    record. Both are read where they are asked for: a log of millions of passages keeps its moments once."""

    row: Ints
    steps: Steps
    waits: bool

    def ready_at(self, rows: Ints) -> Ints:
        """When the work of some passages (rows of this table) could begin."""
        row = self.row[rows]
        return ready_moments(self.steps)[row] if self.waits else self.steps.ended[row - 1]

    def met_at(self, rows: Ints) -> Ints:
        """When it did begin, or else was done."""
        return (self.steps.started if self.waits else self.steps.ended)[self.row[rows]]

    def length_at(self, rows: Ints) -> Floats:
        """Days from ready to met."""
        days: Floats = (self.met_at(rows) - self.ready_at(rows)) / DAY
        return days

    def on_wall(self, rows: Ints, zone: str | None) -> tuple[Ints, Ints]:
        """ready and met as clocks on the wall show them."""
        moments = self.ready_at(rows), self.met_at(rows)
        if zone is None or not len(rows):
            return moments
        return wall(moments[0], zone), wall(moments[1], zone)


def passages_of(observed: Observed) -> Passages:
    """The passages of a log, in the order of its steps."""
    import numpy as np

    steps = observed.steps
    if steps.has_starts:
        row = np.flatnonzero(ready_moments(steps) != NO_TIME).astype(np.int32)
        return Passages(row, steps, waits=True)
    row = np.flatnonzero(np.append(False, steps.case[1:] == steps.case[:-1])[: len(steps.case)]).astype(np.int32)
    return Passages(row, steps, waits=False)


@dataclass(frozen=True, eq=False)
class Extra:
    """What some passages of a step take more than the others. days: per case, of all of them together. ratio: logarithm
    of their mean length over that of the others."""

    days: Estimate
    ratio: Estimate


def sum_of(observed: Observed, passages: Passages, chosen: Ints, value: Floats) -> Estimate:
    """Mean per case of a value of the chosen passages, counted when they are met."""
    case = observed.steps.case[passages.row[chosen]]
    age = (passages.met_at(chosen) - observed.steps.entered[case]) / DAY
    return observed.watch.points(Points(case, age, value))


def extra_of(observed: Observed, passages: Passages, chosen: Ints, others: Ints) -> Extra | None:
    """None where a mean length is nothing. chosen, others: rows of the passages, all of one step."""
    import numpy as np

    sums = [sum_of(observed, passages, rows, passages.length_at(rows)) for rows in (chosen, others)]
    times = [sum_of(observed, passages, rows, np.ones(len(rows))) for rows in (chosen, others)]
    if min(each.value for each in (*sums, *times)) <= 0:
        return None
    usual = sums[1].over(times[1])
    return Extra(sums[0] - product(times[0], usual), log_ratio(sums[0].over(times[0]), usual))


def product(one: Estimate, other: Estimate) -> Estimate:
    """The product of two estimates of the same cases (delta method)."""
    return Estimate(one.value * other.value, one.influence * other.value + other.influence * one.value)
