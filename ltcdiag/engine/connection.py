"""One DuckDB connection, closed to the outside: no extension, no file, no network once data is in."""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import InputError
from ..unfinished import Scratch
from ..words import current, say

if TYPE_CHECKING:
    import duckdb

MEMORY = "LTCDIAG_MEMORY"
TABLES = "tables"
"""The database that everything stands in: in memory, and one that can be packed, unlike the first of a connection."""
ROWS_A_FILE = 1_000_000_000_000
"""A row's number is its file's number times this plus its line: one number that leads back to the source."""
ROW_GROUP = 122_880
"""Rows of a table that DuckDB gives to one thread; with fewer, several only wait for each other."""


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory database. It may spill into a temporary folder that goes with it.

    The variable LTCDIAG_MEMORY ("2GB") says how much memory the tables may take before they do; by default a quarter
    of what the machine has, because who reckons with the tables needs more than that beside them. Raises InputError
    where it says no size."""
    import duckdb

    memory = os.environ.get(MEMORY, "25%")
    if not re.fullmatch(r"\d+(\.\d+)?\s*(%|[kmgt]i?b)", memory.strip(), re.IGNORECASE):
        raise InputError(say("engine.memory", current(), variable=MEMORY, value=memory),
                         fix=say("engine.memory_fix", current(), variable=MEMORY))

    spill = Scratch()
    options: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(spill.path),
        "memory_limit": memory,
    }
    if threads is not None:
        options["threads"] = threads
    connection = duckdb.connect(":memory:", config=options)
    weakref.finalize(connection, spill.close)
    connection.execute(f"attach ':memory:' as {TABLES} (compress)")
    connection.execute(f"use {TABLES}")
    connection.execute("set TimeZone = 'UTC'")
    if connection.sql("select current_setting('enable_progress_bar')").fetchall()[0][0]:
        connection.execute("set enable_progress_bar = false")  # already off, it cannot be set in a notebook
    return connection


def pack(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Compresses tables of so many rows where all take more than half of the memory they may take: what is reckoned
    next then finds room beside them (10 million rows of eight columns: 1,166 to 152 MB). Others are left alone, for it
    takes time (of these 4 s)."""
    if rows > ROW_GROUP and connection.sql(_FULL).fetchall()[0][0]:
        connection.execute("checkpoint")


_FULL = """select sum(memory_usage_bytes + temporary_storage_bytes)
                  > parse_formatted_bytes(current_setting('memory_limit')) / 2
           from duckdb_memory() where tag = 'IN_MEMORY_TABLE'"""


@contextmanager
def saying_when_memory_ends() -> Iterator[None]:
    """Raises InputError where a statement needs more memory than the tables may take."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise InputError(say("engine.memory_ends", current()),
                         fix=say("engine.memory_ends_fix", current(), variable=MEMORY)) from error


def all_hands(connection: duckdb.DuckDBPyConnection, rows: int, threads: int | None) -> None:
    """As many threads as were asked for, else one where the rows are few (a fifth less work for 4,000) and all cores
    where they are not."""
    widen(connection, 1 if threads is None and rows <= ROW_GROUP else threads)


def widen(connection: duckdb.DuckDBPyConnection, threads: int | None) -> None:
    """That many threads, by default as many as there are cores."""
    connection.execute("reset threads" if threads is None else f"set threads = {int(threads)}")


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """No file can be opened from here on, and no setting changed."""
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def name(text: str) -> str:
    """A column name of the user's, quoted as an SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text of the user's, quoted as an SQL literal; for SQL that is shown and for settled label lists."""
    return "'" + text.replace("'", "''").replace("\x00", "") + "'"


def count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many rows a relation has."""
    return int(connection.sql(f"select count(*) from {relation}").fetchall()[0][0])


def memory_cap(connection: duckdb.DuckDBPyConnection) -> int:
    """How many bytes the tables may take before they go to disk."""
    number, unit = connection.sql("select current_setting('memory_limit')").fetchall()[0][0].split()
    return int(float(number) * 1024 ** ("bytes", "KiB", "MiB", "GiB", "TiB").index(unit))
