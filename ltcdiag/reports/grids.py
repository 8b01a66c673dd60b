"""The tables of a report, once for the page and the workbook: named columns with a kind each, and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from ..log.event_log import EventLog
from ..log.telling import reason_name
from ..words import say
from . import stages as chain
from .assessment import Assessment
from .moments import shown_time
from .places import Places

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "lines", "count", "days", "share", "time", "money"]


@dataclass(frozen=True)
class Linked:
    """A value that leads to where its rows are. sheet: name of a grid of the same workbook. row: the row there, from
    0."""

    value: str | int | float
    sheet: str
    row: int = 0


@dataclass(frozen=True)
class Told:
    """A number that is shown as another kind than its column's: a share among days."""

    value: int | float
    kind: Kind


Value = str | int | float | Decimal | datetime | Linked | Told | None


@dataclass(frozen=True)
class Column:
    """A column: key (its name is the sentence reports.col_<key>), kind, width in characters."""

    key: str
    kind: Kind = "text"
    width: int = 12

    def name(self, lang: str) -> str:
        """Its heading, with the unit."""
        return say(f"reports.col_{self.key}", lang)


@dataclass(frozen=True)
class Headed(Column):
    """A column with a heading of its own."""

    heading: str = ""

    def name(self, lang: str) -> str:
        """Its heading."""
        del lang
        return self.heading


@dataclass(frozen=True)
class Grid:
    """A table. name: key of its sheet. draw: the rows, drawn anew each time; size: how many there are. title: the name
    of its sheet where the words have none for the key. choices: place of a column → the range its cells may be chosen
    from, of a form to fill in. above: a line over the heading that says how to read or fill it in (printed on A4)."""

    name: str
    columns: tuple[Column, ...]
    size: int
    draw: Callable[[], Iterator[tuple[Value, ...]]]
    title: str = ""
    choices: tuple[tuple[int, str], ...] = ()
    above: str = ""

    def head(self, k: int) -> list[tuple[Value, ...]]:
        """The first k rows."""
        return [row for row, _ in zip(self.draw(), range(k), strict=False)]


CASES = (
    Column("case", width=22), Column("variant", "count", 9), Column("state", width=11),
    Column("started", "time", 20), Column("ended", "time", 20), Column("days", "days", 11),
    Column("events", "count", 9), Column("first_row", width=16), Column("last_row", width=16),
    Column("amount", "money", 20), Column("currency", width=9),
)
VARIANTS = (
    Column("variant", "count", 9), Column("path", width=90), Column("cases", "count", 9),
    Column("share", "share", 10), Column("cumulative", "share", 10), Column("median_days", "days", 12),
    Column("steps", "count", 8), Column("example", width=22),
)
PATHS = (
    Column("source", width=28), Column("target", width=28), Column("moves", "count", 10),
    Column("gap_median", "days", 14),
)
GAPS = (
    Column("source", width=28), Column("target", width=28), Column("moves", "count", 10),
    Column("cases", "count", 10), Column("gap_total", "days", 14), Column("gap_share", "share", 12),
    Column("gap_median", "days", 14), Column("gap_p90", "days", 14), Column("gap_mean", "days", 14),
    Column("gap_min", "days", 12), Column("gap_max", "days", 12),
)
REWORK = (
    Column("activity", width=28), Column("stage", width=20), Column("instances", "count", 12),
    Column("cases", "count", 10), Column("repeating", "count", 14), Column("repeat_share", "share", 14),
    Column("repeats", "count", 10), Column("self_loops", "count", 14),
)
HANDOVERS = (
    Column("party_from", width=24), Column("party_to", width=24), Column("moves", "count", 10),
    Column("cases", "count", 10), Column("gap_median", "days", 14), Column("gap_p90", "days", 14),
    Column("gap_total", "days", 14),
)
SET_ASIDE = (
    Column("file", width=40), Column("line_from", "count", 10), Column("line_to", "count", 10),
    Column("reason", width=36), Column("text", width=70),
)
REASONS = (Column("reason", width=60), Column("rows", "count", 10))


