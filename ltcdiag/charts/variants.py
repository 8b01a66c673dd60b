"""The most common variants, a row of arrows each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ..log.results import Variants
from ..words import say
from ..words.numbers import count, duration, percent
from .drawing import ACCENT, HAIRLINE, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .legend import LEGEND_ROW, legend, legend_rows
from .scales import NO_STAGE, blend, on, palette
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _ARROW, _POINT = 10.5, 38.0, 26.0, 8.0
_MARGIN, _STEPS_FROM, _STEPS_WIDTH = 30.0, 396.0, 860.0
_FOLD = "#eef1f4"


@dataclass(frozen=True)
class _Row:
    rank: int
    activities: tuple[str, ...]
    cases: int
    share: float
    cumulative: float
    days: float


@dataclass(frozen=True)
class _Arrow:
    text: str
    fill: str
    width: float


def variants_chart(v: Variants, *, lang: str = "zh", top: int = 12, stage_of: Mapping[str, str] | None = None,
                   stage_colours: Mapping[str, str] | None = None,
                   stage_names: Mapping[str, str] | None = None) -> Drawing:
    """The `top` most common variants with cases, share, cumulative share and median time.

    An activity repeated in a row is one arrow (×n); where a variant is longer than the sheet, its
    middle folds into "+k". stage_of: activity → stage key, which colours the arrows.
    """
    rows = [_Row(int(rank), tuple(map(str, activities)), int(cases), float(share), float(cumulative), float(days))
            for rank, activities, cases, share, cumulative, days in
            v.table[["variant", "activities", "cases", "share_of_cases", "cumulative_share", "median_days"]]
            .itertuples(index=False, name=None)]
    if not rows:
        return nothing("variants", "variants_title", lang)
    shown = rows[:max(1, top)]
    labels = {a: readable(a, lang, longest=12) for row in shown for a in row.activities}
    stages = {a: (stage_of or {}).get(a) for a in labels}
    colours = _colours(stages, stage_colours, stage_names)
    with style():
        figure = _draw(v.n, rows, shown, labels, stages, colours, stage_names or {}, lang)
    return Drawing(figure, _words(rows, shown, labels, lang), "variants")


def _colours(stages: Mapping[str, str | None], given: Mapping[str, str] | None,
             names: Mapping[str, str] | None) -> dict[str | None, str]:
    """Without any stage all arrows have one calm colour."""
    met = set(stages.values())
    if met <= {None}:
        return {None: ACCENT}
    named = [stage for stage in names or () if stage in met]
    rest: list[str | None] = [*sorted(s for s in met if s and s not in named), *([None] if None in met else [])]
    return palette([*named, *rest], given)


def _draw(cases: int, rows: Sequence[_Row], shown: Sequence[_Row], labels: Mapping[str, Label],
          stages: Mapping[str, str | None], colours: Mapping[str | None, str], names: Mapping[str, str],
          lang: str) -> Figure:
    met = set(stages.values())
    arrows = [_folded(_arrows(row.activities, labels, stages, colours)) for row in shown]
    widest = max(sum(arrow.width for arrow in line) for line in arrows)
    width = _STEPS_FROM + max(widest, 380.0) + _POINT + _MARGIN
    entries = [(readable(names.get(s, s), lang).text if s else say("charts.no_stage", lang), colour)
               for s, colour in colours.items() if s in met and met != {None}]
    legends = legend_rows(entries, width)
    top = 126.0 + LEGEND_ROW * len(legends)
    figure, axes = page(width, top + _ROW * len(shown) + 20)
    heading(axes, width, say("charts.variants_title", lang), say(
        "charts.variants_subtitle", lang, cases=count(cases), variants=count(len(rows)), shown=len(shown),
        share=percent(shown[-1].cumulative)))
    legend(axes, legends, 102)
    _column_heads(axes, top - 14, lang)
    for i, (row, line) in enumerate(zip(shown, arrows, strict=True)):
        _row(axes, row, line, top + _ROW * (i + 0.5), max(r.share for r in shown), width, lang)
    return figure


def _column_heads(axes: Axes, y: float, lang: str) -> None:
    for x, key in ((118, "cases"), (228, "share"), (304, "cumulative"), (380, "median")):
        write(axes, x, y, say(f"charts.column_{key}", lang), size=10, colour=MUTED, align="right")


def _row(axes: Axes, row: _Row, arrows: Sequence[_Arrow], y: float, most: float, width: float, lang: str) -> None:
    axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
    write(axes, 52, y, f"{row.rank}", size=11, colour=MUTED, align="right")
    write(axes, 118, y, count(row.cases), size=12, align="right")
    rounded(axes, Box(132, y - 6, 132 + max(1.0, 52 * row.share / most), y + 6), ACCENT, radius=0)
    write(axes, 228, y, percent(row.share), size=11, align="right")
    write(axes, 304, y, percent(row.cumulative), size=11, colour=MUTED, align="right")
    write(axes, 380, y, duration(row.days, lang), size=11, align="right")
    draw_path(axes, arrows, _STEPS_FROM, y)


def path_arrows(activities: Sequence[str], labels: Mapping[str, Label], stage_of: Mapping[str, str],
                colours: Mapping[str, str], names: Mapping[str, str]) -> list[_Arrow]:
    """The arrows of one path, folded where it is longer than the sheet."""
    stages = {activity: stage_of.get(activity) for activity in labels}
    return _folded(_arrows(activities, labels, stages, _colours(stages, colours, names)))


def draw_path(axes: Axes, arrows: Sequence[_Arrow], x: float, y: float) -> None:
    """A row of arrows from x on."""
    for i, arrow in enumerate(arrows):
        _draw_arrow(axes, arrow, x, y, first=i == 0)
        x += arrow.width


def _arrows(path: Sequence[str], labels: Mapping[str, Label], stages: Mapping[str, str | None],
            colours: Mapping[str | None, str]) -> list[_Arrow]:
    found = []
    for activity, again in groupby(path):
        n = len(list(again))
        text = labels[activity].text + (f" ×{n}" if n > 1 else "")
        fill = blend(colours.get(stages[activity], NO_STAGE), "#ffffff", 0.12)
        found.append(_Arrow(text, fill, measure(text, _SIZE) + 2 * _POINT + 10))
    return found


def _folded(arrows: list[_Arrow]) -> list[_Arrow]:
    """The arrows that fit, taken in turn from the beginning and the end; the middle becomes +k."""
    if sum(arrow.width for arrow in arrows) <= _STEPS_WIDTH:
        return arrows
    fold = measure(f"+{len(arrows)}", _SIZE) + 2 * _POINT + 10
    room, head, tail = _STEPS_WIDTH - fold, 0, 0
    while True:
        from_head = head <= 2 * tail
        arrow = arrows[head] if from_head else arrows[-1 - tail]
        room -= arrow.width
        if room < 0:
            break
        head, tail = (head + 1, tail) if from_head else (head, tail + 1)
    return [*arrows[:head], _Arrow(f"+{len(arrows) - head - tail}", _FOLD, fold), *arrows[len(arrows) - tail:]]


def _draw_arrow(axes: Axes, arrow: _Arrow, x: float, y: float, *, first: bool) -> None:
    from matplotlib.patches import Polygon

    left, right, half = x, x + arrow.width - 2, _ARROW / 2
    corners = [(left, y - half), (right, y - half), (right + _POINT, y), (right, y + half), (left, y + half)]
    axes.add_patch(Polygon(corners if first else [*corners, (left + _POINT, y)], facecolor=arrow.fill,
                           edgecolor="none", zorder=3))
    colour = MUTED if arrow.fill == _FOLD else on(arrow.fill)
    write(axes, x + (arrow.width + _POINT) / 2 - 1, y, arrow.text, size=_SIZE, colour=colour, align="center")


def _words(rows: Sequence[_Row], shown: Sequence[_Row], labels: Mapping[str, Label], lang: str) -> str:
    first = rows[0]
    cases = sum(row.cases for row in rows)
    half = next((i for i, row in enumerate(rows, start=1) if row.cumulative >= 0.5), len(rows))
    path = " → ".join(labels[activity].full for activity in first.activities)
    return "\n".join([
        say("charts.variants_subtitle", lang, cases=count(cases), variants=count(len(rows)), shown=len(shown),
            share=percent(shown[-1].cumulative)),
        say("charts.variants_words_top", lang, steps=len(first.activities), path=path, cases=count(first.cases),
            share=percent(first.share), time=duration(first.days, lang)),
        say("charts.variants_words_half", lang, variants=count(half),
            single=count(sum(row.cases == 1 for row in rows))),
        *remarks(labels.values(), lang)])
