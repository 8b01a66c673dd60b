"""Variants gained and lost between two logs: shares of cases, and which differences no shuffling of labels explains."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from ..log.event_log import EventLog
from ..log.results import VariantChanges
from ..stats.differences import LEVEL, adjusted, could_differ, exact_p, newcombe
from .paths import Pair, Paths, pair_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

LEAST_SHARE = 0.01
"""A variant is gained, lost, more or less only where its share differs by at least one case in a hundred."""
COLUMNS = ("activities", "steps", "cases_before", "cases_after", "share_before", "share_after", "share_difference",
           "difference_low", "difference_high", "p", "p_adjusted", "change")


def variant_changes(
    before: EventLog, after: EventLog, *, level: str = "activity", horizon_days: int | None = None,
) -> VariantChanges:
    """The paths of the first `horizon_days` of cases in two logs; those that differ first. Laws: the cases of each log
    add up to the cases followed; a variant in fewer cases than could ever be told apart has no p."""
    return changes_of(pair_of(before, after, level=level, horizon_days=horizon_days), level)


def changes_of(pair: Pair, level: str = "activity") -> VariantChanges:
    """The same from two logs that are cut already."""
    import numpy as np
    import pandas as pd

    counts = [_variants(arm, level) for arm in (pair.before, pair.after)]
    names = sorted({*counts[0], *counts[1]})
    have = [np.array([count[name] for name in names], dtype=np.int64) for count in counts]
    sizes = pair.before.n, pair.after.n
    p = np.full(len(names), np.nan)
    rows = np.flatnonzero(could_differ(have[0] + have[1], *sizes))
    p[rows] = exact_p(have[0][rows], have[1][rows], *sizes)
    p_adjusted = adjusted(p)
    cells = []
    for name, one, other, raw, q in zip(names, *(part.tolist() for part in (*have, p, p_adjusted)), strict=True):
        found = newcombe(one, other, *sizes)
        cells.append((tuple(pair.before.labels[code] for code in name), len(name), one, other, one / sizes[0],
                      other / sizes[1], found.value, found.low, found.high, raw, q, _change(one, other, *sizes, q)))
    cells.sort(key=lambda row: (row[-1] is None, -abs(row[6]) if row[-1] else -(row[2] + row[3]), row[0]))
    table = pd.DataFrame(cells, columns=list(COLUMNS))
    return VariantChanges(table, sum(sizes), "", level, horizon=pair.horizon, n_before=sizes[0],
                          tested=len(rows), left_out=(pair.before.left_out, pair.after.left_out), shared=pair.shared,
                          ends=pair.ends)


def _variants(arm: Paths, level: str) -> Counter[tuple[int, ...]]:
    """Cases of each path; at the level of stages a stay on one stage is one step."""
    import numpy as np

    ends = np.searchsorted(arm.case, np.arange(arm.n + 1))
    labels = arm.label.tolist()
    paths = (labels[first:last] for first, last in pairwise(ends))
    if level == "activity":
        return Counter(map(tuple, paths))
    return Counter(tuple(label for label, _ in groupby(path)) for path in paths)


def _change(before: int, after: int, n_before: int, n_after: int, p: float) -> str | None:
    """gained, lost, more or less; None where labels shuffled at random would do as much."""
    if not p <= LEVEL or abs(after / n_after - before / n_before) < LEAST_SHARE:
        return None
    if not before or not after:
        return "lost" if before else "gained"
    return "more" if after / n_after > before / n_before else "less"
