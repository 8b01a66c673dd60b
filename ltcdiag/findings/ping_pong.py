"""Back and forth: work that comes back from one department (else role) to another inside one main stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.levels import name_of
from ..domain.stages import load_stages
from ..log.flows import PingPong
from ..measures.parties import Return, returns
from ..stats.counted import Counted, above_the_line
from ..stats.intervals import Interval, amount_interval
from ..words.numbers import count, time_interval
from . import claims
from .claims import parts
from .context import Context, Detected
from .counting import Told, share_claim
from .finding import Finding

if TYPE_CHECKING:
    from .context import Floats, Ints

COLUMNS = ("source", "target", "main_stage", "cases", "cases_returning", "returns", "share_returning",
           "returning_low", "returning_high", "days_per_case", "days_low", "days_high")

LINE = 0.07
"""Going back is part of the work now and then: what comes back more often than this is more than that."""


@dataclass(frozen=True, eq=False)
class _Pair:
    """A pair with its count, and the days of its rework per case. came: cases in which it came back."""

    back: Return
    came: Ints
    counted: Counted
    days: Interval


def ping_pong(context: Context) -> Detected:
    """Pairs of departments between which a step goes back and forth, and those that are claims: of the cases handed
    over, clearly more than seven in a hundred come back. Of a pair only its stronger direction is claimed. About single
    people nothing is said."""
    observed = context.observed
    pairs: list[_Pair] = []
    if observed.steps.by in ("department", "role") and context.staged and len(observed.steps.case):
        pairs = [_pair(context, back) for back in returns(observed, _main_stages(context))]
    pairs.sort(key=lambda p: (-p.counted.share.value, p.back.source, p.back.target, p.back.main_stage))
    clear = above_the_line([pair.counted for pair in pairs], least=claims.LEAST_CASES)
    found: dict[tuple[str, frozenset[int]], _Pair] = {}
    for pair, is_clear in zip(pairs, clear, strict=True):
        if is_clear:
            found.setdefault((pair.back.main_stage, frozenset((pair.back.source, pair.back.target))), pair)
    return Detected(_table(context, pairs), tuple(_claim(context, pair) for pair in found.values()))


def _main_stages(context: Context) -> dict[int, str]:
    """Label → main stage, of the steps that are none of the customer's."""
    chain = load_stages()
    return {code: chain[key].main_stage for code, key in enumerate(context.observed.stage)
            if key is not None and not chain[key].side and context.ours(code)}


def _pair(context: Context, back: Return) -> _Pair:
    import numpy as np

    observed = context.observed
    came = np.unique(observed.steps.case[back.rows])
    closing = np.zeros(len(observed.steps.case) + 1, dtype=bool)
    closing[back.rows] = True
    days = observed.rework_days(closing[observed.loops.closed_by])
    handed = len(np.union1d(back.handed, came))
    return _Pair(back, came, Counted(len(came), handed, LINE), amount_interval(days))


def _table(context: Context, pairs: Sequence[_Pair]) -> PingPong:
    import pandas as pd

    names = context.observed.steps.parties
    rows = [(names[p.back.source], names[p.back.target], p.back.main_stage, p.counted.n, p.counted.k, len(p.back.rows),
             *parts(p.counted.share), *parts(p.days)) for p in pairs]
    return PingPong(pd.DataFrame(rows, columns=list(COLUMNS)), context.observed.steps.cases, "",
                    horizon=context.observed.horizon)


def _claim(context: Context, pair: _Pair) -> Finding:
    import numpy as np

    observed, back, days = context.observed, pair.back, pair.days
    source, target = context.party(back.source), context.party(back.target)
    label = int(np.bincount(observed.steps.label[back.rows]).argmax())
    told = Told("ping_pong", "pair", lambda lang: {
        "source": source, "target": target, "step": context.shown(label), "stage": name_of(back.main_stage, lang),
        "returns": count(len(back.rows)), "horizon": observed.horizon,
        "days": time_interval(days.value, days.low, days.high, lang)})
    names = observed.steps.parties
    where = {"source": names[back.source], "target": names[back.target], "activity": observed.steps.labels[label],
             "main_stage": back.main_stage, observed.steps.by: names[back.source]}
    stage = observed.stage[label]
    return share_claim(context, "ping_pong", "collaboration", pair.counted, told, days=_lost(context, back),
                       case=observed.steps.case[back.rows], where=where | ({"stage": stage} if stage else {}))


def _lost(context: Context, back: Return) -> Floats:
    """Days of rework that each return closes."""
    import numpy as np

    observed = context.observed
    closed = observed.loops.closed_by
    rows = np.flatnonzero(closed >= 0)
    lost = np.bincount(closed[rows], weights=observed.length_at(rows), minlength=len(closed))
    return lost[back.rows].astype(np.float64)
