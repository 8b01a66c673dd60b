"""Filters compiled: each becomes a select of case numbers, with the user's texts as bound parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

from ..errors import InputError
from ..log import filters as f
from ..words import current, say

Compiled = tuple[str, list[Any]]
FindColumn = Callable[[str], list[tuple[str, str, str]]]  # relation, cell as text, row number


@singledispatch
def compiled(keep: f.Filter, names: dict[str, str], find: FindColumn) -> Compiled:
    """`select c ...` and its parameters. names: ev and cs of the log that is filtered."""
    raise InputError(say("engine.unknown_choice", current(), value=type(keep).__name__))


@compiled.register
def _(keep: f.AllOf, names: dict[str, str], find: FindColumn) -> Compiled:
    return _joined(" intersect ", keep.parts, names, find)


@compiled.register
def _(keep: f.AnyOf, names: dict[str, str], find: FindColumn) -> Compiled:
    return _joined(" union ", keep.parts, names, find)


def _joined(word: str, parts: tuple[f.Filter, ...], names: dict[str, str], find: FindColumn) -> Compiled:
    done = [compiled(part, names, find) for part in parts]
    return word.join(f"({sql})" for sql, _ in done), [value for _, values in done for value in values]


@compiled.register
def _(keep: f.Not, names: dict[str, str], find: FindColumn) -> Compiled:
    sql, values = compiled(keep.part, names, find)
    return f"select c from {names['cs']} where c not in ({sql})", values


@compiled.register
def _(keep: f.Between, names: dict[str, str], find: FindColumn) -> Compiled:
    rule = {
        "started": "t0 >= ? and t0 < ?",
        "completed": "t1 >= ? and t1 < ?",
        "contained": "t0 >= ? and t1 < ?",
        "intersecting": "t1 >= ? and t0 < ?",
    }.get(keep.keep)
    if rule is None:
        raise InputError(f"keep='{keep.keep}' is not known", fix="started, completed, contained or intersecting")
    return f"select c from {names['cs']} where {rule}", [keep.period.start, keep.period.end]


@compiled.register
def _(keep: f.CaseIs, names: dict[str, str], find: FindColumn) -> Compiled:
    return f"select c from {names['cs']} join k using (c) where case_id in (select unnest(?))", [list(keep.case_ids)]


@compiled.register
def _(keep: f.VariantIs, names: dict[str, str], find: FindColumn) -> Compiled:
    rows = [list(variant) for variant in keep.variants]
    return f"select c from {names['cs']} where v::varchar[] in (select unnest(?::varchar[][]))", [rows]


@compiled.register
def _(keep: f.TopVariants, names: dict[str, str], find: FindColumn) -> Compiled:
    cs = names["cs"]
    return (
        f"select c from {cs} where v in (select v from {cs} group by v order by count(*) desc, v limit ?)",
        [keep.k],
    )


@compiled.register
def _(keep: f.Contains, names: dict[str, str], find: FindColumn) -> Compiled:
    return f"select distinct c from {names['ev']} where a::varchar in (select unnest(?))", [list(keep.activities)]


@compiled.register
def _(keep: f.StartsWith, names: dict[str, str], find: FindColumn) -> Compiled:
    return (
        f"select c from {names['ev']} where pos = 1 and a::varchar in (select unnest(?))",
        [list(keep.activities)],
    )


@compiled.register
def _(keep: f.EndsWith, names: dict[str, str], find: FindColumn) -> Compiled:
    return (
        f"select c from {names['ev']} where a2 is null and a::varchar in (select unnest(?))",
        [list(keep.activities)],
    )


@compiled.register
def _(keep: f.Follows, names: dict[str, str], find: FindColumn) -> Compiled:
    return (
        f"select distinct c from {names['ev']} where a::varchar = ? and a2::varchar = ?",
        [keep.source, keep.target],
    )


@compiled.register
def _(keep: f.Attribute, names: dict[str, str], find: FindColumn) -> Compiled:
    parts = find(keep.column)
    if not parts:
        raise InputError(f"no table has a column '{keep.column}'", fix="look at the columns with: ltcdiag sniff PATH")
    rows = " union all ".join(
        f"select {row} as row from {relation} where {cell} in (select unnest(?))" for relation, cell, row in parts
    )
    return (f"select distinct c from {names['ev']} where row in ({rows})", [list(keep.values) for _ in parts])


@compiled.register
def _(keep: f.Duration, names: dict[str, str], find: FindColumn) -> Compiled:
    span = "epoch_us(t1) - epoch_us(t0)"
    sql, values = f"select c from {names['cs']} where {span} >= ?", [round(keep.at_least * 86_400_000_000)]
    if keep.under is not None:
        sql, values = f"{sql} and {span} < ?", [*values, round(keep.under * 86_400_000_000)]
    return sql, values


@compiled.register
def _(keep: f.StateIs, names: dict[str, str], find: FindColumn) -> Compiled:
    return f"select c from {names['cs']} where state = ?", [keep.state]
