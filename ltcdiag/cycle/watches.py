"""What is watched from the change to the review: one watch for each primary and guard KPI, with its false alarms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from html import escape
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from ..domain.kpis import KpiCard, load_kpis
from ..log.look import html_table
from ..measures.happenings import Watchable, watchable
from ..measures.kpis import notes_of
from ..measures.quantity import Lacking
from ..stats.watching import ALARM, Watched, watched, weeks_of
from ..words import Said, Texts, current, in_all, say
from ..words.numbers import percent
from .setting import Setting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

HALF = 0.5
LEAST_STRATUM = 30
"""Fewer cases than this share the rates of the others."""


@dataclass(frozen=True)
class Beside:
    """The same of the control: seen, expected, their ratio with a 95 % interval."""

    observed: int
    expected: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Watch:
    """One KPI. role: primary or guard. status: quiet, warning, few (nobody can tell yet) or unwatched. direction: of a
    warning, fewer or more; for_worse: whether that is the bad one (None where neither is). since: the first day on
    which the warning could be given. what: happenings that are counted. weeks of planned; observed, expected, ratio
    with a 95 % interval; baseline: happenings before the change. found: how often a change for the worse by half (or to
    double) would be found by the review, found_weeks: by which week in half of these. control: the same of the control.
    why: of a KPI that is not watched."""

    kpi: str
    role: str
    status: str
    direction: str = ""
    for_worse: bool | None = None
    since: str = ""
    what: str = ""
    weeks: int = 0
    planned: int = 0
    observed: int = 0
    expected: float = field(default=0.0, repr=False)
    baseline: int = 0
    ratio: float = field(default=nan, repr=False)
    low: float = field(default=nan, repr=False)
    high: float = field(default=nan, repr=False)
    oldest_days: float = field(default=nan, repr=False)
    found: float = field(default=nan, repr=False)
    found_weeks: float = field(default=nan, repr=False)
    control: Beside | None = field(default=None, repr=False)
    why: Said = field(default_factory=Texts, repr=False)

    def name(self, lang: str) -> str:
        """The KPI in a language."""
        return load_kpis()[self.kpi].name(lang)

    def state(self, lang: str) -> str:
        """The status in a few words."""
        if self.status != "warning":
            return say(f"implement.watch_{self.status}", lang)
        kind = {True: "worse", False: "better", None: "moved"}[self.for_worse]
        return say(f"implement.watch_{kind}", lang, direction=say(f"implement.watch_{self.direction}", lang),
                   day=self.since, what=say(f"implement.what_{self.what}", lang))

    def seen(self, lang: str) -> str:
        """How many were seen and expected."""
        if self.status == "unwatched":
            return self.why.get(lang, "")
        if not isfinite(self.ratio):
            key = "watch_no_before" if self.weeks and not self.baseline else "watch_nothing"
            return say(f"implement.{key}", lang, what=say(f"implement.what_{self.what}", lang))
        return say("implement.watch_seen", lang, what=say(f"implement.what_{self.what}", lang), n=f"{self.observed:,}",
                   due=f"{self.expected:,.1f}", ratio=f"{self.ratio:.2f}", low=f"{self.low:.2f}",
                   high=f"{self.high:.2f}")

    def beside(self) -> str:
        """The control's ratio, "" where there is none."""
        each = self.control
        if each is None or not isfinite(each.ratio):
            return ""
        return f"{each.ratio:.2f} ({each.low:.2f}–{each.high:.2f})"

    def power(self, lang: str) -> str:
        """What this watch would find."""
        if not isfinite(self.found) or not self.weeks:
            return "–"
        key = "power" if self.found >= HALF else "power_rarely"
        return say(f"implement.watch_{key}", lang, share=f"{100 * self.found:.0f}%", weeks=f"{self.found_weeks:.0f}")


