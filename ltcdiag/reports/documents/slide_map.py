"""A process map as shapes that can be moved: rounded boxes, curves with heads, labels, all in one group."""

from __future__ import annotations

from typing import Any

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Pt

from ...charts.map_shapes import MapArrow, MapShapes
from ...charts.shapes import Box, Curve, bounds
from .fitting import Para
from .pieces import told
from .slide_shapes import described, plain_shape, rgb, write_paras

_START, _END = "#2e7d5b", "#37424f"


def draw_map(shapes: Any, box: Box, found: MapShapes, lang: str) -> None:
    """Arrows below, then labels, then boxes. Texts are as large as measured; no shape lies outside the box."""
    group = shapes.add_group_shape()
    group.name = told("map_name", lang)
    dx, dy = box.left, box.top
    for arrow in found.arrows:
        _arrow(group.shapes, tuple((x + dx, y + dy) for x, y in arrow.curve), arrow)
    for arrow in found.arrows:
        if arrow.label is not None and arrow.lines:
            _label(group.shapes, arrow.label.moved(dx, dy), arrow.lines, found.label_size, lang)
    for each in found.boxes:
        _box(group.shapes, each.box.moved(dx, dy), each, found, lang)
    for where, colour, key, inner in ((found.start, _START, "map_start", MSO_SHAPE.RIGHT_TRIANGLE),
                                      (found.end, _END, "map_end", MSO_SHAPE.RECTANGLE)):
        mark = group.shapes.add_shape(MSO_SHAPE.OVAL, *_emu(where.moved(dx, dy)))
        plain_shape(mark, colour)
        described(mark, told(key, lang))
        _sign(group.shapes, where.moved(dx, dy), inner)


def _sign(shapes: Any, where: Box, kind: Any) -> None:
    x, y = where.centre
    if kind == MSO_SHAPE.RECTANGLE:
        plain_shape(shapes.add_shape(kind, *_emu(Box(x - 4, y - 4, x + 4, y + 4))), "paper")
        return
    sign = shapes.add_shape(MSO_SHAPE.ISOSCELES_TRIANGLE, *_emu(Box(x - 5, y - 5, x + 6, y + 5)))
    sign.rotation = 90
    plain_shape(sign, "paper")


def _box(shapes: Any, where: Box, each: Any, found: MapShapes, lang: str) -> None:
    shape = shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *_emu(where))
    shape.adjustments[0] = 0.15
    plain_shape(shape, each.fill)
    shape.line.color.rgb, shape.line.width = rgb(each.edge), Pt(1)
    described(shape, f"{' '.join(each.lines)} {each.note}")
    frame = shape.text_frame
    paras = [Para(line, found.name_size, after=0, centred=True) for line in each.lines]
    write_paras(frame, [*paras, Para(each.note, found.name_size * 0.86, "muted", after=0, centred=True)], lang)
    frame.vertical_anchor, frame.word_wrap = MSO_ANCHOR.MIDDLE, False


def _label(shapes: Any, where: Box, lines: tuple[str, ...], size: float, lang: str) -> None:
    shape = shapes.add_textbox(*_emu(where))
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb("paper")
    colour = shape.fill._xPr.find(f"{qn('a:solidFill')}/{qn('a:srgbClr')}")
    colour.append(colour.makeelement(qn("a:alpha"), {"val": "82000"}))
    write_paras(shape.text_frame, [Para(line, size, "ink" if place == 0 else "muted", after=0, centred=True)
                                   for place, line in enumerate(lines)], lang)
    shape.text_frame.vertical_anchor, shape.text_frame.word_wrap = MSO_ANCHOR.MIDDLE, False


def _arrow(shapes: Any, curve: Curve, arrow: MapArrow) -> None:
    """A shape of its own geometry: a chain of cubic curves with a head at its end."""
    around = bounds(curve)
    shape = shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(around))
    settings = shape._element.spPr
    settings.replace(settings.find(qn("a:prstGeom")), _geometry(settings, curve, around))
    plain_shape(shape, "paper")
    shape.fill.background()
    shape.line.color.rgb, shape.line.width = rgb(arrow.colour), Pt(round(arrow.width, 2))
    line = settings.find(qn("a:ln"))
    if arrow.outer:
        line.append(line.makeelement(qn("a:prstDash"), {"val": "dash"}))
    size = "sm" if arrow.width > 3 else "med"
    line.append(line.makeelement(qn("a:tailEnd"), {"type": "triangle", "w": size, "len": size}))


def _geometry(parent: Any, curve: Curve, around: Box) -> Any:
    def made(tag: str, holder: Any, **values: Any) -> Any:
        child = holder.makeelement(qn(f"a:{tag}"), {key: str(value) for key, value in values.items()})
        holder.append(child)
        return child

    geometry = parent.makeelement(qn("a:custGeom"), {})
    for tag in ("avLst", "gdLst", "ahLst", "cxnLst"):
        made(tag, geometry)
    made("rect", geometry, l=0, t=0, r="r", b="b")
    _, _, width, height = _emu(around)
    path = made("path", made("pathLst", geometry), w=int(width), h=int(height), fill="none")
    points = [(int(Pt(x - around.left)), int(Pt(y - around.top))) for x, y in curve]
    made("pt", made("moveTo", path), x=points[0][0], y=points[0][1])
    for k in range(1, len(points), 3):
        step = made("cubicBezTo", path)
        for x, y in points[k:k + 3]:
            made("pt", step, x=x, y=y)
    return geometry


def _emu(box: Box) -> tuple[Any, Any, Any, Any]:
    return Pt(box.left), Pt(box.top), Pt(max(0.01, box.right - box.left)), Pt(max(0.01, box.bottom - box.top))


