"""Bars and lines in print."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...charts.fonts import measure
from ...charts.shapes import Box
from .blocks import ChartBlock
from .fitting import lines
from .looks import LINE, PALE, SERIES
from .native_chart import labels, scale

if TYPE_CHECKING:
    from .pdf_file import Press

_SIZE, _LONGEST = 11.0, 160


def draw_chart(press: Press, box: Box, block: ChartBlock, lang: str) -> None:
    """A chart in a box, with the same numbers as its editable twin."""
    top = box.top + (18 if len(block.series) > 1 else 0)
    if len(block.series) > 1:
        x = box.left
        for number, series in enumerate(block.series):
            press.fill(Box(x, box.top + 3, x + 10, box.top + 13), SERIES[number % len(SERIES)])
            press.line_of_text(x + 14, box.top, series.name, _SIZE, "ink")
            x += 34 + measure(series.name, _SIZE) * 1.1
    inside = Box(box.left, top, box.right, box.bottom)
    if block.kind == "bar":
        _lying(press, inside, block, lang)
    else:
        _standing(press, inside, block, lang)


def _tick(value: float, block: ChartBlock) -> str:
    return f"{100 * value:g}%" if block.percent else f"{value:,g}"


def _lying(press: Press, box: Box, block: ChartBlock, lang: str) -> None:
    names = labels(block, lang)
    room = min(0.45 * (box.right - box.left), max((measure(name, _SIZE) for name in names), default=0) * 1.08 + 10)
    left, right, bottom = box.left + room, box.right - 10, box.bottom - 34
    low, high, ticks = scale(block)

    def at(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    tall = (bottom - box.top) / max(1, len(names))
    thick = tall * 0.68 / len(block.series)
    for tick in ticks:
        press.rule((at(tick), box.top), (at(tick), bottom), LINE)
        press.line_of_text(at(tick) - 30, bottom + 2, _tick(tick, block), 10, "muted", width=60, align="C")
    press.line_of_text(left, bottom + 17, block.unit, 10, "muted", width=right - left, align="C")
    for place, name in enumerate(names):
        middle = box.top + (place + 0.5) * tall
        press.line_of_text(box.left, middle - 0.68 * _SIZE, _cut(name, room - 8), _SIZE, "ink", width=room - 8,
                           align="R")
        for number, series in enumerate(block.series):
            value, y = series.values[place], middle + (number - len(block.series) / 2) * thick
            if value is None:
                continue
            press.fill(Box(at(min(0.0, value)), y, at(max(0.0, value)), y + thick), _colour(block, number, place))
            for one, other in _ends(series.lows, series.highs, place):
                press.rule((at(one), y + thick / 2), (at(other), y + thick / 2), "ink", 1)
                for end in (one, other):
                    press.rule((at(end), y + thick / 2 - 3), (at(end), y + thick / 2 + 3), "ink", 1)


def _standing(press: Press, box: Box, block: ChartBlock, lang: str) -> None:
    low, high, ticks = scale(block)
    left, right, bottom, top = box.left + 60, box.right - 10, box.bottom - 22, box.top + 16

    def at(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low)

    press.line_of_text(box.left, box.top, block.unit, 10, "muted")
    for tick in ticks:
        press.rule((left, at(tick)), (right, at(tick)), LINE)
        press.line_of_text(box.left, at(tick) - 7, _tick(tick, block), 10, "muted", width=54, align="R")
    wide = (right - left) / max(1, len(block.categories))
    step = max(1, math.ceil(len(block.categories) * 52 / (right - left)))
    for place, name in enumerate(labels(block, lang)):
        if place % step == 0:
            press.line_of_text(left + place * wide - 20, bottom + 3, _cut(name, wide * step + 40), 10, "muted",
                               width=wide + 40, align="C")
    for number in range(len(block.series)):
        _drawn(press, block, number, left, wide, at)


def _drawn(
    press: Press, block: ChartBlock, number: int, left: float, wide: float, at: Callable[[float], float],
) -> None:
    series, before, colour = block.series[number], None, SERIES[number % len(SERIES)]
    thick = wide * 0.68 / len(block.series)
    for place, value in enumerate(series.values):
        if value is None:
            before = None
            continue
        x = left + (place + 0.5) * wide
        if block.kind == "line":
            if before is not None:
                press.rule(before, (x, at(value)), colour, 2)
            press.fill(Box(x - 2.5, at(value) - 2.5, x + 2.5, at(value) + 2.5), colour, radius=2.4)
            before = x, at(value)
        else:
            x += (number - len(block.series) / 2) * thick
            press.fill(Box(x, at(max(0.0, value)), x + thick, at(min(0.0, value))), _colour(block, number, place))
            x += thick / 2
        for one, other in _ends(series.lows, series.highs, place):
            press.rule((x, at(one)), (x, at(other)), "ink", 1)


def _ends(
    lows: tuple[float | None, ...], highs: tuple[float | None, ...], place: int,
) -> Iterator[tuple[float, float]]:
    if place < len(lows) and lows[place] is not None and highs[place] is not None:
        yield lows[place], highs[place]  # type: ignore[misc]


def _colour(block: ChartBlock, number: int, place: int) -> str:
    if block.marked is None or block.marked == place:
        return SERIES[number % len(SERIES)]
    return PALE


def _cut(text: str, width: float) -> str:
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    while len(lines(text, _SIZE, width)) > 1:
        text = text.removesuffix("…")[:-1] + "…"
    return text
