"""From rows of cells to batches of records: every row becomes a record, structure, or is set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from ..log.ledger import RowSetAside
from ..log.records import ColumnBatch, Fates, TextBatch
from .reasons import BATCH, SHOWN, note

_TAIL = 40  # rows at the end among which a footer is looked for
_TOTAL = r"(grand |sub)?totals?|sum|count|计\s*数|合\s*计|总\s*计|小\s*计|汇\s*总|總\s*計|合\s*計"
_FOOTER = re.compile(
    rf"^\s*(({_TOTAL})\s*[:：]?\s*([\d.,%]*|\(.*\)|（.*）)"
    r"|(copyright|©|\(c\)|generated (by|on)|confidential|printed (by|on)|exported (by|on)|report (name|date|run)"
    r"|records?( count)?\s*[:：]|rows?( count)?\s*[:：]|\d+ (records|rows)\b|end of (report|file)"
    r"|记录数|总记录|共\s*\d+\s*条|制表|导出时间|导出人|打印时间|版权所有|记录总数|資料筆數|以下空白).*)\s*$",
    re.IGNORECASE,
)
_SUMS = re.compile(rf"^\s*({_TOTAL})", re.IGNORECASE)


@dataclass(frozen=True)
class Chunk:
    """Some rows in file order; `texts[i]` is what to show of row i if it is set aside."""

    rows: list[list[str]]
    firsts: list[int]
    lasts: list[int]
    texts: list[str]

    def part(self, start: int, stop: int | None) -> Chunk:
        """Some of its rows."""
        return Chunk(self.rows[start:stop], self.firsts[start:stop], self.lasts[start:stop], self.texts[start:stop])

    def then(self, other: Chunk) -> Chunk:
        """Its rows and those of another behind them."""
        return Chunk(
            self.rows + other.rows, self.firsts + other.firsts, self.lasts + other.lasts, self.texts + other.texts
        )


@dataclass
class Sorter:
    """Gives every row of a table its fate. header: cells of the header, so that a repeat is structure."""

    file: str
    columns: Sequence[str]
    header: Sequence[str]
    fates: Fates
    other_separator: str = ""
    _misfits: int = 0
    _repeats: int = 0
    _lines: list[int] = field(default_factory=list)
    _cells: list[list[str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cells = [[] for _ in self.columns]

    def batches(self, chunks: Iterable[Chunk]) -> Iterator[TextBatch]:
        """The records of the chunks; the last rows are held back until a footer can be told."""
        return cast("Iterator[TextBatch]", self.mixed(chunks))     # of chunks nothing else is made

    def mixed(self, chunks: Iterable[Chunk | ColumnBatch]) -> Iterator[TextBatch | ColumnBatch]:
        """The same of chunks and of columns, which are complete, and behind which more must follow."""
        held = Chunk([], [], [], [])
        for chunk in chunks:
            if isinstance(chunk, ColumnBatch):
                self._take(held)
                held = Chunk([], [], [], [])
                if self._lines:
                    yield self._batch()
                yield chunk
                continue
            joined = held.then(chunk) if held.rows else chunk
            keep = max(0, len(joined.rows) - _TAIL)
            held = joined.part(keep, None)
            self._take(joined.part(0, keep))
            if len(self._lines) >= BATCH:
                yield self._batch()
        self._take(held.part(0, self._footer_start(held)))
        if self._lines:
            yield self._batch()
        self._say()

    def _batch(self) -> TextBatch:
        batch = TextBatch(self._lines, dict(zip(self.columns, self._cells, strict=True)))
        self._lines, self._cells = [], [[] for _ in self.columns]
        return batch

    def _take(self, chunk: Chunk) -> None:
        """Add the records of a chunk. Chunks are small: rows are turned into columns while in the cache."""
        cells = self._plain(chunk.rows)
        if cells is None:
            chunk = self._fitting(chunk, len(self.columns))
            cells = list(zip(*chunk.rows, strict=True))
        for column, values in zip(self._cells, cells, strict=False):
            column.extend([value or None for value in values] if "" in values else values)
        self._lines.extend(chunk.firsts)
        self.fates.folded += sum(chunk.lasts) - sum(chunk.firsts)

    def _plain(self, rows: list[list[str]]) -> list[tuple[str, ...]] | None:
        """The columns, where all rows have the width of the header and none is blank or the header again."""
        if set(map(len, rows)) != {len(self.columns)}:
            return None
        cells = list(zip(*rows, strict=True))
        first = cells[0]
        if "" in first or any(map(str.isspace, first)) or (self.header and self.header[0] in first):
            return None
        return cells

    def _fitting(self, chunk: Chunk, width: int) -> Chunk:
        kept = Chunk([], [], [], [])
        header = list(self.header)
        for row, first, last, text in zip(chunk.rows, chunk.firsts, chunk.lasts, chunk.texts, strict=True):
            if _is_blank(row) or row == header:
                self.fates.structure += last - first + 1
                self._repeats += row == header
                continue
            cells = row if len(row) <= width else _trimmed(row, width)
            if len(cells) != width:
                self._set_aside(first, last, "too_few_columns" if len(cells) < width else "too_many_columns", text)
                continue
            kept.rows.append(cells)
            kept.firsts.append(first)
            kept.lasts.append(last)
            kept.texts.append(text)
        return kept

    def _set_aside(self, first: int, last: int, reason: str, text: str) -> None:
        if self.other_separator and self.other_separator in text and reason == "too_few_columns":
            self._misfits += 1
        self.fates.set_aside.append(RowSetAside(self.file, first, last, reason, text.rstrip("\r\n")[:SHOWN]))

    def _footer_start(self, held: Chunk) -> int:
        """Index where the footer begins; its lines are counted as structure here."""
        width = len(self.columns)
        start = suffix = len(held.rows)
        while suffix > 0 and _may_close(held.rows[suffix - 1], width):
            suffix -= 1
        for index in range(suffix, len(held.rows)):
            row = held.rows[index]
            if _FOOTER.match(_first_filled(row)) or (_is_blank(row) and _only_single(held.rows[index:])):
                start = index
                break
        lines = sum(last - first + 1 for first, last in zip(held.firsts[start:], held.lasts[start:], strict=True))
        self.fates.structure += lines
        if any(not _is_blank(row) for row in held.rows[start:]):
            self.fates.notes.append(note("footer", file=self.file, n=lines, text=_shown(held.rows[start:])))
        self.fates.found += [
            ("total_rows" if _SUMS.match(_first_filled(row)) else "footer_rows", line, _first_filled(row)[:60])
            for row, line in zip(held.rows[start:], held.firsts[start:], strict=True) if not _is_blank(row)]
        return start

    def _say(self) -> None:
        if self._misfits:
            self.fates.notes.append(
                note("mixed_separators", file=self.file, n=self._misfits, separator=self.other_separator)
            )
        if self._repeats:
            self.fates.notes.append(note("header_repeated", file=self.file, n=self._repeats))


def _is_blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)


def _trimmed(row: list[str], width: int) -> list[str]:
    """Without the empty cells that stand beyond the last column."""
    return row[:width] if _is_blank(row[width:]) else row


def _first_filled(row: Sequence[str]) -> str:
    return next((cell for cell in row if cell.strip()), "")


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _may_close(row: Sequence[str], width: int) -> bool:
    """Blank, one lone cell, or a total with gaps: what a report may end with."""
    filled = _filled(row)
    return filled <= 1 < width or (filled < width and bool(_FOOTER.match(_first_filled(row))))


def _only_single(rows: Sequence[Sequence[str]]) -> bool:
    """Lone cells after a blank line (report name, company), not the torn end of a row."""
    return all(_filled(row) <= 1 or _FOOTER.match(_first_filled(row)) for row in rows)


def _shown(rows: Sequence[Sequence[str]]) -> str:
    return " / ".join(_first_filled(row)[:60] for row in rows if not _is_blank(row))[:200]
