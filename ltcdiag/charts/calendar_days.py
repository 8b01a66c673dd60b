"""A calendar: a field a day, weeks from left to right, a year below the other; holidays and make-up days are marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..log.pictured import DayCounts
from ..words import say
from ..words.numbers import count, percent
from .drawing import HAIRLINE, MUTED, PAPER, Drawing, heading, nothing, page, rounded, style, write
from .fonts import measure
from .panel import SMALL
from .scales import blend, percentile
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _FIELD, _NAMES, _YEARS, _YEAR_GAP = 30.0, 14.0, 46.0, 6, 34.0
_NONE, _LOW, _HIGH, _OFF, _MADE_UP = "#f1f3f6", "#cfe0f2", "#1d4f8c", "#c0392b", "#1f2a37"
_TOP_SHARE = 0.98


@dataclass(frozen=True)
class _Day:
    day: date
    number: int
    kind: str


def calendar_days_chart(found: DayCounts, *, lang: str = "zh") -> Drawing:
    """Grey: a day on which nothing was recorded; empty: outside of the data. At most the last six years are drawn."""
    title = say(f"pictures.calendar_title_{found.what}", lang)
    days = [_Day(day.date(), int(number), str(kind)) for day, number, kind in
            found.table[["day", "number", "day_kind"]].itertuples(index=False, name=None)]
    if not days or not found.n:
        return nothing("calendar_days", title, lang, said=True)
    years = sorted({each.day.year for each in days})[-_YEARS:]
    shown = [each for each in days if each.day.year in years]
    with style():
        figure = _draw(found, shown, years, title, lang)
    return Drawing(figure, _words(found, days, len(days) - len(shown), title, lang), "calendar_days")


def _draw(found: DayCounts, days: list[_Day], years: list[int], title: str, lang: str) -> Figure:
    subtitle = say("pictures.calendar_subtitle", lang)
    wide = _MARGIN + _NAMES + 54 * _FIELD + _MARGIN
    width = max(wide, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    most = max(1.0, percentile([each.number for each in days if each.number], _TOP_SHARE))
    rows = list(_keys(found, most, lang))
    lines = _lines(rows, width)
    top = 116.0 + 22 * len(lines)
    block = 7 * _FIELD + _YEAR_GAP
    figure, axes = page(width, top + block * len(years) + 6)
    heading(axes, width, title, subtitle)
    _legend(axes, lines)
    for n, year in enumerate(years):
        _year(axes, [each for each in days if each.day.year == year], year, top + n * block, most, lang)
    return figure


def _colour(number: float, most: float) -> str:
    return _NONE if number <= 0 else blend(_LOW, _HIGH, min(1.0, number / most))


def _keys(found: DayCounts, most: float, lang: str) -> Iterator[tuple[str, str, str]]:
    """Text, colour and mark of each entry of the legend."""
    yield say("pictures.calendar_none", lang), _NONE, ""
    yield "1", _colour(0.001, most), ""
    if most > 1:
        yield f"≥{count(most)}", _HIGH, ""
    yield say("pictures.calendar_outside", lang), PAPER, "outside"
    kinds = set(found.table["day_kind"])
    if "holiday" in kinds:
        yield say("pictures.calendar_holiday", lang, calendar=found.calendar), _NONE, "holiday"
    if "make_up" in kinds:
        yield say("pictures.calendar_make_up", lang), _NONE, "make_up"


def _lines(rows: list[tuple[str, str, str]], width: float) -> list[list[tuple[str, str, str, float]]]:
    lines: list[list[tuple[str, str, str, float]]] = []
    x = width
    for text, colour, mark in rows:
        need = 40 + measure(text, SMALL)
        if x + need > width - _MARGIN:
            lines.append([])
            x = _MARGIN
        lines[-1].append((text, colour, mark, x))
        x += need
    return lines


def _legend(axes: Axes, lines: list[list[tuple[str, str, str, float]]]) -> None:
    for n, line in enumerate(lines):
        y = 104 + 22 * n
        for text, colour, mark, x in line:
            _field(axes, x, y - 7, colour, mark)
            write(axes, x + 20, y, text, size=SMALL)


def _field(axes: Axes, x: float, y: float, colour: str, mark: str) -> None:
    box = Box(x + 0.8, y + 0.8, x + _FIELD - 0.8, y + _FIELD - 0.8)
    rounded(axes, box, colour, radius=1.6, line=HAIRLINE if mark == "outside" else None)
    middle = (x + _FIELD / 2, y + _FIELD / 2)
    if mark == "holiday":
        axes.plot(*middle, marker="o", markersize=4.6, color=_OFF, markeredgecolor=PAPER, markeredgewidth=0.7, zorder=5)
    elif mark == "make_up":
        axes.plot(*middle, marker="D", markersize=4.2, color=_MADE_UP, markeredgecolor=PAPER, markeredgewidth=0.7,
                  zorder=5)


def _week(day: date) -> int:
    """Column of a day in its year: weeks begin on Monday."""
    first = date(day.year, 1, 1)
    return ((day - first).days + first.weekday()) // 7


def _year(axes: Axes, days: list[_Day], year: int, top: float, most: float, lang: str) -> None:
    from matplotlib.collections import PolyCollection

    left = _MARGIN + _NAMES
    write(axes, _MARGIN, top - 12, str(year), size=12)
    for weekday in (0, 2, 4, 6):
        write(axes, left - 8, top + (weekday + 0.5) * _FIELD, say(f"pictures.weekday_{weekday}", lang), size=9,
              colour=MUTED, align="right")
    for month in range(1, 13):
        first = date(year, month, 1)
        column = _week(first) + (1 if first.weekday() > 3 else 0)
        write(axes, left + column * _FIELD + 1, top - 12, say(f"pictures.month_{month}", lang), size=9, colour=MUTED)
    known = {each.day for each in days}
    every = [date(year, 1, 1) + timedelta(days=k) for k in range(366 if _leap(year) else 365)]
    outside = [_corners(left, top, day) for day in every if day not in known]
    axes.add_collection(PolyCollection(outside, facecolors=PAPER, edgecolors=HAIRLINE, linewidths=0.6, zorder=2))
    inside, fills = [_corners(left, top, each.day) for each in days], [_colour(each.number, most) for each in days]
    axes.add_collection(PolyCollection(inside, facecolors=fills, linewidths=0, zorder=3))
    for kind, marker, size, colour in (("holiday", "o", 4.6, _OFF), ("make_up", "D", 4.2, _MADE_UP)):
        marked = [each.day for each in days if each.kind == kind]
        axes.plot([left + (_week(day) + 0.5) * _FIELD for day in marked],
                  [top + (day.weekday() + 0.5) * _FIELD for day in marked], marker=marker, markersize=size,
                  color=colour, markeredgecolor=PAPER, markeredgewidth=0.7, linestyle="none", zorder=5)


def _leap(year: int) -> bool:
    return date(year, 12, 31).timetuple().tm_yday == 366


def _corners(left: float, top: float, day: date) -> list[tuple[float, float]]:
    x, y = left + _week(day) * _FIELD + 0.8, top + day.weekday() * _FIELD + 0.8
    side = _FIELD - 1.6
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def _words(found: DayCounts, days: list[_Day], hidden: int, title: str, lang: str) -> str:
    most = max(days, key=lambda each: each.number)
    without = sum(each.number == 0 for each in days)
    unit = say(f"pictures.calendar_{found.what}", lang)
    said = [title, say("pictures.calendar_words", lang, n=count(found.n), unit=unit, days=count(len(days)),
                       first=days[0].day.isoformat(), last=days[-1].day.isoformat(), without=count(without),
                       most=count(most.number), when=most.day.isoformat())]
    weekend = sum(each.number for each in days if each.kind == "weekend")
    said.append(say("pictures.calendar_words_weekend", lang, n=count(weekend), share=percent(weekend / found.n)))
    for kind in ("holiday", "make_up"):
        chosen = [each for each in days if each.kind == kind]
        if chosen:
            number = sum(each.number for each in chosen)
            said.append(say(f"pictures.calendar_words_{kind}", lang, days=count(len(chosen)), calendar=found.calendar,
                            n=count(number), share=percent(number / found.n)))
    if found.guessed:
        said.append(say("pictures.calendar_words_guessed", lang, years=", ".join(map(str, found.guessed))))
    if hidden:
        said.append(say("pictures.calendar_words_hidden", lang, years=_YEARS, days=count(hidden)))
    return "\n".join(said)
