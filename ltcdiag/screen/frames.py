"""Where everything of a map stands at each position of its two sliders."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..charts.fonts import measure, readable
from ..charts.lanes import TITLE_HEIGHT, in_lanes
from ..charts.layout import layout
from ..charts.mapdraw import DOT, label_size, line_width, node_size
from ..charts.pruning import MOST_ACTIVITIES, MOST_PATHS, Activity, Path, Shown, strongest
from ..charts.shapes import Box, Edge, Graph, Layout
from ..words import say
from ..words.numbers import count, duration
from .map_model import END, START, Model

LANES = ("", "stage", "party")
_SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
_PATHS = (1, 20, 40, 60, 100, MOST_PATHS)
_USUAL_ACTIVITIES, _USUAL_PATHS = 30, 40
_LONG = (0.9 / 24, 23.9 / 24, 99.9)        # times as wide as any: a filter may make a short one long
Frame = dict[str, Any]


@dataclass(frozen=True)
class Grid:
    """The positions of the sliders: numbers of activities and of paths, and the place of those shown first."""

    activities: tuple[int, ...]
    paths: tuple[int, ...]
    usual: tuple[int, int]

    def plain(self) -> dict[str, list[int]]:
        """As the browser takes it."""
        return {"activities": list(self.activities), "paths": list(self.paths), "usual": list(self.usual)}


def grid_of(model: Model) -> Grid:
    """At most five numbers of activities and six of paths; never more than 60 and 150, which is what can be read."""
    n = min(len(model["activities"]), MOST_ACTIVITIES)
    m = min(sum(path["source"] >= 0 and path["target"] >= 0 for path in model["paths"]), MOST_PATHS)
    activities = tuple(sorted({max(1, math.ceil(share * n)) for share in _SHARES})) if n else (0,)
    paths = (*(step for step in _PATHS if step < m), m)
    return Grid(activities, paths, (_place(activities, _USUAL_ACTIVITIES), _place(paths, _USUAL_PATHS)))


def _place(steps: Sequence[int], most: int) -> int:
    return max((i for i, step in enumerate(steps) if step <= most), default=0)


def frame_key(a: int, p: int, lanes: str = "") -> str:
    """The name of a position: "2,3", "2,3,stage"."""
    return f"{a},{p},{lanes}" if lanes else f"{a},{p}"


def kinds_of_lanes(model: Model) -> tuple[str, ...]:
    """The ways in which the activities can stand in lanes: by stage, by party, where they have at least two."""
    told = [key for key in ("stage", "party") if len({activity[key] for activity in model["activities"]}) > 1]
    return ("", *told)


def frame(model: Model, a: int, p: int, lanes: str = "") -> Frame:
    """The layout of one position: boxes, curves, boxes of labels, lanes, and what is hidden.

    Law: no label box overlaps another one or a node, whichever metric it shows; a node stands in its lane."""
    grid = grid_of(model)
    shown = _shown(model, grid.activities[a], max(1, grid.paths[p]))
    ids = [int(activity.name) for activity in shown.activities]
    paths = _drawn(model, shown)
    graph = _graph(model, ids, paths)
    keys: tuple[str | None, ...] = ()
    titles = _titles(model, lanes)
    if lanes:
        keyed = [None, *(model["activities"][i][lanes] for i in ids), None]
        order = [stage["key"] for stage in model["stages"]] if lanes == "stage" else None
        graph, keys = in_lanes(graph, keyed, titles, order)
    placed = layout(graph)
    told = [{"key": key, "name": titles[key], "left": round(left, 1), "right": round(right, 1)}
            for key, (left, right) in zip(keys, _outwards(placed), strict=True)]
    return {"activities": ids, "paths": paths, **_coordinates(placed), "lanes": told, "band": TITLE_HEIGHT,
            "hidden": _hidden(model, shown)}


def frames(model: Model, effort: float) -> Iterator[tuple[str, Frame]]:
    """Frames from the usual position outwards, without lanes first, until the effort is used up; the first ones always.

    effort: about seconds, reckoned from the paths drawn and never from a clock, so that the same model gives the same
    frames everywhere."""
    grid = grid_of(model)
    usual_a, usual_p = grid.usual
    order = sorted((abs(a - usual_a) + abs(p - usual_p), bool(lanes), a, p, lanes) for lanes in kinds_of_lanes(model)
                    for a in range(len(grid.activities)) for p in range(len(grid.paths)))
    for far, _, a, p, lanes in order:
        effort -= 0.06 + 0.5 * (grid.paths[p] / MOST_PATHS) ** 2 + 0.004 * grid.activities[a]
        if far and effort < 0:
            return
        yield frame_key(a, p, lanes), frame(model, a, p, lanes)


def _shown(model: Model, activities: int, paths: int) -> Shown:
    """What is drawn, the ids of the activities as their names; all claimed differences between them are drawn too."""
    weights, ways = model["weights"], [(way["source"], way["target"]) for way in model["paths"]]
    starts = {t: n for (s, t), n in zip(ways, weights["paths"], strict=True) if s == START}
    ends = {s: n for (s, t), n in zip(ways, weights["paths"], strict=True) if t == END}
    nodes = tuple(Activity(str(i), model["activities"][i]["stage"], n, starts.get(i, 0), ends.get(i, 0))
                  for i, n in enumerate(weights["activities"]))
    inner = [Path(str(s), str(t), n, math.nan) for (s, t), n in zip(ways, weights["paths"], strict=True)
             if s >= 0 and t >= 0]
    shown = strongest(nodes, inner, model["cases"], activities, paths)
    names, have = {node.name for node in shown.activities}, set(shown.paths)
    claims = (model["difference"] or {}).get("claims", ())
    more = tuple(path for path, claim in zip(inner, claims, strict=False)
                 if claim and path not in have and {path.source, path.target} <= names)
    return replace(shown, paths=(*shown.paths, *more), hidden_moves=shown.hidden_moves - sum(x.moves for x in more))


def _drawn(model: Model, shown: Shown) -> list[int]:
    """The ids of the drawn paths, those of the start and the end last."""
    ids = {(way["source"], way["target"]): i for i, way in enumerate(model["paths"])}
    return [*(ids[int(path.source), int(path.target)] for path in shown.paths),
            *(ids[START, int(a.name)] for a in shown.starts), *(ids[int(a.name), END] for a in shown.ends)]


def _hidden(model: Model, shown: Shown) -> dict[str, float]:
    """What is not drawn: activities, paths, their moves and the share of these, and ways from the start or to the
    end."""
    ways = list(zip(model["paths"], model["weights"]["paths"], strict=True))
    moves = sum(n for way, n in ways if way["source"] >= 0 and way["target"] >= 0)
    marks = sum(way["source"] == START or way["target"] == END for way, _ in ways)
    return {"activities": shown.hidden_activities, "paths": shown.hidden_paths, "moves": shown.hidden_moves,
            "share": shown.hidden_moves / moves if moves else 0.0,
            "ends": marks - len(shown.starts) - len(shown.ends)}


def _graph(model: Model, ids: Sequence[int], paths: Sequence[int]) -> Graph:
    """Node 0 is the start, then the activities, last the end; each box and label has room for every metric."""
    at = {START: 0, END: len(ids) + 1, **{i: n for n, i in enumerate(ids, start=1)}}
    weights = model["weights"]["paths"]
    most = max((weights[k] for k in paths), default=1) or 1
    edges = []
    for k in paths:
        way = model["paths"][k]
        outer = way["source"] == START or way["target"] == END
        texts = _texts(model, "paths", k)
        size = label_size(*(_widest(part) for part in texts[:1 if outer else 2]))
        edges.append(Edge(at[way["source"]], at[way["target"]], max(1, weights[k]), size, line_width(weights[k], most)))
    nodes = [node_size(model["activities"][i]["lines"], _widest([*texts[0], *texts[1]]))
             for i in ids for texts in [_texts(model, "activities", i)]]
    return Graph(((DOT, DOT), *nodes, (DOT, DOT)), tuple(edges), 0, at[END])


def _texts(model: Model, part: str, i: int) -> tuple[list[str], list[str]]:
    """Every text that a label may show: first its counts, then its times."""
    lang, both = model["lang"], model["difference"]
    sides = [both["before"], both["after"]] if both else [model["values"]]
    counts: list[str] = []
    times = [] if both else [duration(days, lang) for days in _LONG]
    for metric in model["metrics"]:
        values = [side[part][metric["key"]][i] for side in sides]
        said = [_said(value, metric["unit"], lang) for value in values]
        (times if metric["unit"] == "days" else counts).append(" → ".join(said))
    return counts, times


def _said(value: float | None, unit: str, lang: str) -> str:
    if unit == "days":
        return duration(value, lang)
    return "–" if value is None else f"{value:.2f}" if unit == "rate" else count(value)


def _widest(texts: Iterable[str]) -> str:
    return max(texts, key=lambda text: measure(text, 1), default="")


def _titles(model: Model, lanes: str) -> dict[str | None, str]:
    """Key of a lane → its title."""
    lang = model["lang"]
    if lanes == "stage":
        return {stage["key"]: stage["name"] for stage in model["stages"]}
    keys = {activity["party"] for activity in model["activities"]}
    return {key: say("map.no_party", lang) if key is None else readable(key, lang, longest=20).text for key in keys}


def _outwards(placed: Layout) -> list[tuple[float, float]]:
    """The lanes, the outer two as wide as the map."""
    ends = [list(lane) for lane in placed.lanes]
    if ends:
        ends[0][0], ends[-1][1] = 0.0, placed.width
    return [(left, right) for left, right in ends]


def _coordinates(placed: Layout) -> Frame:
    """Points with one decimal: a tenth of a point cannot be seen."""
    boxes = [_box(box) for box in placed.nodes]
    return {"width": round(placed.width, 1), "height": round(placed.height, 1), "start": boxes[0], "end": boxes[-1],
            "boxes": boxes[1:-1],
            "curves": [[round(v, 1) for point in curve for v in point] for curve in placed.curves],
            "labels": [box and _box(box) for box in placed.labels]}


def _box(box: Box) -> list[float]:
    return [round(side, 1) for side in (box.left, box.top, box.right, box.bottom)]
