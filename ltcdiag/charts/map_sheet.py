"""A picture of a map that was fitted to a sheet."""

from __future__ import annotations

from ..words import say
from .drawing import MUTED, Drawing, page, rounded, style, write
from .map_shapes import MapShapes
from .mapdraw import arrow, edge_label, end_mark, start_mark
from .shapes import Box

_EDGE, _FOOT = 14.0, 26.0


def map_sheet(shapes: MapShapes, lang: str, words: str) -> Drawing:
    """The shapes as a picture, the names of the stages under it. words: what the map says."""
    moved = (_EDGE, _EDGE)
    with style():
        figure, axes = page(shapes.width + 2 * _EDGE, shapes.height + 2 * _EDGE + _FOOT)
        for place, each in enumerate(shapes.arrows):
            curve = tuple((x + moved[0], y + moved[1]) for x, y in each.curve)
            arrow(axes, curve, each.colour, each.width, dashed=each.outer, layer=2 + place / 1000)
        for each in shapes.arrows:
            if each.label is not None:
                curve = tuple((x + moved[0], y + moved[1]) for x, y in each.curve)
                edge_label(axes, each.label.moved(*moved), curve, each.lines, each.colour)
        for box in shapes.boxes:
            where = box.box.moved(*moved)
            rounded(axes, where, box.fill, line=box.edge, radius=6, layer=4)
            x, step = where.centre[0], 1.25 * shapes.name_size
            first = where.centre[1] - step * len(box.lines) / 2
            for row, line in enumerate(box.lines):
                write(axes, x, first + row * step, line, size=shapes.name_size, align="center")
            write(axes, x, first + len(box.lines) * step, box.note, size=0.86 * shapes.name_size, colour=MUTED,
                  align="center")
        start_mark(axes, shapes.start.moved(*moved), say("charts.start", lang))
        end_mark(axes, shapes.end.moved(*moved), say("charts.end", lang))
        x = _EDGE
        for name, colour in shapes.stages:
            y = shapes.height + 2 * _EDGE + _FOOT / 2
            rounded(axes, Box(x, y - 5, x + 10, y + 5), colour, radius=2, layer=5)
            write(axes, x + 15, y, name, size=10, colour=MUTED)
            x += 40 + 10 * len(name) * (1.0 if name[:1] >= "\u2e80" else 0.56)
    return Drawing(figure, words, "process_map")
