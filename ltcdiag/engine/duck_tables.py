"""The tables of one log inside DuckDB: prepared on first need, asked by name, narrowed by filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.aggregates import ClockCounts, QualityCounts
from ..log.chain import ChainGap, ChainPlan
from ..log.defects import Deed
from ..log.filters import Filter
from ..log.ledger import CORRECTED, GIVEN_BACK, TOLD_AGAIN
from ..log.object_centric import ObjectCentricLog
from ..log.results import ActivityGaps, Answer, Cases, Clock, DirectlyFollowsGraph, Gaps, Handovers, Rework, Variants
from ..log.steps import BLOCK, NO_TIME, SHORT_CODES, UNKNOWN, Steps
from ..words import current, say
from . import answers
from .answers_shaped import handovers_of, quality_part, standing_apart, variants_of
from .case_amounts import amounts_sql, last_amounts_sql
from .case_values import first_values_sql, values_sql
from .chain import chain_gaps
from .connection import saying_when_memory_ends
from .corrected import set_aside_tables
from .defects.found import changes
from .exchange import event_batches, object_tables
from .loading import Loaded
from .prepare import LEVELS, PARTY_ROLES, lifecycle_rows, prepare_cases, prepare_instances
from .selection import Asked, compiled, shown
from .stated_values import stated_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass
class Store:
    """One connection and what has been prepared in it; shared by a log and all its filtered views."""

    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    loaded: tuple[Loaded, ...]
    as_of: datetime
    closes_known: bool
    states: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    objects: bool = False
    deeds: Mapping[str, Deed] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    prepared: set[str] = field(default_factory=set)
    views: int = 0

    def need(self, *names: str) -> None:
        """Prepares wi or cs on first use: directly-follows alone needs neither."""
        for name in sorted({"wi", "cs"}.intersection(names) - self.prepared):
            with saying_when_memory_ends():
                if name == "wi":
                    prepare_instances(self.connection, self.columns,
                                      transitions=lifecycle_rows(self.connection, self.columns))
                else:
                    prepare_cases(self.connection, self.columns, self.closes_known)
            self.prepared.add(name)


@dataclass(frozen=True)
class DuckTables:
    """The whole log (selection "") or the cases of one selection table. Implements log.event_log.Tables."""

    store: Store
    selection: str = ""
    filters: tuple[str, ...] = ()

    def answer(self, name: str, **options: Any) -> Answer:
        """The answer of that name. Raises InputError for an unknown name, level or party."""
        maker = _MAKERS.get(name)
        if maker is None:
            raise _unknown(name, _MAKERS)
        return maker(self, **options)

    def changes(self) -> pd.DataFrame:
        """Each cell that was repaired: file, line, column, before, after, defect."""
        import pandas as pd

        if not self.store.deeds:
            return pd.DataFrame(columns=["file", "line", "column", "before", "after", "defect"])
        return changes(self.store.connection, self.store.loaded, self.store.deeds)

    def set_aside(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """File, and its rows that are no events; see log.event_log.Tables."""
        if not self.store.objects:
            told_again = (CORRECTED, TOLD_AGAIN, *(name for name, deed in self.store.deeds.items() if deed == "merge"))
            yield from set_aside_tables(self.store.connection, self.store.loaded, told_again)

    def sql(self, name: str, **options: Any) -> str:
        """The SQL of an answer with the selections it stands on."""
        return self.answer(name, **options).sql

    def table(self, sql: str) -> pd.DataFrame:
        """The rows of a statement as a data frame."""
        with saying_when_memory_ends():
            return self.store.connection.sql(sql).df()

    def names(self, *needed: str) -> dict[str, str]:
        """The name of each prepared table, as this selection sees it."""
        self.store.need(*(name for name in needed if name != "ev"))
        return {name: f"{name}{self.selection}" if self.selection and self._view(name) else name for name in needed}

    def _view(self, name: str) -> bool:
        view = f"{name}{self.selection}"
        if view not in self.store.prepared:
            self.store.connection.execute(
                f"create view {view} as select * from {name} where c in (select c from sel{self.selection})"
            )
            self.store.prepared.add(view)
        return True

    def events(self, level: str) -> tuple[str, dict[str, str]]:
        """The events with labels of a level, as a relation."""
        names = self.names("ev")
        if _known(level) == "activity":
            return names["ev"], names
        return answers.LABELLED.format(level=level, **names), names

    @cached_property
    def cases(self) -> int:
        """How many cases the selection holds."""
        relation = f"sel{self.selection}" if self.selection else "k"
        return self._one(f"select count(*) from {relation}")

    @cached_property
    def amounts(self) -> tuple[str, pd.DataFrame]:
        """The statement of the amounts and its rows: a diagnosis asks for them more than once."""
        sql = amounts_sql(self.store.loaded, self.names("ev", "cs"), objects=self.store.objects)
        return sql, self.table(sql)

    def _one(self, sql: str) -> int:
        return int(self.store.connection.sql(sql).fetchall()[0][0] or 0)

    def counts(self) -> Mapping[str, int]:
        """events, work_instances, cases, activities, variants."""
        names = self.names("ev", "cs")
        events = self._one(f"select count(*) from {names['ev']}")
        instances = events
        if lifecycle_rows(self.store.connection, self.store.columns):
            instances = self._one(f"select count(*) from {self.names('wi')['wi']}")
        return {
            "events": events,
            "work_instances": instances,
            "cases": self.cases,
            "activities": self._one(f"select count(distinct a) from {names['ev']}"),
            "variants": self._one(f"select count(distinct v) from {names['cs']}"),
        }

    def narrowed(self, keep: Filter) -> DuckTables:
        """The tables of the cases that the filter keeps: views, nothing is copied but case numbers."""
        store = self.store
        sql, values = compiled(keep, self._asked())
        store.views += 1
        new = f"_{store.views}"
        base = self.names("cs")["cs"]
        store.connection.execute(f"create table sel{new} as select c from {base} where c in ({sql}) order by c", values)
        return DuckTables(store, new, (*self.filters, shown(f"sel{new}", base, sql, values)))

    def _asked(self) -> Asked:
        """What a filter may ask of these tables."""
        names, store = self.names("ev", "cs"), self.store

        def amounts() -> str:
            return last_amounts_sql(store.loaded, names, objects=store.objects)

        def currencies() -> list[str]:
            found = store.connection.sql(f"select distinct currency from ({amounts()}) order by 1").fetchall()
            return [name for (name,) in found]

        return Asked(names, self.find, self.columns, lambda: self._values("act"), amounts, currencies)

    def columns(self) -> tuple[str, ...]:
        """Every column of the source that was kept, as it is named there."""
        return tuple(dict.fromkeys(name for item in self.store.loaded if item.stays for name in item.cells
                                   if name not in GIVEN_BACK))

    def known_column(self, column: str) -> str:
        """The same name. Raises InputError where no file has such a column."""
        if not self.find(column):
            raise InputError(say("engine.no_column", current(), column=column),
                             fix=say("engine.one_of", current(), values=", ".join(self.columns())))
        return column

    def steps(self, by: str = "") -> Steps:
        """The finished pieces of work inside the open time of each case, as arrays. by: as in log.event_log.Tables."""
        import numpy as np

        names, store = self.names("ev", "wi", "cs"), self.store
        by = by or next((role for role in reversed(PARTY_ROLES) if role in store.columns), "")
        party, person = self._code(by), self._code("resource" if "resource" in store.columns else "")
        as_of = f"timestamp '{store.as_of.isoformat(sep=' ')}'"
        open_time = answers.OPEN_TIME.format(as_of=as_of, **names)
        statement = answers.STATE_STEPS if store.states else answers.STEPS
        labels = self._values("act")
        started = "st" in store.columns or lifecycle_rows(store.connection, store.columns)
        asked = statement.format(
            open_time=open_time, party=party, person=person, **names,
            code=_as_short(labels),
            started=f"coalesce(epoch_us(w.st), {NO_TIME}) as started" if started else "false as started")
        rows, standing = standing_apart(self._arrays(asked))
        if not started:
            rows["started"] = np.broadcast_to(np.int64(NO_TIME), len(rows["case"]))
        cases = self._arrays(open_time)
        return Steps(
            **rows, entered=cases["entered"], left=cases["until"], closed=cases["closed"].astype(bool),
            labels=labels, standing=standing, states=self._codes(store.states),
            unseen=self._codes(store.unseen), parties=self._values(by) if by else (), by=by,
            known=store.closes_known, as_of=self._one(f"select epoch_us({as_of})"),
        )

    def chain(self, plan: ChainPlan) -> list[ChainGap]:
        """Where objects lack their neighbours in the chain; nothing for a log without objects. Of the whole data, also
        where the cases are filtered."""
        return chain_gaps(self.store.connection, plan, self.store.as_of) if self.store.objects else []

    def objects(self) -> ObjectCentricLog | None:
        """The objects of the whole data; None for a log of plain event tables."""
        return object_tables(self.store.connection) if self.store.objects else None

    def batches(self) -> Iterator[pd.DataFrame]:
        """The events in batches, case by case, with every role the log has."""
        return event_batches(self.store.connection, self.names("ev"), self.store.columns)

    def _codes(self, labels: frozenset[str]) -> frozenset[int]:
        return frozenset(code for code, label in enumerate(self._values("act")) if label in labels) if labels \
            else frozenset()

    def _arrays(self, sql: str) -> dict[str, Any]:
        """Plain arrays, fetched part by part, so that no second copy of a large log stands in the database. The one
        end that is null, of the state a case stands in, goes with its row."""
        import numpy as np
        import pyarrow as pa

        with saying_when_memory_ends():
            reader = self.store.connection.sql(sql).to_arrow_reader(BLOCK)
            parts: dict[str, list[Any]] = {name: [np.empty(0, kind.to_pandas_dtype())]
                                           for name, kind in zip(reader.schema.names, reader.schema.types, strict=True)}
            for batch in reader:
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    whole = column.fill_null(pa.scalar(0, column.type)) if column.null_count else column
                    parts[name].append(whole.to_numpy(zero_copy_only=False))
        return {name: np.concatenate(parts.pop(name)) for name in list(parts)}

    def _code(self, party: str) -> str:
        """The code of who did a piece of work, as SQL."""
        if not party:
            return f"{UNKNOWN}::smallint"
        return f"coalesce(enum_code(w.{party}), {UNKNOWN})::{_as_short(self._values(party))}"

    def _values(self, enumeration: str) -> tuple[str, ...]:
        found = self.store.connection.sql(f"select unnest(enum_range(null::e_{enumeration}))").fetchall()
        return tuple(value for (value,) in found)

    def find(self, column: str) -> list[tuple[str, str, str]]:
        """Where a column of the source is: relation, cell as text, row number."""
        return [
            (item.relation, f"{item.cells[column]}::varchar", item.row)
            for item in self.store.loaded
            if item.stays and column in item.cells
        ]

    def text(self, sql: str) -> str:
        """An answer's SQL with the selections it stands on, so that it can be read and re-run."""
        views = [
            f"create view {view} as select * from {view.removesuffix(self.selection)} where c in "
            f"(select c from sel{self.selection});"
            for view in self._used(sql)
        ]
        return "\n".join([*self.filters, *views, sql.strip()])

    def _used(self, sql: str) -> list[str]:
        return [f"{n}{self.selection}" for n in ("ev", "wi", "cs") if self.selection and f"{n}{self.selection}" in sql]


