"""Measures of a plan: taken from the library for each finding, filled in from the log, or the team's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, count
from typing import Any

from ..domain.initiatives import Initiative, load_initiatives
from ..domain.reference import ReferenceModel
from ..domain.rules import Rule
from ..findings.advice import stage_in
from ..words import Texts, in_all, languages
from .goals import Aims, both, initiatives_at, kpi_of, step_of
from .parties import named
from .plan import Baseline, Goal, Measure, Sign
from .wishes import Entry

WEEKS = {1: 1, 2: 2, 3: 4, 4: 8, 5: 12}
"""Effort → weeks before the change in which a measure has to begin."""
LEFT_OUT = ("approval_to_notice", "close_rare_detours")
"""Initiatives after which a step is gone."""
_WITHIN = ("bottleneck", "handover", "batching", "contention", "prioritisation", "unavailability", "segment",
           "rigidity")
_PART = 0.5
TEXTS = ("what", "first", "risk", "limits")


@dataclass(frozen=True, eq=False)
class Actions:
    """What the measures of a plan are made from."""

    aims: Aims
    findings: Sequence[Entry]
    goals: Sequence[Goal]
    departments: Sequence[str]

    def measures(self) -> tuple[Measure, ...]:
        """The measures: those of the library for each finding, then the team's changes and its own."""
        found = [*self._proposed()]
        for said in self.aims.wishes.measures:
            place = next((n for n, each in enumerate(found) if each.id == said.get("id")), None)
            if place is None:
                place = next((n for n, each in enumerate(found)
                              if said.get("initiative") and each.initiative == said["initiative"]), None)
            if place is not None:
                found[place] = self._changed(found[place], said)
            else:
                found.append(self._own(said, _free(found, said)))
        drop = set(self.aims.wishes.drop)
        return tuple(each for each in found if not {each.id, each.initiative} & drop)

    def _proposed(self) -> Iterator[Measure]:
        """Each initiative once, for the first finding that names it."""
        taken, numbers = set(self.aims.wishes.drop), count(1)
        for finding in self.findings:
            fresh = [each for each in initiatives_at(finding) if each.key not in taken]
            for initiative in fresh[:self.aims.wishes.per_finding]:
                taken.add(initiative.key)
                yield self.measure(f"M{next(numbers)}", initiative, finding)

    def measure(self, name: str, initiative: Initiative, finding: Entry | None) -> Measure:
        """An initiative of the library as a measure against a finding."""
        wishes = self.aims.wishes
        where = finding.get("where", {}) if finding else {}
        key = initiative.kpi_at(stage_in(where))
        goal = self._goal(key, finding)
        raci = self.raci(initiative.owner, where)
        doers = [party for party, letter in raci.items() if letter == "R"] or [initiative.owner]
        base = goal.baseline if goal is not None and goal.kpi == key else self._baseline(key)
        gain = self.aims.gain(key, finding, base)
        if gain is None and goal is not None and goal.kpi != key:       # what it moves is not what can be reckoned
            gain = self.aims.gain(goal.kpi, finding, goal.baseline)
            key = goal.kpi if gain else key
        sign, why = self.sign(initiative.key, finding)
        begins, ends = span(wishes.change, initiative.effort, wishes.today)
        return Measure(
            name, in_all(initiative.name), what=in_all(initiative.what), first=in_all(initiative.first),
            risk=in_all(initiative.risk), limits=in_all(initiative.limits), initiative=initiative.key,
            finding=str(finding["id"]) if finding else "", goal=goal.id if goal else "", kpi=key,
            owner=named(doers[0], wishes.people), accountable=named(initiative.owner, wishes.people), raci=raci,
            gain=gain, no_gain={} if gain else both("planning.no_gain"), effort=initiative.effort, begins=begins,
            ends=ends, sign=sign, no_sign=why)

    def _baseline(self, key: str) -> Baseline | None:
        found = self.aims.baseline(key)
        return found if isinstance(found, Baseline) else None

    def _goal(self, key: str, finding: Entry | None) -> Goal | None:
        """The goal a measure serves: that of its KPI, else that of its finding."""
        by_kpi = next((goal for goal in self.goals if goal.kpi == key), None)
        if by_kpi is not None or finding is None:
            return by_kpi
        mine = next((goal for goal in self.goals if goal.finding == finding["id"]), None)
        wanted = kpi_of(finding, [goal.kpi for goal in self.goals])
        return mine or next((goal for goal in self.goals if goal.kpi == wanted), None)

    def raci(self, accountable: str, where: Mapping[str, Any]) -> dict[str, str]:
        """Party → letter: one answers for it; who does the step does it, the others of the handover are asked, who of
        the triangle is on duty at the stage is asked, the rest of the triangle is told."""
        stage, model = stage_in(where) or "", self.aims.model
        duty = model.stages[stage].roles if stage in model.stages else ()
        there = {str(where[name]) for name in ("department", "source", "target")
                 if where.get(name) in self.departments}
        doer = where.get("department") if where.get("department") in self.departments else None
        if doer is None and where.get("target") in self.departments:
            doer = where["target"]
        found = dict.fromkeys(_triangle(model), "I")
        found |= dict.fromkeys(duty, "C")
        found |= dict.fromkeys(sorted(there), "C")
        if doer is None and duty and duty[0] != accountable:
            doer = duty[0]
        if doer is not None:
            found[doer] = "R"
        return found | {accountable: "A"}

    def sign(self, initiative: str, finding: Entry | None) -> tuple[Sign | None, Mapping[str, str]]:
        """How the log shows it, and why it does not where it cannot."""
        made = sign_of(initiative, finding or {}, self.aims.log.stages, self.aims.model.rules)
        return (made, {}) if made else (None, both("planning.no_sign"))

    def _changed(self, found: Measure, said: Entry) -> Measure:
        """A measure with what the team wants otherwise."""
        plain = {name: said[name] for name in ("finding", "goal", "kpi", "owner", "accountable", "effort", "begins",
                                               "ends", "status") if said.get(name) not in (None, "")}
        texts = {name: _both(said[name]) for name in ("name", *TEXTS) if said.get(name)}
        more: dict[str, Any] = {}
        if said.get("raci"):
            answering = next(party for party, letter in said["raci"].items() if letter == "A")
            more = {"raci": dict(said["raci"]), "accountable": named(answering, self.aims.wishes.people)}
        elif said.get("accountable"):
            kept = {party: "I" if letter == "A" else letter for party, letter in found.raci.items()}
            more = {"raci": {**kept, str(said["accountable"]): "A"}}
        if said.get("sign"):
            more |= {"sign": sign_from(said["sign"]), "no_sign": {}}
        return replace(found, **{**plain, **texts, **more})

    def _own(self, said: Entry, name: str) -> Measure:
        """A measure that was not proposed: of the library, or the team's own words."""
        ids = {str(each["id"]): each for each in self.findings}
        finding = ids.get(str(said.get("finding")))
        if said.get("initiative"):
            return self._changed(self.measure(name, load_initiatives()[said["initiative"]], finding), said)
        wishes, goal = self.aims.wishes, next((each for each in self.goals if each.id == said.get("goal")), None)
        goal = goal or (self._goal(str(said.get("kpi", "")), finding))
        effort = int(said.get("effort") or 3)
        begins, ends = span(wishes.change, effort, wishes.today)
        answering = str(said.get("accountable") or (goal.accountable if goal else "process_owner"))
        bare = Measure(name, _both(said["name"]), goal=goal.id if goal else "", kpi=goal.kpi if goal else "",
                       finding=str(said.get("finding") or (goal.finding if goal else "")), owner=answering,
                       accountable=answering, raci={answering: "A"}, effort=effort, begins=begins, ends=ends,
                       no_gain=both("planning.no_gain"), no_sign=both("planning.no_sign_own"))
        return self._changed(bare, said)


