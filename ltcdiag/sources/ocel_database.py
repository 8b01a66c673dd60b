"""OCEL 2.0 in its relational form: a SQLite file that is only read, table by table, and never trusted."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError
from ..log.attributes import KINDS, read_values
from ..log.ocel_format import ABOUT, CLOCK, COLUMNS, OWN_COLUMNS, TABLES, UTC, WALL
from ..unfinished import Scratch
from .content import Content
from .ocel_gathering import Gathered, OcelFile, made_log, wrong
from .reasons import MAX_COLUMNS

_ROWS = 20_000
_LONGEST_CELL = 16 * 1024**2
_LEAST_ROW = 4      # bytes that a row takes in the file at the very least
_DAMAGE = (sqlite3.Error, UnicodeError)     # the second where a message quotes bytes that are no text
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_DECLARED = (("BOOL", "boolean"), ("TIME", "time"), ("DATE", "time"), ("INT", "integer"), ("CHAR", "string"),
             ("CLOB", "string"), ("TEXT", "string"), ("REAL", "float"), ("FLOA", "float"), ("DOUB", "float"))


def read_database(content: Content) -> OcelFile:
    """The log in a SQLite file. Raises InputError: no OCEL file (tables or columns missing), damaged, in use."""
    try:
        with _on_disk(content) as path, closing(_opened(path)) as connection:
            return _Database(connection, content.file, path.stat().st_size).read(content)
    except _DAMAGE as error:
        raise InputError(wrong("damaged_database", where=content.file, detail=str(error))) from error


def is_database(content: Content) -> bool:
    """Whether a SQLite file has the six tables of OCEL 2.0."""
    try:
        with _on_disk(content) as path, closing(_opened(path)) as connection:
            return not set(TABLES) - set(_Database(connection, content.file, path.stat().st_size).tables)
    except (*_DAMAGE, InputError):
        return False


@contextmanager
def _on_disk(content: Content) -> Iterator[Path]:
    """The file itself, or a copy of what comes out of an archive."""
    path = content.on_disk
    if path is not None:
        for companion in ("-wal", "-journal"):
            beside = path.with_name(path.name + companion)
            if beside.is_file() and beside.stat().st_size:
                raise InputError(wrong("database_in_use", where=content.file, companion=beside.name))
        yield path
        return
    with closing(Scratch()) as scratch:
        copy = scratch.path / "log.sqlite"
        with content.start() as packed, copy.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
        yield copy


def _opened(path: Path) -> sqlite3.Connection:
    """Read only, as if nobody could change the file; views, functions and anything but reading are refused."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
    connection.execute("pragma trusted_schema = off")
    connection.set_authorizer(_permits)
    return connection


def _permits(action: int, first: str | None, *_: str | None) -> int:
    """Reading of tables, and the list of a table's columns."""
    allowed = action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo")
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


