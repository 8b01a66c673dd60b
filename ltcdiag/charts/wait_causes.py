"""Why work waits: a bar an activity, as long as its waiting, cut by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.wait_results import WaitCauses
from ..words import say
from ..words.numbers import count, share_interval, spoken
from .drawing import HAIRLINE, MUTED, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks
from .legend import LEGEND_ROW, legend, legend_rows
from .scales import on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _MARGIN, _BARS, _NOTE = 11.5, 30.0, 30.0, 460.0, 10.5
CAUSES: Mapping[str, str] = {"batching": "#27a08c", "contention": "#3b75b8", "prioritisation": "#8b68b8",
                             "unavailability": "#e0a030", "extraneous": "#b4bcc7"}
"""Cause → colour, in the order of the bars."""
Three = tuple[float, float, float]


@dataclass(frozen=True)
class _Row:
    """days: of all waiting. shares: cause → value, low, high."""

    activity: str
    days: float
    shares: Mapping[str, Three]

    @property
    def most(self) -> str:
        return max(CAUSES, key=lambda cause: self.shares[cause][0])


def wait_causes_chart(w: WaitCauses, *, lang: str = "zh", top: int = 12) -> Drawing:
    """The `top` activities with the most waiting: recorded days before their start, by cause. The pieces of a bar add
    up to it; intervals stand in the words and the table."""
    columns = [f"share_{cause}{end}" for cause in CAUSES for end in ("", "_low", "_high")]
    waited = w.table.loc[w.table["wait_days_total"] > 0, ["activity", "wait_days_total", *columns]]
    every = [_row(row) for row in waited.itertuples(index=False, name=None)]
    every.sort(key=lambda row: (-row.days, row.activity))
    shown = every[:max(1, top)]
    if not shown:
        return nothing("wait_causes", "waits_title", lang)
    labels = {row.activity: readable(row.activity, lang, longest=16) for row in shown}
    with style():
        figure = _draw(shown, labels, lang)
    return Drawing(figure, _words(w, every, shown, labels, lang), "wait_causes")


def _row(row: tuple[object, ...]) -> _Row:
    activity, days, *parts = row
    numbers = [float(str(part)) for part in parts]
    shares = {cause: (numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]) for i, cause in enumerate(CAUSES)}
    return _Row(str(activity), float(str(days)), shares)


def _draw(shown: Sequence[_Row], labels: Mapping[str, Label], lang: str) -> Figure:
    left = _MARGIN + max(measure(label.text, _SIZE) for label in labels.values()) + 14
    notes = [_note(row, lang) for row in shown]
    subtitle = say("charts.waits_subtitle", lang)
    width = max(left + _BARS + 14 + max(measure(note, _NOTE) for note in notes) + _MARGIN,
                2 * _MARGIN + measure(subtitle, 12))
    rows = legend_rows([(say(f"charts.cause_{cause}", lang), colour) for cause, colour in CAUSES.items()], width)
    top = 102.0 + LEGEND_ROW * len(rows)
    figure, axes = page(width, top + _ROW * len(shown) + 24)
    heading(axes, width, say("charts.waits_title", lang), subtitle)
    legend(axes, rows, 106)
    scale = _BARS / max(row.days for row in shown)
    for i, (row, note) in enumerate(zip(shown, notes, strict=True)):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, left - 14, y, labels[row.activity].text, size=_SIZE, align="right")
        _bar(axes, row, left, y, scale)
        write(axes, left + max(1.5, row.days * scale) + 12, y, note, size=_NOTE, colour=MUTED)
    return figure


def _bar(axes: Axes, row: _Row, left: float, y: float, scale: float) -> None:
    from matplotlib.patches import Rectangle

    x = left
    for cause, colour in CAUSES.items():
        share = row.shares[cause][0]
        wide = share * row.days * scale
        if wide <= 0:
            continue
        axes.add_patch(Rectangle((x, y - 9), wide, 18, facecolor=colour, edgecolor="#ffffff", linewidth=0.6, zorder=3))
        text = f"{share:.0%}"
        if wide > measure(text, _NOTE) + 8:
            write(axes, x + wide / 2, y, text, size=_NOTE, colour=on(colour), align="center")
        x += wide


def _note(row: _Row, lang: str) -> str:
    return say("charts.waits_note", lang, days=spoken(row.days, lang), cause=say(f"charts.cause_{row.most}", lang))


def _words(
    w: WaitCauses, every: Sequence[_Row], shown: Sequence[_Row], labels: Mapping[str, Label], lang: str
) -> str:
    said = [say("charts.waits_words", lang, cases=count(w.n), shown=len(shown), all=len(every))]
    said += [say("charts.waits_words_row", lang, activity=labels[row.activity].full, days=spoken(row.days, lang),
                 cause=say(f"charts.cause_{row.most}", lang), share=share_interval(*row.shares[row.most], lang))
             for row in shown[:3]]
    return "\n".join([*said, say("charts.waits_words_exact", lang), *remarks(labels.values(), lang)])
