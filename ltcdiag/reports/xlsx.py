"""The workbook: every table with its filters; text is text, never a formula or a link."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

from ..words import say, sentences
from ..words.numbers import count
from . import finding_grids, grids, indicators, summary_grids
from .answer_grids import sheet_grid
from .assessment import Assessment
from .front import Front, front_of
from .grids import Column, Grid, Kind, Linked, Value
from .native import Entry, FrontSheet, place_of
from .parts import parts_of

MOST_ROWS = 1_048_575       # of a sheet, without its heading
MOST_CHARACTERS = 32_767    # of a cell
MOST_LINKS = 20_000         # of a sheet; Excel takes 65,530, each of them costs time to open
_A4 = 9                     # the number of the size
_FORM_ROWS = 1_000          # of a form whose cells offer choices
_LINE, _CHINESE, _TALLEST = 15.0, 17.0, 400.0   # points: of a line of text, of a Chinese one, of a row at most
_PAGE = 260                 # characters beside each other that can still be read on one printed page
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"indent": 1}, "lines": {"text_wrap": True, "indent": 1},
    "count": {"num_format": "#,##0"}, "days": {"num_format": "#,##0.00"}, "share": {"num_format": "0.0%"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "money": {"num_format": "#,##0.00"},
}
_LOOKED_AT = 2_000          # rows of a table whose numbers are measured
_SHOWN = {"count": "{:,.0f}", "share": "{:.1%}"}
_LINK = {"font_color": "#0B5CAD", "underline": 1}
# Nothing that stands in the data may become a formula, a link or another value.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": False, "constant_memory": True}


def write_workbook(found: Assessment, path: Path, lang: str) -> None:
    """report.xlsx. Law: same log and settings, same bytes."""
    write_grids(all_grids(found, lang), path, lang, title=found.log.name[:200], created=found.log.as_of,
                level=say("reports.page_foot", lang), front=front_of(found, lang))


def write_grids(
    tables: Iterable[Grid], path: Path, lang: str, *, title: str, created: datetime, level: str,
    front: Front | None = None,
) -> None:
    """A workbook of tables; the level stands at the foot of every printed page. front: what stands on a first sheet,
    with the contents; without one there is none."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(dir=path.parent) as parts:     # what stands in them must not lie elsewhere
        book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": parts})
        book.set_properties({"title": title, "created": created.replace(tzinfo=None), "comments": level})
        grids_in_order = list(tables)
        writer = _Writer(book, lang, level, places={grid.name: grid for grid in grids_in_order})
        if front is not None:
            writer.front(front, grids_in_order)
        for grid in grids_in_order:
            writer.write(grid)
        try:
            book.close()
        except FileCreateError as error:        # which is no OSError, but holds one
            raise error.args[0] from error


def all_grids(found: Assessment, lang: str) -> Iterator[Grid]:
    """The tables of the workbook, in the order of its sheets."""
    yield summary_grids.summary(found, lang)
    yield summary_grids.ledger(found, lang)
    yield grids.set_aside(found.log, lang)
    makers: tuple[Callable[[Assessment, str], Grid], ...] = (
        grids.cases, grids.variants, grids.paths, grids.gaps, grids.rework, grids.handovers,
    )
    yield finding_grids.findings(found, lang)
    yield finding_grids.finding_cases(found, lang)
    tables = {name: answer for name, answer in found.diagnosis.tables.items() if len(answer.table)}
    for _, shown, folded in parts_of(tables):
        for name in (*shown, *folded):
            yield sheet_grid(name, tables[name], lang)
    yield indicators.sheet(found, lang)
    for make in makers:
        yield make(found, lang)
    yield summary_grids.privacy(found, lang)


