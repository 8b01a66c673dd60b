"""The half of the front door that compares logs: each function joins rooms that must not see each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .api import load_model, look_of
from .log.event_log import EventLog
from .words import current

if TYPE_CHECKING:
    from .cycle.deciding import Decision, Lessons
    from .cycle.judged import Judged
    from .cycle.voices_again import VoicesAgain
    from .domain.reference import ReferenceModel
    from .log.results import DifferenceMap, Funnel, StageLedgers, VariantChanges
    from .measures.comparison import Comparison
    from .reports.review import Reviewed


def compare(before: EventLog, after: EventLog, **options: Any) -> Comparison:
    """Is it better than before? The cases of a later log (a later export, or a later part of one log) against those of
    an earlier one: every KPI with its difference, interval and verdict, the pace by month, and what makes it doubtful.

    options: kpi (a key or several, default all), primary (at most three, the questions asked beforehand), design
    ("new_cases" or "all_open_work"), adjust_for (columns whose mix is held equal), cluster (column of owners),
    horizon_days, calendar (working days, as in `kpis`), smallest_worthwhile ({kpi: number}), by (a column whose values
    are compared one by one too).
    Raises InputError for a question that nobody can answer."""
    from .measures.compare_logs import Options, compare_exports

    asked = Options(**options)
    _check_columns((before, after), asked.adjust_for, asked.by)
    return compare_exports(before, after, options=asked)


def compare_periods(
    log: EventLog, *, before: Any, after: Any, control: tuple[str, Any] | None = None, **options: Any,
) -> Comparison:
    """Two periods of one log, each as "2024-01-01..2024-06-30" or (first, last). control: (column, value) of cases that
    the change did not reach: each difference is then that of the others less theirs. options: as in `compare`."""
    from .measures.compare_logs import Options
    from .measures.compare_logs import compare_periods as compared

    asked = Options(**options)
    _check_columns((log,), asked.adjust_for, asked.by, control[0] if control else None)
    return compared(log, before=before, after=after, control=control, options=asked)


def compare_change(
    log: EventLog, change: Any, *, control: tuple[str, Any] | None = None, observed_from: Any = None, **options: Any,
) -> Comparison:
    """After a change against before: against the same months a year earlier where the log reaches back so far.
    observed_from: since when the extract holds every case, where it holds only what was touched since. Others as in
    `compare_periods`."""
    from .measures.compare_logs import Options
    from .measures.compare_logs import compare_change as compared

    asked = Options(**options)
    _check_columns((log,), asked.adjust_for, asked.by, control[0] if control else None)
    return compared(log, change=change, control=control, observed_from=observed_from, options=asked)


def compare_groups(
    log: EventLog, column: str, a: str | None = None, b: str | None = None, **options: Any,
) -> Comparison:
    """Group b against group a in the same time, by the first value of a column; without names its two largest groups.
    options: as in `compare`; where people or regions with their own people are compared, name the owners in
    `cluster`."""
    from .measures.compare_logs import Options
    from .measures.compare_logs import compare_groups as compared

    asked = Options(**options)
    _check_columns((log,), asked.adjust_for, asked.by, column)
    return compared(log, column=column, a=a, b=b, options=asked)


def compare_waves(log: EventLog, column: str, waves: dict[str, Any], **options: Any) -> dict[str, Comparison]:
    """A roll-out in waves: {value of the column: day it began}; each against those whose turn came later or never."""
    from .measures.compare_logs import Options
    from .measures.compare_logs import compare_waves as compared

    asked = Options(**options)
    _check_columns((log,), asked.adjust_for, asked.by, column)
    return compared(log, column=column, waves=waves, options=asked)


def _check_columns(logs: Sequence[EventLog], adjust_for: str | Sequence[str], *others: str | None) -> None:
    """Nobody is compared by name where `ltcdiag.toml` names no purpose."""
    from .log.privacy import check_segment

    named = (adjust_for,) if isinstance(adjust_for, str) else tuple(adjust_for)
    for log in logs:
        for column in (*named, *others):
            check_segment(column, log.privacy)


def review(
    comparison: Comparison | Judged, out: str | Path, *, lang: str | None = None, force: bool = False,
    model: ReferenceModel | str | Path = "ltc", progress: Callable[[str], None] | None = None,
    voices: VoicesAgain | None = None, decision: Decision | None = None, lessons: Lessons | None = None,
) -> Reviewed:
    """The page of a comparison, or of a judged cycle, in a new folder: report.html, report.xlsx, effects.json,
    effects.csv, cases.csv, ledger.json and figures. voices, decision, lessons: of a judged cycle. All or nothing.
    Raises OutputError when the folder exists and `force` is not given, or cannot be written."""
    from .measures.comparison import Comparison
    from .reports.review import write_review
    from .reports.review_cycle import Closing, write_cycle

    reference = load_model(model) if isinstance(model, str | Path) else model
    if not isinstance(comparison, Comparison):
        closing = Closing(comparison, voices, decision, lessons)
        return write_cycle(closing, Path(out), lang=lang or current(), force=force, reference=reference,
                           say_progress=progress)
    return write_review(comparison, Path(out), lang=lang or current(), force=force, reference=reference,
                        say_progress=progress)


def review_waves(
    waves: dict[str, Comparison], out: str | Path, *, lang: str | None = None, force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Reviewed:
    """The page of a roll-out: each wave with its answer, its pace and its doubts; otherwise as `review`."""
    from .reports.review_waves import write_waves

    return write_waves(waves, Path(out), lang=lang or current(), force=force, say_progress=progress)


def difference_map(
    before: EventLog, after: EventLog, *, level: str = "activity", horizon_days: int | None = None,
) -> DifferenceMap:
    """Two logs on one map: which moves happen more or less often per case, which gaps are longer or shorter, what is
    there in one log only. Claimed is what shuffling the cases between the logs does not explain, with the number of
    tests counted in. Both logs keep cases that could be followed for `horizon_days`, and of these their first days.

    level: "activity" or "stage". Raises InputError where the logs are the same or too few cases can be compared."""
    from .measures.differences import difference_map as mapped

    return replace(mapped(before, after, level=level, horizon_days=horizon_days), look=look_of(after))


def variant_changes(
    before: EventLog, after: EventLog, *, level: str = "activity", horizon_days: int | None = None,
) -> VariantChanges:
    """Variants gained and lost between two logs, with intervals of the difference and permutation p-values; the paths
    are those of the first `horizon_days` of cases that could be followed so long. Raises InputError as the map does."""
    from .measures.variant_changes import variant_changes as changed

    return replace(changed(before, after, level=level, horizon_days=horizon_days), look=look_of(after))


def stage_ledgers(
    before: EventLog, after: EventLog, *, horizon_days: int | None = None, model: ReferenceModel | str | Path = "ltc",
) -> StageLedgers:
    """Days per case in each stage in two logs, with one horizon, and the differences with their intervals; open cases
    count for what they show. Raises InputError where closedness is unknown, cases are few or the logs too young."""
    from .measures.stage_ledgers import stage_ledgers as told

    reference = load_model(model) if isinstance(model, str | Path) else model
    return replace(told(before, after, reference, horizon_days=horizon_days), look=look_of(after))


def funnel(log: EventLog, after: EventLog | None = None, *, horizon_days: int | None = None) -> Funnel:
    """The share of cases that comes to each main stage within a horizon; apart from it who goes past a stage and who
    comes back to it. With a second log both stand side by side, with one horizon. Raises InputError as `stage_ledgers`
    does, and where no activity belongs to a main stage."""
    from .measures.funnels import funnel as counted

    return replace(counted(log, after, horizon_days=horizon_days), look=look_of(log))
