"""Adoption: does the log show the new way, week by week, by team, in the pilot and in the control, against before?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.look import html_table
from ..log.privacy import check_segment
from ..measures.spells import DAY
from ..stats.contrast import square_and_add
from ..stats.intervals import Interval, wilson
from ..stats.telling import difference_text
from ..words import Said, current, in_all, in_language, say
from ..words.numbers import share_interval
from .plan import Measure
from .setting import WEEK, Setting
from .signs import Decided, decided

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

FEW = 10
"""A share of fewer cases is said to rest on few."""
RECENT = 4
MOST_TEAMS = 12


@dataclass(frozen=True)
class Shown:
    """shown of n cases, the share with its 95 % interval (Wilson 1927); None where n is 0."""

    n: int
    shown: int
    share: float | None = field(default=None, repr=False)
    low: float | None = field(default=None, repr=False)
    high: float | None = field(default=None, repr=False)

    def text(self, lang: str) -> str:
        """12 of 40: 30 % (18–45 %)."""
        if self.share is None or self.low is None or self.high is None:
            return say("implement.shown_none", lang)
        return say("implement.shown", lang, n=f"{self.n:,}", shown=f"{self.shown:,}",
                   share=share_interval(self.share, self.low, self.high, lang))


@dataclass(frozen=True)
class Week:
    """One week: number (1 begins with the change, 0 and less lie before it), its first day, cases decided in it."""

    week: int
    day: str
    n: int
    shown: int


@dataclass(frozen=True)
class Team:
    """One team: before and after the change, and its weeks."""

    name: str
    before: Shown
    after: Shown
    weeks: tuple[Week, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Part:
    """The pilot or the control. recent: the last four whole weeks. low, high: 95 % interval of the difference of after
    and before (Newcombe 1998, method 10). waiting: cases that may still show it. straddling: waits that began before
    the change and ended after it, on neither side. teams: the largest first."""

    part: str
    name: Said
    before: Shown
    after: Shown
    recent: Shown
    difference: float | None = field(default=None, repr=False)
    low: float | None = field(default=None, repr=False)
    high: float | None = field(default=None, repr=False)
    waiting: int = 0
    straddling: int = 0
    weeks: tuple[Week, ...] = field(default=(), repr=False)
    teams: tuple[Team, ...] = ()

    def change(self, lang: str) -> str:
        """The difference with its interval, or why there is none."""
        if self.difference is None or self.low is None or self.high is None:
            return "–"
        return difference_text(self.difference, self.low, self.high, "share", lang, short=True)


@dataclass(frozen=True)
class Adopted:
    """One measure. sign: what is looked for, in words. parts: pilot and control; empty where the log cannot show it,
    for the reason `why`."""

    measure: str
    name: Said
    sign: Said
    parts: tuple[Part, ...] = ()
    why: Said = field(default_factory=dict, repr=False)

    @property
    def pilot(self) -> Part | None:
        """The part that the change reaches."""
        return self.parts[0] if self.parts else None

    def lines(self, lang: str) -> Iterator[str]:
        """A line a part."""
        name = say("implement.measure_name", lang, id=self.measure, name=said(self.name, lang))
        if not self.parts:
            yield say("implement.adoption_not", lang, name=name, why=said(self.why, lang))
        for part in self.parts:
            few = say("implement.few_cases", lang) if 0 < part.after.n < FEW else ""
            yield say("implement.adoption_line", lang, name=name, who=said(part.name, lang), sign=said(self.sign, lang),
                      before=part.before.text(lang), after=part.after.text(lang), change=part.change(lang), few=few)


@dataclass(frozen=True)
class Adoption:
    """All measures. by: what the teams are, "" where there are none; why_no_teams: the reason then. until: last day of
    the last whole week; weeks: how many since the change."""

    measures: tuple[Adopted, ...]
    change: str
    until: str
    weeks: int
    by: str
    why_no_teams: Said = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Adopted]:
        return iter(self.measures)

    def __len__(self) -> int:
        return len(self.measures)

    def __getitem__(self, measure: str) -> Adopted:
        return {each.measure: each for each in self.measures}[measure]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"schema": "ltcdiag.adoption/1", **asdict(self)}

    def lead(self, lang: str) -> str:
        """What is looked at."""
        key = "adoption_lead" if self.weeks else "adoption_lead_none"
        return say(f"implement.{key}", lang, change=self.change, until=self.until, weeks=self.weeks)

    def alike(self, lang: str) -> Iterator[str]:
        """Measures that the log cannot tell apart, a sentence a sign."""
        shown = [each for each in self.measures if each.parts]
        for sign in dict.fromkeys(said(each.sign, lang) for each in shown):
            same = [each.measure for each in shown if said(each.sign, lang) == sign]
            if len(same) > 1:
                yield say("implement.same_sign", lang, measures=say("log.comma", lang).join(same))

    def __str__(self) -> str:
        lang = current()
        return "\n".join([self.lead(lang), *(line for each in self.measures for line in each.lines(lang)),
                          *self.alike(lang), say("implement.adoption_how", lang)])

    def _repr_html_(self) -> str:
        lang = current()
        heads = [say(f"implement.h_{head}", lang) for head in ("measure", "who", "before", "after", "recent", "change")]
        table = html_table(heads, [row for each in self.measures for row in _cells(each, lang)], numeric=[False] * 6)
        notes = [self.lead(lang), table, *self.alike(lang), self._teams(lang), say("implement.adoption_how", lang)]
        return "".join(text if text.startswith("<") else f"<p>{escape(text)}</p>" for text in notes if text)

    def _teams(self, lang: str) -> str:
        """The teams of the pilot, a row each."""
        rows = [[each.measure, team.name, team.before.text(lang), team.after.text(lang)]
                for each in self.measures for part in each.parts[:1] for team in part.teams]
        if not rows:
            return said(self.why_no_teams, lang)
        heads = [say("implement.h_measure", lang), team_word(self.by, lang),
                 say("implement.h_before", lang), say("implement.h_after", lang)]
        return html_table(heads, rows, numeric=[False] * 4)


def _cells(each: Adopted, lang: str) -> Iterator[list[str]]:
    name = say("implement.measure_sign", lang, id=each.measure, name=said(each.name, lang), sign=said(each.sign, lang))
    if not each.parts:
        yield [say("implement.measure_name", lang, id=each.measure, name=said(each.name, lang)), "–",
               said(each.why, lang), "–", "–", "–"]
    for place, part in enumerate(each.parts):
        few = say("implement.few_cases", lang) if 0 < part.after.n < FEW else ""
        yield ["" if place else name, said(part.name, lang), part.before.text(lang), part.after.text(lang) + few,
               part.recent.text(lang), part.change(lang)]


def said(texts: Said, lang: str) -> str:
    """A text in a language, or in the other one where it was not written."""
    return in_language(texts, lang) or next((text for text in texts.values() if text), "")


def team_word(by: str, lang: str) -> str:
    """What a team is: a role of the log by its word, a column by its name."""
    return say(f"implement.by_{by}", lang) if by in ("department", "role", "resource") else by


def adoption_of(setting: Setting, *, by: str | None = None) -> Adoption:
    """Adoption of every measure of the plan that is not dropped. by: a column whose values are the teams; without one
    the departments, else roles, else people (where a purpose is written down) that did the deciding steps. Raises
    InputError for a column that no table has, or of people without a purpose."""
    teams, named, why = _teams(setting, by)
    found = tuple(_adopted(setting, each, teams) for each in setting.plan.measures if each.status != "dropped")
    return Adoption(found, setting.change, setting.until, setting.weeks, named, why)


@dataclass(frozen=True, eq=False)
class _Teams:
    """names; of_case: team of each case, or None where the party of the deciding step is the team. least: cases below
    which a team is not shown."""

    names: tuple[str, ...]
    of_case: Ints | None
    least: int = 1


def _teams(setting: Setting, by: str | None) -> tuple[_Teams | None, str, Said]:
    import numpy as np

    log, steps = setting.log.log, setting.log.steps
    if by is not None:
        check_segment(by, log.privacy)
        values = np.array([str(value) for value in setting.log.values(by).tolist()], dtype=object)
        names, codes = np.unique(values.astype(str), return_inverse=True)
        return _Teams(tuple(names.tolist()), codes, log.privacy.k if log.privacy.holds_people(by) else 1), by, {}
    if not steps.parties:
        return None, "", in_all(partial(say, "implement.no_teams"))
    if steps.by == "resource" and not log.privacy.purpose:
        return None, "", in_all(partial(say, "privacy.people_off"))
    return _Teams(steps.parties, None, log.privacy.k if steps.by == "resource" else 1), steps.by, {}


def _adopted(setting: Setting, measure: Measure, teams: _Teams | None) -> Adopted:
    if measure.sign is None:
        return Adopted(measure.id, measure.name, {}, (), _both("implement.not_in_log"))
    sign = _sign_texts(measure)
    found = decided(setting.log.observed, measure.sign, change=setting.starts)
    if isinstance(found, str):
        missing = measure.sign.activity if found == "no_activity" else measure.sign.other
        return Adopted(measure.id, measure.name, sign, (), _both("implement.no_activity", activity=missing))
    for activity in filter(None, (measure.sign.activity, measure.sign.other)):
        if not _inside(setting, activity):
            return Adopted(measure.id, measure.name, sign, (), _both("implement.after_the_end", activity=activity))
    begins = setting.starts
    return Adopted(measure.id, measure.name, sign,
                   tuple(_part(setting, found, part, teams, begins, within=measure.sign.kind == "within")
                         for part in setting.parts))


def _inside(setting: Setting, activity: str) -> bool:
    """Whether a step is mostly done before its cases are over; what comes later is aftercare and not looked at."""
    import numpy as np

    steps = setting.log.steps
    there = int(np.count_nonzero(steps.label == steps.labels.index(activity))) if activity in steps.labels else 0
    after = setting.log.facts.later
    later = 0 if after is None or activity not in after.labels else int(
        np.count_nonzero(after.label == after.labels.index(activity)))
    return there > 0 and there >= later


def _both(key: str, **values: object) -> Said:
    return in_all(lambda lang: say(key, lang, **values))


def _sign_texts(measure: Measure) -> Said:
    sign = measure.sign
    if sign is None:
        raise InputError(measure.id)
    days = "" if sign.days is None else f"{sign.days:g}"
    return _both(f"implement.sign_{sign.kind}", activity=sign.activity, other=sign.other, days=days)


def _part(
    setting: Setting, found: Decided, part: str, teams: _Teams | None, change: int, *, within: bool,
) -> Part:
    import numpy as np

    here = setting.parts[part][found.case]
    after = here & (found.at >= change)
    split = after & (found.begun < change) if within else np.zeros(len(here), dtype=bool)
    after &= ~split
    before = here & (found.at < change)
    week = (found.at - change) // (WEEK * DAY) + 1
    shown = {"before": _shown(found, before), "after": _shown(found, after),
             "recent": _shown(found, after & (week > setting.weeks - RECENT) & (week <= setting.weeks))}
    ends = _difference(shown["before"], shown["after"])
    return Part(part, in_all(partial(setting.part_name, part)), **shown,
                difference=ends[0], low=ends[1], high=ends[2],
                waiting=int(setting.parts[part][found.waiting].sum()), straddling=int(split.sum()),
                weeks=_weeks(setting, found, before | after, week),
                teams=tuple(_by_team(setting, found, before, after, week, teams)) if teams else ())


def _shown(found: Decided, rows: Bools) -> Shown:
    n, k = int(rows.sum()), int((rows & found.shows).sum())
    if not n:
        return Shown(0, 0)
    share = k / n
    each = wilson(share, (share * (1 - share) / n) ** 0.5, n) if n > 1 else Interval(share, 0.0, 1.0)
    return Shown(n, k, each.value, each.low, each.high)


def _difference(before: Shown, after: Shown) -> tuple[float | None, float | None, float | None]:
    if None in (before.share, after.share):
        return None, None, None
    sides = [Interval(float(side.share or 0), float(side.low or 0), float(side.high or 0)) for side in (before, after)]
    low, high = square_and_add(*sides)
    return sides[1].value - sides[0].value, low, high


def _weeks(setting: Setting, found: Decided, rows: Bools, week: Ints) -> tuple[Week, ...]:
    """Whole weeks since the change and as many before it, at most half a year."""
    import numpy as np

    reach = min(setting.weeks, 26)
    counted = rows & (week > -reach) & (week <= setting.weeks)
    told = []
    for number in range(1 - reach, setting.weeks + 1):
        here = counted & (week == number)
        told.append(Week(number, setting.day(number), int(here.sum()), int(np.count_nonzero(here & found.shows))))
    return tuple(told)


def _by_team(
    setting: Setting, found: Decided, before: Bools, after: Bools, week: Ints, teams: _Teams,
) -> Iterator[Team]:
    import numpy as np

    code = found.party if teams.of_case is None else teams.of_case[found.case]
    counts = np.bincount(code[(before | after) & (code >= 0)], minlength=len(teams.names))
    order = [place for place in np.argsort(-counts, kind="stable").tolist()
             if counts[place] >= max(1, teams.least) and teams.names[place]]
    for place in order[:MOST_TEAMS]:
        here = code == place
        yield Team(teams.names[place], _shown(found, before & here), _shown(found, after & here),
                   _weeks(setting, found, (before | after) & here, week))
