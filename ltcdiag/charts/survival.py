"""How many cases are still on their way after each day: a step line with its band a group, numbers at risk below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.levels import name_of
from ..measures.survival import Remaining, Survival
from ..words import say
from ..words.numbers import count, share_interval
from .case_days import median_told
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks
from .panel import SMALL, Panel, number_axis, plain, round_steps, value_axis
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _WIDE, _TALL, _TOP = 30.0, 620.0, 280.0, 116.0
LINES: tuple[tuple[str, tuple[int, ...] | None], ...] = (
    (ACCENT, None), ("#b3471d", (6, 2)), ("#27a08c", (2, 2)), ("#8b68b8", (8, 2, 2, 2)), ("#5b6570", (3, 1, 1, 1)))
"""Colour and dashes of each group: told apart without colours too."""
_NAME_GAP = 17.0


@dataclass(frozen=True)
class _Line:
    group: Remaining
    label: Label
    colour: str
    dashes: tuple[int, ...] | None


def survival_chart(found: Survival, *, lang: str = "zh", names: Mapping[str, str] | None = None) -> Drawing:
    """Lines of all groups old enough to have one, up to the last day of the longest. names: of groups, as readers know
    them."""
    title = _title(found, lang)
    drawn = [group for group in found.groups if group.curve is not None]
    if not drawn:
        return nothing("survival", title, lang, said=True)
    lines = [_Line(group, readable((names or {}).get(group.name, group.name) if group.name else
                                   say("pictures.survival_all", lang), lang, longest=10), *look)
             for group, look in zip(drawn, LINES, strict=False)]
    with style():
        figure = _draw(lines, title, lang)
    return Drawing(figure, _words(found, lines, title, lang), "survival")


def _title(found: Survival, lang: str) -> str:
    if not found.stage:
        return say("pictures.survival_title", lang)
    return say("pictures.survival_title_stage", lang, stage=readable(name_of(found.stage, lang), lang).text)


def _last_day(lines: Sequence[_Line]) -> float:
    """Where the last line has come to one in a hundred, or ends."""
    ends = []
    for line in lines:
        if line.group.curve is not None:
            gone = [day for day, share in zip(line.group.curve.day.tolist(), line.group.curve.share.tolist(),
                                              strict=True) if share >= 0.99]
            ends.append(gone[0] if gone else line.group.curve.tau)
    return max(1e-6, *ends)


def _draw(lines: Sequence[_Line], title: str, lang: str) -> Figure:
    at_risk, foot = say("pictures.survival_at_risk", lang), _TOP + _TALL
    left = _MARGIN + max(44.0, measure(at_risk, SMALL), *(measure(line.label.text, SMALL) for line in lines)) + 24
    days = _last_day(lines)
    panel = Panel(Box(left, _TOP, left + _WIDE, foot), 0.0, days, 0.0, 1.0)
    subtitle = say("pictures.survival_subtitle", lang)
    names = max(measure(line.label.text, 11.5) for line in lines)
    width = max(panel.box.right + 20 + names + _MARGIN, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    figure, axes = page(width, foot + 78 + 20 * len(lines))
    heading(axes, width, title, subtitle)
    value_axis(axes, panel, said=lambda share: f"{100 * share:.0f}%", most=5)
    axes.plot([panel.box.left, panel.box.right], [panel.y(0.5)] * 2, color=MUTED, linewidth=0.9,
              linestyle=(0, (1, 2)), zorder=2)
    unit, times = ("days", 1.0) if days >= 3 else ("hours", 24.0)
    scaled = Panel(panel.box, 0.0, days * times, 0.0, 1.0)
    number_axis(axes, scaled)
    write(axes, (panel.box.left + panel.box.right) / 2, foot + 36, say(f"pictures.since_{unit}", lang), size=SMALL,
          colour=MUTED, align="center")
    for line in lines:
        _curve(axes, line, panel)
    _ends(axes, lines, panel)
    write(axes, left - 24, foot + 58, at_risk, size=SMALL, colour=MUTED, align="right")
    for n, line in enumerate(lines):
        y = foot + 78 + 20 * n
        write(axes, left - 24, y, line.label.text, size=SMALL, colour=line.colour, align="right")
        _at_risk(axes, line, scaled, times, y)
    return figure


def _curve(axes: Axes, line: _Line, panel: Panel) -> None:
    """The share still on its way, as steps, and its band."""
    curve = line.group.curve
    if curve is None:
        return
    seen = curve.day <= panel.x1
    xs = panel.x(curve.day[seen])
    low, high = panel.y(1 - curve.high[seen]), panel.y(1 - curve.low[seen])
    axes.fill_between(xs, low, high, step="post", facecolor=line.colour, alpha=0.14, linewidth=0, zorder=2)
    axes.step(xs, panel.y(1 - curve.share[seen]), where="post", color=line.colour, linewidth=2.0, zorder=3,
              linestyle=(0, line.dashes) if line.dashes else "solid")
    if line.group.median is not None and line.group.median <= panel.x1:
        axes.plot([panel.x(line.group.median)], [panel.y(0.5)], marker="o", markersize=6, color=line.colour, zorder=4,
                  markeredgecolor="#ffffff")


def _ends(axes: Axes, lines: Sequence[_Line], panel: Panel) -> None:
    """The name of each line beside its end, kept apart."""
    wanted = []
    for n, line in enumerate(lines):
        if line.group.curve is not None:
            day = min(panel.x1, line.group.curve.tau)
            wanted.append((float(panel.y(1 - line.group.curve.at(day)[0])), n))
    at = panel.box.top - _NAME_GAP
    placed: list[list[float]] = []
    for y, which in sorted(wanted):
        at = max(at + _NAME_GAP, y)
        placed.append([at, float(which)])
    over = placed[-1][0] - panel.box.bottom
    for k in range(len(placed) - 1, -1, -1):
        if over > 0:
            placed[k][0] = min(placed[k][0], panel.box.bottom - _NAME_GAP * (len(placed) - 1 - k))
    for y, place in placed:
        line = lines[int(place)]
        write(axes, panel.box.right + 14, y, line.label.text, size=11.5, colour=line.colour)
    axes.plot([panel.box.right] * 2, [panel.box.top, panel.box.bottom], color=HAIRLINE, linewidth=0.6)


def _at_risk(axes: Axes, line: _Line, scaled: Panel, times: float, y: float) -> None:
    """How many cases are still watched at each mark; a dash where nobody was watched so long."""
    for mark in round_steps(scaled.x0, scaled.x1, 8):
        write(axes, scaled.x(mark), y, _watched(line, mark / times), size=SMALL, align="center", colour=INK)


def _watched(line: _Line, day: float) -> str:
    curve = line.group.curve
    if curve is None or day > curve.tau + 1e-9:
        return "–"
    row = max(0, int(curve.day.searchsorted(day, side="right")) - 1)
    return count(float(curve.at_risk[row]))


def _words(found: Survival, lines: Sequence[_Line], title: str, lang: str) -> str:
    said = [title, say("pictures.survival_words", lang, n=count(found.n),
                       open=count(sum(group.open for group in found.groups)))]
    for line in lines:
        curve = line.group.curve
        if curve is None:
            continue
        gone = curve.at(curve.tau)
        still = share_interval(1 - gone[0], 1 - gone[2], 1 - gone[1], lang)
        said.append(say("pictures.survival_words_group", lang, group=line.label.full, n=count(line.group.n),
                        open=count(line.group.open), day=plain(curve.tau), still=still,
                        median=median_told(line.group.median, line.group.low, line.group.high, lang)))
    said += [say("pictures.survival_words_young", lang, group=readable(group.name, lang).full, n=count(group.n))
             for group in found.groups if group.curve is None]
    if found.rest:
        said.append(say("pictures.survival_words_rest", lang, n=count(found.rest)))
    if found.p is not None:
        said.append(say("pictures.survival_words_p", lang, p="<0.001" if found.p < 0.001 else f"{found.p:.3f}"))
    elif len(lines) > 1:
        said.append(say("pictures.survival_words_no_p", lang))
    return "\n".join([*said, say("pictures.survival_words_bands", lang),
                      *remarks((line.label for line in lines), lang)])
