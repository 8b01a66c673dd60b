"""Tables into the database, cell by cell as they are; nothing is interpreted here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import QuestionError
from ..log.defects import Checks
from ..log.ledger import RowSetAside, Seen, SourceFile
from ..log.records import ColumnBatch, ColumnMap, Fates, Table, TextTable, TypedTable
from .connection import ROWS_A_FILE, count, name, pack
from .parquet import ROW, stored
from .text_rows import fill
from .time_columns import TimeColumn

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from .pseudonyms import Hiding

Progress = Callable[[str, int], None]
"""Told the file and how many more rows of it were read."""

def silent(file: str, rows: int) -> None:
    """Tells nobody."""
    del file, rows


@dataclass(frozen=True)
class ReadOptions:
    """What the user decided.

    timezone: zone of wall-clock times. day_order: dmy, mdy or ymd. as_of: later rows are set aside.
    currency: of amounts without one.
    attributes: "all" columns are kept for filters, or only those named. artificial: words of start and end
    rows that mining tools add, in lower case. checks: defects to look for, by default none. hiding: whose names become
    pseudonyms, and how. threads: how many cores compute, by default as many as the rows are worth.
    """

    timezone: str | None = None
    day_order: str | None = None
    as_of: datetime | None = None
    currency: str | None = None
    attributes: str | Sequence[str] = "all"
    artificial: frozenset[str] = frozenset()
    checks: Checks = field(default_factory=Checks)
    hiding: Hiding | None = None
    threads: int | None = None


@dataclass(frozen=True)
class Loaded:
    """One table inside the database: where its cells are and how its roles are read. index: the number of its first
    file; the files of a table are numbered one after the other. counts: rows of each of its part files."""

    index: int
    table: Table
    map: ColumnMap
    relation: str
    line: str
    cells: Mapping[str, str]
    types: Mapping[str, str]
    records: int
    fates: Fates
    stays: bool = True
    times: Mapping[str, TimeColumn] = field(default_factory=dict)
    counts: tuple[int, ...] = ()

    @property
    def files(self) -> Mapping[int, str]:
        """The files of the table by their number."""
        parts = self.table.parts if isinstance(self.table, TypedTable) else ()
        names = [part.file for part in parts] or [self.table.file]
        return dict(enumerate(names, self.index))

    @property
    def here(self) -> str:
        """Whether `row` is one of this table."""
        return f"row // {ROWS_A_FILE} between {self.index} and {max(self.files)}"

    @property
    def row(self) -> str:
        """The expression of a row's number."""
        return f"{self.index}::bigint * {ROWS_A_FILE} + {self.line}"

    def text(self, role: str) -> str:
        """The cell of a role as text, null where the table has no such column."""
        column = self.map[role]
        return "null::varchar" if column is None else f"{self.cells[column]}::varchar"

    def source_files(self, zone: str | None) -> list[SourceFile]:
        """The ledger's lines for this table, one a file."""
        return _source_files(self.table, self.records, self.fates, zone, self.counts)


@dataclass(frozen=True)
class PassedOver:
    """A table that is no event table: counted to the last line, nothing of it enters the log."""

    files: tuple[SourceFile, ...]
    fates: Fates
    row: RowSetAside | None

    @property
    def records(self) -> int:
        """The records of all its files."""
        return sum(file.records for file in self.files)


def load_all(
    connection: duckdb.DuckDBPyConnection, used: Sequence[tuple[Table, ColumnMap]], options: ReadOptions,
    progress: Progress,
) -> list[Loaded]:
    """All tables into the database, one after the other."""
    found: list[Loaded] = []
    for table, columns in used:
        index = max(found[-1].files) + 1 if found else 0
        found.append(load(connection, index, table, columns, options, progress))
    pack(connection, sum(item.records for item in found))
    return found


def names_of_files(loaded: Iterable[Loaded]) -> dict[int, str]:
    """The files of some tables by their number."""
    return {number: file for item in loaded for number, file in item.files.items()}


def table_of_row(loaded: Sequence[Loaded]) -> str:
    """The number of the first file of the table that `row` stands in, as SQL."""
    number = f"row // {ROWS_A_FILE}"
    whens = [f"when {item.here} then {item.index}" for item in loaded if len(item.files) > 1]
    return f"(case {' '.join(whens)} else {number} end)" if whens else f"({number})"


def load(
    connection: duckdb.DuckDBPyConnection,
    index: int,
    table: Table,
    columns: ColumnMap,
    options: ReadOptions,
    progress: Progress,
) -> Loaded:
    """One table into the database: text as text, typed columns as they are."""
    keep = table.columns
    if options.attributes != "all":
        wanted = {*columns.columns.values(), *options.attributes, "source_row"}
        keep = tuple(column for column in table.columns if column in wanted)
    if isinstance(table, TypedTable):
        return _load_typed(connection, index, table, columns, keep)
    return _load_text(connection, index, table, columns, keep, progress, options.threads)


