"""The mapping file: what a person decided about columns, labels and the reading of values (TOML)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping as MappingABC
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..domain.defects import load_defects
from ..domain.objects import load_objects
from ..domain.prices import price_faults, price_tables
from ..errors import Fault, InputError
from ..log.defects import DEEDS, Deed
from ..log.privacy import USUAL_K
from ..log.records import DAY_ORDERS, ROLES, ColumnMap
from .content import unreadable
from .reasons import fault, note
from .roles import Sample, guess_roles

_TEXT = ("timezone", "day_order", "encoding", "currency", "system")
_OF_SOURCE = ("timezone", "day_order", "currency")
_OF_TABLE = ("columns", "table")


@dataclass(frozen=True)
class Mapping:
    """columns: role → column. labels: our label → stage key. ends: activities that close a case. links: type of the
    objects of a table → column → type of the objects that the column names (approval → 合同编号 → contract).
    timezone, day_order (dmy, mdy, ymd, mixed) and encoding: of the files; currency: of amounts without one. system: the
    source they come from. sources: system → its own timezone, day_order and currency, where there are several. tables:
    file → columns (the names of its columns in their order, parted by commas) and table (which of a system it is).
    defects: defect of the data → what is done about it. people: purpose, in words, of figures by person, and k (5 or
    more), the cases below which they stay hidden. prices: the user's own rates (domain/prices.py)."""

    columns: MappingABC[str, str] = field(default_factory=dict)
    labels: MappingABC[str, str] = field(default_factory=dict)
    ends: tuple[str, ...] = ()
    timezone: str | None = None
    day_order: str | None = None
    encoding: str | None = None
    currency: str | None = None
    system: str | None = None
    links: MappingABC[str, MappingABC[str, str]] = field(default_factory=dict)
    sources: MappingABC[str, MappingABC[str, str]] = field(default_factory=dict)
    tables: MappingABC[str, MappingABC[str, str]] = field(default_factory=dict)
    defects: MappingABC[str, Deed] = field(default_factory=dict)
    people: MappingABC[str, Any] = field(default_factory=dict)
    prices: MappingABC[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        said = {name: MappingProxyType(dict(answers)) for name, answers in self.tables.items()}
        object.__setattr__(self, "tables", MappingProxyType(said))
        own = {name: MappingProxyType(dict(answers)) for name, answers in self.sources.items()}
        object.__setattr__(self, "sources", MappingProxyType(own))
        linked = {name: MappingProxyType(dict(columns)) for name, columns in self.links.items()}
        object.__setattr__(self, "links", MappingProxyType(linked))
        object.__setattr__(self, "defects", MappingProxyType(dict(self.defects)))
        object.__setattr__(self, "people", MappingProxyType(dict(self.people)))
        object.__setattr__(self, "prices", MappingProxyType(dict(self.prices)))
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
        object.__setattr__(self, "labels", MappingProxyType(dict(self.labels)))
        object.__setattr__(self, "ends", tuple(self.ends))


def load_mapping(path: str | Path) -> Mapping:
    """A mapping file. Raises InputError with every fault: no file, no TOML, unknown keys, wrong values."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(fault("not_found", where=str(path))) from None
    except OSError as error:
        raise InputError(unreadable(str(path), error)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(fault("mapping_not_toml", where=str(path), detail=str(error))) from None
    _join_columns(data.get("tables", {}))
    faults = _faults(data, str(path))
    if faults:
        raise InputError(faults)
    return Mapping(**data)


def _join_columns(tables: Any) -> None:
    """Lists of column names become one text."""
    for table in tables.values() if isinstance(tables, dict) else ():
        if isinstance(table, dict) and isinstance(table.get("columns"), list):
            table["columns"] = ",".join(map(str, table["columns"]))


def _faults(data: MappingABC[str, Any], file: str) -> list[Fault]:
    """Everything wrong with the content of a mapping file."""
    known = [item.name for item in fields(Mapping)]
    found = [_unknown(key, known, file) for key in data if key not in known]
    for key in ("columns", "labels"):
        table = data.get(key, {})
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            found.append(fault("mapping_wrong_type", where=file, key=key, wanted=note("wanted_table")))
        elif key == "columns":
            found += [_unknown(f"columns.{role}", ROLES, file) for role in table if role not in ROLES]
            found += _same_column(table, file)
    ends = data.get("ends", [])
    if not isinstance(ends, list) or not all(isinstance(end, str) for end in ends):
        found.append(fault("mapping_wrong_type", where=file, key="ends", wanted=note("wanted_list")))
    found += _source_faults(data.get("sources", {}), file)
    found += _part_faults("tables", data.get("tables", {}), _OF_TABLE, file)
    found += _link_faults(data.get("links", {}), file)
    found += _defect_faults(data.get("defects", {}), file)
    found += _people_faults(data.get("people", {}), file)
    found += price_faults(data.get("prices", {}), where=file)
    for key in _TEXT:
        if not isinstance(data.get(key, ""), str):
            found.append(fault("mapping_wrong_type", where=file, key=key, wanted=note("wanted_text")))
        elif key == "day_order" and data.get(key, "ymd") not in DAY_ORDERS:
            found.append(fault("mapping_wrong_type", where=file, key=key, wanted=note("wanted_day_order_or_mixed")))
    return found


def _part_faults(key: str, parts: Any, known: Sequence[str], file: str) -> list[Fault]:
    """Everything wrong with a table of tables of texts."""
    tables = parts.values() if isinstance(parts, dict) else [None]
    if not all(isinstance(table, dict) and all(isinstance(v, str) for v in table.values()) for table in tables):
        return [fault("mapping_wrong_type", where=file, key=key, wanted=note("wanted_table"))]
    return [fault("mapping_unknown_key", where=file, key=f"{key}.{name}.{word}", known=", ".join(known))
            for name, table in parts.items() for word in table if word not in known]


def _source_faults(sources: Any, file: str) -> list[Fault]:
    """Everything wrong with the answers of single systems."""
    found = _part_faults("sources", sources, _OF_SOURCE, file)
    if not isinstance(sources, dict) or not all(isinstance(table, dict) for table in sources.values()):
        return found
    found += [fault("mapping_wrong_type", where=file, key=f"sources.{name}.day_order", wanted=note("wanted_day_order"))
              for name, table in sources.items() if table.get("day_order", "ymd") not in DAY_ORDERS[:3]]
    return found


def _defect_faults(deeds: Any, file: str) -> list[Fault]:
    """Everything wrong with what is to be done about defects."""
    if not isinstance(deeds, dict):
        return [fault("mapping_wrong_type", where=file, key="defects", wanted=note("wanted_table"))]
    known = tuple(load_defects())
    found = [_unknown(f"defects.{name}", known, file) for name in deeds if name not in known]
    return found + [fault("mapping_wrong_type", where=file, key=f"defects.{name}", wanted=", ".join(DEEDS))
                    for name, deed in deeds.items() if deed not in DEEDS]


def _link_faults(links: Any, file: str) -> list[Fault]:
    """Everything wrong with the links: types that are none."""
    tables = links.values() if isinstance(links, dict) else [None]
    if not all(isinstance(table, dict) and all(isinstance(v, str) for v in table.values()) for table in tables):
        return [fault("mapping_wrong_type", where=file, key="links", wanted=note("wanted_links"))]
    named = [*links, *(target for table in links.values() for target in table.values())]
    types = load_objects()
    return [_unknown(f"links.{kind}", tuple(types), file) for kind in dict.fromkeys(named) if kind not in types]


_LEAST_PURPOSE = 10     # characters: a word is none


def _people_faults(people: Any, file: str) -> list[Fault]:
    """Everything wrong with what figures by person are for."""
    if not isinstance(people, dict):
        return [fault("mapping_wrong_type", where=file, key="people", wanted=note("wanted_table"))]
    found = [_unknown(f"people.{key}", ("purpose", "k"), file) for key in people if key not in ("purpose", "k")]
    purpose, k = people.get("purpose", ""), people.get("k", USUAL_K)
    if people and (not isinstance(purpose, str) or len(purpose.strip()) < _LEAST_PURPOSE):
        found.append(fault("mapping_wrong_type", where=file, key="people.purpose", wanted=note("wanted_purpose")))
    if isinstance(k, bool) or not isinstance(k, int) or k < USUAL_K:
        found.append(fault("mapping_wrong_type", where=file, key="people.k", wanted=note("wanted_k", least=USUAL_K)))
    return found


def _unknown(key: str, known: Sequence[str], file: str) -> Fault:
    return fault("mapping_unknown_key", where=file, key=key, known=", ".join(known))


def _same_column(table: MappingABC[str, str], file: str) -> list[Fault]:
    """One column for two of case, activity and time makes no sense; other roles may share one."""
    by_column: dict[str, list[str]] = {}
    for role in ("case", "activity", "time"):
        if role in table:
            by_column.setdefault(table[role], []).append(role)
    return [
        fault("mapping_same_column", where=file, column=column, roles=", ".join(roles))
        for column, roles in by_column.items()
        if len(roles) > 1
    ]


def dump_mapping(mapping: Mapping) -> str:
    """The mapping as TOML that `load_mapping` reads back to the same value."""
    lines = [f"{key} = {_quoted(getattr(mapping, key))}" for key in _TEXT if getattr(mapping, key) is not None]
    if mapping.ends:
        lines.append(f"ends = [{', '.join(map(_quoted, mapping.ends))}]")
    for name, table in (("columns", mapping.columns), ("labels", mapping.labels)):
        if table:
            lines += ["", f"[{name}]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in table.items())]
    for part, every in (("sources", mapping.sources), ("tables", mapping.tables)):
        for name, answers in every.items():
            lines += ["", f"[{part}.{_quoted(name)}]",
                      *(f"{key} = {_quoted(value)}" for key, value in answers.items())]
    if mapping.defects:
        lines += ["", "[defects]", *(f"{name} = {_quoted(deed)}" for name, deed in mapping.defects.items())]
    if mapping.people:
        lines += ["", "[people]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}"
                                    for key, value in mapping.people.items())]
    for name, table in price_tables(mapping.prices):
        lines += ["", f"[{name}]", *(f"{_quoted(key)} = {json.dumps(value, ensure_ascii=False)}"
                                     for key, value in table.items())]
    for name, columns in mapping.links.items():
        lines += ["", f"[links.{_quoted(name)}]", *(f"{_quoted(key)} = {_quoted(to)}" for key, to in columns.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def combine_roles(columns: Sequence[str], sample: Sample, mapping: Mapping, *, file: str = "") -> ColumnMap:
    """The roles of a table: what the mapping says, the guess for the rest."""
    return guess_roles(columns, sample, given=mapping.columns, file=file)
