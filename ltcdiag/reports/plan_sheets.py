"""The sheets of a plan's workbook: the same for writing it and for taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..cycle.parties import party_name, with_person
from ..cycle.plan import RACI, SIGNS, STATUS, Goal, Measure, Plan
from ..cycle.plan_told import baseline_text, facts, gain_text, parties_of
from ..domain.initiatives import load_owners
from ..domain.kpis import load_kpis
from ..words import say
from .grids import Kind, Value

How = Literal["fixed", "text", "both", "number", "day", "choice", "party"]
"""What may be done with a cell: nothing; a text, one of both languages, a number, a day, a word of a list, a name."""
NAMES = ("overview", "goals", "measures", "raci", "milestones", "risks")
PERCENT = 100.0


@dataclass(frozen=True)
class Cell:
    """A column. key: of its heading and of the field. how: what may be done with it. words: what may stand in it,
    shown text → key. needed: it may not be empty."""

    key: str
    how: How = "fixed"
    width: int = 14
    kind: Kind = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    heading: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its columns, and its rows by the id of what they are."""

    name: str
    cells: tuple[Cell, ...]
    rows: Mapping[str, tuple[Value, ...]]

    def title(self, lang: str) -> str:
        """What stands on its tab."""
        return say(f"plan_book.sheet_{self.name}", lang)

    def head(self, cell: Cell, lang: str) -> str:
        """The heading of a column; what is not to be changed says so."""
        return cell.heading or say(f"plan_book.col_{cell.key}", lang)


def sheets_of(plan: Plan, lang: str) -> tuple[Sheet, ...]:
    """All of them, in their order."""
    makers: Mapping[str, Callable[[Plan, str], Sheet]] = {
        "overview": _overview, "goals": _goals, "measures": _measures, "raci": _raci, "milestones": _milestones,
        "risks": _risks}
    return tuple(makers[name](plan, lang) for name in NAMES)


def statuses(lang: str) -> dict[str, str]:
    """Status as shown → its key."""
    return {say(f"planning.status_{each}", lang): each for each in STATUS}


def kpi_names(lang: str) -> dict[str, str]:
    """Names of the indicators that can be better or worse → their keys."""
    return {card.name(lang): key for key, card in load_kpis().items() if card.direction != "none"}


def signs(lang: str) -> dict[str, str]:
    """How the log shows it, as shown → its key."""
    return {say(f"plan_book.sign_{each}", lang): each for each in SIGNS}


def yes_no(lang: str) -> dict[str, str]:
    """Yes and no."""
    return {say("planning.yes", lang): "yes", say("planning.no", lang): "no"}


def efforts() -> dict[str, str]:
    """1 to 5."""
    return {str(n): str(n) for n in range(1, 6)}


def letters() -> dict[str, str]:
    """R, A, C, I."""
    return {each: each for each in RACI}


def parties(plan: Plan, lang: str) -> dict[str, str]:
    """Party as shown → its key: roles, and departments of the plan."""
    keys = dict.fromkeys([*load_owners(), *parties_of(plan)])
    return {party_name(key, lang): key for key in keys}


def unit_of(goal: Goal) -> str:
    """The unit in which a goal's target is written: per cent for shares."""
    return goal.baseline.unit if goal.baseline else load_kpis()[goal.kpi].unit


def _overview(plan: Plan, lang: str) -> Sheet:
    rows: dict[str, tuple[Value, ...]] = {}
    shown = dict(facts(plan, lang))
    editable = {say("cycle.row_question", lang): ("question", plan.question),
                say("cycle.row_change", lang): ("change", plan.change),
                say("cycle.row_review", lang): ("review_on", plan.review_on)}
    for name, text in shown.items():
        key, value = editable.get(name, (name, text))
        rows[key] = (name, value, say("plan_book.may_edit" if name in editable else "plan_book.fixed", lang))
    return Sheet("overview", (Cell("item", width=22), Cell("value", "text", 80, "lines"), Cell("note", width=20)), rows)


def _goals(plan: Plan, lang: str) -> Sheet:
    cells = (Cell("id", width=7), Cell("kpi", "choice", 26, words=kpi_names(lang), needed=True),
             Cell("baseline", width=34, kind="lines"), Cell("target", "number", 10, "days"), Cell("unit", width=9),
             Cell("due", "day", 12),
             Cell("accountable", "party", 20, words=parties(plan, lang)), Cell("finding", width=9),
             Cell("basis", width=50, kind="lines"))
    return Sheet("goals", cells, {goal.id: _goal_row(goal, lang) for goal in plan.goals})


