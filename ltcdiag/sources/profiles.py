"""What is known of each system, read from `systems/*.toml`: its tables, how they are told, what is made of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ..domain.headers import normal_header
from ..domain.labels import simplified
from ..words import picked
from .forms import expanded, form_entries

GENERAL = "general"
NO_LOG, LABELS = "no_log", "labels"


@dataclass(frozen=True)
class TableProfile:
    """One table of a system.

    fields: field → the headers it may have, in their written form. needs: fields without which it is not this table.
    tells: fields that show that it is. never: headers that show that it is not. content: field → pattern that most of
    its values match. pattern: of headers that are milestones (group `label`). unnumbered: rows without an id of their
    own. events, links, drops, watched: as in the file; see docs/sources.md for the grammar.
    """

    system: str
    name: str
    role: str
    object_type: str
    holds: bool
    fields: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    tells: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    content: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    milestones: tuple[Mapping[str, Any], ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Mapping[str, Any], ...] = ()
    links: tuple[Mapping[str, Any], ...] = ()
    drops: tuple[Mapping[str, Any], ...] = ()
    watched: tuple[str, ...] = ()
    told_values: tuple[Mapping[str, Any], ...] = ()
    about: str = ""
    other_keys: tuple[str, ...] = ()
    unnumbered: bool = False
    lacks: str = ""
    called: re.Pattern[str] | None = None
    kinds: tuple[Mapping[str, Any], ...] = ()
    made: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lookups: tuple[Mapping[str, Any], ...] = ()
    hints: tuple[Mapping[str, Any], ...] = ()
    exact: tuple[str, ...] = ()
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_words: bool = False
    content_proves: bool = False
    """Whether the people of each company name the columns themselves."""
    repeats: bool = False
    """Whether a row is the whole record again each time it changed."""
    spare_ids: frozenset[str] = frozenset()
    """Normal headers of ids that the system gives to every row, for tables without a number of their own."""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """The headers of each field in their normal form."""

    @cached_property
    def every_header(self) -> frozenset[str]:
        """The headers of all fields."""
        return frozenset(header for written in self.headers.values() for header in written)


@dataclass(frozen=True)
class Split:
    """Files of a system that hold records of several forms, as normal headers. by: column that names the form. beside:
    columns that such a file has. called: column of the form's name."""

    by: str
    beside: tuple[str, ...]
    called: str


@dataclass(frozen=True)
class SystemProfile:
    """A system: names, how ids are written, the zone of times without one ("" = not known), the case view where nobody
    asks for one ("" = the opportunity or what comes first in the chain), its tables, and lists of headers that several
    of them share."""

    key: str
    zh: str
    en: str
    key_style: str
    naive_zone: str
    zones: tuple[tuple[str, str], ...]
    tables: tuple[TableProfile, ...]
    usual: str = ""
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    splits: tuple[Split, ...] = ()

    def name(self, lang: str) -> str:
        """Its name; Chinese for every kind of Chinese."""
        return picked(lang, self.zh, self.en)


@cache
def load_systems() -> Mapping[str, SystemProfile]:
    """Key → profile, sorted by key with the general one last."""
    folder = files(__package__) / "systems"
    told = [tomllib.loads(file.read_text("utf-8")) for file in sorted(folder.iterdir(), key=lambda file: file.name)
            if file.name.endswith(".toml")]
    general = next((data for data in told if data["key"] == GENERAL), {})
    systems = [_system(data, general) for data in sorted(told, key=lambda data: data["key"] == GENERAL)]
    return MappingProxyType({system.key: system for system in systems})


def _system(data: Mapping[str, Any], general: Mapping[str, Any]) -> SystemProfile:
    key = data["key"]
    own_words = key == GENERAL or data.get("own_words", False)
    drawn = form_entries(data["forms"], list(_whole_entries(general["table"])), general.get("shared", {})) if (
        "forms" in data) else ()
    return SystemProfile(
        key=key, zh=data["zh"], en=data["en"], key_style=data.get("key_style", "plain"),
        naive_zone=data.get("naive_zone", ""),
        zones=tuple((normal_header(entry["column"]), entry["zone"]) for entry in data.get("zone", ())),
        tables=tuple(_table(key, {"content_proves": data.get("content_proves", False), **entry},
                            data.get("shared", {}), own_words=own_words)
                     for entry in (*_whole_entries(data["table"]), *drawn)),
        usual=data.get("usual", ""),
        shared={name: tuple(headers) for name, headers in data.get("shared", {}).items()},
        splits=tuple(Split(normal_header(entry["by"]), tuple(map(normal_header, entry["beside"])),
                           normal_header(entry["called"])) for entry in data.get("split", ())),
    )


def _whole_entries(entries: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The entries of tables; one that is `like` another takes over the fields that it does not name itself, one that is
    that table `again` takes over everything else too."""
    known: dict[str, dict[str, Any]] = {}
    for entry in entries:
        again = known.get(entry.get("again", ""), {})
        base = again or known.get(entry.get("like", ""), {})
        known[entry["name"]] = {**again, **entry, "fields": {**base.get("fields", {}), **entry.get("fields", {})}}
        yield known[entry["name"]]


@cache
def _normal(header: str, *, own_words: bool) -> str:
    """A header for comparing; where people name their columns themselves, in simplified characters."""
    return simplified(normal_header(header)) if own_words else normal_header(header)


def _table(
    system: str, entry: Mapping[str, Any], shared: Mapping[str, Sequence[str]], *, own_words: bool
) -> TableProfile:
    fields = {name: expanded(headers, shared) for name, headers in entry["fields"].items()}
    return TableProfile(
        system=system, name=entry["name"], role=entry.get("role", "events"), object_type=entry.get("object", ""),
        holds=entry.get("holds", True),
        own_words=own_words, fields=fields,
        repeats=entry.get("repeats", False), content_proves=entry.get("content_proves", False),
        spare_ids=frozenset(_normal(text, own_words=own_words) for text in entry.get("spare", ())),
        headers={name: tuple(_normal(text, own_words=own_words) for text in texts) for name, texts in fields.items()},
        needs=tuple(entry["needs"]), tells=tuple(entry.get("tells", ())),
        never=tuple(_normal(text, own_words=own_words) for text in expanded(entry.get("never", ()), shared)),
        content={name: re.compile(text) for name, text in entry.get("content", {}).items()},
        milestones=tuple(entry.get("milestone", ())),
        types=entry.get("types", {}), events=tuple(entry.get("event", ())), links=tuple(entry.get("link", ())),
        drops=tuple(entry.get("drop", ())), watched=tuple(entry.get("watch", ())),
        told_values=tuple(entry.get("watched", ())), about=entry.get("say", ""),
        other_keys=tuple(entry.get("keys", ())), unnumbered=entry.get("unnumbered", False),
        lacks=entry.get("lacks", ""), called=re.compile(entry["called"], re.IGNORECASE) if "called" in entry else None,
        kinds=tuple(entry.get("kind", ())), made=entry.get("made", {}), lookups=tuple(entry.get("lookup", ())),
        hints=tuple(entry.get("hint", ())), exact=tuple(entry.get("exact", ())),
        flags={name: tuple(texts) for name, texts in entry.get("flags", {}).items()},
    )
