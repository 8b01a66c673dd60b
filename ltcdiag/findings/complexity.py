"""Complexity: how many ways, steps and approvals a case takes.

Rare ways come of themselves wherever steps are skipped, repeated or swapped now and then, so that their number alone is
no fault: it stands in the table and is never a claim. Many approvals are one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..log.conformance_results import PathMeasures
from ..measures.variety import approvals, first_times, variety
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval
from ..words import Texts, say
from ..words.numbers import bare_interval, count, time_interval
from . import claims
from .claims import both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools

MANY_APPROVALS = 4.0
"""More different approvals per case than this are many."""
COLUMNS = ("measure", "plain_value", "value", "value_low", "value_high", "of_cases")


def complexity(context: Context) -> Detected:
    """The measures of a log, and the claim that there are many approvals."""
    rows = _approving(context)
    taken = _per_case(context, rows & first_times(context.observed.steps))
    table = _table(context, taken)
    n = amount_interval(taken) if taken else None
    days = _days(context, rows)
    enough = context.observed.steps.cases >= claims.LEAST_CASES
    if n is None or not enough or n.low <= MANY_APPROVALS or days is None:
        return Detected(table, ())
    matters = amount_interval(days).low > claims.LEAST_SHARE * context.observed.days_open.value
    return Detected(table, (_claim(context, rows, n, days),) if matters else ())


def _approving(context: Context) -> Bools:
    """Which steps are approvals."""
    approving: Bools = approvals(context.observed)[context.observed.steps.label]
    return approving


def _per_case(context: Context, rows: Bools) -> Estimate | None:
    """Number per case within the horizon, open cases counted for what they show."""
    import numpy as np

    chosen = np.flatnonzero(rows)
    if not len(chosen):
        return None
    return context.observed.times(chosen)


def _days(context: Context, rows: Bools) -> Estimate | None:
    """Days per case before the approvals, first passages and repeats."""
    import numpy as np

    observed, found = context.observed, None
    for label, here in observed.spread.rows_by_key().items():
        if label >= 0 and bool(np.any(rows[observed.steps.label == label])):
            days = observed.days(observed.spread, here)
            found = days if found is None else found + days
    return found


def _table(context: Context, taken: Estimate | None) -> PathMeasures:
    import pandas as pd

    steps = context.observed.steps
    found = variety(steps)
    every = _per_case(context, first_times(steps))
    cells: list[tuple[object, ...]] = [
        ("variants", count(found.variants), None, None, None, found.cases),
        ("effective_variants", f"{found.effective:.1f}", None, None, None, found.cases),
    ]
    if found.once is not None:
        once = (100 * part for part in parts(found.once) if part is not None)
        cells.append(("once_only", None, *once, found.cases))
    for name, estimate in (("steps_per_case", every), ("approvals_per_case", taken)):
        if estimate is not None:
            cells.append((name, None, *parts(amount_interval(estimate)), steps.cases))
    table = pd.DataFrame(cells, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[2:5], float))
    return PathMeasures(table, steps.cases, "", horizon=context.observed.horizon)


def _claim(context: Context, rows: Bools, n: Interval, days: Estimate) -> Finding:
    import numpy as np

    observed, steps = context.observed, context.observed.steps
    held, chosen = amount_interval(days), np.flatnonzero(rows)
    contrast = Contrast(n.value, n.low, n.high, MANY_APPROVALS, "limit")

    def text(lang: str) -> str:
        said = say("complexity.approvals_evidence", lang, n=bare_interval(n.value, n.low, n.high, lang),
                   limit=f"{MANY_APPROVALS:.0f}", horizon=observed.horizon,
                   days=time_interval(held.value, held.low, held.high, lang),
                   share=claims.said_share_of(days, observed.days_open, lang))
        based = say("complexity.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()))
        return lines(said, based)

    return Finding(
        id="", rank=0, kind="complexity", family="complexity", ledger="none", where={"measure": "approvals_per_case"},
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(chosen), days=held,
        why_no_interval=Texts(), per_passage=None, share=None, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, steps.cases),
        title=both(lambda lang: say("complexity.approvals_title", lang, n=f"{n.value:.1f}")), evidence=both(text),
        caveat=both(lambda lang: joined(say("complexity.caveat_same_days", lang), say("findings.caveat_calendar", lang),
                                        lang=lang)),
        next_step=both(lambda lang: say("complexity.next_approvals", lang)),
        **context.worst(steps.case[chosen], observed.length_at(chosen)),
    )
