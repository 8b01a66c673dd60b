"""The indicators of a plain clock table: a mark on the clock, a unit, a direction, and the columns it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .arms import Arm
from .estimator import Estimate, Timeline
from .intervals import Interval, amount_interval, share_interval


@dataclass(frozen=True)
class ClockKpi:
    """unit: days, share or money. needs: columns. estimate: of an arm on its timeline."""

    unit: str
    direction: str
    needs: tuple[str, ...]
    estimate: Callable[[Arm, Timeline], Estimate]

    @property
    def share(self) -> bool:
        """Whether it lies between 0 and 1."""
        return self.unit == "share"

    def interval(self, estimate: Estimate) -> Interval:
        """The interval of one arm's level."""
        return share_interval(estimate) if self.share else amount_interval(estimate)


CLOCK_KPIS: Mapping[str, ClockKpi] = MappingProxyType({
    "days_open": ClockKpi("days", "lower_is_better", (), lambda _, timeline: timeline.days_open()),
    "win_rate": ClockKpi("share", "higher_is_better", ("outcome",),
                         lambda arm, timeline: timeline.points(arm.closings("won"))),
    "loss_rate": ClockKpi("share", "lower_is_better", ("outcome",),
                          lambda arm, timeline: timeline.points(arm.closings("lost"))),
    "value_per_case": ClockKpi("money", "higher_is_better", ("outcome", "value"),
                               lambda arm, timeline: timeline.points(arm.closings("value"))),
})
