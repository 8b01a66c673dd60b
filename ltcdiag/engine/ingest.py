"""From tables to typed events: text comes in as it is, gets its types here, and every row keeps its fate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ..errors import Fault, InputError
from ..log.ledger import Ledger, Money, RowSetAside, SourceFile, Step
from ..log.records import ColumnMap, Fates, Table, TextTable, TypedTable
from .connection import literal, name
from .time_columns import TimeColumn, decide_zone, time_column

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str, int], None]
ROWS_A_FILE = 1_000_000_000_000  # row = file index * this + line: one number that leads back to the source
TEXT_ROLES = ("lifecycle", "instance", "resource", "role", "department", "currency", "outcome")
AMOUNT = "decimal(38,6)"


@dataclass(frozen=True)
class ReadOptions:
    """What the user decided. attributes: all columns are kept for filters, or only those named."""

    timezone: str | None = None
    day_order: str | None = None
    as_of: datetime | None = None
    attributes: str | Sequence[str] = "all"
    artificial: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Loaded:
    """One table inside the database: where its cells are and how its roles are read."""

    index: int
    table: Table
    map: ColumnMap
    relation: str
    line: str
    cells: Mapping[str, str]
    types: Mapping[str, str]
    times: Mapping[str, TimeColumn] = field(default_factory=dict)

    def text(self, role: str) -> str:
        column = self.map[role]
        return "null::varchar" if column is None else f"{self.cells[column]}::varchar"


@dataclass(frozen=True)
class Ingested:
    """The relation `typed` (one row a record, with its reason or null), and what was counted on the way."""

    files: tuple[SourceFile, ...]
    steps: tuple[Step, ...]
    money: tuple[Money, ...]
    set_aside: tuple[RowSetAside, ...]
    unreadable_amounts: int
    roles: frozenset[str]
    timezone: str | None
    as_of: datetime
    loaded: tuple[Loaded, ...]
    notes: tuple[str, ...]

    def ledger(self, counts: Mapping[str, int]) -> Ledger:
        lines = sum(file.lines for file in self.files)
        totals = {
            "lines": lines,
            "structure": sum(file.structure for file in self.files),
            "records": sum(file.records for file in self.files),
            "made": 0, "copies": 0, "repaired": 0, "merged": 0, **counts,
        }
        return Ledger(self.files, self.steps, totals, self.money, self.set_aside, self.unreadable_amounts)


def ingest(
    connection: duckdb.DuckDBPyConnection,
    used: Sequence[tuple[Table, ColumnMap]],
    unused: Sequence[tuple[Table, str]],
    options: ReadOptions,
    progress: Progress,
) -> Ingested:
    """Loads all tables, decides their times together and makes the relation `typed`.

    Raises InputError when nothing usable is left, QuestionError when zone or day order must be asked.
    """
    files: list[SourceFile] = []
    fates: list[tuple[int, Fates]] = []
    loaded: list[Loaded] = []
    for index, (table, columns) in enumerate(used):
        item, fate = _load(connection, index, table, columns, options, progress)
        loaded.append(item)
        fates.append((_count(connection, item.relation), fate))
    times = {item.index: _times(connection, item, options) for item in loaded}
    zone = decide_zone([(item.table.file, t) for item in loaded for t in times[item.index].values()], options.timezone)
    loaded = [Loaded(**{**vars(item), "times": times[item.index]}) for item in loaded]
    _make_typed(connection, loaded, options, zone)
    for item, (records, fate) in zip(loaded, fates, strict=True):
        files.append(_source_file(item.table, records, fate, zone))
    spare = [_pass_over(connection, table, reason, progress) for table, reason in unused]
    return _account(connection, loaded, files, fates, spare, zone, options)


def _load(
    connection: duckdb.DuckDBPyConnection, index: int, table: Table, columns: ColumnMap, options: ReadOptions,
    progress: Progress,
) -> tuple[Loaded, Fates]:
    if isinstance(table, TypedTable):
        return _load_typed(connection, index, table, columns, options)
    fates = Fates()
    wanted = table.columns if options.attributes == "all" else _wanted(table.columns, columns, options)
    cells = {column: f"x{i}" for i, column in enumerate(wanted)}
    relation = f"raw_{index}"
    spec = "".join(f", {cell} varchar" for cell in cells.values())
    connection.execute(f"create table {relation} (line bigint{spec})")
    for batch in table.draw(fates):
        _append(connection, relation, batch.lines, [batch.columns[column] for column in wanted])
        progress(table.file, len(batch.lines))
    source_line = _source_row(table.columns, cells)
    return Loaded(index, table, columns, relation, source_line, cells, dict.fromkeys(cells, "VARCHAR")), fates


def _wanted(all_columns: Iterable[str], columns: ColumnMap, options: ReadOptions) -> tuple[str, ...]:
    keep = {*columns.columns.values(), *options.attributes, "source_row"}
    return tuple(column for column in all_columns if column in keep)


def _append(
    connection: duckdb.DuckDBPyConnection, relation: str, lines: list[int], columns: list[list[str | None]]
) -> None:
    import numpy as np
    import pandas as pd

    data = {"line": np.asarray(lines, dtype="int64")}
    data.update({f"x{i}": np.asarray(values, dtype=object) for i, values in enumerate(columns)})
    frame = pd.DataFrame(data, copy=False)
    connection.register("batch", frame)
    connection.execute(f"insert into {relation} select * from batch")
    connection.unregister("batch")


def _source_row(columns: Iterable[str], cells: Mapping[str, str]) -> str:
    """The line a row came from; a log that we exported carries it in `source_row`."""
    if "source_row" in columns and "source_row" in cells:
        return f"coalesce(try_cast({cells['source_row']} as bigint), line)"
    return "line"


def _load_typed(
    connection: duckdb.DuckDBPyConnection, index: int, table: TypedTable, columns: ColumnMap, options: ReadOptions
) -> tuple[Loaded, Fates]:
    import pandas as pd

    fates = Fates()
    source, line = f"given_{index}", "file_row_number + 1"
    if isinstance(table.origin, pd.DataFrame):
        frame = table.origin.assign(file_row_number=range(len(table.origin)))
        connection.register(f"frame_{index}", frame)
        connection.execute(f"create table {source} as select * from frame_{index}")
        connection.unregister(f"frame_{index}")
    else:
        path = literal(str(table.origin))
        connection.execute(f"create view {source} as select * from read_parquet({path}, file_row_number = true)")
    keep = table.columns if options.attributes == "all" else _wanted(table.columns, columns, options)
    if "source_row" in keep:
        line = f"coalesce(try_cast({name('source_row')} as bigint), file_row_number + 1)"
    described = connection.sql(f"select * from {source} limit 0")
    types = dict(zip(described.columns, map(str, described.types), strict=True))
    cells = {column: name(column) for column in keep}
    fates.lines = _count(connection, source)
    return Loaded(index, table, columns, source, line, cells, types), fates


def _times(connection: duckdb.DuckDBPyConnection, item: Loaded, options: ReadOptions) -> dict[str, TimeColumn]:
    found = {}
    for role in ("time", "start"):
        column = item.map[role]
        if column is not None:
            found[role] = time_column(
                connection, item.relation, item.cells[column], item.types[column],
                file=item.table.file, column=column, order=options.day_order,
            )
    return found


def _make_typed(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], options: ReadOptions, zone: str | None
) -> None:
    """The relation `typed`: a view while all tables are Parquet (nothing is copied), a table otherwise."""
    all_parquet = all(isinstance(item.table, TypedTable) and item.relation.startswith("given") for item in loaded)
    parts = [_typed_select(item, loaded, options, zone) for item in loaded]
    kind = "view" if all_parquet else "table"
    connection.execute(f"create {kind} typed_all as " + " union all ".join(parts))
    artificial = _artificial(connection, options.artificial)
    reason = "reason"
    if artificial:
        labels = ", ".join(literal(label) for label in artificial)
        reason = f"coalesce(reason, case when activity in ({labels}) then 'artificial' end)"
    connection.execute(f"create view typed as select * exclude (reason), {reason} as reason from typed_all")


def _typed_select(item: Loaded, loaded: Sequence[Loaded], options: ReadOptions, zone: str | None) -> str:
    roles = {role for other in loaded for role in other.map.columns}
    ts = item.times["time"].sql(options.timezone)
    raw_time = item.cells[item.map["time"] or ""]
    columns = [
        f"{item.index}::bigint * {ROWS_A_FILE} + {item.line} as row", f"{item.text('case')} as case_id",
        f"{item.text('activity')} as activity", f"{ts} as ts",
    ]
    if "start" in roles:
        start = item.times["start"].sql(options.timezone) if "start" in item.times else "null::timestamp"
        columns.append(f"{start} as st")
    columns += [f"{item.text(role)} as {role}" for role in TEXT_ROLES if role in roles]
    if "sequence" in roles:
        columns.append(f"try_cast({item.text('sequence')} as bigint) as sequence")
    if "amount" in roles:
        columns += [f"{_amount_sql(item.text('amount'))} as amount", f"nullif(trim({item.text('amount')}), '') as amount_text"]
    reason = (
        "case when case_id is null or trim(case_id) = '' then 'id_missing' "
        "when activity is null or trim(activity) = '' then 'label_missing' "
        "when blank then 'ts_missing' when ts is null then 'ts_unreadable' "
        + (f"when ts > {_moment(options.as_of)} then 'after_as_of' " if options.as_of else "")
        + "end as reason"
    )
    blank = f"nullif(trim({raw_time}::varchar), '') is null" if item.types[item.map['time'] or ''] == "VARCHAR" else f"{raw_time} is null"
    return f"select * exclude (blank), {reason} from (select {', '.join(columns)}, {blank} as blank from {item.relation})"


def _amount_sql(text: str) -> str:
    """Currency signs, blanks and well-placed thousands commas are taken off; anything else must be a number."""
    bare = f"regexp_replace(trim({text}), '^[¥￥$€£]\\s*|\\s+|元$', '', 'g')"
    return (f"try_cast(case when regexp_full_match({bare}, '[-+]?[0-9]{{1,3}}(,[0-9]{{3}})+([.][0-9]+)?') "
            f"then replace({bare}, ',', '') else {bare} end as {AMOUNT})")


def _moment(moment: datetime) -> str:
    return f"timestamp '{moment.isoformat(sep=' ')}'"


def _artificial(connection: duckdb.DuckDBPyConnection, words: frozenset[str]) -> list[str]:
    """Labels added by a mining tool: once in each of all cases, at the very border, adding no time at all.

    A row that carries time of its own is an event, whatever it is called.
    """
    if not words:
        return []
    listed = ", ".join(literal(word) for word in sorted(words))
    present = connection.sql(f"""
        select distinct activity from typed_all
        where reason is null and lower(trim(activity)) in ({listed}) order by 1""").fetchall()
    if not present:
        return []
    labels = ", ".join(literal(row[0]) for row in present)
    has_start = "st" in connection.sql("select * from typed_all limit 0").columns
    begin = "coalesce(st, ts)" if has_start else "ts"
    rows = connection.sql(f"""
        with kept as (select case_id, activity, ts, {begin} as b from typed_all where reason is null),
        body as (select case_id, min(b) as first, max(ts) as last from kept where activity not in ({labels}) group by 1),
        border as (select activity, case_id, count(*) as n, min(b) as b, max(ts) as e from kept
                   where activity in ({labels}) group by all)
        select activity from border left join body using (case_id) group by activity
        having count(*) = (select count(distinct case_id) from kept) and max(n) = 1 and bool_and(
          first is not null and b = e and (abs(epoch_us(first) - epoch_us(e)) <= 1000000 and e <= first
          or abs(epoch_us(e) - epoch_us(last)) <= 1000000 and e >= last)) order by 1""").fetchall()
    return [row[0] for row in rows]


def _pass_over(
    connection: duckdb.DuckDBPyConnection, table: Table, reason: str, progress: Progress
) -> tuple[SourceFile, Fates, RowSetAside | None]:
    """A table that is no event table: counted to the last line, nothing of it enters the log."""
    fates = Fates()
    if isinstance(table, TextTable):
        records = 0
        for batch in table.draw(fates):
            records += len(batch.lines)
            progress(table.file, len(batch.lines))
    else:
        import pandas as pd

        records = (len(table.origin) if isinstance(table.origin, pd.DataFrame)
                   else _count(connection, f"read_parquet({literal(str(table.origin))})"))
        fates.lines = records
    row = RowSetAside(table.file, 1, fates.lines, "table_not_used", reason) if records else None
    return _source_file(table, records, fates, None), fates, row


def _source_file(table: Table, records: int, fates: Fates, zone: str | None) -> SourceFile:
    text = isinstance(table, TextTable)
    return SourceFile(
        table.file, table.sha256, table.encoding if isinstance(table, TextTable) else "",
        table.dialect if isinstance(table, TextTable) else "typed", zone or "", fates.lines,
        fates.structure if text else 0, records,
    )


def _account(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], files: list[SourceFile],
    fates: Sequence[tuple[int, Fates]],
    spare: Sequence[tuple[SourceFile, Fates, RowSetAside | None]], zone: str | None, options: ReadOptions,
) -> Ingested:
    lost = [row for _, fate in fates for row in fate.set_aside] + [row for _, fate, _ in spare for row in fate.set_aside]
    spare_records = sum(file.records for file, _, _ in spare)
    all_files = (*files, *(file for file, _, _ in spare))
    records = sum(file.records for file in all_files)
    by_reason = dict(connection.sql("select reason, count(*) from typed group by reason order by reason").fetchall())
    kept = by_reason.pop(None, 0)
    if kept == 0:
        raise InputError(_nothing_left(by_reason, records))
    lines = sum(file.lines - file.structure for file in all_files)
    steps = (
        Step("lines → records", "lines", lines, lines - sum(r.line_to - r.line_from + 1 for r in lost),
             set_aside=_tally(lost)),
        Step("records → events", "records", records, kept,
             set_aside={**by_reason, **({"table_not_used": spare_records} if spare_records else {})}),
    )
    last = connection.sql("select * from typed limit 0").columns
    latest = "greatest(ts, st)" if "st" in last else "ts"
    as_of = options.as_of or connection.sql(f"select max({latest}) from typed where reason is null").fetchall()[0][0]
    set_aside = [*lost, *_rows_set_aside(connection, loaded), *(row for _, _, row in spare if row)]
    money, unreadable = _money(connection, last)
    return Ingested(
        all_files, steps, money, tuple(set_aside), unreadable,
        frozenset(role for item in loaded for role in item.map.columns), options.timezone or zone, as_of,
        tuple(loaded), tuple(note for _, fate in fates for note in fate.notes),
    )


def _tally(rows: Iterable[RowSetAside]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.reason] = counts.get(row.reason, 0) + row.line_to - row.line_from + 1
    return counts


def _nothing_left(by_reason: Mapping[str, int], records: int) -> list[Fault]:
    if not by_reason:
        return [Fault(f"the file has a header but no data: {records} records", fix="export again, with rows")]
    return [
        Fault(f"no event is left: {n} of {records} rows are set aside as '{reason}'",
              fix="look at the columns with: ltcdiag sniff PATH")
        for reason, n in sorted(by_reason.items())
    ]


def _rows_set_aside(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded]) -> list[RowSetAside]:
    rows: list[RowSetAside] = []
    aside = connection.sql(
        f"select row // {ROWS_A_FILE} as file, row % {ROWS_A_FILE} as line, reason from typed "
        "where reason is not null order by row")
    connection.execute(f"create or replace temp table aside as {aside.sql_query()}")
    for item in loaded:
        shown = " || ' | ' || ".join(f"coalesce({cell}::varchar, '')" for cell in item.cells.values()) or "''"
        found = connection.sql(
            f"select aside.line, reason, left({shown}, 500) from aside join {item.relation} on {item.line} = aside.line "
            f"where aside.file = {item.index} order by aside.line").fetchall()
        rows += [RowSetAside(item.table.file, line, line, reason, text) for line, reason, text in found]
    return rows


def _money(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> tuple[tuple[Money, ...], int]:
    if "amount" not in columns:
        return (), 0
    currency = "coalesce(nullif(trim(currency), ''), 'unstated')" if "currency" in columns else "'unstated'"
    rows = connection.sql(f"""
        select {currency} as cur, coalesce(sum(amount), 0), coalesce(sum(amount) filter (where reason is null), 0),
               coalesce(sum(amount) filter (where reason is not null), 0)
        from typed where amount is not null group by cur order by cur""").fetchall()
    unreadable = connection.sql(
        "select count(*) from typed where amount is null and amount_text is not null").fetchall()[0][0]
    return tuple(Money(c, Decimal(r), Decimal(k), set_aside=Decimal(a)) for c, r, k, a in rows), unreadable


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(connection.sql(f"select count(*) from {relation}").fetchall()[0][0])
