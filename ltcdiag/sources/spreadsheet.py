"""XLSX, XLS and ODS through calamine: every sheet a table, every cell as text."""

from __future__ import annotations

import io
import marshal
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError
from ..log.records import Fates, TextBatch, TextTable
from ..words import current, say
from .content import Content
from .dialect import lay_out
from .reasons import FREE_BYTES, MAX_CELLS, MAX_COLUMNS, MAX_FILE_BYTES, MAX_RATIO, fault, note
from .rows import Chunk, Sorter
from .two_rows import TwoRows, two_rows

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_PART = 5_000  # rows packed together
_EXACT = 10**15  # whole numbers below this are exact in a cell


def open_workbook(content: Content) -> tuple[list[TextTable], list[Fault]]:
    """The tables of a workbook, and why other sheets were passed over.
    Raises InputError: password, damage, no sheet with a table."""
    book = _book(content)
    tables: list[TextTable] = []
    faults: list[Fault] = []
    for place, name in enumerate(book.sheet_names):
        try:
            tables.append(_table(content, name, book.get_sheet_by_index(place)))
        except InputError as error:
            faults += error.faults
        except BaseException as error:
            if not _is_damage(error):
                raise
            faults.append(fault("damaged_workbook", where=f"{content.file}#{name}", detail=str(error)))
    if not tables:
        raise InputError(faults or fault("empty_file", where=content.file))
    return tables, faults


def _book(content: Content) -> CalamineWorkbook:
    import python_calamine as calamine

    data = content.whole()
    _refuse_bomb(content, data)
    if _is_encrypted(data):
        raise InputError(fault("password", where=content.file))
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise InputError(fault("password", where=content.file)) from None
    except BaseException as error:
        if not _is_damage(error):
            raise
        raise InputError(fault("damaged_workbook", where=content.file, detail=str(error))) from None


def _is_damage(error: BaseException) -> bool:
    """Whether a reading error is the file's fault: calamine has many kinds, and a Rust panic is no Exception."""
    return not isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)


def _is_encrypted(data: bytes) -> bool:
    """A workbook with a password is an OLE container with these streams."""
    return data[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in data


def _refuse_bomb(content: Content, data: bytes) -> None:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        unpacked = sum(info.file_size for info in book.infolist())
    limit = min(MAX_FILE_BYTES, max(FREE_BYTES, MAX_RATIO * len(data)))
    if unpacked > limit:
        raise InputError(fault("bomb", where=content.file, mib=limit // 1024**2, ratio=MAX_RATIO))


def _table(content: Content, name: str, sheet: CalamineSheet) -> TextTable:
    file = f"{content.file}#{name}"
    if not sheet.total_height or not sheet.total_width:
        raise InputError(fault("empty_sheet", where=file))
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise InputError(fault("too_many_cells", where=file, limit=MAX_CELLS))
    rows = _rows(sheet)
    width = max(_last_filled(row) for row in rows)
    if width < 2:
        raise InputError(fault("one_column", where=file))
    if width > MAX_COLUMNS:
        raise InputError(fault("too_many_header_columns", where=file, n=width, limit=MAX_COLUMNS))
    double = two_rows(rows, width, sheet.merged_cell_ranges)
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


def _last_filled(row: Sequence[str]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)


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
    row = row[: max(width, _last_filled(row))]
    return row if len(row) >= width else _fitted(row, width)


def _rows(sheet: CalamineSheet) -> list[list[str]]:
    """The cells as text, from the sheet's first row (a row number is the sheet's own)."""
    return [
        [cell if type(cell) is str else _text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)
    ]


def _text(cell: Any) -> str:
    """A cell as text: real dates in ISO form, whole numbers without `.0`."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="auto")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
