"""How long cases take: closed ones by the days they took, open ones by their age now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..log.event_log import EventLog
from ..log.pictured import CaseDays
from .observed import case_clock
from .spells import DAY
from .survival import remaining

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BARS, TAIL = 28, 0.97
_WIDTHS = (1 / 1440, 5 / 1440, 10 / 1440, 0.5 / 24, 1 / 24, 2 / 24, 3 / 24, 0.25, 0.5, 1, 2, 5, 7, 10, 14, 20, 30, 50,
           60, 90, 100, 180, 200, 365, 730, 1000)


def case_days(log: EventLog) -> CaseDays:
    """The distribution of case durations: at_least_days, under_days, closed, open.

    Bars are equally wide and say their days in round numbers; the last one, without an end, holds the longest. Where
    nothing says which cases are over, all cases are told by their first and last record. Law: closed + open = cases."""
    import numpy as np
    import pandas as pd

    steps = log.tables.steps()
    days = (steps.left - steps.entered) / DAY
    over = steps.closed if steps.known else np.ones(steps.cases, dtype=bool)
    edges = _edges(days)
    place = np.minimum(np.searchsorted(edges, days, side="right") - 1, len(edges) - 1)
    closed, still = (np.bincount(place[part], minlength=len(edges)) for part in (over, ~over))
    table = pd.DataFrame({"at_least_days": edges, "under_days": np.append(edges[1:], np.nan), "closed": closed,
                          "open": still}).head(len(edges) if steps.cases else 0)
    why = "closing_unknown"
    half: tuple[float | None, float | None, float | None] = (None, None, None)
    if steps.known and steps.cases:
        found = remaining("", case_clock(steps))
        half = (found.median, found.low, found.high)
        why = "too_young" if found.curve is None else "not_half" if found.median is None else ""
    return CaseDays(table, steps.cases, "", known=steps.known, median=half[0], median_low=half[1],
                    median_high=half[2], why_no_median=why)


def _edges(days: Floats) -> Floats:
    """Round bars of one width that hold all but the longest few in about BARS of them."""
    import numpy as np

    most = float(np.quantile(days, TAIL)) if len(days) else 0.0
    width = next((width for width in _WIDTHS if most / width <= BARS), _WIDTHS[-1])
    found: Floats = width * np.arange(int(most / width) + 2, dtype=float)
    return found
