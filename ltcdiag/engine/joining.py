"""Columns that a table does not have itself: made of its own, or looked up in another table of its system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..log.plan import Condition, Lookup, MadeColumn, TablePlan
from ..words import current, say
from .cells import all_of, amount, cell, key, test
from .loading import Loaded
from .source_rows import Source

if TYPE_CHECKING:
    import duckdb

Planned = tuple[Loaded, TablePlan]


def add_columns(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Planned]) -> list[Planned]:
    """The tables with the columns that their plans make and look up; no row is added or lost."""
    early = [(_with_made(connection, item, plan, late=False), plan) for item, plan in loaded]
    told = [(_with_lookups(connection, item, plan, early), plan) for item, plan in early]
    return [(_with_made(connection, item, plan, late=True), plan) for item, plan in told]


def _with_made(connection: duckdb.DuckDBPyConnection, item: Loaded, plan: TablePlan, *, late: bool) -> Loaded:
    for made in plan.made:
        if made.late == late:
            item = _widened(connection, item, {made.name: _made_sql(item, made, plan.key_style)}, item.relation, "")
    return item


def _widened(
    connection: duckdb.DuckDBPyConnection, item: Loaded, added: dict[str, str], source: str, joins: str,
    kind: str = "view",
) -> Loaded:
    """The table with more columns, as a view over the one before."""
    cells = dict(item.cells)
    parts = []
    for name, sql in added.items():
        cells[name] = f"m{len(cells)}"
        parts.append(f"{sql} as {cells[name]}")
    relation = f"{item.relation}_m{len(cells)}"
    connection.execute(f"create {kind} {relation} as select {source}.*, {', '.join(parts)} from {source}{joins}")
    types = {**item.types, **dict.fromkeys(added, "VARCHAR")}
    return replace(item, relation=relation, cells=cells, types=types)


def _made_sql(item: Loaded, made: MadeColumn, style: str) -> str:
    texts = [cell(item, part) for part in made.parts]
    if made.how == "join":
        return " || '/' || ".join(f"({key(item, part, style)})" for part in made.parts)
    if made.how == "first":
        return f"coalesce({', '.join(texts)})"
    if made.how == "clock":
        pairs = " || ':' || ".join(f"lpad(coalesce({text}, '0'), 2, '0')" for text in texts)
        return f"case when {texts[0]} is not null then {pairs} end"
    if made.how == "day":
        return f"regexp_extract({texts[0]}, '^[^ T]+')"
    sums = " + ".join(f"coalesce({amount(item, part)}, 0)" for part in made.parts)
    return f"case when {amount(item, made.parts[0])} is not null then ({sums})::varchar end"


def _with_lookups(
    connection: duckdb.DuckDBPyConnection, item: Loaded, plan: TablePlan, every: Sequence[Planned]
) -> Loaded:
    for lookup in plan.lookups:
        rows = " union all ".join(_told_sql(other, lookup) for other in every if _tells(other, plan, lookup))
        ons = [f"k{i}" for i in range(len(lookup.on))]
        agreed = ", ".join(f"case when count(distinct v{i}) = 1 then min(v{i}) end as v{i}"
                           for i in range(len(lookup.take)))
        told = f"{item.relation}_t{len(item.cells)}"
        connection.execute(f"create table {told} as select {', '.join(ons)}, {agreed} from ({rows}) "
                           f"where {' and '.join(f'{on} is not null' for on in ons)} group by all")
        same = " and ".join(f"{key(item, here, plan.key_style)} = {told}.k{i}"
                            for i, (here, _) in enumerate(lookup.on))
        added = {name: f"{told}.v{i}" for i, (name, _) in enumerate(lookup.take)}
        item = _widened(connection, item, added, item.relation, f" left join {told} on {same}", "table")
    return item


def _tells(other: Planned, plan: TablePlan, lookup: Lookup) -> bool:
    return (other[1].system, other[1].name) == (plan.system, lookup.table) and all(
        field in other[1].fields and other[1].fields[field] in other[0].cells for _, field in lookup.on)


def _told_sql(other: Planned, lookup: Lookup) -> str:
    item, plan = other
    keys = [f"{key(item, plan.fields[field], plan.key_style)} as k{i}" for i, (_, field) in enumerate(lookup.on)]
    values = [f"{cell(item, plan.fields.get(field))} as v{i}" for i, (_, field) in enumerate(lookup.take)]
    wheres = [test(item, Condition(plan.fields[field], texts)) for field, texts in lookup.where
              if field in plan.fields]
    return f"select {', '.join((*keys, *values))} from {item.relation} where {' and '.join(wheres) or 'true'}"


def hinted(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[str]:
    """The sentences of the profiles on rows that were read, each with the number of its rows."""
    counts: dict[str, int] = {}
    for source in sources:
        for hint in source.plan.hints:
            where = f"{source.dropped} is null and {all_of(source.item, hint.when)}"
            asked = f"select count(*) from {source.item.relation} where {where}"
            counts[hint.sentence] = counts.get(hint.sentence, 0) + int(connection.sql(asked).fetchall()[0][0])
    return [say(f"sources.hint_{sentence}", current(), n=n) for sentence, n in counts.items() if n]
