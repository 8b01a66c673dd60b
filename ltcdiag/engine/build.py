"""Tables in, prepared log out: the one entry into the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..log.event_log import EventLog
from ..log.records import ColumnMap, Table
from ..words import current, say
from .connection import connect, lock
from .duck_tables import DuckTables, Store
from .ingest import ingest
from .loading import Progress, ReadOptions, silent
from .prepare import AFTERCARE_CASES, prepare_aftercare, prepare_events, prepare_labels


@dataclass(frozen=True)
class Labelling:
    """What the activities mean.

    stages: activity → canonical stage or None. levels: level → activity → the key it has there. closing:
    labels that close a case. aftercare: labels that may follow a close without reopening the case.
    """

    stages: Mapping[str, str | None]
    levels: Mapping[str, Mapping[str, str]]
    closing: frozenset[str] = frozenset()
    aftercare: frozenset[str] = frozenset()


def build(
    used: Sequence[tuple[Table, ColumnMap]],
    unused: Sequence[tuple[Table, str]],
    options: ReadOptions,
    *,
    labelling: Callable[[Sequence[str]], Labelling],
    name: str,
    notion: str = "case",
    calendar: str = "none",
    progress: Progress = silent,
    threads: int | None = None,
) -> EventLog:
    """Reads all tables into one event log.

    labelling is asked once, with the sorted activities of the log. Raises InputError or QuestionError when
    the tables cannot make a log, ConservationError when a count does not balance.
    """
    connection = connect(threads)
    found = ingest(connection, used, unused, options, progress)
    progress("", 0)
    prepare_events(connection, found.roles)
    lock(connection)
    activities = [row[0] for row in connection.sql("select distinct a::varchar from ev order by 1").fetchall()]
    meaning = labelling(activities)
    prepare_labels(connection, meaning.stages, meaning.levels, meaning.closing, meaning.aftercare)
    after = prepare_aftercare(connection)
    known = bool(meaning.closing) or "outcome" in found.roles
    columns = tuple(connection.sql("select * from ev limit 0").columns)
    store = Store(connection, columns, found.loaded, found.as_of, known)
    tables = DuckTables(store)
    cases = tables.cases
    events = int(connection.sql("select count(*) from ev").fetchall()[0][0])
    return EventLog(
        tables=tables,
        name=name,
        notion=notion,
        columns=dict(used[0][1].columns),
        timezone=found.timezone,
        as_of=found.as_of,
        closedness="known" if known else "unknown",
        stages={label: meaning.stages.get(label) for label in activities},
        calendar=calendar,
        ledger=found.ledger({"events": events, "cases": cases, "activities": len(activities)}),
        fingerprint=_fingerprint(used, options, meaning),
        notes=(*found.notes, *([_aftercare_note(after)] if after else [])),
    )


def _aftercare_note(labels: Sequence[str]) -> str:
    return say("engine.aftercare_found", current(), labels=", ".join(labels), cases=AFTERCARE_CASES)


def _fingerprint(used: Sequence[tuple[Table, ColumnMap]], options: ReadOptions, meaning: Labelling) -> str:
    parts = [f"{table.sha256}:{sorted(columns.columns.items())}" for table, columns in used]
    decided = (options.timezone, options.day_order, options.as_of, sorted(meaning.closing))
    return hashlib.sha256(repr((parts, decided)).encode()).hexdigest()[:16]
