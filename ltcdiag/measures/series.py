"""How many cases start, close or are won by week or month: the series, its control limits, and a change in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet, load_kpis
from ..domain.stages import load_stages
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.results import Series
from ..log.steps import Steps
from ..stats.monitoring import LEAST_BASELINE, LEAST_SIDE, interrupted_series, xmr
from ..words import current, say
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

WHAT, PER = ("started", "closed", "won"), ("week", "month")
BASELINE_SHARE = 2 / 3
"""Without a change this share of the rows sets the limits."""
_MONTH_DAYS = 30
LEAST_ON_LOG = 20
"""Counts from here on are charted as logarithms; smaller ones lean too far down there."""
WARM_SHARE = 0.9
"""A log that begins on a day holds few cases old enough to close: closings are counted from the age on that this share
of them had reached."""


def monitor(log: EventLog, *, what: str = "closed", per: str = "week", change: str | date | None = None) -> Series:
    """The series of a log, whole weeks (from Monday) or months only, up to the as-of moment.

    Closings and wins are counted once the log has warmed up (WARM_SHARE). A week or month with the change inside
    counts as before. With a change the rows before it set the limits and a segmented regression says what happened
    there; without one the first two thirds do. Raises InputError for other words, an unreadable day, a change
    outside of the data, a log in which nothing says what is over (closed) or won, and fewer than 8 rows before the
    change."""
    import numpy as np

    for value, known in ((what, WHAT), (per, PER)):
        if value not in known:
            raise InputError(say("engine.unknown_choice", current(), value=value),
                             fix=say("engine.one_of", current(), values=", ".join(known)))
    steps = log.tables.steps()
    first, last = _span(steps)
    cases, moments = _moments(log, steps, what)
    warm_up = 0 if what == "started" else _warm_up(moments - steps.entered[cases], last - first)
    starts, number = _counts(moments, (first + warm_up * DAY, last), log.timezone, per)
    day = _day(change)
    usual = max(LEAST_BASELINE, int(np.ceil(BASELINE_SHARE * len(starts))))
    baseline = min(usual, len(starts)) if day is None else _place(starts, day, per)
    _check(len(starts), baseline, per)
    rate = number * _MONTH_DAYS / _lengths(starts) if per == "month" else number.astype(float)
    return _series(starts, number, rate, baseline, day, what=what, per=per, warm_up=warm_up)


def _series(
    starts: pd.DatetimeIndex, number: Ints, rate: Floats, baseline: int, day: date | None, *, what: str, per: str,
    warm_up: int,
) -> Series:
    import numpy as np
    import pandas as pd

    scale = "log" if bool((number >= LEAST_ON_LOG).all()) else "rate"
    chart = xmr(rate, baseline=baseline, scale=scale, mean_count=float(number[:baseline].mean()))
    told: dict[str, Any] = {}
    fitted = expected = np.full(len(rate), np.nan)
    if day is not None and LEAST_SIDE <= baseline <= len(rate) - LEAST_SIDE:
        found = interrupted_series(np.log(rate) if scale == "log" else rate, baseline)
        fitted, expected = (np.exp(line) if scale == "log" else line for line in (found.fitted, found.expected))
        told = {"jump": (found.level.value, found.level.low, found.level.high, found.level_p),
                "slope": (found.slope.value, found.slope.low, found.slope.high, found.slope_p)}
    table = pd.DataFrame({"start": starts, "number": number, "rate": rate, "outside": chart.outside, "fitted": fitted,
                          "expected": expected})
    return Series(
        table, int(number.sum()), "", what=what, per=per, warm_up=warm_up, baseline=baseline, scale=scale,
        centre=chart.centre, low=chart.low, high=chart.high, false_alarm=chart.false_alarm, new_alarm=chart.new_alarm,
        autocorrelation=chart.autocorrelation, change=day.isoformat() if day else "", **told)


def _warm_up(ages: Ints, span: int) -> int:
    """Days at the beginning in which the cases that close cannot all be there yet, since a log begins with cases that
    have just begun: until 90 % of the closings have the age they have, at most half of the span."""
    import numpy as np

    if not len(ages):
        return 0
    return int(min(np.quantile(ages, WARM_SHARE), span / 2) // DAY) + 1


def _moments(log: EventLog, steps: Steps, what: str) -> tuple[Ints, Ints]:
    """Cases, and when they started, closed or were won (their first step of the goal of the win rate), in µs."""
    import numpy as np

    lang = current()
    if what == "started":
        return np.arange(steps.cases), steps.entered
    if what == "closed":
        if not steps.known:
            raise InputError(say("differences.closing_unknown", lang), fix=say("differences.closing_unknown_fix", lang))
        closed = np.flatnonzero(steps.closed)
        return closed, steps.left[closed]
    goal: StageSet = load_kpis()["win_rate"].parameters["goal"]
    keys = goal.keys(load_stages())
    labels = np.array([log.stages.get(label) in keys for label in steps.labels], dtype=bool)
    if not labels.any():
        raise InputError(say("differences.no_wins", lang), fix=say("differences.no_main_stages_fix", lang))
    rows = np.flatnonzero(labels[steps.label])
    cases, first = np.unique(steps.case[rows], return_index=True)
    return cases, steps.ended[rows[first]]


def _span(steps: Steps) -> tuple[int, int]:
    """The first record and the as-of moment."""
    if not steps.cases:
        raise InputError(say("differences.few_rows", current(), n=0, per=say("compared.series_weeks", current()),
                             least=LEAST_BASELINE), fix=say("differences.few_cases_fix", current()))
    return int(steps.entered.min()), steps.as_of


def _counts(
    moments: Ints, span: tuple[int, int], zone: str | None, per: str,
) -> tuple[pd.DatetimeIndex, Ints]:
    """The whole weeks or months inside the span, and how many of the moments lie in each."""
    import numpy as np
    import pandas as pd

    first, last = _local(np.array(span), zone)
    step = pd.offsets.MonthBegin() if per == "month" else pd.offsets.Week(weekday=0)
    begin = step.rollforward(first.normalize()) if first == first.normalize() else step.rollforward(
        first.normalize() + pd.Timedelta(days=1))
    edges = pd.date_range(begin, last, freq=step)
    places = np.searchsorted(edges.to_numpy(), _local(moments, zone).to_numpy(), side="right") - 1
    number = np.bincount(places[(places >= 0) & (places < len(edges) - 1)], minlength=max(0, len(edges) - 1))
    return edges[:-1], number.astype(np.int64)


def _local(moments: Ints, zone: str | None) -> pd.DatetimeIndex:
    """Moments on the clock of the log."""
    import pandas as pd

    times = pd.DatetimeIndex(pd.to_datetime(moments, unit="us"))
    return times if zone is None else times.tz_localize("UTC").tz_convert(zone).tz_localize(None)


def _lengths(starts: pd.DatetimeIndex) -> Floats:
    import numpy as np

    return np.asarray(starts.days_in_month, dtype=float)


def _day(change: str | date | None) -> date | None:
    if change is None or isinstance(change, date):
        return change
    try:
        return date.fromisoformat(change)
    except ValueError:
        raise InputError(say("differences.no_day", current(), value=change), fix='change="2024-07-01"') from None


def _place(starts: pd.DatetimeIndex, day: date, per: str) -> int:
    """The first row that begins on or after the day; a week or month with the change inside counts as before."""
    import pandas as pd

    place = int(starts.searchsorted(pd.Timestamp(day)))
    if not 0 < place < len(starts):
        lang = current()
        if not len(starts):
            return 0
        raise InputError(say("differences.change_outside", lang, day=day.isoformat(), first=f"{starts[0]:%Y-%m-%d}",
                             last=f"{starts[-1]:%Y-%m-%d}", per=say(f"compared.series_{per}s", lang)),
                         fix=f'change="{starts[len(starts) // 2]:%Y-%m-%d}"')
    return place


def _check(rows: int, baseline: int, per: str) -> None:
    lang = current()
    if baseline < LEAST_BASELINE or rows < LEAST_BASELINE:
        raise InputError(say("differences.few_rows", lang, n=min(rows, baseline), least=LEAST_BASELINE,
                             per=say(f"compared.series_{per}s", lang)), fix=say("differences.few_rows_fix", lang))
