"""Two logs cut to the same first days of their cases, so that their paths may be compared.

A case that began last week has a short path whatever the process does: set beside a finished one it looks changed. So
both logs keep the cases that could be followed for `horizon` days, and of each case the steps of those days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.event_log import EventLog
from ..log.steps import Steps
from ..stats.case_clock import ROUND_DAYS
from ..words import current, say
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

LEAST_CASES = 20
"""Fewer cases than this in either log are not compared."""
SHARE_FOLLOWED = 0.5
"""Without a horizon asked for, the largest round one that at least this share of each log was followed for."""
LEVELS = ("activity", "stage")


@dataclass(frozen=True, eq=False)
class Paths:
    """The first days of the cases of one log. case: 0, 1, ...; label (code into `labels`) and age (days), one row a
    step, by case and in order. over: cases that closed within these days. n: cases. left_out: cases too young."""

    labels: tuple[str, ...]
    case: Ints
    label: Ints
    age: Floats
    over: Bools
    left_out: int

    @property
    def n(self) -> int:
        """How many cases."""
        return len(self.over)


@dataclass(frozen=True, eq=False)
class Pair:
    """Both logs on the same labels. horizon: days. stage: label → canonical stage or None. shared: cases of the log
    after that are in the log before too, and are counted only there. ends: "known"; "unknown" where nothing says
    which cases of either log are over; "finished_only" where a log holds no open case although some began so lately
    that slow ones would be open."""

    before: Paths
    after: Paths
    horizon: int
    stage: Mapping[str, str | None]
    shared: int
    ends: str = "known"


def pair_of(
    before: EventLog, after: EventLog, *, level: str = "activity", horizon_days: int | None = None,
) -> Pair:
    """Both logs, cut to the same first days.

    level: "activity" or "stage" (labels without a stage stay themselves). horizon_days: how many days; else the largest
    round number that half of the cases of each log could be followed for. Raises InputError for another level, for two
    logs that are the same, and where fewer than 20 cases of either could be followed."""
    steps = before.tables.steps(), after.tables.steps()
    new = _not_in(before, after)
    return pair_of_steps(steps, (before.stages, after.stages), new=new, level=level, horizon_days=horizon_days)


def pair_of_steps(
    steps: tuple[Steps, Steps], stages: tuple[Mapping[str, str | None], Mapping[str, str | None]], *,
    new: Bools | None = None, level: str = "activity", horizon_days: int | None = None,
) -> Pair:
    """The same from the steps of both. stages: activity → stage. new: which cases of the second are not in the first;
    None: all. Raises InputError as `pair_of` does."""
    import numpy as np

    if level not in LEVELS:
        raise InputError(say("engine.unknown_choice", current(), value=level),
                         fix=say("engine.one_of", current(), values=", ".join(LEVELS)))
    mine = np.ones(steps[1].cases, dtype=bool) if new is None else new
    horizon = _horizon(steps, mine, horizon_days)
    labels = tuple(sorted({label for named, part in zip(stages, steps, strict=True)
                           for label in _labels(named, part, level)}))
    stage = {**stages[1], **stages[0]}
    if level == "stage":
        stage = {**stage, **{key: key for key in stage.values() if key is not None}}
    arms = [_cut(named, part, mask, labels, level, horizon)
            for named, part, mask in zip(stages, steps, (None, mine), strict=True)]
    for arm, side in zip(arms, ("before", "after"), strict=True):
        if arm.n < LEAST_CASES:
            lang = current()
            raise InputError(
                say("differences.too_few", lang, side=say(f"compared.{side}", lang), n=arm.n, days=horizon,
                    least=LEAST_CASES, young=arm.left_out), fix=say("differences.too_few_fix", lang))
    return Pair(arms[0], arms[1], horizon, stage, int((~mine).sum()), _ends(steps, horizon))


def _labels(stages: Mapping[str, str | None], steps: Steps, level: str) -> list[str]:
    """What each activity is called at a level."""
    return [label if level == "activity" else stages.get(label) or label for label in steps.labels]


def _not_in(before: EventLog, after: EventLog) -> Bools:
    """The cases of the log after that are not in the one before. Raises InputError where none is left."""
    import numpy as np

    if before.fingerprint == after.fingerprint:
        raise InputError(say("differences.same_log", current()), fix=say("differences.same_log_fix", current()))
    known = set(before.tables.answer("case_ids").table["case_id"])
    new = np.array([case not in known for case in after.tables.answer("case_ids").table["case_id"]], dtype=bool)
    if len(new) and not new.any():
        raise InputError(say("differences.same_cases", current(), n=f"{len(new):,}"),
                         fix=say("differences.same_log_fix", current()))
    return new


def _ends(steps: tuple[Steps, Steps], horizon: int) -> str:
    if not all(part.known for part in steps):
        return "unknown"
    return "finished_only" if any(_finished_only(part, horizon) for part in steps) else "known"


def _finished_only(steps: Steps, horizon: int) -> bool:
    """No case is open although some of those kept began less long ago than a case is known to last."""
    follow_up = _follow_up(steps)
    longest = ((steps.left - steps.entered) / DAY).max(initial=0.0)
    kept = follow_up[follow_up >= horizon]
    return bool(steps.closed.all()) and bool((kept < longest).any())


def _follow_up(steps: Steps) -> Floats:
    follow_up: Floats = (steps.as_of - steps.entered) / DAY
    return follow_up


def _horizon(steps: tuple[Steps, Steps], new: Bools, asked: int | None) -> int:
    import numpy as np

    if asked is not None:
        return asked
    follow_up = _follow_up(steps[0]), _follow_up(steps[1])[new]
    for days in reversed(ROUND_DAYS):
        if all(len(part) and np.mean(part >= days) >= SHARE_FOLLOWED for part in follow_up):
            return days
    return ROUND_DAYS[0]


def _cut(
    stages: Mapping[str, str | None], steps: Steps, chosen: Bools | None, labels: tuple[str, ...], level: str,
    horizon: int,
) -> Paths:
    import numpy as np

    possible = np.ones(steps.cases, dtype=bool) if chosen is None else chosen
    kept = possible & (_follow_up(steps) >= horizon)
    number = np.cumsum(kept) - 1
    age = (steps.ended - steps.entered[steps.case]) / DAY
    rows = np.flatnonzero(kept[steps.case] & (age <= horizon))
    place = {label: code for code, label in enumerate(labels)}
    code = np.array([place[label] for label in _labels(stages, steps, level)], dtype=np.int64)
    over = steps.closed & ((steps.left - steps.entered) / DAY <= horizon)
    return Paths(labels, number[steps.case[rows]], code[steps.label[rows]], age[rows], over[kept],
                 int(possible.sum() - kept.sum()))
