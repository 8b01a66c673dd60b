"""Adoption by week: a row for the pilot, the control and each team, a cell a week, darker the more cases show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..cycle.adoption import Adopted, Adoption, Week, said, team_word
from ..errors import InputError
from ..words import say
from .drawing import HAIRLINE, INK, MUTED, PAPER, Drawing, heading, nothing, page, style, write
from .fonts import measure, readable, remarks
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _TOP, _CELL, _TALL, _SMALL = 30.0, 128.0, 22.0, 26.0, 10.5
_MOST_NAME, _BEFORE, _AFTER = 18.0, 8, 37
_MOST_TITLE = 30.0
_LOW, _HIGH = (0xF3, 0xF6, 0xFA), (0x1F, 0x5C, 0x9E)


@dataclass(frozen=True)
class _Row:
    name: str
    weeks: Sequence[Week]
    strong: bool = False


def adoption_chart(found: Adoption, *, lang: str = "zh", measure: str = "") -> Drawing:
    """One measure. measure: its id; without one the first that the log can show. Raises InputError for an id that the
    plan does not have or the log cannot show."""
    shown = {each.measure: each for each in found if each.parts}
    if measure and measure not in shown:
        raise InputError(say("implement.no_measure", lang, measure=measure),
                         fix=say("engine.one_of", lang, values=", ".join(shown) or "–"))
    if not shown:
        return nothing("adoption", "implement.chart_none", lang)
    each = shown[measure] if measure else next(iter(shown.values()))
    name = readable(said(each.name, lang), lang, longest=_MOST_TITLE).text
    title = say("implement.chart_title", lang, measure=f"{each.measure} {name}")
    with style():
        figure = _draw(each, title, found.by, lang)
    return Drawing(figure, _words(each, title, lang), "adoption")


def _rows(each: Adopted, lang: str) -> list[_Row]:
    whole = [_Row(say("implement.chart_all", lang, part=said(part.name, lang)), part.weeks, strong=True)
             for part in each.parts]
    teams = each.parts[0].teams
    return [*whole, *(_Row(team.name, team.weeks) for team in teams)] if len(teams) > 1 else whole


def _draw(each: Adopted, title: str, by: str, lang: str) -> Figure:
    rows = _rows(each, lang)
    numbers = [week.week for week in rows[0].weeks if week.week > -_BEFORE][-(_BEFORE + _AFTER):]
    names = [readable(row.name, lang, longest=_MOST_NAME).text for row in rows]
    left = _MARGIN + max([60.0, *(measure(name, _SMALL) for name in names)]) + 12
    subtitle = say("implement.chart_subtitle", lang)
    width = max(left + _CELL * len(numbers) + _MARGIN, 2 * _MARGIN + measure(subtitle, 12),
                2 * _MARGIN + measure(title, 20))
    figure, axes = page(width, _TOP + _TALL * len(rows) + 74)
    heading(axes, width, title, subtitle)
    for place, (row, name) in enumerate(zip(rows, names, strict=True)):
        middle = _TOP + _TALL * (place + 0.5)
        write(axes, left - 10, middle, name, size=_SMALL, colour=INK if row.strong else MUTED, align="right")
        cells = {week.week: week for week in row.weeks}
        for column, number in enumerate(numbers):
            _cell(axes, Box(left + _CELL * column, middle - _TALL / 2, left + _CELL * (column + 1), middle + _TALL / 2),
                  cells.get(number))
    _weeks(axes, rows[0], numbers, left, _TOP + _TALL * len(rows), lang)
    if len(rows) > len(each.parts):
        write(axes, _MARGIN, _TOP - 12, team_word(by, lang), size=_SMALL, colour=MUTED)
    return figure


def _cell(axes: Axes, box: Box, week: Week | None) -> None:
    from matplotlib.patches import Rectangle

    n = week.n if week is not None else 0
    share = week.shown / n if week is not None and n else None
    fill = PAPER if share is None else "#" + "".join(
        f"{round(low + share * (high - low)):02x}" for low, high in zip(_LOW, _HIGH, strict=True))
    axes.add_patch(Rectangle((box.left + 0.75, box.top + 0.75), box.right - box.left - 1.5, box.bottom - box.top - 1.5,
                             facecolor=fill, edgecolor=HAIRLINE, linewidth=0.5, zorder=2))
    if n:
        write(axes, (box.left + box.right) / 2, (box.top + box.bottom) / 2, f"{n}", size=9,
              colour=PAPER if share is not None and share > 0.5 else INK, align="center")


def _weeks(axes: Axes, row: _Row, numbers: Sequence[int], left: float, foot: float, lang: str) -> None:
    """The days under the weeks, and a line at the change."""
    days = {week.week: week.day for week in row.weeks}
    for column, number in enumerate(numbers):
        if (number - 1) % 4 == 0:
            write(axes, left + _CELL * column, foot + 16, days[number][5:], size=9.5, colour=MUTED)
    write(axes, left, foot + 36, say("implement.chart_weeks", lang), size=_SMALL, colour=MUTED)
    if 1 in numbers:
        x = left + _CELL * numbers.index(1)
        axes.plot([x, x], [_TOP - 6, foot + 4], color=INK, linewidth=1.4, zorder=4)
        write(axes, x, _TOP - 14, say("implement.chart_change", lang), size=_SMALL, align="center")


def _words(each: Adopted, title: str, lang: str) -> str:
    cut = remarks([readable(row.name, lang, longest=_MOST_NAME) for row in _rows(each, lang)], lang)
    lines = [say("implement.chart_words", lang, title=title, who=said(part.name, lang), before=part.before.text(lang),
                 after=part.after.text(lang), recent=part.recent.text(lang)) for part in each.parts]
    n = sum(side.n for part in each.parts for side in (part.before, part.after))
    teams = each.parts[0].teams
    apart = [say("implement.chart_team", lang, team=team.name, before=team.before.text(lang),
                 after=team.after.text(lang)) for team in (teams if len(teams) > 1 else ())]
    return "\n".join([*lines, say("implement.chart_total", lang, n=f"{n:,}"), *apart, *cut])
