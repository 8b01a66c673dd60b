"""Days until a goal: restricted means on the case clock or on a clock of their own."""

from __future__ import annotations

from ..domain.kpis import StageSet
from ..stats.estimator import Points
from .journeys import way
from .observed import Observed
from .quantity import Lacking, Measured, amount


def days_until(
    observed: Observed, *, goal: StageSet | None = None, ends: StageSet | None = None, start: StageSet | None = None,
    begins_in: StageSet | None = None,
) -> Measured:
    """Mean days, at most the horizon, until a case comes to the goal or to one of the ends, or closes. Without a goal:
    until it closes. A case that is open counts for the time it was watched (restricted mean; Royston & Parmar 2013,
    doi:10.1186/1471-2288-13-152)."""
    found = way(observed, goal=goal, ends=ends, start=start, begins_in=begins_in)
    if isinstance(found, Lacking):
        return found
    return amount(found.timeline.days_open(), found.base, method="restricted_mean")


def days_since(
    observed: Observed, *, goal: StageSet, ends: StageSet | None = None, start: StageSet | None = None,
    begins_in: StageSet | None = None,
) -> Measured:
    """Mean days within the horizon that lie behind the goal (restricted mean time lost; Andersen 2013,
    doi:10.1002/sim.5903): more where more cases come there, and where they come sooner."""
    import numpy as np

    found = way(observed, goal=goal, ends=ends, start=start, begins_in=begins_in)
    if isinstance(found, Lacking):
        return found
    case = np.flatnonzero(found.journey.reached)
    ages = found.journey.clock.exit[case]
    marks = Points(case, ages, found.timeline.tau - ages)
    return amount(found.timeline.points(marks), found.base, method="mean_of_marks")
