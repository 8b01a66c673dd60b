"""Cases in hand over time, and under them those that start (up) and close (down) in each week or month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..log.pictured import WorkOverTime
from ..words import say
from ..words.numbers import count
from .drawing import ACCENT, INK, MUTED, Drawing, heading, nothing, page, style, write
from .fonts import measure
from .legend import legend, legend_rows
from .panel import SMALL, Panel, date_axis, day_number, value_axis
from .shapes import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _WIDE, _ACTIVE, _FLOW = 30.0, 820.0, 170.0, 130.0
STARTED, CLOSED, ACTIVE = "#27a08c", "#b3471d", "#dbe6f3"
Rows = list[tuple[float, float, int, int, int]]     # begin and end as days, started, closed, active


def work_over_time_chart(found: WorkOverTime, *, lang: str = "zh") -> Drawing:
    """An area of the cases in hand when each period ends; bars of those started above a line, of those closed below."""
    title = say("pictures.work_title", lang)
    if found.table.empty:
        return nothing("work_over_time", title, lang, said=True)
    begin = [day_number(each.to_pydatetime()) for each in found.table["start"]]
    length = 30.4 if found.per == "month" else 7.0
    ends = [*begin[1:], begin[-1] + length]
    rows: Rows = list(zip(begin, ends, *(found.table[name].astype(int).tolist() for name in
                                         ("started", "closed", "active")), strict=True))
    with style():
        figure = _draw(found, rows, title, lang)
    return Drawing(figure, _words(found, rows, title, lang), "work_over_time")


def _draw(found: WorkOverTime, rows: Rows, title: str, lang: str) -> Figure:
    per = say(f"pictures.per_{found.per}", lang)
    subtitle = say("pictures.work_subtitle" if found.known else "pictures.work_recorded", lang, per=per)
    width = max(_WIDE, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    figure, axes = page(width, 150 + _ACTIVE + 46 + _FLOW + 44)
    heading(axes, width, title, subtitle)
    names = [("work_active", ACTIVE), ("work_started", STARTED),
             ("work_closed" if found.known else "work_last", CLOSED)]
    legend(axes, legend_rows([(say(f"pictures.{key}", lang), colour) for key, colour in names], width), 106)
    left, right = _MARGIN + 52, width - _MARGIN
    upper = Panel(Box(left, 150, right, 150 + _ACTIVE), rows[0][0], rows[-1][1], 0, max(1, *(row[4] for row in rows)))
    top = upper.box.bottom + 46
    lower = Panel(Box(left, top, right, top + _FLOW), upper.x0, upper.x1, -max(1, *(row[3] for row in rows)),
                  max(1, *(row[2] for row in rows)))
    write(axes, left, 138, say("pictures.work_panel_active", lang), size=SMALL, colour=MUTED)
    write(axes, left, top - 14, say("pictures.work_panel_flow", lang, per=per), size=SMALL, colour=MUTED)
    value_axis(axes, upper, whole=True, most=5)
    value_axis(axes, lower, whole=True, most=5, said=lambda value: count(abs(value)))
    _area(axes, upper, rows)
    _bars(axes, lower, rows)
    date_axis(axes, lower)
    return figure


def _area(axes: Axes, panel: Panel, rows: Rows) -> None:
    """From one period's end to the next; nothing is in hand before the first case."""
    xs = [panel.x(rows[0][0]), *(panel.x(row[1]) for row in rows)]
    ys = [panel.y(0), *(panel.y(row[4]) for row in rows)]
    axes.fill_between(xs, ys, panel.y(0), facecolor=ACTIVE, linewidth=0, zorder=2)
    axes.plot(xs, ys, color=ACCENT, linewidth=1.8, zorder=3)


def _bars(axes: Axes, panel: Panel, rows: Rows) -> None:
    from matplotlib.collections import PolyCollection

    for place, sign, colour in ((2, 1, STARTED), (3, -1, CLOSED)):
        corners = []
        for row in rows:
            gap = min(1.0, 0.15 * (panel.x(row[1]) - panel.x(row[0])))
            a, b = panel.x(row[0]) + gap / 2, panel.x(row[1]) - gap / 2
            low, high = panel.y(0), panel.y(sign * row[place])
            corners.append([(a, low), (a, high), (b, high), (b, low)])
        axes.add_collection(PolyCollection(corners, facecolors=colour, linewidths=0, zorder=3))
    axes.plot([panel.box.left, panel.box.right], [panel.y(0)] * 2, color=INK, linewidth=0.8, zorder=4)


def _words(found: WorkOverTime, rows: Sequence[tuple[float, float, int, int, int]], title: str, lang: str) -> str:
    starts = [f"{each:%Y-%m-%d}" for each in found.table["start"]]
    started, closed = sum(row[2] for row in rows), sum(row[3] for row in rows)
    top = max(range(len(rows)), key=lambda n: rows[n][4])
    said = [title, say("pictures.work_words" if found.known else "pictures.work_words_recorded", lang,
                       n=count(found.n), rows=count(len(rows)), per=say(f"pictures.unit_{found.per}", lang),
                       first=starts[0], last=starts[-1], started=count(started), closed=count(closed)),
            say("pictures.work_words_active", lang, active=count(rows[-1][4]), most=count(rows[top][4]),
                when=starts[top])]
    return "\n".join([*said, say("pictures.work_words_begin", lang)])
