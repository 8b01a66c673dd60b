"""The whole diagnosis of a log, every detector, beside the time it took to read the log from CSV.

    python benchmarks/bench_diagnosis.py                     100k and 1M events, with and without starts
    python benchmarks/bench_diagnosis.py --events 100000     one size

The log: make_log's Lead-to-Cash chain with its loops, and on top of it starts of work, approvals skipped by a tenth of
the cases, cases that are still open when the extract ends, departments, people, regions, products and amounts. Every
run is a process of its own, bound to one core where the system can do that, that reads the CSV with all its columns and
then diagnoses it. Seconds are CPU seconds, because this machine may have other work, with wall seconds beside the
totals. A detector's seconds are those between the word of progress that names it and the next one; its memory is
the highest peak of the process so far. Nothing here is asserted in a test.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
BARS = {"times the reading": 10.0, "growth exponent": 1.15}
SKIPPED = "Quote approved"
SKIPPERS = 0.1          # share of cases that pass over it
WORKED = 0.3            # share of the time since the step before, in the mean, that is work on the step


def make(events, starts, path):
    """A CSV of about so many events."""
    import make_log
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    table, random = make_log.log(round(events * 1.12)), np.random.default_rng(11)
    frame = table.to_pandas()
    skips = random.random(frame["case_id"].nunique()) < SKIPPERS
    frame = frame[~((frame["activity"] == SKIPPED) & skips[frame["case_id"].factorize()[0]])]
    frame = frame.head(events)  # by time: the extract ends here, with cases still open
    frame["currency"] = "CNY"
    if starts:
        before = frame.groupby("case_id", sort=False)["timestamp"].shift()
        gap = (frame["timestamp"] - before).fillna(np.timedelta64(1, "h"))
        frame["start_time"] = (frame["timestamp"] - gap * random.beta(3, 7, len(frame))).dt.floor("s")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    seconds = pa.timestamp("s")
    for name in ("timestamp", "start_time")[: 1 + starts]:
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pc.strftime(table[name].cast(seconds, safe=False), "%Y-%m-%d %H:%M:%S"))
    pyarrow.csv.write_csv(table, path)


def peak_mb():
    """Highest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(path):
    """Reads and diagnoses; what it took, as a dictionary."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import pandas as pd  # noqa: F401 - loading it is no work of the reading
    import scipy.special  # noqa: F401

    import ltcdiag as ltc

    cpu, wall = time.process_time(), time.perf_counter()
    log = ltc.read(path, threads=1)
    read, read_wall, read_mb = time.process_time() - cpu, time.perf_counter() - wall, peak_mb()
    marks = [("begin", time.process_time(), read_mb)]
    wall = time.perf_counter()

    def told(name, *_):
        marks.append((name, time.process_time(), peak_mb()))

    from ltcdiag.domain.reference import load_model
    from ltcdiag.findings.diagnosis import diagnose

    found = diagnose(log, load_model(), progress=told)
    wall = time.perf_counter() - wall
    told("end")
    parts = [(name, after - begun, mb) for (name, begun, _), (_, after, mb) in pairwise(marks)]
    return {"events": log.events, "cases": log.cases, "findings": len(found), "read": read, "read_wall": read_wall,
            "read_mb": read_mb, "diagnosis": marks[-1][1] - marks[0][1], "diagnosis_wall": wall, "mb": peak_mb(),
            "parts": parts, "states": found.log.tables.answer("cases").table["state"].value_counts().to_dict()}


def child(*arguments):
    """What a process of its own printed; making a log is one too, for a child starts with its parent's peak."""
    variables = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    printed = subprocess.run([sys.executable, __file__, *map(str, arguments)], env=variables, check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    return json.loads(printed.splitlines()[-1]) if printed else {}


def shown(took, starts):
    print(f"\n{took['events']:,} events, {took['cases']:,} cases ({took['states']}), "
          f"{'with' if starts else 'without'} starts: {took['findings']} findings")
    print(f"  reading   {took['read']:7.2f} s CPU ({took['read_wall']:.2f} s wall), {took['read_mb']:,.0f} MB")
    for name, seconds, mb in took["parts"]:
        print(f"    {name:16} {seconds:6.2f} s   {mb:8,.0f} MB")
    print(f"  diagnosis {took['diagnosis']:7.2f} s CPU ({took['diagnosis_wall']:.2f} s wall), {took['mb']:,.0f} MB: "
          f"{took['diagnosis'] / took['read']:.1f} times the reading (bar: {BARS['times the reading']:.0f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--starts", choices=("with", "without", "both"), default="both")
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        make(asked.events[0], asked.starts == "with", asked.make)
        return
    if asked.run:
        print(json.dumps(run(asked.run)))
        return
    results = []
    for starts in {"with": (True,), "without": (False,), "both": (True, False)}[asked.starts]:
        runs = []
        for events in asked.events:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "log.csv"
                child("--make", path, "--events", events, "--starts", "with" if starts else "without")
                runs.append(child("--run", path))
            shown(runs[-1], starts)
            results.append({"starts": starts, **runs[-1]})
        if len(runs) > 1:
            first, last = runs[0], runs[-1]
            grown = math.log(last["diagnosis"] / first["diagnosis"]) / math.log(last["events"] / first["events"])
            print(f"  growth exponent {grown:.2f} (bar: {BARS['growth exponent']})")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "diagnosis.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
