"""Stretches of a delimited text in which every line is one row: turned into columns at once, by Arrow's reader.

A stretch is taken only where any reader of CSV must find the same cells; all others go row by row (`delimited`).
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from .dialect import Dialect
from .encoding import Encoding

if TYPE_CHECKING:
    import pyarrow as pa

SIZE = 1 << 23
"""Bytes of a stretch."""
FIRST = 1 << 16
"""Bytes of the first one, in which the header stands."""
LAST_LINES = 2_000
"""Lines at the end among which a footer may stand."""
_OWN_BYTES = {"utf-8", "utf-8-sig", "gb18030", "big5", "shift_jis", "euc_kr", "latin-1", "iso8859-1",
              "cp1250", "cp1251", "cp1252", "cp1254"}
"""Codecs in which the bytes of a line's end are never part of another character."""
_BLANK = r"^[\t-\r\x1c-\x1f \x{85}\p{Z}]*$"
"""At least what `str.isspace` holds for blank."""


@dataclass(frozen=True)
class Stretch:
    """Some whole lines as bytes. alike: whether they may be taken at once."""

    data: bytes
    alike: bool


def suits(encoding: Encoding, dialect: Dialect) -> bool:
    """Whether stretches of such a text can be taken at once at all."""
    plain = not (dialect.wrapped or dialect.header_separator or dialect.skip_space)
    return (plain and dialect.separator.isascii() and encoding.codec in _OWN_BYTES
            and not encoding.damaged and not encoding.long_lines)


def stretches(
    stream: BinaryIO, size: int = SIZE, first_size: int = FIRST, last_lines: int = LAST_LINES
) -> Iterator[Stretch]:
    """All bytes of a text, cut at the ends of lines. Neither the first lines, where a header stands, nor the last ones
    are alike."""
    before, first = b"", True
    for data in _cut(stream, size, first_size):
        if before:
            yield Stretch(before, alike=not first)
            first = False
        before = data
    end = 0 if first else _start_of_last(before, last_lines)
    if end:
        yield Stretch(before[:end], alike=True)
    yield Stretch(before[end:], alike=False)


def _cut(stream: BinaryIO, size: int, first_size: int) -> Iterator[bytes]:
    rest, ask = b"", first_size
    while chunk := stream.read(ask):
        data, ask = rest + chunk, size
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1    # a \n may follow a last \r
        if end:
            yield data[:end]
        rest = data[end:]
    if rest:
        yield rest


def _start_of_last(data: bytes, lines: int) -> int:
    end = len(data)
    for _ in range(lines + 1):
        end = data.rfind(b"\n", 0, end)
        if end < 0:
            return 0
    return end + 1


def columns_of(data: bytes, codec: str, dialect: Dialect) -> pa.Table | None:
    """The rows of a stretch as columns of text, one row a line; None where they must be looked at one by one."""
    import pyarrow as pa
    from pyarrow import csv

    if codec not in ("utf-8", "utf-8-sig"):
        data = data.decode(codec).encode()
    lines = data.count(b"\n")
    alone = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")      # counting takes longer than looking
    if alone or not data.endswith(b"\n") or b"\0" in data or data.startswith(BOM_UTF8):     # Arrow would drop it
        return None
    quoted = b'"' in data
    if quoted and not _quotes_hold(data, dialect.separator):
        return None
    names = list(dialect.columns)
    try:
        found = csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(column_names=names),
            csv.ParseOptions(delimiter=dialect.separator, quote_char='"' if quoted else False,
                             ignore_empty_lines=False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""],
                               strings_can_be_null=True))
    except pa.ArrowInvalid:
        return None
    whole = found.num_rows == lines     # with a line's end inside a cell there are fewer rows
    return found if whole and _plain(found, dialect) else None


def _quotes_hold(data: bytes, separator: str) -> bool:
    """Whether quotes open and close at the edges of cells."""
    import numpy as np

    text = np.frombuffer(data, dtype=np.uint8)
    places = np.flatnonzero(text == ord('"'))
    if len(places) % 2:
        return False
    edge = np.zeros(256, dtype=bool)
    edge[[ord(separator), *b"\r\n"]] = True
    doubled = np.diff(places) == 1          # a quote that closes and opens again is one of the text
    opening, closing = places[0::2], places[1::2]
    opens = edge[text[opening - 1]] | (opening == 0)      # of the first, the last byte, which is a line's end
    opens[1:] |= doubled[1::2]
    closes = edge[text[np.minimum(closing + 1, len(text) - 1)]]
    closes[:-1] |= doubled[1::2]
    return bool(opens.all() and closes.all())


def _plain(found: pa.Table, dialect: Dialect) -> bool:
    """Whether no row is blank or the header again."""
    return not (_any_row(found, [_blank] * found.num_columns)
                or (len(dialect.header_cells) == found.num_columns
                    and _any_row(found, [partial(_says, text) for text in dialect.header_cells])))


def _any_row(found: pa.Table, asked: Sequence[Callable[[pa.ChunkedArray], pa.ChunkedArray]]) -> bool:
    """Whether in some row every cell is what its column is asked for; mostly the first column settles it."""
    import pyarrow.compute as pc

    rows = None
    for column, ask in zip(found.columns, asked, strict=True):
        answer = ask(column)
        rows = answer if rows is None else pc.and_(rows, answer)
        if not pc.any(rows).as_py():
            return False
    return True


def _says(text: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.is_null(column) if not text else pc.fill_null(pc.equal(column, text), fill_value=False)


def _blank(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    empty = pc.is_null(column)
    edges = pc.or_(pc.less(column, "!"), pc.greater(column, "\x7f"))      # what a blank text may begin with
    if not pc.any(edges).as_py():
        return empty
    return pc.or_(empty, pc.fill_null(pc.match_substring_regex(column, _BLANK), fill_value=False))
