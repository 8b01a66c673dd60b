"""A chart in Word, with its workbook inside: the very chart that stands on the slide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from pptx import Presentation
from pptx.util import Emu

from .blocks import ChartBlock
from .looks import readable_text
from .native_chart import add_chart

_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TO_CHART = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
_TO_BOOK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
_INLINE = """<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><wp:inline distT="0" distB="0" distL="0"
 distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="Chart {number}"/>
<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>"""


def place_chart(
    word: Any, block: ChartBlock, lang: str, made: datetime, width: float, height: float, words: str,
) -> None:
    """The chart in a paragraph of its own, so many centimetres wide and high."""
    slides = Presentation()
    shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
    chart = add_chart(shapes, (Emu(0), Emu(0), Cm(width), Cm(height)), block, lang, made).chart
    package = word.part.package
    number = 1 + sum("/charts/" in str(part.partname) for part in package.iter_parts())
    numbers = chart.part.chart_workbook.xlsx_part.blob
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK, numbers, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART, chart.part.blob, package)
    inside = part.relate_to(book, _TO_BOOK)
    assert inside == chart._chartSpace.xpath("c:externalData/@r:id")[0]  # noqa: S101 - the first relation of both
    relation = word.part.relate_to(part, _TO_CHART)
    drawing = parse_xml(_INLINE.format(width=int(Cm(width)), height=int(Cm(height)), number=1000 + number,
                                       relation=relation))
    drawing.xpath(".//wp:docPr")[0].set("descr", readable_text(words))
    holder = word.add_paragraph()
    holder.paragraph_format.keep_with_next = True       # its caption
    holder.add_run()._r.append(drawing)
