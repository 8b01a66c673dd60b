"""Groups of cases against all others: a dot a group with its interval, right of the line where it takes longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.segments import SegmentEffects
from ..words import say
from ..words.numbers import change_interval, count
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _MARGIN, _WIDE, _NOTE = 11.5, 30.0, 30.0, 400.0, 10.5
_PALE, _LEVEL = "#b4bcc7", 0.05
_COLUMNS = ["segment_column", "segment_value", "measure", "step", "cases", "days_more", "more_low", "more_high",
            "p_adjusted"]


@dataclass(frozen=True)
class _Row:
    """more: value, low, high in days. p: with the number of comparisons counted in."""

    group: Label
    place: Label
    cases: int
    more: tuple[float, float, float]
    p: float

    @property
    def clear(self) -> bool:
        return self.p <= _LEVEL


def segments_chart(d: SegmentEffects, *, lang: str = "zh", top: int = 15) -> Drawing:
    """The `top` differences that chance explains least, one a column and step, the slowest groups first. Those that
    stand with the number of comparisons counted in (Benjamini & Hochberg, 5 %) are drawn dark and named in the words;
    the others are pale."""
    table = d.table.loc[d.table["measure"] != "not_won", _COLUMNS]
    table = table.drop_duplicates(["segment_column", "measure", "step"])    # the others mirror the first
    rows = [_row(row, lang) for row in table.head(max(1, top)).itertuples(index=False, name=None)]
    if not rows:
        return nothing("segments", "segments.chart_title", lang)
    rows.sort(key=lambda row: -row.more[0])
    with style():
        figure = _draw(rows, lang)
    return Drawing(figure, _words(d, rows, lang), "segments")


def _row(row: tuple[object, ...], lang: str) -> _Row:
    column, value, measured, step, cases, more, low, high, p = row
    group = say("segments.chart_group", lang, column=column, value=value)
    place = step if isinstance(step, str) else say(f"columns.measure_{measured}", lang)
    return _Row(readable(group, lang, longest=16), readable(place, lang, longest=14), int(str(cases)),
                (float(str(more)), float(str(low)), float(str(high))), float(str(p)))


def _draw(rows: Sequence[_Row], lang: str) -> Figure:
    names = [max(measure(getattr(row, part).text, _SIZE) for row in rows) for part in ("group", "place")]
    left = _MARGIN + sum(names) + 44
    notes = [_note(row, lang) for row in rows]
    subtitle = say("segments.chart_subtitle", lang)
    width = max(left + _WIDE + 24 + max(measure(note, _NOTE) for note in notes) + _MARGIN,
                _MARGIN * 2 + measure(subtitle, 12))
    top = 128.0
    figure, axes = page(width, top + _ROW * len(rows) + 24)
    heading(axes, width, say("segments.chart_title", lang), subtitle)
    low, high = min(0.0, *(row.more[1] for row in rows)), max(0.0, *(row.more[2] for row in rows))
    scale = _WIDE / ((high - low) or 1.0)
    zero = left - low * scale
    axes.plot([zero, zero], [top - 4, top + _ROW * len(rows)], color=MUTED, linewidth=1.0, zorder=2)
    write(axes, zero, 110, say("segments.chart_zero", lang), size=_NOTE, colour=MUTED, align="center")
    for i, (row, note) in enumerate(zip(rows, notes, strict=True)):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, _MARGIN, y, row.group.text, size=_SIZE)
        write(axes, _MARGIN + names[0] + 20, y, row.place.text, size=_SIZE, colour=MUTED)
        _whisker(axes, row, zero, y, scale)
        write(axes, left + _WIDE + 24, y, note, size=_NOTE, colour=INK if row.clear else MUTED)
    return figure


def _whisker(axes: Axes, row: _Row, zero: float, y: float, scale: float) -> None:
    value, low, high = (zero + part * scale for part in row.more)
    colour = INK if row.clear else _PALE
    axes.plot([low, high], [y, y], color=colour, linewidth=1.6, zorder=4)
    for end in (low, high):
        axes.plot([end] * 2, [y - 4, y + 4], color=colour, linewidth=1.6, zorder=4)
    axes.plot([value], [y], marker="o", markersize=7, color=ACCENT if row.clear else _PALE, zorder=5)


def _note(row: _Row, lang: str) -> str:
    return say("segments.chart_note", lang, more=change_interval(*row.more, lang), n=count(row.cases))


def _words(d: SegmentEffects, rows: Sequence[_Row], lang: str) -> str:
    clear = [say("segments.chart_words_row", lang, group=row.group.full, place=row.place.full, n=count(row.cases),
                 more=change_interval(*row.more, lang)) for row in rows if row.clear]
    labels = [label for row in rows for label in (row.group, row.place)]
    return "\n".join([
        say("segments.chart_words", lang, cases=count(d.n), horizon=d.horizon, shown=len(rows), all=len(d.table),
            looked=count(d.looked_at)),
        *(clear or [say("segments.chart_words_none", lang)]), *remarks(labels, lang)])
