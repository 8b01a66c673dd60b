"""The dotted chart: every case a row, every event a dot on the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..errors import InputError
from ..words import say
from ..words.numbers import count, percent
from .drawing import HAIRLINE, MUTED, PAPER, Drawing, heading, nothing, page, style, write
from .fonts import readable, remarks
from .legend import LEGEND_ROW, legend, legend_rows
from .scales import NO_STAGE, palette

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_CASES, _MOST_GROUPS = 4000, 8
_WIDTH, _PLOT = 980.0, 480.0
_ORDERS = ("start", "end", "duration")


def dotted_chart(points: pd.DataFrame, *, lang: str = "zh", sort: str = "start",
                 as_of: datetime | date | None = None, stage_colours: Mapping[str, str] | None = None,
                 stage_names: Mapping[str, str] | None = None) -> Drawing:
    """Every case a row, every event a dot; what lines up vertically happened in one go.

    points: case_id, time, and stage or activity, which colours the dots (the eight most frequent, the
    rest grey). sort: start | end | duration. as_of: drawn as a line. Of more than 4,000 cases every
    k-th of the order is drawn, and the picture says so. Raises InputError for another order.
    """
    if sort not in _ORDERS:
        raise InputError(f"cases cannot be sorted by '{sort}'", fix=f"one of {', '.join(_ORDERS)}")
    by = "stage" if "stage" in points.columns else "activity"
    frame = points[["case_id", "time", by]].rename(columns={by: "group"}).dropna(subset=["time"])
    if frame.empty:
        return nothing("dotted", "dotted_title", lang)
    cases = frame["case_id"].nunique()
    frame = _rows(frame, sort)
    groups = _groups(frame, stage_names or {}, lang)
    colours = palette([*groups], stage_colours) | {None: NO_STAGE}
    order = say(f"charts.order_{sort}", lang)
    with style():
        figure = _draw(frame, cases, groups, colours, order, as_of, lang)
    return Drawing(figure, _words(frame, cases, groups, order, lang), "dotted")


def _rows(frame: pd.DataFrame, sort: str) -> pd.DataFrame:
    """The drawn events with the row of their case, in calendar order; wall-clock time."""
    import pandas as pd

    time = pd.to_datetime(frame["time"])
    frame = frame.assign(time=time.dt.tz_localize(None), group=frame["group"].astype("object"))
    ends = frame.groupby("case_id", observed=True)["time"].agg(["min", "max"]).reset_index()
    ends["key"] = {"start": ends["min"], "end": ends["max"], "duration": ends["max"] - ends["min"]}[sort]
    ends = ends.sort_values(["key", "min", "case_id"], kind="stable").reset_index(drop=True)
    step = -(-len(ends) // _MOST_CASES)
    ends = ends.iloc[::step].reset_index(drop=True)
    ends["row"] = range(len(ends))
    drawn = frame.merge(ends[["case_id", "row"]], on="case_id")
    drawn["group"] = drawn["group"].where(drawn["group"].notna(), None)
    return drawn.sort_values(["row", "time"], kind="stable").reset_index(drop=True)


def _groups(frame: pd.DataFrame, names: Mapping[str, str], lang: str) -> dict[str | None, str]:
    """The colours' keys and names: those named first, then the most frequent; None is all the rest."""
    counts = frame["group"].dropna().astype(str).value_counts()
    ranked = sorted(counts.index, key=lambda g: (-int(counts[g]), g))[:_MOST_GROUPS]
    ranked.sort(key=lambda g: (list(names).index(g) if g in names else len(names)))
    found: dict[str | None, str] = {group: readable(names.get(group, group), lang).text for group in ranked}
    if sum(int(counts[group]) for group in ranked) < len(frame):
        found[None] = say("charts.dotted_other" if len(counts) > _MOST_GROUPS else "charts.no_stage", lang)
    return found


def _draw(frame: pd.DataFrame, cases: int, groups: Mapping[str | None, str], colours: Mapping[str | None, str],
          order: str, as_of: datetime | date | None, lang: str) -> Figure:
    rows = legend_rows([(name, colours[group]) for group, name in groups.items()], _WIDTH)
    top = 108.0 + LEGEND_ROW * len(rows)
    height = top + _PLOT + 48
    figure, sheet = page(_WIDTH, height)
    shown = frame["row"].nunique()
    heading(sheet, _WIDTH, say("charts.dotted_title", lang), say(
        "charts.dotted_subtitle", lang, shown=count(shown), cases=count(cases), events=count(len(frame)),
        order=order))
    legend(sheet, rows, 102)
    axes = figure.add_axes((78 / _WIDTH, 48 / height, (_WIDTH - 108) / _WIDTH, _PLOT / height))
    _dots(axes, frame, groups, colours)
    _calendar(axes, shown, as_of, lang)
    write(sheet, 30, top - 6, say("charts.dotted_rows", lang), size=10.5, colour=MUTED)
    return figure


def _dots(axes: Axes, frame: pd.DataFrame, groups: Mapping[str | None, str],
          colours: Mapping[str | None, str]) -> None:
    """All dots in one cloud, drawn as pixels: vector dots would make the file huge."""
    from matplotlib.dates import date2num

    tint = [colours[group if group in groups else None] for group in frame["group"]]
    rows = max(1, frame["row"].nunique())
    size = min(26.0, max(4.0, (2.0 * _PLOT / rows) ** 2))
    axes.scatter(date2num(frame["time"].to_numpy()), frame["row"].to_numpy(), c=tint, s=size, alpha=0.85,
                 linewidths=0, rasterized=True, zorder=3)


def _calendar(axes: Axes, rows: int, as_of: datetime | date | None, lang: str) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
    from matplotlib.ticker import MaxNLocator

    locator = AutoDateLocator(minticks=4, maxticks=10)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(
        locator, formats=["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S.%f"],
        zero_formats=["", "%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M"], show_offset=False))
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_formatter(lambda row, _: count(row))
    axes.set_ylim(rows - 0.5 + 0.01 * rows, -0.5 - 0.01 * rows)
    axes.grid(color=HAIRLINE, linewidth=0.6, zorder=0)
    axes.set_facecolor(PAPER)
    axes.tick_params(length=0, labelsize=10.5)
    if as_of is not None:
        x = date2num(as_of.replace(tzinfo=None) if isinstance(as_of, datetime) else as_of)
        axes.axvline(x, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=4)
        axes.annotate(say("charts.dotted_as_of", lang, date=f"{as_of:%Y-%m-%d}"), (x, 1), (-5, 5),
                      xycoords=("data", "axes fraction"), textcoords="offset points", ha="right", fontsize=10.5,
                      color=MUTED)


def _words(frame: pd.DataFrame, cases: int, groups: Mapping[str | None, str], order: str, lang: str) -> str:
    shown = frame["row"].nunique()
    said = [say("charts.dotted_words", lang, cases=count(cases), shown=count(shown), events=count(len(frame)),
                first=f"{frame['time'].min():%Y-%m-%d}", last=f"{frame['time'].max():%Y-%m-%d}", order=order)]
    counts = frame["group"].astype("object").map(lambda g: g if g in groups else None)
    for group, name in groups.items():
        n = int(counts.isna().sum() if group is None else (counts == group).sum())
        said.append(say("charts.dotted_words_group", lang, name=name, events=count(n), share=percent(n / len(frame))))
    if shown < cases:
        said.append(say("charts.dotted_words_sampled", lang))
    return "\n".join([*said, *remarks((readable(g, lang) for g in groups if g is not None), lang)])
