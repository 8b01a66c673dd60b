"""Draws two logs on one map: the sheet, its key, boxes, curves and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..words import say
from ..words.numbers import duration
from .drawing import ACCENT, INK, MUTED, heading, page, write
from .fonts import Label, measure, wrapped
from .layout import layout
from .legend import LEGEND_ROW, legend, legend_rows
from .mapdraw import (
    DOT,
    WIDEST,
    arrow,
    edge_label,
    end_mark,
    label_size,
    line_width,
    moved,
    node,
    node_size,
    start_mark,
)
from .moves import Move
from .pruning import Shown
from .scales import NO_STAGE
from .shapes import Edge, Graph, Layout

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _SMALL, _NARROWEST = 30.0, 10.5, 860.0
_EDGE = "#8b95a1"
# kind → colour, dashes: told apart in print without colours too, and named in each label
LOOKS: dict[str, tuple[str, tuple[float, ...] | None]] = {
    "gained": ("#0b7285", None), "more": (ACCENT, None), "less": ("#c2571a", (9, 4)), "lost": ("#8a3f8f", (2.5, 3)),
    "slower": ("#b3261e", (9, 3, 2.5, 3)), "faster": ("#2e7d5b", (14, 3)), "same": ("#b9c0c9", None),
}


@dataclass(frozen=True)
class View:
    """Everything the drawing needs. moves: those of `shown.paths`. events: per case before and after, by activity.
    sizes: cases of both logs. stages: those met, in order, with colours and names."""

    shown: Shown
    moves: tuple[Move, ...]
    labels: Mapping[str, Label]
    events: Mapping[str, tuple[float, float]]
    sizes: tuple[int, int]
    horizon: int
    stages: tuple[str | None, ...]
    colours: Mapping[str | None, str]
    names: Mapping[str | None, str]
    lang: str

    def say(self, key: str, **values: object) -> str:
        """A sentence of the comparison in the view's language."""
        return say(f"compared.{key}", self.lang, **values)

    def lines(self, move: Move) -> tuple[str, ...]:
        """The label of a move: how often per case, and how long where that has changed."""
        kind = move.frequency or "same"
        often = self.say(f"map_label_{kind}", before=f"{move.before:.2f}", after=f"{move.after:.2f}")
        if not move.pace:
            return (often,)
        return often, self.say(f"map_label_{move.pace}", before=duration(move.gap_before, self.lang),
                               after=duration(move.gap_after, self.lang))

    def note(self, activity: str) -> str:
        """Events per case before and after."""
        before, after = self.events[activity]
        return self.say("map_label_same", before=f"{before:.2f}", after=f"{after:.2f}")


def draw_differences(view: View, engine: str | None) -> Figure:
    """The figure of a view."""
    placed = layout(_graph(view), engine=engine)
    subtitle = view.say("map_subtitle", before=f"{view.sizes[0]:,}", after=f"{view.sizes[1]:,}", horizon=view.horizon)
    keys = _key_rows(view, max(_NARROWEST, placed.width + 2 * _MARGIN))
    width = max(_NARROWEST, placed.width + 2 * _MARGIN, 2 * _MARGIN + measure(subtitle, 12))
    entries = [(view.names[stage], view.colours[stage]) for stage in view.stages if view.stages != (None,)]
    rows = legend_rows(entries, width)
    top = 100.0 + LEGEND_ROW * (len(rows) + len(keys)) + 10
    figure, axes = page(width, top + placed.height + _MARGIN)
    heading(axes, width, view.say("map_title"), subtitle)
    legend(axes, rows, 104)
    _keys(axes, keys, 104 + LEGEND_ROW * len(rows))
    _map(axes, view, moved(placed, (width - placed.width) / 2, top))
    return figure


def _graph(view: View) -> Graph:
    """Node 0 is the start, then the activities, last the end."""
    shown = view.shown
    at = {activity.name: i for i, activity in enumerate(shown.activities, start=1)}
    end = len(at) + 1
    most = _most(view)
    inner = [Edge(at[m.source], at[m.target], max(1, round(m.total)), label_size(*view.lines(m)), _width(m, most))
             for m in view.moves]
    outer = [Edge(0, at[a.name], a.starts) for a in shown.starts] + [Edge(at[a.name], end, a.ends) for a in shown.ends]
    nodes = [node_size(wrapped(view.labels[a.name].text, WIDEST), view.note(a.name)) for a in shown.activities]
    return Graph(((DOT, DOT), *nodes, (DOT, DOT)), (*inner, *outer), 0, end)


def _most(view: View) -> float:
    return max((max(move.before, move.after) for move in view.moves), default=1.0) or 1.0


def _width(move: Move, most: float) -> float:
    """As thick as the move is frequent in the log that has more of it; what differs is never a hair."""
    return max(2.2 if move.claimed else 0.0, line_width(max(move.before, move.after), most))


def _key_rows(view: View, width: float) -> list[list[tuple[str, str, float]]]:
    """The kinds of lines that are drawn, with the x where each begins, in rows that fit."""
    rows: list[list[tuple[str, str, float]]] = []
    x = width
    for kind in (kind for kind in LOOKS if any(move.kind == kind for move in view.moves)):
        text = view.say(f"map_key_{kind}")
        need = 66 + measure(text, _SMALL)
        if x + need > width - _MARGIN:
            rows.append([])
            x = _MARGIN
        rows[-1].append((kind, text, x))
        x += need
    return rows


def _keys(axes: Axes, rows: list[list[tuple[str, str, float]]], y: float) -> None:
    for i, row in enumerate(rows):
        for kind, text, x in row:
            colour, dashes = LOOKS[kind]
            axes.plot([x, x + 36], [y + i * LEGEND_ROW] * 2, color=colour, linewidth=3 if kind != "same" else 1.6,
                      solid_capstyle="butt", dash_capstyle="butt",
                      linestyle=(0, [part / 3 for part in dashes]) if dashes else "solid")
            write(axes, x + 44, y + i * LEGEND_ROW, text, size=_SMALL)


def _map(axes: Axes, view: View, placed: Layout) -> None:
    most, inner = _most(view), len(view.moves)
    for i, (curve, box) in enumerate(zip(placed.curves, placed.labels, strict=True)):
        if i >= inner:
            arrow(axes, curve, _EDGE, 1.4, dashed=True, layer=2)
            continue
        move = view.moves[i]
        colour, dashes = LOOKS[move.kind]
        arrow(axes, curve, colour, _width(move, most), dashed=False, layer=2.5 + move.claimed * 0.4, pattern=dashes)
        if box:
            edge_label(axes, box, curve, view.lines(move), colour, inks=(INK if move.frequency else MUTED, INK))
    _nodes(axes, view, placed)


def _nodes(axes: Axes, view: View, placed: Layout) -> None:
    shown, staged = view.shown, view.stages != (None,)
    busiest = max((activity.events for activity in shown.activities), default=1) or 1
    for activity, box in zip(shown.activities, placed.nodes[1:-1], strict=True):
        colour = view.colours.get(activity.stage, NO_STAGE) if staged else ACCENT
        node(axes, view.labels[activity.name].text, box, view.note(activity.name), colour=colour, striped=staged,
             busy=activity.events / busiest)
    start_mark(axes, placed.nodes[0], say("charts.start", view.lang))
    end_mark(axes, placed.nodes[-1], say("charts.end", view.lang))
