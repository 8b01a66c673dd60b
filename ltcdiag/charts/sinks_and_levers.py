"""Days, money and lever of each stage side by side: where the most time goes need not be where halving brings most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.lists import Levers, StageMoney
from ..log.results import StageDays
from ..words import say
from ..words.numbers import bare_interval, count, share_interval, time_interval
from .drawing import ACCENT, HAIRLINE, INK, MUTED, Drawing, heading, nothing, page, rounded, style, write
from .fonts import Label, measure, readable, remarks
from .shapes import Box

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

_SIZE, _ROW, _MARGIN, _BARS, _NOTE, _SPACE = 11.5, 32.0, 30.0, 150.0, 10.5, 26.0
_PALE, _CUSTOMER, _HATCH = "#b9cbe2", "#eceff3", "#8b95a1"
_CERTAIN = 0.9
Three = tuple[float, float, float]


@dataclass(frozen=True)
class _Panel:
    """One of the three lists. sizes: stage → value, low, high. first: the stage that is first in nine draws of ten,
    "" where none is."""

    key: str
    sizes: Mapping[str, Three]
    first: str

    def told(self, value: Three, lang: str) -> str:
        return share_interval(*value, lang) if self.key == "money" else bare_interval(*value, lang)

    def said(self, value: Three, lang: str) -> str:
        return share_interval(*value, lang) if self.key == "money" else time_interval(*value, lang)


def sinks_and_levers_chart(
    days: StageDays, money: StageMoney | None = None, levers: Levers | None = None, *, lang: str = "zh", top: int = 12
) -> Drawing:
    """The `top` stages with the most days per case: the days, the share of the money that waits and the days gained if
    the largest lever of the stage took half its time, each with its 95% interval and a scale of its own. The dark bar
    of a list is the one that comes first in at least 90% of resamples. money, levers: None where the log has none."""
    shown = [str(stage) for stage, value in days.table[["stage", "days_per_case"]].itertuples(index=False, name=None)
             if value > 0][:max(1, top)]
    if not shown:
        return nothing("sinks_and_levers", "sinks_title", lang)
    panels = _panels(days, money, levers)
    theirs = set(days.table.loc[days.table["owner"] == "customer", "stage"].astype(str))
    labels = {stage: readable(stage, lang, longest=14) for stage in shown}
    with style():
        figure = _draw(days.horizon, labels, panels, theirs, lang)
    return Drawing(figure, _words(days, panels, labels, theirs, lang), "sinks_and_levers")


def _panels(days: StageDays, money: StageMoney | None, levers: Levers | None) -> list[_Panel]:
    found = [_panel("days", days.table, ("days_per_case", "days_low", "days_high"))]
    if money is not None and len(money.table):
        found.append(_panel("money", money.table, ("share_of_money_days", "share_low", "share_high")))
    if levers is not None and len(levers.table):
        place = levers.table["stage"].where(levers.table["stage"].notna(), levers.table["step"])
        table = levers.table.assign(stage=place).drop_duplicates("stage")      # the largest of each stage comes first
        found.append(_panel("lever", table, ("days_gained", "gained_low", "gained_high")))
    return found


def _panel(key: str, table: DataFrame, columns: tuple[str, str, str]) -> _Panel:
    rows = list(table[["stage", *columns, "first_share"]].itertuples(index=False, name=None))
    values = {str(stage): (float(value), float(low), float(high)) for stage, value, low, high, _ in rows}
    return _Panel(key, values, next((str(stage) for stage, *_, first in rows if first >= _CERTAIN), ""))


def _draw(
    horizon: int, labels: Mapping[str, Label], panels: Sequence[_Panel], theirs: set[str], lang: str
) -> Figure:
    left = _MARGIN + max(measure(label.text, _SIZE) for label in labels.values()) + 16
    places, x = [], left
    for panel in panels:
        notes = [panel.told(panel.sizes[stage], lang) for stage in labels if stage in panel.sizes]
        places.append(x)
        wide = _BARS + 10 + max((measure(note, _NOTE) for note in notes), default=0.0)
        x += max(wide, measure(say(f"charts.sinks_{panel.key}", lang), _SIZE)) + _SPACE
    subtitle = say("charts.sinks_subtitle", lang, horizon=horizon)
    width, top = max(x - _SPACE + _MARGIN, 2 * _MARGIN + measure(subtitle, 12)), 132.0
    figure, axes = page(width, top + _ROW * len(labels) + 46)
    heading(axes, width, say("charts.sinks_title", lang), subtitle)
    for i, label in enumerate(labels.values()):
        y = top + _ROW * (i + 0.5)
        axes.plot([_MARGIN, width - _MARGIN], [y + _ROW / 2] * 2, color=HAIRLINE, linewidth=0.6)
        write(axes, left - 16, y, label.text, size=_SIZE, align="right")
    for panel, start in zip(panels, places, strict=True):
        write(axes, start, 112, say(f"charts.sinks_{panel.key}", lang), size=_SIZE, colour=MUTED)
        _column(axes, panel, labels, theirs, start, top, lang)
    if theirs & set(labels):
        foot = top + _ROW * len(labels) + 22
        _hatched(axes, Box(left, foot - 6, left + 15, foot + 6), _PALE)
        write(axes, left + 22, foot, say("charts.stage_days_customer", lang), size=_NOTE)
    return figure


def _column(
    axes: Axes, panel: _Panel, labels: Mapping[str, Label], theirs: set[str], left: float, top: float, lang: str
) -> None:
    most = max((panel.sizes[stage][2] for stage in labels if stage in panel.sizes), default=0.0)
    scale = _BARS / (most or 1.0)
    for i, stage in enumerate(labels):
        y = top + _ROW * (i + 0.5)
        value = panel.sizes.get(stage)
        if value is None:
            write(axes, left, y, "–", size=_NOTE, colour=MUTED)
            continue
        _bar(axes, value, ACCENT if stage == panel.first else _PALE, left, y, scale, hatched=stage in theirs)
        write(axes, left + max(1.5, value[2] * scale) + 10, y, panel.told(value, lang), size=_NOTE,
              colour=INK if stage == panel.first else MUTED)


def _bar(axes: Axes, value: Three, fill: str, left: float, y: float, scale: float, *, hatched: bool) -> None:
    at, low, high = (part * scale for part in value)
    box = Box(left, y - 8, left + max(1.5, at), y + 8)
    if hatched:
        _hatched(axes, box, fill)
    else:
        rounded(axes, box, fill, radius=min(3, max(1.5, at) / 2))
    axes.plot([left + low, left + high], [y, y], color=INK, linewidth=1.3, zorder=4)
    for end in (low, high):
        axes.plot([left + end] * 2, [y - 4, y + 4], color=INK, linewidth=1.3, zorder=4)


def _hatched(axes: Axes, box: Box, fill: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((box.left, box.top), box.right - box.left, box.bottom - box.top,
                             facecolor=_CUSTOMER if fill == _PALE else fill,
                             edgecolor=_HATCH if fill == _PALE else "#ffffff", linewidth=0.8, hatch="////", zorder=3))


def _words(
    days: StageDays, panels: Sequence[_Panel], labels: Mapping[str, Label], theirs: set[str], lang: str
) -> str:
    said = [say("charts.sinks_words", lang, cases=count(days.n), horizon=days.horizon, shown=len(labels),
                all=len(days.table))]
    for panel in panels:
        if not panel.first:
            said.append(say(f"charts.sinks_{panel.key}_none", lang))
            continue
        name = labels[panel.first].full if panel.first in labels else readable(panel.first, lang).full
        whose = say("charts.sinks_theirs", lang) if panel.first in theirs else ""
        said.append(say(f"charts.sinks_{panel.key}_first", lang, stage=name, whose=whose,
                        value=panel.said(panel.sizes[panel.first], lang)))
    firsts = {panel.key: panel.first for panel in panels if panel.first}
    if "days" in firsts and "lever" in firsts and firsts["days"] != firsts["lever"]:
        said.append(say("charts.sinks_differ", lang))
    return "\n".join([*said, *remarks(labels.values(), lang)])
