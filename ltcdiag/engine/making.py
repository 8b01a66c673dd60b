"""The relation `made`: one row an event that some record makes, with its object, its label and its moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Fault, InputError, QuestionError
from ..log.plan import KINDS, Condition, Drop, EventPlan, Hint, Moment, TablePlan, Watch
from ..words import current, say
from .cells import all_of, amount, cell, chosen, currency, key, moment_cell
from .connection import literal
from .loading import Loaded
from .time_columns import TimeColumn, decide_zone, time_column
from .typed_rows import AMOUNT

if TYPE_CHECKING:
    import duckdb

PARTIES = ("resource", "role", "department")
COLUMNS = (
    "row bigint", "part smallint", "space varchar", "type varchar", "id varchar", "rid varchar", "activity varchar",
    "canonical varchar", "kind tinyint", "clock varchar", "code varchar", "ts timestamp", "whole_day boolean",
    "st timestamp", "recorded timestamp", "seq bigint", "resource varchar", "role varchar", "department varchar",
)
_WATCHED_PART = 100


@dataclass(frozen=True)
class Source:
    """A loaded table with its plan and its decided times."""

    item: Loaded
    plan: TablePlan
    times: Mapping[Moment, TimeColumn] = field(default_factory=dict)
    zone: str | None = None
    unreadable: tuple[str, ...] = ()
    days: frozenset[Moment] = frozenset()
    settled: bool = False

    @property
    def space(self) -> str:
        """The system as SQL."""
        return literal(self.plan.system)

    @property
    def kind(self) -> str:
        """The number of the first kind of the plan that the row is of, 0 for none."""
        if self.settled:
            return "row_kind_"
        whens = [f"when {all_of(self.item, kind.when)} then {number}" for number, kind in enumerate(self.plan.kinds, 1)]
        return f"case {' '.join(whens)} else 0 end" if whens else "0"

    def _by_kind(self, told: Sequence[str], usual: str) -> str:
        """What each kind of row has, else what is usual; kinds that have the same share a branch."""
        numbers: dict[str, list[str]] = {}
        for number, sql in enumerate(told, 1):
            numbers.setdefault(sql, []).append(str(number))
        whens = [f"when row_kind_ in ({', '.join(each)}) then {sql}" for sql, each in numbers.items() if sql != usual]
        return f"case {' '.join(whens)} else {usual} end" if whens else usual

    @property
    def key(self) -> str:
        """The id of the row's object, from the number of its kind."""
        if self.settled:
            return "row_id_"
        plan = self.plan
        if plan.unnumbered:
            return f"{literal(Path(self.item.table.file).name)} || '#' || {self.item.line}"
        return self._by_kind([key(self.item, kind.id, plan.key_style) for kind in plan.kinds],
                             key(self.item, plan.id, plan.key_style))

    @property
    def type(self) -> str:
        """The type of the row's object, from the number of its kind; null where the row is of a kind that the profile
        does not know."""
        if self.settled:
            return "row_type_"
        plan = self.plan
        usual = literal(plan.object_type) if plan.object_type else "null::varchar"
        if plan.type_column is not None:
            usual = chosen(cell(self.item, plan.type_column), plan.types, exact=plan.exact_types)
        return self._by_kind([literal(kind.object_type) for kind in plan.kinds], usual)

    def about(self, object_type: str) -> str:
        """Whether the row is about an object of this type; true for ""."""
        return f"coalesce({self.type} = {literal(object_type)}, false)" if object_type else "true"

    @property
    def holds(self) -> str:
        """Whether the row is its object itself, and not only about it."""
        return self._by_kind([str(kind.holds).lower() for kind in self.plan.kinds], str(self.plan.holds).lower())

    @property
    def dropped(self) -> str:
        """The reason why a row is set aside before anything is made of it, or null; from its id and its type."""
        if self.settled:
            return "row_dropped_"
        plan = self.plan
        whens = [f"when {all_of(self.item, drop.when)} then {literal(drop.reason)}" for drop in plan.drops]
        if plan.type_column is not None or plan.kinds:
            whens.append("when row_type_ is null then 'other_type'")
        whens.append("when row_id_ is null then 'id_missing'")
        if plan.key_style != "sap" and not plan.unnumbered:
            whens.append("when regexp_full_match(row_id_, '[0-9][.][0-9]+[eE][+][0-9]+') then 'id_scientific'")
        return f"case {' '.join(whens)} end"

    @property
    def currency(self) -> str:
        """The currency of the row's money, null where nobody says it."""
        stated = currency(self.item, self.plan.fields.get("currency"))
        return f"coalesce({stated}, {literal(self.plan.currency)})" if self.plan.currency else stated

    def ts(self, moment: Moment | None) -> str:
        """A moment as SQL; null where there is none or its column holds no times."""
        if moment is None or moment not in self.times:
            return "null::timestamp"
        return f"moment_{self._place(moment)}_" if self.settled else self.times[moment].sql(self.zone)

    def _place(self, moment: Moment) -> int:
        return list(self.times).index(moment)

    def whole_day(self, moment: Moment) -> str:
        """Whether a moment is a day without a clock time: its whole column is, or its text shows none."""
        times = self.times.get(moment)
        if times is None or times.zoned:
            return "false"
        if moment in self.days:
            return "true"
        if self.settled:
            return f"whole_day_{self._place(moment)}_"
        wall = times.sql(None)
        return f"({times.cell}::varchar not like '%:%' and date_trunc('day', {wall}) = {wall})"


