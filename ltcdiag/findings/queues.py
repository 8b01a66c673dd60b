"""Queues without start times: steps that take longer the more cases their person has in hand on arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, hypot
from typing import TYPE_CHECKING

from ..log.steps import distinct
from ..log.wait_results import QueueDays
from ..measures.passages import Passages, passages_of, sum_of
from ..measures.queues import Halves, Queue, halves, queue_of
from ..stats.intervals import Interval, amount_interval
from ..words import Texts, say
from ..words.numbers import count, share_interval, time_interval
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
LEAST_RATIO = 1.1
"""A queue is a claim where the busier half typically takes at least this many times as long."""
LEAST_COST = 0.005
"""... and costs at least this share of the days that cases are open, its interval clear of nothing."""
FALSE_ALARM = 0.01
"""Chance of a false queue anywhere in a log (Holm over the steps)."""


@dataclass(frozen=True, eq=False)
class _Row:
    """A step, its two halves and how they differ."""

    label: int
    rows: Ints
    found: Halves
    days: Interval
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
               and context.ours(row.label) and row.contrast.low > LEAST_RATIO and _matters(context, row.days)]
    return Detected(_table(context, passages, queue, rows, adjusted),
                    tuple(_claim(context, passages, queue, row) for row in claimed))


def _matters(context: Context, days: Interval) -> bool:
    return days.value > LEAST_COST * context.observed.days_open.value and days.low > 0


def _rows(context: Context, passages: Passages, queue: Queue) -> list[_Row]:
    import numpy as np

    observed, found = context.observed, []
    of_label = observed.steps.label[passages.row]
    for label in range(len(observed.steps.labels)):
        rows = np.flatnonzero(of_label == label)
        if len(distinct(observed.steps.case[passages.row[rows]])) < 2 * claims.LEAST_CASES:
            continue
        both_halves = halves(passages, queue, rows)
        row = None if both_halves is None else _compared(context, passages, label, rows, both_halves)
        if row is not None:
            found.append(row)
    return found


def _compared(context: Context, passages: Passages, label: int, rows: Ints, found: Halves) -> _Row | None:
    from scipy.special import stdtr, stdtrit

    observed = context.observed
    cases = [len(distinct(observed.steps.case[passages.row[part]])) for part in (found.busy, found.quiet)]
    usual = sum_of(observed, passages, found.busy, found.usual)
    if min(cases) < claims.LEAST_CASES or usual.value <= 0:
        return None
    reach = float(stdtrit(found.freedom, 0.975)) * found.error
    contrast = Contrast(exp(found.ratio), exp(found.ratio - reach), exp(min(found.ratio + reach, 700)), LEAST_RATIO,
                        "reference")
    p = float(stdtr(found.freedom, -found.ratio / found.error)) if found.error > 0 else 1.0
    return _Row(label, rows, found, _more(amount_interval(usual), contrast), contrast, p)


def _more(usual: Interval, times: Contrast) -> Interval:
    """What the busier half takes more: what is usual for it times the excess of the typical length, both uncertain."""
    excess = times.value - 1
    reach = [hypot((end - usual.value) * excess, usual.value * (other - times.value))
             for end, other in ((usual.low, times.low), (usual.high, times.high))]
    return Interval(usual.value * excess, usual.value * excess - reach[0], usual.value * excess + reach[1])


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
    import pandas as pd

    observed = context.observed
    cells = []
    for row, p in zip(rows, adjusted, strict=True):
        low, high = _in_hand(queue, row.found)
        days = row.days
        cells.append((
            observed.steps.labels[row.label], observed.stage[row.label], len(row.found.busy) + len(row.found.quiet),
            len(distinct(observed.steps.case[passages.row[row.rows]])), _servers(queue, row.found), low, high,
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
    label, contrast, days = row.label, row.contrast, row.days
    low, high = _in_hand(queue, row.found)
    whole = observed.days_open.value
    cases, stage = steps.case[passages.row[row.found.busy]], observed.stage[label]

    def evidence(lang: str) -> str:
        said = say(
            "wait_causes.evidence_queue", lang, step=context.shown(label), limit=f"{LEAST_RATIO:g}",
            server=say(f"wait_causes.server_{'person' if queue.by_person else 'step'}", lang),
            low=f"{low:.1f}", high=f"{high:.1f}", horizon=observed.horizon,
            times=say("numbers.interval", lang, value=f"{contrast.value:.1f}", low=f"{contrast.low:.1f}",
                      high=f"{contrast.high:.1f}"),
            days=time_interval(days.value, days.low, days.high, lang),
            share=share_interval(days.value / whole, days.low / whole, days.high / whole, lang))
        return lines(said, say("wait_causes.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                               passages=count(len(row.rows)), on=count(len(row.found.busy))))

    keys = [*([] if passages.waits else ["caveat_degraded"]), "caveat_association", "caveat_shared_causes"]
    return Finding(
        id="", rank=0, kind="contention", family="complexity", ledger="none",
        where={"activity": steps.labels[label], "target": steps.labels[label], **({"stage": stage} if stage else {})},
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(row.found.busy),
        days=days, why_no_interval=Texts(), per_passage=None, share=None, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, len(np.unique(cases))),
        title=both(lambda lang: say("wait_causes.title_contention", lang, step=context.shown(label))),
        evidence=both(evidence),
        caveat=both(lambda lang: joined(*(say(f"wait_causes.{key}", lang) for key in keys), lang=lang)),
        next_step=both(lambda lang: say("wait_causes.next_contention", lang, who=context.who(label, lang))),
        **context.worst(cases, np.maximum(passages.length_at(row.found.busy) - row.found.usual, 0.0)),
    )
