"""Money that waits, by stage: the ledger of days once more, each case by its amount; no blame, no claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..log.lists import StageMoney
from ..log.steps import distinct, stretches
from ..measures.facts import Amounts
from ..measures.observed import by_stage
from ..stats.estimator import Spans
from ..stats.intervals import amount_interval, first_shares
from . import claims
from .context import Context
from .ranks import LARGEST

if TYPE_CHECKING:
    from .context import Bools, Floats, Ints

COLUMNS = ("stage", "owner", "cases", "standing", "standing_amount", "money_days_per_case", "money_low", "money_high",
           "share_of_money_days", "share_low", "share_high", "first_share", "share_without_largest")

_NOISE = 1e-9
"""A rest smaller than this part of the whole is what is left of a difference of two sums, and tells nothing."""


def stage_money(context: Context) -> StageMoney | None:
    """Amount times days per case in each stage within the horizon (mark: the amount, each day). None where the log has
    no amounts. Law: by stage they add up to those of the days open."""
    amounts = context.facts.amounts
    if amounts is None or not amounts.counted.any():
        return None
    import numpy as np
    import pandas as pd

    observed = context.observed
    counted = np.maximum(amounts.counted, 0.0)
    largest = _largest(counted)
    watch = observed.watch
    everywhere = np.arange(len(observed.spread.row), dtype=np.int32)
    of_largest = np.flatnonzero(largest[observed.spells.case[observed.spread.row]])
    whole = watch.spans(_money_days(context, counted, everywhere))
    rest = whole.value - watch.value_of(_money_days(context, counted, of_largest))
    told = rest > _NOISE * whole.value
    estimates, cells = [], []
    for key, codes in by_stage(observed).items():
        chosen = np.flatnonzero(np.isin(observed.spread.key, codes))
        days = watch.spans(_money_days(context, counted, chosen))
        if days.value <= 0:
            continue
        estimates.append(days)
        theirs = of_largest[np.isin(observed.spread.key[of_largest], codes)]
        small = days.value - watch.value_of(_money_days(context, counted, theirs))
        without = max(0.0, small) / rest if told else None
        cells.append((key, context.owner(codes[0]), *_standing(context, codes, counted),
                      *claims.parts(amount_interval(days)), *claims.parts(claims.share_of(days, whole)), without))
    rows = [(*cell[:-1], share, cell[-1]) for cell, share in zip(cells, first_shares(estimates), strict=True)]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(
        ["money_days_per_case", "stage"], ascending=[False, True]).reset_index(drop=True)
    return StageMoney(table, observed.steps.cases, "", horizon=observed.horizon, currency=amounts.name,
                      without=_without(amounts))


def _largest(counted: Floats) -> Bools:
    """The deals with the largest amounts, equal ones by their number."""
    import numpy as np

    found = np.zeros(len(counted), dtype=bool)
    found[np.argsort(-counted, kind="stable")[:LARGEST]] = True
    return found


def _money_days(context: Context, counted: Floats, chosen: Ints) -> Iterator[Spans]:
    """The amounts times the days in some rows of the spread, part by part."""
    observed = context.observed
    spells, keys = observed.spells, observed.spread

    def part(at: slice) -> Spans:
        row = keys.row[chosen[at]]
        case = spells.case[row]
        return Spans(case, spells.start[row], spells.end[row], keys.weight[chosen[at]] * counted[case])

    return map(part, stretches(len(chosen)))


def _standing(context: Context, codes: tuple[int, ...], counted: Floats) -> tuple[int, int, float]:
    """Cases with an amount that came to a stage; those that stand before it now, and their amounts."""
    import numpy as np

    observed = context.observed
    came = distinct(observed.steps.case[np.isin(observed.steps.label, codes)])
    stand = observed.spells.case[np.isin(observed.heading, codes)]
    return int((counted[came] > 0).sum()), len(stand), float(counted[stand].sum())


def _without(amounts: Amounts) -> int:
    import numpy as np

    return int((np.isnan(amounts.value) | (amounts.currency != amounts.chosen)).sum())
