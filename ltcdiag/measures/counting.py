"""How often something is done in a case, and how many cases there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet
from ..domain.stages import load_stages
from ..domain.step_words import says
from ..log.steps import keyed
from .journeys import begins_there
from .observed import Observed
from .quantity import Base, Lacking, Measured, Note, Quantity, amount, counted
from .stage_time import case_base

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.signedinteger[Any]]


def steps_per_case(observed: Observed, *, steps: StageSet | None = None, words: str = "") -> Measured:
    """Mean number per case within the horizon of the steps of some stages or with some words (Nelson's mean cumulative
    function)."""
    labels = labels_of(observed, steps, words)
    if not labels.any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    return _per_case(observed, labels[observed.steps.label], base)


def versions_per_case(observed: Observed, *, steps: StageSet) -> Measured:
    """Mean number per case within the horizon of new versions of what the steps make: a step that is done for the n-th
    time, or says itself that it revises, makes a version that is not there yet. Approvals make none, nor do double
    entries and corrections of one's own."""
    import numpy as np

    approvals = labels_of(observed, None, "approval")
    labels = labels_of(observed, steps, "") & ~approvals
    if not labels.any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    rows = np.flatnonzero(labels[observed.steps.label])
    new = np.zeros(len(observed.steps.case), dtype=bool)
    new[rows] = new_versions(observed, rows, labels_of(observed, None, "revised"))
    return _per_case(observed, new, base)


def new_versions(observed: Observed, rows: Ints, revised: Bools) -> Bools:
    """Which of the rows make a second or later version."""
    import numpy as np

    case, label = observed.steps.case[rows], observed.steps.label[rows]
    begins = np.append(True, case[1:] != case[:-1])[: len(rows)]
    order = np.lexsort((np.arange(len(rows)), label, case))
    other = (case[order][1:] != case[order][:-1]) | (label[order][1:] != label[order][:-1])
    first = np.append(True, other)[: len(rows)]
    counts = np.cumsum(first | observed.loops.again[rows[order]])
    version = np.zeros(len(rows), dtype=np.int64)
    version[order] = counts - np.maximum.accumulate(np.where(first, counts, 0)) + 1
    version += revised[label] & ~begins
    lift = keyed(case, int(version.max(initial=0)) + 1, np.zeros_like(version))
    before = np.append(-1, np.maximum.accumulate(lift + version)[:-1])[: len(rows)]
    new: Bools = (lift + version > before) & (version > 1)
    return new


def _per_case(observed: Observed, chosen: Bools, base: Base) -> Quantity:
    import numpy as np

    return amount(observed.times(np.flatnonzero(chosen)), base, method="mean_of_marks")


def cases_begun(observed: Observed, *, begins_in: StageSet) -> Measured:
    """How many cases begin in the stages."""
    import numpy as np

    if not labels_of(observed, begins_in, "").any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    case = np.flatnonzero(begins_there(observed, begins_in, surely=True))
    return counted(float(len(case)), case, int((~observed.steps.closed[case]).sum()))


def labels_of(observed: Observed, stages: StageSet | None, words: str) -> Bools:
    """Which labels have one of the stages or one of the words."""
    import numpy as np

    keys = stages.keys(load_stages(), exits=True) if stages else frozenset()
    return np.array([key in keys or (words != "" and says(label, words))
                     for key, label in zip(observed.stage, observed.steps.labels, strict=True)], dtype=bool)
