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
from typing import TYPE_CHECKING, Any

from ..log.steps import stretches, with_none
from ..stats.estimator import Estimate
from .observed import Observed
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Complex = NDArray[np.complex128]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

BINS = 120
"""Points in time from the beginning of a case to its horizon."""
MOST_STEPS = 24
"""So many steps, the most frequent, have curves of their own; the others share one."""
GROUPS = 20
_TINY = 1e-9
_LENGTH = 256
"""Points of the transform: twice those of the horizon and more."""
_SHRUNK = 10.0 ** (-10 / _LENGTH)
"""Radius of the circle: what wraps around counts 1e-10 of itself."""


@dataclass(frozen=True, eq=False)
class Chain:
    """The curves of a log, of the ways that were ever gone: most steps follow on few others. source, target: of each
    way, in the order of both. ended: finished spells by group of cases, point in time and way; cut: running ones by
    group, point and source. codes: label → its place among the sources and targets; `start` is the source before the
    first step; targets from `first_end` on are the ends of a case. good: which of them are wins or payments. width:
    days between two points."""

    source: Ints
    target: Ints
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
        return self._read(self._ways[:, :, self.start], *self._over)

    @cached_property
    def curves(self) -> Floats:
        """Chance that a spell from the source of a way ends as the way does at a point in time: of all cases first,
        then without each group; shape (1 + groups, points, ways)."""
        import numpy as np

        ended = np.concatenate([self.ended.sum(0)[None], self.ended.sum(0)[None] - self.ended])
        cut = np.concatenate([self.cut.sum(0)[None], self.cut.sum(0)[None] - self.cut])
        return _curves(ended, cut, self.source)

    def shortened(self, label: int, factor: float) -> Outcomes:
        """If the way to a step took so much of its time (0.5: half)."""
        return self.changed({label: factor})

    def changed(self, factors: Mapping[int, float]) -> Outcomes:
        """The same for several steps at once. A step changes one column of the chain, so the sum over all ways follows
        from that of the base (Sherman & Morrison 1950, doi:10.1214/aoms/1177729893); asked for are the ways from the
        start, and those from each of the steps on the way there."""
        import numpy as np

        codes = [int(self.codes[label]) for label in factors]
        ways, (over, well) = self._ways[:, :, [self.start, *codes]], self._over
        for place, (code, factor) in enumerate(zip(codes, factors.values(), strict=True), start=1):
            step, end = (self._quicker(target, factor) for target in (code, code + self.first_end))
            come = np.einsum("vfij,vfj->vfi", ways, step)
            ways = ways + come[..., None] * (ways[:, :, place] / (1 - come[:, :, place])[..., None])[:, :, None]
            over, well = over + end, well + end if code in self.good else well
        return self._read(ways[:, :, 0], over, well)

    def _quicker(self, target: int, factor: float) -> Complex:
        """What the chances to come to a target gain by frequency and source, if all took so much of their time."""
        there = self.target == target
        mass = self.curves[..., there]
        return self._from(_transformed(_sooner(mass, factor)) - _transformed(mass), self.source[there])

    def _from(self, values: Complex, source: Ints) -> Complex:
        """Values of ways (the last axis) summed by source."""
        return _summed(values, source, self.first_end + 1)

    @cached_property
    def _ways(self) -> Complex:
        """Sum over all ways from each source to each, by frequency: (1 - Q)^-1. Nobody comes back to the start."""
        import numpy as np

        on = self.target < self.first_end
        steps = _transformed(self.curves[..., on])
        whole: Complex = np.zeros((*steps.shape[:2], self.first_end + 1, self.first_end + 1), dtype=np.complex128)
        whole[:, :, self.source[on], self.target[on]] = steps
        return np.linalg.inv(np.eye(self.first_end + 1) - whole).astype(np.complex128, copy=False)

    @cached_property
    def _over(self) -> tuple[Complex, Complex]:
        """From each source to an end of the case, and to a good end, by frequency."""
        import numpy as np

        ends = self.target >= self.first_end
        good = np.isin(self.target, np.array(self.good, dtype=np.int64) + self.first_end)
        over, well = (self._from(_transformed(self.curves[..., some]), self.source[some]) for some in (ends, good))
        return over, well

    def _read(self, begun: Complex, over: Complex, well: Complex) -> Outcomes:
        """When cases end, by the ways from the start: back from frequencies to points in time."""
        import numpy as np

        ending, good = (_back(np.einsum("vfi,vfi->vf", begun, ends)) for ends in (over, well))
        days = np.arange(BINS + 1) * self.width
        tau = days[-1]
        return Outcomes(ending @ days + (1 - ending.sum(axis=1)) * tau, good @ (tau - days))


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
    width, tau = 2 * states + 1, float(observed.horizon)

    def moves(part: slice) -> tuple[Ints, Ints, Bools, Floats, Ints]:
        """Of some spells: source, target, whether they have ended, point in time, group."""
        case, step, running = spells.case[part], spells.step[part], spells.step[part] == NONE
        last = with_none(steps.case)[step + 1] != case
        ends = ~running & last & steps.closed[case] & (steps.ended[step] == steps.left[case])
        closes = running & steps.closed[case]   # over, and no step says so
        source = np.where(spells.source[part] == NONE, start, codes[spells.source[part]])
        target = codes[spells.target[part]] + np.where(ends, first_end, 0)
        place = np.minimum((spells.end[part] - spells.start[part]) / tau * BINS, 2 * BINS + 1.0)
        return source, np.where(closes, first_end + states, target), ~running | closes, place, case % GROUPS

    there = np.zeros((states + 1) * width, dtype=bool)
    for part in stretches(len(spells.case)):
        source, target, done, _, _ = moves(part)
        there[source[done] * width + target[done]] = True
    gone, number = np.flatnonzero(there), np.cumsum(there) - 1
    ended, cut = _Counts.of(len(gone)), _Counts.of(states + 1)
    for part in stretches(len(spells.case)):
        source, target, done, place, group = moves(part)
        ended.add(place[done], group[done], number[source[done] * width + target[done]])
        cut.add(place[~done], group[~done], source[~done])
    wins = tuple(sorted({int(codes[label]) for label in good if codes[label] < len(own)}))
    return Chain(gone // width, gone % width, ended.whole, cut.whole, codes, start, first_end, wins, tau / BINS)


def gain(chain: Chain, changed: Outcomes) -> Gain:
    """The difference that a lever makes."""
    return Gain(_jackknife(chain.base.days_open - changed.days_open),
                _jackknife(changed.days_since_good - chain.base.days_since_good))


def _jackknife(values: Floats) -> Estimate:
    """The first value with its influence values of the groups, from the values without each group."""
    rest = values[1:]
    return Estimate(float(values[0]), (len(rest) - 1) * (rest.mean() - rest))


@dataclass(frozen=True, eq=False)
class _Counts:
    """How many, by group, point in time and kind; between two points each gets its part (lower, upper), so that means
    stay what they are."""

    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, kinds: int) -> _Counts:
        """None yet."""
        import numpy as np

        shape = (GROUPS, 2 * BINS + 3, kinds)
        return cls(np.zeros(shape), np.zeros(shape))

    def add(self, place: Floats, group: Ints, kind: Ints) -> None:
        """Counts some spells in."""
        import numpy as np

        low = np.floor(place).astype(np.int64)
        for counts, at, share in ((self.lower, low, 1 - (place - low)), (self.upper, low + 1, place - low)):
            np.add.at(counts.reshape(-1), np.ravel_multi_index((group, at, kind), counts.shape), share)

    @property
    def whole(self) -> Floats:
        """Both together."""
        return self.lower + self.upper


