"""Reads hostile files in a process that notes whatever it should not do. Run by `test_hostile_files.py`.

    python hostile_child.py FOLDER FILE…       FOLDER: what may be opened beside Python's own

Prints JSON: file → code, what was said, what was done that should not be, seconds; and the most memory that was used.
"""

import contextlib
import io
import json
import os
import resource
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FORBIDDEN = {"os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn",
             "socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request", "pickle.find_class",
             "webbrowser.open", "ctypes.cdata", "code.__new__"}
OURS = ("workbook_child.py", "parquet_child.py")


class Guard:
    """Notes forbidden events while it is on."""

    def __init__(self, folder):
        roots = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), str(ROOT), folder, tempfile.gettempdir(),
                 os.environ.get("MPLCONFIGDIR", folder), "/proc", "/sys", "/dev/null", "/usr/share/zoneinfo"}
        self.allowed = tuple(str(Path(root).resolve()) for root in roots)
        self.seen, self.on = [], False
        sys.addaudithook(self.hook)

    def hook(self, event, args):
        if not self.on:
            return
        if event == "subprocess.Popen":
            command = [str(part) for part in args[1]]
            if not (command[0] == sys.executable and any(part.endswith(OURS) for part in command)):
                self.seen.append(f"{event} {command}")
        elif event in FORBIDDEN:
            self.seen.append(f"{event} {args!r}"[:200])
        elif event == "open" and isinstance(args[0], str | bytes):
            path = os.path.realpath(os.fsdecode(args[0]))
            if not path.startswith(self.allowed):
                self.seen.append(f"open {path}")


def main():
    from ltcdiag import cli

    guard, told = Guard(sys.argv[1]), {}
    for path in sys.argv[2:]:
        out, err = io.StringIO(), io.StringIO()
        start, guard.seen, guard.on = time.perf_counter(), [], True
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main(["sniff", path, "--lang", "en", "--json"])
        guard.on = False
        seconds = round(time.perf_counter() - start, 2)
        told[Path(path).name] = (code, err.getvalue(), guard.seen, seconds, out.getvalue())
    most = [own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]
    sys.stdout.write(json.dumps({"told": told, "most": most}))


def own_peak():
    """MiB that this process used at most; ru_maxrss would count what the one before it had, too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 // (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    main()
