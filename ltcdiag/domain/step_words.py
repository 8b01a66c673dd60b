"""What kind of step a label is, or what date a column holds, from its words."""

from __future__ import annotations

from functools import cache

from .labels import normalise
from .stages import read_toml


def is_approval(label: str) -> bool:
    """True if the words of a label say that somebody reviews or approves."""
    return says(label, "approval")


def says(label: str, kind: str) -> bool:
    """True if a label (of a step or of a column) has one of the words of a kind (domain/step_words.toml)."""
    text = normalise(label)
    zh, en = _words(kind)
    return any(word in text for word in zh) or any(f" {word} " in f" {text} " for word in en)


@cache
def _words(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = read_toml("step_words.toml")[kind]
    return tuple(words["zh"]), tuple(words["en"])
