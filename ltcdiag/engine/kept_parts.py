"""A log on disk that can grow: one part an export, its rows with their types, never changed once it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.event_log import EventLog
from ..log.ledger import RowSetAside
from ..log.records import ColumnMap, Fates, PartFile, TextBatch, TextTable, TypedTable
from ..words import current, say
from .connection import ROWS_A_FILE, connect, literal
from .duck_tables import DuckTables, Store
from .loading import Loaded

if TYPE_CHECKING:
    import duckdb

ROWS, CHANGES, FACTS = "rows.parquet", "changes.parquet", "part.json"
_BATCH = 122_880        # rows of a group in a file, as DuckDB writes them


@dataclass(frozen=True)
class Part:
    """One export as it is kept. folder: where its files are. facts: what `write_part` returned. whole: False where it
    holds only rows that are new or changed, so that nothing is withdrawn by what it lacks."""

    folder: Path
    facts: Mapping[str, Any]
    whole: bool = True

    @property
    def rank(self) -> tuple[str, str]:
        """Parts are taken one after the other by their last recorded moment, whatever the order they came in."""
        return self.facts["latest"], self.facts["digest"]

    @property
    def width(self) -> int:
        """How many files its tables have."""
        return sum(len(table.get("parts", ())) or 1 for table in self.facts["tables"])

    @property
    def columns(self) -> frozenset[str]:
        """The columns that were read, of all its tables."""
        return frozenset(column for table in self.facts["tables"] for column in table["cells"])


def write_part(log: EventLog, folder: Path) -> dict[str, Any]:
    """Writes the rows of a log, with their cells, into a folder; returns the facts that go with them as plain values.

    Raises InputError for a log of which only some cases are left, and for one of objects."""
    tables = log.tables
    if not isinstance(tables, DuckTables) or tables.selection or tables.store.objects:
        raise InputError(say("kept.filtered", current()), fix=say("kept.filtered_fix", current()))
    store = tables.store
    source = _readable(store)
    write_parquet(source, "select * from typed order by row", folder / ROWS)
    for place, item in enumerate(store.loaded):
        cells = "".join(f", {cell} as x{number}" for number, cell in enumerate(item.cells.values()))
        write_parquet(source, f"select ({item.line})::bigint as line{cells} from {item.relation}",
                      cells_file(folder, place))
    if store.deeds:
        write_parquet(store.connection, "select * from defect_cells order by row, defect, col", folder / CHANGES)
    latest = store.connection.sql(f"select max(ts) from ({_in_time(store)})").fetchall()[0][0]
    return {**_facts(log, store), "latest": latest.isoformat(sep=" ")}


def cells_file(folder: Path, place: int) -> Path:
    """Where the cells of the table at a place are."""
    return folder / f"cells_{place}.parquet"


def _in_time(store: Store) -> str:
    return f"select {'greatest(ts, st)' if 'st' in store.columns else 'ts'} as ts from ev"


def write_parquet(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    """The rows of a statement as a Parquet file; also by a connection that may open no file itself."""
    import pyarrow.parquet as pq

    reader = connection.sql(sql).to_arrow_reader(_BATCH)
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as out:
        for batch in reader:
            out.write_batch(batch)


def _readable(store: Store) -> duckdb.DuckDBPyConnection:
    """A connection in which every table can be read: a log of typed files holds only views of them, and its own
    connection opens no file any more."""
    if all(item.stays for item in store.loaded):
        return store.connection
    views = dict(store.connection.sql("select view_name, sql from duckdb_views() where not internal").fetchall())
    fresh = connect()
    for table in [*(item.relation for item in store.loaded), "typed_all", "unfit_rows", "typed"]:
        if table in views:
            try:
                fresh.execute(views[table])
            except Exception as error:      # DuckDB's own; the file has gone or is another one now
                raise InputError(say("kept.source_gone", current(), detail=str(error).splitlines()[0])) from error
        elif _exists(store.connection, table):
            fresh.register("copied", store.connection.sql(f"from {table}").to_arrow_reader(_BATCH))
            fresh.execute(f"create table {table} as from copied")
            fresh.unregister("copied")
    return fresh


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.sql(f"select 1 from duckdb_tables() where table_name = {literal(table)}").fetchall())


def _facts(log: EventLog, store: Store) -> dict[str, Any]:
    lines = log.ledger.steps[0]
    outside = {*lines.set_aside, "table_not_used"}
    return {
        "tables": [_table_facts(item) for item in store.loaded],
        "digest": _digest(store.loaded),
        "files": [asdict(file) for file in log.ledger.files],
        "lines": {"out": lines.went_out, "set_aside": dict(lines.set_aside)},
        "rows": [asdict(row) for row in log.ledger.set_aside_rows if row.reason in outside],
        "repaired": log.ledger.totals.get("repaired", 0),
        "defects": [asdict(defect) for defect in log.defects],
        "deeds": dict(store.deeds),
        "timezone": log.timezone,
        "notes": list(store.notes),
        "privacy": [asdict(column) for column in log.privacy.columns],
    }


def _table_facts(item: Loaded) -> dict[str, Any]:
    table = item.table
    text = isinstance(table, TextTable)
    return {"file": table.file, "sha256": table.sha256, "text": text, "columns": list(table.columns),
            "roles": dict(item.map.columns), "cells": list(item.cells), "records": item.records,
            "parts": [(part.file, part.sha256) for part in table.parts] if isinstance(table, TypedTable) else []}


def _digest(loaded: Sequence[Loaded]) -> str:
    told = [(item.table.sha256, sorted(item.map.columns.items())) for item in loaded]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def load_parts(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part]) -> list[Loaded]:
    """Every table of the parts, in their order; the relations `told` (as `typed` was in each part, beside `part`: its
    place) and `defect_cells`."""
    loaded: list[Loaded] = []
    rows, changed = [], []
    for place, part in enumerate(parts):
        shift = _next(loaded) * ROWS_A_FILE
        rows.append(f"select * replace (row + {shift} as row), {place}::smallint as part "
                    f"from read_parquet({literal(str(part.folder / ROWS))})")
        if part.facts["deeds"]:
            changed.append(f"select * replace (row + {shift} as row) "
                           f"from read_parquet({literal(str(part.folder / CHANGES))})")
        for number, facts in enumerate(part.facts["tables"]):
            loaded.append(_loaded(connection, _next(loaded), facts, cells_file(part.folder, number)))
    connection.execute("create table told as " + " union all by name ".join(rows))
    if changed:
        connection.execute("create table defect_cells as " + " union all by name ".join(changed))
    return loaded


def _next(loaded: Sequence[Loaded]) -> int:
    """The number of the next file."""
    return max(loaded[-1].files) + 1 if loaded else 0


def _loaded(
    connection: duckdb.DuckDBPyConnection, index: int, facts: Mapping[str, Any], path: Path
) -> Loaded:
    relation = f"raw_{index}"
    connection.execute(f"create table {relation} as from read_parquet({literal(str(path))})")
    described = connection.sql(f"select * from {relation} limit 0")
    types = dict(zip(described.columns, map(str, described.types), strict=True))
    cells = {column: f"x{number}" for number, column in enumerate(facts["cells"])}
    table: TextTable | TypedTable
    if facts["text"]:
        table = TextTable(facts["file"], facts["sha256"], "", "", tuple(facts["columns"]), _nothing)
    else:
        parts = tuple(PartFile(file, sha256, path) for file, sha256 in facts.get("parts", ()))
        table = TypedTable(facts["file"], facts["sha256"], path, tuple(facts["columns"]), parts)
    return Loaded(index, table, ColumnMap(facts["roles"]), relation, "line", cells,
                  {column: types[cell] for column, cell in cells.items()}, facts["records"], Fates())


def _nothing(fates: Fates) -> Iterator[TextBatch]:
    """What was kept is not read from its file again."""
    del fates
    return iter(())


def rows_outside(parts: Sequence[Part], *, unused: bool) -> list[RowSetAside]:
    """Lines that are no records, or the tables that were not used."""
    return [RowSetAside(**row) for part in parts for row in part.facts["rows"]
            if (row["reason"] == "table_not_used") == unused]


def day_orders(log: EventLog) -> set[str]:
    """The orders of day and month that the times of a log were read in."""
    return {times.order for item in _items(log) for times in item.times.values() if times.order}


def has_clock_times(log: EventLog) -> bool:
    """Whether some times of a log are clock times without a zone."""
    return any(times.naive for item in _items(log) for times in item.times.values())


def columns_of(log: EventLog) -> set[str]:
    """The columns of the tables of a log."""
    return {column for item in _items(log) for column in item.cells}


def _items(log: EventLog) -> Sequence[Loaded]:
    return log.tables.store.loaded if isinstance(log.tables, DuckTables) else ()
