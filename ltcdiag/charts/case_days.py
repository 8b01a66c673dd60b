"""How long cases take: a bar a stretch of days, closed cases full, open ones pale, and the median of all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.pictured import CaseDays
from ..words import say
from ..words.numbers import count, duration, percent, spoken
from .drawing import ACCENT, INK, MUTED, Drawing, heading, nothing, page, style, write
from .fonts import measure
from .legend import LEGEND_ROW, legend, legend_rows
from .panel import SMALL, Panel, plain, value_axis
from .shapes import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _WIDE, _TALL = 30.0, 760.0, 260.0
OPEN = "#b9cbe2"
_UNITS = (("days", 1.0, 3.0), ("hours", 24.0, 2 / 24), ("minutes", 1440.0, 0.0))


@dataclass(frozen=True)
class _Bar:
    least: float
    under: float
    closed: int
    open: int


def case_days_chart(found: CaseDays, *, lang: str = "zh") -> Drawing:
    """Bars of equal width from 0 on; the last one holds all longer ones."""
    rows = [_Bar(float(a), float(b), int(c), int(d)) for a, b, c, d in
            found.table[["at_least_days", "under_days", "closed", "open"]].itertuples(index=False, name=None)]
    if not found.n:
        return nothing("case_days", "pictures.case_days_title", lang)
    with style():
        figure = _draw(found, rows, lang)
    return Drawing(figure, _words(found, rows, lang), "case_days")


def _draw(found: CaseDays, rows: Sequence[_Bar], lang: str) -> Figure:
    closed, still = sum(row.closed for row in rows), sum(row.open for row in rows)
    title = say("pictures.case_days_title", lang)
    subtitle = say("pictures.case_days_subtitle" if found.known else "pictures.case_days_recorded", lang,
                   width=spoken(rows[0].under, lang), closed=count(closed), open=count(still))
    entries = [(say("pictures.case_days_closed" if found.known else "pictures.case_days_all", lang), ACCENT)]
    entries += [(say("pictures.case_days_open", lang), OPEN)] if still else []
    width = max(_WIDE, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    keys = legend_rows(entries, width)
    top = 128.0 + LEGEND_ROW * len(keys)
    figure, axes = page(width, top + _TALL + 56)
    heading(axes, width, title, subtitle)
    legend(axes, keys, 102)
    most = max(row.closed + row.open for row in rows)
    panel = Panel(Box(_MARGIN + 46, top, width - _MARGIN - 6, top + _TALL), 0, len(rows), 0, max(1, most))
    value_axis(axes, panel, whole=True)
    for n, row in enumerate(rows):
        _bar(axes, panel, n, row)
    _days(axes, panel, rows, lang)
    if found.median is not None:
        _median(axes, panel, rows, found.median, lang)
    return figure


def _bar(axes: Axes, panel: Panel, n: int, row: _Bar) -> None:
    from matplotlib.patches import Rectangle

    left, right = panel.x(n) + 0.8, panel.x(n + 1) - 0.8
    for low, high, colour in ((0, row.closed, ACCENT), (row.closed, row.closed + row.open, OPEN)):
        axes.add_patch(Rectangle((left, panel.y(high)), right - left, panel.y(low) - panel.y(high), facecolor=colour,
                                 linewidth=0, zorder=3))


def _days(axes: Axes, panel: Panel, rows: Sequence[_Bar], lang: str) -> None:
    """Where bars begin, in one unit; the last one says that it has no end."""
    unit, times, _ = next(each for each in _UNITS if rows[-1].least >= each[2])
    last = f"≥{plain(round(rows[-1].least * times, 6))}"
    room = measure(f"≥{plain(rows[-1].least * times)}", SMALL) + 12
    every = next(k for k in (1, 2, 4, 5, 10, 20, 50) if panel.x(k) - panel.x(0) >= room)
    y = panel.box.bottom + 15
    end = panel.x(len(rows) - 0.5)
    write(axes, end, y, last, size=SMALL, colour=MUTED, align="center")
    for n in range(0, len(rows) - 1, every):
        if end - panel.x(n) < room and n:
            continue
        write(axes, panel.x(n), y, plain(round(rows[n].least * times, 6)), size=SMALL, colour=MUTED, align="center")
    write(axes, (panel.box.left + panel.box.right) / 2, y + 21, say(f"pictures.axis_{unit}", lang), size=SMALL,
          colour=MUTED, align="center")


def _median(axes: Axes, panel: Panel, rows: Sequence[_Bar], median: float, lang: str) -> None:
    """A line at the median of all cases, its name above the panel."""
    n = min(median / rows[0].under, len(rows) - 0.5) if rows[0].under else 0.0
    x = panel.x(n)
    axes.plot([x, x], [panel.box.top - 8, panel.box.bottom], color=INK, linewidth=1.4, linestyle=(0, (4, 3)), zorder=4)
    text = say("pictures.case_days_median", lang, days=duration(median, lang))
    half = measure(text, SMALL) / 2
    write(axes, min(max(x, panel.box.left + half), panel.box.right - half), panel.box.top - 18, text, size=SMALL,
          align="center")


def _words(found: CaseDays, rows: Sequence[_Bar], lang: str) -> str:
    closed, still = sum(row.closed for row in rows), sum(row.open for row in rows)
    said = [say("pictures.case_days_title", lang)]
    said.append(say("pictures.case_days_words" if found.known else "pictures.case_days_words_recorded", lang,
                    n=count(found.n), closed=count(closed), open=count(still)))
    fullest = max(rows, key=lambda row: row.closed + row.open)
    many = fullest.closed + fullest.open
    end = say("pictures.and_more", lang, days=spoken(fullest.least, lang)) if math.isnan(fullest.under) else say(
        "pictures.from_to_days", lang, low=duration(fullest.least, lang), high=duration(fullest.under, lang))
    said.append(say("pictures.case_days_words_most", lang, days=end, cases=count(many), share=percent(many / found.n)))
    return "\n".join([*said, median_told(found.median, found.median_low, found.median_high, lang,
                                         why=found.why_no_median)])


def median_told(median: float | None, low: float | None, high: float | None, lang: str, *, why: str = "") -> str:
    """The median with its interval, or why there is none."""
    if median is None:
        return say(f"pictures.no_median_{why or 'not_half'}", lang)
    ends = [duration(low, lang) if low is not None else "–", duration(high, lang) if high is not None else
            say("pictures.unbounded", lang)]
    return say("pictures.median_words", lang, median=spoken(median, lang), low=ends[0], high=ends[1])
