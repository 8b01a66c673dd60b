"""Answers about groups of cases: what each takes, and the rules that stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .results import Answer


@dataclass(frozen=True)
class SegmentEffects(Answer):
    """segment_column, segment_value, measure (step_days | rework_days | days_open | not_won), step (empty where it is
    none), cases (of the group), reached (of them, through the step), days_group, days_elsewhere (per passage of the
    step; per case for the other measures), days_more, more_low, more_high (the difference with its 95 % interval,
    drawn to the mean of the column's groups as far as a group's own data are weak), share_won, share_won_elsewhere,
    share_fewer_won, fewer_low, fewer_high (the same for wins, the only columns of not_won), p_adjusted (Benjamini &
    Hochberg over all values and measures); smallest p first. days_open: at the same number of passages of each step,
    rework left out."""

    unit: ClassVar[str] = "days"
    horizon: int = field(kw_only=True, default=0)
    looked_at: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class SegmentRules(Answer):
    """rule (one condition or two), measure, step, cases, reached, days_more, more_low, more_high (per passage, or per
    case), days_adjusted, adjusted_low, adjusted_high (the same at an equal mix of the other columns; missing where they
    say who is in the group), days_per_case (over all cases), days_low, days_high, share_of_days, share_fewer_won,
    fewer_low, fewer_high (for wins, where the columns of days are empty), p_adjusted; what matters most first."""

    unit: ClassVar[str] = "days"
    horizon: int = field(kw_only=True, default=0)
    looked_at: int = field(kw_only=True, default=0)
