"""The prepared tables: ev (events in order), wi (work instances), cs (cases), lab (labels and their levels)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

PARTY_ROLES = ("resource", "role", "department")
LEVELS = ("activity", "stage", "main_stage", "sub_process", "chain")


def prepare_events(connection: duckdb.DuckDBPyConnection, roles: frozenset[str]) -> None:
    """k: case ids as integers in sorted order; ev: one row an event with its position and its successor.

    Total order inside a case: time, start, explicit sequence, source row. Integers and enumerations keep the
    window small: strings cost more than the mining.
    """
    connection.execute(
        "create table k as select case_id, (row_number() over (order by case_id))::int as c "
        "from (select distinct case_id from kept)"
    )
    _enumerate(connection, "act", "activity")
    parties = [role for role in PARTY_ROLES if role in roles]
    for role in parties:
        _enumerate(connection, role, role)
    extra = [f"nullif(trim({role}), '')::e_{role} as {role}" for role in parties]
    plain = [column for column in ("lifecycle", "instance", "outcome") if column in roles]
    columns = [
        "k.c",
        "activity::e_act as a",
        "ts",
        "row",
        *(["st"] if "start" in roles else []),
        *(["sequence"] if "sequence" in roles else []),
        *extra,
        *plain,
    ]
    order = ", ".join(
        [
            "ts",
            *(["st nulls first"] if "start" in roles else []),
            *(["sequence nulls first"] if "sequence" in roles else []),
            "row",
        ]
    )
    connection.execute(
        f"create table ev as select * , row_number() over w as pos, lead(a) over w as a2, lead(ts) over w as ts2 "
        f"from (select {', '.join(columns)} from kept join k using (case_id)) "
        f"window w as (partition by c order by {order})"
    )


def _enumerate(connection: duckdb.DuckDBPyConnection, type_name: str, column: str) -> None:
    """An enumeration in sorted order. Activities stay as they are; a blank party is no party."""
    value = column if column == "activity" else f"nullif(trim({column}), '')"
    connection.execute(
        f"create type e_{type_name} as enum (select distinct {value} as v from "
        f"(select distinct {column} from kept) where {value} is not null order by v)"
    )


def prepare_labels(
    connection: duckdb.DuckDBPyConnection,
    stages: Mapping[str, str | None],
    levels: Mapping[str, Mapping[str, str]],
    closing: frozenset[str],
    aftercare: frozenset[str],
) -> None:
    """lab: one row an activity with its stage or null, its key on every level above, whether it closes a case,
    and whether it may follow a close without reopening the case."""
    labels = [row[0] for row in connection.sql("select distinct a::varchar from ev order by 1").fetchall()]
    rows = [
        (
            label,
            stages.get(label),
            *(levels.get(level, {}).get(label, label) for level in LEVELS[1:]),
            label in closing,
            label in aftercare,
        )
        for label in labels
    ]
    connection.execute(
        "create table lab (a e_act, known_stage varchar, stage varchar, main_stage varchar, sub_process varchar, "
        "chain varchar, closes boolean, aftercare boolean)"
    )
    if rows:
        connection.executemany("insert into lab values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


ORDINARY, STATE, PASSING = 0, 1, 2
"""What a label does to the stage in force: ends it, is one, or leaves it as it is."""


def prepare_states(
    connection: duckdb.DuckDBPyConnection, states: frozenset[str], passing: frozenset[str]
) -> None:
    """lab.grip: ORDINARY, STATE or PASSING."""
    connection.execute(f"alter table lab add column grip tinyint default {ORDINARY}")
    for grip, labels in ((STATE, states), (PASSING, passing)):
        for label in sorted(labels):
            connection.execute("update lab set grip = ? where a::varchar = ?", [grip, label])


AFTERCARE_CASES = 10
"""In fewer cases a step that comes only after an end proves nothing."""

# Labels without a stage that do not close: where each first stands before which other, a null for all those that came
# before an end here and so are no aftercare anywhere. It adds up over cases; `before` is null in the row of a label.
ONLY_AFTER_PART = """
with ends as (select c, min(pos) filter (closes) as first from ev join lab using (a) group by c),
mine as (select c, a, min(pos) as first, max(pos) as last from ev join lab using (a)
         where known_stage is null and not closes group by c, a),
told as (select a, count(*) as cases, bool_and(e.first is not null and m.first > e.first) as after
         from mine m join ends e using (c) group by a),
late as (select a from told where after),
other as (select c, max(pos) as last from ev where a not in (from late) group by c),
behind as (select m.a, o.a as before from mine m join mine o on o.c = m.c and o.a <> m.a and o.last > m.first
           where m.a in (from late) and o.a in (from late) union
           select m.a, null from mine m join other o on o.c = m.c and o.last > m.first where m.a in (from late))
