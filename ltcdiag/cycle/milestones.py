"""Milestones and measures: done in time, late, next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from html import escape
from typing import Any

from ..log.look import html_table
from ..words import Said, current, in_language, say
from .parties import party_name
from .plan import Plan

SOON_DAYS = 14
MILESTONE_STATES = ("late", "soon", "ahead", "done", "done_late")
MEASURE_STATES = ("overdue", "not_begun", "running", "planned", "done", "dropped", "undated")


@dataclass(frozen=True)
class Point:
    """A milestone: state (one of MILESTONE_STATES), days late (or still to go, for soon and ahead)."""

    id: str
    name: Said
    due: str
    done: str
    state: str
    days: int

    def text(self, lang: str) -> str:
        """Its state in words."""
        return say(f"implement.milestone_{self.state}", lang, due=self.due or "–", done=self.done,
                   days=f"{self.days:,}")


@dataclass(frozen=True)
class Doing:
    """A measure: state (one of MEASURE_STATES), days past the date that was not kept."""

    id: str
    name: Said
    owner: str
    begins: str
    ends: str
    state: str
    days: int

    def text(self, lang: str) -> str:
        """Its state in words."""
        return say(f"implement.measure_{self.state}", lang, begins=self.begins or "–", ends=self.ends or "–",
                   days=f"{self.days:,}")


@dataclass(frozen=True)
class Timetable:
    """How the plan stands on a day (ISO)."""

    day: str
    milestones: tuple[Point, ...]
    measures: tuple[Doing, ...]

    @property
    def late(self) -> tuple[Point | Doing, ...]:
        """What has not kept its date and is not done, the longest first."""
        found: list[Point | Doing] = [each for each in self.milestones if each.state == "late"]
        found += [each for each in self.measures if each.state in ("overdue", "not_begun")]
        return tuple(sorted(found, key=lambda each: (-each.days, each.id)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def lead(self, lang: str) -> str:
        """How many are done, late, next."""
        done = sum(each.state in ("done", "done_late") for each in self.milestones)
        late = sum(each.state == "late" for each in self.milestones)
        overdue = sum(each.state in ("overdue", "not_begun") for each in self.measures)
        return say("implement.timetable_lead", lang, day=self.day, done=done, all=len(self.milestones), late=late,
                   measures=len(self.measures), overdue=overdue)

    def rows(self, lang: str) -> Iterator[list[str]]:
        """Id, name, who, state; late ones first."""
        order = {each.id: place for place, each in enumerate(self.late)}
        every: list[Point | Doing] = [*self.milestones, *self.measures]
        for each in sorted(every, key=lambda one: order.get(one.id, len(order))):
            name = in_language(each.name, lang) or next(iter(each.name.values()), "")
            yield [each.id, name, party_name(each.owner, lang) if isinstance(each, Doing) else "", each.text(lang)]

    def __str__(self) -> str:
        lang = current()
        colon = say("log.colon", lang)
        return "\n".join([self.lead(lang), *(f"{key} {name}{colon}{state}" for key, name, _, state in self.rows(lang))])

    def _repr_html_(self) -> str:
        lang = current()
        heads = [say(f"implement.h_{head}", lang) for head in ("id", "name", "owner", "state")]
        return f"<p>{escape(self.lead(lang))}</p>" + html_table(heads, self.rows(lang), numeric=[False] * 4)


def timetable_of(plan: Plan, day: str, *, frozen_on: str = "") -> Timetable:
    """The milestones and measures of a plan as of an ISO day. What was done after that day is not done yet. frozen_on:
    the day on which success was frozen, which is a milestone nobody has to tick off."""
    freezing = say("planning.milestone_frozen", "zh")
    points = (replace(each, done=frozen_on) if not each.done and each.name.get("zh") == freezing else each
              for each in plan.milestones)
    return Timetable(day, tuple(_point(each, day) for each in points),
                     tuple(_doing(each, day) for each in plan.measures))


def _point(each: Any, day: str) -> Point:
    if each.done and each.done <= day:
        late = _days(each.due, each.done)
        return Point(each.id, each.name, each.due, each.done, "done_late" if late > 0 else "done", max(0, late))
    to_go = _days(day, each.due)
    state = "late" if to_go < 0 else "soon" if to_go <= SOON_DAYS else "ahead"
    return Point(each.id, each.name, each.due, "", state, abs(to_go))


def _doing(each: Any, day: str) -> Doing:
    state, days = _state(each, day)
    return Doing(each.id, each.name, each.owner or each.accountable, each.begins, each.ends, state, days)


def _state(each: Any, day: str) -> tuple[str, int]:
    if each.status in ("done", "dropped"):
        return each.status, 0
    if each.ends and each.ends < day:
        return "overdue", _days(each.ends, day)
    if each.status == "running":
        return "running", 0
    if each.begins and each.begins < day:
        return "not_begun", _days(each.begins, day)
    return ("planned", 0) if each.begins else ("undated", 0)


def _days(first: str, last: str) -> int:
    """Days from one ISO day to another, 0 where one is missing."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days if first and last else 0