@dataclass
class _Writer:
    book: Any
    lang: str
    level: str
    places: Mapping[str, Grid] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.heading = self.book.add_format({"bold": True, "bg_color": "#E6EDF5", "border": 1,
                                             "border_color": "#C9D2DC", "text_wrap": True, "valign": "top"})
        self.guide = self.book.add_format({"text_wrap": True, "valign": "vcenter", "font_color": "#44546A",
                                           "indent": 1})
        self.formats = {kind: self.book.add_format({"valign": "top", **look}) for kind, look in _FORMATS.items()}
        self.links = {kind: self.book.add_format({"valign": "top", **look, **_LINK}) for kind, look in _FORMATS.items()}
        self.linked = 0

    def front(self, front: Front, tables: Sequence[Grid]) -> None:
        """The first sheet."""
        name = say("workbook.sheet", self.lang)
        sheet = FrontSheet(self.book, self.book.add_worksheet(name), name, self.lang, self.formats,
                           lambda text: fitting(text, self.lang))
        entries = [Entry(self._name(grid), grid.size, holds(grid, self.lang)) for grid in tables]
        sheet.write(front, entries, {grid.name: self._name(grid) for grid in tables}, self.level)

    def _name(self, grid: Grid) -> str:
        return grid.title or say(f"reports.sheet_{grid.name}", self.lang)

    def write(self, grid: Grid) -> None:
        """A grid on one sheet, or on as many as it needs: rows are never left out."""
        rows, part, left = grid.draw(), 1, max(1, grid.size)
        while left > 0:
            here = min(left, MOST_ROWS)
            self._sheet(grid, rows, here, part)
            part, left = part + 1, left - here

    def _sheet(self, grid: Grid, rows: Iterator[tuple[Value, ...]], size: int, part: int) -> None:
        sheet, self.linked = self.book.add_worksheet(_part(self._name(grid), part)), 0
        for at, (column, width) in enumerate(zip(grid.columns, _widths(grid), strict=True)):
            sheet.set_column(at, at, width, self.formats[column.kind])
        top = self._above(sheet, grid)
        names = [column.name(self.lang) for column in grid.columns]
        sheet.set_row(top, _height(names, grid.columns))
        for at, name in enumerate(names):
            sheet.write_string(top, at, name, self.heading)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_footer(f"&L{self.level.replace('&', '&&')}&R&P")
        if sum(column.width for column in grid.columns) <= _PAGE:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.repeat_columns(0)         # what the rows are about, on every page
        sheet.repeat_rows(top)
        last = top
        wrapped = any(column.kind == "lines" for column in grid.columns)
        for last, row in enumerate(_first(rows, size), top + 1):
            if wrapped or grid.choices:
                texts = [str(value) if column.kind == "lines" and value is not None else ""
                         for value, column in zip(row, grid.columns, strict=True)]
                least = 2 * _LINE if grid.above and grid.choices else 0     # room to write
                sheet.set_row(last, max(least, _height(texts, grid.columns)))
            for at, value in enumerate(row):
                self._cell(sheet, last, at, grid.columns[at], value)
        sheet.autofilter(top, 0, last, len(grid.columns) - 1)
        for at, allowed in grid.choices:
            sheet.data_validation(top + 1, at, _FORM_ROWS, at, {"validate": "list", "source": allowed})

    def _above(self, sheet: Any, grid: Grid) -> int:
        """The line over the heading, where there is one; the row of the heading."""
        if not grid.above:
            return 0
        sheet.hide_gridlines(0)     # printed too: people write into the cells
        whole = [replace(grid.columns[0], width=sum(column.width for column in grid.columns))]
        sheet.set_row(0, _height([grid.above], whole) + _LINE / 2)
        sheet.merge_range(0, 0, 0, len(grid.columns) - 1, "", self.guide)
        sheet.write_string(0, 0, grid.above, self.guide)
        return 1

    def _cell(self, sheet: Any, row: int, at: int, column: Column, value: Value) -> None:
        kind = _kind(column, value.value if isinstance(value, Linked) else value)
        look = self.formats[kind]
        if isinstance(value, Linked):
            look, value = self._lead(sheet, row, at, kind, value), value.value
        if value is None:
            return
        if isinstance(value, datetime):
            sheet.write_datetime(row, at, value, look)
        elif isinstance(value, str):
            sheet.write_string(row, at, fitting(value, self.lang), look)
        else:
            sheet.write_number(row, at, value, look)

    def _lead(self, sheet: Any, row: int, at: int, kind: Kind, value: Linked) -> Any:
        """Makes a cell lead to its rows and gives it the look of a link; only inside the workbook, and no more cells of
        a sheet than a program takes."""
        there = self.places.get(value.sheet)
        if there is None or self.linked >= MOST_LINKS or value.row >= there.size:
            return self.formats[kind]
        self.linked += 1
        part, line = divmod(value.row, MOST_ROWS)
        target = place_of(_part(self._name(there), part + 1), line + (2 if there.above else 1))
        sheet.write_url(row, at, target, self.links[kind], string="-")      # the value is written over it
        return self.links[kind]


def _kind(column: Column, value: Value) -> Kind:
    """A number in a column of texts is still shown as a number."""
    if column.kind != "text" or not isinstance(value, int | float):
        return column.kind
    return "days" if isinstance(value, float) else "count"


def _widths(grid: Grid) -> list[int]:
    """The widths of the columns, more where a number of a short table needs it: one that does not fit is shown as
    ###."""
    widths = [column.width for column in grid.columns]
    if grid.size > _LOOKED_AT:
        return widths
    for row in grid.draw():
        for at, (column, value) in enumerate(zip(grid.columns, row, strict=True)):
            number = value.value if isinstance(value, Linked) else value
            if isinstance(number, int | float | Decimal):
                form = _SHOWN.get(_kind(column, number), "{:,.2f}")
                widths[at] = max(widths[at], len(form.format(number)) + 2)
    return widths


def _part(name: str, part: int) -> str:
    """The name of the n-th sheet of a grid."""
    return name if part == 1 else f"{name} {part}"


def holds(grid: Grid, lang: str) -> str:
    """What a sheet holds, in words."""
    for room, key in (("workbook", f"holds_{grid.name}"), ("reports", f"table_{grid.name.removeprefix('found_')}")):
        if key in sentences(room):
            return say(f"{room}.{key}", lang)
    return ""


def _height(texts: Sequence[str], columns: Sequence[Column]) -> float:
    """Points that wrapped texts need: not every program works that out by itself. A Chinese character is two wide."""
    def lines(text: str, width: int) -> int:
        return sum(max(1, ceil(sum(1 if letter < "\u2e80" else 2 for letter in line) / (0.9 * width)))
                   for line in text.splitlines())

    most = max(lines(text, column.width) for text, column in zip(texts, columns, strict=True))
    tall = _CHINESE if any(letter >= "\u2e80" for text in texts for letter in text) else _LINE
    return min(tall * max(1, most), _TALLEST)


def _first(rows: Iterator[tuple[Value, ...]], size: int) -> Iterator[tuple[Value, ...]]:
    for _ in range(size):
        row = next(rows, None)
        if row is None:
            return
        yield row


def fitting(text: str, lang: str) -> str:
    """A text that a cell can hold; where it is cut, the cell says so. Characters XML cannot hold are left out."""
    clean = _NOT_XML.sub("", text)
    if len(clean) <= MOST_CHARACTERS:
        return clean
    note = say("reports.cell_cut", lang, n=count(len(clean)))
    return clean[: MOST_CHARACTERS - len(note)] + note
