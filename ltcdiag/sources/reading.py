"""Which of the tables found are event logs, and which of their columns plays which role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ..engine.parquet import parquet_sample
from ..errors import Fault, InputError, QuestionError
from ..log.records import ColumnMap, Fates, Table, TextTable, TypedTable
from .mapping import Mapping
from .reasons import fault, note
from .roles import REQUIRED, judge_roles

_ROWS = 5_000  # of a typed table
_SHOWN_TABLES = 5

Sample = dict[str, list[str | None]]
Sampling = Callable[[Table], Sample]
"""How the first records of a table are had: `sample_of`, or the same with a memory."""


def sample_of(table: Table) -> Sample:
    """The first records of a table as text."""
    if isinstance(table, TextTable):
        with closing(table.draw(Fates())) as batches:  # type: ignore[type-var]
            first = next(batches, None)
        return first.columns if first else {}
    return _typed_sample(table)


def _typed_sample(table: TypedTable) -> Sample:
    if isinstance(table.origin, Path):
        try:
            return parquet_sample(table, _ROWS)
        except ValueError as error:
            raise InputError(fault("damaged_parquet", where=table.file, detail=str(error))) from None
    head = table.origin.head(_ROWS)
    return {
        str(name): [None if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)]
        for name, column in head.items()
    }


def sampled_once() -> Sampling:
    """As `sample_of`, where each table is drawn once however often it is asked for."""
    known: dict[int, tuple[Table, Sample]] = {}     # with the table itself, so that its number stays its own

    def sampling(table: Table) -> Sample:
        if id(table) not in known:
            known[id(table)] = table, sample_of(table)
        return known[id(table)][1]

    return sampling


class TablesForLog(NamedTuple):
    """The tables that hold events with their roles, and the others with the reason they are not used."""

    used: list[tuple[Table, ColumnMap]]
    unused: list[tuple[Table, str]]


def tables_for_log(
    tables: Sequence[Table], mapping: Mapping | None = None, sampling: Sampling = sample_of
) -> TablesForLog:
    """Tables with a case, an activity and a time column are used; others are named with what they lack. sampling: as in
    `sampled_once`.

    Raises InputError where the mapping names a column that no table has, QuestionError where a table's
    roles must be chosen by a person or no table has them all.
    """
    mapping = mapping or Mapping()
    _refuse_unknown_columns(tables, mapping)
    used: list[tuple[Table, ColumnMap]] = []
    unused: list[tuple[Table, str]] = []
    questions: list[Fault] = []
    lacking: list[Fault] = []
    for table in tables:
        found, faults = _roles(table, mapping, sampling(table))
        missing = [role for role in REQUIRED if found[role] is None and not _is_asked(found, role)]
        if not faults:
            used.append((table, found))
        elif missing:
            lacking += faults
            roles = ", ".join(note(f"role_{role}") for role in missing)
            unused.append((table, note("unused_table", roles=roles)))
        else:
            questions += faults
    if questions:
        raise QuestionError(questions)
    if not used:
        many = [fault("no_log_table")] if len(tables) > 1 else []
        raise QuestionError([*many, *lacking[: _SHOWN_TABLES * len(REQUIRED)]])
    return TablesForLog(used, unused)


def _roles(table: Table, mapping: Mapping, sample: Sample) -> tuple[ColumnMap, list[Fault]]:
    """The roles of a table. Columns that only folders tell repeat the day of a row, most of them: they play a role
    where the files alone lack one."""
    told = table.told_by_folders if isinstance(table, TypedTable) else ()
    own = [column for column in table.columns if column not in told or column in mapping.columns.values()]
    found, faults = judge_roles(own, sample, given=mapping.columns, file=table.file)
    if not faults or len(own) == len(table.columns):
        return found, faults
    return judge_roles(table.columns, sample, given=mapping.columns, file=table.file)


def _is_asked(found: ColumnMap, role: str) -> bool:
    """Whether a role is empty only because several columns fit alike."""
    return any(choice.role == role and choice.column is None for choice in found.choices)


def _refuse_unknown_columns(tables: Sequence[Table], mapping: Mapping) -> None:
    known = list(dict.fromkeys(column for table in tables for column in table.columns))
    faults = [
        fault("mapping_unknown_column", role=role, column=column, columns=", ".join(known[:30]))
        for role, column in mapping.columns.items()
        if column not in known
    ]
    if faults:
        raise InputError(faults)
