"""Rework: steps that cases go back to, by type: how often, through what, and the days it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import ReworkDays
from ..log.steps import distinct
from ..measures.landmark import Landmark, landmark
from ..measures.rework_types import TYPES, typed
from ..measures.spells import NONE
from ..stats.contrast import false_discoveries
from ..stats.estimator import Estimate
from ..stats.intervals import LEVEL, Interval, amount_interval, share_interval
from ..words import Texts, say
from ..words.numbers import change_interval, count, percent, time_interval
from ..words.numbers import share_interval as said_share
from . import claims
from .claims import both, joined, lines
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    from .context import Bools, Ints

FAMILIES = {"repeated_approval": "rigidity", "ping_pong": "collaboration", "dunning": "cash", "re_invoice": "cash"}
"""Type → root family, where it is not the complexity of the process."""
COLUMNS = ("step", "rework_type", "through", "cases", "cases_returning", "loops", "stages_lost", "share_returning",
           "share_low", "share_high", "days_per_case", "days_low", "days_high")


@dataclass(frozen=True, eq=False)
class _Row:
    """One type of rework at one place. rows: the steps that end its spells of rework. cases: that it could happen to.
    share: of these. p: of a share that is no more than the line. lost: stages that half of them fell."""

    label: int
    through: int
    rework_type: str
    rows: Ints
    cases: int
    returning: int
    loops: int
    lost: int
    share: Interval
    p: float
    days: Interval
    share_of_days: Interval


def rework(context: Context) -> Detected:
    """The rework of a log by type and by the step that cases go back to. Law: the days of all rows and the
    first-pass days make the days open."""
    rows = sorted(_rows(context), key=lambda row: (-row.days.value, row.label, row.rework_type))
    return Detected(_table(context, rows), tuple(_claim(context, row) for row in _claimed(context, rows)))


def _claimed(context: Context, rows: Sequence[_Row]) -> list[_Row]:
    """The rows that matter, on enough cases, whose share is above the line: judged together (Benjamini & Hochberg
    over all that matter), each with its whole interval."""
    least = claims.LEAST_REWORK * context.observed.days_open.value
    matter = [row for row in rows if row.cases >= claims.LEAST_CASES and row.days.low > least]
    chances = false_discoveries([row.p for row in matter])
    return [row for row, p in zip(matter, chances, strict=True)
            if p <= (1 - LEVEL) / 2 and row.share.low > claims.LOOP_SHARE]


def _rows(context: Context) -> list[_Row]:
    import numpy as np

    observed = context.observed
    steps, found, sorts = observed.steps, [], typed(observed)
    for label, kind, rows in sorts.groups():
        here = np.zeros(len(steps.case), dtype=bool)
        here[rows] = True
        days, base = observed.rework_days(here), _base(context, label, TYPES[kind])
        share = _share(context, rows, base)
        found.append(_Row(
            label, _through(steps.label[rows], label), TYPES[kind], rows, cases=len(distinct(steps.case[base])),
            returning=len(distinct(steps.case[rows])),
            loops=max(int((steps.label[rows] == label).sum()), len(np.unique(observed.loops.block[rows]))),
            lost=int(np.median(sorts.depth[rows])), share=share_interval(share), p=_p(share),
            days=amount_interval(days), share_of_days=claims.share_of(days, observed.days_open),
        ))
    return found


def _base(context: Context, label: int, rework_type: str) -> Bools:
    """The steps whose cases a piece of rework could happen to: those that came to the step it goes back to; where a
    document was made anew, those that had one; where payment was pressed for, those with an invoice."""
    import numpy as np

    kinds, steps = context.observed.kinds, context.observed.steps
    labels = frozenset({label})
    if rework_type == "dunning":
        labels = kinds.invoices | labels
    elif label in kinds.revised:
        labels = kinds.of_document(label)
    base: Bools = np.isin(steps.label, sorted(labels))
    return base


def _through(labels: Ints, back_to: int) -> int:
    """The step most often met on the way back, NONE where there is nothing between."""
    import numpy as np

    others = labels[labels != back_to]
    return int(np.bincount(others).argmax()) if len(others) else NONE


def _share(context: Context, rows: Ints, base: Bools) -> Estimate:
    """Share of the cases that come to the base within the horizon that close a loop within the horizon."""
    import numpy as np

    from ..stats.estimator import Points

    observed = context.observed
    case, closing = observed.steps.case[rows], observed.age_at(observed.loops.closed_by[rows])
    order = np.lexsort((closing, case))
    looping, first = np.unique(case[order], return_index=True)
    looped = observed.watch.points(Points(looping, closing[order][first], np.ones(len(looping))))
    reached = observed.reached(base)
    return looped.over(reached) if reached.value > 0 else looped


def _p(share: Estimate) -> float:
    """Chance of a share this large where the true one is the line (score test at the sample size that the variance of
    the share is worth, as Wilson's interval)."""
    from math import erfc, sqrt

    p, line = min(1.0, max(0.0, share.value)), claims.LOOP_SHARE
    size = min(float(share.n), p * (1 - p) / share.error**2) if 0 < p < 1 and share.error > 0 else float(share.n)
    return 0.5 * erfc((p - line) / sqrt(2 * line * (1 - line) / size))


def _table(context: Context, rows: Sequence[_Row]) -> ReworkDays:
    import pandas as pd

    labels = context.observed.steps.labels
    cells = [
        (labels[row.label], row.rework_type,
         labels[row.through] if row.through != NONE else None, row.cases, row.returning, row.loops, row.lost,
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
        id="", rank=0, kind="rework", family=FAMILIES.get(row.rework_type, "complexity"),
        ledger="time", where=_where(context, row), n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=observed.horizon, events=row.loops, days=row.days, why_no_interval=Texts(), per_passage=None,
        share=row.share, contrast=contrast, first_share=None, confidence=claims.confidence(contrast, row.cases),
        title=both(lambda lang: say(f"rework.title_{row.rework_type}", lang, step=context.shown(row.label))),
        evidence=_evidence(context, row), caveat=_caveat(context),
        next_step=both(lambda lang: say(f"rework.next_{row.rework_type}", lang, who=context.who(row.label, lang))),
        **context.worst(steps.case[row.rows], observed.length_at(row.rows)),
    )


def _where(context: Context, row: _Row) -> dict[str, str]:
    labels, stage = context.observed.steps.labels, context.observed.stage[row.label]
    where = {"activity": labels[row.label], "target": labels[row.label], "rework_type": row.rework_type}
    if row.through != NONE:
        where |= {"through": labels[row.through], "source": labels[row.through]}
    return where | ({"stage": stage} if stage else {})


def _evidence(context: Context, row: _Row) -> Texts:
    observed = context.observed
    steps = observed.steps

    def text(lang: str) -> str:
        through = "" if row.through == NONE else say("findings.rework_through", lang, step=context.shown(row.through))
        said = say(
            "rework.evidence", lang, base=_said_base(context, row, lang), horizon=observed.horizon, through=through,
            lost=say("rework.lost", lang, n=row.lost) if row.lost else "",
            type=say(f"columns.rework_type_{row.rework_type}", lang),
            share=said_share(row.share.value, row.share.low, row.share.high, lang), limit=percent(claims.LOOP_SHARE),
            days=time_interval(row.days.value, row.days.low, row.days.high, lang),
            part=said_share(row.share_of_days.value, row.share_of_days.low, row.share_of_days.high, lang),
        )
        goes_with = _said_landmark(landmark(observed, row.rows), lang)
        based = say("findings.rework_cases", lang, n=count(steps.cases), open=count((~steps.closed).sum()),
                    reached=count(row.cases), looping=count(row.returning), loops=count(row.loops))
        return lines(said, goes_with, based)

    return both(text)


def _said_landmark(found: Landmark | None, lang: str) -> str:
    """What goes with this rework where it comes early; an association."""
    if found is None:
        return ""
    days = change_interval(found.days.value, found.days.low, found.days.high, lang)
    won = ""
    if found.won is not None:
        points = change_interval(100 * found.won.value, 100 * found.won.low, 100 * found.won.high, lang, unit="points")
        won = say("rework.landmark_won", lang, won=points, clear=_clear(found.won, lang))
    return say("rework.landmark", lang, day=found.day, until=found.until, early=count(found.early),
               others=count(found.others), days=days, clear=_clear(found.days, lang), won=won)


def _clear(found: Interval, lang: str) -> str:
    """Whether a difference can be told from none."""
    return say("rework.clear" if found.low > 0 or found.high < 0 else "rework.unclear", lang)


def _said_base(context: Context, row: _Row, lang: str) -> str:
    """What the share is of."""
    kinds = context.observed.kinds
    if row.rework_type == "dunning" and kinds.invoices:
        return say("rework.of_invoice", lang)
    if row.label in kinds.revised:
        return say("rework.of_document", lang)
    return say("rework.of_step", lang, step=context.shown(row.label))


def _caveat(context: Context) -> Texts:
    ignored = context.observed.loops.ignored

    def text(lang: str) -> str:
        left_out = "" if not any(ignored.values()) else say(
            "findings.rework_ignored", lang, double=count(ignored["double_logging"]),
            correction=count(ignored["correction"]), usual=count(ignored["usual"]))
        return joined(say("findings.caveat_rework", lang), left_out, say("rework.together", lang),
                      say("findings.caveat_calendar", lang), lang=lang)

    return both(text)
