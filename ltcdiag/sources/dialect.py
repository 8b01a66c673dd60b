"""How a delimited text is written: its separator, where its header stands, what its columns are called."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.headers import role_of
from .reasons import MAX_LINE

SEPARATORS = (",", ";", "\t", "|", "，")
SAMPLE_LINES = 500
_TITLE_ROWS = 30  # a header stands within so many rows
_DATE = re.compile(r"^\s*\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2})?|^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_NUMBER = re.compile(r"^\s*[-+]?[\d.,]*\d\s*%?\s*$")
# csv's limit is one number for the whole process; fields are bounded by lines and their length here
csv.field_size_limit(MAX_LINE * 1024 - 1)


@dataclass(frozen=True)
class Layout:
    """Names of the columns and where the data begin.

    header: 0-based index of the header row among the rows looked at, None where the file has none.
    """

    columns: tuple[str, ...]
    header: int | None


@dataclass(frozen=True)
class Dialect:
    """Everything needed to cut lines into rows. data_line: 1-based first line after the header. wrapped: each line
    stands in quotes, as one cell, and is cut again. header_separator: where the header has another than the rows."""

    separator: str
    skip_space: bool
    columns: tuple[str, ...]
    header_line: int
    data_line: int
    header_cells: tuple[str, ...]
    runner_up: str = ""
    wrapped: bool = False
    header_separator: str = ""

    def rows(self, lines: Sequence[str]) -> list[tuple[list[str], int]]:
        """Rows with the 1-based number of their last line among `lines`."""
        reader = csv.reader(lines, delimiter=self.separator, skipinitialspace=self.skip_space)
        return [(unwrapped(row, self.separator) if self.wrapped else row, reader.line_num) for row in reader]

    def plain_rows(self, lines: Sequence[str]) -> list[list[str]]:
        """The rows alone, faster."""
        rows = list(csv.reader(lines, delimiter=self.separator, skipinitialspace=self.skip_space))
        return [unwrapped(row, self.separator) for row in rows] if self.wrapped else rows

    def is_sound(self, lines: Sequence[str]) -> bool:
        """Whether every quote is closed and followed by a separator or the line's end."""
        try:
            list(csv.reader(lines, delimiter=self.separator, skipinitialspace=self.skip_space, strict=True))
        except csv.Error:
            return False
        return True


@dataclass(frozen=True)
class _Fit:
    separator: str
    score: float
    width: int
    rows: list[tuple[list[str], int]]
    wrapped: bool = False


def decide(lines: Sequence[str]) -> Dialect | None:
    """The dialect of a text by its first lines; None where no separator makes a table of them."""
    told, start = _told_separator(lines)
    sample = list(lines[start:SAMPLE_LINES])
    separators = [told] if told else SEPARATORS
    fits = _fits(sample, separators, wrapped=False)
    if not _fit_for_use(fits[0]):
        fits = _fits(sample, separators, wrapped=True)
    best = fits[0]
    if not _fit_for_use(best):
        return None
    rows = [row for row, _ in best.rows]
    header_separator = _of_header(rows, best)
    if header_separator:
        rows[0] = next(csv.reader([sample[0]], delimiter=header_separator))
    layout = lay_out(rows, best.width)
    ends = [end for _, end in best.rows]
    header_line = _first_line(ends, layout.header) + start if layout.header is not None else 0
    data_line = 1 + start + (ends[layout.header] if layout.header is not None else 0)
    cells = tuple(rows[layout.header]) if layout.header is not None else ()
    second = fits[1].separator if len(fits) > 1 and fits[1].score >= 0.3 else ""
    return Dialect(
        best.separator, _skips_space(sample, best.separator), layout.columns, header_line, data_line, cells, second,
        best.wrapped, header_separator,
    )


def unwrapped(row: list[str], separator: str) -> list[str]:
    """The cells of a line that stood in quotes as one cell."""
    return next(csv.reader([_on_one_line(row[0])], delimiter=separator), []) if len(row) == 1 else row


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _fits(lines: Sequence[str], separators: Sequence[str], *, wrapped: bool) -> list[_Fit]:
    return sorted((_fit(lines, separator, wrapped=wrapped) for separator in separators),
                  key=lambda fit: fit.score, reverse=True)


