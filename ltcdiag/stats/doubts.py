"""All reasons to doubt one comparison, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.calendar import WorkCalendar
from . import guards
from .arms import Arm, Axis, Window
from .case_clock import Ints
from .clock_table import ClockTable
from .effects import Caution
from .pace import Pace

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Scene:
    """What the guards look at.

    tables: one, or the old and the new export. arms: two, or four with a control. windows: before and after. owners:
    code a case of each arm, None where owners are no clusters. strata: name → values of before and after. adjusted:
    strata whose mix is held equal. alone: their values that one arm lacks. changed: whether there is a change in time.
    calendar: of the log, where calendar days are counted and its holidays are known; else they are looked for.
    closings, history: pace of both windows, and of all months before the change.
    """

    tables: Sequence[ClockTable]
    arms: Sequence[Arm]
    windows: tuple[Window, Window]
    axis: Axis
    owners: Sequence[Ints] | None
    strata: Mapping[str, Sequence[NDArray[Any]]]
    adjusted: Sequence[str]
    alone: Sequence[str]
    changed: bool
    has_control: bool
    closings: Pace | None
    history: Pace | None
    calendar: WorkCalendar | None = None


def doubts(scene: Scene) -> Iterator[Caution]:
    """Every guard that fires."""
    for found in _every(scene):
        if found is not None:
            yield found


def _every(scene: Scene) -> Iterator[Caution | None]:
    yield next((found for table in scene.tables if (found := guards.finished_only(table)) is not None), None)
    yield guards.few_cases(scene.arms)
    yield guards.few_owners(scene.owners)
    if scene.changed:
        yield from _of_time(scene)
    yield from guards.mix_shift(scene.strata, scene.adjusted)
    if scene.alone:
        yield Caution("no_overlap", {"values": ", ".join(scene.alone)})
    for table in scene.tables:
        bulk, idle = guards.cleanup_days(table), guards.zombies(table)
        yield bulk[0] if bulk else None
        yield idle[0] if idle else None
        yield guards.reopened(table)


def _of_time(scene: Scene) -> Iterator[Caution | None]:
    yield guards.unequal_windows(*scene.windows)
    if not scene.has_control:
        yield guards.season(*scene.windows)
    yield guards.month_shocks(scene.closings)
    yield guards.trigger_quarter(scene.history)
    if scene.has_control:       # it has had the same holidays
        return
    if scene.calendar is not None:
        yield guards.holidays_of(scene.calendar, *scene.windows)
    elif len(scene.tables) == 1:
        yield guards.holidays(scene.tables[0], scene.axis, *scene.windows)
