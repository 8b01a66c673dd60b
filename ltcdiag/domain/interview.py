"""What to ask the people at the place of a finding, and whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import picked
from .stages import read_toml


@dataclass(frozen=True)
class Question:
    """An open question of an interview. kind: of the finding it belongs to, or kind.type."""

    kind: str
    zh: str
    en: str
    whom_zh: str
    whom_en: str

    def asked(self, place: str, lang: str) -> str:
        """The question with its place filled in, in "zh" or "en"."""
        return picked(lang, self.zh, self.en).format(place=place)

    def whom(self, lang: str) -> str:
        """Who knows the answer."""
        return picked(lang, self.whom_zh, self.whom_en)


@cache
def load_questions() -> Mapping[str, Question]:
    """Kind (or kind.type) → question; read once."""
    return MappingProxyType({row["kind"]: Question(**row) for row in read_toml("questions.toml")["question"]})


def question_for(kind: str, where: Mapping[str, Any] | None = None) -> Question | None:
    """The question for a kind of finding, that of its type or cause where the place names one that has its own; None
    for an unknown kind."""
    known = load_questions()
    typed = [f"{kind}.{value}" for value in (where or {}).values() if f"{kind}.{value}" in known]
    return known.get(typed[0] if typed else kind)
