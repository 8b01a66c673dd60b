"""Rework: how many cases go back, the days it takes, and what these days cost. Law: first-pass days and rework days add
up to the days open."""

from __future__ import annotations

from .journeys import journey_of, watched
from .observed import Observed
from .quantity import Lacking, Measured, amount
from .shares import share_of
from .stage_time import case_base


def share_with_rework(observed: Observed) -> Measured:
    """Share of cases that do a step again within the horizon."""
    found = watched(observed, journey_of(observed.steps, goal=observed.loops.again))
    return found if isinstance(found, Lacking) else share_of(found)


def rework_days(observed: Observed) -> Measured:
    """Mean days of rework per case within the horizon, booked when the loop closes."""
    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    return amount(observed.rework_days(observed.rework), base, method="mean_of_marks")


def first_pass_days(observed: Observed) -> Measured:
    """Mean days per case within the horizon that are no rework: the days open less those of loops that have closed."""
    base = case_base(observed)
    if isinstance(base, Lacking):
        return base
    days = observed.days_open - observed.rework_days(observed.rework)
    return amount(days, base, method="mean_of_marks")
