"""Tables of systems in, one object-centric log and one case view of it out; every record keeps its fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ..errors import Fault, InputError, NoCaseError
from ..log.ledger import Ledger, Money, RowSetAside, Step
from ..log.plan import TablePlan, ViewPlan
from ..log.records import ColumnMap, Table
from ..words import current, say
from .accounts import lines_by_reason, nothing_left, rows_set_aside
from .cells import make_macros
from .connection import all_hands, literal
from .deciding import decide_times, unreadable_notes
from .defects.check import doubt_events, mend_tables, softer
from .defects.found import Desk
from .doubts import doubts
from .implied import add_first_stages, drop_first_values, set_plans_aside
from .ingest import Ingested
from .joining import add_columns, hinted
from .linking import make_links, make_objects, match_rates, satellites_linked
from .loading import PassedOver, Progress, ReadOptions, load_all, pass_over, telling_what_was_read
from .making import make_events
from .meanings import Meaning, with_meanings
from .pseudonyms import hide_in_objects
from .refining import (
    StageLabel,
    label_stages,
    mark_cut_histories,
    mean_states,
    merge_retold,
    name_people,
    parties_present,
    read_dictionaries,
    settle_payments,
    stage_labels,
)
from .repeats import merge_repeats
from .source_rows import Source, settle
from .views import Viewed, make_view

if TYPE_CHECKING:
    import duckdb


class Words(NamedTuple):
    """Label and key of a partial payment, and of the place where a cut history begins."""

    partial: tuple[str, str]
    cut: tuple[str, str]


@dataclass(frozen=True)
class Assembled(Ingested):
    """As Ingested, with the stages that the events name and the activities made from columns (label → key)."""

    stages: tuple[StageLabel, ...] = ()
    canonical: Mapping[str, str] = field(default_factory=dict)
    more_notes: tuple[str, ...] = ()
    extra: Mapping[str, int] = field(default_factory=dict)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the case view fills."""
        return frozenset(self.present)

    present: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the readers noted, and what was found in the times and links."""
        return (*(note for item in self.loaded for note in item.fates.notes), *self.more_notes)

    def ledger(self, counts: Mapping[str, int]) -> Ledger:
        """The ledger with the counts that only the prepared tables know. Raises ConservationError."""
        sums = {unit: sum(getattr(file, unit) for file in self.files) for unit in ("lines", "structure", "records")}
        totals = {**sums, "repaired": 0, **self.extra, **counts}
        return Ledger(self.files, self.steps, totals, self.money, self.set_aside, self.unreadable_amounts)


def assemble(
    connection: duckdb.DuckDBPyConnection,
    plans: Sequence[TablePlan],
    unused: Sequence[tuple[Table, str]],
    options: ReadOptions,
    view: ViewPlan,
    words: Words,
    meaning: Meaning,
    progress: Progress,
) -> Assembled:
    """Loads the tables and makes `kept`. words: labels of the events that are made here. meaning: of stage texts.

    Raises InputError when no event is left, QuestionError when zone or day order must be asked.
    """
    make_macros(connection)
    items = load_all(connection, [(plan.table, ColumnMap(dict(plan.fields))) for plan in plans], options, progress)
    all_hands(connection, sum(item.records for item in items), options.threads)
    desk = Desk(connection, softer(options.checks)) if options.checks.deeds else None
    if desk:
        mend_tables(desk, items)
    loaded = add_columns(connection, list(zip(items, plans, strict=True)))
    with telling_what_was_read([item for item, _ in loaded]):
        sources, zone = decide_times(connection, loaded, options.timezone, options.day_order)
    spare = [pass_over(connection, table, reason, progress) for table, reason in unused]
    progress("", 0)
    read_dictionaries(connection, sources)
    sources = settle(connection, with_meanings(connection, sources, meaning))
    make_events(connection, sources)
    add_first_stages(connection, sources)
    drop_first_values(connection, sources)
    set_plans_aside(connection)
    name_people(connection, sources)
    label_stages(connection)
    make_objects(connection, sources)
    mean_states(connection, meaning)
    merge_repeats(connection, sources)
    make_links(connection, view)
    merge_retold(connection)
    settle_payments(connection, words.partial)
    mark_cut_histories(connection, words.cut)
    if options.hiding:
        items = hide_in_objects(connection, [source.item for source in sources], options.hiding)
        sources = [replace(source, item=item) for source, item in zip(sources, items, strict=True)]
    return _account(connection, sources, spare, options, view, zone, desk)


def _account(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], spare: Sequence[PassedOver],
    options: ReadOptions, view: ViewPlan, zone: str | None, desk: Desk | None,
) -> Assembled:
    parties = parties_present(connection)
    seen = make_view(connection, view, parties, options.as_of)
    loaded = tuple(source.item for source in sources)
    files = (*(file for source in sources for file in source.item.source_files(source.zone or zone)),
             *(file for item in spare for file in item.files))
    records = sum(file.records for file in files)
    fates = _fates(connection, sources)
    if not seen.kept:
        raise _no_case(connection, view, fates.aside, records, files)
    all_fates = [*(item.fates for item in loaded), *(item.fates for item in spare)]
    lost = [row for each in all_fates for row in each.set_aside]
    steps = _steps(files, all_fates, lost, spare, fates, seen)
    here = rows_set_aside(connection, loaded, "aside_records") if fates.aside else []
    latest = connection.sql("select greatest(max(ts), max(st)) from timely").fetchall()[0][0]
    sums, unreadable = _money(connection, options.currency or "unstated")
    if desk:
        doubt_events(desk, options.timezone)
    present = (*parties, *(["start"] if _has_starts(connection) else []), "sequence")
    return Assembled(
        loaded=loaded, files=files, steps=steps, money=sums,
        set_aside=(*lost, *here, *(item.row for item in spare if item.row)),
        unreadable_amounts=unreadable, timezone=zone, as_of=options.as_of or latest,
        stages=tuple(stage_labels(connection)), canonical=_canonical(connection),
        more_notes=(*unreadable_notes(sources), *hinted(connection, sources), *_notes(connection, sources, seen, view)),
        extra={"made": fates.more, "copies": seen.copies, "merged": fates.merged,
               "repaired": desk.repaired if desk else 0}, present=present,
        defects=desk.defects(loaded) if desk else (), deeds=desk.deeds if desk else {},
    )


def _has_starts(connection: duckdb.DuckDBPyConnection) -> bool:
    return "st" in connection.sql("select * from kept limit 0").columns


def _canonical(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(connection.sql(
        "select distinct activity, canonical from evs where canonical <> '' order by 1, 2").fetchall())


@dataclass(frozen=True)
class _Fates:
    """aside, merged: records that made no event, or none of their own. reference: records that only name or link
    objects. making: all the others. more: events beyond one a record."""

    aside: dict[str, int]
    merged: int
    reference: int
    making: int
    more: int


def _fates(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> _Fates:
    """`aside_records`: row, reason of every record that made no event."""
    held = "select row from held"
    connection.execute(f"""
        create table aside_records as
        select row, coalesce(reason, case when unread then 'ts_unreadable'
          when row in ({held}) and not timed then 'no_moment' else 'no_event' end) as reason
        from rec where row not in (select row from made) and not (quiet and reason is null)""")
    aside = dict(connection.sql("select reason, count(*) from aside_records group by 1 order by 1").fetchall())
    merged = int(connection.sql(
        "select count(distinct row) from gone where row not in (select row from evs)").fetchall()[0][0])
    quiet = int(connection.sql("select count(*) from rec where quiet and reason is null").fetchall()[0][0])
    making = int(connection.sql("select count(*) from rec").fetchall()[0][0]) - quiet
    events, rows = connection.sql("select count(*), count(distinct row) from evs").fetchall()[0]
    reference = sum(source.item.records for source in sources if source.plan.role != "events")
    return _Fates(aside, merged, reference + quiet, making, events - rows)


def _steps(
    files: Sequence[object], all_fates: Sequence[object], lost: Sequence[RowSetAside], spare: Sequence[PassedOver],
    fates: _Fates, seen: Viewed,
) -> tuple[Step, ...]:
    lines = sum(file.lines - file.structure for file in files)          # type: ignore[attr-defined]
    records = sum(file.records for file in files)                        # type: ignore[attr-defined]
    folded = sum(each.folded for each in all_fates)                      # type: ignore[attr-defined]
    unused = {"table_not_used": sum(item.records for item in spare)}
    nested = sum(file.records for file in files if not file.lines)      # type: ignore[attr-defined]
    return (
        Step("lines → records", "lines", lines, records + folded, made=nested, set_aside=lines_by_reason(lost)),
        Step("records → tables of events", "records", records, fates.making, merged=fates.reference, set_aside=unused),
        Step("records → events", "records", fates.making, seen.events, made=fates.more, merged=fates.merged,
             set_aside=fates.aside),
        Step("events → cases", "events", seen.events, seen.kept, made=seen.copies,
             set_aside={"out_of_view": seen.out, "after_as_of": seen.late, "field_change": seen.changes}),
    )


def _no_case(
    connection: duckdb.DuckDBPyConnection, view: ViewPlan, aside: dict[str, int], records: int, files: Sequence[object]
) -> InputError:
    events = int(connection.sql("select count(*) from evs").fetchall()[0][0])
    where = "; ".join(file.file for file in files)      # type: ignore[attr-defined]
    if not events:
        return InputError(nothing_left(aside, records, where))
    types = [row[0] for row in connection.sql(
        "select distinct ob.type from evs join ob using (o) order by 1").fetchall()]
    lang = current()
    return NoCaseError(Fault(
        say("engine.no_case", lang, case=view.names.get(view.key, view.key), events=events), where=where,
        fix=say("engine.no_case_fix", lang, types=", ".join(types))))


def _money(connection: duckdb.DuckDBPyConnection, unstated: str) -> tuple[tuple[Money, ...], int]:
    """Money of the objects by currency, each object once: a second row that repeats the sum is merged."""
    rows = connection.sql(f"""
        with one as (select coalesce(currency, {literal(unstated)}) as cur, amount, bad_amount,
          late.reason is not null as gone,
          row_number() over (partition by space, type, id, line, late.reason is null, amount is null
            order by touched desc nulls last, row) as n
          from rec left join aside_records late using (row))
        select cur, sum(amount), sum(amount) filter (not gone and n = 1), sum(amount) filter (not gone and n > 1),
          sum(amount) filter (gone), count(*) filter (bad_amount) from one group by 1 order by 1""").fetchall()
    sums = tuple(
        Money(cur, Decimal(read), Decimal(kept or 0), merged=Decimal(again or 0), set_aside=Decimal(aside or 0))
        for cur, read, kept, again, aside, _ in rows if read is not None
    )
    return sums, sum(row[-1] for row in rows)


def _notes(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], seen: Viewed, view: ViewPlan
) -> list[str]:
    lang = current()
    found = doubts(connection, sources, view.names)
    for one, other, n_one, linked_one, n_other, linked_other in match_rates(connection):
        found.append(say("engine.match_rate", lang, one=view.names.get(one, one), other=view.names.get(other, other),
                         n_one=n_one, linked_one=linked_one, n_other=n_other, linked_other=linked_other))
    found += [say("engine.satellites_linked", lang, name=view.names.get(kind, kind), n=n, linked=linked)
              for kind, n, linked in satellites_linked(connection)]
    if seen.copies:
        found.append(say("engine.copies", lang, n=seen.copies))
    if seen.empty:
        found.append(say("engine.cases_without_events", lang, n=seen.empty))
    return found
