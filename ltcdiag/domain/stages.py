"""The Lead-to-Cash chain: canonical stages, main stages, sub-processes and the names they carry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ..words import HANT, canonical

OWNERS = ("us", "customer", "shared")
GATES = ("none", "opens", "wins", "loses", "signs", "accepts", "pays", "disqualifies", "cancels",
         "writes_off")
CLOSING_GATES = frozenset({"loses", "disqualifies", "cancels", "pays", "writes_off"})
"""Gates after which a case is over, whatever else the log holds."""
PASSING_GATES = frozenset({"opens", "wins", "signs", "accepts"})
"""Gates that close a case only in a log that shows nothing of the chain behind them."""


@dataclass(frozen=True)
class Named:
    """Something with a key and its names: zh (simplified), en, zh_hant (traditional)."""

    key: str
    zh: str
    en: str
    zh_hant: str

    def name(self, lang: str) -> str:
        """The name in "zh", "en" or "zh-Hant"; any other language gets the English one."""
        known = canonical(lang)
        return (self.zh_hant or self.zh) if known == HANT else self.zh if known == "zh" else self.en


@dataclass(frozen=True)
class SubProcess(Named):
    """A process of the chain (LTO, OTO, OTD, DTC, CARE) or the chain itself (LTC)."""

    source: str


@dataclass(frozen=True)
class MainStage(Named):
    """One of the six stages executives talk about. colour: hex, legible under black text.
    roles: who of the iron triangle (AR, SR, FR) is on duty. flows: sub-flows of the reference model."""

    order: int
    sub_process: str
    roles: tuple[str, ...]
    colour: str
    flows: tuple[Named, ...]
    source: str


@dataclass(frozen=True)
class Stage(Named):
    """A canonical stage. owner: who does the work it is named after (OWNERS). gate: what reaching it
    does to the case (GATES). side: an exit beside the chain. repeats: coming again is part of the work and no
    rework. source: where the entry comes from."""

    order: int
    main_stage: str
    sub_process: str
    owner: str
    gate: str
    side: bool
    repeats: bool
    colour: str
    source: str

    @property
    def closes(self) -> bool:
        """True if a case that reaches the stage is over in any log."""
        return self.gate in CLOSING_GATES


@dataclass(frozen=True)
class Stages:
    """The chain as data, each mapping in the order of the chain."""

    stages: Mapping[str, Stage]
    main_stages: Mapping[str, MainStage]
    sub_processes: Mapping[str, SubProcess]
    chain: SubProcess
    neighbours: Mapping[str, SubProcess]
    levels: tuple[Named, ...]

    def __getitem__(self, key: str) -> Stage:
        return self.stages[key]

    def __contains__(self, key: object) -> bool:
        return key in self.stages

    def closing(self, present: frozenset[str]) -> frozenset[str]:
        """Stages that close a case in a log that holds the stages `present`.

        Lost, disqualified, cancelled, paid and written off always do. A gate passed on the way (lead
        qualified, won, signed, accepted) does only if nothing between it and the cash is present.
        """
        here = [self.stages[key] for key in present]
        steps = [stage for stage in here if not stage.side and stage.main_stage != "relationship"]
        last = max((stage.order for stage in steps), default=0)
        return frozenset(
            stage.key for stage in here
            if stage.closes or (stage.gate in PASSING_GATES and stage.order == last)
        )


def read_toml(name: str) -> dict[str, Any]:
    """The content of a TOML file of this room."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


@cache
def load_stages() -> Stages:
    """The shipped chain; read once."""
    data = read_toml("stages.toml")
    flows = {row["key"]: Named(**row) for row in data["flow"]}
    subs = {row["key"]: SubProcess(**row) for row in data["sub_process"]}
    mains = {row["key"]: _main_stage(row, flows) for row in data["main_stage"]}
    stages = {row["key"]: _stage(row, mains) for row in data["stage"]}
    chain = SubProcess(**{name: data["chain"][name] for name in ("key", "zh", "en", "zh_hant", "source")})
    neighbours = {row["key"]: SubProcess(**row) for row in data["neighbour"]}
    levels = tuple(Named(**row) for row in data["level"])
    return Stages(MappingProxyType(stages), MappingProxyType(mains), MappingProxyType(subs), chain,
                  MappingProxyType(neighbours), levels)


def _main_stage(row: dict[str, Any], flows: Mapping[str, Named]) -> MainStage:
    tuples = {"roles": tuple(row["roles"]), "flows": tuple(flows[key] for key in row["flows"])}
    return MainStage(**{**row, **tuples})


def _stage(row: dict[str, Any], mains: Mapping[str, MainStage]) -> Stage:
    main = mains[row["main_stage"]]
    return Stage(**{"side": False, "repeats": False, **row}, sub_process=main.sub_process, colour=main.colour)
