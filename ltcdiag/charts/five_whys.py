"""Five whys: the problem, and under it why, and why that, until the root; each step is set further in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings.causes import Cause, Causes
from ..words import say
from ..words.numbers import count
from .drawing import ACCENT, HAIRLINE, INK, MUTED, PAPER, Drawing, heading, nothing, page, rounded, style, write
from .fishbone import told
from .folding import folded, height, write_lines
from .fonts import measure
from .scales import blend
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _IN, _WIDE, _SIZE, _PAD, _GAP, _MOST = 30.0, 34.0, 460.0, 12.0, 8.0, 9.0, 60


@dataclass(frozen=True)
class _Row:
    lines: tuple[str, ...]
    depth: int
    parent: int
    root: bool
    shows: bool = False

    @property
    def tall(self) -> float:
        return height(self.lines, _SIZE) + 2 * _PAD


def five_whys_chart(found: Causes, *, lang: str = "zh") -> Drawing:
    """A row a cause; those with no cause behind them are roots and are framed. At most 60 rows are drawn."""
    title = say("pictures.whys_title", lang)
    if not found.branches:
        return nothing("five_whys", title, lang, said=True)
    rows = list(_rows(found, lang))
    with style():
        figure = _draw(rows[:_MOST], title, lang, hidden=len(rows) - _MOST)
    return Drawing(figure, told(found, title, lang), "five_whys")


def _rows(found: Causes, lang: str) -> Iterator[_Row]:
    yield _Row(folded(found.problem, lang, size=_SIZE, width=_WIDE, most=2), 0, -1, root=False)
    place = [0]

    def under(causes: tuple[Cause, ...], depth: int, parent: int) -> Iterator[_Row]:
        for each in causes:
            place[0] += 1
            mine = place[0]
            text = f"{each.id} {each.text}" if each.id else each.text
            yield _Row(folded(text, lang, size=_SIZE, width=_WIDE, most=2), depth, parent, shows=each.shows,
                       root=not each.shows and all(below.shows for below in each.causes))
            yield from under(each.causes, depth + 1, mine)

    yield from under(found.branches, 1, 0)


def _draw(rows: list[_Row], title: str, lang: str, *, hidden: int) -> Figure:
    deepest = max(row.depth for row in rows)
    subtitle = say("pictures.whys_subtitle", lang)
    step = min(_IN, 240.0 / max(1, deepest))
    ends = [row.depth * step + max(measure(line, _SIZE) for line in row.lines) for row in rows]
    width = max(560.0, 2 * _MARGIN + 32 + measure(say("pictures.why", lang, n=99), 10) + max(ends),
                2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    figure, axes = page(width, 104 + sum(row.tall + _GAP for row in rows) + (24 if hidden > 0 else 6))
    heading(axes, width, title, subtitle)
    y, tops = 102.0, []
    for row in rows:
        tops.append(y)
        _row(axes, row, _MARGIN + row.depth * step, y, lang)
        if row.parent >= 0:
            above = rows[row.parent]
            x = _MARGIN + above.depth * step + 12
            axes.plot([x, x, _MARGIN + row.depth * step], [tops[row.parent] + above.tall, y + row.tall / 2,
                                                           y + row.tall / 2], color=MUTED, linewidth=1.0, zorder=1)
        y += row.tall + _GAP
    if hidden > 0:
        write(axes, _MARGIN, y + 6, say("pictures.whys_hidden", lang, n=count(hidden)), size=10.5, colour=MUTED)
    return figure


def _row(axes: Axes, row: _Row, x: float, y: float, lang: str) -> None:
    """The problem is full, its causes pale; a root has a frame. Before each stands which why it answers."""
    fill = blend("#dbe6f3", PAPER, min(0.7, 0.2 * max(0, row.depth - 1)))
    fill = ACCENT if row.depth == 0 else PAPER if row.root or row.shows else fill
    why = say("pictures.why", lang, n=row.depth) if row.depth else ""
    why = say("pictures.shown_by", lang) if row.shows else why
    wide = max(measure(line, _SIZE) for line in row.lines)
    lead = measure(why, 10) + 12 if why else 0.0
    rounded(axes, Box(x, y, x + 20 + lead + wide, y + row.tall), fill, line=INK if row.root else HAIRLINE, radius=5)
    if why:
        write(axes, x + 10, y + row.tall / 2, why, size=10, colour=MUTED)
    write_lines(axes, x + 10 + lead, y + row.tall / 2, row.lines, size=_SIZE, colour=PAPER if row.depth == 0 else INK)
