"""A process map as plain values for a browser: activities, paths and their numbers ("ltcdiag.map/1")."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from ..charts.fonts import readable, wrapped
from ..charts.mapdraw import WIDEST
from ..charts.scales import NO_STAGE
from ..domain.stages import load_stages
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.results import Answer, DifferenceMap, DirectlyFollowsGraph
from ..words import say

if TYPE_CHECKING:
    import pandas as pd

START, END = -1, -2
METRICS = ("cases", "count", "median", "mean", "p90", "total", "open")
_DAYS = {"median": "gap_days_median", "mean": "gap_days_mean", "p90": "gap_days_p90", "total": "gap_days_total"}
_PARTIES = ("department", "role")
Model = dict[str, Any]
Numbers = dict[str, list[float | None]]


@singledispatch
def map_model(asked: object, *, lang: str) -> Model:
    """The model of the map of a log, of its directly-follows graph, or of a difference map; without frames.

    Activities and paths come with most events and moves first, paths from the start (-1) and to the end (-2) last.
    Raises InputError for anything else."""
    raise InputError(say("map.no_map", lang, what=type(asked).__name__), fix=say("map.no_map_fix", lang))


@map_model.register
def _(asked: EventLog, *, lang: str) -> Model:
    nodes, moves = _ordered(asked.tables.answer("activity_gaps").table, asked.tables.answer("gaps").table)
    names = [str(name) for name in nodes["activity"]]
    paths = _paths(names, moves, nodes)
    known = asked.closedness == "known"
    return {
        **model_frame(nodes, paths, names, lang, parties=_parties(asked)),
        "cases": asked.cases, "difference": None, "metrics": _metrics(METRICS if known else _without_open(), lang),
        "values": _values(nodes, moves, names, paths, open_known=known),
        "weights": _weights(nodes, moves, names, paths),
    }


@map_model.register
def _(asked: DirectlyFollowsGraph, *, lang: str) -> Model:
    nodes, moves = _ordered(asked.activities, asked.table)
    names = [str(name) for name in nodes["activity"]]
    paths = _paths(names, moves, nodes)
    weights = _weights(nodes, moves, names, paths)
    gap = {(str(s), str(t)): _number(days) for s, t, days in _rows(moves, "source", "target", "gap_days_median")}
    medians = [gap.get((names[s], names[t])) if s >= 0 and t >= 0 else None for s, t in paths]
    return {
        **model_frame(nodes, paths, shown_names(asked, names, lang), lang), "cases": asked.n, "difference": None,
        "metrics": _metrics(("count", "median"), lang), "weights": weights,
        "values": {"activities": {"count": weights["activities"], "median": [None] * len(names)},
                   "paths": {"count": weights["paths"], "median": medians}},
    }


@map_model.register
def _(asked: DifferenceMap, *, lang: str) -> Model:
    from .map_difference import difference_model

    return difference_model(asked, lang)


def map_values(log: EventLog, activities: Sequence[str], paths: Sequence[Sequence[int]]) -> Model:
    """The numbers of a (filtered) log for the activities and paths of a model: what the map's `update` takes.

    Law: what is left in no case is 0, its total too, its other days are missing; nothing else is left out."""
    nodes, moves = log.tables.answer("activity_gaps").table, log.tables.answer("gaps").table
    found = _values(nodes, moves, activities, [(int(s), int(t)) for s, t in paths],
                    open_known=log.closedness == "known")
    return {"cases": log.cases, "values": found}


def _ordered(nodes: pd.DataFrame, moves: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (nodes.sort_values(["events", "activity"], ascending=[False, True]),
            moves.sort_values(["moves", "source", "target"], ascending=[False, True, True]))


def _paths(names: Sequence[str], moves: pd.DataFrame, nodes: pd.DataFrame) -> list[tuple[int, int]]:
    at = {name: i for i, name in enumerate(names)}
    inner = [(at[str(s)], at[str(t)]) for s, t in _rows(moves, "source", "target")]
    outer = [(START, i) for i, n in enumerate(nodes["starts"]) if n]
    return [*inner, *outer, *((i, END) for i, n in enumerate(nodes["ends"]) if n)]


def _values(nodes: pd.DataFrame, moves: pd.DataFrame, names: Sequence[str], paths: Sequence[tuple[int, int]], *,
            open_known: bool) -> dict[str, Numbers]:
    """metric → number or None, in the order of the activities and of the paths."""
    known = {str(row["activity"]): row for row in nodes.to_dict("records")}
    found = [known.get(name, {}) for name in names]
    between = {(str(row["source"]), str(row["target"])): row for row in moves.to_dict("records")}
    activities: Numbers = {"cases": _counts(found, "cases"), "count": _counts(found, "events")}
    counted = [_moved(between, known, names, path) for path in paths]
    ways: Numbers = {"cases": [row[0] for row in counted], "count": [row[1] for row in counted]}
    for metric, column in _DAYS.items():
        none = {column: 0.0} if metric == "total" else {}
        activities[metric] = [_number({**none, **row}.get(column)) for row in found]
        ways[metric] = [_number({**none, **between.get((names[s], names[t]), {})}.get(column))
                        if s >= 0 and t >= 0 else None for s, t in paths]
    if open_known:
        activities["open"] = _counts(found, "open_ends")
        ways["open"] = [int(known.get(names[s], {}).get("open_ends", 0)) if t == END else None for s, t in paths]
    return {"activities": activities, "paths": ways}


def _counts(rows: Iterable[Mapping[Any, Any]], column: str) -> list[float | None]:
    return [int(row.get(column, 0)) for row in rows]


def _moved(between: Mapping[tuple[str, str], Any], known: Mapping[str, Any], names: Sequence[str],
           path: tuple[int, int]) -> tuple[int, int]:
    """Cases and moves of a path."""
    source, target = path
    if source == START or target == END:
        n = int(known.get(names[target if source == START else source], {}).get("starts" if source == START
                                                                                else "ends", 0))
        return n, n
    row = between.get((names[source], names[target]), {})
    return int(row.get("cases", 0)), int(row.get("moves", 0))


def _weights(nodes: pd.DataFrame, moves: pd.DataFrame, names: Sequence[str],
             paths: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    """What decides which elements are drawn: events of the activities, moves of the paths."""
    first, last = nodes["starts"].tolist(), nodes["ends"].tolist()
    between = {(str(s), str(t)): int(n) for s, t, n in _rows(moves, "source", "target", "moves")}
    return {"activities": [int(n) for n in nodes["events"]],
            "paths": [int(first[t]) if s == START else int(last[s]) if t == END else between[names[s], names[t]]
                      for s, t in paths]}


def model_frame(nodes: pd.DataFrame, paths: Sequence[tuple[int, int]], names: Sequence[str], lang: str, *,
              parties: Mapping[str, tuple[str, float]] | None = None) -> Model:
    """Activities, paths and stages with their names."""
    stages = [_main_stage(stage) for stage in nodes["stage"]]
    activities = []
    for raw, name, stage in zip(nodes["activity"], names, stages, strict=True):
        label = readable(name, lang, longest=24)
        party, share = (parties or {}).get(str(raw), (None, None))
        activities.append({"name": str(raw), "label": label.text, "lines": list(wrapped(label.text, WIDEST)),
                           "full": label.full, "stage": stage, "party": party, "party_share": share})
    return {"schema": "ltcdiag.map/1", "lang": lang, "activities": activities,
            "paths": [{"source": s, "target": t} for s, t in paths], "stages": _stages(stages, lang), "frames": {}}


def _main_stage(key: object) -> str | None:
    chain = load_stages()
    if not isinstance(key, str):
        return None
    return key if key in chain.main_stages else chain[key].main_stage if key in chain else None


def _stages(met: Iterable[str | None], lang: str) -> list[dict[str, str | None]]:
    """The main stages met, in the order of the chain; last those without one."""
    found, chain = set(met), load_stages()
    told: list[dict[str, str | None]] = [{"key": key, "name": stage.name(lang), "colour": stage.colour}
                                         for key, stage in chain.main_stages.items() if key in found]
    none = {"key": None, "name": say("charts.no_stage", lang), "colour": NO_STAGE}
    return [*told, *([none] if told and None in found else [])]


def _parties(log: EventLog) -> dict[str, tuple[str, float]]:
    """Activity → the department (else the role) that does most of it, and its share; people are never named."""
    if not set(_PARTIES) & set(log.columns):
        return {}
    table = log.tables.answer("activity_parties").table
    total = table.groupby("activity")["events"].sum()
    first = table.drop_duplicates("activity")
    return {str(a): (str(party), float(n / total[a])) for a, party, n in _rows(first, "activity", "party", "events")}


def shown_names(asked: Answer, names: Sequence[str], lang: str) -> list[str]:
    """Labels as a reader sees them: keys of higher levels by their names, activities as they stand."""
    return [name if asked.level == "activity" else asked.look.name_of(name, lang) for name in names]


def _metrics(keys: Iterable[str], lang: str) -> list[dict[str, str]]:
    return [{"key": key, "name": say(f"map.metric_{key}", lang), "unit": "days" if key in _DAYS else "count"}
            for key in keys]


def _without_open() -> tuple[str, ...]:
    return tuple(key for key in METRICS if key != "open")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not math.isnan(value) else None


def _rows(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    yield from table[list(names)].itertuples(index=False, name=None)


