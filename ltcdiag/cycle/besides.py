"""What moved besides the change, in the pilot and in the control alike: told with numbers, never called a cause.

Arrivals, the mix of cases, the pace of the other stages, holidays, and the data themselves (new labels, columns that
are filled less or more, clean-up days).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from html import escape
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet, load_kpis
from ..domain.stages import load_stages
from ..log.calendar import EVERY_HOUR
from ..log.calendar_file import calendar_of
from ..log.look import html_table
from ..measures.happenings import leavings
from ..measures.segment_columns import case_columns
from ..measures.spells import DAY
from ..stats.guards import cleanup_days
from ..stats.watching import LEAST_BASELINE, LEAST_EXPECTED, watched, weeks_of
from ..words import Said, current, in_all, say
from .setting import WEEK, Setting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

KINDS = ("arrivals", "mix", "pace", "holidays", "labels", "filled", "cleanup")
LEAST_MOVED = 0.1
"""Part of the cases that must be elsewhere, or filled otherwise, to be told as moved."""
LEAST_CASES = 20
DRAWS, SURPRISE = 1999, 0.05
_SEED = 20241008
_KINDS_OF_COLUMNS = ("other", "customer", "money", "identifier")


@dataclass(frozen=True)
class Moved:
    """One thing looked at. kind: one of KINDS. part: pilot, control, or "" for the whole log. text: what was seen, with
    its numbers. stands_out: more than chance explains, and enough to matter."""

    kind: str
    part: str
    who: Said
    text: Said
    stands_out: bool


@dataclass(frozen=True)
class Besides:
    """All that was looked at, what stands out first. change, as_of: ISO days. looked_at: how many comparisons by chance
    could stand out."""

    things: tuple[Moved, ...]
    change: str
    as_of: str
    looked_at: int
    parts: Mapping[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Moved]:
        return iter(self.things)

    def __len__(self) -> int:
        return len(self.things)

    @property
    def standing_out(self) -> tuple[Moved, ...]:
        """What moved."""
        return tuple(each for each in self.things if each.stands_out)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"schema": "ltcdiag.besides/1", **asdict(self)}

    def lead(self, lang: str) -> str:
        """How many stand out, of how many looked at."""
        key = "besides_lead" if self.things else "besides_lead_none"
        return say(f"implement.{key}", lang, change=self.change, as_of=self.as_of, n=len(self.standing_out),
                   all=len(self.things), looked=self.looked_at, chance=f"{SURPRISE * self.looked_at:.1f}")

    def __str__(self) -> str:
        lang = current()
        lines = [say("implement.besides_line", lang, who=each.who[lang], text=each.text[lang],
                     kind=say(f"implement.moved_{each.kind}", lang)) for each in self.standing_out]
        return "\n".join([self.lead(lang), *lines, say("implement.besides_how", lang)])

    def _repr_html_(self) -> str:
        lang = current()
        rows = [[say(f"implement.moved_{each.kind}", lang), each.who[lang], each.text[lang],
                 say("implement.stands_out", lang) if each.stands_out else ""] for each in self.things]
        heads = [say(f"implement.h_{head}", lang) for head in ("what", "who", "numbers", "stands_out")]
        table = html_table(heads, rows, numeric=[False] * 4)
        return f"<p>{escape(self.lead(lang))}</p>{table}<p>{escape(say('implement.besides_how', lang))}</p>"


def besides_of(setting: Setting) -> Besides:
    """What moved besides the change."""
    tested = [*_arrivals(setting), *_mix(setting), *_pace(setting)]
    found = [*tested, *_holidays(setting), *_labels(setting), *_filled(setting), *_cleanup(setting)]
    ordered = sorted(found, key=lambda each: not each.stands_out)
    return Besides(tuple(ordered), setting.change, setting.as_of, len(tested),
                   {part: int(cases.sum()) for part, cases in setting.parts.items()})


def _moved(setting: Setting, kind: str, part: str, stands_out: bool, key: str, **facts: Any) -> Moved:
    """facts: texts, or functions of the language."""
    who = in_all(lambda lang: setting.part_name(part, lang) if part else say("implement.everybody", lang))
    text = in_all(lambda lang: say(f"implement.{key}", lang, **{
        name: value(lang) if callable(value) else value for name, value in facts.items()}))
    return Moved(kind, part, who, text, stands_out)


def _sides(setting: Setting, cases: Bools) -> tuple[Bools, Bools]:
    """Cases of a part that began before the change, and after it."""
    late = setting.log.steps.entered >= setting.starts
    return cases & ~late, cases & late


def _arrivals(setting: Setting) -> Iterator[Moved]:
    """Cases begun a week, after against before, with an interval that allows for uneven weeks."""
    import numpy as np

    entered = setting.log.steps.entered
    for part, cases in setting.parts.items():
        week = (entered[cases] - setting.starts) // (WEEK * DAY)
        whole = max(0, (setting.starts - setting.first) // (WEEK * DAY))
        before = np.bincount(-1 - week[week < 0], minlength=whole)[:whole]
        after = np.bincount(week[week >= 0], minlength=setting.weeks)[:setting.weeks]
        if min(len(before), len(after)) < 2 or min(before.sum(), after.sum()) < LEAST_CASES:
            continue
        uneven = max(1.0, *(float(side.var(ddof=1) / side.mean()) for side in (before, after)))
        ratio = float(after.mean() / before.mean())
        reach = 1.96 * sqrt(uneven * (1 / float(before.sum()) + 1 / float(after.sum())))
        low, high = ratio * exp(-reach), ratio * exp(reach)
        yield _moved(setting, "arrivals", part, not low <= 1 <= high, "moved_arrivals_text",
                     before=f"{before.mean():.1f}", after=f"{after.mean():.1f}", ratio=f"{ratio:.2f}", low=f"{low:.2f}",
                     high=f"{high:.2f}")


def _mix(setting: Setting) -> Iterator[Moved]:
    """Columns that group cases from their beginning: total variation between before and after, and how often cases
    shuffled between them are as far apart (seeded permutations)."""
    import numpy as np

    own = {scope[0] for scope in (setting.definition.pilot, setting.definition.control, setting.plan.pilot) if scope}
    rng = np.random.default_rng(_SEED)
    for column in case_columns(setting.log.log, setting.log.facts):
        if column.name in own:
            continue
        for part, cases in setting.parts.items():
            sides = [np.bincount(column.code[side] + 1, minlength=len(column.names) + 1)
                     for side in _sides(setting, cases)]
            if min(side.sum() for side in sides) < LEAST_CASES:
                continue
            apart = _apart(*sides)
            drawn = rng.multivariate_hypergeometric(sides[0] + sides[1], int(sides[1].sum()), size=DRAWS)
            as_far = sum(_apart(sides[0] + sides[1] - each, each) >= apart - 1e-12 for each in drawn)
            p = (1 + as_far) / (1 + DRAWS)
            most = int(np.abs(sides[1] / sides[1].sum() - sides[0] / sides[0].sum())[1:].argmax())
            shares = [f"{100 * side[most + 1] / side.sum():.0f}%" for side in sides]
            yield _moved(setting, "mix", part, apart >= LEAST_MOVED and p < SURPRISE, "moved_mix_text",
                         column=column.name, share=f"{100 * apart:.0f}%", p=f"{p:.3f}", value=column.names[most],
                         before=shares[0], after=shares[1])


def _apart(before: Any, after: Any) -> float:
    """Total variation: the part of the cases that would have to change their value."""
    import numpy as np

    return float(np.abs(after / after.sum() - before / before.sum()).sum() / 2)


def _pace(setting: Setting) -> Iterator[Moved]:
    """Pace of leaving the main stages that no primary KPI is about: seen over expected since the change."""
    chain = load_stages()
    asked = {stage for key in setting.definition.primary if load_kpis()[key].measure == "days_in_stages"
             for stage in load_kpis()[key].parameters["stages"].main_stages}
    for stage in chain.main_stages:
        found = None if stage in asked else leavings(setting.log.observed, StageSet(main_stages=(stage,)))
        if found is None:
            continue
        for part, cases in setting.parts.items():
            weeks = weeks_of(found.among(cases), first=setting.first, change=setting.starts, last=setting.last,
                             axis=setting.log.axis)
            told = watched(weeks, planned=setting.planned, warn=False)
            if told.baseline < LEAST_BASELINE or told.expected < LEAST_EXPECTED:
                continue
            reach = 1.96 * sqrt(1 / max(told.observed, 0.5) + 1 / max(weeks.worth, 1.0) + weeks.spread * 4 / max(
                told.weeks, 4))
            middle = (told.observed + 0.5) / (told.expected + 0.5)
            low, high = (exp(log(middle) + side * reach) for side in (-1, 1))
            yield _moved(setting, "pace", part, not low <= 1 <= high, "moved_pace_text",
                         stage=chain.main_stages[stage].name, n=f"{told.observed:,.0f}", due=f"{told.expected:,.1f}",
                         ratio=f"{middle:.2f}", low=f"{low:.2f}", high=f"{high:.2f}")


def _holidays(setting: Setting) -> Iterator[Moved]:
    """Weekdays off, less weekends at work, before and after."""
    calendar = calendar_of(setting.definition.calendar or setting.log.log.calendar)
    if calendar.country == EVERY_HOUR:
        return
    change, as_of = date.fromisoformat(setting.change), date.fromisoformat(setting.as_of)
    first = change - timedelta(days=(setting.starts - setting.first) // DAY)
    spans = [(first, change), (change, as_of + timedelta(days=1))]
    days = [(until - since).days for since, until in spans]
    off = [sum((since + timedelta(days=k)).weekday() < 5 for k in range(n))
           - sum(calendar.is_working_day(since + timedelta(days=k)) for k in range(n))
           for (since, _), n in zip(spans, days, strict=True)]
    if min(days) > 0:
        shares = [part / n for part, n in zip(off, days, strict=True)]
        yield _moved(setting, "holidays", "", abs(shares[1] - shares[0]) >= 0.02, "moved_holidays_text",
                     before=str(max(0, off[0])), after=str(max(0, off[1])),
                     days_before=str(days[0]), days_after=str(days[1]))


def _labels(setting: Setting) -> Iterator[Moved]:
    """Steps seen only since the change, and steps that are no longer seen though some should be; those by which the
    plan would see its own measures are left to the adoption."""
    import numpy as np

    steps, meant = setting.log.steps, {each.sign.activity for each in setting.plan.measures if each.sign}
    counts = [np.bincount(steps.label[rows], minlength=len(steps.labels))
              for rows in (steps.ended < setting.starts, steps.ended >= setting.starts)]
    if not counts[0].any():     # where nothing was seen before, every step would be new
        return
    length = (setting.last - setting.starts) / max(1, setting.starts - setting.first)
    for code, label in enumerate(steps.labels):
        before, after = int(counts[0][code]), int(counts[1][code])
        if label in meant:      # it is the new way itself
            continue
        if not before and after:
            yield _moved(setting, "labels", "", True, "moved_label_new", label=label, n=f"{after:,}")
        elif not after and before * length >= LEAST_EXPECTED:
            yield _moved(setting, "labels", "", True, "moved_label_gone", label=label, n=f"{before:,}")


def _filled(setting: Setting) -> Iterator[Moved]:
    """Columns whose first record of a case is filled more or less often since the change."""
    import numpy as np

    log_, roles = setting.log.log, set(setting.log.log.columns.values())
    if log_.recipe.get("kind", "events") != "events":       # records are snapshots, filled while a case goes on
        return
    names = dict.fromkeys(each.column for each in log_.privacy.columns
                          if each.loaded and each.kind in _KINDS_OF_COLUMNS and each.column not in roles)
    before, after = _sides(setting, np.ones(setting.log.steps.cases, dtype=bool))
    if min(int(before.sum()), int(after.sum())) < LEAST_CASES:
        return
    for name in names:
        table = log_.tables.answer("segments", column=name).table
        has = np.zeros(len(before), dtype=bool)
        has[table.loc[table["first"] == 1, "case"].to_numpy(np.int64)] = True
        shares = [float(has[side].mean()) for side in (before, after)]
        if abs(shares[1] - shares[0]) >= LEAST_MOVED:
            yield _moved(setting, "filled", "", True, "moved_filled_text", column=name,
                         before=f"{100 * shares[0]:.0f}%", after=f"{100 * shares[1]:.0f}%")


def _cleanup(setting: Setting) -> Iterator[Moved]:
    """Days on which far more cases were closed than usual."""
    found = cleanup_days(setting.log.table)
    if found is not None:
        caution = found[0]
        yield _moved(setting, "cleanup", "", True, "moved_cleanup_text", text=caution.text)
