"""A comparison of logs as a value: its effects, and the views that show where a difference lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..domain.reference import ReferenceModel, load_model
from ..log.results import DifferenceMap, Funnel, StageLedgers, VariantChanges
from ..stats.curves import Curve, incidence
from ..stats.effects import Effect, Effects
from .compared_log import ComparedLog
from .comparing import LogSide, LogStudy
from .differences import map_of
from .funnels import funnel_of
from .observed import Observed, case_clock
from .paths import Pair, pair_of_steps
from .segments import Segment, segments_of
from .stage_ledgers import ledgers_of
from .variant_changes import changes_of
from .windows import seen_in


@dataclass(frozen=True, eq=False)
class Comparison:
    """effects: every KPI with its verdict, the pace, the doubts. The views are made of the same cases, seen in the same
    windows. by: column whose values are compared one by one, or ""."""

    effects: Effects = field(repr=False)
    study: LogStudy = field(repr=False)
    by: str = ""

    @classmethod
    def of(cls, study: LogStudy, by: str = "") -> Comparison:
        """The comparison of a study."""
        return cls(study.effects(), study, by)

    def __iter__(self) -> Iterator[Effect]:
        return iter(self.effects.effects)

    def __getitem__(self, kpi: int | str) -> Effect:
        return self.effects[kpi]

    def __str__(self) -> str:
        return str(self.effects)

    def _repr_html_(self) -> str:
        return self.effects._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """The content of effects.json."""
        said = self.effects.to_dict()
        return said if not self.by else {**said, "segments": [each.to_dict(self.by) for each in self.segments[0]]}

    @cached_property
    def segments(self) -> tuple[tuple[Segment, ...], Mapping[str, int]]:
        """The primary KPIs for each value of the column `by`, and the values with too few cases."""
        return segments_of(self.study, self.by) if self.by else ((), {})

    @cached_property
    def sides(self) -> tuple[Observed, Observed]:
        """Both sides with one horizon. Raises ValueError where they carry none."""
        sides = self.study.sides
        days = [side.observed(self.study.asked.horizon).horizon for side in sides]
        if not all(days):
            raise ValueError("the sides carry no horizon")
        return sides[0].observed(min(days)), sides[1].observed(min(days))

    def case_sides(self) -> list[tuple[ComparedLog, list[str]]]:
        """Each log with the side of each of its cases, in the order of their numbers: a name of a side, "both",
        "control" or "out_of_scope"."""
        import numpy as np

        names, found = self.effects.names, []
        for log in dict.fromkeys(side.log for side in self.study.sides):
            sides = np.full(log.table.n, "out_of_scope", dtype=object)
            for side in self.study.control or ():
                sides[side.arm.rows] = "control"
            for name, side in zip(names, self.study.sides, strict=True):
                mine = side.arm.rows if side.log is log else np.array([], dtype=np.int64)
                sides[mine] = np.where(sides[mine] == names[0], "both", name)
            found.append((log, sides.tolist()))
        return found

    def stage_ledgers(self, model: ReferenceModel | None = None) -> StageLedgers:
        """Days per case in each stage, both sides. Raises ValueError where the sides carry no horizon."""
        return ledgers_of(self.sides, model or load_model("ltc"))

    def funnel(self) -> Funnel:
        """Who comes to which main stage, both sides. Raises InputError where no step has one, ValueError as above."""
        return funnel_of(dict(zip(("before", "after"), self.sides, strict=True)))

    def incidence(self) -> tuple[Curve, Curve]:
        """The share of cases that closed by each day, both sides. Raises ValueError as above."""
        found = []
        for side in self.sides:
            clock = case_clock(side.steps)
            found.append(incidence(clock, clock.closed, tau=side.horizon))
        return found[0], found[1]

    def difference_map(self, level: str = "activity") -> DifferenceMap:
        """Which moves became more or less common, slower or faster. Raises InputError where cases are few."""
        return map_of(self.pair(level), level)

    def variant_changes(self, level: str = "activity") -> VariantChanges:
        """Variants gained and lost. Raises InputError where cases are few."""
        return changes_of(self.pair(level), level)

    def pair(self, level: str = "activity") -> Pair:
        """Both sides cut to the same first days of their cases."""
        first, second = self.study.sides
        return pair_of_steps((_whole(first), _whole(second)), (first.log.stages, second.log.stages), level=level)


def _whole(side: LogSide) -> Any:
    """The steps of the cases that began in the window: of older ones nobody compares the first days."""
    import numpy as np

    from ..stats.clock_table import DAY

    table = side.log.table
    rows = side.arm.rows[table.entered[side.arm.rows] >= side.window.starts]
    last = side.window.seen_to - (DAY if table.whole_days else 0)
    return seen_in(side.log.steps, np.asarray(rows), since=side.window.since, last=last)
