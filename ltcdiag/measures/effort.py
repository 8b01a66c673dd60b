"""Hours of work behind each step: measured where its start is recorded, else so many minutes each time, as the user
says.

A piece of work that fits into one sitting (no longer than an office day) took what passed from its start to its end. A
longer one ran over nights, which nobody works, and beside other work: it took its office hours by the calendar of
the log, at each moment shared equally among all long pieces that the same person had in hand. So the long pieces of
a person never take more than the office hours there were. Where nobody is named, nothing can be shared. What the
customer does is no work of ours: its starts are not measured, but minutes that the user gives for it count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.prices import Prices, Range
from ..log.calendar_file import calendar_of
from ..log.event_log import EventLog
from ..log.steps import NO_TIME, UNKNOWN, Steps
from .observed import Observed
from .working_time import on_calendar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

HOUR = 3_600_000_000


@dataclass(frozen=True, eq=False)
class Effort:
    """One row a step: hours, low and high (0 where nobody knows), measured (its start is recorded), known. cost,
    cost_low, cost_high: hours times the rate of who did it; priced: a rate is known."""

    hours: Floats
    low: Floats
    high: Floats
    measured: Bools
    known: Bools
    cost: Floats
    cost_low: Floats
    cost_high: Floats
    priced: Bools


def effort_of(
    log: EventLog, observed: Observed, prices: Prices, *, theirs: frozenset[int] = frozenset(),
) -> Effort:
    """The work of every step of a log, with what it costs by the rates. theirs: labels of the customer's steps."""
    import numpy as np

    steps = observed.recorded or observed.steps
    measured = (steps.started != NO_TIME) & ~np.isin(steps.label, sorted(theirs))
    minutes = [prices.minutes_of(label, stage) for label, stage in zip(steps.labels, observed.stage, strict=True)]
    told = np.array([each is not None for each in minutes], dtype=bool)[steps.label]
    if not (measured.any() or told.any()):
        return _unknown(len(measured))
    worked = _worked(log, steps)
    hours = [np.where(measured, worked, part[steps.label] / 60) for part in _ends(minutes)]
    rates = [prices.rate(party) for party in steps.parties] + [prices.rate()]
    party = np.where(steps.party == UNKNOWN, len(steps.parties), steps.party)
    costs = [part * rate[party] for part, rate in zip(hours, _ends(rates), strict=True)]
    known = measured | told
    priced = known & np.array([each is not None for each in rates], dtype=bool)[party]
    return Effort(hours[0], hours[1], hours[2], measured, known, costs[0], costs[1], costs[2], priced)


def _unknown(n: int) -> Effort:
    """Nobody knows anything of n steps."""
    import numpy as np

    hours, no = np.broadcast_to(0.0, n), np.broadcast_to(False, n)
    return Effort(hours, hours, hours, no, no, hours, hours, hours, no)


def _worked(log: EventLog, steps: Steps) -> Floats:
    """Hours from start to end: all of one sitting, the shared office hours of a longer one; 0 without a
    start."""
    import numpy as np

    begun = steps.started != NO_TIME
    passed: Floats = np.where(begun, steps.ended - np.where(begun, steps.started, steps.ended), 0) / HOUR
    calendar = calendar_of(log.calendar)
    long = passed > calendar.hours_per_day
    if not long.any():
        return passed
    moved, rows = on_calendar(steps, calendar, zone=log.timezone), np.flatnonzero(long)
    worked = passed.copy()
    worked[rows] = _shared(moved.started[rows], moved.ended[rows], steps.person[rows]) * calendar.hours_per_day / 24
    return worked


def _shared(started: Ints, ended: Ints, person: Ints) -> Floats:
    """Hours of pieces of work, those of one person shared at each moment among the pieces in hand."""
    import numpy as np

    n = len(person)
    who = np.where(person == UNKNOWN, -1 - np.arange(n), person)    # nobody shares with anybody unknown
    moment, sign = np.concatenate([started, ended]), np.repeat([1, -1], n)
    order = np.lexsort((moment, np.concatenate([who, who])))
    in_hand = np.cumsum(sign[order])
    passed = np.diff(moment[order], append=moment[order][-1:]) / HOUR
    part = np.divide(passed, in_hand, out=np.zeros(2 * n), where=in_hand > 0)
    clock = np.empty(2 * n)
    clock[order] = np.cumsum(part) - part
    hours: Floats = clock[n:] - clock[:n]
    return hours


def _ends(rates: list[Range | None]) -> list[Floats]:
    """Value, low and high of rates as arrays, 0 where there is none."""
    import numpy as np

    return [np.array([0.0 if rate is None else float(getattr(rate, end)) for rate in rates])
            for end in ("value", "low", "high")]
