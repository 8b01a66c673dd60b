"""Comparing clock tables: before and after a change, with a control, two groups at one time, or one level alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..words import current, say
from . import guards
from .arms import Arm, Window, arm, axis_of, column_of
from .asking import asked_of
from .case_clock import Ints, watched_to
from .clock_kpis import CLOCK_KPIS, ClockKpi
from .clock_table import OPEN, ClockTable, clock_table, day_text, moment
from .contrast import coded
from .effects import Effects
from .study import Study, common_horizon, groups_by, level_of
from .windows import around


def compare_clocks(
    clock: pd.DataFrame, *, change: object, as_of: object = None, design: str = "new_cases",
    adjust_for: Sequence[str] = (), cluster: str | None = None,
    kpis: Sequence[str] = ("days_open", "win_rate"), primary: Sequence[str] | None = None, control: Any = None,
    calendar: Any = None, observed_from: object = None, landmark_days: float | None = None,
    horizon_days: int | None = None, smallest_worthwhile: Any = None,
) -> Effects:
    """Cases after a change against cases before it.

    clock: one row a case: case_id, entered, exited (dates or times; missing = still open at `as_of`), outcome ("won",
    "lost", ... or missing), owner, value, and any columns of strata. design: "new_cases" (cases entered before and
    after, each watched until its window ends) or "all_open_work" (every open case, each for its own days in a window).
    adjust_for: strata whose mix is held equal. cluster: column of owners. kpis: days_open, win_rate, loss_rate,
    value_per_case. primary: at most three of them, the questions asked beforehand (default: the first). control: the
    cases that the change did not reach, as ("column", value), "column=value" or {"column": [values]}: then each
    difference is that of the others less theirs. calendar: None for calendar days, "CN" or a WorkCalendar for working
    days, {column: {value: calendar}} for regions. observed_from: when watching began, where the extract holds only what
    was touched since. landmark_days: count only cases still open at this age. horizon_days: default the longest round
    one. smallest_worthwhile: the smallest change that matters, a number for the first KPI or {kpi: number}.

    Raises InputError for faults of the table (all at once) and questions that nobody can answer; so too without
    `as_of`.
    """
    asked = asked_of(kpis, primary, design, adjust_for, cluster, control, calendar, landmark_days, horizon_days,
                   smallest_worthwhile)
    table = clock_table(clock, as_of=as_of, needs=asked.columns)
    at = moment(change)
    _check_change(table, at)
    truncated = guards.truncated_since(table) if observed_from is None else None
    # the first closing that is held says since when: it is no closing to be counted itself
    seen_from = _watched_from(table, observed_from, at)
    if truncated is not None:
        seen_from = truncated + 1
    before, after = around(table, at, seen_from=seen_from, has_control=asked.control is not None)
    return Study(table, asked, before, after, at, truncated is not None).effects()


def compare_clock_groups(
    clock: pd.DataFrame, *, group: str, a: Any = None, b: Any = None, as_of: object = None,
    adjust_for: Sequence[str] = (), cluster: str | None = None, kpis: Sequence[str] = ("days_open", "win_rate"),
    primary: Sequence[str] | None = None, calendar: Any = None, observed_from: object = None,
    landmark_days: float | None = None, horizon_days: int | None = None, smallest_worthwhile: Any = None,
) -> Effects:
    """Group b against group a in the same time.

    group: a column of texts (a, b: two of its values; default the two largest), or of moments: the cases in which
    something happened against those in which it did not. Such a group is told by what came later, so it needs
    `landmark_days`: compared are cases still open at that age, by what had happened until then. Others as in
    `compare_clocks`. Raises InputError; also where such a group has no landmark.
    """
    asked = asked_of(kpis, primary, "new_cases", adjust_for, cluster, None, calendar, landmark_days, horizon_days,
                   smallest_worthwhile)
    table = clock_table(clock, as_of=as_of, needs=(*asked.columns, group))
    labels = groups_by(table, group, asked.landmark)
    names = _two_groups(labels, group, a, b)
    seen_from = _watched_from(table, observed_from)
    window = Window(int(table.entered.min()), table.end, OPEN if seen_from is None else seen_from)
    rows = (np.flatnonzero(labels == names[0]), np.flatnonzero(labels == names[1]))
    return Study(table, asked, window, window, None, False, groups=rows, grouped_by=group, names=names).effects()


def clock_level(
    clock: pd.DataFrame, *, as_of: object = None, kpis: Sequence[str] = ("days_open", "win_rate"),
    by: str | None = None, calendar: Any = None, observed_from: object = None, horizon_days: int | None = None,
) -> pd.DataFrame:
    """The KPIs of a clock table alone, and of each value of a column: kpi, unit, segment, value, low, high, n, open,
    horizon_days. value is empty where fewer than 20 cases stand behind it."""
    asked = asked_of(kpis, None, "new_cases", (), None, None, calendar, None, horizon_days, None)
    table = clock_table(clock, as_of=as_of, needs=(*asked.columns, *((by,) if by else ())))
    axis = axis_of(table, calendar)
    seen_from = _watched_from(table, observed_from)
    window = Window(int(table.entered.min()), table.end, OPEN if seen_from is None else seen_from)
    segments: list[tuple[object, Ints | None]] = [(None, None)]
    if by:
        codes, names = coded(column_of(table, by).to_numpy(), np.arange(table.n))
        segments += [(name, np.flatnonzero(codes == place)) for place, name in enumerate(names)]
    arms = [(name, arm(table, axis, window, design="all_open_work", among=rows)) for name, rows in segments]
    days = common_horizon([arms[0][1]], asked.horizon)
    rows = [(kpi, CLOCK_KPIS[kpi].unit, name, *_level_row(part, CLOCK_KPIS[kpi], days)) for name, part in arms
            for kpi in asked.kpis]
    columns = ["kpi", "unit", "segment", "value", "low", "high", "n", "open", "horizon_days"]
    return pd.DataFrame(rows, columns=columns)


def _level_row(part: Arm, kpi: ClockKpi, days: int | None) -> tuple[object, ...]:
    if days is None or part.n < guards.LEAST_CASES or watched_to(part.clock) < days:
        return None, None, None, part.n, part.clock.open, days
    found = level_of(part, kpi, kpi.estimate(part, part.timeline(days)))
    return found.value, found.low, found.high, found.n, found.open, days


def _watched_from(table: ClockTable, observed_from: object, change: int | None = None) -> int | None:
    """When watching began, where it is told. It must leave something to be seen, before a change too."""
    if observed_from is None:
        return None
    since = moment(observed_from)
    if since >= table.end:
        raise InputError(say("clock.observed_outside", current(), day=day_text(since), as_of=day_text(table.as_of)))
    if change is not None and since >= change:
        raise InputError(say("clock.observed_late", current(), day=day_text(since), change=day_text(change)))
    return since


def _check_change(table: ClockTable, change: int) -> None:
    first, last = int(table.entered.min()), table.as_of
    if not first < change <= last:
        raise InputError(say("compare.change_outside", current(), change=day_text(change), first=day_text(first),
                             last=day_text(last)), fix=say("compare.change_outside_fix", current()))


def _two_groups(labels: Any, group: str, a: Any, b: Any) -> tuple[str, str]:
    known, counts = np.unique([label for label in labels if label is not None], return_counts=True)
    if len(known) < 2:
        raise InputError(say("clock.one_group", current(), column=group, values=", ".join(map(str, known)) or "–"))
    if a is None and b is None and set(known.tolist()) == {"no", "yes"}:
        return "no", "yes"
    largest = [str(known[place]) for place in np.argsort(-counts, kind="stable")]
    first = str(a) if a is not None else next((each for each in largest if each != str(b)), "")
    second = str(b) if b is not None else next((each for each in largest if each != first), "")
    wrong = [each for each in (first, second) if each not in largest]
    if wrong or first == second:
        raise InputError(say("compare.no_group", current(), column=group, value=", ".join(wrong) or first),
                         fix=say("engine.one_of", current(), values=", ".join(largest[:20])))
    return first, second
