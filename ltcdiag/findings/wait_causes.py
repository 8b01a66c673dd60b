"""Why work waits, where starts and people are recorded: waits by cause, and queues and orders that are claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..log.steps import NO_TIME, UNKNOWN
from ..log.wait_results import WaitCauses
from ..measures.availability import learned
from ..measures.next_in_line import followed
from ..measures.spells import DAY
from ..measures.wait_causes import CAUSES, WaitParts, wait_parts
from ..measures.waiting import part_of_sums
from ..stats.estimator import Estimate, Points
from ..stats.intervals import Interval, amount_interval, wilson
from ..words import Texts, say
from ..words.numbers import count, percent, share_interval, time_interval
from . import claims
from .claims import both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("activity", "instances", "cases", "wait_days_total",
           *(f"share_{cause}{end}" for cause in CAUSES for end in ("", "_low", "_high")), "share_named")
LEAST_COST = 0.01
"""A queue is a claim where it costs at least this share of the days that cases are open."""
LEAST_FOLLOWED = 0.5
"""... and more than half of its long waits end when the person gets free, beyond what chance would give."""
LEAST_PART = 0.25
"""... and more than this share of the waiting has the cause."""
LEAST_BATCHED, LEAST_BATCHES = 0.5, 10
"""A batch is a claim where more than this share of the waiting is for the batch to be complete, in so many batches."""
_TITLES = {"contention": "title_contention_seen", "prioritisation": "title_prioritisation",
           "batching": "title_batch_starts"}
_FAMILY = {"contention": "complexity", "prioritisation": "rigidity", "batching": "rigidity"}
_WORDS = {"contention": "evidence_contention", "prioritisation": "evidence_order", "batching": "evidence_batch_starts"}


@dataclass(frozen=True)
class Causes:
    """Why work on one step waits (or on all): n pieces of work, their mean days of waiting, share of it by cause (they
    add up to 1). main: the largest."""

    n: int
    days: float
    shares: Mapping[str, float]

    @property
    def main(self) -> str:
        """The cause with the largest share, the first of equals."""
        return max(CAUSES, key=lambda cause: self.shares[cause])


@dataclass(frozen=True, eq=False)
class Split:
    """The waits of a log in parts; long_at, soon, chance: of the long ones, as in measures.next_in_line.Followed."""

    context: Context
    parts: WaitParts
    own_hours: int
    long_at: Ints
    soon: Bools
    chance: Floats

    @cached_property
    def label(self) -> Ints:
        """Of each wait."""
        labels: Ints = self.context.observed.steps.label[self.parts.row]
        return labels

    @cached_property
    def case(self) -> Ints:
        """Of each wait."""
        cases: Ints = self.context.observed.steps.case[self.parts.row]
        return cases

    def days(self, cause: str) -> Floats:
        """Days of each wait that have a cause."""
        days: Floats = self.parts.parts[:, CAUSES.index(cause)] / DAY
        return days


def split_of(context: Context) -> Split | None:
    """The waits of a log by cause, reckoned once; None where fewer than half of its steps have a recorded start, or
    nobody is named."""
    if "split" not in context.kept:     # it knows its context: a dictionary of weak keys would never let go of it
        context.kept["split"] = _split(context)
    split: Split | None = context.kept["split"]
    return split


def _split(context: Context) -> Split | None:
    steps, zone = context.observed.recorded or context.observed.steps, context.log.timezone
    begun = steps.started != NO_TIME
    if not begun.any() or not (steps.person[begun] != UNKNOWN).any():
        return None
    there = learned(steps, zone=zone)
    found = wait_parts(steps, there, zone=zone)
    queue = followed(steps, found, there, zone=zone)
    return Split(context, found, there.own, queue.at, queue.soon, queue.chance)


def causes_of(context: Context, label: int | None = None) -> Causes | None:
    """Why work on a step waits, by its waits with a recorded start; None where fewer than claims.LEAST_CASES are known
    or they took no time. label: None for all steps together."""
    import numpy as np

    split = split_of(context)
    if split is None:
        return None
    rows = np.arange(len(split.label)) if label is None else np.flatnonzero(split.label == label)
    sums = split.parts.parts[rows].sum(axis=0)
    if len(rows) < claims.LEAST_CASES or not sums.sum():
        return None
    shares = {cause: float(part / sums.sum()) for cause, part in zip(CAUSES, sums, strict=True)}
    return Causes(len(rows), float(sums.sum() / DAY / len(rows)), shares)


def wait_causes(context: Context) -> Detected:
    """Waits by cause, and steps whose waits are a queue or an order of work that matters."""
    split = split_of(context)
    if split is None:
        return Detected(wait_table(context), ())
    queues = [_claim(split, label, cause, cost, LEAST_PART, {"next": percent(soon.value)})
              for label, cause, cost, soon in queue_claims(split)]
    batches = [_claim(split, label, "batching", cost, LEAST_BATCHED, {"batches": count(many), "size": f"{size:.1f}"})
               for label, cost, (many, size) in batch_claims(split)]
    return Detected(wait_table(context), (*queues, *batches))


def wait_table(context: Context) -> WaitCauses:
    """Waits by cause and step; empty where the log does not say. An exact description of what was recorded, so it needs
    nobody to know which cases are over."""
    import numpy as np
    import pandas as pd

    split, steps = split_of(context), context.observed.steps
    if split is None:
        return WaitCauses(pd.DataFrame(columns=list(COLUMNS)), steps.cases, "")
    named = steps.person[split.parts.row] != UNKNOWN
    cells = [_row(split, label, np.flatnonzero(split.label == label), named) for label in np.unique(split.label)]
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    table = table.sort_values(["wait_days_total", "activity"], ascending=[False, True]).reset_index(drop=True)
    return WaitCauses(table, steps.cases, "", own_hours=split.own_hours)


def _row(split: Split, label: int, rows: Ints, named: Bools) -> tuple[object, ...]:
    import numpy as np

    steps = split.context.observed.steps
    number = np.unique(split.case[rows], return_inverse=True)[1]
    whole = np.bincount(number, split.parts.wait[rows] / DAY).astype(float)
    shares: list[float | None] = []
    for cause in CAUSES:
        part = np.bincount(number, split.days(cause)[rows], minlength=len(whole)).astype(float)
        shares += parts(part_of_sums(part, whole) if whole.any() else None)
    total = float(whole.sum())
    known = float((split.parts.wait[rows] / DAY * named[rows]).sum()) / total if total else None
    return (steps.labels[label], len(rows), len(whole), total, *shares, known)


def queue_claims(split: Split) -> list[tuple[int, str, Estimate, Interval]]:
    """Steps of ours where waits for people who do other cases matter, and are seen to be a queue: label, cause, what it
    costs per case, share of the long waits that end when the person gets free."""
    import numpy as np

    context, found = split.context, []
    if context.observed.timeline is None:
        return []
    for label in np.unique(split.label).tolist():
        soon = _soon(split, label)
        if not context.ours(label) or soon is None:
            continue
        rows = np.flatnonzero(split.label == label)
        for cause in ("contention", "prioritisation"):
            cost = _cost(split, rows, cause)
            share = _share(split, rows, cause)
            if (share.low > LEAST_PART and cost.value > 0
                    and amount_interval(cost).low > LEAST_COST * context.observed.days_open.value):
                found.append((label, cause, cost, soon))
    return found


def batch_claims(split: Split) -> list[tuple[int, Estimate, tuple[int, float]]]:
    """Steps of ours most of whose waiting is for a batch to be complete: label, what it costs per case, how many
    batches of how many pieces."""
    import numpy as np

    context, found = split.context, []
    if context.observed.timeline is None:
        return []
    for label in np.unique(split.label).tolist():
        rows = np.flatnonzero(split.label == label)
        batches, size = _batches(split, rows)
        if not context.ours(label) or batches < LEAST_BATCHES or len(np.unique(split.case[rows])) < claims.LEAST_CASES:
            continue
        cost = _cost(split, rows, "batching")
        if (_share(split, rows, "batching").low > LEAST_BATCHED
                and amount_interval(cost).low > LEAST_COST * context.observed.days_open.value):
            found.append((label, cost, (batches, size)))
    return found


def _batches(split: Split, rows: Ints) -> tuple[int, float]:
    """How often one person began several pieces at the same moment, and how many at a time."""
    import numpy as np

    steps = split.context.observed.recorded or split.context.observed.steps
    at = split.parts.row[rows]
    known = at[steps.person[at] != UNKNOWN]
    sizes = np.unique(np.stack([steps.person[known], steps.started[known]]), axis=1, return_counts=True)[1]
    several = sizes[sizes > 1]
    return len(several), float(several.mean()) if len(several) else 0.0


def _soon(split: Split, label: int) -> Interval | None:
    """Share of the long waits before a step that end when the person gets free; None where it is not clear of the limit
    or of chance."""
    import numpy as np

    here = split.label[split.long_at] == label
    cases = len(np.unique(split.case[split.long_at[here]]))
    if cases < claims.LEAST_CASES:
        return None
    share, chance = float(split.soon[here].mean()), float(split.chance[here].mean())
    found = wilson(share, (share * (1 - share) / cases) ** 0.5, cases)
    return found if found.low > LEAST_FOLLOWED + chance / 2 else None


def _cost(split: Split, rows: Ints, cause: str) -> Estimate:
    """Days of a cause per case, counted when work starts."""
    observed = split.context.observed
    case = split.case[rows]
    age = (observed.steps.started[split.parts.row[rows]] - observed.steps.entered[case]) / DAY
    return observed.watch.points(Points(case, age, split.days(cause)[rows]))


def _share(split: Split, rows: Ints, cause: str) -> Interval:
    import numpy as np

    cases = split.context.observed.steps.cases
    part, whole = (np.bincount(split.case[rows], days[rows], cases).astype(float)
                   for days in (split.days(cause), split.parts.wait / DAY))
    return part_of_sums(part, whole)


def _claim(
    split: Split, label: int, cause: str, cost: Estimate, limit: float, seen: Mapping[str, str]
) -> Finding:
    """seen: what shows the cause, as it stands in the evidence."""
    import numpy as np

    context = split.context
    observed, steps = context.observed, context.observed.steps
    rows = np.flatnonzero((split.label == label) & (split.days(cause) > 0))
    every = np.flatnonzero(split.label == label)
    share, days, stage = _share(split, every, cause), amount_interval(cost), observed.stage[label]
    contrast = Contrast(share.value, share.low, share.high, limit, "reference")

    def evidence(lang: str) -> str:
        said = say(
            f"wait_causes.{_WORDS[cause]}", lang, **seen,
            share=share_interval(share.value, share.low, share.high, lang),
            horizon=observed.horizon, days=time_interval(days.value, days.low, days.high, lang),
            whole=claims.said_share_of(cost, observed.days_open, lang))
        return lines(said, say("wait_causes.based", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                               passages=count(len(every)), on=count(len(rows))))

    return Finding(
        id="", rank=0, kind=cause, family=_FAMILY[cause], ledger="none",
        where={"activity": steps.labels[label], "target": steps.labels[label], **({"stage": stage} if stage else {})},
        n=steps.cases, open=int((~steps.closed).sum()), horizon_days=observed.horizon, events=len(rows), days=days,
        why_no_interval=Texts(), per_passage=None, share=None, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, len(np.unique(split.case[rows]))),
        title=both(lambda lang: say(f"wait_causes.{_TITLES[cause]}", lang, step=context.shown(label))),
        evidence=both(evidence), caveat=both(lambda lang: joined(
            *(say(f"wait_causes.{key}", lang) for key in ("caveat_shared_causes", "caveat_why")), lang=lang)),
        next_step=both(lambda lang: say(f"wait_causes.next_{cause}", lang, who=context.who(label, lang),
                                        step=context.shown(label))),
        **context.worst(split.case[rows], split.days(cause)[rows]),
    )
