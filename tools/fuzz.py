"""Reads damaged files for a long time: `python tools/fuzz.py [--minutes N] [--kinds csv,xlsx]`.

The inputs are those of tests/fuzz: a kind and a number give the same bytes on every machine. Each must become a log
whose ledger balances or a refusal in plain words, within ten seconds. Two child processes read, so that a hang or a
crash costs one input; what must not be is kept in a folder: the files, and why. Returns how many there were.
"""

from __future__ import annotations

import argparse
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
"""Silence of a child for so long is a hang; inputs that end later than they may are told by the child itself."""
A_CHILD = 60
"""Inputs of one kind that one child reads."""
FINE = ("log", "refused")


def told(kind: str, first: int, count: int) -> Iterator[dict[str, Any]]:
    """What a child says of each input. One that falls silent or dies has its input told as a fault, and a new child
    goes on behind it."""
    done = first
    while done < first + count:
        command = [sys.executable, "-m", "tests.fuzz.child", kind, str(done), str(first + count - done)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines: queue.Queue[str | None] = queue.Queue()
        pump = threading.Thread(target=_pump, args=(child, lines), daemon=True)
        pump.start()
        stray: list[str] = []
        while (line := _next(lines)) not in (None, "hang"):
            answer = _answer(str(line))
            if answer is None:
                stray.append(str(line))
            elif "told" in answer:
                done += 1
                yield answer
        child.kill()
        child.wait()
        pump.join()
        if child.stdout:
            child.stdout.close()
        if done < first + count:
            why = "hang" if line == "hang" else f"died with {child.returncode}: " + "".join(stray)[-2000:]
            yield {"kind": kind, "seed": done, "told": why}
            done += 1


def _pump(child: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    for line in child.stdout or ():
        lines.put(line)
    lines.put(None)


def _next(lines: queue.Queue[str | None]) -> str | None:
    try:
        return lines.get(timeout=SECONDS)
    except queue.Empty:
        return "hang"


def _answer(line: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "seed" in answer else None


def keep(folder: Path, answer: dict[str, Any]) -> Path:
    """The files of an input and what came of it."""
    place = folder / f"{answer['kind']}-{answer['seed']}"
    code = ("import sys, pathlib; from tests.fuzz.inputs import damaged\n"
            "for name, content in damaged(sys.argv[1], int(sys.argv[2])).files.items():\n"
            "    path = pathlib.Path(sys.argv[3]) / name\n"
            "    path.parent.mkdir(parents=True, exist_ok=True); path.write_bytes(content)\n")
    subprocess.run([sys.executable, "-c", code, answer["kind"], str(answer["seed"]), str(place / "in")], cwd=ROOT,
                   check=False)
    place.mkdir(parents=True, exist_ok=True)
    (place / "why.txt").write_text(f"{answer.get('damage')}\n{answer['told']}\n", encoding="utf-8")
    return place


class Tally:
    """What came of all inputs; filled by several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.counts, self.lock = folder, Counter[tuple[str, str]](), threading.Lock()

    def add(self, answer: dict[str, Any]) -> None:
        """Counts an input, and keeps it where it must not be."""
        fine = answer["told"] in FINE
        with self.lock:
            self.counts[answer["kind"], answer["told"] if fine else "FAULT"] += 1
        if not fine:
            last = answer["told"].strip().splitlines()[-1:]
            print(f"FAULT {answer['kind']} {answer['seed']}: {''.join(last)[:160]} -> {keep(self.folder, answer)}",
                  flush=True)


def work(kinds: list[str], first: int, until: float, tally: Tally) -> None:
    """Goes round the kinds until the time is up."""
    seed = first
    while time.monotonic() < until:
        for kind in kinds:
            for answer in told(kind, seed, A_CHILD // 4):
                tally.add(answer)
                if time.monotonic() > until:
                    break
            if time.monotonic() > until:
                break
        seed += A_CHILD // 4


def main() -> int:
    """Runs two children at a time until the minutes are over; prints what came of each kind."""
    known = subprocess.run([sys.executable, "-c", "from tests.fuzz.inputs import KINDS; print(*KINDS)"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--first", type=int, default=1_000, help="the first number of an input")
    parser.add_argument("--kinds", default=",".join(known))
    parser.add_argument("--children", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "ltcdiag_fuzz")
    asked = parser.parse_args()
    until, tally = time.monotonic() + 60 * asked.minutes, Tally(asked.keep)
    kinds = asked.kinds.split(",")
    threads = [threading.Thread(target=work, args=(kinds[n::asked.children], asked.first, until, tally))
               for n in range(asked.children)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind in sorted({kind for kind, _ in tally.counts}):
        print(f"{kind:12}", *(f"{told}: {n}" for (each, told), n in sorted(tally.counts.items()) if each == kind))
    faults = sum(n for (_, told), n in tally.counts.items() if told == "FAULT")
    print(f"{sum(tally.counts.values())} inputs, {faults} faults")
    return min(faults, 99)


if __name__ == "__main__":
    sys.exit(main())
