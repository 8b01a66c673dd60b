"""What comes after a deal is won, also when its case is over: renewals and complaints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..domain.kpis import StageSet
from ..log.steps import Steps, first_of_each
from ..stats.case_clock import CaseClock
from .counting import labels_of
from .facts import SOLD
from .journeys import Journey, rows_of, watched
from .observed import Observed
from .quantity import Lacking, Measured, Note
from .shares import share_of
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


def share_coming_back(observed: Observed, *, steps: StageSet | None = None, words: str = "", but: str = "") -> Measured:
    """Of the cases that are won, the share with a step of the stages or with the words (and not with those of `but`)
    within the horizon after it. A case is watched to the as-of moment, whatever closed it."""

    if observed.facts.later is None:
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    labels = labels_of(observed, steps, words)
    if but:
        labels &= ~labels_of(observed, None, but)
    won = rows_of(observed, SOLD)
    if not labels.any() or not won.any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    found = watched(observed, _coming_back(observed, observed.facts.later, won, labels))
    if isinstance(found, Lacking):
        return found
    still = int((~observed.steps.closed[found.journey.case]).sum())
    return share_of(replace(found, base=replace(found.base, open=still)))


def _coming_back(observed: Observed, later: Steps, sold: Bools, labels: Bools) -> Journey:
    """From the win of each case to the first such step after it."""
    import numpy as np

    own, end = observed.steps, np.iinfo(np.int64).max
    rows = np.flatnonzero(sold)
    case, first = first_of_each(own.case[rows])
    since = np.full(own.cases, end)
    since[case] = own.ended[rows[first]]
    rows = np.flatnonzero(labels[later.label] & (later.ended >= since[later.case]))
    back = np.full(own.cases, end)
    came, at = first_of_each(later.case[rows])
    back[came] = later.ended[rows[at]]
    reached = back[case] != end
    could = np.maximum(own.as_of - since[case], 0) / DAY
    stay = np.where(reached, np.minimum((np.where(reached, back[case], 0) - since[case]) / DAY, could), could)
    return Journey(case, reached, CaseClock(np.zeros(len(case)), stay, reached, could), 0)
