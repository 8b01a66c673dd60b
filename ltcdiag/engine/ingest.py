"""From tables to typed events: text comes in as it is, gets its types, and every row keeps its fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import Fault, InputError
from ..log.defects import Deed, Defect
from ..log.ledger import CORRECTED, Ledger, Money, RowSetAside, SourceFile, Step
from ..log.records import ColumnMap, Table
from ..words import current, say
from .accounts import cases_gone, fates, lines_by_reason, money, nothing_left, rows_set_aside
from .connection import all_hands, count, pack
from .corrected import take_back, use_anyway
from .defects import clocks
from .defects.check import doubt_rows, repair_cells
from .defects.days import MIXED
from .defects.found import Desk
from .loading import Loaded, PassedOver, Progress, ReadOptions, load_all, pass_over, telling_what_was_read
from .pseudonyms import hide_in_tables
from .time_columns import TimeColumn, decide_zone, time_column
from .typed_rows import make_typed, parse_rows

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Ingested:
    """What stands beside the relation `typed`: the tables it came from and what was counted on the way. cases_gone:
    cases of which no row is left, set aside and told by other rows."""

    loaded: tuple[Loaded, ...]
    files: tuple[SourceFile, ...]
    steps: tuple[Step, ...]
    money: tuple[Money, ...]
    set_aside: tuple[RowSetAside, ...]
    unreadable_amounts: int
    timezone: str | None
    as_of: datetime
    defects: tuple[Defect, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    cases_gone: tuple[int, int] = (0, 0)
    deeds: Mapping[str, Deed] = field(default_factory=dict)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that some table fills."""
        return frozenset(role for item in self.loaded for role in item.map.columns)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the readers and the typing of start times want the user to know."""
        lang = current()
        starts = [
            say("engine.starts_unreadable", lang, file=item.table.file, column=start.column, n=start.unread)
            for item in self.loaded
            if (start := item.times.get("start")) and start.unread
        ]
        return (*self.said, *(note for item in self.loaded for note in item.fates.notes), *starts)

    def ledger(self, counts: Mapping[str, int]) -> Ledger:
        """The ledger with the counts that only the prepared tables know. Raises ConservationError."""
        sums = {unit: sum(getattr(file, unit) for file in self.files) for unit in ("lines", "structure", "records")}
        totals = {**sums, "made": 0, "copies": 0, "repaired": 0, "merged": 0, **self.counts, **counts}
        return Ledger(self.files, (*self.steps, *self._cases(counts["cases"])), totals, self.money, self.set_aside,
                      self.unreadable_amounts)

    def _cases(self, cases: int) -> list[Step]:
        """Cases of which no row is left, where there are any."""
        aside, merged = self.cases_gone
        return [Step("cases of the records → cases", "cases", cases + aside + merged, cases, merged=merged,
                     set_aside={"no_row_left": aside})] if aside or merged else []


def ingest(
    connection: duckdb.DuckDBPyConnection,
    used: Sequence[tuple[Table, ColumnMap]],
    unused: Sequence[tuple[Table, str]],
    options: ReadOptions,
    progress: Progress,
) -> Ingested:
    """Loads all tables, decides their times together and makes the relation `typed`.

    Raises InputError when nothing usable is left, QuestionError when zone or day order must be asked.
    """
    untimed = load_all(connection, used, options, progress)
    all_hands(connection, sum(item.records for item in untimed), options.threads)
    untimed = hide_in_tables(connection, untimed, options.hiding) if options.hiding else untimed
    desk = Desk(connection, options.checks) if options.checks.deeds else None
    said = take_back(desk, untimed) if desk else []
    with telling_what_was_read(untimed):
        if desk:
            repair_cells(desk, untimed, options.checks, options.day_order)
        loaded = _timed(connection, untimed, options)
        zone = decide_zone([(item.table.file, times) for item in loaded for times in item.times.values()],
                           options.timezone)
    parse_rows(connection, loaded, options)
    pack(connection, sum(item.records for item in loaded))
    if desk:
        for item in loaded:
            clocks.check(desk, item, item.times["time"], options.timezone)
        doubt_rows(desk, loaded, options.checks, options.timezone)
        said += use_anyway(desk, loaded)
    make_typed(connection, options, unfit=desk is not None and count(connection, "unfit") > 0)
    spare = [pass_over(connection, table, reason, progress) for table, reason in unused]
    return replace(_account(connection, loaded, spare, options, zone, desk), said=tuple(said))


def _timed(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], options: ReadOptions) -> list[Loaded]:
    """The tables with their time columns decided; the faults of all columns are raised together."""
    found: list[Loaded] = []
    errors: list[InputError] = []
    for item in loaded:
        times: dict[str, TimeColumn] = {}
        for role in ("time", "start"):
            column = item.map[role]
            if column is None:
                continue
            try:
                times[role] = time_column(
                    connection,
                    item.relation,
                    item.cells[column],
                    item.types[column],
                    file=item.table.file,
                    column=column,
                    order=None if options.day_order == MIXED else options.day_order,
                )
            except InputError as error:
                errors.append(error)
        found.append(replace(item, times=times))
    if errors:
        faults: list[Fault] = [fault for error in errors for fault in error.faults]
        raise type(errors[0])(faults)
    return found


def _account(
    connection: duckdb.DuckDBPyConnection,
    loaded: Sequence[Loaded],
    spare: Sequence[PassedOver],
    options: ReadOptions,
    zone: str | None,
    desk: Desk | None,
) -> Ingested:
    files = (*(file for item in loaded for file in item.source_files(zone)),
             *(file for item in spare for file in item.files))
    all_fates = [*(item.fates for item in loaded), *(item.fates for item in spare)]
    lost = [row for each in all_fates for row in each.set_aside]
    records = sum(file.records for file in files)
    by_reason, kept, latest = fates(connection)
    if latest is None:
        raise InputError(nothing_left(by_reason, records, "; ".join(file.file for file in files)))
    aside = bool(by_reason)
    keep = "where reason is null" if aside else ""      # a reason that no row has need not be looked at again
    connection.execute(f"create view kept as select * from typed {keep}")
    lines = sum(file.lines - file.structure for file in files)
    cut = lines_by_reason(lost)
    told_again = desk.merged | {CORRECTED} if desk else frozenset()
    merged = sum(n for reason, n in by_reason.items() if reason in told_again)
    by_reason = {reason: n for reason, n in by_reason.items() if reason not in told_again}
    unused = {"table_not_used": sum(item.records for item in spare)}
    steps = (
        Step("lines → records", "lines", lines, records + sum(each.folded for each in all_fates), set_aside=cut),
        Step("records → events", "records", records, kept, merged=merged, set_aside={**by_reason, **unused}),
    )
    here = rows_set_aside(connection, loaded, without=told_again) if by_reason else []
    sums, unreadable = money(connection, options.currency or "unstated", told_again, aside=aside)
    return Ingested(
        loaded=tuple(loaded),
        files=files,
        steps=steps,
        money=sums,
        set_aside=(*lost, *here, *(item.row for item in spare if item.row)),
        unreadable_amounts=unreadable,
        timezone=zone,
        as_of=options.as_of or latest,
        defects=desk.defects(loaded) if desk else (),
        deeds=desk.deeds if desk else {},
        counts={"merged": merged, "repaired": desk.repaired if desk else 0},
        cases_gone=cases_gone(connection, told_again) if by_reason or merged else (0, 0),
    )
