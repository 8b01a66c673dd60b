"""The workbook: every table with its filters; text is text, never a formula or a link."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

from ..log.calendar_file import calendar_shown
from ..log.telling import reason_name, step_name
from ..measures.uniqueness import privacy_report
from ..words import say
from ..words.numbers import count
from . import finding_grids, grids, indicators
from .answer_grids import sheet_grid
from .assessment import Assessment
from .grids import Column, Grid, Value
from .moments import minute
from .parts import parts_of

MOST_ROWS = 1_048_575       # of a sheet, without its heading
MOST_CHARACTERS = 32_767    # of a cell
_A4 = 9                     # the number of the size
_FORM_ROWS = 1_000          # of a form whose cells offer choices
_LINE, _TALLEST = 15.0, 400.0   # points: of a line of text, of a row at most
_PAGE = 260                 # characters beside each other that can still be read on one printed page
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"indent": 1}, "lines": {"text_wrap": True, "indent": 1},
    "count": {"num_format": "#,##0"}, "days": {"num_format": "#,##0.00"}, "share": {"num_format": "0.0%"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "money": {"num_format": "#,##0.00"},
}
# Nothing that stands in the data may become a formula, a link or another value.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": False, "constant_memory": True}


def write_workbook(found: Assessment, path: Path, lang: str) -> None:
    """report.xlsx. Law: same log and settings, same bytes."""
    write_grids(all_grids(found, lang), path, lang, title=found.log.name[:200], created=found.log.as_of,
                level=say("reports.page_foot", lang))


def write_grids(
    tables: Iterable[Grid], path: Path, lang: str, *, title: str, created: datetime, level: str
) -> None:
    """A workbook of tables; the level stands at the foot of every printed page."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(dir=path.parent) as parts:     # what stands in them must not lie elsewhere
        book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": parts})
        book.set_properties({"title": title, "created": created.replace(tzinfo=None), "comments": level})
        writer = _Writer(book, lang, level)
        for grid in tables:
            writer.write(grid)
        try:
            book.close()
        except FileCreateError as error:        # which is no OSError, but holds one
            raise error.args[0] from error


def all_grids(found: Assessment, lang: str) -> Iterator[Grid]:
    """The tables of the workbook, in the order of its sheets."""
    yield _summary(found, lang)
    yield _ledger(found, lang)
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
    yield _privacy(found, lang)


@dataclass
class _Writer:
    book: Any
    lang: str
    level: str

    def __post_init__(self) -> None:
        self.heading = self.book.add_format({"bold": True, "bg_color": "#E6EDF5", "border": 1,
                                             "border_color": "#C9D2DC", "text_wrap": True, "valign": "top"})
        self.guide = self.book.add_format({"text_wrap": True, "valign": "vcenter", "font_color": "#44546A",
                                           "indent": 1})
        self.formats = {kind: self.book.add_format({"valign": "top", **look}) for kind, look in _FORMATS.items()}

    def write(self, grid: Grid) -> None:
        """A grid on one sheet, or on as many as it needs: rows are never left out."""
        rows, part, left = grid.draw(), 1, max(1, grid.size)
        while left > 0:
            here = min(left, MOST_ROWS)
            self._sheet(grid, rows, here, part)
            part, left = part + 1, left - here

    def _sheet(self, grid: Grid, rows: Iterator[tuple[Value, ...]], size: int, part: int) -> None:
        name = grid.title or say(f"reports.sheet_{grid.name}", self.lang)
        sheet = self.book.add_worksheet(name if part == 1 else f"{name} {part}")
        for at, column in enumerate(grid.columns):
            sheet.set_column(at, at, column.width, self.formats[column.kind])
        top = self._above(sheet, grid)
        names = [column.name(self.lang) for column in grid.columns]
        sheet.set_row(top, _height(names, grid.columns))
        for at, name in enumerate(names):
            sheet.write_string(top, at, name, self.heading)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.set_footer(f"&L{self.level.replace('&', '&&')}&R&P")
        if sum(column.width for column in grid.columns) <= _PAGE:
            sheet.fit_to_pages(1, 0)
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
        sheet.set_paper(_A4)
        sheet.hide_gridlines(0)     # printed too: people write into the cells
        whole = [replace(grid.columns[0], width=sum(column.width for column in grid.columns))]
        sheet.set_row(0, _height([grid.above], whole) + _LINE / 2)
        sheet.merge_range(0, 0, 0, len(grid.columns) - 1, "", self.guide)
        sheet.write_string(0, 0, grid.above, self.guide)
        return 1

    def _cell(self, sheet: Any, row: int, at: int, column: Column, value: Value) -> None:
        look = self.formats[column.kind]
        if value is None:
            return
        if isinstance(value, datetime):
            sheet.write_datetime(row, at, value, look)
        elif isinstance(value, str):
            sheet.write_string(row, at, fitting(value, self.lang), look)
        else:
            sheet.write_number(row, at, value, look)


