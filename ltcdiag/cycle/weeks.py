"""One entry a week of how the implementation goes, in the part `weeks` of the cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .adoption import Adoption
from .besides import Besides
from .calls import Calls, weeks_kept
from .folder import Cycle
from .milestones import Timetable
from .watches import Watches

SCHEMA = "ltcdiag.weeks/1"


@dataclass(frozen=True)
class WeekNow:
    """All that a week is told by. fingerprint: of the log."""

    as_of: str
    fingerprint: str
    week: int
    planned: int
    adoption: Adoption
    watches: Watches
    timetable: Timetable
    calls: Calls
    besides: Besides

    def entry(self) -> dict[str, Any]:
        """What the cycle keeps of it. Law: the same log on the same day gives the same entry."""
        return {
            "as_of": self.as_of, "fingerprint": self.fingerprint, "week": self.week, "day": self.timetable.day,
            "adoption": {each.measure: {part.part: {"after": [part.after.shown, part.after.n],
                                                    "recent": [part.recent.shown, part.recent.n]}
                                        for part in each.parts} for each in self.adoption},
            "watches": {each.kpi: {"status": each.status, "direction": each.direction, "since": each.since,
                                   "observed": each.observed, "expected": round(each.expected, 2)}
                        for each in self.watches},
            "late": [each.id for each in self.timetable.late],
            "calls": {"n": len(self.calls), "open": self.calls.open,
                      "cases": sorted(each.case_id for each in self.calls)},
            "stands_out": [each.text for each in self.besides.standing_out],
        }


def with_week(cycle: Cycle, now: WeekNow) -> dict[str, Any]:
    """The content of weeks.json with this week: a later reading of the same as-of day takes the place of the earlier
    one, other days stay as they were."""
    kept: list[Mapping[str, Any]] = [week for week in weeks_kept(cycle) if week["as_of"] != now.as_of]
    return {"schema": SCHEMA, "weeks": sorted([*kept, now.entry()], key=lambda week: str(week["as_of"]))}

