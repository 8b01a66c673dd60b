"""Draws a process map: the sheet, its legends, boxes, curves and labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..words import say
from ..words.numbers import count, duration
from .drawing import ACCENT, INK, MUTED, PAPER, heading, page, rounded, write
from .fonts import Label, measure, wrapped
from .layout import layout
from .legend import LEGEND_ROW, legend, legend_rows
from .pruning import Shown
from .scales import NO_STAGE, blend, gap_colour
from .shapes import Box, Curve, Edge, Graph, Layout, Point, split
from .spots import leader

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SUBTITLE, _NAME, _SMALL, _EDGE = 12.0, 12.0, 10.5, 9.5     # sizes of type in points
_MARGIN, _NARROWEST = 30.0, 760.0
_THIN, _THICK, _THIN_ONES, _SHORT = 1.1, 8.0, 4.0, 30.0
WIDEST, _LINE = 13.0, 15.0            # a wider name (in Chinese characters) takes a second line
_DASHED = "#8b95a1"
DOT = 28.0                             # width of the marks of start and end
_START, _END = "#2e7d5b", "#37424f"


@dataclass(frozen=True)
class View:
    """Everything the drawing needs, decided and in the reader's language.

    stages: the stages met, in order; colours and names by stage. metric: what colours the paths;
    longest: the value of the darkest colour.
    """

    shown: Shown
    cases: int
    labels: Mapping[str, Label]
    stages: tuple[str | None, ...]
    colours: Mapping[str | None, str]
    names: Mapping[str | None, str]
    metric: str
    longest: float
    lang: str

    def say(self, key: str, **values: object) -> str:
        """A sentence of the charts in the view's language."""
        return say(f"charts.{key}", self.lang, **values)


def draw_map(view: View, engine: str | None) -> Figure:
    """The figure of a view."""
    placed = layout(graph_of(view), engine=engine)
    width = max(_NARROWEST, placed.width + 2 * _MARGIN)
    entries = [(view.names[stage], view.colours[stage]) for stage in view.stages if view.stages != (None,)]
    rows = legend_rows(entries, width)
    top = 96.0 + LEGEND_ROW * (len(rows) + 1)
    figure, axes = page(width, top + placed.height + _MARGIN)
    _header(axes, view, width)
    legend(axes, rows, 102)
    scales_row(axes, view, 96.0 + LEGEND_ROW * len(rows), width)
    draw_parts(axes, view, moved(placed, (width - placed.width) / 2, top))
    return figure


# --- what is laid out -------------------------------------------------------------------------------

def graph_of(view: View) -> Graph:
    """Node 0 is the start, then the activities, last the end."""
    shown = view.shown
    at = {activity.name: i for i, activity in enumerate(shown.activities, start=1)}
    end = len(at) + 1
    ends = [(0, at[a.name], a.starts, "") for a in shown.starts] + [
        (at[a.name], end, a.ends, "") for a in shown.ends]
    inner = [(at[p.source], at[p.target], p.moves, duration(p.gap, view.lang)) for p in shown.paths]
    most = max([moves for _, _, moves, _ in ends + inner], default=1)
    edges = tuple(Edge(source, target, moves, label_size(count(moves), gap), line_width(moves, most))
                  for source, target, moves, gap in inner + ends)
    nodes = [node_size(wrapped(view.labels[a.name].text, WIDEST), count(a.events)) for a in shown.activities]
    return Graph(((DOT, DOT), *nodes, (DOT, DOT)), edges, 0, end)


def node_size(name: Sequence[str], events: str) -> Point:
    """The size of an activity's box with its lines."""
    width = max(*(measure(line, _NAME) for line in name), measure(events, _SMALL))
    return max(74.0, width + 30), 42.0 + _LINE * (len(name) - 1)


def label_size(*lines: str) -> Point:
    """The size of a path's label; empty lines take no room."""
    lines = tuple(filter(None, lines))
    return max(measure(line, _EDGE) for line in lines) + 8, 12.0 * len(lines) + 3


def moved(placed: Layout, dx: float, dy: float) -> Layout:
    """The same layout elsewhere on the sheet."""
    return Layout(tuple(box.moved(dx, dy) for box in placed.nodes),
                  tuple(tuple((x + dx, y + dy) for x, y in curve) for curve in placed.curves),
                  tuple(box and box.moved(dx, dy) for box in placed.labels),
                  lanes=tuple((left + dx, right + dx) for left, right in placed.lanes))


# --- the head of the sheet --------------------------------------------------------------------------

