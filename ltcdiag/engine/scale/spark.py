"""The same on Spark: cases are hash-partitioned, each task runs the laptop's own statements in a DuckDB of its own.

Tasks hand back their parts as Arrow in a few large cells; the driver writes them to files, one partition at a time, and
adds them up as it adds up buckets. Nothing is collected whole.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Fault, InputError
from ...log.records import ColumnMap, Fates, TypedTable
from ...unfinished import Scratch
from ...words import current, say
from ..build import Labelling
from ..connection import connect, name
from ..loading import Loaded, ReadOptions
from ..time_columns import TimeColumn
from ..typed_rows import make_typed, parse_rows
from .bucket import (
    AFTERCARE,
    aftercare_statement,
    learnt_from,
    looks_for_aftercare,
    part_statements,
    prepare_bucket,
    take_rows,
)
from .dealing import zone_of
from .results import Found, found_in, parquet
from .whole import Survey, Whole, survey, together, whole_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROW, FILE = "ltcdiag_row", "ltcdiag_file"
"""Columns of the frame that tasks read: the number of a row, which decides ties, and that of its file."""
_FEW_EVENTS = 1_000_000     # of one partition
_SURVEYED = 500_000         # rows at once
_CELL = 500_000             # rows of a part in one cell
_PARTS = "name string, part binary"
_TYPES = {"timestamp": "TIMESTAMP WITH TIME ZONE", "timestamp_ntz": "TIMESTAMP", "date": "DATE", "string": "VARCHAR"}
_NUMBERS = {"tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT", "float": "FLOAT",
            "double": "DOUBLE"}


@dataclass(frozen=True)
class OnSpark:
    """frame: the events, with ROW and FILE. files: name and sha256 of each, by number."""

    frame: Any
    files: tuple[tuple[str, str], ...]
    columns: ColumnMap
    options: ReadOptions
    labelling: Callable[[Sequence[str]], Labelling]
    partitions: int | None = None


def parquet_frame(session: Any, paths: Sequence[Path]) -> Any:
    """The events of Parquet files that all workers can read, their rows numbered as a laptop numbers them."""
    from pyspark.sql import functions as F  # noqa: N812 - as all who use Spark write it

    frames = []
    for at, path in enumerate(paths):
        one = session.read.parquet(str(path))
        line = F.col("_metadata.row_index") + 1
        if "source_row" in one.columns:
            line = F.coalesce(F.expr("try_cast(source_row as bigint)"), line)
        frames.append(one.select("*", (F.lit(at).cast("bigint") * 10**12 + line).alias(ROW), F.lit(at).alias(FILE)))
    frame = frames[0]
    for each in frames[1:]:
        frame = frame.unionByName(each, allowMissingColumns=True)
    return frame


def numbered_frame(frame: Any) -> Any:
    """A frame of the user's, by its own column source_row. Raises InputError where it has none: Spark knows no order,
    so nobody could say which of two events at the same moment came first."""
    from pyspark.sql import functions as F  # noqa: N812 - as all who use Spark write it

    if "source_row" not in frame.columns:
        raise InputError(say("scale.no_row", current()), fix=say("scale.no_row_fix", current()))
    return frame.select("*", F.col("source_row").cast("bigint").alias(ROW), F.lit(0).alias(FILE))


def run_on_spark(asked: OnSpark, tell: Callable[[str], None]) -> Found:
    """The answers about a frame. Raises InputError as reading does, ConservationError where a row is lost."""
    item = _table(asked)
    kept = list(dict.fromkeys([*item.map.columns.values(), ROW, FILE]))
    frame = asked.frame.select(*(f"`{column.replace('`', '``')}`" for column in kept))
    zone = zone_of([(item.table.file, each.column, each.zoned, each.naive) for each in item.times.values()],
                   asked.options.timezone)
    tell(say("scale.surveying", current()))
    rows = frame.groupBy(FILE).count().collect()
    said = _mapped(frame, partial(_survey_rows, item, asked.options), "said string").collect()
    found = together(Survey.of(json.loads(row["said"])) for row in said)
    records = {row[FILE]: row["count"] for row in rows}
    found = replace(found, records={file: records.get(at, 0) for at, (file, _) in enumerate(asked.files)})
    whole = whole_of(found, frozenset(item.map.columns), asked.labelling)
    partitions = asked.partitions or max(2, -(-found.kept // _FEW_EVENTS))
    case = item.map["case"] or ""
    dealt = frame.repartition(partitions, frame[f"`{case.replace('`', '``')}`"])
    whole, parts = _worked(dealt, item, asked.options, whole, partitions, tell)
    tell(say("scale.merging", current(), buckets=partitions))
    result = found_in(parts.files, whole, found, files=asked.files, zone=zone,
                      as_of=asked.options.as_of or found.latest or datetime.max)
    return replace(result, buckets=partitions)


def _table(asked: OnSpark) -> Loaded:
    """The frame as the readers see a table; its times must be times."""
    kinds = dict(asked.frame.dtypes)
    own = {role: column for role, column in asked.columns.columns.items() if column in kinds}
    types = {column: _TYPES.get(kinds[column]) or _NUMBERS.get(kinds[column]) or
             ("DECIMAL" if kinds[column].startswith("decimal") else "BLOB") for column in own.values()}
    times = {}
    for role in ("time", "start"):
        column = own.get(role)
        if column is None:
            continue
        kind = types[column]
        if not kind.startswith(("TIMESTAMP", "DATE")):
            raise InputError(Fault(say("engine.time_type", current(), column=column, type=kinds[column]),
                                   fix=say("scale.spark_time_fix", current(), column=column)))
        zoned = "WITH TIME ZONE" in kind
        times[role] = TimeColumn(column, name(column), kind, zoned=int(zoned), naive=int(kind == "TIMESTAMP"))
    table = TypedTable(asked.files[0][0], asked.files[0][1], Path(), tuple(kinds))
    return Loaded(0, table, ColumnMap(own), "given", ROW, {column: name(column) for column in types}, types, 0,
                  Fates(), False, times)


def _typed(connection: duckdb.DuckDBPyConnection, rows: pa.Table, item: Loaded, options: ReadOptions) -> None:
    connection.register("given", rows)
    parse_rows(connection, [item], options)
    make_typed(connection, options, unfit=False)


def _survey_rows(item: Loaded, options: ReadOptions, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """In a task: what some rows hold, in one cell of text."""
    import pyarrow as pa

    for rows in _chunks(batches, _SURVEYED):
        with closing(connect(1)) as connection:
            _typed(connection, rows, item, options)
            said = json.dumps(survey(connection, options.currency).to_dict(), ensure_ascii=False)
        yield pa.RecordBatch.from_pydict({"said": [said]})


def _chunks(batches: Iterator[pa.RecordBatch], most: int) -> Iterator[pa.Table]:
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= most:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


@dataclass(frozen=True)
class _Parts:
    """The parts of all partitions as files."""

    place: Scratch
    made: Mapping[str, list[Path]]

    def files(self, part: str) -> list[Path]:
        return self.made[part]


def _worked(
    frame: Any, item: Loaded, options: ReadOptions, whole: Whole, partitions: int, tell: Callable[[str], None]
) -> tuple[Whole, _Parts]:
    """The parts of all partitions; first those that say what comes only after an end, where anything may."""
    if looks_for_aftercare(whole):
        tell(say("scale.aftercare", current()))
        first = _collected(frame, partial(_work, item, options, whole, True))
        with closing(connect(1)) as connection:
            whole = replace(whole, learnt=learnt_from(connection, parquet(first.files(AFTERCARE))))
    tell(say("scale.partitions", current(), partitions=partitions))
    return whole, _collected(frame, partial(_work, item, options, whole, False))


def _mapped(frame: Any, work: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: str) -> Any:
    """The frame that tasks make. Spark warns of a pandas that it does not know; no pandas is at work here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return frame.mapInArrow(work, schema)


