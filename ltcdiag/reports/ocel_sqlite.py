"""OCEL 2.0 as a SQLite database: the tables of the standard, and two of ours that make reading back exact."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..log.attributes import moment_texts
from ..log.ocel_format import ABOUT, BEGINNING, CLOCK, COLUMNS, TABLES, UTC, WALL
from ..log.ocel_format import OWN_COLUMNS as OWN
from .ocel_parts import Attribute, Parts, table_names, written

if TYPE_CHECKING:
    import pandas as pd

MAGIC = b"SQLite format 3\x00"
_ROWS = 20_000      # turned into values of a database at once
_TYPES = {"integer": "INTEGER", "float": "REAL", "decimal": "REAL", "boolean": "BOOLEAN", "time": "TIMESTAMP"}
_BEGINNING = BEGINNING.isoformat(sep=" ")
_TAKEN = ("object", "map_type")     # event_object, event_map_type, object_object, object_map_type are the standard's
_STANDARD = """
create table event_map_type (ocel_type text primary key, ocel_type_map text);
create table object_map_type (ocel_type text primary key, ocel_type_map text);
create table event (ocel_id text primary key, ocel_type text references event_map_type (ocel_type));
create table object (ocel_id text primary key, ocel_type text references object_map_type (ocel_type));
create table event_object (ocel_event_id text references event (ocel_id),
  ocel_object_id text references object (ocel_id), ocel_qualifier text,
  primary key (ocel_event_id, ocel_object_id, ocel_qualifier));
create table object_object (ocel_source_id text references object (ocel_id),
  ocel_target_id text references object (ocel_id), ocel_qualifier text,
  primary key (ocel_source_id, ocel_target_id, ocel_qualifier));
"""


def fill(path: Path, parts: Parts, *, zone_known: bool) -> None:
    """Writes a log into an empty file. Raises sqlite3.Error and OSError."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536;")
        connection.executescript(f"begin; {_STANDARD}")
        _events(connection, parts)
        _objects(connection, parts)
        _insert(connection, "event_object", TABLES["event_object"], _rows(parts.relations))
        _insert(connection, "object_object", TABLES["object_object"], _rows(parts.links))
        _ours(connection, parts, zone_known=zone_known)
        connection.execute("commit")


def _events(connection: sqlite3.Connection, parts: Parts) -> None:
    _types(connection, "event", parts.events["activity"], parts.events["event_id"])
    for table, own in _tables("event", parts.events["activity"]):
        rows = parts.events.iloc[own]
        had = _had(parts.event_attributes, rows)
        _create(connection, table, "event", OWN[:2], had)
        columns = (*OWN[:2], *(attribute.column for attribute in had))
        values = ([_moments(part["timestamp"]), *_values(part, had)] for part in _in_parts(rows))
        chunks = zip(_in_parts(rows), values, strict=True)
        _insert(connection, table, columns, (r for part, v in chunks for r in zip(part["event_id"], *v, strict=True)))


def _objects(connection: sqlite3.Connection, parts: Parts) -> None:
    """Each object has a row from the beginning, and one more for each change, with the changed value alone."""
    types = parts.objects["object_type"]
    _types(connection, "object", types, parts.objects["object_id"])
    type_of = dict(zip(parts.objects["object_id"], types, strict=True))
    changes = dict(tuple(parts.changes.groupby(parts.changes["object_id"].map(type_of), sort=False)))
    known = parts.of_objects()
    for table, own in _tables("object", types):
        rows = parts.objects.iloc[own]
        changed = changes.get(rows["object_type"].iloc[0], parts.changes.iloc[:0])
        named = dict.fromkeys([*(a.name for a in _had(parts.object_attributes, rows)), *changed["attribute"]])
        had = [known[name] for name in known if name in named]
        _create(connection, table, "object", OWN, had)
        columns = (*OWN, *(attribute.column for attribute in had))
        _insert(connection, table, columns, _first_rows(rows, had))
        _insert(connection, table, columns, _change_rows(changed, had))


def _first_rows(rows: pd.DataFrame, had: Sequence[Attribute]) -> Iterator[tuple[Any, ...]]:
    for part in _in_parts(rows):
        n = len(part)
        yield from zip(part["object_id"], [_BEGINNING] * n, [None] * n, *_values(part, had), strict=True)


