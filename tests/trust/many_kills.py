"""The long variant of `test_whole_writes.py`: true kills, as many as are asked for, at steps drawn by lot.

    python tests/trust/many_kills.py [KILLS] [SEED]

Prints a line for each job and ends with exit code 1 where an output was partial or gone.
"""

import random
import signal
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from trust import jobs  # noqa: E402 - after the path
from trust.test_whole_writes import ALL, FOREIGN, assert_whole, child, leavings, listed, target_of  # noqa: E402


def main(kills=200, seed=1):
    """Exit code."""
    draw, bad, done = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as place:
        steps = {}
        for name in ALL:
            child("watch", Path(place) / "watched" / name / "work", name)
            kept = sorted((Path(place) / "watched" / name / "kept" / name).iterdir())
            steps[name] = (int(kept[-1].name), target_of(name, listed(kept[-1])))
        for number in range(kills):
            name = ALL[number % len(ALL)]
            bad += not _killed(Path(place) / f"{number}", name, draw.randrange(1, steps[name][0]), steps[name][1])
            done += 1
    sys.stdout.write(f"{done} kills, {bad} partial or gone\n")
    return 1 if bad else 0


def _killed(folder, name, step, new):
    """Whether the target is whole after a kill, and the next run sweeps and goes on."""
    jobs.JOBS[name].prepare(folder / "before")
    old = target_of(name, listed(folder / "before"))
    ended = child("kill", folder / "work", str(step), name, check=False)
    seen = listed(folder / "work" / name)
    try:
        assert ended.returncode == -signal.SIGKILL
        assert_whole(name, seen, old, new)
        code, said, after = child("run", folder / "work", name)[name]
        assert code == 0 or target_of(name, after) == target_of(name, seen), said
        assert leavings(name, after) == set()
        assert set(after) >= FOREIGN
    except AssertionError as error:
        sys.stdout.write(f"{name}, step {step}: {error}\n")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
