"""Whatever is written is there whole or not at all: after SIGKILL, Ctrl-C, a failing disk, a full one, for two at once.

Jobs (`jobs.py`) run in a process of their own (`writing_child.py`). What SIGKILL leaves is a copy of the folder taken
before each step that the system sees; a few true kills show that the copies are right.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from trust import jobs

from ltcdiag import unfinished

CHILD = Path(__file__).with_name("writing_child.py")
ALL = sorted(jobs.JOBS)
FOREIGN = {"diary.txt", ".diary-unfinished-abcdefgh", ".diary-unfinished-abcdefgh/diary.txt", "ltcdiag-projects"}
WITHOUT = {"settings", "settings/keys"}      # of the job itself, not of its target
POSIX = pytest.mark.skipif(os.name == "nt", reason="2026-11-22: Windows has neither SIGKILL nor a limit of file sizes")


def child(way, folder, *names, check=True, **more):
    """The process, run to its end; what it printed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([sys.executable, str(CHILD), way, str(folder), *names], capture_output=True, text=True,
                          encoding="utf-8", env=environment(folder, **more), check=False)
    if not check:
        return done
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def environment(folder, **more):
    temporary = folder.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    return {**os.environ, "PYTHONUTF8": "1", "TRUST_LOG": str(folder.parent / "log.csv"), "TMPDIR": str(temporary),
            **more}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """All jobs run once: what was said, and the folder before each step."""
    folder = tmp_path_factory.mktemp("watched")
    return folder, child("watch", folder / "work", *ALL)


