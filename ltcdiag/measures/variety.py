"""How many ways the cases of a log take, and what the small deals take of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..domain.step_words import is_approval, says
from ..log.steps import BLOCK, Steps, keyed, whole_cases
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from .facts import SOLD
from .observed import Observed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Variety:
    """Of finished cases: how many, how many different ways, the share whose way no other case takes, and the number of
    equally common ways that would be as hard to foretell (exp of Shannon's entropy; Hill 1973, doi:10.2307/1934352)."""

    cases: int
    variants: int
    once: Interval | None
    effective: float


def variety(steps: Steps) -> Variety:
    """The ways of the finished cases; two cases take the same way where their steps are the same in the same order."""
    import numpy as np

    having = np.bincount(steps.case, minlength=steps.cases) > 0
    chosen = np.flatnonzero(steps.closed & having)
    if not len(chosen):
        return Variety(0, 0, None, 0.0)
    counts = np.unique(_ways(steps)[chosen], return_counts=True)[1]
    share, n = counts / len(chosen), len(chosen)
    once = int((counts == 1).sum())
    flags = np.where(np.arange(n) < once, 1.0, 0.0)
    return Variety(n, len(counts), share_interval(Estimate(once / n, flags - once / n)),
                   float(np.exp(-(share * np.log(share)).sum())))


def _ways(steps: Steps) -> NDArray[np.uint64]:
    """One number a case: the same for the same steps in the same order, different for others (64 bits)."""
    import numpy as np

    first = np.searchsorted(steps.case, np.arange(steps.cases))
    ways = np.zeros(steps.cases, dtype=np.uint64)
    for at in range(0, len(steps.case), BLOCK):
        case = steps.case[at:at + BLOCK]
        place = np.arange(at, at + len(case)) - first[case]
        mixed = place.astype(np.uint64) * np.uint64(len(steps.labels) + 1)
        mixed += steps.label[at:at + BLOCK].astype(np.uint64) + np.uint64(1)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):     # splitmix64, 2014
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        np.add.at(ways, case, mixed)
    return ways


def approvals(observed: Observed) -> Bools:
    """Which labels are approvals; those that say no are the outcome of one."""
    import numpy as np

    return np.array([is_approval(label) and not says(label, "refused") for label in observed.steps.labels], dtype=bool)


def first_times(steps: Steps) -> Bools:
    """Whether a step comes for the first time in its case."""
    import numpy as np

    first = np.zeros(len(steps.case), dtype=bool)
    for block in whole_cases(steps.case):
        keys = keyed(steps.case[block], len(steps.labels), steps.label[block])
        first[block.start + np.unique(keys, return_index=True)[1]] = True
    return first


@dataclass(frozen=True, eq=False)
class Walked:
    """Of finished deals that were won (of all finished cases where no step says so), one number a case: cases, steps
    and approvals (different ones), days, approval_days (from the step before each approval to its record)."""

    cases: Ints
    steps: Floats
    approvals: Floats
    days: Floats
    approval_days: Floats


def walked(observed: Observed) -> Walked:
    """What each of them went through."""
    import numpy as np

    from .spells import DAY

    steps = observed.steps
    first, approving = first_times(steps), approvals(observed)[steps.label]
    sold = np.array([stage in SOLD.keys(load_stages()) for stage in observed.stage], dtype=bool)
    won = np.bincount(steps.case, weights=sold[steps.label], minlength=steps.cases) > 0
    cases = np.flatnonzero(steps.closed & (won if won.any() else True))

    def per_case(rows: Ints, weights: Floats | None = None) -> Floats:
        return np.bincount(steps.case[rows], weights=weights, minlength=steps.cases)[cases].astype(float)

    rows = np.flatnonzero(approving)
    return Walked(cases, per_case(np.flatnonzero(first)), per_case(np.flatnonzero(first & approving)),
                  (steps.left - steps.entered)[cases] / DAY, per_case(rows, observed.length_at(rows)))


def quotient(above: Floats, below: Floats) -> Interval:
    """Mean of one group over the mean of another, with Student's interval of the logarithm (delta method). Raises
    ZeroDivisionError where a mean is zero."""
    import numpy as np
    from scipy.special import stdtrit

    means = float(above.mean()), float(below.mean())
    if not all(means):
        raise ZeroDivisionError("a mean is zero")
    error = float(np.sqrt(sum(part.var(ddof=1) / len(part) / mean**2
                              for part, mean in zip((above, below), means, strict=True))))
    reach = float(stdtrit(min(len(above), len(below)) - 1, 0.975)) * error
    value = means[0] / means[1]
    return Interval(value, float(value * np.exp(-reach)), float(value * np.exp(reach)))


def part_of_days(part: Floats, days: Floats) -> Interval:
    """Share of the days of some cases that lies in a part of them."""
    whole = float(days.mean())
    return share_interval(Estimate(float(part.mean()), part - part.mean()).over(Estimate(whole, days - whole)))
