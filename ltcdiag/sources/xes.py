"""XES event logs by a streaming reader of our own: no document types, no entities, no network.

Follows IEEE 1849-2016: attributes of a trace become `case:<key>`, attributes of an event its columns;
extensions, globals and classifiers are passed over; of nested attributes only the outer value is kept.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from ..errors import InputError
from ..log.records import TextTable
from .content import Content
from .reasons import MAX_COLUMNS, fault, note, shorten
from .spool import Spool

CASE = "case:concept:name"
_CHUNK = 1 << 20
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([\w.\-]+)["']""")
_OF_OCEL = ("object-types", "event-types", "objects")
_KNOWN_TO_EXPAT = ("utf-8", "utf-16", "iso-8859-1", "us-ascii", "ascii")


def open_xes(content: Content) -> TextTable:
    """The events of an XES file. Raises InputError: document type, broken XML, no event."""
    reader = _Reader(content.file)
    parser = expat.ParserCreate(encoding=None)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.handlers()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reader.refuse
    try:
        for data in _utf8_chunks(content):
            parser.Parse(data)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise InputError(
            fault("broken_xml", where=content.file, line=error.lineno, detail=expat.ErrorString(error.code))
        ) from error
    return reader.table(content)


def _utf8_chunks(content: Content) -> Iterator[bytes]:
    """The bytes as they are, or as UTF-8 where the file declares an encoding expat does not know."""
    declared = _DECLARED.match(content.head(200).removeprefix(codecs.BOM_UTF8))
    name = declared[1].decode().lower() if declared else "utf-8"
    with content.start() as stream:
        if name in _KNOWN_TO_EXPAT:
            yield from iter(lambda: stream.read(_CHUNK), b"")
            return
        try:
            decoder = codecs.getincrementaldecoder("gb18030" if name in ("gbk", "gb2312") else name)()
            first = decoder.decode(stream.read(_CHUNK))
            yield first.replace(declared[1].decode() if declared else "", "UTF-8", 1).encode()
            for data in iter(lambda: stream.read(_CHUNK), b""):
                yield decoder.decode(data).encode()
        except (LookupError, UnicodeError) as error:
            raise InputError(fault("undecodable_xml", where=content.file, encoding=name)) from error


class _Reader:
    """Collects the events trace by trace."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.spool = Spool(file)
        self.trace: dict[str, str | None] | None = None
        self.events: list[dict[str, str | None]] = []
        self.traces = self.nameless = self.loose = self.empty = 0

    def refuse(self, *_: object) -> None:
        raise InputError(fault("doctype", where=self.file))

    def handlers(self) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None]]:
        """What the parser calls at the start and end of each element. Attributes of the open trace or event
        stand at depth `level` and are kept in `target`. Plain variables: this runs millions of times."""
        depth, level = 0, -1
        target: dict[str, str | None] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, level, target
            depth += 1
            name = tag if ":" not in tag else tag.rpartition(":")[2]
            if depth == level and name != "event":
                if "value" in attributes and "key" in attributes:
                    target[attributes["key"]] = attributes["value"]
            elif name == "event" and depth <= 3:
                target, level = {}, depth + 1
            elif name == "trace" and depth == 2:
                target = self.trace = {}
                level = 3
                self.traces += 1
            elif depth == 2 and name in _OF_OCEL:
                raise InputError(fault("xml_is_ocel", where=self.file))
            elif depth == 1 and name != "log":
                raise InputError(fault("xml_not_xes", where=self.file, root=shorten(tag)))

        def end(_: str) -> None:
            nonlocal depth, level, target
            if depth == level - 1:
                target, level = self._leave(depth, target)
            depth -= 1

        return start, end

    def _leave(self, depth: int, target: dict[str, str | None]) -> tuple[dict[str, str | None], int]:
        """The end of a trace or an event; returns where attributes go from here, and their depth."""
        if depth == 2 and self.trace is not None:
            self._end_of_trace()
            self.trace = None
            return {}, -1
        self.events.append(target)
        if self.trace is not None:
            return self.trace, 3
        self.loose += 1
        self._keep({})
        return {}, -1

    def _end_of_trace(self) -> None:
        values = {f"case:{key}": value for key, value in (self.trace or {}).items()}
        if not values.get(CASE):
            values[CASE] = f"trace-{self.traces}"
            self.nameless += 1
        self.empty += not self.events
        self._keep(values)

    def _keep(self, case: dict[str, str | None]) -> None:
        for event in self.events:
            self.spool.lines += 1
            self.spool.add({**case, **event}, self.spool.lines)
        self.events = []

    def table(self, content: Content) -> TextTable:
        self.spool.close()
        if not self.spool.lines:
            raise InputError(fault("no_events", where=self.file))
        if len(self.spool.columns) > MAX_COLUMNS:
            raise InputError(
                fault("too_many_header_columns", where=self.file, n=len(self.spool.columns), limit=MAX_COLUMNS)
            )
        notes = [
            note(key, file=self.file, n=n)
            for key, n in (("xes_nameless", self.nameless), ("xes_loose", self.loose), ("xes_empty", self.empty))
            if n
        ]
        return TextTable(
            content.file,
            content.sha256,
            "utf-8",
            note("dialect_xes", traces=self.traces),
            tuple(self.spool.columns),
            self.spool.draw,
            tuple(notes),
        )
