"""Where cases go from each stage, and the three funnels: tables that describe; leaks are claimed elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..log.flows import FunnelKinds, Transitions
from ..log.steps import distinct
from ..measures.funnels import funnel_kinds
from ..measures.spells import NONE
from ..measures.stays import Places, Stays, places_of, stays_of
from ..stats.counted import Counted
from .claims import parts
from .context import Context, Detected
from .leakage import in_order, silent_cases

if TYPE_CHECKING:
    from .context import Ints

COLUMNS = ("stage", "next_stage", "moves", "cases", "share_of_moves", "share_low", "share_high", "stay_days_median")
ENDS = ("closed", "silent", "open")


def transitions(context: Context) -> Detected:
    """Every stay in a stage, by what came after it: the next stage, the closing, silence, or it still runs."""
    import pandas as pd

    places = places_of(context.observed)
    stays = stays_of(context.observed, places)
    rows = list(_rows(places, stays, _ends(context, places, stays)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Detected(Transitions(table, context.observed.steps.cases, ""), ())


def funnels(context: Context) -> Detected:
    """Who comes to each main stage, who has a step of it, and who of the whole cohort."""
    found: FunnelKinds = funnel_kinds(context.observed)
    return Detected(found, ())


def _ends(context: Context, places: Places, stays: Stays) -> Ints:
    """Code of what came after each stay: a place, or behind the places one of ENDS."""
    import numpy as np

    names = len(places.names)
    silent = np.zeros(context.observed.steps.cases, dtype=bool)
    silent[silent_cases(context, places)] = True
    open_case = ~context.observed.steps.closed[stays.case]
    last = np.where(open_case, np.where(silent[stays.case], names + 1, names + 2), names)
    ends: Ints = np.where(stays.next_place == NONE, last, stays.next_place)
    return ends


def _rows(places: Places, stays: Stays, ends: Ints) -> Iterator[tuple[object, ...]]:
    import numpy as np

    names = (*places.names, *ENDS)
    days = stays.left - stays.entered
    for place in in_order(places.names):
        here = np.flatnonzero(stays.place == place)
        codes, moves = np.unique(ends[here], return_counts=True)
        for code, n in sorted(zip(codes.tolist(), moves.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0])):
            rows = here[ends[here] == code]
            yield (names[place], names[code], n, len(distinct(stays.case[rows])),
                   *parts(Counted(n, len(here), 0.0).share), float(np.median(days[rows])))
