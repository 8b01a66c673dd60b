"""Levers: what it would bring if a step of ours took half its time, or as much as that of the quickest team."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.stages import load_stages
from ..domain.step_words import says
from ..log.lists import Levers
from ..measures.quickest_team import quickest
from ..measures.segment_columns import CaseColumn
from ..measures.what_if import Chain, Gain, chain_of, gain
from ..stats.intervals import Interval, amount_interval, first_shares
from . import claims
from .context import Context

COLUMNS = ("step", "stage", "owner", "days_gained", "gained_low", "gained_high", "cash_days_gained", "cash_low",
           "cash_high", "first_share", "best_team", "team_part", "part_low", "part_high", "team_days_gained",
           "team_low", "team_high")
MOST = 12
"""So many steps, those with most days, are looked at."""
PART = 0.5
CLEAR_PART = 0.9
"""A team is quicker where the whole interval of its part of the usual time is below this."""
GOODS = (("pays",), ("accepts",), ("signs", "wins"))
"""Gates at which a case has ended well, the deepest that some case has come to counts."""


@dataclass(frozen=True, eq=False)
class Lever:
    """A step and what half its time would bring; first_share: how often it brings most."""

    label: int
    gain: Gain
    days: Interval
    cash_days: Interval
    first_share: float
    team: Team | None


@dataclass(frozen=True, eq=False)
class Team:
    """The team that does a step clearly quicker. name: "column = value". part: its time as a part of the usual one.
    days: what it would bring if all were as quick, over the interval of the part."""

    name: str
    part: Interval
    days: Interval


def levers(context: Context) -> tuple[Levers, tuple[Lever, ...]]:
    """The levers of a log, the largest first."""
    chain = chain_of(context.observed, good=_good(context))
    found = sorted(_levers(context, chain), key=lambda lever: (-lever.days.value, lever.label))
    return _table(context, chain, found), tuple(found)


def _good(context: Context) -> tuple[int, ...]:
    stages = load_stages()
    for gates in GOODS:
        found = tuple(code for code, key in enumerate(context.observed.stage)
                      if key is not None and stages[key].gate in gates)
        if found:
            return found
    return ()


def _levers(context: Context, chain: Chain) -> list[Lever]:
    own = [row for row in context.step_ledger if row.enough and context.ours(row.key) and chain.has(row.key)]
    largest = sorted(own, key=lambda row: (-row.days.value, row.key))[:MOST]
    gains = [gain(chain, chain.shortened(row.key, PART)) for row in largest]
    first = first_shares([each.days for each in gains])
    teams = _teams(context)
    return [Lever(row.key, each, amount_interval(each.days), amount_interval(each.cash_days), share,
                  _quickest(context, chain, row.key, teams))
            for row, each, share in zip(largest, gains, first, strict=True)]


def _teams(context: Context) -> list[CaseColumn]:
    """The columns that say which team a case belongs to."""
    return [column for column in context.columns if says(column.name, "team")]


def _quickest(context: Context, chain: Chain, label: int, teams: list[CaseColumn]) -> Team | None:
    """The clearest of the teams that are quicker at a step than the whole, None where none is."""
    found = [(each.part.high, column, each) for column in teams
             if (each := quickest(context.observed, label, column.code, longest=context.longest)) is not None
             and each.part.high < CLEAR_PART]
    if not found:
        return None
    _, column, best = min(found, key=lambda one: one[0])
    part = best.part
    brought = [gain(chain, chain.shortened(label, factor)).days.value for factor in (part.high, part.value, part.low)]
    return Team(column.said(best.team), part, Interval(brought[1], brought[0], brought[2]))


def _table(context: Context, chain: Chain, found: list[Lever]) -> Levers:
    import pandas as pd

    observed = context.observed
    cells = [(observed.steps.labels[each.label], observed.stage[each.label], context.owner(each.label),
              *claims.parts(each.days), *(claims.parts(each.cash_days) if chain.good else (None,) * 3),
              each.first_share, *_said(each.team)) for each in found]
    return Levers(pd.DataFrame(cells, columns=list(COLUMNS)), observed.steps.cases, "", horizon=observed.horizon,
                  modelled=float(chain.base.days_open[0]), estimated=observed.days_open.value)


def _said(team: Team | None) -> tuple[object, ...]:
    """Name, part and days with their intervals, empty where no team is clearly quicker."""
    return (None,) * 7 if team is None else (team.name, *claims.parts(team.part), *claims.parts(team.days))
