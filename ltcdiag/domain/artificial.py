"""Words of the start and end rows that mining tools add to a log."""

from __future__ import annotations

import unicodedata
from functools import cache

from .stages import read_toml


def same_word(label: str) -> str:
    """The form in which these words are compared: NFKC, casefold, single blanks; symbols stay."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


@cache
def artificial_labels() -> frozenset[str]:
    """Labels, in the form of same_word, that may be artificial. Whether they are is decided on the log:
    no duration, no real resource, and first or last in every case."""
    words = read_toml("artificial.toml")
    return frozenset(same_word(word) for word in (*words["start"], *words["end"]))


def is_artificial_label(label: str) -> bool:
    """True if the label is one of the words."""
    return same_word(label) in artificial_labels()
