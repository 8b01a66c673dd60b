"""Which windows of time a change is judged by."""

from __future__ import annotations

from .arms import Window
from .clock_table import DAY, OPEN, ClockTable

YEAR = 365 * DAY
TOLERANCE = 16 * DAY
"""A first case up to half a month after the window begins still counts as having seen it."""


def around(table: ClockTable, change: int, *, seen_from: int | None, has_control: bool) -> tuple[Window, Window]:
    """The windows before and after a change.

    After: from the change to the last moment seen. Before: the same months a year earlier where the history reaches
    back so far, because a season is no effect; whole years where the window after holds one; with a control, which has
    seen the same seasons, or where the history is too short, everything before the change.
    """
    first = int(table.entered.min()) if seen_from is None else max(int(table.entered.min()), seen_from)
    seen = OPEN if seen_from is None else seen_from
    after = Window(change, table.end, seen)
    length = table.end - change
    begins = change - YEAR
    if not has_control and length < YEAR and first <= begins + TOLERANCE:
        return Window(begins, begins + length, seen), after
    if length >= YEAR and first <= change - YEAR:
        years = (change - first) // YEAR
        return Window(change - min(years, length // YEAR) * YEAR, change, seen), after
    return Window(min(int(table.entered.min()), change), change, seen), after
