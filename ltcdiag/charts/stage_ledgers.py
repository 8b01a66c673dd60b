"""The days in each stage, before and after: two bars a stage, each with its interval, and their difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import StageLedgers
from ..words import say
from ..words.numbers import change_interval, count
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _MARGIN, _BARS, _NOTE = 11.5, 46.0, 30.0, 400.0, 10.5
_BEFORE = "#b4bcc7"
_LEVEL = 0.05
_COLUMNS = ["stage", "owner", "days_before", "before_low", "before_high", "days_after", "after_low", "after_high",
            "days_difference", "difference_low", "difference_high", "p_adjusted"]


@dataclass(frozen=True)
class _Row:
    """before, after, difference: value, low, high in days per case."""

    stage: str
    owner: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    difference: tuple[float, float, float]
    p: float

    @property
    def clear(self) -> bool:
        return self.p < _LEVEL


def stage_ledgers_chart(d: StageLedgers, *, lang: str = "zh", top: int = 12) -> Drawing:
    """The `top` stages with the most days in either period. Differences that stand with the number of stages counted in
    (Benjamini & Hochberg) are written dark and named in the words; the others are table rows."""
    rows = [_Row(str(stage), owner if isinstance(owner, str) else "", tuple(v[:3]), tuple(v[3:6]), tuple(v[6:9]), v[9])
            for stage, owner, *v in d.table[_COLUMNS].itertuples(index=False, name=None)]
    rows.sort(key=lambda row: (-max(row.before[0], row.after[0]), row.stage))
    shown = [row for row in rows[:max(1, top)] if max(row.before[0], row.after[0]) > 0]
    if not shown:
        return nothing("stage_ledgers", "compared.ledgers_title", lang)
    labels = {row.stage: readable(row.stage, lang, longest=16) for row in shown}
    with style():
        figure = _draw(d.horizon, shown, labels, lang)
    return Drawing(figure, _words(d, rows, shown, labels, lang), "stage_ledgers")


def _draw(horizon: int, shown: Sequence[_Row], labels: Mapping[str, Label], lang: str) -> Figure:
    names = {row.stage: _name(row, labels, lang) for row in shown}
    left = _MARGIN + max(measure(name, _SIZE) for name in names.values()) + 14
    change = say("compared.ledgers_change", lang)
    note = max(measure(text, _NOTE) for text in [change, *(_note(row, lang) for row in shown)])
    edge = left + _BARS + 24
    subtitle = say("compared.ledgers_subtitle", lang, horizon=horizon)
    width = max(edge + note + _MARGIN, _MARGIN * 2 + measure(subtitle, 12))
    top = 128.0
    figure, axes = page(width, top + _ROW * len(shown) + 24)
    heading(axes, width, say("compared.ledgers_title", lang), subtitle)
    _key(axes, left, 108, lang)
    write(axes, edge, 108, change, size=_NOTE, colour=MUTED)
    scale = _BARS / max(max(row.before[2], row.after[2]) for row in shown)
    for i, row in enumerate(shown):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, left - 14, y, names[row.stage], size=_SIZE, align="right")
        _bar(axes, row.before, _BEFORE, left, y - 9, scale)
        _bar(axes, row.after, ACCENT, left, y + 9, scale)
        write(axes, edge, y, _note(row, lang), size=_NOTE, colour=INK if row.clear else MUTED)
    return figure


def _name(row: _Row, labels: Mapping[str, Label], lang: str) -> str:
    text = labels[row.stage].text
    return say("compared.ledgers_customer", lang, stage=text) if row.owner == "customer" else text


def _key(axes: Axes, x: float, y: float, lang: str) -> None:
    for colour, key in ((_BEFORE, "Before"), (ACCENT, "After")):
        text = say(f"compared.{key}", lang)
        rounded(axes, Box(x, y - 6, x + 15, y + 6), colour)
        write(axes, x + 22, y, text, size=_NOTE)
        x += 42 + measure(text, _NOTE)


def _bar(axes: Axes, days: tuple[float, float, float], fill: str, left: float, y: float, scale: float) -> None:
    """A bar to the value, its interval as a line over the end."""
    value, low, high = (part * scale for part in days)
    rounded(axes, Box(left, y - 7, left + max(1.5, value), y + 7), fill, radius=min(3, max(1.5, value) / 2))
    axes.plot([left + low, left + high], [y, y], color=INK, linewidth=1.4, zorder=4)
    for end in (low, high):
        axes.plot([left + end] * 2, [y - 4, y + 4], color=INK, linewidth=1.4, zorder=4)


def _note(row: _Row, lang: str) -> str:
    return change_interval(*row.difference, lang)


def _words(
    d: StageLedgers, rows: Sequence[_Row], shown: Sequence[_Row], labels: Mapping[str, Label], lang: str,
) -> str:
    clear = [say("compared.ledgers_words_stage", lang, stage=readable(row.stage, lang, longest=16).full,
                 before=f"{row.before[0]:.1f}", after=f"{row.after[0]:.1f}",
                 difference=change_interval(*row.difference, lang)) for row in rows if row.clear]
    before, after = (sum(days) for days in zip(*((row.before[0], row.after[0]) for row in rows), strict=True))
    stages = say("compared.list_separator", lang).join(clear)
    return "\n".join([
        say("compared.ledgers_words", lang, horizon=d.horizon, before=count(d.n_before), after=count(d.n - d.n_before),
            shown=len(shown), all=len(rows)),
        say("compared.ledgers_words_total", lang, before=f"{before:.1f}", after=f"{after:.1f}"),
        say("compared.ledgers_words_clear", lang, stages=stages) if clear else say("compared.ledgers_words_none", lang),
        *remarks(labels.values(), lang)])
