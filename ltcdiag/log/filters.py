"""Filters are values: a predicate over whole cases, combined with &, | and ~, compiled by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .period import Period

Keep = Literal["started", "completed", "contained", "intersecting"]


class Filter:
    """Base of all filters. A filter keeps or sets aside whole cases; it never cuts a case in two."""

    @property
    def reason(self) -> str:
        """The name under which the ledger counts the cases set aside."""
        return "filtered_" + "".join("_" + c.lower() if c.isupper() else c for c in type(self).__name__).strip("_")

    def __and__(self, other: Filter) -> Filter:
        return AllOf((self, other))

    def __or__(self, other: Filter) -> Filter:
        return AnyOf((self, other))

    def __invert__(self) -> Filter:
        return Not(self)


@dataclass(frozen=True)
class AllOf(Filter):
    """Cases that every part keeps."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class AnyOf(Filter):
    """Cases that at least one part keeps."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Not(Filter):
    """Cases that the part does not keep."""

    part: Filter


@dataclass(frozen=True)
class Between(Filter):
    """Cases by period. keep: started (first event inside), completed (last event inside), contained
    (both inside), intersecting (any part of the case inside)."""

    period: Period
    keep: Keep = "started"


@dataclass(frozen=True)
class CaseIs(Filter):
    """Cases by their ids."""

    case_ids: tuple[str, ...]


@dataclass(frozen=True)
class VariantIs(Filter):
    """Cases whose sequence of activities is one of those given (each a tuple of labels)."""

    variants: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class TopVariants(Filter):
    """Cases of the k most common variants of the log that is filtered."""

    k: int


@dataclass(frozen=True)
class Contains(Filter):
    """Cases with at least one event of one of these activities."""

    activities: tuple[str, ...]


@dataclass(frozen=True)
class StartsWith(Filter):
    """Cases whose first event is one of these activities."""

    activities: tuple[str, ...]


@dataclass(frozen=True)
class EndsWith(Filter):
    """Cases whose last event is one of these activities."""

    activities: tuple[str, ...]


@dataclass(frozen=True)
class Follows(Filter):
    """Cases in which `source` is directly followed by `target`."""

    source: str
    target: str


@dataclass(frozen=True)
class Attribute(Filter):
    """Cases with at least one event whose column (named as in the source) has one of these texts."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Duration(Filter):
    """Cases that took at least `at_least` and less than `under` days from first to last event."""

    at_least: float = 0.0
    under: float | None = None


@dataclass(frozen=True)
class StateIs(Filter):
    """Cases by state: open, closed or unknown."""

    state: Literal["open", "closed", "unknown"]
