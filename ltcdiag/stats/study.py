"""One comparison of two arms of a clock table: every part of it is made once, and the parts make the effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..words import current, say
from . import guards
from .arms import Arm, Axis, Window, arm, axis_of, column_of
from .asking import Asked
from .case_clock import Ints, horizon, watched_to
from .clock_kpis import CLOCK_KPIS, ClockKpi
from .clock_table import DAY, OPEN, ClockTable, day_text
from .contrast import Difference, Sample, coded, difference, mix_of, of_differences
from .doubts import Scene, doubts
from .effects import Caution, Compared, Effect, Effects, Judging, Level, in_words, judged, with_sensitivity
from .estimator import Estimate
from .pace import Pace, Side, pace

MONTH = 30.4375


@dataclass(frozen=True, eq=False)
class Study:
    """One comparison: the table, the question, and the windows; every part is made once."""

    table: ClockTable
    asked: Asked
    before: Window
    after: Window
    change: int | None
    truncated: bool
    groups: tuple[Ints, Ints] | None = None
    grouped_by: str = ""
    names: tuple[str, str] = ("before", "after")

    def effects(self) -> Effects:
        """Everything that is to be said."""
        cautions = list(self._cautions())
        found = [self.compared(kpi) for kpi in self.asked.kpis]
        how = Judging(self.asked.design, self.asked.primary, self.asked.adjust_for, self.asked.worthwhile,
                      self.after.days / MONTH, self.asked.landmark)
        effects = tuple(self._sensitive(effect) for effect in judged(found, cautions, how))
        wins = self._pace("won") if self.change is not None and "outcome" in self.table.has else None
        return Effects(effects, self.closings, wins, self._windows(), self._counts(), tuple(cautions), self.names)

    @cached_property
    def axis(self) -> Axis:
        """How days are counted."""
        return axis_of(self.table, self.asked.calendar)

    @cached_property
    def controls(self) -> Ints | None:
        """Places of the cases that the change did not reach."""
        if self.asked.control is None:
            return None
        column, values = self.asked.control
        named = column_of(self.table, column)
        wanted = {str(value) for value in values}
        rows = np.flatnonzero(named.astype(str).isin(wanted) & named.notna())
        if not len(rows):
            raise InputError(say("compare.no_control", current(), column=column, value=", ".join(sorted(wanted))))
        return rows

    @cached_property
    def arms(self) -> tuple[Arm, Arm]:
        """Before and after, or the two groups; treated cases only where there is a control."""
        among = (None, None)
        if self.groups is not None:
            among = self.groups     # type: ignore[assignment]
        elif self.controls is not None:
            treated = np.setdiff1d(np.arange(self.table.n), self.controls)
            among = (treated, treated)  # type: ignore[assignment]
        return self._arm(self.before, among[0]), self._arm(self.after, among[1])

    @cached_property
    def control_arms(self) -> tuple[Arm, Arm] | None:
        """The control before and after."""
        if self.controls is None:
            return None
        return self._arm(self.before, self.controls), self._arm(self.after, self.controls)

    def _arm(self, window: Window, among: Ints | None) -> Arm:
        return arm(self.table, self.axis, window, design=self.asked.design, among=among, landmark=self.asked.landmark)

    @cached_property
    def every_arm(self) -> list[Arm]:
        """Two arms, or four."""
        return [*self.arms, *(self.control_arms or ())]

    @cached_property
    def horizon(self) -> int | None:
        """The days for which all arms can be watched."""
        return common_horizon(self.every_arm, self.asked.horizon)

    @cached_property
    def owner(self) -> Ints | None:
        """Code of the owner a case, where owners are clusters."""
        if self.asked.cluster is None:
            return None
        return coded(column_of(self.table, self.asked.cluster).to_numpy(object), np.arange(self.table.n))[0]

    @cached_property
    def mix(self) -> tuple[list[Any], list[str]]:
        """The columns of each arm's mix; values that one arm lacks."""
        columns = [self._stratum(name) for name in self.asked.adjust_for]
        return mix_of(columns, [part.rows for part in self.every_arm])

    def _stratum(self, name: str) -> Any:
        column = column_of(self.table, name)
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            return groups_by(self.table, name, self.asked.landmark)
        return column.to_numpy() if column.dtype.kind in "fiub" else column.to_numpy(object)

    @cached_property
    def closings(self) -> Pace | None:
        """Pace of the closings."""
        return self._pace("closed") if self.change is not None else None

    def _pace(self, which: str) -> Pace:
        every = np.arange(self.table.n)
        treated = np.setdiff1d(every, () if self.controls is None else self.controls)
        sides = self._sides(treated)
        control = None if self.controls is None else self._sides(self.controls)
        paired = self.before.ends < self.after.starts and guards.same_season(self.before, self.after)
        return pace(*sides, change=self.change or 0, which=which, control=control, paired=paired)

    def _sides(self, rows: Ints) -> tuple[Side, Side]:
        table = self.table if len(rows) == self.table.n else self.table.taken(rows)
        cell, axis = self._cell()[rows], self.axis.of(rows)
        first, second = (Side(table, window.starts, window.ends, cell, window.seen_from, axis)
                         for window in (self.before, self.after))
        return first, second

    def _cell(self) -> Ints:
        """One code a case for all strata together."""
        cell = np.zeros(self.table.n, dtype=np.int64)
        for name in self.asked.adjust_for:
            codes, names = coded(self._stratum(name), np.arange(self.table.n))
            if len(names) <= 12:
                cell = cell * len(names) + codes
        return np.unique(cell, return_inverse=True)[1].astype(np.int64)

    def compared(self, name: str) -> Compared:
        """One KPI of both arms."""
        kpi = CLOCK_KPIS[name]
        unit = "working_days" if kpi.unit == "days" and self.axis.calendars else kpi.unit
        if self.horizon is None or self.horizon < 1:
            return Compared(name, unit, kpi.direction, 0, lacking=in_words("compare.too_young"))
        estimates = [kpi.estimate(part, part.timeline(self.horizon)) for part in self.every_arm]
        levels = [level_of(part, kpi, estimate) for part, estimate in zip(self.every_arm, estimates, strict=True)]
        crude = self._difference(estimates, kpi, adjusted=False)
        found = self._difference(estimates, kpi, adjusted=True) if self.asked.adjust_for else crude
        control = (levels[2], levels[3]) if self.control_arms else None
        return Compared(name, unit, kpi.direction, self.horizon, levels[0], levels[1], found, crude, control)

    def _difference(self, estimates: Sequence[Estimate], kpi: ClockKpi, *, adjusted: bool) -> Difference | None:
        if min(part.n for part in self.every_arm) < guards.LEAST_CASES or self._few_owners():
            return None
        mixes = self.mix[0] if adjusted else [np.zeros((part.n, 0)) for part in self.every_arm]
        samples = [Sample(estimate, mix, None if self.owner is None else self.owner[part.rows])
                   for estimate, mix, part in zip(estimates, mixes, self.every_arm, strict=True)]
        try:
            first = difference(samples[0], samples[1], share=kpi.share)
            if len(samples) == 2:
                return first
            return of_differences(difference(samples[2], samples[3], share=kpi.share), first)
        except ValueError:
            return None

    def _few_owners(self) -> bool:
        owners = None if self.owner is None else [self.owner[part.rows] for part in self.every_arm]
        return guards.few_owners(owners) is not None

    def _cautions(self) -> Iterator[Caution]:
        if self.truncated:
            yield Caution("truncated_extract", {"day": day_text(self.before.seen_from)})
        owners = None if self.owner is None else [self.owner[part.rows] for part in self.every_arm]
        strata = {name: [self._stratum(name)[part.rows] for part in self.arms] for name in self._watched_strata()}
        yield from doubts(Scene(
            (self.table,), self.every_arm, (self.before, self.after), self.axis, owners, strata, self.asked.adjust_for,
            self.mix[1] if self.asked.adjust_for else (), changed=self.change is not None,
            has_control=self.controls is not None, closings=self.closings, history=self._history()))
        if (found := guards.unknown_outcomes(self.table, self.asked.kpis)) is not None:
            yield found

    def _watched_strata(self) -> list[str]:
        """The named strata; else every column with few values that is no owner."""
        if self.asked.adjust_for:
            return [name for name in self.asked.adjust_for if self._stratum_is_plain(name)]
        skipped = {"owner", "last_activity", "reopened", self.grouped_by, self.asked.cluster,
                   *((self.asked.control or ("",))[:1])}
        return [name for name, values in self.table.strata.items()
                if name not in skipped and self._stratum_is_plain(name) and values.nunique() <= 12]

    def _stratum_is_plain(self, name: str) -> bool:
        return not pd.api.types.is_datetime64_any_dtype(self.table.strata[name].dtype)

    def _history(self) -> Pace | None:
        """The pace of all months before the change, where the window before it holds the last quarter."""
        if self.change is None or self.before.ends < self.change:
            return None
        first = max(int(self.table.entered.min()), self.before.seen_from)
        if self.change - first < 9 * 30 * DAY:
            return None
        quiet = np.zeros(self.table.n, dtype=np.int64)
        side = Side(self.table, first, self.change, quiet, self.before.seen_from, self.axis)
        return pace(side, replace(side, starts=self.change), change=self.change)

    def _sensitive(self, effect: Effect) -> Effect:
        """The difference if doubtful cases were taken another way."""
        if effect.difference is None or self.change is None:
            return effect
        if (bulk := guards.cleanup_days(self.table)) is not None:
            kept = np.setdiff1d(np.arange(self.table.n), bulk[1])
            effect = with_sensitivity(effect, "without_cleanup_days", self._other(self.table.taken(kept), effect.kpi))
        if (idle := guards.zombies(self.table)) is not None:
            exited, outcome = self.table.exited.copy(), self.table.outcome.copy()
            exited[idle[1]], outcome[idle[1]] = np.minimum(idle[2], self.table.as_of), "lost"
            other = replace(self.table, exited=exited, outcome=outcome)
            effect = with_sensitivity(effect, "zombies_lost", self._other(other, effect.kpi))
        return effect

    def _other(self, table: ClockTable, kpi: str) -> Difference | None:
        return Study(table, self.asked, self.before, self.after, self.change, self.truncated).compared(kpi).difference

    def _windows(self) -> dict[str, tuple[str, str]]:
        last = 1 if not self.table.whole_days else DAY
        return {name: (day_text(window.starts), day_text(window.ends - last))
                for name, window in zip(self.names, (self.before, self.after), strict=True)}

    def _counts(self) -> dict[str, int]:
        """How the cases were used: only before, only after, on both sides, as control, in none."""
        sides = [np.isin(np.arange(self.table.n), part.rows) for part in self.arms]
        counts = {"cases": self.table.n + sum(self.table.set_aside.values()),
                  self.names[0]: int((sides[0] & ~sides[1]).sum()), self.names[1]: int((sides[1] & ~sides[0]).sum()),
                  "both": int((sides[0] & sides[1]).sum())}
        if self.control_arms:
            counts["control"] = len(np.union1d(*(part.rows for part in self.control_arms)))
        counts |= dict(self.table.set_aside)
        used = sum(value for name, value in counts.items() if name != "cases")
        return {**counts, "out_of_scope": counts["cases"] - used}


