"""A document laid out on sheets of one size: which text, table, chart or map stands where. Slides and print draw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...charts.drawing import Drawing
from ...charts.fonts import measure
from ...charts.map_shapes import MapShapes
from ...charts.shapes import Box
from .blocks import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    EffectBlock,
    Facts,
    FindingBlock,
    MapBlock,
    Page,
    Paragraph,
    PictureBlock,
    TableBlock,
    TimelineBlock,
)
from .finding_sheets import finding_sheets, finding_text
from .fitting import LINE, Fitted, Para, fitted, height, lines
from .pieces import map_note, told
from .sheet_parts import effect_items, fact_items

TITLE, LEAST_TITLE, BODY, QUIET = 24.0, 18.0, 16.0, 11.0
GAP = 14.0
TABLE_SIZES = (14.0, 13.0, 12.0, 11.0)
_LEAST_CHART, _LONGEST = 170.0, 240


@dataclass(frozen=True)
class Area:
    """Where a sheet may be written on, in points. title: of the title; body: of the rest."""

    width: float
    height: float
    title: Box
    body: Box


USUAL = Area(960.0, 540.0, Box(48, 33, 912, 94), Box(48, 112, 912, 492))


@dataclass(frozen=True)
class TextItem:
    """Paragraphs in a box. panel: on a pale ground. rule: a line at its left."""

    box: Box
    paras: tuple[Para, ...]
    panel: bool = False
    rule: bool = False


@dataclass(frozen=True)
class TableItem:
    """A table, or a part of it."""

    box: Box
    table: Fitted


@dataclass(frozen=True)
class ChartItem:
    """A chart."""

    box: Box
    chart: ChartBlock


@dataclass(frozen=True)
class MapItem:
    """A map, its upper left at the box's."""

    box: Box
    shapes: MapShapes


@dataclass(frozen=True)
class PictureItem:
    """A picture, as large as the box allows."""

    box: Box
    drawing: Drawing


@dataclass(frozen=True)
class TimelineItem:
    """A timetable."""

    box: Box
    timeline: TimelineBlock


Item = TextItem | TableItem | ChartItem | MapItem | PictureItem | TimelineItem


@dataclass(frozen=True)
class Sheet:
    """One slide. size: of its title. chapter: the name of its chapter; opens: the chapter begins here."""

    title: str
    size: float
    items: tuple[Item, ...]
    notes: tuple[str, ...]
    chapter: str
    opens: bool


def sheets(document: Document, area: Area = USUAL, *, spoken: bool = True) -> Iterator[Sheet]:
    """All sheets but the first, which holds the title. spoken: what a finding says beyond its slide stands in the notes
    for the speaker; else on a sheet of its own. Law: no text is left out, no item leaves the body."""
    for chapter in document.chapters:
        opens = True
        for page in chapter.pages:
            made = _sheets(page, area, document.lang, spoken=spoken)
            notes = (*_full(page), *page.notes) if spoken else page.notes
            for place, items in enumerate(made, start=1):
                mark = told("page_of", document.lang, page=place, all=len(made)) if len(made) > 1 else ""
                title, size = _title(page.title, mark, area)
                yield Sheet(title, size, tuple(items), notes, chapter.title, opens)
                opens = False


def _title(text: str, mark: str, area: Area) -> tuple[str, float]:
    """The title in type that fits; a longer one loses its end."""
    box, text = area.title, text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    width, room = box.right - box.left, box.bottom - box.top
    size = TITLE
    while size > LEAST_TITLE and Para(text + mark, size, after=0).height(width) > room:
        size -= 1
    broken = lines(text + mark, size, width)
    most = max(1, int(room / (size * LINE)))
    if len(broken) > most:
        while text and len(lines(text + "…" + mark, size, width)) > most:
            text = text[:-1]
        text += "…"
    return text + mark, size


def _full(page: Page) -> Iterator[str]:
    for block in page.blocks:
        if isinstance(block, FindingBlock):
            yield from finding_text(block)


def _sheets(page: Page, area: Area, lang: str, *, spoken: bool) -> list[list[Item]]:
    found: list[list[Item]] = [[]]
    top = area.body.top
    for place, block in enumerate(page.blocks):
        for items, bottom, fresh in _placed(block, page.blocks[place + 1:], top, area, lang, spoken):
            if fresh and found[-1]:
                found.append([])
            found[-1] += items
            top = bottom + GAP
    return found


def _placed(
    block: Block, after: Sequence[Block], top: float, area: Area, lang: str, spoken: bool,
) -> Iterator[tuple[list[Item], float, bool]]:
    """Parts of a block: items, where they end, and whether they begin a new sheet."""
    body = area.body
    width, left = body.right - body.left, body.bottom - top
    if isinstance(block, FindingBlock):
        for place, found in enumerate(finding_sheets(block, body, told("in_notes", lang), spoken=spoken)):
            yield found, body.bottom, place > 0
    elif isinstance(block, Facts):
        items, bottom = fact_items(block.facts, Box(body.left, top, body.right, body.bottom))
        yield list(items), bottom, False
    elif isinstance(block, EffectBlock):
        items, bottom = effect_items(block, Box(body.left, top, body.right, body.bottom))
        fresh = bottom > body.bottom
        if fresh:
            items, bottom = effect_items(block, body)
        yield list(items), bottom, fresh
    elif isinstance(block, TableBlock):
        yield from _table(block, top, area, lang)
    elif isinstance(block, Paragraph | Bullets):
        yield from _texts(_paras(block), top, area)
    else:
        reserve = sum(height(_paras(each), width) + GAP for each in after if isinstance(each, Paragraph))
        fresh = left - reserve < _LEAST_CHART
        box = Box(body.left, body.top if fresh else top, body.right, body.bottom - reserve)
        yield list(_filling(block, box, lang)), box.bottom, fresh


