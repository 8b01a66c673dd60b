"""Files made to do harm: refused in one plain sentence or read as text; no code, no other file, no connection."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from trust import hostile

CHILD = Path(__file__).with_name("hostile_child.py")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="2026-11-22: Windows does not tell the memory of a process")
MOST_MIB, MOST_SECONDS = 2048, 60


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """All files, read by one process that is watched; nothing answers at the port that some of them name."""
    place = tmp_path_factory.mktemp("hostile")
    canary = place / "beside" / "secret.txt"
    canary.parent.mkdir()
    canary.write_text(hostile.CANARY)
    (place / "files").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        bad, fine = hostile.refused(canary, server.getsockname()[1]), hostile.readable(canary)
        for name, content in {**bad, **fine}.items():
            (place / "files" / name).write_bytes(content)
        temporary = place / "files" / "temporary"
        temporary.mkdir()
        files = [str(place / "files" / name) for name in (*fine, *bad)]
        done = subprocess.run([sys.executable, str(CHILD), str(place / "files"), *files], capture_output=True,
                              text=True, env={**os.environ, "TMPDIR": str(temporary), "PYTHONUTF8": "1"}, check=False,
                              timeout=600, encoding="utf-8")
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert done.returncode == 0, done.stderr[-2000:]
    assert hostile.CANARY not in done.stdout + done.stderr
    assert list(temporary.iterdir()) == [], "nothing of a stranger's stays in the temporary folder"
    return json.loads(done.stdout), set(bad), set(fine), place


def test_each_is_refused_in_one_plain_sentence_or_read_as_text(outcome):
    found, bad, fine, _ = outcome
    for name, (code, said, _, _, _) in found["told"].items():
        assert "Traceback" not in said, name
        assert "fault of the program" not in said, (name, said)
        assert code == (2 if name in bad else 0) or (name in fine and code == 2), (name, code, said)
        if code == 2:
            faults = [line for line in said.splitlines() if not line.startswith(("  @", "  ->", "  e.g."))]
            assert len(faults) == (2 if name.endswith(".zip") else 1), (name, said)
            assert len(said) < 1500, (name, said)
    assert {name for name in fine if found["told"][name][0] == 0} == fine - {
        "entity.xlsx", "laughs.xlsx"}


def test_no_code_is_run_no_other_file_opened_and_nobody_called(outcome):
    found, _, _, place = outcome
    assert {name: seen for name, (_, _, seen, _, _) in found["told"].items() if seen} == {}
    assert sorted(path.name for path in place.iterdir()) == ["beside", "files"]
    assert [path.name for path in (place / "beside").iterdir()] == ["secret.txt"]


def test_memory_and_time_are_bounded(outcome):
    found, _, _, _ = outcome
    slowest = sorted(((seconds, name) for name, (_, _, _, seconds, _) in found["told"].items()), reverse=True)
    sys.stdout.write(f"most memory {found['most']} MiB (own, child); slowest {slowest[:4]}")
    assert max(found["most"]) < MOST_MIB
    assert slowest[0][0] < MOST_SECONDS
    assert sum(seconds for seconds, _ in slowest) < 2 * MOST_SECONDS


def test_the_guard_notices(tmp_path):
    """The hook of the child sees what it is there to see."""
    code = f"""
import sys
sys.path.insert(0, {str(CHILD.parent)!r})
import hostile_child, subprocess, socket, os
guard = hostile_child.Guard({str(tmp_path)!r})
guard.on = True
os.system("true")
subprocess.run(["true"])
try:
    socket.socket().connect(("127.0.0.1", 9))
except OSError:
    pass
open("/etc/passwd").close()
guard.on = False
print(len([seen for seen in guard.seen if "dev/null" not in seen]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert int(done.stdout) >= 4, done.stdout + done.stderr
