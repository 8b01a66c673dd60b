"""Which cases follow the reference chain, and where the others leave it: alignments of distinct paths."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.reference import ReferenceModel, ReferenceStage
from ..errors import InputError
from ..log.results import Variants
from ..words import chinese, current, say
from .discovery import quietly

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
    (doi:10.1109/EDOC.2011.12), by pm4py. Law: the same input gives the same table unless time runs out.
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
            left = budget - (clock() - started)
            aligned = aligner.align(ordered, left) if left > 0 else None
            if aligned is None:
                return
            known[ordered] = aligned
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
    """The reference chain as a Petri net of pm4py, and alignments of paths with it."""

    def __init__(self, chain: _Chain) -> None:
        steps, exits = chain.placed("in_order"), chain.placed("exit")
        ranks = {stage.key: rank for rank, stage in enumerate((*exits, *steps))}
        whole = 1 << len(ranks)  # above the sum of all tie-breaks, so that fewer stages always win
        self._costs = {key: _UNIT * (whole + (1 << rank)) for key, rank in ranks.items()}
        with quietly():
            self._net, self._initial, self._final = _net(steps, exits, chain)

    def align(self, path: tuple[str, ...], seconds: float) -> _Alignment | None:
        """The optimal alignment of a path with the chain; None if time runs out.

        A must that is missing costs next to nothing: the stages that are there decide what is in order. Costs
        differ for every set of stages, so there is one optimum and no matter of chance.
        """
        with quietly():
            from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory
            from pm4py.objects.log.obj import Event, Trace

            options = {
                "trace_cost_function": [self._costs[key] for key in path],
                "model_cost_function": {t: 1 if t.label else 0 for t in self._net.transitions},
                "max_align_time_trace": seconds,
            }
            trace = Trace([Event({"concept:name": key}) for key in path])
            aligned = dijkstra_less_memory.apply(trace, self._net, self._initial, self._final, options)
        if aligned is None:
            return None
        moves = aligned["alignment"]
        kept = frozenset(log for log, net in moves if log == net)
        return _Alignment(kept, frozenset(net for log, net in moves if log == ">>" and net is not None))


def _net(steps: Sequence[ReferenceStage], exits: Sequence[ReferenceStage], chain: _Chain) -> tuple[Any, Any, Any]:
    """Steps in a row, "may" steps with a way round them; at each place the case may end, or leave by an exit
    that is allowed there. With its initial and final marking."""
    from pm4py.objects.petri_net.obj import Marking, PetriNet

    net = PetriNet("reference")
    places = [PetriNet.Place(f"p{i}") for i in range(len(steps) + 1)]
    end = PetriNet.Place("end")
    net.places.update([*places, end])
    for i, step in enumerate(steps):
        _move(net, step.key, places[i], places[i + 1])
        if not step.is_must(chain.tier):
            _move(net, None, places[i], places[i + 1])
    for i, place in enumerate(places):
        _move(net, None, place, end)
        for out in exits:
            first = sum(step.order <= chain.order(out.exit_after, -1) for step in steps)
            last = sum(step.order < chain.order(out.exit_before, 1 << 30) for step in steps)
            if first <= i <= last:
                _move(net, out.key, place, end)
    return net, Marking({places[0]: 1}), Marking({end: 1})


def _move(net: Any, label: str | None, source: Any, target: Any) -> None:
    """A transition between two places; without a label it is silent."""
    from pm4py.objects.petri_net.obj import PetriNet
    from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

    transition = PetriNet.Transition(f"t{len(net.transitions)}", label)
    net.transitions.add(transition)
    add_arc_from_to(source, transition, net)
    add_arc_from_to(transition, target, net)
