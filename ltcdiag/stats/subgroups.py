"""Groups of cases against all other cases: days per passage, the spread that people bring, small groups shrunk.

Every quantity comes as pseudo-values, one number a case (value + influence of an `Estimate`), so that the level of a
group is a plain mean and what a group takes per passage a ratio of two means:

- difference of two ratios: each linearised (delta method), freedom by Satterthwaite 1946, doi:10.2307/3002019;
- people: who works mostly for one group makes that group look slow or fast by himself. The variance between people
  within groups is estimated by moments (one-way layout of unequal sizes: Searle, Casella & McCulloch 1992, ISBN
  978-0-471-62162-6) and weighs as much as the groups have different people;
- shrinkage: normal-normal, variance between groups by DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2,
  interval of the shrunk value by Morris 1983, doi:10.1080/01621459.1983.10477920.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from .case_clock import Floats, Ints
from .intervals import LEVEL

LEAST_GROUPS = 4
"""With fewer groups than this nobody knows how groups differ, and nothing is shrunk."""
ONE_PERSON = 0.8
"""Whoever did more than this part of a group's passages, and is hardly seen elsewhere, is the group."""
Table = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Groups against others, an entry each. here, elsewhere: level (days per passage). more: here less elsewhere.
    variance, freedom: of `more`. pooled: its variance if all cases were alike. per_case: passages of a case in the
    group. cases: in the group."""

    here: Floats
    elsewhere: Floats
    more: Floats
    variance: Floats
    freedom: Floats
    pooled: Floats
    per_case: Floats
    cases: Floats

    @property
    def error(self) -> Floats:
        """Standard error of `more`."""
        error: Floats = np.sqrt(self.variance)
        return error

    @property
    def p(self) -> Floats:
        """Two-sided p of no difference, by the larger of both variances: where a few cases stay far longer than all
        others, a group without any of them has a small variance of its own and would look fast for that reason alone.
        1 where nothing can be compared."""
        return p_of(self.more, np.maximum(self.variance, self.pooled), self.freedom)

    def pick(self, places: Ints | NDArray[np.bool_]) -> Contrasts:
        """Some of them."""
        return Contrasts(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


def p_of(more: Floats, variance: Floats, freedom: Floats) -> Floats:
    """Two-sided p of Student's t; 1 where there is no variance."""
    there = variance > 0
    t = np.where(there, np.abs(more), 0.0) / np.sqrt(np.where(there, variance, 1.0))
    p: Floats = np.where(there, 2 * stdtr(np.maximum(freedom, 1.0), -t), 1.0)
    return p


def sums(code: Ints, groups: int, days: Floats, passages: Floats) -> Table:
    """A row a group (codes 0 to groups - 1, -1 is none): cases, days, passages, and their squares and product."""
    there = code >= 0
    codes, d, p = (code, days, passages) if there.all() else (code[there], days[there], passages[there])
    columns = (None, d, p, d * d, d * p, p * p)
    return np.stack([np.bincount(codes, weights=each, minlength=groups).astype(float) for each in columns], axis=-1)


def contrasts(here: Table, elsewhere: Table) -> Contrasts:
    """Rows of sums against rows of sums of other cases. Where either has fewer than two cases or no passages, `more`
    and its variance are 0."""
    first, second = _levels(here), _levels(elsewhere)
    able = first.able & second.able
    parts = np.where(able, first.variance, 0.0), np.where(able, second.variance, 0.0)
    variance = parts[0] + parts[1]
    below = sum(part**2 / np.maximum(level.n - 1, 1) for part, level in zip(parts, (first, second), strict=True))
    freedom = np.divide(variance**2, below, out=np.ones_like(variance), where=below > 0)
    more = np.where(able, first.value - second.value, 0.0)
    return Contrasts(first.value, second.value, more, variance, freedom, _pooled(here, elsewhere, able), first.per_case,
                     first.n)


def _pooled(here: Table, elsewhere: Table, able: NDArray[np.bool_]) -> Floats:
    """The variance of a difference where all cases take the same per passage and spread alike."""
    n, days, passages, dd, dp, pp = np.moveaxis(here + elsewhere, -1, 0)
    ratio = np.where(able, days / np.where(able, passages, 1.0), 0.0)
    spread = np.maximum(dd - 2 * ratio * dp + ratio**2 * pp, 0.0) / np.maximum(n - 1, 1)
    below = sum(np.where(able, each[..., 0] / np.where(able, each[..., 2], 1.0) ** 2, 0.0)
                for each in (here, elsewhere))
    found: Floats = np.where(able, spread * below, 0.0)
    return found


@dataclass(frozen=True, eq=False)
class _Levels:
    value: Floats
    variance: Floats
    n: Floats
    per_case: Floats
    able: NDArray[np.bool_]


def _levels(table: Table) -> _Levels:
    """Days per passage of each row, with the variance of that ratio."""
    n, days, passages, dd, dp, pp = np.moveaxis(table, -1, 0)
    able = (n >= 2) & (passages > 1e-9)
    whole = np.where(able, n, 2.0)
    per_case = np.where(able, passages / whole, 1.0)
    value = np.where(able, days / np.where(able, passages, 1.0), 0.0)
    spread = np.maximum(dd - 2 * value * dp + value**2 * pp, 0.0) / whole
    return _Levels(value, spread / (whole - 1) / per_case**2, n, np.where(able, per_case, 0.0), able)


