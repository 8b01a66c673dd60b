"""Answers: what the engine found, as frozen values with a table, a unit, a base and a line of text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..errors import InputError
from ..words import current, say
from .filters import CaseIs, Filter, Follows, VariantIs
from .look import Look, heading, html_table

if TYPE_CHECKING:
    import pandas as pd


_SHOWN = 20


@dataclass(frozen=True)
class Answer:
    """One exact answer about a log.

    table: the rows, largest first, always in the same order. n: cases it rests on. sql: the text that
    made it. level: what a label stands for (activity, stage, sub_process, chain). rows: how many rows there
    are in all, where `table` holds the first of them. look: how its values are shown.
    """

    table: pd.DataFrame = field(repr=False)
    n: int
    sql: str = field(repr=False)
    level: str = "activity"
    rows: int | None = field(default=None, repr=False, kw_only=True)
    look: Look = field(default=Look(), repr=False, compare=False, kw_only=True)
    unit: ClassVar[str] = ""
    labels: ClassVar[tuple[str, ...]] = ()
    """Columns that hold labels of the answer's level."""
    keys: ClassVar[tuple[str, ...]] = ()
    """Columns that hold stages whatever the level."""

    def top(self, k: int) -> Self:
        """The same answer with its first k rows."""
        return replace(self, table=self.table.head(k), rows=self.rows or len(self.table))

    def largest(self, column: str, k: int = 10) -> Self:
        """The same answer with the k rows that are largest in a column; rows that tie keep their order.

        Raises InputError where there is no such column.
        """
        if column not in self.table.columns:
            raise InputError(say("engine.unknown_choice", current(), value=column),
                             fix=say("engine.one_of", current(), values=", ".join(self.table.columns)))
        ordered = self.table.sort_values(column, ascending=False, kind="stable").reset_index(drop=True)
        return replace(self, table=ordered, rows=self.rows or len(self.table)).top(k)

    def filter(self, row: int = 1) -> Filter:
        """The filter that keeps the cases behind a row, counted from 1: `log.where(gaps.filter(1))`.

        Raises InputError where the row does not exist or no filter keeps its cases.
        """
        if not 1 <= row <= len(self.table):
            raise InputError(say("log.no_row", current(), row=row, rows=len(self.table)))
        found = self._filter(self.table.iloc[row - 1].to_dict()) if self.level == "activity" else None
        if found is None:
            raise InputError(
                say("log.no_filter", current(), answer=self.title(current())), fix=say("log.no_filter_fix", current())
            )
        return found

    def _filter(self, row: dict[str, Any]) -> Filter | None:  # noqa: ARG002 - what most answers say
        return None

    def title(self, lang: str) -> str:
        """What the answer is called."""
        return heading(type(self).__name__, lang)

    def shown(self, k: int, lang: str) -> list[list[str]]:
        """The first k rows as texts."""
        keys = {*self.keys, *(self.labels if self.level != "activity" else ())}
        columns = [
            [self.look.cell(name, value, lang, key=name in keys) for value in self.table[name].head(k).tolist()]
            for name in self.table.columns
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def __str__(self) -> str:
        lang = current()
        names = [heading(name, lang) for name in self.table.columns]
        rows = "; ".join(
            ", ".join(f"{name} {text}" for name, text in zip(names, row, strict=True) if text)
            for row in self.shown(3, lang)
        )
        return say("log.line", lang, title=self.title(lang), rows=f"{self.rows or len(self.table):,}",
                   n=f"{self.n:,}", text=rows)

    def _repr_html_(self) -> str:
        lang, k = current(), len(self.table) if self.rows else _SHOWN
        rows = self.shown(k, lang)
        caption = say("log.caption", lang, title=self.title(lang), shown=f"{len(rows):,}",
                      rows=f"{self.rows or len(self.table):,}", n=f"{self.n:,}")
        names = [str(name) for name in self.table.columns]
        return html_table(
            [heading(name, lang) for name in names],
            rows,
            numeric=[kind.kind in "iuf" for kind in self.table.dtypes],
            bars=["share" in name for name in names],
            caption=caption,
        )


@dataclass(frozen=True)
class Cases(Answer):
    """case_id, variant (rank, 1 = most common), events, started, ended, days, state
    (open | closed | unknown), first_row, last_row (source rows)."""

    unit: ClassVar[str] = "days"

    def _filter(self, row: dict[str, Any]) -> Filter:
        return CaseIs((row["case_id"],))


@dataclass(frozen=True)
class Variants(Answer):
    """variant (rank, 1 = most common), activities (tuple of labels), steps, cases, share_of_cases,
    cumulative_share (both 0..1), median_days, example (one case id)."""

    unit: ClassVar[str] = "cases"
    labels: ClassVar[tuple[str, ...]] = ("activities",)

    def _filter(self, row: dict[str, Any]) -> Filter:
        return VariantIs((tuple(row["activities"]),))


@dataclass(frozen=True)
class DirectlyFollowsGraph(Answer):
    """table: source, target, moves, gap_days_median, largest first.
    activities: activity, stage (canonical key or None), events, starts, ends; edges + cases = events."""

    unit: ClassVar[str] = "moves"
    labels: ClassVar[tuple[str, ...]] = ("source", "target")
    activities: pd.DataFrame = field(repr=False, kw_only=True)

    def _filter(self, row: dict[str, Any]) -> Filter:
        return Follows(row["source"], row["target"])


@dataclass(frozen=True)
class Gaps(Answer):
    """source, target, moves, cases, gap_days_total, gap_days_mean, gap_days_median, gap_days_p90,
    gap_days_min, gap_days_max; largest total first. A gap is the time between two events, not waiting."""

    unit: ClassVar[str] = "days"
    labels: ClassVar[tuple[str, ...]] = ("source", "target")

    def _filter(self, row: dict[str, Any]) -> Filter:
        return Follows(row["source"], row["target"])


@dataclass(frozen=True)
class Rework(Answer):
    """activity, stage, instances, cases, cases_repeating, repeats (instances - cases), self_loops
    (a repeat with nothing between), share_of_cases (cases_repeating / cases); most repeats first.
    Counted on work instances."""

    unit: ClassVar[str] = "repeats"
    keys: ClassVar[tuple[str, ...]] = ("stage",)


@dataclass(frozen=True)
class Handovers(Answer):
    """source, target, moves, cases, gap_days_median, gap_days_p90, gap_days_total; most moves first.
    by: the column that names the parties (department, role or resource). unknown: moves where one
    side has no name. Counted on work instances."""

    unit: ClassVar[str] = "moves"
    by: str = field(kw_only=True, default="resource")
    within: int = field(kw_only=True, default=0)
    unknown: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Clock(Answer):
    """case_id, stage, visit (1, 2, ...), entered, exited (missing while open), mark (next stage, 'closed',
    'open' or 'unknown'), days (open visits run to the as-of moment; missing where closedness is unknown)."""

    unit: ClassVar[str] = "days"
    labels: ClassVar[tuple[str, ...]] = ("stage", "mark")


@dataclass(frozen=True)
class StageTimes(Answer):
    """stage, visits, cases, stay_days_total (finished stays and those still running), share_of_days,
    stay_days_median (of finished stays), running (stays of open cases), running_days (their days up to the
    as-of moment), end_unknown (last stays of cases of which nobody knows whether they are closed: in no
    number of days); largest total first."""

    unit: ClassVar[str] = "days"
    labels: ClassVar[tuple[str, ...]] = ("stage",)


@dataclass(frozen=True)
class Activities(Answer):
    """activity, stage, main_stage (canonical keys; missing where the label is unmapped), events, starts, ends
    (cases that begin and end with it); unmapped ones first, then in the order of the chain."""

    unit: ClassVar[str] = "events"
    keys: ClassVar[tuple[str, ...]] = ("stage", "main_stage")


@dataclass(frozen=True)
class Points(Answer):
    """case_id, time, activity, stage, source_row: every event, in the order of the cases."""

    unit: ClassVar[str] = "events"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
