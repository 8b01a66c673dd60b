"""Money of cases: one currency at a time, never added over currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet
from ..log.steps import Steps
from ..stats.estimator import Points, Spans
from .facts import Amounts
from .journeys import Way, way
from .observed import Observed
from .quantity import Lacking, Measured, Note, amount, counted
from .spells import DAY
from .stage_time import case_base, without

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

LEAST_KNOWN = 0.5
"""Where fewer of the cases that count have an amount, no number is given."""


def value_at(
    observed: Observed, *, goal: StageSet, ends: StageSet | None = None, start: StageSet | None = None,
    begins_in: StageSet | None = None,
) -> Measured:
    """Mean amount per case that comes to the goal within the horizon, nothing for cases that do not (mark: the amount
    at the goal)."""
    import numpy as np

    amounts = observed.facts.amounts
    if amounts is None:
        return without(observed, "no_money")
    found = way(observed, goal=goal, ends=ends, start=start, begins_in=begins_in)
    if isinstance(found, Lacking):
        return found
    case = np.flatnonzero(found.journey.reached)
    notes = _told(amounts, found.journey.case[case])
    if isinstance(notes, Lacking):
        return notes
    marks = Points(case, found.journey.clock.exit[case], amounts.counted[found.journey.case[case]])
    return amount(found.timeline.points(marks), found.base.noted(*notes), method="mean_of_marks", currency=amounts.name)


def total_value(
    observed: Observed, *, goal: StageSet, begins_in: StageSet | None = None,
) -> Measured:
    """The amounts of all cases that have come to the goal, added up."""
    import numpy as np

    amounts = observed.facts.amounts
    if amounts is None:
        return without(observed, "no_money")
    found = way(observed, goal=goal, begins_in=begins_in)
    if isinstance(found, Lacking):
        return found
    case = found.journey.case[np.flatnonzero(found.journey.reached)]
    notes = _told(amounts, case)
    if isinstance(notes, Lacking):
        return notes
    still = int((~observed.steps.closed[case]).sum())
    return counted(float(amounts.counted[case].sum()), case, still, notes=notes, currency=amounts.name)


def days_of_money(observed: Observed, *, start: StageSet, goal: StageSet) -> Measured:
    """Days from the start to the goal, at most the horizon, each case by its amount: the days that a unit of money is
    outstanding (ratio of two means; delta method)."""
    amounts = observed.facts.amounts
    if amounts is None:
        return without(observed, "no_money")
    found = way(observed, start=start, goal=goal)
    if isinstance(found, Lacking):
        return found
    notes = _told(amounts, found.journey.case)
    if isinstance(notes, Lacking):
        return notes
    return _weighted(found, amounts, notes)


def _weighted(found: Way, amounts: Amounts, notes: tuple[Note, ...]) -> Measured:
    import numpy as np

    clock, every = found.journey.clock, np.arange(found.journey.clock.n)
    weight = np.maximum(amounts.counted[found.journey.case], 0.0)
    if not weight.any():
        return Lacking(Note("no_money"), clock.n, clock.open)
    days = found.timeline.spans(Spans(every, clock.entry, clock.exit, weight))
    whole = found.timeline.points(Points(every, clock.entry, weight))
    return amount(days.over(whole), found.base.noted(*notes), method="restricted_mean")


def rework_money(observed: Observed) -> Measured:
    """Mean cost per case within the horizon of the money that rework holds up: amount × days of the loops that have
    closed × cost of capital / 365. Days of 24 hours on any clock, because money costs interest on Sundays too."""
    import numpy as np

    amounts, rate = observed.facts.amounts, observed.facts.cost_of_capital
    if amounts is None:
        return without(observed, "no_money")
    if rate is None:
        return Lacking(Note("no_rate"))
    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    notes = _told(amounts, base.case)
    if isinstance(notes, Lacking):
        return notes
    rows = np.flatnonzero(observed.rework)
    days = _lengths(observed.recorded or observed.steps)[rows]
    case, closing = observed.steps.case[rows], observed.age_at(observed.loops.closed_by[rows])
    marks = Points(case, closing, amounts.counted[case] * days * rate / 365)
    return amount(observed.watch.points(marks), base.noted(*notes), method="mean_of_marks", currency=amounts.name)


def _lengths(steps: Steps) -> Floats:
    """Days of 24 hours from the step before (or the beginning of the case) to each step."""
    import numpy as np

    first = np.append(True, steps.case[1:] != steps.case[:-1])[: len(steps.case)]
    before = np.where(first, steps.entered[steps.case], np.append(0, steps.ended[:-1])[: len(steps.case)])
    lengths: Floats = np.maximum(steps.ended - before, 0) / DAY
    return lengths


def _told(amounts: Amounts, case: Ints) -> tuple[Note, ...] | Lacking:
    """What is said about the amounts of the cases that count: those without one, those in other currencies."""
    import numpy as np

    known = ~np.isnan(amounts.value[case])
    if len(case) and known.mean() < LEAST_KNOWN:
        return Lacking(Note("few_amounts", {"n": f"{int(known.sum()):,}", "of": f"{len(case):,}"}))
    notes = []
    if not known.all():
        notes.append(Note("without_amount", {"n": f"{int((~known).sum()):,}"}))
    other = known & (amounts.currency[case] != amounts.chosen)
    if other.any():
        names = {amounts.currencies[code] for code in amounts.currency[case][other].tolist()}
        notes.append(Note("other_currency", {"n": f"{int(other.sum()):,}", "currencies": ", ".join(sorted(names)),
                                             "currency": amounts.name or "?"}))
    return tuple(notes)
