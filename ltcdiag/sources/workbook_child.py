"""Turns a workbook into plain rows of text, in a process of its own: a crafted file ends that, not us.

The library that reads workbooks (calamine) makes a table of every cell between the first and the last one before we
can look at it: a file of 6 KB with one cell in the last corner asks for 400 GB, and the library ends its process.
Started by `workbook_rows`, with nothing of ours imported: the workbook on standard input, blocks on standard output. A
block is `FRAME` (whether it holds rows, how long it is) and JSON, compressed. For each sheet a block {"sheet",
"height", "width", "merged"} and its rows in further blocks, or a block {"sheet", "detail"} where it is damaged; at the
end {"end"}.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

BLOCK = 5_000           # rows
FRAME = "<?I"
_EXACT = 10**15         # whole numbers below this are exact in a cell


def blocks(data: bytes, most_cells: int) -> Iterator[dict[str, Any]]:
    """What is in a workbook, block by block; at the end a block that says so or that it cannot be read."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        yield {"end": "password"}
        return
    except BaseException as error:
        if not _is_damage(error):
            raise
        yield {"end": "damaged", "detail": str(error)}
        return
    for place, name in enumerate(book.sheet_names):
        try:
            yield from _sheet(name, book.get_sheet_by_index(place), most_cells)
        except BaseException as error:
            if not _is_damage(error):
                raise
            yield {"sheet": name, "detail": str(error) or type(error).__name__}
    yield {"end": ""}


def _is_damage(error: BaseException) -> bool:
    """Whether a reading error is the file's fault: calamine has many kinds, and a Rust panic is no Exception."""
    return not isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError)


def _sheet(name: str, sheet: Any, most_cells: int) -> Iterator[dict[str, Any]]:
    """The rows without the empty columns at their right, from the sheet's first row (row numbers are its own)."""
    height, wide = sheet.total_height, sheet.total_width
    if not height or not wide or height * wide > most_cells:
        yield {"sheet": name, "height": height, "width": wide, "merged": None}
        return
    rows = [[cell if type(cell) is str else cell_text(cell) for cell in row]
            for row in sheet.to_python(skip_empty_area=False)]
    width = max((last_filled(row) for row in rows), default=0)
    yield {"sheet": name, "height": height, "width": width, "merged": sheet.merged_cell_ranges}
    for start in range(0, len(rows), BLOCK):
        yield {"rows": [row[:width] for row in rows[start : start + BLOCK]]}


def last_filled(row: list[str]) -> int:
    """The place behind the last cell that holds something."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)


def cell_text(cell: Any) -> str:
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


def packed(block: dict[str, Any]) -> bytes:
    """A block as it is handed over."""
    text = zlib.compress(json.dumps(block, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), 1)
    return struct.pack(FRAME, "rows" in block, len(text)) + text


if __name__ == "__main__":
    for each in blocks(sys.stdin.buffer.read(), int(sys.argv[1])):
        sys.stdout.buffer.write(packed(each))