def _as_short(values: Sequence[str]) -> str:
    """The type of a code of one of these values."""
    return "smallint" if len(values) <= SHORT_CODES else "int"


def _known(level: str) -> str:
    """Raises InputError where there is no such level."""
    if level not in LEVELS:
        raise _unknown(level, LEVELS)
    return level


def _unknown(value: str, known: Iterable[str]) -> InputError:
    return InputError(
        say("engine.unknown_choice", current(), value=value),
        fix=say("engine.one_of", current(), values=", ".join(known)),
    )


def _directly_follows(t: DuckTables, level: str = "activity") -> DirectlyFollowsGraph:
    events, _ = t.events(level)
    sql = answers.DIRECTLY_FOLLOWS.format(events=events)
    stage, join = ("lab.known_stage", "join lab using (a)") if level == "activity" else ("null", "")
    activities = t.table(answers.ACTIVITIES.format(events=events, stage=stage, join=join))
    return DirectlyFollowsGraph(t.table(sql), t.cases, t.text(sql), level, activities=activities)


def _gaps(t: DuckTables, level: str = "activity") -> Gaps:
    sql = answers.GAPS.format(events=t.events(level)[0])
    return Gaps(t.table(sql), t.cases, t.text(sql), level)


def _activity_gaps(t: DuckTables, level: str = "activity") -> ActivityGaps:
    events, _ = t.events(level)
    stage, join = ("lab.known_stage", "join lab on lab.a = e.a") if level == "activity" else ("null", "")
    sql = answers.ACTIVITY_GAPS.format(events=events, stage=stage, join=join, **t.names("cs"))
    return ActivityGaps(t.table(sql), t.cases, t.text(sql), level)


