"""Two logs drawn from one process, or from two that differ by a planted change; as arrays, without any log."""

from __future__ import annotations

from random import Random

import numpy as np

from ltcdiag.measures.paths import Pair, Paths

LABELS = ("lead", "discover", "quote", "review", "sign", "invoice", "pay", "recheck")
MEAN_DAYS = (4, 6, 5, 8, 3, 4, 20, 2)
HORIZON = 90


def life(dice: Random, *, requotes: float = 0.15, recheck: float = 0.0, slow: float = 1.0) -> tuple[list, bool]:
    """(label, age) and whether it closed. requotes: chance to go back to the quote. recheck: chance of a step that no
    other case has. slow: times as long before the review."""
    age, path = 0.0, [("lead", 0.0)]
    step = 1
    while step < 7:
        name = LABELS[step]
        age += dice.expovariate(1 / MEAN_DAYS[step]) * (slow if name == "review" else 1.0)
        path.append((name, age))
        if dice.random() < 0.08:
            return path, True
        if name == "review" and dice.random() < recheck:
            path.append(("recheck", age + 1))
        step = 2 if name == "review" and dice.random() < requotes else step + 1
    return path, True


def paths(dice: Random, n: int, **planted: float) -> Paths:
    rows, over = [], []
    for case in range(n):
        path, closed = life(dice, **planted)
        rows += [(case, LABELS.index(name), age) for name, age in path if age <= HORIZON]
        over.append(closed and path[-1][1] <= HORIZON)
    case, label, age = (np.array(column) for column in zip(*rows, strict=True))
    return Paths(LABELS, case, label, age.astype(float), np.array(over), 0)


def pair(seed: int, n: int = 100, **planted: float) -> Pair:
    """Before: as usual. After: with the planted change."""
    dice = Random(seed)
    return Pair(paths(dice, n), paths(dice, n, **planted), HORIZON, dict.fromkeys(LABELS), 0)
