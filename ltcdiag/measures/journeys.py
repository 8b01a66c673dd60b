"""The way of each case from one kind of step to another, on a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet
from ..domain.stages import load_stages
from ..log.steps import Steps, first_of_each
from ..stats.case_clock import CaseClock
from ..stats.estimator import Timeline
from .observed import Observed, horizon_of, late_by
from .quantity import LEAST_CASES, Base, Lacking, Note
from .spells import DAY, NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Journey:
    """One row a case that set out. case: its number. reached: whether it came to the goal. clock: age 0 is the start,
    closed where the case came to the goal or to another end, or closed without either. too_late: cases that are
    not in it because they had come to the goal before the start."""

    case: Ints
    reached: Bools
    clock: CaseClock
    too_late: int


@dataclass(frozen=True, eq=False)
class Way:
    """A journey with a horizon for which it can be watched, and its timeline."""

    journey: Journey
    timeline: Timeline
    base: Base


def way(
    observed: Observed, *, goal: StageSet | None = None, ends: StageSet | None = None, start: StageSet | None = None,
    begins_in: StageSet | None = None,
) -> Way | Lacking:
    """The way to a goal, or why there is none to be measured. Sets of stages as in the KPI cards; without a goal it
    leads to the end of the case, without a start it begins with the case."""
    found = _missing(observed, goal, start, begins_in)
    if found is not None:
        return Lacking(found)
    begins = begins_there(observed, begins_in)
    journey = journey_of(
        observed.steps, goal=rows_of(observed, goal), ends=rows_of(observed, ends),
        start=None if start is None else rows_of(observed, start), among=begins,
    )
    notes = []
    if begins_in is not None and not begins.all():
        notes.append(Note("begun_elsewhere", {"n": f"{int((~begins).sum()):,}"}))
    if journey.too_late:
        notes.append(Note("too_late", {"n": f"{journey.too_late:,}"}))
    return watched(observed, journey, tuple(notes))


def watched(observed: Observed, journey: Journey, notes: tuple[Note, ...] = ()) -> Way | Lacking:
    """A journey up to its horizon; lacking where nobody knows what is over, cases are few, or the log is too young."""
    clock = journey.clock
    if not observed.steps.known:
        return Lacking(Note("closing_unknown"))
    if clock.n < LEAST_CASES:
        return Lacking(Note("too_few", {"n": f"{clock.n:,}", "least": str(LEAST_CASES)}), clock.n, clock.open, notes)
    tau = horizon_of(clock, observed.asked)
    if tau is None:
        return Lacking(too_young(observed), clock.n, clock.open, notes)
    return Way(journey, Timeline(clock, tau), Base(journey.case, clock.open, tau, notes))


def too_young(observed: Observed) -> Note:
    """Why there is no horizon."""
    return Note("too_young") if observed.asked is None else Note("not_so_long", {"days": str(observed.asked)})


def journey_of(
    steps: Steps, *, goal: Bools, ends: Bools | None = None, start: Bools | None = None, among: Bools | None = None,
) -> Journey:
    """The journeys of a log. goal, ends, start: which steps are one. among: which cases may be in it.

    A case sets out at its first step of the start, or with its beginning, and arrives at the first step of the goal or
    of the ends after that; one that does neither is watched until it closes, else to the as-of moment.
    """
    import numpy as np

    rows = np.arange(len(steps.case))
    begun = np.full(steps.cases, NONE) if start is None else _first(steps, rows[start])
    sets_out = begun != NONE if start is not None else np.ones(steps.cases, dtype=bool)
    sets_out &= np.ones(steps.cases, dtype=bool) if among is None else among
    before = _first(steps, rows[goal])
    late = sets_out & (before != NONE) & (before < begun)
    after = rows > begun[steps.case]
    stop = _first(steps, rows[after & (goal if ends is None else goal | ends)])
    case = np.flatnonzero(sets_out & ~late)
    stop, begun = stop[case], begun[case]
    arrived = stop != NONE
    entered = _moment(steps, begun, steps.entered[case])
    left = _moment(steps, stop, steps.left[case])
    stay, could = (left - entered) / DAY, (steps.as_of - entered) / DAY
    unwatched = late_by(steps, case, entered)
    seen = stay >= unwatched        # who arrived before anybody watched is nobody's journey
    clock = CaseClock(unwatched[seen], stay[seen], (arrived | steps.closed[case])[seen], np.maximum(stay, could)[seen])
    reached = arrived & np.append(goal, False)[stop]
    return Journey(case[seen], reached[seen], clock, int(late.sum()))


def _first(steps: Steps, rows: Ints) -> Ints:
    """The first of the rows in each case, NONE where there is none."""
    import numpy as np

    found = np.full(steps.cases, NONE)
    case, first = first_of_each(steps.case[rows])
    found[case] = rows[first]
    return found


def _moment(steps: Steps, rows: Ints, otherwise: Ints) -> Ints:
    """When the steps ended; the other moment where there is no step."""
    import numpy as np

    found: Ints = np.where(rows == NONE, otherwise, np.append(steps.ended, 0)[rows])
    return found


def _missing(observed: Observed, *needed: StageSet | None) -> Note | None:
    """What the labels of the log lack."""
    wanted = [stages for stages in needed if stages is not None]
    if wanted and not any(observed.stage):
        return Note("no_stages")
    return None if all(_labels(observed, stages).any() for stages in wanted) else Note("no_step")


def begins_there(observed: Observed, stages: StageSet | None, *, surely: bool = False) -> Bools:
    """Cases whose first step has one of the stages, or (unless surely) none at all: then nobody can say where it
    began."""
    import numpy as np

    steps = observed.steps
    if stages is None:
        return np.ones(steps.cases, dtype=bool)
    taken = _labels(observed, stages, exits=True)
    if not surely:
        taken |= np.array([key is None for key in observed.stage], dtype=bool)
    found = np.full(steps.cases, not surely)
    case, first = first_of_each(steps.case)
    found[case] = taken[steps.label[first]]
    return found


def rows_of(observed: Observed, stages: StageSet | None) -> Bools:
    """Which steps have one of the stages."""
    import numpy as np

    if stages is None:
        return np.zeros(len(observed.steps.case), dtype=bool)
    rows: Bools = _labels(observed, stages)[observed.steps.label]
    return rows


def _labels(observed: Observed, stages: StageSet, *, exits: bool = False) -> Bools:
    """Which labels have one of the stages."""
    import numpy as np

    keys = stages.keys(load_stages(), exits=exits)
    return np.array([key in keys for key in observed.stage], dtype=bool)
