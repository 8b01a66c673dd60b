"""A log handed out: its events in batches, and the objects behind it as the tables of an object-centric log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..log.object_centric import ObjectCentricLog
from ..log.plan import KINDS
from .connection import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_PARTIES = ("resource", "role", "department")
_COLUMNS = {"st": "start", "lifecycle": "lifecycle", "instance": "instance",
            **{party: f"{party}" for party in _PARTIES}}
_CHANGE = KINDS.index("change")
_ID = "type || ':' || case when space = '' then '' else space || '/' end || id"
ATTRIBUTE = {"amount_changed": "amount", "close_date_pushed": "expected_close", "close_date_pulled": "expected_close"}
_CHUNKS = 10    # of 2,048 rows


def event_batches(
    connection: duckdb.DuckDBPyConnection, names: Mapping[str, str], columns: tuple[str, ...]
) -> Iterator[pd.DataFrame]:
    """case_id, activity, time, the columns the log has of start, lifecycle, instance, resource, role, department, and
    source_row; cases one after the other, in the order of the log."""
    extra = "".join(f", e.{column}{'::varchar' if column in _PARTIES else ''} as {name}"
                    for column, name in _COLUMNS.items() if column in columns)
    cursor = connection.cursor()
    cursor.execute(f"use {TABLES}")     # a cursor begins where every connection does
    cursor.execute(f"select case_id, e.a::varchar as activity, ts as time{extra}, row as source_row "
                   f"from {names['ev']} e join k using (c) order by c, pos")
    while len(chunk := cursor.fetch_df_chunk(_CHUNKS)):
        yield chunk


def object_tables(connection: duckdb.DuckDBPyConnection) -> ObjectCentricLog:
    """The objects that the tables of systems made: every event with its object, every object with its facts, the links
    as their files state them, and the changes of amounts and promised dates."""
    def table(sql: str) -> pd.DataFrame:
        return connection.sql(sql).df()

    objects = table(f"""select {_ID} as object_id, type as object_type, name, amount::double as amount, currency, state,
        owner, row as source_row from ob order by o""")
    named = f"(select o, {_ID} as object_id, type as object_type from ob)"
    events = table(f"""
        select row_number() over (order by ts, row, part) as event_id, activity, ts as timestamp, row as source_row,
          st as start_timestamp, resource, role, department, whole_day as date_only, object_id, object_type
        from evs join {named} using (o) where kind <> {_CHANGE} order by 1""")
    relations = events[["event_id", "object_id", "object_type"]].rename(columns={"object_type": "qualifier"})
    links = table(f"""
        select a.object_id as source_id, b.object_id as target_id, qualifier
        from oo join {named} a on a.o = oo.source join {named} b on b.o = oo.target order by oo.source, oo.target, 3""")
    cases = " ".join(f"when '{key}' then '{name}'" for key, name in ATTRIBUTE.items())
    changes = table(f"""
        select object_id, case canonical {cases} end as attribute, ts as timestamp, code as value
        from evs join {named} using (o) where kind = {_CHANGE} and code is not null
          and canonical in ({', '.join(f"'{key}'" for key in ATTRIBUTE)}) order by ts, row, part""")
    kept = events.drop(columns=["object_id", "object_type"]).dropna(axis=1, how="all")
    return ObjectCentricLog(kept, objects.dropna(axis=1, how="all"), relations, links, changes)
