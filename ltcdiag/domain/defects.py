"""The defects of data: names in both languages, what is done about each, which questions it harms."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ..log.defects import Deed, Unit
from ..words import say
from .activities import load_activities
from .exports import Both, Question, load_exports
from .stages import read_toml


@dataclass(frozen=True)
class DefectKind:
    """deed: where the user does not say otherwise. harms: keys of the questions whose answers it makes doubtful. heavy:
    whether one place alone can move a figure."""

    name: str
    deed: Deed
    unit: Unit
    harms: tuple[str, ...]
    heavy: bool

    def said(self, lang: str) -> str:
        """What it is, in words."""
        return say(f"defects.{self.name}", lang)


@cache
def load_defects() -> Mapping[str, DefectKind]:
    """Name → defect, in the order of the file."""
    data = read_toml("defects.toml")["defect"]
    return MappingProxyType({
        name: DefectKind(name, entry["deed"], entry["unit"], tuple(entry["harms"]),
                          entry.get("heavy", False))
        for name, entry in data.items()})


@cache
def defect_headers() -> Mapping[str, frozenset[str]]:
    """What a column is → its headers without case, blanks and punctuation."""
    return MappingProxyType({
        what: frozenset("".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
                        for name in names) for what, names in read_toml("defects.toml")["headers"].items()})


@cache
def names_of_activities() -> Mapping[str, str]:
    """Folded name of a canonical activity, in either language → its key; names that two of them have are left out."""
    found: dict[str, set[str]] = {}
    for key, activity in load_activities().items():
        for name in (activity.zh, activity.en):
            found.setdefault(" ".join(name.casefold().split()), set()).add(key)
    return MappingProxyType({name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1})


@cache
def step_concepts() -> Mapping[str, str]:
    """Word of a step, in either language and in small letters → what it means."""
    return MappingProxyType({word: concept for concept, words in read_toml("step_concepts.toml").items()
                             for word in words})


@cache
def surnames() -> Mapping[str, str]:
    """Family name in Pinyin → the characters that it may be."""
    return MappingProxyType(read_toml("surnames.toml"))


@cache
def load_questions() -> Mapping[str, Question]:
    """Key → question that data can answer or not: those of the exports, and those that no single export unlocks."""
    more = {key: Question(key, Both(**entry["name"]), Both(**entry["asks"]))
            for key, entry in read_toml("defects.toml")["question"].items()}
    return MappingProxyType({**load_exports().questions, **more})
