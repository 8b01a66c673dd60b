"""What would be gained if a step took less time: the way of a case as a semi-Markov chain, worked out without drawing
lots.

A case stands behind its last step until the next one comes. How long, and which one comes, is taken from finished and
running spells alike (Aalen & Johansen 1978: one curve for each pair of steps, what still runs is censored). These
curves, laid end to end along the steps, give the day on which cases are over (Pyke 1961, renewal equation of a
semi-Markov chain, doi:10.1214/aoms/1177704863). A lever shortens the curves that lead to its step and works the whole
out anew. Intervals: the same without one twentieth of the cases in turn (delete-a-group jackknife; Kott 2001).

What it rests on: how long one step takes does not depend on how long the ones before took, and nobody who is freed
from one step is quicker in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..stats.estimator import Estimate
from .observed import Observed
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BINS = 120
"""Points in time from the beginning of a case to its horizon."""
MOST_STEPS = 24
"""So many steps, the most frequent, have curves of their own; the others share one."""
GROUPS = 20
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Chain:
    """The curves of a log. ended: finished spells by group of cases, source, target and point in time; cut: running
    ones by group, source and point. codes: label → its place among the sources and targets; `start` is the source
    before the first step; targets from `first_end` on are the ends of a case. good: which of them are wins or payments.
    width: days between two points."""

    ended: Floats
    cut: Floats
    codes: Ints
    start: int
    first_end: int
    good: tuple[int, ...]
    width: float

    def has(self, label: int) -> bool:
        """Whether a step has curves of its own."""
        return int(self.codes[label]) < self.first_end - 1

    @cached_property
    def base(self) -> Outcomes:
        """As it is."""
        return _outcomes(self, self.kernels)

    @cached_property
    def kernels(self) -> Floats:
        """Chance that a spell from a source ends at a target at a point in time: of all cases first, then without each
        group; shape (1 + groups, points, sources, targets)."""
        import numpy as np

        ended = np.concatenate([self.ended.sum(0)[None], self.ended.sum(0)[None] - self.ended])
        cut = np.concatenate([self.cut.sum(0)[None], self.cut.sum(0)[None] - self.cut])
        return np.moveaxis(_curves(ended, cut), 3, 1)

    def shortened(self, label: int, factor: float) -> Outcomes:
        """If the way to a step took so much of its time (0.5: half)."""
        return self.changed({label: factor})

    def changed(self, factors: Mapping[int, float]) -> Outcomes:
        """The same for several steps at once."""
        kernels = self.kernels.copy()
        for label, factor in factors.items():
            for target in (int(self.codes[label]), int(self.codes[label]) + self.first_end):
                kernels[..., target] = _sooner(kernels[..., target], factor)
        return _outcomes(self, kernels)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """days_open: mean days that a case is open within the horizon. days_since_good: mean days within the horizon that
    lie behind its win or payment. Both of all cases first, then without each group."""

    days_open: Floats
    days_since_good: Floats


@dataclass(frozen=True, eq=False)
class Gain:
    """What a lever brings per case: days less open, days that money comes sooner (influence: one number a group)."""

    days: Estimate
    cash_days: Estimate


def chain_of(observed: Observed, *, good: Sequence[int]) -> Chain:
    """The chain of a log. good: labels at which a case that ends has ended well."""
    import numpy as np

    steps, spells = observed.steps, observed.spells
    counts = np.bincount(steps.label, minlength=len(steps.labels))
    own = np.argsort(-counts, kind="stable")[:MOST_STEPS]
    codes = np.full(len(steps.labels) + 1, len(own))      # the last place is NONE
    codes[own] = np.arange(len(own))
    states = len(own) + 1
    start, first_end = states, states
    last_ends = np.append(steps.case[1:] != steps.case[:-1], True)[: len(steps.case)] & (
        steps.ended == steps.left[steps.case]) & steps.closed[steps.case]
    ends = np.append(last_ends, False)[spells.step] & ~spells.running
    closes = spells.running & steps.closed[spells.case]   # over, and no step says so
    source = np.where(spells.source == NONE, start, codes[spells.source])
    target = np.where(ends, first_end + codes[spells.target], codes[spells.target])
    target = np.where(closes, first_end + states, target)
    tau = float(observed.horizon)
    place = np.minimum((spells.end - spells.start) / tau * BINS, 2 * BINS + 1.0)
    group = spells.case % GROUPS
    done = ~spells.running | closes
    shape = (GROUPS, states + 1, 2 * states + 1, 2 * BINS + 3)
    ended = _counted(shape, place[done], group[done], source[done], target[done])
    cut = _counted(shape[:2] + shape[3:], place[~done], group[~done], source[~done])
    wins = tuple(sorted({int(codes[label]) for label in good if codes[label] < len(own)}))
    return Chain(ended, cut, codes, start, first_end, wins, tau / BINS)


def gain(chain: Chain, changed: Outcomes) -> Gain:
    """The difference that a lever makes."""
    return Gain(_jackknife(chain.base.days_open - changed.days_open),
                _jackknife(changed.days_since_good - chain.base.days_since_good))


def _jackknife(values: Floats) -> Estimate:
    """The first value with its influence values of the groups, from the values without each group."""
    rest = values[1:]
    return Estimate(float(values[0]), (len(rest) - 1) * (rest.mean() - rest))


def _counted(shape: tuple[int, ...], place: Floats, *keys: Ints) -> Floats:
    """How many, by keys and point in time; between two points each gets its part, so that means stay what they are."""
    import numpy as np

    low = np.floor(place).astype(np.int64)
    part = place - low
    at, size = np.ravel_multi_index((*keys, low), shape), int(np.prod(shape))
    lower, upper = (np.bincount(where, weights=share, minlength=size)[:size]
                    for where, share in ((at, 1 - part), (at + 1, part)))
    return np.asarray(lower + upper, dtype=float).reshape(shape)


def _curves(ended: Floats, cut: Floats) -> Floats:
    """Chance of each end at each point: (..., sources, targets, points)."""
    import numpy as np

    leaving = ended.sum(axis=-2)
    at_risk = np.cumsum((leaving + cut)[..., ::-1], axis=-1)[..., ::-1]
    hazard = np.divide(ended, at_risk[..., None, :], out=np.zeros_like(ended), where=at_risk[..., None, :] > _TINY)
    left = np.cumprod(1 - np.minimum(hazard.sum(axis=-2), 1.0), axis=-1)
    before = np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=-1)
    curves: Floats = hazard * before[..., None, :]
    return curves[..., : 2 * BINS + 1]


def _sooner(mass: Floats, factor: float) -> Floats:
    """Mass by point in time (axis 1), moved to `factor` times its point."""
    import numpy as np

    places = np.arange(mass.shape[1]) * factor
    low = np.floor(places).astype(np.int64)
    part = (places - low).reshape((1, -1) + (1,) * (mass.ndim - 2))
    moved = np.zeros((mass.shape[0], max(mass.shape[1], int(low.max()) + 2), *mass.shape[2:]))
    for place, to in enumerate(low.tolist()):
        moved[:, to] += mass[:, place] * (1 - part[:, place])
        moved[:, to + 1] += mass[:, place] * part[:, place]
    return moved[:, : mass.shape[1]]


def _outcomes(chain: Chain, kernels: Floats) -> Outcomes:
    """Where and when cases end, point by point: who comes to a step at a point came from somewhere some points ago."""
    import numpy as np

    kernels = kernels[:, : BINS + 1]
    versions, points, sources, targets = kernels.shape
    come = np.zeros((versions, points, sources))
    over = np.zeros((versions, points, targets - chain.first_end))
    states = chain.first_end
    at_once = np.zeros((versions, sources, sources))
    at_once[:, :, :states] = kernels[:, 0, :, :states]
    settle = np.linalg.inv(np.eye(sources) - (1 - _TINY) * at_once)
    flat = np.ascontiguousarray(kernels).reshape(versions, points * sources, targets)
    back = np.zeros((versions, points * sources))       # who came, the latest first, for one product a point
    for point in range(points):
        arriving = np.zeros((versions, sources))
        if point:
            back[:, sources: (point + 1) * sources] = back[:, : point * sources].copy()
            told = back[:, None, sources: (point + 1) * sources] @ flat[:, sources: (point + 1) * sources]
            arriving[:, :states] = told[:, 0, :states]
            over[:, point] = told[:, 0, states:]
        else:
            arriving[:, chain.start] = 1.0
        come[:, point] = (arriving[:, None] @ settle)[:, 0]
        over[:, point] += (come[:, point][:, None] @ kernels[:, 0, :, states:])[:, 0]
        back[:, :sources] = come[:, point]
    days = np.arange(points) * chain.width
    tau = days[-1]
    ending = over.sum(axis=2)
    good = over[:, :, list(chain.good)].sum(axis=2) if chain.good else np.zeros_like(ending)
    return Outcomes(ending @ days + (1 - ending.sum(axis=1)) * tau, good @ (tau - days))
