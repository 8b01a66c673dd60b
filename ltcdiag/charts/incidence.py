"""The share of cases that came there by each day, in two arms: lines with bands, numbers at risk under the axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..stats.curves import Curve
from ..words import say, sentences
from ..words.numbers import count, percent, share_interval
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _TOP, _TALL, _WIDE, _SMALL = 30.0, 126.0, 270.0, 640.0, 10.5
_BEFORE = "#5b6570"
_DAY_STEPS = (1, 2, 5, 7, 10, 14, 15, 30, 60, 90, 180, 365, 730)


@dataclass(frozen=True)
class _Arm:
    """A curve with its name, its colour, and how its line is dashed."""

    curve: Curve
    label: Label
    colour: str
    dashes: tuple[int, ...] | None


@dataclass(frozen=True)
class _Frame:
    """The panel: left edge, the last day, the highest share."""

    left: float
    days: float
    most: float

    def x(self, day: float) -> float:
        return self.left + _WIDE * day / self.days

    def y(self, share: float) -> float:
        return _TOP + _TALL * (1 - share / self.most)

    @property
    def right(self) -> float:
        return self.left + _WIDE


def incidence_chart(
    before: Curve, after: Curve, *, lang: str = "zh", event: str = "closed", names: tuple[str, str] | None = None,
) -> Drawing:
    """Both curves up to the shorter of their last days, each with its band, and the cases still watched at the ticks.

    event: "closed", "won", "lost", or what came there in the reader's own words. names: of the two arms; "before" and
    "after" without them."""
    what = say(f"compared.incidence_event_{event}", lang) if _worded(event) else readable(event, lang).text
    title = say("compared.incidence_title", lang, event=what)
    if not (before.n and after.n):
        return nothing("incidence", title, lang, said=True)
    called = names or (say("compared.before", lang), say("compared.after", lang))
    arms = (_Arm(before, readable(called[0], lang, longest=10), _BEFORE, (5, 2)),
            _Arm(after, readable(called[1], lang, longest=10), ACCENT, None))
    days = min(before.tau, after.tau)
    with style():
        figure = _draw(arms, days, title, lang)
    return Drawing(figure, _words(arms, days, title, lang), "incidence")


def _worded(event: str) -> bool:
    return f"incidence_event_{event}" in sentences("compared")


def _draw(arms: tuple[_Arm, _Arm], days: float, title: str, lang: str) -> Figure:
    at_risk, foot = say("compared.incidence_at_risk", lang), _TOP + _TALL
    left = _MARGIN + max(54.0, measure(at_risk, _SMALL), *(measure(arm.label.text, _SMALL) for arm in arms)) + 20
    frame = _Frame(left, days, _highest(arms, days))
    subtitle = say("compared.incidence_subtitle", lang)
    width = max(frame.right + 130, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    figure, axes = page(width, foot + 120)
    heading(axes, width, title, subtitle)
    _grid(axes, frame, lang)
    for arm in arms:
        _curve(axes, arm, frame)
    _ends(axes, arms, frame)
    write(axes, left - 20, foot + 62, at_risk, size=_SMALL, colour=MUTED, align="right")
    for arm, y in zip(arms, (foot + 82, foot + 102), strict=True):
        write(axes, left - 20, y, arm.label.text, size=_SMALL, colour=arm.colour, align="right")
        for day in _ticks(days):
            write(axes, frame.x(day), y, count(_watched(arm.curve, day)), size=_SMALL, align="center")
    return figure


def _highest(arms: tuple[_Arm, _Arm], days: float) -> float:
    tops = [float(arm.curve.high[arm.curve.day <= days].max(initial=0.0)) for arm in arms]
    return min(1.0, max(0.1, *(top * 1.05 for top in tops)))


def _ticks(days: float) -> list[float]:
    fitting: list[float] = [step for step in _DAY_STEPS if days / step <= 9] or [days / 6]
    step = next((step for step in fitting if days % step == 0 and days / step >= 4), fitting[0])
    return [k * step for k in range(int(days / step + 1e-9) + 1)]


def _grid(axes: Axes, frame: _Frame, lang: str) -> None:
    foot = _TOP + _TALL
    step = next(step for step in (0.02, 0.05, 0.1, 0.2, 0.25) if frame.most / step <= 6)
    for k in range(int(frame.most / step + 1e-9) + 1):
        y = frame.y(k * step)
        axes.plot([frame.left, frame.right], [y, y], color=HAIRLINE, linewidth=0.6, zorder=1)
        write(axes, frame.left - 8, y, f"{100 * k * step:.0f}%", size=_SMALL, colour=MUTED, align="right")
    for day in _ticks(frame.days):
        axes.plot([frame.x(day)] * 2, [foot, foot + 4], color=MUTED, linewidth=0.8)
        write(axes, frame.x(day), foot + 15, f"{day:g}", size=_SMALL, colour=MUTED, align="center")
    write(axes, (frame.left + frame.right) / 2, foot + 36, say("compared.incidence_days", lang), size=_SMALL,
          colour=MUTED, align="center")


def _curve(axes: Axes, arm: _Arm, frame: _Frame) -> None:
    """A step a day, and its band."""
    curve = arm.curve
    seen = curve.day <= frame.days
    xs = [frame.x(day) for day in curve.day[seen].tolist()]
    low, middle, high = ([frame.y(share) for share in part[seen].tolist()]
                         for part in (curve.low, curve.share, curve.high))
    axes.fill_between(xs, low, high, step="post", facecolor=arm.colour, alpha=0.16, linewidth=0, zorder=2)
    axes.step(xs, middle, where="post", color=arm.colour, linewidth=2.2, zorder=3,
              linestyle=(0, arm.dashes) if arm.dashes else "solid")


def _ends(axes: Axes, arms: tuple[_Arm, _Arm], frame: _Frame) -> None:
    """Name and last share beside the end of each line, kept apart."""
    heights = [frame.y(arm.curve.at(frame.days)[0]) for arm in arms]
    upper = 0 if heights[0] <= heights[1] else 1
    gap = max(0.0, 34.0 - abs(heights[0] - heights[1])) / 2
    for i, arm in enumerate(arms):
        y = heights[i] + (-gap if i == upper else gap)
        write(axes, frame.right + 10, y - 7, arm.label.text, size=11.5, colour=arm.colour)
        write(axes, frame.right + 10, y + 8, percent(arm.curve.at(frame.days)[0]), size=11.5, colour=INK)
    axes.plot([frame.right] * 2, [_TOP, _TOP + _TALL], color=HAIRLINE, linewidth=0.6)


def _watched(curve: Curve, day: float) -> float:
    row = max(0, int(curve.day.searchsorted(day, side="right")) - 1)
    return float(curve.at_risk[row])


def _words(arms: tuple[_Arm, _Arm], days: float, title: str, lang: str) -> str:
    names = {"before_name": arms[0].label.full, "after_name": arms[1].label.full}
    said = [say("compared.incidence_words", lang, title=title, days=f"{days:g}", before_n=count(arms[0].curve.n),
                after_n=count(arms[1].curve.n), **names)]
    ticks = _ticks(days)
    for day in dict.fromkeys((ticks[len(ticks) // 2], days)):
        before, after = (share_interval(*arm.curve.at(day), lang) for arm in arms)
        risk = [count(_watched(arm.curve, day)) for arm in arms]
        said.append(say("compared.incidence_words_at", lang, day=f"{day:g}", before=before, after=after,
                        before_risk=risk[0], after_risk=risk[1], **names))
    return "\n".join([*said, say("compared.incidence_words_bands", lang),
                      *remarks((arm.label for arm in arms), lang)])
