"""A single file that appears whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..unfinished import become, beside, sweep, to_disk
from ..words import current, say

Same = Callable[[bytes], bool]
"""Told the first bytes of a file: whether it is of the kind that is being written."""


@dataclass(frozen=True)
class Exported:
    """One file that was written. kind: xes, ocel or ocel-json. counts: what it holds. notes: what a reader of it
    should know, a sentence each: what was left out, what the format cannot say."""

    path: Path
    kind: str
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"schema": "ltcdiag.exported/1", "file": str(self.path), "kind": self.kind,
                "counts": dict(self.counts), "notes": list(self.notes)}


@contextmanager
def whole_file(out: str | Path, *, same: Same, force: bool = False) -> Iterator[Path]:
    """A path near `out` to write to; it becomes `out` when the block ends without an error.

    same: what `force` may replace, by its first bytes; an empty file always. Raises OutputError where `out` exists
    (unless `force`, and then only a file of the same kind), is a folder or a link, or cannot be written.
    Law: after any failure, also a kill, `out` is as it was before; what a kill leaves beside it goes when we write
    there again.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow the link we refuse
    try:
        sweep(out.parent)
        _check(out, same, force=force)
        with beside(out) as working:
            working.touch()
            yield working
            to_disk(working)
            _check(out, same, force=force)      # it may have come while we wrote
            become(working, out)
    except (OSError, sqlite3.Error) as error:
        raise _refused("cannot_write", out, detail=getattr(error, "strerror", None) or str(error)) from error


def _check(out: Path, same: Same, *, force: bool) -> None:
    if not out.parent.is_dir():
        raise _refused("no_parent", out.parent)
    if out.is_symlink():
        raise _refused("link", out)
    if not out.exists():
        return
    if not out.is_file():
        raise _refused("not_a_file", out)
    if not force:
        raise _refused("exists", out)
    with out.open("rb") as stream:
        head = stream.read(4096)
    if head and not same(head):
        raise _refused("stranger", out)


def _refused(key: str, path: Path, **values: object) -> OutputError:
    lang = current()
    fix = say(f"exports.{key}_fix", lang) if key in ("exists", "stranger", "cannot_write") else ""
    return OutputError(say(f"exports.{key}", lang, path=path, **values), fix=fix)