def _collected(frame: Any, work: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]) -> _Parts:
    """What the tasks hand back, in files; all of them work at once, and one partition at a time comes here."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyspark import StorageLevel

    place, made = Scratch(), dict[str, list[Path]]()
    result = _mapped(frame, work, _PARTS).persist(StorageLevel.DISK_ONLY)
    try:
        result.count()
        for at, row in enumerate(result.toLocalIterator()):
            path = place.path / f"{at}.parquet"
            with pa.ipc.open_stream(pa.py_buffer(bytes(row["part"]))) as stream:
                pq.write_table(stream.read_all(), path)
            made.setdefault(row["name"], []).append(path)
    finally:
        result.unpersist()
    return _Parts(place, made)


def _work(
    item: Loaded, options: ReadOptions, whole: Whole, only_aftercare: bool, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """In a task: all rows of whole cases in, the parts of this bucket out."""
    import pyarrow as pa
    from pyspark import TaskContext

    for rows in _chunks(batches, 1 << 62):
        context = TaskContext.get()
        bucket = context.partitionId() if context else 0
        with closing(connect(1)) as connection:
            _typed(connection, rows, item, options)
            connection.execute("create table rows as select * from typed where nullif(trim(case_id), '') is not null")
            connection.unregister("given")
            take_rows(connection, whole.roles)
            prepare_bucket(connection, whole)
            told = {AFTERCARE: aftercare_statement()} if only_aftercare else part_statements(connection, whole)
            for part, sql in told.items():
                table = connection.sql(f"select {bucket:d}::int as bucket, * from ({sql})").to_arrow_table()
                for first in range(0, max(1, table.num_rows), _CELL):
                    yield pa.RecordBatch.from_pydict({"name": [part], "part": [_cell(table.slice(first, _CELL))]})


def _cell(table: pa.Table) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    found: bytes = sink.getvalue().to_pybytes()
    return found
