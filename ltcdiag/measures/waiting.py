"""Waiting, where starts of work are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..log.results import Waits
from ..log.steps import NO_TIME, Steps
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from .observed import Observed
from .spells import DAY, Spells
from .wait_causes import ready_moments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]


_ENDS: WeakKeyDictionary[Observed, Floats] = WeakKeyDictionary()


def waiting_ends(observed: Observed) -> Floats:
    """The age (days) at which waiting ends in each spell: the start of the work where it is recorded, else the end of
    the spell. Without starts in the log, the ends.

    Of a running spell nobody knows whether work has begun: its waiting is the part that finished spells from the same
    step waited which had lasted longer. Reckoned once for a log.
    """
    if not observed.steps.has_starts:
        return observed.spells.end
    if observed not in _ENDS:
        _ENDS[observed] = _waiting_ends(observed.spells)
    return _ENDS[observed]


def _waiting_ends(spells: Spells) -> Floats:
    import numpy as np

    ends = np.where(np.isnan(spells.begun), spells.end, spells.begun)
    running = np.flatnonzero(spells.running)
    done = np.flatnonzero(~spells.running & ~np.isnan(spells.begun))
    length, waited = spells.end - spells.start, ends - spells.start
    for source in np.unique(spells.source[running]):
        still = running[spells.source[running] == source]
        known = done[spells.source[done] == source]
        ends[still] = spells.start[still] + length[still] * _part(length[known], waited[known], length[still])
    ends.flags.writeable = False        # many look at it
    return ends


def _part(length: Floats, waited: Floats, so_far: Floats) -> Floats:
    """The part of their length that spells longer than `so_far` waited; 1 where there is none."""
    import numpy as np

    order = np.argsort(length, kind="stable")
    lengths = np.append(np.cumsum(length[order][::-1])[::-1], 0.0)
    waits = np.append(np.cumsum(waited[order][::-1])[::-1], 0.0)
    place = np.searchsorted(length[order], so_far, side="right")
    part: Floats = np.divide(waits[place], lengths[place], out=np.ones(len(so_far)), where=lengths[place] > 0)
    return part


def waits(steps: Steps) -> Waits:
    """Waiting before each activity, on pieces of work with a recorded start."""
    import numpy as np
    import pandas as pd

    rows = np.flatnonzero(steps.started != NO_TIME)
    case, started, ended = steps.case[rows], steps.started[rows], steps.ended[rows]
    ready = ready_moments(steps)[rows]
    follows = ready != NO_TIME
    wait = np.where(follows, started - ready, 0)
    frame = pd.DataFrame({
        "activity": np.array([*steps.labels, ""], dtype=object)[steps.label[rows]], "case": case,
        "wait": wait / DAY, "waited": np.where(follows, wait / DAY, np.nan), "work": (ended - started) / DAY,
    })
    table = frame.groupby("activity", sort=True).agg(
        instances=("case", "size"), cases=("case", "nunique"), wait_days_total=("wait", "sum"),
        wait_days_median=("waited", "median"), work_days_total=("work", "sum"), work_days_median=("work", "median"),
    ).reset_index()
    every = np.bincount(case, wait / DAY, minlength=steps.cases).astype(float)
    code = {label: code for code, label in enumerate(steps.labels)}
    shares = []
    for activity in table["activity"]:
        here = steps.label[rows] == code[activity]
        own = np.bincount(case[here], wait[here] / DAY, minlength=steps.cases).astype(float)
        shares.append(part_of_sums(own, every))
    for place, name in enumerate(("value", "low", "high")):
        column = ("share_of_waiting", "share_low", "share_high")[place]
        table.insert(4 + place, column, [getattr(share, name) for share in shares])
    table = table.sort_values(["wait_days_total", "activity"], ascending=[False, True]).reset_index(drop=True)
    return Waits(table, steps.cases, "")


def part_of_sums(part: Floats, whole: Floats) -> Interval:
    """Share of a sum over the cases that a part of it makes, with the interval over the cases (delta method). part and
    whole: one number a case."""
    import numpy as np

    if not len(whole) or not whole.any():
        return Interval(0.0, 0.0, 0.0)
    share = float(part.sum() / whole.sum())
    if len(whole) < 2:
        return Interval(share, 0.0, 1.0)
    return share_interval(Estimate(share, (part - share * whole) / np.mean(whole)))
