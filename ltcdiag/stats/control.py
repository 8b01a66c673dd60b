"""Individuals and moving ranges: the limits of both, what lies beyond them, runs, and how often all that is chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from .case_clock import Bools, Floats
from .monitoring import LEAST_BASELINE, SLACK

TO_LIMIT, TO_RANGE_LIMIT, RUN = 2.66, 3.268, 8
CHARTS_DRAWN = 10_000


@dataclass(frozen=True, eq=False)
class Limits:
    """centre, low, high of the values; range_centre, range_high of the moving ranges. outside, jump, run: which values
    lie beyond the limits, come with a range beyond its limit, or are in a run of eight on one side of the centre.
    false_alarm: chance of any of them on a chart of this size although nothing happens."""

    centre: float
    low: float
    high: float
    range_centre: float
    range_high: float
    outside: Bools
    jump: Bools
    run: Bools
    false_alarm: float


def control_limits(values: Floats, *, baseline: int, least: float = -np.inf, most: float = np.inf) -> Limits:
    """Limits mean ± 2.66 mean moving ranges, 3.268 of them for the ranges (Wheeler & Chambers 1992), and the rules: a
    value outside, a range outside, eight in a row on one side of the centre.

    baseline: how many of the first values set the limits. least, most: values that cannot be passed (0 days, a share
    of 1); limits end there. Raises ValueError for a short baseline."""
    if not LEAST_BASELINE <= baseline <= len(values):
        raise ValueError(f"a baseline needs at least {LEAST_BASELINE} values")
    centre, spread = (float(part[0]) for part in _baseline(values[None, :baseline]))
    outside, jump, run = (part[0] for part in _rules(values[None, :], np.array([centre]), np.array([spread])))
    low, high = max(least, centre - TO_LIMIT * spread), min(most, centre + TO_LIMIT * spread)
    return Limits(centre, low, high, spread, TO_RANGE_LIMIT * spread, outside, jump, run,
                  any_alarm(baseline, len(values)))


def _baseline(charts: Floats) -> tuple[Floats, Floats]:
    """Mean and mean moving range of each row."""
    return charts.mean(axis=1), np.abs(np.diff(charts, axis=1)).mean(axis=1)


def _rules(charts: Floats, centre: Floats, spread: Floats) -> tuple[Bools, Bools, Bools]:
    """What each rule says of each value of each row."""
    slack = SLACK * np.maximum(1.0, np.abs(charts).max(axis=1))
    away = charts - centre[:, None]
    outside = np.abs(away) > (TO_LIMIT * spread + slack)[:, None]
    ranges = np.abs(np.diff(charts, axis=1, prepend=charts[:, :1]))
    jump = ranges > (TO_RANGE_LIMIT * spread + slack)[:, None]
    side = np.where(np.abs(away) <= slack[:, None], 0, np.sign(away))
    return outside, jump, _runs(side)


def _runs(side: Floats) -> Bools:
    """Which values are in a run of RUN or more on one side; one on the centre ends a run."""
    found = np.zeros(side.shape, dtype=bool)
    for last in range(RUN - 1, side.shape[1]):
        window = side[:, last - RUN + 1:last + 1]
        whole = np.abs(window.sum(axis=1)) == RUN
        found[:, last - RUN + 1:last + 1] |= whole[:, None]
    return found


@cache
def any_alarm(baseline: int, rows: int) -> float:
    """Chance that a chart of independent normal values breaks any rule; seeded, so that a chart always has the same."""
    rng = np.random.default_rng(20240103)
    alarms, drawn, at_once = 0, 0, max(1, 1_000_000 // rows)
    for first in range(0, CHARTS_DRAWN, at_once):
        charts = rng.standard_normal((min(at_once, CHARTS_DRAWN - first), rows))
        centre, spread = _baseline(charts[:, :baseline])
        broken = [part.any(axis=1) for part in _rules(charts, centre, spread)]
        alarms += int((broken[0] | broken[1] | broken[2]).sum())
        drawn += len(charts)
    return alarms / drawn
