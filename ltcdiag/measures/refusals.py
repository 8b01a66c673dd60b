"""Approvals and how often they say no: refused, sent back, or led out of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..domain.step_words import says
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from .observed import Observed
from .variety import approvals

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Approval:
    """label: of the approval. rows: its decisions, those after which nothing has happened yet left out. refused: how
    many of them were a no. share: of the decisions."""

    label: int
    rows: Ints
    refused: int
    share: Interval


def approvals_of(observed: Observed) -> list[Approval]:
    """Every approval of a log. A no is what can be seen of one: a step that says so right before or after it, a step
    done again or revised right after it, or a way out of the chain right after it. Every doubt counts as a no; the same
    approval twice in a row is one decision, the later one."""
    import numpy as np

    steps = observed.steps
    labels = np.flatnonzero(approvals(observed))
    no_before, no_after = _no(observed)
    follows = np.append(steps.case[1:] == steps.case[:-1], False)[: len(steps.case)]
    once_more = np.append(steps.label[1:] == steps.label[:-1], False)[: len(steps.case)] & follows
    decided = (follows | steps.closed[steps.case]) & ~once_more
    found = []
    for label in labels.tolist():
        rows = np.flatnonzero((steps.label == label) & decided)
        if len(rows):
            refused = no_before[rows] | no_after[rows]
            share = float(refused.mean())
            found.append(Approval(label, rows, int(refused.sum()), share_interval(
                Estimate(share, refused.astype(float) - share))))
    return found


def _no(observed: Observed) -> tuple[Bools, Bools]:
    """Whether the step before, and the step after, says no."""
    import numpy as np

    steps, n = observed.steps, len(observed.steps.case)
    refusing = np.array([says(label, "refused") for label in steps.labels], dtype=bool)[steps.label]
    turning = np.array([says(label, "revised") for label in steps.labels], dtype=bool)[steps.label]
    out = np.array([key is not None and load_stages()[key].side for key in observed.stage], dtype=bool)[steps.label]
    back = observed.loops.again | observed.rework
    same = (steps.case[1:] == steps.case[:-1])
    before = np.append(False, refusing[:-1] & same)[:n]
    after = np.append((refusing | turning | out | back)[1:] & same, False)[:n]
    return before, after


def says_no_somewhere(observed: Observed, every: list[Approval], *, above: float) -> bool:
    """Whether this log records refusals at all: a step that says so, or an approval that clearly has them."""
    steps = observed.steps
    named = [code for code, label in enumerate(steps.labels) if says(label, "refused")]
    return bool(named) or any(each.share.low > above for each in every)
