"""Placeholder of the pace of closings: only its fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PaceMonth:
    """One month: observed and expected closings, their ratio with its interval, before or after the change."""

    month: str
    start: date
    observed: float
    expected: float
    ratio: float
    low: float
    high: float
    after: bool


@dataclass(frozen=True)
class Pace:
    """months; ratio, low, high, p: after against before; limits: of single months, from those before."""

    months: tuple[PaceMonth, ...]
    ratio: float
    low: float
    high: float
    p: float
    limits: tuple[float, float] | None
