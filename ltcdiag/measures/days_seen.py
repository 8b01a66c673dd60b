"""How much was recorded, started or closed on each day, and what kind of day it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..log.calendar import EVERY_HOUR, WorkCalendar
from ..log.calendar_file import calendar_of
from ..log.event_log import EventLog
from ..log.pictured import DayCounts
from ..log.steps import Steps
from ..words import current, say
from .periods import check_choice, on_wall

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

WHAT = ("events", "started", "closed")


def day_counts(log: EventLog, *, what: str = "events", calendar: WorkCalendar | str | None = None) -> DayCounts:
    """A row a day from the first record to the as-of moment, also the days on which nothing was recorded.

    what: events (finished pieces of work in the open time of their cases), started or closed (cases). calendar: whose
    holidays and make-up days are told; that of the log without one. day, number, day_kind. Law: the numbers add up to
    n. Raises InputError for another word, and for closings where nothing says which cases are over."""
    import numpy as np
    import pandas as pd

    check_choice(what, WHAT)
    steps = log.tables.steps()
    if what == "closed" and not steps.known:
        raise InputError(say("pictures.closing_unknown", current()),
                         fix=say("differences.closing_unknown_fix", current()))
    whose = calendar_of(calendar if calendar is not None else log.calendar)
    moments = _moments(steps, what)
    if not steps.cases:
        return DayCounts(pd.DataFrame({"day": [], "number": [], "day_kind": []}), 0, "", what=what, calendar=str(whose))
    last = max(steps.as_of, int(steps.left.max()))
    span = on_wall(np.array([int(steps.entered.min()), last]), log.timezone).normalize()
    days = pd.date_range(span[0], span[1], freq="D")
    place = (on_wall(moments, log.timezone).normalize() - span[0]).days
    number = np.bincount(place, minlength=len(days))
    kinds = [day_kind(whose, day.date()) for day in days]
    guessed = whose.unannounced(days[0].year, days[-1].year)
    return DayCounts(pd.DataFrame({"day": days, "number": number, "day_kind": kinds}), int(number.sum()), "",
                     what=what, calendar=str(whose), guessed=tuple(guessed))


def _moments(steps: Steps, what: str) -> Ints:
    if what == "events":
        return steps.ended
    return steps.entered if what == "started" else steps.left[steps.closed]


def day_kind(calendar: WorkCalendar, day: date) -> str:
    """workday, weekend, holiday (off although no weekend) or make_up (worked although weekend)."""
    weekend = day.weekday() >= 5
    if calendar.country == EVERY_HOUR:
        return "weekend" if weekend else "workday"
    if calendar.is_working_day(day):
        return "make_up" if weekend else "workday"
    return "weekend" if weekend else "holiday"
