"""What reading would do, said before it is done: dialect, roles with their runners-up, questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError, QuestionError
from ..log.event_log import EventLog
from ..log.records import RoleChoice, Table, TextTable
from ..words import say
from .mapping import Mapping, dump_mapping
from .opening import open_tables
from .reading import sample_of
from .roles import judge_roles
from .systems_found import Seen, system_tables


@dataclass(frozen=True)
class Reading:
    """What a table was recognised as. fields: field → column. runner_up: what came second, with its evidence. near:
    where it is nothing known, what comes nearest, with the headers that it lacks."""

    system: str
    table: str
    object: str
    score: float
    fields: dict[str, str]
    runner_up: str = ""
    runner_up_score: float = 0.0
    near: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class SniffedTable:
    """One table: where it is, how it is written, what known export it is, or which column would play which role."""

    file: str
    encoding: str
    dialect: str
    columns: tuple[str, ...]
    choices: tuple[RoleChoice, ...]
    reading: Reading | None = None


@dataclass(frozen=True)
class Sniffed:
    """What was seen. log: what would come out, None when reading would stop. faults: what would
    stop it. passed_over: files that are no tables. mapping: the roles as a mapping file to start from."""

    tables: tuple[SniffedTable, ...]
    passed_over: tuple[Fault, ...]
    faults: tuple[Fault, ...]
    log: EventLog | None
    mapping: str

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values for JSON."""
        return {
            "tables": [{**vars(table), "choices": [vars(choice) for choice in table.choices],
                        "reading": vars(table.reading) if table.reading else None} for table in self.tables],
            "passed_over": [str(fault) for fault in self.passed_over],
            "faults": [str(fault) for fault in self.faults],
            "log": str(self.log) if self.log else None,
            "mapping": self.mapping,
        }

    def text(self, lang: str) -> str:
        """The same as lines for a person."""
        lines: list[str] = []
        for table in self.tables:
            lines += ["", say("sniffing.table", lang, file=table.file, encoding=table.encoding or "-",
                              dialect=table.dialect or "-", columns=len(table.columns))]
            if table.reading is not None:
                lines += _reading_lines(table.reading, lang)
            else:
                lines += [_choice_line(choice, lang) for choice in table.choices if choice.column]
        if self.passed_over:
            lines += ["", say("sniffing.passed_over", lang, n=len(self.passed_over)), *map(str, self.passed_over)]
        if self.faults:
            lines += ["", say("sniffing.would_stop", lang), *map(str, self.faults)]
        if self.log:
            zone = self.log.timezone or say("sniffing.no_zone", lang)
            as_of = self.log.as_of.isoformat(sep=" ", timespec="minutes")
            lines += ["", say("sniffing.would_read", lang, cases=f"{self.log.cases:,}", events=f"{self.log.events:,}",
                              as_of=as_of, zone=zone)]
        return "\n".join([*lines, "", say("sniffing.mapping", lang), "", self.mapping.rstrip()]).lstrip()


def _reading_lines(reading: Reading, lang: str) -> list[str]:
    if not reading.table:
        if not reading.near:
            return [say("sniffing.nothing_known", lang)]
        return [say("sniffing.near", lang, near=reading.near, missing=", ".join(reading.missing))]
    line = say("sniffing.reading", lang, system=reading.system, table=reading.table, object=reading.object,
               score=f"{reading.score:.2f}")
    if reading.runner_up:
        line += say("sniffing.runner_up", lang, column=reading.runner_up, score=f"{reading.runner_up_score:.2f}")
    fields = ", ".join(f"{name} ← {column}" for name, column in reading.fields.items())
    return [line, say("sniffing.fields", lang, fields=fields)]


def _choice_line(choice: RoleChoice, lang: str) -> str:
    line = say("sniffing.choice", lang, role=say(f"sniffing.role_{choice.role}", lang), key=choice.role,
               column=choice.column, score=f"{choice.score:.2f}", why=choice.why)
    if choice.runner_up:
        line += say("sniffing.runner_up", lang, column=choice.runner_up, score=f"{choice.runner_up_score:.2f}")
    return line


def sniffed(paths: Sequence[str | Path], mapping: Mapping, try_read: Callable[[], EventLog]) -> Sniffed:
    """Looks at the files, then tries to read them. Raises InputError only when no file can be opened."""
    tables = open_tables(paths, encoding=mapping.encoding, given=mapping.tables)
    seen = tuple(_tables(tables, mapping))
    faults: tuple[Fault, ...] = ()
    log: EventLog | None = None
    try:
        log = try_read()
    except InputError as error:
        faults = error.faults
    columns = {choice.role: choice.column for table in seen[:1] for choice in table.choices if choice.column}
    start = Mapping(columns=columns) if not any(table.reading for table in seen) else replace(
        mapping, system=mapping.system or _only_system(seen))
    return Sniffed(seen, tables.passed_over, faults, log, dump_mapping(start))


def _only_system(seen: Sequence[SniffedTable]) -> str | None:
    systems = {table.reading.system for table in seen if table.reading and table.reading.table}
    return systems.pop() if len(systems) == 1 else None


def _tables(tables: Sequence[Table], mapping: Mapping) -> Iterator[SniffedTable]:
    """Every table, as a known export where the folder holds one, else by the roles of its columns."""
    try:
        systems = system_tables(tables, mapping)
    except QuestionError:       # told by the reading that is tried afterwards
        systems = None
    if systems is None:
        yield from (_sniff(table, mapping) for table in tables)
        return
    used = {id(plan.table) for plan in systems.plans}
    for each in systems.seen:
        if id(each.table) in used or not (isinstance(each.table, TextTable) and each.table.nested):
            yield _known(each, used=id(each.table) in used)


def _known(seen: Seen, *, used: bool) -> SniffedTable:
    table, found = seen.table, seen.found
    encoding, dialect = (table.encoding, table.dialect) if isinstance(table, TextTable) else ("", "")
    best, other, near = found.best, found.runner_up, found.near
    if best is None or not used:
        missing = tuple((near.profile.fields.get(name.split("|")[0]) or (name,))[0] for name in near.missing) \
            if near else ()
        reading = Reading("", "", "", 0.0, {}, near=near.name if near else "", missing=missing)
    else:
        reading = Reading(best.profile.system, best.profile.name, best.profile.object_type, best.score,
                          dict(best.columns), other.name if other else "", other.score if other else 0.0)
    return SniffedTable(table.file, encoding, dialect, table.columns, (), reading)


def _sniff(table: Table, mapping: Mapping) -> SniffedTable:
    given = {role: column for role, column in mapping.columns.items() if column in table.columns}
    found, _ = judge_roles(table.columns, sample_of(table), given=given, file=table.file)
    encoding, dialect = (table.encoding, table.dialect) if isinstance(table, TextTable) else ("", "")
    return SniffedTable(table.file, encoding, dialect, table.columns, found.choices)
