"""A finding: a claim about a log with its evidence, its doubt, the next question and the cases to open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..log.event_log import EventLog
from ..log.filters import CaseIs
from ..log.results import Answer
from ..stats.intervals import Interval
from ..words import Texts, run_on


@dataclass(frozen=True)
class Contrast:
    """What makes it a claim: a value with its interval, clear of a stated limit. against: "other_steps" (times what is
    usual there), "reference" (a share above a stated line) or "other_cases" (days more than those of other cases)."""

    value: float
    low: float
    high: float
    limit: float
    against: str


@dataclass(frozen=True)
class AtStake:
    """Money of one currency ("" where nobody states it)."""

    value: Decimal
    currency: str


@dataclass(frozen=True)
class Worth:
    """What a finding is worth in one ledger (labour, cash, margin), a range by the user's own prices. hours: of labour,
    None in the other ledgers."""

    ledger: str
    value: Decimal
    low: Decimal
    high: Decimal
    currency: str
    hours: float | None = None


@dataclass(frozen=True)
class MoneyDays:
    """Money that waits: amount times days, summed over the cases of a finding as recorded so far; without: the same
    without its three largest deals. One currency."""

    value: float
    without: float
    currency: str


@dataclass(frozen=True)
class ObjectBehind:
    """An object (a contract, an invoice) that a finding is about. since: when it was ready for its next step, None
    where that is not recorded. until: the as-of moment. row: its place in the source."""

    object_id: str
    since: datetime | None
    until: datetime
    row: int | None
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True)
class Finding:
    """One claim.

    id: F01, F02 ... in the order of rank. where: activity, source, target, stage, department ... whichever apply.
    ledger: "time" where its days belong to no other finding of that ledger, "none" where they are days of others
    seen from another side. days: per case within the horizon (its first `horizon_days` days), None for the reason
    `why_no_interval` (empty where there are days). per_passage: days each time. share: of the cases it could happen
    to. n: cases it rests on, `open` of them not over. case_ids: those behind it, the worst first, and case_days: the
    days of each. overlaps: findings whose days it shares. at_stake: its money, a sum a currency. objects: where it is
    about objects and not about cases of the log; case_ids are theirs then.
    first_share: how often it comes first when the cases are drawn anew. evidence: sentences, one group a line.
    worth: what it is worth, by ledger. money_days: the money that waits. ranks: list (days, money, lever, stock) → its
    place there. initiatives: keys of the measures worth discussing. ask: the question it raises for the people there.
    """

    id: str
    rank: int
    kind: str
    family: str
    ledger: str
    where: Mapping[str, str]
    n: int
    open: int
    horizon_days: int
    events: int
    days: Interval | None
    why_no_interval: Texts
    per_passage: Interval | None
    share: Interval | None
    contrast: Contrast
    first_share: float | None
    confidence: str
    title: Texts
    evidence: Texts
    caveat: Texts
    next_step: Texts
    case_ids: Sequence[str] = field(repr=False)
    case_days: Sequence[float] = field(repr=False)
    overlaps: tuple[str, ...] = ()
    at_stake: tuple[AtStake, ...] = ()
    objects: tuple[ObjectBehind, ...] = field(default=(), repr=False)
    worth: tuple[Worth, ...] = ()
    money_days: MoneyDays | None = None
    ranks: Mapping[str, int] = field(default_factory=dict)
    initiatives: tuple[str, ...] = ()
    ask: Texts = field(default_factory=Texts)

    @property
    def case_file(self) -> str:
        """Where a report lists its cases."""
        return f"findings/{self.id}_cases.csv"

    def cases(self, log: EventLog) -> Answer:
        """Its cases as a table, one row a case, the worst first; days_here: the days that the finding counts there.
        Where it is about objects: object_id, days_here, since, amount, currency, source_row."""
        if self.objects:
            return self._objects()
        found = log.where(CaseIs(tuple(self.case_ids))).tables.answer("cases")
        place = {case: n for n, case in enumerate(self.case_ids)}
        ordered = found.table.iloc[sorted(range(len(found.table)), key=lambda n: place[found.table["case_id"].iloc[n]])]
        table = ordered.reset_index(drop=True)
        table.insert(1, "days_here", [self.case_days[place[case]] for case in table["case_id"]])
        return replace(found, table=table)

    def _objects(self) -> Answer:
        import pandas as pd

        rows = [(each.object_id, days, each.since, each.amount, each.currency, each.row)
                for each, days in zip(self.objects, self.case_days, strict=True)]
        names = ["object_id", "days_here", "since", "amount", "currency", "source_row"]
        return Answer(pd.DataFrame(rows, columns=names), len(rows), "")

    def to_dict(self) -> dict[str, Any]:
        """For findings.json."""
        return {
            "id": self.id, "rank": self.rank, "ranks": dict(self.ranks),
            "ledger": self.ledger, "kind": self.kind, "family": self.family, "where": _nested(self.where),
            "cases": len(self.case_ids), "events": self.events, "share_of_cases": len(self.case_ids) / max(1, self.n),
            "n": self.n, "open": self.open, "horizon_days": self.horizon_days,
            "days": _interval(self.days), "days_per_passage": _interval(self.per_passage),
            "share": _interval(self.share), "why_no_interval": dict(self.why_no_interval) or None,
            "contrast": {"value": self.contrast.value, "low": self.contrast.low, "high": self.contrast.high,
                         "limit": self.contrast.limit, "against": self.contrast.against},
            **self._money(), **self._worth(),
            "first_share": self.first_share, "confidence": self.confidence, "overlaps": list(self.overlaps),
            "title": dict(self.title), "caveat": dict(self.caveat),
            "evidence": {lang: _one_line(text, lang) for lang, text in self.evidence.items()},
            "next_step": dict(self.next_step), "ask": dict(self.ask) or None, "initiatives": list(self.initiatives),
            "case_file": self.case_file,
        }

    def _money(self) -> dict[str, Any]:
        """amount_at_stake where there is one currency, amounts_at_stake in any case; nothing without money."""
        sums = [{"value": _plain(each.value), "currency": each.currency or None} for each in self.at_stake]
        if not sums:
            return {}
        return {"amounts_at_stake": sums, **({"amount_at_stake": sums[0]} if len(sums) == 1 else {})}

    def _worth(self) -> dict[str, Any]:
        """worth by ledger and money_days, where they are known."""
        waiting = self.money_days
        worth = [{"ledger": each.ledger, "value": _plain(each.value), "low": _plain(each.low),
                  "high": _plain(each.high), "currency": each.currency or None, "hours": each.hours}
                 for each in self.worth]
        return {**({"worth": worth} if worth else {}), **({"money_days": {
            "value": waiting.value, "without_largest": waiting.without, "currency": waiting.currency or None,
        }} if waiting else {})}


def _nested(where: Mapping[str, str]) -> dict[str, Any]:
    """segment_column and segment_value as one: "segment": {"column", "value"}; so for segment_2."""
    plain: dict[str, Any] = {key: value for key, value in where.items() if not key.startswith("segment")}
    for key in (key.removesuffix("_column") for key in where if key.endswith("_column")):
        plain[key] = {"column": where[f"{key}_column"], "value": where[f"{key}_value"]}
    return plain


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _one_line(text: str, lang: str) -> str:
    """Lines one after the other, as the language writes sentences."""
    return run_on(text.splitlines(), lang)


def _interval(found: Interval | None) -> dict[str, float] | None:
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}