def decide_times(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[tuple[Loaded, TablePlan]], zone: str | None,
    day_order: str | None,
) -> tuple[list[Source], str | None]:
    """Every column of times decided, and the zone of the log.

    A column whose values leave day and month open takes the order of the other columns of its system: one export,
    one locale. Raises QuestionError where none decides, or where times with and without a zone meet.
    """
    sources: list[Source] = []
    open_columns: list[tuple[int, Moment, QuestionError]] = []
    for item, plan in loaded:
        found: dict[Moment, TimeColumn] = {}
        bad: list[str] = []
        for moment in _moments(plan):
            try:
                found[moment] = _column(connection, item, moment, plan.day_order or day_order)
            except QuestionError as error:
                open_columns.append((len(sources), moment, error))
            except InputError as error:
                bad.append(str(error.faults[0].what))
        sources.append(Source(item, plan, found, plan.naive_zone, tuple(bad)))
    sources = _settled(connection, sources, open_columns)
    given = [replace(source, zone=source.zone or zone, days=_day_columns(connection, source)) for source in sources]
    columns = [(source.item.table.file, times, source.zone) for source in given for times in source.times.values()]
    return given, _one_clock(columns, zone)


def _day_columns(connection: duckdb.DuckDBPyConnection, source: Source) -> frozenset[Moment]:
    """Moments whose column holds days only, also where each is written with 00:00:00."""
    found = set()
    for moment, times in source.times.items():
        wall = times.sql(None)
        asked = f"select bool_and(date_trunc('day', m) = m) from (select {wall} as m from {source.item.relation})"
        if not times.zoned and connection.sql(asked).fetchall()[0][0]:
            found.add(moment)
    return frozenset(found)


def _moments(plan: TablePlan) -> list[Moment]:
    wanted = [moment for event in plan.events for moment in (event.time, event.start, event.recorded, event.latest)
              if moment]
    wanted += [Moment(watch.column) for watch in plan.watched if watch.kind == "day"]
    return list(dict.fromkeys(wanted))


def _column(
    connection: duckdb.DuckDBPyConnection, item: Loaded, moment: Moment, order: str | None
) -> TimeColumn:
    text, kind = moment_cell(item, moment)
    return time_column(connection, item.relation, text, kind, file=item.table.file, column=moment.column, order=order)


def _settled(
    connection: duckdb.DuckDBPyConnection, sources: list[Source], open_columns: list[tuple[int, Moment, QuestionError]]
) -> list[Source]:
    """Columns left open by their own values, read in the order that the rest of their system shows."""
    asked: dict[str, list[tuple[str, QuestionError]]] = {}
    for place, moment, error in open_columns:
        source = sources[place]
        orders = {times.order for other in sources if other.plan.system == source.plan.system
                  for times in other.times.values() if times.order}
        if len(orders) != 1:
            asked.setdefault(source.plan.system, []).append((moment.column, error))
            continue
        times = dict(source.times)
        times[moment] = _column(connection, source.item, moment, orders.pop())
        sources[place] = replace(source, times=times)
    if asked:
        raise QuestionError([_ask_order(system, columns) for system, columns in asked.items()])
    return sources