def _filling(block: Block, box: Box, lang: str) -> Iterator[Item]:
    """What takes all the room there is."""
    if isinstance(block, ChartBlock):
        tall = box.bottom - box.top
        if block.kind == "bar":
            tall = min(tall, 44.0 + 40.0 * len(block.categories) * len(block.series))
        yield ChartItem(replace(box, bottom=box.top + tall), block)
    elif isinstance(block, PictureBlock):
        yield PictureItem(box, block.drawing)
    elif isinstance(block, TimelineBlock):
        yield TimelineItem(box, block)
    elif isinstance(block, MapBlock):
        room = replace(box, bottom=box.bottom - 3 * QUIET * LINE - 12)
        shapes = block.fit(room.right - room.left, room.bottom - room.top)
        x = room.left + (room.right - room.left - shapes.width) / 2
        y = room.top + max(0.0, (room.bottom - room.top - shapes.height) / 2)
        yield MapItem(Box(x, y, x + shapes.width, y + shapes.height), shapes)
        note = Para(map_note(shapes, lang), QUIET, "muted", after=0)
        top = box.bottom - note.height(box.right - box.left)
        yield TextItem(replace(box, top=top), (note,))
        yield from _stages(shapes, replace(box, top=top - QUIET * LINE - 4, bottom=top - 4))


def _stages(shapes: MapShapes, box: Box) -> Iterator[Item]:
    """The colours of the stages, in a row."""
    x = box.left
    for name, colour in shapes.stages:
        mark, text = Para("■", QUIET, colour, after=0), Para(name, QUIET, "muted", after=0)
        wide = measure(name, QUIET) * 1.15 + 6
        if x + 14 + wide > box.right:
            return
        yield TextItem(Box(x, box.top, x + 14, box.bottom), (mark,))
        yield TextItem(Box(x + 14, box.top, x + 14 + wide, box.bottom), (text,))
        x += 26 + wide


def _paras(block: Block) -> list[Para]:
    if isinstance(block, Paragraph):
        return [Para(block.text, QUIET if block.quiet else BODY, "muted" if block.quiet else "ink")]
    if isinstance(block, Bullets):
        head = [Para(block.heading, 13, "accent", bold=True)] if block.heading else []
        marks = [f"{n}." if block.numbered else "•" for n in range(1, len(block.items) + 1)]
        return head + [Para(text, BODY, bullet=mark, after=9) for text, mark in zip(block.items, marks, strict=True)]
    return []


def _texts(paras: list[Para], top: float, area: Area) -> Iterator[tuple[list[Item], float, bool]]:
    """Paragraphs, smaller where that keeps them on the sheet, else on the next one."""
    body = area.body
    width = body.right - body.left
    if paras and paras[0].size == BODY:
        size = next((s for s in (16.0, 15.0, 14.0) if height(_sized(paras, s), width) <= body.bottom - top), 14.0)
        paras = _sized(paras, size)
    fresh, kept = False, list[Para]()
    for para in paras:
        if top + height([*kept, para], width) > body.bottom + 4 and (kept or top > body.top):
            if kept:
                yield [TextItem(Box(body.left, top, body.right, body.bottom), tuple(kept))], body.bottom, fresh
            fresh, kept, top = True, [], body.top
        kept.append(para)
    bottom = min(body.bottom, top + height(kept, width))
    yield [TextItem(Box(body.left, top, body.right, bottom), tuple(kept))], bottom, fresh


def _sized(paras: Sequence[Para], size: float) -> list[Para]:
    return [replace(para, size=size) if para.size == BODY else para for para in paras]


def _table(block: TableBlock, top: float, area: Area, lang: str) -> Iterator[tuple[list[Item], float, bool]]:
    body = area.body
    width = body.right - body.left
    left = told("left_out", lang, n=f"{block.left_out:,}") if block.left_out else ""
    said = " ".join(filter(None, (left, block.note)))
    note = [Para(said, QUIET, "muted", after=0)] if said else []
    foot = height(note, width) + 8 if note else 0.0
    rooms = body.bottom - top - foot, body.bottom - body.top - foot
    parts = next((made for size in TABLE_SIZES if len(made := fitted(block, width, *rooms, size)) == 1),
                 fitted(block, width, *rooms, TABLE_SIZES[-1]))
    for place, part in enumerate(parts):
        fresh = place > 0 or top + part.height + foot > body.bottom + 1
        start = body.top if fresh else top
        end = start + part.height
        items: list[Item] = [TableItem(Box(body.left, start, body.right, end), part)]
        if note and place == len(parts) - 1:
            items.append(TextItem(Box(body.left, end + 8, body.right, end + foot), tuple(note)))
            end += foot
        yield items, end, fresh
