"""One case notion over the objects: `kept`, the events of the cases; what is copied or left out is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..log.plan import KINDS, ViewPlan
from .connection import count, literal

if TYPE_CHECKING:
    import duckdb

_CREATE, _CHANGE = KINDS.index("create"), KINDS.index("change")
_SATELLITE_RANK = 25    # a call or an approval stands between the deal's own steps and its documents
_SEQ = 10**13
_PARTS = 1000   # events of one row stand in the order of the profile, dates of stages in that of their columns


@dataclass(frozen=True)
class Viewed:
    """events: before the view. out: those of no case. late: after the as-of moment. changes: of facts, no steps.
    copies: made because an event serves several cases. empty: case objects without any event."""

    events: int
    out: int
    late: int
    changes: int
    copies: int
    kept: int
    empty: int


def make_view(
    connection: duckdb.DuckDBPyConnection, view: ViewPlan, parties: Sequence[str], as_of: datetime | None
) -> Viewed:
    """`member`: case object → objects below it. `kept`: case_id, activity, ts, row, sequence and the parties."""
    _members(connection, view)
    late = f"ts > timestamp '{as_of.isoformat(sep=' ')}'" if as_of else "false"
    steps = "true" if view.changes else f"kind <> {_CHANGE}"
    connection.execute(f"create view timely as select * from evs where not {late} and {steps}")
    columns = "".join(f", {party}" for party in parties)
    has_start = connection.sql("select count(st) from evs").fetchall()[0][0]
    start = ", case when st <= moment then st end as st" if has_start else ""
    connection.execute(f"""
        create table kept as
        with mine as (select member.c, evs.*, coalesce(ranks.rank, {_SATELLITE_RANK}) as rank from timely as evs
                      join member using (o) join ob using (o) join ranks on ranks.type = ob.type),
        dayed as (select *,
          min(ts) filter (not whole_day) over (partition by c, o, date_trunc('day', ts)) as first_timed,
          max(ts) filter (not whole_day) over (partition by c, date_trunc('day', ts) order by rank) as last_before,
          min(ts) filter (not whole_day) over (partition by c, date_trunc('day', ts)) as first_of_day from mine),
        placed as (select *, case when not whole_day then ts when kind = {_CREATE} and first_timed is not null
          then first_timed else coalesce(last_before, first_of_day, ts) end as moment from dayed)
        select case_name.case_id, activity, moment as ts, row,
          (rank * 16 + kind) * {_SEQ} + seq * {_PARTS} + part + {_SEQ // 2} as sequence{start}{columns}
        from placed join case_name using (c)""")
    events, timely = count(connection, "evs"), count(connection, "timely")
    changes = 0 if view.changes else _one(connection, f"select count(*) from evs where kind = {_CHANGE} and not {late}")
    used = _one(connection, "select count(*) from timely semi join member using (o)")
    kept = count(connection, "kept")
    empty = _one(connection, "select count(distinct c) from member where c not in (select c from member "
                             "semi join timely using (o))")
    return Viewed(events, timely - used, events - timely - changes, changes, kept - used, kept, empty)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.sql(sql).fetchall()[0][0])


def _members(connection: duckdb.DuckDBPyConnection, view: ViewPlan) -> None:
    edges = "bridge" if view.of in view.ranks and (view.of == "" or view.ranks[view.of] is not None) else "true"
    if view.of == "":
        edges = "bridge"
    held = "true" if view.holds == ("*",) else f"(type in ({_listed(view.holds)}) or satellite)"
    connection.execute(f"create table edges as select p, q from oo join ob on ob.o = oo.q join ranks using (type) "
                       f"where {edges} and {held}")
    if view.of:
        start = f"select o from ob where type = {literal(view.of)}"
    else:
        start = ("select o from ob join ranks using (type) where rank is not null and o not in (select q from oo where "
                 "bridge)")
    connection.execute(f"""
        create table member as
        with recursive m(c, o) as (
          select o, o from ({start}) union select m.c, edges.q from m join edges on edges.p = m.o)
        select c, o from m""")
    names = " ".join(f"when {literal(kind)} then {literal(word)}" for kind, word in view.names.items())
    connection.execute(f"""
        create table case_name as
        select o as c, case when count(*) over (partition by id) = 1 then id else
          case type {names or "when '' then ''"} else type end || ' ' || id || case when space = '' then '' else
          ' (' || space || ')' end end as case_id
        from ob where o in (select c from member)""")


def _listed(types: Sequence[str]) -> str:
    return ", ".join(map(literal, types)) or "''"


def fan_out(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, int, int]]:
    """parent type, child type, parents, children, the most children of one parent; over the links of the chain."""
    return connection.sql("""
        select a.type, b.type, count(distinct p), count(distinct q), max(n) from (
          select p, q, count(*) over (partition by p, y.type) as n, y.type from oo join ob y on y.o = q where bridge) l
        join ob a on a.o = p join ob b on b.o = q join ranks ra on ra.type = a.type join ranks rb on rb.type = b.type
        where ra.rank is not null and rb.rank is not null
        group by 1, 2, ra.rank, rb.rank order by ra.rank, rb.rank""").fetchall()
