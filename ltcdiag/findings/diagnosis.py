"""The diagnosis of a log: every detector asked, claims numbered, tables kept beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Any

from ..domain.levels import name_of
from ..domain.prices import Prices, prices_of
from ..domain.reference import ReferenceModel, load_model
from ..domain.reference_copy import Difference, differences
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.look import Look, short_names
from ..log.results import Answer, Deviations
from ..log.steps import NO_TIME
from ..measures.observed import Observed, observe
from ..measures.waiting import waits
from ..quality.fitness import cautions
from ..words import Texts, current, in_all, say
from ..words.numbers import count, percent, time_interval
from ..words.texts import tidy
from . import claims
from .advice import advised
from .bottlenecks import bottlenecks
from .claims import both, joined, lines
from .complexity import complexity
from .context import Context, Detected
from .decision_days import decision_days
from .detours import detours
from .deviations import deviations
from .finding import Finding
from .forecast import forecast
from .gates import gates
from .handovers import handovers
from .leakage import leakage
from .lists import lists_of
from .lists import notes as list_notes
from .ping_pong import ping_pong
from .presence import handover_matrix, presence
from .queues import queues
from .ranks import ranked, with_money
from .rework import rework
from .rigidity import rigidity
from .segments import rules, segments
from .silos import silos
from .stage_days import stage_days, step_sums
from .transitions import funnels, transitions
from .triangle import triangle
from .value import notes_of, priced, settled
from .wait_causes import wait_causes
from .wait_tables import described_waits

DETECTORS: Mapping[str, Callable[[Context], Detected]] = MappingProxyType({
    "bottleneck": bottlenecks,      # steps that take clearly more time than the others
    "rework": rework,               # steps that cases go back to
    "handover": handovers,          # work that lies between two departments
    "deviation": deviations,        # finished cases that leave the reference model
    "gate": gates,                  # rules of the reference model that cases break
    "complexity": complexity,       # how many ways, steps and approvals
    "detour": detours,              # rare side ways that cost much
    "rigidity": rigidity,           # approvals that never say no, small deals on the path of big ones
    "handover_matrix": handover_matrix,     # departments and roles, pair by pair: describes only
    "presence": presence,           # who is there in which stage: describes only
    "ping_pong": ping_pong,         # pairs of departments between which work goes back and forth
    "triangle": triangle,           # corners of the iron triangle that are missing
    "leakage": leakage,             # stages after which cases fall silent, leads never assigned
    "forecast": forecast,           # close dates pushed, amounts that shrink, discounts that grow
    "transitions": transitions,     # where each stage leads: describes only
    "funnels": funnels,             # three ways to count who comes to a stage: describes only
    "segments": segments,           # groups of cases that take clearly longer at a step
    "rules": rules,                 # the same claims as rules to read
    "wait_causes": wait_causes,     # why work waits, where starts and people are recorded
    "decision_days": decision_days,  # steps that are decided on few days, or stand still
    "queue": queues,                # steps that take longer the more is in hand
})
LOOKED_AT = ("observe", "silo", *DETECTORS, "lists", "value")
"""What a diagnosis does, in its order; without known endings only the first two."""
QUESTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "bottleneck": ("flow", "stage_time"), "handover": ("flow", "stage_time", "handover"),
    "batching": ("flow", "stage_time"), "unavailability": ("flow", "stage_time"),
    "contention": ("flow", "stage_time", "handover"), "prioritisation": ("flow", "stage_time", "handover"),
    "rework": ("flow", "rework"), "deviation": ("flow",), "silo": ("flow", "conversion", "cash_cycle"),
    "gate": ("flow",), "complexity": ("flow", "stage_time"), "rigidity": ("flow", "stage_time"),
    "leakage": ("flow", "conversion"), "forecast": ("conversion",), "triangle": ("flow", "handover"),
    "ping_pong": ("flow", "rework", "handover"),
    "segment": ("flow", "stage_time"),
})
"""Kind of a finding → the questions of fitness on whose answer it rests."""
GENERAL_OVERLAPS = ("complexity.caveat_same_days", "wait_causes.caveat_shared_causes", "ping_pong.caveat_days")
"""Caveats that give way to the one that names the findings with the same days."""
SLOW = ("bottleneck", "handover")
"""Kinds whose days may be those of cases left lying."""
SEEN_TWICE = ("batching", "contention", "unavailability")
"""Kinds that are seen by starts and people, and by the days and loads alone."""


@dataclass(frozen=True)
class Diagnosis:
    """What can be claimed about a log, and the tables the claims come from.

    findings: ranked by days. why_none: why nothing could be claimed at all ("" where it could). tables: name → table:
    stages, lever, stuck, money (where there are amounts) and one a detector where days can be estimated; silo (links of
    the chain); sums where not; waits where starts are
    recorded. notes: sentences about what is shown and not blamed. model: the reference that said whose step is whose.
    """

    log: EventLog = field(repr=False)
    findings: tuple[Finding, ...]
    why_none: Texts
    tables: Mapping[str, Answer]
    notes: tuple[Texts, ...]
    horizon_days: int
    model: ReferenceModel = field(repr=False)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __getitem__(self, place: int) -> Finding:
        return self.findings[place]

    def top(self, k: int) -> Diagnosis:
        """The same with its first k findings."""
        return replace(self, findings=self.findings[:k])

    def table(self, name: str) -> Answer:
        """One of the tables. Raises InputError with the reason where it is not there."""
        if name not in self.tables:
            lang = current()
            why = self.why_none.get(lang) or say("findings.no_table", lang, name=name)
            raise InputError(why, fix=say("engine.one_of", lang, values=", ".join(self.tables)))
        return self.tables[name]

    def cases(self, place: int = 0) -> Answer:
        """The cases of a finding (0 is the first), shown with the names of this log. Raises InputError where it is not
        there."""
        if not 0 <= place < len(self.findings):
            lang = current()
            raise InputError(say("findings.no_finding", lang, place=place, n=len(self.findings)),
                             fix="\n".join(self._lines(lang)))
        return replace(self.findings[place].cases(self.log), look=look_of(self.log))

    @property
    def model_changes(self) -> tuple[Difference, ...]:
        """Where the reference differs from ours: what a client's copy says otherwise."""
        return differences(load_model(), self.model)

    def to_dict(self) -> dict[str, Any]:
        """For findings.json."""
        empty = not self.findings
        reason = self.why_none or both(lambda lang: say("findings.none_claimed", lang))
        return {"schema": "ltcdiag.findings/1", "findings": [finding.to_dict() for finding in self.findings],
                "horizon_days": self.horizon_days or None, "notes": [dict(note) for note in self.notes],
                "model": {"title": dict(both(self.model.title)), "version": self.model.version,
                          "changes": [dict(both(change.text)) for change in self.model_changes]},
                **({"reason": dict(reason)} if empty else {})}

    def __repr__(self) -> str:
        """Short, for a prompt: the numbers are in the findings, with more digits than two machines agree on."""
        return f"Diagnosis({len(self.findings)} findings, horizon_days={self.horizon_days})"

    def __str__(self) -> str:
        lang = current()
        return "\n".join(self._lines(lang))

    def _lines(self, lang: str) -> list[str]:
        if not self.findings:
            return [self.why_none[lang] if self.why_none else say("findings.none_claimed", lang)]
        return [f"{finding.id} {finding.title[lang]}" for finding in self.findings]

    def _repr_html_(self) -> str:
        lang = current()
        if not self.findings:
            return f"<p>{escape(self._lines(lang)[0])}</p>"
        notes = "".join(f"<p>{escape(note[lang])}</p>" for note in self.notes)
        return "".join(_card(finding, lang) for finding in self.findings) + notes


