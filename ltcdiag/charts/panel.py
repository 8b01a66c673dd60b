"""A panel with two scales on a sheet, and the marks on its sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .drawing import HAIRLINE, MUTED, write
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 10.5
_ROUND = (1, 2, 5, 10)
_EPOCH = date(1970, 1, 1)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_DAYS = (1, 2, 7, 14)
_DATE_WIDE = 58.0


@dataclass(frozen=True)
class Panel:
    """box: where it stands on the sheet. x0 to x1: values from its left to its right; y0 to y1: from bottom to top.
    Values may be numbers or arrays of them."""

    box: Box
    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: Any) -> Any:
        """Where a value stands from left to right."""
        return self.box.left + (self.box.right - self.box.left) * (value - self.x0) / (self.x1 - self.x0)

    def y(self, value: Any) -> Any:
        """Where a value stands from top to bottom."""
        return self.box.bottom - (self.box.bottom - self.box.top) * (value - self.y0) / (self.y1 - self.y0)


def round_steps(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from low to high, at most `most` + 1 of them."""
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(k * power for k in (*_ROUND, 20) if (high - low) / (k * power) <= most)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def plain(value: float) -> str:
    """A mark of a scale: as few signs as it needs, thousands parted."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.3g}"


def value_axis(axes: Axes, panel: Panel, *, said: Callable[[float], str] = plain, most: int = 6,
               whole: bool = False) -> None:
    """Marks and hairlines at round values, names to the left. whole: whole numbers only."""
    for value in round_steps(panel.y0, panel.y1, most):
        if whole and value != round(value):
            continue
        y = panel.y(value)
        axes.plot([panel.box.left, panel.box.right], [y, y], color=HAIRLINE, linewidth=0.6, zorder=1)
        write(axes, panel.box.left - 8, y, said(value), size=SMALL, colour=MUTED, align="right")


def number_axis(axes: Axes, panel: Panel, *, said: Callable[[float], str] = plain, most: int = 8) -> None:
    """Marks at round values under a panel."""
    for value in round_steps(panel.x0, panel.x1, most):
        x = panel.x(value)
        axes.plot([x, x], [panel.box.bottom, panel.box.bottom + 4], color=MUTED, linewidth=0.8)
        write(axes, x, panel.box.bottom + 15, said(value), size=SMALL, colour=MUTED, align="center")


def day_number(day: date | datetime) -> float:
    """Days since 1970, the time of the day as a part."""
    if isinstance(day, datetime):
        return (day.date() - _EPOCH).days + (day.hour * 3600 + day.minute * 60 + day.second) / 86_400
    return float((day - _EPOCH).days)


def date_axis(axes: Axes, panel: Panel) -> None:
    """Marks at the beginning of days, weeks, months or years under a panel whose x counts days since 1970."""
    for number, text in date_marks(panel):
        x = panel.x(number)
        axes.plot([x, x], [panel.box.bottom, panel.box.bottom + 4], color=MUTED, linewidth=0.8)
        write(axes, x, panel.box.bottom + 15, text, size=SMALL, colour=MUTED, align="center")


def date_marks(panel: Panel) -> list[tuple[float, str]]:
    """The marks that have room, with their texts."""
    room = max(1, int((panel.box.right - panel.box.left) / _DATE_WIDE))
    first, last = (_EPOCH + timedelta(days=math.floor(end)) for end in (panel.x0, panel.x1))
    for step in _DAYS:
        if (panel.x1 - panel.x0) / step <= room:
            days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
            chosen = [day for day in days if (day - date(2018, 1, 1)).days % step == 0]
            return _inside(panel, ((day, f"{day.isoformat()}" if step > 1 else f"{day:%m-%d}") for day in chosen))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    every = next((step for step in _MONTHS if months / step <= room), _MONTHS[-1])
    begin = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)
             if ((year * 12 + month - 1) % every == 0)]
    return _inside(panel, ((day, f"{day:%Y}" if every >= 12 else f"{day:%Y-%m}") for day in begin))


def _inside(panel: Panel, marks: Iterator[tuple[date, str]]) -> list[tuple[float, str]]:
    return [(number, text) for day, text in marks if panel.x0 - 1e-9 <= (number := day_number(day)) <= panel.x1 + 1e-9]
