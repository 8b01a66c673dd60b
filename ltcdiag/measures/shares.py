"""Shares of cases that come to a goal within the horizon."""

from __future__ import annotations

from ..domain.kpis import StageSet
from ..stats.estimator import Points
from .journeys import Way, way
from .observed import Observed
from .quantity import Lacking, Measured, Quantity, share


def share_reaching(
    observed: Observed, *, goal: StageSet, ends: StageSet | None = None, start: StageSet | None = None,
    begins_in: StageSet | None = None,
) -> Measured:
    """Share of cases that come to the goal within the horizon. A case that comes to one of the ends first, or closes
    without the goal, has not come there; one that is open counts for the time it was watched (Aalen & Johansen 1978).
    """
    found = way(observed, goal=goal, ends=ends, start=start, begins_in=begins_in)
    return found if isinstance(found, Lacking) else share_of(found)


def share_of(found: Way) -> Quantity:
    """Share of journeys that come to their goal."""
    import numpy as np

    case = np.flatnonzero(found.journey.reached)
    marks = Points(case, found.journey.clock.exit[case], np.ones(len(case)))
    return share(found.timeline.points(marks), found.base)