@dataclass(frozen=True)
class Watches:
    """All watches. change, until: ISO days; until is the last day of the last whole week. weeks of planned. each:
    chance that a watch warns at any time of the planned weeks although nothing happened; family: that any does, at
    most. pilot: whom it is about, in every language."""

    watches: tuple[Watch, ...]
    change: str
    until: str
    weeks: int
    planned: int
    each: float
    family: float
    pilot: Said = field(default_factory=Texts, repr=False)

    def __iter__(self) -> Iterator[Watch]:
        return iter(self.watches)

    def __len__(self) -> int:
        return len(self.watches)

    @property
    def warnings(self) -> tuple[Watch, ...]:
        """Those that warn, the bad ones first."""
        found = [each for each in self.watches if each.status == "warning"]
        return tuple(sorted(found, key=lambda each: not each.for_worse))

    def to_dict(self) -> dict[str, Any]:
        """The content of watches.json."""
        return {"schema": "ltcdiag.watches/1", **asdict(self)}

    def lead(self, lang: str) -> str:
        """How far it is, and how often it would be wrong."""
        key = "watches_lead" if self.weeks else "watches_lead_none"
        return say(f"implement.{key}", lang, weeks=self.weeks, planned=self.planned, until=self.until,
                   change=self.change, who=self.pilot.get(lang, ""), each=percent(self.each),
                   n=sum(each.status != "unwatched" for each in self.watches), family=percent(self.family))

    def lines(self, lang: str) -> Iterator[str]:
        """A sentence a watch."""
        for each in self.watches:
            yield say("implement.watch_line", lang, kpi=each.name(lang), role=say(f"implement.role_{each.role}", lang),
                      state=each.state(lang), seen=each.seen(lang))

    def __str__(self) -> str:
        lang = current()
        return "\n".join([self.lead(lang), *self.lines(lang), say("implement.watch_how", lang)])

    def _repr_html_(self) -> str:
        lang = current()
        control = any(each.control is not None for each in self.watches)
        heads = ["kpi", "role", "status", "seen", *(["control"] if control else []), "power"]
        rows = [[each.name(lang), say(f"implement.role_{each.role}", lang), each.state(lang), each.seen(lang),
                 *([each.beside()] if control else []), each.power(lang)] for each in self.watches]
        table = html_table([say(f"implement.h_{head}", lang) for head in heads], rows, numeric=[False] * len(heads))
        return f"<p>{escape(self.lead(lang))}</p>{table}<p>{escape(say('implement.watch_how', lang))}</p>"


def watches_of(setting: Setting) -> Watches:
    """One watch for each KPI of the definition, over the cases that the change reaches."""
    definition = setting.definition
    asked = [*((key, "primary") for key in definition.primary), *((key, "guard") for key in definition.guards)]
    strata = _strata(setting)
    found = tuple(_watch(setting, load_kpis()[key], role, strata) for key, role in dict(asked[::-1]).items())[::-1]
    n = sum(each.status != "unwatched" for each in found)
    return Watches(found, setting.change, setting.until, min(setting.weeks, setting.planned), setting.planned,
                   ALARM, min(1.0, round(n * ALARM, 4)),
                   in_all(partial(setting.part_name, "pilot")))


def _watch(setting: Setting, card: KpiCard, role: str, strata: Ints | None) -> Watch:
    found = watchable(card, setting.log)
    if found is None:
        return Watch(card.key, role, "unwatched",
                     why=in_all(partial(say, "implement.watch_not_weekly")))
    if isinstance(found, Lacking):
        return Watch(card.key, role, "unwatched", why=notes_of(card, found))
    seen = {part: _watched(setting, found, part, strata) for part in setting.parts}
    told, beside = seen["pilot"], seen.get("control")
    direction = _direction(told)
    since = {"fewer": told.fewer_since, "more": told.more_since}.get(direction, 0)
    worse = 1 if found.harm == "more" else 0
    return Watch(
        card.key, role, "warning" if told.warns else "few" if told.few else "quiet", direction,
        None if not direction or not found.harm else direction == found.harm,
        setting.day(since + 1) if since else "", found.what, told.weeks, told.planned, int(told.observed),
        told.expected, told.baseline, told.ratio, told.low, told.high, told.oldest, told.found[worse],
        told.found_week[worse],
        Beside(int(beside.observed), beside.expected, beside.ratio, beside.low, beside.high) if beside else None)


def _direction(told: Watched) -> str:
    """The way of the first warning."""
    ways = [(since, way) for since, way in ((told.fewer_since, "fewer"), (told.more_since, "more")) if since]
    return min(ways)[1] if ways else ""


def _watched(setting: Setting, found: Watchable, part: str, strata: Ints | None) -> Watched:
    weeks = weeks_of(found.found.among(setting.parts[part]), first=setting.first, change=setting.starts,
                     last=setting.last, axis=setting.log.axis, stratum=strata)
    return watched(weeks, planned=setting.planned, warn=part == "pilot")


def _strata(setting: Setting) -> Ints | None:
    """A code a case for the mix that the definition holds equal; values of few cases share one."""
    import numpy as np

    columns = [setting.log.values(column) for column in setting.definition.adjust_for]
    if not columns:
        return None
    named = np.array(["|".join(row) for row in zip(*(_texts(column) for column in columns), strict=True)])
    _, codes, counts = np.unique(named, return_inverse=True, return_counts=True)
    kept = np.cumsum(counts >= LEAST_STRATUM)
    found: Ints = np.where(counts >= LEAST_STRATUM, kept, 0)[codes]
    return found


def _texts(column: Any) -> list[str]:
    """Values as names; many numbers by their quarter."""
    import numpy as np

    if column.dtype.kind != "f":
        return [str(value) for value in column.tolist()]
    known = column[~np.isnan(column)]
    return [str(place) for place in np.searchsorted(np.quantile(known, [0.25, 0.5, 0.75]), column).tolist()]
