"""What a cycle remembers of a log, and whether a later one holds it all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.levels import name_of
from ..words import WRITTEN

if TYPE_CHECKING:
    from ..log.event_log import EventLog

_MOST = 0.9     # of the cases of before: fewer is more than a few that were merged or withdrawn


def log_facts(log: EventLog) -> dict[str, Any]:
    """What a cycle remembers of a log."""
    stages = dict(sorted(log.stages.items()))
    return {"schema": "ltcdiag.log/1", "name": Path(log.name).name, "notion": log.notion,
            "fingerprint": log.fingerprint, "as_of": log.as_of.isoformat(), "timezone": log.timezone,
            "closedness": log.closedness, "calendar": log.calendar, "cases": log.cases, "events": log.events,
            "columns": dict(log.columns), "stages": stages,
            "stage_names": {stage: {lang: name_of(stage, lang) for lang in WRITTEN}
                            for stage in stages.values() if stage},
            "files": [{"file": Path(file.file).name, "sha256": file.sha256, "records": file.records}
                      for file in log.ledger.files]}


def lacks_cases(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a log of a later day holds clearly fewer cases than an earlier one: perhaps only what changed since was
    exported, and then nothing that is reckoned from it alone is about all cases."""
    same = before.get("notion") == after.get("notion")
    later = str(after.get("as_of", "")) > str(before.get("as_of", ""))
    return same and later and int(after.get("cases", 0)) < _MOST * int(before.get("cases", 0))
