"""What came by the day that was promised: a plain share, because by that day the answer is known."""

from __future__ import annotations

from dataclasses import replace

from ..domain.kpis import StageSet
from ..log.steps import NO_TIME
from .facts import PROMISES
from .journeys import journey_of, rows_of
from .observed import Observed
from .quantity import LEAST_CASES, Lacking, Measured, Note, plain_share
from .spells import DAY
from .stage_time import without

NEVER = 2**62


def share_on_time(observed: Observed, *, promise: str, goal: StageSet) -> Measured:
    """Of the cases whose promised day is over, the share that had come to the goal by its end. promise: one of
    PROMISES. Cases that closed without the goal before that day are not in it. Days of the source, on any clock."""
    import numpy as np

    if promise not in PROMISES:
        raise ValueError(promise)
    moments = observed.facts.promises.get(promise)
    if moments is None:
        return without(observed, "no_promise")
    recorded = observed.recorded or observed.steps
    steps = replace(recorded, watched=None)
    since = recorded.entered if recorded.watched is None else recorded.watched
    reaching = rows_of(observed, goal)
    if not reaching.any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    journey = journey_of(steps, goal=reaching)
    came = np.where(journey.reached, steps.entered + np.rint(journey.clock.exit * DAY).astype(np.int64), NEVER)
    over = steps.closed & ~journey.reached & (steps.left <= moments)
    case = np.flatnonzero((moments != NO_TIME) & (moments >= since) & (moments <= steps.as_of) & ~over)
    if len(case) < LEAST_CASES:
        return Lacking(Note("too_few", {"n": f"{len(case):,}", "least": str(LEAST_CASES)}), len(case))
    still = int((~steps.closed[case]).sum())
    return plain_share(came[case] <= moments[case], case, still)

