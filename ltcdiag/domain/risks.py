"""The checklist of a programme: what may go wrong when the process is changed, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import WRITTEN, Texts
from .initiatives import FAMILIES, load_owners
from .stages import Named, read_toml


@dataclass(frozen=True)
class KnownRisk(Named):
    """Something that may go wrong. families: findings of these make it likely (empty: every programme). owner: key of
    who answers for it. answer: what is done about it; watch: by what it shows; source: where it comes from."""

    families: tuple[str, ...]
    owner: str
    texts: Mapping[str, Mapping[str, str]]
    source: str

    def answer(self, lang: str) -> str:
        """What is done so that it does not happen, in "zh" or "en"."""
        return self.texts["answer"][lang]

    def watch(self, lang: str) -> str:
        """By what it shows, in "zh" or "en"."""
        return self.texts["watch"][lang]

    def is_likely(self, families: frozenset[str]) -> bool:
        """Whether a plan that answers findings of these families should think of it."""
        return not self.families or bool(families.intersection(self.families))


@cache
def load_risks() -> Mapping[str, KnownRisk]:
    """The checklist by key, in the order of the file; read once. Raises ValueError for an unknown family or owner."""
    return MappingProxyType({row["key"]: _risk(row) for row in read_toml("risks.toml")["risk"]})


def _risk(row: Mapping[str, Any]) -> KnownRisk:
    if strange := [name for name in row["families"] if name not in FAMILIES]:
        raise ValueError(f"{row['key']}: unknown families {strange}")
    if row["owner"] not in load_owners():
        raise ValueError(f"{row['key']}: unknown owner")
    texts = {part: Texts({lang: row[f"{part}_{lang}"] for lang in WRITTEN})
             for part in ("answer", "watch")}
    return KnownRisk(row["key"], row["zh"], row["en"], row["zh_hant"], tuple(row["families"]), row["owner"],
                     MappingProxyType(texts), row["source"])
