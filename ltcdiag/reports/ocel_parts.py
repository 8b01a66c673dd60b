"""An object-centric log taken apart the way OCEL 2.0 stores it: plain text ids, types, attributes and their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..log.attributes import kind_of, plain_values, texts
from ..log.object_centric import COLUMNS, ObjectCentricLog
from ..log.ocel_format import OWN_COLUMNS
from ..words import current, say

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 80       # characters of the name of a table
_INTEGER = 2**63    # beyond, a database keeps no whole number


@dataclass(frozen=True)
class Attribute:
    """One attribute of events or of objects.

    column: its name in a table, unique without regard to case. kind: of all its values, "" without any. exact:
    whether a 64-bit number holds each of them as it is; where not, decimals and whole numbers are written as text.
    """

    name: str
    column: str
    kind: str
    exact: bool = True


@dataclass(frozen=True)
class Parts:
    """The tables of a log, ready to be written: ids, types and qualifiers are text, references hold, none stands
    twice. events and objects keep their attributes as columns; changes are in order of time.

    event_attributes, object_attributes: in the order of the columns. changing: attributes that only changes have.
    notes: what was left out, a sentence each.
    """

    events: pd.DataFrame
    objects: pd.DataFrame
    relations: pd.DataFrame
    links: pd.DataFrame
    changes: pd.DataFrame
    event_attributes: tuple[Attribute, ...]
    object_attributes: tuple[Attribute, ...]
    changing: tuple[Attribute, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """events, objects, event_types, object_types, relations, links, changes."""
        return {
            "events": len(self.events), "objects": len(self.objects),
            "event_types": int(self.events["activity"].nunique()),
            "object_types": int(self.objects["object_type"].nunique()),
            "relations": len(self.relations), "links": len(self.links), "changes": len(self.changes),
        }

    def of_objects(self) -> Mapping[str, Attribute]:
        """Name → attribute, of all that objects have."""
        return {attribute.name: attribute for attribute in (*self.object_attributes, *self.changing)}


def parts_of(log: ObjectCentricLog) -> Parts:
    """Takes a log apart. What names an event or an object that is not there, and what stands twice, is left out and
    said in the notes."""
    notes: list[str] = []
    known = log.known_rows()
    frames = {part: _texted(getattr(log, part), part) for part in COLUMNS}
    for part, kept in known.items():
        _left_out(notes, f"left_out_{part}", len(kept) - int(kept.sum()))
        frames[part] = frames[part][kept.to_numpy()]
    for part in ("relations", "links"):
        once = frames[part].drop_duplicates()
        _left_out(notes, f"merged_{part}", len(frames[part]) - len(once))
        frames[part] = once
    frames["changes"] = frames["changes"].sort_values("timestamp", kind="stable")
    notes += _unrelated(frames)
    return Parts(**frames, **_attributes(frames), notes=tuple(notes))


def _left_out(notes: list[str], key: str, n: int) -> None:
    if n:
        notes.append(say(f"exports.{key}", current(), n=n))


def _unrelated(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    notes: list[str] = []
    for part, key in (("objects", "object_id"), ("events", "event_id")):
        _left_out(notes, f"unrelated_{part}", int((~frames[part][key].isin(frames["relations"][key])).sum()))
    return notes


def _texted(frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """A copy whose ids, types, qualifiers and names are text; an empty table gets its columns."""
    import pandas as pd

    values = dict(zip(texts(pd.Series(list(frame.columns), dtype=object)), map(frame.get, frame.columns), strict=True))
    for column in COLUMNS[part]:
        given = values.get(column, pd.Series([], dtype=object))
        if column not in ("timestamp", "value", "source_row"):
            given = pd.Series(texts(given), dtype=object)
        values[column] = given.reset_index(drop=True)
    return pd.DataFrame({name: values[name].reset_index(drop=True) for name in (*COLUMNS[part], *values)})


def _attributes(frames: Mapping[str, pd.DataFrame]) -> dict[str, tuple[Attribute, ...]]:
    events, objects, changes = frames["events"], frames["objects"], frames["changes"]
    changed = dict(tuple(changes.groupby("attribute", sort=True)["value"])) if len(changes) else {}
    of_events = {name: [events[name]] for name in events.columns if name not in COLUMNS["events"] or _is_extra(name)}
    of_objects = {name: [objects[name]] for name in objects.columns if name not in COLUMNS["objects"]}
    both = {name: [*of_objects.get(name, []), *([changed[name]] if name in changed else [])]
            for name in (*of_objects, *changed)}
    made = _named(both)
    return {
        "event_attributes": tuple(_named(of_events).values()),
        "object_attributes": tuple(made[name] for name in of_objects),
        "changing": tuple(made[name] for name in changed if name not in of_objects),
    }


def _is_extra(name: str) -> bool:
    return name == "source_row"     # for OCEL the place in the source is an attribute like any other


def _named(columns: Mapping[str, list[pd.Series]]) -> dict[str, Attribute]:
    names = column_names(columns)
    return {name: _attribute(name, names[name], given) for name, given in columns.items()}


def _attribute(name: str, column: str, given: list[pd.Series]) -> Attribute:
    kind = kind_of(*given)
    exact = kind not in ("integer", "decimal") or all(_fits(v) for series in given for v in plain_values(series, kind))
    return Attribute(name, column, kind, exact)


def _fits(value: int | Decimal | None) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and Decimal(repr(float(value))) == value
    return value is None or -_INTEGER <= value < _INTEGER


def column_names(names: Iterable[str]) -> dict[str, str]:
    """A column name for each attribute: the same, unless it is taken (case does not count), reserved or unspeakable."""
    return _distinct({name: "".join(filter(str.isprintable, name)) or "attribute" for name in names}, OWN_COLUMNS)


def table_names(types: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """The part of a table's name that stands for a type: its letters and digits, each word with a capital.

    taken: what the standard uses itself: a type "object" of events must not become its table event_object.
    """
    made = {}
    for name in types:
        words = "".join(sign if sign.isalnum() else " " for sign in name).split()
        made[name] = "".join(word[0].upper() + word[1:] for word in words)[:_LONGEST] or "Type"
    return _distinct(made, taken)


def _distinct(wanted: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """Each wanted name, or with _2, _3, … behind it where an earlier one is the same but for case."""
    used = {name.casefold() for name in taken}
    given = {}
    for key, base in wanted.items():
        name, number = base, 1
        while name.casefold() in used:
            number += 1
            name = f"{base}_{number}"
        used.add(name.casefold())
        given[key] = name
    return given


def written(column: pd.Series, attribute: Attribute) -> list[Any]:
    """The values of an attribute as a file holds them: text, whole number, float, truth, or None."""
    if not attribute.kind:
        return [None] * len(column)
    values = plain_values(column, attribute.kind)
    if not attribute.exact:
        return [None if value is None else str(value) for value in values]
    return [None if value is None else float(value) for value in values] if attribute.kind == "decimal" else values
