"""Which activities and paths of a map are drawn, so that it can be read, and what that leaves out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError
from ..log.results import DirectlyFollowsGraph, Gaps

if TYPE_CHECKING:
    import pandas as pd

USUAL_PATHS, MOST_PATHS, MOST_ACTIVITIES = 40, 150, 60
_SMALL_SHARE = 0.02         # starts and ends of fewer cases are drawn only where nothing else leads on


@dataclass(frozen=True)
class Activity:
    """A box of the map: its stage key, its events, the cases that start and end with it."""

    name: str
    stage: str | None
    events: int
    starts: int
    ends: int


@dataclass(frozen=True)
class Path:
    """An arrow of the map: its moves, and the gap in days that colours it (NaN where unknown)."""

    source: str
    target: str
    moves: int
    gap: float


@dataclass(frozen=True)
class Shown:
    """What is drawn, most frequent first, and the numbers of what is not."""

    activities: tuple[Activity, ...]
    paths: tuple[Path, ...]
    starts: tuple[Activity, ...]
    ends: tuple[Activity, ...]
    all_activities: int
    all_paths: int
    hidden_moves: int

    @property
    def hidden_activities(self) -> int:
        """How many activities are not drawn."""
        return self.all_activities - len(self.activities)

    @property
    def hidden_paths(self) -> int:
        """How many paths are not drawn."""
        return self.all_paths - len(self.paths)


def prune(dfg: DirectlyFollowsGraph, gaps: Gaps | None, colour: str, activities: float,
          paths: int | None) -> Shown:
    """The most frequent activities and paths; each activity keeps its best way in and its best way out.

    activities: a share of all (0 < float <= 1) or a number (int); at most 60. paths: how many; None
    means 40; at most 150, or what the activities need. Raises InputError for other values.
    """
    _check(activities, paths)
    everything = _activities(dfg.activities)
    wanted = activities if isinstance(activities, int) else math.ceil(activities * len(everything))
    limit = USUAL_PATHS if paths is None else paths
    return strongest(everything, _paths(dfg.table, gaps, colour), dfg.n, wanted, limit)


def strongest(activities: tuple[Activity, ...], paths: list[Path], cases: int, wanted: int, limit: int) -> Shown:
    """The first `wanted` of the activities and the first `limit` paths between them, both given most frequent first;
    never more than 60 and 150."""
    kept = activities[:min(wanted, MOST_ACTIVITIES)]
    names = {activity.name for activity in kept}
    possible = [path for path in paths if path.source in names and path.target in names]
    drawn = _strongest(kept, possible, min(limit, MOST_PATHS))
    hidden = sum(path.moves for path in paths) - sum(path.moves for path in drawn)
    entered = {path.target for path in drawn if path.source != path.target}
    left = {path.source for path in drawn if path.source != path.target}
    return Shown(kept, drawn, _terminals(kept, lambda a: a.starts, entered, cases),
                 _terminals(kept, lambda a: a.ends, left, cases), len(activities), len(paths), hidden)


def _check(activities: float, paths: int | None) -> None:
    faults = []
    whole = isinstance(activities, int)
    if not (activities >= 1 if whole else 0 < activities <= 1):
        faults.append(Fault(f"activities={activities!r} is neither a share (0 < share <= 1) nor a number",
                            fix="activities=0.5 for half of them, activities=12 for twelve"))
    if paths is not None and paths < 1:
        faults.append(Fault(f"paths={paths!r} draws nothing", fix="paths=40"))
    if faults:
        raise InputError(faults)


def _activities(table: pd.DataFrame) -> tuple[Activity, ...]:
    rows = [Activity(str(name), _stage(stage), int(events), int(starts), int(ends))
            for name, stage, events, starts, ends in
            _columns(table, "activity", "stage", "events", "starts", "ends")]
    return tuple(sorted(rows, key=lambda a: (-a.events, a.name)))


def _paths(table: pd.DataFrame, gaps: Gaps | None, colour: str) -> list[Path]:
    """All paths, most moves first, each with the gap that colours it."""
    holder = table if colour in table.columns else gaps.table if gaps is not None else None
    if holder is None or colour not in holder.columns:
        known = [name for other in (table, gaps.table if gaps else table) for name in other.columns
                 if str(name).startswith("gap_days")]
        raise InputError(f"there is no column '{colour}' to colour the paths by",
                         fix=f"one of {', '.join(dict.fromkeys(known))}; more with gaps=")
    value = {(str(s), str(t)): float(gap) for s, t, gap in _columns(holder, "source", "target", colour)}
    rows = [Path(str(s), str(t), int(moves), value.get((str(s), str(t)), math.nan))
            for s, t, moves in _columns(table, "source", "target", "moves")]
    return sorted(rows, key=lambda p: (-p.moves, p.source, p.target))


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    yield from table[list(names)].itertuples(index=False, name=None)


def _stage(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _strongest(kept: tuple[Activity, ...], paths: list[Path], limit: int) -> tuple[Path, ...]:
    """The best way into and out of each activity, then the rest by moves, up to the limit.

    Where most cases begin (or end) with an activity, the start (or end) is its best way.
    """
    needed: dict[Path, None] = {}
    inward = {a.name: a.starts for a in kept}
    outward = {a.name: a.ends for a in kept}
    for path in paths:
        if path.source != path.target:
            inward[path.target] = max(inward[path.target], path.moves)
            outward[path.source] = max(outward[path.source], path.moves)
    entered = {a.name for a in kept if a.starts and a.starts >= inward[a.name]}
    left = {a.name for a in kept if a.ends and a.ends >= outward[a.name]}
    for path in paths:
        if path.source != path.target and (path.target not in entered or path.source not in left):
            needed[path] = None
            entered.add(path.target)
            left.add(path.source)
    others = [path for path in paths if path not in needed]
    chosen = {*needed, *others[:max(0, limit - len(needed))]}
    return tuple(path for path in paths if path in chosen)


def _terminals(kept: tuple[Activity, ...], cases: Callable[[Activity], int], reached: set[str],
               n: int) -> tuple[Activity, ...]:
    """The activities joined to the start (or end): the usual ones, and those nothing else leads to."""
    found = sorted((a for a in kept if cases(a)), key=lambda a: (-cases(a), a.name))
    return tuple(a for i, a in enumerate(found)
                 if i == 0 or cases(a) >= _SMALL_SHARE * n or a.name not in reached)
