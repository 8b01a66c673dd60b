"""Where the days of an average case lie: a bar a stage with its interval, the customer's stages hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.results import StageDays
from ..words import say
from ..words.numbers import count, days_interval, share_interval, time_interval
from .drawing import HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .legend import LEGEND_ROW, legend, legend_rows
from .scales import palette
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE, _ROW, _MARGIN, _BARS, _NOTE = 11.5, 30.0, 30.0, 430.0, 10.5
_CUSTOMER, _HATCH = "#eceff3", "#8b95a1"


@dataclass(frozen=True)
class _Row:
    """days, share: value, low, high."""

    stage: str
    owner: str
    standing: int
    days: tuple[float, float, float]
    share: tuple[float, float, float]


def stage_days_chart(
    d: StageDays,
    *,
    lang: str = "zh",
    top: int = 20,
    stage_of: Mapping[str, str] | None = None,
    stage_colours: Mapping[str, str] | None = None,
    stage_names: Mapping[str, str] | None = None,
) -> Drawing:
    """The `top` stages with the most days per case, each with its 95 % interval and the open cases before it.

    stage_of: stage → the main stage that colours it, empty in a log of activities without stages; stage_colours and
    stage_names: of main stages. Stages in the customer's hands are grey and hatched whatever their colour.
    """
    columns = ["stage", "owner", "standing", "days_per_case", "days_low", "days_high", "share_of_days", "share_low",
               "share_high"]
    rows = [_Row(str(stage), owner if isinstance(owner, str) else "", int(standing), tuple(rest[:3]), tuple(rest[3:]))
            for stage, owner, standing, *rest in d.table[columns].itertuples(index=False, name=None)]
    rows.sort(key=lambda row: (-row.days[0], row.stage))
    shown = [row for row in rows[:max(1, top)] if row.days[0] > 0]
    if not shown:
        return nothing("stage_days", "stage_days_title", lang)
    labels = {row.stage: readable(row.stage, lang, longest=16) for row in shown}
    groups = {row.stage: (stage_of or {}).get(row.stage) for row in shown}
    with style():
        figure = _draw(d.horizon, shown, labels, groups, dict(stage_colours or {}), dict(stage_names or {}), lang)
    return Drawing(figure, _words(d, rows, shown, labels, "" if stage_of else "_plain", lang), "stage_days")


def _draw(
    horizon: int, shown: Sequence[_Row], labels: Mapping[str, Label], groups: Mapping[str, str | None],
    colours: Mapping[str, str], names: Mapping[str, str], lang: str,
) -> Figure:
    fills = palette((group for group in groups.values()), colours)
    left = _MARGIN + max(measure(label.text, _SIZE) for label in labels.values()) + 14
    width = left + _BARS + max(measure(_note(row, lang), _NOTE) for row in shown) + 24 + _MARGIN
    subtitle = say("charts.stage_days_subtitle", lang, horizon=horizon)
    width = max(width, _MARGIN * 2 + measure(subtitle, 12))
    used = dict.fromkeys(groups[row.stage] for row in shown if row.owner != "customer")
    entries = [(names.get(group, group), fills[group]) for group in fills if group is not None and group in used]
    legend_lines = legend_rows(entries, width - 150)
    theirs = any(row.owner == "customer" for row in shown)
    top = 100.0 + LEGEND_ROW * max(theirs, len(legend_lines))
    figure, axes = page(width, top + _ROW * len(shown) + 24)
    heading(axes, width, say("charts.stage_days_title", lang), subtitle)
    legend(axes, legend_lines, 106)
    if theirs:
        _hatched(axes, Box(width - _MARGIN - 130, 100, width - _MARGIN - 115, 112))
        write(axes, width - _MARGIN - 108, 106, say("charts.stage_days_customer", lang), size=_NOTE)
    scale = _BARS / max(row.days[2] for row in shown)
    for i, row in enumerate(shown):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, left - 14, y, labels[row.stage].text, size=_SIZE, align="right")
        _bar(axes, row, fills[groups[row.stage]], left, y, scale)
        write(axes, left + row.days[2] * scale + 12, y, _note(row, lang), size=_NOTE, colour=MUTED)
    return figure


def _bar(axes: Axes, row: _Row, fill: str, left: float, y: float, scale: float) -> None:
    """A bar to the value, a whisker from low to high over its end."""
    value, low, high = (part * scale for part in row.days)
    box = Box(left, y - 8, left + max(1.5, value), y + 8)
    if row.owner == "customer":
        _hatched(axes, box)
    else:
        rounded(axes, box, fill, radius=min(3, max(1.5, value) / 2))
    axes.plot([left + low, left + high], [y, y], color=INK, linewidth=1.4, zorder=4)
    for end in (low, high):
        axes.plot([left + end] * 2, [y - 4.5, y + 4.5], color=INK, linewidth=1.4, zorder=4)


def _hatched(axes: Axes, box: Box) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((box.left, box.top), box.right - box.left, box.bottom - box.top, facecolor=_CUSTOMER,
                             edgecolor=_HATCH, linewidth=0.8, hatch="////", zorder=3))


def _note(row: _Row, lang: str) -> str:
    days = days_interval(*row.days, lang)
    standing = say("charts.stage_days_standing", lang, n=count(row.standing)) if row.standing else ""
    return say("charts.stage_days_note", lang, days=days, standing=standing)


def _words(
    d: StageDays, rows: Sequence[_Row], shown: Sequence[_Row], labels: Mapping[str, Label], plain: str, lang: str,
) -> str:
    def told(row: _Row) -> dict[str, str]:
        return {"stage": labels[row.stage].full, "days": time_interval(*row.days, lang),
                "share": share_interval(*row.share, lang)}

    ours = next((row for row in shown if row.owner != "customer"), None)
    theirs = [row for row in shown if row.owner == "customer"]
    said = [say(f"charts.stage_days_words{plain}", lang, cases=count(d.n), horizon=d.horizon, shown=len(shown),
                all=len(rows))]
    if ours is not None:
        said.append(say(f"charts.stage_days_words_top{plain}", lang, **told(ours)))
    if theirs:
        said.append(say("charts.stage_days_words_customer", lang, **told(theirs[0])))
    return "\n".join([*said, *remarks(labels.values(), lang)])
