"""Rows of text into a table, in one statement: in memory where they are few, packed in a file where they are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import Context, copy_context
from itertools import chain
from typing import TYPE_CHECKING

from .connection import TABLES, literal, widen

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FEW = 128 * 1024**2
"""Bytes of text that are held in memory. More lie in a file, a quarter as large; only columns asked for are read."""
_FILE = "scratch"


def fill(
    connection: duckdb.DuckDBPyConnection, relation: str, schema: pa.Schema, parts: Iterable[pa.Table],
    threads: int | None = None,
) -> None:
    """The table `relation` of all parts. threads: as in `widen`. Raises what drawing the parts raises."""
    import pyarrow as pa

    drawn, first, size = iter(parts), list[pa.Table](), 0
    for part in drawn:
        first.append(part)
        size += part.nbytes
        if size > FEW:
            break
    else:
        _create(connection, relation, pa.concat_tables([schema.empty_table(), *first]))
        return
    widen(connection, threads)
    told = list[BaseException]()
    rest = pa.RecordBatchReader.from_batches(schema, _here(_batches(chain(first, drawn)), told))
    first = []
    try:
        _create(connection, f"{_file(connection)}.{relation}", rest)
    except Exception:
        if told:
            raise told[0] from None
        raise


def _create(connection: duckdb.DuckDBPyConnection, relation: str, rows: pa.Table | pa.RecordBatchReader) -> None:
    connection.register("drawn", rows)
    try:
        connection.execute(f"create table {relation} as from drawn")
    finally:
        connection.unregister("drawn")


def _file(connection: duckdb.DuckDBPyConnection) -> str:
    """A database in a file that goes with the connection; its tables are found by their names alone."""
    known = connection.sql("select database_name from duckdb_databases()").fetchall()
    if (_FILE,) not in known:
        ((folder,),) = connection.sql("select current_setting('temp_directory')").fetchall()
        connection.execute(f"attach {literal(f'{folder}/rows.db')} as {_FILE}")
        connection.execute(f"set search_path = '{TABLES}.main,{_FILE}.main'")
    return _FILE


def _batches(parts: Iterable[pa.Table]) -> Iterator[pa.RecordBatch]:
    for part in parts:
        yield from part.combine_chunks().to_batches()


def _here(batches: Iterator[pa.RecordBatch], told: list[BaseException]) -> Iterator[pa.RecordBatch]:
    """The batches, drawn by whatever thread wants them as if it were this one (the language of a person belongs to a
    thread). told: what went wrong, because the database hands on no more than its text."""
    return _drawn_in(copy_context(), batches, told)     # of this thread, and now: a generator begins where it is drawn


def _drawn_in(
    context: Context, batches: Iterator[pa.RecordBatch], told: list[BaseException]
) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch = context.run(next, batches, None)
        except BaseException as error:
            told.append(error)
            raise
        if batch is None:
            return
        yield batch
