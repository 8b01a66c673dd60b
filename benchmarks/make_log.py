"""Invent a Lead-to-Cash log of any size, as Parquet or CSV, the same for the same seed.

    python benchmarks/make_log.py 1000000 log.parquet

25 activities, 38 paths between them, rework loops, about 12 events a case, 3 % of the steps at the very time of the
step before. Rows stand in export order: by time, cases interleaved; where times tie, the order of the rows
is the order of the steps.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

START, END = "", "end"
# From one activity to the next with its probability: the chain of a project business with its loops.
PATHS = {
    "Lead created": {"Lead qualified": 0.86, END: 0.14},
    "Lead qualified": {"Opportunity created": 1.0},
    "Opportunity created": {"Needs analysed": 0.75, "Opportunity lost": 0.25},
    "Opportunity lost": {END: 1.0},
    "Needs analysed": {"Solution designed": 1.0},
    "Solution designed": {"Quote created": 0.85, "Solution reviewed": 0.15},
    "Solution reviewed": {"Solution designed": 0.5, "Quote created": 0.5},
    "Quote created": {"Quote approved": 0.75, "Quote reworked": 0.25},
    "Quote reworked": {"Quote created": 0.9, "Opportunity lost": 0.1},
    "Quote approved": {"Quote sent": 1.0},
    "Quote sent": {"Contract drafted": 0.6, "Quote reworked": 0.2, "Opportunity lost": 0.2},
    "Contract drafted": {"Legal review": 0.7, "Contract signed": 0.3},
    "Legal review": {"Contract drafted": 0.3, "Contract signed": 0.7},
    "Contract signed": {"Order created": 1.0},
    "Order created": {"Order released": 0.92, "Order changed": 0.08},
    "Order changed": {"Order released": 1.0},
    "Order released": {"Goods delivered": 0.9, "Delivery split": 0.1},
    "Delivery split": {"Goods delivered": 1.0},
    "Goods delivered": {"Installed": 0.6, "Acceptance signed": 0.4},
    "Installed": {"Acceptance signed": 0.85, "Defect reported": 0.15},
    "Defect reported": {"Installed": 1.0},
    "Acceptance signed": {"Invoice issued": 1.0},
    "Invoice issued": {"Payment received": 0.7, "Payment reminded": 0.3},
    "Payment reminded": {"Payment received": 0.8, "Payment reminded": 0.2},
    "Payment received": {END: 1.0},
}
ACTIVITIES = tuple(PATHS)
EVENTS_PER_CASE = 12.27  # measured on this table of probabilities
LONGEST = 200           # steps after which a case is cut; practically never reached
TIES = 0.03
DEPARTMENTS = ("Marketing", "Sales", "Solutions", "Legal", "Delivery", "Finance")


def steps(cases: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Case number, activity number and microseconds since the case began, all cases' first steps first."""
    ends = len(ACTIVITIES)
    index = {name: number for number, name in enumerate((*ACTIVITIES, END))}
    table = np.zeros((ends, ends + 1))
    for source, targets in PATHS.items():
        for target, share in targets.items():
            table[index[source], index[target]] = share
    table = table.cumsum(axis=1)
    alive, now, clock = np.arange(cases), np.zeros(cases, dtype=np.int64), np.zeros(cases, dtype=np.int64)
    parts = []
    for _ in range(LONGEST):
        parts.append((alive, now, clock))
        draw = random.random(len(now))
        following = np.empty_like(now)
        for activity in np.unique(now):
            here = now == activity
            following[here] = np.searchsorted(table[activity], draw[here], side="right")
        hours = random.lognormal(1.0 + now % 5, 1.0)
        hours[random.random(len(now)) < TIES] = 0.0
        keep = following < ends
        alive, now, clock = alive[keep], following[keep], (clock + (hours * 3.6e9).astype(np.int64))[keep]
        if not len(alive):
            break
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def log(events: int, seed: int = 7) -> pa.Table:
    """A log of about so many events."""
    random = np.random.default_rng(seed)
    cases = max(1, round(events / EVENTS_PER_CASE))
    case, activity, clock = steps(cases, random)
    begun = np.datetime64("2023-01-01T00:00:00", "us") + random.integers(0, 730 * 86_400, cases) * 1_000_000
    times = begun[case] + clock.astype("timedelta64[us]")
    order = np.argsort(times, kind="stable")  # keeps the order of the steps where times tie
    case, activity, times = case[order], activity[order], times[order]
    numbers = random.permutation(cases)
    amounts = random.integers(1_000_00, 900_000_00, cases)

    def words(values, codes):
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values)).cast(pa.string())

    return pa.table({
        "case_id": words([f"OPP-{number:08d}" for number in numbers], case),
        "activity": words(ACTIVITIES, activity),
        "timestamp": pa.array(times),
        "resource": words([f"P{n:03d}" for n in range(120)], activity * 4 % 100 + random.integers(0, 20, len(case))),
        "department": words(DEPARTMENTS, activity // 5),
        "region": words(["North", "East", "South", "West"], case % 4),
        "product": words([f"Line {n}" for n in range(9)], case % 9),
        "amount": pa.array(amounts[case] / 100),
    })


def write(events: int, path: Path, seed: int = 7) -> None:
    """Make a log and write it; the end of the name says how."""
    table = log(events, seed)
    if path.suffix == ".csv":
        pyarrow.csv.write_csv(table, path)
    else:
        pyarrow.parquet.write_table(table, path, compression="zstd")


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
