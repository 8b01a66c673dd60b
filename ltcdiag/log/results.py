"""Answers: what the engine found, as frozen values with a table, a unit, a base and a line of text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..errors import InputError
from ..words import current, say
from .filters import CaseIs, Contains, Filter, Follows, VariantIs
from .look import Look, heading, html_table, interval_columns

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
        rows, hidden = self.shown(k, lang), set()
        for value, (low, high) in interval_columns(self.table.columns).items():
            hidden |= {low, high}
            at = self.table.columns.get_loc(value)
            ends = (self.table[name] for name in (value, low, high))
            for row, middle, least, most in zip(rows, *ends, strict=False):
                row[at] = self.look.interval(value, middle, least, most, lang)
        caption = say("log.caption", lang, title=self.title(lang), shown=f"{len(rows):,}",
                      rows=f"{self.rows or len(self.table):,}", n=f"{self.n:,}")
        kept = [at for at, name in enumerate(self.table.columns) if name not in hidden]
        names = [str(self.table.columns[at]) for at in kept]
        return html_table(
            [heading(name, lang) for name in names],
            [[row[at] for at in kept] for row in rows],
            numeric=[self.table.dtypes.iloc[at].kind in "iuf" for at in kept],
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
class ActivityGaps(Answer):
    """activity, stage, events, cases, starts, ends, open_ends (open cases whose last event it is), gap_days_total (0
    where there is none), gap_days_mean, gap_days_median, gap_days_p90 of the gaps from the event before in the case;
    most events first. Law: cases of the log = the sum of starts = the sum of ends."""

    unit: ClassVar[str] = "events"
    labels: ClassVar[tuple[str, ...]] = ("activity",)
    keys: ClassVar[tuple[str, ...]] = ("stage",)

    def _filter(self, row: dict[str, Any]) -> Filter:
        return Contains((row["activity"],))


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


@dataclass(frozen=True)
class StepTimes(Answer):
    """step, stage, owner (us | customer | shared), cases (with a first passage), standing (cases before it now),
    days_per_case, days_low, days_high, share_of_days, share_low, share_high, days_per_passage, passage_low,
    passage_high, times_usual, times_low, times_high, first_share (of draws of the cases in which it comes first);
    most days first. Days are calendar days within the first `horizon` days of a case, first passages only, open cases
    counted for what they show; low and high are 95 % intervals. times_usual: days per passage over what is usual for
    the other steps, empty where too few cases or steps allow no comparison."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class StageDays(Answer):
    """stage (label where it has none), owner, cases, standing, days_per_case, days_low, days_high, share_of_days,
    share_low, share_high, first_share (how often it comes first when the cases are drawn anew); most days first.
    First passages and rework together: the days of all stages add up to the days that cases are open within the
    horizon."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class StageLedgers(Answer):
    """stage (label where it has none), owner, days_before, before_low, before_high, days_after, after_low, after_high
    (days per case within the same horizon), days_difference, difference_low, difference_high, p, p_adjusted
    (Benjamini & Hochberg over the stages); most days in either log first. n: cases of both, n_before: of the first."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)
    n_before: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class ReworkDays(Answer):
    """step (the step gone back to), rework_type, through (the step most often in between), cases (that it could happen
    to: those that came to the step; of a document made anew those that had one, of dunning those with an invoice),
    cases_returning, loops, stages_lost (median), share_returning, share_low, share_high, days_per_case, days_low,
    days_high; most days first. Shares are of these cases within the horizon."""

    unit: ClassVar[str] = "days"
    horizon: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class HandoverDays(Answer):
    """source, target (departments, else roles), step (before which most of the days lie), moves, cases, standing,
    days_per_case, days_low, days_high, share_of_days, share_low, share_high, days_per_move, move_low, move_high,
    times_usual, times_low, times_high; most days first. waits: whether starts are known, so that days run from the
    end of one piece of work to the start of the next."""

    unit: ClassVar[str] = "days"
    horizon: int = field(kw_only=True, default=0)
    by: str = field(kw_only=True, default="")
    waits: bool = field(kw_only=True, default=False)


@dataclass(frozen=True)
class StepSums(Answer):
    """step, stage, passages, cases, gap_days_total, share_of_days, gap_days_median: the recorded days before each
    step, as a description; most days first. The last stay of a case is in none of them."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)


@dataclass(frozen=True)
class Waits(Answer):
    """activity, instances (with a recorded start), cases, wait_days_total, share_of_waiting, share_low, share_high
    (95 % interval over the cases), wait_days_median, work_days_total, work_days_median; most waiting first. Waiting
    runs from the last end of a piece of work before (of those with a recorded start, in the same case, over when this
    one starts) to the start of this one; the first of a case waits for nothing."""

    unit: ClassVar[str] = "days"


@dataclass(frozen=True)
class Breaks(Answer):
    """source_type, target_type, ready (objects ready for the next one), linked, waiting (without it, but not longer
    than others took), broken (without it for longer), targets, orphans (targets that name a source nobody has),
    usual_days (within which 99 in 100 of the linked ones had it). Law: ready = linked + waiting + broken."""

    unit: ClassVar[str] = "objects"
    keys: ClassVar[tuple[str, ...]] = ("source_type", "target_type")


@dataclass(frozen=True)
class Deviations(Answer):
    """deviation (skipped | out_of_order | went_on | again), stage, cases, of_cases (the finished cases it could happen
    to), share_of_cases, share_low, share_high; deviations first, by cases, then "again", which is rework and none.
    judged = fitting + those that deviate; unjudged: finished cases that were not compared. complete: False where the
    time for comparing ran out."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    fitting: int = field(kw_only=True, default=0)
    judged: int = field(kw_only=True, default=0)
    unjudged: int = field(kw_only=True, default=0)
    complete: bool = field(kw_only=True, default=True)


