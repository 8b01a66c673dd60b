"""Speed and memory of ltcdiag, beside pm4py on the same file and beside the floor of this machine.

    python benchmarks/bench.py                         10k to 10M events, pm4py up to 1M
    python benchmarks/bench.py --sizes 10000 100000    smaller and quicker
    python benchmarks/bench.py --pm4py-up-to 10000000  let pm4py try 10M too (minutes, 4 GB)

Every run is a process of its own, from the start of Python to the answer: wall time, CPU time and peak memory as the
operating system counts them; the best of --repeat runs counts. Answers of different tools are compared before their
times are. Results go to benchmarks/results/bench.json and, in words, to the screen.

Jobs
    all    Parquet → read → directly-follows → variants → gaps → rework → handovers → cases   (ltcdiag, pm4py)
    dfg    Parquet → read → directly-follows                                                  (ltcdiag, pm4py, floor)
The floor is the least that any tool must do for `dfg`: decode three columns, turn text into integers, sort one packed
key per event, gather, count. It may use that the file stands in time order; a tool that reads any file may not.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
# What is promised; a promise about a log holds for the size at which it was made and above.
BARS = {"times faster than pm4py": 10.0, "share of pm4py's memory": 0.5, "times the floor": 2.5,
        "growth exponent": 1.15, "import ms": 50.0, "help ms": 300.0}
FROM_EVENTS = {"times faster than pm4py": 1_000_000, "share of pm4py's memory": 1_000_000,
               "times the floor": 10_000_000, "growth exponent": 10_000_000}
AT_LEAST = {"times faster than pm4py"}


# --- the jobs; each runs in a child process and returns what it found, to be compared between tools ---

def ltcdiag_dfg(path):
    import ltcdiag as ltc

    graph = ltc.directly_follows(ltc.read(path, attributes=()))
    return {"edges": len(graph.table), "moves": int(graph.table["moves"].sum())}


def ltcdiag_all(path):
    import ltcdiag as ltc

    log = ltc.read(path, attributes=())
    graph, variants, gaps = ltc.directly_follows(log), ltc.variants(log), ltc.gaps(log)
    rework, handovers, cases = ltc.rework(log), log.tables.answer("handovers", by="resource"), ltc.cases(log)
    repeating = rework.table.loc[rework.table["cases_repeating"] > 0]
    return {
        "edges": len(graph.table), "moves": int(graph.table["moves"].sum()),
        "cases": int(variants.table["cases"].sum()), "variants": len(variants.table),
        "gap_days": round(float(gaps.table["gap_days_total"].sum()), 3),
        "rework": int(repeating["cases_repeating"].sum()), "handover_pairs": len(handovers.table),
        "case_days": round(float(cases.table["days"].sum()), 3),
    }


def pm4py_log(path):
    import pandas as pd
    import pm4py

    columns = ["case_id", "activity", "timestamp", "resource"]
    frame = pd.read_csv(path, usecols=columns) if path.suffix == ".csv" else pd.read_parquet(path, columns=columns)
    frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="activity", timestamp_key="timestamp")
    frame["org:resource"] = frame["resource"]
    for name in ("case:concept:name", "concept:name", "org:resource"):  # pm4py 2.7 is fastest with plain objects
        frame[name] = frame[name].astype(object)
    return frame


def pm4py_dfg(path):
    import pm4py

    graph, _, _ = pm4py.discover_dfg(pm4py_log(path))
    return {"edges": len(graph), "moves": sum(graph.values())}


def pm4py_all(path):
    import pm4py

    log = pm4py_log(path)
    graph, _, _ = pm4py.discover_dfg(log)
    variants = pm4py.get_variants(log)
    gaps, _, _ = pm4py.discover_performance_dfg(log)
    rework = pm4py.get_rework_cases_per_activity(log)
    handovers = pm4py.discover_handover_of_work_network(log)
    durations = pm4py.get_all_case_durations(log)
    days = sum(graph[pair] * value["mean"] for pair, value in gaps.items()) / 86_400
    return {
        "edges": len(graph), "moves": sum(graph.values()), "cases": sum(variants.values()), "variants": len(variants),
        "gap_days": round(days, 3), "rework": sum(rework.values()),
        "handover_pairs": sum(source != target for source, target in handovers.connections),
        "case_days": round(sum(durations) / 86_400, 3),
    }


def floor_dfg(path):
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["case_id", "activity", "timestamp"])
    case, activity = (table[name].combine_chunks().dictionary_encode() for name in ("case_id", "activity"))
    clock = table["timestamp"].to_numpy()
    assert (clock[1:] >= clock[:-1]).all()
    codes, width = activity.indices.to_numpy(), len(activity.dictionary)
    key = case.indices.to_numpy().astype(np.uint64) << np.uint64(32)
    key |= np.arange(len(key), dtype=np.uint64)
    key.sort()
    rows, owner = (key & np.uint64(0xFFFFFFFF)).astype(np.int64), key >> np.uint64(32)
    ordered, same = codes[rows], owner[1:] == owner[:-1]
    pairs = np.bincount(ordered[:-1][same].astype(np.int64) * width + ordered[1:][same], minlength=width * width)
    return {"edges": int((pairs > 0).sum()), "moves": int(pairs.sum())}


def make(path):
    from make_log import write

    write(int(path.stem.split("_")[0]), path)
    return {}


JOBS = {job.__name__: job for job in (ltcdiag_all, ltcdiag_dfg, pm4py_all, pm4py_dfg, floor_dfg, make)}


# --- measuring ---

def child(command):
    """Wall and CPU seconds and peak MB of one process, and what it printed."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    variables["PYTHONPATH"] = str(HERE.parent)  # this checkout, whether or not it is installed
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:  # a file cannot fill up and block, as a pipe can
        process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, stderr=errors, text=True, env=variables)
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        errors.seek(0)
        said = errors.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{said}\n{command} ended with {process.returncode}")
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": peak}, printed


