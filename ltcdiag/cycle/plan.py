"""The plan of a cycle: goals from indicators, measures that answer findings, dates, people, waves, risks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..words import SPOKEN, Said, Texts, current, say
from .definition import Scope, is_day, scope_of

if TYPE_CHECKING:
    from .plan_told import PlanPart


STATUS = ("planned", "running", "done", "dropped")
SIGNS = ("has", "lacks", "once", "within", "before")
RACI = ("R", "A", "C", "I")


@dataclass(frozen=True)
class Baseline:
    """The level of an indicator before anything was done. low and high are None where few cases carry no interval;
    unit: days, working_days, share, count, money or score."""

    value: float
    low: float | None
    high: float | None
    n: int
    open: int
    unit: str
    horizon_days: int | None = None
    method: str = ""


@dataclass(frozen=True)
class Goal:
    """What should become better. kpi: key of a card. segment: column and value, None for the whole. target: the level
    hoped for, basis: where it comes from. due: ISO day. accountable: one person or role. finding: id of the finding it
    answers."""

    id: str
    kpi: str
    baseline: Baseline | None = field(default=None, repr=False)
    why_no_baseline: Said = field(default_factory=dict, repr=False)
    segment: tuple[str, str] | None = None
    target: float | None = None
    due: str = ""
    accountable: str = ""
    finding: str = ""
    basis: Said = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Sign:
    """How the log shows the new way. kind: "has" (the case has the step), "lacks", "once" (the step at most once),
    "within" (the step is done within `days` after the one before it), "before" (activity before other)."""

    kind: str
    activity: str
    other: str = ""
    days: float | None = None


@dataclass(frozen=True)
class Gain:
    """What a measure may bring, in the unit of its KPI, and what was assumed for it. of: the level of that KPI."""

    value: float
    low: float | None
    high: float | None
    unit: str
    assumed: Said = field(default_factory=dict)
    of: float | None = None


@dataclass(frozen=True)
class Measure:
    """Something that is done. what: what; first: the step of this week; risk: what may go wrong; limits: where it does
    not help. initiative: key of the library, "" for one of their own. finding, goal: ids. owner: who does it,
    accountable: who answers for it (one). raci: party → R, A, C or I. effort: 1 (small) to 5. begins, ends: ISO days.
    sign: how the log shows it, None where it cannot (no_sign: then why). no_gain: why nothing is said of what it
    brings. status: one of STATUS."""

    id: str
    name: Said
    what: Said = field(default_factory=dict, repr=False)
    first: Said = field(default_factory=dict, repr=False)
    risk: Said = field(default_factory=dict, repr=False)
    limits: Said = field(default_factory=dict, repr=False)
    initiative: str = ""
    finding: str = ""
    goal: str = ""
    kpi: str = ""
    owner: str = ""
    accountable: str = ""
    raci: Mapping[str, str] = field(default_factory=dict)
    gain: Gain | None = field(default=None, repr=False)
    effort: int = 3
    begins: str = ""
    ends: str = ""
    sign: Sign | None = None
    status: str = "planned"
    no_gain: Said = field(default_factory=dict, repr=False)
    no_sign: Said = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Milestone:
    """A point of the timetable. done: ISO day it was reached, "" before."""

    id: str
    name: Said
    due: str
    done: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Risk:
    """What may go wrong with the programme, and the answer to it. chosen: the team takes it seriously."""

    key: str
    name: Said
    answer: Said = field(default_factory=dict)
    owner: str = ""
    chosen: bool = True


@dataclass(frozen=True)
class Voted:
    """What a workshop said of something. kind: finding, activity or path. about: the id of the finding, else the names
    of the steps. dots: all that were given, people: by how many. notes: what was written, without the names."""

    kind: str
    about: str
    dots: int = 0
    people: int = 0
    notes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Plan:
    """All of it. change: ISO day on which the new way begins. pilot, control: column and values. waves: column and its
    values with the days on which they begin; who has no day is the control for good. review_on: ISO day. horizon_days:
    of the goals, None for the longest. calendar: of working days, "" for calendar days. people: party (role or
    department) → who that is. voted: what the workshop gave dots to and wrote about."""

    question: str = ""
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    risks: tuple[Risk, ...] = ()
    change: str = ""
    review_on: str = ""
    pilot: Scope | None = None
    control: Scope | None = None
    wave_column: str = ""
    waves: Mapping[str, str] = field(default_factory=dict)
    horizon_days: int | None = None
    calendar: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    voted: tuple[Voted, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The content of plan.json."""
        return {"schema": "ltcdiag.plan/1", **asdict(self)}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Plan:
        """From plan.json; what this version does not know is left out."""
        told = _known(cls, said)
        told |= {"goals": tuple(_goal(each) for each in said.get("goals", ())),
                 "measures": tuple(_measure(each) for each in said.get("measures", ())),
                 "milestones": tuple(Milestone(**_known(Milestone, each)) for each in said.get("milestones", ())),
                 "risks": tuple(Risk(**_known(Risk, each)) for each in said.get("risks", ())),
                 "voted": tuple(_voted(each) for each in said.get("voted", ())),
                 "pilot": scope_of(said.get("pilot")), "control": scope_of(said.get("control"))}
        return cls(**told)

    def progress(self, said: Mapping[str, str], *, strict: bool = True) -> Plan:
        """The same with how far things are: id of a measure → one of STATUS, id of a milestone → the ISO day on which
        it was reached. strict: raises InputError with every id and word that cannot be; else they are passed over."""
        lang, days = current(), {each.id for each in self.milestones}
        known = {*days, *(each.id for each in self.measures)}
        faults = [say("cycle.no_such_item", lang, name=name, known=say("log.comma", lang).join(sorted(known)))
                  for name in said if name not in known]
        faults += [say("cycle.no_day", lang, value=value) for name, value in said.items()
                   if name in days and not is_day(value)]
        faults += [say("cycle.no_status", lang, value=value, known=say("log.comma", lang).join(STATUS))
                   for name, value in said.items() if name in known - days and value not in STATUS]
        if faults and strict:
            raise InputError("\n".join(faults), fix=say("cycle.progress_fix", lang))
        return replace(self, measures=tuple(replace(each, status=said.get(each.id, each.status))
                                            for each in self.measures),
                       milestones=tuple(replace(each, done=said.get(each.id, each.done)) for each in self.milestones))

    def goal(self, name: str) -> Goal:
        """A goal by its id. Raises KeyError."""
        return {each.id: each for each in self.goals}[name]

    def measure(self, name: str) -> Measure:
        """A measure by its id. Raises KeyError."""
        return {each.id: each for each in self.measures}[name]

    def part(self, name: str) -> PlanPart:
        """A part to be looked at: goals, measures, gains, risks, milestones, raci or votes. Raises InputError for
        another."""
        from .plan_told import PlanPart

        return PlanPart(self, name)

    def __str__(self) -> str:
        from .plan_told import told

        return told(self, current())

    def _repr_html_(self) -> str:
        from .plan_told import as_html

        return as_html(self, current())


def _known(made: type, said: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(made)}
    return {key: _as_texts(value) for key, value in said.items() if key in names}


def _as_texts(value: Any) -> Any:
    """What a file holds as texts, as texts; anything else as it is."""
    return Texts(value) if isinstance(value, dict) and value.keys() <= set(SPOKEN) else value


def _goal(said: Mapping[str, Any]) -> Goal:
    base, segment = said.get("baseline"), said.get("segment")
    return Goal(**{**_known(Goal, said), "baseline": Baseline(**_known(Baseline, base)) if base else None,
                   "segment": (segment[0], segment[1]) if segment else None})


def _voted(said: Mapping[str, Any]) -> Voted:
    return Voted(**{**_known(Voted, said), "notes": tuple(said.get("notes", ()))})


def _measure(said: Mapping[str, Any]) -> Measure:
    sign, gain = said.get("sign"), said.get("gain")
    return Measure(**{**_known(Measure, said), "sign": Sign(**_known(Sign, sign)) if sign else None,
                      "gain": Gain(**_known(Gain, gain)) if gain else None})