class _Database:
    """One open file: its real tables (no views, no virtual tables) and what is gathered from them."""

    def __init__(self, connection: sqlite3.Connection, file: str, size: int) -> None:
        self.connection, self.file, self.size = connection, file, size
        named = connection.execute("select name from sqlite_master where type = 'table' and rootpage > 0")
        self.tables = {str(name).lower(): str(name) for (name,) in named}
        self.gathered = Gathered(file)
        self.names: dict[str, dict[str, str]] = {"event": {}, "object": {}}      # column → attribute, where told
        self.kinds: dict[str, dict[str, str]] = {"event": {}, "object": {}}

    def read(self, content: Content) -> OcelFile:
        """Everything, in the order of the file."""
        self._must_be_ocel()
        clock = self._ours()
        for part, add in (("event", self.gathered.add_event), ("object", self.gathered.add_object)):
            for key, kind in self._rows(part, TABLES[part]):
                add(_id(key), _id(kind))
        maps = {part: self._map(part) for part in ("event", "object")}
        faults = [*self._types_without_table("event", maps["event"], self.gathered.activities),
                  *self._types_without_table("object", maps["object"], self.gathered.types)]
        if faults:
            raise InputError(faults)
        for table in maps["event"].values():
            self._event_table(table)
        for table in maps["object"].values():
            self._object_table(table)
        for table, found in (("event_object", self.gathered.relations), ("object_object", self.gathered.links)):
            found.extend((_id(a), _id(b), _id(q)) for a, b, q in self._rows(table, TABLES[table]))
        return made_log(self.gathered, content, "dialect_sqlite", clock)

    def _must_be_ocel(self) -> None:
        """All that is missing at once."""
        missing = [table for table in TABLES if table not in self.tables]
        if missing:
            raise InputError(wrong("tables_missing", where=self.file, missing=", ".join(missing),
                                   examples=sorted(self.tables.values())))
        faults = [fault for table, needed in TABLES.items() for fault in self._lacking(table, needed)]
        if faults:
            raise InputError(faults)

    def _lacking(self, table: str, needed: Sequence[str]) -> list[Fault]:
        gone = [column for column in needed if column not in self._columns(table)]
        if not gone:
            return []
        return [wrong("columns_missing", where=f"{self.file}: {table}", table=table, missing=", ".join(gone),
                      examples=list(self._columns(table)))]

    def _columns(self, table: str) -> dict[str, str]:
        """The stored columns of a table and their declared types; computed ones (generated) are not there for us."""
        rows = self.connection.execute(f"pragma table_xinfo({_quoted(self.tables[table.lower()])})")
        return {str(row[1]): str(row[2] or "").upper() for row in rows if not row[6]}

    def _rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows as they stand in the file (an index would sort them). A file that gives more rows than fit into
        its bytes leads its readers in circles."""
        names, real = ", ".join(map(_quoted, columns)), _quoted(self.tables[table.lower()])
        cursor = self.connection.execute(f"select {names} from {real} not indexed")  # noqa: S608 - quoted
        seen = 0
        while rows := cursor.fetchmany(_ROWS):
            seen += len(rows)
            if seen * _LEAST_ROW > self.size:
                raise InputError(wrong("damaged_database", where=self.file, detail=table))
            yield from rows

    def _map(self, part: str) -> dict[str, str]:
        """Type → its table, where that is there."""
        pairs = ((_id(name), f"{part}_{_id(mapped)}") for name, mapped in self._rows(
            f"{part}_map_type", TABLES[f"{part}_map_type"]))
        return {name: table for name, table in pairs if table.lower() in self.tables}

    def _types_without_table(self, part: str, mapped: dict[str, str], types: Sequence[str]) -> Iterator[Fault]:
        own = OWN_COLUMNS[:2]
        for name in sorted(set(types) - set(mapped)):
            yield wrong("type_without_table", where=self.file, name=name, table=f"{part}_map_type")
        for table in dict.fromkeys(mapped.values()):
            yield from self._lacking(table, own)
            if len(self._columns(table)) > MAX_COLUMNS:
                yield wrong("too_many_columns", where=self.file, table=table, limit=MAX_COLUMNS)

    def _ours(self) -> str | None:
        """What our own two tables say, if they are there and right: the clock; names and kinds of columns."""
        clock = None
        if ABOUT in self.tables and not {"key", "value"} - set(self._columns(ABOUT)):
            about = {str(key): value for key, value in self._rows(ABOUT, ("key", "value"))}
            clock = about.get(CLOCK) if about.get(CLOCK) in (UTC, WALL) else None
        told = ("part", "attribute", "column_name", "kind")
        if COLUMNS in self.tables and not set(told) - set(self._columns(COLUMNS)):
            self._described([tuple(map(_id, row)) for row in self._rows(COLUMNS, told)])
        return clock

    def _described(self, rows: Sequence[tuple[str, ...]]) -> None:
        for part, attribute, column, kind in rows:
            owner = "event" if part == "event" else "object"
            self.names[owner][column] = attribute
            if kind in KINDS:
                self.kinds[owner][column] = kind
            if part in ("event", "object"):
                self.gathered.columns[part] = (*self.gathered.columns.get(part, ()), attribute)

    def _event_table(self, table: str) -> None:
        found = self._table(table, "event", OWN_COLUMNS[:2])
        rows = [self._place("event", key) for key in found["ocel_id"]]
        for row, key, moment in zip(rows, found["ocel_id"], found["ocel_time"], strict=True):
            if row is not None and self.gathered.moments[row] is None:
                self.gathered.moments[row] = moment
            elif row is not None:
                self.gathered.leave_out("event_rows_repeated", _id(key))
        for name, values in self._attributes(found, OWN_COLUMNS[:2]):
            self.gathered.put("event", self.names["event"].get(name, name), rows, values)

    def _object_table(self, table: str) -> None:
        """Rows without a changed field hold values from the beginning or from their time on, the others a change."""
        own = OWN_COLUMNS if OWN_COLUMNS[2] in self._columns(table) else OWN_COLUMNS[:2]
        found = self._table(table, "object", own)
        places = [self._place("object", key) for key in found["ocel_id"]]
        fields = found.get(OWN_COLUMNS[2], [None] * len(places))
        columns = dict(self._attributes(found, own))
        told = self.names["object"]
        for row, (place, key, moment, column) in enumerate(
                zip(places, found["ocel_id"], found["ocel_time"], fields, strict=True)):
            if place is None:
                continue
            if column is None or column == "":
                for name, values in columns.items():
                    if values[row] is not None:
                        self.gathered.first_or_change(_id(key), told.get(name, name), moment, values[row])
            elif column in columns:
                self.gathered.changes.append((_id(key), told.get(column, column), moment, columns[column][row]))
            else:
                self.gathered.leave_out("changes_of_nothing", _id(key), column)

    def _place(self, part: str, key: Any) -> int | None:
        """The row of an event or object; None, and counted, where the file does not list it."""
        known = self.gathered.events if part == "event" else self.gathered.objects
        place = known.get(_id(key))
        if place is None:
            self.gathered.leave_out(f"{part}_rows_unknown", _id(key))
        return place

    def _table(self, table: str, part: str, own: Sequence[str]) -> dict[str, list[Any]]:
        """The columns of a table, each in the kind that the file declares for it."""
        declared = self._columns(table)
        columns = [*own, *(column for column in declared if column not in own)]
        rows = list(self._rows(table, columns))
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        kinds = {column: self.kinds[part].get(column) or _kind(declared[column]) for column in columns}
        return {column: found if column in own else read_values([self._plain(value) for value in found], kinds[column])
                for column, found in zip(columns, values, strict=True)}

    def _attributes(self, found: dict[str, list[Any]], own: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
        return ((name, values) for name, values in found.items() if name not in own)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, bytes):
            self.gathered.leave_out("binary_values", f"{len(value)} bytes")
            return None
        return value


def _kind(declared: str) -> str:
    """The kind of a column by its declared type; "" where that says nothing."""
    return next((kind for word, kind in _DECLARED if word in declared), "")


def _id(value: Any) -> str:
    """An id, type or qualifier as text: some tools store whole numbers as numbers, or with a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