def _curves(ended: Floats, cut: Floats, source: Ints) -> Floats:
    """Chance of each way at each point: (..., points, ways)."""
    import numpy as np

    sources = cut.shape[-1]
    at_risk = np.cumsum((_summed(ended, source, sources) + cut)[:, ::-1], axis=1)[:, ::-1][..., source]
    hazard = np.divide(ended, at_risk, out=np.zeros_like(ended), where=at_risk > _TINY)
    left = np.cumprod(1 - np.minimum(_summed(hazard, source, sources), 1.0), axis=1)
    before = np.concatenate([np.ones_like(left[:, :1]), left[:, :-1]], axis=1)
    curves: Floats = hazard * before[..., source]
    return curves[:, : 2 * BINS + 1]


def _summed(values: NDArray[Any], kind: Ints, kinds: int) -> NDArray[Any]:
    """Sums of the last axis by kind, which is in order."""
    import numpy as np

    found = np.zeros((*values.shape[:-1], kinds), dtype=values.dtype)
    there, first = np.unique(kind, return_index=True)
    if len(there):
        found[..., there] = np.add.reduceat(values, first, axis=-1)
    return found


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


def _transformed(mass: Floats) -> Complex:
    """A row of points in time (axis 1) up to the horizon as a power series on a circle a little inside the unit circle,
    so that what wraps around is nothing (Abate & Whitt 1992, doi:10.1007/BF01158520)."""
    import numpy as np

    kept = mass[:, : BINS + 1]
    weights = _SHRUNK ** np.arange(kept.shape[1]).reshape((1, -1) + (1,) * (mass.ndim - 2))
    found: Complex = np.fft.rfft(kept * weights, n=_LENGTH, axis=1)
    return found


def _back(series: Complex) -> Floats:
    """The points in time of a power series."""
    import numpy as np

    found: Floats = np.fft.irfft(series, n=_LENGTH, axis=1)[:, : BINS + 1] / _SHRUNK ** np.arange(BINS + 1)
    return found
