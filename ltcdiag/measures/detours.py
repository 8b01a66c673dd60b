"""Side ways: steps that few cases take between two steps which the others take one right after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

from ..log.steps import by_code, keyed
from ..stats.contrast import Difference, student
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, share_interval
from .observed import Observed
from .spells import DAY
from .variety import first_times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

RARE = 0.25
"""A side way is one that at most a quarter of the cases take."""
LONGEST = 3
"""So many steps at most."""
LEAST_CASES = 20


@dataclass(frozen=True, eq=False)
class Detour:
    """through: labels of the side way. source, target: the steps it leaves and comes back to. cases: that take it, with
    their `days` from source to target. direct: days of those that go straight. share: of both that take it. times: days
    by the side way over days straight on. more: days longer. p: that it does not take `least` times as long
    (one-sided)."""

    through: tuple[int, ...]
    source: int
    target: int
    cases: Ints
    days: Floats
    direct: Floats
    share: Interval
    times: Interval
    more: Difference
    p: float


def detours_of(observed: Observed, *, least: float) -> list[Detour]:
    """The side ways of a log, by finished first passages; what is gone back to is rework and none."""
    import numpy as np

    steps = observed.steps
    fresh = first_times(steps) & ~observed.rework
    having = np.bincount(steps.label[fresh], minlength=len(steps.labels)).astype(np.int32)
    straight = _straight(observed, fresh)
    found: list[Detour] = []
    for length in range(1, LONGEST + 1):
        for rows in _pieces(observed, fresh, having, length):
            source, target = int(steps.label[rows[0]]), int(steps.label[rows[0] + length + 1])
            direct = straight.get((source, target))
            if direct is not None and len(rows) <= RARE * (len(rows) + len(direct)):
                through = tuple(steps.label[rows[0] + 1: rows[0] + 1 + length].tolist())
                days = (steps.ended[rows + length + 1] - steps.ended[rows]) / DAY
                found.extend(_measured(through, (source, target), steps.case[rows], days, direct, least))
    return found


def _straight(observed: Observed, fresh: Bools) -> dict[tuple[int, int], Floats]:
    """(source, target) → days from one to the next, of enough cases."""
    import numpy as np

    steps = observed.steps
    rows = np.flatnonzero(fresh[:-1] & fresh[1:] & (steps.case[:-1] == steps.case[1:])).astype(np.int32)
    width = len(steps.labels)
    return {divmod(key, width): (steps.ended[rows[part] + 1] - steps.ended[rows[part]]) / DAY
            for key, part in _groups(keyed(steps.label[rows], width, steps.label[rows + 1]))}


def _pieces(observed: Observed, fresh: Bools, having: Ints, length: int) -> Iterator[Ints]:
    """Rows of the source step of every side way of a length that enough cases take; its steps are rare against both of
    its ends."""
    import numpy as np

    steps = observed.steps
    last = len(steps.case) - length - 1
    if last <= 0:
        return
    sound = steps.case[:last] == steps.case[length + 1:]
    ends = np.minimum(having[steps.label[:last]], having[steps.label[length + 1:]])
    for place in range(length + 2):
        sound &= fresh[place: place + last]
        if 0 < place <= length:
            sound &= having[steps.label[place: place + last]] <= RARE * ends
    rows = np.flatnonzero(sound)
    keys = steps.label[rows]
    for place in range(1, length + 2):
        keys = np.unique(keys, return_inverse=True)[1] * len(steps.labels) + steps.label[rows + place]
    for _, part in _groups(keys):
        yield rows[part]


def _groups(keys: Ints) -> Iterator[tuple[int, Ints]]:
    """Each key that is there often enough, and its places in order."""
    yield from ((key, rows) for key, rows in by_code(keys) if len(rows) >= LEAST_CASES)


def _measured(
    through: tuple[int, ...], ends: tuple[int, int], cases: Ints, days: Floats, direct: Floats, least: float,
) -> Iterator[Detour]:
    """The side way with its intervals; none where the straight way takes no time."""
    import numpy as np
    from scipy.special import stdtr, stdtrit

    n, means = len(cases), (float(days.mean()), float(direct.mean()))
    if min(means) <= 0:
        return
    variances = [float(part.var(ddof=1)) / len(part) for part in (days, direct)]
    error = sqrt(sum(variance / mean**2 for variance, mean in zip(variances, means, strict=True)))
    value, freedom = log(means[0] / means[1]), min(len(days), len(direct)) - 1
    reach = float(stdtrit(freedom, 0.975)) * error
    whole = n + len(direct)
    taken = np.where(np.arange(whole) < n, 1.0, 0.0)
    more = student(means[0] - means[1], [(variance, len(part) - 1.0) for variance, part in
                                         zip(variances, (days, direct), strict=True)], "welch")
    p = float(stdtr(freedom, (log(least) - value) / error)) if error > 0 else 1.0
    yield Detour(through, *ends, cases, days, direct, share_interval(Estimate(n / whole, taken - n / whole)),
                 Interval(exp(value), exp(value - reach), exp(value + reach)), more, p)
