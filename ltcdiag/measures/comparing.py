"""One comparison of logs: the indicators of cases after against those of cases before, or of one group against another.

A side is a log with a window of time and, if asked, only some of its cases. It is shown to the measures as it could be
seen in its window (`windows.seen_in`), so that every KPI card is compared by the same code that measures it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..domain.kpis import load_kpis
from ..log.steps import Steps, common
from ..stats import guards
from ..stats.arms import Arm, Axis, Window, arm
from ..stats.clock_table import DAY, day_text
from ..stats.contrast import Difference, Sample, coded, difference, mix_of, of_differences
from ..stats.doubts import Scene, doubts
from ..stats.effects import Caution, Compared, Effects, Judging, Level, in_words, judged
from ..stats.pace import Pace, Side, pace
from ..words import Texts, in_all
from .compared_log import ComparedLog
from .doubtful_cases import with_other_ways
from .facts import Facts
from .kpis import measured, notes_of
from .observed import Observed, observed_of
from .quantity import Lacking, Measured, Quantity
from .windows import seen_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Matrix = NDArray[np.float64]

MONTH = 30.4375


@dataclass(frozen=True)
class Question:
    """What is asked of two sides. kpis: keys of the cards, the primary ones first. adjust_for: columns whose mix is
    held equal. cluster: column of owners, or "". worthwhile: KPI → smallest change that matters. changed: whether the
    sides lie one after the other in time. split_by: column that tells the sides apart, or "".
    every: nobody chose the KPIs."""

    kpis: tuple[str, ...]
    primary: tuple[str, ...]
    design: str = "new_cases"
    adjust_for: tuple[str, ...] = ()
    cluster: str = ""
    horizon: int | None = None
    worthwhile: Mapping[str, float] = field(default_factory=dict)
    changed: bool = True
    names: tuple[str, str] = ("before", "after")
    split_by: str = ""
    every: bool = False


@dataclass(frozen=True, eq=False)
class LogSide:
    """One side. among: numbers of the cases that may be in it, None = all."""

    log: ComparedLog
    window: Window
    design: str
    among: Ints | None = None

    @cached_property
    def arm(self) -> Arm:
        """Its cases, on the clock of whole cases."""
        import numpy as np

        told = np.flatnonzero(self.log.first_told <= self.last)
        among = told if self.among is None else common(told, self.among)
        return arm(self.log.table, Axis(), self.window, design=self.design, among=among)

    def observed(self, asked: int | None = None) -> Observed:
        """Its log as it could be seen in the window. asked: a horizon."""
        if asked not in self._made:
            recorded = self.seen(self.log.steps)
            steps = self.log.on_clock(recorded, self.arm.rows)
            self._made[asked] = observed_of(steps, self.log.stages, asked=asked, recorded=recorded, facts=self._facts)
        return self._made[asked]

    @property
    def last(self) -> int:
        """The last moment that is seen."""
        return self.window.seen_to - (DAY if self.log.table.whole_days else 0)

    def seen(self, steps: Steps) -> Steps:
        """Steps of its cases as they could be seen in its window."""
        return seen_in(steps, self.arm.rows, since=self.window.since, last=self.last)

    @cached_property
    def _facts(self) -> Facts:
        facts = self.log.facts.part(self.arm.rows)
        if facts.later is None or self.log.facts.later is None:
            return facts
        return replace(facts, later=self.log.on_clock(self.seen(self.log.facts.later), self.arm.rows))

    @cached_property
    def _made(self) -> dict[int | None, Observed]:
        return {}

    def pace_side(self, table: Any, stratum: Ints, cases: Ints) -> Side:
        """Its months. cases: numbers of the cases of the table."""
        return Side(table, self.window.starts, self.window.seen_to, stratum, self.window.seen_from,
                    self.log.axis.of(cases))


@dataclass(frozen=True, eq=False)
class LogStudy:
    """Two sides and, if there is one, the same of a control."""

    sides: tuple[LogSide, LogSide]
    asked: Question
    control: tuple[LogSide, LogSide] | None = None
    notes: tuple[Caution, ...] = ()

    def effects(self) -> Effects:
        """Everything that is to be said."""
        cautions = [*self._cautions(), *self.notes]
        after = self.sides[1].window
        how = Judging(self.asked.design, self.asked.primary, self.asked.adjust_for, self.asked.worthwhile,
                      after.days / MONTH)
        found = [self.compared(kpi) for kpi in self.asked.kpis]
        effects = judged([one for one in found if not self._only_counted(one)], cautions, how)
        effects = with_other_ways(effects, self)
        return Effects(effects, self.closings, self._pace("won"), self._windows(), self._counts(), tuple(cautions),
                       self.asked.names, {key: self._names(key) for key in self.asked.kpis})

    def _only_counted(self, one: Compared) -> bool:
        """How many and how much in all: a longer window holds more. They are left out unless somebody asks for them."""
        return self.asked.every and one.before is not None and not one.horizon and one.kpi not in self.asked.primary

    def _names(self, key: str) -> Texts:
        """The name of a KPI in every language, with the currency of money."""
        card, amounts = load_kpis()[key], self.sides[1].log.facts.amounts
        behind = f" ({amounts.name})" if card.unit == "money" and amounts is not None and amounts.name else ""
        return in_all(lambda lang: card.name(lang) + behind)

    @cached_property
    def every(self) -> list[LogSide]:
        """Two sides, or four."""
        return [*self.sides, *(self.control or ())]

    @cached_property
    def few_owners(self) -> bool:
        """Whether owners are clusters and an arm has too few of them."""
        return guards.few_owners(self._owners()) is not None

    def _owners(self) -> list[Ints] | None:
        import numpy as np

        if not self.asked.cluster:
            return None
        values = [side.log.values(self.asked.cluster)[side.arm.rows] for side in self.every]
        codes, _ = coded(np.concatenate(values), np.arange(sum(map(len, values))))
        return np.split(codes, np.cumsum([len(each) for each in values])[:-1])

    def compared(self, key: str) -> Compared:
        """One KPI of both sides."""
        card = load_kpis()[key]
        unit = "working_days" if card.unit == "days" and self.sides[0].log.calendar is not None else card.unit
        found = [measured(card, side.observed(self.asked.horizon)) for side in self.every]
        days = [each.horizon_days for each in found if isinstance(each, Quantity)]
        if len(days) == len(found) and len(set(days)) > 1:
            found = [measured(card, side.observed(min(days))) for side in self.every]
        money = {each.currency for each in found if isinstance(each, Quantity)}
        if len(money) > 1:
            first, second = sorted(money)
            return Compared(key, unit, card.direction, 0,
                            lacking=in_words("compare.currencies", first=first or "?", second=second or "?"))
        lacking = next((each for each in found if isinstance(each, Lacking)), None)
        if lacking is not None:
            return Compared(key, unit, card.direction, 0, lacking=notes_of(card, replace(lacking, notes=())))
        numbers = [each for each in found if isinstance(each, Quantity)]
        levels = [_level(each) for each in numbers]
        share = card.unit == "share"
        crude = self._difference(numbers, share=share, adjusted=False)
        adjusted = self._difference(numbers, share=share, adjusted=True) if self.asked.adjust_for else crude
        return Compared(key, unit, card.direction, min(days), levels[0], levels[1], adjusted, crude,
                        (levels[2], levels[3]) if self.control else None)

    def _difference(self, found: Sequence[Quantity], *, share: bool, adjusted: bool) -> Difference | None:
        if self.few_owners or not any(each.estimate.influence.any() for each in found):
            return None
        mixes = self._mixes(found) if adjusted else [_no_mix(each.n) for each in found]
        owners = self._owners()
        samples = [Sample(each.estimate, mix, None if owners is None else owners[k][each.case])
                   for k, (each, mix) in enumerate(zip(found, mixes, strict=True))]
        try:
            first = difference(samples[0], samples[1], share=share)
            if len(samples) == 2:
                return first
            return of_differences(difference(samples[2], samples[3], share=share), first)
        except ValueError:
            return None

    def _mixes(self, found: Sequence[Measured]) -> list[Matrix]:
        """The mix of the cases that each number rests on."""
        import numpy as np

        cases = [side.arm.rows[each.case] for side, each in zip(self.every, found, strict=True)
                 if isinstance(each, Quantity)]
        return self._mix([np.asarray(each) for each in cases])[0]

    def _mix(self, cases: Sequence[Ints]) -> tuple[list[Matrix], list[str]]:
        import numpy as np

        columns = [np.concatenate([side.log.values(name)[rows] for side, rows in zip(self.every, cases, strict=True)])
                   for name in self.asked.adjust_for]
        ends = np.cumsum([0, *(len(rows) for rows in cases)])
        return mix_of(columns, [np.arange(first, last) for first, last in pairwise(ends.tolist())])

    @cached_property
    def closings(self) -> Pace | None:
        """Pace of the closings."""
        return self._pace("closed")

    def _pace(self, which: str) -> Pace | None:
        if not self.asked.changed:
            return None
        pairs = [self._pace_sides(pair, which) for pair in (self.sides, self.control) if pair is not None]
        if any(pair is None for pair in pairs):
            return None
        before, after = self.sides[0].window, self.sides[1].window
        paired = before.seen_to < after.starts and guards.same_season(before, after)
        control = pairs[1] if len(pairs) > 1 else None
        return pace(*pairs[0], change=after.starts, which=which, control=control, paired=paired)  # type: ignore[misc]

    def _pace_sides(self, pair: tuple[LogSide, LogSide], which: str) -> tuple[Side, Side] | None:
        """The months of two sides. Every open deal counts, whether or not it began in the window."""
        import numpy as np

        tables = [side.log.table if which == "closed" else side.log.wins for side in pair]
        cases = [side.log.table_cases if which == "closed" else side.log.win_cases for side in pair]
        if any(table is None for table in tables):
            return None
        kept = [np.arange(len(numbers)) if side.among is None else np.flatnonzero(np.isin(numbers, side.among))
                for side, numbers in zip(pair, cases, strict=True)]
        cells = self._cells([(side, numbers[rows]) for side, numbers, rows in zip(pair, cases, kept, strict=True)])
        first, second = (side.pace_side(table.taken(rows), cell, numbers[rows])     # type: ignore[union-attr]
                         for side, table, rows, cell, numbers in zip(pair, tables, kept, cells, cases, strict=True))
        return first, second

    def _cells(self, parts: Sequence[tuple[LogSide, Ints]]) -> list[Ints]:
        """One code a case for all strata together, with the same meaning on both sides."""
        import numpy as np

        total = sum(len(rows) for _, rows in parts)
        cell = np.zeros(total, dtype=np.int64)
        for name in self.asked.adjust_for:
            values = np.concatenate([side.log.values(name)[rows] for side, rows in parts])
            codes, names = coded(values, np.arange(total))
            cell = cell * len(names) + codes if len(names) <= 12 else cell
        codes = np.unique(cell, return_inverse=True)[1].astype(np.int64)
        return np.split(codes, np.cumsum([len(rows) for _, rows in parts])[:-1])

    def _cautions(self) -> Iterator[Caution]:
        logs = list(dict.fromkeys(side.log for side in self.sides))
        if not all(log.closings_known for log in logs):
            yield Caution("closing_unknown")
        for name in (*self.asked.adjust_for, *((self.asked.split_by,) if self.asked.split_by else ())):
            several = sum(log.changing(name) for log in logs)
            if several:
                yield Caution("values_change", {"column": name, "n": f"{several:,}"})
        strata = {name: [side.log.values(name)[side.arm.rows] for side in self.sides] for name in self.asked.adjust_for}
        alone = self._mix([side.arm.rows for side in self.every])[1] if self.asked.adjust_for else ()
        yield from doubts(Scene(
            [log.table for log in logs], [side.arm for side in self.every],
            (self.sides[0].window, self.sides[1].window), Axis(), self._owners(), strata, self.asked.adjust_for, alone,
            changed=self.asked.changed, has_control=self.control is not None, closings=self.closings,
            history=self._history(logs), calendar=self.sides[1].log.holidays))

    def _history(self, logs: Sequence[ComparedLog]) -> Pace | None:
        """The pace of all months before the change, where the window before it holds the last quarter."""
        import numpy as np

        before, change = self.sides[0].window, self.sides[1].window.starts
        table = logs[0].table
        first = int(table.entered.min())
        if not self.asked.changed or before.ends < change or change - first < 9 * 30 * DAY:
            return None
        side = Side(table, first, change, np.zeros(table.n, dtype=np.int64), axis=logs[0].axis)
        return pace(side, replace(side, starts=change), change=change)

    def _windows(self) -> dict[str, tuple[str, str]]:
        return {name: (day_text(side.window.starts), day_text(side.window.ends - 1))
                for name, side in zip(self.asked.names, self.sides, strict=True)}

    def _counts(self) -> dict[str, int]:
        """How the cases were used. Law: the parts add up to all cases."""
        import numpy as np

        same = self.sides[0].log is self.sides[1].log
        cases = self.sides[0].log.table.n + (0 if same else self.sides[1].log.table.n)
        rows = [side.arm.rows for side in self.sides]
        both = len(common(rows[0], rows[1])) if same else 0
        used = {self.asked.names[0]: len(rows[0]) - both, self.asked.names[1]: len(rows[1]) - both, "both": both}
        if self.control is not None:
            used["control"] = len(np.union1d(*(side.arm.rows for side in self.control)))
        return {"cases": cases, **used, "out_of_scope": cases - sum(used.values())}


def _level(found: Quantity) -> Level:
    interval = found.interval
    low, high = (interval.low, interval.high) if interval else (None, None)
    return Level(found.value, low, high, found.n, found.open)


def _no_mix(n: int) -> Matrix:
    import numpy as np

    return np.zeros((n, 0))

