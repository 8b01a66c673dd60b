"""Answers about why work waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .results import Answer


@dataclass(frozen=True)
class WaitCauses(Answer):
    """activity, instances (pieces of work with a recorded start and a piece before them), cases, wait_days_total, and
    for each cause its share of this waiting with the 95 % interval over the cases: share_batching, share_batching_low,
    share_batching_high and so on for contention, prioritisation, unavailability, extraneous; share_named (of the
    waiting, before work whose person is named). Most waiting first. Law: the shares of a row add up to 1."""

    unit: ClassVar[str] = "days"
    own_hours: int = field(kw_only=True, default=0)
    """Persons whose working hours were learned from their own records."""


@dataclass(frozen=True)
class DecisionDays(Answer):
    """step, stage, passages (with a record before), cases, rhythm (weekday | month_day | runs | standstill; missing
    where the days tell nothing), when (weekdays, 1 is Monday; days of the month, 32 its last working day; dates),
    share_on_days, share_expected (of the passages, if they knew no fixed days), times_expected, expected_low,
    expected_high, days_per_case, days_low, days_high (that it costs; missing where nobody knows which cases are over),
    days_per_passage, passage_low, passage_high (the same for each passage concerned, of those recorded), share_off (of
    the time in the step that lies on days off). waits: whether passages end with the start of the work, which makes
    their length waiting."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)
    waits: bool = field(kw_only=True, default=False)


@dataclass(frozen=True)
class QueueDays(Answer):
    """step, stage, passages, cases, persons, in_hand_low, in_hand_high (cases in hand at entry, mean of the quieter and
    of the busier half of the passages of a person in a half-year), times_busy, times_low, times_high (typical length,
    geometric mean, when busy over that when quiet, within person and half-year), days_per_case, days_low, days_high
    (that the busier half takes more), p, p_adjusted (Holm over the steps). by_person: whether the queue is that of a
    person, else that of the step. waits: whether the length is waiting."""

    unit: ClassVar[str] = "days"
    keys: ClassVar[tuple[str, ...]] = ("stage",)
    horizon: int = field(kw_only=True, default=0)
    by_person: bool = field(kw_only=True, default=False)
    waits: bool = field(kw_only=True, default=False)
