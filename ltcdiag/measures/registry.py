"""The measures that a KPI card can name: function and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .cycle import days_until
from .quantity import Measured
from .rework import rework_days, share_with_rework
from .shares import share_reaching
from .stage_time import days_in_stages, days_outside_stages

MEASURES: Mapping[str, tuple[Callable[..., Measured], str]] = MappingProxyType({
    "days_in_stages": (days_in_stages, "days per case in the steps of some stages"),
    "days_outside_stages": (days_outside_stages, "days per case in all other steps"),
    "days_until": (days_until, "days until a goal or the end, at most the horizon"),
    "rework_days": (rework_days, "days per case that go into rework"),
    "share_reaching": (share_reaching, "share of cases that come to a goal"),
    "share_with_rework": (share_with_rework, "share of cases that do a step again"),
})
