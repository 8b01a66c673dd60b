"""The lists of a diagnosis beside the ledger of days: money that waits, levers, deals that are stuck."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .results import Answer


@dataclass(frozen=True)
class StageMoney(Answer):
    """stage (label where it has none), owner, cases (with an amount, that came to it), standing, standing_amount (of
    those that stand before it now), money_days_per_case, money_low, money_high (amount times days within the horizon,
    per case), share_of_money_days, share_low, share_high, first_share (how often it comes first when the cases are
    drawn anew), share_without_largest (without the three largest deals); most first. One currency. without: cases
    without an amount in it."""

    unit: ClassVar[str] = "money_days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)
    currency: str = field(kw_only=True, default="")
    without: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Levers(Answer):
    """step, stage, owner, days_gained, gained_low, gained_high (days less open per case within the horizon if the step
    took half its time), cash_days_gained, cash_low, cash_high (days that a win or payment comes sooner, per case),
    first_share (how often it brings most when the cases are drawn anew), best_team, team_part, part_low, part_high (its
    time as a part of the usual one), team_days_gained, team_low, team_high (if all were as quick as that team; empty
    where no team is clearly quicker in both halves of the cases); largest gain first. modelled, estimated:
    mean days open of the chain and of the cases: how well
    the chain tells the whole."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)
    modelled: float = field(kw_only=True, default=0.0, repr=False)
    estimated: float = field(kw_only=True, default=0.0, repr=False)


@dataclass(frozen=True)
class Stuck(Answer):
    """case_id, step (after which it stands), next_step (the one that most likely comes), stage, days_here (since
    then), late_days (within which four in five cases
    went on from there), times_late, with_whom (department or role, else who did the last step), amount, currency,
    last_row (of the source); most money first, then most days. open: all open cases. unjudged: open ones that stand
    where nobody knows what is usual."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    open: int = field(kw_only=True, default=0)
    unjudged: int = field(kw_only=True, default=0)
