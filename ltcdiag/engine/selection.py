"""Filters compiled: each becomes a select of case numbers, with the user's texts as bound parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import singledispatch
from typing import Any

from ..errors import Fault, InputError
from ..log import filters as f
from ..words import current, say
from ..words.texts import tidy
from .connection import literal

_DAY = 86_400_000_000
_NAMED = 12     # that a message lists
Compiled = tuple[str, list[Any]]


@dataclass(frozen=True)
class Asked:
    """What a filter may ask of the log that is filtered. names: of ev and cs. find: column → relation, cell as text,
    row number. columns: all there are. activities: of the whole data. amounts: SQL of each case's last stated amount
    (c, amount, currency). currencies: those of the cases that are filtered."""

    names: dict[str, str]
    find: Callable[[str], list[tuple[str, str, str]]]
    columns: Callable[[], Iterable[str]]
    activities: Callable[[], Iterable[str]]
    amounts: Callable[[], str]
    currencies: Callable[[], list[str]]


@singledispatch
def compiled(keep: f.Filter, log: Asked) -> Compiled:
    """`select c ...` and its parameters. Raises InputError for an activity or a column that the data do not have."""
    raise InputError(say("engine.unknown_choice", current(), value=type(keep).__name__))


@compiled.register
def _(keep: f.AllOf, log: Asked) -> Compiled:
    return _joined(" intersect ", keep.parts, log) if keep.parts else (f"select c from {log.names['cs']}", [])


@compiled.register
def _(keep: f.AnyOf, log: Asked) -> Compiled:
    return _joined(" union ", keep.parts, log) if keep.parts else (f"select c from {log.names['cs']} where false", [])


def _joined(word: str, parts: tuple[f.Filter, ...], log: Asked) -> Compiled:
    done: list[Compiled] = []
    faults: list[Fault] = []
    for part in parts:
        try:
            done.append(compiled(part, log))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return word.join(f"({sql})" for sql, _ in done), [value for _, values in done for value in values]


@compiled.register
def _(keep: f.Not, log: Asked) -> Compiled:
    sql, values = compiled(keep.part, log)
    return f"select c from {log.names['cs']} where c not in ({sql})", values


@compiled.register
def _(keep: f.Between, log: Asked) -> Compiled:
    rule = {
        "started": "t0 >= ? and t0 < ?",
        "completed": "t1 >= ? and t1 < ?",
        "contained": "t0 >= ? and t1 < ?",
        "intersecting": "t1 >= ? and t0 < ?",
    }[keep.keep]
    return f"select c from {log.names['cs']} where {rule}", [keep.period.start, keep.period.end]


@compiled.register
def _(keep: f.CaseIs, log: Asked) -> Compiled:
    return (f"select c from {log.names['cs']} join k using (c) where case_id in (select unnest(?::varchar[]))",
            [list(keep.case_ids)])


@compiled.register
def _(keep: f.VariantIs, log: Asked) -> Compiled:
    _check_activities([label for variant in keep.variants for label in variant], log)
    rows = [list(variant) for variant in keep.variants]
    return f"select c from {log.names['cs']} where v::varchar[] in (select unnest(?::varchar[][]))", [rows]


@compiled.register
def _(keep: f.TopVariants, log: Asked) -> Compiled:
    cs = log.names["cs"]
    return (
        f"select c from {cs} where v in (select v from {cs} group by v order by count(*) desc, v limit ?)",
        [keep.k],
    )


@compiled.register
def _(keep: f.VariantCases, log: Asked) -> Compiled:
    cs, values = log.names["cs"], [keep.at_least, *([] if keep.at_most is None else [keep.at_most])]
    most = "" if keep.at_most is None else "and count(*) <= ?"
    return f"select c from {cs} where v in (select v from {cs} group by v having count(*) >= ? {most})", values


@compiled.register
def _(keep: f.Contains, log: Asked) -> Compiled:
    return _events(log, "true", keep.activities)


@compiled.register
def _(keep: f.StartsWith, log: Asked) -> Compiled:
    return _events(log, "pos = 1", keep.activities)


@compiled.register
def _(keep: f.EndsWith, log: Asked) -> Compiled:
    return _events(log, "a2 is null", keep.activities)


def _events(log: Asked, which: str, activities: tuple[str, ...]) -> Compiled:
    _check_activities(activities, log)
    return (f"select distinct c from {log.names['ev']} where {which} and a in (select unnest(?::e_act[]))",
            [list(activities)])


@compiled.register
def _(keep: f.Follows, log: Asked) -> Compiled:
    _check_activities((keep.source, keep.target), log)
    low, high = _range(keep.at_least_days, keep.under_days)
    if keep.directly:
        sql, values = _between("epoch_us(ts2) - epoch_us(ts)", low, high)
        return (f"select distinct c from {log.names['ev']} where a = ?::e_act and a2 = ?::e_act and {sql}",
                [keep.source, keep.target, *values])
    return _later(log, keep, low, high)


def _later(log: Asked, keep: f.Follows, low: int | None, high: int | None) -> Compiled:
    """The source nearest before each target is enough: who is further away is not under a limit that it is over."""
    ev = log.names["ev"]
    rows = f"select c, pos, epoch_us(ts) as us from {ev} where a = ?::e_act"
    near = "t.us - ? >= s.us" if low else "t.pos > s.pos"
    sql, values = _between("t.us - s.us", None, high)
    return (f"select distinct t.c from ({rows}) t asof join ({rows}) s on t.c = s.c and {near} where {sql}",
            [keep.target, keep.source, *([low] if low else []), *values])


@compiled.register
def _(keep: f.Attribute, log: Asked) -> Compiled:
    parts = log.find(keep.column)
    if not parts:
        raise InputError(_unknown("column", keep.column, log.columns()))
    rows = " union all ".join(
        f"select {row} as row, {cell} as value from {relation}" for relation, cell, row in parts
    )
    told = f"{log.names['ev']} join ({rows}) using (row)"
    stated = f"select c from {told} where value is not null and trim(value) <> ''"
    given = [value for value in keep.values if value is not None and value.strip()]
    sql, values = f"{stated} and value in (select unnest(?::varchar[]))", [given]
    if keep.every:
        sql = f"({sql}) except ({stated} and value not in (select unnest(?::varchar[])))"
        values.append(given)
    if len(given) < len(keep.values):
        sql = f"({sql}) union (select c from {log.names['cs']} where c not in ({stated}))"
    return f"select distinct c from ({sql})", values


@compiled.register
def _(keep: f.Duration, log: Asked) -> Compiled:
    sql, values = _between("epoch_us(t1) - epoch_us(t0)", *_range(keep.at_least, keep.under))
    return f"select c from {log.names['cs']} where {sql}", values


@compiled.register
def _(keep: f.EventCount, log: Asked) -> Compiled:
    sql, values = _between("n", keep.at_least, keep.under)
    return f"select c from {log.names['cs']} where {sql}", values


@compiled.register
def _(keep: f.Amount, log: Asked) -> Compiled:
    names = log.currencies()
    if not names:
        raise InputError(say("filters.no_amounts", current()))
    if keep.currency is None and len(names) > 1:
        raise InputError(say("filters.several_currencies", current(), n=len(names)),
                         fix=say("filters.several_currencies_fix", current(), currency=names[0] or names[1]))
    sql, values = _between("amount", keep.at_least, keep.under)
    which = "" if keep.currency is None else " and currency = ?"
    return (f"select c from ({log.amounts()}) where {sql}{which}",
            [*values, *([] if keep.currency is None else [keep.currency])])


@compiled.register
def _(keep: f.StateIs, log: Asked) -> Compiled:
    return f"select c from {log.names['cs']} where state = ?", [keep.state]


def _range(low: float | None, high: float | None) -> tuple[int | None, int | None]:
    """Days as whole microseconds."""
    return None if low is None else round(low * _DAY), None if high is None else round(high * _DAY)


def _between(what: str, low: float | None, high: float | None) -> Compiled:
    given = [(f"{what} >= ?", low), (f"{what} < ?", high)]
    used = [(rule, value) for rule, value in given if value is not None]
    return " and ".join(rule for rule, _ in used) or "true", [value for _, value in used]


def _check_activities(labels: Iterable[str], log: Asked) -> None:
    """Raises InputError with every label that no event of the data has."""
    known = list(log.activities())
    strange = sorted(set(labels).difference(known))
    if strange:
        raise InputError([_unknown("activity", label, known) for label in strange])


def _unknown(what: str, name: str, known: Iterable[str]) -> Fault:
    """what: activity or column."""
    names, lang = list(dict.fromkeys(known)), current()
    near = get_close_matches(name, names, n=3) or [
        each for each in names if name and (name.lower() in each.lower() or each.lower() in name.lower())][:3]
    if near:
        fix = say("filters.near", lang, names=say("filters.comma", lang).join(tidy(each, 60) for each in near))
    else:
        shown = [tidy(each, 60) for each in names[:_NAMED]] + (["…"] if len(names) > _NAMED else [])
        plural = {"activity": "activities", "column": "columns"}[what]
        fix = say(f"filters.known_{plural}", lang, names=say("filters.comma", lang).join(shown))
    return Fault(say(f"filters.unknown_{what}", lang, **{what: tidy(name, 60)}), fix=fix)


def shown(name: str, base: str, sql: str, values: Iterable[Any]) -> str:
    """A compiled filter as it can be read and run again: the table of the cases that it keeps."""
    parts = sql.split("?")
    filled = "".join(part + value for part, value in zip(parts, [*map(_literal, values), ""], strict=True))
    return f"create table {name} as select c from {base} where c in ({filled});"


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(sep=' ')}'"
    return literal(value) if isinstance(value, str) else str(value)
