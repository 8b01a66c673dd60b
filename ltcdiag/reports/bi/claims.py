"""The tables of what was found: findings, the cases behind them, their money, indicators, the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...findings.finding import Contrast, Finding
from ...log.telling import reason_name, step_name
from ...stats.intervals import Interval
from ...words import say, sentences
from ..moments import iso, local
from .arrays import FILE, numbered, of_columns, of_rows
from .base import Base
from .schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

_LANGUAGES = ("zh", "en")


def findings(base: Base) -> pa.Table:
    """fact_finding: one row a claim. Law: the claims of findings.json."""
    return of_rows(TABLES["fact_finding"], (_finding(each, base) for each in base.diagnosis.findings))


def _finding(found: Finding, base: Base) -> tuple[Any, ...]:
    place, contrast = base.activity_places.get(found.where.get("activity", "")), found.contrast
    kinds = (say(f"findings.kind_{found.kind}", lang) if f"kind_{found.kind}" in sentences("findings") else found.kind
             for lang in _LANGUAGES)
    objects = len(found.objects)
    return (
        found.id, found.rank, found.kind, *kinds, found.family, found.ledger, *_both(found.title),
        None if place is None else place + 1, found.where.get("stage"),
        json.dumps(dict(found.where), ensure_ascii=False, sort_keys=True), *_numbers(found.days),
        *_numbers(found.share), *_numbers(contrast), contrast.limit, contrast.against,
        0 if objects else len(found.case_ids), objects, found.n, found.open, found.horizon_days, found.confidence,
        *_both(found.evidence), *_both(found.caveat), *_both(found.next_step), *_both(found.why_no_interval),
    )


def _both(texts: Any) -> tuple[str | None, ...]:
    return tuple(texts.get(lang) or None for lang in _LANGUAGES)


def _numbers(found: Interval | Contrast | None) -> tuple[float | None, ...]:
    return (None,) * 3 if found is None else (found.value, found.low, found.high)


def finding_money(base: Base) -> pa.Table:
    """fact_finding_money: what stands behind a finding and what it is worth, a row a currency."""
    def rows() -> Iterator[tuple[Any, ...]]:
        for found in base.diagnosis.findings:
            for sum_ in found.at_stake:
                yield found.id, "at_stake", sum_.currency, float(sum_.value), None, None, None
            for worth in found.worth:
                low, high = float(worth.low), float(worth.high)
                yield found.id, worth.ledger, worth.currency, float(worth.value), low, high, worth.hours

    return numbered(TABLES["fact_finding_money"], rows())


def finding_cases(base: Base) -> pa.Table:
    """bridge_finding_case: the cases behind each finding, the worst first."""
    import numpy as np

    about = [found for found in base.diagnosis.findings if not found.objects]
    counts = [len(found.case_ids) for found in about]
    ids = [case for found in about for case in found.case_ids]
    return of_columns(TABLES["bridge_finding_case"], [
        np.arange(1, len(ids) + 1), np.repeat(np.array([found.id for found in about], dtype=object), counts),
        base.case_places.get_indexer(np.array(ids, dtype=object)) + 1,
        np.concatenate([np.arange(1, n + 1) for n in counts] or [np.array([], dtype=np.int64)]),
        np.array([days for found in about for days in found.case_days[: len(found.case_ids)]], dtype=float),
    ])


def finding_objects(base: Base) -> pa.Table:
    """finding_object: the documents behind findings that are about documents and not about cases."""
    zone = base.log.timezone

    def rows() -> Iterator[tuple[Any, ...]]:
        for found in base.diagnosis.findings:
            for each, days in zip(found.objects, found.case_days, strict=False):
                since, until = (None if moment is None else local(moment, zone).replace(tzinfo=None)
                                for moment in (each.since, each.until))
                place = (None, None) if each.row is None else (each.row // FILE + 1, each.row % FILE)
                amount = None if each.amount is None else float(each.amount)
                yield found.id, each.object_id, days, since, until, *place, amount, each.currency

    return numbered(TABLES["finding_object"], rows())


def kpis(base: Base) -> pa.Table:
    """fact_kpi: the indicators of kpis.json."""
    def rows() -> Iterator[tuple[Any, ...]]:
        for row in base.kpis.to_dict()["kpis"]:
            yield (row["kpi"], *_both(row["name"]), row["value"], row["low"], row["high"], row["unit"],
                   row.get("currency"), row["n"], row["open"], row["horizon_days"], row["method"], row["direction"],
                   *_both(row.get("note") or {}), *_both(row["definition"]))

    return numbered(TABLES["fact_kpi"], rows())


def ledger(base: Base) -> pa.Table:
    """ledger: where every line went. Law: in each step in + made = merged + set aside + out."""
    def rows() -> Iterator[tuple[Any, ...]]:
        for n, step in enumerate(base.log.ledger.steps, 1):
            head = (n, step.name, *(step_name(step, lang) for lang in _LANGUAGES), step.unit)
            counts = (("in", "", step.came_in), ("made", "", step.made), ("merged", "", step.merged),
                      *(("set_aside", reason, aside) for reason, aside in sorted(step.set_aside.items())),
                      ("out", "", step.went_out))
            for what, reason, count in counts:
                said = [reason_name(reason, lang) if reason else None for lang in _LANGUAGES]
                names = (say(f"bi.ledger_what_{what}", lang) for lang in _LANGUAGES)
                yield (*head, what, *names, reason or None, *said, count)

    return numbered(TABLES["ledger"], rows())


def ledger_money(base: Base) -> pa.Table:
    """ledger_money: the money of each currency. Law: read + adjusted = kept + merged + set aside."""
    return numbered(TABLES["ledger_money"], (
        (money.currency, what, float(amount), f"{amount:f}") for money in base.log.ledger.money
        for what in ("read", "adjusted", "kept", "merged", "set_aside")
        for amount in (Decimal(getattr(money, what)),)))


def about(base: Base) -> pa.Table:
    """about: what the numbers rest on."""
    log, counts = base.log, base.log.tables.counts()
    why = base.diagnosis.why_none
    rows = {"name": log.name, "case_notion": log.notion, "as_of": iso(log.as_of, log.timezone),
            "timezone": log.timezone or "", "calendar": log.calendar, "closedness": log.closedness,
            "fingerprint": log.fingerprint, **{name: str(n) for name, n in sorted(counts.items())},
            "why_no_findings_zh": why.get("zh", ""), "why_no_findings_en": why.get("en", ""),
            "level_zh": say("reports.level_working", "zh"), "level_en": say("reports.level_working", "en")}
    return of_rows(TABLES["about"], ((name, value or None) for name, value in rows.items()))
