"""The findings and the cases behind them as tables of the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..findings.finding import Contrast, Finding
from ..stats.intervals import Interval
from ..words import say, sentences
from ..words.numbers import count
from .assessment import Assessment
from .finding_cases import FindingCases
from .grids import Column, Grid, Value

MOST_CASES, FIRST_CASES = 100_000, 1_000
"""Above so many rows the sheet lists the first cases of each finding; the CSV files hold all of them."""

FINDINGS = (
    Column("finding", width=9), Column("kind", width=12), Column("family", width=16), Column("confidence", width=12),
    Column("title", "lines", 44), Column("finding_days", "days", 12), Column("low", "days", 10),
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
    Column("last_row", width=16), Column("amount", "money", 14), Column("currency", width=9),
)


def findings(found: Assessment, lang: str) -> Grid:
    """One row a finding, every number in a cell of its own; the reason where there is none."""
    rows = [_row(finding, lang) for finding in found.diagnosis]
    if not rows:
        why = found.diagnosis.why_none.get(lang) or say("findings.none_claimed", lang)
        rows = [(*(None,) * 4, why, *(None,) * (len(FINDINGS) - 5))]
    return Grid("findings", FINDINGS, len(rows), lambda: iter(rows))


def _row(finding: Finding, lang: str) -> tuple[Value, ...]:
    words = (_word(f"{part}_{getattr(finding, part)}", getattr(finding, part), lang)
             for part in ("kind", "family", "confidence"))
    contrast = finding.contrast
    return (
        finding.id, *words, finding.title[lang], *_numbers(finding.days), *_numbers(finding.per_passage),
        *_numbers(finding.share), *_numbers(contrast), contrast.limit,
        _word(f"against_{contrast.against}", contrast.against, lang), len(finding.case_ids), finding.n, finding.open,
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
    behind, size = FindingCases(found), sum(len(finding.case_ids) for finding in found.diagnosis)
    most = FIRST_CASES if size > MOST_CASES else None

    def draw() -> Iterator[tuple[Value, ...]]:
        for finding in found.diagnosis:
            for row in behind.rows(finding, most):
                yield (finding.id, row.case_id, row.days_here, say(f"reports.state_{row.state}", lang),
                       row.started.replace(tzinfo=None), row.ended.replace(tzinfo=None), row.first_row, row.last_row,
                       Decimal(row.amount) if row.amount else None, row.currency or None)
            if most is not None and len(finding.case_ids) > most:
                rest = say("reports.cases_cut", lang, n=count(len(finding.case_ids)), file=finding.case_file)
                yield (finding.id, rest, *(None,) * 8)

    rows = size if most is None else sum(min(len(f.case_ids), most + 1) for f in found.diagnosis)
    return Grid("finding_cases", FINDING_CASES, rows, draw)