def _goal_row(goal: Goal, lang: str) -> tuple[Value, ...]:
    unit = unit_of(goal)
    target = None if goal.target is None else goal.target * PERCENT if unit == "share" else goal.target
    return (goal.id, load_kpis()[goal.kpi].name(lang), baseline_text(goal, lang), target,
            say(f"plan_book.unit_{unit}", lang), goal.due, party_name(goal.accountable, lang), goal.finding,
            goal.basis.get(lang, ""))


def _measures(plan: Plan, lang: str) -> Sheet:
    goals = {goal.id: goal.id for goal in plan.goals}
    cells = (
        Cell("id", width=7), Cell("status", "choice", 10, words=statuses(lang)),
        Cell("measure", "both", 30, "lines", needed=True),
        Cell("goal", "choice", 8, words=goals), Cell("finding", width=9), Cell("gain", width=24),
        Cell("effort", "choice", 9, words=efforts()),
        Cell("accountable", "party", 18, words=parties(plan, lang)),
        Cell("owner", "party", 18, words=parties(plan, lang)), Cell("begins", "day", 12), Cell("ends", "day", 12),
        Cell("first", "both", 40, "lines"), Cell("what", "both", 46, "lines"), Cell("pitfall", "both", 40, "lines"),
        Cell("limits", "both", 40, "lines"), Cell("sign_kind", "choice", 14, words=signs(lang)),
        Cell("sign_activity", "text", 18), Cell("sign_other", "text", 18), Cell("sign_days", "number", 8, "days"),
        Cell("assumed", width=46, kind="lines"))
    return Sheet("measures", cells, {each.id: _measure_row(each, lang) for each in plan.measures})


def _measure_row(each: Measure, lang: str) -> tuple[Value, ...]:
    kinds = {key: shown for shown, key in signs(lang).items()}
    sign = each.sign
    assumed = (each.gain.assumed if each.gain else each.no_gain).get(lang, "")
    return (each.id, say(f"planning.status_{each.status}", lang), each.name[lang], each.goal, each.finding,
            gain_text(each, lang), str(each.effort), party_name(each.accountable, lang), party_name(each.owner, lang),
            each.begins, each.ends, each.first.get(lang, ""), each.what.get(lang, ""), each.risk.get(lang, ""),
            each.limits.get(lang, ""), kinds[sign.kind] if sign else "", sign.activity if sign else "",
            sign.other if sign else "", sign.days if sign else None, assumed)


def _raci(plan: Plan, lang: str) -> Sheet:
    there = parties_of(plan)
    cells = (Cell("id", width=7), Cell("measure", width=40, kind="lines"), *(
        Cell(party, "choice", 14, words=letters(), heading=with_person(party, plan.people, lang)) for party in there))
    rows: dict[str, tuple[Value, ...]] = {
        each.id: (each.id, each.name[lang], *(each.raci.get(party, "") for party in there)) for each in plan.measures}
    return Sheet("raci", cells, rows)


def _milestones(plan: Plan, lang: str) -> Sheet:
    cells = (Cell("id", width=7), Cell("milestone", "both", 50, "lines", needed=True), Cell("due", "day", 12),
             Cell("done", "day", 12), Cell("of_measure", "choice", 10, words={each.id: each.id
                                                                              for each in plan.measures}))
    return Sheet("milestones", cells, {each.id: (each.id, each.name[lang], each.due, each.done, each.measure)
                                       for each in plan.milestones})


def _risks(plan: Plan, lang: str) -> Sheet:
    cells = (Cell("key", width=18), Cell("chosen", "choice", 10, words=yes_no(lang)),
             Cell("risk", "both", 40, "lines", needed=True), Cell("answer", "both", 70, "lines"),
             Cell("accountable", "party", 20, words=parties(plan, lang)))
    return Sheet("risks", cells, {each.key: (
        each.key, say("planning.yes" if each.chosen else "planning.no", lang), each.name[lang],
        each.answer.get(lang, ""), party_name(each.owner, lang)) for each in plan.risks})
