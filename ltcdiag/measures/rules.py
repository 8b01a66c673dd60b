"""Rules on a log: for each case whether it keeps a rule, breaks it, or cannot be judged yet.

A limit that has not run out is no breach: the share that is late is one less the share that answered or ended within
the limit, open cases counted for what they show (Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452; the estimator
of stats). What must stand before a step is judged when the step comes: then everything before it is known. What a case
must have at some time is judged on finished cases only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.party_words import party_kind
from ..domain.rules import Rule, chosen
from ..log.steps import UNKNOWN, Steps, first_of_each, keyed
from ..stats.case_clock import CaseClock, horizon
from ..stats.contrast import Difference, Sample, difference
from ..stats.estimator import Estimate, Points, Spans, Timeline
from ..stats.intervals import Interval, share_interval
from .observed import Observed
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

NEVER = 2**63 - 1
LEAST_ARM = 20
"""Fewer cases than this on a side are not compared."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A rule on a log. cases: numbers of those it can be judged on, `broken` and `later` one flag each (later: broken,
    and what was missing came afterwards). at: the moment (µs) from which each is counted. undecided: open cases that
    may still keep it. exempt: allowed not to. share: of those that break it. late: days per case beyond the limit, None
    where there is no limit or it is counted in working days. median: days to the answer, None where fewer than half
    answer. after: days from the step to the end, broken less kept. over: days of each case, for the list of the worst.
    """

    rule: Rule
    cases: Ints
    broken: Bools
    later: Bools
    at: Ints
    undecided: int
    exempt: int
    share: Interval | None
    late: Estimate | None
    median: Interval | None
    after: After | None
    over: Floats


@dataclass(frozen=True, eq=False)
class After:
    """days: broken less kept, within `horizon` days of the step."""

    days: Difference
    horizon: int


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a rule is judged by. step, first: which labels. clock: the steps on the clock of the rule. exempt: cases."""

    observed: Observed
    clock: Steps
    rule: Rule
    step: Bools
    first: Bools
    exempt: Bools


@dataclass(frozen=True, eq=False)
class _Verdicts:
    """cases that can be judged, broken and later, and those that cannot yet."""

    cases: Ints
    broken: Bools
    later: Bools
    at: Ints
    undecided: int


def judged(observed: Observed, rule: Rule, *, clock: Steps, exempt: Bools) -> Judged | None:
    """A rule on a log, None where the log does not record what it speaks of. clock: the steps of the log, on the
    working clock where the rule counts working days. exempt: cases that need not keep it."""
    import numpy as np

    labels, stages = observed.steps.labels, observed.stage
    step, first = (np.array([chosen(selectors, *pair) for pair in zip(labels, stages, strict=True)], dtype=bool)
                   for selectors in (rule.step, rule.first))
    unseen = np.array([code in observed.steps.unseen for code in range(len(labels))], dtype=bool)
    if not step.any() or (rule.first and not first.any()) or (first & unseen).any():
        return None
    asked = _Asked(observed, clock, rule, step, first, exempt)
    if rule.kind == "response":
        return _answered(asked)
    found = _VERDICTS[rule.kind](asked)
    return None if found is None else _counted(asked, found)


def _counted(asked: _Asked, found: _Verdicts) -> Judged:
    import numpy as np

    steps = asked.observed.steps
    n, broken = len(found.cases), int(found.broken.sum())
    share = share_interval(Estimate(broken / n, found.broken.astype(float) - broken / n)) if n else None
    over = np.maximum(steps.left[found.cases] - found.at, 0) / DAY
    return Judged(asked.rule, found.cases, found.broken, found.later, found.at, found.undecided,
                  _exempt(asked), share, None, None, _after(asked.observed, found), over)


def _exempt(asked: _Asked) -> int:
    """Cases with the step that need not keep the rule."""
    import numpy as np

    having = asked.step if asked.rule.kind != "response" else asked.first
    return int(np.count_nonzero(asked.exempt & (_earliest(asked.observed.steps, having) < NEVER)))


# ---- before, and at some time ------------------------------------------------------------------------------------


def _precedence(asked: _Asked) -> _Verdicts:
    """Judged when the step comes first; equal moments count as kept."""
    import numpy as np

    steps = asked.observed.steps
    at, needed = _earliest(steps, asked.step), _earliest(steps, asked.first)
    cases = np.flatnonzero((at < NEVER) & ~asked.exempt & _seen_from_the_start(steps))
    broken = needed[cases] > at[cases]
    return _Verdicts(cases, broken, broken & (needed[cases] < NEVER), at[cases], 0)


def _must(asked: _Asked) -> _Verdicts:
    steps = asked.observed.steps
    at, needed = _earliest(steps, asked.step), _earliest(steps, asked.first)
    having = (at < NEVER) & ~asked.exempt & _seen_from_the_start(steps)
    return _finished(steps, having, needed == NEVER, at)


