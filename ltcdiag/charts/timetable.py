"""The timetable: measures as bars, milestones as diamonds, the day of the change and that of the review as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ..cycle.parties import party_name
from ..cycle.plan import Measure, Milestone, Plan
from ..words import say
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .folding import folded, height, write_lines
from .fonts import measure as wide
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _SIZE, _SMALL, _NAMES, _TIME, _WHO, _PAD = 30.0, 12.5, 10.5, 330.0, 640.0, 150.0, 13.0
_ROW = 20.0
BARS = {"planned": "#b9cbe2", "running": "#2f6db3", "done": "#6a9a6f", "dropped": "#d9dee5"}
"""Status → colour of the bar."""
_REVIEW = "#b3562f"


@dataclass(frozen=True)
class _Axis:
    """Days as places on the page."""

    first: date
    last: date
    left: float

    def at(self, day: str | date) -> float:
        moment = date.fromisoformat(day) if isinstance(day, str) else day
        return self.left + _TIME * (moment - self.first).days / max((self.last - self.first).days, 1)


def timetable_chart(plan: Plan, *, lang: str = "zh") -> Drawing:
    """Measures with their days and who answers for them, milestones, the change (or the waves) and the review."""
    title = say("plan_pictures.timetable_title", lang)
    days = sorted(day for day in (plan.change, plan.review_on, *plan.waves.values(), *(
        day for each in plan.measures for day in (each.begins, each.ends)), *(
        each.due for each in plan.milestones)) if day)
    if not days:
        return nothing("timetable", title, lang, said=True)
    with style():
        figure = _draw(plan, (date.fromisoformat(days[0]), date.fromisoformat(days[-1])), lang)
    return Drawing(figure, "\n".join([title, *_words(plan, lang)]), "timetable")


def _words(plan: Plan, lang: str) -> list[str]:
    marks = [say("plan_pictures.mark_line", lang, name=name, day=day) for name, day in _lines(plan, lang)]
    bars = [say("plan_pictures.bar_line", lang, id=each.id, name=each.name[lang], begins=each.begins, ends=each.ends,
                who=party_name(each.accountable, lang)) for each in plan.measures]
    return [*marks, *bars]


def _lines(plan: Plan, lang: str) -> list[tuple[str, str]]:
    """The days that everything else is measured by."""
    if plan.waves:
        begun = sorted(plan.waves.items(), key=lambda pair: (pair[1], pair[0]))
        found = [(say("plan_pictures.wave", lang, value=value), day) for value, day in begun]
    else:
        found = [(say("plan_pictures.change", lang), plan.change)] if plan.change else []
    return [*found, (say("plan_pictures.review", lang), plan.review_on)] if plan.review_on else found


def _lined(plan: Plan, lang: str) -> set[str]:
    """Names of milestones that the lines tell already."""
    return {say("planning.milestone_change", lang), say("planning.milestone_review", lang),
            *(say("planning.milestone_wave", lang, value=value) for value in plan.waves)}


def _draw(plan: Plan, ends: tuple[date, date], lang: str) -> Figure:
    axis = _Axis(*ends, left=_MARGIN + _NAMES)
    names = [folded(f"{each.id} {each.name[lang]}", lang, size=_SIZE, width=_NAMES - 14, most=2)
             for each in plan.measures]
    whole = [each for each in plan.milestones if not each.measure and each.name[lang] not in _lined(plan, lang)]
    rows = [height(lines, _SIZE) + _PAD for lines in names]
    marks, above = _places(_lines(plan, lang), axis)
    points, below = _places([(each.name[lang], each.due) for each in whole], axis)
    top = 100.0 + above * _ROW
    first = top + below * _ROW + (14 if whole else 0)
    width = axis.left + _TIME + _WHO + _MARGIN
    figure, axes = page(width, first + sum(rows) + 62)
    heading(axes, width, say("plan_pictures.timetable_title", lang), say("plan_pictures.timetable_subtitle", lang))
    _months(axes, axis, top, first + sum(rows))
    _marks(axes, marks, first + sum(rows))
    for x, level, name in points:
        y = top + 6 + _ROW * (level + 0.5)
        _diamond(axes, x, y, filled=any(each.done and each.name[lang] == name for each in whole))
        _beside(axes, x, y, name, axis)
    y = first
    for each, lines, tall in zip(plan.measures, names, rows, strict=True):
        _bar(axes, each, [one for one in plan.milestones if one.measure == each.id], axis, y, tall, lines, lang)
        y += tall
    write(axes, _MARGIN, y + 42, say("plan_pictures.timetable_key", lang), size=_SMALL, colour=MUTED)
    return figure


def _places(named: Sequence[tuple[str, str]], axis: _Axis) -> tuple[list[tuple[float, int, str]], int]:
    """Labels on levels, so that none lies on another; and how many levels that takes."""
    found: list[tuple[float, int, str]] = []
    taken: list[list[tuple[float, float]]] = []
    for name, day in sorted(named, key=lambda pair: pair[1]):
        x = axis.at(day)
        begin, end = _reach(x, name, axis)
        level = next((n for n, spans in enumerate(taken) if all(end < a or begin > b for a, b in spans)), len(taken))
        if level == len(taken):
            taken.append([])
        taken[level].append((begin, end))
        found.append((x, level, name))
    return found, len(taken)


def _reach(x: float, name: str, axis: _Axis) -> tuple[float, float]:
    """From where to where a label reaches: to the right of its mark, to the left where there is no room."""
    need = wide(name, _SMALL) + 14
    return (x - 6, x + need) if x + need < axis.left + _TIME + _WHO else (x - need, x + 6)


def _beside(axes: Axes, x: float, y: float, name: str, axis: _Axis, colour: str = INK) -> None:
    begin, _ = _reach(x, name, axis)
    right = begin == x - 6
    write(axes, x + 9 if right else x - 9, y, name, size=_SMALL, colour=colour, align="left" if right else "right")


def _marks(axes: Axes, marks: Sequence[tuple[float, int, str]], bottom: float) -> None:
    """The change and the review as lines through all rows, their names above."""
    last = max((x for x, _, _ in marks), default=0.0)
    for x, level, name in marks:
        colour = _REVIEW if x == last and len(marks) > 1 else ACCENT
        y = 100.0 + _ROW * (level + 0.5)
        axes.plot([x, x], [y, bottom], color=colour, linewidth=1.8, zorder=2)
        left = x + wide(name, _SMALL) + 10 > _MARGIN + _NAMES + _TIME + _WHO
        write(axes, x - 6 if left else x + 6, y, name, size=_SMALL, colour=colour, align="right" if left else "left")


def _months(axes: Axes, axis: _Axis, top: float, bottom: float) -> None:
    """A line at the first of each month, or of each quarter where there are many."""
    months = [date(year, month, 1) for year in range(axis.first.year, axis.last.year + 1) for month in range(1, 13)]
    shown = [day for day in months if axis.first <= day <= axis.last]
    if len(shown) > 12:
        shown = [day for day in shown if day.month % 3 == 1]
    for day in shown:
        axes.plot([axis.at(day)] * 2, [top, bottom], color=HAIRLINE, linewidth=0.8, zorder=1)
    for day, after in zip(shown, [*shown[1:], None], strict=True):
        if after is None or axis.at(after) - axis.at(day) > 40:
            write(axes, axis.at(day), bottom + 14, f"{day:%Y-%m}", size=_SMALL, colour=MUTED, align="center")


def _bar(
    axes: Axes, each: Measure, own: Sequence[Milestone], axis: _Axis, y: float, tall: float, lines: tuple[str, ...],
    lang: str,
) -> None:
    axes.plot([_MARGIN, axis.left + _TIME + _WHO], [y, y], color=HAIRLINE, linewidth=0.8)
    write_lines(axes, _MARGIN, y + tall / 2, lines, size=_SIZE, colour=MUTED if each.status == "dropped" else INK)
    if each.begins and each.ends:
        left, right = axis.at(each.begins), axis.at(each.ends)
        rounded(axes, Box(left, y + tall / 2 - 8, max(right, left + 4), y + tall / 2 + 8), BARS[each.status])
    for one in own:
        if one.due:
            _diamond(axes, axis.at(one.due), y + tall / 2, filled=bool(one.done))
    who = folded(party_name(each.accountable, lang), lang, size=_SMALL, width=_WHO - 14, most=2)
    write_lines(axes, axis.left + _TIME + 14, y + tall / 2, who, size=_SMALL, colour=MUTED)


def _diamond(axes: Axes, x: float, y: float, *, filled: bool) -> None:
    axes.plot([x], [y], marker="D", markersize=7, color=INK if filled else "#ffffff", markeredgecolor=INK,
              markeredgewidth=1.3, zorder=6)
