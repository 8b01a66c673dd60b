"""The rows of small sheets as texts, with their places: for forms whose columns depend on what was asked."""

from __future__ import annotations

from pathlib import Path

from ..log.records import Fates, TextTable
from .opening import open_tables

Row = tuple[str, dict[str, str]]


def read_rows(path: str | Path, *, sheet: tuple[str, ...] = ()) -> tuple[list[Row], list[str]]:
    """Place (file, sheet, line) and heading → cell of every row; and the headings of sheets passed over. sheet: the
    names of those that count, by default all; a file without sheets counts always. Raises InputError."""
    rows: list[Row] = []
    passed: list[str] = []
    for table in open_tables([path]):
        book, _, name = table.file.rpartition("#")
        if not isinstance(table, TextTable) or (book and sheet and name not in sheet):
            passed += table.columns
            continue
        for batch in table.draw(Fates()):
            rows += [(f"{table.file}:{line}", {column: (batch.columns[column][number] or "").strip()
                                               for column in table.columns})
                     for number, line in enumerate(batch.lines)]
    return rows, passed
