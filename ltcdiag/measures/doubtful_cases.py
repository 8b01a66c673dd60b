"""The primary KPIs once more with doubtful cases taken another way: closed in bulk, or long silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..log.steps import Steps
from ..stats import guards
from ..stats.effects import Effect, with_sensitivity
from .compared_log import ComparedLog

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .comparing import LogStudy

    Ints = NDArray[np.signedinteger[Any]]

OtherWay = Callable[[ComparedLog], Steps | None]


def with_other_ways(effects: Sequence[Effect], study: LogStudy) -> tuple[Effect, ...]:
    """The effects; each primary one with its difference if cases that were closed in bulk had closed at their last step
    before that, and if cases that have long been silent were lost then."""
    changed = tuple(_other_studies(study))
    return tuple(effect if effect.exploratory else _told(effect, changed) for effect in effects)


def _told(effect: Effect, changed: Sequence[tuple[str, LogStudy]]) -> Effect:
    for name, study in changed:
        effect = with_sensitivity(effect, name, study.compared(effect.kpi).difference)
    return effect


def _other_studies(study: LogStudy) -> Iterator[tuple[str, LogStudy]]:
    for name, way in (("without_cleanup_days", _before_the_clean_up), ("zombies_lost", _silent_as_lost)):
        logs = {id(side.log): side.log for side in study.every}
        other = {key: replace(log, instead=steps) for key, log in logs.items() if (steps := way(log)) is not None}
        if other:
            sides = [replace(side, log=other.get(id(side.log), side.log)) for side in study.every]
            control = (sides[2], sides[3]) if study.control else None
            yield name, replace(study, sides=(sides[0], sides[1]), control=control)


def _silent_as_lost(log: ComparedLog) -> Steps | None:
    found = guards.zombies(log.table)
    return None if found is None else _closed_at(log.steps, found[1], found[2])


def _before_the_clean_up(log: ComparedLog) -> Steps | None:
    """Cases of clean-up days closed when the last step before their last one was done."""
    import numpy as np

    found = guards.cleanup_days(log.table)
    if found is None:
        return None
    steps, cases = log.steps, found[1]
    last = np.append(steps.case[1:] != steps.case[:-1], True)[: len(steps.case)]
    before = steps.entered.copy()
    np.maximum.at(before, steps.case[~last], steps.ended[~last])
    return _closed_at(steps, cases, before[cases])


def _closed_at(steps: Steps, cases: Ints, moments: Ints) -> Steps:
    """The steps with some cases closed at other moments; steps that come later go there too."""
    import numpy as np

    left, closed = steps.left.copy(), steps.closed.copy()
    left[cases], closed[cases] = np.maximum(moments, steps.entered[cases]), True
    ended = np.minimum(steps.ended, left[steps.case])
    started = np.minimum(steps.started, ended)
    standing = {case: label for case, label in steps.standing.items() if not closed[case]}
    return replace(steps, left=left, closed=closed, ended=ended, started=started, standing=standing)