def _once(asked: _Asked) -> _Verdicts:
    """Repeats that are no double entries, no corrections and no part of the work."""
    import numpy as np

    steps = asked.observed.steps
    at = _earliest(steps, asked.step)
    again = np.bincount(steps.case[asked.observed.loops.again & asked.step[steps.label]], minlength=steps.cases)
    return _finished(steps, (at < NEVER) & ~asked.exempt, again > 0, at)


def _finished(steps: Steps, having: Bools, broken: Bools, at: Ints) -> _Verdicts:
    """Judged on finished cases; the open ones that do not break it yet, or that do, are not judged."""
    import numpy as np

    cases = np.flatnonzero(having & steps.closed)
    return _Verdicts(cases, broken[cases], np.zeros(len(cases), dtype=bool), at[cases],
                     int(np.count_nonzero(having & ~steps.closed)))


# ---- by whom ---------------------------------------------------------------------------------------------------


def _role(asked: _Asked) -> _Verdicts | None:
    """Broken where all who did the step are known to stand elsewhere. None where departments or roles are not named."""
    import numpy as np

    steps = asked.observed.steps
    kinds = [party_kind(name) for name in steps.parties] if steps.by in ("department", "role") else []
    if not any(kind in asked.rule.roles for kind in kinds):
        return None
    rows = np.flatnonzero(asked.step[steps.label])
    right = np.append([kind in asked.rule.roles for kind in kinds], False)[steps.party[rows]]
    told = np.append([kind != "" for kind in kinds], False)[steps.party[rows]]
    n = steps.cases
    some, all_told = (np.bincount(steps.case[rows], weights=flag, minlength=n) for flag in (right, told))
    times = np.bincount(steps.case[rows], minlength=n)
    clear = (times > 0) & ((some > 0) | (all_told == times)) & ~asked.exempt
    return _finished(steps, clear, some == 0, _earliest(steps, asked.step))


def _two_persons(asked: _Asked) -> _Verdicts | None:
    """Broken where everybody who did the step did the first one as well. None where people are not told apart."""
    import numpy as np

    steps = asked.observed.steps
    if not (steps.person != UNKNOWN).any():
        return None
    width = int(steps.person.max()) + 2
    who = keyed(steps.case, width, steps.person) + 1
    first, rows = (np.flatnonzero(mask[steps.label]) for mask in (asked.first, asked.step))
    n = steps.cases
    same = np.bincount(steps.case[rows], weights=np.isin(who[rows], who[first]), minlength=n)
    times = np.bincount(steps.case[rows], minlength=n)
    nameless = np.zeros(n, dtype=bool)
    nameless[np.concatenate([steps.case[part][steps.person[part] == UNKNOWN] for part in (first, rows)])] = True
    both = (times > 0) & (np.bincount(steps.case[first], minlength=n) > 0) & ~nameless & ~asked.exempt
    return _finished(steps, both, same == times, _earliest(steps, asked.step))


_VERDICTS: Mapping[str, Callable[[_Asked], _Verdicts | None]] = MappingProxyType({
    "precedence": _precedence, "must": _must, "once": _once, "role": _role, "two_persons": _two_persons})


# ---- within so many days -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Answers:
    """cases with the first step: at (µs), to (days to the answer, or until the case was last watched), answered, ended
    (the case was over), clock (of these cases)."""

    cases: Ints
    at: Ints
    to: Floats
    answered: Bools
    ended: Bools
    clock: CaseClock


def _answers(asked: _Asked) -> _Answers:
    import numpy as np

    steps = asked.clock
    at, answer = _earliest(steps, asked.first), _earliest(steps, asked.step)
    cases = np.flatnonzero((at < NEVER) & ~asked.exempt)
    begun, came = at[cases], answer[cases]
    answered = came < NEVER
    end = np.where(answered, np.maximum(came, begun), np.maximum(steps.left[cases], begun))
    to: Floats = (end - begun) / DAY
    ended = answered | steps.closed[cases]
    late = np.zeros(len(cases)) if steps.watched is None else np.maximum(0, steps.watched[cases] - begun) / DAY
    follow = np.maximum(to, (steps.as_of - begun) / DAY)
    return _Answers(cases, begun, to, answered, ended, CaseClock(np.minimum(late, to), to, ended, follow))


def _answered(asked: _Asked) -> Judged:
    import numpy as np

    found, limit = _answers(asked), asked.rule.within
    over = found.to - limit
    late = over > 0 if limit else np.zeros(len(found.cases), dtype=bool)
    undecided = ~found.ended & ~late
    decided = np.flatnonzero(~undecided)
    return Judged(
        asked.rule, found.cases[decided], late[decided], (late & found.answered)[decided], found.at[decided],
        int(undecided.sum()), _exempt(asked), _share_late(found, limit) if limit else None,
        _days_late(asked, limit) if limit and asked.rule.days == "calendar" else None, _median(found), None,
        np.maximum(over, 0)[decided],
    )