# ---- people --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class People:
    """How much people matter to the groups of one column. variance: between people within groups (0 where it cannot be
    told). freedom: people less groups. apart: per group, the sum of squared differences between its shares of people
    and those of the others. alone: which groups are the work of one person who is hardly seen elsewhere."""

    variance: float
    freedom: float
    apart: Floats
    alone: NDArray[np.bool_]


def people(code: Ints, groups: int, person: Ints, value: Floats) -> People:
    """code: group of each passage (-1: none of them, still others). person: who did it (known everywhere). value: its
    days less the level of its group."""
    names, who = np.unique(person, return_inverse=True)
    table = np.bincount((code + 1) * len(names) + who, minlength=(groups + 1) * len(names)).astype(float)
    counts = table.reshape(groups + 1, len(names))
    inside, whole = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
    share = counts / np.maximum(inside, 1)
    others = (whole - counts) / np.maximum(inside.sum() - inside, 1)
    most = share.argmax(axis=1)
    rows = np.arange(groups + 1)
    alone = (share[rows, most] > ONE_PERSON) & (others[rows, most] < 1 - ONE_PERSON)
    total = np.bincount((code + 1) * len(names) + who, weights=value, minlength=table.size).astype(float)
    variance, freedom = _between(table, counts, inside, total, float(value @ value))
    return People(variance, freedom, ((share - others) ** 2).sum(axis=1)[1:], alone[1:])


def _between(table: Floats, counts: Table, inside: Table, total: Floats, squares: float) -> tuple[float, float]:
    """Variance between the people of a group, by moments, and its freedom."""
    used = table > 0
    n, cells, groups = float(table.sum()), int(used.sum()), int((inside > 0).sum())
    if cells <= groups or n <= cells:
        return 0.0, 0.0
    between = float((total[used] ** 2 / table[used]).sum())
    of_groups = float((total.reshape(counts.shape).sum(axis=1) ** 2 / np.maximum(inside[:, 0], 1)).sum())
    within = max(squares - between, 0.0) / (n - cells)
    size = (n - float((counts**2 / np.maximum(inside, 1)).sum())) / (cells - groups)
    variance = ((between - of_groups) / (cells - groups) - within) / size if size > 0 else 0.0
    return max(variance, 0.0), float(cells - groups)


def widened(variance: Floats, freedom: Floats, extra: Floats, extra_freedom: float) -> tuple[Floats, Floats]:
    """A variance with that of people added, and the freedom of both."""
    whole = variance + extra
    below = variance**2 / np.maximum(freedom, 1.0) + extra**2 / max(extra_freedom, 1.0)
    found = np.divide(whole**2, below, out=np.maximum(freedom, 1.0).copy(), where=below > 0)
    return whole, found


# ---- small groups --------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Shrunk:
    """value, low and high of each group: drawn to the mean of all as far as its own data are weak; 95 %."""

    value: Floats
    low: Floats
    high: Floats


def shrunk(more: Floats, variance: Floats, freedom: Floats) -> Shrunk:
    """Differences of several groups of one column. With fewer than LEAST_GROUPS of them they stay as they are."""
    k = len(more)
    reach = stdtrit(np.maximum(freedom, 1.0), (1 + LEVEL) / 2)
    if k < LEAST_GROUPS:
        return _around(more, reach * np.sqrt(variance))
    weight = 1 / variance
    centre = float(weight @ more / weight.sum())
    heterogeneity = float(weight @ (more - centre) ** 2)
    between = max(0.0, (heterogeneity - (k - 1)) / float(weight.sum() - (weight @ weight) / weight.sum()))
    inverse = 1 / (variance + between)
    mean = float(inverse @ more / inverse.sum())
    pull = (k - 3) / (k - 1) * variance * inverse
    value = mean + (1 - pull) * (more - mean)
    spread = variance * (1 - (k - 1) / k * pull) + 2 / (k - 3) * pull**2 * (more - mean) ** 2
    return _around(value, reach * np.sqrt(spread))


def _around(value: Floats, reach: Floats) -> Shrunk:
    return Shrunk(value, value - reach, value + reach)


# ---- the mix of the other columns ----------------------------------------------------------------------------


def adjusted(group: NDArray[np.bool_], value: Floats, others: Sequence[tuple[Ints, int]],
             ) -> tuple[float, float, float] | None:
    """Mean difference of a value between a group and all others at the same mix of other columns (codes, how many), by
    least squares with errors HC1 (MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7): value, low, high. None
    where the other columns say who is in the group."""
    n = len(value)
    parts = [np.ones(n), group.astype(float)]
    for code, many in others:
        parts += [(code == place).astype(float) for place in range(many)]
    design = np.column_stack(parts)
    gram = design.T @ design
    inverse = np.linalg.pinv(gram, rcond=1e-9, hermitian=True)
    slopes = inverse @ (design.T @ value)
    left = value - design @ slopes
    pull = (design @ inverse[1]) * left
    rank = int(np.linalg.matrix_rank(gram, hermitian=True))
    alone = int(np.linalg.matrix_rank(np.delete(np.delete(gram, 1, 0), 1, 1), hermitian=True))
    if rank == alone or n <= rank:
        return None
    error = float(np.sqrt(pull @ pull * n / (n - rank)))
    reach = float(stdtrit(n - rank, (1 + LEVEL) / 2)) * error
    return float(slopes[1]), float(slopes[1]) - reach, float(slopes[1]) + reach
