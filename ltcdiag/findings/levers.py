"""Levers: what it would bring if a step of ours took half its time, or as much as that of the quickest team."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain.stages import load_stages
from ..log.lists import Levers
from ..measures.what_if import Chain, Gain, chain_of, gain
from ..stats.intervals import Interval, amount_interval, first_shares
from . import claims
from .context import Context

COLUMNS = ("step", "stage", "owner", "days_gained", "gained_low", "gained_high", "cash_days_gained", "cash_low",
           "cash_high", "first_share")
MOST = 12
"""So many steps, those with most days, are looked at."""
PART = 0.5
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
    return [Lever(row.key, each, amount_interval(each.days), amount_interval(each.cash_days), share)
            for row, each, share in zip(largest, gains, first, strict=True)]


def _table(context: Context, chain: Chain, found: list[Lever]) -> Levers:
    import pandas as pd

    observed = context.observed
    cells = [(observed.steps.labels[each.label], observed.stage[each.label], context.owner(each.label),
              *claims.parts(each.days), *(claims.parts(each.cash_days) if chain.good else (None,) * 3),
              each.first_share) for each in found]
    return Levers(pd.DataFrame(cells, columns=list(COLUMNS)), observed.steps.cases, "", horizon=observed.horizon,
                  modelled=float(chain.base.days_open[0]), estimated=observed.days_open.value)
