"""What an export has brought to a kept log, told by comparing the rows before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.event_log import EventLog
from ..log.ledger import CORRECTED, WITHDRAWN
from .connection import ROWS_A_FILE, literal
from .duck_tables import DuckTables
from .loading import Loaded, names_of_files
from .merging import FIT, changed_cells

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class Grown:
    """What a part has brought: counts by name, and tables of corrected cells, withdrawn rows and reopened cases."""

    counts: Mapping[str, int]
    corrected: pd.DataFrame
    withdrawn: pd.DataFrame
    reopened: pd.DataFrame


def grown_by(connection: duckdb.DuckDBPyConnection, log: EventLog, new: int) -> Grown:
    """What the part at the place `new` has brought. Needs `told`, `was_gone`, `gone` and `couples` as `merge` leaves
    them, and the log that was made of them."""
    tables = log.tables
    if not isinstance(tables, DuckTables):
        raise TypeError(type(tables).__name__)
    loaded = tables.store.loaded
    _classes(connection, new)
    reopened = _reopened(connection, tables)
    counts = {**_counts(connection, new), "cases_reopened": len(reopened)}
    return Grown(counts, _corrected(connection, loaded), _withdrawn(connection, loaded), reopened)


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return list(connection.sql(f"select * from {table} limit 0").columns)


def _classes(connection: duckdb.DuckDBPyConnection, new: int) -> None:
    """`before`: the rows of the log before, of the cases that the new part tells of or has changed. `arrived`: every
    sound row of the new part with what it is: same, corrected (it takes the place of another), superseded (a later
    export has another in its place, or none), new. `replaced`: the corrections that it brings."""
    connection.execute(f"""
        create table arrived as select row, case_id, case
          when row in (select row from gone where reason in ('{CORRECTED}', '{WITHDRAWN}')) then 'superseded'
          when row in (select new from couples where same union all select old from couples where same) then 'same'
          when row in (select new from couples where not same) then 'corrected' else 'new' end as kind
        from told where part = {new} and {FIT}""")
    connection.execute(f"""
        create table before as select * from told
        where part <> {new} and {FIT} and row not in (select row from was_gone)
          and (case_id in (select case_id from arrived) or row in (select row from gone))""")
    connection.execute("create table replaced as select old, new from couples "
                       "where not same and new in (select row from arrived)")


def _counts(connection: duckdb.DuckDBPyConnection, new: int) -> dict[str, int]:
    def one(sql: str) -> int:
        return int(connection.sql(sql).fetchall()[0][0])

    kinds = dict(connection.sql("select kind, count(*) from arrived group by 1").fetchall())
    old = "select case_id from before"
    return {
        "records": one(f"select count(*) from told where part = {new}"),
        "set_aside": one(f"select count(*) from told where part = {new} and not {FIT}"),
        **{f"rows_{kind}": int(kinds.get(kind, 0)) for kind in ("new", "same", "corrected", "superseded")},
        "rows_withdrawn": one(f"select count(*) from ({_WITHDRAWN})"),
        "cases_told": one("select count(distinct case_id) from arrived"),
        "cases_new": one(f"select count(distinct case_id) from arrived where case_id not in ({old})"),
        "cases_continued": one(
            f"select count(distinct case_id) from arrived where kind = 'new' and case_id in ({old})"),
    }


_WITHDRAWN = f"select * from before where row in (select row from gone where reason = '{WITHDRAWN}')"


def _places(loaded: tuple[Loaded, ...]) -> str:
    files = ", ".join(f"({number}, {literal(file)})" for number, file in names_of_files(loaded).items())
    return f"join (values {files}) as f(i, file) on i = row // {ROWS_A_FILE}"


def _corrected(connection: duckdb.DuckDBPyConnection, loaded: tuple[Loaded, ...]) -> pd.DataFrame:
    return connection.sql(f"""
        select file, row % {ROWS_A_FILE} as line, case_id, "column", before, after
        from ({changed_cells(connection, loaded)}) join arrived using (row) {_places(loaded)}
        order by row, "column" """).df()


def _withdrawn(connection: duckdb.DuckDBPyConnection, loaded: tuple[Loaded, ...]) -> pd.DataFrame:
    return connection.sql(f"""
        select file, row % {ROWS_A_FILE} as line, case_id, activity, ts as time
        from ({_WITHDRAWN}) {_places(loaded)} order by row""").df()


def _reopened(connection: duckdb.DuckDBPyConnection, tables: DuckTables) -> pd.DataFrame:
    """Cases that had come to their end and that go on, or whose end has gone: case_id, closed (its last end before),
    next (the first step after that, none where the end has gone), time (of that)."""
    told = _columns(connection, "told")
    order = ", ".join(["ts", *(f"{each} nulls first" for each in ("st", "sequence") if each in told), "row"])
    outcome = "bool_or(nullif(trim(outcome), '') is not null)" if "outcome" in told else "false"
    cs = tables.names("cs")["cs"]
    state = "state" if tables.store.closes_known else "'closed'"
    return connection.sql(f"""
        with old as (
          select case_id, ts, coalesce(closes, false) as closes, coalesce(aftercare, false) as aftercare,
            {"outcome," if "outcome" in told else ""} row_number() over (partition by case_id order by {order}) as pos
          from before left join lab on lab.a::varchar = activity where case_id in (select case_id from arrived)),
        ends as (
          select case_id, coalesce(max(ts) filter (closes), max(ts)) as closed from old group by case_id
          having (bool_or(closes) and max(pos) filter (closes) = max(pos) filter (closes or not aftercare))
            or {outcome}),
        later as (
          select case_id, ev.a::varchar as activity, ev.ts from ev join k using (c) join lab using (a)
            join ends using (case_id)
          where ev.ts > closed and not aftercare and ev.row in (select row from arrived)
          qualify row_number() over (partition by case_id order by pos) = 1)
        select case_id, closed, activity as next, ts as time from ends left join later using (case_id)
          left join k using (case_id) left join {cs} using (c)
        where activity is not null or {state} = 'open' order by case_id""").df()
