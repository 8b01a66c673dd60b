"""Colours and their names, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .drawing import rounded, write
from .fonts import measure
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEGEND_ROW, _SIZE = 24.0, 10.5
Rows = list[list[tuple[str, str, float]]]


def legend_rows(entries: Iterable[tuple[str, str]], width: float, *, margin: float = 30.0) -> Rows:
    """Names and colours with the x where each begins, broken into rows that fit a width."""
    rows: Rows = []
    x = width
    for name, colour in entries:
        need = 42 + measure(name, _SIZE)
        if x + need > width - margin:
            rows.append([])
            x = margin
        rows[-1].append((name, colour, x))
        x += need
    return rows


def legend(axes: Axes, rows: Rows, middle: float) -> None:
    """Draw the rows, the first around the height `middle`."""
    for i, row in enumerate(rows):
        y = middle + i * LEGEND_ROW
        for name, colour, x in row:
            rounded(axes, Box(x, y - 6, x + 15, y + 6), colour)
            write(axes, x + 22, y, name, size=_SIZE)
