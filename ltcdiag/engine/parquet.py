"""What a Parquet file holds, before it is read: the names of its columns and its first values as text."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from ..apart import run_apart
from . import parquet_child
from .connection import connect, literal

_LEAST_SECONDS, _BYTES_A_SECOND = 60, 1024**2
_LEAST_BYTES, _BYTES_EACH = 4 * 1024**3, 8      # of memory that may be addressed; DuckDB sets much aside
_FREE_ROWS, _MOST_ROWS_A_BYTE = 1_000_000, 20   # a log has some bytes a row; a bomb has many rows a byte


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Names of the columns, in order, of a file that another process has read from its first to its last value: what
    is damaged inside is said here, and not in the middle of a log. Raises ValueError where it cannot be read."""
    size = path.stat().st_size
    seconds = _LEAST_SECONDS + size // _BYTES_A_SECOND
    most_rows = max(_FREE_ROWS, _MOST_ROWS_A_BYTE * size)
    said = run_apart(parquet_child.__file__, str(path.resolve()), str(most_rows), library="duckdb",
                     memory=_LEAST_BYTES + _BYTES_EACH * size, seconds=seconds)
    found = json.loads(said) if said else {"detail": f"> {seconds} s, > {_LEAST_BYTES // 1024**3} GiB"}
    if "detail" in found:
        raise ValueError(found["detail"])
    return tuple(map(str, found["columns"]))


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


def parquet_sample(path: Path, rows: int) -> dict[str, list[str | None]]:
    """The first rows as text, column by column. Raises ValueError where they cannot be read."""
    import duckdb

    with closing(connect()) as connection:
        try:
            found = connection.sql(
                f"select columns(*)::varchar from (select * from read_parquet({literal(str(path))}) limit {rows:d})"
            )
            names, values = found.columns, found.fetchall()
        except duckdb.Error as error:
            raise ValueError(str(error).splitlines()[0]) from None
    cells = zip(*values, strict=True) if values else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, cells, strict=True)}
