"""What success is, written down before the change and frozen: the review judges by this and by nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from html import escape
from typing import Any

from ..domain.kpis import load_kpis
from ..errors import InputError
from ..log.look import html_facts
from ..stats.arms import DESIGNS
from ..stats.effects import MOST_PRIMARY
from ..stats.telling import bare, in_unit
from ..words import current, say

KINDS = ("change", "exports", "groups", "waves")
Scope = tuple[str, tuple[str, ...]]
"""A column of the source and the values meant."""


@dataclass(frozen=True)
class Amendment:
    """A definition that was replaced after it had been frozen: its fingerprint, when and why."""

    sha256: str
    day: str
    reason: str


@dataclass(frozen=True)
class Definition:
    """How the review will judge.

    kind: "change" (cases after a day against those before), "exports" (the cases of the new exports against those of
    the old), "groups" (pilot against control at one time), "waves". change: ISO day of the change. primary: at most
    three KPIs, the questions asked. guards: KPIs watched for harm. design, adjust_for, cluster, horizon_days,
    calendar, smallest_worthwhile: as in `ltc.compare`. pilot, control: column and values whom the change reaches, and
    whom it does not. waves: value → the day its wave begins. targets: KPI → the level hoped for. review_on: the day of
    the review. baseline: fingerprint of the log, baseline_as_of: its as-of day. frozen_on: ISO day. by: who froze it.
    amendments: earlier ones.
    """

    kind: str = "change"
    change: str = ""
    primary: tuple[str, ...] = ("days_open",)
    guards: tuple[str, ...] = ()
    design: str = "new_cases"
    adjust_for: tuple[str, ...] = ()
    cluster: str = ""
    horizon_days: int | None = None
    calendar: str = ""
    smallest_worthwhile: Mapping[str, float] = field(default_factory=dict)
    pilot: Scope | None = None
    control: Scope | None = None
    waves: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    review_on: str = ""
    baseline: str = ""
    baseline_as_of: str = ""
    frozen_on: str = ""
    by: str = ""
    amendments: tuple[Amendment, ...] = ()
    written: str = field(default="", compare=False)
    """The seal that was set when it was frozen, where it was read from a file."""

    def __post_init__(self) -> None:
        if faults := list(self._faults()):
            raise InputError("\n".join(faults), fix=say("cycle.definition_fix", current()))

    def _faults(self) -> Any:
        lang, cards = current(), load_kpis()
        for value, known in ((self.kind, KINDS), (self.design, DESIGNS)):
            if value not in known:
                yield say("engine.unknown_choice", lang, value=value)
        for kpi in (*self.primary, *self.guards, *self.targets, *self.smallest_worthwhile):
            if kpi not in cards:
                yield say("compare.unknown_kpi", lang, kpi=kpi)
        if not 1 <= len(self.primary) <= MOST_PRIMARY:
            yield say("compare.many_primary", lang, n=len(self.primary), most=MOST_PRIMARY)
        for day in (self.change, self.review_on, *self.waves.values()):
            if day and not is_day(day):
                yield say("cycle.no_day", lang, value=day)
        if self.kind == "change" and not self.change:
            yield say("cycle.no_change_day", lang)
        if self.change and self.review_on and self.review_on <= self.change:
            yield say("cycle.review_before_change", lang, review=self.review_on, change=self.change)

    @property
    def sha256(self) -> str:
        """Of all that decides the answer: everything but who froze it when, and what it replaced."""
        return _hash({name: value for name, value in self._content().items()
                      if name not in ("frozen_on", "by", "amendments")})

    @property
    def seal(self) -> str:
        """Of everything, the day and the amendments too."""
        return _hash(self._content())

    @property
    def is_touched(self) -> bool:
        """Whether the file it was read from was edited after it had been frozen."""
        return bool(self.written) and self.written != self.seal

    @property
    def is_late(self) -> bool:
        """Whether it was frozen after the change had begun, or on data that already hold days after it."""
        starts = min([day for day in (self.change, *self.waves.values()) if day], default="")
        return bool(starts and self.frozen_on) and (self.frozen_on > starts or self.baseline_as_of >= starts)

    def stamps(self, lang: str) -> tuple[str, ...]:
        """What makes the judgement doubtful, as sentences: edited by hand, replaced, frozen late."""
        found = [say("cycle.stamp_touched", lang)] if self.is_touched else []
        found += [say("cycle.stamp_amended", lang, day=each.day, reason=each.reason or "–", mark=each.sha256[:8])
                  for each in self.amendments]
        if self.is_late:
            found.append(say("cycle.stamp_late", lang, day=self.frozen_on, change=self.change or min(
                self.waves.values(), default="")))
        return tuple(found)

    def frozen(self, day: str, by: str = "") -> Definition:
        """The same, frozen on a day."""
        return replace(self, frozen_on=day, by=by, written="")

    def to_dict(self) -> dict[str, Any]:
        """The content of definition.json."""
        return {"schema": "ltcdiag.definition/1", "sha256": self.sha256, "seal": self.seal,
                "definition": self._content()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Definition:
        """From definition.json. Raises InputError for what it cannot be."""
        inner = dict(said.get("definition", {}))
        known = {each.name for each in fields(cls)} - {"written"}
        for name in ("primary", "guards", "adjust_for"):
            inner[name] = tuple(inner.get(name) or ())
        for name in ("pilot", "control"):
            inner[name] = scope_of(inner.get(name))
        inner["amendments"] = tuple(Amendment(**each) for each in inner.get("amendments", ()))
        return cls(**{key: value for key, value in inner.items() if key in known},
                   written=str(said.get("seal", "")) or "–")

    def _content(self) -> dict[str, Any]:
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "written"}
        for name in ("pilot", "control"):
            plain[name] = None if plain[name] is None else {"column": plain[name][0], "values": list(plain[name][1])}
        plain["amendments"] = [vars(each) for each in self.amendments]
        return {key: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
                for key, value in plain.items()}

    def facts(self, lang: str) -> list[tuple[str, str]]:
        """What it says, line by line."""
        cards = load_kpis()
        comma, none = say("log.comma", lang), say("cycle.none", lang)

        def names(keys: Any) -> str:
            return comma.join(cards[key].name(lang) for key in keys) or none

        rows = [("what", say(f"cycle.kind_{self.kind}", lang)), ("change", self.change or none),
                ("primary", names(self.primary)), ("guards", names(self.guards)),
                ("design", say(f"cycle.design_{'exports' if self.kind == 'exports' else self.design}", lang)),
                ("pilot", _scope_text(self.pilot, lang) or say("cycle.everybody", lang)),
                ("control", _scope_text(self.control, lang) or none),
                ("adjust", comma.join(self.adjust_for) or none), ("within", self._within(lang)),
                ("worthwhile", self._levels(self.smallest_worthwhile, lang) or say("cycle.usual", lang)),
                ("targets", self._levels(self.targets, lang) or none), ("review", self.review_on or none),
                ("frozen", say("cycle.frozen_line", lang, day=self.frozen_on, mark=self.sha256[:12])
                 if self.frozen_on else say("cycle.not_frozen", lang))]
        return [(say(f"cycle.row_{name}", lang), text) for name, text in rows]

    def _within(self, lang: str) -> str:
        """The horizon and the days it counts."""
        days = say("cycle.longest", lang) if self.horizon_days is None else say("cycle.days", lang, n=self.horizon_days)
        return say("cycle.by_calendar", lang, days=days, calendar=self.calendar) if self.calendar else days

    def _levels(self, levels: Mapping[str, float], lang: str) -> str:
        """KPIs with a number each, in their units."""
        cards = load_kpis()
        return say("log.comma", lang).join(say("cycle.level", lang, kpi=cards[key].name(lang), value=in_unit(
            bare(value, cards[key].unit), self._unit(cards[key].unit), lang)) for key, value in levels.items())

    def _unit(self, unit: str) -> str:
        return "points" if unit == "share" else "working_days" if unit == "days" and self.calendar else unit

    def __str__(self) -> str:
        lang = current()
        colon = say("log.colon", lang)
        return "\n".join([*(f"{name}{colon}{text}" for name, text in self.facts(lang)), *self.stamps(lang)])

    def _repr_html_(self) -> str:
        lang = current()
        doubts = "".join(f"<p>{escape(text)}</p>" for text in self.stamps(lang))
        return html_facts(self.facts(lang)) + doubts


def scope_of(said: Any) -> Scope | None:
    """("区域", "华东"), ("区域", ["华东", "华北"]), {"column", "values"} or None, as a scope."""
    if not said:
        return None
    column, values = (said["column"], said["values"]) if isinstance(said, Mapping) else (said[0], said[1])
    return str(column), (values,) if isinstance(values, str) else tuple(map(str, values))


def is_day(text: str) -> bool:
    """Whether a text is an ISO day."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


def _scope_text(scope: Scope | None, lang: str) -> str:
    return "" if scope is None else say("cycle.scope", lang, column=scope[0],
                                        values=say("log.comma", lang).join(scope[1]))


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_number)
    return hashlib.sha256(text.encode()).hexdigest()


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)
