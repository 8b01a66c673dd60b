"""What a department or role is there for, from the words of its name."""

from __future__ import annotations

from functools import cache

from .labels import normalise
from .stages import read_toml


@cache
def party_kinds() -> tuple[str, ...]:
    """The kinds that a name can tell: AR, SR, FR of the iron triangle, legal, finance and others."""
    return tuple(_words())


def party_kind(name: str) -> str:
    """The kind whose word stands last in a name, the longer word where two end together; "" where none does."""
    text = f" {normalise(name)} "
    found = [(place + len(word), len(word), kind) for kind, words in _words().items()
             for word in words if (place := text.rfind(word)) >= 0]
    return max(found, key=lambda each: each[:2])[2] if found else ""


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """English words stand between blanks, so that "ar" is no part of "warehouse"."""
    return {kind: (*words["zh"], *(f" {word} " for word in words["en"]))
            for kind, words in read_toml("party_words.toml").items()}
