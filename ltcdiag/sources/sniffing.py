"""What reading would do, said before it is done: dialect, roles with their runners-up, questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError
from ..log.event_log import EventLog
from ..log.records import RoleChoice, Table, TextTable
from ..words import say
from .mapping import Mapping, dump_mapping
from .opening import open_tables
from .reading import sample_of
from .roles import judge_roles


@dataclass(frozen=True)
class SniffedTable:
    """One table: where it is, how it is written, and which column would play which role."""

    file: str
    encoding: str
    dialect: str
    columns: tuple[str, ...]
    choices: tuple[RoleChoice, ...]


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
            "tables": [{**vars(table), "choices": [vars(choice) for choice in table.choices]} for table in self.tables],
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


def _choice_line(choice: RoleChoice, lang: str) -> str:
    line = say("sniffing.choice", lang, role=say(f"sniffing.role_{choice.role}", lang), key=choice.role,
               column=choice.column, score=f"{choice.score:.2f}", why=choice.why)
    if choice.runner_up:
        line += say("sniffing.runner_up", lang, column=choice.runner_up, score=f"{choice.runner_up_score:.2f}")
    return line


def sniffed(paths: Sequence[str | Path], mapping: Mapping, try_read: Callable[[], EventLog]) -> Sniffed:
    """Looks at the files, then tries to read them. Raises InputError only when no file can be opened."""
    tables = open_tables(paths, encoding=mapping.encoding)
    seen = tuple(_sniff(table, mapping) for table in tables)
    faults: tuple[Fault, ...] = ()
    log: EventLog | None = None
    try:
        log = try_read()
    except InputError as error:
        faults = error.faults
    columns = {choice.role: choice.column for table in seen[:1] for choice in table.choices if choice.column}
    return Sniffed(seen, tables.passed_over, faults, log, dump_mapping(Mapping(columns=columns)))


def _sniff(table: Table, mapping: Mapping) -> SniffedTable:
    given = {role: column for role, column in mapping.columns.items() if column in table.columns}
    found, _ = judge_roles(table.columns, sample_of(table), given=given, file=table.file)
    encoding, dialect = (table.encoding, table.dialect) if isinstance(table, TextTable) else ("", "")
    return SniffedTable(table.file, encoding, dialect, table.columns, found.choices)
