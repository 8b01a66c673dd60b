"""Which role of an event log a column header names, in Chinese and English (headers.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ..words import simplified

USUAL = 0.8
_LEFT_OUT = re.compile(r"[\W_]+")


def normal_header(text: str) -> str:
    """A header for comparing: NFKC, casefold, without blanks, underscores and punctuation."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", simplified(text)).casefold())


def role_of(header: str) -> str | None:
    """The role a header names outright; None for a mere hint or an unknown word."""
    found = _names().get(normal_header(header))
    return found[0] if found and found[1] >= USUAL else None


def roles_of(header: str) -> Mapping[str, float]:
    """Every role a header may play → 1 where it is a name of the role, 0.8 where it usually is one, 0.5 where
    it is a hint."""
    return _all_roles().get(normal_header(header), {})


def names_of(role: str) -> tuple[str, ...]:
    """The written names of a role, as they stand in the data."""
    return (*_headers()[role]["names"], *_headers()[role]["usual"])


@cache
def _headers() -> Mapping[str, Mapping[str, list[str]]]:
    text = (files(__package__) / "headers.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _all_roles() -> Mapping[str, Mapping[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for role, words in _headers().items():
        for strength, kind in ((0.5, "hints"), (0.8, "usual"), (1.0, "names")):
            for word in words[kind]:
                found.setdefault(normal_header(word), {})[role] = strength
    return found


@cache
def _names() -> Mapping[str, tuple[str, float]]:
    """Header → the role it names most strongly."""
    best = {}
    for header, roles in _all_roles().items():
        role = max(roles, key=lambda r: roles[r])
        best[header] = (role, roles[role])
    return best
