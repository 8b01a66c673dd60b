"""Answers about rules, detours and approvals: what a case should have passed, and what it walks instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from ..words import in_language
from .results import Answer, Deviations


@dataclass(frozen=True)
class NamedKeys:
    """The name of a key in a language: its own where it has one, else what the others say."""

    names: Mapping[str, Mapping[str, str]]
    others: Callable[[str, str], str]

    def __call__(self, key: str, lang: str) -> str:
        """The name."""
        own = self.names.get(key)
        return in_language(own, lang) or own["en"] if own else self.others(key, lang)


@dataclass(frozen=True)
class GateRules(Answer):
    """rule (key in the reference model), deviation (skipped | out_of_order | too_late | repeated | wrong_role |
    same_person: what breaking it means, of several the more frequent), limit_days (missing where the model sets
    none), of_cases (those it can be judged on), cases (that break it), cases_later (of them: the step came, but
    afterwards), undecided (open cases that may still keep it), exempt (allowed not to), share_of_cases, share_low,
    share_high, days_late, late_low, late_high (days per case beyond the limit within the horizon), answer_days,
    answer_low, answer_high (until half have answered), days_more, more_low, more_high (days from the step to the
    end, broken less kept: an association), verdict (claimed | kept | reported | no_limit | few_cases | unusual |
    same_fact | not_recorded). One row a rule, in the order of the model. names: rule → language → its name."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("rule",)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        others = self.look.name_of
        if not isinstance(others, NamedKeys):
            object.__setattr__(self, "look", replace(self.look, name_of=NamedKeys(self.names, others)))


@dataclass(frozen=True)
class OwnDeviations(Deviations):
    """The same as Deviations against the client's own drawing: stage is a step of the drawing, deviation also
    unexpected (on a way where the drawing does not have it), only_drawn and only_logged (a step that only one of the
    two has; not judged)."""


@dataclass(frozen=True)
class PathMeasures(Answer):
    """measure (variants | once_only | effective_variants | steps_per_case | approvals_per_case), plain_value (text:
    variants and effective_variants, exact), value, value_low, value_high (the others), of_cases. Finished cases, but
    for steps and approvals per case, which count first passages of open cases too, within the horizon."""

    unit: ClassVar[str] = "cases"
    horizon: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Detours(Answer):
    """detour (its first step), source, target (the steps of the main way it leaves and comes back to), steps (mean
    number), cases, share_of_cases (of those that went from source to target), share_low, share_high, days_via,
    via_low, via_high, days_direct, direct_low, direct_high (means of finished passages), times_direct, times_low,
    times_high, extra_days, extra_low, extra_high (longer by), p_adjusted (Benjamini & Hochberg over the rows). Most
    extra days in all first."""

    unit: ClassVar[str] = "days"


@dataclass(frozen=True)
class RigidSteps(Answer):
    """measure (refusals | small_steps | small_approvals | small_days | small_approval_days), step (an approval, missing
    where the row is about small deals), decisions (or cases), refused, share_of_decisions, share_low, share_high (that
    were refused, sent back or led out), value, value_low, value_high (days per case of the approval; or smallest
    deals over largest), verdict (claimed | reported)."""

    unit: ClassVar[str] = "decisions"
    horizon: int = field(kw_only=True, default=0)