def _ask_order(system: str, columns: Sequence[tuple[str, QuestionError]]) -> Fault:
    """One question for all columns of a system: one export, one locale."""
    faults = [fault for _, error in columns for fault in error.faults]
    names = ", ".join(dict.fromkeys(column for column, _ in columns))
    return Fault(
        say("engine.day_order_system", current(), columns=names, system=system),
        where="; ".join(dict.fromkeys(fault.where for fault in faults)),
        fix=say("engine.day_order_system_fix", current(), system=system),
        examples=tuple(dict.fromkeys(text for fault in faults for text in fault.examples)),
    )


def _one_clock(columns: Sequence[tuple[str, TimeColumn, str | None]], zone: str | None) -> str | None:
    """The zone of the log: what the user gave; UTC where any zone is known; None for one unnamed wall clock."""
    zones = {known for _, times, known in columns if times.naive}
    if zone:
        return zone
    bare = [(file, times) for file, times, known in columns if known is None or times.zoned]
    if len(zones - {None}) and None in zones:   # a known clock meets an unknown one, as a zoned column would
        return decide_zone([*bare, *((file, _as_zoned(times)) for file, times, known in columns if known)], None)
    decided = decide_zone(bare, None)
    named = zones - {None}
    return decided or ("UTC" if named else None)


def _as_zoned(times: TimeColumn) -> TimeColumn:
    return TimeColumn(times.column, times.cell, times.type, times.readings, times.unread, times.naive + times.zoned, 0,
                      times.order)


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


