"""How many cases are still on their way after each day, in the whole process or in a stage: open cases censored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.steps import Steps
from ..stats.case_clock import LEAST_WATCHED, CaseClock, horizon
from ..stats.curves import Curve, incidence
from ..words import current, say
from .groups import values_of
from .observed import case_clock
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

LEAST_CASES, MOST_GROUPS = LEAST_WATCHED, 5


@dataclass(frozen=True, eq=False)
class Remaining:
    """The curve of one group. name: "" for all. curve: share that has left by each day (Kaplan & Meier 1958); None
    where `n` cases are too few or too young. median, low, high: days by which half have left; None where the curve (its
    upper or lower bound) does not come to half. open: cases still on their way."""

    name: str
    n: int
    open: int
    curve: Curve | None
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Survival:
    """stage: its key, "" for the whole process. by: the column of the groups, "" for none. p: of the log-rank test
    (Mantel 1966) of two groups that were named beforehand, None where they were not. rest: groups not shown and cases
    without a value. n: cases that came there."""

    groups: tuple[Remaining, ...]
    stage: str
    by: str
    n: int
    rest: int = 0
    p: float | None = None


def survival(log: EventLog, *, stage: str = "", by: str = "", groups: Sequence[str] = ()) -> Survival:
    """Shares still on their way by day since the case began, or since its first entry into a stage.

    stage: a stage or main stage of the chain, or an activity (the stay then ends with the next different one). by: a
    column of the source, whose value at the beginning of the case counts; its five largest groups, or those named. Two
    groups named beforehand are tested; groups found in the data are not, because the test would answer for their
    choice. Raises InputError where nothing says which cases are over, nobody came to the stage, or no such group is."""
    import numpy as np

    from ..log.privacy import check_segment

    check_segment(by or None, log.privacy)
    steps = log.tables.steps()
    if not steps.known:
        raise InputError(say("pictures.closing_unknown", current()),
                         fix=say("differences.closing_unknown_fix", current()))
    case, clock = stage_clock(log, steps, stage) if stage else (np.arange(steps.cases), case_clock(steps))
    parts = _parts(log, by, groups, case) if by else {"": np.arange(len(case))}
    told = tuple(remaining(name, part_clock(clock, rows)) for name, rows in parts.items())
    shown = len(np.unique(np.concatenate([*parts.values(), np.array([], dtype=np.int64)])))
    p = None
    if len(groups) == 2 and len(parts) == 2:
        p = log_rank(*(part_clock(clock, rows) for rows in parts.values()))
    return Survival(told, stage, by, len(case), len(case) - shown, p)


def part_clock(clock: CaseClock, rows: Ints) -> CaseClock:
    """The clock of some cases."""
    return CaseClock(clock.entry[rows], clock.exit[rows], clock.closed[rows], clock.follow_up[rows])


def _parts(log: EventLog, by: str, groups: Sequence[str], case: Ints) -> Mapping[str, Ints]:
    """Group → rows of the clock; those named, else the largest."""
    import numpy as np

    rows = {value: np.flatnonzero(np.isin(case, cases)) for value, cases in values_of(log, by).items()}
    missing = [name for name in groups if name not in rows]
    if missing:
        raise InputError(say("engine.unknown_choice", current(), value=", ".join(missing)),
                         fix=say("engine.one_of", current(), values=", ".join(sorted(rows)[:20])))
    names = groups or sorted(rows, key=lambda value: (-len(rows[value]), value))[:MOST_GROUPS]
    return {name: rows[name] for name in names}


def remaining(name: str, clock: CaseClock) -> Remaining:
    """The curve of a clock up to the longest round day that enough cases could have been watched for."""
    tau = horizon(clock) if clock.n >= LEAST_CASES else None
    if tau is None:
        return Remaining(name, clock.n, clock.open, None, None, None, None)
    import numpy as np

    fine = np.linspace(0.0, tau, 201)
    days = np.unique(np.concatenate([fine, np.minimum(clock.exit[clock.closed], tau)])) if clock.n <= 400 else \
        np.unique(np.concatenate([fine, np.quantile(np.minimum(clock.exit, tau), np.linspace(0, 1, 201))]))
    curve = incidence(clock, clock.closed, tau=float(tau), days=days)
    return Remaining(name, clock.n, clock.open, curve, _half(curve, curve.share), _half(curve, curve.high),
                     _half(curve, curve.low))


def _half(curve: Curve, share: Floats) -> float | None:
    """The first day by which half have left."""
    import numpy as np

    rows = np.flatnonzero(share >= 0.5)
    return float(curve.day[rows[0]]) if len(rows) else None


def log_rank(one: CaseClock, other: CaseClock) -> float | None:
    """Chance of such a difference between two groups that do not differ; None where a group is too small, or cases
    were watched only from some age on."""
    if min(one.n, other.n) < LEAST_CASES or bool(one.entry.any() or other.entry.any()):
        return None
    if not (one.closed.any() or other.closed.any()):
        return None
    from scipy.stats import CensoredData, logrank

    both = [CensoredData(uncensored=part.exit[part.closed], right=part.exit[~part.closed]) for part in (one, other)]
    return float(logrank(*both).pvalue)


def stage_clock(log: EventLog, steps: Steps, stage: str) -> tuple[Ints, CaseClock]:
    """The first stay of each case in a stage: the case, and how long it was watched there."""
    import numpy as np

    inside = np.array([_belongs(log.stages.get(label), label, stage) for label in steps.labels], dtype=bool)
    rows = np.flatnonzero(inside[steps.label]) if len(steps.label) else np.array([], dtype=np.int64)
    if not len(rows):
        raise InputError(say("pictures.nobody_there", current(), stage=stage),
                         fix=say("engine.one_of", current(), values=", ".join(_places(log, steps)[:20])))
    case, at = np.unique(steps.case[rows], return_index=True)
    first = rows[at]
    leaving = np.flatnonzero(~inside[steps.label])
    place = np.searchsorted(leaving, first)
    after = leaving[np.minimum(place, max(0, len(leaving) - 1))] if len(leaving) else first
    moved = (place < len(leaving)) & (steps.case[after] == case)
    end = np.where(moved, steps.ended[after], steps.left[case])
    stay = (end - steps.ended[first]) / DAY
    could = np.maximum(stay, (steps.as_of - steps.ended[first]) / DAY)
    return case, CaseClock(np.zeros(len(case)), stay, moved | steps.closed[case], could)


def _belongs(key: str | None, label: str, stage: str) -> bool:
    if stage in (label, key):
        return True
    return key is not None and load_stages()[key].main_stage == stage


def _places(log: EventLog, steps: Steps) -> list[str]:
    keys = {key for label in steps.labels if (key := log.stages.get(label)) is not None}
    order = load_stages().stages
    return [key for key in order if key in keys] or sorted(steps.labels)
