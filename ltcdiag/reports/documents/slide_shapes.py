"""Texts, tables, timetables and pictures as native shapes of a slide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from ...charts.shapes import Box
from ...words import tag
from .blocks import TimelineBlock
from .fitting import CELL_X, CELL_Y, LINE, Fitted, Para
from .looks import LINE as HAIR
from .looks import PALE, PANEL, plain, readable_text
from .timeline import Timeline


def rgb(colour: str) -> Any:
    """A colour as slides take it."""
    return RGBColor.from_string(plain(colour))  # type: ignore[no-untyped-call]


def write_paras(frame: Any, paras: Sequence[Para], lang: str) -> None:
    """Paragraphs with the very line heights that were measured."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, para in enumerate(paras):
        holder = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        holder.line_spacing = Pt(round(para.size * LINE, 1))
        holder.space_after, holder.space_before = Pt(round(para.after, 1)), Pt(0)
        if para.centred:
            holder.alignment = PP_ALIGN.CENTER
        _marked(holder, para)
        add_run(holder, para.text, para.size, para.colour, lang, bold=para.bold)


def _marked(holder: Any, para: Para) -> None:
    """A bullet, or none: a template may have its own."""
    settings = holder._p.get_or_add_pPr()
    settings.set("marL", str(int(Pt(para.indent))))
    settings.set("indent", str(-int(Pt(para.indent))))
    mark = settings.makeelement(qn("a:buChar"), {"char": para.bullet[:1]}) if para.bullet else settings.makeelement(
        qn("a:buNone"), {})
    settings.append(mark)


def add_run(holder: Any, text: str, size: float, colour: str, lang: str, *, bold: bool = False) -> None:
    """One run of text; line breaks stay breaks."""
    for place, part in enumerate(readable_text(text).split("\n")):
        if place:
            holder.add_line_break()
        run = holder.add_run()
        run.text = part.replace("\v", " ")
        run.font.size = Pt(round(size, 1))
        run.font.bold = bold
        run.font.color.rgb = rgb(colour)
        run._r.get_or_add_rPr().set("lang", tag(lang))


def text_box(shapes: Any, box: Box, paras: Sequence[Para], lang: str, *, panel: bool = False,
             rule: bool = False) -> None:
    """A text, on a pale ground or beside a line where asked."""
    if panel:
        ground = shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *_emu(box))
        ground.adjustments[0] = 0.03
        plain_shape(ground, PANEL)
        box = Box(box.left + 16, box.top + 12, box.right - 16, box.bottom - 8)
    if rule:
        line = shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(Box(box.left, box.top + 4, box.left + 2.5, box.bottom)))
        plain_shape(line, PALE)
        box = Box(box.left + 14, box.top, box.right, box.bottom)
    frame = shapes.add_textbox(*_emu(box)).text_frame
    write_paras(frame, paras, lang)


def plain_shape(shape: Any, fill: str) -> None:
    """One colour, no edge, and nothing of the theme's own: no shadow."""
    styled = shape._element.find(qn("p:style"))
    if styled is not None:
        shape._element.remove(styled)
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(fill)
    shape.line.fill.background()


def table(shapes: Any, box: Box, part: Fitted, lang: str) -> None:
    """A native table: a head, hairlines between the rows, numbers to the right."""
    rows, columns = len(part.block.rows) + 1, len(part.block.columns)
    frame = shapes.add_table(rows, columns, *_emu(box))
    made = frame.table
    made.horz_banding = False
    frame._element.find(f".//{qn('a:tableStyleId')}").text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"   # no style
    for column, width in zip(made.columns, part.widths, strict=True):
        column.width = Pt(width)
    for row, tall in zip(made.rows, part.heights, strict=True):
        row.height = Pt(tall)
    heads = [column.head for column in part.block.columns]
    for y, texts in enumerate((heads, *part.block.rows)):
        for x, text in enumerate(texts):
            number = part.block.columns[x].kind == "number"
            _cell(made.cell(y, x), text, part.size, lang, head=y == 0, number=number)


def _cell(cell: Any, text: str, size: float, lang: str, *, head: bool, number: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(CELL_X)
    cell.margin_top = cell.margin_bottom = Pt(CELL_Y)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
    cell.fill.background()
    holder = cell.text_frame.paragraphs[0]
    holder.alignment = PP_ALIGN.RIGHT if number else PP_ALIGN.LEFT
    holder.line_spacing = Pt(round(size * LINE, 1))
    if text:
        add_run(holder, text, size, "muted" if head else "ink", lang, bold=head)
    else:                           # an empty cell has a height of its own
        holder._p.append(holder._p.makeelement(qn("a:endParaRPr"), {"sz": str(round(size * 100))}))
    settings = cell._tc.get_or_add_tcPr()
    edge = settings.makeelement(qn("a:lnB"), {"w": str(int(Pt(1.25 if head else 0.5)))})
    fill = edge.makeelement(qn("a:solidFill"), {})
    fill.append(edge.makeelement(qn("a:srgbClr"), {"val": plain("muted" if head else HAIR)}))
    edge.append(fill)
    settings.insert(0, edge)


def picture(shapes: Any, box: Box, png: bytes, words: str) -> None:
    """A picture as large as the box allows, with its words for those who cannot see it."""
    shown = shapes.add_picture(BytesIO(png), Pt(box.left), Pt(box.top))
    scale = min(Pt(box.right - box.left) / shown.width, Pt(box.bottom - box.top) / shown.height)
    shown.width, shown.height = int(shown.width * scale), int(shown.height * scale)
    shown.left = int(Pt(box.left) + (Pt(box.right - box.left) - shown.width) / 2)
    described(shown, words)


def described(shape: Any, words: str) -> None:
    """Words for a reader who cannot see the shape."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", readable_text(words)[:2000])


def timeline(shapes: Any, box: Box, block: TimelineBlock, lang: str) -> None:
    """A bar a measure, a line for each day that matters to all."""
    drawn = Timeline(block, box)
    for x, day in drawn.ticks():
        text_box(shapes, Box(x - 30, box.top, x + 30, box.top + 14), [_tick(day)], lang)
        line = shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(Box(x, box.top + 16, x + 0.5, drawn.bottom)))
        plain_shape(line, HAIR)
    for row in drawn.rows():
        bar = shapes.add_shape(MSO_SHAPE.DIAMOND if row.point else MSO_SHAPE.ROUNDED_RECTANGLE, *_emu(row.bar))
        plain_shape(bar, PALE if row.done else "accent")
        described(bar, f"{row.name} {row.said}")
        text_box(shapes, row.label, [Para(row.name, drawn.size, after=0)], lang)
        text_box(shapes, row.beside, [Para(row.said, 9.5, "muted", after=0)], lang)
    for x, name in drawn.marks():
        line = shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(Box(x - 0.75, box.top + 16, x + 0.75, drawn.bottom)))
        plain_shape(line, "bad")
        text_box(shapes, Box(x - 60, drawn.bottom + 2, x + 60, drawn.bottom + 16),
                 [Para(name, 10, "bad", after=0, centred=True)], lang)


def _tick(day: date) -> Para:
    return Para(f"{day:%Y-%m-%d}", 9.5, "muted", after=0, centred=True)


def _emu(box: Box) -> tuple[Any, Any, Any, Any]:
    return Pt(box.left), Pt(box.top), Pt(max(0.1, box.right - box.left)), Pt(max(0.1, box.bottom - box.top))
