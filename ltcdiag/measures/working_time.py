"""The steps of a log on the working clock, where every measure counts working days without knowing it.

Moments move so that a working day takes the 24 hours of a day and nights, weekends and holidays take none. The as-of
moment stays where it is, whatever calendar a case has, so that cases of several regions keep one as-of moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..log.calendar import WorkCalendar
from ..log.steps import NO_TIME, Steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_MOMENTS = ("started", "ended", "entered", "left")


def on_calendar(steps: Steps, calendar: WorkCalendar) -> Steps:
    """The steps with all their moments on the working clock of a calendar: one working day is one day of it.

    Raises InputError where the times run over more years than a calendar spans. Laws: between two moments lie as many
    days as `calendar.working_days` says (to a microsecond); order and ties stay, and what lies in one night or on
    one weekend comes to one moment; a start that is missing stays missing.
    """
    return _moved(steps, {name: calendar.on_clock(_known(getattr(steps, name), steps), anchor=steps.as_of)
                          for name in _MOMENTS})


def on_calendars(steps: Steps, calendars: tuple[WorkCalendar, ...], of_case: Ints) -> Steps:
    """The same where cases have calendars of their own. of_case: place in `calendars` of each case."""
    import numpy as np

    moved = {name: getattr(steps, name).copy() for name in _MOMENTS}
    for place in np.unique(of_case).tolist():
        for name in _MOMENTS:
            case = np.arange(steps.cases) if name in ("entered", "left") else steps.case
            rows = np.flatnonzero(of_case[case] == place)
            values = _known(getattr(steps, name), steps)[rows]
            moved[name][rows] = calendars[place].on_clock(values, anchor=steps.as_of)
    return _moved(steps, moved)


def _known(moments: Ints, steps: Steps) -> Ints:
    """The moments; missing ones as the as-of moment, so that no calendar is asked for the years of nothing."""
    import numpy as np

    known: Ints = np.where(moments == NO_TIME, steps.as_of, moments)
    return known


def _moved(steps: Steps, moved: dict[str, Any]) -> Steps:
    import numpy as np

    started = np.where(steps.started == NO_TIME, NO_TIME, moved["started"])
    return replace(steps, **{**moved, "started": started})
