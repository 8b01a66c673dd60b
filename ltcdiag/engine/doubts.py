"""What does not fit together: times, histories, ids and dictionaries that a person should doubt, each as a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..log.plan import KINDS
from ..words import current, say
from .connection import literal
from .refining import CUT
from .source_rows import Source

if TYPE_CHECKING:
    import duckdb

_STAGE, _CREATE, _CLOSE = (KINDS.index(kind) for kind in ("stage", "create", "close"))
BULK = 5
"""So many objects touched by one person at one moment are a bulk job and no work (Salesforce org, seen)."""
_NO_HISTORY_SHARE = 0.05   # some objects close without passing a stage; more than these are a gap of the export
_SHOWN = 3
_ACCOUNT_IN_ID = {"salesforce": "^[0-9A-Za-z]{3}([0-9A-Za-z]{3})[0-9A-Za-z]{9}([0-9A-Z]{3})?$"}
"""Key style → the part of an id that is the same for all records made in one account, as long as it is not moved."""


def doubts(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], names: Mapping[str, str]
) -> list[str]:
    """The sentences. names: of the object types, in the language of the reader."""
    return [
        *_of_times(connection), *_empty(sources), *_contradictions(connection, names), *_accounts(connection, sources),
        *_without_record(connection, names), *_without_history(connection, names), *_dictionaries(connection, names),
    ]


def _of_times(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Ties, bulk jobs, back-dated records, cut histories, histories that are older than their object."""
    ask = {
        "ties": f"""select count(distinct o) from (select o from evs where kind = {_STAGE} group by o, ts
                    having count(*) > 1)""",
        "bulk": f"""select coalesce(sum(n), 0) from (select count(*) as n from evs
                    where resource is not null and not whole_day
                    group by resource, date_trunc('second', ts) having count(distinct o) >= {BULK})""",
        "backdated": "select count(*) from evs where recorded > ts + interval 1 day",
        "truncated": f"select count(*) from ({CUT})",
    }
    counts = {name: int(connection.sql(sql).fetchall()[0][0]) for name, sql in ask.items()}
    found = [say(f"engine.seen_{name}", current(), n=n) for name, n in counts.items() if n]
    older, both = connection.sql(f"""
        select count(*) filter (stage < born - interval 1 day), count(*) from (
          select min(ts) filter (kind = {_STAGE}) as stage, min(ts) filter (kind = {_CREATE}) as born from evs
          where clock = 'recorded' group by o) where stage is not null and born is not null""").fetchall()[0]
    if older:
        name = "another_year" if older > 1 and older > both / 2 else "older"
        found.append(say(f"engine.seen_{name}", current(), n=older, of=both))
    return found


def _empty(sources: Sequence[Source]) -> list[str]:
    return [say("engine.seen_empty_table", current(), file=source.item.table.file)
            for source in sources if not source.item.records]


def _listed(key: str, rows: Sequence[tuple[str, int, int, list[str]]], names: Mapping[str, str]) -> list[str]:
    """One sentence a type: (type, so many, of so many, examples)."""
    return [say(f"engine.seen_{key}", current(), name=names.get(kind, kind), n=n, of=of, shown=", ".join(shown))
            for kind, n, of, shown in rows]


def _contradictions(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> list[str]:
    """Objects whose own rows tell different days of creation: the key is damaged, or means two things."""
    rows = connection.sql(f"""
        with own as (
          select o, max(ts) - min(ts) > interval 1 day as split from made semi join held using (row)
          where kind = {_CREATE} and clock = 'recorded' group by o, canonical),
        born as (select type, id, bool_or(split) as split from own join ob using (o) group by all)
        select type, count(*) filter (split), count(*), (list(id order by id) filter (split))[:{_SHOWN}]
        from born group by type having count(*) filter (split) > 0 order by type""").fetchall()
    return _listed("contradiction", rows, names)


def _accounts(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[str]:
    """Records of accounts that never name each other; one account that was moved names its older records."""
    found = []
    for style, pattern in _ACCOUNT_IN_ID.items():
        spaces = {literal(source.plan.system) for source in sources if source.plan.key_style == style}
        if not spaces:
            continue
        here, there = (f"nullif(regexp_extract({text}, {literal(pattern)}, 1), '')" for text in ("id", "text"))
        pairs = connection.sql(f"""
            select distinct {here} as here, {there} as there from asked
            where space in ({', '.join(sorted(spaces))}, '') and here is not null and there is not null""").fetchall()
        apart = sorted({here for here, there in pairs if here == there})
        if len(apart) > 1 and all(here == there for here, there in pairs):
            found.append(say("engine.seen_accounts", current(), n=len(apart), shown=", ".join(apart[:_SHOWN])))
    return found


def _without_record(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> list[str]:
    """Objects that histories tell of and that the table of their type does not hold."""
    rows = connection.sql(f"""
        with told as (
          select type, id, row is null as bare from ob
          where type in (select type from held) and o in (select o from evs where clock <> 'spare'))
        select type, count(*) filter (bare), count(*), (list(id order by id) filter (bare))[:{_SHOWN}]
        from told group by type having count(*) filter (bare) > 0 order by type""").fetchall()
    return _listed("no_record", rows, names)


def _without_history(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> list[str]:
    """Closed objects without any stage where others of their type have a history of stages."""
    rows = connection.sql(f"""
        with seen as (select o, bool_or(kind = {_STAGE} and clock <> 'milestone') as staged,
                        bool_or(kind = {_CLOSE}) as closed from made group by o),
        ends as (select type, id, staged from seen join ob using (o) where row is not null and (closed or staged))
        select type, count(*) filter (not staged), count(*), (list(id order by id) filter (not staged))[:{_SHOWN}]
        from ends group by type
        having bool_or(staged) and count(*) filter (not staged) > greatest(1, {_NO_HISTORY_SHARE} * count(*))
        order by type""").fetchall()
    return _listed("no_history", rows, names)


def _dictionaries(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str]) -> list[str]:
    """Stages in use that the dictionary of the system does not hold."""
    rows = connection.sql(f"""
        with used as (select distinct type, code from evs where kind = {_STAGE} and type in (select type from dic)),
        seen as (select type, code, (type, code) in (select type, label from dic union all select type, code from dic)
                   as known from used)
        select type, count(*) filter (not known), count(*), (list(code order by code) filter (not known))[:{_SHOWN}]
        from seen group by type having count(*) filter (not known) > 0 order by type""").fetchall()
    return _listed("not_in_dictionary", rows, names)