def level_of(part: Arm, kpi: ClockKpi, estimate: Estimate) -> Level:
    """One arm's level; without an interval where too few cases stand behind it."""
    if part.n < guards.LEAST_CASES:
        return Level(estimate.value, None, None, part.n, part.clock.open)
    found = kpi.interval(estimate)
    return Level(found.value, found.low, found.high, part.n, part.clock.open)


def common_horizon(arms: Sequence[Arm], asked: int | None) -> int | None:
    """The horizon that all arms carry."""
    if any(part.n == 0 for part in arms):
        return None
    if asked is not None:
        return asked if all(watched_to(part.clock) >= asked and (part.clock.follow_up >= asked).any()
                            for part in arms) else None
    each = [horizon(part.clock) for part in arms]
    days = min((found for found in each if found is not None), default=None)
    if days is None or None in each:
        return None
    return days if all(watched_to(part.clock) >= days for part in arms) else None


def groups_by(table: ClockTable, name: str, landmark: float) -> np.typing.NDArray[np.object_]:
    """The group of each case as text; for a column of moments whether it had happened at the landmark age."""
    column = column_of(table, name)
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return np.array([None if pd.isna(value) else str(value) for value in column], dtype=object)
    if landmark <= 0:
        raise InputError(say("compare.immortal_time", current(), column=name),
                         fix=say("compare.immortal_time_fix", current()))
    happened = np.asarray(column.dt.tz_localize(None) if column.dt.tz is not None else column,
                          dtype="datetime64[us]").astype(np.int64)
    by_then = (happened != OPEN) & (happened <= table.entered + int(landmark * DAY))
    return np.where(by_then, "yes", "no").astype(object)