def cases(found: Assessment, lang: str) -> Grid:
    """One row a case, with the places of its first and last row in the source."""
    table, places = found.cases.table, Places(found.log.ledger.files)

    def draw() -> Iterator[tuple[Value, ...]]:
        started, ended = (shown_time(table[c], found.log.timezone) for c in ("started", "ended"))
        columns = ("case_id", "variant", "state", "days", "events", "first_row", "last_row")
        for (case, variant, state, days, events, first, last), begin, end, (amount, currency) in zip(
            _rows(table, columns), started, ended, found.amounts, strict=True
        ):
            path = Linked(variant, "variants", variant - 1)
            yield (case, path, say(f"reports.state_{state}", lang), begin, end, days, events, places.text(first),
                   places.text(last), amount, currency or None)

    return Grid("cases", CASES, len(table), draw)


def variants(found: Assessment, lang: str) -> Grid:
    """The paths of the cases, most common first."""
    del lang
    table = found.variants.table
    columns = ("variant", "activities", "cases", "share_of_cases", "cumulative_share", "median_days", "steps",
               "example")

    def draw() -> Iterator[tuple[Value, ...]]:
        for rank, path, *rest in _rows(table, columns):
            yield (rank, path_text(path), *rest)

    return Grid("variants", VARIANTS, len(table), draw)


def path_text(path: Iterable[str]) -> str:
    """A path as a line of text."""
    return " → ".join(path)


def paths(found: Assessment, lang: str) -> Grid:
    """What directly follows what."""
    del lang
    return _plain("paths", PATHS, found.dfg.table, ("source", "target", "moves", "gap_days_median"))


def gaps(found: Assessment, lang: str) -> Grid:
    """The time between neighbouring records of a case, largest total first."""
    del lang
    total = found.gaps.table["gap_days_total"].sum()
    table = found.gaps.table.assign(share=found.gaps.table["gap_days_total"] / (total or 1))
    columns = ("source", "target", "moves", "cases", "gap_days_total", "share", "gap_days_median", "gap_days_p90",
               "gap_days_mean", "gap_days_min", "gap_days_max")
    return _plain("gaps", GAPS, table, columns)


def rework(found: Assessment, lang: str) -> Grid:
    """What is done again in the same case."""
    table = found.rework.table
    stage = [chain.shown(str(key), "stage", lang) if isinstance(key, str) else "" for key in table["stage"]]
    columns = ("activity", "stage", "instances", "cases", "cases_repeating", "share_of_cases", "repeats", "self_loops")
    return _plain("rework", REWORK, table.assign(stage=stage), columns)


def handovers(found: Assessment, lang: str) -> Grid:
    """Who hands work to whom; empty where the log names no parties."""
    del lang
    columns = ("source", "target", "moves", "cases", "gap_days_median", "gap_days_p90", "gap_days_total")
    if found.handovers is None:
        return Grid("handovers", HANDOVERS, 0, lambda: iter(()))
    return _plain("handovers", HANDOVERS, found.handovers.table, columns)


def set_aside(log: EventLog, lang: str) -> Grid:
    """The rows that are no events, with their reasons in words."""
    rows = log.ledger.set_aside_rows
    return Grid("set_aside", SET_ASIDE, len(rows), lambda: (
        (row.file, row.line_from, row.line_to, reason_name(row.reason, lang), row.text) for row in rows
    ))


def _plain(name: str, columns: tuple[Column, ...], table: pd.DataFrame, picked: Sequence[str]) -> Grid:
    return Grid(name, columns, len(table), lambda: _rows(table, picked))


def _rows(table: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Plain Python values; missing ones are None."""
    lists = [table[column].astype(object).where(table[column].notna(), None).tolist() for column in columns]
    return zip(*lists, strict=True)
