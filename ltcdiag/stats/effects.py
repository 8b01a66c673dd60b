"""What a comparison says: effects with their verdicts, the pace, and everything that makes them doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, isfinite
from typing import Any

from ..words import Texts, current, in_all, say
from .contrast import Difference, false_discoveries, holm
from .intervals import Interval
from .pace import Pace

VERDICTS = ("improved", "worsened", "no_change_that_matters", "cannot_tell")
MOST_PRIMARY = 3
FALSE_ALARM = 0.05
WORTH_SHARE, WORTH_PART = 0.05, 0.10
"""The smallest change worth having where nobody named one: 5 points of a share, a tenth of the level of a mean."""
BLOCKING = frozenset({"few_cases", "few_owners", "finished_only", "closing_unknown", "month_shocks", "no_overlap",
                      "outcomes_missing"})
"""Cautions after which a single-deal comparison gives no verdict."""
BENDING = frozenset({"finished_only", "closing_unknown"})
"""Cautions after which the pace gives none either."""


@dataclass(frozen=True)
class Caution:
    """One reason to doubt a comparison. name: as in effects.json. facts: what stands in its sentence. kpis: those it
    concerns, empty = all."""

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    kpis: tuple[str, ...] = ()

    def text(self, lang: str) -> str:
        """The sentence."""
        return say(f"compare.{self.name}", lang, **self.facts)


@dataclass(frozen=True)
class Level:
    """One arm's level of a KPI. low and high are None where too few cases carry an interval."""

    value: float
    low: float | None
    high: float | None
    n: int
    open: int

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        return {"value": _number(self.value), "low": _number(self.low), "high": _number(self.high), "n": self.n,
                "open": self.open}


@dataclass(frozen=True, eq=False)
class Compared:
    """One KPI of both arms, before anything is concluded. unit: days, share, count or money. difference: at the same
    mix where one is held equal; crude: without regard to it. control: levels of the control before and after. lacking:
    why there is no number, language → sentence (empty where there is one)."""

    kpi: str
    unit: str
    direction: str
    horizon: int
    before: Level | None = None
    after: Level | None = None
    difference: Difference | None = None
    crude: Difference | None = None
    control: tuple[Level, Level] | None = None
    lacking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sensitivity:
    """What the difference would be if the doubtful cases were taken another way."""

    name: str
    difference: Interval

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        return {"if": self.name, **_interval(self.difference)}


@dataclass(frozen=True)
class Effect:
    """One KPI after against before. worthwhile: the smallest change that matters. more_cases: how many more cases an
    arm would have to hold for that change to be found four times in five (None where there are enough). exploratory: it
    was not among the questions named beforehand."""

    kpi: str
    unit: str
    direction: str
    design: str
    horizon_days: int
    before: Level | None
    after: Level | None
    difference: Difference | None
    crude: float | None
    adjusted_for: tuple[str, ...]
    p_adjusted: float | None
    exploratory: bool
    verdict: str
    worthwhile: float
    more_cases: int | None
    more_months: float | None
    cautions: tuple[Caution, ...]
    landmark_days: float = 0.0
    control: tuple[Level, Level] | None = None
    sensitivity: tuple[Sensitivity, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)

    @property
    def explained_by_mix(self) -> float | None:
        """The part of the crude difference that goes with the mix (Kitagawa 1955,
        doi:10.1080/01621459.1955.10501299)."""
        if self.difference is None or self.crude is None:
            return None
        return self.crude - self.difference.value

    @property
    def method(self) -> str:
        """How the interval was made."""
        return self.difference.method if self.difference else ""

    def to_dict(self) -> dict[str, Any]:
        """For effects.json."""
        d = self.difference
        return {
            "kpi": self.kpi, "unit": self.unit, "direction": self.direction, "design": self.design,
            "horizon_days": self.horizon_days, "landmark_days": self.landmark_days,
            "before": self.before.to_dict() if self.before else None,
            "after": self.after.to_dict() if self.after else None,
            "difference": _interval(d) if d else None, "crude": _number(self.crude),
            "explained_by_mix": _number(self.explained_by_mix), "adjusted_for": list(self.adjusted_for),
            "p": _number(d.p) if d else None, "p_adjusted": _number(self.p_adjusted), "exploratory": self.exploratory,
            "method": self.method, "verdict": self.verdict, "smallest_worthwhile": _number(self.worthwhile),
            "detectable": _number(d.detectable) if d else None, "more_cases_per_arm": self.more_cases,
            "more_months": _number(self.more_months),
            "control": [level.to_dict() for level in self.control] if self.control else None,
            "sensitivity": [each.to_dict() for each in self.sensitivity],
            "warnings": [caution.name for caution in self.cautions], "lacking": dict(self.lacking) or None,
        }


@dataclass(frozen=True)
class Effects:
    """A whole comparison. effects: the primary KPIs first. pace, pace_wins: None where there is no change in time to be
    seen by months. windows: name → first and last day. counts: how all cases were used; their sum is all cases.
    cautions: of the whole comparison."""

    effects: tuple[Effect, ...]
    pace: Pace | None
    pace_wins: Pace | None
    windows: Mapping[str, tuple[str, str]]
    counts: Mapping[str, int]
    cautions: tuple[Caution, ...]
    names: tuple[str, str] = ("before", "after")
    kpi_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __iter__(self) -> Any:
        return iter(self.effects)

    def __len__(self) -> int:
        return len(self.effects)

    def __getitem__(self, kpi: int | str) -> Effect:
        """An effect by its place or its KPI. Raises KeyError."""
        if isinstance(kpi, int):
            return self.effects[kpi]
        found = [effect for effect in self.effects if effect.kpi == kpi]
        if not found:
            raise KeyError(kpi)
        return found[0]

    def to_dict(self) -> dict[str, Any]:
        """The content of effects.json."""
        return {
            "schema": "ltcdiag.effects/1",
            "effects": [effect.to_dict() for effect in self.effects],
            "pace": pace_dict(self.pace, self.cautions) if self.pace else None,
            "pace_wins": pace_dict(self.pace_wins, self.cautions) if self.pace_wins else None,
            "windows": {name: list(days) for name, days in self.windows.items()},
            "cases": dict(self.counts),
            "warnings": [{"warning": c.name, "text": in_all(c.text)}
                         for c in self.cautions],
        }

    def __str__(self) -> str:
        from .telling import told

        return told(self, current())

    def _repr_html_(self) -> str:
        from .telling import as_html

        return as_html(self, current())


