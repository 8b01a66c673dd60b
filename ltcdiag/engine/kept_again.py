"""Logs that cannot be continued, because objects were put together from many tables: compared with what they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..log.event_log import EventLog
from .connection import connect, literal
from .kept_news import Grown

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

EVENTS = "events.parquet"
_NOT_COMPARED = ("source_row", "state")


def write_events(log: EventLog, path: Path) -> None:
    """The events of a log with the state of their cases, as they are now."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(_events(log), preserve_index=False)
    pq.write_table(table, path, compression="zstd")


def _events(log: EventLog) -> pd.DataFrame:
    import pandas as pd

    rows = pd.concat(list(log.tables.batches()), ignore_index=True)
    states = log.tables.answer("cases").table.set_index("case_id")["state"]
    return rows.assign(state=rows["case_id"].map(states))


def news_of(log: EventLog, path: Path) -> Grown:
    """What is another now than it was when the events at `path` were written. A case that is not there any more, and a
    row that is not, is withdrawn."""
    with connect() as connection:
        connection.register("rows_now", _events(log))
        connection.execute("create table was as select *, row_number() over () as n "
                           f"from read_parquet({literal(str(path))})")
        connection.execute("create table now as select *, row_number() over () as n from rows_now")
        old, new = (list(connection.sql(f"select * from {table} limit 0").columns) for table in ("was", "now"))
        columns = [column for column in new if column in old and column not in (*_NOT_COMPARED, "n")]
        connection.execute("create table pairs (old bigint, new bigint, same boolean)")
        step = ["case_id", "activity"]
        for by, same in ((columns, "true"), ([*step, "time"], "false"), (step, "false")):
            _pair(connection, by, same)
        return _told(connection, columns, log)


def _pair(connection: duckdb.DuckDBPyConnection, by: list[str], same: str) -> None:
    rank = f"row_number() over (partition by {', '.join(by)} order by time, n) as nth"
    left, right = (f"(select *, {rank} from {table} where n not in (select {side} from pairs))"
                   for table, side in (("was", "old"), ("now", "new")))
    keys = " and ".join(f"o.{column} is not distinct from w.{column}" for column in (*by, "nth"))
    connection.execute(f"insert into pairs select o.n, w.n, {same} from {left} o join {right} w on {keys}")


_REOPENED = """
with old as (select case_id, max(time) as closed from was where state = 'closed' group by 1),
later as (select case_id, activity, time from now join old using (case_id)
          where time > closed and n not in (select new from pairs)
          qualify row_number() over (partition by case_id order by time, n) = 1)
select case_id, closed, activity as next, later.time as time from old
  left join later using (case_id) left join (select case_id, min(state) as state from now group by 1) using (case_id)
where activity is not null or state = 'open' order by case_id"""


def _told(connection: duckdb.DuckDBPyConnection, columns: list[str], log: EventLog) -> Grown:
    def one(sql: str) -> int:
        return int(connection.sql(sql).fetchall()[0][0])

    file = literal(log.name)
    changed = " union all ".join(
        f"select {file} as file, b.source_row % 1000000000000 as line, b.case_id, {literal(column)} as \"column\", "
        f"a.{column}::varchar as before, b.{column}::varchar as after from pairs join was a on a.n = old "
        f"join now b on b.n = new where not same and a.{column} is distinct from b.{column}"
        for column in columns if column != "case_id")
    withdrawn = connection.sql(f"select {file} as file, source_row % 1000000000000 as line, case_id, activity, time "
                               "from was where n not in (select old from pairs) order by case_id, time, n").df()
    reopened = connection.sql(_REOPENED).df()
    fresh = "from now where n not in (select new from pairs)"
    counts = {
        "records": one("select count(*) from now"), "rows_new": one(f"select count(*) {fresh}"),
        "rows_same": one("select count(*) from pairs where same"),
        "rows_corrected": one("select count(*) from pairs where not same"), "rows_withdrawn": len(withdrawn),
        "cases_told": one("select count(distinct case_id) from now"),
        "cases_new": one("select count(distinct case_id) from now where case_id not in (select case_id from was)"),
        "cases_continued": one(f"select count(distinct case_id) {fresh} and case_id in (select case_id from was)"),
        "cases_reopened": len(reopened),
    }
    corrected = connection.sql(f"select * from ({changed}) order by case_id, line, \"column\"").df()
    return Grown(counts, corrected, withdrawn, reopened)
