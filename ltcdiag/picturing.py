"""The half of the front door that asks a log for what is made to be looked at; `ltc.draw` draws each answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .api import look_of
from .words import current

if TYPE_CHECKING:
    from .findings.causes import Causes
    from .findings.diagnosis import Diagnosis
    from .log.answers import Answers
    from .log.calendar import WorkCalendar
    from .log.event_log import EventLog
    from .log.pictured import CaseDays, Control, DayCounts, LanedMap, PartyLoad, Spectrum, StageFlows, WorkOverTime
    from .measures.survival import Survival


def case_days(log: EventLog) -> CaseDays:
    """How long cases take: closed ones by their days, open ones by their age now, and the median of all."""
    from .measures.case_days import case_days as told

    return replace(told(log), look=look_of(log))


def work_over_time(log: EventLog, *, per: str = "") -> WorkOverTime:
    """Cases started, closed and in hand by "week" or "month". Raises InputError for another word."""
    from .measures.in_hand import work_over_time as told

    return replace(told(log, per=per), look=look_of(log))


def party_load(log: EventLog, *, by: str = "", per: str = "") -> PartyLoad:
    """Pieces of work that each "department" or "role" finished by week or month; never those of people.

    Raises InputError where the log names neither."""
    from .measures.in_hand import party_load as told

    return replace(told(log, by=by, per=per), look=look_of(log))


def day_counts(log: EventLog, *, what: str = "events", calendar: WorkCalendar | str | None = None) -> DayCounts:
    """How much happened on each day: "events", or cases "started" or "closed", beside holidays and make-up days.

    Raises InputError for another word, and for closings where nothing says which cases are over."""
    from .measures.days_seen import day_counts as told

    return replace(told(log, what=what, calendar=calendar), look=look_of(log))


def spectrum(log: EventLog, steps: Sequence[str] = ()) -> Spectrum:
    """When each case entered and left each part of a path; steps: activities, stages or main stages in their order.

    Raises InputError for fewer than two, or one that is not in the log."""
    from .measures.spectrum import spectrum as told

    return replace(told(log, steps), look=look_of(log))


def stage_flows(log: EventLog) -> StageFlows:
    """Where cases flow between the main stages: on, back, out, or nowhere yet. Law: what flows in flows out."""
    from .measures.stage_flows import stage_flows as told

    return replace(told(log), look=look_of(log))


def survival(log: EventLog, *, stage: str = "", by: str = "", groups: Sequence[str] = ()) -> Survival:
    """How many cases are still on their way after each day, in the process or in a stage, by groups of a column.

    Two groups named beforehand are tested (log-rank). Raises InputError as `measures.survival`."""
    from .measures.survival import survival as told

    return told(log, stage=stage, by=by, groups=groups)


def swimlanes(log: EventLog) -> LanedMap:
    """What follows what, with the department (else the role) that does each activity most; people are never named.

    Raises InputError where the log names neither."""
    from .measures.laned import laned_map

    return laned_map(log)


def control(
    source: EventLog | Mapping[str, float], *, measure: str = "days", per: str = "", within: int = 0, baseline: int = 0,
) -> Control:
    """A control chart of single values and moving ranges: of cohorts by start (measure: "days", "closed" or "won",
    within so many days), or of values of your own by label. Raises InputError where they are too few to have limits."""
    from .log.event_log import EventLog
    from .measures.cohorts import control as told

    found = told(source, measure=measure, per=per, within=within, baseline=baseline)
    return replace(found, look=look_of(source)) if isinstance(source, EventLog) else found


def causes(
    source: Diagnosis | Answers | Mapping[str, object] | Iterable[Mapping[str, str]], *, problem: str = "",
    lang: str = "",
) -> Causes:
    """What lies behind a problem, for a fishbone or `view="five_whys"`: from a diagnosis, from a nested mapping of your
    own, or from the rows of the pain chain (`read_paper`). Raises InputError for anything else."""
    from .findings.causes import causes_of, causes_told, causes_written
    from .findings.diagnosis import Diagnosis
    from .log.answers import Answers

    said = lang or current()
    if isinstance(source, Diagnosis):
        return causes_of(source, problem=problem, lang=said)
    if isinstance(source, Answers):
        return causes_told((each.cells for each in source if each.paper == "pain_chain"), problem=problem, lang=said)
    if isinstance(source, Mapping):
        return causes_written(source, problem=problem, lang=said)
    return causes_told(source, problem=problem, lang=said)
