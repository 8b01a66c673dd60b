"""How long one comparison takes, beside the group-by that everybody would write.

    python benchmarks/compare.py                  200 cases, then 1,000 to 1,000,000
    python benchmarks/compare.py --most 100000

Times are of calls in one process that has imported everything, the median of several. The group-by takes the mean days
of the closed cases on both sides and their Welch interval: what the usual comparison is, and far from an answer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import ttest_ind

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import ltcdiag as ltc
from tests.stats.simulated_change import Scenario, World, log_of

if TYPE_CHECKING:
    import pandas as pd

SMALL, LARGE = 200, 100_000
BARS = {"one comparison of 200 cases, ms": 20.0, "growth exponent 10,000 → 100,000": 1.15}
SIZES = (1_000, 10_000, LARGE, 1_000_000)
FOUR = ("days_open", "win_rate", "loss_rate", "value_per_case")
WORLD = World()
CHANGE, AS_OF = WORLD.date(WORLD.half), WORLD.date(WORLD.last)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="cases of the largest table")
    options = parser.parse_args()
    small = table_of(SMALL)
    rows = [("200 cases: days open, win rate", milliseconds(lambda: compared(small), 60),
             milliseconds(lambda: grouped(small), 60)),
            ("200 cases: 4 KPIs at the same mix, by owner", milliseconds(lambda: everything(small), 30), None)]
    promise = {"one comparison of 200 cases, ms": rows[0][1]}
    taken = {}
    for cases in (size for size in SIZES if size <= options.most):
        table, runs = table_of(cases), max(3, min(20, 300_000 // cases))
        taken[cases] = milliseconds(lambda table=table: compared(table), runs)
        rows.append((f"{cases:,} cases: days open, win rate", taken[cases],
                     milliseconds(lambda table=table: grouped(table), runs)))
        if cases == LARGE:
            rows.append((f"{cases:,} cases: 4 KPIs at the same mix, by owner",
                         milliseconds(lambda table=table: everything(table), 3), None))
    if LARGE in taken:
        promise["growth exponent 10,000 → 100,000"] = log10(taken[LARGE] / taken[10_000])
    print("| what | ltcdiag | group-by |\n|---|---|---|")
    for what, ours, theirs in rows:
        print(f"| {what} | {ours:,.1f} ms | {'–' if theirs is None else f'{theirs:,.1f} ms'} |")
    print("\n| promise | bar | measured |\n|---|---|---|")
    for what, measured in promise.items():
        held = "" if measured <= BARS[what] else ": **not held**"
        print(f"| {what} | {BARS[what]:g} | {measured:.2f}{held} |")


def table_of(cases: int) -> pd.DataFrame:
    """A clock table with as many cases before the change as after it."""
    return log_of(Scenario(World(cases // 2)), np.random.default_rng(cases)).frame


def compared(table: pd.DataFrame) -> ltc.Effects:
    """One comparison."""
    return ltc.compare_clocks(table, change=CHANGE, as_of=AS_OF)


def everything(table: pd.DataFrame) -> ltc.Effects:
    """All KPIs, with the mix held equal and owners as clusters."""
    return ltc.compare_clocks(table, change=CHANGE, as_of=AS_OF, kpis=FOUR, primary=FOUR[:3], adjust_for=("size",),
                              cluster="owner")


def grouped(table: pd.DataFrame) -> float:
    """The usual way."""
    closed = table[table["exited"].notna()]
    days = (closed["exited"] - closed["entered"]).dt.total_seconds() / 86_400
    late = closed["entered"] >= CHANGE
    won = (closed["outcome"] == "won").groupby(late).mean()
    return float(days.groupby(late).mean().diff().iloc[-1] + won.iloc[-1] + ttest_ind(
        days[late], days[~late], equal_var=False).confidence_interval().low)


def milliseconds(call: Callable[[], object], runs: int) -> float:
    """The median of several calls, after one that is not counted."""
    call()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


if __name__ == "__main__":
    main()
