"""What kind of step a label is, from its words."""

from __future__ import annotations

from functools import cache

from .labels import normalise
from .stages import read_toml


def is_approval(label: str) -> bool:
    """True if the words of a label say that somebody reviews or approves."""
    text = normalise(label)
    zh, en = _approval_words()
    return any(word in text for word in zh) or any(f" {word} " in f" {text} " for word in en)


@cache
def _approval_words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = read_toml("step_words.toml")["approval"]
    return tuple(words["zh"]), tuple(words["en"])
