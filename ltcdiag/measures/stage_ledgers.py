"""The ledger of stages in two logs: days per case in each stage within the same horizon, and their differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..domain.reference import ReferenceModel
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.results import StageLedgers
from ..stats.case_clock import horizon
from ..stats.differences import adjusted, welch
from ..stats.estimator import Estimate
from ..stats.intervals import amount_interval
from ..words import current, say
from .observed import Observed, by_stage, case_clock, observed_of
from .quantity import LEAST_CASES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS = ("stage", "owner", "days_before", "before_low", "before_high", "days_after", "after_low", "after_high",
           "days_difference", "difference_low", "difference_high", "p", "p_adjusted")


def stage_ledgers(
    before: EventLog, after: EventLog, model: ReferenceModel, *, horizon_days: int | None = None,
) -> StageLedgers:
    """Both ledgers with one horizon, open cases counted for what they show. Law: the days of all stages add up to the
    days open, in both logs. Raises InputError where closedness is unknown, cases are few, or the logs too young."""
    return ledgers_of(observed_pair(before, after, horizon_days=horizon_days), model)


def ledgers_of(arms: tuple[Observed, Observed], model: ReferenceModel) -> StageLedgers:
    """The same of two sides that are ready for estimation with one horizon."""
    import numpy as np
    import pandas as pd

    staged = {key for arm in arms for key in arm.stage}
    days = [_days(arm) for arm in arms]
    cells, p = [], []
    for key in sorted({*days[0], *days[1]}):
        one, other = (part.get(key) or _nothing(arm.steps.cases) for part, arm in zip(days, arms, strict=True))
        found, raw = welch(one, other)
        p.append(raw)
        cells.append((key, model.owner(key) if key in staged else None,
                      *_interval(one), *_interval(other), found.value, found.low, found.high, raw))
    rows = [(*cell, q) for cell, q in zip(cells, adjusted(np.array(p)).tolist(), strict=True)]
    rows.sort(key=lambda row: (-max(row[2], row[5]), row[0]))
    n = [arm.steps.cases for arm in arms]
    return StageLedgers(pd.DataFrame(rows, columns=list(COLUMNS)), sum(n), "", "stage", horizon=arms[0].horizon,
                        n_before=n[0])


def observed_pair(before: EventLog, after: EventLog, *, horizon_days: int | None = None) -> tuple[Observed, Observed]:
    """Both logs ready for estimation with one horizon: the one asked for, else the longest that both carry."""
    logs = before, after
    steps = [log.tables.steps() for log in logs]
    lang = current()
    for log_steps, side in zip(steps, ("before", "after"), strict=True):
        if not log_steps.known:
            raise InputError(say("differences.closing_unknown", lang), fix=say("differences.closing_unknown_fix", lang))
        if log_steps.cases < LEAST_CASES:
            raise InputError(
                say("differences.few_cases", lang, side=say(f"compared.{side}", lang), n=log_steps.cases,
                    least=LEAST_CASES), fix=say("differences.few_cases_fix", lang))
    tau = horizon_days or min((horizon(case_clock(part)) or 0 for part in steps), default=0)
    one, other = (observed_of(part, log.stages, asked=tau) for part, log in zip(steps, logs, strict=True))
    if one.timeline is None or other.timeline is None:
        raise InputError(say("differences.no_horizon", lang), fix=say("differences.no_horizon_fix", lang))
    return one, other


def _days(observed: Observed) -> Mapping[str, Estimate]:
    import numpy as np

    found = {}
    for key, codes in by_stage(observed).items():
        chosen = np.flatnonzero(np.isin(observed.spread.key, codes))
        if len(chosen):
            found[key] = observed.days(observed.spread, chosen)
    return found


def _nothing(n: int) -> Estimate:
    import numpy as np

    return Estimate(0.0, np.zeros(n))


def _interval(estimate: Estimate) -> tuple[float, float, float]:
    found = amount_interval(estimate)
    return found.value, found.low, found.high
