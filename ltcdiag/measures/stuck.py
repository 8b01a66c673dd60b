"""Open cases that stand longer than four in five others did at the same place: by the curve of leaving it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .observed import Observed
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

LATE = 0.8
"""Share of the cases that have gone on by the usual time."""
LEAST_FINISHED = 20
"""Fewer finished stays than this say nothing about what is usual."""


@dataclass(frozen=True, eq=False)
class Stays:
    """One row an open case: case, label (its last step, NONE before the first), days since then, usual (days within
    which 80 % have gone on from there, nan where nobody knows), heading (the step that most likely comes next)."""

    case: Ints
    label: Ints
    heading: Ints
    days: Floats
    usual: Floats


def open_stays(observed: Observed) -> Stays:
    """Where the open cases stand, and for how long."""
    import numpy as np

    spells = observed.spells
    runs = np.flatnonzero(spells.running & ~observed.steps.closed[spells.case])
    days = (spells.end - spells.start)[runs]
    source = spells.source[runs]
    usual = np.full(len(runs), np.nan)
    for label in np.unique(source).tolist():
        usual[source == label] = usual_days(observed, label)
    return Stays(spells.case[runs], source, observed.heading[runs], days, usual)


def usual_days(observed: Observed, label: int) -> float:
    """Days after a step within which four in five cases go on (Kaplan & Meier 1958; running stays count for what they
    show); nan where fewer do as long as anybody was watched."""
    import numpy as np

    spells = observed.spells
    here = spells.source == label
    done = np.sort((spells.end - spells.start)[here & ~spells.running])
    if len(done) < LEAST_FINISHED or label == NONE:
        return float("nan")
    still = np.sort((spells.end - spells.start)[here & spells.running])
    ages, times = np.unique(done, return_counts=True)
    at_risk = len(done) - np.searchsorted(done, ages) + len(still) - np.searchsorted(still, ages)
    left = np.cumprod(1 - times / at_risk)
    late = np.flatnonzero(left <= 1 - LATE + 1e-12)
    return float(ages[late[0]]) if len(late) else float("nan")