def _header(axes: Axes, view: View, width: float) -> None:
    shown = view.shown
    size = view.say("map_subtitle", cases=count(view.cases), activities=len(shown.activities),
                    paths=len(shown.paths))
    heading(axes, width, view.say("map_title"), size)
    hidden = [view.say("map_hidden_activities", activities=shown.hidden_activities)] * (shown.hidden_activities > 0)
    hidden += [view.say("map_hidden_paths", paths=shown.hidden_paths, moves=count(shown.hidden_moves))] * (
        shown.hidden_paths > 0)
    x = _MARGIN + measure(size, _SUBTITLE) + 16
    write(axes, x, 62, " · ".join(hidden), size=_SUBTITLE, colour="#b3471d")


def scales_row(axes: Axes, view: View, top: float, width: float) -> None:
    """How colour and width are to be read, in one row."""
    y = top + 6
    x = _ramp(axes, view, _MARGIN, y) + 30
    x = _widths(axes, view, x, y) + 30
    text = view.say("map_label", metric=view.metric)
    if x + measure(text, _SMALL) < width - _MARGIN:
        write(axes, x, y, text, size=_SMALL, colour=MUTED)


def _ramp(axes: Axes, view: View, x: float, y: float) -> float:
    text = view.say("map_colour", metric=view.metric)
    write(axes, x, y, text, size=_SMALL, colour=MUTED)
    x += measure(text, _SMALL) + 10
    low, high = "0", "≥ " + duration(view.longest, view.lang)
    write(axes, x, y, low, size=_SMALL)
    x += measure(low, _SMALL) + 6
    for i in range(24):
        rounded(axes, Box(x + 4 * i, y - 5, x + 96, y + 5), gap_colour(i, 23), radius=0)
    write(axes, x + 102, y, high, size=_SMALL)
    return x + 102 + measure(high, _SMALL)


def _widths(axes: Axes, view: View, x: float, y: float) -> float:
    text = view.say("map_width")
    write(axes, x, y, text, size=_SMALL, colour=MUTED)
    x += measure(text, _SMALL) + 10
    most = _most(view)
    for moves in dict.fromkeys(max(1, round(most * share)) for share in (0.05, 0.4, 1.0)):
        axes.plot([x, x + 24], [y, y], color="#b9c0c9", linewidth=line_width(moves, most), solid_capstyle="butt")
        write(axes, x + 30, y, count(moves), size=_SMALL)
        x += 30 + measure(count(moves), _SMALL) + 14
    return x - 14


# --- the map ----------------------------------------------------------------------------------------

def draw_parts(axes: Axes, view: View, placed: Layout) -> None:
    """The arrows, labels and boxes of a layout that stands on its place."""
    shown, most = view.shown, _most(view)
    inner: list[tuple[int, str, tuple[str, ...]]] = [
        (p.moves, gap_colour(p.gap, view.longest), (count(p.moves), duration(p.gap, view.lang)))
        for p in shown.paths]
    outer: list[tuple[int, str, tuple[str, ...]]] = [
        (moves, _DASHED, (count(moves),)) for moves in [a.starts for a in shown.starts] + [a.ends for a in shown.ends]]
    drawn = list(zip(inner + outer, placed.curves, placed.labels, strict=True))
    for i, ((moves, colour, _), curve, _) in enumerate(reversed(drawn)):
        arrow(axes, curve, colour, line_width(moves, most), dashed=colour == _DASHED, layer=2 + i / len(drawn))
    for (_, colour, lines), curve, box in drawn:
        if box:
            edge_label(axes, box, curve, lines, colour)
    staged = view.stages != (None,)
    busiest = max((a.events for a in shown.activities), default=1)
    for activity, box in zip(shown.activities, placed.nodes[1:-1], strict=True):
        colour = view.colours.get(activity.stage, NO_STAGE) if staged else ACCENT
        node(axes, view.labels[activity.name].text, box, count(activity.events), colour=colour, striped=staged,
             busy=activity.events / busiest)
    start_mark(axes, placed.nodes[0], view.say("start"))
    end_mark(axes, placed.nodes[-1], view.say("end"))


def _most(view: View) -> int:
    shown = view.shown
    return max([p.moves for p in shown.paths] + [a.starts for a in shown.starts] + [a.ends for a in shown.ends],
               default=1)


def line_width(moves: float, most: float) -> float:
    """Thickness grows with the square root: the eye compares areas of arrows."""
    return _THIN + (_THICK - _THIN) * math.sqrt(moves / most)