def diagnose(
    log: EventLog, model: ReferenceModel, *, prices: Prices | None = None, progress: Callable[[str], None] | None = None
) -> Diagnosis:
    """Asks every detector. Nothing is claimed where nobody knows which cases are over; that is said, with sums of what
    is recorded instead. progress: told each of LOOKED_AT when its turn comes (`progress.in_words`: as a sentence)."""
    tell = progress or (lambda _: None)
    tell("observe")
    observed = observe(log)
    context = Context(log, observed, model, tuple(log.tables.answer("case_ids").table["case_id"]))
    tables: dict[str, Answer] = {}
    if _some_starts(observed):
        tables["waits"] = waits(observed.steps)
    tell("silo")
    links, breaks = silos(log)
    if len(links.table):
        tables["silo"] = links
    if observed.timeline is None:
        tables["sums"] = step_sums(context)
        tables |= described_waits(context)
        found = advised(ranked(_doubted(breaks, log)))
        return Diagnosis(log, found, _why_none(context), _looking(tables, log), (), 0, model)
    return _estimated(context, tables, breaks, prices or prices_of(log.prices, where=""), tell)


def _estimated(
    context: Context, tables: dict[str, Answer], breaks: Iterable[Finding], prices: Prices, tell: Callable[[str], None]
) -> Diagnosis:
    """The diagnosis where days can be estimated."""
    log, observed, found = context.log, context.observed, {}
    for name, detector in DETECTORS.items():
        tell(name)
        found[name] = detector(context)
    tables |= {"stages": stage_days(context), **{name: part.table for name, part in found.items()}}
    tell("lists")
    lists = lists_of(context)
    tables |= lists.tables
    tell("value")
    claimed = with_money(lists.told(_once(claim for part in found.values() for claim in part.claims)), context)
    valued, ledgers = priced([*claimed, *breaks], context, prices)
    numbered, worth = settled(_overlapping_all(ranked(_doubted(valued, log)), context), ledgers, observed.steps.cases)
    tables |= {"value": worth} if len(worth.table) else {}
    notes = (*_notes(context, found["bottleneck"].table), *_partial(found["deviation"].table), *list_notes(tables),
             *notes_of(numbered, ledgers))
    return Diagnosis(log, advised(numbered), Texts(), _looking(tables, log), notes, observed.horizon,
                     context.model)


