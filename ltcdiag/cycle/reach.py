"""Whom a change reaches: the cases of the pilot, those of the control, and all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..errors import InputError
from ..log.event_log import EventLog
from ..log.filters import CaseIs
from ..log.privacy import check_segment
from ..measures.compare_logs import Options
from ..measures.compared_log import ComparedLog
from ..words import current, say
from .definition import Definition, Scope

REACHED, CONTROL, OTHERS = "reached", "control", "others"
Logs = tuple[ComparedLog, ComparedLog]
"""The log of the time before and that of the time after; twice the same where there is one."""


@dataclass(frozen=True, eq=False)
class Reach:
    """What was agreed, and the logs that are to answer. new_log: the later export of kind "exports". column: of the
    waves."""

    definition: Definition
    log: EventLog
    new_log: EventLog | None = None
    column: str = ""

    @property
    def logs(self) -> tuple[EventLog, ...]:
        """One log, or the old and the new export."""
        return (self.log,) if self.new_log is None else (self.log, self.new_log)

    def check(self) -> None:
        """Raises InputError for a question that these logs cannot be asked."""
        lang, asked = current(), self.definition
        if (asked.kind == "exports") != (self.new_log is not None):
            key = "no_new_log" if self.new_log is None else "strange_new_log"
            raise InputError(say(f"judging.{key}", lang), fix=say(f"judging.{key}_fix", lang))
        if asked.kind == "groups" and not (asked.pilot and asked.control):
            raise InputError(say("judging.no_groups", lang), fix=say("judging.definition_fix", lang))
        if asked.kind == "waves" and not (self.column and asked.waves):
            raise InputError(say("judging.no_waves", lang), fix=say("judging.definition_fix", lang))
        columns = [scope[0] for scope in (asked.pilot, asked.control) if scope]
        columns += [self.column] if asked.kind == "waves" else []
        for log in self.logs:
            for column in (*columns, *asked.adjust_for):
                check_segment(column, log.privacy)

    @property
    def options(self) -> Options:
        """What was agreed on all comparisons: the questions, and the KPIs watched for harm or with a target."""
        asked = self.definition
        return Options(kpi=(*asked.primary, *asked.guards, *asked.targets), primary=asked.primary, design=asked.design,
                       adjust_for=asked.adjust_for, cluster=asked.cluster, horizon_days=asked.horizon_days,
                       calendar=asked.calendar or None, smallest_worthwhile=asked.smallest_worthwhile)

    def of(self, role: str) -> Logs | None:
        """The cases of one role; None where a log has none."""
        made = []
        for log, roles in zip(self.logs, self.roles, strict=True):
            cases = tuple(case for case, each in roles.items() if each == role)
            if not cases:
                return None
            made.append(self.options.ready(log if len(cases) == len(roles) else log.where(CaseIs(cases))))
        return made[0], made[-1]

    def reached(self) -> Logs:
        """Those whom the change reaches. Raises InputError where it reaches nobody."""
        found = self.of(REACHED)
        if found is None:
            scope = self.definition.pilot or self.definition.control or ("–", ())
            raise InputError(say("compare.no_side", current(), column=scope[0],
                                 value=say("log.comma", current()).join(scope[1])))
        return found

    def control(self) -> Logs | None:
        """Those whom it does not reach, None where nobody was named. Raises InputError where there are none."""
        scope = self.definition.control
        if scope is None:
            return None
        found = self.of(CONTROL)
        if found is None:
            raise InputError(say("compare.no_side", current(), column=scope[0],
                                 value=say("log.comma", current()).join(scope[1])))
        return found

    @cached_property
    def roles(self) -> tuple[Mapping[str, str], ...]:
        """Of each log: case → its role. Raises InputError where a case is both."""
        return tuple(self._roles(log) for log in self.logs)

    def _roles(self, log: EventLog) -> dict[str, str]:
        asked, lang = self.definition, current()
        ids, compared = case_ids(log), ComparedLog(log)
        control = members(compared, asked.control)
        reached = members(compared, asked.pilot) if asked.pilot else ids - control
        if both := sorted(reached & control):
            raise InputError(say("judging.both", lang, n=f"{len(both):,}", cases=say("log.comma", lang).join(both[:3])),
                             fix=say("judging.definition_fix", lang))
        return {case: REACHED if case in reached else CONTROL if case in control else OTHERS for case in sorted(ids)}


def case_ids(log: EventLog) -> set[str]:
    """The cases of a log."""
    return set(_numbered(log))


def members(compared: ComparedLog, scope: Scope | None) -> set[str]:
    """The cases that have one of the values first."""
    if scope is None:
        return set()
    wanted = set(scope[1])
    values = compared.values(scope[0]).tolist()
    return {case for case, value in zip(_numbered(compared.log), values, strict=True) if str(value) in wanted}


def _numbered(log: EventLog) -> list[str]:
    """The cases in the order of their numbers."""
    return [str(case) for case in log.tables.answer("case_ids").table["case_id"]]
