"""Which sides a comparison has: two periods of a log, a change, two groups, two exports, or wave after wave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ..domain.kpis import load_kpis
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.period import Period
from ..stats.arms import DESIGNS, Window
from ..stats.clock_table import ClockTable, day_text
from ..stats.effects import MOST_PRIMARY, Caution
from ..stats.guards import truncated_since
from ..stats.windows import around
from ..words import current, say
from .compared_log import ComparedLog
from .comparing import LogSide, LogStudy, Question
from .comparison import Comparison
from .quantity import LEAST_CASES
from .working_time import Calendars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

Moment = str | date | datetime
Periods = Period | str | tuple[Moment, Moment]
Control = tuple[str, Any]


@dataclass(frozen=True)
class Options:
    """What all comparisons share. kpi: a key of the cards, or several; empty = all. primary: at most three of them, the
    questions asked beforehand (default: the first). design: new_cases or all_open_work. adjust_for: columns of the
    source whose mix is held equal. cluster: column of owners. horizon_days: default the longest round one that both
    sides carry. calendar, currency, cost_of_capital: as in `kpis`. smallest_worthwhile: KPI → the smallest change that
    matters. by: a column for each of whose values the primary KPIs are compared too."""

    kpi: str | Sequence[str] = ()
    primary: str | Sequence[str] = ()
    design: str = "new_cases"
    adjust_for: str | Sequence[str] = ()
    cluster: str = ""
    horizon_days: int | None = None
    calendar: Calendars | None = None
    smallest_worthwhile: Mapping[str, float] | None = None
    currency: str | None = None
    cost_of_capital: float | None = None
    by: str | None = None

    def ready(self, log: EventLog) -> ComparedLog:
        """A log as these options want it."""
        return ComparedLog(log, self.calendar, self.currency, self.cost_of_capital)

    def question(self, **more: Any) -> Question:
        """The question, checked. Raises InputError for an unknown KPI or design, and too many primary ones."""
        cards = load_kpis()
        asked, primary = _several(self.kpi), _several(self.primary)
        named = tuple(dict.fromkeys((*primary, *(asked or cards))))
        unknown = [key for key in named if key not in cards]
        if unknown:
            raise InputError(say("compare.unknown_kpi", current(), kpi=", ".join(unknown)),
                             fix=say("engine.one_of", current(), values=", ".join(cards)))
        if self.design not in DESIGNS:
            raise InputError(say("engine.unknown_choice", current(), value=self.design),
                             fix=say("engine.one_of", current(), values=", ".join(DESIGNS)))
        if self.horizon_days is not None and self.horizon_days < 1:
            raise InputError(say("kpis.no_horizon", current(), value=self.horizon_days))
        first = primary or asked[:1] or ("days_open",)
        if len(first) > MOST_PRIMARY:
            raise InputError(say("compare.many_primary", current(), n=len(first), most=MOST_PRIMARY))
        return Question(named, first, self.design, _several(self.adjust_for), self.cluster, self.horizon_days,
                        dict(self.smallest_worthwhile or {}), every=not asked, **more)


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def compare_periods(
    log: EventLog, *, before: Periods, after: Periods, control: Control | None = None, options: Options,
) -> Comparison:
    """Cases of one period against those of an earlier one.

    Those of the earlier one are watched no longer than to the beginning of the later one, and no longer after their
    own period than those of the later one are. Raises InputError where periods overlap or hold no case."""
    whole = options.ready(log)
    first, second = (_window(whole, each) for each in (before, after))
    if second.starts < first.ends:
        raise InputError(say("compare.periods_overlap", current(), before=_told(first), after=_told(second)),
                         fix=say("compare.periods_overlap_fix", current()))
    late = max(0, whole.table.end - second.ends)
    first = replace(first, until=min(second.starts, first.ends + late))
    second = replace(second, until=whole.table.end)
    return _study(whole, first, second, control, options)


def compare_change(
    log: EventLog, *, change: Moment, observed_from: Moment | None = None, control: Control | None = None,
    options: Options,
) -> Comparison:
    """Cases after a change against those before it: against the same months a year earlier where the log reaches back
    so far. Raises InputError where the change lies outside the data."""
    whole = options.ready(log)
    table, at = whole.table, micros_of(log, change)
    first = int(table.entered.min()) if table.n else at
    if not first < at <= table.as_of:
        raise InputError(say("compare.change_outside", current(), change=day_text(at), first=day_text(first),
                             last=day_text(table.as_of)), fix=say("compare.change_outside_fix", current()))
    cut = truncated_since(table) if observed_from is None and whole.closings_known else None
    seen_from = micros_of(log, observed_from) if observed_from is not None else None if cut is None else cut + 1
    windows = around(table, at, seen_from=seen_from, has_control=control is not None)
    notes = () if cut is None else (Caution("truncated_extract", {"day": day_text(cut)}),)
    return _study(whole, *windows, control, options, notes)


def compare_groups(
    log: EventLog, *, column: str, a: str | None = None, b: str | None = None, options: Options,
) -> Comparison:
    """Cases whose column says b first against those where it says a first, in the same time. a, b: its two largest
    groups, where they are not named. Raises InputError where there are no two groups."""
    whole = options.ready(log)
    a, b = _named_groups(whole, column, a, b)
    window = Window(int(whole.table.entered.min()), whole.table.end)
    sides = [LogSide(whole, window, options.design, having(whole, column, (value,))) for value in (a, b)]
    question = options.question(changed=False, names=(str(a), str(b)), split_by=column)
    return _compared(options, (sides[0], sides[1]), question)


def compare_exports(old: EventLog, new: EventLog, *, options: Options) -> Comparison:
    """The cases of a later export, or of a later part of a log, against those of an earlier one. Cases of both count in
    the earlier one. Raises InputError where no case of the later one begins after those of the earlier one."""
    first, second = (options.ready(log) for log in (old, new))
    begun = [log.table.entered for log in (first, second)]
    starts = int(begun[1].min()) if begun[1].min() > begun[0].max() else first.table.end
    if not (begun[1] >= starts).any():
        raise InputError(say("compare.no_overlap_in_time", current()),
                         fix=say("compare.no_overlap_in_time_fix", current()))
    windows = Window(int(begun[0].min()), min(first.table.end, starts)), Window(starts, second.table.end)
    sides = LogSide(first, windows[0], options.design), LogSide(second, windows[1], options.design)
    return _compared(options, sides, options.question())


def compare_waves(
    log: EventLog, *, column: str, waves: Mapping[str, Moment], options: Options,
) -> dict[str, Comparison]:
    """A roll-out: each wave (value of the column → when it began) against the values whose own wave begins later or
    never, from its beginning to that of the first of them. The last wave has nobody left to compare with. Raises
    InputError where no wave has anybody."""
    whole = options.ready(log)
    begun = {value: micros_of(log, moment) for value, moment in waves.items()}
    found: dict[str, Comparison] = {}
    for value, at in sorted(begun.items(), key=lambda pair: pair[1]):
        others = [each for each in _known(whole, column) if each != value and begun.get(each, whole.table.end) > at]
        ends = min([begun[each] for each in others if each in begun] or [whole.table.end])
        if others:
            found[value] = _wave(whole, column, value, others, (at, ends), options)
    if not found:
        raise InputError(say("compare.no_waves", current(), column=column))
    return found


def _wave(
    whole: ComparedLog, column: str, value: str, others: Sequence[str], window: tuple[int, int], options: Options,
) -> Comparison:
    starts = max(int(whole.table.entered.min()), window[0] - (window[1] - window[0]))
    windows = (Window(starts, window[0]), Window(*window))
    treated, control = (having(whole, column, values) for values in ((value,), others))
    sides = [LogSide(whole, each, options.design, treated) for each in windows]
    reference = [LogSide(whole, each, options.design, control) for each in windows]
    return _compared(options, (sides[0], sides[1]), options.question(), (reference[0], reference[1]))


def _compared(options: Options, *parts: Any) -> Comparison:
    return Comparison.of(LogStudy(*parts), options.by or "")


def _study(
    whole: ComparedLog, first: Window, second: Window, control: Control | None, options: Options,
    notes: tuple[Caution, ...] = (),
) -> Comparison:
    import numpy as np

    among, reference = None, None
    if control is not None:
        values = control[1] if isinstance(control[1], list | tuple | set) else (control[1],)
        unchanged = having(whole, control[0], tuple(map(str, values)))
        among = np.setdiff1d(np.arange(whole.table.n), unchanged)
        reference = _sides(whole, first, second, unchanged, options)
    sides = _sides(whole, first, second, among, options)
    return _compared(options, sides, options.question(split_by=control[0] if control else ""), reference, notes)


def _sides(
    whole: ComparedLog, first: Window, second: Window, among: Ints | None, options: Options,
) -> tuple[LogSide, LogSide]:
    return LogSide(whole, first, options.design, among), LogSide(whole, second, options.design, among)


def _named_groups(whole: ComparedLog, column: str, a: str | None, b: str | None) -> tuple[str, str]:
    counts = Counter(str(value) for value in whole.values(column).tolist() if value != "")
    largest = [value for value, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    first = a if a is not None else next((value for value in largest if value != b), None)
    second = b if b is not None else next((value for value in largest if value != first), None)
    if first is None or second is None or first == second:
        raise InputError(say("compare.no_two_groups", current(), column=column))
    return first, second


def _known(whole: ComparedLog, column: str) -> list[str]:
    return sorted({str(value) for value in whole.values(column).tolist() if value != ""})


def having(whole: ComparedLog, column: str, values: Sequence[str]) -> Ints:
    """Numbers of the cases that have one of the values first. Raises InputError where there are none."""
    import numpy as np

    wanted = {str(value) for value in values}
    found = np.array([str(value) in wanted for value in whole.values(column).tolist()], dtype=bool)
    if not found.any():
        known = _known(whole, column)[:LEAST_CASES]
        fix = say("engine.one_of", current(), values=", ".join(known)) if known else say("compare.no_values", current())
        raise InputError(say("compare.no_side", current(), column=column, value=", ".join(sorted(wanted))), fix=fix)
    return np.flatnonzero(found)


def _window(whole: ComparedLog, asked: Periods) -> Window:
    """The window of a period. Raises InputError where no case begins in it."""
    period = asked if isinstance(asked, Period) else Period.parse(asked) if isinstance(asked, str) \
        else Period.between(*asked)
    window = Window(micros_of(whole.log, period.start), micros_of(whole.log, period.end))
    entered = whole.table.entered
    if not ((entered >= window.starts) & (entered < window.ends)).any():
        raise InputError(say("compare.period_outside", current(), period=_told(window), first=_first(whole.table),
                             last=day_text(whole.table.as_of)), fix=say("compare.period_outside_fix", current()))
    return replace(window, ends=min(window.ends, whole.table.end))


def _first(table: ClockTable) -> str:
    return day_text(int(table.entered.min())) if table.n else "–"


def _told(window: Window) -> str:
    return f"{day_text(window.starts)}..{day_text(window.ends - 1)}"


def micros_of(log: EventLog, moment: Moment) -> int:
    """A moment of the log's own clocks as it stands in its steps (UTC, where the zone is known)."""
    import pandas as pd

    try:
        found = pd.Timestamp(moment)
    except (TypeError, ValueError):
        raise InputError(say("compare.no_moment", current(), value=moment),
                         fix=say("compare.no_moment_fix", current())) from None
    if log.timezone is not None and found.tz is None:
        found = found.tz_localize(log.timezone, ambiguous=True, nonexistent="shift_forward")
    if found.tz is not None:
        found = found.tz_convert("UTC").tz_localize(None)
    return int(found.to_datetime64().astype("datetime64[us]").astype("int64"))


