"""ltcdiag beside other tools on the same files: pm4py with pandas and with Polars, r4pm, DuckDB and Polars by hand.

    python benchmarks/bench_peers.py                              10k, 100k and 1M events
    python benchmarks/bench_peers.py --sizes 10000 30000000       any sizes
    python benchmarks/peers_page.py                               the tables and pictures of docs/benchmarks

The other tools are no dependencies: `uv pip install r4pm polars` puts them into the environment that runs this.

Jobs: import; csv, parquet: read the log and count events and cases; map: directly-follows; variants; gaps: the mean
time of each move; rework: activities repeated in a case; checked: read with a look at every defect; diagnosis,
compare: the whole of them (ltcdiag alone).
Each job of each tool is a process of its own, from the start of Python to the answer: wall seconds, the seconds after
the log had been read, and peak memory; the best of --repeat runs. A job ends at --limit seconds or --memory gigabytes.
Every answer is compared with that of ltcdiag before its time counts. An outcome is one of
    ok    other answer    cannot (the tool has no such thing)    not installed    out of time    out of memory    failed
and none is left out. Results go to benchmarks/results/peers.json.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import peers

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
JOBS = ("import", "csv", "parquet", "map", "variants", "gaps", "rework", "checked", "diagnosis", "compare")
PACKAGES = ("duckdb", "pm4py", "pandas", "polars", "r4pm", "numpy", "pyarrow")
OUT_OF_MEMORY = ("MemoryError", "OutOfMemory", "bad_alloc", "Cannot allocate", "memory allocation")


def resident_mb(process):
    """Memory of a process now; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def run(tool, job, path, options):
    """One run of one job in a process of its own."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    variables["PYTHONPATH"] = str(HERE.parent)
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as printed:
        began, ended = time.perf_counter(), None
        process = subprocess.Popen([sys.executable, __file__, "--job", tool, job, str(path)], stdout=printed,
                                   stderr=said, env=variables)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            wall = time.perf_counter() - began
            if pid:
                break
            if ended is None and (wall > options.limit or resident_mb(process) > options.memory * 1024):
                ended = "out of time" if wall > options.limit else "out of memory"
                process.kill()
            time.sleep(0.005 if wall < 2 else 0.05)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        printed.seek(0)
        text, lines = said.read(), printed.read().splitlines()
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    found = {"wall_s": round(wall, 3), "peak_mb": round(peak)}
    if ended or process.returncode:
        short = any(word in text for word in OUT_OF_MEMORY)
        last = text.strip().splitlines()[-1][:200] if text.strip() else f"ended with {process.returncode}"
        return found | {"outcome": ended or ("out of memory" if short else "failed"), "said": "" if ended else last}
    answer, seconds = json.loads(lines[-1])
    return found | {"outcome": "ok", "call_s": round(seconds, 3), "answer": answer}


def best(tool, job, path, options):
    """The best of several runs; a run that fails is the last one."""
    runs = []
    while len(runs) < options.repeat and (not runs or runs[-1]["outcome"] == "ok"):
        runs.append(run(tool, job, path, options))
    if runs[-1]["outcome"] != "ok":
        return runs[-1]
    return runs[-1] | {key: min(each[key] for each in runs) for key in ("wall_s", "call_s", "peak_mb")}


def same(one, other):
    """Whether two answers are the same, beyond the last digits of a mean."""
    return one.keys() == other.keys() and all(
        one[key] == other[key] if isinstance(one[key], str) else math.isclose(one[key], other[key], rel_tol=1e-6)
        for key in one)


def apart(one, other):
    """How far two answers of the same names are apart, as a share; None where the names or texts differ."""
    if one.keys() != other.keys() or any(isinstance(value, str) for value in one.values()):
        return None
    return max(abs(one[key] - other[key]) / max(abs(other[key]), 1e-9) for key in one)


def log_file(events, suffix):
    path = RESULTS / "data" / f"{events}_events.{suffix}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, HERE / "make_log.py", str(events), path], check=True)
    return path


def measured(events, options):
    """Job → tool → what it took."""
    found = {}
    for job in JOBS:
        path = log_file(events, "csv" if job == "csv" else "parquet")
        ours, rows = None, found.setdefault(job, {})
        for tool, jobs in peers.TOOLS.items():
            need = peers.NEEDS.get(tool)
            if job not in jobs:
                rows[tool] = {"outcome": "cannot"}
            elif need and find_spec(need) is None:
                rows[tool] = {"outcome": "not installed"}
            else:
                rows[tool] = best(tool, job, path, options)
                answer = rows[tool].pop("answer", None)
                ours = answer if tool == "ltcdiag" else ours
                if rows[tool]["outcome"] == "ok" and (ours is None or not same(answer, ours)):
                    rows[tool] |= {"outcome": "other answer", "apart": apart(answer, ours or {})}
            row = rows[tool]
            took = f"{row['wall_s']:9.2f} s {row['peak_mb']:8,} MB" if "wall_s" in row else " " * 23
            print(f"{events:>11,}  {job:<10} {tool:<13} {took}  {row['outcome']} {row.get('said', '')}", flush=True)
    return found


def exponents(runs):
    """job → tool → how time grows with size, between the two largest sizes that worked; 1 is in proportion."""
    sizes = sorted(map(int, runs))
    found = {}
    for job in JOBS[1:]:        # the program is loaded alike for any size
        for tool in peers.TOOLS:
            rows = [(n, runs[str(n)][job][tool]) for n in sizes]
            worked = [(n, row["wall_s"]) for n, row in rows if row["outcome"] == "ok"]
            if len(worked) > 1:
                (small, before), (large, after) = worked[-2:]
                found.setdefault(job, {})[tool] = round(math.log(after / before) / math.log(large / small), 2)
    return found


def machine():
    cpu = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    except (OSError, StopIteration, ValueError, IndexError):
        memory = None
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = None
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_gb": memory, "system": platform.system(), "versions": versions,
            "day": time.strftime("%Y-%m-%d")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limit", type=float, default=900.0, metavar="SECONDS")
    parser.add_argument("--memory", type=float, default=12.0, metavar="GB")
    parser.add_argument("--out", type=Path, default=RESULTS / "peers.json")
    parser.add_argument("--job", nargs=3, metavar=("TOOL", "JOB", "FILE"), help="run one job in this process")
    options = parser.parse_args()
    if options.job:
        tool, job, path = options.job
        print("\n" + json.dumps(peers.TOOLS[tool][job](Path(path))))
        return
    runs = {}
    for events in sorted(options.sizes):
        runs[str(events)] = measured(events, options)
        content = {"machine": machine(), "limit_s": options.limit, "memory_gb": options.memory,
                   "repeat": options.repeat, "runs": runs, "exponents": exponents(runs)}
        options.out.parent.mkdir(parents=True, exist_ok=True)      # after each size: a long run may be stopped
        options.out.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
