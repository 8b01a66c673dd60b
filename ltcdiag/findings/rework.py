"""Rework: steps that cases go back to, how often, through what, and the days it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.stages import load_stages
from ..domain.step_words import is_approval
from ..log.results import ReworkDays
from ..measures.spells import NONE
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, amount_interval, share_interval
from ..words import say
from ..words.numbers import count, percent, time_interval
from ..words.numbers import share_interval as said_share
from . import claims
from .claims import both, joined, lines
from .context import Context, Detected
from .finding import Contrast, Finding, Texts

if TYPE_CHECKING:
    from .context import Ints

COLUMNS = ("step", "rework_type", "through", "cases", "cases_returning", "loops", "share_returning", "share_low",
           "share_high", "days_per_case", "days_low", "days_high")


@dataclass(frozen=True, eq=False)
class _Row:
    """One step gone back to. rows: the steps that end its spells of rework. share: of the cases that come to it."""

    label: int
    through: int
    rework_type: str
    rows: Ints
    cases: int
    returning: int
    loops: int
    share: Interval
    days: Interval
    share_of_days: Interval


def rework(context: Context) -> Detected:
    """The loops of a log, by the step they go back to. Law: their days and the first-pass days make the days open."""
    rows = sorted(_rows(context), key=lambda row: (-row.days.value, row.label))
    claimed = tuple(_claim(context, row) for row in rows if _is_claim(context, row))
    return Detected(_table(context, rows), claimed)


def _is_claim(context: Context, row: _Row) -> bool:
    matters = row.days.low > claims.LEAST_REWORK * context.observed.days_open.value
    return matters and row.cases >= claims.LEAST_CASES and row.share.low > claims.LOOP_SHARE


def _rows(context: Context) -> list[_Row]:
    import numpy as np

    observed = context.observed
    loops, steps = observed.loops, observed.steps
    found = []
    for label in np.unique(loops.back_to[observed.rework]).tolist():
        here = observed.rework & (loops.back_to == label)
        rows = np.flatnonzero(here)
        through, days = _through(steps.label[rows], label), observed.rework_days(here)
        found.append(_Row(
            label, through, _type(context, label, through, rows), rows,
            cases=len(np.unique(steps.case[steps.label == label])), returning=len(np.unique(steps.case[rows])),
            loops=int((loops.again & (steps.label == label) & (loops.back_to == label)).sum()),
            share=share_interval(_share(context, label, rows)),
            days=amount_interval(days), share_of_days=claims.share_of(days, observed.days_open),
        ))
    return found


def _through(labels: Ints, back_to: int) -> int:
    """The step most often met on the way back, NONE where there is nothing between."""
    import numpy as np

    others = labels[labels != back_to]
    return int(np.bincount(others).argmax()) if len(others) else NONE


def _share(context: Context, label: int, rows: Ints) -> Estimate:
    """Share of the cases that come to a step within the horizon that close a loop back to it within the horizon."""
    import numpy as np

    from ..stats.estimator import Points

    observed = context.observed
    case, closing = observed.steps.case[rows], observed.ended_age[observed.loops.closed_by[rows]]
    order = np.lexsort((closing, case))
    looping, first = np.unique(case[order], return_index=True)
    looped = observed.watch.points(Points(looping, closing[order][first], np.ones(len(looping))))
    return looped.over(observed.reached(observed.steps.label == label))


def _type(context: Context, label: int, through: int, rows: Ints) -> str:
    """The kind of rework, the most telling first."""
    stages, chain = context.observed.stage, load_stages()
    stage, between = stages[label], stages[through] if through != NONE else None
    if through == NONE:
        return "self_loop"
    if any(key is not None and chain[key].closes for key in (stage, between)):
        return "reopened"
    if stage == "proposal":
        return "re_quote"
    if stage is not None and between is not None and chain[between].order > chain[stage].order:
        return "back_step"
    if is_approval(context.observed.steps.labels[label]):
        return "repeated_approval"
    return "ping_pong" if _alternates(context, rows) else "repeat"


def _alternates(context: Context, rows: Ints) -> bool:
    """Whether most of the steps of the loops change hands."""
    party = context.observed.steps.party
    known = (party[rows] != NONE) & (party[rows - 1] != NONE)
    return bool(known.any()) and float((party[rows] != party[rows - 1])[known].mean()) > 0.5


def _table(context: Context, rows: Sequence[_Row]) -> ReworkDays:
    import pandas as pd

    labels = context.observed.steps.labels
    cells = [
        (labels[row.label], row.rework_type,
         labels[row.through] if row.through != NONE else None, row.cases, row.returning, row.loops,
         row.share.value, row.share.low, row.share.high, row.days.value, row.days.low, row.days.high)
        for row in rows
    ]
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    return ReworkDays(table, context.observed.steps.cases, "", horizon=context.observed.horizon)


def _claim(context: Context, row: _Row) -> Finding:
    observed = context.observed
    steps = observed.steps
    contrast = Contrast(row.share.value, row.share.low, row.share.high, claims.LOOP_SHARE, "reference")
    return Finding(
        id="", rank=0, kind="rework", family="rigidity" if row.rework_type == "repeated_approval" else "complexity",
        ledger="time", where=_where(context, row), n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=observed.horizon, events=row.loops, days=row.days, why_no_interval={}, per_passage=None,
        share=row.share, contrast=contrast, first_share=None, confidence=claims.confidence(contrast, row.cases),
        title=both(lambda lang: say("findings.rework_title", lang, step=context.shown(row.label),
                                    type=say(f"columns.rework_type_{row.rework_type}", lang))),
        evidence=_evidence(context, row), caveat=_caveat(context),
        next_step=both(lambda lang: say("findings.next_rework", lang, who=context.who(row.label, lang))),
        **context.worst(steps.case[row.rows], observed.length[row.rows]),
    )


def _where(context: Context, row: _Row) -> dict[str, str]:
    labels, stage = context.observed.steps.labels, context.observed.stage[row.label]
    where = {"activity": labels[row.label], "target": labels[row.label]}
    if row.through != NONE:
        where |= {"through": labels[row.through], "source": labels[row.through]}
    return where | ({"stage": stage} if stage else {})


def _evidence(context: Context, row: _Row) -> Texts:
    observed = context.observed
    steps = observed.steps

    def text(lang: str) -> str:
        through = "" if row.through == NONE else say("findings.rework_through", lang, step=context.shown(row.through))
        said = say(
            "findings.rework_evidence", lang, horizon=observed.horizon, step=context.shown(row.label), through=through,
            share=said_share(row.share.value, row.share.low, row.share.high, lang), limit=percent(claims.LOOP_SHARE),
            days=time_interval(row.days.value, row.days.low, row.days.high, lang),
            part=said_share(row.share_of_days.value, row.share_of_days.low, row.share_of_days.high, lang),
        )
        based = say("findings.rework_cases", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                    reached=count(row.cases), looping=count(row.returning), loops=count(row.loops))
        return lines(said, based)

    return both(text)


def _caveat(context: Context) -> Texts:
    ignored = context.observed.loops.ignored

    def text(lang: str) -> str:
        left_out = "" if not any(ignored.values()) else say(
            "findings.rework_ignored", lang, double=count(ignored["double_logging"]),
            correction=count(ignored["correction"]), usual=count(ignored["usual"]))
        return joined(say("findings.caveat_rework", lang), left_out, say("findings.caveat_calendar", lang), lang=lang)

    return both(text)
