"""Detours: side ways that few cases take and that cost them much, against cases that go straight on from the same step
to the same step.

A claim where, corrected for all side ways of the log (Benjamini & Hochberg 1995), the side way takes clearly more than
twice as long, and clearly longer by more than a tenth of what a case takes in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.conformance_results import Detours
from ..measures.detours import RARE, Detour, detours_of
from ..stats.contrast import false_discoveries
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval
from ..words import Texts, say
from ..words.numbers import count, days_interval, percent, time_interval
from ..words.numbers import share_interval as said_share
from . import claims
from .claims import both, joined, lines, parts
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Floats

LEAST_TIMES = 2.0
"""A side way is a claim where it takes at least this many times as long as the straight one."""
LEAST_EXTRA = 0.1
"""... and longer by at least this share of the days that cases are open."""
ERROR = 0.025
COLUMNS = ("detour", "source", "target", "steps", "cases", "share_of_cases", "share_low", "share_high", "days_via",
           "via_low", "via_high", "days_direct", "direct_low", "direct_high", "times_direct", "times_low", "times_high",
           "extra_days", "extra_low", "extra_high", "p_adjusted")


def detours(context: Context) -> Detected:
    """The side ways of a log and those that are claims; of side ways that share a step, the one with most days."""
    found = detours_of(context.observed, least=LEAST_TIMES)
    adjusted = false_discoveries([each.p for each in found])
    rows = sorted(zip(found, adjusted, strict=True), key=lambda pair: (-_in_all(pair[0]), pair[0].through,
                                                                       pair[0].source, pair[0].target))
    claimed: dict[int, Detour] = {}
    for each, p in rows:
        if _is_claim(context, each, p):
            claimed.setdefault(each.through[0], each)
    return Detected(_table(context, rows), tuple(_claim(context, each) for each in claimed.values()))


def _in_all(detour: Detour) -> float:
    return detour.more.value * len(detour.cases)


def _is_claim(context: Context, detour: Detour, p: float) -> bool:
    ours = all(context.ours(label) for label in detour.through)
    long = detour.more.low > LEAST_EXTRA * context.observed.days_open.value
    return ours and long and p <= ERROR and detour.times.low > LEAST_TIMES


def _table(context: Context, rows: Sequence[tuple[Detour, float]]) -> Detours:
    import pandas as pd

    labels = context.observed.steps.labels
    cells = [
        (labels[each.through[0]], labels[each.source], labels[each.target], len(each.through), len(each.cases),
         *parts(each.share), *parts(_mean(each.days)), *parts(_mean(each.direct)), *parts(each.times), each.more.value,
         each.more.low, each.more.high, "<0.001" if p < 0.001 else f"{p:.3f}")
        for each, p in rows
    ]
    return Detours(pd.DataFrame(cells, columns=list(COLUMNS)), context.observed.steps.cases, "")


def _mean(days: Floats) -> Interval:
    return amount_interval(Estimate(float(days.mean()), days - days.mean()))


def _told(days: Floats, lang: str) -> str:
    mean = _mean(days)
    return time_interval(mean.value, mean.low, mean.high, lang)


def _days(context: Context, detour: Detour) -> Estimate | None:
    """Days per case before the steps of the side way, open cases counted for what they show."""
    observed, found = context.observed, None
    rows = observed.spread.rows_by_key()
    for label in detour.through:
        if label in rows:
            days = observed.days(observed.spread, rows[label])
            found = days if found is None else found + days
    return found


def _claim(context: Context, detour: Detour) -> Finding:
    observed, steps, labels = context.observed, context.observed.steps, context.observed.steps.labels
    contrast = Contrast(detour.times.value, detour.times.low, detour.times.high, LEAST_TIMES, "other_steps")
    days = _days(context, detour)
    stage = observed.stage[detour.through[0]]
    where = {"activity": labels[detour.through[0]], "source": labels[detour.source], "target": labels[detour.target]}
    return Finding(
        id="", rank=0, kind="complexity", family="complexity", ledger="none",
        where=where | ({"stage": stage} if stage else {}), n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=observed.horizon, events=len(detour.cases), days=amount_interval(days) if days else None,
        why_no_interval=Texts() if days else both(lambda lang: say("findings.no_interval_count", lang)),
        per_passage=None, share=detour.share, contrast=contrast, first_share=None,
        confidence=claims.confidence(contrast, len(detour.cases)),
        title=both(lambda lang: say("complexity.detour_title", lang, step=context.shown(detour.through[0]))),
        evidence=_evidence(context, detour),
        caveat=both(lambda lang: joined(*(say(f"complexity.{key}", lang) for key in (
            "caveat_detour", "caveat_tested", "caveat_same_days")), say("findings.caveat_calendar", lang), lang=lang)),
        next_step=both(lambda lang: say("complexity.next_detour", lang, step=context.shown(detour.through[0]),
                                        who=context.who(detour.through[0], lang))),
        **context.worst(detour.cases, detour.days),
    )


def _evidence(context: Context, detour: Detour) -> Texts:
    way = " → ".join(context.shown(label) for label in detour.through)

    def text(lang: str) -> str:
        times, more = detour.times, detour.more
        told = say("numbers.interval", lang, value=f"{times.value:.1f}", low=f"{times.low:.1f}",
                   high=f"{times.high:.1f}")
        said = say("complexity.detour_evidence", lang, source=context.shown(detour.source), way=way,
                   target=context.shown(detour.target), rare=percent(RARE),
                   share=said_share(detour.share.value, detour.share.low, detour.share.high, lang),
                   via=_told(detour.days, lang), direct=_told(detour.direct, lang), times=told,
                   more=days_interval(more.value, more.low, more.high, lang))
        based = say("complexity.detour_based", lang, via=count(len(detour.cases)), direct=count(len(detour.direct)))
        days = _days(context, detour)
        if days is None:
            return lines(said, based)
        held = amount_interval(days)
        return lines(said, say("complexity.detour_days", lang, horizon=context.observed.horizon,
                               days=time_interval(held.value, held.low, held.high, lang),
                               share=claims.said_share_of(days, context.observed.days_open, lang)), based)

    return both(text)
