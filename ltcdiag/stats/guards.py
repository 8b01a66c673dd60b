"""What makes a comparison doubtful, found in the data and never asked of the user. Each is silent on a log without it.

A guard looks at the clock table, the windows and the months, and gives a caution with its numbers, or nothing. The
levels of surprise are set so that on a log without the fault one in a hundred comparisons or fewer carries a caution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, pdtr, pdtrc

from ..log.calendar import EVERY_HOUR, WorkCalendar
from .arms import Arm, Axis, Window
from .case_clock import Floats, Ints
from .clock_table import DAY, OPEN, ClockTable, day_text
from .contrast import LEAST_OWNERS, coded
from .effects import Caution
from .pace import Pace

LEAST_CASES = 20
SURPRISE = 1e-3
SHOCKS = 0.01
SHIFTED = 0.10
LONGER = 1.25
DEAD_DAYS = 5
MOST_CLEAN_UPS = 5
"""Days in bulk beyond which that is how a company works, and no clean-up."""


def truncated_since(table: ClockTable) -> int | None:
    """The moment since when closings are held, where the extract holds only cases touched since; else None.

    Before the first closing that is held the open cases of that time would have had closings of their own: as many as
    their days at the usual daily rate, which is taken from the days after it (Nelson-Aalen with delayed entry)."""
    shut = table.exited[~table.open]
    if not len(shut):
        return None
    first = int(shut.min())
    early = table.entered < first
    if int(early.sum()) < 5:
        return None
    ages, hazard = _hazard(table, first, until=first + (table.as_of - first) // 2)
    waited = (first - table.entered[early]) / DAY
    due = float(np.concatenate([[0.0], hazard])[np.searchsorted(ages, waited, side="left")].sum())
    return first if exp(-due) < SURPRISE else None


def _hazard(table: ClockTable, since: int, *, until: int) -> tuple[Floats, Floats]:
    """Ages of closings between two moments, and the cumulative hazard at each."""
    stop = np.where(table.open, until, np.minimum(table.exited, until))
    kept = (stop > since) & (table.entered < until)
    entry = np.maximum(0, since - table.entered[kept]) / DAY
    leave = (stop[kept] - table.entered[kept]) / DAY
    closed = (~table.open & (table.exited <= until))[kept]
    ages, closings = np.unique(leave[closed], return_counts=True)
    at_risk = np.searchsorted(np.sort(entry), ages, side="right") - np.searchsorted(np.sort(leave), ages, side="left")
    return ages, np.cumsum(closings / np.maximum(at_risk, 1))


def finished_only(table: ClockTable) -> Caution | None:
    """No case is open although cases were entered so late that many should be: only finished cases were exported.

    How many should be is read from the earlier half, whose cases had the longest time to finish."""
    if bool(table.open.any()) or table.n < LEAST_CASES:
        return None
    middle = np.quantile(table.entered, 0.5)
    early = np.sort(((table.exited - table.entered) / DAY)[table.entered <= middle])
    left = (table.as_of - table.entered[table.entered > middle]) / DAY
    due = float((1 - np.searchsorted(early, left, side="right") / len(early)).sum())
    return Caution("finished_only", {"n": f"{table.n:,}", "due": f"{due:,.0f}"}) if exp(-due) < SURPRISE else None


def few_cases(arms: Sequence[Arm]) -> Caution | None:
    """Fewer than LEAST_CASES cases in an arm."""
    least = min(arm.n for arm in arms)
    return Caution("few_cases", {"n": f"{least:,}", "least": str(LEAST_CASES)}) if least < LEAST_CASES else None


def few_owners(owners: Sequence[Ints] | None) -> Caution | None:
    """Owners are clusters, and an arm has too few of them. owners: code a case, of each arm."""
    if owners is None:
        return None
    least = min(len(np.unique(each)) for each in owners)
    return Caution("few_owners", {"n": str(least), "least": str(LEAST_OWNERS)}) if least < LEAST_OWNERS else None


def unequal_windows(before: Window, after: Window) -> Caution | None:
    """One window is a quarter longer than the other, or more."""
    days = sorted([before.days, after.days])
    if days[0] * LONGER >= days[1]:
        return None
    return Caution("unequal_windows", {"before": f"{before.days:,.0f}", "after": f"{after.days:,.0f}"})


def season(before: Window, after: Window) -> Caution | None:
    """The windows hold different months of the year, and neither holds a whole one."""
    return None if same_season(before, after) else Caution(
        "season_not_separable", {"before": _months(before), "after": _months(after)})


def same_season(before: Window, after: Window) -> bool:
    """Whether both windows hold the same days of the year, up to half a month, or each of them all of it."""
    year, half_month = 365.25, 16
    if min(before.days, after.days) >= year - half_month:
        return True
    apart = (after.starts - before.starts) / DAY % year
    same = min(apart, year - apart) <= half_month
    return same and abs(before.days - after.days) <= half_month


def _months(window: Window) -> str:
    return f"{day_text(window.starts)[:7]}..{day_text(window.ends - DAY)[:7]}"


def month_shocks(pace: Pace | None) -> Caution | None:
    """Whole months are good or bad: intervals of single deals are too narrow."""
    if pace is None or pace.spread_p >= SHOCKS or pace.spread <= 1:
        return None
    return Caution("month_shocks", {"spread": f"{pace.spread:.1f}"})


def trigger_quarter(history: Pace | None) -> Caution | None:
    """The quarter before the change was the worst, by more than chance: what follows would be better by itself.

    history: the pace of all months before the change."""
    months = [] if history is None else [month for month in history.months if not month.after]
    if len(months) < 9:
        return None
    last, others = months[-3:], months[:-3]
    due = sum(m.expected for m in last) * sum(m.observed for m in others) / max(sum(m.expected for m in others), 1e-9)
    seen = sum(m.observed for m in last)
    quarters = [sum(m.observed for m in others[k:k + 3]) / max(sum(m.expected for m in others[k:k + 3]), 1e-9)
                for k in range(len(others) % 3, len(others), 3)]
    worst = seen / max(sum(m.expected for m in last), 1e-9) < min(quarters)
    if not worst or due <= 0 or pdtr(seen, due) >= SHOCKS / 2:
        return None
    return Caution("trigger_quarter", {"seen": f"{seen:,.0f}", "due": f"{due:,.0f}"})


def holidays(table: ClockTable, axis: Axis, before: Window, after: Window) -> Caution | None:
    """Days on end without any entry or closing, in one window more than in the other, on a clock of calendar days."""
    if axis.calendars:
        return None
    dead = _dead_days(table, min(before.starts, after.starts), max(before.ends, after.ends))
    inside = [int(((dead >= w.starts // DAY) & (dead < w.ends // DAY)).sum()) for w in (before, after)]
    shares = [count / max(window.days, 1) for count, window in zip(inside, (before, after), strict=True)]
    if abs(shares[1] - shares[0]) < 0.02:
        return None
    return Caution("holidays", {"before": str(inside[0]), "after": str(inside[1])})


def holidays_of(calendar: WorkCalendar, before: Window, after: Window) -> Caution | None:
    """The same where the calendar is known: weekdays off, less weekends at work, are a larger part of one window."""
    if calendar.country == EVERY_HOUR:
        return None
    lost = [_days_lost(calendar, window) for window in (before, after)]
    shares = [days / max(window.days, 1) for days, window in zip(lost, (before, after), strict=True)]
    if abs(shares[1] - shares[0]) < 0.02:
        return None
    return Caution("holidays", {"before": str(max(lost[0], 0)), "after": str(max(lost[1], 0))})


def _days_lost(calendar: WorkCalendar, window: Window) -> int:
    days = np.arange(window.since // DAY, -(-window.ends // DAY)).astype("datetime64[D]")
    weekdays = int(np.is_busday(days).sum())
    return weekdays - sum(calendar.is_working_day(day) for day in days.astype(object))


def _dead_days(table: ClockTable, first: int, last: int) -> np.typing.NDArray[np.int64]:
    """Days in runs of DEAD_DAYS or more without any entry or closing, too long for chance."""
    moments = np.concatenate([table.entered, table.exited[~table.open]])
    inside = np.sort(moments[(moments >= first) & (moments < last)] // DAY)
    busy = np.unique(np.concatenate([inside, [first // DAY - 1, last // DAY]]))
    runs = np.diff(busy) - 1
    # the usual number a day is that of the quieter of the two months beside the run, so that a young log is not dead
    beside = [np.searchsorted(inside, busy[:-1] + 1) - np.searchsorted(inside, busy[:-1] - 29),
              np.searchsorted(inside, busy[1:] + 30) - np.searchsorted(inside, busy[1:])]
    rate = np.minimum(*beside) / 30
    long = np.flatnonzero((runs >= DEAD_DAYS) & (np.exp(-rate * runs) * len(runs) < SURPRISE))
    return np.concatenate([np.arange(busy[k] + 1, busy[k + 1]) for k in long] or [np.array([], dtype=np.int64)])


def cleanup_days(table: ClockTable) -> tuple[Caution, np.typing.NDArray[np.int64]] | None:
    """Days on which one owner (or, without owners, all) closed far more cases than chance explains, and their cases."""
    rows = np.flatnonzero(~table.open)
    if not len(rows):
        return None
    days = table.exited[rows] // DAY
    span = max(1, int(days.max() - days.min()) + 1)
    owner, names = coded(table.owner, rows) if len(table.owner) else (np.zeros(table.n, dtype=np.int64), [""])
    cell = (days - days.min()) * len(names) + owner[rows]
    counts = np.bincount(cell)
    rate = np.bincount(owner[rows], minlength=len(names)) / span
    usual = np.maximum(rate[np.arange(len(counts)) % len(names)], 1 / span)
    big = np.flatnonzero((counts >= 8) & (counts >= 5 * usual))     # a busy Monday is no clean-up
    far = big[pdtrc(counts[big] - 1, usual[big]) * len(counts) < SURPRISE / 10]
    if not len(far) or len(np.unique(far // len(names))) > MOST_CLEAN_UPS:     # a rhythm: payments of each Friday
        return None
    chosen = rows[np.isin(cell, far)]
    first = day_text(int(table.exited[chosen].min()))
    return Caution("cleanup_days", {"n": f"{len(chosen):,}", "days": str(len(far)), "first": first}), chosen


def zombies(table: ClockTable) -> tuple[Caution, np.typing.NDArray[np.int64], np.typing.NDArray[np.int64]] | None:
    """Open cases that nobody has touched for longer than nearly all cases take, their places, and when it got silent.

    With a column last_activity: idle for longer than 95 in 100 closed cases took in all. Without: three times as old as
    that."""
    closed = np.flatnonzero(~table.open)
    if len(closed) < LEAST_CASES:
        return None
    usual = float(np.quantile((table.exited[closed] - table.entered[closed]) / DAY, 0.95))
    touched, limit = table.entered, 3 * usual
    if "last_activity" in table.strata:
        column = np.asarray(table.strata["last_activity"], dtype="datetime64[us]").astype(np.int64)
        touched, limit = np.where(column == OPEN, table.entered, column), usual
    idle = (table.as_of - touched) / DAY
    found = np.flatnonzero(table.open & (idle > max(limit, 30.0)))
    if len(found) < 5 or len(found) < 0.05 * table.n:
        return None
    silent = touched[found] + (0 if "last_activity" in table.strata else int(usual * DAY))
    return Caution("zombies", {"n": f"{len(found):,}", "days": f"{max(limit, 30.0):,.0f}"}), found, silent


def reopened(table: ClockTable) -> Caution | None:
    """Cases that were closed and opened again (column reopened: how often, or whether): their last closing counts."""
    if "reopened" not in table.strata:
        return None
    column = table.strata["reopened"]
    numbers = pd.to_numeric(column, errors="coerce").astype(float).fillna(0)
    n = int(((numbers > 0) | column.astype(str).str.lower().isin(("yes", "true", "是"))).sum())
    return Caution("reopened", {"n": f"{n:,}"}) if n >= max(3, 0.02 * table.n) else None


def mix_shift(
    strata: Mapping[str, Sequence[np.typing.NDArray[Any]]], adjusted: Sequence[str],
) -> Iterator[Caution]:
    """Strata whose shares differ between the arms by a tenth of the cases or more, and by more than chance.

    strata: name → values of both arms."""
    for name, arms in strata.items():
        both = np.concatenate(list(arms))
        codes, names = coded(both, np.arange(len(both)))
        parts = np.split(codes, [len(arms[0])])
        counts = np.stack([np.bincount(part, minlength=len(names)) for part in parts]).astype(float)
        counts = counts[:, counts.sum(axis=0) > 0]
        if not 1 < counts.shape[1] <= 12 or not counts.sum(axis=1).all():
            continue
        due = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
        p = float(chdtrc(counts.shape[1] - 1, ((counts - due) ** 2 / due).sum()))
        shares = counts / counts.sum(axis=1, keepdims=True)
        moved = float(np.abs(shares[1] - shares[0]).sum() / 2)
        if moved >= SHIFTED and p < SURPRISE:
            yield Caution("mix_shift" if name in adjusted else "mix_shift_open",
                          {"column": name, "share": f"{moved:.0%}"})


def unknown_outcomes(table: ClockTable, kpis: Sequence[str]) -> Caution | None:
    """Closed cases without an outcome: they count as neither won nor lost; where they are many, rates say nothing."""
    concerned = tuple(kpi for kpi in kpis if kpi in ("win_rate", "loss_rate", "value_per_case"))
    closed = int((~table.open).sum())
    n = int(((table.outcome == "") & ~table.open).sum())
    if not n or not concerned:
        return None
    many = n >= SHIFTED * closed
    return Caution("outcomes_missing" if many else "unknown_outcomes",
                   {"n": f"{n:,}", "share": f"{n / closed:.0%}"}, concerned)
