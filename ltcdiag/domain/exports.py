"""What to ask a client's administrator for: which exports of which system, how they are made, what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import picked
from .stages import read_toml

LEVELS = ("minimum", "good")
"""minimum: without these no diagnosis. good: what makes it worth more."""

_QUESTION = {"key": "text", "name": "both", "asks": "both"}
_MATERIAL = {"key": "text", "name": "both"}
_SYSTEM = {"key": "text", "name": "both", "material": "texts", "tested": "both", "stops_at": "both",
           "export": "tables", "pitfall": "tables"}
_EXPORT = {"key": "text", "level": "text", "name": "both", "object": "name", "how": "both", "checked": "flag",
           "source": "text", "columns": "names", "unlocks": "texts", "without": "both"}
_PITFALL = {"text": "both", "checked": "flag", "source": "text"}


@dataclass(frozen=True)
class Both:
    """A text in Chinese and English."""

    zh: str
    en: str

    def said(self, lang: str) -> str:
        """The text in "zh" or "en"; a finer name ("zh-Hant", "en-GB") gets its language."""
        return picked(lang, self.zh, self.en)


@dataclass(frozen=True)
class Question:
    """What an export can answer. name: a few words; asks: the question a process owner would put."""

    key: str
    name: Both
    asks: Both


@dataclass(frozen=True)
class Pitfall:
    """What the administrator must know beforehand. checked: found in public documentation, not only known."""

    text: Both
    checked: bool
    source: str


@dataclass(frozen=True)
class Export:
    """One export. level: one of LEVELS. object: what the system's interface calls it (table, object, report, call).

    how: menu path or call, one line; checked: that line was found in public documentation, where source says; where
    it was not, it is background knowledge and menus may differ. columns: as the system names them. unlocks: keys of
    questions. without: what cannot be said if it is missing.
    """

    key: str
    level: str
    name: Both
    object: Both
    how: Both
    checked: bool
    source: str
    columns: tuple[Both, ...]
    unlocks: tuple[str, ...]
    without: Both


@dataclass(frozen=True)
class System:
    """A system that clients export from. material: keys of the kinds of files the reader was tried on; tested: which
    these were; stops_at: where the reader stops."""

    key: str
    name: Both
    material: tuple[str, ...]
    tested: Both
    stops_at: Both
    exports: tuple[Export, ...]
    pitfalls: tuple[Pitfall, ...]

    def at(self, level: str) -> tuple[Export, ...]:
        """The exports of one of LEVELS."""
        return tuple(export for export in self.exports if export.level == level)


@dataclass(frozen=True)
class Catalogue:
    """All that can be asked for; systems, questions and kinds of material in the order of the file."""

    systems: Mapping[str, System]
    questions: Mapping[str, Question]
    material: Mapping[str, Both]


@cache
def load_exports() -> Catalogue:
    """The shipped catalogue; read once."""
    return catalogue(read_toml("exports.toml"))


def catalogue(tables: Mapping[str, Any]) -> Catalogue:
    """The tables of a file as values. Raises ValueError that lists all their faults."""
    found = list(faults(tables))
    if found:
        raise ValueError("\n".join(found))
    questions = [Question(row["key"], Both(**row["name"]), Both(**row["asks"])) for row in tables["question"]]
    return Catalogue(
        systems=MappingProxyType({row["key"]: _system(row) for row in tables["system"]}),
        questions=MappingProxyType({question.key: question for question in questions}),
        material=MappingProxyType({row["key"]: Both(**row["name"]) for row in tables["material"]}),
    )


def _system(row: Mapping[str, Any]) -> System:
    return System(
        key=row["key"], name=Both(**row["name"]), material=tuple(row["material"]), tested=Both(**row["tested"]),
        stops_at=Both(**row["stops_at"]), exports=tuple(_export(inner) for inner in row["export"]),
        pitfalls=tuple(Pitfall(**{**inner, "text": Both(**inner["text"])}) for inner in row["pitfall"]),
    )


def _export(row: Mapping[str, Any]) -> Export:
    both = {name: _both(row[name]) for name, kind in _EXPORT.items() if kind in ("both", "name")}
    columns = tuple(_both(column) for column in row["columns"])
    return Export(**{**row, **both, "columns": columns, "unlocks": tuple(row["unlocks"])})


def _both(value: str | Mapping[str, str]) -> Both:
    """A name that a system has in one language only stands for both."""
    return Both(value, value) if isinstance(value, str) else Both(**value)


def faults(tables: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is wrong in the tables of a file, a line each, with the place: `salesforce.lead: ...`."""
    kinds = {"question": _QUESTION, "material": _MATERIAL, "system": _SYSTEM}
    for section in sorted(tables.keys() - kinds.keys()):
        yield f"{section}: unknown section"
    for section, fields in kinds.items():
        rows = tables.get(section, [])
        if not rows:
            yield f"{section}: nothing there"
        yield from _twice(section, rows)
        for row in rows:
            yield from _fields(str(row.get("key", section)), row, fields)
    known = {section: {row.get("key") for row in tables.get(section, [])} for section in ("question", "material")}
    for row in tables.get("system", []):
        yield from _inside(row, known)


def _inside(row: Mapping[str, Any], known: Mapping[str, set[Any]]) -> Iterator[str]:
    """Faults of the exports and pitfalls of one system, and of what they refer to."""
    system = str(row.get("key", "system"))
    exports = _rows(row.get("export"))
    yield from _twice(system, exports)
    yield from _unknown(f"{system}.material", row.get("material"), known["material"])
    if not any(export.get("level") == "minimum" for export in exports):
        yield f"{system}: no export of the level 'minimum'"
    for export in exports:
        place = f"{system}.{export.get('key', 'export')}"
        yield from _fields(place, export, _EXPORT)
        yield from _unknown(f"{place}.unlocks", export.get("unlocks"), known["question"])
        if export.get("level") not in LEVELS:
            yield f"{place}.level: one of {', '.join(LEVELS)}"
    for number, pitfall in enumerate(_rows(row.get("pitfall")), 1):
        yield from _fields(f"{system}.pitfall {number}", pitfall, _PITFALL)


def _fields(place: str, row: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(row.keys() - fields.keys()):
        yield f"{place}.{name}: unknown"
    for name, kind in fields.items():
        if not _is(kind, row.get(name)):
            yield f"{place}.{name}: {_WANTED[kind]}"


_WANTED = {"text": "a text is wanted", "both": "texts in zh and en are wanted", "flag": "true or false is wanted",
           "name": "a text, or texts in zh and en, is wanted", "texts": "a list of texts, not empty, is wanted",
           "names": "a list of texts, or of texts in zh and en, is wanted", "tables": "one or more tables are wanted"}


def _is(kind: str, value: Any) -> bool:
    if kind == "both":
        return isinstance(value, dict) and value.keys() == {"zh", "en"} and all(map(_is_text, value.values()))
    if kind == "flag":
        return isinstance(value, bool)
    if kind in ("texts", "names"):
        return isinstance(value, list) and bool(value) and all(_is(kind[:-1], item) for item in value)
    if kind == "name":
        return _is_text(value) or _is("both", value)
    if kind == "tables":
        return bool(_rows(value))
    return _is_text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _twice(place: str, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    keys = [row.get("key") for row in rows]
    yield from (f"{place}: '{key}' stands there twice" for key in dict.fromkeys(keys) if keys.count(key) > 1)


def _unknown(place: str, names: Any, known: set[Any]) -> Iterator[str]:
    yield from (f"{place}: there is no '{name}'" for name in (names if isinstance(names, list) else ())
                if name not in known)
