"""The objects of the chain and the case views over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ..words import picked
from .stages import read_toml


@dataclass(frozen=True)
class ObjectType:
    """rank: place in the chain, None beside it. satellite: belongs to what it is linked to. next: what is expected
    behind it, once one of the stages `ready` is reached."""

    key: str
    zh: str
    en: str
    rank: int | None
    satellite: bool
    next: tuple[str, ...]
    ready: frozenset[str]

    def name(self, lang: str) -> str:
        """Its name; Chinese for every kind of Chinese."""
        return picked(lang, self.zh, self.en)


@dataclass(frozen=True)
class View:
    """of: the type whose objects are cases, "" for the most upstream ones. holds: types that come along, "*" all."""

    key: str
    zh: str
    en: str
    of: str
    holds: tuple[str, ...]

    def name(self, lang: str) -> str:
        """Its name; Chinese for every kind of Chinese."""
        return picked(lang, self.zh, self.en)


@cache
def load_objects() -> Mapping[str, ObjectType]:
    """Key → type, in the order of the chain."""
    return MappingProxyType({
        entry["key"]: ObjectType(entry["key"], entry["zh"], entry["en"], entry.get("rank"),
                                 entry.get("satellite", False), tuple(entry["next"]),
                                 frozenset(entry.get("ready", ())))
        for entry in read_toml("objects.toml")["object"]
    })


@cache
def load_views() -> Mapping[str, View]:
    """Key → case view."""
    return MappingProxyType({
        entry["key"]: View(entry["key"], entry["zh"], entry["en"], entry["of"], tuple(entry["holds"]))
        for entry in read_toml("objects.toml")["view"]
    })


def usual_view(present: set[str], usual: set[str] | None = None) -> str:
    """The view where nobody asked for one: the one that is usual in the system (usual: of all systems that are read),
    else the opportunity, else the most upstream type that has a view."""
    views = load_views()
    if usual and len(usual) == 1 and {*present, ""} & {views[key].of for key in usual if key}:
        return next(iter(usual))
    if "opportunity" in present:
        return "opportunity"
    if present and present <= {"approval", "user"}:
        return "approval"
    return next((key for key in ("lead", "contract", "order", "invoice") if views[key].of in present), "end_to_end")
