"""OCEL 2.0 in its JSON form."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import InputError
from ..log.attributes import only_characters, read_values
from ..log.ocel_format import ABOUT, CLOCK, UTC, WALL
from .content import Content
from .encoding import detect
from .ocel_gathering import Gathered, OcelFile, made_log, wrong
from .reasons import MAX_DEPTH, MAX_TREE_BYTES, fault

_NEEDED = ("objects", "events")
_KINDS = {"string": "string", "time": "time", "date": "time", "datetime": "time", "integer": "integer",
          "int": "integer", "float": "float", "double": "float", "boolean": "boolean", "bool": "boolean"}


def read_document(content: Content) -> OcelFile:
    """The log in a JSON file. Raises InputError: broken, too deep, too big, no OCEL 2.0."""
    document = _parsed(content)
    if isinstance(document, dict) and any(key.startswith("ocel:") for key in document):
        raise InputError(wrong("ocel_one", where=content.file))
    missing = [key for key in _NEEDED if not (isinstance(document, dict) and isinstance(document.get(key), list))]
    if missing:
        keys = list(document) if isinstance(document, dict) else []
        raise InputError(wrong("lists_missing", where=content.file, missing=", ".join(missing), examples=keys))
    gathered = Gathered(content.file)
    _gather(gathered, "object", document["objects"], _declared(document.get("objectTypes")))
    _gather(gathered, "event", document["events"], _declared(document.get("eventTypes")))
    about = document.get(ABOUT)
    clock = about.get(CLOCK) if isinstance(about, dict) else None
    return made_log(gathered, content, "dialect_json", clock if clock in (UTC, WALL) else None)


def _parsed(content: Content) -> Any:
    text = content.whole(MAX_TREE_BYTES).decode(detect(content, None).codec, "replace").removeprefix("\ufeff")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except RecursionError:
        raise InputError(fault("json_too_deep", where=content.file, limit=MAX_DEPTH)) from None
    except ValueError as error:
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        raise InputError(fault("broken_json", where=content.file, line=line, column=column)) from None


def _declared(types: Any) -> dict[tuple[str, str], str]:
    """(type, attribute) → kind."""
    return {
        (str(kind.get("name")), str(attribute.get("name"))): _KINDS.get(str(attribute.get("type")).lower(), "")
        for kind in _dicts(types) for attribute in _dicts(kind.get("attributes"))
    }


def _dicts(items: Any) -> Iterator[dict[str, Any]]:
    return (item for item in items if isinstance(item, dict)) if isinstance(items, list) else iter(())


def _gather(gathered: Gathered, part: str, items: Iterable[Any], kinds: dict[tuple[str, str], str]) -> None:
    """Events or objects, then their attributes: values of one type and attribute are read together."""
    cells: dict[tuple[str, str], list[tuple[str, Any, Any]]] = defaultdict(list)
    known = gathered.events if part == "event" else gathered.objects
    for item in items:
        if not isinstance(item, dict) or not _said(item.get("id")) or not _said(item.get("type")):
            gathered.leave_out(f"{part}s_malformed", str(item)[:60])
            continue
        key, kind = _text(item["id"]), _text(item["type"])
        repeated = key in known
        if part == "event":
            gathered.add_event(key, kind, item.get("time"))
        else:
            gathered.add_object(key, kind)
        if repeated:
            continue
        for entry in _dicts(item.get("attributes")):
            cells[kind, _text(entry.get("name"))].append((key, entry.get("time"), _value(entry.get("value"))))
        _relate(gathered, part, key, item.get("relationships"))
    for (kind, name), entries in cells.items():
        values = read_values([value for _, _, value in entries], kinds.get((kind, name), ""))
        _put(gathered, part, name, entries, values)


def _put(gathered: Gathered, part: str, name: str, entries: list[tuple[str, Any, Any]], values: list[Any]) -> None:
    if part == "event":
        gathered.put(part, name, [gathered.events[key] for key, _, _ in entries], values)
        return
    begun: set[str] = set()
    for (key, moment, _), value in zip(entries, values, strict=True):
        if key in begun:
            gathered.changes.append((key, name, moment, value))
        else:
            gathered.first_or_change(key, name, moment, value)
        begun.add(key)


def _relate(gathered: Gathered, part: str, key: str, relationships: Any) -> None:
    found = gathered.relations if part == "event" else gathered.links
    for entry in _dicts(relationships):
        found.append((key, _text(entry.get("objectId")), _text(entry.get("qualifier"))))


def _said(value: Any) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return only_characters(value)
    return "" if value is None else only_characters(json.dumps(value, ensure_ascii=False))


def _value(value: Any) -> Any:
    """Lists and objects, which the format does not know, as their JSON text."""
    return _text(value) if isinstance(value, str | list | dict) else value
