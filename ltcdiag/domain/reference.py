"""The Lead-to-Cash reference model: who is on duty, what a gate asks for, what is expected of a deal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..words import picked
from .drawing_file import OwnDrawing, read_drawing
from .labels import normalise
from .reference_file import changed, merged
from .rules import FIELDS, Rule, rules_of
from .stages import Named, load_stages, read_toml

_WORDS = re.compile("[,，、;；]")


def _holds(text: str, word: str) -> bool:
    """Whether a label has a word: anywhere in Chinese, whole words in English."""
    return bool(word) and (f" {word} " in text if word.isascii() else word in text)


@dataclass(frozen=True)
class Role(Named):
    """A role of the iron triangle (AR, SR, FR) and its duties. known_as: words by which a log names it, with commas."""

    duties_zh: str
    duties_en: str
    known_as: str
    source: str

    def duties(self, lang: str) -> str:
        """What the role is there for, in "zh" or "en"."""
        return picked(lang, self.duties_zh, self.duties_en)


@dataclass(frozen=True)
class Tier(Named):
    """A size of deals. up_to: currency → largest amount of the tier, empty until the company sets it; the
    last tier has none."""

    up_to: Mapping[str, Decimal]
    source: str


@dataclass(frozen=True)
class Gate(Named):
    """An exit that counts, and what must be true before a case passes it."""

    must_be_true_zh: str
    must_be_true_en: str
    source: str

    def must_be_true(self, lang: str) -> str:
        """The condition, in "zh" or "en"."""
        return picked(lang, self.must_be_true_zh, self.must_be_true_en)


@dataclass(frozen=True)
class ReferenceStage(Named):
    """What the model says about a canonical stage.

    owner, gate: as in Stage. responsible, supports: roles. flow: key of a sub-flow or "". place: "in_order",
    "any_time" or, for the ways out beside the chain, "exit"; these are allowed after `exit_after` and before
    `exit_before` (stage keys, "" = no limit). expected: tier → "must" or "may"; empty for an exit.
    """

    order: int
    main_stage: str
    owner: str
    gate: str
    responsible: str
    supports: tuple[str, ...]
    flow: str
    place: str
    exit_after: str
    exit_before: str
    expected: Mapping[str, str]
    source: str

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles on duty, the responsible one first."""
        return (self.responsible, *self.supports)

    def is_must(self, tier: str) -> bool:
        """True if a deal of the tier that goes on to a later stage may not lack this one."""
        return self.expected.get(tier) == "must"


@dataclass(frozen=True)
class ReferenceModel:
    """The chain as it should run; `stages` in its order. editing: who changes it and how, zh and en. drawing: the
    client's own BPMN (the model then has its name), against which finished cases are laid instead of the chain."""

    stages: Mapping[str, ReferenceStage]
    roles: Mapping[str, Role]
    tiers: Mapping[str, Tier]
    gates: Mapping[str, Gate]
    rules: Mapping[str, Rule]
    default_tier: str
    version: str
    based_on: str
    title_zh: str
    title_en: str
    editing_zh: str
    editing_en: str
    drawing: OwnDrawing | None = None

    def title(self, lang: str) -> str:
        """What the model is called, in "zh" or "en"."""
        return picked(lang, self.title_zh, self.title_en)

    def editing(self, lang: str) -> str:
        """Who may change the model and how, in "zh" or "en"."""
        return picked(lang, self.editing_zh, self.editing_en)

    def owner(self, stage: str) -> str:
        """Who does the work of a stage: us, customer or shared. Raises KeyError for an unknown stage."""
        return self.stages[stage].owner

    def role_of(self, label: str) -> str | None:
        """The role of the triangle that a department or role of a log stands for, by the longest of the words that it
        holds (pre-sales is no sales); None where none is there, or equally long ones point to several."""
        text = f" {normalise(label)} "
        held = [(len(word), key) for key, role in self.roles.items()
                for word in map(normalise, _WORDS.split(role.known_as)) if _holds(text, word)]
        longest = {key for size, key in held if size == max(held)[0]}
        return longest.pop() if len(longest) == 1 else None

    def name_of(self, stage: str, lang: str) -> str:
        """The name of a stage in "zh", "en" or "zh-Hant"; a label that is no stage is its own name."""
        return self.stages[stage].name(lang) if stage in self.stages else stage

    def tier_of(self, amount: Decimal | float | None, currency: str | None) -> str:
        """The tier of a deal: the first whose threshold in this currency the amount does not exceed.

        Without an amount, or without a threshold in the currency, it is the default tier.
        """
        money = (currency or "").strip().upper()
        limits = [(key, tier.up_to[money]) for key, tier in self.tiers.items() if money in tier.up_to]
        if amount is None or amount != amount or not limits:  # noqa: PLR0124 - NaN differs from itself
            return self.default_tier
        keys = list(self.tiers)
        above = keys[keys.index(limits[-1][0]) + 1]
        return next((key for key, limit in limits if amount <= limit), above)


