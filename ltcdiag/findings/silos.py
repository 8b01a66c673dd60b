"""Data silos: objects that do not link from one system to the next, counted one by one, with their money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..domain.objects import load_objects
from ..domain.stages import load_stages
from ..log.chain import ChainGap, ChainPlan, LooseObject
from ..log.event_log import EventLog
from ..log.results import Breaks
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from ..words import Texts, clauses, say
from ..words.numbers import count, percent, spoken
from .claims import both, lines
from .finding import AtStake, Contrast, Finding, ObjectBehind

COLUMNS = ("source_type", "target_type", "ready", "linked", "waiting", "broken", "targets", "orphans", "usual_days")
SAME_KEYS = 0.5
"""If fewer than this share of the objects find their neighbour, the keys are the likely fault and not the work."""
TAKEN_BACK = frozenset({"contract_voided", "order_cancelled", "delivery_cancelled", "invoice_cancelled",
                        "payment_cancelled"})


def silos(log: EventLog) -> tuple[Breaks, tuple[Finding, ...]]:
    """The links of the chain, and a finding for each that breaks. Exact counts of records; nothing is estimated."""
    gaps = log.tables.chain(_plan(log))
    found: list[Finding] = []
    for gap in gaps:
        if gap.broken:
            found.append(_broken(log, gap))
        if gap.orphans:
            found.append(_orphans(log, gap))
    return _table(gaps), tuple(found)


def _plan(log: EventLog) -> ChainPlan:
    chain, objects = load_stages(), load_objects()
    out = frozenset(key for key, stage in chain.stages.items()
                    if stage.gate in ("loses", "disqualifies", "cancels", "writes_off"))
    return ChainPlan(
        next={key: kind.next for key, kind in objects.items() if kind.next},
        ready={key: kind.ready for key, kind in objects.items()}, out=out, stages=log.known_stages, ended=TAKEN_BACK,
    )


def _table(gaps: Sequence[ChainGap]) -> Breaks:
    import pandas as pd

    rows = [(gap.source, gap.target, gap.ready, gap.linked, gap.waiting, len(gap.broken), gap.targets,
             len(gap.orphans), gap.usual_days) for gap in gaps]
    return Breaks(pd.DataFrame(rows, columns=list(COLUMNS)), sum(gap.ready for gap in gaps), "")


def _broken(log: EventLog, gap: ChainGap) -> Finding:
    keys_fail = gap.linked < SAME_KEYS * gap.ready
    kind = "silo_keys" if keys_fail else "silo_broken"

    def evidence(lang: str) -> str:
        said = say(f"findings.{kind}_evidence", lang, **_names(gap, lang), n=count(len(gap.broken)),
                   ready=count(gap.ready), linked=count(gap.linked), usual=spoken(gap.usual_days, lang))
        waits = say("findings.silo_waiting", lang, n=count(gap.waiting)) if gap.waiting else ""
        return lines(said, waits, _said_money(gap.broken, lang))

    return _finding(log, gap, gap.broken, kind, gap.ready, evidence=both(evidence),
                    confidence="low" if keys_fail else "high")


def _orphans(log: EventLog, gap: ChainGap) -> Finding:
    def evidence(lang: str) -> str:
        examples = ", ".join(each.names for each in gap.orphans[:3])
        said = say("findings.silo_orphan_evidence", lang, **_names(gap, lang), n=count(len(gap.orphans)),
                   targets=count(gap.targets), examples=examples)
        return lines(said, _said_money(gap.orphans, lang))

    return _finding(log, gap, gap.orphans, "silo_orphan", gap.targets, evidence=both(evidence), confidence="high")


def _finding(
    log: EventLog, gap: ChainGap, loose: Sequence[LooseObject], kind: str, of: int, *, evidence: Texts,
    confidence: str,
) -> Finding:
    share = _share(len(loose), of)
    return Finding(
        id="", rank=0, kind="silo", family="silo", ledger="none",
        where={"source": gap.source, "target": gap.target, "break": kind.removeprefix("silo_")}, n=of, open=len(loose),
        horizon_days=0, events=len(loose), days=None,
        why_no_interval=both(lambda lang: say("findings.silo_counted", lang)), per_passage=None, share=share,
        contrast=Contrast(share.value, share.low, share.high, 0.0, "reference"), first_share=None,
        confidence=confidence, title=both(lambda lang: say(f"findings.{kind}", lang, n=count(len(loose)),
                                                           **_names(gap, lang))),
        evidence=evidence, caveat=both(lambda lang: say(f"findings.{kind}_caveat", lang, **_names(gap, lang))),
        next_step=both(lambda lang: say(f"findings.next_{kind}", lang, **_names(gap, lang))),
        case_ids=tuple(each.object_id for each in loose), case_days=tuple(each.days for each in loose),
        at_stake=at_stake(loose),
        objects=tuple(ObjectBehind(each.object_id, each.since, log.as_of, each.row, each.amount, each.currency)
                      for each in loose),
    )


def _share(n: int, of: int) -> Interval:
    """A plain share with its interval."""
    import numpy as np

    of = max(of, n, 1)
    return share_interval(Estimate(n / of, np.where(np.arange(of) < n, 1.0, 0.0) - n / of))


def at_stake(loose: Sequence[LooseObject]) -> tuple[AtStake, ...]:
    """The money of the objects by currency, most objects first; amounts of different currencies are not added."""
    sums: dict[str, Decimal] = {}
    for each in loose:
        if each.amount is not None:
            currency = each.currency or ""
            sums[currency] = sums.get(currency, Decimal(0)) + each.amount
    return tuple(AtStake(value, currency) for currency, value in sorted(sums.items(), key=lambda pair: -pair[1]))


def _said_money(loose: Sequence[LooseObject], lang: str) -> str:
    money = at_stake(loose)
    without = sum(each.amount is None for each in loose)
    if not money:
        return say("findings.silo_no_amounts", lang)
    parts = [say("findings.silo_sum", lang, amount=f"{each.value:,.2f}",
                 currency=each.currency or say("findings.currency_unstated", lang)) for each in money]
    said = say("findings.silo_money", lang, sums=clauses(parts, lang))
    return lines(said, say("findings.silo_without_amount", lang, n=count(without)) if without else "")


def _names(gap: ChainGap, lang: str) -> dict[str, str]:
    return {"source": say(f"findings.silo_of_{gap.source}", lang),
            "target": say(f"findings.silo_to_{gap.target}", lang), "limit": percent(SAME_KEYS)}
