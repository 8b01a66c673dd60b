"""Conditions on what a text means, with the texts that mean it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..log.plan import Condition, Drop, EventPlan, Hint, TablePlan
from .cells import cell
from .source_rows import Source

if TYPE_CHECKING:
    import duckdb

Meaning = Callable[[str, Sequence[str]], Mapping[str, str | None]]
"""Object type and texts → the canonical stage of each text."""


def with_meanings(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], meaning: Meaning
) -> list[Source]:
    """Conditions on what a text means, with the texts that mean it."""
    return [replace(source, plan=_with_texts(connection, source, meaning)) for source in sources]


def _with_texts(connection: duckdb.DuckDBPyConnection, source: Source, meaning: Meaning) -> TablePlan:
    plan = source.plan
    parts: list[EventPlan | Drop | Hint] = [*plan.events, *plan.drops, *plan.hints]
    columns = {condition.column for part in parts for condition in part.when if condition.means}
    if not columns:
        return plan
    known = {}
    for column in sorted(columns):
        asked = f"select distinct {cell(source.item, column)} as t from {source.item.relation} where t is not null"
        texts = sorted(row[0] for row in connection.sql(asked).fetchall())
        known[column] = _by_flags(connection, plan.object_type, meaning(plan.object_type, texts))

    def told(condition: Condition) -> Condition:
        if not condition.means:
            return condition
        texts = [text for text, stage in known[condition.column].items() if stage in condition.means]
        return replace(condition, values=tuple(texts) or ("\x01",), means=())

    events = tuple(replace(event, when=tuple(map(told, event.when))) for event in plan.events)
    drops = tuple(replace(drop, when=tuple(map(told, drop.when))) for drop in plan.drops)
    hints = tuple(replace(hint, when=tuple(map(told, hint.when))) for hint in plan.hints)
    return replace(plan, events=events, drops=drops, hints=hints)


def _by_flags(
    connection: duckdb.DuckDBPyConnection, kind: str, meant: Mapping[str, str | None]
) -> dict[str, str | None]:
    """What texts mean where the dictionary of the system knows them: a flag beats a word, and a stage that is open is
    neither won nor lost."""
    rows = connection.execute(
        "select distinct text, closed, won from (select code as text, closed, won from dic where type = ? union all "
        "select label, closed, won from dic where type = ?) where text in (select unnest(?::varchar[]))",
        [kind, kind, list(meant)]).fetchall()
    told = dict(meant)
    for text, closed, won in sorted(rows, key=str):
        if won or (closed and won is False):
            told[text] = "won" if won else "lost"
        elif closed is False and told[text] in ("won", "lost"):
            told[text] = None
    return told
