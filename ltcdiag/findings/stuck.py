"""Stuck deals: open cases that stand longer than four in five others did there, as a list of whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..log.lists import Stuck
from ..log.steps import UNKNOWN
from ..measures.spells import NONE
from ..measures.stuck import Stays, open_stays
from .context import Context

if TYPE_CHECKING:
    from .context import Ints

COLUMNS = ("case_id", "step", "next_step", "stage", "days_here", "late_days", "times_late", "with_whom", "amount",
           "currency", "last_row")


def stuck(context: Context) -> Stuck:
    """The list, most money first, then most days. It blames nobody: who owns a deal is named so that somebody can be
    asked."""
    import numpy as np
    import pandas as pd

    observed = context.observed
    stays = open_stays(observed)
    late = np.flatnonzero(stays.days > np.nan_to_num(stays.usual, nan=np.inf))
    table = pd.DataFrame(_rows(context, stays, late), columns=list(COLUMNS))
    ordered = table.sort_values(["amount", "days_here", "case_id"], ascending=[False, False, True],
                                na_position="last").reset_index(drop=True)
    return Stuck(ordered, len(ordered), "", open=int((~observed.steps.closed).sum()),
                 unjudged=int(np.isnan(stays.usual).sum()))


def _rows(context: Context, stays: Stays, late: Ints) -> list[tuple[object, ...]]:
    observed = context.observed
    steps, amounts = observed.steps, context.facts.amounts
    owners, last_rows = _last_parties(context), context.log.tables.answer("case_ids").table["last_row"].to_numpy()
    rows: list[tuple[object, ...]] = []
    for case, label, heading, days, usual in zip(*(part[late].tolist() for part in (
            stays.case, stays.label, stays.heading, stays.days, stays.usual)), strict=True):
        amount = amounts.value[case] if amounts is not None else float("nan")
        currency = amounts.currencies[amounts.currency[case]] if amounts is not None and amount == amount else None  # noqa: PLR0124
        rows.append((context.case_ids[case], steps.labels[label], steps.labels[heading] if heading != NONE else None,
                     observed.stage[label], days, usual,
                     days / usual if usual else None, steps.parties[owners[case]] if owners[case] != UNKNOWN else None,
                     amount, currency, int(last_rows[case])))
    return rows


def _last_parties(context: Context) -> Ints:
    """The department, role or person that did the last step of each case with a name, UNKNOWN where there is none."""
    import numpy as np

    steps = context.observed.steps
    known = np.flatnonzero(steps.party != UNKNOWN)
    last = np.full(steps.cases, UNKNOWN)
    last[steps.case[known]] = steps.party[known]
    return last
