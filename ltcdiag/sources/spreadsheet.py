"""XLSX, XLS and ODS: every sheet a table, every cell as text; calamine reads them, in a process of its own."""

from __future__ import annotations

import io
import marshal
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError
from ..log.records import Fates, TextBatch, TextTable
from ..words import current, say
from .content import DAMAGE, Content, plain_file
from .dialect import lay_out
from .reasons import FREE_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_FILE_BYTES, MAX_RATIO, fault, note
from .rows import Chunk, Sorter
from .two_rows import TwoRows, two_rows
from .workbook_child import last_filled
from .workbook_rows import Sheet, read_sheets

_PART = 5_000  # rows packed together
_HEADER, _NAME_LENGTH = 30, 26      # of a part of a zip: its length, where the lengths of name and extra field stand
_STEP = 1 << 20


def open_workbook(content: Content) -> tuple[list[TextTable], list[Fault]]:
    """The tables of a workbook, and why other sheets were passed over.
    Raises InputError: password, damage, no sheet with a table."""
    data = content.whole()
    unpacked = _refuse_bomb(content, data)
    if _is_encrypted(data):
        raise InputError(fault("password", where=content.file))
    tables: list[TextTable] = []
    faults: list[Fault] = []
    for sheet in read_sheets(content, data, unpacked):
        try:
            tables.append(_table(content, sheet))
        except InputError as error:
            faults += error.faults
    if not tables:
        raise InputError(faults or fault("empty_file", where=content.file))
    return tables, faults


def sheet_rows(path: str | Path) -> dict[str, list[list[str]]]:
    """Every sheet of a workbook of ours that was handed back: its rows as text, from the first. Raises InputError: no
    such file, password, damage, a sheet that cannot be read."""
    content = plain_file(Path(path), Path(path).name)
    data = content.whole()
    if _is_encrypted(data):
        raise InputError(fault("password", where=content.file))
    sheets = read_sheets(content, data, _refuse_bomb(content, data))
    if bad := [sheet for sheet in sheets if sheet.detail]:
        raise InputError([fault("damaged_workbook", where=f"{content.file}#{sheet.name}", detail=sheet.detail)
                          for sheet in bad])
    return {sheet.name: sheet.rows() for sheet in sheets}


