"""A process that writes what ltcdiag writes, and is stopped in the middle of it. Run by `stopping.py`, never imported.

    python writing_child.py WAY FOLDER JOB [JOB …]

WAY: `watch` copies the folder before every step that the system sees (a file opened for writing, a rename, a
deletion): this is what SIGKILL would leave there. `strike`: Ctrl-C and an error of the disk in turn, at one step after
the other, until the job gets to its end; `stop` and `disk`: the one or the other. `full`: files cannot grow beyond a
size. `kill N`: SIGKILL at step N. `run`: the job, undisturbed. Prints one JSON object: job → what happened.
"""

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import jobs  # noqa: E402 - tests/trust is no package

STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "shutil.rmtree", "sqlite3.connect"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Watch:
    """Told of every step of this process; does at the steps what it was asked to."""

    def __init__(self, place):
        self.place, self.steps, self.act, self.busy, self.inside = str(place), 0, None, False, False
        sys.addaudithook(self.hook)

    def hook(self, event, args):
        if self.act is None or self.busy or not self.is_step(event, args):
            return
        self.busy = True
        self.inside = all("-unfinished-" in os.fsdecode(part) for part in args
                          if isinstance(part, str | bytes | os.PathLike) and self.place in os.fsdecode(part))
        try:
            self.steps += 1
            self.act(self.steps)
        finally:
            self.busy = False

    def is_step(self, event, args):
        if event == "open":
            path, mode, flags = args
            if not isinstance(path, str | bytes | os.PathLike):
                return False
            writes = any(sign in (mode or "") for sign in "wax+") or (isinstance(flags, int) and flags & WRITES)
            return bool(writes) and os.fsdecode(path).startswith(self.place)
        return event in STEPS and any(
            isinstance(part, str | bytes | os.PathLike) and os.fsdecode(part).startswith(self.place) for part in args)


def snapshots(watch, folder, kept, job):
    """The folder as it is before every step, and at the end: in `kept`, by number."""
    def keep(step):
        if watch.inside and step % min(job.every, 12):
            return      # only what is not yet an output has changed
        shutil.copytree(folder, kept / f"{step:03}", symlinks=True)

    job.prepare(folder)
    watch.steps, watch.act = 0, keep
    said = job.run(folder)
    watch.act, watch.inside = None, False
    keep(watch.steps + 1)
    return said


def struck(watch, folder, job, errors):
    """What came of the job when an error was raised at one step after the other; the last time it is not."""
    found, step = [], 1
    while True:
        error = errors[len(found) % len(errors)]()

        def strike(seen, at=step, error=error):
            if seen == at:
                raise error

        job.prepare(folder)
        watch.steps, watch.act = 0, strike
        code, said = job.run(folder)
        watch.act = None
        found.append((step, type(error).__name__, code, said, listed(folder)))
        if watch.steps < step:
            return found
        step += job.every


def listed(folder):
    """Path → bytes in hexadecimal digests, of everything that lies there."""
    import hashlib

    return {path.relative_to(folder).as_posix(): "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))}


def no_room():
    return OSError(errno.ENOSPC, "No space left on device")


def watched(watch, place, job, _):
    kept = place.parent.parent / "kept" / place.name
    kept.mkdir(parents=True)
    return snapshots(watch, place, kept, job)


def killed(watch, place, job, limit):
    job.prepare(place)
    watch.act = lambda step: os.kill(os.getpid(), signal.SIGKILL) if step == limit else None
    return job.run(place)


def with_a_limit(_watch, place, job, _limit):
    """A file that grows beyond the job's `half` cannot be written further, by whatever library writes it."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    job.prepare(place)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (job.half, hard))
    try:
        return *job.run(place), listed(place)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def plainly(_watch, place, job, _limit):
    """The job and nothing else, without preparing anything."""
    return *job.run(place), listed(place)


def read_once():
    """The log is read once for all jobs: it is the writing that is watched here."""
    from ltcdiag import intake

    log = intake.read(jobs.log_file(), timezone="Asia/Shanghai")
    intake.read = lambda *_, **__: log


def draw_little():
    """One picture instead of nine, and the same answers: a report is written again and again here."""
    from ltcdiag.reports import writing

    assess, known = writing.assess, {}

    def answers(log, *, mined, **_):
        known[mined] = known.get(mined) or assess(log, mined=mined)
        return known[mined]

    writing.assess = answers
    writing.drawings = lambda found, lang: [writing.picture(found.gaps, lang)]


WAYS = {
    "watch": watched, "kill": killed, "full": with_a_limit, "run": plainly,
    "strike": lambda watch, place, job, _: struck(watch, place, job, (KeyboardInterrupt, no_room)),
    "stop": lambda watch, place, job, _: struck(watch, place, job, (KeyboardInterrupt,)),
    "disk": lambda watch, place, job, _: struck(watch, place, job, (no_room,)),
}


def main():
    way, folder, names = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    watch, told = Watch(folder), {}
    jobs.log_file()
    if way != "run":
        read_once()
    if way in ("strike", "stop", "disk"):
        draw_little()
    limit = int(names.pop(0)) if way == "kill" else 0
    for name in names:
        place, job = folder / name, jobs.JOBS[name]
        told[name] = WAYS[way](watch, place, job, limit)
    sys.stdout.write(json.dumps(told))
    sys.exit(0)


if __name__ == "__main__":
    main()
