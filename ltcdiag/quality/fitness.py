"""Which questions the data can answer: yes, with care, or no; why, and what would unlock the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from ..domain.defects import load_defects, load_questions
from ..domain.stages import load_stages
from ..log.defects import Defect
from ..log.event_log import EventLog
from ..log.look import html_table
from ..words import current, say

Answerable = Literal["yes", "with_care", "no"]
FEW_CASES, BEFORE_AFTER_CASES, BEFORE_AFTER_DAYS = 20, 60, 180
"""Fewer cases describe themselves and no process; a comparison needs that many cases begun over that many days."""
_TOUCHED = 0.01     # defects in a smaller share of the rows or cases, together, move no figure by much
_SAID = 3           # defects that are named beside a figure
_UNMAPPED = 0.2     # of the events with no known stage: more than this and stages are guesswork


@dataclass(frozen=True)
class Verdict:
    """One question. why: sentences, the heaviest first. needs: what would answer it, "" where nothing is missing."""

    key: str
    name: str
    asks: str
    answerable: Answerable
    why: tuple[str, ...]
    needs: str


@dataclass(frozen=True)
class Fitness:
    """The verdicts, and the defects that they rest on. checked: whether defects were looked for."""

    verdicts: tuple[Verdict, ...]
    defects: tuple[Defect, ...]
    lang: str
    checked: bool = True

    def __getitem__(self, key: str) -> Verdict:
        return next(verdict for verdict in self.verdicts if verdict.key == key)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __str__(self) -> str:
        colon = say("log.colon", self.lang)
        return "\n".join(f"{v.name}{colon}{said(v.answerable, self.lang)} {' '.join(v.why)}" for v in self.verdicts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [(v.name, said(v.answerable, self.lang), " ".join(v.why), v.needs) for v in self.verdicts]
        heads = [say(f"quality.head_{name}", self.lang) for name in ("question", "answerable", "why", "needs")]
        return html_table(heads, rows, numeric=(False,) * 4, caption=say("quality.caption", self.lang))

    def to_dict(self) -> dict[str, Any]:
        """The content of fitness.json (schema ltcdiag.fitness/1)."""
        kinds = load_defects()
        return {
            "schema": "ltcdiag.fitness/1",
            "defects": [{"defect": d.name, "n": d.n, "severity": d.deed, "unit": d.unit, "file": d.file,
                         "column": d.column, "examples": list(d.examples), "affects": list(kinds[d.name].harms)}
                        for d in self.defects],
            "questions": [{"question": v.key, "answerable": v.answerable, "why": list(v.why), "needs": v.needs}
                          for v in self.verdicts],
        }


def said(answerable: Answerable, lang: str) -> str:
    """The verdict in a word."""
    return say(f"quality.{answerable}", lang)


class _Facts(NamedTuple):
    """What the log shows. elsewhere: main stages of the data that this case view leaves out."""

    log: EventLog
    stages: frozenset[str]
    main_stages: frozenset[str]
    elsewhere: frozenset[str]
    repeats: bool
    started_days: float

    def has(self, *stages: str) -> bool:
        return self.stages.issuperset(stages)


def _mapped(facts: _Facts) -> bool:
    return len(facts.log.unmapped) <= _UNMAPPED * max(1, len(facts.log.stages))


_Need = Callable[[_Facts], bool]
_NEEDS: Mapping[str, tuple[tuple[str, Answerable, _Need], ...]] = MappingProxyType({
    "flow": (),
    "stage_time": (("no_stages", "no", lambda f: len(f.stages) > 1), ("unmapped", "with_care", _mapped)),
    "rework": (("never_twice", "with_care", lambda f: f.repeats),),
    "handover": (("no_parties", "no", lambda f: bool({"resource", "role", "department"} & set(f.log.columns))),),
    "roles": (("no_roles", "no", lambda f: bool({"role", "department"} & set(f.log.columns))),),
    "conversion": (
        ("no_leads", "no", lambda f: "manage_leads" in f.main_stages | f.elsewhere),
        ("leads_elsewhere", "no", lambda f: "manage_leads" not in f.elsewhere),
        ("leads_only", "no", lambda f: f.main_stages != {"manage_leads"})),
    "win_rate": (("no_won", "no", lambda f: f.has("won")), ("no_lost", "with_care", lambda f: f.has("lost"))),
    "approval": (("no_approval", "no", lambda f: f.has("contract_approval")),),
    "delivery": (("no_delivery", "no", lambda f: bool(f.stages & {"delivering", "accepted"})),),
    "cash_cycle": (("no_invoice", "no", lambda f: f.has("invoiced")), ("no_payment", "no", lambda f: f.has("paid"))),
    "before_after": (("too_short", "with_care", lambda f: f.started_days >= BEFORE_AFTER_DAYS),
                     ("too_few_to_compare", "with_care", lambda f: f.log.cases >= BEFORE_AFTER_CASES)),
    "money": (("no_money", "no", lambda f: bool(f.log.ledger.money)),
              ("currencies", "with_care", lambda f: len(f.log.ledger.money) < 2),
              ("unreadable_amounts", "with_care", lambda f: not f.log.ledger.unreadable_amounts)),
})


def assess_fitness(log: EventLog, *, lang: str | None = None) -> Fitness:
    """A verdict on every question. Few cases, missing records and defects that touch more than one row or case of a
    hundred take away from it."""
    lang = lang or current()
    facts = _facts(log)
    verdicts = [_verdict(key, facts, lang) for key in _NEEDS]
    return Fitness(tuple(verdicts), log.defects, lang, log.checked)


def _facts(log: EventLog) -> _Facts:
    stages = frozenset(stage for stage in log.stages.values() if stage)
    known = load_stages()
    cases = log.tables.answer("cases").table
    spread = (cases["started"].max() - cases["started"].min()).total_seconds() / 86_400 if len(cases) else 0.0
    repeats = int(log.tables.answer("rework").table["cases_repeating"].sum()) > 0
    here, there = ({known[stage].main_stage for stage in all_} for all_ in (stages, log.known_stages.values()))
    return _Facts(log, stages, frozenset(here), frozenset(there - here), repeats, spread)


def _verdict(key: str, facts: _Facts, lang: str) -> Verdict:
    question, failed = load_questions()[key], [(why, worst) for why, worst, need in _NEEDS[key] if not need(facts)]
    if not facts.log.checked:
        failed.append(("not_checked", "with_care"))
    if facts.log.cases < FEW_CASES:
        failed.append(("few_cases", "with_care"))
    marks: list[Answerable] = [worst for _, worst in failed]
    why = [say(f"quality.{name}", lang, n=facts.log.cases) for name, _ in failed]
    needs = "; ".join(say(f"quality.{name}_needs", lang) for name, worst in failed if worst == "no")
    if "no" not in marks:
        harmed = [_harm(defect, lang) for defect in _harmful([key], facts.log)]
        marks += ["with_care"] * bool(harmed)
        why += harmed
    answerable: Answerable = "no" if "no" in marks else "with_care" if marks else "yes"
    return Verdict(key, question.name.said(lang), question.asks.said(lang), answerable, tuple(why), needs)


def _harmful(keys: Collection[str], log: EventLog) -> list[Defect]:
    """What makes answers to these questions doubtful, the heaviest first; nothing where it is little. Repaired and
    merged rows are as they should be."""
    kinds = load_defects()
    found = [defect for defect in log.defects
             if defect.deed not in ("repair", "merge") and not set(keys).isdisjoint(kinds[defect.name].harms)]
    shares = {defect: defect.n / max(1, log.cases if defect.unit == "case" else log.ledger.totals["records"])
              for defect in found}
    heavy = any(kinds[defect.name].heavy for defect in found)
    if not heavy and sum(shares.values()) <= _TOUCHED:
        return []
    return sorted(found, key=lambda defect: (not kinds[defect.name].heavy, -shares[defect], defect.name))


def cautions(keys: Collection[str], log: EventLog, lang: str) -> str:
    """What stands beside a figure that rests on these questions: which defects make it doubtful; "" where none do."""
    found = [_said_short(defect, lang) for defect in _harmful(keys, log)]
    if not found:
        return ""
    more = say("quality.and_more", lang, n=len(found) - _SAID) if len(found) > _SAID else ""
    return say("quality.caution", lang, what=say("log.comma", lang).join(found[:_SAID]) + more)


def _said_short(defect: Defect, lang: str) -> str:
    unit = "cases" if defect.unit == "case" else "rows"
    return say(f"quality.short_{unit}", lang, what=load_defects()[defect.name].said(lang), n=f"{defect.n:,}")


def _harm(defect: Defect, lang: str) -> str:
    unit = "cases" if defect.unit == "case" else "rows"
    return say(f"quality.harmed_{unit}", lang, what=load_defects()[defect.name].said(lang), n=f"{defect.n:,}")
