"""What a Parquet file holds, before it is read: the names of its columns and its first values as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import Fault, InputError
from ..log.records import Table, TypedTable
from ..words import current, say
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
    """The first rows as text, column by column. Raises ValueError where they cannot be read."""
    import duckdb

    try:
        with closing(connect()) as connection:
            found = connection.sql(
                f"select columns(*)::varchar from (select * from read_parquet({literal(str(path))}) limit {rows:d})"
            )
            names, values = found.columns, found.fetchall()
    except duckdb.Error as error:
        raise ValueError(str(error).splitlines()[0]) from error
    cells = zip(*values, strict=True) if values else ([] for _ in names)
    return {name: list(column) for name, column in zip(names, cells, strict=True)}


@contextmanager
def damage_said(tables: Iterable[Table]) -> Iterator[None]:
    """A query that meets the damaged part of a Parquet file ends in a sentence. Raises InputError."""
    import duckdb

    try:
        yield
    except duckdb.Error:
        files = [table for table in tables if isinstance(table, TypedTable) and isinstance(table.origin, Path)]
        faults = [
            Fault(say("engine.damaged_parquet", current(), detail=why), where=table.file)
            for table in files if isinstance(table.origin, Path) and (why := _damage(table.origin))
        ]
        if not faults:
            raise
        raise InputError(faults) from None


def _damage(path: Path) -> str:
    """Why a file cannot be read to its end; "" where it can."""
    import duckdb

    try:
        with closing(connect()) as connection:
            connection.sql(f"select max(hash(columns(*))) from read_parquet({literal(str(path))})").fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return ""
