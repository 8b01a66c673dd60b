"""A plan as entries for a task list: measures, milestones and the review, each with a mark that stays the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...cycle.definition import is_day
from ...cycle.folder import Cycle
from ...cycle.plan import Baseline, Gain, Goal, Measure, Plan
from ...domain.initiatives import load_owners
from ...domain.kpis import load_kpis
from ...errors import Fault, InputError
from ...log.kpi_table import estimate_text
from ...words import current, in_language, say

MARK = "ltcdiag"
FIELDS = ("what", "first", "goal", "gain", "effort", "owner", "accountable", "raci", "begins", "due", "status", "sign",
          "risk", "limits", "finding")
"""What an entry may say, in the order in which it is said; the heading of each is the sentence backlog.f_<key>."""
_GONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TITLE = 200


@dataclass(frozen=True)
class Item:
    """One entry. uid: the same in every export of this cycle. kind: measure, milestone or review. title: one line.
    cells: field → text (FIELDS), empty ones left out. begins, due: ISO days or "". status: planned, running or done.
    labels: a few words to sort by."""

    uid: str
    kind: str
    id: str
    title: str
    cells: Mapping[str, str] = field(repr=False)
    begins: str = ""
    due: str = ""
    status: str = "planned"
    labels: tuple[str, ...] = ()

    def lines(self, lang: str) -> list[str]:
        """What it says, a field a line (a field may hold line breaks of its own)."""
        colon = say("log.colon", lang)
        return [f"{say(f'backlog.f_{key}', lang)}{colon}{self.cells[key]}" for key in FIELDS if key in self.cells]

    def text(self, lang: str) -> str:
        """The same as one text, with the mark at its end."""
        return "\n".join([*self.lines(lang), f"{MARK}: {self.uid}"])


@dataclass(frozen=True)
class Board:
    """All of it. title: what the round is about. plan: where the entries come from. today: ISO day. notes: what was
    left out, as sentences."""

    title: str
    items: tuple[Item, ...]
    plan: Plan = field(repr=False)
    lang: str
    today: str
    notes: tuple[str, ...] = ()


def board_of(given: Plan | Cycle, *, lang: str, today: str, name: str = "") -> Board:
    """The entries of a plan, or of the plan of a cycle. name: keeps them apart from those of another cycle.

    Raises InputError where there is no plan, nothing in it, or a date is none."""
    plan = given.plan if isinstance(given, Cycle) else given
    if plan is None:
        raise InputError(say("backlog.no_plan", current()), fix=say("backlog.no_plan_fix", current()))
    _check_days(plan)
    mark = _mark(given, plan, name)
    items = (*(_measure(each, plan, mark, lang) for each in plan.measures if each.status != "dropped"),
             *_dates(plan, mark, lang))
    if not items:
        raise InputError(say("backlog.nothing", current()), fix=say("backlog.no_plan_fix", current()))
    dropped = sum(each.status == "dropped" for each in plan.measures)
    notes = (say("backlog.dropped", lang, n=dropped),) if dropped else ()
    title = one_line(plan.question) or say("backlog.title", lang)
    return Board(title, items, plan, lang, today, notes)


def one_line(text: str, longest: int = _TITLE) -> str:
    """A text without line breaks and signs that cannot be seen, cut where it is endless."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def clean(text: str) -> str:
    """A text without control signs and signs that turn the direction of writing; line breaks stay."""
    return _GONE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _mark(given: Plan | Cycle, plan: Plan, name: str) -> str:
    """Of a cycle: the day it began and its folder; of a plan alone: its question."""
    said = name or (f"{given.about.get('begun', '')} {given.folder.absolute().name}"
                    if isinstance(given, Cycle) else plan.question)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:10]


def _check_days(plan: Plan) -> None:
    """Raises InputError with every date that is none."""
    said = [(each.id, day) for each in plan.measures for day in (each.begins, each.ends)]
    said += [(each.id, day) for each in plan.milestones for day in (each.due, each.done)]
    said += [("review_on", plan.review_on), ("change", plan.change)]
    faults = [Fault(say("cycle.no_day", current(), value=one_line(day, 40)), where=place)
              for place, day in said if day and not is_day(day)]
    if faults:
        raise InputError(faults)


