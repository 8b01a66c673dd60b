"""Queues without start times: steps that take longer the more cases their person has in hand on arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from ..log.wait_results import QueueDays
from ..measures.passages import Passages, passages_of, sum_of
from ..measures.queues import Halves, Queue, halves, queue_of
from ..measures.spells import DAY
from ..stats.estimator import Estimate
from ..stats.intervals import log_ratio, mean_interval
from ..words import say
from ..words.numbers import count, time_interval
from . import claims
from .claims import both, joined, lines, parts
from .context import Context, Detected
from .decision_days import rhythmic
from .finding import Contrast, Finding
from .wait_causes import queue_claims, split_of

if TYPE_CHECKING:
    from .context import Ints

COLUMNS = ("step", "stage", "passages", "cases", "persons", "in_hand_low", "in_hand_high", "times_busy", "times_low",
           "times_high", "days_per_case", "days_low", "days_high", "p", "p_adjusted")
LEAST_RATIO = 1.2
"""A queue is a claim where the busier half takes at least this many times as long."""
LEAST_COST = 0.005
"""... and costs at least this share of the days that cases are open."""
FALSE_ALARM = 0.01
"""Chance of a false queue anywhere in a log (Holm over the steps)."""
_MONTH = 30 * DAY


@dataclass(frozen=True, eq=False)
class _Row:
    """A step, its two halves and how they differ."""

    label: int
    rows: Ints
    found: Halves
    days: Estimate
    contrast: Contrast
    p: float


def queues(context: Context) -> Detected:
    """Every step by how much was in hand, and those where it matters. A step whose days tell a rhythm or a standstill
    is no queue: what arrives while nobody decides finds many there and stays long, too."""
    passages = passages_of(context.observed)
    if not len(passages.row):
        return Detected(_table(context, passages, None, [], []), ())
    queue = queue_of(context.observed.steps, passages)
    rows = _rows(context, passages, queue)
    adjusted = holm([row.p for row in rows])
    known = {label for label, _, _, _ in queue_claims(split)} if (split := split_of(context)) is not None else set()
    spoken_for = rhythmic(context) | known
    claimed = [row for row, p in zip(rows, adjusted, strict=True) if p < FALSE_ALARM and row.label not in spoken_for
               and context.ours(row.label) and row.contrast.low > LEAST_RATIO
               and mean_interval(row.days).low > LEAST_COST * context.observed.days_open.value]
    return Detected(_table(context, passages, queue, rows, adjusted),
                    tuple(_claim(context, passages, queue, row) for row in claimed))


def _rows(context: Context, passages: Passages, queue: Queue) -> list[_Row]:
    import numpy as np

    observed, found = context.observed, []
    of_label = observed.steps.label[passages.row]
    for label in range(len(observed.steps.labels)):
        rows = np.flatnonzero(of_label == label)
        if len(np.unique(observed.steps.case[passages.row[rows]])) < 2 * claims.LEAST_CASES:
            continue
        both_halves = halves(passages, queue, rows)
        row = None if both_halves is None else _compared(context, passages, label, rows, both_halves)
        if row is not None:
            found.append(row)
    return found


def _compared(context: Context, passages: Passages, label: int, rows: Ints, found: Halves) -> _Row | None:
    import numpy as np
    from scipy.special import stdtr

    observed = context.observed
    cases = [len(np.unique(observed.steps.case[passages.row[part]])) for part in (found.busy, found.quiet)]
    busy = sum_of(observed, passages, found.busy, passages.length[found.busy])
    quiet = sum_of(observed, passages, found.quiet, passages.length[found.quiet] * found.weight)
    if min(cases) < claims.LEAST_CASES or min(busy.value, quiet.value) <= 0:
        return None
    ratio = log_ratio(busy, quiet)
    error, freedom = _error(context, ratio)
    reach = 1.96 * error if freedom < 2 else float(_quantile(freedom)) * error
    contrast = Contrast(exp(ratio.value), exp(ratio.value - reach), exp(min(ratio.value + reach, 700)), LEAST_RATIO,
                        "reference")
    p = float(stdtr(max(freedom, 1), -ratio.value / error)) if error > 0 else 1.0
    return _Row(label, rows, found, busy - quiet, contrast, p)


def _quantile(freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _error(context: Context, estimate: Estimate) -> tuple[float, int]:
    """Standard error with its degrees of freedom: over cases, or over months where whole months go together."""
    import numpy as np

    steps = context.observed.steps
    month = np.unique(steps.entered // _MONTH, return_inverse=True)[1]
    sums = np.bincount(month, estimate.influence)
    months = len(sums)
    if months < 6:
        return estimate.error, max(estimate.n - 1, 1)
    clustered = float(np.sqrt((sums**2).sum() * months / (months - 1))) / estimate.n
    return max(estimate.error, clustered), months - 1


def holm(ps: Sequence[float]) -> list[float]:
    """The same p-values so that the chance of any false one keeps its level (Holm 1979)."""
    order = sorted(range(len(ps)), key=lambda at: ps[at])
    found, highest = [1.0] * len(ps), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, ps[at] * (len(ps) - rank)))
        found[at] = highest
    return found


def _table(
    context: Context, passages: Passages, queue: Queue | None, rows: Sequence[_Row], adjusted: Sequence[float],
) -> QueueDays:
    import numpy as np
    import pandas as pd

    observed = context.observed
    cells = []
    for row, p in zip(rows, adjusted, strict=True):
        low, high = _in_hand(queue, row.found)
        days = mean_interval(row.days)
        cells.append((
            observed.steps.labels[row.label], observed.stage[row.label], len(row.found.busy) + len(row.found.quiet),
            len(np.unique(observed.steps.case[passages.row[row.rows]])), _servers(queue, row.found), low, high,
            *parts(row.contrast), days.value, days.low, days.high, row.p, p))
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    table = table.sort_values(["days_per_case", "step"], ascending=[False, True]).reset_index(drop=True)
    return QueueDays(table, observed.steps.cases, "", horizon=observed.horizon,
                     by_person=bool(queue and queue.by_person), waits=passages.waits)


def _in_hand(queue: Queue | None, found: Halves) -> tuple[float, float]:
    """Mean number of others in hand in the quieter and in the busier half."""
    import numpy as np

    if queue is None:
        return 0.0, 0.0
    return float(np.average(queue.in_hand[found.quiet], weights=found.weight)), float(queue.in_hand[found.busy].mean())


def _servers(queue: Queue | None, found: Halves) -> int:
    import numpy as np

    return 0 if queue is None else len(np.unique(queue.server[np.append(found.busy, found.quiet)]))


def _claim(context: Context, passages: Passages, queue: Queue, row: _Row) -> Finding:
    import numpy as np

    observed, steps = context.observed, context.observed.steps
    label, contrast, days = row.label, row.contrast, mean_interval(row.days)
    low, high = _in_hand(queue, row.found)
    cases, stage = steps.case[passages.row[row.found.busy]], observed.stage[label]

    def evidence(lang: str) -> str:
        said = say(
            "wait_causes.evidence_queue", lang, step=context.shown(label), limit=f"{LEAST_RATIO:g}",
            server=say(f"wait_causes.server_{'person' if queue.by_person else 'step'}", lang),
            low=f"{low:.1f}", high=f"{high:.1f}", horizon=observed.horizon,
            times=say("numbers.interval", lang, value=f"{contrast.value:.1f}", low=f"{contrast.low:.1f}",
                      high=f"{contrast.high:.1f}"),
            days=time_interval(days.value, days.low, days.high, lang),
            share=claims.said_share_of(row.days, observed.days_open, lang))
        return lines(said, say("wait_causes.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                               passages=count(len(row.rows)), on=count(len(row.found.busy))))

    keys = [*([] if passages.waits else ["caveat_degraded"]), "caveat_association", "caveat_shared_causes"]
    return Finding(
        id="", rank=0, kind="contention", family="complexity", ledger="none",
        where={"activity": steps.labels[label], "target": steps.labels[label], **({"stage": stage} if stage else {})},
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(row.found.busy),
        days=days, why_no_interval={}, per_passage=None, share=None, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, len(np.unique(cases))),
        title=both(lambda lang: say("wait_causes.title_contention", lang, step=context.shown(label))),
        evidence=both(evidence),
        caveat=both(lambda lang: joined(*(say(f"wait_causes.{key}", lang) for key in keys), lang=lang)),
        next_step=both(lambda lang: say("wait_causes.next_contention", lang, who=context.who(label, lang))),
        **context.worst(cases, np.maximum(passages.length[row.found.busy] - row.found.usual, 0.0)),
    )
