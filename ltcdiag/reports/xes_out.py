"""An event log as XES (IEEE 1849-2016), trace by trace: memory holds one batch of events, never the log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

from ..errors import ConservationError
from ..log.attributes import kind_of, moment_texts
from ..log.event_log import EventLog
from ..words import current, say
from .one_file import Exported, whole_file

if TYPE_CHECKING:
    import pandas as pd

_KEYS = {
    "activity": "concept:name", "instance": "concept:instance", "time": "time:timestamp", "start": "start_timestamp",
    "lifecycle": "lifecycle:transition", "resource": "org:resource", "role": "org:role", "department": "org:group",
}
"""Columns with a name of their own in XES; others keep theirs. A start has none in the standard: pm4py's is used."""
_CASE = "case:"
_PASSED_OVER = ("case_id", "stage", "main_stage")     # the trace's name; what we derived
_ROWS = 20_000                          # turned into text at once
_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
"""
_GLOBALS = """<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/>\
</global>
<classifier name="Activity" keys="concept:name"/>
"""
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_SPECIAL = re.compile("[&<>\"\t\n\r]|[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_FRACTION = ".000000"
_LIKE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*(?:<!--.*?-->\s*)*<(?:\w+:)?log[\s>]", re.DOTALL)


def write_xes(
    log: EventLog, path: str | Path, *, rows: Iterable[pd.DataFrame] | None = None, force: bool = False
) -> Exported:
    """Writes the events of a log, cases and events in the order of the log.

    rows: the events in batches, each with case_id, activity, time and, where known, start, lifecycle, instance,
    resource, role, department, source_row and further columns; cases stand together. `case:…` columns become attributes
    of the trace, from its first row. By default the points of the log: activity, time and source row, all at once.
    Times have the offset of the log's zone; on a wall clock they have none. force: an earlier XES file at `path` is
    replaced. Raises OutputError; ConservationError where the rows are not the events of the log.
    Law: what is written is read back as the same cases, events and order, to the microsecond.
    """
    batches = rows if rows is not None else (log.tables.answer("points").table,)
    zone = None if log.timezone is None else ZoneInfo(log.timezone)
    with whole_file(path, same=lambda head: _LIKE.match(head) is not None, force=force) as working:
        with working.open("w", encoding="utf-8", newline="\n") as out:
            writer = _Writer(out, zone)
            writer.whole(log.name, batches)
        if (writer.traces, writer.events) != (log.cases, log.events):
            raise ConservationError(f"{writer.traces} cases and {writer.events} events were written of "
                                    f"{log.cases} and {log.events}")
    notes = [say("exports.xes_wall_clock", current())] if zone is None else []
    if writer.pictured:
        notes.append(say("exports.xes_characters", current()))
    return Exported(Path(path), "xes", {"cases": writer.traces, "events": writer.events}, tuple(notes))


class _Writer:
    """The open file and what has been written to it."""

    def __init__(self, out: TextIO, zone: ZoneInfo | None) -> None:
        self.out, self.zone = out, zone
        self.traces = self.events = 0
        self.pictured = False

    def whole(self, name: str, batches: Iterable[pd.DataFrame]) -> None:
        """The file from its first to its last sign."""
        self.out.write(_HEAD)
        for extension, prefix in _EXTENSIONS:
            self.out.write(f'<extension name="{extension}" prefix="{prefix}" '
                           f'uri="http://www.xes-standard.org/{prefix}.xesext"/>\n')
        self.out.write(f"{_GLOBALS}{self._attribute('concept:name', name)}\n")
        case: object = None
        for batch in batches:
            case = self._batch(batch, case)
        self.out.write("</trace>\n</log>\n" if self.traces else "</log>\n")

    def _batch(self, batch: pd.DataFrame, case: object) -> object:
        """The events of a batch; returns the case that is still open."""
        keys = {column: _KEYS.get(column, column) for column in map(str, batch.columns) if column not in _PASSED_OVER}
        of_event = {column: key for column, key in keys.items() if not column.startswith(_CASE)}
        of_trace = {column: column.removeprefix(_CASE) for column in keys if column.startswith(_CASE)}
        for start in range(0, len(batch), _ROWS):
            part = batch.iloc[start : start + _ROWS]
            owners = part["case_id"].astype(object).tolist()
            for owner, head, event in zip(
                    owners, self._texts(part, of_trace), self._texts(part, of_event), strict=True):
                if owner != case or not self.traces:
                    self._open_trace(owner, head)
                    case = owner
                self.out.write(f"<event>{event}</event>\n")
                self.events += 1
        return case

    def _open_trace(self, case: object, attributes: str) -> None:
        self.out.write("</trace>\n<trace>" if self.traces else "<trace>")
        self.out.write(f"{self._attribute('concept:name', str(case))}{attributes}\n")
        self.traces += 1

    def _texts(self, rows: pd.DataFrame, keys: dict[str, str]) -> Iterator[str]:
        """The attributes of each row as XML."""
        cells = [self._cells(rows[column], key) for column, key in keys.items()]
        return map("".join, zip(*cells, strict=True)) if cells else iter([""] * len(rows))

    def _cells(self, column: pd.Series, key: str) -> list[str]:
        """The values of a column as XML, "" where one is missing."""
        import pandas as pd

        if kind_of(column) == "time":
            column = pd.to_datetime(column)
            begin = f'<date key="{self._escaped(key)}" value="'
            return ["" if text is None else f'{begin}{text}"/>' for text in self._moments(column)]
        values = column.astype(object).where(column.notna(), None).tolist()
        seen = set(zip(map(type, values), values, strict=True))
        made = {(kind, value): self._attribute(key, value) for kind, value in seen if value is not None}
        return [made.get(value, "") for value in zip(map(type, values), values, strict=True)]

    def _moments(self, column: pd.Series) -> list[str | None]:
        """ISO 8601 with the offset of the zone at that moment, or as it stands on a wall clock."""
        if self.zone is None or column.dt.tz is not None:
            end = "" if column.dt.tz is None else "Z"
            return [text and text.removesuffix(_NO_FRACTION) + end for text in moment_texts(column)]
        shown = column.dt.tz_localize("UTC").dt.tz_convert(self.zone).dt.tz_localize(None)
        offsets = (shown - column).dt.total_seconds()
        old = offsets % 60 != 0                 # sun time of a hundred years ago: XML knows whole minutes only
        shown, offsets = shown.mask(old, column), offsets.mask(old, 0)
        names = {offset: _offset(offset) for offset in offsets.dropna().unique()}
        texts = zip(moment_texts(shown), offsets, strict=True)
        return [text and text.removesuffix(_NO_FRACTION) + names[offset] for text, offset in texts]

    def _attribute(self, key: str, value: Any) -> str:
        tag, text = self._typed(value)
        return f'<{tag} key="{self._escaped(key)}" value="{self._escaped(text)}"/>'

    def _typed(self, value: Any) -> tuple[str, str]:
        value = value.item() if hasattr(value, "item") else value      # numpy's scalars
        if isinstance(value, bool):
            return "boolean", "true" if value else "false"
        if isinstance(value, int):
            return "int", str(value)
        if isinstance(value, float | Decimal):
            return "float", str(value)
        return "string", value.isoformat() if isinstance(value, date) else str(value)

    def _escaped(self, text: str) -> str:
        """Text as it may stand between quotes. A control character, which XML forbids even as a number, becomes the
        sign that pictures it, anything else that is no character U+FFFD."""
        return _SPECIAL.sub(self._sign, text)

    def _sign(self, found: re.Match[str]) -> str:
        known = _ESCAPED.get(found[0])
        if known is None:
            self.pictured = True
            known = chr(0x2400 + ord(found[0])) if ord(found[0]) < 0x20 else "\ufffd"
        return known


def _offset(seconds: float) -> str:
    """+08:00 for eight hours ahead."""
    ahead = timedelta(seconds=abs(seconds))
    hours, minutes = divmod(round(ahead.total_seconds() / 60), 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"
