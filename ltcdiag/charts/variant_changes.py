"""Variants before and after: a row each with both shares and the interval of their difference; claimed ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import VariantChanges
from ..words import say
from ..words.numbers import change_interval, count, percent
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .shapes import Box
from .variants import draw_path, path_arrows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW, _MARGIN, _SMALL, _BARS, _STEPS_FROM = 46.0, 30.0, 10.5, 110.0, 520.0
_BEFORE = "#b4bcc7"
_COLUMNS = ["activities", "share_before", "share_after", "share_difference", "difference_low", "difference_high",
            "change"]


@dataclass(frozen=True)
class _Row:
    """difference: value, low, high. change: gained, lost, more, less or ""."""

    activities: tuple[str, ...]
    before: float
    after: float
    difference: tuple[float, float, float]
    change: str


def variant_changes_chart(
    v: VariantChanges, *, lang: str = "zh", top: int = 12, stage_of: Mapping[str, str] | None = None,
    stage_colours: Mapping[str, str] | None = None, stage_names: Mapping[str, str] | None = None,
) -> Drawing:
    """The first `top` rows of the table; a change is named only where it is claimed there. stage_of: activity → stage
    key, which colours the arrows."""
    rows = [_Row(tuple(map(str, activities)), before, after, tuple(rest[:3]),
                 rest[3] if isinstance(rest[3], str) else "")
            for activities, before, after, *rest in v.table[_COLUMNS].itertuples(index=False, name=None)]
    if not rows:
        return nothing("variant_changes", "compared.variants_title", lang)
    shown = rows[:max(1, top)]
    labels = {a: readable(a, lang, longest=12) for row in shown for a in row.activities}
    with style():
        figure = _draw(v, shown, labels, (stage_of or {}, stage_colours or {}, stage_names or {}), lang)
    return Drawing(figure, _words(v, rows, labels, lang), "variant_changes")


def _draw(
    v: VariantChanges, shown: Sequence[_Row], labels: Mapping[str, Label],
    stages: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]], lang: str,
) -> Figure:
    paths = [path_arrows(row.activities, labels, *stages) for row in shown]
    subtitle = say("compared.variants_subtitle", lang, before=count(v.n_before), after=count(v.n - v.n_before),
                   horizon=v.horizon)
    width = max(_STEPS_FROM + max(sum(arrow.width for arrow in path) for path in paths) + 8 + _MARGIN,
                2 * _MARGIN + measure(subtitle, 12))
    top = 128.0
    figure, axes = page(width, top + _ROW * len(shown) + 20)
    heading(axes, width, say("compared.variants_title", lang), subtitle)
    _key(axes, 110, 107, lang)
    write(axes, 310, 107, say("compared.variants_difference", lang), size=_SMALL, colour=MUTED)
    most = max(max(row.before, row.after) for row in shown)
    for i, (row, path) in enumerate(zip(shown, paths, strict=True)):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, _MARGIN, y, say(f"compared.variant_{row.change or 'same'}", lang), size=11.5,
              colour=INK if row.change else MUTED)
        for share, fill, middle in ((row.before, _BEFORE, y - 9), (row.after, ACCENT, y + 9)):
            rounded(axes, Box(110, middle - 6, 110 + max(1.0, _BARS * share / most), middle + 6), fill, radius=0)
            write(axes, 292, middle, percent(share), size=_SMALL, align="right")
        write(axes, 310, y, _difference(row, "bare", lang), size=_SMALL, colour=INK if row.change else MUTED)
        draw_path(axes, path, _STEPS_FROM, y)
    return figure


def _key(axes: Axes, x: float, y: float, lang: str) -> None:
    for colour, key in ((_BEFORE, "Before"), (ACCENT, "After")):
        text = say(f"compared.{key}", lang)
        rounded(axes, Box(x, y - 6, x + 15, y + 6), colour)
        write(axes, x + 22, y, text, size=_SMALL)
        x += 42 + measure(text, _SMALL)


def _difference(row: _Row, unit: str, lang: str) -> str:
    value, low, high = (100 * part for part in row.difference)
    return change_interval(value, low, high, lang, unit=unit)


def _words(v: VariantChanges, rows: Sequence[_Row], labels: Mapping[str, Label], lang: str) -> str:
    claimed = [row for row in rows if row.change]
    said = [say("compared.variants_words", lang, before=count(v.n_before), after=count(v.n - v.n_before),
                horizon=v.horizon, all=count(len(rows)), tested=count(v.tested), young_before=count(v.left_out[0]),
                young_after=count(v.left_out[1])),
            say("compared.variants_words_claimed" if claimed else "compared.variants_words_none", lang, n=len(claimed))]
    for row in claimed:
        path = " → ".join(readable(a, lang, longest=12).full for a in row.activities)
        said.append(say("compared.variants_told", lang, change=say(f"compared.variant_{row.change}", lang), path=path,
                        before=percent(row.before), after=percent(row.after),
                        difference=_difference(row, "points", lang)))
    if v.ends != "known":
        said.append(say(f"compared.ends_{v.ends}", lang))
    if v.shared:
        said.append(say("compared.shared", lang, n=count(v.shared)))
    return "\n".join([*said, *remarks(labels.values(), lang)])
