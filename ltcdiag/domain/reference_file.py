"""Reading a client's copy of the reference model: every fault at once, each with its line and a mended one."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError
from ..words import current, say, sentences
from . import rules
from .stages import OWNERS, load_stages, read_toml

PLACES = ("in_order", "any_time")
EXPECTED = ("must", "may")
SECTIONS = ("role", "tier", "gate", "rule", "stage")
_NAMES = ("zh", "en", "zh_hant", "version", "title_zh", "title_en")
_HEADER = re.compile(r"^\s*\[\s*([^\[\]#]+?)\s*\]")
_FIELD = re.compile(r"""^\s*["']?([\w-]+)["']?\s*=""")
_EXAMPLES = {"up_to": {"CNY": 100000}}  # shown where our own value is empty
_Place = tuple[str, ...]
"""Where a value stands: ("version",), ("editing", "zh"), ("stage", "won", "owner")."""


def merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Ours with the values of theirs over them, table by table; a value that is no table is replaced."""
    both = dict(ours)
    for key, value in theirs.items():
        deeper = isinstance(value, Mapping) and isinstance(both.get(key), Mapping)
        both[key] = merged(both[key], value) if deeper else value
    return both


def changed(path: Path, ours: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a client's file, which may be partial. Raises InputError with every fault found."""
    text = _text(path)
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_fault("not_toml", where=path.name, detail=str(error))) from None
    check = _Check(path.name, _lines(text), ours)
    faults = list(check.all(tables))
    if faults:
        raise InputError(faults)
    return tables


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(_fault("not_found", where=str(path))) from None
    except OSError as error:
        raise InputError(_fault("cannot_open", where=str(path), detail=error.strerror or str(error))) from None
    except UnicodeDecodeError:
        raise InputError(_fault("not_utf8", where=path.name)) from None


def _lines(text: str) -> dict[_Place, int]:
    """Place → line. Only for messages: what is written in a rare way has no line, and no message is lost."""
    found: dict[_Place, int] = {}
    table: _Place = ()
    for number, line in enumerate(text.split("\n"), 1):
        header, name = _HEADER.match(line), _FIELD.match(line)
        if header:
            table = tuple(part.strip(" \t\"'") for part in header[1].split("."))
            found.setdefault(table, number)
        elif name:
            found.setdefault((*table, name[1]), number)
    return found


def _fault(key: str, /, *, where: str = "", mend: str = "", **values: object) -> Fault:
    """A sentence of words/reference.toml with its `<key>_fix`; mend: a line to put in its place."""
    fix = f"{key}_fix"
    told = say(f"reference.{fix}", current(), mend=mend, **values) if fix in sentences("reference") else mend
    return Fault(say(f"reference.{key}", current(), **values), where=where, fix=told)


