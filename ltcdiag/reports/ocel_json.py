"""OCEL 2.0 as JSON, an object or an event a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ..log.attributes import moment_texts
from ..log.ocel_format import ABOUT, BEGINNING, CLOCK, UTC, WALL
from .ocel_parts import Attribute, Parts, written

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ROWS = 20_000      # turned into text at once
_BEGINNING = f"{BEGINNING.isoformat()}Z"
Named = list[tuple[str, Any]]
_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def fill(path: Path, parts: Parts, *, zone_known: bool) -> None:
    """Writes a log into an empty file. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("{")
        _list(out, "objectTypes", _types(parts.objects["object_type"], _attributes_of_objects(parts)))
        _list(out, "eventTypes", _types(parts.events["activity"], _attributes_of_events(parts)))
        _list(out, "objects", _objects(parts))
        _list(out, "events", _events(parts))
        out.write(f'"{ABOUT}": {_json({CLOCK: UTC if zone_known else WALL})}\n}}\n')


def _list(out: TextIO, name: str, items: Iterable[Mapping[str, Any]]) -> None:
    out.write(f'"{name}": [')
    between = "\n"
    for item in items:
        out.write(between + _json(item))
        between = ",\n"
    out.write("],\n")


def _types(types: pd.Series, had: Mapping[str, Sequence[Attribute]]) -> Iterator[dict[str, Any]]:
    for name in sorted(types.unique()):
        yield {"name": name, "attributes": [{"name": a.name, "type": _type(a)} for a in had[name]]}


def _type(attribute: Attribute) -> str:
    """The standard's name; decimals that a float would round are text."""
    if not attribute.kind or (attribute.kind == "decimal" and not attribute.exact):
        return "string"
    return "float" if attribute.kind == "decimal" else attribute.kind


def _attributes_of_events(parts: Parts) -> dict[str, list[Attribute]]:
    groups = parts.events.groupby("activity", sort=False)
    return {str(name): [a for a in parts.event_attributes if rows[a.name].notna().any()] for name, rows in groups}


def _attributes_of_objects(parts: Parts) -> dict[str, list[Attribute]]:
    types = parts.objects.set_index("object_id")["object_type"]
    changed = set(zip(parts.changes["object_id"].map(types), parts.changes["attribute"], strict=True))
    static = {str(name): {a.name for a in parts.object_attributes if rows[a.name].notna().any()}
              for name, rows in parts.objects.groupby("object_type", sort=False)}
    return {name: [a for a in parts.of_objects().values() if a.name in had or (name, a.name) in changed]
            for name, had in static.items()}


def _events(parts: Parts) -> Iterator[dict[str, Any]]:
    relations = _Behind(parts.relations, "event_id", parts.events["event_id"])
    for start in range(0, len(parts.events), _ROWS):
        rows = parts.events.iloc[start : start + _ROWS]
        named = _named(rows, parts.event_attributes)
        related = relations.texts(start, len(rows), ("object_id", "qualifier"))
        moments = moment_texts(rows["timestamp"])
        for key, activity, moment, values, objects in zip(
                rows["event_id"], rows["activity"], moments, named, related, strict=True):
            yield {"id": key, "type": activity, "time": f"{moment}Z",
                   "attributes": [{"name": name, "value": value} for name, value in values],
                   "relationships": _relationships(objects)}


def _objects(parts: Parts) -> Iterator[dict[str, Any]]:
    ids = parts.objects["object_id"]
    links, changes = _Behind(parts.links, "source_id", ids), _Behind(_with_values(parts), "object_id", ids)
    for start in range(0, len(ids), _ROWS):
        rows = parts.objects.iloc[start : start + _ROWS]
        linked = links.texts(start, len(rows), ("target_id", "qualifier"))
        changed = changes.texts(start, len(rows), ("attribute", "moment", "value"))
        for key, kind, first, later, targets in zip(
                rows["object_id"], rows["object_type"], _named(rows, parts.object_attributes), changed, linked,
                strict=True):
            yield {"id": key, "type": kind, "attributes": _history(first, later),
                   "relationships": _relationships(targets)}


def _history(first: Named, later: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The values from the beginning, then the changes in order of time. An attribute that changes without a known
    first value begins with null: readers that take the first entry as the static value (pm4py) would otherwise lose
    the time of the first change."""
    later = list(later)
    begun = {name for name, _ in first}
    unknown = dict.fromkeys(name for name, _, _ in later if name not in begun)
    return [
        *({"name": name, "time": _BEGINNING, "value": value} for name, value in first),
        *({"name": name, "time": _BEGINNING, "value": None} for name in unknown),
        *({"name": name, "time": f"{moment}Z", "value": value} for name, moment, value in later),
    ]


def _relationships(pairs: Iterable[tuple[Any, ...]]) -> list[dict[str, str]]:
    return [{"objectId": key, "qualifier": qualifier} for key, qualifier in pairs]


def _with_values(parts: Parts) -> pd.DataFrame:
    """The changes with their moments and values as JSON has them."""
    import pandas as pd

    changes = parts.changes
    values: list[Any] = [None] * len(changes)
    names = changes["attribute"].to_numpy()
    for name, attribute in parts.of_objects().items():
        mine = (names == name).nonzero()[0]
        for row, value in zip(mine, _sayable(changes["value"].iloc[mine], attribute), strict=True):
            values[row] = value
    return pd.DataFrame({"object_id": changes["object_id"].to_numpy(), "attribute": names,
                         "moment": moment_texts(changes["timestamp"]), "value": pd.Series(values, dtype=object)})


def _named(rows: pd.DataFrame, attributes: Iterable[Attribute]) -> list[Named]:
    """For each row the attributes that have a value, with it."""
    named: list[Named] = [[] for _ in range(len(rows))]
    for attribute in attributes:
        for row, value in zip(named, _sayable(rows[attribute.name], attribute), strict=True):
            if value is not None:
                row.append((attribute.name, value))
    return named


def _sayable(column: pd.Series, attribute: Attribute) -> list[Any]:
    """Values as JSON has them: a moment with its zone; a number without end, for which JSON has no sign, as text."""
    values = written(column, attribute)
    if attribute.kind == "time":
        return [value and f"{value}Z" for value in values]
    if attribute.kind in ("float", "decimal"):
        return [str(v) if isinstance(v, float) and math.isinf(v) else v for v in values]
    return values


class _Behind:
    """The rows of a table behind each of some ids, in the order of the table."""

    def __init__(self, frame: pd.DataFrame, key: str, ids: pd.Series) -> None:
        import numpy as np
        import pandas as pd

        owner = pd.Index(ids).get_indexer(pd.Index(frame[key]))
        self.frame = frame
        self.order: np.ndarray = np.argsort(owner, kind="stable")
        self.ends: np.ndarray = np.searchsorted(owner[self.order], np.arange(len(ids) + 1))

    def texts(self, start: int, n: int, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        """For each id from `start` on its rows."""
        ends = self.ends[start : start + n + 1]
        rows = self.frame.iloc[self.order[ends[0] : ends[-1]]]
        cells = list(zip(*(rows[column] for column in columns), strict=True))
        return (cells[a - ends[0] : b - ends[0]] for a, b in pairwise(ends))
