"""Two logs as one map: how often each move happens per case, and after how long, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.event_log import EventLog
from ..log.results import DifferenceMap
from ..log.steps import keyed
from ..stats.differences import LEVEL, adjusted, could_differ, counts_p, exact_p, ranks_p
from .paths import Pair, Paths, pair_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

LEAST_MOVES = 0.05
"""A move happens more or less often where it is at least this many times per case more or less: one case in twenty."""
LEAST_NEW = 0.01
"""... is gained or lost where it is there at least this often."""
LEAST_GAP, LEAST_DAYS = 0.1, 1 / 24
"""... and is slower or faster where its median gap is a tenth and an hour longer or shorter."""
COLUMNS = ("source", "target", "cases_before", "cases_after", "moves_per_case_before", "moves_per_case_after",
           "moves_difference", "p_moves", "p_moves_adjusted", "frequency_change", "gap_days_before", "gap_days_after",
           "gap_days_difference", "p_gap", "p_gap_adjusted", "gap_change")


@dataclass(frozen=True, eq=False)
class _Moves:
    """One row for each case and each kind of move it made, sorted by kind. kind: source * labels + target. times: how
    often. gap: mean days."""

    kind: Ints
    times: Ints
    gap: Floats
    n: int

    def of(self, kind: int) -> slice:
        """The rows of a kind."""
        first, last = self.kind.searchsorted([kind, kind + 1])
        return slice(int(first), int(last))


def difference_map(
    before: EventLog, after: EventLog, *, level: str = "activity", horizon_days: int | None = None,
) -> DifferenceMap:
    """Every move of two logs within the first `horizon_days` of a case: moves per case, median days of a gap (of the
    cases that make the move, several times in one case as their mean), and what differs beyond a shuffling of
    the labels "before" and "after" over the cases, and by enough to matter (LEAST_MOVES, LEAST_NEW, LEAST_GAP). All
    tests of the map, of moves and of gaps, are one family."""
    return map_of(pair_of(before, after, level=level, horizon_days=horizon_days), level)


def map_of(pair: Pair, level: str = "activity") -> DifferenceMap:
    """The same from two logs that are cut already."""
    import numpy as np
    import pandas as pd

    arms = _moves(pair.before), _moves(pair.after)
    kinds = np.unique(np.concatenate([arm.kind for arm in arms]))
    p_moves, p_gap = _tests(arms, kinds)
    q = adjusted(np.concatenate([p_moves, p_gap]))
    q_moves, q_gap = q[: len(kinds)], q[len(kinds):]
    labels = pair.before.labels
    rows = []
    for at, kind in enumerate(kinds.tolist()):
        found = [arm.of(kind) for arm in arms]
        cases = [rows_.stop - rows_.start for rows_ in found]
        often = [float(arm.times[rows_].sum()) / arm.n for arm, rows_ in zip(arms, found, strict=True)]
        gaps = [float(np.median(arm.gap[rows_])) if n else np.nan
                for arm, rows_, n in zip(arms, found, cases, strict=True)]
        source, target = divmod(kind, len(labels))
        rows.append((
            labels[source], labels[target], *cases, *often, often[1] - often[0], p_moves[at], q_moves[at],
            _frequency(cases, often, q_moves[at]), *gaps, gaps[1] - gaps[0], p_gap[at], q_gap[at],
            _pace(arms, found, gaps, q_gap[at])))
    rows.sort(key=lambda row: (-(row[4] + row[5]), row[0], row[1]))
    return DifferenceMap(
        pd.DataFrame(rows, columns=list(COLUMNS)), pair.before.n + pair.after.n, "", level,
        activities=_activities(pair), horizon=pair.horizon, n_before=pair.before.n,
        left_out=(pair.before.left_out, pair.after.left_out), shared=pair.shared, ends=pair.ends)


def _moves(arm: Paths) -> _Moves:
    import numpy as np

    inside = np.flatnonzero(arm.case[1:] == arm.case[:-1])
    kind = keyed(arm.label[inside], len(arm.labels), arm.label[inside + 1])
    gap = arm.age[inside + 1] - arm.age[inside]
    keys, place, times = np.unique(kind * max(1, arm.n) + arm.case[inside], return_inverse=True, return_counts=True)
    total = np.bincount(place, weights=gap, minlength=len(keys))
    return _Moves(keys // max(1, arm.n), times, total / np.maximum(times, 1), arm.n)


def _tests(arms: tuple[_Moves, _Moves], kinds: Ints) -> tuple[Floats, Floats]:
    """p of moves per case and of gaps for each kind of move; nan where nothing could be told apart."""
    import numpy as np

    sizes = arms[0].n, arms[1].n
    cases = [np.array([arm.of(kind).stop - arm.of(kind).start for kind in kinds.tolist()], dtype=np.int64)
             for arm in arms]
    moves, gap = np.full(len(kinds), np.nan), np.full(len(kinds), np.nan)
    asked = could_differ(cases[0] + cases[1], *sizes)
    single = np.array([all((arm.times[arm.of(kind)] == 1).all() for arm in arms) for kind in kinds.tolist()])
    once = np.flatnonzero(asked & single)
    moves[once] = exact_p(cases[0][once], cases[1][once], *sizes)
    for at, kind in enumerate(kinds.tolist()):
        if asked[at] and not single[at]:
            moves[at] = counts_p(*(_times(arm, kind) for arm in arms))
        gap[at] = ranks_p(*(arm.gap[arm.of(kind)] for arm in arms))
    return moves, gap


def _times(arm: _Moves, kind: int) -> Ints:
    """How often each case makes a move, noughts included."""
    import numpy as np

    times = np.zeros(arm.n, dtype=np.int64)
    found = arm.times[arm.of(kind)]
    times[: len(found)] = found
    return times


def _frequency(cases: list[int], often: list[float], q: float) -> str | None:
    least = LEAST_MOVES if all(cases) else LEAST_NEW
    if not q <= LEVEL or abs(often[1] - often[0]) < least:
        return None
    if not all(cases):
        return "lost" if cases[0] else "gained"
    return "more" if often[1] > often[0] else "less"


def _pace(arms: tuple[_Moves, _Moves], rows: list[slice], gaps: list[float], q: float) -> str | None:
    """slower or faster where the ranks differ beyond chance and the medians point the same way."""
    import numpy as np

    if not q <= LEVEL or abs(gaps[1] - gaps[0]) < max(LEAST_DAYS, LEAST_GAP * gaps[0]):
        return None
    before, after = (arm.gap[found] for arm, found in zip(arms, rows, strict=True))
    pooled = np.sort(before)
    higher = float(np.mean((np.searchsorted(pooled, after) + np.searchsorted(pooled, after, side="right")) / 2))
    slower = higher > len(before) / 2
    return None if slower != (gaps[1] > gaps[0]) else "slower" if slower else "faster"


def _activities(pair: Pair) -> pd.DataFrame:
    """activity, stage, and per case before and after: events, starts (share of cases that begin with it), ends (of
    those that closed within the horizon)."""
    import numpy as np
    import pandas as pd

    labels = pair.before.labels
    table = pd.DataFrame({"activity": labels, "stage": [pair.stage.get(label) for label in labels]})
    table["stage"] = table["stage"].astype(object).where(table["stage"].notna(), None)
    for arm, side in ((pair.before, "before"), (pair.after, "after")):
        first = np.flatnonzero(np.append(True, arm.case[1:] != arm.case[:-1])[: len(arm.case)])
        last = np.append(first[1:], len(arm.case))[: len(first)] - 1
        closed = last[arm.over[arm.case[last]]]
        for name, rows in (("events", slice(None)), ("starts", first), ("ends", closed)):
            table[f"{name}_{side}"] = np.bincount(arm.label[rows], minlength=len(labels))
    return table