def _once(found: Iterable[Finding]) -> list[Finding]:
    """One finding a kind and place: two ways to see the same thing are told by the one that holds more days."""
    kept: dict[tuple[str, tuple[tuple[str, str], ...]], Finding] = {}
    for finding in found:
        key = finding.kind, tuple(sorted(finding.where.items()))
        if finding.kind in SEEN_TWICE:
            key = finding.kind, (("activity", finding.where.get("activity", "")),)
        if key not in kept or _days(finding) > _days(kept[key]):
            kept[key] = finding
    return list(kept.values())


def _days(finding: Finding) -> float:
    return finding.days.value if finding.days else 0.0


def _doubted(found: Iterable[Finding], log: EventLog) -> list[Finding]:
    """The findings, each with what makes its data doubtful said before its other doubts; nobody is sure of those."""
    said = {kind: in_all(partial(cautions, keys, log)) for kind, keys in QUESTIONS.items()}
    return [replace(finding, confidence=_less_sure(finding, said), caveat=Texts({
        lang: joined(said[finding.kind][lang], text, lang=lang) for lang, text in finding.caveat.items()}))
        for finding in found]


def _less_sure(finding: Finding, said: Mapping[str, Texts]) -> str:
    return "medium" if finding.confidence == "high" and any(said[finding.kind].values()) else finding.confidence


def _some_starts(observed: Observed) -> bool:
    return bool((observed.steps.started != NO_TIME).any())


def look_of(log: EventLog) -> Look:
    """How tables of a log are shown."""
    return Look(name_of, log.timezone, short_names([file.file for file in log.ledger.files]))


def _looking(tables: Mapping[str, Answer], log: EventLog) -> Mapping[str, Answer]:
    return MappingProxyType({name: replace(table, look=look_of(log)) for name, table in tables.items()})


def _why_none(context: Context) -> Texts:
    steps = context.observed.steps
    example = ""
    if len(steps.case):
        import numpy as np

        last = np.append(steps.case[1:] != steps.case[:-1], True)
        example = tidy(steps.labels[int(np.bincount(steps.label[last]).argmax())])  # whole, to be pasted
    return both(lambda lang: say(f"findings.why_{context.observed.why_not}", lang, example=example))


def _overlapping_all(named: tuple[Finding, ...], context: Context) -> tuple[Finding, ...]:
    """Those that share days name each other."""
    leaks = [each for each in named if each.kind == "leakage"]
    return tuple(_silent(_overlapping(finding, named), leaks, context) for finding in named)


