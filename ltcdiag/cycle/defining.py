"""What success is, from a plan: its goals as primary indicators, guards against harm, how the review will compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..domain.kpis import load_kpis
from ..errors import InputError
from ..log.event_log import EventLog
from ..stats.effects import MOST_PRIMARY
from ..words import current, say
from .definition import Definition
from .plan import Goal, Plan
from .power import Power, power_of
from .rehearsal import Asked, Rehearsal, rehearsal_of_wave

GUARDS = ("win_rate", "rework_rate", "on_time_delivery", "overdue_share", "satisfaction", "complaint_rate", "days_open")
"""Where harm shows: deals lost, work done twice, promises broken, money late, customers cross, cases slower."""
MOST_GUARDS = 4
WORTH_OF_HOPE = 0.5
"""The smallest change that matters, as a part of what is hoped for: less is not worth the trouble of the new way."""


def definition_of(
    plan: Plan, log: EventLog, *, primary: Sequence[str] = (), guards: Sequence[str] | None = None,
    design: str = "new_cases", kind: str = "", adjust_for: Sequence[str] = (), cluster: str = "",
    horizon_days: int | None = None,
) -> Definition:
    """How the review will judge a plan. primary: at most three KPIs, by default those of the goals. guards: KPIs
    watched for harm, by default four that the log can answer and no goal names. kind: "change" (the default), "groups"
    or "waves" (the default where the plan has waves). Others as in `ltc.compare`.

    The smallest change that matters is half of what is hoped for. Raises InputError where the plan has no goal, or the
    definition cannot be."""
    lang = current()
    told = [goal for goal in plan.goals if goal.baseline] or plan.goals
    keys = tuple(primary) or tuple(dict.fromkeys(goal.kpi for goal in told))[:MOST_PRIMARY]
    if not keys:
        known = log.closedness == "known"
        raise InputError(say("planning.no_goal", lang),
                         fix=say("planning.no_goal_fix" if known else "planning.no_goal_ends", lang))
    asked = Asked(plan.change, plan.review_on, plan.pilot, plan.control, calendar=plan.calendar)
    watched = tuple(guards) if guards is not None else guards_for(Rehearsal(log, asked), keys)
    hoped = {goal.kpi: WORTH_OF_HOPE * abs(change) for goal in plan.goals
             if goal.kpi in keys and (change := hope(goal)) is not None and change}
    made = Definition(
        kind=kind or ("waves" if plan.waves else "change"), change=plan.change, primary=keys, guards=watched,
        design=design, adjust_for=_several(adjust_for), cluster=cluster,
        horizon_days=horizon_days or plan.horizon_days, calendar=plan.calendar,
        smallest_worthwhile={key: _rounded(value) for key, value in hoped.items()}, pilot=plan.pilot,
        control=plan.control, waves=dict(plan.waves),
        targets={goal.kpi: goal.target for goal in plan.goals if goal.target is not None and goal.kpi in keys},
        review_on=plan.review_on)
    return replace(made, baseline=log.fingerprint, baseline_as_of=log.as_of.date().isoformat())


def hope(goal: Goal) -> float | None:
    """The change that a goal hopes for, None where it has no baseline or target."""
    return None if goal.baseline is None or goal.target is None else goal.target - goal.baseline.value


def guards_for(rehearsed: Rehearsal, taken: Sequence[str]) -> tuple[str, ...]:
    """KPIs that show harm: those the log can answer and no goal names."""
    return rehearsed.can_answer([key for key in GUARDS if key not in taken])[:MOST_GUARDS]


def check_power(
    plan: Plan, log: EventLog, definition: Definition | None = None, *, design: str = "new_cases",
    adjust_for: Sequence[str] = (), horizon_days: int | None = None,
) -> Power:
    """Whether the review of a plan will find what its goals hope for. definition: once there is one, what it says of
    design, mix and horizon. Raises InputError where the plan has no goal."""
    lang = current()
    if definition is not None:
        design, adjust_for = definition.design, definition.adjust_for
        horizon_days = definition.horizon_days
    worth: Mapping[str, float | None] = {goal.kpi: abs(change) if (change := hope(goal)) else None
                                         for goal in plan.goals if load_kpis()[goal.kpi].direction != "none"}
    if not worth:
        raise InputError(say("planning.no_goal", lang), fix=say("planning.no_goal_fix", lang))
    kind = definition.kind if definition else "change"
    # of a change the answer is the pilot's own difference: the control is looked at beside it
    control = None if kind == "change" and not plan.waves else plan.control
    asked = Asked(plan.change, plan.review_on, plan.pilot, control, plan.wave_column, tuple(plan.waves.items()),
                  kind, design, _several(adjust_for),
                  horizon_days or plan.horizon_days, plan.calendar)
    if plan.waves:
        return power_of(rehearsal_of_wave(log, asked), worth,
                        of_wave=min(plan.waves.items(), key=lambda pair: (pair[1], pair[0]))[0])
    return power_of(Rehearsal(log, asked), worth)


def _several(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
