"""A control chart: single values with their limits, and under them the moving ranges with theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.pictured import Control
from ..words import say
from ..words.numbers import count, percent
from .drawing import ACCENT, MUTED, PAPER, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks
from .panel import SMALL, Panel, value_axis
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _VALUES, _RANGES, _LIMIT, _RUN = 30.0, 220.0, 110.0, "#b3471d", "#8b68b8"


@dataclass(frozen=True)
class _Row:
    label: Label
    value: float
    range: float
    outside: bool
    jump: bool
    run: bool


def control_chart(found: Control, *, lang: str = "zh") -> Drawing:
    """Hollow points set the limits; rings: outside; squares: in a run of eight on one side; below the ranges."""
    title = say(f"pictures.control_title_{found.measure or 'own'}", lang, within=found.within)
    rows = [_Row(readable(label, lang, longest=8), float(value), float(moved), bool(out), bool(jump), bool(run))
            for label, value, moved, out, jump, run in found.table[
                ["start", "value", "moving_range", "outside", "jump", "run"]].itertuples(index=False, name=None)]
    if not rows:
        return nothing("control", title, lang, said=True)
    with style():
        figure = _draw(found, rows, title, lang)
    return Drawing(figure, _words(found, rows, title, lang), "control")


def _draw(found: Control, rows: Sequence[_Row], title: str, lang: str) -> Figure:
    per = say(f"pictures.cohort_{found.per}", lang) if found.per else ""
    subtitle = say("pictures.control_subtitle" if found.measure else "pictures.control_subtitle_own", lang, per=per)
    kinds = ("baseline", "new", "limits", "outside", "run")
    keys = [(kind, say(f"pictures.control_key_{kind}", lang)) for kind in kinds]
    left, step = _MARGIN + 56, min(34.0, max(9.0, 760.0 / len(rows)))
    plot = max(step * len(rows), 420.0)
    width = max(left + plot + 96, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)),
                2 * _MARGIN + sum(measure(text, SMALL) + 46 for _, text in keys))
    figure, axes = page(width, 158 + _VALUES + 46 + _RANGES + 52)
    heading(axes, width, title, subtitle)
    _legend(axes, keys)
    upper = Panel(Box(left, 158, left + plot, 158 + _VALUES), -0.5, len(rows) - 0.5, *_ends(found, rows))
    top = upper.box.bottom + 46
    most = max(found.range_high, *(row.range for row in rows if not math.isnan(row.range))) * 1.08 or 1.0
    lower = Panel(Box(left, top, left + plot, top + _RANGES), upper.x0, upper.x1, 0.0, most)
    write(axes, _MARGIN, 140, say("pictures.control_values", lang), size=SMALL, colour=MUTED)
    write(axes, _MARGIN, top - 16, say("pictures.control_ranges", lang), size=SMALL, colour=MUTED)
    for panel, centre, ends in ((upper, found.centre, (found.low, found.high)),
                                (lower, found.range_centre, (found.range_high,))):
        value_axis(axes, panel, said=lambda value: _said(found, value), most=5)
        _limits(axes, panel, found, (*ends, centre), centre)
    _values(axes, upper, found, rows)
    _ranges(axes, lower, rows)
    _labels(axes, lower, rows)
    return figure


def _ends(found: Control, rows: Sequence[_Row]) -> tuple[float, float]:
    values = [found.low, found.high, *(row.value for row in rows)]
    low, high = min(values), max(values)
    air = 0.06 * (high - low) or 0.5
    return (0.0 if found.measure and low - air < 0.3 * high else low - air), high + air


def _said(found: Control, value: float) -> str:
    if found.measure in ("closed", "won"):
        return f"{100 * value:.3g}%"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _legend(axes: Axes, keys: Sequence[tuple[str, str]]) -> None:
    x = _MARGIN
    for kind, text in keys:
        if kind == "limits":
            axes.plot([x, x + 20], [108, 108], color=_LIMIT, linewidth=1.1, linestyle=(0, (5, 3)))
        else:
            _dot(axes, x + 10, 108, hollow=kind == "baseline", run=kind == "run", ring=kind == "outside")
        write(axes, x + 26, 108, text, size=SMALL, colour=MUTED)
        x += measure(text, SMALL) + 46


def _dot(axes: Axes, x: float, y: float, *, hollow: bool, run: bool = False, ring: bool = False) -> None:
    colour = _RUN if run else ACCENT
    axes.plot([x], [y], marker="s" if run else "o", markersize=6, markerfacecolor=PAPER if hollow else colour,
              markeredgecolor=colour, markeredgewidth=1.4, linestyle="none", zorder=4)
    if ring:
        axes.plot([x], [y], marker="o", markersize=13, markerfacecolor="none", markeredgecolor=_LIMIT,
                  markeredgewidth=1.5, linestyle="none", zorder=5)


def _limits(axes: Axes, panel: Panel, found: Control, marks: Sequence[float], centre: float) -> None:
    """Lines across, their values at the right, kept apart."""
    at = math.inf
    for value in sorted(marks):
        y = float(panel.y(value))
        axes.plot([panel.box.left, panel.box.right], [y, y], color=_LIMIT, linewidth=1.1, zorder=2,
                  linestyle="solid" if value == centre else (0, (5, 3)))
        at = min(at - 14, y)
        write(axes, panel.box.right + 10, at, _said(found, value), size=SMALL, colour=_LIMIT)


def _values(axes: Axes, panel: Panel, found: Control, rows: Sequence[_Row]) -> None:
    axes.plot([panel.x(n) for n in range(len(rows))], [panel.y(row.value) for row in rows], color=MUTED, linewidth=0.9,
              zorder=3)
    for n, row in enumerate(rows):
        _dot(axes, panel.x(n), panel.y(row.value), hollow=n < found.baseline, run=row.run, ring=row.outside)


def _ranges(axes: Axes, panel: Panel, rows: Sequence[_Row]) -> None:
    known = [(n, row) for n, row in enumerate(rows) if not math.isnan(row.range)]
    axes.plot([panel.x(n) for n, _ in known], [panel.y(row.range) for _, row in known], color=MUTED, linewidth=0.9,
              marker="o", markersize=3.6, zorder=3)
    for n, row in known:
        if row.jump:
            _dot(axes, panel.x(n), panel.y(row.range), hollow=False, ring=True)


def _labels(axes: Axes, panel: Panel, rows: Sequence[_Row]) -> None:
    """The names of the rows where there is room for them."""
    widest = max(measure(row.label.text, SMALL) for row in rows) + 14
    every = max(1, math.ceil(widest / (panel.x(1) - panel.x(0))))
    for n in range(0, len(rows), every):
        x = panel.x(n)
        axes.plot([x, x], [panel.box.bottom, panel.box.bottom + 4], color=MUTED, linewidth=0.8)
        write(axes, x, panel.box.bottom + 16, rows[n].label.text, size=SMALL, colour=MUTED, align="center")


def _words(found: Control, rows: Sequence[_Row], title: str, lang: str) -> str:
    comma = say("compared.list_comma", lang)
    said = [title]
    if found.measure:
        said.append(say("pictures.control_words_cohorts", lang, rows=len(rows), cases=count(found.n),
                        within=found.within, young=found.young, per=say(f"pictures.unit_{found.per}", lang)))
    said.append(say("pictures.control_words_limits", lang, rows=len(rows), baseline=found.baseline,
                    centre=_said(found, found.centre), low=_said(found, found.low), high=_said(found, found.high),
                    range=_said(found, found.range_high)))
    for kind in ("outside", "jump", "run"):
        which = [row.label.full for row in rows if getattr(row, kind)]
        if which:
            said.append(say(f"pictures.control_words_{kind}", lang, n=len(which), which=comma.join(which[:12])))
    if not any(row.outside or row.jump or row.run for row in rows):
        said.append(say("pictures.control_words_quiet", lang))
    said.append(say("pictures.control_words_alarm", lang, rows=len(rows), chance=percent(found.false_alarm)))
    return "\n".join([*said, *remarks((row.label for row in rows), lang)])
