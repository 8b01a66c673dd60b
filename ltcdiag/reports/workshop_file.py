"""The workshop page as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..findings.finding import Finding
from ..log.event_log import EventLog
from ..screen.workshop import GENERATOR, PageOptions, workshop_page
from ..words import say
from .one_file import Exported, whole_file


def write_workshop(
    log: EventLog, findings: Sequence[Finding], out: str | Path, options: PageOptions, *, force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Exported:
    """One HTML file. force: an earlier workshop page at `out` is replaced, nothing else ever. Raises OutputError where
    it exists or cannot be written, InputError as `workshop_page`. Law: it appears whole or not at all."""
    with whole_file(out, same=lambda head: GENERATOR.encode() in head, force=force) as working:
        page = workshop_page(log, findings, options, progress).encode("utf-8")
        working.write_bytes(page)
    note = say("workshop.written", options.lang, path=Path(out).name, size=f"{len(page) / 1e6:.1f}")
    return Exported(Path(out), "workshop", {"cases": log.cases, "events": log.events, "bytes": len(page)}, (note,))
