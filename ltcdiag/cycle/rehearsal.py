"""The review before its time: how many cases each of its arms will hold, and how far they will spread.

Each arm of the review is a window of time. As far as it is past, its cases are there; a window that is still to come
is stood in for by the latest stretch of the past that is as long and watched as long. So the horizon, the open cases
at its end and the spread of the numbers are those of the estimator that will be used, and only the number of cases is
scaled: by the arrivals of the last year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ..domain.kpis import KpiCard, load_kpis
from ..log.event_log import EventLog
from ..measures.compare_logs import Options, having, micros_of
from ..measures.compared_log import ComparedLog
from ..measures.comparing import LogSide, LogStudy, Question
from ..measures.kpis import measured
from ..measures.quantity import Lacking, Measured, Quantity
from ..stats.arms import Window
from ..stats.clock_table import DAY
from ..stats.guards import truncated_since
from ..stats.windows import around
from .definition import Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

YEAR = 365


@dataclass(frozen=True)
class Asked:
    """What the review will ask. change, review_on: ISO days. pilot, control: column and values, None for all and for
    nobody. waves: for a roll-out the column and value → day. Others as in `ltc.compare`."""

    change: str
    review_on: str
    pilot: Scope | None = None
    control: Scope | None = None
    wave_column: str = ""
    waves: tuple[tuple[str, str], ...] = ()
    kind: str = "change"
    design: str = "new_cases"
    adjust_for: tuple[str, ...] = ()
    horizon_days: int | None = None
    calendar: str = ""


@dataclass(frozen=True, eq=False)
class Stretch:
    """One arm of the review. name: before, after, control_before or control_after. side: what stands in for it.
    cases: how many it will hold. grows: whether a later review makes it larger."""

    name: str
    side: LogSide
    cases: float
    grows: bool

    @property
    def part(self) -> float:
        """Cases of the review for one of the stand-in."""
        return self.cases / self.side.arm.n if self.side.arm.n else 0.0


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """A log asked as the review will be. Raises InputError for days, columns and values that cannot be."""

    log: EventLog
    asked: Asked

    @cached_property
    def whole(self) -> ComparedLog:
        """The log as comparisons need it."""
        return Options(calendar=self.asked.calendar or None).ready(self.log)

    @cached_property
    def change(self) -> int:
        """The moment of the change."""
        return micros_of(self.log, self.asked.change)

    @cached_property
    def review(self) -> int:
        """The moment up to which the review will see."""
        return micros_of(self.log, self.asked.review_on)

    @cached_property
    def pilot(self) -> Ints | None:
        """Numbers of the cases that the change will reach, None for all."""
        import numpy as np

        if self.asked.pilot is not None:
            return having(self.whole, *self.asked.pilot)
        if self.control is None:
            return None
        return np.setdiff1d(np.arange(self.whole.table.n), self.control)

    @cached_property
    def control(self) -> Ints | None:
        """Numbers of the cases that it will not reach, None where there is no control."""
        return None if self.asked.control is None else having(self.whole, *self.asked.control)

    @cached_property
    def arms(self) -> tuple[Stretch, ...]:
        """The arms of the review: two, or four with a control."""
        before, after = self.windows
        two = self.asked.kind == "groups" and self.control is not None
        if two:
            return self._arm("before", after, self.control), self._arm("after", after, self.pilot)
        arms = [self._arm("before", before, self.pilot), self._arm("after", after, self.pilot)]
        if self.control is not None:
            arms += [self._arm("control_before", before, self.control), self._arm("control_after", after, self.control)]
        return tuple(arms)

    @cached_property
    def windows(self) -> tuple[Window, Window]:
        """Those that the comparison will take on the day of the review."""
        table = self.whole.table
        cut = truncated_since(table) if self.whole.closings_known else None
        then = replace(table, as_of=max(self.review - (DAY if table.whole_days else 0), self.change + DAY))
        return around(then, self.change, seen_from=None if cut is None else cut + 1,
                      has_control=self.control is not None)

    def _arm(self, name: str, window: Window, among: Ints | None) -> Stretch:
        table = self.whole.table
        # the same months of the year before are as many as those after the change
        grows = window.seen_to >= self.review or (name == "before" and window.seen_to < self.change)
        late = max(0, window.seen_to - table.end)
        first = int(table.entered.min())
        starts = max(window.since - late, first)
        ends = max(window.ends - late, starts + DAY)
        stand_in = Window(starts, ends, window.seen_from, max(window.seen_to - late, ends))
        side = LogSide(self.whole, stand_in, self.asked.design, among)
        if not late:
            return Stretch(name, side, side.arm.n, grows)
        if self.asked.design == "all_open_work":
            return Stretch(name, side, side.arm.n * (window.ends - window.since) / (ends - starts), grows)
        known = self._entered(among, window.since, min(window.ends, table.end))
        to_come = self.per_day(among) * max(0, window.ends - max(window.since, table.end)) / DAY
        return Stretch(name, side, known + to_come, grows)

    def _entered(self, among: Ints | None, starts: int, ends: int) -> int:
        entered = self.whole.table.entered if among is None else self.whole.table.entered[among]
        return int(((entered >= starts) & (entered < ends)).sum())

    def per_day(self, among: Ints | None) -> float:
        """How many cases begin a day, in the last year."""
        table = self.whole.table
        since = max(int(table.entered.min()), table.end - YEAR * DAY)
        return self._entered(among, since, table.end) * DAY / max(table.end - since, DAY)

    def measured(self, key: str) -> tuple[Quantity, ...] | Lacking:
        """A KPI in each arm, over one horizon."""
        card, asked = load_kpis()[key], self.asked.horizon_days
        found: list[Measured] = [measured(card, arm.side.observed(asked)) for arm in self.arms]
        days = {each.horizon_days for each in found if isinstance(each, Quantity)}
        if len(days) > 1:
            found = [measured(card, arm.side.observed(min(days))) for arm in self.arms]
        lacking = next((each for each in found if isinstance(each, Lacking)), None)
        return lacking or tuple(each for each in found if isinstance(each, Quantity))

    def baseline(self, key: str) -> Measured:
        """A KPI of the pilot's cases up to the change, over the horizon of the review where it will carry one."""
        card, then = load_kpis()[key], self.measured(key)
        horizon = then[0].horizon_days if isinstance(then, tuple) else self.asked.horizon_days
        found = measured(card, self.known.observed(horizon or None))
        return measured(card, self.known.observed(None)) if isinstance(found, Lacking) and horizon else found

    @cached_property
    def known(self) -> LogSide:
        """All that is known of the pilot before the change."""
        table = self.whole.table
        first = int(table.entered.min())
        window = Window(first, max(first + DAY, min(self.change, table.end)))
        return LogSide(self.whole, window, "new_cases", self.pilot)

    def mix_part(self, key: str) -> float:
        """What holding the mix equal makes of the error."""
        if not self.asked.adjust_for:
            return 1.0
        question = Question((key,), (key,), self.asked.design, self.asked.adjust_for, horizon=self.asked.horizon_days)
        found = LogStudy((self.arms[0].side, self.arms[1].side), question).compared(key)
        if found.difference is None or found.crude is None or not found.crude.error:
            return 1.0
        return found.difference.error / found.crude.error

    def can_answer(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Those of the KPIs that the log can answer, in their order."""
        return tuple(key for key in keys if isinstance(measured(load_kpis()[key], self.known.observed(None)), Quantity))


def unit_of(card: KpiCard, calendar: str) -> str:
    """The unit of a card on a clock."""
    return "working_days" if card.unit == "days" and calendar else card.unit


def rehearsal_of_wave(log: EventLog, asked: Asked) -> Rehearsal:
    """The first wave of a roll-out against all whose turn comes later, up to the second wave or the review."""
    begun = sorted(asked.waves, key=lambda pair: (pair[1], pair[0]))
    value, day = begun[0]
    whole = Options(calendar=asked.calendar or None).ready(log)
    others = sorted({str(each) for each in whole.values(asked.wave_column).tolist() if each not in ("", value)}
                    - {other for other, first in begun if first <= day})
    until = min([first for _, first in begun if first > day], default=asked.review_on)
    control = (asked.wave_column, tuple(others)) if others else None
    return Rehearsal(log, replace(asked, change=day, review_on=min(until, asked.review_on), kind="change",
                                  pilot=(asked.wave_column, (value,)), control=control))