def _change_rows(changed: pd.DataFrame, had: Sequence[Attribute]) -> Iterator[tuple[Any, ...]]:
    """In the order of the changes; a value that is missing stays empty: from then on there is none."""
    places = {attribute.name: place for place, attribute in enumerate(had)}
    columns = [attribute.column for attribute in had]
    for part in _in_parts(changed):
        values: list[Any] = [None] * len(part)
        names = part["attribute"].to_numpy()
        for attribute in had:
            mine = (names == attribute.name).nonzero()[0]
            for row, value in zip(mine, written(part["value"].iloc[mine], attribute), strict=True):
                values[row] = _bound(value, attribute)
        for key, moment, name, value in zip(part["object_id"], _moments(part["timestamp"]), names, values, strict=True):
            cells: list[Any] = [None] * len(had)
            cells[places[name]] = value
            yield (key, moment, columns[places[name]], *cells)


def _ours(connection: sqlite3.Connection, parts: Parts, *, zone_known: bool) -> None:
    connection.execute(f"create table {ABOUT} (key text primary key, value text)")
    _insert(connection, ABOUT, ("key", "value"), [(CLOCK, UTC if zone_known else WALL)])
    columns = ("part", "position", "attribute", "column_name", "kind")
    connection.execute(f"create table {COLUMNS} (part text, position integer, attribute text, column_name text, "
                       "kind text, primary key (part, position))")
    described = (("event", parts.event_attributes), ("object", parts.object_attributes), ("change", parts.changing))
    _insert(connection, COLUMNS, columns, (
        (part, place, attribute.name, attribute.column, attribute.kind)
        for part, attributes in described for place, attribute in enumerate(attributes)))


def _types(connection: sqlite3.Connection, what: str, types: pd.Series, ids: pd.Series) -> None:
    names = table_names(sorted(types.unique()), _TAKEN)
    _insert(connection, f"{what}_map_type", TABLES[f"{what}_map_type"], names.items())
    _insert(connection, what, TABLES[what], zip(ids, types, strict=True))


def _tables(what: str, types: pd.Series) -> Iterator[tuple[str, Any]]:
    """The table of each type and the places of its rows."""
    places: Mapping[str, Any] = types.groupby(types.to_numpy(), sort=True).indices
    for name, mapped in table_names(sorted(places), _TAKEN).items():
        yield f"{what}_{mapped}", places[name]


def _had(attributes: Iterable[Attribute], rows: pd.DataFrame) -> list[Attribute]:
    """The attributes that some row has."""
    return [attribute for attribute in attributes if rows[attribute.name].notna().any()]


def _create(
    connection: sqlite3.Connection, table: str, what: str, own: Sequence[str], had: Iterable[Attribute]
) -> None:
    key = f"ocel_id text {'primary key ' if what == 'event' else ''}references {what} (ocel_id)"
    fixed = [key, "ocel_time TIMESTAMP", *(f"{column} text" for column in own[2:])]     # read by name: in capitals
    extra = [f"{_quoted(a.column)} {_TYPES.get(a.kind, 'TEXT') if a.exact else 'TEXT'}" for a in had]
    connection.execute(f"create table {_quoted(table)} ({', '.join([*fixed, *extra])})")


def _insert(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    names, places = ", ".join(map(_quoted, columns)), ", ".join("?" * len(columns))
    connection.executemany(f"insert into {_quoted(table)} ({names}) values ({places})", rows)  # noqa: S608 - quoted


def _rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    return zip(*(frame[column] for column in frame.columns), strict=True)


def _in_parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    return (frame.iloc[start : start + _ROWS] for start in range(0, len(frame), _ROWS))


def _values(rows: pd.DataFrame, had: Iterable[Attribute]) -> list[list[Any]]:
    """The values of each attribute; of one that only changes have none."""
    return [[_bound(value, a) for value in written(rows[a.name], a)] if a.name in rows else [None] * len(rows)
            for a in had]


def _bound(value: Any, attribute: Attribute) -> Any:
    if value is None:
        return None
    if attribute.kind == "time":
        return value.replace("T", " ", 1)
    return int(value) if attribute.kind == "boolean" else value


def _moments(column: pd.Series) -> list[str | None]:
    return [text and text.replace("T", " ", 1) for text in moment_texts(column)]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
