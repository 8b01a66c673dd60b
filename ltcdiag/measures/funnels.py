"""The funnel of the main stages: who comes there within a horizon, who goes past a stage, who comes back to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.flows import FunnelKinds
from ..log.results import Funnel
from ..log.steps import first_of_each, keyed, whole_cases
from ..stats.case_clock import horizon
from ..stats.counted import Counted
from ..stats.estimator import Points
from ..stats.intervals import share_interval
from ..words import current, say
from .observed import Observed, case_clock, observed_of
from .quantity import LEAST_CASES
from .spells import DAY, NONE
from .stage_ledgers import observed_pair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

COLUMNS = ("main_stage", "period", "share_reaching", "reaching_low", "reaching_high", "cases", "share_skipping",
           "skipping_low", "skipping_high", "share_returning", "returning_low", "returning_high")
KINDS = ("main_stage", "share_reached", "reached_low", "reached_high", "share_passing", "passing_low", "passing_high",
         "share_cohort", "cohort_low", "cohort_high", "share_returning", "returning_low", "returning_high")
Row = tuple[object, ...]


def funnel(log: EventLog, after: EventLog | None = None, *, horizon_days: int | None = None) -> Funnel:
    """The funnel of one log, or of two side by side with one horizon.

    A case reaches a main stage with its first step in it or in any later one; it skips one it goes past without a step
    of it, at that moment; it returns with its first step there after a step further on. Exits (lost, cancelled)
    and the care after the cash are no stages of the funnel. Law: shares reaching never rise along the chain.
    Raises InputError where no step belongs to a main stage, closedness is unknown, cases are few, or data too young."""
    if after is None:
        return funnel_of({None: _observed(log, horizon_days)})
    return funnel_of(dict(zip(("before", "after"), observed_pair(log, after, horizon_days=horizon_days), strict=True)))


def funnel_of(sides: Mapping[Any, Observed]) -> Funnel:
    """The same of one or two sides that are ready for estimation with one horizon. sides: period (None where there is
    one) → what was seen."""
    import pandas as pd

    arms = tuple(sides.items())
    stages = _stages([arm for _, arm in arms])
    if not stages:
        raise InputError(say("differences.no_main_stages", current()),
                         fix=say("differences.no_main_stages_fix", current()))
    rows = [row for period, arm in arms for row in _rows(arm, stages, period)]
    rows.sort(key=lambda row: stages.index(str(row[0])))
    return Funnel(pd.DataFrame(rows, columns=list(COLUMNS)), sum(arm.steps.cases for _, arm in arms), "", "main_stage",
                  horizon=arms[0][1].horizon, n_before=arms[0][1].steps.cases)


def funnel_kinds(observed: Observed) -> FunnelKinds:
    """Three funnels of one log that must not be taken for each other: who comes to a stage or beyond it, who has a step
    of the stage itself, and the first of the cases alone that could be followed for the whole horizon (a plain share).
    Returns are apart from all of them. Empty where no step belongs to a main stage."""
    import pandas as pd

    stages = _stages([observed])
    whole = _could(observed) >= observed.horizon
    rows = list(_kind_rows(observed, stages, whole))
    return FunnelKinds(pd.DataFrame(rows, columns=list(KINDS)), observed.steps.cases, "", "main_stage",
                       horizon=observed.horizon, cohort=int(whole.sum()))


def _kind_rows(observed: Observed, stages: list[str], whole: NDArray[np.bool_]) -> Iterator[Row]:
    n = int(whole.sum())
    at, case, age, high = _placed(observed, stages)
    for i, stage in enumerate(stages):
        reach = _first(case, age, at >= i, observed)
        passing = _first(case, age, at == i, observed)
        back = _first(case, age, (at == i) & (high > i), observed)
        cohort = Counted(int(whole[reach.case].sum()), n, 0.0).share
        yield (stage, *_share(observed, reach), *_share(observed, passing),
               *((cohort.value, cohort.low, cohort.high) if n >= LEAST_CASES else (None, None, None)),
               *_share(observed, back))


def _could(observed: Observed) -> Floats:
    """Days for which each case could have been followed."""
    found: Floats = (observed.steps.as_of - observed.steps.entered) / DAY
    return found


def _observed(log: EventLog, asked: int | None) -> Observed:
    lang, steps = current(), log.tables.steps()
    if not steps.known:
        raise InputError(say("differences.closing_unknown", lang), fix=say("differences.closing_unknown_fix", lang))
    if steps.cases < LEAST_CASES:
        raise InputError(say("differences.few_cases_here", lang, n=steps.cases, least=LEAST_CASES),
                         fix=say("differences.few_cases_fix", lang))
    observed = observed_of(steps, log.stages, asked=asked or horizon(case_clock(steps)))
    if observed.timeline is None:
        raise InputError(say("differences.no_horizon", lang), fix=say("differences.no_horizon_fix", lang))
    return observed


def _main_stage(key: str | None) -> str | None:
    """The main stage of a step, where it is one of the funnel."""
    chain = load_stages()
    if key is None or key not in chain or chain[key].side or chain[key].main_stage == "relationship":
        return None
    return chain[key].main_stage


def _stages(arms: list[Observed]) -> list[str]:
    """The main stages that some step of either log belongs to, in the order of the chain."""
    met = {_main_stage(key) for arm in arms for key in arm.stage}
    return [key for key in load_stages().main_stages if key in met]


def _placed(observed: Observed, stages: list[str]) -> tuple[Ints, Ints, Floats, Ints]:
    """Place, case and age of each step of the funnel, and the furthest place of its case before it."""
    import numpy as np

    place = np.array([stages.index(main) if (main := _main_stage(key)) else NONE for key in observed.stage],
                     dtype=np.int16)
    at = place[observed.steps.label]
    chosen = np.flatnonzero(at != NONE).astype(np.int32)
    at, case, age = at[chosen], observed.steps.case[chosen], observed.age_at(chosen)
    return at, case, age, _so_far(case, at)


def _rows(observed: Observed, stages: list[str], period: str | None) -> Iterator[Row]:
    at, case, age, high = _placed(observed, stages)
    for i, stage in enumerate(stages):
        first_there = _first(case, age, at == i, observed)
        past = _first(case, age, at > i, observed)
        skip = past.case[past.age < _age(first_there, past.case)]
        reach = _first(case, age, at >= i, observed)
        back = _first(case, age, (at == i) & (high > i), observed)
        shares = (_share(observed, part) for part in (reach, past.of(skip), back))
        reaching, skipping, returning = shares
        yield (stage, period, *reaching, len(first_there.case), *skipping, *returning)


class _Marks:
    """A case once, with the age at which it came there."""

    def __init__(self, case: Ints, age: Floats) -> None:
        self.case, self.age = case, age

    def of(self, cases: Ints) -> _Marks:
        import numpy as np

        chosen = np.isin(self.case, cases)
        return _Marks(self.case[chosen], self.age[chosen])


def _first(case: Ints, age: Floats, which: NDArray[np.bool_], observed: Observed) -> _Marks:
    """The first of the chosen steps of each case, within the horizon."""
    import numpy as np

    rows = np.flatnonzero(which & (age <= observed.horizon))
    found, first = first_of_each(case[rows])
    return _Marks(found, age[rows[first]])


def _age(marks: _Marks, cases: Ints) -> Floats:
    """The age of each of the cases in the marks, inf where it is in none."""
    import numpy as np

    place = np.searchsorted(marks.case, cases)
    inside = np.minimum(place, max(0, len(marks.case) - 1))
    if not len(marks.case):
        return np.full(len(cases), np.inf)
    found: Floats = np.where(marks.case[inside] == cases, marks.age[inside], np.inf)
    return found


def _so_far(case: Ints, at: Ints) -> Ints:
    """The highest place of the same case before each row; NONE at its first."""
    import numpy as np

    if not len(case):
        return at
    # running maximum inside each case: later cases start above earlier ones
    found = np.empty_like(at)
    for block in whole_cases(case):
        base = keyed(case[block], int(at.max()) + 2, np.zeros_like(at[block]))
        before = np.append(0, np.maximum.accumulate(base + at[block] + 1)[:-1])
        found[block] = np.maximum(before - base - 1, NONE)
    return found


def _share(observed: Observed, marks: _Marks) -> tuple[float, float, float]:
    import numpy as np

    found = share_interval(observed.watch.points(Points(marks.case, marks.age, np.ones(len(marks.case)))))
    return found.value, found.low, found.high
