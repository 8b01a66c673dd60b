"""What a column of times says: its shapes, its day order, whether it carries a zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..errors import Fault, InputError, QuestionError
from ..words import current, say
from ..words.texts import outline_of_time
from .clock_text import SHAPE_SQL, DayOrder, Reading, day_order, parse_sql, reading

if TYPE_CHECKING:
    import duckdb

FEW = 3


@dataclass(frozen=True)
class TimeColumn:
    """A decided column. zoned / naive: how many values carry a zone / do not (day-only values count in neither)."""

    column: str
    cell: str
    type: str
    readings: tuple[tuple[str, Reading], ...] = ()
    unread: int = 0
    zoned: int = 0
    naive: int = 0
    order: str | None = None

    def sql(self, zone: str | None) -> str:
        """The expression that gives the moment; `zone` turns wall clocks into moments."""
        if self.type == "VARCHAR":
            return self._text_sql(zone)
        if "WITH TIME ZONE" in self.type:
            return f"make_timestamp(epoch_us({self.cell}))"
        if self.type.startswith(("TIMESTAMP", "DATE")):
            naive = f"{self.cell}::timestamp"
            if zone is None:
                return naive
            return f"make_timestamp(epoch_us(timezone('{zone}', {naive})))"
        return "null::timestamp"

    def _text_sql(self, zone: str | None) -> str:
        if len({how for _, how in self.readings}) == 1 and not self.unread:
            shape = self.readings[0][0]
            return parse_sql(self.cell, f"'{shape.replace(chr(39), chr(39) * 2)}'", self.readings[:1], zone)
        return parse_sql(self.cell, SHAPE_SQL.format(x=self.cell), self.readings, zone)


def time_column(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    cell: str,
    type_: str,
    *,
    file: str,
    column: str,
    order: str | None,
) -> TimeColumn:
    """Decides one column over all its values. Raises QuestionError when day and month cannot be told apart,
    InputError when no value at all is a time."""
    if type_ != "VARCHAR":
        return _typed(connection, relation, cell, type_, file, column)
    plain = _plain(connection, relation, cell)
    if plain is not None:
        shape, n = plain
        return TimeColumn(column, cell, type_, ((shape, cast("Reading", reading(shape, None))),), 0, 0, n, order)
    shapes = connection.sql(f"""
        select {SHAPE_SQL.format(x=cell)} as shape, count(*) as n, min({cell}) as example
        from {relation} where nullif(trim({cell}), '') is not null group by shape order by n desc, shape""").fetchall()
    ambiguous = {shape: n for shape, n, _ in shapes if (how := reading(shape, None)) and how.ambiguous}
    largest = _largest_parts(connection, relation, cell, list(ambiguous)) if ambiguous else (0, 0)
    decided = order or day_order({"": largest})
    if ambiguous and decided is None:
        raise _ask_day_order(connection, relation, cell, file, column, ambiguous, mixed=min(largest) > 12)
    readings = [(shape, how) for shape, _, _ in shapes if (how := reading(shape, cast("DayOrder | None", decided)))]
    known = {shape for shape, _ in readings}
    if shapes and not readings:
        raise InputError(
            Fault(
                say("engine.not_times", current(), column=column, n=sum(n for _, n, _ in shapes)),
                where=file,
                examples=tuple(outline_of_time(example) for _, _, example in shapes[:FEW]),
                fix=say("engine.not_times_fix", current()),
            )
        )
    of = dict(readings)
    zoned = sum(n for shape, n, _ in shapes if shape in known and of[shape].zoned)
    naive = sum(
        n
        for shape, n, _ in shapes
        if shape in known and of[shape].kind in ("text", "excel") and not of[shape].zoned and not of[shape].date_only
    )
    epochs = sum(n for shape, n, _ in shapes if shape in known and of[shape].kind.startswith("epoch"))
    unread = sum(n for shape, n, _ in shapes if shape not in known)
    return TimeColumn(column, cell, type_, tuple(readings), unread, zoned + epochs, naive, decided)


_PLAIN = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?"
"""Most exports of a database. All of these have one and the same reading."""


def _plain(connection: duckdb.DuckDBPyConnection, relation: str, cell: str) -> tuple[str, int] | None:
    """The shape of one of the values, and how many there are, where all are plain: a tenth of the work of finding the
    shape of each."""
    first = connection.sql(f"select {cell} from {relation} where nullif(trim({cell}), '') is not null limit 1"
                           ).fetchall()
    if not first or not re.fullmatch(_PLAIN, first[0][0]):
        return None
    n, plain = connection.sql(f"""
        select count(nullif(trim({cell}), '')), count(*) filter (regexp_full_match({cell}, '{_PLAIN}'))
        from {relation}""").fetchall()[0]
    return (re.sub("[0-9]", "9", first[0][0]), int(n)) if n == plain else None


def _typed(
    connection: duckdb.DuckDBPyConnection, relation: str, cell: str, type_: str, file: str, column: str
) -> TimeColumn:
    if not type_.startswith(("TIMESTAMP", "DATE")):
        raise InputError(
            Fault(
                say("engine.time_type", current(), column=column, type=type_),
                where=file,
                fix=say("engine.not_times_fix", current()),
            )
        )
    if type_ == "DATE":
        return TimeColumn(column, cell, type_)
    n = int(connection.sql(f"select count({cell}) from {relation}").fetchall()[0][0])
    zoned = "WITH TIME ZONE" in type_
    return TimeColumn(column, cell, type_, zoned=n if zoned else 0, naive=0 if zoned else n)


_PARTS = "regexp_extract(trim({x}), '^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]', {i})"


def _largest_parts(
    connection: duckdb.DuckDBPyConnection, relation: str, cell: str, shapes: list[str]
) -> tuple[int, int]:
    """The largest first and second number of the dates; a part that goes above 12 is the day."""
    first, second = (f"max(try_cast({_PARTS.format(x=cell, i=i)} as int))" for i in (1, 2))
    row = connection.execute(
        f"select {first}, {second} from {relation} where {SHAPE_SQL.format(x=cell)} in (select unnest(?))",
        [shapes],
    ).fetchall()[0]
    return row[0] or 0, row[1] or 0


def _ask_day_order(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    cell: str,
    file: str,
    column: str,
    shapes: dict[str, int],
    *,
    mixed: bool,
) -> QuestionError:
    examples = connection.execute(
        f"select distinct {cell} from {relation} where {SHAPE_SQL.format(x=cell)} in (select unnest(?)) "
        f"order by 1 limit {FEW}",
        [list(shapes)],
    ).fetchall()
    return QuestionError(
        Fault(
            say("engine.days_mixed" if mixed else "engine.day_order", current(), column=column, n=sum(shapes.values())),
            where=file,
            examples=tuple(row[0] for row in examples),
            fix=say("engine.days_mixed_fix" if mixed else "engine.day_order_fix", current()),
        )
    )


def decide_zone(columns: Sequence[tuple[str, TimeColumn]], given: str | None) -> str | None:
    """One clock for the log: UTC when the times carry zones, None for a wall clock nobody named.

    Raises QuestionError when times with and without a zone meet and no zone was given.
    """
    zoned = [(file, c) for file, c in columns if c.zoned]
    naive = [(file, c) for file, c in columns if c.naive]
    if given:
        return given
    if zoned and naive:
        raise QuestionError(
            Fault(
                say(
                    "engine.zones_meet",
                    current(),
                    zoned="; ".join(_where(zoned)),
                    naive="; ".join(_where(naive)),
                ),
                fix=say("engine.zones_meet_fix", current()),
            )
        )
    return "UTC" if zoned else None


def _where(columns: Sequence[tuple[str, TimeColumn]]) -> list[str]:
    return sorted({f"{file}: {column.column}" for file, column in columns})[:FEW]
