"""A new export appended to a kept log, beside reading all exports again.

    python benchmarks/bench_append.py                    10k rows to 1M events
    python benchmarks/bench_append.py 100000 10000       10k rows to 100k events

The log: make_log's, as CSV, cut so that the last rows by time are the new export. Each figure is a process of its own,
CPU and wall seconds; the append ends with the log open, as the reading does. Nothing here is asserted in a test.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
STEPS = ("read", "keep", "open", "append")


def step(name, folder):
    """One job in this process: its seconds, and what the log says of itself."""
    import ltcdiag as ltc

    old, new, kept = folder / "old.csv", folder / "new.csv", folder / "kept"
    before = ltc.read(old) if name == "keep" else None
    begun, cpu = time.perf_counter(), time.process_time()
    log = {"read": lambda: ltc.read([old, new]), "keep": lambda: ltc.keep(before, kept),
           "open": lambda: ltc.read(kept), "append": lambda: ltc.append(kept, new)[0]}[name]()
    took = {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu,
            "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    variants = ltc.variants(log).table
    return {**took, "events": log.events, "cases": log.cases, "variants": len(variants)}


def main():
    if sys.argv[1] == "step":
        print(json.dumps(step(sys.argv[2], Path(sys.argv[3]))))
        return
    events, rows = int(sys.argv[1]), int(sys.argv[2])
    from make_log import write

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(events + rows, folder / "all.csv")
        lines = (folder / "all.csv").read_text("utf-8").splitlines(keepends=True)
        (folder / "old.csv").write_text("".join(lines[:-rows]), encoding="utf-8")
        (folder / "new.csv").write_text("".join([lines[0], *lines[-rows:]]), encoding="utf-8")
        found = {}
        for name in STEPS:
            done = subprocess.run([sys.executable, __file__, "step", name, made], check=True, capture_output=True,
                                  text=True)
            found[name] = json.loads(done.stdout)
            took = found[name]
            print(f"{name:8} {took['wall']:6.2f} s wall {took['cpu']:6.2f} s CPU {took['mb']:6.0f} MB  "
                  f"{took['events']:,} events")
        size = sum(path.stat().st_size for path in (folder / "kept").rglob("*.parquet")) / 2**20
        same = all(found["read"][key] == found["append"][key] for key in ("events", "cases", "variants"))
        print(f"append / read: {found['append']['wall'] / found['read']['wall']:.2f} wall, "
              f"{found['append']['cpu'] / found['read']['cpu']:.2f} CPU; {size:.0f} MB kept of "
              f"{(folder / 'all.csv').stat().st_size / 2**20:.0f} MB text; same counts: {same}")


if __name__ == "__main__":
    sys.argv += ["1000000", "10000"][len(sys.argv) - 1:] if len(sys.argv) < 3 else []
    main()