def listed(folder):
    return {path.relative_to(folder).as_posix(): "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))}


def target_of(name, seen):
    """What stands under the name of the target."""
    top = jobs.JOBS[name].target
    return {path: digest for path, digest in seen.items()
            if (path == top or path.startswith(f"{top}/")) and "-unfinished-" not in path}


def leavings(name, seen):
    """What is neither the target nor was there before."""
    rest = set(seen) - set(target_of(name, seen)) - FOREIGN - WITHOUT - set(jobs.JOBS[name].old)
    return {path for path in rest if not any(path.startswith(f"{old}/") or old.startswith(f"{path}/")
                                             for old in jobs.JOBS[name].old)}


def before(name, tmp_path):
    jobs.JOBS[name].prepare(tmp_path / "before")
    return target_of(name, listed(tmp_path / "before"))


def assert_whole(name, seen, old, new):
    """The old output or the new one; where contents are drawn by lot, the same files."""
    here = target_of(name, seen)
    if name == "model":     # three files, each of them whole
        assert all(digest in ("", old.get(path), new.get(path)) for path, digest in here.items()), name
        return
    same = here.keys() == new.keys() if jobs.JOBS[name].random else here == new
    assert same or here == old, (name, set(here) ^ set(new))
    assert set(seen) >= FOREIGN, name


def copies(folder, name):
    return sorted((folder / "kept" / name).iterdir())


@pytest.mark.parametrize("name", ALL)
def test_a_kill_at_any_step_leaves_the_old_output_or_the_new_one(watched, name, tmp_path):
    folder, said = watched
    assert said[name][0] == 0, said[name]
    kept = copies(folder, name)
    assert len(kept) > 8
    old, new = before(name, tmp_path), target_of(name, listed(kept[-1]))
    assert old != new
    for copy in kept:
        assert_whole(name, listed(copy), old, new)
    assert leavings(name, listed(kept[-1])) == set()
    assert any(leavings(name, listed(copy)) for copy in kept), "nothing was ever unfinished: nothing was tried"


@pytest.mark.parametrize("name", ALL)
def test_the_next_run_sweeps_what_a_kill_has_left_and_nothing_else(watched, name):
    folder, _ = watched
    for copy in copies(folder, name):
        for place in (copy, copy / "settings" / "keys", copy / "model"):
            unfinished.sweep(place)
        seen = listed(copy)
        assert leavings(name, seen) == set(), (name, copy.name)
        assert set(seen) >= FOREIGN


SAID = {"KeyboardInterrupt": ("停止", "stopped"), "OSError": ("No space left", "放不下")}
CODES = {"KeyboardInterrupt": 130, "OSError": 2}


def test_ctrl_c_and_a_failing_disk_at_any_step_leave_it_whole_and_are_said_plainly(tmp_path):
    strikes = 0
    for name, outcomes in child("strike", tmp_path / "work", *ALL).items():
        assert outcomes[-1][2] == 0, outcomes[-1]
        strikes += check_outcomes(name, outcomes, before(name, tmp_path))
    sys.stdout.write(f"{strikes} strikes, 0 partial")
    assert strikes > 60


def check_outcomes(name, outcomes, old):
    """The old output or the new one after each strike, and a plain sentence; how many stopped the job."""
    new, stops = target_of(name, outcomes[-1][4]), 0
    for step, error, code, said, seen in outcomes:
        assert_whole(name, seen, old, new)
        assert "Traceback" not in said
        assert ".py" not in said
        if code == 0:       # the step was one of cleaning up: the output is there all the same
            assert target_of(name, seen).keys() == new.keys(), (name, step)
            continue
        stops += 1
        assert code == CODES[error], (name, step, said)
        assert any(sign in line for line in said.strip().splitlines()[-3:] for sign in SAID[error]), (name, step, said)
    return stops


@POSIX
def test_a_full_disk_leaves_it_whole_and_is_said_plainly(tmp_path):
    tried = child("full", tmp_path / "work", "report", "csv", "parquet", "ocel", "ask", "new", "key")
    for name, (code, said, seen) in tried.items():
        assert code == 2, (name, code, said)
        assert target_of(name, seen) == before(name, tmp_path), name
        assert leavings(name, seen) == set(), name
        assert "File too large" in said or "disk I/O error" in said, (name, said)
        assert "Traceback" not in said


@POSIX
@pytest.mark.parametrize(("name", "step"), [("csv", 8)])
def test_true_kills_leave_what_the_copies_say_and_the_next_run_goes_on(watched, name, step, tmp_path):
    folder, _ = watched
    done = child("kill", tmp_path / "work", str(step), name, check=False)
    assert done.returncode == -signal.SIGKILL
    killed = target_of(name, listed(tmp_path / "work" / name))
    assert killed in ({}, before(name, tmp_path), target_of(name, listed(copies(folder, name)[-1])))
    assert leavings(name, listed(tmp_path / "work" / name)) != set()
    code, said, seen = child("run", tmp_path / "work", name)[name]
    assert (code, leavings(name, seen)) == (0, set()), said
    assert set(seen) >= FOREIGN
    if name == "csv":
        assert list((tmp_path / "temporary").iterdir()) == [], "data of the killed process stay nowhere"


@POSIX
def test_kills_by_the_clock_leave_no_half_report(tmp_path):
    """Wherever a process is after so many seconds."""
    for seconds in (1.1, 1.9):
        folder = tmp_path / f"{seconds}"
        folder.mkdir()
        process = subprocess.Popen([sys.executable, str(CHILD), "run", str(folder / "work"), "shareable"],
                                   env=environment(folder / "work"), stdout=subprocess.DEVNULL)
        (folder / "work" / "shareable").mkdir(parents=True)
        time.sleep(seconds)
        process.kill()
        process.wait()
        out = folder / "work" / "shareable" / "out"
        assert not out.exists() or (out / "report.html").read_text("utf-8").rstrip().endswith("</html>")


def test_two_at_once_do_not_mix(tmp_path):
    """Each writes 20 times into one folder and one file; what stands there at any time is of one of them."""
    code = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from ltcdiag.errors import OutputError
from ltcdiag.reports.folder import whole
from ltcdiag.reports.one_file import whole_file
place, who, refused = Path(sys.argv[1]), sys.argv[2], 0
for n in range(20):
    try:
        with whole(place / "out", force=True) as folder:
            for name in ("report.html", "ledger.json", "set_aside.csv"):
                (folder / name).write_text(who + str(n))
        with whole_file(place / "log.csv", same=bool, force=True) as file:
            file.write_text((who + str(n)) * 50_000)
    except OutputError:
        refused += 1
print(refused)
"""
    code = code.format(root=str(CHILD.parents[2]))
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who], stdout=subprocess.PIPE, text=True)
               for who in "ab"]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(map(int, said)) < 40
    texts = {path.read_text() for path in (tmp_path / "out").iterdir()}
    assert len(texts) == 1
    text = (tmp_path / "log.csv").read_text()
    assert text == text[:len(text) // 50_000] * 50_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", "out"]


def test_without_force_the_second_of_two_is_refused_also_where_it_began_first(tmp_path):
    from ltcdiag.errors import OutputError
    from ltcdiag.reports.folder import whole

    def write(text):
        with whole(tmp_path / "out") as folder:
            (folder / "report.html").write_text(text)
            if text == "slow":
                write("quick")

    with pytest.raises(OutputError):
        write("slow")
    assert (tmp_path / "out" / "report.html").read_text() == "quick"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_where_folders_cannot_be_swapped_an_old_report_comes_back_after_a_kill(tmp_path, monkeypatch):
    """On Windows there is a moment without either: the next one who writes finds the old one again."""
    monkeypatch.setattr(unfinished, "_swapped", lambda *_: False)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("old")
    left = {}
    rename = Path.rename

    def kept(self, target):
        done = rename(self, target)
        if Path(target).name == "old":
            shutil.copytree(tmp_path, left.setdefault("here", tmp_path.parent / f"{tmp_path.name}-left"))
        return done

    monkeypatch.setattr(Path, "rename", kept)
    with unfinished.beside(tmp_path / "out") as new:
        new.mkdir()
        (new / "report.html").write_text("new")
        unfinished.become(new, tmp_path / "out")
    assert (tmp_path / "out" / "report.html").read_text() == "new"
    assert not (left["here"] / "out").exists()
    unfinished.sweep(left["here"])
    assert (left["here"] / "out" / "report.html").read_text() == "old"
    assert [path.name for path in left["here"].iterdir()] == ["out"]


def test_what_a_living_process_writes_is_not_swept(tmp_path):
    with unfinished.beside(tmp_path / "out") as new:
        new.write_text("x")
        code = ("import sys; sys.path.insert(0, sys.argv[2])\nfrom pathlib import Path\n"
                "from ltcdiag.unfinished import sweep\nsweep(Path(sys.argv[1]))")
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path), str(CHILD.parents[2])], check=False)
        assert done.returncode == 0
        assert new.read_text() == "x"
    assert list(tmp_path.iterdir()) == []
