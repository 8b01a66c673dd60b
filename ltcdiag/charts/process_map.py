"""The process map: what follows what, how often, and after how long."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..log.results import DirectlyFollowsGraph, Gaps
from ..words import say
from ..words.numbers import count, duration, percent
from .drawing import Drawing, nothing, style
from .fonts import readable, remarks
from .mapdraw import View, draw_map
from .pruning import Path, Shown, prune
from .scales import palette, percentile

_FREQUENT = 0.05        # of the cases: what counts as a frequent path


def process_map(dfg: DirectlyFollowsGraph, *, gaps: Gaps | None = None, lang: str = "zh",
                colour: str = "gap_days_median", activities: float = 1.0, paths: int | None = None,
                stage_colours: Mapping[str, str] | None = None,
                stage_names: Mapping[str, str] | None = None, engine: str | None = None) -> Drawing:
    """The process as it really runs, from top to bottom.

    colour: the column that colours the paths: gap_days_median, or with `gaps` any of its gap columns;
    yellow is short, red long, the scale ends at the 95th percentile. activities: the share (0..1] or
    number of activities drawn, the most frequent first. paths: how many paths; None means 40, never
    more than 150. Each activity keeps its best way in and out; the picture says what is hidden.
    stage_colours, stage_names: by stage key, in the order of the process. engine: see `layout`.

    Raises InputError for an unknown colour column or impossible numbers.
    """
    shown = prune(dfg, gaps, colour, activities, paths)
    if not shown.activities:
        return nothing("process_map", "map_title", lang)
    view = view_of(shown, dfg.n, colour, stage_colours, stage_names, lang)
    with style():
        figure = draw_map(view, engine)
    moves = int(dfg.table["moves"].sum())
    return Drawing(figure, "\n".join(_sentences(view, moves)), "process_map")


def view_of(shown: Shown, cases: int, colour: str, colours: Mapping[str, str] | None,
          names: Mapping[str, str] | None, lang: str) -> View:
    """What is drawn, in the reader's words and colours."""
    met = {activity.stage for activity in shown.activities}
    named = names or {}
    stages = (*(s for s in named if s in met), *sorted(s for s in met if s is not None and s not in named),
              *([None] if None in met else []))
    texts = {s: say("charts.no_stage", lang) if s is None else readable(named.get(s, s), lang).text
             for s in stages}
    return View(shown, cases, {a.name: readable(a.name, lang, longest=24) for a in shown.activities}, stages,
                palette(stages, colours), texts, say(f"charts.colour_{colour}", lang),
                percentile((path.gap for path in shown.paths), 0.95), lang)


def _sentences(view: View, moves: int) -> list[str]:
    """What the map shows, in words."""
    shown = view.shown
    drawn = [view.say("map_words_size", cases=count(view.cases), activities=count(shown.all_activities),
                      paths=count(shown.all_paths), moves=count(moves))]
    if shown.starts:
        first = shown.starts[0]
        drawn.append(view.say("map_words_start", activity=view.labels[first.name].full,
                              cases=count(first.starts), share=percent(first.starts / max(1, view.cases))))
    if shown.paths:
        drawn += [view.say("map_words_frequent", **_path(view, shown.paths[0])), *_slowest(view)]
    if shown.hidden_paths or shown.hidden_activities:
        drawn.append(view.say("map_words_hidden", activities=count(shown.hidden_activities),
                              paths=count(shown.hidden_paths), moves=count(shown.hidden_moves),
                              share=percent(shown.hidden_moves / max(1, moves))))
    else:
        drawn.append(view.say("map_words_all"))
    return [*drawn, *remarks(view.labels.values(), view.lang)]


def _slowest(view: View) -> list[str]:
    least = max(1, math.ceil(_FREQUENT * view.cases))
    frequent = [p for p in view.shown.paths if p.moves >= least and not math.isnan(p.gap)]
    if not frequent:
        return []
    slowest = max(frequent, key=lambda p: (p.gap, p.moves))
    return [view.say("map_words_slowest", least=count(least), **_path(view, slowest))]


def _path(view: View, path: Path) -> dict[str, str]:
    return {"source": view.labels[path.source].full, "target": view.labels[path.target].full,
            "moves": count(path.moves), "metric": view.metric, "gap": duration(path.gap, view.lang)}
