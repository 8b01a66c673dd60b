"""The weekly call list: open cases that stand longer than four in five others did there, whom to call, since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from html import escape
from typing import Any

from ..domain.reference import ReferenceModel
from ..findings.context import Context
from ..findings.stuck import stuck
from ..log.event_log import EventLog
from ..log.look import html_table
from ..measures.observed import observe
from ..words import current, say
from ..words.numbers import money, spoken
from .folder import Cycle

_SHOWN = 20


@dataclass(frozen=True)
class Call:
    """One open case: step (after which it stands), next_step (that most likely comes), since (ISO day), days there,
    usual_days (within which four in five went on), with_whom, amount and currency, new: not on the list before."""

    case_id: str
    step: str
    next_step: str
    with_whom: str
    since: str
    days: float = field(repr=False)
    usual_days: float = field(repr=False)
    amount: float | None = field(repr=False)
    currency: str = ""
    new: bool = False


@dataclass(frozen=True)
class Calls:
    """The list, most money first, then most days. open: all open cases; unjudged: those that stand where nobody knows
    what is usual. before: as-of day of the list before ("" where this is the first). gone: cases of it that went on or
    are over. why_none: why there is no list."""

    calls: tuple[Call, ...]
    as_of: str
    open: int
    unjudged: int
    before: str = ""
    gone: tuple[str, ...] = ()
    known: bool = True

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __len__(self) -> int:
        return len(self.calls)

    @property
    def new(self) -> tuple[Call, ...]:
        """Not on the list before."""
        return tuple(each for each in self.calls if each.new)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"schema": "ltcdiag.calls/1", **asdict(self)}

    def lead(self, lang: str) -> str:
        """How many, how many new, how many gone."""
        if not self.known:
            return say("implement.calls_unknown", lang)
        facts = {"n": f"{len(self):,}", "open": f"{self.open:,}", "unjudged": f"{self.unjudged:,}", "as_of": self.as_of}
        first = say("implement.calls_lead", lang, **facts)
        if not self.before:
            return first
        return first + say("implement.calls_since", lang, before=self.before, new=f"{len(self.new):,}",
                           gone=f"{len(self.gone):,}")

    def heads(self, lang: str) -> list[str]:
        """The heads of the table."""
        return [say(f"implement.h_{head}", lang) for head in
                ("case", "step", "next_step", "with_whom", "since", "days", "usual", "amount", "new")]

    def rows(self, lang: str, k: int | None = None) -> Iterator[list[str]]:
        """The first k rows as texts."""
        for each in self.calls[:k]:
            amount = "" if each.amount is None else money(each.amount, currency=each.currency, lang=lang)
            yield [each.case_id, each.step, each.next_step, each.with_whom, each.since, spoken(each.days, lang),
                   spoken(each.usual_days, lang), amount, say("implement.new", lang) if each.new else ""]

    def __str__(self) -> str:
        lang = current()
        lines = [say("implement.call_line", lang, case=each.case_id, who=each.with_whom or "–", step=each.step,
                     since=each.since, days=spoken(each.days, lang), usual=spoken(each.usual_days, lang))
                 for each in self.calls[:_SHOWN]]
        return "\n".join([self.lead(lang), *lines])

    def _repr_html_(self) -> str:
        lang = current()
        table = html_table(self.heads(lang), self.rows(lang, _SHOWN),
                           numeric=[False] * 5 + [True, True, True, False]) if self.calls else ""
        return f"<p>{escape(self.lead(lang))}</p>{table}<p>{escape(say('implement.calls_how', lang))}</p>"


def calls_of(cycle: Cycle, log: EventLog, model: ReferenceModel) -> Calls:
    """The list of a log; new and gone against the last week that the cycle keeps of an earlier as-of day."""
    as_of = log.as_of.date().isoformat()
    earlier = [week for week in weeks_kept(cycle) if week["as_of"] < as_of]
    before: Mapping[str, Any] = earlier[-1] if earlier else {}
    listed = set(before.get("calls", {}).get("cases", ()))
    observed = observe(log)
    if not observed.steps.known:
        return Calls((), as_of, 0, 0, before.get("as_of", ""), (), known=False)
    context = Context(log, observed, model, tuple(log.tables.answer("case_ids").table["case_id"]))
    found = stuck(context)
    calls = tuple(_call(row, log, listed if before else None) for row in found.table.to_dict("records"))
    gone = sorted(listed - {each.case_id for each in calls})
    return Calls(calls, as_of, found.open, found.unjudged, before.get("as_of", ""), tuple(gone))


def _call(row: Mapping[Any, Any], log: EventLog, listed: set[str] | None) -> Call:
    days, amount = float(row["days_here"]), row["amount"]
    since = (log.as_of - timedelta(days=days)).date().isoformat()
    return Call(str(row["case_id"]), row["step"], _text(row["next_step"]), _text(row["with_whom"]), since, days,
                float(row["late_days"]), None if amount is None or amount != amount else float(amount),  # noqa: PLR0124
                _text(row["currency"]), listed is not None and str(row["case_id"]) not in listed)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def weeks_kept(cycle: Cycle) -> Sequence[Mapping[str, Any]]:
    """The weeks that a cycle keeps, the earliest first."""
    part = cycle.part("weeks")
    return () if part is None else sorted(part.get("weeks", ()), key=lambda week: str(week["as_of"]))
