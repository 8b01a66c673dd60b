"""Whether the review will be able to tell: how many cases it needs for the change that is hoped for, and will have.

The change that four reviews in five would find is read off the spread of the same estimator on the past
(`rehearsal`), scaled to the cases that each arm will hold; n follows from the square of the two (as for any mean:
Cohen 1988, ch. 2). The pace of closings needs fewer cases: its spread is that of counts by month, times what the months
of the past differed more than counts would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from math import ceil, exp, inf, isfinite, sqrt
from typing import TYPE_CHECKING, Any

from ..domain.kpis import load_kpis
from ..log.look import html_table
from ..measures.kpis import notes_of
from ..measures.quantity import Lacking, Quantity
from ..stats.contrast import student
from ..stats.effects import WORTH_PART, WORTH_SHARE
from ..stats.pace import LEAST_MONTHS, SHORTEST
from ..words import Said, Texts, current, say
from ..words.numbers import count
from .rehearsal import Rehearsal, Stretch, unit_of

if TYPE_CHECKING:
    from ..stats.pace import Pace

MONTH = 30.4375
FARTHEST = 36
"""Months beyond which nobody should wait for a review."""


@dataclass(frozen=True)
class PaceTest:
    """detectable: ratio of closings per open case that four reviews in five would find. months: before and after."""

    detectable: float = field(repr=False)
    months: tuple[float, float] = field(repr=False)


@dataclass(frozen=True)
class PowerLine:
    """One KPI. worth: the change that is hoped for, in its unit. detectable: the change that four reviews in five would
    find. have: cases the arm after will hold. need: cases it would have to hold (None: more of them alone do not help).
    wait_until: ISO day from which a review would have them, "" where that is now or not in sight. lacking: why there is
    no number (empty where there is one)."""

    kpi: str
    unit: str
    horizon_days: int
    worth: float = field(repr=False)
    detectable: float = field(repr=False)
    have: int
    need: int | None
    arms: Mapping[str, int]
    wait_until: str = ""
    lacking: Said = field(default_factory=Texts, repr=False)

    @property
    def is_enough(self) -> bool:
        """Whether the change that is hoped for will be found, four times in five."""
        return not self.lacking and self.detectable <= self.worth

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"kpi": self.kpi, "unit": self.unit, "horizon_days": self.horizon_days, "worth": _finite(self.worth),
                "detectable": _finite(self.detectable), "have": self.have, "need": self.need, "arms": dict(self.arms),
                "wait_until": self.wait_until, "enough": self.is_enough, "lacking": dict(self.lacking) or None}


@dataclass(frozen=True)
class Power:
    """Whether the review will be able to tell. monthly: arrivals a month in pilot and control. pace: None where the
    months will be too few. design, change, review_on: as in the plan."""

    lines: tuple[PowerLine, ...]
    pace: PaceTest | None
    monthly: Mapping[str, float] = field(repr=False)
    change: str
    review_on: str
    design: str
    of_wave: str = ""

    def __iter__(self) -> Iterator[PowerLine]:
        return iter(self.lines)

    def line(self, kpi: str) -> PowerLine:
        """The line of a KPI. Raises KeyError."""
        return {each.kpi: each for each in self.lines}[kpi]

    def told(self, lang: str) -> list[str]:
        """One sentence a KPI, then the pace, then what it rests on."""
        said = [_told(line, self, lang) for line in self.lines]
        if self.pace is None:
            said.append(say("power.no_pace", lang))
        elif isfinite(self.pace.detectable):
            said.append(say("power.pace", lang, change=f"{100 * (self.pace.detectable - 1):.0f}%",
                            slower=f"{100 * (1 - 1 / self.pace.detectable):.0f}%", before=f"{self.pace.months[0]:.0f}",
                            after=f"{self.pace.months[1]:.0f}"))
        rate = {name: f"{value:.0f}" if value >= 9.5 else f"{value:.1f}" for name, value in self.monthly.items()}
        key = "arrivals_control" if "control" in rate else "arrivals"
        said.append(say(f"power.{key}", lang, **rate))
        if self.of_wave:
            said.append(say("power.of_wave", lang, value=self.of_wave))
        said.append(say(f"power.rests_on_{self.design}", lang))
        return said

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"schema": "ltcdiag.power/1", "change": self.change, "review_on": self.review_on, "design": self.design,
                "monthly": {name: round(value, 3) for name, value in self.monthly.items()},
                "kpis": [line.to_dict() for line in self.lines],
                "pace": None if self.pace is None else {"detectable": _finite(self.pace.detectable),
                                                        "months": list(self.pace.months)}}

    def __str__(self) -> str:
        return "\n".join(self.told(current()))

    def _repr_html_(self) -> str:
        lang = current()
        heads = [say(f"power.col_{name}", lang) for name in ("kpi", "worth", "detectable", "have", "need", "horizon")]
        rows = [_row(line, lang) for line in self.lines]
        told = "".join(f"<p>{escape(text)}</p>" for text in self.told(lang))
        return html_table(heads, rows, numeric=(False, *[True] * 5)) + told


def power_of(rehearsed: Rehearsal, worth: Mapping[str, float | None], *, of_wave: str = "") -> Power:
    """Whether the review will find the changes that are hoped for. worth: KPI → that change (in its unit); without a
    number the smallest that usually matters: five points of a share, a tenth of the level of a mean."""
    asked = rehearsed.asked
    lines = tuple(_line(rehearsed, key, value) for key, value in worth.items())
    monthly = {"pilot": rehearsed.per_day(rehearsed.pilot) * MONTH}
    if rehearsed.control is not None:
        monthly["control"] = rehearsed.per_day(rehearsed.control) * MONTH
    return Power(lines, _pace_test(rehearsed), monthly, asked.change, asked.review_on, asked.design, of_wave)


def _line(rehearsed: Rehearsal, key: str, worth: float | None) -> PowerLine:
    card = load_kpis()[key]
    unit = unit_of(card, rehearsed.asked.calendar)
    found = rehearsed.measured(key)
    have = {arm.name: round(arm.cases) for arm in rehearsed.arms}
    if isinstance(found, Lacking):
        return PowerLine(key, unit, 0, 0.0, inf, have["after"], None, have, lacking=notes_of(card, found))
    hoped = worth or _usual_worth(card.unit, found[0].value)
    arms = [_Arm.of(each, arm) for each, arm in zip(found, rehearsed.arms, strict=True)]
    mix = rehearsed.mix_part(key)
    detectable = _detectable(arms, mix)
    after = next(arm for arm in arms if arm.name == "after")
    factor = _growth(arms, mix, hoped) if detectable > hoped else 1.0
    need = None if factor is None else ceil(after.n * factor)
    until = _until(rehearsed, factor) if detectable > hoped else ""
    return PowerLine(key, unit, found[0].horizon_days, hoped, detectable, round(after.n), need,
                     {arm.name: round(arm.n) for arm in arms}, until)


def _usual_worth(unit: str, level: float) -> float:
    return WORTH_SHARE if unit == "share" else WORTH_PART * abs(level)


@dataclass(frozen=True)
class _Arm:
    """name; n: cases it will rest on; variance: of its number then; grows: with a later review."""

    name: str
    n: float
    variance: float
    grows: bool

    @classmethod
    def of(cls, found: Quantity, arm: Stretch) -> _Arm:
        """A number of the stand-in, scaled to the cases to come."""
        part = max(arm.part, 1e-9)
        return cls(arm.name, found.n * part, found.estimate.error**2 / part, arm.grows)


def _detectable(arms: Sequence[_Arm], mix: float = 1.0, factor: float = 1.0) -> float:
    """What four reviews in five would find, when the arms that can grow hold `factor` times the cases."""
    parts = [(arm.variance * mix**2 / (factor if arm.grows else 1.0),
              max(arm.n * (factor if arm.grows else 1.0) - 1, 1.0)) for arm in arms]
    if sum(variance for variance, _ in parts) <= 0:
        return inf
    return student(0.0, parts, "").detectable


def _growth(arms: Sequence[_Arm], mix: float, worth: float) -> float | None:
    """How many times the cases must be there for a change to be found; None where the arms that are past alone spread
    too far."""
    if worth <= 0 or _detectable(arms, mix, 1e6) > worth:
        return None
    low, high = 1.0, 1e6
    for _ in range(60):
        middle = sqrt(low * high)
        low, high = (low, middle) if _detectable(arms, mix, middle) <= worth else (middle, high)
    return high


def _until(rehearsed: Rehearsal, factor: float | None) -> str:
    """The day from which a review would have the cases, "" where that is too far away."""
    asked = rehearsed.asked
    change, review = date.fromisoformat(asked.change), date.fromisoformat(asked.review_on)
    days = (review - change).days * (factor or inf)
    if days > FARTHEST * MONTH:
        return ""
    return (change + timedelta(days=ceil(days))).isoformat()


def _pace_test(rehearsed: Rehearsal) -> PaceTest | None:
    """The pace of closings of the review: the counts that each side will have, times the spread of past months."""
    groups = [rehearsed.pilot] if rehearsed.control is None else [rehearsed.pilot, rehearsed.control]
    sides = [_closings(rehearsed, among) for among in groups]
    known = [side for side in sides if side is not None]
    windows = rehearsed.windows
    before, after = (window.days / MONTH for window in windows)
    if len(known) < len(sides) or min(before, after) < LEAST_MONTHS - SHORTEST:
        return None
    variance = sum(spread / mean * (1 / before + 1 / after) for mean, spread in known)
    paired = windows[0].seen_to < windows[1].starts and rehearsed.control is None
    freedom = max(after - 1 if paired else before + after - 2, 1.0)
    return PaceTest(exp(student(0.0, [(variance, freedom)], "").detectable), (before, after))


def _closings(rehearsed: Rehearsal, among: Any) -> tuple[float, float] | None:
    """Closings a month lately, and how many times more the months differ than counts would."""
    found = _past_pace(rehearsed, among)
    if found is None or len(found.months) < LEAST_MONTHS:
        return None
    late = found.months[-min(6, len(found.months)):]
    mean = sum(month.expected for month in late) / len(late)
    return (mean, max(1.0, found.spread)) if mean > 0 else None


def _past_pace(rehearsed: Rehearsal, among: Any) -> Pace | None:
    import numpy as np

    from ..stats.pace import Side, pace

    whole = rehearsed.whole
    rows = np.arange(whole.table.n) if among is None else among
    table = whole.table.taken(rows)
    end = min(table.end, rehearsed.change)
    first = int(table.entered.min())
    if end <= first:
        return None
    side = Side(table, first, end, np.zeros(table.n, dtype=np.int64), axis=whole.axis.of(rows))
    return pace(side, Side(table, end, end, side.stratum, axis=side.axis), change=end)


def _told(line: PowerLine, power: Power, lang: str) -> str:
    """The sentence of a KPI: enough, so many more, until when, or why nobody can say."""
    name = load_kpis()[line.kpi].name(lang)
    if line.lacking:
        return say("power.lacking", lang, kpi=name, why=line.lacking[lang])
    facts = {"kpi": name, "worth": amount(line.worth, line.unit, lang), "have": count(line.have),
             "detectable": amount(line.detectable, line.unit, lang), "review": power.review_on}
    if line.is_enough:
        return say("power.enough", lang, **facts)
    if line.need is None:
        return say("power.never", lang, **facts)
    key = "wait" if line.wait_until else "too_far"
    return say(f"power.{key}", lang, need=count(line.need), until=line.wait_until, **facts)


def amount(value: float, unit: str, lang: str) -> str:
    """A change without its direction, in the unit of its KPI."""
    if not isfinite(value):
        return "–"
    shown = f"{100 * value:.1f}" if unit == "share" else f"{value:,.0f}" if abs(value) >= 99.5 else f"{value:.1f}" \
        if abs(value) >= 0.95 else f"{value:.2f}"
    return say(f"power.unit_{unit}", lang, n=shown)


def _row(line: PowerLine, lang: str) -> list[str]:
    name = load_kpis()[line.kpi].name(lang)
    if line.lacking:
        return [name, "–", "–", "–", "–", "–"]
    need = count(line.need) if line.need is not None else "–"
    return [name, amount(line.worth, line.unit, lang), amount(line.detectable, line.unit, lang), count(line.have), need,
            count(line.horizon_days)]


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
