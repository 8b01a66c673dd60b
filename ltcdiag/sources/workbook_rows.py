"""The sheets of a workbook as rows of text, read by a child process: what kills the child is said in a sentence."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..apart import run_apart
from ..errors import InputError
from . import workbook_child
from .content import Content
from .reasons import MAX_CELLS, fault
from .workbook_child import FRAME

_LEAST_BYTES, _BYTES_EACH = 1536 * 1024**2, 16      # of memory, and for each byte that the workbook unpacks to
_LEAST_SECONDS, _BYTES_A_SECOND = 60, 1024**2
_MOST_BLOCK = 1 << 30                               # bytes of one block, unpacked

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Sheet:
    """One sheet. height, width: of what is filled (width: as it says itself, where the sheet is too large to be read).
    detail: why it cannot be read, "" where it can."""

    name: str
    height: int = 0
    width: int = 0
    merged: list[Range] | None = None
    detail: str = ""
    _blocks: list[bytes] = field(default_factory=list)

    def rows(self) -> list[list[str]]:
        """The cells as text, from the sheet's first row."""
        return [row for block in self._blocks for row in _unpacked(block)["rows"]]


def read_sheets(content: Content, data: bytes, unpacked: int) -> list[Sheet]:
    """The sheets of a workbook. unpacked: bytes of what is in it. Raises InputError: password, damage, too much to ask
    of memory or time."""
    memory = _LEAST_BYTES + _BYTES_EACH * unpacked
    seconds = _LEAST_SECONDS + unpacked // _BYTES_A_SECOND
    heavy = fault("workbook_heavy", where=content.file, mib=memory // 1024**2, seconds=seconds)
    said = run_apart(workbook_child.__file__, str(MAX_CELLS), library="python_calamine", memory=memory,
                     seconds=seconds, data=data)
    sheets: list[Sheet] = []
    try:
        for holds_rows, block in _cut(said or b""):
            if holds_rows:
                sheets[-1]._blocks.append(block)  # noqa: SLF001 - being made
                continue
            head = _unpacked(block)
            if "end" in head:
                return _ended(content, head, sheets)
            sheets.append(_begun(head))
    except (ValueError, LookupError, TypeError, struct.error, zlib.error):     # not what our script writes
        pass
    raise InputError(heavy)


def _ended(content: Content, head: dict[str, Any], sheets: list[Sheet]) -> list[Sheet]:
    if head["end"] == "password":
        raise InputError(fault("password", where=content.file))
    if head["end"]:
        raise InputError(fault("damaged_workbook", where=content.file, detail=str(head["detail"])))
    return sheets


def _begun(head: dict[str, Any]) -> Sheet:
    merged = head.get("merged")
    return Sheet(str(head["sheet"]), int(head.get("height", 0)), int(head.get("width", 0)),
                 None if merged is None else [((a, b), (c, d)) for (a, b), (c, d) in merged],
                 str(head.get("detail", "")))


def _cut(stream: bytes) -> Iterator[tuple[bool, bytes]]:
    """Whether a block holds rows, and the block, still packed."""
    place, before = 0, struct.calcsize(FRAME)
    while place < len(stream):
        holds_rows, length = struct.unpack_from(FRAME, stream, place)
        yield holds_rows, stream[place + before : place + before + length]
        place += before + length


def _unpacked(block: bytes) -> dict[str, Any]:
    text = zlib.decompressobj().decompress(block, _MOST_BLOCK)
    head = json.loads(text)
    if not isinstance(head, dict):
        raise TypeError
    return head
