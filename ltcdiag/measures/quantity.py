"""What a measure gives back: a number with its interval and its base, or what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval, share_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

LEAST_CASES = 20
"""Fewer cases than this carry no indicator."""
NOUGHT = 1e-9
"""Less than this is what sums of fractions leave behind."""


@dataclass(frozen=True)
class Note:
    """A sentence of the words `kpis` beside a number. said: what stands in its places."""

    key: str
    said: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Quantity:
    """A number about the cases of a log. interval: None where the data hold no error (nothing was seen at all, or cases
    were only counted). n:
    cases it rests on. open: of these, not over yet. method: restricted_mean (days until an end, at most the horizon),
    cumulative_incidence (share that comes there) or mean_of_marks (mean per case of what happens within the
    horizon). notes: what a reader must know beside it."""

    estimate: Estimate
    interval: Interval | None
    n: int
    open: int
    horizon_days: int
    method: str
    case: Ints
    notes: tuple[Note, ...] = ()
    currency: str = ""

    @property
    def value(self) -> float:
        """The number shown."""
        if self.interval:
            return self.interval.value
        return self.estimate.value if self.estimate.value >= NOUGHT else 0.0


@dataclass(frozen=True)
class Lacking:
    """Nothing can be said, for this reason. n, open: as far as they are known. notes: what else a reader must know."""

    why: Note
    n: int = 0
    open: int = 0
    notes: tuple[Note, ...] = ()


Measured = Quantity | Lacking


@dataclass(frozen=True, eq=False)
class Base:
    """The cases a number rests on (their numbers, in the order of the clock), how many of them are open, the horizon,
    and notes about who is not in it."""

    case: Ints
    open: int
    horizon_days: int
    notes: tuple[Note, ...] = ()

    @property
    def n(self) -> int:
        """How many."""
        return len(self.case)

    def noted(self, *notes: Note) -> Base:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def share(estimate: Estimate, base: Base) -> Quantity:
    """A share with Wilson's interval."""
    return Quantity(estimate, share_interval(estimate), base.n, base.open, base.horizon_days,
                    "cumulative_incidence", base.case, base.notes)


def amount(estimate: Estimate, base: Base, *, method: str, currency: str = "") -> Quantity:
    """A mean of days, counts or money; without an interval where it is nought."""
    nought = estimate.value < NOUGHT
    notes = (*base.notes, *((Note("nought"),) if nought else ()))
    interval = None if nought else amount_interval(estimate)
    return Quantity(estimate, interval, base.n, base.open, base.horizon_days, method, base.case, notes,
                    currency)


def plain_share(holds: Bools, case: Ints, still_open: int, notes: tuple[Note, ...] = ()) -> Quantity:
    """A share of cases of which each is known to belong to it or not, with Wilson's interval."""
    import numpy as np

    value = float(holds.mean())
    estimate = Estimate(value, holds.astype(np.float64) - value)
    return Quantity(estimate, share_interval(estimate), len(case), still_open, 0, "share_of_cases", case, notes)


def counted(
    number: float, case: Ints, still_open: int, *, notes: tuple[Note, ...] = (), currency: str = "",
) -> Quantity:
    """What is counted or added up and rests on no estimate; no interval."""
    import numpy as np

    estimate = Estimate(number, np.zeros(len(case)))
    return Quantity(estimate, None, len(case), still_open, 0, "count", case, (Note("counted"), *notes), currency)
