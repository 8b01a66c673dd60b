"""Whether a case shows the new way, and from which moment on that is known.

A case counts at the moment at which the step it should have been at is behind it: before, it may still show the new
way, and is no refusal. Where a step stands in a case is learned from the log: the steps that come after it in nearly
every case that has both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..measures.observed import Observed
from ..measures.spells import DAY, NONE
from .plan import Sign

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

AFTER = 0.95
"""Share of the cases with both steps in which the other one comes after: then who is there has passed."""
LEAST_BOTH = 5
_NEVER = 2**62


@dataclass(frozen=True, eq=False)
class Decided:
    """One row a case that counts: its number, since when it could be shown (µs), when it was decided (µs), whether it
    shows the new way, and a party (NONE where nobody is named): who did the step, or, where the question is whether it
    is done at all, who did the one before the decision; the same for those that show it and those that do not.
    waiting: numbers of the cases that may still show it."""

    case: Ints
    begun: Ints
    at: Ints
    shows: Bools
    party: Ints
    waiting: Ints


def decided(observed: Observed, sign: Sign, *, change: int | None = None) -> Decided | str:
    """The decided cases; or why there are none: "no_activity" where the log does not have the step, "no_other" where it
    does not have the one it is held against. change: its moment (µs); a step that is done only since then is part of
    the new way, so that days are counted from the step before it."""
    labels = {label: code for code, label in enumerate(observed.steps.labels)}
    if sign.activity not in labels:
        return "no_activity"
    if sign.kind == "before" and sign.other not in labels:
        return "no_other"
    code = labels[sign.activity]
    if sign.kind == "within":
        return _within(observed, code, float(sign.days or 0), change)
    if sign.kind == "before":
        return _before(observed, code, labels[sign.other])
    return _passed(observed, code, sign.kind, labels.get(sign.other))


def _rows(observed: Observed, labels: Bools) -> Ints:
    """The first row of each case whose label is among them, as one number a case (NONE where there is none)."""
    import numpy as np

    steps = observed.steps
    found = np.full(steps.cases, NONE)
    rows = np.flatnonzero(labels[steps.label])[::-1]
    found[steps.case[rows]] = rows      # the first one is written last
    return found


def _only(observed: Observed, code: int) -> Bools:
    import numpy as np

    only: Bools = np.arange(len(observed.steps.labels)) == code
    return only


def _before(observed: Observed, code: int, other: int) -> Decided:
    """At the first of the other step: was ours done before?"""
    import numpy as np

    steps = observed.steps
    ours, theirs = _rows(observed, _only(observed, code)), _rows(observed, _only(observed, other))
    case = np.flatnonzero(theirs != NONE)
    at = theirs[case]
    waiting = np.flatnonzero((ours != NONE) & (theirs == NONE) & ~steps.closed)
    return Decided(case, steps.entered[case], steps.ended[at], (ours[case] != NONE) & (ours[case] < at),
                   _party_before(observed, np.where((ours[case] != NONE) & (ours[case] < at), ours[case], at)), waiting)


def _within(observed: Observed, code: int, days: float, change: int | None) -> Decided:
    """The first time the step is due: done within so many days after the one before it, or not by then.

    A wait that still runs belongs to the step that most cases in its place go to next."""
    import numpy as np

    steps, spells = observed.steps, observed.spells
    ends_there = np.where(spells.running, observed.heading, spells.target) == code
    ends_there &= ~(spells.running & steps.closed[spells.case])     # who closed without it was never asked
    rows = np.flatnonzero(ends_there)
    case, first = np.unique(spells.case[rows], return_index=True)
    rows = rows[first]
    end = steps.entered[case] + np.round(spells.end[rows] * DAY).astype(np.int64)
    begun = _since(observed, np.where(spells.running[rows], len(steps.case), spells.step[rows]), case, change)
    limit = begun + np.int64(round(days * DAY))
    shows = ~spells.running[rows] & (end <= limit)
    kept = shows | (limit < end)
    usual = steps.party[(steps.label == code) & (steps.party != NONE)]
    doer = int(np.bincount(usual).argmax()) if len(usual) else NONE
    party = np.where(spells.running[rows], doer, np.append(steps.party, NONE)[spells.step[rows]])
    return Decided(case[kept], begun[kept], np.where(shows, end, limit)[kept], shows[kept], party[kept], case[~kept])


def _since(observed: Observed, rows: Ints, case: Ints, change: int | None) -> Ints:
    """When the step before each row of a case ended (behind the last row: its last step), steps that are done only
    since the change left out; its beginning where there is none."""
    import numpy as np

    steps = observed.steps
    first = np.full(len(steps.labels), _NEVER)
    np.minimum.at(first, steps.label, steps.ended)
    old = first < change if change is not None else np.ones(len(first), dtype=bool)
    places = np.where(old[steps.label] if len(first) else False, np.arange(len(steps.case)), NONE)
    before = np.append(NONE, np.maximum.accumulate(places))
    found = before[np.minimum(rows, np.searchsorted(steps.case, case, side="right"))]
    inside = (found != NONE) & (np.append(steps.case, NONE)[found] == case)
    begun: Ints = np.where(inside, np.append(steps.ended, 0)[found], steps.entered[case])
    return begun


def _last_rows(observed: Observed) -> Ints:
    """The last step of each case, NONE where it has none."""
    import numpy as np

    last = np.full(observed.steps.cases, NONE)
    last[observed.steps.case] = np.arange(len(observed.steps.case))
    return last


def _passed(observed: Observed, code: int, kind: str, other: int | None) -> Decided:
    """has, lacks, once: looked at when the case has passed the place of the step."""
    import numpy as np

    steps = observed.steps
    done = _rows(observed, _only(observed, code))
    again = _again(observed, code)
    later = _only(observed, other) if other is not None else _later(observed, code, last=kind == "once")
    passing = _rows(observed, later) if kind != "once" else _rows_after(observed, later, done)
    moment = np.append(steps.ended, _NEVER)
    # a case that is over has passed where it did the step before, or where nobody knows a place that comes after
    over = np.where(steps.closed & ((kind == "once") | ~later.any()), steps.left, _NEVER)
    passing = np.where((passing == NONE) & (over < _NEVER), _last_rows(observed), passing)
    passed, did, twice = (np.where(rows == NONE, _NEVER, moment[rows]) for rows in (passing, done, again))
    if kind == "once":
        asked, shows, at = done != NONE, twice > passed, np.minimum(twice, passed)
        party = np.where(done == NONE, NONE, np.append(steps.party, NONE)[done])
    else:
        has = (did <= passed) & (done != NONE)
        asked, at = np.ones(steps.cases, dtype=bool), np.minimum(did, passed)
        shows = has if kind == "has" else ~has
        party = _party_before(observed, np.where(has, done, passing))
    kept = np.flatnonzero(asked & (at < _NEVER))
    begun = steps.entered if kind != "once" else np.where(done == NONE, steps.entered, moment[done])
    waiting = np.flatnonzero(asked & (at == _NEVER) & ~steps.closed)
    return Decided(kept, begun[kept], at[kept], shows[kept], party[kept], waiting)


def _party_before(observed: Observed, rows: Ints) -> Ints:
    """The party of the step before each row in its case; NONE where there is none."""
    import numpy as np

    steps = observed.steps
    before = np.maximum(rows - 1, 0)
    inside = (rows > 0) & (np.append(steps.case, NONE)[rows] == np.append(steps.case, NONE)[before])
    return np.where(inside, np.append(steps.party, NONE)[before], NONE)


def _again(observed: Observed, code: int) -> Ints:
    """The row of the second time that each case does the step, NONE where there is none."""
    import numpy as np

    steps = observed.steps
    rows = np.flatnonzero(steps.label == code)
    found = np.full(steps.cases, NONE)
    second = np.flatnonzero(steps.case[rows][1:] == steps.case[rows][:-1])[::-1] + 1 if len(rows) > 1 else rows[:0]
    found[steps.case[rows[second]]] = rows[second]
    return found


def _rows_after(observed: Observed, labels: Bools, since: Ints) -> Ints:
    """The first row of the labels after a row of the case."""
    import numpy as np

    steps = observed.steps
    rows = np.flatnonzero(labels[steps.label])
    rows = rows[(since[steps.case[rows]] != NONE) & (rows > since[steps.case[rows]])][::-1]
    found = np.full(steps.cases, NONE)
    found[steps.case[rows]] = rows
    return found


def _later(observed: Observed, code: int, *, last: bool) -> Bools:
    """Labels whose first time comes after our step in AFTER of the cases that have both. last: after its last time, so
    that a step that is redone has not been passed before."""
    import numpy as np

    steps = observed.steps
    ours = np.full(steps.cases, NONE)
    rows = np.flatnonzero(steps.label == code)
    rows = rows if last else rows[::-1]
    ours[steps.case[rows]] = rows       # the last one written is the last or the first time
    found = np.zeros(len(steps.labels), dtype=bool)
    for label in range(len(steps.labels)):
        theirs = _rows(observed, _only(observed, label))
        both = (ours != NONE) & (theirs != NONE)
        if label != code and int(both.sum()) >= LEAST_BOTH:
            found[label] = float((theirs[both] > ours[both]).mean()) >= AFTER
    return found
