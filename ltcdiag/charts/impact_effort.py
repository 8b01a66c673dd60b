"""What a measure may bring against the work it takes: a column for each effort, a label for each measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..cycle.plan import Measure, Plan
from ..cycle.plan_told import gain_text
from ..domain.kpis import load_kpis
from ..words import say
from .drawing import ACCENT, HAIRLINE, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .folding import folded, height, write_lines
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _AXIS, _SIZE, _SMALL, _PAD, _GAP = 30.0, 62.0, 12.5, 10.5, 6.0, 7.0
_WIDE, _NARROW, _TALL = 236.0, 74.0, 430.0
_PALE = "#eef3f9"
EFFORTS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class _Tag:
    """A measure in its column. part: of the level of its KPI that it may bring, None where nobody knows."""

    measure: Measure
    part: float | None
    lines: tuple[str, ...]
    below: tuple[str, ...]

    @property
    def tall(self) -> float:
        return height(self.lines, _SIZE) + height(self.below, _SMALL) + 2 * _PAD


def impact_effort_chart(plan: Plan, *, lang: str = "zh") -> Drawing:
    """Measures by effort (1 to 5, from left to right) and by what they may bring, as a part of the level of their KPI
    (upwards); those of which nobody knows stand below the line. Dropped ones are left out."""
    title = say("plan_pictures.impact_title", lang)
    shown = [each for each in plan.measures if each.status != "dropped"]
    if not shown:
        return nothing("impact_effort", title, lang, said=True)
    tags = [_tag(each, lang) for each in shown]
    with style():
        figure = _draw(tags, lang)
    ordered = sorted(tags, key=lambda tag: (-(tag.part or 0.0), tag.measure.effort))
    lines = [say("plan_pictures.impact_line", lang, id=tag.measure.id, name=tag.measure.name[lang],
                 effort=tag.measure.effort, gain=gain_text(tag.measure, lang)) for tag in ordered]
    return Drawing(figure, "\n".join([title, *lines]), "impact_effort")


def part_of(measure: Measure) -> float | None:
    """What a measure may bring, as a part of the level of its KPI."""
    gain = measure.gain
    return None if gain is None or not gain.of else gain.value / abs(gain.of)


def _tag(measure: Measure, lang: str) -> _Tag:
    name = folded(f"{measure.id} {measure.name[lang]}", lang, size=_SIZE, width=_WIDE - 38, most=3)
    kpi = load_kpis()[measure.kpi].name(lang) if measure.kpi else ""
    told = f"{kpi} {gain_text(measure, lang)}".strip()
    return _Tag(measure, part_of(measure), name, folded(told, lang, size=_SMALL, width=_WIDE - 38, most=2))


def spread(wanted: Sequence[tuple[float, float]], top: float, bottom: float, gap: float = _GAP) -> list[float]:
    """Middles of boxes (wished middle, height) that do not touch, in their order, between two heights; the nearest to
    the wishes that pushing down and then up gives. They may reach below where they do not fit."""
    placed: list[float] = []
    edge = top
    for middle, tall in wanted:
        at = max(middle, edge + tall / 2)
        placed.append(at)
        edge = at + tall / 2 + gap
    edge = bottom
    for n in range(len(wanted) - 1, -1, -1):
        tall = wanted[n][1]
        placed[n] = min(placed[n], edge - tall / 2)
        edge = placed[n] - tall / 2 - gap
    if placed and placed[0] - wanted[0][1] / 2 < top:
        move = top - (placed[0] - wanted[0][1] / 2)
        placed = [each + move for each in placed]
    return placed


def _draw(tags: Sequence[_Tag], lang: str) -> Figure:
    known = {effort: sorted((tag for tag in tags if tag.measure.effort == effort and tag.part is not None),
                            key=lambda tag: -(tag.part or 0.0)) for effort in EFFORTS}
    unknown = {effort: [tag for tag in tags if tag.measure.effort == effort and tag.part is None] for effort in EFFORTS}
    widths = [_WIDE if known[effort] or unknown[effort] else _NARROW for effort in EFFORTS]
    need = max(sum(tag.tall + _GAP for tag in known[effort]) for effort in EFFORTS)
    tall = max(_TALL if any(known.values()) else 40.0, need)
    more = max(sum(tag.tall + _GAP for tag in unknown[effort]) for effort in EFFORTS)
    left, top = _MARGIN + _AXIS, 108.0
    bottom = top + tall
    width, end = left + sum(widths) + _MARGIN, bottom + (more + 30 if more else 8)
    figure, axes = page(width, end + 56)
    heading(axes, width, say("plan_pictures.impact_title", lang), say("plan_pictures.impact_subtitle", lang))
    most = max((tag.part for tag in tags if tag.part), default=0.0) or 1.0
    _scale(axes, left, width - _MARGIN, (top, bottom), most, lang)
    x = left
    for effort, wide in zip(EFFORTS, widths, strict=True):
        axes.plot([x, x], [top, end], color=HAIRLINE, linewidth=1)
        write(axes, x + wide / 2, end + 16, str(effort), size=_SIZE, colour=MUTED, align="center")
        heights = [bottom - (tag.part or 0.0) / most * (tall - 60) - 20 for tag in known[effort]]
        wished = [(at, tag.tall) for at, tag in zip(heights, known[effort], strict=True)]
        for at, middle, tag in zip(heights, spread(wished, top, bottom), known[effort], strict=True):
            _label(axes, tag, x, wide, middle, at)
        y = bottom + 26
        for tag in unknown[effort]:
            _label(axes, tag, x, wide, y + tag.tall / 2, None)
            y += tag.tall + _GAP
        x += wide
    if more:
        axes.plot([_MARGIN, width - _MARGIN], [bottom, bottom], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        write(axes, _MARGIN, bottom + 14, say("plan_pictures.impact_unknown", lang), size=_SMALL, colour=MUTED)
    write(axes, left + sum(widths) / 2, end + 40, say("plan_pictures.impact_effort", lang), size=_SIZE, colour=MUTED,
          align="center")
    return figure


def _scale(axes: Axes, left: float, right: float, ends: tuple[float, float], most: float, lang: str) -> None:
    """Lines at parts of the level."""
    top, bottom = ends
    step = next(each for each in (0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0) if most / each <= 5 or each == 1.0)
    at = 0.0
    while at <= most + 1e-9:
        y = bottom - at / most * (bottom - top - 60) - 20
        axes.plot([left, right], [y, y], color=HAIRLINE, linewidth=0.6)
        write(axes, left - 8, y, f"{100 * at:.0f}%", size=_SMALL, colour=MUTED, align="right")
        at += step
    write(axes, _MARGIN, top - 12, say("plan_pictures.impact_axis", lang), size=_SMALL, colour=MUTED)


def _label(axes: Axes, tag: _Tag, x: float, wide: float, middle: float, at: float | None) -> None:
    """A box with its name; a dot at its true height and a line to it where it had to move."""
    box = Box(x + 20, middle - tag.tall / 2, x + wide - 8, middle + tag.tall / 2)
    rounded(axes, box, _PALE, line=HAIRLINE)
    if at is not None:
        axes.plot([x + 8, x + 20], [at, middle], color=ACCENT, linewidth=1, zorder=4)
        axes.plot([x + 8], [at], marker="o", markersize=7, color=ACCENT, zorder=5)
    top = box.top + _PAD
    write_lines(axes, x + 28, top + height(tag.lines, _SIZE) / 2, tag.lines, size=_SIZE)
    write_lines(axes, x + 28, top + height(tag.lines, _SIZE) + height(tag.below, _SMALL) / 2, tag.below, size=_SMALL,
                colour=MUTED)
