"""What the team wants otherwise than proposed: checked name by name, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from ..domain.initiatives import load_initiatives, load_owners
from ..domain.kpis import load_kpis
from ..domain.risks import load_risks
from ..errors import Fault, InputError
from ..log.event_log import EventLog
from ..measures.compare_logs import Options, having
from ..words import current, say
from ..words.texts import tidy
from .definition import Scope, is_day, scope_of
from .plan import RACI, SIGNS, STATUS, Voted

LEAD_DAYS, REVIEW_DAYS = 42, 182
"""From today to the change, and from the change to the review, where nobody names the days."""
GOAL_FIELDS = ("id", "kpi", "target", "accountable", "due", "segment", "finding")
MEASURE_FIELDS = ("id", "initiative", "name", "what", "first", "risk", "limits", "finding", "goal", "kpi", "owner",
                  "accountable", "raci", "effort", "begins", "ends", "sign", "status")
MILESTONE_FIELDS = ("id", "name", "due", "done", "measure")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Wishes:
    """question: of the cycle. change, review_on, today: ISO days. pilot, control: column and values. wave_column,
    waves: column and value → day. keep: ids of the findings that the plan answers (empty: the first `top`). goals,
    measures, milestones: entries with the fields of the values of the plan. drop: ids, or keys of initiatives, that are
    left out. risks: keys of the checklist that the team takes seriously. people: party → name. top: findings,
    per_finding: measures for each. horizon_days, calendar: of the goals. voted: what a workshop gave dots to."""

    question: str = ""
    change: str = ""
    review_on: str = ""
    today: str = ""
    pilot: Scope | None = None
    control: Scope | None = None
    wave_column: str = ""
    waves: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    goals: tuple[Entry, ...] = ()
    measures: tuple[Entry, ...] = ()
    milestones: tuple[Entry, ...] = ()
    risks: tuple[str, ...] | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    top: int = 3
    per_finding: int = 3
    horizon_days: int | None = None
    calendar: str = ""
    voted: tuple[Voted, ...] = ()

    @property
    def dated(self) -> Wishes:
        """The same with the days that nobody named: the change on a Monday six weeks on, the review half a year later;
        a roll-out begins with its first wave."""
        today = date.fromisoformat(self.today)
        monday = today + timedelta(days=LEAD_DAYS + (-(today + timedelta(days=LEAD_DAYS)).weekday()) % 7)
        change = self.change or min(self.waves.values(), default="") or monday.isoformat()
        review = self.review_on or (date.fromisoformat(change) + timedelta(days=REVIEW_DAYS)).isoformat()
        return replace(self, change=change, review_on=review)


def wishes_of(today: str, **said: Any) -> Wishes:
    """Plain arguments as wishes. Raises InputError for names that are none of a plan, and for days that are no days."""
    lang, known = current(), set(Wishes.__dataclass_fields__) - {"voted"}
    faults = [Fault(say("planning.unknown_wish", lang, name=name),
                    fix=say("engine.one_of", lang, values=", ".join(sorted(known - {"today"}))))
              for name in said if name not in known]
    told = {name: value for name, value in said.items() if name in known and value is not None}
    for name in ("pilot", "control"):
        told[name] = scope_of(told.get(name))
    if isinstance(told.get("waves"), tuple | list):
        told["wave_column"], told["waves"] = told["waves"]
    for name in ("keep", "drop", "goals", "measures", "milestones"):
        value = told.get(name, ())
        told[name] = (value,) if isinstance(value, str | Mapping) else tuple(value)
    if "risks" in told:
        told["risks"] = (told["risks"],) if isinstance(told["risks"], str) else tuple(told["risks"])
    told |= {name: str(told[name]) for name in ("change", "review_on") if name in told}
    told["waves"] = {str(value): str(day) for value, day in dict(told.get("waves", {})).items()}
    days = [("change", told.get("change")), ("review_on", told.get("review_on")), *told["waves"].items()]
    faults += [_no_day(name, day) for name, day in days if day and not is_day(day)]
    if faults:
        raise InputError(faults)
    return Wishes(today=today, **told)


def check(wishes: Wishes, log: EventLog, findings: Sequence[Entry], departments: Sequence[str]) -> None:
    """Raises InputError with every name, number and day that cannot be."""
    lang = current()
    ids = [str(each["id"]) for each in findings]
    faults = [*_strange(wishes.keep, ids, "finding"), *_strange(wishes.risks or (), load_risks(), "risk"),
              *_strange([each.about for each in wishes.voted if each.kind == "finding"], ids, "finding"),
              *_strange(wishes.people, [*load_owners(), *departments], "party")]
    faults += [fault for each in wishes.goals for fault in _of_goal(each, ids)]
    faults += [fault for each in wishes.measures for fault in _of_measure(each, ids, log)]
    faults += [fault for each in wishes.milestones for fault in _of_milestone(each)]
    if wishes.change and wishes.review_on and wishes.review_on <= wishes.change:
        faults.append(Fault(say("cycle.review_before_change", lang, review=wishes.review_on, change=wishes.change)))
    faults += _of_scopes(wishes, log)
    if faults:
        raise InputError(faults)


def _of_scopes(wishes: Wishes, log: EventLog) -> Iterator[Fault]:
    """Columns and values that the log has; pilot and control apart."""
    lang, whole = current(), Options().ready(log)
    found: dict[str, set[int]] = {}
    scopes = {"pilot": wishes.pilot, "control": wishes.control}
    for value in wishes.waves:
        scopes[value] = (wishes.wave_column, (value,))
    for name, scope in scopes.items():
        if scope is None:
            continue
        for value in scope[1]:
            try:
                found.setdefault(name, set()).update(having(whole, scope[0], (value,)).tolist())
            except InputError as error:
                yield from error.faults
    if both := found.get("pilot", set()) & found.get("control", set()):
        yield Fault(say("planning.both", lang, n=len(both)))
    if wishes.waves and (wishes.pilot or wishes.control):
        yield Fault(say("planning.waves_and_pilot", lang))


def _of_goal(said: Entry, ids: Sequence[str]) -> Iterator[Fault]:
    yield from _strange(said, GOAL_FIELDS, "field")
    if "kpi" not in said and "id" not in said:
        yield Fault(say("planning.goal_without_kpi", current()))
    yield from _strange([said["kpi"]] if said.get("kpi") else (), load_kpis(), "kpi")
    yield from _strange([said["finding"]] if said.get("finding") else (), ids, "finding")
    if said.get("target") is not None and not _is_number(said["target"]):
        yield Fault(say("planning.no_number", current(), name="target", value=tidy(said["target"], 40)))
    yield from _days(said, ("due",))


def _of_measure(said: Entry, ids: Sequence[str], log: EventLog) -> Iterator[Fault]:
    lang = current()
    yield from _strange(said, MEASURE_FIELDS, "field")
    if not {"id", "initiative", "name"} & set(said):
        yield Fault(say("planning.measure_without_name", lang))
    yield from _strange([said["initiative"]] if said.get("initiative") else (), load_initiatives(), "initiative")
    yield from _strange([said["finding"]] if said.get("finding") else (), ids, "finding")
    yield from _strange([said["kpi"]] if said.get("kpi") else (), load_kpis(), "kpi")
    yield from _strange([said["status"]] if said.get("status") else (), STATUS, "status")
    if said.get("effort") is not None and said["effort"] not in range(1, 6):
        yield Fault(say("planning.bad_effort", lang, value=tidy(said["effort"], 20)))
    yield from raci_faults(said.get("raci", {}), str(said.get("name") or said.get("id") or said.get("initiative")))
    yield from _of_sign(said.get("sign"), log)
    yield from _days(said, ("begins", "ends"))
    if said.get("begins") and said.get("ends") and str(said["ends"]) < str(said["begins"]):
        yield Fault(say("planning.ends_before", lang, begins=said["begins"], ends=said["ends"]))


def raci_faults(raci: Mapping[str, str], name: str) -> Iterator[Fault]:
    """Letters that are none, and not exactly one who answers for it."""
    if not raci:
        return
    lang = current()
    yield from _strange(raci.values(), RACI, "letter")
    answering = [party for party, letter in raci.items() if letter == "A"]
    if len(answering) != 1:
        yield Fault(say("planning.one_accountable", lang, name=tidy(name, 60), n=len(answering),
                        who=say("log.comma", lang).join(answering) or "–"),
                    fix=say("planning.one_accountable_fix", lang))


def _of_sign(said: Entry | None, log: EventLog) -> Iterator[Fault]:
    """A step that is to be left out, done once, in time or in order is one of the log; a new step need not be."""
    if not said:
        return
    lang, kind = current(), said.get("kind", "")
    yield from _strange([kind], SIGNS, "sign")
    if not said.get("activity"):
        yield Fault(say("planning.sign_without_step", lang))
    named = [said.get("activity")] if kind in ("lacks", "once", "within") else []
    yield from _strange([each for each in named if each], list(log.stages), "activity")
    if kind == "before" and not said.get("other"):
        yield Fault(say("planning.sign_without_other", lang))
    if kind == "within" and not _is_number(said.get("days")):
        yield Fault(say("planning.sign_without_days", lang))


def _of_milestone(said: Entry) -> Iterator[Fault]:
    yield from _strange(said, MILESTONE_FIELDS, "field")
    if not said.get("name") and not said.get("id"):
        yield Fault(say("planning.milestone_without_name", current()))
    yield from _days(said, ("due", "done"))


def _days(said: Entry, names: Sequence[str]) -> Iterator[Fault]:
    for name in names:
        if said.get(name) and not is_day(str(said[name])):
            yield _no_day(name, said[name])


def _no_day(name: str, value: object) -> Fault:
    return Fault(say("cycle.no_day", current(), value=tidy(value, 40)), where=name)


def _strange(names: Any, known: Any, what: str) -> Iterator[Fault]:
    lang = current()
    for name in names:
        if name not in known:
            yield Fault(say(f"planning.unknown_{what}", lang, name=tidy(name, 60)),
                        fix=say("engine.one_of", lang, values=", ".join(map(str, list(known)[:40]))))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - NaN
