"""A series by week or month: points, control limits, and the lines before and after a change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ..log.results import Series
from ..words import say
from ..words.numbers import count, percent, signed
from .drawing import ACCENT, HAIRLINE, INK, MUTED, PAPER, Drawing, heading, nothing, page, style, write
from .fonts import measure
from .pace import p_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _TOP, _TALL, _SMALL, _LIMIT = 30.0, 146.0, 250.0, 10.5, "#b3471d"
_TICKS = (1, 2, 5)


@dataclass(frozen=True)
class _Row:
    start: date
    rate: float
    outside: bool
    fitted: float
    expected: float


@dataclass(frozen=True)
class _Frame:
    """The panel: left edge, width of a row, how many, lowest and highest value."""

    left: float
    step: float
    rows: int
    low: float
    high: float

    def x(self, row: float) -> float:
        return self.left + (row + 0.5) * self.step

    def y(self, value: float) -> float:
        return _TOP + _TALL * (self.high - value) / (self.high - self.low)

    @property
    def right(self) -> float:
        return self.left + self.rows * self.step


def series_chart(s: Series, *, lang: str = "zh") -> Drawing:
    """A point a week or month (hollow while it sets the limits), the limits, rings around what lies outside; at a
    change the line before it, drawn on dashed, and the line after it."""
    rows = [_Row(start.date(), rate, bool(outside), fitted, expected) for start, rate, outside, fitted, expected in
            s.table[["start", "rate", "outside", "fitted", "expected"]].itertuples(index=False, name=None)]
    title = say(f"compared.series_title_{s.what}", lang, per=say(f"compared.series_by_{s.per}", lang))
    if not rows:
        return nothing("series", title, lang, said=True)
    with style():
        figure = _draw(s, rows, title, lang)
    return Drawing(figure, _words(s, rows, title, lang), "series")


def _draw(s: Series, rows: Sequence[_Row], title: str, lang: str) -> Figure:
    step = min(34.0, max(7.0, 820.0 / len(rows)))
    values = [value for row in rows for value in (row.rate, row.fitted, row.expected) if not math.isnan(value)]
    high = max(s.high, *values) * 1.06 or 1.0
    frame = _Frame(_MARGIN + 52, step, len(rows), 0.0, high)
    keys = [(kind, say(f"compared.series_key_{kind}", lang)) for kind in
            ("baseline", "new", "limits", *(("line", "expected") if s.jump else ()))]
    subtitle = say(f"compared.series_subtitle_{s.per}", lang)
    width = max(frame.right + 60, 2 * _MARGIN + measure(subtitle, 12),
                _MARGIN + sum(measure(text, _SMALL) + 50 for _, text in keys) + _MARGIN)
    figure, axes = page(width, _TOP + _TALL + 62)
    heading(axes, width, title, subtitle)
    _legend(axes, keys)
    _grid(axes, frame)
    for limit, dashes in ((s.low, (5, 3)), (s.centre, None), (s.high, (5, 3))):
        axes.plot([frame.left, frame.right], [frame.y(limit)] * 2, color=_LIMIT, linewidth=1.1, zorder=2,
                  linestyle=(0, dashes) if dashes else "solid")
    _lines(axes, s, rows, frame, lang)
    for i, row in enumerate(rows):
        _point(axes, frame.x(i), frame.y(row.rate), row, new=i >= s.baseline)
    _dates(axes, rows, frame)
    return figure


def _legend(axes: Axes, keys: Sequence[tuple[str, str]]) -> None:
    x = _MARGIN
    for kind, text in keys:
        if kind in ("baseline", "new"):
            _dot(axes, x + 10, 106, new=kind == "new")
        else:
            colour, dashes = {"limits": (_LIMIT, (5, 3)), "line": (INK, None), "expected": (INK, (2, 2))}[kind]
            axes.plot([x, x + 20], [106, 106], color=colour, linewidth=1.8 if kind != "limits" else 1.1,
                      linestyle=(0, dashes) if dashes else "solid")
        write(axes, x + 28, 106, text, size=_SMALL, colour=MUTED)
        x += measure(text, _SMALL) + 50


def _dot(axes: Axes, x: float, y: float, *, new: bool) -> None:
    axes.plot([x], [y], marker="o", markersize=6, markerfacecolor=ACCENT if new else PAPER,
              markeredgecolor=ACCENT if new else MUTED, markeredgewidth=1.4, linestyle="none", zorder=4)


def _point(axes: Axes, x: float, y: float, row: _Row, *, new: bool) -> None:
    _dot(axes, x, y, new=new)
    if row.outside:
        axes.plot([x], [y], marker="o", markersize=12, markerfacecolor="none", markeredgecolor=_LIMIT,
                  markeredgewidth=1.4, linestyle="none", zorder=4)


def _grid(axes: Axes, frame: _Frame) -> None:
    power = 10 ** math.floor(math.log10(frame.high / 3)) if frame.high > 0 else 1
    step = next((k * power for k in (*_TICKS, 10) if frame.high / (k * power) <= 6), frame.high)
    for k in range(int(frame.high / step) + 1):
        y = frame.y(k * step)
        axes.plot([frame.left, frame.right], [y, y], color=HAIRLINE, linewidth=0.6, zorder=1)
        write(axes, frame.left - 8, y, f"{k * step:g}", size=_SMALL, colour=MUTED, align="right")


def _lines(axes: Axes, s: Series, rows: Sequence[_Row], frame: _Frame, lang: str) -> None:
    if s.change:
        edge = frame.x(s.baseline) - frame.step / 2
        axes.plot([edge, edge], [_TOP - 4, _TOP + _TALL], color=INK, linewidth=1.1, zorder=2)
        write(axes, edge, _TOP - 12, say("compared.pace_change", lang), size=_SMALL, align="center")
    if s.jump is None:
        return
    for part in (range(s.baseline), range(s.baseline, len(rows))):
        axes.plot([frame.x(i) for i in part], [frame.y(rows[i].fitted) for i in part], color=INK, linewidth=1.8,
                  zorder=3)
    later = range(s.baseline - 1, len(rows))
    axes.plot([frame.x(i) for i in later], [frame.y(max(0.0, rows[i].expected)) for i in later], color=INK,
              linewidth=1.4, linestyle=(0, (2, 2)), zorder=3)


def _dates(axes: Axes, rows: Sequence[_Row], frame: _Frame) -> None:
    """The day or month where there is room for it, the year below where it begins."""
    every = max(1, math.ceil(38 / frame.step))
    year = 0
    for i in range(0, len(rows), every):
        start = rows[i].start
        write(axes, frame.x(i), _TOP + _TALL + 16, f"{start.month}-{start.day}", size=9.5, colour=MUTED, align="center")
        if start.year != year:
            year = start.year
            write(axes, frame.x(i), _TOP + _TALL + 34, f"{year}", size=_SMALL, align="center")


def _words(s: Series, rows: Sequence[_Row], title: str, lang: str) -> str:
    per = say(f"compared.series_{s.per}s", lang)
    out = [row.start.isoformat() for row in rows if row.outside]
    which = say("compared.pace_words_which", lang, months=say("compared.list_comma", lang).join(out)) if out else ""
    said = [
        say("compared.series_words", lang, title=title, rows=len(rows), per=per, n=count(s.n)),
        say("compared.series_words_limits", lang, baseline=s.baseline, per=per, low=f"{s.low:.1f}",
            high=f"{s.high:.1f}", centre=f"{s.centre:.1f}", out=len(out), which=which),
        say("compared.series_words_alarm", lang, rows=len(rows), per=per, whole=percent(s.false_alarm),
            new=percent(s.new_alarm))]
    if s.warm_up:
        said.append(say("compared.series_words_warm_up", lang, days=s.warm_up))
    if s.autocorrelation >= 0.2:
        said.append(say("compared.series_words_auto", lang, rho=f"{s.autocorrelation:.2f}"))
    return "\n".join([*said, *_change(s, len(rows), lang)])


def _change(s: Series, rows: int, lang: str) -> list[str]:
    if not s.change:
        return []
    if s.jump is None or s.slope is None:
        return [say("compared.series_words_short", lang, before=s.baseline, after=rows - s.baseline)]
    said = []
    for key, told in (("level", s.jump), ("slope", s.slope)):
        shown = [_times(part, s.scale) for part in told[:3]]
        said.append(say(f"compared.series_words_{key}_{s.scale}", lang, value=shown[0], low=shown[1], high=shown[2],
                        p=p_text(told[3], lang), change=s.change, per=say(f"compared.series_a_{s.per}", lang)))
    clear = s.jump[3] < 0.05 or s.slope[3] < 0.05
    return said if clear else [*said, say("compared.series_words_open", lang)]


def _times(value: float, scale: str) -> str:
    return f"{math.exp(value):.2f}" if scale == "log" else signed(value, places=2)
