"""Which groups of cases take longer, and where: every column, value and step looked at, and what stands afterwards.

A group is all cases with one value of a column, or with two values of two columns. What it takes is reckoned per
passage, so that deals that skip a step do not look fast there. Whatever is searched is paid for: Benjamini & Hochberg
1995 over all groups and targets, once for single values and once for pairs, for days and for wins. A pair stands only
where its cases take longer than those that share either of its values: what one value explains is told by that value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ..stats.contrast import false_discoveries
from ..stats.subgroups import (
    Contrasts,
    People,
    Shrunk,
    adjusted,
    contrasts,
    p_of,
    people,
    shrunk,
    sums,
    widened,
)
from .segment_columns import LEAST_CASES, CaseColumn
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

LEVEL, WINS_LEVEL = 0.05, 0.02
"""Share of false discoveries allowed in each family: of days, and of wins."""
MOST_RULES = 10
STEP, WHOLE, NOT_WON = "step_days", "days_open", "not_won"
MANY_STEPS = 3
"""A group that takes longer at this many steps is told once."""
SAME = 0.9
"""Groups that share this part of their cases are one group."""


@dataclass(frozen=True, eq=False)
class Target:
    """What is compared. measure: step_days, rework_days, days_open or not_won. label: of the step, NONE where it is
    none. least: what a difference must take for a case of the group, over its whole interval. days (1 for a case that
    is not won), passages: pseudo-values, one a case. reached: cases that went through it. person: who did it in each
    case, NONE where nobody is named. blamed: whether more of it may be a claim."""

    measure: str
    label: int
    days: Floats
    passages: Floats
    reached: Bools
    person: Ints
    least: float
    blamed: bool = True


@dataclass(frozen=True)
class Condition:
    """column, value: places in the columns and their values; one or two of them."""

    parts: tuple[tuple[int, int], ...]

    def cases(self, columns: Sequence[CaseColumn]) -> Bools:
        """Which cases are meant."""
        import numpy as np

        every: Bools = np.logical_and.reduce([columns[column].cases(value) for column, value in self.parts])
        return every

    def said(self, columns: Sequence[CaseColumn]) -> str:
        """The same in words of the source: 区域 = 华南 & 产品 = A."""
        return " & ".join(columns[column].said(value) for column, value in self.parts)


@dataclass(frozen=True)
class Effect:
    """One group at one target. cases, reached: of the group. here, elsewhere: days per passage. more, low, high: the
    difference, shrunk where the group is one of many small ones, with its 95 % interval; crude: before shrinking.
    per_case: passages of a case of the group. t: crude over its error. p_adjusted: Benjamini-Hochberg."""

    condition: Condition
    target: int
    cases: int
    reached: int
    here: float
    elsewhere: float
    more: float
    low: float
    high: float
    crude: float
    per_case: float
    t: float
    p: float
    p_adjusted: float


@dataclass(frozen=True)
class Rule:
    """A group that takes longer for a reason of its own. held: columns held equal for `adjusted` (value, low, high),
    which is None where they say who is in the group. same: groups of nearly the same cases. steps: targets at which a
    group that is slow at many of them stands too."""

    effect: Effect
    held: tuple[int, ...]
    adjusted: tuple[float, float, float] | None
    same: tuple[Condition, ...]
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Search:
    """effects: every single value at every target, those of most days first. rules: at most MOST_RULES. looked_at: how
    many groups at how many targets were compared."""

    effects: tuple[Effect, ...]
    rules: tuple[Rule, ...]
    looked_at: int


def search(columns: Sequence[CaseColumn], targets: Sequence[Target]) -> Search:
    """All groups of the columns at all targets, and what stands of them."""
    families = _families(columns, targets)
    found: list[Effect] = []
    for place, target in enumerate(targets):
        if target.measure != WHOLE:
            found += _standing(columns, target, place, families[target.measure == NOT_WON])
    found, steps, targets = _gathered(columns, targets, found, families[False])
    best = sorted(found, key=lambda each: -each.low * each.per_case * each.cases / targets[each.target].least)
    every = [family for pair in families.values() for family in pair]
    effects = sorted((each for _, singles in families.values() for part in singles.effects.values() for each in part),
                     key=lambda each: (each.p_adjusted, -each.t))
    rules = tuple(_rule(columns, targets[each.target], each, steps) for each in best[:MOST_RULES])
    return Search(tuple(effects), rules, sum(family.looked_at for family in every))


# ---- all groups of a column, or of two ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Group:
    """The groups of one column or of two, at one target. conditions: one a group. contrast: against all others. p: the
    largest of what must stand. code: group of each case. able: whether enough cases went through it on all sides."""

    target: int
    conditions: tuple[Condition, ...]
    contrast: Contrasts
    p: Floats
    rises: Bools
    code: Ints
    reached: Ints
    able: Bools


@dataclass(frozen=True, eq=False)
class _Family:
    """effects: target → those that were tested. cutoff: the largest p that stands at the level."""

    effects: dict[int, list[Effect]]
    cutoff: float
    looked_at: int
    level: float


def _families(columns: Sequence[CaseColumn], targets: Sequence[Target]) -> dict[bool, tuple[_Family, _Family]]:
    """Pairs and single values, apart for days (False) and for wins (True): these are two questions."""
    singles = [group for place in range(len(columns)) for group in _single(columns, place, targets)]
    pairs = [group for first, second in combinations(range(len(columns)), 2)
             for group in _pair(columns, first, second, targets)]

    def tested(made: Sequence[_Group], wins: bool) -> _Family:
        return _tested(targets, [group for group in made if (targets[group.target].measure == NOT_WON) is wins],
                       WINS_LEVEL if wins else LEVEL)

    return {wins: (tested(pairs, wins), tested(singles, wins)) for wins in (False, True)}


def _single(columns: Sequence[CaseColumn], place: int, targets: Sequence[Target]) -> list[_Group]:
    import numpy as np

    column, groups = columns[place], []
    conditions = tuple(Condition(((place, value),)) for value in range(len(column.names)))
    for number, target in enumerate(targets):
        table = sums(column.code + 1, len(conditions) + 1, target.days, target.passages)
        there = np.bincount(column.code[target.reached] + 1, minlength=len(conditions) + 1)
        found = contrasts(table[1:], table.sum(axis=0) - table[1:])
        able = (there[1:] >= LEAST_CASES) & (there.sum() - there[1:] >= LEAST_CASES)
        groups.append(_Group(number, conditions, found, found.p, found.more > 0, column.code, there[1:], able))
    return groups


def _pair(columns: Sequence[CaseColumn], first: int, second: int, targets: Sequence[Target]) -> list[_Group]:
    """Cells of two columns: against all others, and against those that share one of the two values."""
    import numpy as np

    a, b = columns[first], columns[second]
    high, wide = len(a.names) + 1, len(b.names) + 1
    cell = (a.code + 1) * wide + b.code + 1
    inner = np.where((a.code >= 0) & (b.code >= 0), a.code * (wide - 1) + b.code, NONE)
    conditions = tuple(Condition(((first, i), (second, j))) for i in range(high - 1) for j in range(wide - 1))
    groups = []
    for number, target in enumerate(targets):
        table = sums(cell, high * wide, target.days, target.passages).reshape(high, wide, -1)
        there = np.bincount(cell[target.reached], minlength=high * wide).reshape(high, wide)
        own, went = table[1:, 1:], there[1:, 1:]
        sides = [table.sum(axis=(0, 1)) - own, table[1:].sum(axis=1, keepdims=True) - own,
                 table[:, 1:].sum(axis=0, keepdims=True) - own]
        others = [there[1:].sum(axis=1, keepdims=True) - went, there[:, 1:].sum(axis=0, keepdims=True) - went]
        flat = [contrasts(own.reshape(-1, own.shape[-1]), np.broadcast_to(side, own.shape).reshape(-1, own.shape[-1]))
                for side in sides]
        able = np.minimum.reduce([went, *others]) >= LEAST_CASES
        groups.append(_Group(number, conditions, flat[0], np.maximum.reduce([each.p for each in flat]),
                             np.logical_and.reduce([each.more > 0 for each in flat]), inner, went.reshape(-1),
                             able.reshape(-1)))
    return groups


def _tested(targets: Sequence[Target], made: Sequence[_Group], level: float) -> _Family:
    """All groups of a family with what their number costs; those that would stand are asked for their people too."""
    import numpy as np

    groups = [group for group in made if group.able.any()]
    if not groups:
        return _Family({}, 0.0, 0, level)
    hopeful = _split(groups, np.array(false_discoveries(np.concatenate([g.p[g.able] for g in groups]).tolist())))
    groups = [_with_people(group, targets[group.target]) if ((adjusted_p <= level) & group.rises[group.able]).any()
              else group for group, adjusted_p in zip(groups, hopeful, strict=True)]
    p = np.concatenate([group.p[group.able] for group in groups])
    final = np.array(false_discoveries(p.tolist()))
    effects: dict[int, list[Effect]] = {}
    for group, adjusted_p in zip(groups, _split(groups, final), strict=True):
        effects.setdefault(group.target, []).extend(_effects(group, adjusted_p))
    stands = p[final <= level]
    return _Family(effects, float(stands.max()) if len(stands) else 0.0, len(p), level)


def _split(groups: Sequence[_Group], values: Floats) -> list[Floats]:
    import numpy as np

    return np.split(values, np.cumsum([int(group.able.sum()) for group in groups])[:-1])


def _with_people(group: _Group, target: Target) -> _Group:
    """The same with the spread that people bring; what one person did alone stands for nothing."""
    import numpy as np

    found = _people(group, target)
    if found is None:
        return group
    extra = found.variance * found.apart
    variance, freedom = widened(group.contrast.variance, group.contrast.freedom, extra, found.freedom)
    p = np.maximum(group.p, p_of(group.contrast.more, np.maximum(variance, group.contrast.pooled + extra), freedom))
    return replace(group, contrast=replace(group.contrast, variance=variance, freedom=freedom),
                   p=np.where(found.alone, 1.0, p))


def _people(group: _Group, target: Target) -> People | None:
    import numpy as np

    rows = np.flatnonzero(target.reached & (target.person != NONE))
    if len(rows) < LEAST_CASES or (target.person[rows] == target.person[rows[0]]).all():
        return None
    level = np.append(group.contrast.here, float(target.days.sum() / target.passages.sum()))
    value = target.days[rows] - level[group.code[rows]] * target.passages[rows]
    return people(group.code[rows], len(group.conditions), target.person[rows], value)


def _effects(group: _Group, adjusted_p: Floats) -> Iterator[Effect]:
    import numpy as np

    places = np.flatnonzero(group.able & (group.contrast.variance > 0))
    told = dict(zip(np.flatnonzero(group.able).tolist(), adjusted_p.tolist(), strict=True))
    kept = group.contrast.pick(places)
    drawn: Shrunk = shrunk(kept.more, kept.variance, kept.freedom)
    for n, place in enumerate(places.tolist()):
        yield Effect(group.conditions[place], group.target, int(kept.cases[n]), int(group.reached[place]),
                     float(kept.here[n]), float(kept.elsewhere[n]), float(drawn.value[n]), float(drawn.low[n]),
                     float(drawn.high[n]), float(kept.more[n]), float(kept.per_case[n]),
                     float(kept.more[n] / kept.error[n]) if group.rises[place] else 0.0, float(group.p[place]),
                     told[place])


# ---- what stands -------------------------------------------------------------------------------------------------


def _standing(
    columns: Sequence[CaseColumn], target: Target, place: int, families: tuple[_Family, _Family],
) -> list[Effect]:
    """The groups at one target that matter, strongest first, pairs before single values, each on the cases that those
    before it do not explain."""
    import numpy as np

    left = np.ones(len(target.days), dtype=bool)
    chosen: list[Effect] = []
    for family in families if target.blamed else ():
        hopeful = [each for each in family.effects.get(place, []) if each.t > 0 and each.p_adjusted <= family.level
                   and each.low * each.per_case > target.least]
        for each in sorted(hopeful, key=lambda one: (-one.t, one.condition.parts)):
            here = each.condition.cases(columns)
            if _still(target, here, left, family.cutoff) and len(chosen) < MOST_RULES:
                chosen.append(_of_whole(target, each, here) if target.measure == WHOLE else each)
                left &= ~here
    return chosen


def _still(target: Target, here: Bools, left: Bools, cutoff: float) -> bool:
    """Whether a group takes longer among the cases that are left."""
    if min(int((target.reached & left & side).sum()) for side in (here, ~here)) < LEAST_CASES:
        return False
    found = _against(target, here, left)
    low = float(shrunk(found.more, found.variance, found.freedom).low[0])
    return float(found.p[0]) <= cutoff and low * float(found.per_case[0]) > target.least


def _against(target: Target, here: Bools, among: Bools) -> Contrasts:
    """A group against the others of some cases."""
    import numpy as np

    table = sums(np.where(among, here.astype(np.int64), NONE), 2, target.days, target.passages)
    return contrasts(table[1:], table[:1])


def _of_whole(target: Target, effect: Effect, here: Bools) -> Effect:
    """The effect on the whole, once what has a finding of its own is taken from it."""
    import numpy as np

    found = _against(target, here, np.ones(len(here), dtype=bool))
    drawn = shrunk(found.more, found.variance, found.freedom)
    more, low, high = (float(part[0]) for part in (drawn.value, drawn.low, drawn.high))
    return replace(effect, here=float(found.here[0]), elsewhere=float(found.elsewhere[0]), more=more, low=low,
                   high=high, crude=more, t=float(found.more[0] / found.error[0]))


def _gathered(
    columns: Sequence[CaseColumn], targets: Sequence[Target], found: list[Effect], families: tuple[_Family, _Family],
) -> tuple[list[Effect], dict[Condition, tuple[int, ...]], Sequence[Target]]:
    """What stands with the whole looked at too. A group that takes longer at MANY_STEPS steps or more is told once, by
    its whole, with those steps (by the days they take). The targets come back with the whole less what is told at
    single steps."""
    whole = next((place for place, target in enumerate(targets) if target.measure == WHOLE), None)
    if whole is None:
        return found, {}, targets
    by_group: dict[Condition, list[Effect]] = {}
    for each in (each for each in found if targets[each.target].measure == STEP):
        by_group.setdefault(each.condition, []).append(each)
    many = {group: sorted(parts, key=lambda each: -each.more * each.per_case)
            for group, parts in by_group.items() if len(parts) >= MANY_STEPS}
    single = [each for each in found if each.condition not in many or targets[each.target].measure != STEP]
    rest = _rest(targets[whole], [each for each in single if targets[each.target].measure == STEP], columns)
    standing = _standing(columns, rest, whole, families)
    told = {each.condition for each in standing}
    lost = [each for group, parts in many.items() if group not in told for each in parts]
    steps = {group: tuple(each.target for each in parts) for group, parts in many.items() if group in told}
    return [*single, *lost, *standing], steps, [*targets[:whole], rest, *targets[whole + 1:]]


def _rest(target: Target, found: Sequence[Effect], columns: Sequence[CaseColumn]) -> Target:
    """The whole, less what the groups found at single steps take."""
    import numpy as np

    days = target.days.copy()
    for each in found:
        days -= np.where(each.condition.cases(columns), each.crude * each.per_case, 0.0)
    return replace(target, days=days)


def _rule(
    columns: Sequence[CaseColumn], target: Target, effect: Effect, steps: Mapping[Condition, tuple[int, ...]],
) -> Rule:
    here = effect.condition.cases(columns)
    own = {column for column, _ in effect.condition.parts}
    same, held = [], []
    for place, column in enumerate(columns):
        alike = [value for value in range(len(column.names)) if _alike(column.cases(value), here)]
        same += [Condition(((place, value),)) for value in alike if place not in own]
        if place not in own and not alike:
            held.append(place)
    value = target.days - float(target.days.sum() / target.passages.sum()) * target.passages
    found = adjusted(here, value / effect.per_case, [(columns[k].code, len(columns[k].names)) for k in held])
    return Rule(effect, tuple(held), found, tuple(same),
                steps.get(effect.condition, ()) if target.measure == WHOLE else ())


def _alike(one: Bools, other: Bools) -> bool:
    return bool((one & other).sum() >= SAME * max(1, (one | other).sum()))
