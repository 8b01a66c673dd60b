"""Answers about the flow of cases: where they go, where they stop, who is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from .results import Answer


@dataclass(frozen=True)
class Leaks(Answer):
    """leak_type (silent | unassigned), stage (label where it has none), cases (that came there), share_going_out,
    out_low, out_high (whose stay there ended in an exit: lost, disqualified, cancelled, written off), limit_days (by
    which 95 in 100 of the gaps that ended there had ended), cases_watched (that came there at least so long before the
    as-of moment), silent (those of them that are open and without a record for longer), share_silent, silent_low,
    silent_high; in the order of the chain. unassigned: leads that nobody was given, their limit being the days by which
    95 in 100 of the others were."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("stage",)


@dataclass(frozen=True)
class Transitions(Answer):
    """stage, next_stage (stage, or closed, silent, open), moves, cases, share_of_moves, share_low, share_high (of the
    stays in the stage), stay_days_median (of the stays, so far where they run); in the order of the chain, most moves
    first. Law: the shares of a stage add up to 1."""

    unit: ClassVar[str] = "moves"
    keys: ClassVar[tuple[str, ...]] = ("stage", "next_stage")


@dataclass(frozen=True)
class FunnelKinds(Answer):
    """main_stage, share_reached, reached_low, reached_high (came to it or beyond it), share_passing, passing_low,
    passing_high (has a step of the stage itself), share_cohort, cohort_low, cohort_high (reached, of the cases alone
    that began early enough to be followed for the whole horizon), share_returning, returning_low, returning_high (came
    back from a later stage); in the order of the chain. cohort: how many cases that is."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("main_stage",)
    horizon: int = field(kw_only=True, default=0)
    cohort: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Presence(Answer):
    """party_kind (department | role), party, stage, cases (that came to the stage), cases_present (in which the party
    did a step of it), share_present, present_low, present_high; in the order of the chain, largest share first."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("stage",)


@dataclass(frozen=True)
class HandoverMatrix(Answer):
    """party_kind (department | role), source, target, moves, cases, days_per_move, move_low, move_high (mean days each
    time, empty on fewer than 20 cases); most moves first. waits: whether starts are known, so that days run from the
    end of one piece of work to the start of the next. Only between departments and roles, never between people."""

    unit: ClassVar[str] = "moves"
    waits: bool = field(kw_only=True, default=False)


@dataclass(frozen=True)
class PingPong(Answer):
    """source, target (the two departments, else roles), main_stage, cases (in which source hands over to target there),
    cases_returning (in which the same step comes back to source afterwards, inside the main stage), returns,
    share_returning, returning_low, returning_high, days_per_case, days_low, days_high (of that rework); largest share
    first."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("main_stage",)
    horizon: int = field(kw_only=True, default=0)


@dataclass(frozen=True)
class Triangle(Answer):
    """triangle_type (fr_late | sr_missing | one_person | no_owner), role (AR, SR or FR), stage, cases (it could happen
    to), cases_lacking, share_lacking, lacking_low, lacking_high, practice (usual | mixed | never: whether the log shows
    it done at all), deals_judged (all | large)."""

    unit: ClassVar[str] = "cases"
    keys: ClassVar[tuple[str, ...]] = ("stage",)


@dataclass(frozen=True)
class Slips(Answer):
    """slip_type (pushed_often | pushed_far | amount_fell | discount_rose), cases (that could show it), cases_slipping,
    share_slipping, slipping_low, slipping_high, cases_other_way (that moved the other way: as far, or, for
    pushed_often, as often), changes (how many in all), mean_change, change_low, change_high (mean by case: days later,
    share of the first amount, points of discount), change_unit (days | share | points)."""

    unit: ClassVar[str] = "cases"
