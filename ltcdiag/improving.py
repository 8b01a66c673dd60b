"""The half of the front door that goes round the improvement cycle: each function joins rooms that must not see each
other."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .log.event_log import EventLog
from .words import current

if TYPE_CHECKING:
    from .cycle.definition import Definition
    from .cycle.folder import Cycle
    from .cycle.plan import Plan
    from .cycle.power import Power


def plan(cycle: Cycle, log: EventLog, *, today: str | date | None = None, **wishes: Any) -> Plan:
    """A plan that answers the findings of a cycle: goals with baseline and proposed target, measures of the library with
    what they may bring, who answers for them, milestones, risks. log: what was assessed, read again.

    wishes, which go before all proposals: change, review_on (ISO days), pilot, control (column, value or values), waves
    (column, {value: day}), keep (ids of findings), goals, measures, milestones (dicts with the fields of `Goal`,
    `Measure`, `Milestone`; "id" changes a proposed one), drop (ids, or keys of initiatives), risks (keys of the
    checklist), people ({"finance": "王芳"}), top, per_finding, horizon_days, calendar, question. Raises InputError with
    every name, day and number that cannot be."""
    from .cycle.planning import propose
    from .log.privacy import check_segment

    for scope in (wishes.get("pilot"), wishes.get("control"), wishes.get("waves")):
        if scope:
            check_segment(scope["column"] if isinstance(scope, dict) else scope[0], log.privacy)
    return propose(cycle, log, today=today, **wishes)


def power_check(plan: Plan, log: EventLog, definition: Definition | None = None, **options: Any) -> Power:
    """Whether the review will find what a plan hopes for: cases it needs and will have, the change it would find, when
    it would be enough, and what the pace test would find. options: design, adjust_for, horizon_days, as in `compare`;
    by default those of the definition."""
    from .cycle.defining import check_power

    return check_power(plan, log, definition, **options)


def definition_of(plan: Plan, log: EventLog, **options: Any) -> Definition:
    """What success is, from a plan: its goals as primary indicators, guards against harm, the smallest change that
    matters (half of what is hoped for); to be frozen by `cycle.freeze`. options: primary, guards, design, kind,
    adjust_for, cluster, horizon_days. Raises InputError where no goal has a baseline."""
    from .cycle.defining import definition_of as defined

    return defined(plan, log, **options)


def plan_book(
    plan: Plan | Cycle, path: str | Path, *, lang: str | None = None, force: bool = False,
) -> Path:
    """A plan (or that of a cycle) as a workbook to be discussed and edited, with drop-down lists; `read_plan_book` takes
    it back. Raises OutputError where the file exists (unless `force`) or cannot be written."""
    from .reports.plan_book import write_plan_book

    return write_plan_book(plan, path, lang=lang or current(), force=force)


def read_plan_book(path: str | Path, plan: Plan) -> Plan:
    """A plan with what people changed in its workbook: targets, dates, names, effort, status, risks, and rows of their
    own. Raises InputError with every cell that cannot be, by sheet and row."""
    from .reports.plan_book_back import read_plan_book as read

    return read(path, plan)
