"""What a column holds, by the words of its header, in Chinese and English (column_words.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

CLASSES = ("secret", "contact", "free_text", "money", "person", "customer", "identifier")
"""In the order in which a header is asked; what none of them knows is "other"."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORDS = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_LAST = ("person", "customer")
_AFTER = frozenset({"id", "name", "alias", "key"})
_NUMBERS = frozenset({"id", "ids", "no", "number", "key", "guid"})


def header_class(header: str) -> str:
    """The class that a header names; "other" where it says nothing."""
    text, words = _parts(header)
    return next((name for name in CLASSES if _names(name, text, words)), "other")


def hints_at_people(header: str) -> bool:
    """Whether people may stand under a header that does not say so outright."""
    text, words = _parts(header)
    found = _all()["hints"]
    return text in found["zh"] or any(_follow(each.split(), words) for each in found["en"])


def calls_by_number(header: str) -> bool:
    """Whether a header says that ids or numbers stand below it (客户编号, Contact ID, ContactId)."""
    text, words = _parts(header)
    return text.endswith(("编号", "编码", "单号", "編號", "單號", "id", "ids")) or bool(words and words[-1] in _NUMBERS)


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Chinese surnames of one and of two characters."""
    found = _all()["surnames"]
    return frozenset(found["one"]), frozenset(found["two"])


def _names(name: str, text: str, words: Sequence[str]) -> bool:
    found = _all()[name]
    if _CHINESE.search(text):
        return any(part.casefold() in text for part in found["zh"]) or text.endswith(tuple(found["ends"]))
    ends = [word for word in found["ends"] if word.isascii()]
    if name in _LAST:       # "User Type" is no person, "User Name" and "Owner ID" are
        words = words[:-1] if len(words) > 1 and words[-1] in _AFTER else words
        return any(words[-len(each.split()):] == each.split() for each in found["en"])
    return any(_follow(each.split(), words) for each in found["en"]) or bool(words and words[-1] in ends)


def _parts(header: str) -> tuple[str, list[str]]:
    """The whole header without signs, and its English words; capitals inside a word begin another one."""
    plain = unicodedata.normalize("NFKC", header)
    words = _WORDS.findall(_CAMEL.sub(" ", plain).casefold())
    return re.sub(r"[\W_]+", "", plain.casefold()), words


def _follow(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether words follow each other somewhere in others."""
    return any(list(words[i : i + len(wanted)]) == list(wanted) for i in range(len(words) - len(wanted) + 1))


@cache
def _all() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files(__package__) / "column_words.toml").read_text("utf-8"))
