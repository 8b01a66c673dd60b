"""Columns that a file does not have but its profile makes: composed ids, and what another table of the system says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..log.plan import How, Lookup, MadeColumn
from .recognising import Match

HOWS: tuple[How, ...] = ("join", "first", "clock", "day", "sum")


@dataclass(frozen=True)
class Derived:
    """A match whose columns hold the made ones too, and how they are made."""

    match: Match
    made: tuple[MadeColumn, ...] = ()
    lookups: tuple[Lookup, ...] = ()


def derive(match: Match, others: Sequence[Match]) -> Derived:
    """The match with every made and looked-up field whose parts are there; a field that the file has stays as it is.

    others: the matches of all tables that are read, this one among them.
    """
    columns = dict(match.columns)
    early = list(_made(match, columns, late=False))
    told = list(_lookups(match, columns, others))
    merged = _take(columns, told)
    late = list(_made(match, columns, late=True))
    return Derived(replace(match, columns=columns), (*early, *merged, *late), tuple(lookup for _, lookup in told))


def _made(match: Match, columns: dict[str, str], *, late: bool) -> Iterator[MadeColumn]:
    """The made fields whose parts `columns` holds; they are added to it. late: after the look-ups, when a part that is
    still missing will not come."""
    for name, entry in match.profile.made.items():
        how = next(how for how in HOWS if how in entry)
        parts = tuple(columns[part] for part in _parts(entry[how]) if part in columns)
        whole = len(parts) == len(_parts(entry[how])) or (late and parts and how in ("first", "sum", "clock"))
        if name in columns or not whole:
            continue
        column = " + ".join(parts) if how != "day" else f"{parts[0]} (day)"
        columns[name] = column if column not in match.columns.values() else f"{column} ({name})"
        yield MadeColumn(columns[name], how, parts, late)


def _parts(said: str | Sequence[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _lookups(
    match: Match, columns: Mapping[str, str], others: Sequence[Match]
) -> Iterator[tuple[Mapping[str, Any], Lookup]]:
    """The look-ups to which there is a way, in their order: one may be by a field that an earlier one found."""
    reached = dict(columns)
    for entry in match.profile.lookups:
        lookup = _lookup(match, entry, reached, others)
        if lookup:
            names = {field: name for name, field in lookup.take}
            for field, source in entry["take"].items():
                if source in names:
                    reached.setdefault(field, names[source])
            yield entry, lookup


def _lookup(
    match: Match, entry: Mapping[str, Any], columns: Mapping[str, str], others: Sequence[Match]
) -> Lookup | None:
    """What the tables of that name can tell of the rows of this one; None where there are none, or no way to them."""
    there = [_fields(other) for other in others
             if (other.profile.system, other.profile.name) == (match.profile.system, entry["table"])]
    there = [fields for fields in there if all(field in fields for field in entry["on"].values())]
    by = " + ".join(columns.get(field, "") for field in entry["on"])
    take = tuple((f"{entry['table']}.{field} ({by})", field) for field in dict.fromkeys(entry["take"].values())
                 if any(field in fields for fields in there))
    if not take or not all(field in columns for field in entry["on"]):
        return None
    where = tuple((field, tuple(texts)) for field, texts in entry.get("where", {}).items())
    return Lookup(entry["table"], tuple((columns[here], field) for here, field in entry["on"].items()), take, where)


def _fields(match: Match) -> dict[str, str]:
    """The fields of a table before its look-ups."""
    columns = dict(match.columns)
    list(_made(match, columns, late=False))
    return columns


def _take(columns: dict[str, str], told: Sequence[tuple[Mapping[str, Any], Lookup]]) -> list[MadeColumn]:
    """Adds what was looked up to `columns`; a field that two tables tell is the first of them that is filled."""
    merged = []
    own = set(columns)
    for entry, lookup in told:
        names = {field: name for name, field in lookup.take}
        for field, source in entry["take"].items():
            if source not in names or field in own:
                continue
            if field in columns:
                parts = (columns[field], names[source])
                merged.append(MadeColumn(f"{parts[0]}, {parts[1]}", "first", parts, late=True))
                columns[field] = merged[-1].name
            else:
                columns[field] = names[source]
    return merged
