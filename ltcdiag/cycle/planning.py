"""A plan proposed from the findings of a cycle: goals, measures, people, dates, risks; the team's wishes go first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ..domain.initiatives import load_initiatives
from ..domain.risks import load_risks
from ..errors import Fault, InputError
from ..log.event_log import EventLog
from ..words import Texts, current, in_all, languages, say
from .actions import Actions
from .folder import Cycle, day_of
from .goals import Aims, both, goals_of, step_of
from .parties import departments_of, named
from .plan import Goal, Measure, Milestone, Plan, Risk, Voted
from .rehearsal import Asked, Rehearsal
from .wishes import Entry, Wishes, check, wishes_of

_OLD_WAY = 7    # days after the beginning of a measure by which its first step is done


def propose(
    cycle: Cycle, log: EventLog, *, today: str | date | None = None, voted: Sequence[Voted] = (), **wishes: Any,
) -> Plan:
    """A plan that answers the findings of a cycle, with what the team wants instead. log: what the cycle was assessed
    on, read again. today: ISO day, by default the real one. voted: what a workshop gave dots to. wishes: the fields of
    `Wishes`.

    Raises InputError with every fault: a cycle that was not assessed yet, names of findings, KPIs, parties, columns,
    values or steps that are not there, days that are none, a measure for which not exactly one person answers."""
    cycle.needs("plan")
    asked = replace(wishes_of(day_of(today), **wishes), voted=tuple(voted))
    departments = departments_of(log)
    check(asked, log, cycle.findings, departments)
    asked = replace(asked, question=asked.question or cycle.question).dated
    findings = chosen(with_days(cycle.findings), asked)
    aims = Aims(log, Rehearsal(log, asked_of(asked)), asked)
    goals = goals_of(aims, findings)
    measures = Actions(aims, findings, goals, departments).measures()
    _check_drop(asked, measures)
    _check_goals(goals)
    return Plan(
        question=asked.question, goals=goals, measures=measures, milestones=tuple(milestones_of(asked, measures)),
        risks=tuple(risks_of(asked, findings)), change=asked.change, review_on=asked.review_on, pilot=asked.pilot,
        control=asked.control, wave_column=asked.wave_column, waves=asked.waves, horizon_days=asked.horizon_days,
        calendar=asked.calendar, people=dict(asked.people), voted=asked.voted)


def chosen(findings: Sequence[Entry], asked: Wishes) -> tuple[Entry, ...]:
    """The findings that are answered: those the team keeps, else the first that the library knows an answer to, those
    with most dots of a workshop before the others; what is the same step seen from another side is left out, unless it
    has dots."""
    known, dots = load_initiatives(), {each.about: each.dots for each in asked.voted if each.kind == "finding"}
    ordered = sorted(findings, key=lambda each: -dots.get(str(each["id"]), 0))      # where dots tie, as the data say
    if asked.keep:
        return tuple(each for each in ordered if each["id"] in asked.keep)
    found: list[Entry] = []
    for each in ordered:
        told = {str(other["id"]) for other in found}
        same = told.intersection(each.get("overlaps", ())) or any(step_of(each) == step_of(one) for one in found)
        if step_of(each) and same and each.get("ledger") == "none" and not dots.get(str(each["id"])):
            continue
        found += [each] if any(key in known for key in each.get("initiatives", ())) else []
    return tuple(found[:asked.top])


def with_days(findings: Sequence[Entry]) -> tuple[Entry, ...]:
    """The findings, each with the days a passage of its step takes where another finding of that step knows them."""
    known: dict[str, Any] = {}
    for each in findings:
        if each.get("days_per_passage") and step_of(each):
            known.setdefault(step_of(each), each["days_per_passage"])
    return tuple({**each, "days_per_passage": each.get("days_per_passage") or known.get(step_of(each))}
                 for each in findings)


def asked_of(asked: Wishes) -> Asked:
    """What the review will ask, as far as the plan says it."""
    return Asked(asked.change, asked.review_on, asked.pilot, asked.control, asked.wave_column,
                 tuple(asked.waves.items()), horizon_days=asked.horizon_days, calendar=asked.calendar)


def _check_drop(asked: Wishes, measures: Sequence[Measure]) -> None:
    """Raises InputError for a name that is neither a measure nor an initiative."""
    known = {*load_initiatives(), *(each.id for each in measures), *asked.keep}
    strange = [name for name in asked.drop if name not in known and not name.startswith("M")]
    if strange:
        raise InputError([Fault(say("planning.unknown_initiative", current(), name=name)) for name in strange])


def _check_goals(goals: Sequence[Goal]) -> None:
    """Raises InputError for targets that are worse than where things stand, and ids that come twice."""
    from ..domain.kpis import load_kpis

    lang, faults = current(), []
    for goal in goals:
        card, base = load_kpis()[goal.kpi], goal.baseline
        if base is None or goal.target is None or card.direction == "none":
            continue
        worse = goal.target > base.value if card.direction == "lower_is_better" else goal.target < base.value
        if worse:
            faults.append(Fault(say(f"planning.target_{card.direction}", lang, kpi=card.name(lang),
                                    target=f"{goal.target:g}", baseline=f"{base.value:.3g}")))
    ids = [goal.id for goal in goals]
    faults += [Fault(say("planning.twice", lang, name=name)) for name in sorted({x for x in ids if ids.count(x) > 1})]
    if faults:
        raise InputError(faults)


def milestones_of(asked: Wishes, measures: Sequence[Measure]) -> Iterator[Milestone]:
    """The points of the timetable: success frozen, the first step of each measure, the change, half-way, the review."""
    change, review = date.fromisoformat(asked.change), date.fromisoformat(asked.review_on)
    points = [("frozen", (change - timedelta(days=1)).isoformat(), "")]
    points += [("first_step", _first_step(each), each.id) for each in measures]
    points += [("change", asked.change, "")] if not asked.waves else []
    waves = sorted(asked.waves.items(), key=lambda pair: (pair[1], pair[0]))
    half = change + (review - change) / 2
    found = [Milestone("", _milestone_name(key, measures, own), day, measure=own) for key, day, own in points]
    found += [Milestone("", both("planning.milestone_wave", value=value), day) for value, day in waves]
    found += [Milestone("", both("planning.milestone_half"), half.isoformat()),
              Milestone("", both("planning.milestone_review"), asked.review_on)]
    ordered = sorted(found, key=lambda each: each.due)
    numbered = [replace(each, id=f"P{n}") for n, each in enumerate(ordered, 1)]
    yield from _wished(numbered, asked.milestones)


def _first_step(measure: Measure) -> str:
    due = date.fromisoformat(measure.begins) + timedelta(days=_OLD_WAY)
    return min(due.isoformat(), measure.ends or due.isoformat())


def _milestone_name(key: str, measures: Sequence[Measure], own: str) -> Mapping[str, str]:
    measure = next((each for each in measures if each.id == own), None)
    return in_all(lambda lang: say(f"planning.milestone_{key}", lang,
                                   **({"measure": measure.name[lang]} if measure else {})))


def _wished(found: Sequence[Milestone], wishes: Sequence[Entry]) -> Iterator[Milestone]:
    by_id = {str(each["id"]): each for each in wishes if each.get("id") in {one.id for one in found}}
    for each in found:
        said = by_id.get(each.id, {})
        name = _both(said["name"]) if said.get("name") else each.name
        yield replace(each, name=name, due=str(said.get("due") or each.due), done=str(said.get("done") or each.done),
                      measure=str(said.get("measure") or each.measure))
    rest = [each for each in wishes if str(each.get("id", "")) not in by_id]
    for n, said in enumerate(rest, len(found) + 1):
        yield Milestone(str(said.get("id") or f"P{n}"), _both(said.get("name", said.get("id"))),
                        str(said.get("due", "")), str(said.get("done", "")), str(said.get("measure", "")))


def _both(text: Any) -> Mapping[str, str]:
    return Texts(text if isinstance(text, Mapping) else dict.fromkeys(languages(), str(text)))


def risks_of(asked: Wishes, findings: Sequence[Entry]) -> Iterator[Risk]:
    """The checklist; chosen are those the team names, else those that the findings make likely."""
    families = frozenset(str(each.get("family", "")) for each in findings)
    for each in load_risks().values():
        picked = each.is_likely(families) if asked.risks is None else each.key in asked.risks
        yield Risk(each.key, in_all(each.name),
                   in_all(each.answer), named(each.owner, asked.people), picked)