def _share_late(found: _Answers, limit: int) -> Interval | None:
    """Share that neither answers nor ends within the limit; None where nobody is watched that long."""
    import numpy as np

    if not len(found.cases):
        return None
    try:
        watch = Timeline(found.clock, float(limit))
    except ValueError:
        return None
    rows = np.flatnonzero(found.ended & (found.to <= limit))
    in_time = watch.points(Points(rows, found.to[rows], np.ones(len(rows))))
    late = 1 - in_time.value
    return share_interval(Estimate(late if late > 1e-9 else 0.0, -in_time.influence))


def _days_late(asked: _Asked, limit: int) -> Estimate:
    """Days per case of the log beyond the limit, within the horizon; open cases as far as they have come."""
    import numpy as np

    observed, steps = asked.observed, asked.observed.steps
    found = _answers(_Asked(observed, steps, asked.rule, asked.step, asked.first, asked.exempt))
    begun = (found.at - steps.entered[found.cases]) / DAY
    rows = np.flatnonzero(found.to > limit)
    return observed.watch.spans(Spans(found.cases[rows], begun[rows] + limit, (begun + found.to)[rows],
                                      np.ones(len(rows))))


def _median(found: _Answers) -> Interval | None:
    """Days within which half have answered or ended, open cases counted for what they show; the interval holds the ages
    at which the share left cannot be told from a half (Brookmeyer & Crowley 1982, doi:10.2307/2530286)."""
    import numpy as np

    if not len(found.cases):
        return None
    ages, place = np.unique(found.to, return_inverse=True)
    ends = np.bincount(place[found.ended], minlength=len(ages))
    at_risk = len(found.to) - np.searchsorted(np.sort(found.to), ages)
    left = np.cumprod(1 - ends / at_risk)
    half = np.flatnonzero(left <= 0.5)
    if not len(half):
        return None
    spread = np.cumsum(np.divide(ends, at_risk * (at_risk - ends), out=np.zeros(len(ages)), where=at_risk > ends))
    near = np.flatnonzero(np.abs(left - 0.5) <= 1.96 * left * np.sqrt(spread))
    near = np.append(near, half[0])
    return Interval(float(ages[half[0]]), float(ages[near.min()]), float(ages[near.max()]))


# ---- what follows ------------------------------------------------------------------------------------------------


def _after(observed: Observed, found: _Verdicts) -> After | None:
    """Days from the step to the end of the case, broken less kept, from the moment at which it is known which of the
    two a case is; None where a side is small. An association: what breaks a rule may differ in other ways."""
    import numpy as np

    steps, arms = observed.steps, []
    for flag in (False, True):
        rows = np.flatnonzero(found.broken == flag)
        if len(rows) < LEAST_ARM:
            return None
        cases, at = found.cases[rows], found.at[rows]
        stay = np.maximum(steps.left[cases] - at, 0) / DAY
        late = np.zeros(len(cases)) if steps.watched is None else np.maximum(0, steps.watched[cases] - at) / DAY
        could = np.maximum(stay, (steps.as_of - at) / DAY)
        arms.append(CaseClock(np.minimum(late, stay), stay, steps.closed[cases], could))
    until = [days for clock in arms if (days := horizon(clock)) is not None]
    if len(until) < len(arms):
        return None
    tau = min(until)
    samples = [Sample(Timeline(clock, float(tau)).days_open(), np.zeros((clock.n, 0))) for clock in arms]
    return After(difference(samples[0], samples[1]), tau)


def _earliest(steps: Steps, labels: Bools) -> Ints:
    """The moment (µs) of the first of some steps in each case, NEVER where there is none. Of a stage that is entered
    and left: when it was entered."""
    import numpy as np

    found = np.full(steps.cases, NEVER)
    rows = np.flatnonzero(labels[steps.label])
    case, first = first_of_each(steps.case[rows])
    found[case] = _moments(steps, rows[first])
    standing = np.array([label for label in steps.standing.values() if label < len(labels)], dtype=np.int64)
    if len(standing):
        last = steps.entered.copy()
        last[steps.case] = steps.ended      # in order: the last one stays
        there = np.fromiter(steps.standing, dtype=np.int64, count=len(steps.standing))[labels[standing]]
        found[there] = np.minimum(found[there], last[there])
    return found


def _moments(steps: Steps, rows: Ints) -> Ints:
    """When some steps were done; a stage that is entered and left is entered when the step before it ended."""
    import numpy as np

    if not steps.states:
        return steps.ended[rows]
    same = (rows > 0) & (steps.case[rows] == steps.case[rows - 1])
    entered = np.where(same, steps.ended[rows - 1], steps.entered[steps.case[rows]])
    moments: Ints = np.where(np.isin(steps.label[rows], list(steps.states)), entered, steps.ended[rows])
    return moments


def _seen_from_the_start(steps: Steps) -> Bools:
    """Cases that were watched from their first record: of the others nobody knows what came before."""
    import numpy as np

    if steps.watched is None:
        return np.ones(steps.cases, dtype=bool)
    seen: Bools = steps.watched <= steps.entered
    return seen