def load_model(source: str | Path = "ltc") -> ReferenceModel:
    """Our model ("ltc"), or ours with the entries of a client's copy over it (path of a TOML file).

    A file that ends in .bpmn is the client's own drawing: finished cases are laid against it, all else stays ours.
    The copy may be partial: what it leaves out stays ours. Raises InputError with every fault of the file
    and its line: no such file, no TOML, unknown keys, values of the wrong kind, contradictions.
    """
    if source == "ltc":
        return _ours()
    if Path(source).suffix.casefold() == ".bpmn":
        drawing = read_drawing(Path(source))
        return replace(_ours(), drawing=drawing, title_zh=drawing.name, title_en=drawing.name)
    ours = _our_tables()
    return _model(merged(ours, changed(Path(source), ours)))


def tables_of(model: ReferenceModel) -> dict[str, Any]:
    """The editable part of a model as the tables of its TOML file; the reverse of reading it."""
    top = ("version", "based_on", "title_zh", "title_en", "default_tier")
    return {
        **{key: getattr(model, key) for key in top},
        "editing": {"zh": model.editing_zh, "en": model.editing_en},
        "role": {key: _row(role, ("duties_zh", "duties_en", "known_as", "source"))
                 for key, role in model.roles.items()},
        "tier": {key: _row(tier, _tier_fields(key, model)) for key, tier in model.tiers.items()},
        "gate": {key: _row(gate, ("must_be_true_zh", "must_be_true_en", "source"))
                 for key, gate in model.gates.items()},
        "rule": {key: _row(rule, FIELDS) for key, rule in model.rules.items()},
        "stage": {key: _row(stage, _stage_fields(stage)) for key, stage in model.stages.items()},
    }


def _tier_fields(key: str, model: ReferenceModel) -> tuple[str, ...]:
    return ("source",) if key == list(model.tiers)[-1] else ("up_to", "source")


def _stage_fields(stage: ReferenceStage) -> tuple[str, ...]:
    judged = ("exit_after", "exit_before") if stage.place == "exit" else ("place", "expected")
    return ("owner", "responsible", "supports", "flow", *judged, "source")


def _row(entry: Named, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _thawed(getattr(entry, name)) for name in ("zh", "en", "zh_hant", *names)}


def _thawed(value: Any) -> Any:
    """A frozen value as TOML has it."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


@cache
def _ours() -> ReferenceModel:
    return _model(_our_tables())


def _our_tables() -> dict[str, Any]:
    """The shipped file, with the names and owners that stand in stages.toml."""
    tables = read_toml("reference.toml")
    named = {key: {"zh": stage.zh, "en": stage.en, "zh_hant": stage.zh_hant, "owner": stage.owner}
             for key, stage in load_stages().stages.items()}
    return {**tables, "stage": {key: {**row, **tables["stage"][key]} for key, row in named.items()}}


def _model(tables: Mapping[str, Any]) -> ReferenceModel:
    return ReferenceModel(
        stages=MappingProxyType({key: _stage(key, row) for key, row in tables["stage"].items()}),
        roles=MappingProxyType({key: Role(key=key, **row) for key, row in tables["role"].items()}),
        tiers=MappingProxyType({key: _tier(key, row) for key, row in tables["tier"].items()}),
        gates=MappingProxyType({key: Gate(key=key, **row) for key, row in tables["gate"].items()}),
        rules=MappingProxyType(rules_of(tables["rule"])),
        default_tier=tables["default_tier"],
        version=tables["version"],
        based_on=tables["based_on"],
        title_zh=tables["title_zh"],
        title_en=tables["title_en"],
        editing_zh=tables["editing"]["zh"],
        editing_en=tables["editing"]["en"],
    )


def _tier(key: str, row: Mapping[str, Any]) -> Tier:
    limits = {currency: Decimal(limit) for currency, limit in row.get("up_to", {}).items()}
    return Tier(**{**row, "key": key, "up_to": MappingProxyType(limits)})


def _stage(key: str, row: Mapping[str, Any]) -> ReferenceStage:
    chain = load_stages()[key]
    fixed = {"key": key, "order": chain.order, "main_stage": chain.main_stage, "gate": chain.gate}
    kept = {"supports": tuple(row["supports"]), "expected": MappingProxyType(dict(row.get("expected", {})))}
    return ReferenceStage(**{"place": "exit", "exit_after": "", "exit_before": "", **row, **kept, **fixed})
