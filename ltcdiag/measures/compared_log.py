"""A log as comparisons need it: its steps, its cases as a clock table, the columns of its source a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..domain.kpis import load_kpis
from ..domain.stages import load_stages
from ..log.event_log import EventLog
from ..log.steps import Steps
from .facts import Facts, facts_of
from .journeys import way
from .observed import Observed, observed_of
from .quantity import Lacking
from .spells import DAY
from .windows import whole_days
from .working_time import Calendars, WorkingClock, clock_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..log.calendar import WorkCalendar
    from ..stats.arms import Axis
    from ..stats.clock_table import ClockTable

    Ints = NDArray[np.signedinteger[Any]]
    Objects = NDArray[np.object_]

LEAST_NUMBERS = 12
"""A column of numbers with more different ones than this is cut at its quartiles; else its numbers are names."""


@dataclass(frozen=True, eq=False)
class ComparedLog:
    """A log with what is asked of it once. calendar: None for calendar days. currency, cost_of_capital: as in
    `kpi_table`. instead: its steps with doubtful cases taken another way."""

    log: EventLog
    calendar: Calendars | None = None
    currency: str | None = None
    cost_of_capital: float | None = None
    instead: Steps | None = None

    @cached_property
    def steps(self) -> Steps:
        """The steps of all cases."""
        return self.instead or self.log.tables.steps()

    @cached_property
    def facts(self) -> Facts:
        """Money, promised days and what came after the end, of all cases."""
        return facts_of(self.log, self.steps, currency=self.currency, cost_of_capital=self.cost_of_capital)

    @property
    def stages(self) -> Mapping[str, str | None]:
        """Activity → stage."""
        return self.log.stages

    @property
    def closings_known(self) -> bool:
        """Whether anything says which cases are over."""
        return self.steps.known

    @cached_property
    def _clock(self) -> WorkingClock | None:
        return None if self.calendar is None else clock_of(self.log, self.steps, self.calendar)

    @property
    def holidays(self) -> WorkCalendar:
        """The calendar whose holidays bend a clock of calendar days; that of every hour on a working clock."""
        from ..log.calendar import EVERY_HOUR, WorkCalendar
        from ..log.calendar_file import calendar_of

        return calendar_of(self.log.calendar) if self.calendar is None else WorkCalendar(EVERY_HOUR)

    @cached_property
    def axis(self) -> Axis:
        """The working days on which the pace of months is counted, whatever clock the indicators are on: a month with
        holidays is no bad month."""
        import numpy as np

        from ..log.calendar_file import calendar_of
        from ..stats.arms import Axis

        clock = self._clock
        if clock is None or not clock.by:
            calendar = clock.calendars[0] if clock is not None else calendar_of(self.log.calendar)
            return Axis([(calendar, np.arange(self.steps.cases))])
        return Axis([(calendar, np.flatnonzero(clock.of_case == place))
                     for place, calendar in enumerate(clock.calendars)])

    def clock_told(self) -> dict[str, str]:
        """What the working clock counts, in every language; empty for calendar days."""
        return {} if self._clock is None else self._clock.told()

    def on_clock(self, steps: Steps, cases: Ints) -> Steps:
        """Steps of some cases (their numbers in this log) on the clock that was asked for."""
        if self._clock is None:
            return steps
        clock = replace(self._clock, of_case=self._clock.of_case[cases]) if self._clock.by else self._clock
        return clock.moved(steps)

    @cached_property
    def table(self) -> ClockTable:
        """Whole cases: entered at the first record, exited where they closed."""
        import numpy as np

        from ..stats.clock_table import OPEN

        steps = self.steps
        exited = np.where(steps.closed | ~np.full(steps.cases, steps.known), steps.left, OPEN)
        return self._table(steps.entered, exited, np.full(steps.cases, "", dtype=object), self._last_activity())

    @cached_property
    def first_told(self) -> Ints:
        """The moment (µs) from which somebody could know of each case: its first finished step, though work on it had
        begun before; in a history of stages, which are recorded when they are entered, its beginning."""
        import numpy as np

        steps = self.steps
        if steps.states or not steps.has_starts:
            return steps.entered
        first = np.full(steps.cases, np.iinfo(np.int64).max)
        case, rows = np.unique(steps.case, return_index=True)
        first[case] = steps.ended[rows]
        return first

    @property
    def table_cases(self) -> Ints:
        """The number of the case of each row of the table."""
        import numpy as np

        return np.arange(self.steps.cases)

    @cached_property
    def _won(self) -> tuple[Ints, ClockTable] | None:
        import numpy as np

        from ..stats.clock_table import OPEN

        parameters = load_kpis()["win_rate"].parameters
        found = way(self.observed, **parameters)
        if isinstance(found, Lacking):
            return None
        journey = found.journey
        entered = self.steps.entered[journey.case]
        ends = entered + np.round(journey.clock.exit * DAY).astype(np.int64)
        exited = np.where(journey.clock.closed, ends, OPEN)
        outcome = np.where(journey.reached, "won", "").astype(object)
        return journey.case, self._table(entered, exited, outcome, None)

    @property
    def wins(self) -> ClockTable | None:
        """Cases that began before the contract, exited at the win or at their end; None where wins are not recorded."""
        return None if self._won is None else self._won[1]

    @property
    def win_cases(self) -> Ints:
        """The number of the case of each row of `wins`."""
        import numpy as np

        return np.array([], dtype=np.int64) if self._won is None else self._won[0]

    @cached_property
    def observed(self) -> Observed:
        """The whole log, ready for estimation."""
        return observed_of(self.steps, self.stages)

    def _table(self, entered: Ints, exited: Ints, outcome: Objects, last: Ints | None) -> ClockTable:
        import numpy as np
        import pandas as pd

        from ..stats.clock_table import ClockTable

        n = len(entered)
        empty = np.full(n, "", dtype=object)
        strata: dict[str, Any] = {} if last is None else {
            "last_activity": pd.Series(last.astype("datetime64[us]")), "reopened": pd.Series(self._reopened())}
        return ClockTable(np.arange(n).astype(object), entered, exited, outcome, empty, np.full(n, np.nan), strata,
                          self.steps.as_of, whole_days(self.steps), frozenset({"outcome"}))

    def _reopened(self) -> NDArray[np.bool_]:
        """Cases that left the chain (lost, cancelled, disqualified) and went on with a step of it."""
        import numpy as np

        chain, steps = load_stages(), self.steps
        keys = [self.stages.get(label) for label in steps.labels]
        left = np.array([key is not None and chain[key].side for key in keys], dtype=bool)
        there = np.array([key is not None and not chain[key].side and chain[key].main_stage != "relationship"
                          for key in keys], dtype=bool)
        rows = np.arange(len(steps.case))
        first_exit = np.full(steps.cases, len(rows))
        np.minimum.at(first_exit, steps.case[left[steps.label]], rows[left[steps.label]])
        found = np.zeros(steps.cases, dtype=bool)
        found[steps.case[there[steps.label] & (rows > first_exit[steps.case])]] = True
        return found

    def _last_activity(self) -> Ints:
        import numpy as np

        last = self.steps.entered.copy()
        np.maximum.at(last, self.steps.case, self.steps.ended)
        return last

    def values(self, column: str) -> NDArray[Any]:
        """The first value of each case in a column of the source, as text, "" where it has none; texts that are all
        numbers as numbers where there are many of them. The first, because what a case becomes later is told by how far
        it comes: whoever holds that equal compares the outcome with itself. Of the column of who did the work a case
        has the person of most of its steps. Raises InputError where no table has the column."""
        if column not in self._values:
            self._values[column] = self._found(column)
        return self._values[column]

    def changing(self, column: str) -> int:
        """How many cases have more than one value in the column."""
        self.values(column)
        return self._several.get(column, 0)

    @cached_property
    def _values(self) -> dict[str, NDArray[Any]]:
        return {}

    @cached_property
    def _several(self) -> dict[str, int]:
        return {}

    def _found(self, column: str) -> NDArray[Any]:
        import numpy as np
        import pandas as pd

        if column == self.log.columns.get("resource") and (self.steps.person >= 0).any():
            return self._usual_person()
        table = self.log.tables.answer("segments", column=column).table
        self._several[column] = int((np.bincount(table["case"].to_numpy(np.int64)) > 1).sum()) if len(table) else 0
        first = table.sort_values(["case", "first", "value"]).drop_duplicates("case")
        texts = np.full(self.steps.cases, "", dtype=object)
        texts[first["case"].to_numpy(np.int64)] = first["value"].astype(str).to_numpy(object)
        numbers = pd.to_numeric(pd.Series(texts[texts != ""]), errors="coerce")
        if len(numbers) and numbers.notna().all() and numbers.nunique() > LEAST_NUMBERS:
            many: NDArray[Any] = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(float)
            return many
        return texts

    def _usual_person(self) -> NDArray[Any]:
        import numpy as np
        import pandas as pd

        known = self.steps.person >= 0
        frame = pd.DataFrame({"case": self.steps.case[known], "person": self.steps.person[known]})
        most = frame.groupby("case")["person"].agg(lambda each: each.value_counts().index[0])
        found = np.full(self.steps.cases, "", dtype=object)
        found[most.index.to_numpy(np.int64)] = [f"{code}" for code in most]
        return found
