"""The measures that a KPI card can name: function and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .after_sales import share_coming_back
from .beside import cost_of_each, mean_score, not_in_logs, share_returned
from .counting import cases_begun, steps_per_case, versions_per_case
from .cycle import days_since, days_until
from .money import days_of_money, rework_money, total_value, value_at
from .on_time import share_on_time
from .quantity import Measured
from .rework import first_pass_days, rework_days, share_with_rework
from .shares import share_reaching
from .stage_time import days_in_stages, days_outside_stages

MEASURES: Mapping[str, tuple[Callable[..., Measured], str]] = MappingProxyType({
    "cases_begun": (cases_begun, "cases that begin in some stages"),
    "cost_of_each": (cost_of_each, "costs of a table beside the log, by cases"),
    "days_in_stages": (days_in_stages, "days per case in the steps of some stages"),
    "days_of_money": (days_of_money, "days until a goal, each case by its amount"),
    "days_outside_stages": (days_outside_stages, "days per case in all other steps"),
    "days_since": (days_since, "days within the horizon that lie behind a goal"),
    "days_until": (days_until, "days until a goal or the end, at most the horizon"),
    "first_pass_days": (first_pass_days, "days per case that are no rework"),
    "mean_score": (mean_score, "mean of the answers of customers"),
    "not_in_logs": (not_in_logs, "what neither a log nor a table beside it can say"),
    "rework_days": (rework_days, "days per case that go into rework"),
    "rework_money": (rework_money, "money per case that goes into rework"),
    "share_coming_back": (share_coming_back, "share of cases with some step after the win"),
    "share_on_time": (share_on_time, "share of cases that come to a goal by the promised day"),
    "share_reaching": (share_reaching, "share of cases that come to a goal"),
    "share_returned": (share_returned, "share of cases with a return, or without a wrong one"),
    "share_with_rework": (share_with_rework, "share of cases that do a step again"),
    "steps_per_case": (steps_per_case, "how often some steps are done in a case"),
    "total_value": (total_value, "money of the cases that come to a goal"),
    "value_at": (value_at, "money per case that comes to a goal"),
    "versions_per_case": (versions_per_case, "how often something is made anew in a case"),
})
