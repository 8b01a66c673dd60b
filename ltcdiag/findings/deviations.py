"""Deviations: where finished cases leave the reference model, by alignments of their paths over the stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..log.filters import StateIs
from ..log.results import Deviations
from ..mining.conformance import Conformance, conformance
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from ..words import Texts, chinese, say
from ..words.numbers import count, percent, share_interval_inside
from . import claims
from .claims import both, lines
from .context import Context, Detected
from .finding import Contrast, Finding
from .own_deviations import own_deviations

if TYPE_CHECKING:
    import pandas as pd

    from ..log.results import Variants

COLUMNS = ("deviation", "stage", "cases", "of_cases", "share_of_cases", "share_low", "share_high")
CLAIMED = ("skipped", "out_of_order", "went_on")    # "again" is rework, which has a detector of its own


@dataclass(frozen=True, eq=False)
class _Row:
    """One row of the conformance table with the interval of its share. paths: numbers of its paths."""

    deviation: str
    stage: str
    cases: int
    of_cases: int
    share: Interval
    paths: tuple[int, ...]


def deviations(context: Context) -> Detected:
    """Finished cases against the reference model, or against the client's own drawing where one is given. A log without
    stages, or without finished cases, has none."""
    if context.model.drawing is not None:
        return own_deviations(context, context.model.drawing)
    if not context.staged or not bool(context.observed.steps.closed.any()):
        return Detected(_table(context, [], None), ())
    closed = context.log.where(StateIs("closed"))
    judged = conformance(cast("Variants", closed.tables.answer("variants", level="stage")), context.model,
                         recorded=frozenset(stage for stage in context.observed.stage if stage))
    columns = ["deviation", "stage", "cases", "of_cases", "variants"]
    rows = [_row(*row) for row in judged.table[columns].itertuples(index=False, name=None)]
    clear = [row for row in rows if _is_claim(row)]
    if not clear:
        return Detected(_table(context, rows, judged), ())
    cases = closed.tables.answer("cases", level="stage").table
    return Detected(_table(context, rows, judged), tuple(_claim(context, judged, row, cases) for row in clear))


def _row(deviation: str, stage: str, cases: int, of_cases: int, paths: tuple[int, ...]) -> _Row:
    return _Row(deviation, stage, int(cases), int(of_cases), _share(int(cases), int(of_cases)), paths)


def _share(cases: int, of_cases: int) -> Interval:
    """A plain share of cases, with its interval."""
    import numpy as np

    share = cases / of_cases
    return share_interval(Estimate(share, np.where(np.arange(of_cases) < cases, 1.0, 0.0) - share))


def _is_claim(row: _Row) -> bool:
    enough = row.of_cases >= claims.LEAST_CASES
    return row.deviation in CLAIMED and enough and row.share.low > claims.SKIP_SHARE


def _table(context: Context, rows: Sequence[_Row], judged: Conformance | None) -> Deviations:
    import pandas as pd

    cells = [(row.deviation, row.stage, row.cases, row.of_cases, row.share.value, row.share.low, row.share.high)
             for row in rows]
    table, n = pd.DataFrame(cells, columns=list(COLUMNS)), context.observed.steps.cases
    if judged is None:
        return Deviations(table, n, "", complete=False)
    return Deviations(table, n, "", fitting=judged.fitting_cases, judged=judged.judged_cases,
                      unjudged=judged.unjudged_cases, complete=judged.complete)


def _claim(context: Context, judged: Conformance, row: _Row, cases: pd.DataFrame) -> Finding:
    contrast = Contrast(row.share.value, row.share.low, row.share.high, claims.SKIP_SHARE, "reference")
    steps = context.observed.steps
    there = cases[cases["variant"].isin(row.paths)].sort_values(["days", "case_id"], ascending=[False, True])
    return Finding(
        id="", rank=0, kind="deviation", family="rigidity", ledger="none",
        where={"stage": row.stage, "deviation": row.deviation}, n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=context.observed.horizon, events=row.cases, days=None,
        why_no_interval=both(lambda lang: say("findings.no_interval_count", lang)), per_passage=None,
        share=row.share, contrast=contrast, first_share=None, confidence=claims.confidence(contrast, row.of_cases),
        title=both(lambda lang: say(f"findings.deviation_{row.deviation}", lang, stage=_name(context, row, lang))),
        evidence=_evidence(context, judged, row), caveat=both(lambda lang: say("findings.caveat_record", lang)),
        next_step=both(lambda lang: say("findings.next_deviation", lang)),
        case_ids=tuple(there["case_id"]), case_days=tuple(there["days"]),
    )


def _name(context: Context, row: _Row, lang: str) -> str:
    return context.model.name_of(row.stage, lang)


def _evidence(context: Context, judged: Conformance, row: _Row) -> Texts:
    def text(lang: str) -> str:
        said = say(f"conformance.{row.deviation}", lang, cases=count(row.cases), of_cases=count(row.of_cases),
                   share=share_interval_inside(row.share.value, row.share.low, row.share.high, lang),
                   stage=_name(context, row, lang))
        line = say("findings.deviation_limit", lang, limit=percent(claims.SKIP_SHARE))
        based = say("findings.deviation_cases", lang, judged=count(judged.judged_cases),
                    unjudged=count(judged.unjudged_cases), open=count((~context.observed.steps.closed).sum()))
        return lines(said + ("。" if chinese(lang) else "."), line, based)

    return both(text)