def _height(texts: Sequence[str], columns: Sequence[Column]) -> float:
    """Points that wrapped texts need: not every program works that out by itself. A Chinese character is two wide."""
    def lines(text: str, width: int) -> int:
        return sum(max(1, ceil(sum(1 if letter < "\u2e80" else 2 for letter in line) / (0.9 * width)))
                   for line in text.splitlines())

    most = max(lines(text, column.width) for text, column in zip(texts, columns, strict=True))
    return min(_LINE * max(1, most), _TALLEST)


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


def _summary(found: Assessment, lang: str) -> Grid:
    """What a reader asks first, and the settings the numbers rest on."""
    log, counts, states = found.log, found.counts, found.states
    median, over = found.median_days
    zone = log.timezone or say("reports.zone_unstated", lang)
    rows: list[tuple[Value, ...]] = [
        (say("reports.f_cases", lang), counts["cases"], ""),
        *((say(f"reports.state_{state}", lang), n, say("reports.f_cases", lang)) for state, n in states.items()),
        (say("reports.f_events", lang), counts["events"], ""),
        (say("reports.col_instances", lang), counts["work_instances"], ""),
        (say("reports.f_variants", lang), counts["variants"], ""),
        (say("reports.f_median", lang), median, _median_note(found, over, lang)),
        (say("reports.as_of", lang), minute(log.as_of, log.timezone), say("reports.as_of_note", lang)),
        (say("reports.zone", lang), zone, "" if log.timezone else say("reports.wall_clock", lang)),
        (say("reports.calendar", lang), calendar_shown(log.calendar, lang), say("reports.calendar_note", lang)),
        (say("reports.notion", lang), log.notion, ""),
        *((say(f"reports.role_{role}", lang), column, say("reports.columns_used", lang))
          for role, column in log.columns.items()),
        (say("reports.s_loaded", lang), log.name, say("reports.fingerprint", lang, fingerprint=log.fingerprint)),
        ("", "", say("reports.level_working", lang)),
    ]
    columns = (Column("item", width=26), Column("value", width=30), Column("note", width=90))
    return Grid("summary", columns, len(rows), lambda: iter(rows))


def _privacy(found: Assessment, lang: str) -> Grid:
    """What the columns hold of people, and how many cases stand alone."""
    rows: list[tuple[Value, ...]] = list(privacy_report(found.log).facts(lang))
    columns = (Column("item", width=44), Column("value", "lines", 100))
    return Grid("privacy", columns, len(rows), lambda: iter(rows), title=say("privacy.sheet_privacy", lang))


def _median_note(found: Assessment, over: int, lang: str) -> str:
    key = "f_median_closed" if found.log.closedness == "known" else "f_median_all"
    note = say(f"reports.{key}", lang, n=count(over), open=count(found.states["open"]))
    return f"{say('reports.col_days', lang)}; {note}"


def _ledger(found: Assessment, lang: str) -> Grid:
    """The steps that balance, a row for each reason, file and currency."""
    ledger = found.log.ledger
    rows: list[tuple[Value, ...]] = [
        (file.file, say("reports.unit_lines", lang), file.lines, None, file.lines - file.records, None, file.records,
         f"{file.encoding} {file.dialect} {file.sha256}".strip()) for file in ledger.files
    ]
    for step in ledger.steps:
        unit = say(f"reports.unit_{step.unit}", lang)
        aside = sum(step.set_aside.values())
        name = step_name(step, lang)
        rows.append((name, unit, step.came_in, step.made, aside, step.merged, step.went_out, ""))
        rows += [(name, unit, None, None, n, None, None, reason_name(reason, lang))
                 for reason, n in step.set_aside.items()]
    rows += [(say("reports.money_title", lang), m.currency, float(m.read), None, float(m.set_aside), float(m.merged),
              float(m.kept), f"{m.read} = {m.kept} + {m.merged} + {m.set_aside}") for m in ledger.money]
    numbers = (Column(key, "count", 14) for key in ("in", "made", "aside", "merged", "out"))
    columns = (Column("step", width=40), Column("unit", width=12), *numbers, Column("note", width=90))
    return Grid("ledger", columns, len(rows), lambda: iter(rows))
