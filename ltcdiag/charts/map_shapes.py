"""A process map as plain shapes, for whoever draws it with shapes of their own: a slide, a printed page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..log.results import DirectlyFollowsGraph, Gaps
from ..words.numbers import count, duration
from .drawing import ACCENT, PAPER
from .fonts import wrapped
from .layout import layout
from .mapdraw import WIDEST, View, graph_of, line_width
from .process_map import view_of
from .pruning import prune
from .scales import NO_STAGE, blend, gap_colour
from .shapes import Box, Curve, Layout
from .snake import snake

LEAST_SCALE = 0.84      # names of 10 points, numbers of 8
MOST_BOXES = 24         # on one sheet
_TRIED = (1.0, 0.8, 0.6)
_OUTER = "#8b95a1"


@dataclass(frozen=True)
class MapBox:
    """An activity: its name in one or two lines, a line under it, its colours."""

    box: Box
    lines: tuple[str, ...]
    note: str
    fill: str
    edge: str


@dataclass(frozen=True)
class MapArrow:
    """A way from box to box. label: where its lines stand. outer: it leads from the start or to the end."""

    curve: Curve
    colour: str
    width: float
    outer: bool
    label: Box | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class MapShapes:
    """Coordinates in points from the upper left. name_size, label_size: of the type. start, end: the marks.
    hidden_activities, hidden_paths, hidden_moves: what is not drawn. stages: names and colours of those met."""

    width: float
    height: float
    boxes: tuple[MapBox, ...]
    arrows: tuple[MapArrow, ...]
    start: Box
    end: Box
    name_size: float
    label_size: float
    hidden_activities: int
    hidden_paths: int
    hidden_moves: int
    metric: str
    stages: tuple[tuple[str, str], ...]


def map_shapes(
    dfg: DirectlyFollowsGraph, width: float, height: float, *, gaps: Gaps | None = None, lang: str = "zh",
    stage_colours: Mapping[str, str] | None = None, stage_names: Mapping[str, str] | None = None,
) -> MapShapes | None:
    """The map of a log for a sheet of that many points, no letter too small to read; None of an empty log.

    As many of the most frequent activities as have room; where the usual layout, from top to bottom, gets too small,
    the boxes stand in rows, like lines of a text. Law: shapes lie on the sheet; labels do not cover boxes.
    """
    most = min(MOST_BOXES, len(dfg.activities))
    views = [view_of(shown, dfg.n, "gap_days_median", stage_colours, stage_names, lang)
             for shown in (prune(dfg, gaps, "gap_days_median", max(1, round(most * part)), round(1.4 * most * part) + 3)
                           for part in _TRIED) if shown.activities]
    if not views:
        return None
    for view in views:
        for placed in (layout(graph_of(view)), snake(graph_of(view), width / LEAST_SCALE, height / LEAST_SCALE)):
            scale = min(1.0, width / max(1.0, placed.width), height / max(1.0, placed.height))
            if scale >= LEAST_SCALE:
                return _shapes(view, placed, scale)
    placed = snake(graph_of(views[-1]), width / LEAST_SCALE, height / LEAST_SCALE)
    return _shapes(views[-1], placed, min(1.0, width / placed.width, height / placed.height))


def _shapes(view: View, placed: Layout, scale: float) -> MapShapes:
    shown, placed = view.shown, scaled(placed, scale)
    busiest = max((a.events for a in shown.activities), default=1)
    staged = view.stages != (None,)
    boxes = []
    for activity, box in zip(shown.activities, placed.nodes[1:-1], strict=True):
        colour = view.colours.get(activity.stage, NO_STAGE) if staged else ACCENT
        boxes.append(MapBox(box, wrapped(view.labels[activity.name].text, WIDEST), count(activity.events),
                            blend(PAPER, colour, 0.10 + 0.25 * activity.events / busiest), colour))
    return MapShapes(placed.width, placed.height, tuple(boxes), tuple(_arrows(view, placed, scale)), placed.nodes[0],
                     placed.nodes[-1], 12 * scale, 9.5 * scale, shown.hidden_activities, shown.hidden_paths,
                     shown.hidden_moves, view.metric,
                     tuple((view.names[stage], view.colours[stage]) for stage in view.stages) if staged else ())


def _arrows(view: View, placed: Layout, scale: float) -> list[MapArrow]:
    shown = view.shown
    ways: list[tuple[int, str, tuple[str, ...], bool]] = [
        (p.moves, gap_colour(p.gap, view.longest), (count(p.moves), duration(p.gap, view.lang)), False)
        for p in shown.paths]
    ways += [(moves, _OUTER, (count(moves),), True)
             for moves in [a.starts for a in shown.starts] + [a.ends for a in shown.ends]]
    most = max((moves for moves, *_ in ways), default=1)
    return [MapArrow(curve, colour, scale * min(1.6 if outer else 5.0, line_width(moves, most)), outer, label, lines)
            for (moves, colour, lines, outer), curve, label in zip(ways, placed.curves, placed.labels, strict=True)]


def scaled(placed: Layout, scale: float) -> Layout:
    """The same layout, smaller."""
    def smaller(box: Box) -> Box:
        return Box(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)

    return replace(
        placed, nodes=tuple(map(smaller, placed.nodes)), width=placed.width * scale, height=placed.height * scale,
        curves=tuple(tuple((x * scale, y * scale) for x, y in curve) for curve in placed.curves),
        labels=tuple(label and smaller(label) for label in placed.labels))