def _measure(measure: Measure, plan: Plan, mark: str, lang: str) -> Item:
    goal = next((each for each in plan.goals if each.id == measure.goal), None)
    said: dict[str, Any] = {
        "what": _in(measure.what, lang), "first": _in(measure.first, lang), "goal": goal and goal_text(goal, lang),
        "gain": measure.gain and _gain(measure.gain, lang), "effort": say("backlog.effort", lang, n=measure.effort),
        "owner": person(measure.owner, lang), "accountable": person(measure.accountable, lang),
        "raci": raci_text(measure.raci, lang), "begins": measure.begins, "due": measure.ends,
        "status": say(f"backlog.status_{measure.status}", lang), "sign": sign_text(measure, lang),
        "risk": _in(measure.risk, lang), "limits": _in(measure.limits, lang), "finding": measure.finding}
    kpi = load_kpis().get(measure.kpi or (goal.kpi if goal else ""))
    labels = (say("backlog.kind_measure", lang), *([kpi.name(lang)] if kpi else []),
              *([one_line(measure.finding, 40)] if measure.finding else []))
    return Item(f"{mark}-{measure.id}", "measure", measure.id, _title(measure.id, _in(measure.name, lang)),
                _cells(said), measure.begins, measure.ends, measure.status, labels)


def _dates(plan: Plan, mark: str, lang: str) -> Iterator[Item]:
    """Milestones and the review."""
    for each in plan.milestones:
        status = "done" if each.done else "planned"
        said = {"due": each.due, "status": say(f"backlog.status_{status}", lang), "finding": each.measure}
        yield Item(f"{mark}-{each.id}", "milestone", each.id, _title(each.id, _in(each.name, lang)), _cells(said),
                   each.due, each.due, status, (say("backlog.kind_milestone", lang),))
    if plan.review_on and all(each.due != plan.review_on for each in plan.milestones):     # else it is said already
        said = {"what": say("backlog.review_what", lang), "due": plan.review_on}
        yield Item(f"{mark}-review", "review", "", say("backlog.kind_review", lang), said, plan.review_on,
                   plan.review_on, "planned", (say("backlog.kind_review", lang),))


def goal_text(goal: Goal, lang: str) -> str:
    """The indicator, from where to where, by when."""
    card = load_kpis().get(goal.kpi)
    name = card.name(lang) if card else goal.kpi
    if goal.segment:
        name = say("backlog.of_segment", lang, kpi=name, value=goal.segment[1])
    start = _baseline(goal.baseline, lang) if goal.baseline else ""
    end = _level(goal.target, goal.baseline.unit if goal.baseline else (card.unit if card else ""), lang)
    key = {(True, True): "from_to", (False, True): "to", (True, False): "from"}.get((bool(start), bool(end)))
    said = say(f"backlog.goal_{key}", lang, kpi=name, start=start, end=end) if key else name
    return say("backlog.by_day", lang, goal=said, day=goal.due) if goal.due else said


def sign_text(measure: Measure, lang: str) -> str:
    """How the log will show it, or that it cannot."""
    sign = measure.sign
    if sign is None:
        return say("backlog.sign_none", lang)
    days = "" if sign.days is None else f"{sign.days:g}"
    return say(f"backlog.sign_{sign.kind}", lang, activity=sign.activity, other=sign.other, days=days)


def raci_text(raci: Mapping[str, str], lang: str) -> str:
    """Party and letter of everybody, the accountable one first."""
    rows = sorted(raci.items(), key=lambda row: ("ARCI".find(row[1]), row[0]))
    return say("log.comma", lang).join(f"{person(party, lang)} {letter}" for party, letter in rows)


def person(key: str, lang: str) -> str:
    """The name of an owner of the library, or a name as it was written."""
    known = load_owners()
    return known[key].name(lang) if key in known else key


def _level(value: float | None, unit: str, lang: str) -> str:
    row = {"value": value, "low": None, "high": None, "unit": unit, "method": "", "currency": ""}
    return "" if value is None else estimate_text(row, lang)


def _baseline(level: Baseline, lang: str) -> str:
    return estimate_text({"value": level.value, "low": level.low, "high": level.high, "unit": level.unit,
                          "method": level.method, "currency": ""}, lang)


def _gain(gain: Gain, lang: str) -> str:
    said = estimate_text({"value": gain.value, "low": gain.low, "high": gain.high, "unit": gain.unit, "method": "",
                          "currency": ""}, lang)
    assumed = _in(gain.assumed, lang)
    return say("backlog.gain_assumed", lang, gain=said, assumed=assumed) if assumed else said


def _title(key: str, name: str) -> str:
    return one_line(f"{key} {name}")


def _cells(said: Mapping[str, Any]) -> dict[str, str]:
    return {key: clean(str(value)) for key, value in said.items() if value}


def _in(texts: Mapping[str, str], lang: str) -> str:
    return in_language(texts, lang) or next(iter(texts.values()), "")