def _silent(finding: Finding, leaks: Sequence[Finding], context: Context) -> Finding:
    """A slow step whose days are mostly those of cases that fell silent says so: it is left lying more than slow.
    leaks: the findings of cases that fell silent."""
    import numpy as np

    days = np.array(finding.case_days)
    total = float(days.sum()) if finding.kind in SLOW and leaks else 0
    if not total:
        return finding
    for leak in leaks:
        silent = np.zeros(len(context.case_ids), dtype=bool)
        silent[context.numbers(leak)] = True
        held = float(days[silent[context.numbers(finding)]].sum())
        if held > 0.5 * total:
            return _said_silent(finding, leak.id, held / total)
    return finding


def _said_silent(finding: Finding, leak: str, part: float) -> Finding:
    evidence = both(lambda lang: lines(finding.evidence[lang], say("findings.mostly_silent", lang, id=leak,
                                                                   part=percent(part))))
    return replace(finding, evidence=evidence, overlaps=(*finding.overlaps, leak))


def _overlapping(finding: Finding, every: Iterable[Finding]) -> Finding:
    if finding.ledger != "none":
        return finding
    ids = tuple(other.id for other in every if other.kind == "bottleneck"
                and other.where.get("activity") == finding.where.get("activity"))
    if not ids:
        return finding
    caveat = both(lambda lang: joined(say("findings.caveat_same_days", lang, ids=", ".join(ids)),
                                      _without_general(finding.caveat[lang], lang), lang=lang))
    return replace(finding, overlaps=ids, caveat=caveat)


def _without_general(caveat: str, lang: str) -> str:
    """Not said twice: that its days may be those of another finding."""
    for key in GENERAL_OVERLAPS:
        caveat = caveat.replace(say(key, lang), "")
    return " ".join(caveat.split())


def _notes(context: Context, steps: Answer) -> tuple[Texts, ...]:
    """The customer's steps that would be claims if they were ours: shown, not blamed."""
    table = steps.table
    theirs = table[(table["owner"] == "customer") & (table["times_low"] > _limit(context))
                   & (table["days_low"] > claims.LEAST_SHARE * context.observed.days_open.value)]
    shown = theirs[["step", "days_per_case", "days_low", "days_high"]].itertuples(index=False, name=None)
    return tuple(_customers(context, *row) for row in shown)


def _limit(context: Context) -> float:
    """How many times the usual is clear, among all steps."""
    ours = [row for row in context.step_ledger if context.ours(row.key) and row.enough]
    return claims.least_times(ours) if ours else claims.LEAST_TIMES


def _partial(table: Answer) -> tuple[Texts, ...]:
    """That time ran out before all finished cases had been laid against the reference."""
    if not isinstance(table, Deviations) or table.complete or not table.unjudged:
        return ()
    return (both(lambda lang: say("findings.partial_conformance", lang, judged=count(table.judged),
                                  unjudged=count(table.unjudged))),)


def _customers(context: Context, step: str, days: float, low: float, high: float) -> Texts:
    return both(lambda lang: say("findings.customer_owned", lang, step=tidy(step, 40),
                                 horizon=context.observed.horizon, days=time_interval(days, low, high, lang)))


def _card(finding: Finding, lang: str) -> str:
    kind = f"{finding.id} · {say(f'findings.kind_{finding.kind}', lang)}"
    family = say(f"findings.family_{finding.family}", lang)
    confidence = say(f"findings.confidence_{finding.confidence}", lang)
    return (
        f'<div style="border-left:4px solid #3b75b8;padding:.2em 0 .2em .8em;margin:.6em 0">'
        f"<div style='color:#66707d'>{escape(kind)} · {escape(family)} · {escape(confidence)}</div>"
        f"<div style='font-weight:600;font-size:1.1em'>{escape(finding.title[lang])}</div>"
        f"<div>{'<br>'.join(escape(line) for line in finding.evidence[lang].splitlines())}</div>"
        f"<div style='color:#66707d'>{escape(finding.caveat[lang])}</div>"
        f"<div>→ {escape(finding.next_step[lang])}</div></div>"
    )
