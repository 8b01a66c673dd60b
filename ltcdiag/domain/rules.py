"""Rules of the reference model: what must come before what, within how many days, and done by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .party_words import party_kinds
from .stages import Named, load_stages, read_toml
from .step_words import says

KINDS = ("precedence", "must", "response", "once", "role", "two_persons")
WATCH = ("claim", "report", "off")
CLOCKS = ("calendar", "working")
LISTS = ("step", "first", "roles", "allow")
FIELDS = ("kind", "step", "first", "within", "days", "roles", "watch", "allow", "source")
_WITH_FIRST = ("precedence", "must", "response", "two_persons")


@dataclass(frozen=True)
class Rule(Named):
    """One rule.

    kind: precedence (`first` comes before `step`), must (a case with `step` has `first` at some time), response (`step`
    follows `first` within so many days), once (`step` comes once), role (`step` is done by one of `roles`, at least
    once a case), two_persons (`step` is not done by who did `first` alone). step, first: steps, each a stage or a main
    stage, or "stage:kind" for the steps of it whose words are of a kind (domain/step_words.toml). within: days, 0 = no
    limit, so that the rule only reports. days: calendar or working. roles: kinds of party (domain/party_words.toml).
    watch: claim, report (in the table only) or off. allow: "tier=small" or "column=value": cases that need not keep it.
    """

    kind: str
    step: tuple[str, ...]
    first: tuple[str, ...]
    within: int
    days: str
    roles: tuple[str, ...]
    watch: str
    allow: tuple[str, ...]
    source: str

    @property
    def exceptions(self) -> tuple[tuple[str, str], ...]:
        """The pairs of column (or "tier") and value that are allowed not to keep it."""
        pairs = (each.partition("=") for each in self.allow)
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def rules_of(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Rule]:
    """The rules of the tables of a file."""
    return {key: Rule(**{**row, **{name: tuple(row[name]) for name in LISTS}, "key": key, "within": int(row["within"])})
            for key, row in tables.items()}


def chosen(selectors: Iterable[str], label: str, stage: str | None) -> bool:
    """Whether a label with its stage is one of the steps."""
    return any(_fits(selector, label, stage) for selector in selectors)


def _fits(selector: str, label: str, stage: str | None) -> bool:
    place, _, word = selector.partition(":")
    if stage is None or place not in (stage, load_stages()[stage].main_stage):
        return False
    return not word or says(label, word)


def is_selector(text: Any) -> bool:
    """True for a stage or main stage, alone or with a kind of words behind a colon."""
    if not isinstance(text, str):
        return False
    place, colon, word = text.partition(":")
    chain = load_stages()
    return (place in chain or place in chain.main_stages) and (not colon or word in _word_kinds())


@cache
def _word_kinds() -> frozenset[str]:
    return frozenset(read_toml("step_words.toml"))


def is_exception(text: Any, tiers: Iterable[str]) -> bool:
    """True for "tier=" with a tier of the model, or "column=value"."""
    if not isinstance(text, str):
        return False
    name, _, value = (part.strip() for part in text.partition("="))
    return bool(name and value) and (name != "tier" or value in tiers)


def sound(name: str, value: Any, tiers: Iterable[str]) -> bool:
    """Whether the value of a field that is no plain text can stand there."""
    if name == "within":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3650
    if not isinstance(value, list):
        return False
    if name == "roles":
        return all(each in party_kinds() for each in value)
    if name == "allow":
        return all(is_exception(each, tuple(tiers)) for each in value)
    return all(map(is_selector, value)) and bool(value or name == "first")


def lacking(row: Mapping[str, Any]) -> str:
    """What a rule of its kind needs and has not: "first", "roles" or ""."""
    if row["kind"] in _WITH_FIRST and not row["first"]:
        return "first"
    return "roles" if row["kind"] == "role" and not row["roles"] else ""
