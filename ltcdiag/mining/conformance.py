"""Which cases follow the reference chain, and where the others leave it: alignments of distinct paths."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..domain.reference import ReferenceModel, ReferenceStage
from ..errors import InputError
from ..log.results import Variants
from ..words import chinese, current, say

if TYPE_CHECKING:
    import pandas as pd

DEVIATIONS = ("skipped", "out_of_order", "went_on", "again")
COLUMNS = ("deviation", "stage", "cases", "of_cases", "share_of_cases", "example", "variants")
_UNIT = 64
"""Cost of a move that matters, in moves of the model alone: a chain has fewer stages than this."""


@dataclass(frozen=True)
class Conformance:
    """How closed cases follow the reference model.

    table: deviation, stage, cases, of_cases, share_of_cases (cases / of_cases, 0..1), example and variants
    (numbers of the paths with that deviation, the most common first; example is the first). of_cases is the
    base, always of judged cases:
        skipped       a must stage is missing; base: cases that went past its place in the chain
        out_of_order  a stage stands at another place than the chain has it, or an exit where the chain has
                      none; base: cases with the stage
        went_on       the case went on after an exit; base: cases with the exit
        again         the case left the stage and came back: rework, no deviation; base: cases with the stage
    A case can stand in several rows. Deviations come first, by cases, then the rows "again".

    fitting_cases: judged cases without a deviation. judged_cases + unjudged_cases = n. blank_cases: those of
    the unjudged that hold no stage of the model. judged_paths, unjudged_paths: their distinct paths.
    complete: False if time ran out or `paths` was cut. outside: label that is not in the model → cases, of all
    paths given. unrecorded: must stages of the tier that the log never records, so that nobody is judged by them.
    """

    table: pd.DataFrame = field(repr=False)
    n: int
    fitting_cases: int
    judged_cases: int
    unjudged_cases: int
    blank_cases: int
    judged_paths: int
    unjudged_paths: int
    complete: bool
    outside: Mapping[str, int]
    unrecorded: tuple[str, ...]
    tier: str
    model: ReferenceModel = field(repr=False, compare=False)

    @property
    def share_fitting(self) -> float | None:
        """fitting_cases / judged_cases, 0..1; None where no case was judged."""
        return self.fitting_cases / self.judged_cases if self.judged_cases else None

    def sentence(self, row: int, lang: str) -> str:
        """A row of the table, counted from 1, as a sentence that names its base."""
        found = self.table.iloc[row - 1]
        return say(f"conformance.{found['deviation']}", lang, cases=f"{found['cases']:,}",
                   of_cases=f"{found['of_cases']:,}", share=f"{found['share_of_cases']:.1%}",
                   stage=self.model.name_of(found["stage"], lang))

    def __str__(self) -> str:
        lang = current()
        named = {"title": self.model.title(lang), "tier": self.model.tiers[self.tier].name(lang)}
        if not self.judged_cases:
            return say("conformance.none_judged", lang, **named)
        kinds = int((self.table["deviation"] != "again").sum())
        stop, between = ("。", "；") if chinese(lang) else (". ", "; ")
        told = between.join(self.sentence(row, lang) for row in range(1, min(kinds, 3) + 1))
        part = "" if self.complete else say(
            "conformance.part", lang, judged=f"{self.judged_cases:,}", judged_paths=f"{self.judged_paths:,}",
            unjudged=f"{self.unjudged_cases:,}", unjudged_paths=f"{self.unjudged_paths:,}")
        return say("conformance.line", lang, **named, judged=f"{self.judged_cases:,}",
                   fitting=f"{self.fitting_cases:,}", share=f"{self.share_fitting:.1%}", kinds=kinds,
                   text=(told + stop if told else "") + part).strip()


def conformance(
    paths: Variants,
    model: ReferenceModel,
    *,
    recorded: frozenset[str],
    tier: str | None = None,
    budget_seconds: float = 20.0,
    clock: Callable[[], float] = time.monotonic,
) -> Conformance:
    """Closed cases against the reference chain; each distinct path is aligned once, the most common first.

    paths: variants of closed cases at level "stage". recorded: stages that the log holds in any case, open ones
    too; the others are left out of the chain. tier: whose "must" holds, by default the model's. budget_seconds:
    for the alignments; when they are used up the answer is partial and says so.

    A stage may come several times: the path is in order if one visit of each stage can be chosen so that they
    are. Where it is not, the fewest stages are named that have to be put aside; of equally few, exits first,
    then earlier stages (they came late). Optimal alignments: Adriansyah, van Dongen, van der Aalst 2011
    (doi:10.1109/EDOC.2011.12). Law: the same input gives the same table unless time runs out.
    Raises InputError for paths of another level or an unknown tier.
    """
    tier = model.default_tier if tier is None else tier
    for value, known in ((tier, tuple(model.tiers)), (paths.level, ("stage",))):
        if value not in known:
            raise InputError(say("engine.unknown_choice", current(), value=value),
                             fix=say("engine.one_of", current(), values=", ".join(known)))
    chain = _Chain(model, recorded | {key for path in paths.table["activities"] for key in path}, tier)
    numbers = zip(*(paths.table[name] for name in ("variant", "activities", "cases")), strict=True)
    given = sorted((_Path(int(v), tuple(a), int(n)) for v, a, n in numbers), key=lambda p: (-p.cases, p.variant))
    outside: Counter[str] = Counter()
    for path in given:
        outside.update(dict.fromkeys((key for key in path.steps if key not in model.stages), path.cases))
    blank = [path for path in given if all(key in outside for key in path.steps)]
    to_judge = [path for path in given if any(key not in outside for key in path.steps)]
    judged = list(_judged(to_judge, chain, budget_seconds, clock))
    return _summed(paths, chain, judged, blank, len(judged) == len(to_judge), outside)


def _summed(
    paths: Variants, chain: _Chain, judged: Sequence[_Verdict], blank: Sequence[_Path], whole: bool,
    outside: Mapping[str, int],
) -> Conformance:
    """The verdicts on paths as counts of cases."""
    cases = sum(verdict.path.cases for verdict in judged)
    return Conformance(
        table=_table(judged, chain),
        n=paths.n,
        fitting_cases=sum(verdict.path.cases for verdict in judged if verdict.fits),
        judged_cases=cases,
        unjudged_cases=paths.n - cases,
        blank_cases=sum(path.cases for path in blank),
        judged_paths=len(judged),
        unjudged_paths=(paths.rows or len(paths.table)) - len(judged),
        complete=whole and paths.rows in (None, len(paths.table)),
        outside=MappingProxyType(dict(sorted(outside.items(), key=lambda item: (-item[1], item[0])))),
        unrecorded=tuple(key for key, stage in chain.model.stages.items()
                         if stage.is_must(chain.tier) and key not in chain.recorded),
        tier=chain.tier,
        model=chain.model,
    )


@dataclass(frozen=True)
class _Path:
    variant: int
    steps: tuple[str, ...]
    cases: int


@dataclass(frozen=True)
class _Chain:
    """The reference chain as far as the log records it."""

    model: ReferenceModel
    recorded: frozenset[str]
    tier: str

    def placed(self, place: str) -> list[ReferenceStage]:
        """The recorded stages of a kind (in_order, any_time, exit), in the order of the chain."""
        return [stage for key, stage in self.model.stages.items() if stage.place == place and key in self.recorded]

    @property
    def musts(self) -> list[ReferenceStage]:
        """The recorded stages that a case may not lack once it is past them."""
        return [stage for stage in self.model.stages.values()
                if stage.is_must(self.tier) and stage.key in self.recorded]

    def order(self, key: str, otherwise: int) -> int:
        """The place of a stage in the chain."""
        return self.model.stages[key].order if key else otherwise


@dataclass(frozen=True)
class _Alignment:
    """kept: stages of the path that are matched with the chain. lacking: musts passed without such a match."""

    kept: frozenset[str]
    lacking: frozenset[str]


@dataclass(frozen=True)
class _Verdict:
    """A path judged. found: deviation → stages. passed: musts whose place the path went past."""

    path: _Path
    found: Mapping[str, frozenset[str]]
    passed: frozenset[str]

    @property
    def fits(self) -> bool:
        return not any(stages for deviation, stages in self.found.items() if deviation != "again")


def _judged(
    paths: Sequence[_Path], chain: _Chain, budget: float, clock: Callable[[], float]
) -> Iterator[_Verdict]:
    """Verdicts until the time is used up; paths that differ only in what has no place in the chain share one."""
    aligner = _Aligner(chain) if paths else None
    known: dict[tuple[str, ...], _Alignment] = {}
    started = clock()
    for path in paths:
        ordered = _stays(key for key in path.steps
                         if key in chain.model.stages and chain.model.stages[key].place != "any_time")
        if aligner and ordered not in known:
            if clock() - started >= budget:
                return
            known[ordered] = aligner.align(ordered)
        yield _verdict(path, ordered, known[ordered], chain)


def _stays(steps: Iterator[str]) -> tuple[str, ...]:
    """The steps with each stay on a stage as one."""
    return tuple(key for key, _ in groupby(steps))


def _verdict(path: _Path, ordered: tuple[str, ...], aligned: _Alignment, chain: _Chain) -> _Verdict:
    """What deviates in a path; ordered: its steps and exits."""
    stages = chain.model.stages
    whole = _stays(key for key in path.steps if key in stages)
    visits = Counter({key: n for key, n in Counter(whole).items() if stages[key].place == "any_time"})
    visits.update(ordered)
    aside = set(ordered) - aligned.kept
    reached = max((_reach(stages[key], chain) for key in aligned.kept), default=-1)
    passed = frozenset(stage.key for stage in chain.musts if stage.order < reached)
    free = frozenset(key for key in passed if stages[key].place == "any_time")
    went_on = frozenset(key for key in aside if stages[key].place == "exit" and _went_on(key, ordered, stages))
    found = {
        "skipped": (aligned.lacking | free) - set(whole),
        "out_of_order": frozenset(aside - went_on),
        "went_on": went_on,
        "again": frozenset(key for key, n in visits.items() if n > 1),
    }
    return _Verdict(path, found, passed)


def _reach(stage: ReferenceStage, chain: _Chain) -> int:
    """Stages before this place have been passed: those before a step, those up to where an exit begins."""
    return chain.order(stage.exit_after, -2) + 1 if stage.place == "exit" else stage.order


def _went_on(key: str, ordered: tuple[str, ...], stages: Mapping[str, ReferenceStage]) -> bool:
    """True if a step of the chain follows the last visit of an exit."""
    after = ordered[len(ordered) - ordered[::-1].index(key):]
    return any(stages[later].place != "exit" for later in after)


def _table(judged: Sequence[_Verdict], chain: _Chain) -> pd.DataFrame:
    import pandas as pd

    cases: Counter[tuple[str, str]] = Counter()
    variants: dict[tuple[str, str], list[int]] = defaultdict(list)
    passed: Counter[str] = Counter()
    present: Counter[str] = Counter()
    for verdict in judged:
        n = verdict.path.cases
        passed.update(dict.fromkeys(verdict.passed, n))
        present.update(dict.fromkeys(verdict.path.steps, n))
        for deviation, stages in verdict.found.items():
            for stage in stages:
                cases[deviation, stage] += n
                variants[deviation, stage].append(verdict.path.variant)
    rows = []
    for (deviation, stage), n in cases.items():
        base = passed[stage] if deviation == "skipped" else present[stage]
        numbers = variants[deviation, stage]
        rows.append((deviation, stage, n, base, n / base, numbers[0], tuple(numbers)))
    rows.sort(key=lambda row: (row[0] == "again", -row[2], chain.order(row[1], 0), DEVIATIONS.index(row[0])))
    return pd.DataFrame(rows, columns=list(COLUMNS))


class _Aligner:
    """The reference chain, and the best alignments of paths with it.

    One token runs through the chain: a step takes it one place on, a "may" step can be walked round, at each place the
    case may end or leave by an exit that is allowed there. So the best alignment of the first events of a path that
    stands at a place follows from those of one event less: no search is needed (Needleman and Wunsch 1970,
    doi:10.1016/0022-2836(70)90057-4; alignments with a state machine are a case of it)."""

    def __init__(self, chain: _Chain) -> None:
        steps, exits = chain.placed("in_order"), chain.placed("exit")
        self._labels = [stage.key for stage in (*exits, *steps)]
        whole = 1 << len(self._labels)  # above the sum of all tie-breaks, so that fewer stages always win
        self._costs = {key: _UNIT * (whole + (1 << rank)) for rank, key in enumerate(self._labels)}
        self._bits = {key: 1 << rank for rank, key in enumerate(self._labels)}
        self._place = {step.key: place for place, step in enumerate(steps)}
        self._musts = [self._bits[step.key] if step.is_must(chain.tier) else 0 for step in steps]
        self._leaves = {out.key: _where(out, steps, chain) for out in exits}

    def align(self, path: tuple[str, ...]) -> _Alignment:
        """The optimal alignment of a path with the chain.

        A must that is missing costs next to nothing: the stages that are there decide what is in order. Costs
        differ for every set of stages, so there is one optimum and no matter of chance.
        """
        worst = (_UNIT * len(path) * sum(self._costs.values()) + 1, 0, 0)
        at, ended = self._walked([(0, 0, 0), *[worst] * len(self._musts)], worst)
        for key in path:
            bit, cost = self._bits[key], self._costs[key]
            before = at
            at, ended = [_put_aside(state, cost) for state in at], _put_aside(ended, cost)
            if key in self._place:
                place = self._place[key]
                at[place + 1] = min(at[place + 1], _matched(before[place], bit))
            else:
                ended = min([ended, *(_matched(before[place], bit) for place in self._leaves[key])])
            at, ended = self._walked(at, ended)
        return _Alignment(self._named(ended[1]), self._named(ended[2]))

    def _walked(self, at: list[_State], ended: _State) -> tuple[list[_State], _State]:
        """What the chain does without the case: steps passed over, and an end."""
        for place, must in enumerate(self._musts):
            cost, kept, lacking = at[place]
            at[place + 1] = min(at[place + 1], (cost + bool(must), kept, lacking | must))
        return at, min(ended, *at)

    def _named(self, bits: int) -> frozenset[str]:
        return frozenset(key for key, bit in self._bits.items() if bits & bit)


_State = tuple[int, int, int]
"""Cost so far, the stages that are matched, the musts passed without a match; stages as bits."""


def _put_aside(state: _State, cost: int) -> _State:
    return state[0] + cost, state[1], state[2]


def _matched(state: _State, bit: int) -> _State:
    return state[0], state[1] | bit, state[2]


def _where(out: ReferenceStage, steps: Sequence[ReferenceStage], chain: _Chain) -> range:
    """The places of the chain from which an exit may be taken."""
    first = sum(step.order <= chain.order(out.exit_after, -1) for step in steps)
    last = sum(step.order < chain.order(out.exit_before, 1 << 30) for step in steps)
    return range(first, last + 1)
