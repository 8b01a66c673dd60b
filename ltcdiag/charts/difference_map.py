"""Two logs on one map: the moves of both, drawn once, in a colour and a line of their own where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..log.results import DifferenceMap, DirectlyFollowsGraph
from ..words import say
from ..words.numbers import count, duration
from .differences import View, draw_differences
from .drawing import Drawing, nothing, style
from .fonts import readable, remarks
from .moves import Move, moves_of
from .pruning import Path, Shown, prune
from .scales import palette

if TYPE_CHECKING:
    import pandas as pd

_NAMED = 8          # differences told one by one in the words


def difference_map(
    d: DifferenceMap, *, lang: str = "zh", activities: float = 1.0, paths: int | None = None,
    stage_colours: Mapping[str, str] | None = None, stage_names: Mapping[str, str] | None = None,
    engine: str | None = None,
) -> Drawing:
    """Both logs from top to bottom on one layout. Only differences that are claimed in the table have a colour and a
    line of their own; all other moves are grey.

    activities, paths: as in the process map; moves that differ are drawn beyond `paths` too. stage_colours,
    stage_names: by stage key, in the order of the process. engine: see `layout`. Raises InputError for impossible
    numbers."""
    everything = moves_of(d)
    shown = _shown(d, everything, activities, paths)
    if not shown.activities:
        return nothing("difference_map", "compared.map_title", lang)
    drawn = {(path.source, path.target) for path in shown.paths}
    labels = {name: readable(name, lang, longest=24) for name in d.activities["activity"].astype(str)}
    stages = _stages(shown, stage_names or {})
    view = View(
        shown=shown, moves=tuple(move for move in everything if (move.source, move.target) in drawn), labels=labels,
        events=_events(d), sizes=(d.n_before, d.n - d.n_before), horizon=d.horizon, stages=stages,
        colours=palette(stages, stage_colours), lang=lang,
        names={s: say("charts.no_stage", lang) if s is None else readable((stage_names or {}).get(s, s), lang).text
               for s in stages})
    with style():
        figure = draw_differences(view, engine)
    return Drawing(figure, _words(d, everything, view), "difference_map")


def _shown(d: DifferenceMap, everything: list[Move], activities: float, paths: int | None) -> Shown:
    """What a map of both logs together would show, and all that differs between its activities."""
    shown = prune(_union(d, everything), None, "gap_days_median", activities, paths)
    names = {activity.name for activity in shown.activities}
    have = {(path.source, path.target) for path in shown.paths}
    more = [Path(move.source, move.target, max(1, round(move.total)), float("nan")) for move in everything
            if move.claimed and {move.source, move.target} <= names and (move.source, move.target) not in have]
    return replace(shown, paths=(*shown.paths, *more), hidden_moves=shown.hidden_moves - sum(p.moves for p in more))


def _union(d: DifferenceMap, everything: list[Move]) -> DirectlyFollowsGraph:
    """Both logs as one: their moves and events added up."""
    import pandas as pd

    rows = [(move.source, move.target, max(1, round(move.total)), float("nan")) for move in everything]
    table = pd.DataFrame(rows, columns=["source", "target", "moves", "gap_days_median"])
    nodes = d.activities[["activity", "stage"]].copy()
    for name in ("events", "starts", "ends"):
        nodes[name] = d.activities[f"{name}_before"] + d.activities[f"{name}_after"]
    return DirectlyFollowsGraph(table, d.n, "", d.level, activities=nodes[nodes["events"] > 0])


def _stages(shown: Shown, names: Mapping[str, str]) -> tuple[str | None, ...]:
    met = {activity.stage for activity in shown.activities}
    return (*(s for s in names if s in met), *sorted(s for s in met if s is not None and s not in names),
            *([None] if None in met else []))


def _events(d: DifferenceMap) -> dict[str, tuple[float, float]]:
    """Events per case of each activity, before and after."""
    sizes = max(1, d.n_before), max(1, d.n - d.n_before)
    table: pd.DataFrame = d.activities[["activity", "events_before", "events_after"]]
    return {str(name): (before / sizes[0], after / sizes[1])
            for name, before, after in table.itertuples(index=False, name=None)}


def _words(d: DifferenceMap, everything: list[Move], view: View) -> str:
    lang = view.lang
    said = [say("compared.map_words", lang, before=count(d.n_before), after=count(d.n - d.n_before), horizon=d.horizon,
                young_before=count(d.left_out[0]), young_after=count(d.left_out[1]), paths=count(len(everything)))]
    claimed = [move for move in everything if move.claimed]
    said.append(say("compared.map_words_claimed" if claimed else "compared.map_words_none", lang, n=len(claimed)))
    said += [_told(move, view) for move in claimed[:_NAMED]]
    if len(claimed) > _NAMED:
        said.append(say("compared.map_words_more", lang, n=len(claimed) - _NAMED))
    if d.ends != "known":
        said.append(say(f"compared.ends_{d.ends}", lang))
    if d.shared:
        said.append(say("compared.shared", lang, n=count(d.shared)))
    shown = view.shown
    if shown.hidden_paths or shown.hidden_activities:
        said.append(say("compared.map_words_hidden", lang, activities=count(shown.hidden_activities),
                        paths=count(shown.hidden_paths)))
    return "\n".join([*said, *remarks(view.labels.values(), lang)])


def _told(move: Move, view: View) -> str:
    """One difference as a sentence."""
    lang, parts = view.lang, []
    if move.frequency:
        parts.append(say(f"compared.map_told_{move.frequency}", lang, before=f"{move.before:.2f}",
                         after=f"{move.after:.2f}"))
    if move.pace:
        parts.append(say(f"compared.map_told_{move.pace}", lang, before=duration(move.gap_before, lang),
                         after=duration(move.gap_after, lang)))
    names = {"source": view.labels[move.source].full, "target": view.labels[move.target].full}
    return say("compared.map_told", lang, what=say("compared.list_separator", lang).join(parts), **names)
