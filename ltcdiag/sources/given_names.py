"""Names of columns that a person gave to files without any: rows of an interface, text without a header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..errors import Fault, InputError, QuestionError
from ..log.records import Fates, Table, TextBatch, TextTable
from .reasons import fault

Given = Mapping[str, Mapping[str, str]]
"""File (its last name, or with its folder) → columns (names in their order, parted by commas), table (of a profile)."""


def with_given_names(tables: Sequence[Table], given: Given) -> list[Table]:
    """The tables with the columns that were given to them. Raises InputError: a file that is not there, names that are
    not as many as the columns."""
    faults = [fault("named_table_not_there", file=name, files=", ".join(table.file for table in tables))
              for name in given if not any(_is(table, name) for table in tables)]
    found: list[Table] = []
    for table in tables:
        names = _names(_of(table, given))
        if not names or not isinstance(table, TextTable):
            found.append(table)
        elif len(names) != len(table.columns):
            faults.append(fault("names_do_not_fit", where=table.file, n=len(names), columns=len(table.columns)))
        elif len(set(names)) != len(names):
            faults.append(fault("names_twice", where=table.file))
        else:
            found.append(replace(table, columns=names, draw=partial(_draw, table, names), nameless=False))
    if faults:
        raise InputError(faults)
    return found


def form_of(table: Table, given: Given) -> str:
    """The table of a profile that a person says it is; "" where nobody does."""
    return _of(table, given).get("table", "")


def refuse_nameless(tables: Sequence[Table]) -> None:
    """Raises QuestionError: rows of an interface whose columns nobody named."""
    faults = [_nameless(table) for table in tables if isinstance(table, TextTable) and table.nameless]
    if faults:
        raise QuestionError(faults)


def _nameless(table: TextTable) -> Fault:
    return fault("rows_without_names", where=table.file, n=len(table.columns),
                 file=table.file.replace("\\", "/").rpartition("/")[2])


def _of(table: Table, given: Given) -> Mapping[str, str]:
    return next((answers for name, answers in given.items() if _is(table, name)), {})


def _is(table: Table, name: str) -> bool:
    """Whether a person means this table: by its last name, or with some of the folders before it."""
    file = table.file.replace("\\", "/")
    return file == name or file.endswith("/" + name) or file.rpartition("/")[2].partition("#")[0] == name


def _names(answers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in answers.get("columns", "").replace("，", ",").split(",") if name.strip())


def _draw(table: TextTable, names: Sequence[str], fates: Fates) -> Iterator[TextBatch]:
    for batch in table.draw(fates):
        yield TextBatch(batch.lines, {new: batch.columns[old] for new, old in zip(names, table.columns, strict=True)})
