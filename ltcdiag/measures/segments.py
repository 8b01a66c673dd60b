"""A comparison once more for each value of a column: exploration, corrected for how many values were looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..log.steps import common
from ..stats.contrast import false_discoveries
from ..stats.effects import Effect
from .comparing import LogSide, LogStudy
from .quantity import LEAST_CASES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

MOST_VALUES = 12


@dataclass(frozen=True)
class Segment:
    """One value of the column, and the effect of a primary KPI among its cases. p_adjusted of the effect: over all
    values and KPIs looked at (Benjamini-Hochberg)."""

    value: str
    effect: Effect

    def to_dict(self, by: str) -> dict[str, Any]:
        """For effects.json."""
        return {"by": by, "segment": self.value, **self.effect.to_dict()}


def segments_of(study: LogStudy, by: str) -> tuple[tuple[Segment, ...], Mapping[str, int]]:
    """The primary KPIs for each of the largest values; and value → cases of those with too few cases on a side."""
    found, small = [], {}
    counts: Counter[str] = Counter()
    for side in study.sides:
        counts.update(str(value) for value in side.log.values(by)[side.arm.rows].tolist() if value != "")
    for value, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES]:
        part = _within(study, by, value)
        if min(side.arm.n for side in part.every) < LEAST_CASES:
            small[value] = n
        else:
            found += [Segment(value, effect) for effect in part.effects().effects]
    return tuple(corrected(found)), small


def _within(study: LogStudy, by: str, value: str) -> LogStudy:
    asked = replace(study.asked, kpis=study.asked.primary)
    first, second = (_narrowed(side, by, value) for side in study.sides)
    control = None
    if study.control is not None:
        before, after = (_narrowed(side, by, value) for side in study.control)
        control = (before, after)
    return LogStudy((first, second), asked, control)


def _narrowed(side: LogSide, by: str, value: str) -> LogSide:
    import numpy as np

    having = np.flatnonzero([str(each) == value for each in side.log.values(by).tolist()])
    return replace(side, among=having if side.among is None else common(side.among, having))


def corrected(found: list[Segment]) -> Iterator[Segment]:
    """Verdicts that hold although several values were looked at."""
    known = [each for each in found if each.effect.difference is not None]
    adjusted = dict(zip(map(id, known), false_discoveries(
        [each.effect.difference.p for each in known if each.effect.difference is not None]), strict=True))
    for each in found:
        p = adjusted.get(id(each))
        lost = each.effect.verdict in ("improved", "worsened") and (p is None or p > 0.05)
        verdict = "cannot_tell" if lost else each.effect.verdict
        yield Segment(each.value, replace(each.effect, p_adjusted=p, verdict=verdict, exploratory=True))
