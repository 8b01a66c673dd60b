"""The ledger of stages: where the days of an average case lie, each with its interval; no blame, no claim."""

from __future__ import annotations

from ..log.results import StageDays, StepSums
from ..log.steps import distinct, first_of_each
from ..measures.observed import by_stage
from ..stats.intervals import amount_interval, first_shares
from . import claims
from .context import Context

COLUMNS = ("stage", "owner", "cases", "standing", "days_per_case", "days_low", "days_high", "share_of_days",
           "share_low", "share_high", "first_share")
SUMS = ("step", "stage", "passages", "cases", "gap_days_total", "share_of_days", "gap_days_median")


def stage_days(context: Context) -> StageDays:
    """Days per case in each stage within the horizon. Law: they add up to the days open."""
    import numpy as np
    import pandas as pd

    observed = context.observed
    steps, spread = observed.steps, observed.spread
    estimates, cells = [], []
    for key, codes in by_stage(observed).items():
        chosen = np.flatnonzero(np.isin(spread.key, codes))
        if not len(chosen):
            continue
        days = observed.days(spread, chosen)
        found = amount_interval(days)
        estimates.append(days)
        cells.append((key, context.owner(codes[0]), len(first_of_each(steps.case[np.isin(steps.label, codes)])[0]),
                      int(np.isin(observed.heading, codes).sum()), found.value, found.low, found.high,
                      *claims.parts(claims.share_of(days, observed.days_open))))
    rows = [(*cell, share) for cell, share in zip(cells, first_shares(estimates), strict=True)]
    table = pd.DataFrame(sorted(rows, key=lambda row: (-row[4], row[0])), columns=list(COLUMNS))
    return StageDays(table, steps.cases, "", horizon=observed.horizon)


def step_sums(context: Context) -> StepSums:
    """The recorded days before each step, where nothing can be estimated: a description of what is finished."""
    import numpy as np
    import pandas as pd

    observed = context.observed
    steps = observed.steps
    total = float(observed.length_at(np.arange(len(steps.case))).sum()) or 1.0
    cells = []
    for code, label in enumerate(steps.labels):
        rows = np.flatnonzero(steps.label == code)
        if len(rows):
            days = observed.length_at(rows)
            cells.append((label, observed.stage[code], len(rows), len(distinct(steps.case[rows])), float(days.sum()),
                          float(days.sum()) / total, float(np.median(days))))
    table = pd.DataFrame(sorted(cells, key=lambda row: (-row[4], row[0])), columns=list(SUMS))
    return StepSums(table, steps.cases, "")