def _is_encrypted(data: bytes) -> bool:
    """A workbook with a password is an OLE container with these streams."""
    return data[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in data


def _refuse_bomb(content: Content, data: bytes) -> int:
    """How many bytes a workbook holds when it is unpacked. Raises InputError beyond the limits, also where its list of
    contents says less than comes out."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return len(data)
    limit = min(MAX_FILE_BYTES, max(FREE_BYTES, MAX_RATIO * len(data)))
    bomb = fault("bomb", where=content.file, mib=limit // 1024**2, ratio=MAX_RATIO)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            members = book.infolist()
        unpacked = sum(info.file_size for info in members)
        if unpacked > limit:
            raise InputError(bomb)
        if any(_longer(memoryview(data), info) for info in members):
            raise InputError(bomb)
    except DAMAGE as error:
        raise InputError(fault("damaged_workbook", where=content.file, detail=str(error))) from None
    return unpacked


def _longer(data: memoryview, info: zipfile.ZipInfo) -> bool:
    """Whether more comes out of a part than the list of contents says."""
    if info.compress_type != zipfile.ZIP_DEFLATED:
        return info.compress_size > info.file_size
    name, extra = struct.unpack_from("<HH", data, info.header_offset + _NAME_LENGTH)
    place = info.header_offset + _HEADER + name + extra
    unpacker, left, seen = zlib.decompressobj(-zlib.MAX_WBITS), data[place : place + info.compress_size], 0
    while not unpacker.eof and (part := unpacker.decompress(left, _STEP)):
        left = memoryview(unpacker.unconsumed_tail)
        seen += len(part)
        if seen > info.file_size:
            return True
    return False


def _table(content: Content, sheet: Sheet) -> TextTable:
    file = f"{content.file}#{sheet.name}"
    if sheet.detail:
        raise InputError(fault("damaged_workbook", where=file, detail=sheet.detail))
    if not sheet.height or not sheet.width:
        raise InputError(fault("empty_sheet", where=file))
    if sheet.height * sheet.width > MAX_CELLS:
        raise InputError(fault("too_many_cells", where=file, limit=MAX_CELLS))
    width = sheet.width
    if width < 2:
        raise InputError(fault("one_column", where=file))
    if width > MAX_COLUMNS:
        raise InputError(fault("too_many_header_columns", where=file, n=width, limit=MAX_COLUMNS))
    rows = sheet.rows()
    double = two_rows(rows, width, sheet.merged)
    if double is not None:
        return _double_table(content, file, rows, double)
    layout = lay_out(rows, width)
    header = layout.header + 1 if layout.header is not None else 0
    draw = partial(_draw, _packed(rows), file, layout.columns, header, rows[header - 1] if header else [])
    dialect = note("dialect_sheet", line=header) if header else note("dialect_sheet_no_header")
    notes = () if header else (note("no_header", file=file),)
    return TextTable(file, content.sha256, "", dialect, layout.columns, draw, notes)


def _double_table(content: Content, file: str, rows: list[list[str]], double: TwoRows) -> TextTable:
    """A sheet under a header of two rows. Where records span several rows, each group of columns is a list inside the
    record; where none does, the groups are but captions."""
    lists = any(double.continues(row) for row in rows[double.data + 1 :])
    columns = double.columns if lists else double.flat_columns
    if lists:
        records = list(double.records(rows))
    else:
        records = [(_fitted(row, len(columns)), number, number)
                   for number, row in enumerate(rows[double.data :], double.data + 1)]
    draw = partial(_draw_records, _packed(records), file, columns, double.data)
    names = say("log.comma", current()).join(group.caption for group in double.groups)
    dialect = note("dialect_sheet_lists" if lists else "dialect_sheet_groups", line=double.header + 1, names=names)
    return TextTable(file, content.sha256, "", dialect, columns, draw)


def _draw_records(
    packed: list[bytes], file: str, columns: Sequence[str], header: int, fates: Fates
) -> Iterator[TextBatch]:
    fates.structure += header
    fates.lines += header
    sorter = Sorter(file, columns, [], fates)
    yield from sorter.batches(_record_chunks(packed, fates))
    fates.set_aside.sort(key=lambda row: row.line_from)


def _record_chunks(packed: list[bytes], fates: Fates) -> Iterator[Chunk]:
    for block in packed:
        records = marshal.loads(zlib.decompress(block))  # noqa: S302 - our own bytes
        rows, firsts, lasts = (list(part) for part in zip(*records, strict=True))
        fates.lines += sum(lasts) - sum(firsts) + len(rows)
        yield Chunk(rows, firsts, lasts, ["\t".join(row) for row in rows])


def _packed(rows: list[Any]) -> list[bytes]:
    """The rows kept small until they are drawn: reading a workbook twice costs more."""
    return [zlib.compress(marshal.dumps(rows[start : start + _PART]), 1) for start in range(0, len(rows), _PART)]


def _draw(
    packed: list[bytes], file: str, columns: Sequence[str], header: int, cells: Sequence[str], fates: Fates
) -> Iterator[TextBatch]:
    width = len(columns)
    fates.structure += header
    sorter = Sorter(file, columns, _fitted(cells, width), fates)
    yield from sorter.batches(_chunks(packed, header, width, fates))
    fates.set_aside.sort(key=lambda row: row.line_from)


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _chunks(packed: list[bytes], header: int, width: int, fates: Fates) -> Iterator[Chunk]:
    for block in packed:
        rows = marshal.loads(zlib.decompress(block))  # noqa: S302 - our own bytes
        part = [_cut(row, width) for row in rows[max(0, header - fates.lines) :]]
        fates.lines += len(rows)
        numbers = list(range(fates.lines - len(part) + 1, fates.lines + 1))
        yield Chunk(part, numbers, numbers, ["\t".join(row) for row in part])


def _cut(row: list[str], width: int) -> list[str]:
    """A row without the empty cells right of the table; cells that hold something stay and show the misfit."""
    row = row[: max(width, last_filled(row))]
    return row if len(row) >= width else _fitted(row, width)
