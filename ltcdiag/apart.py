"""Work on files of strangers in a process of its own: limits of memory and time, and only that process ends there.

Libraries that are not written in Python read workbooks and Parquet. What a crafted file makes of them (a crash, all of
the memory, no end) happens to a child. The child is not locked in: who takes it over by a fault of such a library
has the rights of the user.
"""

from __future__ import annotations

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path


def run_apart(
    script: str | None, *arguments: str, library: str, memory: int, seconds: int, data: bytes = b""
) -> bytes | None:
    """What a script of ours prints; None where it came to an end of another kind, or to none.

    script: the file of a module that imports nothing of ours. library: what it imports, found where we would find it.
    memory: bytes, where the system knows such a limit (Windows does not). data: its standard input."""
    found = importlib.util.find_spec(library)
    where = Path(found.origin).parents[1] if found is not None and found.origin else Path()
    command = [sys.executable, "-I", __file__, str(memory), str(where), str(script), *arguments]
    try:
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,  # noqa: S603 - ours
                              timeout=seconds, check=False, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
        except (ValueError, OSError):       # macOS refuses some
            continue


if __name__ == "__main__":
    _limit(int(sys.argv[1]))
    sys.path.append(sys.argv[2])
    sys.argv = sys.argv[3:]
    runpy.run_path(sys.argv[0], run_name="__main__")