def _activity_parties(t: DuckTables) -> Answer:
    by = next((role for role in reversed(PARTY_ROLES[1:]) if role in t.store.columns), None)
    if by is None:
        raise InputError(say("engine.no_parties", current(), by="department"),
                         fix=say("engine.no_parties_fix", current()))
    sql = answers.ACTIVITY_PARTIES.format(by=by, **t.names("ev"))
    return Answer(t.table(sql), t.cases, t.text(sql))


def _variants(t: DuckTables, level: str = "activity") -> Variants:
    sql = answers.VARIANTS.format(paths=_paths(t, level))
    return variants_of(t.table(sql), t.cases, t.text(sql), level)


def _paths(t: DuckTables, level: str) -> str:
    return answers.paths(_known(level), **t.names("cs"))


def _rework(t: DuckTables) -> Rework:
    sql = answers.REWORK.format(parts=answers.REWORK_PART.format(**t.names("wi")))
    return Rework(t.table(sql), t.cases, t.text(sql))


def _handovers(t: DuckTables, by: str | None = None) -> Handovers:
    by = by or next((role for role in reversed(PARTY_ROLES) if role in t.store.columns), None)
    if by is None or by not in t.store.columns:
        raise InputError(
            say("engine.no_parties", current(), by=by or "department"),
            fix=say("engine.no_parties_fix", current()),
        )
    sql = answers.HANDOVERS.format(moves=answers.MOVES.format(by=by, **t.names("wi")))
    return handovers_of(t.table(sql), t.cases, t.text(sql), by)