select a::varchar as label, null::varchar as before, cases, after, false as pair from told union all
select a::varchar, before::varchar, 0, true, true from behind"""

ONLY_AFTER = f"""
with parts as ({{parts}}),
late as (select label from parts where not pair group by label
         having bool_and(after) and sum(cases) >= {AFTERCARE_CASES})
select label from late where label not in (
  select label from parts where pair and (before is null or before not in (from late))) order by label"""


def prepare_aftercare(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Marks as aftercare the steps without a stage that in ten cases or more only ever come after an end, with nothing
    else behind them (a visit after the last payment); returns them."""
    open_labels = connection.sql("select count(*) from lab where known_stage is null and not closes and not aftercare")
    if not open_labels.fetchall()[0][0] or not connection.sql("select bool_or(closes) from lab").fetchall()[0][0]:
        return []
    found = [row[0] for row in connection.sql(ONLY_AFTER.format(parts=ONLY_AFTER_PART)).fetchall()]
    for label in found:
        connection.execute("update lab set aftercare = true where a = ?::varchar", [label])
    return found


def prepare_instances(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], *, transitions: bool
) -> None:
    """wi: one row a piece of work, with its start (if recorded) and its completion (null while it runs).

    Where rows are lifecycle transitions, the n-th completion takes the oldest open start of the same activity
    (or of the same concept:instance); schedule, suspend and resume rows are no work of their own. transitions: as
    `lifecycle_rows` says of the whole log.
    """
    start = "st" if "st" in columns else "null::timestamp as st"
    parties = "".join(f", {role}" for role in PARTY_ROLES if role in columns)
    if not transitions:
        connection.execute(f"create view wi as select c, a, {start}, ts, row, pos{parties} from ev")
        return
    instance = ", instance" if "instance" in columns else ""
    keep = "".join(f", coalesce(e.{r}, s.{r}) as {r}" for r in PARTY_ROLES if r in columns)
    connection.execute(f"""
        create table wi as
        with rows as (
          select c, a, ts, row, pos{instance}{parties}, case when lower(lifecycle) = 'start' then 1
            when lower(lifecycle) in ('complete', 'ate_abort', 'pi_abort', 'autoskip', 'manualskip', 'withdraw')
            then -1 end as move from ev),
        balance as (
          select *, sum(move) over w as open, min(least(open_, 0)) over w as low
          from (select *, sum(move) over (partition by c, a{instance} order by pos) as open_ from rows
                where move is not null)
          window w as (partition by c, a{instance} order by pos)),
        matched as (
          select *, move = -1 and low < coalesce(lag(low) over w, 0) as alone from balance
          window w as (partition by c, a{instance} order by pos)),
        ranked as (
          select *, row_number() over (partition by c, a{instance}, move, alone order by pos) as rank from matched)
        select coalesce(e.c, s.c) as c, coalesce(e.a, s.a) as a, s.ts as st, e.ts as ts,
               coalesce(e.row, s.row) as row, coalesce(e.pos, s.pos) as pos{keep}
        from (select * from ranked where move = -1) e
        full join (select * from ranked where move = 1) s
          on e.c = s.c and e.a = s.a and e.rank = s.rank and not e.alone
          {"and e.instance is not distinct from s.instance" if instance else ""}""")


def lifecycle_rows(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> bool:
    """Whether rows are transitions of work (start beside complete) and not pieces of work themselves."""
    if "lifecycle" not in columns:
        return False
    found = connection.sql(
        "select count(distinct lower(lifecycle)) from ev where lower(lifecycle) in ('start', 'complete')"
    ).fetchall()
    return bool(found[0][0] == 2)


def prepare_cases(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], known: bool) -> None:
    """cs: one row a case: its variant as a list, its ends, its state, and the last position of its open time.

    Closed: its last event, leaving aftercare aside, closes a case, or an outcome is recorded. Where nothing
    in the log can close a case the state is unknown, never guessed. What follows the closing event is aftercare.
    """
    begin = "least(min(ts), min(st))" if "st" in columns else "min(ts)"
    outcome = "or bool_or(nullif(trim(outcome), '') is not null)" if "outcome" in columns else ""
    at_end = (
        "max(pos) filter (closes) is not distinct from max(pos) filter (closes or not aftercare) and bool_or(closes)"
    )
    state = f"case when {at_end} {outcome} then 'closed' else 'open' end" if known else "'unknown'"
    last = f"case when {at_end} then max(pos) filter (closes) else max(pos) end" if known else "max(pos)"
    connection.execute(
        f"create table cs as select c, list(a order by pos) as v, count(*) as n, {begin} as t0, max(ts) as t1, "
        f"min(row) as row0, max(row) as row1, {state} as state, {last} as last_pos "
        "from ev join lab using (a) group by c"
    )