def in_words(key: str, **facts: str) -> Texts:
    """A sentence in every language."""
    return in_all(lambda lang: say(key, lang, **facts))


def pace_verdict(pace: Pace, cautions: Sequence[Caution] = ()) -> str:
    """Improved or worsened where the months after differ from those before, else cannot_tell; so too where a caution
    bends the months themselves."""
    if not pace.p <= FALSE_ALARM or any(c.name in BENDING for c in cautions):
        return "cannot_tell"
    return "improved" if pace.ratio > 1 else "worsened"


def pace_dict(pace: Pace, cautions: Sequence[Caution] = ()) -> dict[str, Any]:
    """The pace for effects.json."""
    return {
        "of": pace.what, "change": pace.change.isoformat() if pace.change else None,
        "months": [{"month": m.month, "start": m.start.isoformat(), "observed": m.observed,
                    "expected": _number(m.expected), "ratio": _number(m.ratio), "low": _number(m.low),
                    "high": _number(m.high), "after": m.after} for m in pace.months],
        "ratio": {"value": _number(pace.ratio), "low": _number(pace.low), "high": _number(pace.high)},
        "limits": list(pace.limits) if pace.limits else None, "spread": _number(pace.spread),
        "verdict": pace_verdict(pace, cautions), "p": _number(pace.p),
    }


@dataclass(frozen=True)
class Judging:
    """How the KPIs of one comparison are judged. primary: the questions named beforehand. worthwhile: KPI → the
    smallest change that matters. months: length of the window after."""

    design: str
    primary: tuple[str, ...]
    adjusted_for: tuple[str, ...] = ()
    worthwhile: Mapping[str, float] = field(default_factory=dict)
    months: float = 0.0
    landmark_days: float = 0.0


def judged(found: Sequence[Compared], cautions: Sequence[Caution], how: Judging) -> tuple[Effect, ...]:
    """Effects with verdicts. Holm over the primary KPIs, Benjamini-Hochberg over the others."""
    adjusted: dict[str, float] = {}
    for family, method in ((True, holm), (False, false_discoveries)):
        members = [one for one in found if (one.kpi in how.primary) == family and one.difference is not None]
        values = method([one.difference.p for one in members if one.difference is not None])
        adjusted |= {one.kpi: p for one, p in zip(members, values, strict=True)}
    ordered = sorted(found, key=lambda one: one.kpi not in how.primary)
    return tuple(_effect(one, adjusted.get(one.kpi), cautions, how) for one in ordered)


def _effect(one: Compared, p: float | None, cautions: Sequence[Caution], how: Judging) -> Effect:
    own = tuple(c for c in cautions if not c.kpis or one.kpi in c.kpis)
    worth = _worthwhile(one, how)
    held_back = one.difference is None or any(c.name in BLOCKING for c in own)
    verdict = "cannot_tell" if held_back or p is None else _verdict(one, p, worth)
    cases, months = _needed(one, worth, how) if verdict == "cannot_tell" else (None, None)
    return Effect(one.kpi, one.unit, one.direction, how.design, one.horizon, one.before, one.after, one.difference,
                  one.crude.value if one.crude else None, how.adjusted_for, p, one.kpi not in how.primary, verdict,
                  worth, cases, months, own, how.landmark_days, one.control, lacking=one.lacking)


def _worthwhile(one: Compared, how: Judging) -> float:
    if one.kpi in how.worthwhile:
        return abs(float(how.worthwhile[one.kpi]))
    if one.unit == "share":
        return WORTH_SHARE
    return WORTH_PART * abs(one.before.value) if one.before else 0.0


def _verdict(one: Compared, p: float, worth: float) -> str:
    d = one.difference
    if d is None or (d.low > -worth and d.high < worth):
        return "no_change_that_matters"
    if p > FALSE_ALARM or not d.clear_of() or one.direction == "none":
        return "cannot_tell"
    return "improved" if (d.value < 0) == (one.direction == "lower_is_better") else "worsened"


def _needed(one: Compared, worth: float, how: Judging) -> tuple[int | None, float | None]:
    """Cases an arm, and months at the pace of the window after, until the smallest change that matters is found."""
    d = one.difference
    if d is None or one.after is None or worth <= 0 or d.detectable <= worth or not isfinite(d.detectable):
        return None, None
    factor = (d.detectable / worth) ** 2 - 1
    return ceil(one.after.n * factor), how.months * factor


def with_sensitivity(effect: Effect, name: str, difference: Difference | None) -> Effect:
    """The effect with one more way of taking the doubtful cases."""
    if difference is None:
        return effect
    return replace(effect, sensitivity=(*effect.sensitivity,
                                        Sensitivity(name, Interval(difference.value, difference.low, difference.high))))


def _interval(found: Difference | Interval) -> dict[str, Any]:
    return {"value": _number(found.value), "low": _number(found.low), "high": _number(found.high)}


def _number(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(value)

