"""How a file of a sample is written: CSV, JSON, XLSX and truth.toml, the same bytes on every run."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter

Row = Sequence[object]
Rows = Sequence[Row]
Truth = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Folder:
    """One sample: its files by their path below the folder, and what is true of them."""

    name: str
    files: Mapping[str, bytes]
    truth: Truth

    def contents(self) -> dict[str, bytes]:
        """All files, the truth among them."""
        return {**self.files, "truth.toml": toml_text(self.truth).encode()}


def csv_bytes(
    header: Sequence[str], rows: Iterable[Row], *, encoding: str = "utf-8", newline: str = "\n", quoted: bool = False
) -> bytes:
    """A table as CSV; `quoted` puts quotation marks around every cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def json_text(value: object) -> str:
    """A value as the interfaces send it: no blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_list(items: Iterable[object], *, before: str = "[", after: str = "]") -> bytes:
    """A JSON list, one line for each item so that two versions can be compared."""
    lines = ",\n".join(json_text(item) for item in items)
    return f"{before}\n{lines}\n{after}\n".encode()


def json_map(items: Mapping[str, object]) -> bytes:
    """A JSON object, one line for each key."""
    lines = ",\n".join(f"{json_text(key)}:{json_text(value)}" for key, value in items.items())
    return f"{{\n{lines}\n}}\n".encode()


SAVED = datetime(2025, 6, 30, 18, 30)  # noqa: DTZ001 - a workbook states its day of making without a zone
PACKED = (2025, 6, 30, 18, 30, 0)


@dataclass(frozen=True)
class Subform:
    """A list inside each record: its caption, its column among those of the record, its own columns."""

    caption: str
    at: int
    columns: tuple[str, ...]


def xlsx_bytes(sheet: str, header: Sequence[str], rows: Rows) -> bytes:
    """A workbook of one sheet with one header row."""
    made = _Sheet(sheet)
    for place, cells in enumerate((header, *rows)):
        made.sheet.write_row(place, 0, cells)
    return made.bytes()


def xlsx_with_subform(sheet: str, header: Sequence[str], records: Iterable[tuple[Row, Rows]], sub: Subform) -> bytes:
    """A workbook with a header of two rows; each record takes as many rows as its list has, and its own cells are
    merged over them."""
    made = _Sheet(sheet)
    width = len(sub.columns)
    spots = [place if place < sub.at else place + width for place in range(len(header))]
    for spot, caption in zip(spots, header, strict=True):
        made.sheet.merge_range(0, spot, 1, spot, caption)
    made.sheet.merge_range(0, sub.at, 0, sub.at + width - 1, sub.caption)
    made.sheet.write_row(1, sub.at, sub.columns)
    line = 2
    for cells, inner in records:
        for spot, cell in zip(spots, cells, strict=True):
            made.tall(line, spot, max(1, len(inner)), cell)
        for place, values in enumerate(inner):
            made.sheet.write_row(line + place, sub.at, values)
        line += max(1, len(inner))
    return made.bytes()


class _Sheet:
    """A workbook of one sheet in memory."""

    def __init__(self, name: str) -> None:
        self.room = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.room, {"in_memory": True})
        self.book.set_properties({"created": SAVED})
        self.sheet = self.book.add_worksheet(name)

    def tall(self, line: int, spot: int, height: int, cell: object) -> None:
        """A cell merged over `height` rows; an empty one stays empty."""
        if height == 1:
            self.sheet.write(line, spot, cell)
        else:
            self.sheet.merge_range(line, spot, line + height - 1, spot, cell)

    def bytes(self) -> bytes:
        """The packed workbook, with a fixed time and system on each part."""
        self.book.close()
        packed = io.BytesIO()
        with zipfile.ZipFile(self.room) as loose, zipfile.ZipFile(packed, "w") as tight:
            for part in loose.namelist():
                told = zipfile.ZipInfo(part, PACKED)
                told.create_system, told.compress_type = 3, zipfile.ZIP_DEFLATED
                tight.writestr(told, loose.read(part))
        return packed.getvalue()


ABOUT_TRUTH = """\
# Written by generate_systems.py from its own plan and by counting what it wrote; ltcdiag had no part in it.
# Invented from the first to the last row. Money is in whole units of its currency, as text.
"""


def toml_text(told: Truth) -> str:
    """The truth as TOML, in the order given."""
    parts = [ABOUT_TRUTH]
    for name, values in told.items():
        parts.append(f"[{name}]\n" + "".join(f"{_key(key)} = {_toml(value)}\n" for key, value in values.items()))
    return "\n".join(parts)


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").isalnum() else json_text(key)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json_text(value) if isinstance(value, str) else repr(value)
