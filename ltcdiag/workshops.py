"""The part of the front door for a workshop: the page that is looked at together, and its votes read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .log.event_log import EventLog
from .words import current

if TYPE_CHECKING:
    from .findings.diagnosis import Diagnosis
    from .reports.one_file import Exported
    from .screen.votes import Votes


def workshop(
    log: EventLog, out: str | Path, *, found: Diagnosis | None = None, lang: str | None = None,
    title: str | None = None, by: Sequence[str] | None = None, people: bool = False, force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Exported:
    """One offline page to explore a log together: map, variants, cases, findings, votes. It holds single cases.

    found: a diagnosis of it, by default one is made. by: columns to filter by, by default those of few values that name
    nobody. people: who did the work, only with a purpose in `ltcdiag.toml`. Raises InputError for more than 100,000
    events, OutputError where the file exists (unless `force`) or cannot be written."""
    from .api import diagnose
    from .reports.workshop_file import write_workshop
    from .screen.workshop import PageOptions, refuse

    options = PageOptions(lang or current(), title, None if by is None else tuple(by), people)
    refuse(log, options)
    findings = (found or diagnose(log, progress=progress)).findings
    return write_workshop(log, findings, out, options, force=force, progress=progress)


def read_votes(paths: str | Path | Sequence[str | Path]) -> Votes:
    """The votes files that a workshop page saved, counted together: dots by finding, notes, guesses. Raises InputError
    with every fault of every file, and where they are about different logs."""
    from .screen.votes import read_votes as read

    return read(paths)
