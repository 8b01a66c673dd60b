"""Loops: steps done again, and which spells of a case are rework.

A loop closes when a step comes that the case has had before; it covers the spells since that step came last. A
covered spell is rework unless its step is progress: a step that comes for the first time and belongs to the way that
cases take without going back. So first-pass time and rework time share out every day of a case, and no day of nested
loops counts twice: the loop that closes first over a spell books it, and the unbroken run of loops it lies in names
what it went back to. Two things are done again without their label coming twice: a level of dunning, and a quote or
contract that by its word is a new version. What repeats and is no rework is told in `exclusions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.steps import UNKNOWN, Steps, keyed, whole_cases, with_none
from .exclusions import in_bulk, usual_repeats
from .step_kinds import StepKinds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

MINUTE, DAY = 60_000_000, 86_400_000_000
DOUBLE_LOGGING = 5 * MINUTE
"""The same step again within this, with nothing between, is one step logged twice (or a bulk update)."""
CORRECTION = DAY
"""A loop closed within this by one and the same person is a correction of an entry."""
NONE = -1


@dataclass(frozen=True, eq=False)
class Loops:
    """One row a step of the log.

    again: the step was there before in its case and is counted as done again. closed_by: row of the step that closes
    the loop over the spell before this step, NONE where that spell is first-pass. block: number of the unbroken run of
    covered spells it lies in, NONE outside. back_to: label the run goes back to. ignored: repeats not counted, by
    reason (double_logging, correction, usual).
    """

    again: Bools
    closed_by: Ints
    block: Ints
    back_to: Ints
    ignored: dict[str, int]


def loops_of(
    steps: Steps, *, usual: frozenset[int] = frozenset(), order: Ints | None = None, kinds: StepKinds | None = None,
) -> Loops:
    """The loops of a log. usual: labels whose repetition is part of the work (calls, visits, part payments). order:
    place of each label in the chain, NONE where it has none. kinds: what the labels mean; without it nothing is taken
    for a bulk update or a level of dunning either."""
    import numpy as np

    n, width, known = len(steps.case), len(steps.labels), kinds or StepKinds()
    before = last_time(steps.case, _levels(width, known)[steps.label], width)
    bulk = np.zeros(n, dtype=bool) if kinds is None else in_bulk(steps)
    again, ignored = _counted(steps, before, usual_repeats(steps, before, usual, known, bulk=bulk), bulk)
    closed_by = np.full(n, n, dtype=np.int32)
    for part in whole_cases(steps.case):
        _close(closed_by, part.start + np.flatnonzero(again[part]), before)
    anew = _anew(steps, before, known)
    alone = np.flatnonzero(anew & (closed_by == n))
    closed_by[alone] = alone
    covered = closed_by < n
    starts = covered & ~np.append(False, covered[:-1] & (steps.case[1:] == steps.case[:-1]))[:n]
    block = np.cumsum(starts, dtype=np.int32) - np.int32(1)
    block[~covered] = NONE
    back_to = with_none(steps.label[np.flatnonzero(starts) - 1])[block]
    closed_by[~covered | (_progress(steps, before, covered, order) & ~anew)] = NONE
    return Loops(again, closed_by, block, back_to, ignored)


def _close(closed_by: Ints, rows: Ints, before: Ints) -> None:
    """Books every spell since the last time of each of the rows on the first of them that covers it."""
    import numpy as np

    length = rows - before[rows]
    at = np.repeat(before[rows] - np.append(0, np.cumsum(length))[: len(rows)], length) + 1 + np.arange(length.sum())
    np.minimum.at(closed_by, at, np.repeat(rows, length).astype(closed_by.dtype))


def last_time(case: Ints, code: Ints, width: int) -> Ints:
    """Row of the last time before each row that its case had its code, NONE where there is none."""
    import numpy as np

    before = np.full(len(case), NONE, dtype=np.int32)
    for block in whole_cases(case):
        keys = keyed(case[block], width, code[block])
        order = np.argsort(keys, kind="stable")
        same = np.flatnonzero(keys[order][1:] == keys[order][:-1])
        before[block.start + order[same + 1]] = block.start + order[same]
    return before


def _levels(width: int, kinds: StepKinds) -> Ints:
    """Which label each label repeats: itself, but for the levels of dunning, which are one and the same step."""
    import numpy as np

    same = np.arange(width, dtype=np.int32)
    same[sorted(kinds.insisting)] = min(kinds.insisting, default=0)
    return same


def _anew(steps: Steps, before: Ints, kinds: StepKinds) -> Bools:
    """First steps that by their word make a document anew which the case has already: a quote revised, a contract
    amended. Where most cases with the document have the step it is the usual way, and no rework."""
    import numpy as np

    document = np.full(len(steps.labels), NONE, dtype=np.int32)
    for label, its in kinds.documents.items():
        document[label] = its
    kind = document[steps.label]
    own = np.where(document == NONE, 2 + np.arange(len(document), dtype=np.int32), document)[steps.label]
    made = (last_time(steps.case, own, len(steps.labels) + 2) != NONE) & (kind != NONE)
    first = before == NONE
    revised = np.isin(steps.label, sorted(kinds.revised)) & first & made
    begun = np.bincount(kind[(kind != NONE) & ~made], minlength=2)      # cases that have each document
    cases = np.bincount(steps.label[revised], minlength=len(steps.labels))
    rare = 2 * cases <= np.append(begun, 0)[document]
    anew: Bools = revised & rare[steps.label]
    return anew


def _counted(steps: Steps, before: Ints, usual: Bools, bulk: Bools) -> tuple[Bools, dict[str, int]]:
    """Which repeats are done again, and why the others are not counted."""
    import numpy as np

    repeat = before != NONE
    since = steps.ended - steps.ended[before]
    next_to = before == np.arange(-1, len(before) - 1, dtype=np.int32)
    reasons = {
        "usual": usual,
        "double_logging": next_to & ((since <= DOUBLE_LOGGING) | bulk),
        "correction": (since <= CORRECTION) & _alone(steps, before),
    }
    ignored = {}
    for reason, holds in reasons.items():
        ignored[reason] = int(np.count_nonzero(repeat & holds))
        repeat = repeat & ~holds
    return repeat, ignored


def _alone(steps: Steps, before: Ints) -> Bools:
    """Whether one known person did every step since the last time of each repeat, that time included."""
    import numpy as np

    changed = np.append(True, (steps.person[1:] != steps.person[:-1]) | (steps.case[1:] != steps.case[:-1]))
    run = np.cumsum(changed[: len(before)], dtype=np.int32)
    alone: Bools = (steps.person != UNKNOWN) & (before != NONE) & (run == run[before])
    return alone


def _progress(steps: Steps, before: Ints, covered: Bools, order: Ints | None) -> Bools:
    """Steps that come for the first time and lead forward: further in the chain than the case has ever been, or of a
    kind that mostly comes outside loops, and then not below the furthest stage of the case. The second says of a
    repair step (a quote revised) that it is none."""
    import numpy as np

    first = before == NONE
    seen = np.bincount(steps.label[first], minlength=len(steps.labels))
    inside = np.bincount(steps.label[first & covered], minlength=len(steps.labels))
    forward = 2 * inside <= seen
    above, below = _against_highest(steps, order)
    progress: Bools = first & ((forward[steps.label] & ~below) | above)
    return progress


def _against_highest(steps: Steps, order: Ints | None) -> tuple[Bools, Bools]:
    """Whether a step lies further in the chain than every step of its case before it, and whether it lies below the
    furthest of them."""
    import numpy as np

    if order is None or not len(steps.case):
        return np.zeros(len(steps.case), dtype=bool), np.zeros(len(steps.case), dtype=bool)
    above, below = np.zeros(len(steps.case), dtype=bool), np.zeros(len(steps.case), dtype=bool)
    for block in whole_cases(steps.case):
        place = order[steps.label[block]]
        lift = keyed(steps.case[block], int(order.max()) + 2, np.zeros_like(place))
        here = lift + place + 1
        highest_before = np.maximum(np.append(0, np.maximum.accumulate(here)[:-1]), lift)
        above[block] = (place != NONE) & (here > highest_before)
        below[block] = (place != NONE) & (here < highest_before)
    return above, below
