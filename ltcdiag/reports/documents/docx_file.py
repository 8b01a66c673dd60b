"""Pages for Word: real headings, a table of contents, captions, charts that can be edited."""

from __future__ import annotations

from functools import singledispatchmethod
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Cm, Pt

from ...charts.map_sheet import map_sheet
from ...words.texts import tidy
from .blocks import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    EffectBlock,
    Fact,
    Facts,
    FindingBlock,
    MapBlock,
    Page,
    Paragraph,
    PictureBlock,
    TableBlock,
    TimelineBlock,
)
from .docx_chart import place_chart
from .docx_parts import (
    cell_text,
    end_with_next,
    field,
    house_styles,
    kept_together,
    number_field,
    repeated_head,
    ruled,
    shaded,
    spoken_picture,
    whole,
    with_next,
)
from .fitting import CELL_X, column_widths, lines, readable_size
from .looks import readable_text
from .packing import properties, write_packed
from .pieces import map_note, told

_WIDTH, _TALLEST, _DPI = 16.0, 20.5, 150      # centimetres of a page between its margins
_BIG, _SMALL = 20, 9
_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)     # of a table, the largest in which no word is broken
_MAP = (560.0, 560.0)       # points of the sheet a map is laid out on


def write_docx(document: Document, path: Path, template: Path | None = None) -> None:
    """The document for Word; a template of slides has no say here. Law: same document, same bytes."""
    del template
    made = Pages(document)
    made.front()
    for chapter in document.chapters:
        head = made.heading(chapter.title, 1)
        # A paragraph with the break would stand alone on a page of its own behind contents that fill one.
        head.paragraph_format.page_break_before = chapter is document.chapters[0]
        for page in chapter.pages:
            made.page(page)
    properties(made.word.core_properties, document.title, document.subtitle, document.as_of, document.lang)
    saved = BytesIO()
    made.word.save(saved)
    write_packed(path, saved.getvalue(), document.as_of)


