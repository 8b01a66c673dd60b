"""A run over tables of a database: only the columns that are needed, all tables as they were at one moment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..words import current, say
from .databases import DATABASES, Database, quoted
from .keeping import Keeping
from .part_files import drop_rest, in_calendar, publish, publish_rest, write_parts
from .tokens import Secret, password_named
from .troubles import no_such_column, no_such_table, told

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 1000
"""Rows that are looked at before it is decided which columns are needed."""
RECORD = ".pull.json"
"""Stands beside the part files of a table; readers pass over names with a dot."""
_WORDS = re.compile(r'"((?:[^"]|"")+)"|([^."]+)')

Choose = Callable[[str, Sequence[str], Mapping[str, Sequence[str | None]]], Mapping[str, str]]
"""Name of a table, its columns and their first values as text → the columns that are not needed, each with why."""
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Asked:
    """A table or a query. name: of its folder. source: as it stands behind "from". columns: those wanted, None where
    they are to be chosen."""

    name: str
    source: str
    columns: Sequence[str] | None = None
    table: str = ""


@dataclass
class Brought:
    """What a run brought. rows: folder → rows. left_out: table.column → why. emptied: table.column → times that are no
    day of the calendar (infinity)."""

    rows: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)


def asked_tables(tables: Sequence[str], columns: Sequence[str] | None) -> list[Asked]:
    """Tables by their names: schema.table, with quotes around what holds a dot."""
    found: list[Asked] = []
    for table in tables:
        parts = [quotes.replace('""', '"') or plain for quotes, plain in _WORDS.findall(table)]
        if not parts or not all(parts):
            raise InputError(say("databases.odd_table", current(), table=table))
        name = _folder_name("_".join(parts), [each.name for each in found])
        found.append(Asked(name, ".".join(map(quoted, parts)), columns, parts[-1]))
    return found


def asked_query(query: str | Path, columns: Sequence[str] | None) -> Asked:
    """A query, or the file it stands in: one statement that selects. Raises InputError where the file is not there."""
    text, name = str(query), "query"
    if isinstance(query, Path):
        name = query.stem
        try:
            text = query.read_text("utf-8-sig")
        except (OSError, UnicodeError) as error:
            what = getattr(error, "strerror", None) or type(error).__name__
            raise InputError(say("databases.no_query", current(), file=query.name, what=what)) from None
    return Asked(_folder_name(name, ()), f"(\n{text.strip().rstrip(';')}\n)", columns)


def _folder_name(text: str, taken: Sequence[str]) -> str:
    name = re.sub(r"[^\w-]+", "_", text).strip("_")[:80] or "table"
    if re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", name):
        name += "_table"
    return name if name not in taken else f"{name}_{len(taken) + 1}"


def pull_tables(
    database: str, out: Path, asked: Sequence[Asked], *, choose: Choose, progress: Progress
) -> Brought:
    """Tables and queries of a database into a folder, each as Parquet files in a folder of its own: all of them, or
    what was there before. All are read in one transaction that may only read, so that they are of one moment.

    Raises InputError: unknown table or column, no connection, refused, whatever else the database says in its own
    words; the next run begins anew. OSError where the folder cannot be written."""
    known = DATABASES[database]
    address, secret = known.address(), password_named(known.password)
    keeping = Keeping(out, database, known.shown(address))
    try:
        keeping.claim()
        publish_rest(keeping)
        run = _Run(known, secret, keeping, choose, progress)
        with run.speaking(), closing(known.connected(address, secret.value)) as connection:
            run.all_of(asked, connection)
        publish(keeping, list(run.brought.rows))
        return run.brought
    finally:
        drop_rest(keeping)
        keeping.close()


@dataclass
class _Run:
    database: Database
    secret: Secret
    keeping: Keeping
    choose: Choose
    progress: Progress
    brought: Brought = field(default_factory=Brought)

    @contextmanager
    def speaking(self, asked: Asked | None = None, connection: Any = None) -> Iterator[None]:
        """Errors of the driver in plain words; of a table that is not there, with names like it."""
        try:
            yield
        except Exception as error:
            if not type(error).__module__.startswith("adbc_"):
                raise                           # a full disk is no trouble of the database
            if asked and asked.table and connection is not None:
                no_such_table(asked, connection)
            raise told(error, self.database, self.secret) from None

    def all_of(self, asked: Sequence[Asked], connection: Any) -> None:
        """Every table into its part files."""
        with closing(connection.cursor(adbc_stmt_kwargs=dict(self.database.options) or None)) as cursor:
            for statement in self.database.begin:
                cursor.execute(statement)
            moment = self._moment(cursor)
            for each in asked:
                with self.speaking(each, connection):
                    self._one(each, cursor, moment)

    def _moment(self, cursor: Any) -> str:
        if not self.database.moment:
            return datetime.now(UTC).isoformat(timespec="seconds")
        cursor.execute(self.database.moment)
        return str(cursor.fetchone()[0].astimezone(UTC).isoformat(timespec="seconds"))

    def _one(self, asked: Asked, cursor: Any, moment: str) -> None:
        first = self.database.first
        cursor.execute(first.format(columns="*", source=asked.source, rows=0))
        schema = cursor.fetch_record_batch().schema
        twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
        if twice:
            raise InputError(say("databases.column_twice", current(), columns=", ".join(twice)))
        wanted = asked.columns
        if wanted is None:
            wanted = self._chosen(asked, schema, cursor)
        no_such_column(asked.name, wanted, schema.names)
        columns = ", ".join(self.database.column(schema.field(name)) for name in wanted)
        statement = f"select {columns} from {asked.source} as asked"   # noqa: S608 - names quoted, the query is the user's
        folder = self.keeping.parts / asked.name
        emptied: dict[str, int] = {}
        parts = write_parts(folder, self._rows(cursor, statement, emptied),
                            lambda rows: self.progress(asked.name, rows))
        rows = sum(int(part["rows"]) for part in parts)
        record = {"form": 1, "database": self.database.key, "address": self.keeping.state["address"],
                  "query": statement, "columns": list(wanted), "rows": rows, "moment": moment, "emptied": emptied,
                  "parts": parts}
        (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
        self.brought.rows[asked.name] = rows
        self.brought.emptied |= {f"{asked.name}.{name}": n for name, n in emptied.items()}

    def _rows(self, cursor: Any, statement: str, emptied: dict[str, int]) -> Iterator[pa.RecordBatch]:
        """What a statement gives, batch by batch; the first one is empty and has the columns, should nothing follow."""
        import pyarrow as pa

        cursor.execute(statement)
        reader = cursor.fetch_record_batch()
        batch = pa.RecordBatch.from_pylist([], schema=reader.schema)
        while batch is not None:
            yield in_calendar(unmarked(batch, self.database.mark), emptied)
            try:
                batch = next(reader, None)
            except (OSError, pa.ArrowException) as error:   # of the driver: rows come, and nothing is written here
                raise told(error, self.database, self.secret) from None

    def _chosen(self, asked: Asked, schema: pa.Schema, cursor: Any) -> list[str]:
        """The columns but for those that are not needed."""
        columns = ", ".join(map(self.database.column, schema))
        statement = self.database.first.format(columns=columns, source=asked.source, rows=SAMPLE)
        sample: dict[str, list[str | None]] = {name: [] for name in schema.names}
        for batch in self._rows(cursor, statement, {}):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                sample[name] += [None if value is None else str(value) for value in column.to_pylist()]
        spare = self.choose(asked.name, schema.names, sample)
        self.brought.left_out |= {f"{asked.name}.{name}": why for name, why in spare.items()}
        return [name for name in schema.names if name not in spare]


def unmarked(batch: pa.RecordBatch, mark: str) -> pa.RecordBatch:
    """A batch whose texts have lost the mark before them; a text without one is no text."""
    import pyarrow as pa

    if not mark:
        return batch
    return pa.RecordBatch.from_arrays([unmarked_column(column, mark) for column in batch.columns], batch.schema.names)


def unmarked_column(column: Any, mark: str) -> Any:
    """The same of one column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not mark:
        return column
    texts = pc.utf8_slice_codeunits(column.cast(pa.string()), len(mark))
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), texts)
