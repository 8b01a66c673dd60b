"""Goals of a plan: the indicators that its findings should move, where they stand, and how far they could come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..domain.initiatives import Initiative, load_initiatives
from ..domain.kpis import KpiCard, load_kpis
from ..domain.reference import ReferenceModel, load_model
from ..domain.stages import load_stages
from ..findings.advice import stage_in
from ..findings.context import Context
from ..findings.levers import PART, levers
from ..log.event_log import EventLog
from ..log.filters import Attribute
from ..measures.compare_logs import Options
from ..measures.facts import facts_of
from ..measures.kpis import notes_of
from ..measures.observed import observed_of
from ..measures.quantity import NOUGHT, Lacking
from ..stats.intervals import Interval
from ..words import Said, in_all, say
from .definition import Scope
from .parties import named
from .plan import Baseline, Gain, Goal
from .rehearsal import Rehearsal, unit_of
from .wishes import Entry, Wishes

MOST_GOALS = 3
REWORK_PART, USUAL_PART = 0.5, 0.25
"""What is proposed where nothing can be reckoned: half of the rework, a quarter of anything else."""
REWORK_KPIS = ("rework_rate", "rework_days", "requotes_per_case", "rework_money")
EVERYWHERE = ("days_open", "lead_to_cash_days", "first_pass_days")
"""KPIs in which the days of every step count."""
SPANS: Mapping[str, tuple[str, ...]] = {
    "sales_cycle_days": ("manage_leads", "convert_opportunities"), "order_to_acceptance_days": ("fulfilment",),
    "collection_cycle_days": ("collections",), "dso_days": ("collections",)}
"""KPI → the main stages whose days count in it."""


@dataclass(frozen=True)
class Saved:
    """What half the time of a step would bring, or that of its quickest team. days: per case of the whole log. team:
    its name, "" for half the time. part: its time as a part of the usual one."""

    step: str
    stage: str | None
    days: Interval
    cases: int
    part: float
    team: str


@dataclass(frozen=True, eq=False)
class Aims:
    """What the goals of a plan are made from."""

    log: EventLog
    rehearsed: Rehearsal
    wishes: Wishes

    @cached_property
    def model(self) -> ReferenceModel:
        """Who is on duty at a stage."""
        return load_model("ltc")

    @cached_property
    def part(self) -> EventLog:
        """The log of the pilot."""
        pilot = self.rehearsed.asked.pilot
        return self.log if pilot is None else self.log.where(Attribute(*pilot))

    @cached_property
    def saved(self) -> dict[str, Saved]:
        """Step → what less time there would bring; empty where days cannot be estimated."""
        import numpy as np

        whole = Options(calendar=self.wishes.calendar or None).ready(self.part)     # the days of the indicators
        horizon = self.rehearsed.known.observed(None).horizon or None
        observed = observed_of(whole.on_clock(whole.steps, np.arange(whole.steps.cases)), self.part.stages,
                               asked=self.wishes.horizon_days or horizon, recorded=whole.steps,
                               facts=facts_of(self.part, whole.steps))
        if observed.timeline is None:
            return {}
        ids = tuple(self.part.tables.answer("case_ids").table["case_id"])
        found = levers(Context(self.part, observed, self.model, ids))[1]
        labels = observed.steps.labels
        return {labels[each.label]: Saved(
            labels[each.label], observed.stage[each.label], each.team.days if each.team else each.days,
            observed.steps.cases, each.team.part.value if each.team else PART, each.team.name if each.team else "",
        ) for each in found}

    def baseline(self, key: str) -> Baseline | Lacking:
        """Where a KPI stands before the change."""
        found = self.rehearsed.baseline(key)
        if isinstance(found, Lacking):
            return found
        interval = found.interval
        return Baseline(found.value, interval.low if interval else None, interval.high if interval else None, found.n,
                        found.open, unit_of(load_kpis()[key], self.wishes.calendar), found.horizon_days or None,
                        found.method)

    def gain(self, key: str, finding: Entry | None, base: Baseline | None) -> Gain | None:
        """What answering a finding may bring to a KPI, in its unit, and what is assumed; None where nobody knows."""
        card = load_kpis()[key]
        if base is None or finding is None or card.direction != "lower_is_better":
            return None
        step = self.saved.get(str(step_of(finding)))
        if card.unit == "days" and step is not None and _counts_in(key, step.stage):
            return _days_gained(card, step, base)
        if key in REWORK_KPIS and finding.get("kind") in ("rework", "ping_pong"):
            return _less_rework(key, finding, base)
        return None


def _less_rework(key: str, finding: Entry, base: Baseline) -> Gain | None:
    """Half of the rework of a finding; it is no more than the indicator counts in all. None where there is none."""
    if base.value < NOUGHT:
        return None
    told = finding.get({"rework_rate": "share", "rework_days": "days"}.get(key, "")) or {}
    here = min(1.0, told["value"] / base.value) if told.get("value") else 1.0
    part = REWORK_PART * here
    assumed = both("planning.assumed_rework_share" if key == "rework_rate" else "planning.assumed_rework")
    return Gain(part * base.value, _times(base.low, part), _times(base.high, part), base.unit, assumed, base.value)


def _days_gained(card: KpiCard, step: Saved, base: Baseline) -> Gain:
    """Days that a step would take less, per case that the KPI counts; never more than there are."""
    scale = step.cases / base.n if "start" in card.parameters and base.n else 1.0
    low, value, high = (min(max(each * scale, 0.0), base.value)
                        for each in (step.days.low, step.days.value, step.days.high))
    key = "assumed_team" if step.team else "assumed_half"
    facts = {"step": step.step, "team": step.team, "part": f"{100 * step.part:.0f}%"}
    said = both(f"planning.{key}", **facts)
    if scale != 1.0:
        said = {lang: text + say("planning.assumed_scaled", lang) for lang, text in said.items()}
    return Gain(value, low, high, base.unit, said, base.value)


def _counts_in(key: str, stage: str | None) -> bool:
    chain = load_stages()
    main = chain[stage].main_stage if stage is not None and stage in chain.stages else None
    if key in EVERYWHERE:
        return True
    return main is not None and (key == f"days_in_{main}" or main in SPANS.get(key, ()))


def _times(value: float | None, part: float) -> float | None:
    return None if value is None else part * value


def step_of(finding: Entry) -> str:
    """The step a finding stands at."""
    where = finding.get("where", {})
    return str(where.get("activity") or where.get("target") or "")


def initiatives_at(finding: Entry) -> tuple[Initiative, ...]:
    """The initiatives a finding names."""
    known = load_initiatives()
    return tuple(known[key] for key in finding.get("initiatives", ()) if key in known)


def kpi_of(finding: Entry, answerable: Sequence[str]) -> str:
    """The KPI that most of its initiatives should move, of those that the log can answer; the days open where none of
    them can be."""
    stage = stage_in(finding.get("where", {}))
    named_by = [each.kpi_at(stage) for each in initiatives_at(finding)]
    fitting = [key for key in named_by if key in answerable]
    if fitting:
        return max(dict.fromkeys(fitting), key=fitting.count)
    return "days_open" if "days_open" in answerable or not named_by else named_by[0]


def movable() -> tuple[str, ...]:
    """KPIs of which one way is better."""
    return tuple(key for key, card in load_kpis().items() if card.direction != "none")


def goals_of(aims: Aims, findings: Sequence[Entry]) -> tuple[Goal, ...]:
    """The goals: those the team names, filled in; without any, one a KPI that the findings should move, three at
    most."""
    wanted = [key for each in findings for key in (each_.kpi_at(stage_in(each.get("where", {})))
                                                   for each_ in initiatives_at(each))]
    answerable = aims.rehearsed.can_answer([key for key in dict.fromkeys([*wanted, "days_open"]) if key in movable()])
    first: dict[str, Entry] = {}
    for finding in findings:
        first.setdefault(kpi_of(finding, answerable), finding)
    proposed = [_goal(aims, f"G{place}", key, finding)
                for place, (key, finding) in enumerate(list(first.items())[:MOST_GOALS], 1)]
    proposed = proposed or [_goal(aims, "G1", "days_open", None)]      # a cycle can go on without a finding
    if not aims.wishes.goals:
        return tuple(proposed)
    return tuple(_wished(aims, proposed, first, findings))


def _wished(
    aims: Aims, proposed: Sequence[Goal], first: Mapping[str, Entry], findings: Sequence[Entry],
) -> Iterator[Goal]:
    by_id = {each.id: each for each in proposed}
    ids = {str(each["id"]): each for each in findings}
    free = (f"G{n}" for n in range(1, 100) if f"G{n}" not in {str(each.get("id")) for each in aims.wishes.goals})
    for said in aims.wishes.goals:
        key = said.get("kpi") or (by_id[said["id"]].kpi if said.get("id") in by_id else "days_open")
        finding = ids.get(str(said.get("finding"))) or first.get(key)
        segment = said.get("segment")
        goal = _goal(aims, str(said.get("id") or next(free)), key, finding, tuple(segment) if segment else None)
        told = {name: said[name] for name in ("accountable", "due", "finding") if said.get(name)}
        if said.get("target") is not None:
            told |= {"target": float(said["target"]), "basis": both("planning.basis_team_wish")}
        yield replace(goal, **told)


def _goal(
    aims: Aims, name: str, key: str, finding: Entry | None, segment: tuple[str, str] | None = None,
) -> Goal:
    found = aims.baseline(key)
    base = found if isinstance(found, Baseline) else None
    why = notes_of(load_kpis()[key], found) if isinstance(found, Lacking) else {}
    target, basis = _target(aims, key, finding, base)
    return Goal(name, key, base, why, segment or _single(aims.rehearsed.asked.pilot), target,
                aims.rehearsed.asked.review_on, _accountable(aims, key, finding),
                str(finding["id"]) if finding else "", basis)


def _single(pilot: Scope | None) -> tuple[str, str] | None:
    return (pilot[0], pilot[1][0]) if pilot is not None and len(pilot[1]) == 1 else None


def _target(aims: Aims, key: str, finding: Entry | None, base: Baseline | None) -> tuple[float | None, Said]:
    """A level that is proposed and where it comes from."""
    card = load_kpis()[key]
    if base is None or card.direction == "none":
        return None, {}
    gain = aims.gain(key, finding, base)
    if gain is not None and gain.value > 0:
        proposed = {lang: say("planning.basis_gain", lang, assumed=text) for lang, text in gain.assumed.items()}
        return rounded(base.value - gain.value, base.unit), proposed
    if card.direction == "lower_is_better":
        return rounded(base.value * (1 - USUAL_PART), base.unit), both("planning.basis_quarter")
    more = USUAL_PART * (1 - base.value) if base.unit == "share" else USUAL_PART * base.value
    return rounded(base.value + more, base.unit), both(
        "planning.basis_quarter_gap" if base.unit == "share" else "planning.basis_quarter_more")


def rounded(value: float, unit: str) -> float:
    """A target as one would name it."""
    return round(value, {"share": 3, "count": 2, "money": 0}.get(unit, 1))


def _accountable(aims: Aims, key: str, finding: Entry | None) -> str:
    """Who answers for the first initiative that moves the KPI."""
    if finding is None:
        return named("process_owner", aims.wishes.people)
    stage = stage_in(finding.get("where", {}))
    every = initiatives_at(finding)
    owner = next((each.owner for each in every if each.kpi_at(stage) == key), every[0].owner if every else
                 "process_owner")
    return named(owner, aims.wishes.people)


def both(key: str, **facts: Any) -> Said:
    """A sentence in every language."""
    return in_all(lambda lang: say(key, lang, **facts))
