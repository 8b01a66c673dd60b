"""The words of interview notes and customer feedback: columns, kinds of problem, severities, frequencies, stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import chinese, picked, traditional
from .headers import normal_header
from .labels import map_labels
from .stages import load_stages, read_toml

STANCES = ("problem", "smooth", "elsewhere", "other")


@dataclass(frozen=True)
class Choice:
    """A word that may stand in a cell."""

    key: str
    zh: str
    en: str

    def name(self, lang: str) -> str:
        """As it stands in a template, in "zh" or "en"."""
        return picked(lang, self.zh, self.en)


@dataclass(frozen=True)
class Category(Choice):
    """A kind of problem. stance: one of STANCES. kinds, families: findings that speak of the same. unlock: the data
    that would show it."""

    stance: str
    kinds: tuple[str, ...]
    families: tuple[str, ...]
    unlock_zh: str
    unlock_en: str

    def speaks_of(self, kind: str, family: str) -> bool:
        """Whether a finding is about the same kind of problem."""
        return self.stance == "problem" and (kind in self.kinds or family in self.families)

    def unlock(self, lang: str) -> str:
        """The data that would show it, as a clause."""
        return picked(lang, self.unlock_zh, self.unlock_en)


@cache
def load_categories() -> Mapping[str, Category]:
    """Kinds of problem by key, in the order of the drop-down list."""
    rows = read_toml("voices.toml")["category"]
    return MappingProxyType({row["key"]: Category(
        row["key"], row["zh"], row["en"], row["stance"], tuple(row["kinds"]), tuple(row["families"]),
        row["unlock_zh"], row["unlock_en"]) for row in rows})


@cache
def choices(column: str) -> tuple[Choice, ...]:
    """The words that may stand in a column: category, severity, frequency or stage (main stages first)."""
    if column == "category":
        return tuple(load_categories().values())
    if column == "stage":
        chain = load_stages()
        return tuple(Choice(each.key, each.zh, each.en) for each in (*chain.main_stages.values(),
                                                                     *chain.stages.values()))
    return tuple(Choice(row["key"], row["zh"], row["en"]) for row in read_toml("voices.toml")[column])


def shown(column: str, choice: Choice, lang: str) -> str:
    """A choice as it stands in a cell: severities with their number."""
    return f"{choice.key} {choice.name(lang)}" if column == "severity" else choice.name(lang)


def column_names(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Role → the headers it may have, of "interviews" or "feedback"."""
    return _columns(kind)


@cache
def _columns(kind: str) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({role: tuple(names) for role, names in read_toml("voices.toml")[kind]["columns"].items()})


def header(kind: str, role: str, lang: str) -> str:
    """The header of the template."""
    names = _columns(kind)[role]
    return names[0].capitalize() if not chinese(lang) else picked(
        lang, next(name for name in names if not name.isascii()), "")


def needed(kind: str) -> tuple[str, ...]:
    """Roles that tell a kind of table."""
    return tuple(read_toml("voices.toml")[kind]["needs"])


def no_notes(sheet: str) -> bool:
    """Whether a sheet of this name holds examples or choices."""
    return normal_header(sheet) in {normal_header(name) for name in read_toml("voices.toml")["sheets"]["passed_over"]}


def category_of(text: str) -> str | None:
    """Key of a kind of problem; None for a word nobody knows."""
    return _words("category").get(normal_header(text))


def severity_of(text: str) -> int | None:
    """0 to 3, by its number or its words; None for anything else."""
    found = _words("severity").get(normal_header(text))
    return None if found is None else int(found)


def frequency_of(text: str) -> str | None:
    """Key of a frequency; None for a word nobody knows."""
    return _words("frequency").get(normal_header(text))


def stage_named(text: str) -> str | None:
    """The stage or main stage of this name in any of our languages, or of a label that our dictionary knows."""
    return _stage_names().get(normal_header(text)) or map_labels([text])[text]


@cache
def _words(column: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    rows: list[dict[str, Any]] = read_toml("voices.toml")[column]
    for row in rows:
        told = (row["zh"], row["en"], traditional(row["zh"]))
        for word in (row["key"], *told, *(f"{row['key']} {each}" for each in told), *row.get("words", ())):
            found.setdefault(normal_header(word), row["key"])
    return MappingProxyType(found)


@cache
def _stage_names() -> Mapping[str, str]:
    chain = load_stages()
    found: dict[str, str] = {}
    for each in (*chain.main_stages.values(), *chain.stages.values()):
        for name in (each.key, each.zh, each.en, each.zh_hant):
            found.setdefault(normal_header(name), each.key)
    return MappingProxyType(found)
