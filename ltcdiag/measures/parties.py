"""Who is there: departments and roles of the steps, beside each other, and the roles of the iron triangle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..domain.reference import ReferenceModel
from ..log.event_log import EventLog
from ..log.steps import Steps, by_code, distinct, keyed, whole_cases, with_none
from ..stats.estimator import Estimate
from ..stats.intervals import Interval, mean_interval
from .loops import last_time
from .observed import Observed
from .quantity import LEAST_CASES
from .spells import NONE
from .waiting import waiting_ends

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

KINDS = ("department", "role")


@dataclass(frozen=True, eq=False)
class Parties:
    """Departments or roles of the steps, row by row. kind: which of the two. code: place in names, NONE unnamed."""

    kind: str
    code: Ints
    names: tuple[str, ...]


def parties_of(log: EventLog, steps: Steps) -> tuple[Parties, ...]:
    """The departments and the roles of the steps, as far as the log names them; people are neither."""
    found = []
    for kind in KINDS:
        if kind not in log.columns:
            continue
        told = steps if steps.by == kind else log.tables.steps(by=kind)
        if told.by == kind and len(told.party) == len(steps.party):
            found.append(Parties(kind, told.party, told.parties))
    return tuple(found)


def roles_of(parties: tuple[Parties, ...], model: ReferenceModel, rows: int) -> Ints:
    """The role of the triangle of each step, as its place in the roles of the model; NONE where its words tell none.
    What a role says counts before what a department says."""
    import numpy as np

    keys = list(model.roles)
    found = np.full(rows, NONE, dtype=np.int16)
    for each in sorted(parties, key=lambda part: KINDS.index(part.kind)):
        means = [model.role_of(name) for name in each.names]
        table = np.array([keys.index(key) if key is not None else NONE for key in means] + [NONE], dtype=np.int16)
        told = table[each.code]
        found = np.where(told != NONE, told, found)
    return found


@dataclass(frozen=True, eq=False)
class Move:
    """source and target (codes), moves, cases, days: mean days each time, None on few cases."""

    source: int
    target: int
    moves: int
    cases: int
    days: Interval | None


def moves_between(observed: Observed, parties: Parties) -> Iterator[Move]:
    """Every handover from one party to another, between neighbouring steps of a case; finished ones, rework included.
    Days run to the start of the work where starts are recorded. The interval is that of a ratio of means by case."""
    import numpy as np

    spells, n = observed.spells, len(parties.names)
    done = ~spells.running & (spells.source != NONE)
    code, ends = with_none(parties.code), waiting_ends(observed)
    before, after = code[np.maximum(spells.step, 0) - 1], code[spells.step]
    rows = np.flatnonzero(done & (before != NONE) & (after != NONE) & (before != after)).astype(np.int32)
    for key, places in by_code(keyed(before[rows], n, after[rows])):
        here = rows[places]
        case = spells.case[here]
        cases, days = len(distinct(case)), ends[here] - spells.start[here]
        yield Move(key // n, key % n, len(here), cases, _mean(case, days) if cases >= LEAST_CASES else None)


def _mean(case: Ints, days: Floats) -> Interval:
    """Mean days each time, with the cases as what is drawn."""
    import numpy as np

    _, place = np.unique(case, return_inverse=True)
    sums, times = np.bincount(place, weights=days), np.bincount(place)
    mean = float(sums.sum() / times.sum())
    found = mean_interval(Estimate(mean, (sums - mean * times) / times.mean()))
    return replace(found, low=max(0.0, found.low))


def presence(observed: Observed, parties: Parties) -> Iterator[tuple[str, int, int, int]]:
    """Stage, party, cases that came to the stage, and cases in which the party did a step of it."""
    import numpy as np
    import pandas as pd

    steps, n = observed.steps, len(parties.names)
    keys = sorted({key for key in observed.stage if key is not None})
    of_label = np.array([keys.index(key) if key is not None else NONE for key in observed.stage], dtype=np.int32)
    came, seen = np.zeros(len(keys), np.int64), np.zeros(len(keys) * n, np.int64)
    for block in whole_cases(steps.case):
        stage, code = of_label[steps.label[block]], parties.code[block]
        staged = stage != NONE
        visits = keyed(steps.case[block][staged], len(keys), stage[staged])
        came += np.bincount(pd.unique(visits) % max(len(keys), 1), minlength=len(keys))
        pairs = pd.unique((visits * n + code[staged])[code[staged] != NONE])
        seen += np.bincount(pairs % max(len(keys) * n, 1), minlength=len(keys) * n)
    for key in np.flatnonzero(seen).tolist():
        yield keys[key // n], key % n, int(came[key // n]), int(seen[key])


@dataclass(frozen=True, eq=False)
class Return:
    """A pair of parties inside a main stage. rows: the steps that come back to source. handed: cases that handed
    over from source to target there."""

    source: int
    target: int
    main_stage: str
    rows: Ints
    handed: Ints


def returns(observed: Observed, main: Mapping[int, str]) -> Iterator[Return]:
    """A → B → A: the same step again, by the party that did it before, with the other party's work in between, all of
    it inside one main stage. main: label → main stage, of labels that have one. What was logged twice, corrected or
    belongs to the work is no step done again (measures/loops.py).
    """
    import numpy as np

    steps, n = observed.steps, len(observed.steps.parties)
    names = sorted(set(main.values()))
    of_label = np.array([names.index(main[code]) if code in main else NONE for code in range(len(steps.labels))],
                        dtype=np.int32)
    stage, party, case = of_label[steps.label], steps.party, steps.case
    inside = np.append(False, (case[1:] == case[:-1]) & (stage[1:] == stage[:-1]) & (stage[1:] != NONE))
    moved = inside & np.append(False, (party[1:] != party[:-1]) & (party[1:] != NONE) & (party[:-1] != NONE))
    hand = np.flatnonzero(moved)
    pair = keyed(keyed(stage[hand], n, party[hand - 1]), n, party[hand])
    back = _back(observed, inside, moved)
    back_pair = keyed(keyed(stage[back], n, party[back]), n, party[back - 1])
    for key in np.unique(back_pair).tolist():
        rows = back[back_pair == key]
        yield Return((key // n) % n, key % n, names[key // (n * n)], rows, distinct(case[hand[pair == key]]))


def _back(observed: Observed, inside: Bools, moved: Bools) -> Ints:
    """Rows where work comes back from another party to the one that did the same step before, in one main stage."""
    import numpy as np

    steps, loops = observed.steps, observed.loops
    rows = np.flatnonzero(moved & loops.again)
    before = last_time(steps.case, steps.label, len(steps.labels))[rows]
    breaks = np.cumsum(~inside, dtype=np.int32)         # no break between the two: they lie in one main stage
    same = (breaks[rows] == breaks[before]) & (steps.party[rows] == steps.party[before])
    found: Ints = rows[same]
    return found
