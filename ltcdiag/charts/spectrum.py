"""The performance spectrum: a panel a part of the path, a line a case from when it entered to when it left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..log.pictured import Spectrum
from ..words import say
from ..words.numbers import count, duration
from .drawing import HAIRLINE, INK, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks
from .legend import LEGEND_ROW, legend, legend_rows
from .panel import Panel, date_axis, day_number
from .shapes import Box

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MARGIN, _PLOT, _BAND, _GAP, _MOST = 30.0, 760.0, 104.0, 26.0, 40_000
_QUARTERS = ("fastest", "faster", "slower", "slowest")
QUARTILES, ON_WAY = ("#2c7bb6", "#7fb8dc", "#fdae61", "#d7191c"), "#a9b1bb"


def spectrum_chart(found: Spectrum, *, lang: str = "zh", names: Mapping[str, str] | None = None) -> Drawing:
    """Steep lines are quick, flat ones slow; many lines that end in one point were done together.

    Colour: the quarter of the days of this part. Pale: still on its way, drawn half-way down at the as-of moment.
    names: of steps. Of more than 40,000 lines every k-th is drawn, and the picture says so."""
    title = say("pictures.spectrum_title", lang)
    if found.table.empty:
        return nothing("spectrum", title, lang, said=True)
    labels = [readable((names or {}).get(step, step), lang, longest=14) for step in found.steps]
    step = -(-len(found.table) // _MOST)
    shown = found.table.iloc[::step]
    with style():
        figure = _draw(found, shown, labels, title, lang)
    return Drawing(figure, _words(found, step, labels, title, lang), "spectrum")


def _draw(found: Spectrum, shown: pd.DataFrame, labels: list[Label], title: str, lang: str) -> Figure:
    names = max(measure(label.text, 11.5) for label in labels)
    left = _MARGIN + names + 14
    subtitle = say("pictures.spectrum_subtitle", lang)
    width = max(left + _PLOT + _MARGIN + 34, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    keys = [(say(f"pictures.spectrum_{name}", lang), QUARTILES[n]) for n, name in enumerate(_QUARTERS)]
    keys += [(say("pictures.spectrum_on_way", lang), ON_WAY)] if found.table["left"].isna().any() else []
    rows = legend_rows(keys, width)
    top = 116.0 + LEGEND_ROW * len(rows)
    parts = len(labels) - 1
    figure, axes = page(width, top + parts * (_BAND + _GAP) + 40)
    heading(axes, width, title, subtitle)
    legend(axes, rows, 106)
    begin, end = _days(found.table["entered"]), _days(found.table["left"])
    first, last = float(begin.min()), float(max(begin.max(), end.max()))
    if last <= first:
        first, last = first - 0.5, last + 0.5
    for part in range(parts):
        y = top + part * (_BAND + _GAP)
        panel = Panel(Box(left, y, left + _PLOT, y + _BAND), first, last, 0.0, 1.0)
        _part(axes, panel, shown[shown["part"] == part])
        for label, at in ((labels[part], y), (labels[part + 1], y + _BAND)):
            axes.plot([left, left + _PLOT], [at, at], color=INK, linewidth=1.0, zorder=4)
            write(axes, left - 10, at, label.text, size=11.5, align="right")
    date_axis(axes, panel)
    return figure


def _days(times: pd.Series) -> Floats:
    """Days since 1970; the last moment of all where there is none."""
    import numpy as np

    days = np.asarray((times - times.dt.normalize().min()).dt.total_seconds(), dtype=float) / 86_400
    known = times.dropna()
    base = day_number(known.min().normalize().to_pydatetime()) if len(known) else 0.0
    found: Floats = days[~np.isnan(days)] + base
    return found if len(found) else np.array([-np.inf])


def _part(axes: Axes, panel: Panel, rows: pd.DataFrame) -> None:
    """All lines of a part as pixels: thousands of vectors would make the file huge."""
    import numpy as np
    import pandas as pd
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgb

    if rows.empty:
        return
    # In the order of their beginning: no quarter hides the others.
    rows, epoch = rows.sort_values("entered", kind="stable"), pd.Timestamp("1970-01-01")
    begin = np.asarray((rows["entered"] - epoch).dt.total_seconds()) / 86_400
    end = begin + rows["days"].to_numpy(float)
    quartile = rows["quartile"].astype("float").to_numpy()
    faint = min(0.9, max(0.12, 60.0 / len(rows) ** 0.62))
    on_way = np.isnan(quartile)
    lines = np.empty((len(rows), 2, 2))
    lines[:, 0, 0], lines[:, 1, 0] = panel.x(begin), panel.x(end)
    lines[:, 0, 1], lines[:, 1, 1] = panel.y(1.0), panel.y(np.where(on_way, 0.5, 0.0))
    shades = np.array([to_rgb(colour) for colour in (*QUARTILES, ON_WAY)])
    colours = shades[np.where(on_way, 4, np.nan_to_num(quartile)).astype(int)]
    axes.add_collection(LineCollection(list(lines), colors=colours, linewidths=0.8, alpha=faint, rasterized=True,
                                       zorder=3))
    axes.plot([panel.box.right] * 2, [panel.box.top, panel.box.bottom], color=HAIRLINE, linewidth=0.8, zorder=1)


def _words(found: Spectrum, step: int, labels: list[Label], title: str, lang: str) -> str:
    said = [title, say("pictures.spectrum_words", lang, n=count(found.n), lines=count(len(found.table)))]
    for part in range(len(labels) - 1):
        rows = found.table[found.table["part"] == part]
        done = rows[rows["left"].notna()]
        path = {"source": labels[part].full, "target": labels[part + 1].full}
        if done.empty:
            said.append(say("pictures.spectrum_words_none", lang, **path, on_way=count(len(rows))))
            continue
        days = done["days"].quantile([0.25, 0.5, 0.75]).tolist()
        told = dict(zip(("low", "median", "high"), (duration(each, lang) for each in days), strict=True))
        key = "spectrum_words_part" if found.known else "spectrum_words_part_unknown"
        said.append(say(f"pictures.{key}", lang, **path, **told, cases=count(len(done)),
                        on_way=count(len(rows) - len(done)), elsewhere=count(found.elsewhere[part])))
    if step > 1:
        said.append(say("pictures.spectrum_words_sampled", lang, step=step))
    return "\n".join([*said, *remarks(labels, lang)])