@dataclass(frozen=True)
class VariantChanges(Answer):
    """activities (tuple of labels), steps, cases_before, cases_after, share_before, share_after, share_difference,
    difference_low, difference_high (Newcombe), p (Fisher's exact test, which is the permutation test of the case
    labels; missing where so few cases could never be told apart), p_adjusted (Benjamini & Hochberg), change (gained
    | lost | more | less, missing where nothing is claimed or it is less than one case in a hundred); claimed ones
    first. Paths of the first `horizon` days. n: cases of both logs, n_before: of the first. tested: variants with a
    p. left_out: cases of each log too young to be followed so long. shared: cases in both logs, counted in the
    first only. ends: known | unknown | finished_only: what is known about which cases are over."""

    unit: ClassVar[str] = "cases"
    labels: ClassVar[tuple[str, ...]] = ("activities",)
    horizon: int = field(kw_only=True, default=0)
    n_before: int = field(kw_only=True, default=0)
    tested: int = field(kw_only=True, default=0)
    left_out: tuple[int, int] = field(kw_only=True, default=(0, 0))
    shared: int = field(kw_only=True, default=0)
    ends: str = field(kw_only=True, default="known")


@dataclass(frozen=True)
class DifferenceMap(Answer):
    """source, target, cases_before, cases_after (that make the move), moves_per_case_before, moves_per_case_after,
    moves_difference, p_moves, p_moves_adjusted, frequency_change (gained | lost | more | less), gap_days_before,
    gap_days_after (medians), gap_days_difference, p_gap, p_gap_adjusted, gap_change (slower | faster); most frequent
    first. A change is named only where its adjusted p is at most 0.05 and it is large enough to matter (0.05
    moves per case, 0.01 for gained and lost; a tenth and an hour of the median gap). activities: activity, stage,
    events_before, starts_before, ends_before, and the same _after. The rest as in VariantChanges."""

    unit: ClassVar[str] = "moves"
    labels: ClassVar[tuple[str, ...]] = ("source", "target")
    activities: pd.DataFrame = field(repr=False, kw_only=True)
    horizon: int = field(kw_only=True, default=0)
    n_before: int = field(kw_only=True, default=0)
    left_out: tuple[int, int] = field(kw_only=True, default=(0, 0))
    shared: int = field(kw_only=True, default=0)
    ends: str = field(kw_only=True, default="known")


@dataclass(frozen=True)
class Funnel(Answer):
    """main_stage, period (before | after, missing for one log), share_reaching, reaching_low, reaching_high (came to
    the stage or beyond it), cases (with a step of the stage), share_skipping, skipping_low, skipping_high (went past it
    without any step of it), share_returning, returning_low, returning_high (came back to it from a later one); in the
    order of the chain. All of them within the first `horizon` days, open cases counted for what they show."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("main_stage",)
    horizon: int = field(kw_only=True, default=0)
    n_before: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Series(Answer):
    """start (day a week or month begins), number (started | closed | won in it), rate (the number itself for weeks, as
    if for 30 days for months), outside (beyond the control limits), fitted, expected (the lines of a change:
    fitted, and the first one drawn on; missing without a change). Whole weeks or months only. what: started, closed
    or won. per: week or month. warm_up: days left out at the beginning. baseline: how many rows set the limits.
    scale: log or rate (where some number is below 20). centre, low, high: limits. false_alarm: chance that a chart
    of this size shows a row outside although nothing happens; new_alarm: that one after the baseline is.
    autocorrelation: of neighbours in the baseline. jump, slope: (value, low, high, p) of the jump at the change and
    of the change in slope per row, as logarithms where the scale is log; None without a change, or where too few
    rows lie on one side. change: its day, or ""."""

    unit: ClassVar[str] = "cases"
    what: str = field(kw_only=True, default="closed")
    per: str = field(kw_only=True, default="week")
    warm_up: int = field(kw_only=True, default=0)
    baseline: int = field(kw_only=True, default=0)
    scale: str = field(kw_only=True, default="log")
    centre: float = field(kw_only=True, default=0.0)
    low: float = field(kw_only=True, default=0.0)
    high: float = field(kw_only=True, default=0.0)
    false_alarm: float = field(kw_only=True, default=0.0)
    new_alarm: float = field(kw_only=True, default=0.0)
    autocorrelation: float = field(kw_only=True, default=0.0)
    jump: tuple[float, float, float, float] | None = field(kw_only=True, default=None)
    slope: tuple[float, float, float, float] | None = field(kw_only=True, default=None)
    change: str = field(kw_only=True, default="")
