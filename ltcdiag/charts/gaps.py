"""Which paths the time goes into: totals as bars, the single gaps beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import Gaps
from ..words import say
from ..words.numbers import count, duration, percent
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .scales import gap_colour, percentile
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _MARGIN = 11.5, 32.0, 30.0
_BARS, _EACH = 330.0, 300.0         # widths of the two panels


@dataclass(frozen=True)
class _Row:
    source: str
    target: str
    moves: int
    total: float
    median: float
    p90: float


def gaps_chart(g: Gaps, *, lang: str = "zh", top: int = 12) -> Drawing:
    """The `top` paths with the largest total gap in days, each with its median and 90th percentile.

    A gap is the time between two events of a case; it is waiting only where nothing was worked on.
    """
    rows = [_Row(str(s), str(t), int(moves), float(total), float(median), float(p90))
            for s, t, moves, total, median, p90 in
            g.table[["source", "target", "moves", "gap_days_total", "gap_days_median", "gap_days_p90"]]
            .itertuples(index=False, name=None)]
    if not rows:
        return nothing("gaps", "gaps_title", lang)
    rows.sort(key=lambda row: (-row.total, row.source, row.target))
    shown = rows[:max(1, top)]
    everything = sum(row.total for row in rows)
    labels = {name: readable(name, lang, longest=15) for row in shown for name in (row.source, row.target)}
    with style():
        figure = _draw(shown, everything, labels, lang)
    return Drawing(figure, _words(g.n, shown, everything, labels, lang), "gaps")


def _draw(shown: Sequence[_Row], everything: float, labels: Mapping[str, Label], lang: str) -> Figure:
    names = [f"{labels[row.source].text} → {labels[row.target].text}" for row in shown]
    left = _MARGIN + max(measure(name, _SIZE) for name in names) + 14
    note = max(measure(_note(row, everything, lang), 10.5) for row in shown) + 24
    each = left + _BARS + note + 20
    width, top = each + _EACH + 130, 132.0
    figure, axes = page(width, top + _ROW * len(shown) + 24)
    heading(axes, width, say("charts.gaps_title", lang), say("charts.gaps_subtitle", lang))
    write(axes, left, 108, say("charts.gaps_total", lang), size=10.5, colour=MUTED)
    _key(axes, each, 108, lang)
    most, longest = max(row.total for row in shown), max(row.p90 for row in shown)
    dark = percentile((row.median for row in shown), 0.95)
    for i, row in enumerate(shown):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        _name(axes, labels[row.source].text, labels[row.target].text, left - 14, y)
        length = max(1.5, _BARS * row.total / most) if most > 0 else 1.5
        rounded(axes, Box(left, y - 8, left + length, y + 8), gap_colour(row.median, dark), radius=min(3, length / 2))
        write(axes, left + length + 8, y, _note(row, everything, lang), size=10.5, colour=MUTED)
        _each(axes, row, each, y, longest, lang)
    return figure


def _name(axes: Axes, source: str, target: str, right: float, y: float) -> None:
    """source → target, written in three pieces: a right-to-left name must not turn the arrow around."""
    for text in (target, "→", source):
        write(axes, right, y, text, size=_SIZE, align="right")
        right -= measure(text, _SIZE) + 5


def _note(row: _Row, everything: float, lang: str) -> str:
    share = percent(row.total / everything) if everything > 0 else "–"
    return f"{duration(row.total, lang)} · {share} · {count(row.moves)}×"


def _key(axes: Axes, x: float, y: float, lang: str) -> None:
    """What the two marks of the right panel mean."""
    text = say("charts.gaps_each", lang)
    write(axes, x, y, text, size=10.5, colour=MUTED)
    x += measure(text, 10.5) + 22
    axes.plot([x], [y], marker="o", markersize=8, color=ACCENT)
    text = say("charts.gaps_mark_median", lang)
    write(axes, x + 10, y, text, size=10.5, colour=MUTED)
    x += 10 + measure(text, 10.5) + 22
    axes.plot([x, x], [y - 7, y + 7], color=INK, linewidth=2)
    write(axes, x + 8, y, say("charts.gaps_mark_p90", lang), size=10.5, colour=MUTED)


def _each(axes: Axes, row: _Row, left: float, y: float, longest: float, lang: str) -> None:
    """A line from nothing to the 90th percentile, a dot at the median, both as text."""
    scale = _EACH / longest if longest > 0 else 0.0
    median, p90 = left + row.median * scale, left + row.p90 * scale
    axes.plot([left, p90], [y, y], color="#c5ccd5", linewidth=3, solid_capstyle="butt")
    axes.plot([p90, p90], [y - 7, y + 7], color=INK, linewidth=2)
    axes.plot([median], [y], marker="o", markersize=8, color=ACCENT, zorder=4)
    text = f"{duration(row.median, lang)} / {duration(row.p90, lang)}"
    write(axes, p90 + 10, y, text, size=10.5, colour=MUTED)


def _words(cases: int, shown: Sequence[_Row], everything: float, labels: Mapping[str, Label], lang: str) -> str:
    first, slowest = shown[0], max(shown, key=lambda row: row.median)
    share = sum(row.total for row in shown) / everything if everything > 0 else 0.0
    return "\n".join([
        say("charts.gaps_words_total", lang, cases=count(cases), days=duration(everything, lang), shown=len(shown),
            share=percent(share)),
        say("charts.gaps_words_top", lang, source=labels[first.source].full, target=labels[first.target].full,
            days=duration(first.total, lang), share=percent(first.total / everything if everything > 0 else 0.0),
            moves=count(first.moves), median=duration(first.median, lang), p90=duration(first.p90, lang)),
        say("charts.gaps_words_slowest", lang, source=labels[slowest.source].full,
            target=labels[slowest.target].full, median=duration(slowest.median, lang)),
        *remarks(labels.values(), lang)])
