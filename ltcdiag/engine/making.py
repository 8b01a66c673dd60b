"""The relation `made`: one row an event that some record makes, with its object, its label and its moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..log.plan import KINDS, EventPlan, Moment, Watch
from ..words import current, say
from .cells import all_of, amount, cell
from .connection import literal
from .source_rows import AMOUNT_OF_ROW, CURRENCY_OF_ROW, Source
from .typed_rows import AMOUNT

if TYPE_CHECKING:
    import duckdb

PARTIES = ("resource", "role", "department")
COLUMNS = (
    "row bigint", "part smallint", "space varchar", "type varchar", "id varchar", "rid varchar", "activity varchar",
    "canonical varchar", "kind tinyint", "clock varchar", "code varchar", "ts timestamp", "whole_day boolean",
    "st timestamp", "recorded timestamp", "seq bigint", "resource varchar", "role varchar", "department varchar",
)
_WATCHED_PART = 100


def make_events(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """`made`: every event of every record. `rec`: every record of the tables that make events, with its reason."""
    connection.execute(f"create table made ({', '.join(COLUMNS)})")
    connection.execute("create table value_before (row bigint, part smallint, value varchar)")
    connection.execute("create table rec (row bigint, space varchar, type varchar, id varchar, reason varchar, "
                       f"unread boolean, currency varchar, amount {AMOUNT}, bad_amount boolean, quiet boolean, "
                       "line varchar, timed boolean, touched timestamp)")
    for source in sources:
        if source.plan.role != "events":
            continue
        _records(connection, source)
        turn = _turn(connection, source)
        for part, event in enumerate(source.plan.events):
            if event.time in source.times:
                connection.execute(f"insert into made {_event_sql(source, part, event, turn)}")
        for part, watch in enumerate(source.plan.watched):
            steps = _watched_steps(source, _WATCHED_PART + part, watch, turn)
            connection.execute(f"insert into made {_watch_sql(steps, watch)}")
            connection.execute(f"insert into value_before {steps} select row, part, before::varchar from steps "
                               "where value <> before")


def _turn(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """1 where the rows of an object stand in the order of time, -1 where the newest stands first."""
    if source.plan.holds or not source.plan.events:
        return 1
    ts = source.ts(source.plan.events[0].time)
    asked = connection.sql(f"""
        select sum(sign(epoch_us(ts) - epoch_us(before))) from (
          select {ts} as ts, lag({ts}) over (partition by {source.key} order by {source.item.line}) as before
          from {source.item.relation})""").fetchall()[0][0]
    return -1 if asked is not None and asked < 0 else 1


def _records(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    item = source.item
    unread = " or ".join(
        f"({times.cell} is not null and {source.ts(moment)} is null)"
        for moment, times in source.times.items() if times.unread
    ) or "false"
    sum_, text = "null", "null"
    column = source.plan.fields.get("amount")
    if source.holds != "false" and column is not None:  # a history repeats the sum of its object
        sum_, text = (f"case when {source.holds} then {sql} end" for sql in (AMOUNT_OF_ROW, cell(item, column)))
    connection.execute(
        f"insert into rec select {item.row}, {source.space}, {source.type}, {source.key}, {source.dropped}, {unread}, "
        f"{CURRENCY_OF_ROW}, {sum_}, {text} is not null and {sum_} is null, {not source.plan.events}, "
        f"{cell(item, source.plan.line)}, {_timed(source)}, {source.touched} from {item.relation}"
    )


def _timed(source: Source) -> str:
    """Whether a row has the time of any event, whatever else the event needs."""
    moments = dict.fromkeys(event.time for event in source.plan.events if event.time in source.times)
    return " or ".join(f"{source.ts(moment)} is not null" for moment in moments) or "false"


def _event_sql(source: Source, part: int, event: EventPlan, turn: int) -> str:
    item = source.item
    code = cell(item, event.label) if event.label else literal(event.text) if event.text else "null"
    label = literal(event.activity) if code == "null" else f"{literal(event.activity)} || {code}"
    if event.detail:
        label += f" || coalesce({literal(say('log.colon', current()))} || {cell(item, event.detail)}, '')"
    live = f"{source.dropped} is null and {source.about(event.only)} and {all_of(item, event.when)}"
    ts, whole_day = source.ts(event.time), source.whole_day(event.time)
    if event.latest in source.times:
        late = f"coalesce({source.ts(event.latest)} < date_trunc('day', {ts}), false)"
        ts = f"case when {late} then {source.ts(event.latest)} else {ts} end"
        whole_day = f"({whole_day} and not {late})"
    return f"""
        select {_head(source, part)}, {label} as activity, {literal(event.key)} as canonical,
          {KINDS.index(event.kind)} as kind, {literal(event.clock)} as clock, {code} as code,
          {ts} as ts, {whole_day} as whole_day, {source.ts(event.start)} as st,
          {source.ts(event.recorded)} as recorded, ({item.line}) * {turn} as seq, {_parties(source, event.roles)}
        from {item.relation} where {live} and {source.ts(event.time)} is not null
          {f"and {code} is not null" if event.label else ""}"""


def _head(source: Source, part: int) -> str:
    rid = cell(source.item, source.plan.row_id) if source.plan.row_id or not source.plan.holds else "''"
    return (f"{source.item.row} as row, {part} as part, {source.space} as space, {source.type} as type, "
            f"{source.key} as id, {rid} as rid")


def _parties(source: Source, roles: Mapping[str, str]) -> str:
    return ", ".join(f"{cell(source.item, roles.get(role))} as {role}" for role in PARTIES)


def _watched_steps(source: Source, part: int, watch: Watch, turn: int) -> str:
    """The rows of each object with the value that is watched and the one before it."""
    item, event = source.item, source.plan.events[0]
    value = f"case when {all_of(item, watch.when)} then {_watched(source, watch)} end"
    return f"""
        with rows as (select {_head(source, part)}, {value} as value, {source.ts(event.time)} as ts,
            {source.whole_day(event.time)} as whole_day, ({item.line}) * {turn} as seq, {_parties(source, event.roles)}
          from {item.relation} where {source.dropped} is null and {source.ts(event.time)} is not null),
        steps as (select *, lag(value ignore nulls) over (partition by type, id order by ts, seq) as before
          from rows)"""


def _watch_sql(steps: str, watch: Watch) -> str:
    """Changes of a column from one row of an object to the next; a value that appears for the first time is none."""
    rises, falls = ([literal(text) for text in pair] for pair in (watch.rises, watch.falls))
    return f"""{steps}
        select row, part, space, type, id, rid, case when value > before then {rises[0]} else {falls[0]} end,
          case when value > before then {rises[1]} else {falls[1]} end, {KINDS.index("change")}, 'recorded',
          value::varchar, ts, whole_day, null::timestamp, null::timestamp, seq, {", ".join(PARTIES)}
        from steps where value <> before"""


def _watched(source: Source, watch: Watch) -> str:
    """The value that is watched, as SQL."""
    if watch.kind == "amount":
        return amount(source.item, watch.column)
    if watch.kind == "day":
        return source.ts(Moment(watch.column))
    text = cell(source.item, watch.column)
    return (f"coalesce(try_cast(left({text}, 10) as date), case when regexp_full_match({text}, '[0-9]{{13}}') "
            f"then make_timestamp(1000 * try_cast({text} as bigint))::date end)")
