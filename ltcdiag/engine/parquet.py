"""What Parquet files hold, before they are read: the names of their columns and their first values as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from ..apart import run_apart
from ..log.records import TypedTable
from . import parquet_child
from .connection import ROWS_A_FILE, connect, literal, name

_NEEDED_NEXT = ("duckdb", "pandas")
"""Loaded while the other process reads: they take as long as it does for a million rows."""
_LEAST_SECONDS, _BYTES_A_SECOND = 60, 1024**2
_LEAST_BYTES, _BYTES_EACH = 4 * 1024**3, 8      # of memory that may be addressed; DuckDB sets much aside
_FREE_ROWS, _MOST_ROWS_A_BYTE = 1_000_000, 20   # a log has some bytes a row; a bomb has many rows a byte


Columns = tuple[tuple[str, str], ...]
"""Name and type of each column."""


def parquet_columns(paths: Sequence[Path], meanwhile: Callable[[], object] | None = None) -> list[Columns | str]:
    """Names and types of the columns, in order, of each of some files that another process has read from their first to
    their last value: what is damaged inside is said here, and not in the middle of a log. A text says why a file cannot
    be read. One process reads all of them, and where it fails each gets one of its own. meanwhile: called while it
    reads."""
    found = _read_apart(paths, meanwhile)
    if found is None and len(paths) > 1:
        return [each for path in paths for each in parquet_columns([path])]
    if found is None:
        size = paths[0].stat().st_size
        return [f"> {_seconds(size)} s, > {_LEAST_BYTES // 1024**3} GiB"]
    return [each["detail"] if "detail" in each else tuple((str(name), str(kind)) for name, kind in each["columns"])
            for each in found]


def _read_apart(paths: Sequence[Path], meanwhile: Callable[[], object] | None) -> list[dict[str, Any]] | None:
    sizes = [path.stat().st_size for path in paths]
    asked = [(str(path.resolve()), max(_FREE_ROWS, _MOST_ROWS_A_BYTE * size))
             for path, size in zip(paths, sizes, strict=True)]
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(run_apart, parquet_child.__file__, library="duckdb", data=json.dumps(asked).encode(),
                             memory=_LEAST_BYTES + _BYTES_EACH * max(sizes), seconds=_seconds(sum(sizes)))
        for library in _NEEDED_NEXT:
            import_module(library)
        if meanwhile:
            meanwhile()
        said = asking.result()
    found: list[dict[str, Any]] | None = json.loads(said) if said else None
    return found


def _seconds(size: int) -> int:
    return _LEAST_SECONDS + size // _BYTES_A_SECOND


def parquet_names(path: Path) -> tuple[str, ...]:
    """Names of the columns, in order, of a file whose values are read later. Raises ValueError where it is none."""
    import duckdb

    with closing(connect(1)) as connection:
        try:
            found = connection.sql(f"select * from read_parquet({literal(str(path))}, "
                                   "hive_partitioning = false) limit 0").columns
        except duckdb.Error as error:
            raise ValueError(str(error).splitlines()[0]) from None
    return tuple(map(str, found))


def parquet_sample(table: TypedTable, rows: int) -> dict[str, list[str | None]]:
    """The first rows as text, column by column. Raises ValueError where they cannot be read."""
    import duckdb

    with closing(connect()) as connection:
        try:
            found = connection.sql(f"select columns(*)::varchar from (select * exclude ({ROW}) from ({stored(table)}) "
                                   f"limit {rows:d})")
            names, values = found.columns, found.fetchall()
        except duckdb.Error as error:
            raise ValueError(str(error).splitlines()[0]) from None
    cells = zip(*values, strict=True) if values else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, cells, strict=True)}


ROW = "file_row_number"
"""The place of a row, from 0; in a table of several files the number of its file times ROWS_A_FILE before it."""


def stored(table: TypedTable, columns: Sequence[str] | None = None) -> str:
    """The rows of a table of files as SQL, with `file_row_number`. columns: some of them, by default all."""
    keep = table.columns if columns is None else columns
    if not table.parts:
        names = ", ".join([*map(name, keep), ROW])
        path = literal(str(table.origin))
        return f"select {names} from read_parquet({path}, file_row_number = true, hive_partitioning = false)"
    told = table.told_by_folders
    names = ", ".join([*(_told(table, column) if column in told else name(column) for column in keep),
                       f"file_index::bigint * {ROWS_A_FILE} + {ROW} as {ROW}"])
    paths = ", ".join(literal(str(part.path)) for part in table.parts)
    return f"select {names} from read_parquet([{paths}], hive_partitioning = false)"


def _told(table: TypedTable, column: str) -> str:
    values = ", ".join("null" if part.told[column] is None else literal(str(part.told[column])) for part in table.parts)
    return f"([{values}]::varchar[])[file_index::bigint + 1] as {name(column)}"
