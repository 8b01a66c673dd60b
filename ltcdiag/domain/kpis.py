"""The KPI cards: what each indicator means, which way is better, what it needs, and how it misleads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import picked
from .stages import GATES, Named, Stages, load_stages, read_toml

UNITS = ("days", "share", "count", "money", "score")
DIRECTIONS = ("lower_is_better", "higher_is_better", "none")


@dataclass(frozen=True)
class StageSet:
    """Stages named one by one, by their gate, or by their main stage."""

    stages: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    main_stages: tuple[str, ...] = ()

    def keys(self, chain: Stages, *, exits: bool = False) -> frozenset[str]:
        """Keys of the stages. exits: with the exits beside the chain (lost, cancelled, ...) of a main stage; an exit
        that is named itself or by its gate always counts."""
        return frozenset(
            stage.key for stage in chain.stages.values()
            if stage.key in self.stages or stage.gate in self.gates
            or (stage.main_stage in self.main_stages and (exits or not stage.side))
        )


@dataclass(frozen=True)
class KpiCard(Named):
    """One indicator. unit: one of UNITS. direction: one of DIRECTIONS. measure: name of a function of the measures,
    parameters: what it is given. questions: keys of the questions on whose answer it rests. source: where the indicator
    comes from."""

    unit: str
    direction: str
    definition_zh: str
    definition_en: str
    needs_zh: str
    needs_en: str
    trap_zh: str
    trap_en: str
    measure: str
    parameters: Mapping[str, Any]
    questions: tuple[str, ...]
    source: str

    def definition(self, lang: str) -> str:
        """What is counted, in "zh" or "en"."""
        return picked(lang, self.definition_zh, self.definition_en)

    def needs(self, lang: str) -> str:
        """What the data must hold, in "zh" or "en"."""
        return picked(lang, self.needs_zh, self.needs_en)

    def trap(self, lang: str) -> str:
        """How the indicator misleads, in "zh" or "en"."""
        return picked(lang, self.trap_zh, self.trap_en)


@cache
def load_kpis() -> Mapping[str, KpiCard]:
    """The cards by key, in the order in which they are shown; read once."""
    return MappingProxyType({row["key"]: card(row) for row in read_toml("kpis.toml")["kpi"]})


def card(row: Mapping[str, Any]) -> KpiCard:
    """The card of one table of the file. Raises ValueError for a unit, direction, stage, gate or main stage that does
    not exist."""
    if row["unit"] not in UNITS or row["direction"] not in DIRECTIONS:
        raise ValueError(f"{row['key']}: unknown unit or direction")
    parameters = {name: _value(row["key"], value) for name, value in row.get("parameters", {}).items()}
    return KpiCard(**{**row, "questions": tuple(row["questions"]), "parameters": MappingProxyType(parameters)})


def _value(key: str, value: Any) -> Any:
    """A parameter; a table is a set of stages."""
    if not isinstance(value, Mapping):
        return value
    chain = load_stages()
    known = {"stages": chain.stages, "gates": GATES, "main_stages": chain.main_stages}
    unknown = [name for kind, names in value.items() for name in names if name not in known.get(kind, ())]
    if unknown:
        raise ValueError(f"{key}: the chain has no {', '.join(unknown)}")
    return StageSet(**{kind: tuple(names) for kind, names in value.items()})
