"""Answers: what the engine found, as frozen values with a table, a unit, a base and a line of text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Answer:
    """One exact answer about a log.

    table: the rows, largest first, always in the same order. n: cases it rests on. sql: the text that
    made it. level: what a label stands for (activity, stage, sub_process, chain).
    """

    table: pd.DataFrame = field(repr=False)
    n: int
    sql: str = field(repr=False)
    level: str = "activity"
    unit: ClassVar[str] = ""

    def top(self, k: int) -> Self:
        """The same answer with its first k rows."""
        return replace(self, table=self.table.head(k))

    def __str__(self) -> str:
        shown = self.table.head(3)
        rows = "; ".join(
            ", ".join(f"{name} {_text(value)}" for name, value in zip(shown.columns, row, strict=True))
            for row in shown.itertuples(index=False)
        )
        return f"{type(self).__name__}: {len(self.table)} rows over {self.n} cases: {rows}"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(str(name))}</th>" for name in self.table.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_text(value))}</td>" for value in row) + "</tr>"
            for row in self.table.head(20).itertuples(index=False)
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, tuple | list):
        return " → ".join(str(item) for item in value)
    return str(value)


@dataclass(frozen=True)
class Cases(Answer):
    """case_id, variant (rank, 1 = most common), events, started, ended, days, state
    (open | closed | unknown), first_row, last_row (source rows)."""

    unit: ClassVar[str] = "days"


@dataclass(frozen=True)
class Variants(Answer):
    """variant (rank, 1 = most common), activities (tuple of labels), steps, cases, share_of_cases,
    cumulative_share (both 0..1), median_days, example (one case id)."""

    unit: ClassVar[str] = "cases"


@dataclass(frozen=True)
class DirectlyFollowsGraph(Answer):
    """table: source, target, moves, gap_days_median, largest first.
    activities: activity, stage (canonical key or None), events, starts, ends; edges + cases = events."""

    unit: ClassVar[str] = "moves"
    activities: pd.DataFrame = field(repr=False, kw_only=True)


@dataclass(frozen=True)
class Gaps(Answer):
    """source, target, moves, cases, gap_days_total, gap_days_mean, gap_days_median, gap_days_p90,
    gap_days_min, gap_days_max; largest total first. A gap is the time between two events, not waiting."""

    unit: ClassVar[str] = "days"


@dataclass(frozen=True)
class Rework(Answer):
    """activity, stage, instances, cases, cases_repeating, repeats (instances - cases), self_loops
    (a repeat with nothing between), share_of_cases (cases_repeating / cases); most repeats first.
    Counted on work instances."""

    unit: ClassVar[str] = "repeats"


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
