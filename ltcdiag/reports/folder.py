"""A folder that appears whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OutputError
from ..unfinished import become, beside, sweep, to_disk
from ..words import current, say
from .files import FILES, OF_REVIEWS, PRESENTED

_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST = 100
_REPORT = frozenset({*FILES, *OF_REVIEWS, *PRESENTED})
_MARKS = frozenset({"ledger.json", "report.html"})
_NOT_OURS_TO_JUDGE = {".DS_Store", "Thumbs.db", "desktop.ini"}


@contextmanager
def whole(
    out: Path, *, force: bool = False, ours: Collection[str] = _REPORT, marks: Collection[str] = _MARKS,
) -> Iterator[Path]:
    """An empty folder to write into; it becomes `out` when the block ends without an error.

    ours: what an earlier output may hold; marks: of these, one of which it must hold.
    Raises OutputError where `out` exists (unless `force`, and then only if it is empty or an earlier output of
    ours), its name is no name, or it cannot be written. Law: after any failure, also a kill, `out` is as it was before;
    what a kill leaves beside it goes when we write there again.
    """
    sweep(out.absolute().parent)
    out = _checked(out, ours, marks, force=force)
    try:
        with beside(out) as working:
            working.mkdir()
            yield working
            to_disk(working)
            _checked(out, ours, marks, force=force)      # it may have come while we wrote
            become(working, out)
    except OSError as error:
        raise _refused("out_cannot_write", out, detail=error.strerror or str(error)) from error


def _checked(out: Path, ours: Collection[str], marks: Collection[str], *, force: bool) -> Path:
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow the link we refuse
    _check_name(out.name)
    if not out.parent.is_dir():
        raise _refused("out_no_parent", out.parent)
    if out.is_symlink():
        raise _refused("out_link", out)
    if out.exists():
        _check_target(out, ours, marks, force=force)
    return out


def _check_name(name: str) -> None:
    stem = name.partition(".")[0].strip().lower()
    bad = not name or len(name) > _LONGEST or _FORBIDDEN.search(name) or stem in _DEVICES or name != name.strip(" ")
    if bad or name.endswith("."):
        lang = current()
        raise OutputError(say("reports.out_bad_name", lang, name=name), fix=say("reports.out_bad_name_fix", lang))


def _check_target(out: Path, ours: Collection[str], marks: Collection[str], *, force: bool) -> None:
    if not out.is_dir():
        raise _refused("out_is_file", out)
    try:
        inside = {path.name for path in out.iterdir()} - _NOT_OURS_TO_JUDGE
    except OSError as error:
        raise _refused("out_cannot_write", out, detail=error.strerror or str(error)) from error
    strange = sorted(inside.difference(ours))
    if inside and not force:
        raise _refused("out_exists", out)
    if strange or (inside and inside.isdisjoint(marks)):
        raise _refused("out_stranger", out, example=(strange or sorted(inside))[0])


def _refused(key: str, path: Path, **values: object) -> OutputError:
    lang = current()
    fixes = {"out_exists", "out_stranger", "out_cannot_write"}
    fix = say(f"reports.{key}_fix", lang) if key in fixes else ""
    return OutputError(say(f"reports.{key}", lang, path=path, **values), fix=fix)