def sign_of(
    initiative: str, finding: Entry, labels: Mapping[str, str | None], rules: Mapping[str, Rule],
) -> Sign | None:
    """How the log shows that a finding of this kind is answered; None where it cannot. labels: activity → stage."""
    where, kind = finding.get("where", {}), finding.get("kind", "")
    step = step_of(finding)
    if kind == "gate":
        return _of_rule(where, labels, rules.get(str(where.get("rule", ""))))
    if kind == "deviation":
        return _of_deviation(where, labels)
    if step not in labels:
        return None
    if initiative in LEFT_OUT:
        return Sign("lacks", step)
    if kind in _WITHIN:
        days = (finding.get("days_per_passage") or {}).get("value")
        return Sign("within", step, days=max(1.0, round(2 * _PART * days) / 2)) if days else None
    return Sign("once", step) if kind == "rework" else None


def _of_rule(where: Mapping[str, Any], labels: Mapping[str, str | None], rule: Rule | None) -> Sign | None:
    """A rule that is kept: one step before the other, at some time, within its days, once."""
    first, step = str(where.get("source") or ""), str(where.get("target") or "")
    if rule is None or (rule.kind in ("precedence", "must") and first not in labels):
        return None
    if rule.kind == "must":
        return Sign("has", first)
    if step not in labels:
        return None
    if rule.kind == "precedence":
        return Sign("before", first, other=step)
    if rule.kind == "response" and rule.within:
        return Sign("within", step, days=float(rule.within))
    return Sign("once", step) if rule.kind == "once" else None


def _of_deviation(where: Mapping[str, Any], labels: Mapping[str, str | None]) -> Sign | None:
    """A stage or step that was skipped is there."""
    step = str(where.get("step") or next((label for label, stage in labels.items() if stage is not None
                                          and stage == where.get("stage")), ""))
    return Sign("has", step) if step in labels and where.get("deviation") == "skipped" else None


def sign_from(said: Mapping[str, Any]) -> Sign:
    """A sign as the team writes it."""
    days = said.get("days")
    return Sign(str(said["kind"]), str(said["activity"]), str(said.get("other") or ""),
                float(days) if days is not None else None)


def span(change: str, effort: int, today: str) -> tuple[str, str]:
    """From when a measure is worked on so that it is in force on the day of the change."""
    ends = date.fromisoformat(change)
    begins = ends - timedelta(weeks=WEEKS[effort])
    if today and date.fromisoformat(today) < ends:
        begins = max(begins, date.fromisoformat(today))
    return begins.isoformat(), ends.isoformat()


def _triangle(model: ReferenceModel) -> tuple[str, ...]:
    return tuple(model.roles)


def _both(text: Any) -> Mapping[str, str]:
    return Texts(text if isinstance(text, Mapping) else dict.fromkeys(languages(), str(text)))


def _free(found: Sequence[Measure], said: Entry) -> str:
    taken = {each.id for each in found}
    wanted = [str(said["id"])] if said.get("id") else []
    return next(name for name in chain(wanted, (f"M{n}" for n in count(len(found) + 1))) if name not in taken)
