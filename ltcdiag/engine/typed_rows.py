"""The relation `typed`: one row a record with its roles typed, and the reason why it is no event, or null."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..log.records import TypedTable
from .connection import literal
from .loading import Loaded, ReadOptions

if TYPE_CHECKING:
    import duckdb

TEXT_ROLES = ("lifecycle", "instance", "resource", "role", "department", "currency", "outcome")
AMOUNT = "decimal(38,6)"
NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U")


def parse_rows(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], options: ReadOptions) -> None:
    """The relation `typed_all`: a view where columns have types already (nothing is copied), a table where text
    was parsed (so that it is parsed once)."""
    roles = frozenset(role for item in loaded for role in item.map.columns)
    parts = [_typed_select(item, roles, options) for item in loaded]
    kind = "view" if all(isinstance(item.table, TypedTable) for item in loaded) else "table"
    connection.execute(f"create {kind} typed_all as " + " union all ".join(parts))


def make_typed(connection: duckdb.DuckDBPyConnection, options: ReadOptions, unfit: bool) -> None:
    """The relation `typed`: as `typed_all`, with the rows that a tool added and those that were found unfit."""
    artificial = _artificial(connection, options.artificial)
    reason = "reason"
    if artificial:
        labels = ", ".join(literal(label) for label in artificial)
        reason = f"coalesce(reason, case when activity in ({labels}) then 'artificial' end)"
    if unfit:
        connection.execute("create table unfit_rows as select row, min(reason) as unfit from unfit group by row")
        reason = f"coalesce(unfit, {reason})"   # a sum has no case either, but what it is says more
    also = "left join unfit_rows using (row)" if unfit else ""
    connection.execute(f"create view typed as select typed_all.* exclude (reason), {reason} as reason "
                       f"from typed_all {also}")


def _typed_select(item: Loaded, roles: frozenset[str], options: ReadOptions) -> str:
    columns = ", ".join(_typed_columns(item, roles, options))
    late = f"when ts > {_moment(options.as_of)} then 'after_as_of'" if options.as_of else ""
    return f"""
        select * exclude (no_time), case when case_id is null or trim(case_id) = '' then 'id_missing'
          when activity is null or trim(activity) = '' then 'label_missing'
          when no_time then 'ts_missing' when ts is null then 'ts_unreadable' {late} end as reason
        from (select {columns}, {_blank(item, "time")} as no_time from {item.relation})"""


def _typed_columns(item: Loaded, roles: frozenset[str], options: ReadOptions) -> list[str]:
    columns = [
        f"{item.row} as row",
        f"{item.text('case')} as case_id",
        f"{item.text('activity')} as activity",
        f"{item.times['time'].sql(options.timezone)} as ts",
    ]
    if "start" in roles:
        start = item.times["start"].sql(options.timezone) if "start" in item.times else "null::timestamp"
        columns.append(f"{start} as st")
    columns += [f"{item.text(role)} as {role}" for role in TEXT_ROLES if role in roles]
    if "sequence" in roles:
        columns.append(f"try_cast({item.text('sequence')} as bigint) as sequence")
    if "amount" in roles:
        columns += [
            f"{amount_sql(item)} as amount",
            f"not {_blank(item, 'amount')} as has_amount",
        ]
    return columns


def _blank(item: Loaded, role: str) -> str:
    """Whether the cell of a role is empty; a typed cell is empty only when it is null."""
    column = item.map[role]
    if column is not None and item.types[column] != "VARCHAR":
        return f"({item.cells[column]} is null)"
    return f"(nullif(trim({item.text(role)}), '') is null)"


def amount_sql(item: Loaded) -> str:
    """Currency signs, blanks and well-placed thousands commas are taken off; anything else must be a number."""
    column = item.map["amount"]
    if column is not None and item.types[column].startswith(NUMBERS):
        return f"try_cast({item.cells[column]} as {AMOUNT})"
    text = item.text("amount")
    bare = f"regexp_replace(trim({text}), '^[¥￥$€£]\\s*|\\s+|元$', '', 'g')"
    return (
        f"try_cast(case when regexp_full_match({bare}, '[-+]?[0-9]{{1,3}}(,[0-9]{{3}})+([.][0-9]+)?') "
        f"then replace({bare}, ',', '') else {bare} end as {AMOUNT})"
    )


def _moment(moment: datetime) -> str:
    return f"timestamp '{moment.isoformat(sep=' ')}'"


def _artificial(connection: duckdb.DuckDBPyConnection, words: frozenset[str]) -> list[str]:
    """Labels added by a mining tool: once in each of all cases, without duration, at the moment of another row.

    A row that carries time of its own is an event, whatever it is called. The border rows of some tools stand
    at the end of the row that started last, not at the last end: so the moment decides, not the position.
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
        body as (select * from kept where activity not in ({labels})),
        span as (select case_id, min(b) as first, max(ts) as last from body group by 1),
        border as (select activity, case_id, count(*) as n, min(b) as b, max(ts) as e from kept
                   where activity in ({labels}) group by all),
        near as (select border.activity, case_id,
                   min(least(abs(epoch_us(body.b) - epoch_us(e)), abs(epoch_us(body.ts) - epoch_us(e)))) as us
                 from border join body using (case_id) group by all)
        select activity from border left join span using (case_id) left join near using (activity, case_id)
        group by activity
        having count(*) = (select count(distinct case_id) from kept) and max(n) = 1 and bool_and(
          us is not null and us <= 1000000 and b = e
          and epoch_us(e) between epoch_us(first) - 1000000 and epoch_us(last) + 1000000)
        order by 1""").fetchall()
    return [row[0] for row in rows]
