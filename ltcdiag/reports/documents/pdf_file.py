"""The same sheets as print: a small PDF with real text, embedded fonts, bookmarks and numbered pages."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...charts.fonts import font_files
from ...charts.shapes import Box, split
from ...words import tag
from .blocks import Document
from .fitting import CELL_X, CELL_Y, LINE, Para, lines
from .looks import COLOURS, PALE, PANEL
from .looks import LINE as HAIR
from .pdf_chart import draw_chart
from .sheets import (
    USUAL,
    ChartItem,
    MapItem,
    PictureItem,
    Sheet,
    TableItem,
    TextItem,
    TimelineItem,
    sheets,
)
from .timeline import Timeline

if TYPE_CHECKING:
    from fpdf import FPDF

_FAMILY = ("ltc", "dejavu")
_DPI, _ASCENT = 150, 0.88       # where letters stand on a line, of their size
_START, _END = "#2e7d5b", "#37424f"


def write_pdf(document: Document, path: Path, template: Path | None = None) -> None:
    """The document as PDF; a template has no say here. Law: same document, same bytes."""
    del template
    press = Press(document)
    press.first()
    for number, sheet in enumerate(sheets(document, spoken=False), start=2):
        press.sheet(sheet, number)
    path.write_bytes(press.done())


class Press:
    """Draws sheets; all lengths are points from the upper left."""

    def __init__(self, document: Document) -> None:
        from fpdf import FPDF
        from fpdf.fonts import TTFFont

        self.document = document
        self.pdf: FPDF = FPDF(unit="pt", format=(USUAL.width, USUAL.height))
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        for family, file in zip(_FAMILY, font_files(), strict=True):
            self.pdf.add_font(family, "", file)
        self.pdf.set_fallback_fonts([_FAMILY[1]])
        fonts = [self.pdf.fonts[family] for family in _FAMILY]
        self._known = frozenset(code for font in fonts if isinstance(font, TTFFont) for code in font.cmap)
        self.pdf.set_title(document.title)
        self.pdf.set_subject(document.subtitle)
        self.pdf.set_producer("ltcdiag")
        self.pdf.set_lang(tag(document.lang))
        made = document.as_of
        self.pdf.set_creation_date(made if made.tzinfo else made.replace(tzinfo=_utc()))

    def first(self) -> None:
        """The sheet with the title."""
        self.pdf.add_page()
        document = self.document
        self.paras(Box(72, 150, 888, 262), [Para(document.title, 34)], bottom=True)
        self.fill(Box(72, 272, 136, 276), "accent")
        texts = [Para(document.subtitle, 20, after=8), *(Para(line, 14, "muted") for line in document.lines)]
        self.paras(Box(72, 290, 888, 460), texts)
        self._foot(1)

    def sheet(self, sheet: Sheet, number: int) -> None:
        """One sheet with its bookmark."""
        self.pdf.add_page()
        if sheet.opens:
            self.pdf.start_section(self.known(sheet.chapter), level=0)
        self.pdf.start_section(self.known(sheet.title), level=1)
        self.paras(Box(48, 15, 700, 31), [Para(sheet.chapter, 10.5, "accent")])
        self.paras(USUAL.title, [Para(sheet.title, sheet.size, after=0)], bottom=True)
        for item in sheet.items:
            _DRAWN[type(item)](self, item)
        self._foot(number)

    def done(self) -> bytes:
        """The file."""
        return bytes(self.pdf.output())

    def _foot(self, number: int) -> None:
        line = f"{self.document.level}  |  {self.document.source}"
        self.line_of_text(48, 505, line, 9, "muted")
        self.line_of_text(812, 505, str(number), 9, "muted", width=100, align="R")

    # ---- texts ----------------------------------------------------------------------------------------

    def known(self, text: str) -> str:
        """Characters that no font has, by their numbers."""
        return "".join(each if ord(each) in self._known or each == " " else f"U+{ord(each):04X}" for each in
                       text.replace("\t", " ") if each.isprintable())

    def paras(self, box: Box, paras: Any, *, bottom: bool = False) -> float:
        """Paragraphs from the top of a box, or standing on its bottom; returns where they end."""
        width, y = box.right - box.left, box.top
        if bottom:
            y = box.bottom - sum(para.height(width) for para in paras)
        for para in paras:
            if para.bullet:
                self.line_of_text(box.left, y, para.bullet, para.size, para.colour)
            for line in lines(para.text, para.size, width - para.indent):
                self.line_of_text(box.left + para.indent, y, line, para.size, "accent" if para.bold and para.colour ==
                                  "ink" else para.colour, width=width - para.indent, align="C" if para.centred else "L")
                y += para.size * LINE
            y += para.after
        return y

    def line_of_text(self, x: float, y: float, text: str, size: float, colour: str, *, width: float = 0.0,
                     align: str = "L") -> None:
        """One line whose upper edge is y."""
        self.pdf.set_font(_FAMILY[0], size=size)
        self.pdf.set_text_color(*rgb(colour))
        self.pdf.set_xy(x, y)
        self.pdf.cell(width or None, size * LINE, self.known(text), align=align)

    # ---- shapes ---------------------------------------------------------------------------------------

    def fill(self, box: Box, colour: str, *, edge: str = "", radius: float = 0.0) -> None:
        """A filled rectangle."""
        self.pdf.set_fill_color(*rgb(colour))
        if edge:
            self.pdf.set_draw_color(*rgb(edge))
            self.pdf.set_line_width(1)
        self.pdf.rect(box.left, box.top, box.right - box.left, box.bottom - box.top, style="DF" if edge else "F",
                      round_corners=radius > 0, corner_radius=radius)

    def rule(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 0.5) -> None:
        """A straight line."""
        self.pdf.set_draw_color(*rgb(colour))
        self.pdf.set_line_width(width)
        self.pdf.line(*start, *end)

    def curve(self, points: Any, colour: str, width: float, *, dashed: bool = False) -> None:
        """A chain of cubic curves."""
        with self.pdf.new_path() as path:
            path.style.fill_color, path.style.stroke_color, path.style.stroke_width = None, colour, width
            path.style.stroke_dash_pattern = (5, 3) if dashed else None
            path.style.auto_close = False
            path.move_to(*points[0])
            for k in range(1, len(points), 3):
                path.curve_to(*points[k], *points[k + 1], *points[k + 2])

    def head(self, base: tuple[float, float], tip: tuple[float, float], half: float, colour: str) -> None:
        """The head of an arrow."""
        from math import dist

        length = dist(base, tip) or 1.0
        ux, uy = (tip[0] - base[0]) / length, (tip[1] - base[1]) / length
        self.pdf.set_fill_color(*rgb(colour))
        self.pdf.polygon([tip, (base[0] - uy * half, base[1] + ux * half), (base[0] + uy * half, base[1] - ux * half)],
                         style="F")


def rgb(colour: str) -> tuple[int, int, int]:
    """A colour in three numbers."""
    digits = COLOURS.get(colour, colour).removeprefix("#")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _text(press: Press, item: TextItem) -> None:
    box = item.box
    if item.panel:
        press.fill(box, PANEL, radius=6)
        box = Box(box.left + 16, box.top + 12, box.right - 16, box.bottom)
    if item.rule:
        press.fill(Box(box.left, box.top + 4, box.left + 2.5, box.bottom), PALE)
        box = Box(box.left + 14, box.top, box.right, box.bottom)
    press.paras(box, item.paras)


def _table(press: Press, item: TableItem) -> None:
    part, y = item.table, item.box.top
    heads = tuple(column.head for column in part.block.columns)
    for place, (texts, tall) in enumerate(zip((heads, *part.block.rows), part.heights, strict=True)):
        x = item.box.left
        for text, width, column in zip(texts, part.widths, part.block.columns, strict=True):
            top = y + CELL_Y
            for line in lines(text, part.size, width - 2 * CELL_X):
                press.line_of_text(x + CELL_X, top, line, part.size, "ink" if place else "muted",
                                   width=width - 2 * CELL_X, align="R" if column.kind == "number" else "L")
                top += part.size * LINE
            x += width
        y += tall
        press.rule((item.box.left, y), (item.box.right, y), HAIR if place else "muted", 0.5 if place else 1.25)


def _map(press: Press, item: MapItem) -> None:
    found, dx, dy = item.shapes, item.box.left, item.box.top
    for arrow in found.arrows:
        curve = tuple((x + dx, y + dy) for x, y in arrow.curve)
        body, base = split(curve, 4.0 + 1.4 * arrow.width)
        press.curve(body, arrow.colour, arrow.width, dashed=arrow.outer)
        press.head(base, curve[-1], 2.2 + arrow.width, arrow.colour)
    for arrow in found.arrows:
        if arrow.label is None:
            continue
        box = arrow.label.moved(dx, dy)
        press.fill(box, "paper")
        press.paras(box, [Para(line, found.label_size, "muted" if place else "ink", after=0, centred=True)
                          for place, line in enumerate(arrow.lines)])
    for each in found.boxes:
        box = each.box.moved(dx, dy)
        press.fill(box, each.fill, edge=each.edge, radius=5)
        paras = [Para(line, found.name_size, after=0, centred=True) for line in each.lines]
        paras.append(Para(each.note, found.name_size * 0.86, "muted", after=0, centred=True))
        tall = sum(para.size * LINE for para in paras)
        press.paras(Box(box.left, (box.top + box.bottom - tall) / 2, box.right, box.bottom), paras)
    for mark, colour in ((found.start, _START), (found.end, _END)):
        box = mark.moved(dx, dy)
        press.fill(box, colour, radius=(box.right - box.left) / 2 - 0.1)
    x, y = found.start.moved(dx, dy).centre
    press.head((x - 4, y), (x + 6, y), 5.5, "paper")
    x, y = found.end.moved(dx, dy).centre
    press.fill(Box(x - 4, y - 4, x + 4, y + 4), "paper")


def _picture(press: Press, item: PictureItem) -> None:
    box = item.box
    press.pdf.image(BytesIO(item.drawing.png(_DPI)), box.left, box.top, box.right - box.left, box.bottom - box.top,
                    keep_aspect_ratio=True, alt_text=item.drawing.words)


def _timeline(press: Press, item: TimelineItem) -> None:
    drawn = Timeline(item.timeline, item.box)
    for x, day in drawn.ticks():
        press.rule((x, item.box.top + 16), (x, drawn.bottom), HAIR)
        press.line_of_text(x - 40, item.box.top, f"{day:%Y-%m-%d}", 9.5, "muted", width=80, align="C")
    for row in drawn.rows():
        press.fill(row.bar, PALE if row.done else "accent", radius=3)
        press.line_of_text(row.label.left, row.label.top, row.name, drawn.size, "ink")
        press.line_of_text(row.beside.left, row.beside.top, row.said, 9.5, "muted")
    for x, name in drawn.marks():
        press.rule((x, item.box.top + 16), (x, drawn.bottom), "bad", 1.5)
        press.line_of_text(x - 80, drawn.bottom + 2, name, 10, "bad", width=160, align="C")


def _chart(press: Press, item: ChartItem) -> None:
    draw_chart(press, item.box, item.chart, press.document.lang)


def _utc() -> Any:
    from datetime import UTC

    return UTC


_DRAWN: dict[type, Callable[[Press, Any], None]] = {
    TextItem: _text, TableItem: _table, MapItem: _map, PictureItem: _picture, TimelineItem: _timeline,
    ChartItem: _chart}
