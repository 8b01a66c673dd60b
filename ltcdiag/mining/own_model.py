"""Finished cases against the client's own BPMN, step by step: alignments of distinct paths, the most common first."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.drawing_file import OwnDrawing
from ..domain.labels import map_labels, normalise
from ..errors import InputError
from ..log.results import Variants
from ..words import current, say
from .aligning import Ways, reachable
from .discovery import quietly

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("deviation", "stage", "cases", "of_cases", "share_of_cases", "example", "variants")
DEVIATIONS = ("skipped", "out_of_order", "unexpected", "again")
MOST_STEPS = 200
"""A drawing of more steps is not compared: nobody reads it, and no alignment ends."""
LONGEST_PATH = 200
"""Nor is a path of more steps."""
_MOVE, _SPREAD = 1_000_000, 1_000
_Path = tuple[int, tuple[str, ...], int]
"""Number of a path, its steps, its cases."""
_Found = tuple[_Path, Mapping[str, frozenset[str]]]


@dataclass(frozen=True)
class OwnModel:
    """A drawing as a Petri net. labels: its named steps."""

    net: Any = field(repr=False)
    initial: Any = field(repr=False)
    final: Any = field(repr=False)
    labels: tuple[str, ...]


@dataclass(frozen=True)
class OwnConformance:
    """table: deviation (skipped: the drawing passes the step and the case does not; out_of_order: the case has it at
    another place; unexpected: the drawing has the step, but not on this way; again: more often than the drawing has it,
    which is rework and no deviation), stage (the step as the drawing calls it), cases, of_cases (judged ones),
    share_of_cases, example, variants. matched: label of the log → step of the drawing. only_drawn, only_logged: steps
    of one that the other does not have; these do not count. complete: False where time ran out."""

    table: pd.DataFrame = field(repr=False)
    n: int
    fitting_cases: int
    judged_cases: int
    matched: Mapping[str, str]
    only_drawn: tuple[str, ...]
    only_logged: tuple[str, ...]
    complete: bool

    @property
    def unjudged_cases(self) -> int:
        """Finished cases that were not compared."""
        return self.n - self.judged_cases


def net_of(drawing: OwnDrawing) -> OwnModel:
    """The drawing as a Petri net, by pm4py. Raises InputError where that cannot be made of it."""
    try:
        with quietly():
            from pm4py.objects.bpmn.importer.variants.lxml import import_from_string
            from pm4py.objects.conversion.bpmn import converter

            net, initial, final = converter.apply(import_from_string(drawing.text))
    except Exception as error:      # pm4py raises whatever its libraries raise
        raise InputError(say("reference.bpmn_unread", current(), file=drawing.name, detail=type(error).__name__),
                         fix=say("reference.bpmn_none_fix", current())) from error
    for move in net.transitions:
        move.label = (move.label or "").strip() or None
    labels = sorted({move.label for move in net.transitions if move.label})
    if not 2 <= len(labels) <= MOST_STEPS or not initial or not final:
        raise InputError(say("reference.bpmn_none", current(), file=drawing.name),
                         fix=say("reference.bpmn_none_fix", current()))
    return OwnModel(net, initial, final, tuple(labels))


def matched(labels: Sequence[str], drawn: Sequence[str], stages: Mapping[str, str | None]) -> dict[str, str]:
    """Label of the log → step of the drawing: the same words, else the only two of one stage."""
    by_words = {normalise(step): step for step in sorted(drawn, reverse=True)}
    found = {label: by_words[normalise(label)] for label in labels if normalise(label) in by_words}
    theirs = map_labels([step for step in drawn if step not in found.values()]).stages
    rest = [label for label in labels if label not in found]
    for stage in sorted({stage for stage in theirs.values() if stage}):
        steps, own = ([each for each in theirs if theirs[each] == stage], [x for x in rest if stages.get(x) == stage])
        if len(steps) == len(own) == 1:
            found[own[0]] = steps[0]
    return found


def own_conformance(
    paths: Variants, drawing: OwnDrawing, stages: Mapping[str, str | None], *, budget_seconds: float = 20.0,
    clock: Callable[[], float] = time.monotonic,
) -> OwnConformance:
    """Closed cases against a drawing. paths: their variants of activities. stages: activity → stage.

    Steps that only one of the two has are left out and listed. What the drawing still has after the last step of a
    case is not held against it: a case may end before the drawing does. Law: the same input gives the same table unless
    time runs out."""
    model = net_of(drawing)
    labels = sorted({label for path in paths.table["activities"] for label in path})
    names = matched(labels, model.labels, stages)
    numbers = zip(*(paths.table[name] for name in ("variant", "activities", "cases")), strict=True)
    given = sorted(((int(v), tuple(names[step] for step in a if step in names), int(n)) for v, a, n in numbers),
                   key=lambda path: (-path[2], path[0]))
    found = list(_judged(given, _Aligner(model, frozenset(names.values())), budget_seconds, clock))
    judged = sum(cases for (_, _, cases), _ in found)
    blank = sum(cases for _, steps, cases in given if not steps)
    return OwnConformance(
        table=_table(found, judged), n=paths.n,
        fitting_cases=sum(cases for (_, _, cases), moves in found if _fits(moves)), judged_cases=judged,
        matched=MappingProxyType(names), only_drawn=tuple(step for step in model.labels if step not in names.values()),
        only_logged=tuple(label for label in labels if label not in names),
        complete=judged + blank == sum(cases for _, _, cases in given) and paths.rows in (None, len(paths.table)),
    )


def _fits(moves: Mapping[str, frozenset[str]]) -> bool:
    return not any(steps for deviation, steps in moves.items() if deviation != "again")


def _judged(paths: Sequence[_Path], aligner: _Aligner, budget: float, clock: Callable[[], float]) -> Iterator[_Found]:
    """Each path with its deviations until time is used up; the same steps are aligned once."""
    known: dict[tuple[str, ...], Mapping[str, frozenset[str]] | None] = {}
    started = clock()
    for path in paths:
        steps = path[1]
        if not steps or len(steps) > LONGEST_PATH:
            continue
        if steps not in known:
            left = budget - (clock() - started)
            if left <= 0:
                return
            known[steps] = aligner.align(steps, min(left, budget / 4))
        moves = known[steps]
        if moves is not None:
            yield path, moves


def _table(found: Sequence[_Found], judged: int) -> pd.DataFrame:
    import pandas as pd

    cases: Counter[tuple[str, str]] = Counter()
    variants: dict[tuple[str, str], list[int]] = {}
    for (variant, _, n), moves in found:
        for deviation, steps in moves.items():
            for step in steps:
                cases[deviation, step] += n
                variants.setdefault((deviation, step), []).append(variant)
    rows = [(deviation, step, n, judged, n / judged, variants[deviation, step][0], tuple(variants[deviation, step]))
            for (deviation, step), n in cases.items()]
    rows.sort(key=lambda row: (row[0] == "again", -row[2], DEVIATIONS.index(row[0]), row[1]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


class _Aligner:
    """Alignments of paths with the net; steps that the log does not have cost nothing there."""

    def __init__(self, model: OwnModel, recorded: frozenset[str]) -> None:
        self._model, self._recorded = model, recorded
        found = reachable(model.net, model.initial, model.final, self._net_cost)
        self._ways = None if found is None else Ways(*found)

    def _cost(self, label: str) -> int:
        """Steps cost nearly the same; the little that they differ decides between equally good alignments."""
        return _MOVE + zlib.crc32(label.encode()) % _SPREAD

    def _net_cost(self, label: str | None) -> int:
        return 1 if label is None or label not in self._recorded else self._cost(label)

    def align(self, path: tuple[str, ...], seconds: float) -> Mapping[str, frozenset[str]] | None:
        """Deviation → steps of a path; None if time runs out or the drawing cannot be walked to its end."""
        if self._ways is not None:
            best = self._ways.align(path, [self._cost(step) for step in path])
            return None if best is None else self._read(best[1])
        model = self._model         # too many steps side by side: pm4py searches, path by path
        with quietly():
            from pm4py.algo.conformance.alignments.petri_net.variants import dijkstra_less_memory
            from pm4py.objects.log.obj import Event, Trace

            options = {
                "trace_cost_function": [self._cost(step) for step in path],
                "model_cost_function": {move: self._net_cost(move.label) for move in model.net.transitions},
                "max_align_time_trace": seconds,
            }
            trace = Trace([Event({"concept:name": step}) for step in path])
            aligned = dijkstra_less_memory.apply(trace, model.net, model.initial, model.final, options)
        if aligned is None:
            return None
        return self._read(aligned["alignment"])

    def _read(self, moves: Sequence[tuple[str, str | None]]) -> Mapping[str, frozenset[str]]:
        kept = [n for n, (log, _) in enumerate(moves) if log != ">>"]
        inside = moves[: kept[-1] + 1] if kept else []
        lacking = {net for log, net in inside if log == ">>" and net in self._recorded}
        every = {net for log, net in moves if log == ">>" and net in self._recorded}
        extra = {log for log, net in moves if net == ">>"}
        present = {log for log, _ in moves if log != ">>"}
        matched_steps = {log for log, net in moves if log == net}
        return {"skipped": frozenset(lacking - present), "out_of_order": frozenset(extra & every),
                "unexpected": frozenset(extra - every - matched_steps),
                "again": frozenset((extra - every) & matched_steps)}