@dataclass(frozen=True)
class _Check:
    """One file under check. lines: place → line. ours: the tables that the file may override."""

    file: str
    lines: Mapping[_Place, int]
    ours: Mapping[str, Any]

    def all(self, tables: Mapping[str, Any]) -> Iterator[Fault]:
        """Every fault; contradictions between values are looked for among the sound ones."""
        faults = dict(self._walk(tables))
        yield from faults.values()
        yield from self._contradictions(merged(self.ours, _without(tables, set(faults))))

    def _walk(self, tables: Mapping[str, Any]) -> Iterator[tuple[_Place, Fault]]:
        for key, value in tables.items():
            known = self.ours.get(key)
            if known is None:
                yield (key,), self._unknown((key,), list(self.ours))
            elif not isinstance(known, dict):
                yield from self._value((key,), value)
            elif not isinstance(value, dict):
                yield (key,), self._fault("no_table", (key,), key=key, mend=f"[{key}.{next(iter(known))}]")
            elif key in SECTIONS:
                yield from self._entries(key, value)
            else:
                yield from self._fields((key,), value, known)

    def _entries(self, section: str, entries: Mapping[str, Any]) -> Iterator[tuple[_Place, Fault]]:
        known = self.ours[section]
        for key, row in entries.items():
            place = (section, key)
            if key not in known and section != "rule":
                yield place, self._unknown(place, list(known))
            elif not isinstance(row, dict):
                yield place, self._fault("no_table", place, key=".".join(place), mend=f"[{section}.{key}]")
            else:
                yield from self._fields(place, row, known.get(key) or _template(known))
                if key not in known and (absent := [name for name in _template(known) if name not in row]):
                    yield (*place, absent[0]), self._fault("rule_lacks", place, key=".".join(place),
                                                           fields=", ".join(absent))

    def _fields(
        self, table: _Place, row: Mapping[str, Any], known: Mapping[str, Any]
    ) -> Iterator[tuple[_Place, Fault]]:
        for name, value in row.items():
            place = (*table, name)
            if name not in known:
                yield place, self._unknown(place, list(known))
            else:
                yield from self._value(place, value)

    def _value(self, place: _Place, value: Any) -> Iterator[tuple[_Place, Fault]]:
        """The fault of one value, if it has one."""
        name = place[-1]
        if name == "supports":
            found = self._supports(place, value)
        elif place[0] == "rule" and (name == "within" or name in rules.LISTS):
            found = None if rules.sound(name, value, self.ours["tier"]) else self._wrong(place, f"wanted_{name}")
        elif name in ("expected", "up_to"):
            found = self._table(place, value)
        elif not isinstance(value, str):
            found = self._wrong(place, "wanted_text")
        elif name in _NAMES and not value.strip():
            found = self._wrong(place, "wanted_name")
        elif self._choices(name) and value not in self._choices(name):
            found = self._wrong(place, "wanted_one_of", values=self._choices(name))
        else:
            return
        if found:
            yield place, found

    def _choices(self, name: str) -> tuple[str, ...]:
        """The values that a field may have; none where any text will do."""
        if name in ("exit_after", "exit_before"):
            return ("", *(key for key, row in self.ours["stage"].items() if "place" in row))
        flows = (row["key"] for row in read_toml("stages.toml")["flow"]) if name == "flow" else ()
        return {"owner": OWNERS, "responsible": tuple(self.ours["role"]), "place": PLACES, "flow": ("", *flows),
                "default_tier": tuple(self.ours["tier"]), "kind": rules.KINDS, "watch": rules.WATCH,
                "days": rules.CLOCKS}.get(name, ())

    def _supports(self, place: _Place, value: Any) -> Fault | None:
        roles = tuple(self.ours["role"])
        if isinstance(value, list) and all(item in roles for item in value) and len(set(value)) == len(value):
            return None
        return self._wrong(place, "wanted_roles", values=roles)

    def _table(self, place: _Place, value: Any) -> Fault | None:
        """expected: tier → must or may. up_to: currency → a positive number."""
        limits = place[-1] == "up_to"
        sound = isinstance(value, dict) and all(
            _is_limit(currency, limit) if limits else currency in self.ours["tier"] and limit in EXPECTED
            for currency, limit in value.items())
        return None if sound else self._wrong(place, "wanted_limits" if limits else "wanted_expected")

    def _contradictions(self, tables: Mapping[str, Any]) -> Iterator[Fault]:
        """Values that are sound alone and cannot stand together."""
        for key, row in tables["stage"].items():
            place = ("stage", key, "supports" if ("stage", key, "supports") in self.lines else "responsible")
            if row["responsible"] in row["supports"]:
                rest = [role for role in row["supports"] if role != row["responsible"]]
                yield self._fault("twice_on_duty", place, stage=key, role=row["responsible"],
                                  mend=f"supports = {json.dumps(rest)}")
            ends = [row.get(name) for name in ("exit_after", "exit_before")]
            if all(ends) and load_stages()[ends[0]].order >= load_stages()[ends[1]].order:
                yield self._fault("no_way_out", ("stage", key, "exit_after"), stage=key, mend='exit_after = ""')
        for key, row in tables["rule"].items():
            if set(_template(self.ours["rule"])) <= set(row) and (lacks := rules.lacking(row)):
                yield self._fault(f"rule_without_{lacks}", ("rule", key, lacks), rule=key, kind=row["kind"])
        limited = [(key, row["up_to"]) for key, row in tables["tier"].items() if "up_to" in row]
        for (small, low), (large, high) in pairwise(limited):
            for currency in low:
                if currency in high and low[currency] >= high[currency]:
                    yield self._fault("limits_cross", ("tier", small, "up_to"), small=small, large=large,
                                      currency=currency, mend="up_to = {}")

    def _unknown(self, place: _Place, known: list[str]) -> Fault:
        near = get_close_matches(place[-1], known, n=1)
        mend = ".".join((*place[:-1], near[0])) if near else ""
        told = "unknown_key_near" if near else "unknown_key"
        return self._fault(told, place, key=".".join(place), known=", ".join(known), mend=mend)

    def _wrong(self, place: _Place, wanted: str, *, values: tuple[str, ...] = ()) -> Fault:
        shown = ", ".join(value or '""' for value in values)
        ours: Any = self.ours
        for part in place:
            ours = ours[part] if part in ours else _template(ours)
        return self._fault("wrong_value", place, key=".".join(place),
                           wanted=say(f"reference.{wanted}", current(), values=shown),
                           mend=f"{place[-1]} = {toml_value(ours or _EXAMPLES.get(place[-1], ours))}")

    def _fault(self, told: str, place: _Place, /, **values: Any) -> Fault:
        """A fault with the line of the value, or of the table it stands in."""
        lines = (self.lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.lines)
        line = next(lines, None)
        where = say("reference.at_line", current(), file=self.file, line=line) if line else self.file
        return _fault(told, where=where, **values)


def _template(entries: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an entry of a section has to have: the fields of the first of ours."""
    first: Mapping[str, Any] = next(iter(entries.values()))
    return first


def _is_limit(currency: str, limit: Any) -> bool:
    """A currency in capitals and a finite number above zero; true and false are no numbers."""
    if not isinstance(limit, int | Decimal) or isinstance(limit, bool):
        return False
    named = currency != "" and currency == currency.strip().upper()
    return named and Decimal(limit).is_finite() and limit > 0


def _without(tables: Mapping[str, Any], faulty: set[_Place], at: _Place = ()) -> dict[str, Any]:
    """The tables without the values at the faulty places."""
    return {
        key: _without(value, faulty, (*at, key)) if isinstance(value, dict) else value
        for key, value in tables.items() if (*at, key) not in faulty
    }


def toml_value(value: Any) -> str:
    """A text, a number, a list of texts or a flat table as TOML; JSON's escapes are TOML's, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value) if isinstance(value, int) else format(value, "f")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml_value(key)
