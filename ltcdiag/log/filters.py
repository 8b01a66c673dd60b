"""Filters are values: a predicate over whole cases, combined with &, | and ~, compiled by the engine."""

from __future__ import annotations

import json
import math
import re
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from ..errors import InputError
from ..words import current, say
from .period import Period

Keep = Literal["started", "completed", "contained", "intersecting"]
State = Literal["open", "closed", "unknown"]

_UNSEEN = re.compile("[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MOST = 10_000_000
"""Days and events beyond this are a slip of the keyboard; microseconds of more would not fit."""


class Filter:
    """Base of all filters. A filter keeps or sets aside whole cases; it never cuts a case in two. Its repr is code that
    makes an equal one where the package is called `ltc`."""

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

    def __repr__(self) -> str:
        given = []
        for each in fields_of(self):
            value = getattr(self, each.name)
            if each.default is MISSING:
                given.append(as_code(value))
            elif value != each.default:
                given.append(f"{each.name}={as_code(value)}")
        return f"ltc.{type(self).__name__}({', '.join(given)})"

    def _let(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def fields_of(keep: Filter | type[Filter]) -> tuple[Field[Any], ...]:
    """The fields of a filter; every kind of it is a dataclass."""
    return fields(cast("Any", keep))


def as_code(value: object) -> str:
    """A text, number, period, filter or tuple of them as Python writes it; signs that nobody sees are escaped."""
    if isinstance(value, tuple):
        inside = ", ".join(map(as_code, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Period):
        return as_code(value.text)
    if isinstance(value, str):
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
    if isinstance(value, float):
        return number_text(value)
    return repr(value)


def number_text(value: float) -> str:
    """A number as short as it can be said without loss, as browsers write it too: 30, 0.5, 1e-7."""
    if isinstance(value, int):
        return str(value)
    if value and not 1e-6 <= abs(value) < 1e21:
        return re.sub(r"e([+-])0+", r"e\1", repr(value)).replace(".0e", "e")
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")


def _texts(value: Any) -> tuple[Any, ...]:
    """One text is one value, not its letters."""
    return (value,) if isinstance(value, str) or value is None else tuple(value)


def _check_range(low: float | None, high: float | None) -> None:
    """Raises InputError where nothing can lie between, or a number is none."""
    for each in (low, high):
        if each is not None and (not math.isfinite(each) or not each >= 0):
            raise InputError(say("filters.no_number", current(), value=each))
    if high is not None and high <= (low or 0):
        raise InputError(say("filters.empty_range", current(), low=number_text(low or 0), high=number_text(high)))


def _check_days(low: float | None, high: float | None) -> None:
    _check_range(low, high)
    if max(low or 0, high or 0) > _MOST:
        raise InputError(say("filters.too_much", current(), value=number_text(max(low or 0, high or 0)),
                             most=f"{_MOST:,}"))


def _check_choice(value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InputError(say("engine.unknown_choice", current(), value=value),
                         fix=say("engine.one_of", current(), values=", ".join(choices)))


@dataclass(frozen=True, repr=False)
class AllOf(Filter):
    """Cases that every part keeps; with no part, all."""

    parts: tuple[Filter, ...]

    def __post_init__(self) -> None:
        self._let("parts", _flat(AllOf, self.parts))

    def __repr__(self) -> str:
        return _joined(" & ", self, AnyOf)


@dataclass(frozen=True, repr=False)
class AnyOf(Filter):
    """Cases that at least one part keeps; with no part, none."""

    parts: tuple[Filter, ...]

    def __post_init__(self) -> None:
        self._let("parts", _flat(AnyOf, self.parts))

    def __repr__(self) -> str:
        return _joined(" | ", self, None)


def _flat(kind: type[AllOf | AnyOf], parts: Any) -> tuple[Filter, ...]:
    """(a & b) & c is a & b & c."""
    parts = (parts,) if isinstance(parts, Filter) else tuple(parts)
    return tuple(inner for part in parts
                 for inner in (part.parts if isinstance(part, kind) and len(part.parts) > 1 else (part,)))


def _joined(sign: str, whole: AllOf | AnyOf, looser: type[Filter] | None) -> str:
    if len(whole.parts) < 2:
        return Filter.__repr__(whole)
    return sign.join(f"({part!r})" if looser and isinstance(part, looser) and _is_compound(part) else repr(part)
                     for part in whole.parts)


def _is_compound(keep: Filter) -> bool:
    return isinstance(keep, AllOf | AnyOf) and len(keep.parts) > 1


@dataclass(frozen=True, repr=False)
class Not(Filter):
    """Cases that the part does not keep."""

    part: Filter

    def __repr__(self) -> str:
        return f"~({self.part!r})" if _is_compound(self.part) else f"~{self.part!r}"


@dataclass(frozen=True, repr=False)
class Between(Filter):
    """Cases by period, as a value or as text ("2024-01-01..2024-06-30", the last day counts whole). keep: started
    (first event inside), completed (last event inside), contained (both inside), intersecting (any part inside)."""

    period: Period
    keep: Keep = "started"

    def __post_init__(self) -> None:
        given: object = self.period
        if isinstance(given, str):
            self._let("period", Period.parse(given))
        _check_choice(self.keep, get_args(Keep))


@dataclass(frozen=True, repr=False)
class CaseIs(Filter):
    """Cases by their ids."""

    case_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        self._let("case_ids", _texts(self.case_ids))


@dataclass(frozen=True, repr=False)
class VariantIs(Filter):
    """Cases whose sequence of activities is one of those given (each a tuple of labels)."""

    variants: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        self._let("variants", tuple(map(tuple, self.variants)))


@dataclass(frozen=True, repr=False)
class TopVariants(Filter):
    """Cases of the k most common variants of the log that is filtered."""

    k: int

    def __post_init__(self) -> None:
        _check_range(self.k, None)


@dataclass(frozen=True, repr=False)
class VariantCases(Filter):
    """Cases whose variant has at least and at most so many cases in the log that is filtered."""

    at_least: int = 1
    at_most: int | None = None

    def __post_init__(self) -> None:
        _check_range(self.at_least, None if self.at_most is None else self.at_most + 1)


@dataclass(frozen=True, repr=False)
class Contains(Filter):
    """Cases with at least one event of one of these activities."""

    activities: tuple[str, ...]

    def __post_init__(self) -> None:
        self._let("activities", _texts(self.activities))


@dataclass(frozen=True, repr=False)
class StartsWith(Filter):
    """Cases whose first event is one of these activities."""

    activities: tuple[str, ...]

    def __post_init__(self) -> None:
        self._let("activities", _texts(self.activities))


@dataclass(frozen=True, repr=False)
class EndsWith(Filter):
    """Cases whose last event is one of these activities."""

    activities: tuple[str, ...]

    def __post_init__(self) -> None:
        self._let("activities", _texts(self.activities))


@dataclass(frozen=True, repr=False)
class Follows(Filter):
    """Cases in which `source` is followed by `target` at least once: directly, or anywhere later; with a time from the
    one to the other of at least and under so many days. Never followed is `~Follows(...)`."""

    source: str
    target: str
    directly: bool = True
    at_least_days: float | None = None
    under_days: float | None = None

    def __post_init__(self) -> None:
        _check_days(self.at_least_days, self.under_days)


@dataclass(frozen=True, repr=False)
class Attribute(Filter):
    """Cases by the texts in a column (named as in the source). None stands for cases in which the column is empty in
    every event. Usually one event with one of the values is enough; every: the case has no other value."""

    column: str
    values: tuple[str | None, ...]
    every: bool = False

    def __post_init__(self) -> None:
        self._let("values", _texts(self.values))


@dataclass(frozen=True, repr=False)
class Duration(Filter):
    """Cases that took at least `at_least` and less than `under` days from first to last event."""

    at_least: float = 0.0
    under: float | None = None

    def __post_init__(self) -> None:
        _check_days(self.at_least, self.under)


@dataclass(frozen=True, repr=False)
class EventCount(Filter):
    """Cases with at least `at_least` and less than `under` events."""

    at_least: int = 1
    under: int | None = None

    def __post_init__(self) -> None:
        _check_range(self.at_least, self.under)


@dataclass(frozen=True, repr=False)
class Amount(Filter):
    """Cases by their amount: the one stated last, of objects the sum. at_least, under: in `currency`; without one the
    only currency of the log is meant. Cases without an amount, or in another currency, are not kept."""

    at_least: float | None = None
    under: float | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        _check_range(self.at_least, self.under)


@dataclass(frozen=True, repr=False)
class StateIs(Filter):
    """Cases by state: open, closed or unknown."""

    state: State

    def __post_init__(self) -> None:
        _check_choice(self.state, get_args(State))
