"""What follows for an event from other rows: the first stage that a change names, appointments that have not come yet,
names that several objects have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.plan import KINDS, EventPlan
from .cells import cell
from .connection import literal
from .source_rows import Source

if TYPE_CHECKING:
    import duckdb

_STAGE, _CREATE = KINDS.index("stage"), KINDS.index("create")
_FIRST_PART = -200    # before the row that tells it


def add_first_stages(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """A change from old to new tells the stage before it: the first change of an object, the one it was created in.

    Only where changes were being recorded when the object was created, that is if the table holds a change that is
    older: else the object may have had other stages before, and its history counts as cut.
    """
    for source in sources:
        for part, event in enumerate(source.plan.events):
            if event.before and event.time in source.times and source.plan.role == "events":
                since = [f"select min({other.ts(event.time)}) as ts from {other.item.relation}" for other in sources
                         if (other.plan.system, other.plan.name) == (source.plan.system, source.plan.name)
                         and event.time in other.times]
                connection.execute(f"insert into made {_first_sql(source, part, event, ' union all '.join(since))}")


def _first_sql(source: Source, part: int, event: EventPlan, since: str) -> str:
    item = source.item
    return f"""
        with told as (select {item.row} as row, {cell(item, event.before)} as old from {item.relation}),
        opening as (
          select made.*, told.old, row_number() over (partition by type, id order by ts, seq) as n
          from made join told using (row) where part = {part} and kind = {_STAGE}),
        births as (select type, id, min(ts) as born from made where kind = {_CREATE} and clock = 'recorded'
                   group by 1, 2)
        select opening.* exclude (old, n) replace ({_FIRST_PART} + part as part, null as rid,
          {literal(event.activity)} || old as activity, 'derived' as clock, old as code, born as ts,
          false as whole_day, null as st, null as recorded, null as resource, null as role, null as department)
        from opening join births using (type, id)
        where n = 1 and old is not null and born <= ts and born >= (select min(ts) from ({since}))"""


def drop_first_values(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """In a history of values the first one of an object is no change."""
    for source in sources:
        for part, event in enumerate(source.plan.events):
            if event.later:
                connection.execute(f"""
                    delete from made where (row, part) in (select (row, part) from (
                      select row, part from made where part = {part} and {source.item.here}
                      qualify row_number() over (partition by type, id order by ts, seq, row) = 1))""")


def set_plans_aside(connection: duckdb.DuckDBPyConnection) -> None:
    """Appointments later than everything that is recorded have not come yet: they are no events."""
    connection.execute("""
        create table not_yet as select row, part from made where clock = 'planned'
          and ts > (select max(ts) from made where clock in ('recorded', 'milestone'))""")
    connection.execute("delete from made where (row, part) in (select (row, part) from not_yet)")
    connection.execute("update rec set reason = 'planned' where reason is null and row in (select row from not_yet) "
                       "and row not in (select row from made)")


def refuse_shared_names(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Rows of files that call an object by a name which several objects have are set aside: nobody knows which of them
    they are about. A name that one object alone has is as good as its id."""
    named = [source.item.here for source in sources if source.plan.by_name]
    if not named:
        return
    shared = "select space, type, text_key(text) from called group by all having count(distinct id) > 1"
    here = f"(space, type, text_key(id)) in ({shared}) and ({' or '.join(named)})"
    connection.execute(f"update rec set reason = 'name_not_unique' where reason is null and {here}")
    for table in ("made", "asked"):
        connection.execute(f"delete from {table} where {here}")
