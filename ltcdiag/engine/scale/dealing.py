"""Rows dealt out to buckets of whole cases, as Parquet.

Cases lie in the order of their last event, so that what a new month adds to running cases touches the youngest buckets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import InputError
from ...log.records import ColumnMap, Fates, TypedTable
from ...words import current, say
from ..connection import connect, count, literal, memory_cap, name
from ..loading import Loaded, ReadOptions
from ..time_columns import TimeColumn, decide_zone, time_column
from ..typed_rows import make_typed, parse_rows
from .whole import Survey, rows_shown, survey

if TYPE_CHECKING:
    import duckdb

BYTES_AN_EVENT = 700
"""Of memory that a bucket takes while it is worked on, measured; DuckDB's own cap does the rest."""
_FEWEST, _MOST = 50_000, 2_000_000
_OPEN_FILES = 64
ROWS, CASES = "rows", "cases"


@dataclass(frozen=True)
class Given:
    """One Parquet file of events. index: its number among all files of the log. zoned, naive: how many of its times
    carry a zone, once it was read."""

    file: str
    path: Path
    sha256: str
    columns: tuple[str, ...]
    index: int


@dataclass(frozen=True)
class Dealt:
    """What was dealt out at once. first, last: its buckets (the last one not included)."""

    survey: Survey
    first: int
    last: int
    clocks: tuple[tuple[str, str, int, int], ...]


def deal(
    files: Sequence[Given], columns: ColumnMap, options: ReadOptions, *, into: Path, earlier: Sequence[Path],
    first: int, clocks: Sequence[tuple[str, str, int, int]], buckets: int | None,
) -> Dealt:
    """Reads files into `into`: rows/bucket=N and cases.parquet, which says the bucket of each new case.

    earlier: the same of what was dealt before; its cases keep their buckets. first: number of the first new bucket.
    clocks: the time columns of before. Raises InputError and QuestionError as reading does."""
    connection = connect(options.threads)
    try:
        loaded = [_loaded(connection, each, columns, options) for each in files]
        told = tuple((item.table.file, times.column, times.zoned, times.naive)
                     for item in loaded for times in item.times.values())
        zone_of([*clocks, *told], options.timezone)
        parse_rows(connection, loaded, options)
        make_typed(connection, options, unfit=False)
        found = survey(connection, options.currency)
        found = replace(found, records={each.table.file: each.records for each in loaded})
        found = replace(found, rows=rows_shown(connection, loaded)) if found.aside else found
        last = _cases(connection, earlier, first, buckets or _enough(connection, found))
        _write(connection, into)
    finally:
        connection.close()
    return Dealt(found, first, last, told)


def zone_of(clocks: Sequence[tuple[str, str, int, int]], given: str | None) -> str | None:
    """The zone of all time columns (file, column, zoned, naive). Raises QuestionError where some have one and some do
    not."""
    return decide_zone([(file, TimeColumn(column, "", "", zoned=zoned, naive=naive))
                        for file, column, zoned, naive in clocks], given)


def _loaded(
    connection: duckdb.DuckDBPyConnection, given: Given, columns: ColumnMap, options: ReadOptions
) -> Loaded:
    """A view of a file: its columns with a role, nothing is copied."""
    own = ColumnMap({role: column for role, column in columns.columns.items() if column in given.columns})
    lacking = [columns[role] for role in ("case", "activity", "time") if own[role] is None]
    if lacking:
        raise InputError(say("scale.lacks_columns", current(), columns=", ".join(map(str, lacking))), where=given.file)
    relation = f"given_{given.index}"
    connection.execute(f"create view {relation} as select *, file_row_number from "
                       f"read_parquet({literal(str(given.path))}, file_row_number = true, hive_partitioning = false)")
    keep = tuple(dict.fromkeys(own.columns.values()))
    described = connection.sql(f"select {', '.join(map(name, keep))} from {relation} limit 0")
    types = dict(zip(keep, map(str, described.types), strict=True))
    line = "file_row_number + 1"
    if "source_row" in given.columns:
        line = f"coalesce(try_cast(source_row as bigint), {line})"
    rows = count(connection, relation)
    item = Loaded(given.index, TypedTable(given.file, given.sha256, given.path, given.columns), own, relation, line,
                  {column: name(column) for column in keep}, types, rows, Fates(lines=rows), stays=False)
    return with_times(connection, item, options)


def with_times(connection: duckdb.DuckDBPyConnection, item: Loaded, options: ReadOptions) -> Loaded:
    """The table with its time columns decided."""
    times = {role: time_column(connection, item.relation, item.cells[column], item.types[column],
                               file=item.table.file, column=column, order=options.day_order)
             for role in ("time", "start") if (column := item.map[role]) is not None}
    return replace(item, times=times)


def _enough(connection: duckdb.DuckDBPyConnection, found: Survey) -> int:
    """How many buckets of a size that fits into memory."""
    events = min(max(memory_cap(connection) // BYTES_AN_EVENT, _FEWEST), _MOST)
    return max(1, -(-found.kept // events))


def _cases(connection: duckdb.DuckDBPyConnection, earlier: Sequence[Path], first: int, buckets: int) -> int:
    """The table `mine`: case_id, bucket, new. Returns the number after the last bucket."""
    connection.execute("create table told as select case_id, max(ts) as last, count(*) as n from typed "
                       "where nullif(trim(case_id), '') is not null group by case_id")
    known = "select null::varchar as case_id, null::int as bucket limit 0"
    if earlier:
        files = ", ".join(literal(str(folder / f"{CASES}.parquet")) for folder in earlier)
        known = f"select case_id, bucket from read_parquet([{files}])"
    connection.execute(f"""
        create table mine as
        with old as ({known}),
        fresh as (select case_id, (sum(n) over w - n) * {buckets} // sum(n) over () as part
                  from told anti join old using (case_id)
                  window w as (order by last nulls first, case_id rows unbounded preceding))
        select case_id, bucket, false as new from old semi join told using (case_id) union all
        select case_id, ({first} + dense_rank() over (order by part) - 1)::int, true from fresh""")
    connection.execute("drop table told")
    newest = connection.sql("select max(bucket) from mine where new").fetchall()[0][0]
    return first if newest is None else int(newest) + 1


def _write(connection: duckdb.DuckDBPyConnection, into: Path) -> None:
    into.mkdir(parents=True)
    connection.execute("set preserve_insertion_order = false")      # rows carry their number
    connection.execute(f"set partitioned_write_max_open_files = {_OPEN_FILES}")
    money = [column for column in ("amount", "has_amount", "currency")
             if column in connection.sql("select * from typed limit 0").columns]
    without = f"exclude ({', '.join(money)})" if money else ""
    connection.execute(f"copy (select typed.* {without}, bucket from typed join mine using (case_id)) to "
                       f"{literal(str(into / ROWS))} (format parquet, partition_by (bucket))")
    connection.execute(f"copy (select case_id, bucket from mine where new order by case_id) to "
                       f"{literal(str(into / f'{CASES}.parquet'))} (format parquet)")
