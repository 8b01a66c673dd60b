"""The funnel of main stages, of one log or two: who comes there as bars, who skips or comes back as columns apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import Funnel
from ..words import say
from ..words.numbers import count, percent, share_interval
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _MARGIN, _BARS, _SMALL, _COLUMN = 12.0, 30.0, 380.0, 10.5, 112.0
_BEFORE = "#b4bcc7"
_COLUMNS = ["main_stage", "period", "share_reaching", "reaching_low", "reaching_high", "share_skipping",
            "share_returning"]
Three = tuple[float, float, float]


@dataclass(frozen=True)
class _Arm:
    """reaching: value, low, high; skipping, returning: shares of all cases."""

    reaching: Three
    skipping: float
    returning: float


def funnel_chart(f: Funnel, *, lang: str = "zh", kind: str = "reached") -> Drawing:
    """A bar a main stage (two where there are two logs, the first grey), with its interval; skips and returns stand
    beside them as numbers, so that they are never taken for cases lost. kind: which funnel the bars show, named in the
    title: reached (came there or beyond), passing (has a step of the stage), cohort (reached, of the cases that could
    be followed for the whole horizon)."""
    rows: dict[str, list[_Arm]] = {}
    for stage, _, value, low, high, skipping, returning in f.table[_COLUMNS].itertuples(index=False, name=None):
        rows.setdefault(str(stage), []).append(_Arm((value, low, high), skipping, returning))
    if not rows:
        return nothing("funnel", f"compared.funnel_title_{kind}", lang)
    labels = {stage: readable(stage, lang, longest=16) for stage in rows}
    with style():
        figure = _draw(f.horizon, rows, labels, lang, kind)
    named = "" if kind == "reached" else say(f"compared.funnel_title_{kind}", lang) + "\n"
    return Drawing(figure, named + _words(f, rows, labels, lang, kind), "funnel")


def _draw(
    horizon: int, rows: Mapping[str, Sequence[_Arm]], labels: Mapping[str, Label], lang: str, kind: str,
) -> Figure:
    two = any(len(arms) > 1 for arms in rows.values())
    tall = 50.0 if two else 40.0
    left = _MARGIN + max(measure(label.text, _SIZE) for label in labels.values()) + 14
    notes = left + _BARS + 14
    edge = notes + max(measure(share_interval(*arm.reaching, lang), _SMALL) for arms in rows.values() for arm in arms)
    heads = [say(f"compared.funnel_{key}", lang) for key in ("skipping", "returning")]
    columns = [edge + (i + 1) * max(_COLUMN, *(measure(head, _SMALL) + 26 for head in heads)) for i in range(2)]
    subtitle = say(f"compared.funnel_subtitle_{kind}", lang, horizon=horizon)
    width = max(columns[1] + _MARGIN, 2 * _MARGIN + measure(subtitle, 12))
    figure, axes = page(width, 126 + tall * len(rows) + 24)
    heading(axes, width, say(f"compared.funnel_title_{kind}", lang), subtitle)
    if two:
        _key(axes, left, 107, lang)
    for x, head in zip(columns, heads, strict=True):
        write(axes, x, 107, head, size=_SMALL, colour=MUTED, align="right")
    for i, (stage, arms) in enumerate(rows.items()):
        y = 126 + tall * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + tall / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, left - 14, y, labels[stage].text, size=_SIZE, align="right")
        for at, arm in enumerate(arms):
            middle = y + (at - 0.5) * 20 if two else y
            _bar(axes, arm.reaching, _BEFORE if two and not at else ACCENT, left, middle, 8 if two else 11)
            write(axes, notes, middle, share_interval(*arm.reaching, lang), size=_SMALL)
            for x, share in zip(columns, (arm.skipping, arm.returning), strict=True):
                write(axes, x, middle, percent(share) if share > 0 else "–", size=_SMALL,
                      colour=INK if share > 0 else MUTED, align="right")
    return figure


def _key(axes: Axes, x: float, y: float, lang: str) -> None:
    for colour, key in ((_BEFORE, "Before"), (ACCENT, "After")):
        text = say(f"compared.{key}", lang)
        rounded(axes, Box(x, y - 6, x + 15, y + 6), colour)
        write(axes, x + 22, y, text, size=_SMALL)
        x += 42 + measure(text, _SMALL)


def _bar(axes: Axes, share: Three, fill: str, left: float, y: float, half: float) -> None:
    value, low, high = (part * _BARS for part in share)
    rounded(axes, Box(left, y - half, left + max(1.5, value), y + half), fill, radius=min(3, max(1.5, value) / 2))
    axes.plot([left + low, left + high], [y, y], color=INK, linewidth=1.4, zorder=4)
    for end in (low, high):
        axes.plot([left + end] * 2, [y - 4, y + 4], color=INK, linewidth=1.4, zorder=4)


def _words(
    f: Funnel, rows: Mapping[str, Sequence[_Arm]], labels: Mapping[str, Label], lang: str, kind: str,
) -> str:
    two = any(len(arms) > 1 for arms in rows.values())
    first = (say("compared.funnel_words_two", lang, before=count(f.n_before), after=count(f.n - f.n_before),
                 horizon=f.horizon) if two else
             say("compared.funnel_words", lang, cases=count(f.n), horizon=f.horizon))
    said = [first, *(_told(labels[stage].full, arms, lang, kind) for stage, arms in rows.items())]
    return "\n".join([*said, *([say("compared.funnel_words_no_claim", lang)] if two else ()),
                      *remarks(labels.values(), lang)])


def _told(stage: str, arms: Sequence[_Arm], lang: str, kind: str) -> str:
    if len(arms) == 1:
        key = "compared.funnel_told_passing" if kind == "passing" else "compared.funnel_told"
        return say(key, lang, stage=stage, reaching=share_interval(*arms[0].reaching, lang),
                   skipping=percent(arms[0].skipping), returning=percent(arms[0].returning))
    before, after = arms
    return say("compared.funnel_told_two", lang, stage=stage, before=share_interval(*before.reaching, lang),
               after=share_interval(*after.reaching, lang), skip_before=percent(before.skipping),
               skip_after=percent(after.skipping), back_before=percent(before.returning),
               back_after=percent(after.returning))