def _load_text(
    connection: duckdb.DuckDBPyConnection,
    index: int,
    table: TextTable,
    columns: ColumnMap,
    keep: Sequence[str],
    progress: Progress,
    threads: int | None,
) -> Loaded:
    fates = Fates()
    cells = {column: f"x{i}" for i, column in enumerate(keep)}
    relation = f"raw_{index}"
    fill(connection, relation, _schema(len(keep)), _parts(table, keep, fates, progress), threads)
    types = dict.fromkeys(cells, "VARCHAR")
    line = _source_row(cells, "line")
    return Loaded(index, table, columns, relation, line, cells, types, count(connection, relation), fates)


def _parts(table: TextTable, keep: Sequence[str], fates: Fates, progress: Progress) -> Iterator[pa.Table]:
    """The records as columns: their line, then the text of each kept column."""
    import numpy as np
    import pyarrow as pa

    for batch in (table.scan or table.draw)(fates):
        if isinstance(batch, ColumnBatch):
            lines = np.arange(batch.line, batch.line + batch.table.num_rows)
            cells = [batch.table.column(column) for column in keep]
        else:
            lines = np.asarray(batch.lines, dtype="int64")
            cells = [pa.array(batch.columns[column], pa.string()) for column in keep]
        yield pa.table([pa.array(lines), *cells], schema=_schema(len(keep)))
        progress(table.file, len(lines))


def _schema(columns: int) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("line", pa.int64()), *((f"x{i}", pa.string()) for i in range(columns))])


def _source_row(cells: Mapping[str, str], line: str) -> str:
    """The line a row came from; a log that we exported carries it in `source_row`."""
    if "source_row" in cells:
        return f"coalesce(try_cast({cells['source_row']} as bigint), {line})"
    return line


def _load_typed(
    connection: duckdb.DuckDBPyConnection,
    index: int,
    table: TypedTable,
    columns: ColumnMap,
    keep: Sequence[str],
) -> Loaded:
    import pandas as pd

    relation, stays = f"given_{index}", True
    if isinstance(table.origin, pd.DataFrame):
        frame = table.origin[list(keep)].assign(file_row_number=range(len(table.origin)))
        connection.register("frame", frame)
        connection.execute(f"create table {relation} as select * from frame")
        connection.unregister("frame")
    else:
        stays = not set(keep) <= set(columns.columns.values())
        kind = "table" if stays else "view"  # roles alone are read once more, not copied
        connection.execute(f"create {kind} {relation} as {stored(table, keep)}")
    described = connection.sql(f"select * from {relation} limit 0")
    types = dict(zip(described.columns, map(str, described.types), strict=True))
    cells = {column: name(column) for column in keep}
    fates = Fates(lines=count(connection, relation))
    line = _source_row(cells, f"{ROW} + 1")
    counts = _rows_by_part(connection, table, relation)
    return Loaded(index, table, columns, relation, line, cells, types, fates.lines, fates, stays, counts=counts)


def _rows_by_part(connection: duckdb.DuckDBPyConnection, table: TypedTable, relation: str) -> tuple[int, ...]:
    """Rows of each part file; of a table that is one file, nothing."""
    if not table.parts:
        return ()
    found = dict(connection.sql(f"select {ROW} // {ROWS_A_FILE}, count(*) from {relation} group by 1").fetchall())
    return tuple(found.get(part, 0) for part in range(len(table.parts)))


def pass_over(connection: duckdb.DuckDBPyConnection, table: Table, reason: str, progress: Progress) -> PassedOver:
    """Counts a table that is not used; `reason` says in words why."""
    import pandas as pd

    fates, counts = Fates(), tuple[int, ...]()
    if isinstance(table, TextTable):
        records = 0
        for batch in table.draw(fates):
            records += len(batch.lines)
            progress(table.file, len(batch.lines))
    elif isinstance(table.origin, pd.DataFrame):
        records = fates.lines = len(table.origin)
    else:
        records = fates.lines = count(connection, f"({stored(table)})")
        counts = _rows_by_part(connection, table, f"({stored(table)})")
    row = RowSetAside(table.file, 1, fates.lines, "table_not_used", reason) if records else None
    return PassedOver(tuple(_source_files(table, records, fates, None, counts)), fates, row)


@contextmanager
def telling_what_was_read(loaded: Sequence[Loaded]) -> Iterator[None]:
    """A question that stops the reading takes along what had been read, so that it can be told."""
    try:
        yield
    except QuestionError as error:
        error.seen = Seen(tuple(file for item in loaded for file in item.source_files(None)),
                          tuple(row for item in loaded for row in item.fates.set_aside))
        raise


def _source_files(
    table: Table, records: int, fates: Fates, zone: str | None, counts: Sequence[int] = ()
) -> list[SourceFile]:
    if isinstance(table, TypedTable) and table.parts:
        return [SourceFile(part.file, part.sha256, "", "typed", zone or "", n, 0, n)
                for part, n in zip(table.parts, counts, strict=True)]
    encoding, dialect = (table.encoding, table.dialect) if isinstance(table, TextTable) else ("", "typed")
    return [SourceFile(
        file=table.file,
        sha256=table.sha256,
        encoding=encoding,
        dialect=dialect,
        timezone=zone or "",
        lines=fates.lines,
        structure=fates.structure,
        records=records,
    )]