def node(axes: Axes, name: str, box: Box, note: str, *, colour: str, striped: bool, busy: float) -> None:
    """A box tinted by its stage, stronger for busier activities, with the stage's colour at its left where striped."""
    rounded(axes, box, blend(PAPER, colour, 0.10 + 0.30 * busy), line=colour, radius=7, layer=4)
    if striped:
        rounded(axes, Box(box.left + 4, box.top + 6, box.left + 9, box.bottom - 6), colour, radius=2, layer=4.1)
    x = box.centre[0] + 4 * striped
    for i, line in enumerate(wrapped(name, WIDEST)):
        write(axes, x, box.top + 15 + i * _LINE, line, size=_NAME, align="center")
    write(axes, x, box.bottom - 11, note, size=_SMALL, colour="#46515e", align="center")


def start_mark(axes: Axes, box: Box, name: str) -> None:
    """Where cases begin."""
    from matplotlib.patches import Circle, Polygon

    x, y = box.centre
    axes.add_patch(Circle((x, y), DOT / 2, facecolor=_START, linewidth=0, zorder=4))
    axes.add_patch(Polygon([(x - 4, y - 6.5), (x - 4, y + 6.5), (x + 7, y)], facecolor=PAPER, zorder=5))
    write(axes, box.left - 8, y, name, size=_SMALL, colour=MUTED, align="right")


def end_mark(axes: Axes, box: Box, name: str) -> None:
    """Where cases end."""
    from matplotlib.patches import Circle

    x, y = box.centre
    axes.add_patch(Circle((x, y), DOT / 2, facecolor=_END, linewidth=0, zorder=4))
    rounded(axes, Box.around((x, y), (10, 10)), PAPER, radius=1, layer=5)
    write(axes, x, box.bottom + 12, name, size=_SMALL, colour=MUTED, align="center")


def arrow(axes: Axes, curve: Curve, colour: str, width: float, *, dashed: bool, layer: float,
          pattern: Sequence[float] | None = None) -> None:
    """A curve on a white bed, so that crossings stay readable, and its head. dashed: the thin way from the start or to
    the end. pattern: dashes and holes in points."""
    from matplotlib.patches import Polygon

    if dashed or math.dist(curve[0], curve[-1]) < _SHORT:       # also loops: a thick one is a blot
        width = min(width, _THIN_ONES)
    body, base = split(curve, 6.0 + 1.5 * width)
    tip, half = curve[-1], 2.6 + 1.05 * width
    length = math.dist(base, tip) or 1.0
    dashes = (7, 4.5) if dashed else tuple(pattern or ())
    ux, uy = (tip[0] - base[0]) / length, (tip[1] - base[1]) / length
    if not dashed:
        _stroke(axes, body, PAPER, width + 2.4, layer=layer)
    _stroke(axes, body, colour, width, layer=layer, dashes=[part / width for part in dashes])
    head = [tip, (base[0] - uy * half, base[1] + ux * half), (base[0] + uy * half, base[1] - ux * half)]
    axes.add_patch(Polygon(head, facecolor=colour, edgecolor="none", zorder=layer))


def _stroke(axes: Axes, curve: Curve, colour: str, width: float, *, layer: float,
            dashes: Sequence[float] | None = None) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    codes = [Outline.MOVETO] + [Outline.CURVE4] * (len(curve) - 1)
    axes.add_patch(PathPatch(
        Outline(list(curve), codes), facecolor="none", edgecolor=colour, linewidth=width, capstyle="butt",
        joinstyle="round", zorder=layer, linestyle=(0, tuple(dashes)) if dashes else "solid"))


def edge_label(axes: Axes, box: Box, curve: Curve, lines: Sequence[str], colour: str, *,
               inks: tuple[str, str] = (INK, MUTED)) -> None:
    """One or two lines on a pale ground; a thin line leads to the curve where it is far."""
    from matplotlib.patches import Rectangle

    far = leader(box, curve)
    if far:
        (x0, y0), (x1, y1) = far
        axes.plot([x0, x1], [y0, y1], color=colour, linewidth=0.7, zorder=3.4)
    axes.add_patch(Rectangle((box.left, box.top), box.right - box.left, box.bottom - box.top, facecolor=PAPER,
                             alpha=0.82, linewidth=0, zorder=3.5))
    for i, line in enumerate(lines):
        y = box.top + 7.5 + 12 * i
        write(axes, box.centre[0], y, line, size=_EDGE, colour=inks[min(i, 1)], align="center", layer=3.6)
