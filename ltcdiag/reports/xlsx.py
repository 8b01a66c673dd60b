"""The workbook: every table with its filters; text is text, never a formula or a link."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from .sheet_look import FORMATS, NUMBERS, book_options, fitted, height, kind_of, plain_of, print_on_a4

MOST_ROWS = 1_048_575       # of a sheet, without its heading
MOST_CHARACTERS = 32_767    # of a cell
MOST_LINKS = 20_000         # of a sheet; Excel takes 65,530, each of them costs time to open
_FORM_ROWS = 1_000          # of a form whose cells offer choices
_TO_WRITE, _AIR = 30.0, 7.5  # points: of a row that people write in, around a line that guides them
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
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
        book = xlsxwriter.Workbook(str(path), {**_OPTIONS, **book_options(lang), "tmpdir": parts})
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
        heading = {"bold": True, "bg_color": "#E6EDF5", "border": 1, "border_color": "#C9D2DC", "text_wrap": True,
                   "valign": "top"}
        self.heads = {number: self.book.add_format({**heading, **look}) for number, look in (
            (True, {"align": "right"}), (False, {"align": "left", "indent": 1}))}
        self.guide = self.book.add_format({"text_wrap": True, "valign": "vcenter", "font_color": "#44546A",
                                           "align": "left", "indent": 1})
        self.formats = {kind: self.book.add_format({"valign": "top", **look}) for kind, look in FORMATS.items()}
        self.links = {kind: self.book.add_format({"valign": "top", **look, **_LINK}) for kind, look in FORMATS.items()}
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
        grid = replace(grid, columns=fitted(grid, self.lang))
        rows, part, left = grid.draw(), 1, max(1, grid.size)
        while left > 0:
            here = min(left, MOST_ROWS)
            self._sheet(grid, rows, here, part)
            part, left = part + 1, left - here

    def _sheet(self, grid: Grid, rows: Iterator[tuple[Value, ...]], size: int, part: int) -> None:
        sheet, self.linked = self.book.add_worksheet(_part(self._name(grid), part)), 0
        for at, column in enumerate(grid.columns):
            sheet.set_column(at, at, column.width, self.formats[column.kind])
        top = self._above(sheet, grid)
        names = [column.name(self.lang) for column in grid.columns]
        sheet.set_row(top, height(names, grid.columns))
        for at, (name, column) in enumerate(zip(names, grid.columns, strict=True)):
            sheet.write_string(top, at, name, self.heads[column.kind in NUMBERS])
        sheet.freeze_panes(top + 1, 0)
        print_on_a4(sheet, grid.columns, top, self.level)
        last = self._rows(sheet, grid, _first(rows, size), top)
        sheet.autofilter(top, 0, last, len(grid.columns) - 1)
        for at, allowed in grid.choices:
            sheet.data_validation(top + 1, at, _FORM_ROWS, at, {"validate": "list", "source": allowed})

    def _rows(self, sheet: Any, grid: Grid, rows: Iterator[tuple[Value, ...]], top: int) -> int:
        """Writes the rows below the heading; the last of them."""
        last = top
        wrapped = any(column.kind == "lines" for column in grid.columns)
        for last, row in enumerate(rows, top + 1):
            if wrapped or grid.choices:
                texts = [str(plain_of(value)) if column.kind == "lines" and value is not None else ""
                         for value, column in zip(row, grid.columns, strict=True)]
                least = _TO_WRITE if grid.above and grid.choices else 0
                sheet.set_row(last, max(least, height(texts, grid.columns)))
            for at, value in enumerate(row):
                self._cell(sheet, last, at, grid.columns[at], value)
        return last

    def _above(self, sheet: Any, grid: Grid) -> int:
        """The line over the heading, where there is one; the row of the heading."""
        if not grid.above:
            return 0
        sheet.hide_gridlines(0)     # printed too: people write into the cells
        whole = [replace(grid.columns[0], width=sum(column.width for column in grid.columns))]
        sheet.set_row(0, height([grid.above], whole) + _AIR)
        sheet.merge_range(0, 0, 0, len(grid.columns) - 1, "", self.guide)
        sheet.write_string(0, 0, grid.above, self.guide)
        return 1

    def _cell(self, sheet: Any, row: int, at: int, column: Column, value: Value) -> None:
        kind, plain = kind_of(column, value), plain_of(value)
        look = self._lead(sheet, row, at, kind, value) if isinstance(value, Linked) else self.formats[kind]
        if plain is None:
            return
        if isinstance(plain, datetime):
            sheet.write_datetime(row, at, plain, look)
        elif isinstance(plain, str):
            sheet.write_string(row, at, fitting(plain, self.lang), look)
        else:
            sheet.write_number(row, at, plain, look)

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


def _part(name: str, part: int) -> str:
    """The name of the n-th sheet of a grid."""
    return name if part == 1 else f"{name} {part}"


def holds(grid: Grid, lang: str) -> str:
    """What a sheet holds, in words."""
    for room, key in (("workbook", f"holds_{grid.name}"), ("reports", f"table_{grid.name.removeprefix('found_')}")):
        if key in sentences(room):
            return say(f"{room}.{key}", lang)
    return ""


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
