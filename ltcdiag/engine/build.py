"""Tables in, prepared log out: the one entry into the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..log.event_log import EventLog
from ..log.plan import TablePlan, ViewPlan
from ..log.records import ColumnMap, Table
from ..words import current, say
from .assemble import Assembled, Words, assemble
from .connection import connect, lock, pack, saying_when_memory_ends
from .duck_tables import DuckTables, Store
from .ingest import Ingested, ingest
from .loading import Progress, ReadOptions, silent
from .meanings import Meaning
from .prepare import AFTERCARE_CASES, prepare_aftercare, prepare_events, prepare_labels, prepare_states
from .refining import StageLabel

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Labelling:
    """What the activities mean.

    stages: activity → canonical stage or None. levels: level → activity → the key it has there. closing:
    labels that close a case. aftercare: labels that may follow a close without reopening the case. states: labels that
    say which stage a case has entered, where it stays until the next one. passing: labels of what happens inside such
    a stage and does not end it (a call, a changed amount). unseen: labels before which the history is cut.
    stageless: labels known to belong to no single stage. known: activity → canonical stage, also of activities that no
    case of the log has.
    """

    stages: Mapping[str, str | None]
    levels: Mapping[str, Mapping[str, str]]
    closing: frozenset[str] = frozenset()
    aftercare: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)
    stageless: frozenset[str] = frozenset()


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
) -> EventLog:
    """Reads event tables into one event log.

    labelling is asked once, with the sorted activities of the log. Raises InputError or QuestionError when
    the tables cannot make a log, ConservationError when a count does not balance.
    """
    facts = Facts(name, notion, dict(used[0][1].columns), calendar)
    with saying_when_memory_ends():
        connection = connect(1)
        found = ingest(connection, used, unused, options, progress)
        progress("", 0)
        return finished(connection, found, facts, labelling, lambda meaning: _fingerprint(used, options, meaning))


def build_view(
    plans: Sequence[TablePlan],
    unused: Sequence[tuple[Table, str]],
    options: ReadOptions,
    view: ViewPlan,
    *,
    words: Words,
    meaning: Meaning,
    labelling: Callable[[Sequence[str], Sequence[StageLabel], Mapping[str, str]], Labelling],
    name: str,
    calendar: str = "none",
    progress: Progress = silent,
) -> EventLog:
    """Reads tables of systems into one case view of their objects.

    words: labels of the events that are made here. meaning: the canonical stages of stage texts of one object type.
    labelling is asked once, with the sorted activities, the stages that the systems name, and the canonical key of
    each activity that was made from columns. Errors as `build`.
    """
    used = [(plan.table, ColumnMap(dict(plan.fields))) for plan in plans]
    with saying_when_memory_ends():
        connection = connect(1)
        found = assemble(connection, plans, unused, options, view, words, meaning, progress)
        facts = Facts(name, view.key, {role: role for role in found.present}, calendar)
        return finished(
            connection, found, facts, lambda labels: labelling(labels, found.stages, found.canonical),
            lambda meaning: _fingerprint(used, options, meaning),
        )


@dataclass(frozen=True)
class Facts:
    """What the caller says of a log."""

    name: str
    notion: str
    columns: Mapping[str, str]
    calendar: str


def finished(
    connection: duckdb.DuckDBPyConnection, found: Ingested, facts: Facts,
    labelling: Callable[[Sequence[str]], Labelling], fingerprint: Callable[[Labelling], str],
) -> EventLog:
    """The log over the relation `kept`. No file can be opened by this connection from here on."""
    prepare_events(connection, found.roles)
    lock(connection)
    activities = [row[0] for row in connection.sql("select distinct a::varchar from ev order by 1").fetchall()]
    meaning = labelling(activities)
    prepare_labels(connection, meaning.stages, meaning.levels, meaning.closing, meaning.aftercare)
    prepare_states(connection, meaning.states, meaning.passing)
    after = prepare_aftercare(connection)
    known = bool(meaning.closing) or "outcome" in found.roles
    columns = tuple(connection.sql("select * from ev limit 0").columns)
    store = Store(connection, columns, found.loaded, found.as_of, known, states=meaning.states, unseen=meaning.unseen,
                  objects=isinstance(found, Assembled), deeds=found.deeds, notes=found.notes)
    tables = DuckTables(store)
    events = int(connection.sql("select count(*) from ev").fetchall()[0][0])
    pack(connection, events)
    return EventLog(
        tables=tables,
        name=facts.name,
        notion=facts.notion,
        columns=facts.columns,
        timezone=found.timezone,
        as_of=found.as_of,
        closedness="known" if known else "unknown",
        stages={label: meaning.stages.get(label) for label in activities},
        calendar=facts.calendar,
        ledger=found.ledger({"events": events, "cases": tables.cases, "activities": len(activities)}),
        fingerprint=fingerprint(meaning),
        known_stages=dict(meaning.known),
        stageless=meaning.stageless,
        states=meaning.states,
        defects=found.defects,
        notes=(*found.notes, *([_aftercare_note(after)] if after else []),
               *([say("engine.states", current(), n=len(meaning.states))] if meaning.states else [])),
    )


def _aftercare_note(labels: Sequence[str]) -> str:
    return say("engine.aftercare_found", current(), labels=", ".join(labels), cases=AFTERCARE_CASES)


def _fingerprint(used: Sequence[tuple[Table, ColumnMap]], options: ReadOptions, meaning: Labelling) -> str:
    parts = [f"{table.sha256}:{sorted(columns.columns.items())}" for table, columns in used]
    decided = (options.timezone, options.day_order, options.as_of, sorted(meaning.closing))
    return hashlib.sha256(repr((parts, decided)).encode()).hexdigest()[:16]
