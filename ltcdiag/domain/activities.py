"""The canonical activities: names in both languages, stage, object, and what they do to the object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ..words import picked
from .stages import read_toml


@dataclass(frozen=True)
class Activity:
    """stage and object_type are "" where it belongs to no single one. aftercare: it opens no closed case again."""

    key: str
    zh: str
    en: str
    kind: str
    stage: str = ""
    object_type: str = ""
    aftercare: bool = False

    def name(self, lang: str) -> str:
        """Its name; Chinese for every kind of Chinese."""
        return picked(lang, self.zh, self.en)


@cache
def load_activities() -> Mapping[str, Activity]:
    """Key → activity, in the order of the file."""
    data = read_toml("activities.toml")
    return MappingProxyType({
        key: Activity(key, entry["zh"], entry["en"], entry["kind"], entry.get("stage", ""), entry.get("object", ""),
                      entry.get("aftercare", False))
        for key, entry in data.items()
    })
