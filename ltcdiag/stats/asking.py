"""The question that is put to a clock table, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..words import current, say
from .arms import DESIGNS
from .clock_kpis import CLOCK_KPIS
from .effects import MOST_PRIMARY


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a clock table, checked. control: column and its values, or None. worthwhile: KPI →
    smallest change that matters."""

    kpis: tuple[str, ...]
    primary: tuple[str, ...]
    design: str
    adjust_for: tuple[str, ...]
    cluster: str | None
    control: tuple[str, tuple[Any, ...]] | None
    calendar: Any
    landmark: float
    horizon: int | None
    worthwhile: Mapping[str, float] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the table must have."""
        own = [column for kpi in self.kpis for column in CLOCK_KPIS[kpi].needs]
        named = [self.cluster, self.control[0] if self.control else None]
        return tuple(dict.fromkeys([*own, *self.adjust_for, *(name for name in named if name)]))


def asked_of(
    kpis: Sequence[str], primary: Sequence[str] | None, design: str, adjust_for: Sequence[str], cluster: str | None,
    control: Any, calendar: Any, landmark: float | None, days: int | None, worthwhile: Any,
) -> Asked:
    """The question, checked."""
    named = (kpis,) if isinstance(kpis, str) else tuple(kpis)
    first = (primary,) if isinstance(primary, str) else tuple(primary) if primary is not None else named[:1]
    unknown = [kpi for kpi in dict.fromkeys((*named, *first)) if kpi not in CLOCK_KPIS]
    if unknown or not named:
        raise InputError(say("compare.unknown_kpi", current(), kpi=", ".join(unknown)),
                         fix=say("engine.one_of", current(), values=", ".join(CLOCK_KPIS)))
    if len(first) > MOST_PRIMARY:
        raise InputError(say("compare.many_primary", current(), n=len(first), most=MOST_PRIMARY))
    if design not in DESIGNS:
        raise InputError(say("engine.unknown_choice", current(), value=design),
                         fix=say("engine.one_of", current(), values=", ".join(DESIGNS)))
    if days is not None and _size("horizon_days", days) < 1:
        raise InputError(say("kpis.no_horizon", current(), value=days))
    age = _size("landmark_days", 0 if landmark is None else landmark)
    every = tuple(dict.fromkeys((*first, *named)))
    worth = _worthwhile(worthwhile, every)
    columns = (adjust_for,) if isinstance(adjust_for, str) else tuple(adjust_for)
    return Asked(every, first, design, columns, cluster, _control(control), calendar, age, days, worth)


def _worthwhile(given: Any, kpis: Sequence[str]) -> dict[str, float]:
    """KPI → the smallest change that matters; one number is that of the first KPI."""
    named = given if isinstance(given, Mapping) else {} if given is None else {kpis[0]: given}
    if unknown := [str(kpi) for kpi in named if kpi not in CLOCK_KPIS]:
        raise InputError(say("compare.unknown_kpi", current(), kpi=", ".join(unknown)),
                         fix=say("engine.one_of", current(), values=", ".join(CLOCK_KPIS)))
    return {str(kpi): _size("smallest_worthwhile", size) for kpi, size in named.items()}


def _size(name: str, value: Any) -> float:
    """A number of 0 or more."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = -1.0
    if not found >= 0:
        raise InputError(say("clock.no_size", current(), name=name, value=value))
    return found


def _control(control: Any) -> tuple[str, tuple[Any, ...]] | None:
    if control is None:
        return None
    if isinstance(control, Mapping) and len(control) == 1:
        column, values = next(iter(control.items()))
    elif isinstance(control, str) and "=" in control:
        column, _, values = control.partition("=")
    elif isinstance(control, Sequence) and not isinstance(control, str) and len(control) == 2:
        column, values = control
    else:
        raise InputError(say("compare.control_form", current(), value=control))
    several = not isinstance(values, str) and isinstance(values, Sequence | set | frozenset)
    return str(column), tuple(values) if several else (values,)
