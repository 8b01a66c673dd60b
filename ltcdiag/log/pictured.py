"""Answers that are made to be looked at: how long cases take, how many are in hand, where they go, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from .results import Answer, DirectlyFollowsGraph


@dataclass(frozen=True)
class CaseDays(Answer):
    """at_least_days, under_days (the last row has no end), closed (cases that took so long), open (cases so old now,
    which will take at least as long). known: whether anything says which cases are over; where it is False
    `closed` counts all cases by their first and last record. median, median_low, median_high: days by which half of the
    cases are over, open ones counted for what they show; None for the reason `why_no_median` (closing_unknown |
    not_half | too_young). Law: closed + open = cases."""

    unit: ClassVar[str] = "cases"
    known: bool = field(kw_only=True, default=True)
    median: float | None = field(kw_only=True, default=None)
    median_low: float | None = field(kw_only=True, default=None)
    median_high: float | None = field(kw_only=True, default=None)
    why_no_median: str = field(kw_only=True, default="")


@dataclass(frozen=True)
class WorkOverTime(Answer):
    """start (of a week or month), started, closed, active (cases in hand when it ends). The last row ends at the as-of
    moment. per: week or month. known: whether anything says which cases are over; where it is False a case counts as
    active from its first to its last record, and `closed` counts last records.
    Law: active = active of the row before + started - closed; all started = cases."""

    unit: ClassVar[str] = "cases"
    per: str = field(kw_only=True, default="week")
    known: bool = field(kw_only=True, default=True)


@dataclass(frozen=True)
class PartyLoad(Answer):
    """start (of a week or month), party, steps (pieces of work that the party finished in it). by: department or role.
    unnamed: steps whose party nobody names. n: steps. Law: all steps of the table + unnamed = n."""

    unit: ClassVar[str] = "steps"
    by: str = field(kw_only=True, default="department")
    per: str = field(kw_only=True, default="week")
    unnamed: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class DayCounts(Answer):
    """day, number, day_kind (workday | weekend | holiday: off although no weekend | make_up: worked although weekend),
    every day from the first record to the as-of moment. what: events, started or closed. calendar: whose days these
    are. guessed: years whose holidays are not known yet. Law: all numbers add up to n."""

    unit: ClassVar[str] = "events"
    what: str = field(kw_only=True, default="events")
    calendar: str = field(kw_only=True, default="")
    guessed: tuple[int, ...] = field(kw_only=True, default=())


@dataclass(frozen=True)
class Spectrum(Answer):
    """part (0, 1, ...), entered, left (missing where the case is still on its way), days, quartile (0 to 3 of the days
    of its part; missing where it is on its way). A case enters a part with its first record of the part's step and
    leaves it with the first record of the next step after that. steps: one more than parts. elsewhere: cases of each
    part that ended without coming to the next step, or of which nobody knows whether they did (known is False).
    Law: per part, rows + elsewhere = cases that came to its step."""

    unit: ClassVar[str] = "days"
    known: bool = field(kw_only=True, default=True)
    steps: tuple[str, ...] = field(kw_only=True, default=())
    elsewhere: tuple[int, ...] = field(kw_only=True, default=())


@dataclass(frozen=True)
class StageFlows(Answer):
    """source, target, moves: stays that go from one stage on to another. source "start": where cases begin; target
    "done", "lost", "open" or "unknown": how they end or stand. stages: in the order of the chain; behind them "other"
    where steps belong to none. level: stage where stages are known, else activity. without: cases without any step.
    Law: what flows into a stage flows out of it; what starts = what ends = cases."""

    unit: ClassVar[str] = "moves"
    keys: ClassVar[tuple[str, ...]] = ("source", "target")
    stages: tuple[str, ...] = field(kw_only=True, default=())
    without: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Control(Answer):
    """start (a label), cases, value, moving_range, outside (beyond the limits of single values), jump (moving range
    beyond its limit), run (one of eight or more in a row on one side of the centre). measure: days | closed | won of
    cohorts by start, each followed for `within` days; "" for values somebody gave. baseline: how many rows set the
    limits. centre, low, high, range_centre, range_high: the limits. false_alarm: chance that a chart of this size
    shows any of the three although nothing happens. young: cohorts that cannot be followed so long yet."""

    unit: ClassVar[str] = "values"
    measure: str = field(kw_only=True, default="")
    per: str = field(kw_only=True, default="")
    within: int = field(kw_only=True, default=0)
    baseline: int = field(kw_only=True, default=0)
    centre: float = field(kw_only=True, default=0.0)
    low: float = field(kw_only=True, default=0.0)
    high: float = field(kw_only=True, default=0.0)
    range_centre: float = field(kw_only=True, default=0.0)
    range_high: float = field(kw_only=True, default=0.0)
    false_alarm: float = field(kw_only=True, default=0.0)
    young: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class LanedMap(DirectlyFollowsGraph):
    """What follows what, with a party for each activity. by: department or role. parties: activity → who does it most
    often; activities of nobody named have none. shares: the share of the activity's events that is theirs."""

    by: str = field(kw_only=True, default="department")
    parties: Mapping[str, str] = field(kw_only=True, default_factory=dict)
    shares: Mapping[str, float] = field(kw_only=True, default_factory=dict)
