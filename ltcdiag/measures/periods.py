"""Weeks and months on the clock of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..words import current, say

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

PER = ("week", "month")
MOST_WEEKS = 120


def check_choice(value: str, known: tuple[str, ...]) -> None:
    """Raises InputError where a word is none of those that may be asked for."""
    if value not in known:
        raise InputError(say("engine.unknown_choice", current(), value=value),
                         fix=say("engine.one_of", current(), values=", ".join(known)))


def on_wall(moments: Ints, zone: str | None) -> pd.DatetimeIndex:
    """Moments (µs) as clocks on the wall show them."""
    import pandas as pd

    times = pd.DatetimeIndex(pd.to_datetime(moments, unit="us"))
    return times if zone is None else times.tz_localize("UTC").tz_convert(zone).tz_localize(None)


def usual_period(first: int, last: int) -> str:
    """Weeks, or months where there would be more than MOST_WEEKS of them."""
    return "week" if last - first <= MOST_WEEKS * 7 * 86_400_000_000 else "month"


def edges_of(first: pd.Timestamp, last: pd.Timestamp, per: str) -> pd.DatetimeIndex:
    """Where the weeks (from Monday) or months begin that hold two moments and all between, and the end of the last."""
    import pandas as pd

    step = pd.offsets.MonthBegin() if per == "month" else pd.offsets.Week(weekday=0)
    begin = step.rollback(first.normalize())
    return pd.date_range(begin, step.rollforward(last.normalize() + pd.Timedelta(days=1)), freq=step)


def counted(times: pd.DatetimeIndex, edges: pd.DatetimeIndex) -> Ints:
    """How many moments lie in each period; none lies outside."""
    import numpy as np

    place = np.searchsorted(edges.to_numpy(), times.to_numpy(), side="right") - 1
    found: Ints = np.bincount(place, minlength=len(edges) - 1).astype(np.int64)
    return found
