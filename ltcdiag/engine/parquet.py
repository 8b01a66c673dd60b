"""What a Parquet file holds, before it is read: the names of its columns and its first values as text."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from .connection import connect, literal


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Names of the columns, in order. Raises ValueError where the file cannot be read."""
    import duckdb

    try:
        with closing(connect()) as connection:
            return tuple(connection.sql(f"select * from read_parquet({literal(str(path))}) limit 0").columns)
    except duckdb.Error as error:
        raise ValueError(str(error).splitlines()[0]) from error


def parquet_sample(path: Path, rows: int) -> dict[str, list[str | None]]:
    """The first rows as text, column by column."""
    with closing(connect()) as connection:
        found = connection.sql(
            f"select columns(*)::varchar from (select * from read_parquet({literal(str(path))}) limit {rows:d})"
        )
        names, values = found.columns, found.fetchall()
    cells = zip(*values, strict=True) if values else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, cells, strict=True)}
