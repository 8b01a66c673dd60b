"""The pace of closings by month: observed over expected on a logarithmic axis, and the change between two of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..stats.pace import Pace, PaceMonth
from ..words import say
from ..words.numbers import count
from .drawing import ACCENT, HAIRLINE, INK, MUTED, PAPER, Drawing, heading, nothing, page, style, write
from .fonts import measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _TOP, _TALL, _SMALL = 30.0, 146.0, 250.0, 10.5
_LIMIT, _BEFORE = "#b3471d", "#66707d"
_TICKS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
_FARTHEST = 20.0


@dataclass(frozen=True)
class _Frame:
    """The panel: left edge, width of a month, and the logarithms of its lowest and highest ratio."""

    left: float
    step: float
    months: int
    low: float
    high: float

    def x(self, month: float) -> float:
        return self.left + (month + 0.5) * self.step

    def y(self, ratio: float) -> float:
        at = math.log(ratio) if ratio > 0 else self.low
        return _TOP + _TALL * (self.high - min(self.high, max(self.low, at))) / (self.high - self.low)

    @property
    def right(self) -> float:
        return self.left + self.months * self.step


def pace_chart(p: Pace, *, lang: str = "zh", counted: str = "closed") -> Drawing:
    """A point a month (hollow before the change, filled after it) with its interval, the average level of both periods,
    the control limits of single months, and the numbers under the axis. counted: "closed" or "won"."""
    if not p.months:
        return nothing("pace", f"compared.pace_title_{counted}", lang)
    with style():
        figure = _draw(p, counted, lang)
    return Drawing(figure, _words(p, counted, lang), "pace")


def _draw(p: Pace, counted: str, lang: str) -> Figure:
    rows = [say(f"compared.pace_{key}", lang) for key in ("observed", "expected")]
    left = _MARGIN + max(44.0, *(measure(row, _SMALL) for row in rows)) + 12
    step = min(60.0, max(30.0, 760.0 / len(p.months)))
    frame = _Frame(left, step, len(p.months), *_range(p))
    subtitle = say("compared.pace_subtitle", lang)
    keys = _keys(p, lang)
    width = max(frame.right + 86, 2 * _MARGIN + measure(subtitle, 12), left + sum(w for _, _, w in keys) + _MARGIN)
    figure, axes = page(width, _TOP + _TALL + 106)
    heading(axes, width, say(f"compared.pace_title_{counted}", lang), subtitle)
    _legend(axes, keys, left)
    _grid(axes, frame)
    _levels(axes, p, frame, lang)
    for i, month in enumerate(p.months):
        _month(axes, month, frame, i, out=_outside(month, p))
    _axis(axes, p.months, frame, rows)
    return figure


def _range(p: Pace) -> tuple[float, float]:
    ends = [end for m in p.months for end in (m.ratio, m.low, m.high)] + list(p.limits or ())
    logs = [math.log(end) for end in ends if 1 / _FARTHEST <= end <= _FARTHEST]
    return min([math.log(0.5), *logs]) - 0.1, max([math.log(2.0), *logs]) + 0.1


def _keys(p: Pace, lang: str) -> list[tuple[str, str, float]]:
    kinds = ["before", "after", "mean", *(["limits"] if p.limits else [])]
    texts = [(kind, say(f"compared.pace_{kind}", lang)) for kind in kinds]
    return [(kind, text, measure(text, _SMALL) + 48) for kind, text in texts]


def _legend(axes: Axes, keys: Sequence[tuple[str, str, float]], x: float) -> None:
    for kind, text, need in keys:
        if kind in ("before", "after"):
            _dot(axes, x + 8, 106, after=kind == "after")
        elif kind == "mean":
            axes.plot([x, x + 20], [106, 106], color=INK, linewidth=2.2)
        else:
            axes.plot([x, x + 20], [106, 106], color=_LIMIT, linewidth=1.2, linestyle=(0, (5, 3)))
        write(axes, x + 27, 106, text, size=_SMALL, colour=MUTED)
        x += need


def _dot(axes: Axes, x: float, y: float, *, after: bool, shape: str = "o") -> None:
    axes.plot([x], [y], marker=shape, markersize=8, markerfacecolor=ACCENT if after else PAPER,
              markeredgecolor=ACCENT if after else _BEFORE, markeredgewidth=1.6, linestyle="none", zorder=4)


def _grid(axes: Axes, frame: _Frame) -> None:
    for tick in _TICKS:
        if frame.low <= math.log(tick) <= frame.high:
            y, one = frame.y(tick), tick == 1.0
            axes.plot([frame.left, frame.right], [y, y], color=MUTED if one else HAIRLINE,
                      linewidth=1.1 if one else 0.6, zorder=1)
            write(axes, frame.left - 8, y, f"{tick:g}", size=_SMALL, colour=INK if one else MUTED, align="right")


def _levels(axes: Axes, p: Pace, frame: _Frame, lang: str) -> None:
    """The line at the change, the control limits, and the average level of both periods."""
    write(axes, frame.right + 8, frame.y(1.0), say("compared.pace_as_expected", lang), size=9.5, colour=MUTED)
    for limit in p.limits or ():
        axes.plot([frame.left, frame.right], [frame.y(limit)] * 2, color=_LIMIT, linewidth=1.2, linestyle=(0, (5, 3)),
                  zorder=2)
    first = _split(p)
    if not 0 < first < len(p.months):
        return
    edge = frame.x(first) - frame.step / 2
    axes.plot([edge, edge], [_TOP - 4, _TOP + _TALL], color=INK, linewidth=1.1, zorder=2)
    write(axes, edge, _TOP - 12, say("compared.pace_change", lang), size=_SMALL, align="center")
    before, after = _averages(p)
    for start, end, level in ((0, first, before), (first, len(p.months), after)):
        if level > 0:
            axes.plot([frame.x(start) - frame.step / 2 + 3, frame.x(end - 1) + frame.step / 2 - 3],
                      [frame.y(level)] * 2, color=INK, linewidth=2.2, zorder=3, solid_capstyle="butt")


def _split(p: Pace) -> int:
    """The place of the first month after the change."""
    return next((i for i, month in enumerate(p.months) if month.after), len(p.months))


def _averages(p: Pace) -> tuple[float, float]:
    """Average level before (geometric mean of the months with closings), and after: as many times that as the ratio."""
    logs = [math.log(month.ratio) for month in p.months if not month.after and month.ratio > 0]
    before = math.exp(sum(logs) / len(logs)) if logs else 0.0
    return before, before * p.ratio if math.isfinite(p.ratio) else 0.0


def _outside(month: PaceMonth, p: Pace) -> bool:
    return p.limits is not None and not p.limits[0] <= month.ratio <= p.limits[1]


def _month(axes: Axes, month: PaceMonth, frame: _Frame, i: int, *, out: bool) -> None:
    """Its interval and its point; a triangle where nothing closed, a ring around what lies outside the limits."""
    x, y = frame.x(i), frame.y(month.ratio)
    colour = ACCENT if month.after else _BEFORE
    axes.plot([x, x], [frame.y(month.low), frame.y(month.high)], color=colour, linewidth=1.4, zorder=3)
    _dot(axes, x, y, after=month.after, shape="o" if month.ratio > 0 else "v")
    if out:
        axes.plot([x], [y], marker="o", markersize=14, markerfacecolor="none", markeredgecolor=_LIMIT,
                  markeredgewidth=1.4, linestyle="none", zorder=4)


def _axis(axes: Axes, months: Sequence[PaceMonth], frame: _Frame, rows: Sequence[str]) -> None:
    """Months, years, and the numbers of each month."""
    foot = _TOP + _TALL
    for name, y in zip(rows, (foot + 62, foot + 82), strict=True):
        write(axes, frame.left - 8, y, name, size=_SMALL, colour=MUTED, align="right")
    for i, month in enumerate(months):
        x = frame.x(i)
        write(axes, x, foot + 16, f"{month.start.month}", size=_SMALL, colour=MUTED, align="center")
        if i == 0 or month.start.year != months[i - 1].start.year:
            write(axes, x, foot + 34, f"{month.start.year}", size=_SMALL, align="center")
        write(axes, x, foot + 62, count(month.observed), size=_SMALL, align="center")
        write(axes, x, foot + 82, _short(month.expected), size=_SMALL, colour=MUTED, align="center")


def _short(value: float) -> str:
    return count(value) if value >= 99.95 else f"{value:.1f}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"


def _words(p: Pace, counted: str, lang: str) -> str:
    said = [say(f"compared.pace_words_{counted}", lang, months=len(p.months),
                observed=count(sum(month.observed for month in p.months)),
                expected=_short(sum(month.expected for month in p.months)))]
    first = _split(p)
    if 0 < first < len(p.months) and math.isfinite(p.ratio):
        said.append(say("compared.pace_words_ratio", lang, ratio=_ratio(p.ratio), low=_ratio(p.low),
                        high=_ratio(p.high), p=p_text(p.p, lang), before=first, after=len(p.months) - first))
        kind = "faster" if p.low > 1 else "slower" if p.high < 1 else "open"
        said.append(say(f"compared.pace_words_{kind}", lang))
    else:
        said.append(say("compared.pace_words_single", lang))
    return "\n".join([*said, *_limits(p, lang)])


def _limits(p: Pace, lang: str) -> list[str]:
    if p.limits is None:
        return []
    out = [month.month for month in p.months if _outside(month, p)]
    which = say("compared.pace_words_which", lang, months=say("compared.list_comma", lang).join(out)) if out else ""
    return [say("compared.pace_words_limits", lang, low=_ratio(p.limits[0]), high=_ratio(p.limits[1]), out=len(out),
                all=len(p.months), which=which)]


def p_text(p: float, lang: str) -> str:
    """A p-value as it is said."""
    return say("compared.p_small", lang) if p < 0.001 else say("compared.p_value", lang, p=f"{p:.3f}")
