"""Any answer as a table of the page (an interval in one cell) or of the workbook (each number in its own)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..log.look import heading, interval_columns, missing
from ..log.results import Answer
from ..words import say, sentences
from .grids import Column, Grid, Kind, Value
from .page import Cell, cell

if TYPE_CHECKING:
    import pandas as pd

_WIDTHS: Mapping[str, int] = {"text": 26, "count": 12, "days": 12, "share": 12, "money": 14, "time": 20}
_NARROWEST, _WIDEST, _LOOKED_AT = 12, 60, 500
_SHEET = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class AnswerColumn(Column):
    """A column of an answer, called as in a notebook."""

    def name(self, lang: str) -> str:
        """Its heading, with the unit."""
        return heading(self.key, lang)


@dataclass(frozen=True)
class PageGrid:
    """The rows come as dictionaries of the answer's table."""

    answer: Answer
    columns: tuple[AnswerColumn, ...]
    lang: str

    @property
    def heads(self) -> tuple[tuple[str, str], ...]:
        """Name and kind of each column."""
        ranges = interval_columns(self.answer.table.columns)
        return tuple((column.name(self.lang), "interval" if column.key in ranges else column.kind)
                     for column in self.columns)

    def cells(self, row: Mapping[str, Any]) -> Iterator[Cell]:
        """The cells of a row."""
        ranges = interval_columns(self.answer.table.columns)
        for column in self.columns:
            value = _plain(self.answer, column, row[column.key], self.lang)
            if column.key not in ranges or not isinstance(value, int | float):
                yield cell(value, "interval" if column.key in ranges else column.kind)
                continue
            low, high = (row[end] for end in ranges[column.key])
            yield Cell(self.answer.look.interval(column.key, value, low, high, self.lang), repr(value), "interval")


def page_grid(answer: Answer, lang: str, *, without: tuple[str, ...] = ()) -> PageGrid:
    """The columns that hold something, the ends of intervals inside their values."""
    ends = {end for pair in interval_columns(answer.table.columns).values() for end in pair}
    kept = [column for column in _columns(answer.table)
            if column.key not in (*ends, *without) and answer.table[column.key].notna().any()]
    return PageGrid(answer, tuple(kept), lang)


def sheet_grid(name: str, answer: Answer, lang: str) -> Grid:
    """The whole table, every number in a cell of its own; a column of texts as wide as its first rows need."""
    columns = tuple(replace(column, width=_fitting(answer, column, lang)) if column.kind == "text" else column
                    for column in _columns(answer.table))

    def draw() -> Iterator[tuple[Value, ...]]:
        for row in answer.table.itertuples(index=False, name=None):
            yield tuple(_plain(answer, column, value, lang) for column, value in zip(columns, row, strict=True))

    return Grid(f"found_{name}", columns, len(answer.table), draw, title=sheet_name(name, answer, lang))


def table_title(name: str, answer: Answer, lang: str) -> str:
    """What a table is called on the page."""
    key = f"table_{name}"
    return say(f"reports.{key}", lang) if key in sentences("reports") else answer.title(lang)


def sheet_name(name: str, answer: Answer, lang: str) -> str:
    """The sheet of a table: 31 characters at most, without the signs that a sheet may not have."""
    key = f"sheet_found_{name}"
    return say(f"reports.{key}", lang) if key in sentences("reports") else _SHEET.sub(" ", answer.title(lang))[:31]


def _fitting(answer: Answer, column: AnswerColumn, lang: str) -> int:
    """Characters that the heading and the first texts need, a Chinese one two wide, within limits."""
    texts = (str(_plain(answer, column, value, lang) or "") for value in answer.table[column.key].head(_LOOKED_AT))
    return min(_WIDEST, max(_NARROWEST, *(sum(1 if letter < "\u2e80" else 2 for letter in text) + 2
                                          for text in (column.name(lang)[:_NARROWEST], *texts))))


def _columns(table: pd.DataFrame) -> tuple[AnswerColumn, ...]:
    kinds = {str(name): _kind(str(name), table[name]) for name in table.columns}
    for value, ends in interval_columns(kinds).items():
        if kinds[value] in ("share", "money"):      # an interval is of the kind of its value
            kinds |= dict.fromkeys(ends, kinds[value])
    return tuple(AnswerColumn(name, kind, _WIDTHS[kind]) for name, kind in kinds.items())


def _kind(name: str, column: pd.Series) -> Kind:
    if column.dtype.kind == "M":
        return "time"
    if "share" in name:
        return "share"
    if name in ("amount", "standing_amount"):
        return "money"
    return {"i": "count", "u": "count", "f": "days"}.get(column.dtype.kind, "text")  # type: ignore[return-value]


def _plain(answer: Answer, column: Column, value: Any, lang: str) -> Value:
    """A value as a cell takes it: numbers as numbers, keys and words in the reader's language."""
    if missing(value):
        return None
    if column.kind == "time":
        moment: datetime = value.to_pydatetime()
        return moment
    if column.kind in ("count", "days", "share", "money"):
        return float(value) if column.kind != "count" else int(value)
    return answer.look.cell(column.key, value, lang, key=column.key in answer.keys)
