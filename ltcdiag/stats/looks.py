"""What looking early does: how often something is found although nothing changed, when the data are judged more than
once.

Each look is a test at 5 % of all that is there by then. What is seen at look k is a random walk at the share of the
data that look k holds; the chance that it leaves its band at one look or another is worked out look by look
(Armitage, McPherson & Rowe 1969, doi:10.2307/2343787).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri

_POINTS = 160
_CLOSE = 0.005      # looks nearer to each other than this share of the data are one


def false_alarm_of_looks(shares: Sequence[float], *, level: float = 0.05) -> float:
    """The chance that at least one look of several finds a change where there is none.

    shares: the share of all data that each look holds, 0 < share <= 1, in any order; two that are nearly the same are
    one look.
    level: the false alarm rate of a single look. Raises ValueError for a share that is none."""
    times = sorted({float(share) for share in shares})
    if not times or times[0] <= 0 or times[-1] > 1:
        raise ValueError("a look holds more than nothing of the data, and at most all of them")
    bound = float(ndtri(1 - level / 2))
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    where, mass = np.zeros(1), np.ones(1)     # the walk begins at nothing
    before = quiet = 0.0
    for time in _apart(times):
        reach, step = bound * time**0.5, (time - before) ** 0.5
        quiet = float(mass @ (ndtr((reach - where) / step) - ndtr((-reach - where) / step)))
        there = nodes * reach
        density = np.exp(-(((there[:, None] - where[None, :]) / step) ** 2) / 2) / (step * (2 * np.pi) ** 0.5)
        where, mass, before = there, (density @ mass) * weights * reach, time
    return 1.0 - quiet


def _apart(times: Sequence[float]) -> list[float]:
    """The last of each group of looks that are nearly the same."""
    return [time for time, later in zip(times, [*times[1:], np.inf], strict=True) if later - time >= _CLOSE]
