"""What an implementation is looked at with: the log, the change, the weeks since, whom it reached and whom not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import InputError
from ..log.event_log import EventLog
from ..measures.compare_logs import micros_of
from ..measures.compared_log import ComparedLog
from ..measures.spells import DAY
from ..words import current, say
from .definition import Definition, Scope
from .folder import Cycle
from .plan import Plan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

WEEK = 7
USUAL_WEEKS = 26
"""Planned weeks where no day of a review is set."""
PARTS = ("pilot", "control")


@dataclass(frozen=True, eq=False)
class Setting:
    """log: with what is asked of it once. plan, definition: as frozen. change: ISO day. starts: its first moment (µs)
    on the log's own clocks."""

    log: ComparedLog
    plan: Plan
    definition: Definition
    change: str
    starts: int

    @property
    def first(self) -> int:
        """The first record (µs)."""
        return int(self.log.steps.entered.min())

    @property
    def last(self) -> int:
        """The first moment that nobody has seen (µs)."""
        return self.log.table.end

    @property
    def weeks(self) -> int:
        """Whole weeks seen since the change."""
        return max(0, (self.last - self.starts) // (WEEK * DAY))

    @property
    def planned(self) -> int:
        """Weeks from the change to the review."""
        review = self.definition.review_on or self.plan.review_on
        if not review:
            return USUAL_WEEKS
        return max(1, (date.fromisoformat(review) - date.fromisoformat(self.change)).days // WEEK)

    def day(self, week: int) -> str:
        """The first day of a week, 1 being the one that begins with the change; 0 and less lie before it."""
        return (date.fromisoformat(self.change) + timedelta(days=WEEK * (week - 1))).isoformat()

    @property
    def until(self) -> str:
        """The last day of the last whole week."""
        return (date.fromisoformat(self.day(self.weeks + 1)) - timedelta(days=1)).isoformat()

    @property
    def as_of(self) -> str:
        """The as-of day of the log."""
        return self.log.log.as_of.date().isoformat()

    @cached_property
    def parts(self) -> dict[str, Bools]:
        """"pilot" (all cases where none is named) and, if there is one, "control": which cases."""
        import numpy as np

        pilot = self.definition.pilot or self.plan.pilot
        control = self.definition.control or self.plan.control
        every = np.ones(self.log.steps.cases, dtype=bool)
        if control is not None and pilot is None:
            return {"pilot": ~self._having(control), "control": self._having(control)}
        found = {"pilot": self._having(pilot) if pilot is not None else every}
        return found if control is None else {**found, "control": self._having(control)}

    def part_name(self, part: str, lang: str) -> str:
        """What a part is called: the pilot with its values; everybody where none is named."""
        scope = getattr(self.definition, part) or getattr(self.plan, part)
        if scope is None:
            return say("implement.everybody" if "control" not in self.parts else f"implement.part_{part}", lang)
        return say("implement.part_of", lang, part=say(f"implement.part_{part}", lang),
                   values=say("log.comma", lang).join(scope[1]))

    def _having(self, scope: Scope) -> Bools:
        import numpy as np

        values = np.array([str(value) for value in self.log.values(scope[0]).tolist()], dtype=object)
        found: Bools = np.isin(values, list(scope[1]))
        if not found.any():
            known = sorted(set(values.tolist()) - {""})[:20]
            raise InputError(say("implement.nobody", current(), column=scope[0], values=", ".join(scope[1])),
                             fix=say("engine.one_of", current(), values=", ".join(known)))
        return found


def setting_of(cycle: Cycle, log: EventLog) -> Setting:
    """The setting of a cycle on a log. Raises InputError where the plan or the definition is missing, no day of a
    change is set, or nobody has the values of the pilot."""
    cycle.needs("implement")
    plan, definition = cycle.plan, cycle.definition
    if plan is None or definition is None:      # needs() has said so
        raise InputError(say("cycle.missing", current(), part=say("cycle.part_plan", current())))
    change = definition.change or plan.change or min([*definition.waves.values(), *plan.waves.values()], default="")
    if not change:
        raise InputError(say("implement.no_change", current()), fix=say("implement.no_change_fix", current()))
    if not log.cases:
        raise InputError(say("implement.no_cases", current()))
    compared = ComparedLog(log, definition.calendar or None)
    return Setting(compared, plan, definition, change, micros_of(log, change))
