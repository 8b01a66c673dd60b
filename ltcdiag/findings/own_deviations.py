"""Deviations from the client's own drawing, where one is given as the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..domain.drawing_file import OwnDrawing
from ..log.conformance_results import OwnDeviations
from ..log.filters import StateIs
from ..mining.own_model import OwnConformance, own_conformance
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from ..words import Texts, listed, say
from ..words.numbers import count, percent, share_interval_inside
from ..words.texts import tidy
from . import claims
from .claims import both, lines
from .context import Context, Detected
from .finding import Contrast, Finding

if TYPE_CHECKING:
    import pandas as pd

    from ..log.results import Variants

COLUMNS = ("deviation", "stage", "cases", "of_cases", "share_of_cases", "share_low", "share_high")
CLAIMED = ("skipped", "out_of_order", "unexpected")     # "again" is rework, which has a detector of its own
_LISTED = 5


@dataclass(frozen=True, eq=False)
class _Row:
    deviation: str
    step: str
    cases: int
    of_cases: int
    share: Interval
    paths: tuple[int, ...]


def own_deviations(context: Context, drawing: OwnDrawing) -> Detected:
    """Finished cases against the drawing; what only one of the two has is listed and not judged."""
    import pandas as pd

    if not bool(context.observed.steps.closed.any()):
        return Detected(OwnDeviations(pd.DataFrame(columns=list(COLUMNS)), context.observed.steps.cases, "",
                                      complete=False), ())
    closed = context.log.where(StateIs("closed"))
    judged = own_conformance(cast("Variants", closed.tables.answer("variants")), drawing, context.log.stages)
    rows = [_Row(deviation, step, int(cases), int(base), _share(int(cases), int(base)), paths)
            for deviation, step, cases, base, _, _, paths in judged.table.itertuples(index=False, name=None)]
    cases = closed.tables.answer("cases").table
    claimed = (row for row in rows if row.deviation in CLAIMED and row.of_cases >= claims.LEAST_CASES
               and row.share.low > claims.SKIP_SHARE)
    return Detected(_table(context, rows, judged),
                    tuple(_claim(context, judged, drawing, row, cases) for row in claimed))


def _share(cases: int, of_cases: int) -> Interval:
    import numpy as np

    share = cases / of_cases
    return share_interval(Estimate(share, np.where(np.arange(of_cases) < cases, 1.0, 0.0) - share))


def _table(context: Context, rows: Sequence[_Row], judged: OwnConformance) -> OwnDeviations:
    import pandas as pd

    cells: list[tuple[object, ...]] = [(row.deviation, row.step, row.cases, row.of_cases, *claims.parts(row.share))
                                       for row in rows]
    cells += [(name, step, 0, 0, None, None, None) for name, steps in (
        ("only_drawn", judged.only_drawn), ("only_logged", judged.only_logged)) for step in steps]
    table = pd.DataFrame(cells, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[4:], float))
    return OwnDeviations(table, context.observed.steps.cases, "", fitting=judged.fitting_cases,
                         judged=judged.judged_cases, unjudged=judged.unjudged_cases, complete=judged.complete)


def _claim(
    context: Context, judged: OwnConformance, drawing: OwnDrawing, row: _Row, cases: pd.DataFrame,
) -> Finding:
    contrast = Contrast(row.share.value, row.share.low, row.share.high, claims.SKIP_SHARE, "reference")
    steps = context.observed.steps
    there = cases[cases["variant"].isin(row.paths)].sort_values(["days", "case_id"], ascending=[False, True])
    label = next((label for label, step in judged.matched.items() if step == row.step), row.step)
    return Finding(
        id="", rank=0, kind="deviation", family="rigidity", ledger="none",
        where={"step": label, "deviation": row.deviation}, n=steps.cases, open=int((~steps.closed).sum()),
        horizon_days=context.observed.horizon, events=row.cases, days=None,
        why_no_interval=both(lambda lang: say("findings.no_interval_count", lang)), per_passage=None, share=row.share,
        contrast=contrast, first_share=None, confidence=claims.confidence(contrast, row.of_cases),
        title=both(lambda lang: say(f"own_model.{row.deviation}_title", lang, step=tidy(row.step, 40))),
        evidence=_evidence(context, judged, drawing, row),
        caveat=both(lambda lang: say("findings.caveat_record", lang)),
        next_step=both(lambda lang: say("own_model.next", lang, step=tidy(row.step, 40))),
        case_ids=tuple(there["case_id"]), case_days=tuple(there["days"]),
    )


def _evidence(context: Context, judged: OwnConformance, drawing: OwnDrawing, row: _Row) -> Texts:
    def text(lang: str) -> str:
        said = say(f"own_model.{row.deviation}", lang, cases=count(row.cases), of_cases=count(row.of_cases),
                   file=tidy(drawing.name, 60), step=tidy(row.step, 40),
                   share=share_interval_inside(row.share.value, row.share.low, row.share.high, lang))
        limit = say("findings.deviation_limit", lang, limit=percent(claims.SKIP_SHARE))
        based = say("own_model.based", lang, judged=count(judged.judged_cases), unjudged=count(judged.unjudged_cases),
                    open=count((~context.observed.steps.closed).sum()))
        return lines(said, limit, based, *(_listed(name, steps, lang) for name, steps in (
            ("only_drawn", judged.only_drawn), ("only_logged", judged.only_logged))))

    return both(text)


def _listed(name: str, steps: Sequence[str], lang: str) -> str:
    """The first steps that only one of the two has."""
    if not steps:
        return ""
    named = listed((tidy(step, 30) for step in steps[:_LISTED]), lang)
    return say(f"own_model.{name}", lang, n=count(len(steps)), steps=named)
