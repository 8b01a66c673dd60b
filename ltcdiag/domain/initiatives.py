"""The library of initiatives: what may be done about a kind of finding at a stage, and who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from ..words import WRITTEN, Texts
from .kpis import load_kpis
from .stages import Named, load_stages, read_toml

FAMILIES = ("collaboration", "silo", "complexity", "rigidity", "leakage", "cash")
KINDS = ("bottleneck", "batching", "contention", "prioritisation", "unavailability", "handover", "ping_pong",
         "triangle", "rework", "deviation", "gate", "complexity", "rigidity", "leakage", "forecast", "segment", "stuck",
         "silo")
"""Kinds of finding the library knows."""
ALIKE = MappingProxyType({"rubber_stamp": "rigidity", "detour": "complexity", "small_deals": "rigidity",
                          "unassigned": "leakage", "silent": "leakage", "erosion": "forecast", "discount": "forecast",
                          "extraneous": "bottleneck", "money": "bottleneck", "lever": "bottleneck"})
"""Kinds that are a closer word for one of KINDS."""
_USUAL = MappingProxyType({"collaboration": "handover", "silo": "silo", "complexity": "complexity",
                           "rigidity": "rigidity", "leakage": "leakage", "cash": "bottleneck"})
LEAST, MOST = 2, 4
"""How many initiatives are named for a finding."""
_ANYWHERE = "days_open"


@dataclass(frozen=True)
class Initiative(Named):
    """Something worth discussing. families, kinds, stages (empty: anywhere), types: where it belongs. owner: key of who
    answers for it (OWNERS). kpi: the card that should move. source: where the idea comes from."""

    families: tuple[str, ...]
    kinds: tuple[str, ...]
    stages: tuple[str, ...]
    types: tuple[str, ...]
    owner: str
    kpi: str
    texts: Mapping[str, Mapping[str, str]]
    source: str
    effort: int

    def what(self, lang: str) -> str:
        """What is done, in "zh" or "en"."""
        return self._said("what", lang)

    def first(self, lang: str) -> str:
        """The step of this week."""
        return self._said("first", lang)

    def risk(self, lang: str) -> str:
        """What may go wrong, and the answer to it."""
        return self._said("risk", lang)

    def limits(self, lang: str) -> str:
        """Where it does not help."""
        return self._said("limits", lang)

    def accountable(self, lang: str) -> str:
        """Who answers for it."""
        return load_owners()[self.owner].name(lang)

    def kpi_at(self, stage: str | None) -> str:
        """Key of the card that should move for a finding at a stage (or main stage): days open are told for the main
        stage where that has a card of its own."""
        chain = load_stages()
        main = chain[stage].main_stage if stage is not None and stage in chain else stage
        own = f"days_in_{main}"
        return own if self.kpi == _ANYWHERE and own in load_kpis() else self.kpi

    def _said(self, part: str, lang: str) -> str:
        return self.texts[part][lang]


@cache
def load_owners() -> Mapping[str, Named]:
    """Who may answer for an initiative."""
    return MappingProxyType({row["key"]: Named(**row) for row in read_toml("initiatives.toml")["owner"]})


@cache
def load_initiatives() -> Mapping[str, Initiative]:
    """The library by key, in the order of the file; read once. Raises ValueError for an entry that names a family,
    kind, stage, owner or KPI that does not exist."""
    return MappingProxyType({row["key"]: _initiative(row) for row in read_toml("initiatives.toml")["initiative"]})


def nearest_kind(kind: str, family: str) -> str:
    """The kind of the library a finding is nearest to: its own, the one it is a closer word for, or the usual one of
    its family."""
    return kind if kind in KINDS else ALIKE.get(kind) or _USUAL.get(family, "bottleneck")


def initiatives_for(
    kind: str, family: str, stage: str | None = None, where: Mapping[str, Any] | None = None
) -> tuple[Initiative, ...]:
    """Two to four initiatives for a finding, the most specific first.

    stage: key of a stage or main stage, None where there is none. where: the finding's own words of its place; a type
    or cause among its values that an initiative names makes it more specific. Order: names the type, stands at this
    very stage, is meant for this kind first, stands at its main stage, cures this family; then the order of the file.
    Those of another family come only where fewer than two are left."""
    kind = nearest_kind(kind, family)
    said = frozenset(str(value) for value in (where or {}).values() if isinstance(value, str))
    fitting = [each for each in load_initiatives().values() if kind in each.kinds and _stands(each, stage)]
    ranked = sorted(fitting, key=lambda each: -_fit(each, family, kind, stage, said))
    ours = [each for each in ranked if family in each.families]
    others = [each for each in ranked if family not in each.families]
    return tuple([*ours, *others[:max(0, LEAST - len(ours))]][:MOST])


def _stands(each: Initiative, stage: str | None) -> bool:
    """Whether it is at home there; a main stage is also reached by those of its stages."""
    chain = load_stages()
    if not each.stages or stage is None:
        return not each.stages
    inner = {chain[key].main_stage for key in each.stages if key in chain}
    return stage in each.stages or (chain[stage].main_stage in each.stages if stage in chain else stage in inner)


def _fit(each: Initiative, family: str, kind: str, stage: str | None, said: frozenset[str]) -> int:
    typed = 8 * bool(said.intersection(each.types))
    exact = 4 * (stage is not None and stage in each.stages)
    near = 2 * bool(each.stages)
    return typed + exact + 3 * (kind == each.kinds[0]) + near + (family in each.families)


def _initiative(row: Mapping[str, Any]) -> Initiative:
    chain = load_stages()
    known = {"families": FAMILIES, "kinds": KINDS, "stages": (*chain.stages, *chain.main_stages)}
    for field, allowed in known.items():
        if strange := [name for name in row[field] if name not in allowed]:
            raise ValueError(f"{row['key']}: unknown {field} {strange}")
    if row["owner"] not in load_owners() or row["kpi"] not in load_kpis():
        raise ValueError(f"{row['key']}: unknown owner or kpi")
    if row["effort"] not in range(1, 6):
        raise ValueError(f"{row['key']}: effort is 1 to 5")
    texts = {part: Texts({lang: row[f"{part}_{lang}"] for lang in WRITTEN})
             for part in ("what", "first", "risk", "limits")}
    return Initiative(row["key"], row["zh"], row["en"], row["zh_hant"], tuple(row["families"]), tuple(row["kinds"]),
                      tuple(row["stages"]), tuple(row.get("types", ())), row["owner"], row["kpi"],
                      MappingProxyType(texts), row["source"], int(row["effort"]))
