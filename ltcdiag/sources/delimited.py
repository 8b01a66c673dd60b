"""Delimited text (csv, tsv, txt): rows by Python's csv module, fates by physical line."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from ..errors import InputError
from ..log.ledger import RowSetAside
from ..log.records import ColumnBatch, Fates, TextBatch, TextTable
from ..words.texts import outline
from .content import Content
from .dialect import SAMPLE_LINES, Dialect, decide
from .encoding import Encoding, detect
from .lines import Lines
from .reasons import MAX_COLUMNS, MAX_LINE, MAX_QUOTED_LINES, SHOWN, fault, note
from .rows import Chunk, Sorter
from .segments import Stretch, columns_of, stretches, suits

_NAMES = {
    ",": "separator_comma",
    ";": "separator_semicolon",
    "\t": "separator_tab",
    "|": "separator_bar",
    "，": "separator_wide_comma",
}


def open_delimited(content: Content, encoding: str | None = None) -> TextTable:
    """The table of a delimited text. Raises InputError where it is empty or no table can be seen in it."""
    chosen = detect(content, encoding)
    sample = _first_lines(content, chosen)
    if not any(line.strip() for line in sample):
        if content.head().strip():      # there is something, and no line of it can be read
            raise InputError(fault("no_line", where=content.file, mib=MAX_LINE // 1024**2))
        raise InputError(fault("empty_file", where=content.file))
    dialect = decide(sample)
    if dialect is None:
        raise InputError(fault("no_separator", where=content.file, examples=[outline(line) for line in sample[:3]]))
    if len(dialect.columns) > MAX_COLUMNS:
        raise InputError(
            fault("too_many_header_columns", where=content.file, n=len(dialect.columns), limit=MAX_COLUMNS)
        )
    return TextTable(
        content.file,
        content.sha256,
        chosen.codec,
        _in_words(dialect),
        dialect.columns,
        partial(_draw, content, chosen, dialect),
        _notes(content.file, chosen, dialect),
        scan=partial(_scan, content, chosen, dialect) if suits(chosen, dialect) else None,
    )


def _first_lines(content: Content, encoding: Encoding) -> list[str]:
    return next(Lines(content, encoding, block=SAMPLE_LINES).blocks(), [])


def _in_words(dialect: Dialect) -> str:
    name = note(_NAMES[dialect.separator]) if dialect.separator in _NAMES else repr(dialect.separator)
    return (
        note("dialect", separator=name, line=dialect.header_line)
        if dialect.header_line
        else note("dialect_no_header", separator=name)
    )


def _notes(file: str, encoding: Encoding, dialect: Dialect) -> tuple[str, ...]:
    found = []
    if encoding.runner_up:
        found.append(note("encoding_chosen", file=file, encoding=encoding.codec, runner_up=encoding.runner_up))
    if dialect.runner_up:
        found.append(note("separator_chosen", file=file, separator=dialect.separator, runner_up=dialect.runner_up))
    if dialect.wrapped:
        found.append(note("lines_in_quotes", file=file, separator=dialect.separator))
    if dialect.header_separator:
        found.append(note("header_separator", file=file, header=dialect.header_separator, rows=dialect.separator))
    if not dialect.header_line:
        found.append(note("no_header", file=file))
    return tuple(found)


def _draw(content: Content, encoding: Encoding, dialect: Dialect, fates: Fates) -> Iterator[TextBatch]:
    source = Lines(content, encoding)
    if dialect.wrapped or dialect.header_separator:
        fates.found.append(("wrong_separator", dialect.header_line or 1, repr(dialect.separator)))
    sorter = Sorter(content.file, dialect.columns, dialect.header_cells, fates, _other(dialect))
    yield from sorter.batches(_Cutter(source, dialect, fates).chunks())
    fates.lines = source.seen
    fates.set_aside.sort(key=lambda row: row.line_from)


def _scan(
    content: Content, encoding: Encoding, dialect: Dialect, fates: Fates
) -> Iterator[TextBatch | ColumnBatch]:
    source = Lines(content, encoding)
    sorter = Sorter(content.file, dialect.columns, dialect.header_cells, fates, _other(dialect))
    with closing(content.start()) as stream:
        yield from sorter.mixed(_Cutter(source, dialect, fates).mixed(stretches(stream)))
    fates.lines = source.seen
    fates.set_aside.sort(key=lambda row: row.line_from)


def _other(dialect: Dialect) -> str:
    return dialect.runner_up or (";" if dialect.separator == "," else ",")


@dataclass
class _Cutter:
    """Cuts lines into rows and guards against quotes that swallow lines."""

    source: Lines
    dialect: Dialect
    fates: Fates

    def chunks(self) -> Iterator[Chunk]:
        number = self.dialect.data_line  # line number of the first line in `waiting`
        waiting: list[str] = []
        for block in self._data_blocks(self.source.blocks()):
            waiting, number = yield from self._cut_all(waiting + block, number, last=False)
        yield from self._cut_all(waiting, number, last=True)

    def mixed(self, stretches: Iterable[Stretch]) -> Iterator[Chunk | ColumnBatch]:
        """The same of stretches of the text: those in which every line is a row come out as columns."""
        number, waiting = self.dialect.data_line, list[str]()
        for stretch in stretches:
            behind = self.source.seen >= self.dialect.data_line - 1 and not waiting
            codec = self.source.encoding.codec
            found = columns_of(stretch.data, codec, self.dialect) if stretch.alike and behind else None
            if found is not None:
                yield ColumnBatch(number, found)
                self.source.seen += found.num_rows
                number += found.num_rows
                continue
            for block in self._data_blocks(self.source.of(stretch.data)):
                waiting, number = yield from self._cut_all(waiting + block, number, last=False)
        yield from self._cut_all(waiting, number, last=True)

    def _cut_all(self, lines: list[str], number: int, *, last: bool) -> Generator[Chunk, None, tuple[list[str], int]]:
        """Chunks of complete rows. Returns the lines that wait for more, and the number of the first."""
        stray = True
        while stray and lines:
            chunk, done, stray = self._cut(lines, number, last=last)
            yield chunk
            if stray:
                self._swallowed(lines, number, done, done + 1)
                done += 1
            lines, number = lines[done:], number + done
        return lines, number

    def _data_blocks(self, blocks: Iterable[list[str]]) -> Iterator[list[str]]:
        """Blocks without the lines up to the header, which are structure."""
        skip = max(0, self.dialect.data_line - 1 - self.source.seen)
        for block in blocks:
            if skip:
                head, block = block[:skip], block[skip:]  # noqa: PLW2901 - the rest of the same block
                skip -= len(head)
                lost = [self.source.bad.pop(n) for n in sorted(self.source.bad) if n < self.dialect.data_line]
                self.fates.structure += len(head) - len(lost)
                self.fates.set_aside += lost
            yield block

    def _cut(self, lines: list[str], number: int, *, last: bool) -> tuple[Chunk, int, bool]:
        """Complete rows, the lines they took, and whether a stray quote stands in the line after them."""
        probed = [*lines, "\n"]  # the added blank line shows whether a quote is open at the end
        rows = self.dialect.plain_rows(probed)
        if len(rows) == len(probed) and not self.source.bad:  # one row a line
            rows.pop()
            numbers = list(range(number, number + len(rows)))
            return Chunk(rows, numbers, numbers, lines), len(lines), False
        return self._walk(self.dialect.rows(probed), lines, number, last=last)

    def _walk(
        self, pairs: list[tuple[list[str], int]], lines: list[str], number: int, *, last: bool
    ) -> tuple[Chunk, int, bool]:
        """Rows one by one. Returns them, how many lines they took, and whether the next line holds a stray
        quote that never closes (within reason)."""
        chunk = Chunk([], [], [], [])
        done = 0
        for row, end in pairs:
            open_quote = end > len(lines) and done < len(lines)
            if open_quote or end - done > MAX_QUOTED_LINES:
                waits = (
                    open_quote
                    and not last
                    and len(lines) - done <= MAX_QUOTED_LINES
                    and sum(map(len, lines[done:])) <= MAX_LINE
                )
                return chunk, done, not waits
            if end > len(lines):
                break
            self._sort(chunk, row, lines, number, done, end)
            done = end
        return chunk, done, False

    def _sort(self, chunk: Chunk, row: list[str], lines: list[str], number: int, start: int, end: int) -> None:
        bad = [n for n in range(number + start, number + end) if n in self.source.bad]
        if end - start > 1 and (bad or self._suspicious(lines[start:end])):
            self._swallowed(lines, number, start, end)
        elif bad:
            self.fates.set_aside.append(self.source.bad.pop(bad[0]))
        else:
            chunk.rows.append(row)
            chunk.firsts.append(number + start)
            chunk.lasts.append(number + end - 1)
            chunk.texts.append(lines[start] if end - start == 1 else "".join(lines[start:end]))

    def _suspicious(self, lines: list[str]) -> bool:
        """A quoted field with line breaks that looks like swallowed rows: an inner line, or every line, has
        the separators of a whole row, or the closing quote is followed by more text."""
        wanted = len(self.dialect.columns) - 1
        full = [line.count(self.dialect.separator) == wanted for line in lines]
        return any(full[1:-1]) or all(full) or not self.dialect.is_sound(lines)

    def _swallowed(self, lines: list[str], number: int, start: int, end: int) -> None:
        for place in range(start, end):
            line = number + place
            known = self.source.bad.pop(line, None)
            text = lines[place].rstrip("\r\n")[:SHOWN]
            self.fates.set_aside.append(
                known or RowSetAside(self.source.content.file, line, line, "quote_swallow", text)
            )
