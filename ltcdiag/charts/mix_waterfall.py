"""From the level before to the level after: what the mix explains, and what has changed at the same mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..words import say
from ..words.numbers import bare_interval, change_interval, count, days_interval, share_interval, signed
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import measure, readable
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _MARGIN, _BARS, _NOTE = 12.0, 44.0, 30.0, 420.0, 11.0
_LEVEL, _MIX, _HATCH = "#b4bcc7", "#eceff3", "#8b95a1"
Three = tuple[float, float, float]


@dataclass(frozen=True)
class MixShift:
    """One indicator in two periods, each number as (value, low, high).

    kpi: its name in the reader's language. unit: "days", "share", or anything else, which is written behind the
    numbers. before, after: levels as they are. adjusted: the difference at the same mix. adjusted_for: the strata that
    make the mix. cases: of both periods. Law: before + explained + adjusted = after."""

    kpi: str
    unit: str
    before: Three
    after: Three
    adjusted: Three
    adjusted_for: tuple[str, ...]
    cases: int

    @property
    def crude(self) -> float:
        """The difference of the levels."""
        return self.after[0] - self.before[0]

    @property
    def explained(self) -> float:
        """The part of it that is explained by the mix."""
        return self.crude - self.adjusted[0]


@dataclass(frozen=True)
class _Step:
    """A row: from where to where its bar runs, what it is, and what is written beside it; ends: of the interval."""

    name: str
    start: float
    end: float
    note: str
    kind: str
    ends: tuple[float, float] | None = None


def mix_waterfall_chart(shift: MixShift, *, lang: str = "zh") -> Drawing:
    """Four rows: before, explained by mix (hatched), change at the same mix (with its interval), after."""
    if not shift.cases:
        return nothing("mix_waterfall", say("compared.mix_title", lang, kpi=shift.kpi), lang, said=True)
    steps = _steps(shift, lang)
    with style():
        figure = _draw(shift, steps, lang)
    return Drawing(figure, _words(shift, lang), "mix_waterfall")


def _steps(shift: MixShift, lang: str) -> list[_Step]:
    before, after, middle = shift.before, shift.after, shift.before[0] + shift.explained
    _, low, high = shift.adjusted
    return [
        _Step(say("compared.Before", lang), 0, before[0], _level(shift, before, lang), "level", before[1:]),
        _Step(say("compared.mix_explained", lang), before[0], middle, _change(shift, shift.explained, lang), "mix"),
        _Step(say("compared.mix_adjusted", lang), middle, after[0], _change_interval(shift, lang), "change",
              (middle + low, middle + high)),
        _Step(say("compared.After", lang), 0, after[0], _level(shift, after, lang), "level", after[1:]),
    ]


def _draw(shift: MixShift, steps: Sequence[_Step], lang: str) -> Figure:
    left = _MARGIN + max(measure(step.name, _SIZE) for step in steps) + 14
    title = say("compared.mix_title", lang, kpi=readable(shift.kpi, lang, longest=24).text)
    subtitle = say("compared.mix_subtitle", lang, strata=_strata(shift, lang))
    width = max(left + _BARS + 14 + max(measure(step.note, _NOTE) for step in steps) + _MARGIN,
                2 * _MARGIN + measure(title, 20), 2 * _MARGIN + measure(subtitle, 12))
    top = 100.0
    figure, axes = page(width, top + _ROW * len(steps) + 20)
    heading(axes, width, title, subtitle)
    points = [part for step in steps for part in (step.start, step.end, *(step.ends or ()))]
    least, most = min(0.0, *points), max(0.0, *points)
    scale = _BARS / ((most - least) or 1.0)
    left -= least * scale
    for i, step in enumerate(steps):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, left + least * scale - 14, y, step.name, size=_SIZE, align="right")
        _bar(axes, step, left, y, scale)
        ends = (step.start, step.end, *(step.ends or ()))
        write(axes, left + max(ends) * scale + 12, y, step.note, size=_NOTE,
              colour=MUTED if step.kind == "mix" else INK)
        if i:
            axes.plot([left + step.start * scale if step.kind != "level" else left + step.end * scale] * 2,
                      [y - _ROW + 10, y - 10], color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
    return figure


def _bar(axes: Axes, step: _Step, left: float, y: float, scale: float) -> None:
    from matplotlib.patches import Rectangle

    near, far = sorted((left + step.start * scale, left + step.end * scale))
    far = max(far, near + 1.5)
    if step.kind == "mix":
        axes.add_patch(Rectangle((near, y - 10), far - near, 20, facecolor=_MIX, edgecolor=_HATCH, linewidth=0.8,
                                 hatch="////", zorder=3))
    else:
        rounded(axes, Box(near, y - 10, far, y + 10), _LEVEL if step.kind == "level" else ACCENT,
                radius=min(3, (far - near) / 2))
    if step.ends:
        ends = [left + end * scale for end in step.ends]
        axes.plot(ends, [y, y], color=INK, linewidth=1.4, zorder=4)
        for end in ends:
            axes.plot([end, end], [y - 4.5, y + 4.5], color=INK, linewidth=1.4, zorder=4)


def _level(shift: MixShift, level: Three, lang: str) -> str:
    if shift.unit == "share":
        return share_interval(*level, lang)
    if shift.unit == "days":
        return days_interval(*level, lang)
    return _behind(shift, bare_interval(*level, lang))


def _change(shift: MixShift, value: float, lang: str) -> str:
    unit, factor, places = _scale(shift)
    return _behind(shift, say(f"numbers.{unit}", lang, n=signed(value * factor, places=places)))


def _change_interval(shift: MixShift, lang: str) -> str:
    unit, factor, places = _scale(shift)
    value, low, high = (part * factor for part in shift.adjusted)
    return _behind(shift, change_interval(value, low, high, lang, unit=unit, places=places))


def _scale(shift: MixShift) -> tuple[str, float, int]:
    """The unit of a difference, what it is multiplied by, and its decimals."""
    size = max(abs(shift.before[0]), abs(shift.after[0]))
    places = next((n for n, least in enumerate((1000.0, 9.995, 0.0995)) if size >= least), 3)
    return {"share": ("points", 100.0, 1), "days": ("long_days", 1.0, places)}.get(shift.unit, ("bare", 1.0, places))


def _behind(shift: MixShift, text: str) -> str:
    return text if shift.unit in ("share", "days") else f"{text} {shift.unit}".strip()


def _strata(shift: MixShift, lang: str) -> str:
    names = [readable(name, lang).text for name in shift.adjusted_for]
    return say("compared.list_comma", lang).join(names) or say("compared.mix_no_strata", lang)


def _words(shift: MixShift, lang: str) -> str:
    kpi, strata = readable(shift.kpi, lang, longest=24).full, _strata(shift, lang)
    said = [
        say("compared.mix_words", lang, kpi=kpi, cases=count(shift.cases), before=_level(shift, shift.before, lang),
            after=_level(shift, shift.after, lang), crude=_change(shift, shift.crude, lang)),
        say("compared.mix_words_parts", lang, explained=_change(shift, shift.explained, lang), strata=strata,
            adjusted=_change_interval(shift, lang))]
    return "\n".join([*said, *([say("compared.mix_words_opposite", lang)] if _opposite(shift) else ())])


def _opposite(shift: MixShift) -> bool:
    """Whether the change at the same mix is clear of nought and the crude one points the other way."""
    _, low, high = shift.adjusted
    return (low > 0 and shift.crude < 0) or (high < 0 and shift.crude > 0)
