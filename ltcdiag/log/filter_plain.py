"""Filters as plain values and back, without loss: what files of saved filters, the browser and the engine exchange.

A list (schema ltcdiag.filters/1) whose items all must keep a case; an item is {"kind": ..., its fields}, and with
"not": true it means the opposite. any_of and all_of have parts, not has a part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from ..errors import Fault, InputError
from ..words import current, say
from ..words.texts import tidy
from . import filters as f
from .period import Period

SCHEMA = "ltcdiag.filters/1"
KINDS: Mapping[str, type[f.Filter]] = {
    "between": f.Between, "attribute": f.Attribute, "variant": f.VariantIs, "top_variants": f.TopVariants,
    "variant_cases": f.VariantCases, "starts_with": f.StartsWith, "ends_with": f.EndsWith, "contains": f.Contains,
    "follows": f.Follows, "duration": f.Duration, "events": f.EventCount, "amount": f.Amount, "state": f.StateIs,
    "cases": f.CaseIs,
}
_KIND_OF = {kind: name for name, kind in KINDS.items()}
_GROUPS: Mapping[str, type[f.AllOf | f.AnyOf]] = {"all_of": f.AllOf, "any_of": f.AnyOf}
_DEEPEST = 20
_MOST_FAULTS = 20

_Check = Callable[[Any], bool]
_CHECKS: Mapping[str, _Check] = {
    "text": lambda value: isinstance(value, str),
    "texts": lambda value: isinstance(value, list) and all(isinstance(each, str) for each in value),
    "values": lambda value: isinstance(value, list) and all(isinstance(each, str | None) for each in value),
    "rows": lambda value: isinstance(value, list) and all(
        isinstance(row, list) and all(isinstance(each, str) for each in row) for row in value),
    "number": lambda value: _is_number(value) and math.isfinite(value),
    "whole": lambda value: _is_number(value) and math.isfinite(value) and float(value).is_integer(),
    "flag": lambda value: isinstance(value, bool),
}
_WANTED = {
    "first": "text", "last": "text", "keep": "text", "column": "text", "values": "values", "every": "flag",
    "variants": "rows", "k": "whole", "at_most": "whole", "activities": "texts", "source": "text", "target": "text",
    "directly": "flag", "at_least_days": "number", "under_days": "number", "at_least": "number", "under": "number",
    "currency": "text", "state": "text", "case_ids": "texts",
}
"""field → what it must be; null where the field may be left out."""
_COUNTED = ("variant_cases", "events")
"""Kinds whose at_least and under count, and do not measure."""


def to_plain(keep: f.Filter | None) -> list[dict[str, Any]]:
    """The filter as a list of plain items; no item for none. Law: `from_plain(to_plain(keep)) == keep`."""
    if keep is None:
        return []
    if isinstance(keep, f.AllOf) and len(keep.parts) != 1:
        return [_item(part) for part in keep.parts]
    return [_item(keep)]


def _item(keep: f.Filter) -> dict[str, Any]:
    if isinstance(keep, f.Not):
        inner = _item(keep.part)
        return {"kind": "not", "part": inner} if inner.get("not") or inner["kind"] == "not" else {**inner, "not": True}
    if isinstance(keep, f.AllOf | f.AnyOf):
        kind = next(name for name, group in _GROUPS.items() if isinstance(keep, group))
        return {"kind": kind, "parts": [_item(part) for part in keep.parts]}
    if isinstance(keep, f.Between):
        first, _, last = keep.period.text.partition("..")
        return {"kind": "between", "first": first, "last": last, "keep": keep.keep}
    given = ((each.name, getattr(keep, each.name)) for each in f.fields_of(keep))
    return {"kind": _KIND_OF[type(keep)], **{name: _plain(value) for name, value in given if value is not None}}


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def from_plain(items: object) -> f.Filter:
    """The filter that a list of plain items says; an empty list keeps every case. Raises InputError with all faults."""
    faults: list[Fault] = []
    made = _group(f.AllOf, items, "", faults, 0)
    if faults or made is None:
        raise InputError(faults[:_MOST_FAULTS])
    return made.parts[0] if len(made.parts) == 1 else made


def _group(
    kind: type[f.AllOf | f.AnyOf], items: object, where: str, faults: list[Fault], depth: int
) -> f.AllOf | f.AnyOf | None:
    if not isinstance(items, list):
        faults.append(Fault(say("filters.no_list", current()), where=where))
        return None
    parts = [_filter(item, f"{where} › {n}" if where else say("filters.item", current(), n=n), faults, depth)
             for n, item in enumerate(items, 1)]
    known = tuple(part for part in parts if part is not None)
    return kind(known) if len(known) == len(parts) else None


def _filter(item: object, where: str, faults: list[Fault], depth: int) -> f.Filter | None:
    if not isinstance(item, dict) or depth > _DEEPEST:
        key = "too_deep" if isinstance(item, dict) else "no_object"
        faults.append(Fault(say(f"filters.{key}", current(), most=_DEEPEST), where=where))
        return None
    given = {name: value for name, value in item.items() if name not in ("kind", "not")}
    turned = item.get("not", False)
    if not isinstance(turned, bool):
        faults.append(_wrong("not", "flag", where))
        return None
    kind = item.get("kind")
    made = _of_kind(kind if isinstance(kind, str) else "", given, where, faults, depth)
    return f.Not(made) if made is not None and turned else made


def _of_kind(kind: str, given: dict[str, Any], where: str, faults: list[Fault], depth: int) -> f.Filter | None:
    if kind in _GROUPS:
        return _group(_GROUPS[kind], given.get("parts"), where, faults, depth + 1)
    if kind == "not":
        inner = _filter(given.get("part"), where, faults, depth + 1)
        return f.Not(inner) if inner is not None else None
    if kind not in KINDS:
        faults.append(Fault(say("filters.unknown_kind", current(), kind=tidy(kind, 40)), where=where,
                            fix=say("engine.one_of", current(), values=", ".join([*KINDS, *_GROUPS]))))
        return None
    wrong = list(_faults(kind, given, where))
    faults += wrong
    return None if wrong else _made(kind, given, where, faults)


def _faults(kind: str, given: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """What is wrong with the fields of an item."""
    lang = current()
    required, allowed = _fields(kind)
    for name in given:
        if name not in allowed:
            yield Fault(say("filters.unknown_field", lang, kind=kind, field=tidy(name, 40)), where=where,
                        fix=say("engine.one_of", lang, values=", ".join(allowed)))
    for name in allowed:
        wanted = "whole" if kind in _COUNTED and name in ("at_least", "under") else _WANTED[name]
        if given.get(name) is None and (name in required):
            yield Fault(say("filters.missing_field", lang, kind=kind, field=name), where=where)
        elif given.get(name) is not None and not _CHECKS[wanted](given[name]):
            yield _wrong(name, wanted, where)


def _fields(kind: str) -> tuple[list[str], list[str]]:
    """Fields that an item must have, and those that it may have."""
    if kind == "between":
        return ["first", "last"], ["first", "last", "keep"]
    known = f.fields_of(KINDS[kind])
    return [each.name for each in known if each.default is MISSING], [each.name for each in known]


def _wrong(name: str, wanted: str, where: str) -> Fault:
    return Fault(say("filters.wrong_field", current(), field=name, wanted=say(f"filters.wanted_{wanted}", current())),
                 where=where)


def _made(kind: str, given: Mapping[str, Any], where: str, faults: list[Fault]) -> f.Filter | None:
    told = {name: _tuples(value) for name, value in given.items() if value is not None}
    told = {name: int(value) if _WANTED[name] == "whole" or (kind in _COUNTED and _is_number(value)) else value
            for name, value in told.items()}
    try:
        if kind == "between":
            return f.Between(Period.between(told.pop("first"), told.pop("last")), **told)
        return KINDS[kind](**told)
    except InputError as error:
        faults += [Fault(fault.what, where=where, fix=fault.fix) for fault in error.faults]
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, Sequence) and not isinstance(value, str) \
        else value