def job(name, path, repeat=1):
    """The best of some runs of one job; its answers come along."""
    runs = [child([str(Path(__file__)), "--job", name, str(path)]) for _ in range(repeat)]
    best = {key: round(min(run[key] for run, _ in runs), 3) for key in runs[0][0]}
    return best | {"answers": json.loads(runs[0][1].splitlines()[-1]), "runs": repeat}


def log_file(events):
    """The log of that size, made once and kept."""
    path = RESULTS / "data" / f"{events}_events.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        job("make", path)
    return path


def milliseconds(code, runs):
    return [1000 * child(["-c", code])[0]["wall_s"] for _ in range(runs)]


def start_up(runs=9):
    """What `import ltcdiag` adds to Python's own start, and what `--help` takes in all."""
    asked = "import sys; sys.argv = ['ltcdiag', '--help']; from ltcdiag.cli import main; sys.exit(main())"
    times = {name: statistics.median(milliseconds(code, runs)) for name, code in
             {"bare": "pass", "import": "import ltcdiag", "help": asked}.items()}
    return {"bare ms": round(times["bare"], 1), "import ms": round(times["import"] - times["bare"], 1),
            "help ms": round(times["help"], 1)}


def different_answers(one, other):
    """The answers that two tools give differently, beyond rounding."""
    return [key for key in one.keys() & other.keys() if not math.isclose(one[key], other[key], rel_tol=1e-6)]


def measure(options):
    found = {}
    for events in options.sizes:
        path, rows = log_file(events), {}
        wanted = ["floor_dfg", "ltcdiag_dfg", "ltcdiag_all"]
        if events <= options.pm4py_up_to:
            wanted += ["pm4py_dfg", "pm4py_all"]
        for name in wanted:
            rows[name] = job(name, path, options.repeat)
            print(f"{events:>10,}  {name:<12} {rows[name]['wall_s']:8.2f} s  {rows[name]['cpu_s']:8.2f} CPU s"
                  f"  {rows[name]['peak_mb']:8.0f} MB", flush=True)
        found[events] = rows
    return found


def verdict(what, value, events, where=""):
    """One measured value beside its promise; None where nothing is promised at that size."""
    promised = events is None or events >= FROM_EVENTS[what]
    holds = value >= BARS[what] if what in AT_LEAST else value <= BARS[what]
    return {"what": what, "events": events, "of": where, "value": round(value, 3), "bar": BARS[what],
            "holds": holds if promised else None}


def verdicts(found, starting):
    """Each promise with what was measured and whether it holds; different answers are a broken promise."""
    lines = []
    for events, rows in found.items():
        ours, floor = rows["ltcdiag_all"], rows["floor_dfg"]
        for mine, other in (("ltcdiag_dfg", "floor_dfg"), ("ltcdiag_dfg", "pm4py_dfg"), ("ltcdiag_all", "pm4py_all")):
            if other in rows:
                different = different_answers(rows[mine]["answers"], rows[other]["answers"])
                lines.append({"what": "answers that differ", "events": events, "of": f"{mine} and {other} {different}",
                              "value": len(different), "bar": 0, "holds": not different})
        if "pm4py_all" in rows:
            theirs = rows["pm4py_all"]
            lines.append(verdict("times faster than pm4py", theirs["wall_s"] / ours["wall_s"], events))
            lines.append(verdict("share of pm4py's memory", ours["peak_mb"] / theirs["peak_mb"], events))
        lines.append(verdict("times the floor", rows["ltcdiag_dfg"]["wall_s"] / floor["wall_s"], events))
    for small, large in pairwise(found):
        for name in ("ltcdiag_dfg", "ltcdiag_all"):
            times = found[large][name]["wall_s"] / found[small][name]["wall_s"]
            lines.append(verdict("growth exponent", math.log(times) / math.log(large / small), large, name))
    return lines + [verdict(name, starting[name], None) for name in ("import ms", "help ms")]


def versions():
    from importlib.metadata import version

    names = ("duckdb", "pandas", "numpy", "pyarrow", "pm4py")
    return {"python": platform.python_version(), "cores": os.cpu_count(), "machine": platform.machine()} | {
        name: version(name) for name in names}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--pm4py-up-to", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS / "bench.json")
    parser.add_argument("--job", nargs=2, metavar=("NAME", "FILE"), help="run one job in this process")
    options = parser.parse_args()
    if options.job:
        print(json.dumps(JOBS[options.job[0]](Path(options.job[1]))))
        return
    found, starting = measure(options), start_up()
    lines = verdicts(found, starting)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    content = {"versions": versions(), "start": starting, "runs": found, "verdicts": lines}
    options.out.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for line in lines:
        word = {True: "holds", False: "FAILS", None: "noted"}[line["holds"]]
        size = f"{line['events']:>10,} events" if line["events"] else " " * 17
        print(f"{word}  {size}  {line['what']}: {line['value']} (bar {line['bar']}) {line['of']}")


if __name__ == "__main__":
    main()
