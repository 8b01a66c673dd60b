"""Ten indicators with their intervals, beside the naive way (group by case, keep the closed ones, plain means).

    python benchmarks/bench_kpis.py                     10k, 30k and 100k cases
    python benchmarks/bench_kpis.py --cases 100000      one size

The time of the indicators alone, of a log that has been read, on one core (the process is bound to one, where the
system can do that): the first call, which prepares tables, and the best of three more. CPU time, because this machine
may have other work; wall time beside it. The naive way gets a data frame of the same events and does the same sort of
thing, without open cases, horizon or interval; its numbers differ and are shown, because that is the point of ours.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import make_log
import pandas as pd

import ltcdiag as ltc

TEN = ("lead_conversion", "win_rate", "loss_rate", "opportunity_conversion", "sales_cycle_days", "days_open",
       "days_in_contracting", "rework_rate", "rework_days", "collection_cycle_days")
AS_OF = "2024-12-30"     # the last day on which a case begins: a tenth of them are open then
BAR = 3.0       # seconds for 100,000 cases


def timed(work):
    """CPU seconds, wall seconds and the answer."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work()
    return time.process_time() - cpu, time.perf_counter() - wall, answer


def naive(frame):
    """Three groupings and plain means of the closed cases."""
    ordered = frame.sort_values(["case_id", "timestamp"], kind="stable")
    groups = ordered.groupby("case_id", sort=False)
    first, last = groups["timestamp"].min(), groups["timestamp"].max()
    closing = groups["activity"].last().isin(["Payment received", "Opportunity lost", "Lead created"])

    def at(label):
        return ordered[ordered["activity"] == label].groupby("case_id")["timestamp"].min()

    won, lost, lead = at("Contract signed"), at("Opportunity lost"), at("Lead qualified")
    invoiced, paid = at("Invoice issued"), at("Payment received")
    repeats = ordered.groupby(["case_id", "activity"], sort=False).size().sub(1).clip(lower=0).groupby("case_id").sum()
    days = (last - first)[closing].dt.total_seconds() / 86_400
    return {
        "lead_conversion": len(lead) / len(first), "win_rate": len(won) / (len(won) + len(lost)),
        "loss_rate": len(lost) / len(first), "opportunity_conversion": len(won) / max(1, len(lead)),
        "sales_cycle_days": ((won - first).dropna().dt.total_seconds() / 86_400).mean(), "days_open": days.mean(),
        "rework_rate": (repeats > 0).mean(), "rework_days": float("nan"),
        "collection_cycle_days": ((paid - invoiced).dropna().dt.total_seconds() / 86_400).mean(),
    }


def one_size(cases, folder):
    """Reads a log of so many cases and times both ways."""
    path = Path(folder) / f"{cases}.parquet"
    make_log.write(round(cases * make_log.EVENTS_PER_CASE), path)
    log = ltc.read(path, as_of=AS_OF, threads=1)
    frame = pd.read_parquet(path, columns=["case_id", "activity", "timestamp"])
    frame = frame[frame["timestamp"] < pd.Timestamp(AS_OF) + pd.Timedelta(days=1)]
    first = timed(lambda: ltc.kpis(log, only=TEN))
    again = min((timed(lambda: ltc.kpis(log, only=TEN)) for _ in range(3)), key=lambda run: run[0])
    all_of_them = timed(lambda: ltc.kpis(log))
    plain = min((timed(lambda: naive(frame)) for _ in range(2)), key=lambda run: run[0])
    print(f"{log.cases:>8,} cases {log.events:>10,} events  ten: first {first[0]:.2f} s CPU ({first[1]:.2f} s wall), "
          f"again {again[0]:.2f} s ({again[1]:.2f} s); all {len(all_of_them[2].table)}: {all_of_them[0]:.2f} s; "
          f"naive {plain[0]:.2f} s ({plain[1]:.2f} s)")
    return first[0], again[2].table.set_index("kpi")["value"], plain[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    sizes = parser.parse_args().cases
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import scipy.special  # noqa: F401 - loaded by the first interval; it is no work of the indicators
    with tempfile.TemporaryDirectory() as folder:
        for cases in sizes:
            seconds, ours, plain = one_size(cases, folder)
            if cases == 100_000:
                held = "held" if seconds <= BAR else "NOT held"
                print(f"bar of {BAR:.0f} s at 100,000 cases: {held} ({seconds:.2f} s)")
    print("\n".join(f"  {kpi:24} ours {ours[kpi]:8.3f}   naive {plain.get(kpi, float('nan')):8.3f}" for kpi in TEN))


if __name__ == "__main__":
    main()
