"""The work of departments over time: a row a department, a field a week or month, the darker the more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..log.pictured import PartyLoad
from ..words import say
from ..words.numbers import count, percent
from .drawing import ACCENT, HAIRLINE, INK, MUTED, PAPER, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks
from .panel import SMALL, Panel, date_axis, day_number
from .scales import blend
from .shapes import Box

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _SIZE, _ROW, _MOST, _PLOT = 30.0, 11.5, 26.0, 16, 620.0
_PALE = "#dbe6f3"


def party_load_chart(found: PartyLoad, *, lang: str = "zh") -> Drawing:
    """At most 16 departments or roles, those with most work first; a week without any stays white."""
    title = say(f"pictures.load_title_{found.by}", lang)
    if found.table.empty:
        return nothing("party_load", title, lang, said=True)
    grid = found.table.pivot_table(index="party", columns="start", values="steps", aggfunc="sum", fill_value=0)
    total = grid.sum(axis=1)
    order = sorted(grid.index, key=lambda party: (-total[party], party))
    grid = grid.loc[order]
    labels = [readable(party, lang, longest=12) for party in order[:_MOST]]
    with style():
        figure = _draw(found, grid, labels, title, lang)
    return Drawing(figure, _words(found, grid, labels, title, lang), "party_load")


def _draw(found: PartyLoad, grid: pd.DataFrame, labels: list[Label], title: str, lang: str) -> Figure:
    per = say(f"pictures.per_{found.per}", lang)
    subtitle = say("pictures.load_subtitle", lang, per=per)
    names = max(measure(label.text, _SIZE) for label in labels)
    left = _MARGIN + names + 14
    sums = say("pictures.load_sum", lang)
    right = left + _PLOT
    width = max(right + 84 + _MARGIN, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    top = 150.0
    figure, axes = page(width, top + _ROW * len(labels) + 50)
    heading(axes, width, title, subtitle)
    starts = [day_number(each.to_pydatetime()) for each in grid.columns]
    length = 30.4 if found.per == "month" else 7.0
    panel = Panel(Box(left, top, right, top + _ROW * len(labels)), starts[0], starts[-1] + length, 0, 1)
    most = int(grid.to_numpy().max())
    _scale(axes, most, lang)
    write(axes, width - _MARGIN, top - 12, sums, size=SMALL, colour=MUTED, align="right")
    _fields(axes, panel, grid.iloc[:_MOST].to_numpy(), starts, length, most)
    for n, label in enumerate(labels):
        y = top + (n + 0.5) * _ROW
        write(axes, left - 10, y, label.text, size=_SIZE, align="right")
        write(axes, width - _MARGIN, y, count(int(grid.iloc[n].sum())), size=_SIZE, align="right")
    date_axis(axes, panel)
    return figure


def shade(number: float, most: float) -> str:
    """White for none, pale for one, the full colour for the most."""
    return PAPER if number <= 0 else blend(_PALE, ACCENT, (number / most) ** 0.7 if most > 1 else 1.0)


def _scale(axes: Axes, most: int, lang: str) -> None:
    """What the colours mean: none, then from one to the most."""
    from matplotlib.patches import Rectangle

    x = _MARGIN
    for number in dict.fromkeys((0, 1, max(1, most // 4), max(1, most // 2), most)):
        axes.add_patch(Rectangle((x, 104), 16, 12, facecolor=shade(number, most), edgecolor=HAIRLINE, linewidth=0.8))
        write(axes, x + 22, 110, count(number), size=SMALL)
        x += 44 + measure(count(number), SMALL)
    write(axes, x, 110, say("pictures.load_scale", lang), size=SMALL, colour=MUTED)


def _fields(axes: Axes, panel: Panel, grid: object, starts: list[float], length: float, most: int) -> None:
    import numpy as np
    from matplotlib.collections import PolyCollection

    numbers = np.asarray(grid)
    ends = [min(start + length, after) for start, after in zip(starts, [*starts[1:], panel.x1], strict=True)]
    corners, colours = [], []
    for row, column in np.argwhere(numbers > 0).tolist():
        a, b = panel.x(starts[column]), panel.x(ends[column])
        y = panel.box.top + row * _ROW
        corners.append([(a, y + 1), (a, y + _ROW - 1), (b, y + _ROW - 1), (b, y + 1)])
        colours.append(shade(float(numbers[row, column]), most))
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors=colours, linewidths=0.3, zorder=3))
    for row in range(len(numbers) + 1):
        y = panel.box.top + row * _ROW
        axes.plot([panel.box.left, panel.box.right], [y, y], color=HAIRLINE, linewidth=0.6, zorder=1)
    axes.plot([panel.box.left] * 2, [panel.box.top, panel.box.bottom], color=INK, linewidth=0.6, zorder=4)


def _words(found: PartyLoad, grid: pd.DataFrame, labels: list[Label], title: str, lang: str) -> str:
    named = int(grid.to_numpy().sum())
    said = [title, say("pictures.load_words", lang, steps=count(named), parties=count(len(grid)),
                       rows=count(len(grid.columns)), per=say(f"pictures.unit_{found.per}", lang))]
    for n, label in enumerate(labels[:5]):
        row = grid.iloc[n]
        said.append(say("pictures.load_words_party", lang, party=label.full, steps=count(int(row.sum())),
                        share=percent(int(row.sum()) / named), most=count(int(row.max())),
                        when=f"{row.idxmax():%Y-%m-%d}"))
    if len(grid) > len(labels):
        said.append(say("pictures.load_words_hidden", lang, n=count(len(grid) - len(labels)),
                        steps=count(int(grid.iloc[len(labels):].to_numpy().sum()))))
    if found.unnamed:
        said.append(say("pictures.load_words_unnamed", lang, n=count(found.unnamed)))
    return "\n".join([*said, say("pictures.load_words_steps", lang), *remarks(labels, lang)])
