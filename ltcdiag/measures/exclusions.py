"""Repeats that are part of the work: part deliveries, the next level of an approval, quotes sent together, statement
runs, renewals; and rows that a bulk update wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..log.steps import UNKNOWN, Steps, by_code, keyed
from .step_kinds import StepKinds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

DAY = 86_400_000_000
NONE = -1
TOGETHER = DAY
"""Quotes that follow each other within this, with nothing between, are options sent together."""
BULK = 5
"""The same step of this many cases at one moment was written by a machine, or by one hand for all of them."""
MOSTLY = 3
"""Somebody mostly comes second who does so more than this many times as often as first."""
FEW_DAYS = 5
"""A step comes on few days if it has fewer moments than one in this many of the days between its first and its last."""


def usual_repeats(
    steps: Steps, before: Ints, usual: frozenset[int], kinds: StepKinds, *, bulk: Bools,
) -> Bools:
    """Which rows, if they are repeats, come again as part of the work. before: row of the last time, NONE without.
    bulk: rows written for many cases at once."""
    import numpy as np

    label = steps.label
    next_to = before == np.arange(-1, len(before) - 1, dtype=np.int32)
    part = _of(label, usual | kinds.invoices) & ~_of(label, kinds.insisting)
    undone = _of(label, kinds.invoices) & _between(steps, before, kinds.undoing)
    together = next_to & _of(label, kinds.offers) & (steps.ended - steps.ended[before] <= TOGETHER)
    runs = _of(label, kinds.insisting) & bulk
    found: Bools = ((part & ~undone) | together | runs | _next_level(steps, before, kinds)
                    | (_between(steps, before, kinds.renewing) & ~_of(label, kinds.insisting)))
    return found


def in_bulk(steps: Steps) -> Bools:
    """Rows whose step many cases have at the very same moment: where most moments are a row's own, or where the step
    comes on few days only (a monthly run)."""
    import numpy as np

    bulk = np.zeros(len(steps.case), dtype=bool)
    for _, rows in by_code(steps.label):
        ended = np.sort(steps.ended[rows])
        begins = np.append(0, np.flatnonzero(ended[1:] != ended[:-1]) + 1)
        few = len(begins) * FEW_DAYS <= max((ended[-1] - ended[0]) // DAY, 1)
        if few or 2 * len(begins) >= len(rows):
            often = ended[begins[np.diff(begins, append=len(ended)) >= BULK]]
            bulk[rows] = np.isin(steps.ended[rows], often)
    return bulk


def _between(steps: Steps, before: Ints, labels: frozenset[int]) -> Bools:
    """Whether one of the labels came since the last time of each row."""
    import numpy as np

    passed = np.cumsum(_of(steps.label, labels), dtype=np.int32)
    found: Bools = (before != NONE) & (passed > passed[before])
    return found


def _next_level(steps: Steps, before: Ints, kinds: StepKinds) -> Bools:
    """Approvals that follow one of the same name, with nothing between, by somebody who mostly comes second: the next
    level. Where one pool of people does both, the second time is done again."""
    import numpy as np

    person = steps.person
    again = (before != NONE) & _of(steps.label, kinds.approvals)
    again &= before == np.arange(-1, len(before) - 1, dtype=np.int32)
    other: Bools = again & (person != UNKNOWN) & (person[before] != UNKNOWN) & (person != person[before])
    if not other.any():
        return other
    width = int(person.max()) + 1
    key = keyed(steps.label, width, np.maximum(person, 0))
    rows = _of(steps.label, kinds.approvals) & (person != UNKNOWN)
    size = len(steps.labels) * width
    if size > 50_000_000:       # too many to count one by one: nobody is taken for a level
        return np.zeros(len(before), dtype=bool)
    second = np.bincount(key[other], minlength=size)
    first = np.bincount(key[rows & ~again], minlength=size)
    found: Bools = other & (second > MOSTLY * first)[key]
    return found


def _of(label: Ints, labels: frozenset[int]) -> Bools:
    import numpy as np

    return np.isin(label, sorted(labels))
