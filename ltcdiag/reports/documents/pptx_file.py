"""Slides: native charts, tables and maps, each with what the speaker must know in its notes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.exc import PackageNotFoundError
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from ...charts.shapes import Box
from ...errors import InputError
from ...words import current
from .blocks import Document
from .fitting import Para
from .house_style import our_presentation
from .looks import readable_text
from .native_chart import add_chart
from .packing import properties, write_packed
from .pieces import told
from .sheets import (
    USUAL,
    Area,
    ChartItem,
    Item,
    MapItem,
    PictureItem,
    Sheet,
    TableItem,
    TextItem,
    TimelineItem,
    sheets,
)
from .slide_map import draw_map
from .slide_shapes import add_run, described, picture, table, text_box, timeline

_TITLES, _SUBTITLES, _FEET = (1, 3), (4,), ("ftr", "sldNum")
_DPI = 150


def write_pptx(document: Document, path: Path, template: Path | None = None) -> None:
    """The document as slides. template: a presentation whose layouts and theme are taken, its slides are not. Raises
    InputError where that cannot be opened or has no layout with a title. Law: same document, same bytes."""
    deck = _opened(template) if template else our_presentation(document.lang)
    layouts = _layouts(deck)
    area = _area(deck, layouts[1]) if template else USUAL
    _first(deck, layouts[0], document, area)
    for number, sheet in enumerate(sheets(document, area), start=2):
        _slide(deck, layouts[1], sheet, document, area, number)
    properties(deck.core_properties, document.title, document.subtitle, document.as_of, document.lang)
    saved = BytesIO()
    deck.save(saved)
    write_packed(path, saved.getvalue(), document.as_of)


def _opened(template: Path) -> Any:
    """The template without its slides."""
    try:
        deck = Presentation(str(template))
    except (OSError, ValueError, KeyError, PackageNotFoundError) as error:
        raise InputError(told("no_template", current(), path=template),
                         fix=told("no_template_fix", current())) from error
    for entry in list(deck.slides._sldIdLst):
        deck.part.drop_rel(entry.rId)
        deck.slides._sldIdLst.remove(entry)
    return deck


def _layouts(deck: Any) -> tuple[Any, Any]:
    """The layout for the first slide, and the one for all others: with a title and as little else as there is."""
    found = []
    for layout in deck.slide_layouts:
        kinds = [shape.placeholder_format.type for shape in layout.placeholders]
        if any(kind in _TITLES for kind in kinds):
            others = sum(kind not in (*_TITLES, 13, 15, 16) for kind in kinds)
            found.append((layout, any(kind in _SUBTITLES for kind in kinds), others))
    if not found:
        raise InputError(told("no_layout", current()), fix=told("no_template_fix", current()))
    first = next((layout for layout, subtitled, _ in found if subtitled), found[0][0])
    rest = min(found, key=lambda each: (each[2], each[1]))[0]
    return first, rest


def _area(deck: Any, layout: Any) -> Area:
    """The room below the template's title."""
    width, height = deck.slide_width.pt, deck.slide_height.pt
    title = next(shape for shape in layout.placeholders if shape.placeholder_format.type in _TITLES)
    box = Box(*(Emu(each).pt for each in (title.left, title.top, title.left + title.width, title.top + title.height)))
    feet = [Emu(shape.top).pt for shape in layout.placeholders if shape.placeholder_format.type in (13, 15, 16)
            and shape.top is not None and Emu(shape.top).pt > height / 2]
    top = box.bottom + 10 if box.bottom < height / 2 else USUAL.body.top
    body = replace(USUAL.body, left=max(24.0, box.left), top=top, right=min(width - 24.0, max(box.right, width - 60)),
                   bottom=min([height - 40.0, *(each - 6 for each in feet)]))
    return Area(width, height, box, body)


def _first(deck: Any, layout: Any, document: Document, area: Area) -> None:
    slide = deck.slides.add_slide(layout)
    for shape in list(slide.placeholders):
        kind = shape.placeholder_format.type
        if kind in _TITLES:
            shape.text_frame.text = readable_text(document.title)
        elif kind in _SUBTITLES:
            frame = shape.text_frame
            for place, line in enumerate((document.subtitle, *document.lines)):
                holder = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
                add_run(holder, line, 20 if place == 0 else 14, "ink" if place == 0 else "muted", document.lang)
        else:
            shape._element.getparent().remove(shape._element)
    _feet(slide, layout, document, 1, area)


def _slide(deck: Any, layout: Any, sheet: Sheet, document: Document, area: Area, number: int) -> None:
    slide = deck.slides.add_slide(layout)
    for shape in list(slide.placeholders):
        if shape.placeholder_format.type in _TITLES:
            shape.text_frame.text = readable_text(sheet.title)
            for run in shape.text_frame.paragraphs[0].runs:
                run.font.size = Pt(sheet.size)
        else:
            shape._element.getparent().remove(shape._element)
    if area is USUAL:
        text_box(slide.shapes, Box(48, 15, 700, 31), [Para(sheet.chapter, 10.5, "accent", after=0)], document.lang)
    for item in sheet.items:
        _item(slide.shapes, item, document)
    _feet(slide, layout, document, number, area)
    if sheet.notes:
        slide.notes_slide.notes_text_frame.text = readable_text("\n".join(sheet.notes))


def _item(shapes: Any, item: Item, document: Document) -> None:
    lang, box = document.lang, item.box
    if isinstance(item, TextItem):
        text_box(shapes, box, item.paras, lang, panel=item.panel, rule=item.rule)
    elif isinstance(item, TableItem):
        table(shapes, box, item.table, lang)
    elif isinstance(item, ChartItem):
        place = (Pt(box.left), Pt(box.top), Pt(box.right - box.left), Pt(box.bottom - box.top))
        described(add_chart(shapes, place, item.chart, lang, document.as_of), item.chart.unit)
    elif isinstance(item, MapItem):
        draw_map(shapes, box, item.shapes, lang)
    elif isinstance(item, PictureItem):
        picture(shapes, box, item.drawing.png(_DPI), item.drawing.words)
    elif isinstance(item, TimelineItem):
        timeline(shapes, box, item.timeline, lang)


def _feet(slide: Any, layout: Any, document: Document, number: int, area: Area) -> None:
    """Level and source at the foot, and the number; in the layout's own places where it has any."""
    line = f"{document.level}  |  {document.source}"
    placed = False
    for shape in layout.placeholders:
        kind = shape._element.find(f".//{qn('p:ph')}").get("type", "")
        if kind not in _FEET:
            continue
        copy = slide.shapes.clone_placeholder(shape)
        del copy
        made = slide.placeholders[shape.placeholder_format.idx]
        if kind == "ftr":
            placed, holder = True, made.text_frame.paragraphs[0]
            if area is USUAL:
                holder.alignment = PP_ALIGN.LEFT
            add_run(holder, line, 9 if area is USUAL else 7.5, "muted", document.lang)
        else:
            _number(made, number)
    if not placed:
        text_box(slide.shapes, Box(area.body.left, area.height - 30, area.body.right, area.height - 14),
                 [Para(line, 9, "muted", after=0)], document.lang)


def _number(shape: Any, number: int) -> None:
    """A field that PowerPoint keeps right when slides move."""
    holder = shape.text_frame.paragraphs[0]._p
    field = holder.makeelement(qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"})
    field.append(field.makeelement(qn("a:rPr"), {"lang": "en-US"}))
    text = field.makeelement(qn("a:t"), {})
    text.text = str(number)
    field.append(text)
    holder.append(field)