def _fit_for_use(fit: _Fit) -> bool:
    return fit.score >= 0.5 and fit.width >= 2


def _of_header(rows: Sequence[Sequence[str]], fit: _Fit) -> str:
    """The separator of a first line that has all columns by another one than the rows, "" where it has not."""
    if fit.wrapped or fit.width < 3 or len(rows) < 2 or len(rows[0]) != 1:
        return ""
    others = (separator for separator in SEPARATORS if separator != fit.separator)
    return next((separator for separator in others
                 if len(next(csv.reader([_on_one_line(rows[0][0])], delimiter=separator), [])) == fit.width), "")


def _told_separator(lines: Sequence[str]) -> tuple[str, int]:
    """Excel's own first line `sep=;`."""
    if lines and (told := re.match(r"^\s*sep=(.)\s*$", lines[0], re.IGNORECASE)):
        return told[1], 1
    return "", 0


def _first_line(ends: Sequence[int], index: int) -> int:
    return (ends[index - 1] if index else 0) + 1


def _skips_space(lines: Sequence[str], separator: str) -> bool:
    text = "".join(lines)
    return text.count(f'{separator} "') > text.count(f'{separator}"')


def _fit(lines: Sequence[str], separator: str, *, wrapped: bool) -> _Fit:
    """How well a separator cuts the lines into rows of one width. wrapped: the lines stand in quotes."""
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=_skips_space(lines, separator))
    rows = [(unwrapped(row, separator) if wrapped else row, reader.line_num) for row in reader]
    widths = [len(row) for row, _ in rows if any(cell.strip() for cell in row)]
    several = Counter(width for width in widths if width > 1)
    if not several:
        return _Fit(separator, 0.0, 1, rows, wrapped)
    width = max(several, key=lambda w: (several[w], w))
    score = several[width] / len(widths) + 0.01 * min(width, 20) + (0.05 if widths[0] == width else 0.0)
    return _Fit(separator, score, width, rows, wrapped)


def lay_out(rows: Sequence[Sequence[str]], width: int) -> Layout:
    """Header row and column names of rows of cells: titles above the header have few filled cells."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    header = _header_index(filled, width)
    if header is None or _is_data(rows, header):
        return Layout(tuple(f"column_{i + 1}" for i in range(width)), None)
    names = list(rows[header])
    body = rows[header + 1 :]
    used = max((_last_filled(row) for row in body[:SAMPLE_LINES]), default=0)
    names += [""] * (min(used, width) - len(names))
    while len(names) > max(1, used) and not names[-1].strip():
        names.pop()
    return Layout(unique_names(names), header)


def _last_filled(row: Sequence[str]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)


def _header_index(filled: Sequence[int], width: int) -> int | None:
    """The first row that is about as full as the fullest near it."""
    near = filled[:_TITLE_ROWS]
    fullest = min(max(near, default=0), width)
    for index, count in enumerate(near):
        if count >= max(min(2, fullest), 0.75 * fullest) and count > 0:
            return index
    return None


def _is_data(rows: Sequence[Sequence[str]], header: int) -> bool:
    """Whether the would-be header is a row of data: a date above dates, and no known column name."""
    cells = rows[header]
    body = [row for row in rows[header + 1 : header + 21] if len(row) == len(cells)]
    for place, cell in enumerate(cells):
        below = [row[place] for row in body if row[place].strip()]
        if _DATE.match(cell) and below and sum(bool(_DATE.match(text)) for text in below) > len(below) / 2:
            return True
    numbers = sum(bool(_NUMBER.match(cell)) for cell in cells)
    return numbers > len(cells) / 2 and not any(role_of(cell) for cell in cells)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Header names trimmed and made unique: an empty one becomes `column_3`, a second `Amount` is
    `Amount (2)`."""
    taken: set[str] = set()
    unique = []
    for place, raw in enumerate(names, 1):
        base = " ".join(raw.replace("\x00", "").split()) or f"column_{place}"
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base} ({count})"
        taken.add(name)
        unique.append(name)
    return tuple(unique)


def repeated(columns: Sequence[str], column: str) -> bool:
    """Whether the header has this name more than once."""
    base = re.sub(r" \(\d+\)$", "", column)
    return f"{base} (2)" in columns and base in columns