def settle(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> list[Source]:
    """The sources with what each row is about, its reason and its moments as columns: asked once, used by many."""
    return [_settle(connection, source) for source in sources]


def _settle(connection: duckdb.DuckDBPyConnection, source: Source) -> Source:
    item = source.item
    if source.plan.role != "events":
        return source
    columns = [f"{source.dropped} as row_dropped_"]
    for place, moment in enumerate(source.times):
        columns.append(f"{source.ts(moment)} as moment_{place}_")
        if source.whole_day(moment) not in ("true", "false"):
            columns.append(f"{source.whole_day(moment)} as whole_day_{place}_")
    relation = f"settled_{item.index}"
    kinds = f"select *, {source.kind}::smallint as row_kind_ from {item.relation}"
    about = f"select *, {source.key} as row_id_, {source.type} as row_type_ from ({kinds})"
    connection.execute(f"create table {relation} as select *, {', '.join(columns)} from ({about})")
    connection.execute(f"drop table if exists raw_{item.index}")    # all of it is in the new one
    return replace(source, item=replace(item, relation=relation), settled=True)


def make_events(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """`made`: every event of every record. `rec`: every record of the tables that make events, with its reason."""
    connection.execute(f"create table made ({', '.join(COLUMNS)})")
    connection.execute("create table rec (row bigint, space varchar, type varchar, id varchar, reason varchar, "
                       f"unread boolean, currency varchar, amount {AMOUNT}, bad_amount boolean, quiet boolean, "
                       "line varchar, timed boolean)")
    for source in sources:
        if source.plan.role != "events":
            continue
        _records(connection, source)
        turn = _turn(connection, source)
        for part, event in enumerate(source.plan.events):
            if event.time in source.times:
                connection.execute(f"insert into made {_event_sql(source, part, event, turn)}")
        for part, watch in enumerate(source.plan.watched):
            connection.execute(f"insert into made {_watch_sql(source, _WATCHED_PART + part, watch, turn)}")


def _turn(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """1 where the rows of an object stand in the order of time, -1 where the newest stands first."""
    if source.plan.holds or not source.plan.events:
        return 1
    ts = source.ts(source.plan.events[0].time)
    asked = connection.sql(f"""
        select sum(sign(epoch_us(ts) - epoch_us(before))) from (
          select {ts} as ts, lag({ts}) over (partition by {source.key} order by {source.item.line}) as before
          from {source.item.relation})""").fetchall()[0][0]
    return -1 if asked is not None and asked < 0 else 1


def _records(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    item = source.item
    unread = " or ".join(
        f"({times.cell} is not null and {source.ts(moment)} is null)"
        for moment, times in source.times.items() if times.unread
    ) or "false"
    sum_, text = "null", "null"
    column = source.plan.fields.get("amount")
    if source.holds != "false" and column is not None:  # a history repeats the sum of its object
        sum_, text = (f"case when {source.holds} then {sql} end" for sql in (amount(item, column), cell(item, column)))
    connection.execute(
        f"insert into rec select {item.row}, {source.space}, {source.type}, {source.key}, {source.dropped}, {unread}, "
        f"{source.currency}, {sum_}, {text} is not null and {sum_} is null, {not source.plan.events}, "
        f"{cell(item, source.plan.line)}, {_timed(source)} from {item.relation}"
    )


def _timed(source: Source) -> str:
    """Whether a row has the time of any event, whatever else the event needs."""
    moments = dict.fromkeys(event.time for event in source.plan.events if event.time in source.times)
    return " or ".join(f"{source.ts(moment)} is not null" for moment in moments) or "false"


def _event_sql(source: Source, part: int, event: EventPlan, turn: int) -> str:
    item = source.item
    code = cell(item, event.label) if event.label else literal(event.text) if event.text else "null"
    label = literal(event.activity) if code == "null" else f"{literal(event.activity)} || {code}"
    if event.detail:
        label += f" || coalesce({literal(say('log.colon', current()))} || {cell(item, event.detail)}, '')"
    live = f"{source.dropped} is null and {source.about(event.only)} and {all_of(item, event.when)}"
    ts, whole_day = source.ts(event.time), source.whole_day(event.time)
    if event.latest in source.times:
        late = f"coalesce({source.ts(event.latest)} < date_trunc('day', {ts}), false)"
        ts = f"case when {late} then {source.ts(event.latest)} else {ts} end"
        whole_day = f"({whole_day} and not {late})"
    return f"""
        select {_head(source, part)}, {label} as activity, {literal(event.key)} as canonical,
          {KINDS.index(event.kind)} as kind, {literal(event.clock)} as clock, {code} as code,
          {ts} as ts, {whole_day} as whole_day, {source.ts(event.start)} as st,
          {source.ts(event.recorded)} as recorded, ({item.line}) * {turn} as seq, {_parties(source, event.roles)}
        from {item.relation} where {live} and {source.ts(event.time)} is not null
          {f"and {code} is not null" if event.label else ""}"""


def _head(source: Source, part: int) -> str:
    rid = cell(source.item, source.plan.row_id) if source.plan.row_id or not source.plan.holds else "''"
    return (f"{source.item.row} as row, {part} as part, {source.space} as space, {source.type} as type, "
            f"{source.key} as id, {rid} as rid")


def _parties(source: Source, roles: Mapping[str, str]) -> str:
    return ", ".join(f"{cell(source.item, roles.get(role))} as {role}" for role in PARTIES)


def _watch_sql(source: Source, part: int, watch: Watch, turn: int) -> str:
    """Changes of a column from one row of an object to the next; a value that appears for the first time is none."""
    item, event = source.item, source.plan.events[0]
    value = f"case when {all_of(item, watch.when)} then {_watched(source, watch)} end"
    rises, falls = ([literal(text) for text in pair] for pair in (watch.rises, watch.falls))
    return f"""
        with rows as (select {_head(source, part)}, {value} as value, {source.ts(event.time)} as ts,
            {source.whole_day(event.time)} as whole_day, ({item.line}) * {turn} as seq, {_parties(source, event.roles)}
          from {item.relation} where {source.dropped} is null and {source.ts(event.time)} is not null),
        steps as (select *, lag(value ignore nulls) over (partition by type, id order by ts, seq) as before
          from rows)
        select row, part, space, type, id, rid, case when value > before then {rises[0]} else {falls[0]} end,
          case when value > before then {rises[1]} else {falls[1]} end, {KINDS.index("change")}, 'recorded',
          value::varchar, ts, whole_day, null::timestamp, null::timestamp, seq, {", ".join(PARTIES)}
        from steps where value <> before"""


def _watched(source: Source, watch: Watch) -> str:
    """The value that is watched, as SQL."""
    if watch.kind == "amount":
        return amount(source.item, watch.column)
    if watch.kind == "day":
        return source.ts(Moment(watch.column))
    text = cell(source.item, watch.column)
    return (f"coalesce(try_cast(left({text}, 10) as date), case when regexp_full_match({text}, '[0-9]{{13}}') "
            f"then make_timestamp(1000 * try_cast({text} as bigint))::date end)")


def unreadable_notes(sources: Sequence[Source]) -> list[str]:
    """Columns of times that could not be read, wholly or in part."""
    lang = current()
    notes = []
    for source in sources:
        file = source.item.table.file
        notes += [say("engine.column_no_times", lang, file=file, what=what) for what in source.unreadable]
        notes += [say("engine.moments_unread", lang, file=file, column=times.column, n=times.unread)
                  for times in source.times.values() if times.unread]
    return notes
