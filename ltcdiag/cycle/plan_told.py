"""A plan as people read it: goals with their baselines, measures, risks that are taken seriously, the days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..domain.initiatives import load_owners
from ..domain.kpis import load_kpis
from ..errors import InputError
from ..log.look import html_facts, html_table
from ..words import current, say
from ..words.numbers import bare_interval, count, days_interval, share_interval, times, working_days
from .parties import party_name, with_person
from .plan import Baseline, Goal, Measure, Plan, Sign

_MOST_VOTED = 10
Table = tuple[list[str], list[list[str]]]


def told(plan: Plan, lang: str) -> str:
    """The plan as plain text."""
    colon = say("log.colon", lang)
    lines = [f"{name}{colon}{text}" for name, text in facts(plan, lang)]
    lines += [f"{goal.id} {_goal_line(goal, lang)}" for goal in plan.goals]
    lines += [f"{each.id} {each.name[lang]}{colon}{_measure_line(each, lang)}" for each in plan.measures]
    return "\n".join(lines)


def as_html(plan: Plan, lang: str) -> str:
    """The plan as tables of a notebook."""
    shown = ("goals", "measures", "risks", *(("votes",) if plan.voted else ()))
    parts = "".join(PlanPart(plan, name)._repr_html_() for name in shown)
    return html_facts(facts(plan, lang)) + parts


def facts(plan: Plan, lang: str) -> list[tuple[str, str]]:
    """The days, and whom the change reaches."""
    none, comma = say("cycle.none", lang), say("log.comma", lang)
    rows = [("question", plan.question or none), ("change", plan.change or none), ("review", plan.review_on or none)]
    if plan.waves:
        first = sorted(plan.waves.items(), key=lambda pair: (pair[1], pair[0]))
        rows.append(("waves", say("planning.waves", lang, column=plan.wave_column, waves=comma.join(
            say("planning.wave", lang, value=value, day=day) for value, day in first))))
    else:
        rows += [(name, none if scope is None and name == "control" else say("cycle.everybody", lang) if scope is None
                  else say("cycle.scope", lang, column=scope[0], values=comma.join(scope[1])))
                 for name, scope in (("pilot", plan.pilot), ("control", plan.control))]
    if plan.voted:
        rows.append(("votes", votes_text(plan, lang)))
    names = {"waves": "planning.row_waves", "votes": "planning.row_votes"}
    return [(say(names.get(name, f"cycle.row_{name}"), lang), text) for name, text in rows]


def votes_text(plan: Plan, lang: str) -> str:
    """What the dots of a workshop did to the order of the findings."""
    given = [each for each in plan.voted if each.kind == "finding" and each.dots]
    notes = count(sum(len(each.notes) for each in plan.voted))
    if not given:
        return say("planning.votes_notes", lang, notes=notes)
    return say("planning.votes_order", lang, notes=notes, dots=say("log.comma", lang).join(
        say("planning.vote", lang, name=each.about, n=count(each.dots)) for each in given[:_MOST_VOTED]))


def baseline_text(goal: Goal, lang: str) -> str:
    """Where a KPI stands, with its interval, its horizon and its cases; else why nobody can tell."""
    base = goal.baseline
    if base is None:
        return goal.why_no_baseline.get(lang, "–") or "–"
    return say("planning.baseline", lang, value=interval_text(base.value, base.low, base.high, base.unit, lang),
               n=count(base.n), horizon=horizon_text(base, lang))


def interval_text(value: float, low: float | None, high: float | None, unit: str, lang: str) -> str:
    """A number in its unit, with its interval where it has one."""
    if low is None or high is None:
        return level_text(value, unit, lang)
    if unit == "share":
        return share_interval(value, low, high, lang)
    if unit == "days":
        return days_interval(value, low, high, lang)
    if unit == "working_days":
        return working_days(value, low, high, lang=lang)
    if unit in ("count", "score"):
        return times(value, low, high, lang=lang, unit="times" if unit == "count" else "points")
    return bare_interval(value, low, high, lang)


def horizon_text(base: Baseline, lang: str) -> str:
    """Within how many days."""
    return say("planning.horizon", lang, days=base.horizon_days) if base.horizon_days else ""


def target_text(goal: Goal, lang: str) -> str:
    """The level hoped for."""
    if goal.target is None:
        return "–"
    unit = goal.baseline.unit if goal.baseline else load_kpis()[goal.kpi].unit
    return level_text(goal.target, unit, lang)


def level_text(value: float, unit: str, lang: str) -> str:
    """A level in its unit."""
    if unit == "share":
        return f"{100 * value:.1f}%"
    shown = f"{value:,.0f}" if abs(value) >= 99.5 else f"{value:.1f}" if abs(value) >= 0.95 else f"{value:.2f}"
    return say(f"planning.unit_{unit}", lang, n=shown)


def gain_text(measure: Measure, lang: str) -> str:
    """What a measure may bring, or that nobody can tell."""
    gain = measure.gain
    if gain is None:
        return say("planning.unknown", lang)
    if gain.unit == "share":
        parts = [f"{100 * each:.1f}" for each in (gain.value, gain.low, gain.high) if each is not None]
        said = say("power.unit_share", lang, n=parts[0])
        return said if len(parts) < 3 else say("numbers.interval", lang, value=said, low=parts[1], high=parts[2])
    return interval_text(gain.value, gain.low, gain.high, gain.unit, lang)


def sign_text(measure: Measure, lang: str) -> str:
    """How the log will show it."""
    return _SIGNS[measure.sign.kind](measure.sign, lang) if measure.sign else measure.no_sign.get(lang, "") or say(
        "planning.no_sign", lang)


def _plain(key: str) -> Callable[[Sign, str], str]:
    def text(sign: Sign, lang: str) -> str:
        return say(f"planning.sign_{key}", lang, step=sign.activity, other=sign.other,
                   days=f"{sign.days:g}" if sign.days is not None else "–")

    return text


_SIGNS = {kind: _plain(kind) for kind in ("has", "lacks", "once", "within", "before")}


def _goal_line(goal: Goal, lang: str) -> str:
    return say("planning.goal_line", lang, kpi=load_kpis()[goal.kpi].name(lang), baseline=baseline_text(goal, lang),
               target=target_text(goal, lang), due=goal.due, accountable=party_name(goal.accountable, lang))


def _measure_line(measure: Measure, lang: str) -> str:
    return say("planning.measure_line", lang, accountable=party_name(measure.accountable, lang), ends=measure.ends,
               effort=measure.effort, gain=gain_text(measure, lang), sign=sign_text(measure, lang))


@dataclass(frozen=True, eq=False)
class PlanPart:
    """A part of a plan, to be looked at: goals, measures, gains, risks, milestones, raci or votes."""

    plan: Plan
    name: str

    def __post_init__(self) -> None:
        if self.name not in PARTS:
            raise InputError(say("engine.unknown_choice", current(), value=self.name),
                             fix=say("engine.one_of", current(), values=", ".join(PARTS)))

    def table(self, lang: str) -> tuple[str, list[str], list[list[str]]]:
        """Its caption, heads and rows."""
        heads, rows = _TABLES[self.name](self.plan, lang)
        return say(f"planning.{self.name}", lang, n=len(rows)), heads, rows

    def __str__(self) -> str:
        caption, _, rows = self.table(current())
        return "\n".join([caption, *(" | ".join(row) for row in rows)])

    def _repr_html_(self) -> str:
        caption, heads, rows = self.table(current())
        days = {say(f"planning.col_{name}", current()) for name in ("due", "begins", "ends", "done")}
        return html_table(heads, rows, numeric=[head in days for head in heads], caption=caption)


def _heads(lang: str, *names: str) -> list[str]:
    return [say(f"planning.col_{name}", lang) for name in names]


def _goals(plan: Plan, lang: str) -> Table:
    rows = [[goal.id, load_kpis()[goal.kpi].name(lang), baseline_text(goal, lang), target_text(goal, lang),
             goal.basis.get(lang, ""), goal.due, party_name(goal.accountable, lang), goal.finding]
            for goal in plan.goals]
    return _heads(lang, "id", "kpi", "baseline", "target", "basis", "due", "accountable", "finding"), rows


def _measures(plan: Plan, lang: str) -> Table:
    rows = [[each.id, each.name[lang], each.first.get(lang, ""), each.finding, each.goal, str(each.effort),
             party_name(each.accountable, lang), party_name(each.owner, lang), each.begins, sign_text(each, lang)]
            for each in plan.measures]
    return _heads(lang, "id", "measure", "first", "finding", "goal", "effort", "accountable", "owner", "begins",
                  "sign"), rows


def _gains(plan: Plan, lang: str) -> Table:
    rows = [[each.id, each.name[lang], load_kpis()[each.kpi].name(lang) if each.kpi else "", gain_text(each, lang),
             (each.gain.assumed if each.gain else each.no_gain).get(lang, "")] for each in plan.measures]
    return _heads(lang, "id", "measure", "kpi", "gain", "assumed"), rows


def _risks(plan: Plan, lang: str) -> Table:
    rows = [[say("planning.yes" if risk.chosen else "planning.no", lang), risk.name[lang], risk.answer.get(lang, ""),
             party_name(risk.owner, lang)] for risk in plan.risks]
    return _heads(lang, "chosen", "risk", "answer", "accountable"), rows


def _milestones(plan: Plan, lang: str) -> Table:
    rows = [[each.id, each.due, each.name[lang], each.measure, each.done] for each in plan.milestones]
    return _heads(lang, "id", "due", "milestone", "measure", "done"), rows


def _raci(plan: Plan, lang: str) -> Table:
    parties = parties_of(plan)
    rows = [[each.id, each.name[lang], *(each.raci.get(party, "") for party in parties)] for each in plan.measures]
    return [*_heads(lang, "id", "measure"), *(with_person(party, plan.people, lang) for party in parties)], rows


def _votes(plan: Plan, lang: str) -> Table:
    none = say("cycle.none", lang)
    answers = {each.about: say("log.comma", lang).join(one.id for one in plan.measures if one.finding == each.about)
               for each in plan.voted if each.kind == "finding"}
    rows = [[each.about, count(each.dots), count(each.people), " / ".join(each.notes),
             answers.get(each.about) or none] for each in plan.voted]
    return _heads(lang, "about", "dots", "people", "notes", "measure"), rows


_TABLES: Mapping[str, Callable[[Plan, str], Table]] = {
    "goals": _goals, "measures": _measures, "gains": _gains, "risks": _risks, "milestones": _milestones, "raci": _raci,
    "votes": _votes}
PARTS = tuple(_TABLES)


def parties_of(plan: Plan) -> list[str]:
    """Who takes part: the roles in the order of the library, then the departments."""
    there = {party for each in plan.measures for party in each.raci}
    return [*(key for key in load_owners() if key in there), *sorted(there - set(load_owners()))]
