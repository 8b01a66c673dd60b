"""The process map in swim lanes: a lane a department (or role), every activity in that of who does it most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..log.pictured import LanedMap
from ..words import say
from ..words.numbers import count, percent
from .drawing import HAIRLINE, Drawing, heading, nothing, page, style, write
from .fonts import Label, measure, readable, remarks
from .lanes import TITLE_HEIGHT, TITLE_SIZE, in_lanes
from .layout import layout
from .legend import LEGEND_ROW, legend, legend_rows
from .mapdraw import View, draw_parts, graph_of, moved, scales_row
from .pruning import prune
from .scales import palette, percentile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .shapes import Layout

_MARGIN, _NARROWEST = 30.0, 760.0
_BANDS = ("#f5f7fa", "#ffffff")
_USUAL_PATHS = 30


def swimlanes_chart(found: LanedMap, *, lang: str = "zh", activities: float = 1.0, paths: int | None = None,
                    stage_colours: Mapping[str, str] | None = None,
                    stage_names: Mapping[str, str] | None = None) -> Drawing:
    """From top to bottom as the process runs; a path that crosses a line hands work over.

    activities, paths: as of the process map; 30 paths without them. Activities of nobody named have a lane of their
    own."""
    title = say(f"pictures.lanes_title_{found.by}", lang)
    shown = prune(found, None, "gap_days_median", activities, _USUAL_PATHS if paths is None else paths)
    if not shown.activities:
        return nothing("swimlanes", title, lang, said=True)
    met = [activity.stage for activity in shown.activities]
    named = stage_names or {}
    stages = (*(key for key in named if key in met), *([None] if None in met else []))
    texts = {key: say("charts.no_stage", lang) if key is None else readable(named[key], lang).text for key in stages}
    view = View(shown, found.n, {a.name: readable(a.name, lang, longest=24) for a in shown.activities}, stages,
                palette(stages, stage_colours), texts,
                say("charts.colour_gap_days_median", lang), percentile((path.gap for path in shown.paths), 0.95), lang)
    parties = {party: readable(party, lang, longest=14) for party in {*found.parties.values()}}
    with style():
        figure = _draw(found, view, parties, title)
    return Drawing(figure, _words(found, view, parties, title), "swimlanes")


def _draw(found: LanedMap, view: View, parties: Mapping[str, Label], title: str) -> Figure:
    nobody = say("pictures.lanes_nobody", view.lang)
    names: dict[str | None, str] = {None: nobody, **{party: label.text for party, label in parties.items()}}
    lane_of = [None, *(found.parties.get(activity.name) for activity in view.shown.activities), None]
    graph, lanes = in_lanes(graph_of(view), lane_of, names)
    placed = layout(graph)
    subtitle = say("pictures.lanes_subtitle", view.lang, cases=count(view.cases))
    width = max(_NARROWEST, placed.width + 2 * _MARGIN, 2 * _MARGIN + max(measure(subtitle, 12), measure(title, 20)))
    entries = [(view.names[stage], view.colours[stage]) for stage in view.stages if view.stages != (None,)]
    rows = legend_rows(entries, width)
    top = 96.0 + LEGEND_ROW * (len(rows) + 1) + TITLE_HEIGHT
    figure, axes = page(width, top + placed.height + _MARGIN)
    heading(axes, width, title, subtitle)
    legend(axes, rows, 102)
    scales_row(axes, view, 96.0 + LEGEND_ROW * len(rows), width)
    placed = moved(placed, (width - placed.width) / 2, top)
    _bands(axes, placed, [names[key] for key in lanes], top, top + placed.nodes[-1].bottom - top + _MARGIN)
    draw_parts(axes, view, placed)
    return figure


def _bands(axes: Axes, placed: Layout, titles: list[str], top: float, foot: float) -> None:
    """A ground for each lane, its name on top, lines between."""
    from matplotlib.patches import Rectangle

    foot = max(foot, *(box.bottom + 16 for box in placed.nodes))
    for n, ((left, right), title) in enumerate(zip(placed.lanes, titles, strict=True)):
        axes.add_patch(Rectangle((left, top - TITLE_HEIGHT), right - left, foot - top + TITLE_HEIGHT,
                                 facecolor=_BANDS[n % 2], edgecolor=HAIRLINE, linewidth=0.9, zorder=0.5))
        write(axes, (left + right) / 2, top - TITLE_HEIGHT / 2, title, size=TITLE_SIZE, align="center")


def _words(found: LanedMap, view: View, parties: Mapping[str, Label], title: str) -> str:
    lang, nobody = view.lang, say("pictures.lanes_nobody", view.lang)
    of: dict[str | None, list[str]] = {}
    for activity in view.shown.activities:
        of.setdefault(found.parties.get(activity.name), []).append(view.labels[activity.name].full)
    said = [title, say("pictures.lanes_words", lang, cases=count(view.cases), activities=len(view.shown.activities),
                       paths=len(view.shown.paths), lanes=len(of))]
    for party, names in sorted(of.items(), key=lambda each: (each[0] is None, -len(each[1]), str(each[0]))):
        said.append(say("pictures.lanes_words_lane", lang, party=parties[party].full if party else nobody,
                        activities=say("log.comma", lang).join(names)))
    across = sum(path.moves for path in view.shown.paths
                 if found.parties.get(path.source) != found.parties.get(path.target))
    drawn = sum(path.moves for path in view.shown.paths)
    said.append(say("pictures.lanes_words_across", lang, across=count(across), moves=count(drawn),
                    share=percent(across / max(1, drawn))))
    if view.shown.hidden_activities or view.shown.hidden_paths:
        said.append(say("pictures.lanes_words_hidden", lang, activities=view.shown.hidden_activities,
                        paths=view.shown.hidden_paths, moves=count(view.shown.hidden_moves)))
    shared = [view.labels[a.name].full for a in view.shown.activities if found.shares.get(a.name, 1.0) < 0.8]
    if shared:
        said.append(say("pictures.lanes_words_shared", lang, activities=say("log.comma", lang).join(shared)))
    return "\n".join([*said, *remarks([*view.labels.values(), *parties.values()], lang)])
