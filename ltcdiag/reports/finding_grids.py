"""The findings and the cases behind them as tables of the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from ..findings.finding import Contrast, Finding
from ..stats.intervals import Interval
from ..words import say, sentences
from ..words.numbers import count
from .assessment import Assessment
from .finding_cases import FindingCases
from .grids import Column, Grid, Linked, Value

MOST_CASES, FIRST_CASES = 100_000, 1_000
"""Above so many rows the sheet lists the first cases of each finding; the CSV files hold all of them."""

FINDINGS = (
    Column("finding", width=9), Column("kind", width=12), Column("family", width=16), Column("confidence", width=12),
    Column("title", "lines", 36), Column("finding_days", "days", 12), Column("low", "days", 10),
    Column("high", "days", 10), Column("each_days", "days", 12), Column("low", "days", 10), Column("high", "days", 10),
    Column("returning", "share", 12), Column("low", "share", 10), Column("high", "share", 10),
    Column("contrast", "days", 14), Column("low", "days", 10), Column("high", "days", 10), Column("limit", "days", 10),
    Column("against", width=22), Column("cases_behind", "count", 12), Column("cases_in_all", "count", 12),
    Column("cases_open", "count", 12), Column("horizon", "count", 12), Column("evidence", "lines", 80),
    Column("caveat", "lines", 60), Column("next_step", "lines", 60), Column("case_file", width=26),
)
FINDING_CASES = (
    Column("finding", width=9), Column("case", width=22), Column("days_here", "days", 14), Column("state", width=11),
    Column("started", "time", 20), Column("ended", "time", 20), Column("first_row", width=16),
    Column("last_row", width=16), Column("amount", "money", 20), Column("currency", width=9),
)


def findings(found: Assessment, lang: str) -> Grid:
    """One row a finding, every number in a cell of its own; the reason where there is none."""
    places = list(accumulate((rows_of(finding, found) for finding in found.diagnosis), initial=0))
    rows = [_row(finding, lang, place) for finding, place in zip(found.diagnosis, places, strict=False)]
    if not rows:
        why = found.diagnosis.why_none.get(lang) or say("findings.none_claimed", lang)
        rows = [(*(None,) * 4, why, *(None,) * (len(FINDINGS) - 5))]
    return Grid("findings", FINDINGS, len(rows), lambda: iter(rows))


def _row(finding: Finding, lang: str, place: int) -> tuple[Value, ...]:
    words = (_word(f"{part}_{getattr(finding, part)}", getattr(finding, part), lang)
             for part in ("kind", "family", "confidence"))
    contrast = finding.contrast
    return (
        Linked(finding.id, "finding_cases", place), *words, finding.title[lang], *_numbers(finding.days),
        *_numbers(finding.per_passage), *_numbers(finding.share), *_numbers(contrast), contrast.limit,
        _word(f"against_{contrast.against}", contrast.against, lang),
        Linked(len(finding.case_ids), "finding_cases", place), Linked(finding.n, "cases"), finding.open,
        finding.horizon_days, finding.evidence[lang], finding.caveat[lang], finding.next_step[lang], finding.case_file,
    )


def _numbers(found: Interval | Contrast | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.low, found.high)


def _word(key: str, otherwise: str, lang: str) -> str:
    for room in ("findings", "reports"):
        if key in sentences(room):
            return say(f"{room}.{key}", lang)
    return otherwise


def finding_cases(found: Assessment, lang: str) -> Grid:
    """The cases of every finding, the worst first; of too many only the first, and a word about the rest."""
    behind, most, at = FindingCases(found), _most(found), _place_of_case(found)

    def draw() -> Iterator[tuple[Value, ...]]:
        for finding in found.diagnosis:
            for row in behind.rows(finding, most):
                case = Linked(row.case_id, "cases", at[row.case_id]) if row.case_id in at else row.case_id
                yield (finding.id, case, row.days_here, say(f"reports.state_{row.state}", lang),
                       row.started.replace(tzinfo=None), row.ended.replace(tzinfo=None), row.first_row, row.last_row,
                       Decimal(row.amount) if row.amount else None, row.currency or None)
            if most is not None and len(finding.case_ids) > most:
                rest = say("reports.cases_cut", lang, n=count(len(finding.case_ids)), file=finding.case_file)
                yield (finding.id, rest, *(None,) * 8)

    return Grid("finding_cases", FINDING_CASES, sum(rows_of(finding, found) for finding in found.diagnosis), draw)


def rows_of(finding: Finding, found: Assessment) -> int:
    """How many rows of the sheet of cases a finding takes."""
    most = _most(found)
    return len(finding.case_ids) if most is None else min(len(finding.case_ids), most + 1)


def _most(found: Assessment) -> int | None:
    """How many cases of each finding are listed; None where all are."""
    return FIRST_CASES if sum(len(finding.case_ids) for finding in found.diagnosis) > MOST_CASES else None


def _place_of_case(found: Assessment) -> dict[str, int]:
    return {case: n for n, case in enumerate(found.cases.table["case_id"].tolist())}
