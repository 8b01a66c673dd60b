"""One bucket of whole cases: its rows prepared as those of a whole log are, and the statements of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import answers
from ..prepare import (
    ONLY_AFTER,
    ONLY_AFTER_PART,
    prepare_cases,
    prepare_events,
    prepare_instances,
    prepare_labels,
)
from .parts import Shape, statements, tables
from .whole import Whole

if TYPE_CHECKING:
    import duckdb

AFTERCARE = "aftercare"
"""The part that says which steps only ever follow an end."""


_COLUMNS = {"start": ("st", "timestamp"), "sequence": ("sequence", "bigint"), **{
    role: (role, "varchar") for role in ("lifecycle", "instance", "resource", "role", "department", "outcome")}}


def take_rows(connection: duckdb.DuckDBPyConnection, roles: frozenset[str]) -> None:
    """kept and gone, from the table `rows`; a role that none of its files has is there without values."""
    there = connection.sql("select * from rows limit 0").columns
    lacking = "".join(f", null::{kind} as {column}" for role, (column, kind) in _COLUMNS.items()
                      if role in roles and column not in there)
    connection.execute(f"create view kept as select * exclude (reason){lacking} from rows where reason is null")
    connection.execute("create view gone as select case_id from rows where reason is not null")


def prepare_bucket(connection: duckdb.DuckDBPyConnection, whole: Whole) -> None:
    """ev and lab, from the relations `kept` (events) and `gone` (case ids of rows set aside)."""
    prepare_events(connection, whole.roles)
    meaning = whole.labelling
    prepare_labels(connection, meaning.stages, meaning.levels, meaning.closing, meaning.aftercare)


def looks_for_aftercare(whole: Whole) -> bool:
    """Whether there are steps that may be found to come only after an end."""
    meaning = whole.labelling
    return bool(meaning.closing.intersection(whole.activities)) and any(
        not meaning.stages.get(label) and label not in meaning.closing | meaning.aftercare
        for label in whole.activities)


def aftercare_statement() -> str:
    """The statement of that part; it needs only what `prepare_bucket` makes."""
    return ONLY_AFTER_PART


def learnt_from(connection: duckdb.DuckDBPyConnection, parts: str) -> frozenset[str]:
    """The steps that come only after an end, from the parts of all buckets."""
    return frozenset(row[0] for row in connection.sql(ONLY_AFTER.format(parts=f"select * from {parts}")).fetchall())


def part_texts(whole: Whole) -> dict[str, str]:
    """The statement of each part, to be read."""
    columns = tuple(_COLUMNS[role][0] for role in _COLUMNS if role in whole.roles)
    shape = Shape(columns, whole.levels)
    return statements(shape, _events(shape))


def _events(shape: Shape) -> dict[str, str]:
    return {level: "ev" if level == "activity" else answers.LABELLED.format(level=level, ev="ev")
            for level in shape.levels}


def part_statements(connection: duckdb.DuckDBPyConnection, whole: Whole) -> dict[str, str]:
    """Name of each part → its statement, once cases, pieces of work and paths are prepared."""
    for label in sorted(whole.learnt):
        connection.execute("update lab set aftercare = true where a::varchar = ?", [label])
    columns = tuple(connection.sql("select * from ev limit 0").columns)
    prepare_instances(connection, columns, transitions=whole.transitions)
    prepare_cases(connection, columns, whole.known)
    shape = Shape(columns, whole.levels)
    events = _events(shape)
    paths = {level: answers.paths(level, cs="cs") for level in events}
    for statement in tables(shape, paths):
        connection.execute(statement)
    return statements(shape, events)
