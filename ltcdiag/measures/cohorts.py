"""A measure of the cases that began in the same week or month, each followed equally long, on a control chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..domain.kpis import StageSet, load_kpis
from ..domain.stages import load_stages
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.pictured import Control
from ..log.steps import Steps
from ..stats.case_clock import ROUND_DAYS
from ..stats.control import control_limits
from ..stats.monitoring import LEAST_BASELINE
from ..words import current, say
from .periods import PER, check_choice, edges_of, on_wall
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MEASURES = ("days", "closed", "won")
LEAST_CASES = 5
"""A week or month with fewer cases says nothing of its own."""
BASELINE_SHARE = 2 / 3


def control(
    source: EventLog | Mapping[str, float], *, measure: str = "days", per: str = "", within: int = 0, baseline: int = 0,
) -> Control:
    """A control chart (XmR) of cohorts by start: start, cases, value, moving_range, outside, jump, run.

    measure: days (mean days open within the first `within` days), closed or won (share within them). All cases of a
    cohort are followed for the whole of it, so a young cohort is not shown rather than shown as quick; averages by the
    day of closing would rise at the beginning of every log. within: by default the longest round number of days that
    leaves three quarters of the cases. per: week or month, by default weeks where they have 5 cases. baseline: how many
    rows set the limits, by default two thirds, at least 8. source: a log, or values of your own by label.
    Raises InputError where nothing says which cases are over (or won), for other words, and for fewer than 8 rows."""
    if isinstance(source, Mapping):
        return _given(source, baseline)
    check_choice(measure, MEASURES)
    steps = source.tables.steps()
    if not steps.known:
        raise InputError(say("pictures.closing_unknown", current()),
                         fix=say("differences.closing_unknown_fix", current()))
    if not steps.cases:
        _too_few(0)
    within = within or _within(steps)
    per = per or _period(source, steps)
    check_choice(per, PER)
    labels, cases, values, young = _cohorts(source, steps, measure, per, within)
    return _limited(labels, cases, values, baseline, measure=measure, per=per, within=within, young=young,
                    n=int(sum(cases)))


def _given(source: Mapping[str, float], baseline: int) -> Control:
    import numpy as np

    values = np.array([float(value) for value in source.values()])
    if not np.isfinite(values).all():
        raise InputError(say("pictures.no_number", current(), n=int((~np.isfinite(values)).sum())))
    return _limited([str(label) for label in source], [1] * len(values), values, baseline, n=len(values))


def _limited(labels: list[str], cases: list[int], values: Floats, baseline: int, *, n: int, measure: str = "",
             per: str = "", within: int = 0, young: int = 0) -> Control:
    import numpy as np
    import pandas as pd

    rows = len(values)
    size = baseline or max(LEAST_BASELINE, int(np.ceil(BASELINE_SHARE * rows)))
    if rows < LEAST_BASELINE or not LEAST_BASELINE <= size <= rows:
        _too_few(min(size, rows))
    ends = {"days": (0.0, float(within)), "closed": (0.0, 1.0), "won": (0.0, 1.0)}.get(measure, (-np.inf, np.inf))
    found = control_limits(values, baseline=size, least=ends[0], most=ends[1])
    ranges = np.append(np.nan, np.abs(np.diff(values)))
    table = pd.DataFrame({"start": labels, "cases": cases, "value": values, "moving_range": ranges,
                          "outside": found.outside, "jump": found.jump, "run": found.run})
    return Control(table, n, "", measure=measure, per=per, within=within, baseline=size, centre=found.centre,
                   low=found.low, high=found.high, range_centre=found.range_centre, range_high=found.range_high,
                   false_alarm=found.false_alarm, young=young)


def _too_few(rows: int) -> None:
    raise InputError(say("pictures.few_values", current(), n=rows, least=LEAST_BASELINE),
                     fix=say("pictures.few_values_fix", current()))


def _within(steps: Steps) -> int:
    """The longest round number of days for which three quarters of the cases could be followed; it looks at that alone,
    never at how long cases took."""
    import numpy as np

    usual = float(np.quantile((steps.as_of - steps.entered) / DAY, 0.25))
    return max((days for days in ROUND_DAYS if days <= usual), default=ROUND_DAYS[0])


def _period(log: EventLog, steps: Steps) -> str:
    """Weeks where three in four of them have enough cases and there are not too many, else months."""
    import numpy as np

    edges = _edges(log, steps, "week")
    number = np.histogram(on_wall(steps.entered, log.timezone).asi8, edges.asi8)[0]
    return "week" if len(number) <= 80 and float(np.mean(number >= LEAST_CASES)) >= 0.75 else "month"


def _edges(log: EventLog, steps: Steps, per: str) -> pd.DatetimeIndex:
    times = on_wall(steps.entered, log.timezone)
    return edges_of(times.min(), times.max(), per)


def _cohorts(log: EventLog, steps: Steps, measure: str, per: str, within: int,
             ) -> tuple[list[str], list[int], Floats, int]:
    """The cohorts that can be followed for so long and have enough cases; and how many are too young."""
    import numpy as np

    edges = _edges(log, steps, per)
    entered = on_wall(steps.entered, log.timezone)
    place = np.searchsorted(edges.to_numpy(), entered.to_numpy(), side="right") - 1
    value = _values(log, steps, measure, within)
    last = on_wall(np.array([steps.as_of]), log.timezone)[0]
    old = np.asarray((last - edges[1:]).total_seconds() / 86_400 >= within)
    whole = np.append(edges[0] >= entered.min().normalize(), np.ones(len(edges) - 2, dtype=bool))
    number = np.bincount(place, minlength=len(edges) - 1)
    total = np.bincount(place, weights=value, minlength=len(edges) - 1)
    rows = np.flatnonzero(old & whole & (number >= LEAST_CASES))
    names = [f"{edges[row]:%Y-%m-%d}" for row in rows]
    return names, number[rows].tolist(), total[rows] / number[rows], int((~old & (number > 0)).sum())


def _values(log: EventLog, steps: Steps, measure: str, within: int) -> Floats:
    """What each case adds to the mean of its cohort."""
    import numpy as np

    days = (steps.left - steps.entered) / DAY
    if measure == "days":
        found: Floats = np.minimum(days, within)
        return found
    if measure == "closed":
        return (steps.closed & (days <= within)).astype(float)
    goal: StageSet = load_kpis()["win_rate"].parameters["goal"]
    keys = goal.keys(load_stages())
    labels = np.array([log.stages.get(label) in keys for label in steps.labels], dtype=bool)
    if not labels.any():
        raise InputError(say("differences.no_wins", current()), fix=say("differences.no_main_stages_fix", current()))
    rows = np.flatnonzero(labels[steps.label])
    rows = rows[(steps.ended[rows] - steps.entered[steps.case[rows]]) / DAY <= within]
    won = np.zeros(steps.cases)
    won[steps.case[rows]] = 1.0
    return won
