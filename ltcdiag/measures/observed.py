"""What can be estimated about a log: its case clock, its spells and loops, asked once and kept by every claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..domain.stages import Stages, load_stages
from ..log.event_log import EventLog
from ..log.steps import Steps, first_of_each, stretches
from ..stats.case_clock import LEAST_WATCHED, CaseClock, horizon, watched_to
from ..stats.estimator import Estimate, Points, Spans, Timeline
from .facts import Facts
from .loops import Loops, loops_of
from .spells import DAY, NONE, Spells, Spread, spells_of, spread
from .step_kinds import StepKinds, kinds_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Observed:
    """A log ready for estimation.

    horizon: days after its beginning for which a case is followed. asked: the horizon somebody asked for. timeline:
    None where nothing can be estimated, for the reason `why_not` ("closing_unknown" or "too_young"; "" where there is
    a timeline). stage: canonical stage of each label, None where it has none. recorded: the steps at the times of the
    source, where `steps` are on a working clock; else the same. facts: what is known beside the steps. kinds: what the
    labels mean for doing something again.
    """

    steps: Steps
    spells: Spells
    loops: Loops
    stage: tuple[str | None, ...]
    horizon: int
    timeline: Timeline | None
    why_not: str
    asked: int | None = None
    recorded: Steps | None = None
    facts: Facts = field(default_factory=Facts)
    kinds: StepKinds = field(default_factory=StepKinds)

    @cached_property
    def spread(self) -> Spread:
        """Where the spells lead, by label of the step."""
        return spread(self.spells)

    @cached_property
    def days_open(self) -> Estimate:
        """Mean days open within the horizon."""
        return self.watch.days_open()

    @property
    def watch(self) -> Timeline:
        """The timeline. Raises ValueError where there is none."""
        if self.timeline is None:
            raise ValueError(self.why_not)
        return self.timeline

    def age_at(self, rows: Ints) -> Floats:
        """Age of the case (days) at some steps. Reckoned where it is asked for: a log of millions of steps keeps their
        moments once."""
        ages: Floats = (self.steps.ended[rows] - self.steps.entered[self.steps.case[rows]]) / DAY
        return ages

    def length_at(self, rows: Ints) -> Floats:
        """Length (days) of the spells that some steps end."""
        import numpy as np

        case, before = self.steps.case[rows], np.maximum(rows, 1) - 1
        follows = (rows > 0) & (self.steps.case[before] == case)
        lengths: Floats = self.age_at(rows) - np.where(follows, self.age_at(before), 0.0)
        return lengths

    @cached_property
    def rework(self) -> Bools:
        """Which steps end a spell of rework."""
        found: Bools = self.loops.closed_by != NONE
        return found

    @cached_property
    def heading(self) -> Ints:
        """The step that each running spell most likely leads to; NONE for finished spells and where nobody knows."""
        import numpy as np

        best = np.full(len(self.spells.case), NONE, dtype=self.spells.target.dtype)
        chosen = self.spells.running[self.spread.row] & (self.spread.weight > 0)
        row, key, weight = self.spread.row[chosen], self.spread.key[chosen], self.spread.weight[chosen]
        order = np.lexsort((-weight, row))      # of equal weights the first stays first
        rows, first = first_of_each(row[order])
        best[rows] = key[order][first]
        return best

    def days(self, keys: Spread, chosen: Ints, *, start: Floats | None = None, end: Floats | None = None) -> Estimate:
        """Mean days per case in the chosen rows of a spread; start and end replace the ends of the spells."""
        spells = self.spells
        first, last = spells.start if start is None else start, spells.end if end is None else end

        def part(at: slice) -> Spans:
            row = keys.row[chosen[at]]
            return Spans(spells.case[row], first[row], last[row], keys.weight[chosen[at]])

        return self.watch.spans(map(part, stretches(len(chosen))))

    def passages(self, keys: Spread, chosen: Ints) -> Estimate:
        """Mean number per case of the chosen rows of a spread that begin within the horizon."""

        def part(at: slice) -> Points:
            row = keys.row[chosen[at]]
            return Points(self.spells.case[row], self.spells.start[row], keys.weight[chosen[at]])

        return self.watch.points(map(part, stretches(len(chosen))))

    def times(self, rows: Ints) -> Estimate:
        """Mean number per case of some steps."""
        import numpy as np

        return self.watch.points(Points(self.steps.case[rows[at]], self.age_at(rows[at]), np.ones(len(rows[at])))
                                 for at in stretches(len(rows)))

    def rework_days(self, steps: Bools) -> Estimate:
        """Mean days of rework per case in the spells before the chosen steps, booked when their loop closes."""
        import numpy as np

        rows = np.flatnonzero(steps & self.rework)
        closing = self.age_at(self.loops.closed_by[rows])
        return self.watch.points(Points(self.steps.case[rows], closing, self.length_at(rows)))

    def reached(self, steps: Bools) -> Estimate:
        """Share of cases that come to one of the chosen steps within the horizon."""
        import numpy as np

        rows = np.flatnonzero(steps)
        return self.times(rows[first_of_each(self.steps.case[rows])[1]])


def observe(log: EventLog, *, chain: Stages | None = None) -> Observed:
    """The log as the claims see it."""
    return observed_of(log.tables.steps(), log.stages, chain=chain)


def observed_of(
    steps: Steps, stages: Mapping[str, str | None], *, chain: Stages | None = None, asked: int | None = None,
    recorded: Steps | None = None, facts: Facts | None = None,
) -> Observed:
    """Steps ready for estimation. stages: activity → canonical stage or None. asked: a horizon (days), where somebody
    asks for one; else the longest that the data carry. recorded: the same steps at the times of the source, where
    `steps` are on a working clock: what was logged twice or corrected is told by these times, on every clock alike."""
    import numpy as np

    stage = tuple(stages.get(label) for label in steps.labels)
    order, usual = _chain_order(stage, chain or load_stages())
    kinds = kinds_of(steps.labels, stage, (chain or load_stages()).stages)
    clock = case_clock(steps)
    tau = horizon_of(clock, asked) if steps.known and steps.cases else None
    why_not = "" if tau else "too_young" if steps.known else "closing_unknown"
    return Observed(
        steps=steps,
        spells=spells_of(steps),
        loops=loops_of(recorded or steps, usual=usual, order=np.array(order, dtype=np.int64), kinds=kinds),
        kinds=kinds,
        stage=stage,
        horizon=tau or 0,
        timeline=Timeline(clock, tau) if tau else None,
        why_not=why_not,
        asked=asked,
        recorded=recorded,
        facts=facts or Facts(),
    )


def horizon_of(clock: CaseClock, asked: int | None = None) -> int | None:
    """The horizon asked for, if enough cases could have been watched that long; without one, the longest round one."""
    import numpy as np

    if asked is None:
        return horizon(clock)
    enough = int(np.count_nonzero((clock.follow_up >= asked) & (clock.entry <= asked))) >= LEAST_WATCHED
    return asked if enough and watched_to(clock) >= asked else None


def case_clock(steps: Steps) -> CaseClock:
    """The clock of the cases: watched from their beginning, or since somebody watches, to their closing or the as-of
    moment."""
    import numpy as np

    stay = (steps.left - steps.entered) / DAY
    could = np.maximum(stay, (steps.as_of - steps.entered) / DAY)
    return CaseClock(late_by(steps, np.arange(steps.cases), steps.entered), stay, steps.closed, could)


def late_by(steps: Steps, case: Ints, begun: Ints) -> Floats:
    """Days from a beginning (µs, one a case) until watching of that case began."""
    import numpy as np

    if steps.watched is None:
        return np.zeros(len(case))
    late: Floats = np.maximum(0, steps.watched[case] - begun) / DAY
    return late


def _chain_order(stage: tuple[str | None, ...], chain: Stages) -> tuple[list[int], frozenset[int]]:
    """Place of each label in the chain (NONE without a stage or beside the chain), and labels that come again as part
    of the work."""
    order = [NONE if key is None or chain[key].side else chain[key].order for key in stage]
    usual = frozenset(code for code, key in enumerate(stage) if key is not None and chain[key].repeats)
    return order, usual


def by_stage(observed: Observed) -> Mapping[str, tuple[int, ...]]:
    """Labels of each stage; a label without a stage stands for itself."""
    groups: dict[str, list[int]] = {}
    for code, label in enumerate(observed.steps.labels):
        groups.setdefault(observed.stage[code] or label, []).append(code)
    return {key: tuple(codes) for key, codes in groups.items()}
