"""iCalendar (RFC 5545): measures as to-dos, milestones and the review as events of a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from .items import MARK, Board, Item, clean

_LINE = 75      # octets of a line, without its end (RFC 5545, 3.1)
_STATUS = {"planned": "NEEDS-ACTION", "running": "IN-PROCESS", "done": "COMPLETED"}


def files(board: Board) -> dict[str, bytes]:
    """plan.ics; the same entry has the same UID in every file, so an import again updates it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ltcdiag//plan//EN", "CALSCALE:GREGORIAN"]
    for item in board.items:
        lines += _todo(item, board) if item.kind == "measure" or not item.due else _event(item, board)
    lines.append("END:VCALENDAR")
    return {"plan.ics": "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()}


def _todo(item: Item, board: Board) -> Iterator[str]:
    yield "BEGIN:VTODO"
    yield from _common(item, board)
    if item.begins and (not item.due or item.begins < item.due):     # DUE has to be later than DTSTART
        yield f"DTSTART;VALUE=DATE:{_day(item.begins)}"
    if item.due:
        yield f"DUE;VALUE=DATE:{_day(item.due)}"
    yield f"STATUS:{_STATUS[item.status]}"
    yield "END:VTODO"


def _event(item: Item, board: Board) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _common(item, board)
    yield f"DTSTART;VALUE=DATE:{_day(item.due)}"
    yield f"DTEND;VALUE=DATE:{date.fromisoformat(item.due) + timedelta(days=1):%Y%m%d}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _common(item: Item, board: Board) -> Iterator[str]:
    yield f"UID:{item.uid}@{MARK}"
    yield f"DTSTAMP:{_day(board.today)}T000000Z"
    yield f"SUMMARY:{_text(item.title)}"
    yield f"DESCRIPTION:{_text(chr(10).join(item.lines(board.lang)))}"
    yield f"CATEGORIES:{','.join(map(_text, item.labels))}"


def _text(value: str) -> str:
    """RFC 5545, 3.3.11."""
    said = clean(value).encode("utf-8", "replace").decode()
    return said.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _day(iso: str) -> str:
    return iso.replace("-", "")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, each but the first after a blank; no character is cut."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
