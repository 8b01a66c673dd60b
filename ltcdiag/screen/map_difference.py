"""The model of a map that holds two logs: numbers before and after, and which differences are claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..charts.moves import Move, moves_of
from ..log.results import DifferenceMap
from ..words import say
from .map_model import END, START, model_frame, shown_names

if TYPE_CHECKING:
    import pandas as pd

Numbers = dict[str, list[float | None]]


def difference_model(asked: DifferenceMap, lang: str) -> dict[str, Any]:
    """Both logs on one map; a path has a claim only where the table of the answer makes one.

    rate: moves (events) per case; median: median gap in days."""
    nodes = asked.activities.assign(events=asked.activities["events_before"] + asked.activities["events_after"])
    nodes = nodes[nodes["events"] > 0].sort_values(["events", "activity"], ascending=[False, True])
    names = [str(name) for name in nodes["activity"]]
    moves = sorted(moves_of(asked), key=lambda move: (-move.total, move.source, move.target))
    paths = _paths(names, moves, nodes)
    known = {(move.source, move.target): move for move in moves}
    met = [known.get((names[s], names[t])) if s >= 0 and t >= 0 else None for s, t in paths]
    sizes = {"before": max(1, asked.n_before), "after": max(1, asked.n - asked.n_before)}
    sides = {side: _side(side, nodes, paths, met, n) for side, n in sizes.items()}
    claims = [None if move is None or not move.claimed else
              {"rate": move.frequency or None, "median": move.pace or None} for move in met]
    return {
        **model_frame(nodes, paths, shown_names(asked, names, lang), lang), "cases": asked.n,
        "metrics": [{"key": "rate", "name": say("map.metric_rate", lang), "unit": "rate"},
                    {"key": "median", "name": say("map.metric_median", lang), "unit": "days"}],
        "values": _larger(sides["before"], sides["after"]),
        "weights": {"activities": [int(n) for n in nodes["events"]],
                    "paths": [_weight(path, move, nodes) for path, move in zip(paths, met, strict=True)]},
        "difference": {**sides, "claims": claims, "cases": [asked.n_before, asked.n - asked.n_before],
                       "horizon": asked.horizon},
    }


def _paths(names: Sequence[str], moves: Sequence[Move], nodes: pd.DataFrame) -> list[tuple[int, int]]:
    at = {name: i for i, name in enumerate(names)}
    both = {end: (nodes[f"{end}_before"] + nodes[f"{end}_after"]).tolist() for end in ("starts", "ends")}
    return [*((at[move.source], at[move.target]) for move in moves),
            *((START, i) for i, n in enumerate(both["starts"]) if n),
            *((i, END) for i, n in enumerate(both["ends"]) if n)]


def _side(side: str, nodes: pd.DataFrame, paths: Sequence[tuple[int, int]], met: Sequence[Move | None],
          cases: int) -> dict[str, Numbers]:
    """The numbers of one log."""
    column = {name: nodes[f"{name}_{side}"].tolist() for name in ("events", "starts", "ends")}
    rates: list[float | None] = []
    for (source, target), move in zip(paths, met, strict=True):
        if move is not None:
            rates.append(move.before if side == "before" else move.after)
        else:
            rates.append((column["starts"][target] if source == START else column["ends"][source]) / cases)
    gaps = [None if move is None else _known(move.gap_before if side == "before" else move.gap_after) for move in met]
    return {"activities": {"rate": [n / cases for n in column["events"]], "median": [None] * len(nodes)},
            "paths": {"rate": rates, "median": gaps}}


def _weight(path: tuple[int, int], move: Move | None, nodes: pd.DataFrame) -> int:
    if move is not None:
        return max(1, round(move.total))
    source, target = path
    name, at = ("starts", target) if source == START else ("ends", source)
    return int(nodes[f"{name}_before"].iloc[at] + nodes[f"{name}_after"].iloc[at])


def _larger(one: dict[str, Numbers], other: dict[str, Numbers]) -> dict[str, Numbers]:
    """The larger of both: as thick as the path is frequent in the log that has more of it."""
    return {part: {metric: [max((n for n in pair if n is not None), default=None)
                            for pair in zip(values, other[part][metric], strict=True)]
                   for metric, values in metrics.items()} for part, metrics in one.items()}


def _known(value: float) -> float | None:
    return None if value != value else value        # noqa: PLR0124 - only a missing number differs from itself
