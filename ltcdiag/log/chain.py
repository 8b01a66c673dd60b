"""Where the chain of objects breaks between two systems: what has no next, and what names one in vain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class ChainPlan:
    """next: type → types that are expected behind it, nearest first. ready: type → canonical stages with which an
    object is ready for the next one (none: from its first event on). out: stages that end an object, so that nothing
    is expected of it. stages: activity → canonical stage. ended: canonical activities that take an object back."""

    next: Mapping[str, tuple[str, ...]]
    ready: Mapping[str, frozenset[str]]
    out: frozenset[str]
    stages: Mapping[str, str]
    ended: frozenset[str]


@dataclass(frozen=True)
class LooseObject:
    """An object without its neighbour. since: when it was ready for it (None: not recorded); days: since then, up to
    the as-of moment. row: its place in the source. names: the text that names a neighbour nobody has ("" where the
    field is empty)."""

    object_id: str
    since: datetime | None
    days: float
    amount: Decimal | None
    currency: str | None
    row: int | None
    names: str = ""


@dataclass(frozen=True)
class ChainGap:
    """One link of the chain. ready: objects of the source type that are ready for the next one; linked: those that
    have it; waiting: those that have none but are not older than others were; usual_days: the time that 99 in 100 of
    the linked ones took. broken: those without, beyond that. orphans: objects of the target type that name a source
    which no table holds. targets: objects of the target type."""

    source: str
    target: str
    ready: int
    linked: int
    waiting: int
    usual_days: float
    broken: tuple[LooseObject, ...]
    targets: int
    orphans: tuple[LooseObject, ...]