class Pages:
    """Writes one block after the other."""

    def __init__(self, document: Document) -> None:
        self.document, self.lang, self.word = document, document.lang, docx.Document()
        self.counted = {"figure": 0, "table": 0}
        house_styles(self.word, document.lang)
        section = self.word.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2.3)
        section.header.paragraphs[0].text = readable_text(document.level)
        foot = section.footer.paragraphs[0]
        foot.text = readable_text(f"{document.source}\t")
        number_field(foot)
        for part in (section.header, section.footer):
            part.paragraphs[0].style = self.word.styles["Footer"]
        stops = self.word.styles["Footer"].paragraph_format.tab_stops
        stops.clear_all()
        stops.add_tab_stop(Cm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT)

    def front(self) -> None:
        """Title, what was looked at, the contents."""
        self.word.add_paragraph(readable_text(self.document.title), style="Title")
        self.word.add_paragraph(readable_text(self.document.subtitle), style="Subtitle")
        for line in self.document.lines:
            self.text(line, quiet=True)
        self.word.add_paragraph(told("contents", self.lang), style="TOC Heading")
        told_first = [line for chapter in self.document.chapters
                      for line in (chapter.title, *(f"    {page.title}" for page in chapter.pages))]
        field(self.word.add_paragraph(), 'TOC \\o "1-2" \\h \\z \\u', readable_text("\n".join(told_first)))
        self.text(told("toc_note", self.lang), quiet=True)

    def heading(self, text: str, level: int) -> Any:
        """A heading that the contents list."""
        return self.word.add_heading(readable_text(text), level)

    def page(self, page: Page) -> None:
        """A message with its blocks; what a speaker would say stands under it in small type."""
        self.heading(page.title, 2)
        for block in page.blocks:
            self.block(block, page)
        if page.notes:
            self.remark(told("notes_head", self.lang) + told("colon", self.lang) + " ".join(page.notes))

    def text(self, text: str, *, quiet: bool = False, style: str = "Normal") -> Any:
        """A paragraph."""
        return self.word.add_paragraph(readable_text(text), style="Quiet" if quiet else style)

    def remark(self, text: str) -> None:
        """A remark in small type, on the page of what it explains."""
        end_with_next(self.word)
        self.text(text, quiet=True)

    def caption(self, kind: str, text: str) -> None:
        """A numbered caption."""
        self.counted[kind] += 1
        said = readable_text(told(kind, self.lang, n=self.counted[kind], text=text))
        self.word.add_paragraph(said, style="Caption").paragraph_format.keep_with_next = kind == "table"

    @singledispatchmethod
    def block(self, block: Block, page: Page) -> None:
        """Any block."""
        raise TypeError(f"{type(block).__name__} of {page.title}")

    @block.register
    def _(self, block: Paragraph, page: Page) -> None:
        del page
        (self.remark if block.quiet else self.text)(block.text)

    @block.register
    def _(self, block: Bullets, page: Page) -> None:
        del page
        if block.heading:
            self.heading(block.heading, 3)
        for item in block.items:
            self.text(item, style="List Number" if block.numbered else "List Bullet")

    @block.register
    def _(self, block: Facts, page: Page) -> None:
        del page
        self._facts(block.facts)

    @block.register
    def _(self, block: TableBlock, page: Page) -> None:
        self.caption("table", block.caption or page.title)
        self._table(block)
        left = told("left_out", self.lang, n=f"{block.left_out:,}") if block.left_out else ""
        if said := " ".join(filter(None, (left, block.note))):
            self.remark(said)

    @block.register
    def _(self, block: ChartBlock, page: Page) -> None:
        tall = min(14.0, 3.2 + 0.9 * len(block.categories)) if block.kind == "bar" else 8.0
        place_chart(self.word, block, self.lang, self.document.as_of, _WIDTH, tall, page.title)
        self.caption("figure", block.caption or f"{page.title} ({block.unit})")

    @block.register
    def _(self, block: PictureBlock, page: Page) -> None:
        self._picture(block.drawing.png(_DPI), block.drawing.words, block.caption or page.title)

    @block.register
    def _(self, block: MapBlock, page: Page) -> None:
        shapes = block.fit(*_MAP)
        self._picture(map_sheet(shapes, self.lang, block.words).png(_DPI), block.words, block.caption or page.title)
        self.remark(map_note(shapes, self.lang))

    @block.register
    def _(self, block: FindingBlock, page: Page) -> None:
        with_next(self.text(" · ".join(block.tags), quiet=True))
        self._facts(block.facts)
        if block.chart is not None:
            self.block(block.chart, page)
            if block.chart.note:
                self.remark(block.chart.note)
        steps = tuple(" — ".join(filter(None, (f"{each.name} ({each.owner})" if each.owner else each.name, each.first)))
                      for each in block.steps)
        for head, items in zip(block.heads, (block.evidence, (block.doubt,), block.asks, steps), strict=True):
            if any(items):
                self.heading(head, 3)
                for item in filter(None, items):
                    self.text(item, style="List Bullet" if len(items) > 1 else "Normal")

    @block.register
    def _(self, block: EffectBlock, page: Page) -> None:
        del page
        self._facts((block.before, block.after, block.difference, Fact(block.verdict, told("col_verdict", self.lang))))
        for line in block.lines:
            self.text(line, style="List Bullet")

    @block.register
    def _(self, block: TimelineBlock, page: Page) -> None:
        from .blocks import Column

        columns = tuple(Column(told(f"col_{key}", self.lang), share=share) for key, share in (
            ("measure", 4), ("begins", 1.2), ("ends", 1.2), ("owner", 1.6)))
        rows = [(span.name, span.begins, span.ends, span.owner) for span in block.spans]
        rows += [(name, day, day, "") for name, day in block.marks if day]
        self.block(TableBlock(columns, tuple(rows), note=block.note), page)

    def _facts(self, facts: tuple[Fact, ...]) -> None:
        """Big numbers side by side, in a table without lines."""
        if not facts:
            return
        made = self.word.add_table(rows=1, cols=len(facts))
        made.autofit = False
        for cell, fact in zip(made.rows[0].cells, facts, strict=True):
            cell.width = Cm(_WIDTH / len(facts))
            whole_line = len(lines(fact.value, _BIG, Cm(_WIDTH / len(facts)).pt - 2 * CELL_X)) == 1
            cell_text(cell, fact.value, _BIG if whole_line else 13, "accent")
            cell_text(cell, fact.note, _SMALL + 1, "ink", more=True)
            if fact.doubt:
                cell_text(cell, fact.doubt, _SMALL, "muted", more=True)
        whole(made.rows[0])
        self.text("", quiet=True)

    def _table(self, block: TableBlock) -> None:
        made = self.word.add_table(rows=1, cols=len(block.columns))
        made.autofit = False
        size = readable_size(block, Cm(_WIDTH).pt, _SIZES)
        widths = [Pt(points) for points in column_widths(block, Cm(_WIDTH).pt, size)]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        for cell, column, width in zip(made.rows[0].cells, block.columns, widths, strict=True):
            cell.width = width
            cell_text(cell, column.head, size, "muted", right=column.kind == "number")
            shaded(cell)
        repeated_head(made.rows[0])
        for texts in block.rows:
            row = made.add_row()
            for cell, text, column, width in zip(row.cells, texts, block.columns, widths, strict=True):
                cell.width = width
                cell_text(cell, text, size, "ink", right=column.kind == "number")
        ruled(made)
        kept_together(made.rows)

    def _picture(self, png: bytes, words: str, caption: str) -> None:
        shown = self.word.add_picture(BytesIO(png))
        scale = min(Cm(_WIDTH) / shown.width, Cm(_TALLEST) / shown.height, 1.0)
        shown.width, shown.height = int(shown.width * scale), int(shown.height * scale)
        spoken_picture(shown, tidy(words, 2000))
        with_next(self.word.paragraphs[-1])
        self.caption("figure", caption)


