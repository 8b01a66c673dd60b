"""The steps of a log as they could be seen in a window of time: what came later had not happened yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..log.steps import Steps
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]


def whole_days(steps: Steps) -> bool:
    """Whether every moment of the log is a day without a clock time."""
    moments = (steps.entered, steps.ended, steps.left[steps.closed])
    return not any(bool((each % DAY).any()) for each in moments)


def seen_in(steps: Steps, cases: Ints, *, since: int, last: int) -> Steps:
    """The steps of some cases as they were known at the moment `last`, watched from the moment `since` on.

    cases: numbers of the cases, which are numbered anew in their order. A case that closed later is open, at `last`.
    Steps before `since` stay: they are its history, and no indicator counts what happened in them. Raises ValueError
    for a case that begins after `last`. Law: with since before its first record and last at the as-of moment nothing
    changes."""
    import numpy as np

    chosen = np.unique(cases)
    if bool((steps.entered[chosen] > last).any()):
        raise ValueError("a case begins after the window")
    number = np.full(steps.cases, -1)
    number[chosen] = np.arange(len(chosen))
    rows = np.flatnonzero((number[steps.case] >= 0) & (steps.ended <= last))
    by_row = {name: getattr(steps, name)[rows] for name in ("label", "party", "person", "started", "ended")}
    return replace(
        steps, case=number[steps.case[rows]], **by_row, entered=steps.entered[chosen],
        left=np.minimum(steps.left[chosen], last), closed=steps.closed[chosen] & (steps.left[chosen] <= last),
        as_of=last, standing=_standing(steps, number, last),
        watched=np.maximum(steps.entered[chosen], since))


def _standing(steps: Steps, number: Ints, last: int) -> dict[int, int]:
    """The stage that each case stood in at the moment: that of the first step that ends later, where it is a state;
    else what is known now, if nothing more happened."""
    import numpy as np

    rows = np.flatnonzero((number[steps.case] >= 0) & (steps.ended > last))
    case, first = np.unique(steps.case[rows], return_index=True)
    later = {int(number[c]): int(steps.label[rows[k]]) for c, k in zip(case, first, strict=True)
             if int(steps.label[rows[k]]) in steps.states}
    moved = set(case.tolist())
    now = {int(number[c]): label for c, label in steps.standing.items()
           if number[c] >= 0 and c not in moved and steps.entered[c] <= last}
    return {**now, **later}
