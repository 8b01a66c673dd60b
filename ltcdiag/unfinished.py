"""Places for what is not finished: locked while their process lives, swept by the next one, never in the way.

What becomes a file or folder is made in a folder of ours beside it, and takes its name in one step. A process that is
killed leaves such a folder behind; the next one that writes there knows it by its name and its mark, sees that nobody
holds its lock, and takes it away. Folders that others made are not touched.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

MARK = "ltcdiag.lock"
_SCHEMA = "ltcdiag.unfinished/1"
_NAME = "-unfinished-"
_OURS = re.compile(rf"\..*{_NAME}[a-z0-9_]{{8}}", re.DOTALL)
_TRIES = 5
_FAR = 1 << 30          # Windows locks bytes and keeps others from reading them: one that is not there
_AT_FDCWD, _SWAP = -100, 2      # of renameat2 (Linux); renamex_np (macOS) has the same flag


class Held:
    """The lock of a file, until `close` or the end of the process."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def close(self) -> None:
        """Give it up; twice does no harm."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def hold(path: Path) -> Held | None:
    """The lock of a file, which is made where it is missing; None while another process has it. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _lock(handle)
    except (BlockingIOError, PermissionError):
        os.close(handle)
        return None
    except OSError:         # a disk that knows no locks
        pass
    return Held(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Scratch:
    """A folder for files that go with the process. path: where it is."""

    def __init__(self) -> None:
        _sweep_once(Path(tempfile.gettempdir()))
        self.path, held = _made(Path(tempfile.gettempdir()), "ltcdiag", "")
        self._finish = weakref.finalize(self, _gone, self.path, held)

    def close(self) -> None:
        """Take it away now; twice does no harm."""
        self._finish()


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A path that does not exist yet, for what is to become `target` by `become`, `put` or a replacement of one's own.
    What is still there when the block ends goes away. Raises OSError."""
    sweep(target.parent)
    place, held = _made(target.parent, target.name[:40], target.name)
    try:
        yield place / "new"
    finally:
        _gone(place, held)


def become(new: Path, target: Path) -> None:
    """`new` (of `beside`) takes the name `target` in one step; what had it goes. Raises OSError, and then nothing has
    changed. Only where the system cannot swap two folders (Windows) there is a moment without either: who is killed
    there finds the old one again when the next one writes."""
    if not new.is_dir():
        new.replace(target)
        return
    if not target.exists():
        new.rename(target)
        return
    if _swapped(new, target):
        return
    old = new.with_name("old")
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise


def put(new: Path, target: Path) -> None:
    """`new` (of `beside`) takes the name `target`. Raises FileExistsError where something has it, OSError."""
    try:
        os.link(new, target)
    except FileExistsError:
        raise
    except OSError:         # a disk that knows no second names
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        new.rename(target)


def to_disk(path: Path) -> None:
    """What was written outlives a power cut before its name does. path: a file, or a folder with all its files."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb+") as stream:
                os.fsync(stream.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """A file, or what was there before. Raises OSError."""
    with beside(path) as new:
        new.write_bytes(content)
        to_disk(new)
        new.replace(path)


def sweep(folder: Path) -> None:
    """Takes away what killed processes of ours have left in a folder; an output that one of them was about to replace
    gets its name back."""
    try:
        found = [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    except OSError:
        return
    for path in found:
        with suppress(OSError):
            _sweep_one(path)


def _sweep_one(place: Path) -> None:
    mark = place / MARK
    if place.is_symlink() or mark.is_symlink() or not place.is_dir():
        return
    if not mark.is_file():
        place.rmdir()       # killed before it had a mark; what is not empty stays
        return
    said = _said(mark)
    held = hold(mark) if said is not None else None
    if said is None or held is None:
        return
    target, old = place.parent / Path(str(said.get("target", ""))).name, place / "old"
    if old.exists() and not os.path.lexists(target):
        old.rename(target)
    _gone(place, held)


def _said(mark: Path) -> dict[str, object] | None:
    """What a mark of ours says (nothing, where its process was killed before that); None where it is not ours."""
    try:
        said = json.loads(mark.read_bytes() or f'{{"schema": "{_SCHEMA}"}}')
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("schema") == _SCHEMA else None


@cache
def _sweep_once(folder: Path) -> None:
    sweep(folder)


def _made(folder: Path, name: str, target: str) -> tuple[Path, Held | None]:
    """A new folder of ours and its lock. Another process may sweep it before it is locked: then again."""
    for _ in range(_TRIES):
        place = Path(tempfile.mkdtemp(prefix=f".{name}{_NAME}", dir=folder))
        try:
            held = hold(place / MARK)
            if held is not None:
                (place / MARK).write_text(json.dumps({"schema": _SCHEMA, "target": target}), encoding="utf-8")
                return place, held
        except FileNotFoundError:
            continue
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    raise OSError(None, f"{folder}")


def _gone(place: Path, held: Held | None) -> None:
    if held is not None and sys.platform == "win32":
        held.close()        # an open file cannot be deleted there
    shutil.rmtree(place, ignore_errors=True)
    if held is not None:
        held.close()


def _swapped(one: Path, other: Path) -> bool:
    """Whether the system has swapped two names in one step."""
    import ctypes

    first, second = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(library.renamex_np(first, second, _SWAP) == 0)
        return bool(library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _SWAP) == 0)
    except (AttributeError, OSError, TypeError):    # no such call here
        return False