def _cases(t: DuckTables, level: str = "activity") -> Cases:
    paths = _paths(t, level)
    sql = answers.CASES.format(paths=paths, **t.names("cs"))
    return Cases(t.table(sql), t.cases, t.text(sql), level)


def _case_ids(t: DuckTables) -> Answer:
    sql = answers.CASE_IDS.format(**t.names("cs"))
    return Answer(t.table(sql), t.cases, t.text(sql))


def _clock(t: DuckTables, level: str = "stage") -> Clock:
    as_of = f"timestamp '{t.store.as_of.isoformat(sep=' ')}'"
    sql = answers.CLOCK.format(events=t.events(level)[0], as_of=as_of, **t.names("cs"))
    return Clock(t.table(sql), t.cases, t.text(sql), level)


def _clock_counts(t: DuckTables, level: str = "stage") -> ClockCounts:
    parts = answers.STAYS_PART.format(events=t.events(level)[0], **t.names("cs"))
    sql = answers.CLOCK_COUNTS.format(parts=parts, as_of=f"timestamp '{t.store.as_of.isoformat(sep=' ')}'")
    return ClockCounts(t.table(sql), t.cases, t.text(sql), level)


def _quality(t: DuckTables) -> QualityCounts:
    sql = answers.QUALITY.format(parts=quality_part(t.store.columns, t.names("ev", "cs")))
    return QualityCounts(t.table(sql), t.cases, t.text(sql))


def _points(t: DuckTables) -> Answer:
    sql = answers.POINTS.format(**t.names("ev"))
    return Answer(t.table(sql), t.cases, t.text(sql))


def _segments(t: DuckTables, column: str = "") -> Answer:
    sql = values_sql(t.store.loaded, t.known_column(column), t.names("ev", "cs"))
    return Answer(t.table(sql), t.cases, t.text(sql))


def _first_values(t: DuckTables, columns: Sequence[str] = ()) -> Answer:
    sql = first_values_sql(t.store.loaded, [t.known_column(column) for column in columns], t.names("ev", "cs"))
    return Answer(t.table(sql), t.cases, t.text(sql))


def _amounts(t: DuckTables) -> Answer:
    sql, table = t.amounts
    return Answer(table.copy(deep=False), t.cases, t.text(sql))     # writing into a copy leaves the other as it is


def _stated(t: DuckTables, attribute: str = "", column: str = "") -> Answer:
    places = t.find(column) if column else []
    sql = stated_sql(attribute, places, t.names("ev", "cs"), objects=t.store.objects and not column,
                     as_of=t.store.as_of)
    return Answer(t.table(sql), t.cases, t.text(sql))


_MAKERS: dict[str, Callable[..., Answer]] = {
    "activity_gaps": _activity_gaps,
    "activity_parties": _activity_parties,
    "amounts": _amounts,
    "case_ids": _case_ids,
    "cases": _cases,
    "clock": _clock,
    "clock_counts": _clock_counts,
    "directly_follows": _directly_follows,
    "first_values": _first_values,
    "gaps": _gaps,
    "handovers": _handovers,
    "points": _points,
    "quality": _quality,
    "rework": _rework,
    "segments": _segments,
    "stated": _stated,
    "variants": _variants,
}
