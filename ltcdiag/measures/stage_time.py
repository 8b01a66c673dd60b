"""Days that go into the steps of some stages. Law: parts that share out all stages, and what is outside of them, add up
to the days open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.kpis import StageSet
from ..domain.stages import load_stages
from .journeys import too_young
from .observed import Observed
from .quantity import LEAST_CASES, Base, Lacking, Measured, Note, amount

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


def days_in_stages(observed: Observed, *, stages: StageSet) -> Measured:
    """Mean days per case within the horizon in the spells that lead to a step of the stages, exits included. A spell
    that still runs is shared out over the steps it may lead to."""
    chosen = _labels(observed, stages)
    if not chosen.any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    return _days(observed, chosen)


def days_outside_stages(observed: Observed, *, stages: StageSet) -> Measured:
    """Mean days per case within the horizon in all other spells, also those of which nobody knows where they lead."""
    if not any(observed.stage):
        return Lacking(Note("no_stages"))
    return _days(observed, ~_labels(observed, stages), unknown=True)


def case_base(observed: Observed) -> Base | Lacking:
    """All cases of the log on its clock, or why nothing can be said about them."""
    import numpy as np

    n, still = observed.steps.cases, observed.steps.cases - int(observed.steps.closed.sum())
    if observed.why_not == "closing_unknown":
        return Lacking(Note("closing_unknown"))
    if n < LEAST_CASES:
        return Lacking(Note("too_few", {"n": f"{n:,}", "least": str(LEAST_CASES)}), n, still)
    if observed.timeline is None:
        return Lacking(too_young(observed), n, still)
    return Base(np.arange(n), still, observed.horizon)


def without(observed: Observed, missing: str) -> Lacking:
    """What is missing, unless nobody can tell which cases are over: that comes first."""
    return Lacking(Note(missing if observed.steps.known else "closing_unknown"))


def _days(observed: Observed, labels: Bools, *, unknown: bool = False) -> Measured:
    import numpy as np

    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    key = observed.spread.key
    chosen = np.flatnonzero(np.append(labels, unknown)[key])  # NONE, the last place, is where nobody knows
    return amount(observed.days(observed.spread, chosen), base, method="mean_of_marks")


def _labels(observed: Observed, stages: StageSet) -> Bools:
    import numpy as np

    keys = stages.keys(load_stages(), exits=True)
    return np.array([key in keys for key in observed.stage], dtype=bool)


