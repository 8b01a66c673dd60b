"""The open time of every case, cut at its steps into spells; and where the spells that still run will lead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..log.steps import NO_TIME, Steps, by_code

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

DAY = 86_400_000_000
NONE = -1
"""No label: before the first step of a case, or the step to come that nobody has recorded yet."""


@dataclass(frozen=True, eq=False)
class Spells:
    """One row a spell, by case and in order: the time from one step of a case to the next.

    case, start and end (ages in days since the case began), source (label of the step before, NONE before the first),
    target (label of the step that ends it; while it runs the stage that the case is known to stand in, else NONE),
    step (its row in the steps, NONE while it runs), begun (age at which work on the target started, nan where not
    recorded).
    Law: the spells of a case follow each other without hole and fill it from its beginning to its exit.
    """

    case: Ints
    start: Floats
    end: Floats
    source: Ints
    target: Ints
    step: Ints
    begun: Floats

    @property
    def running(self) -> Bools:
        """Which spells have no step at their end."""
        running: Bools = self.step == NONE
        return running


def spells_of(steps: Steps) -> Spells:
    """The spells of a log."""
    import numpy as np

    case, cases = steps.case, steps.cases
    ended = (steps.ended - steps.entered[case]) / DAY
    starts_case = np.append(True, case[1:] != case[:-1])[: len(case)]
    before, source = _shifted(ended, 0.0), _shifted(steps.label, NONE)
    before[starts_case], source[starts_case] = 0.0, NONE
    begun = _begun(steps, before, ended)
    last, last_label = np.zeros(cases), np.full(cases, NONE)
    last[case], last_label[case] = ended, steps.label
    whole = (steps.left - steps.entered) / DAY
    runs = np.flatnonzero(whole > last)
    joined = [
        (case, runs), (before, last[runs]), (ended, whole[runs]), (source, last_label[runs]),
        (steps.label, _standing(steps)[runs]), (np.arange(len(case), dtype=np.int32), np.full(len(runs), NONE)),
    ]
    place = np.searchsorted(case, runs, side="right")   # a spell that runs stands behind the others of its case
    case, start, end, source, target, step = [
        np.insert(done, place, running) if len(runs) else done for done, running in joined]
    nowhere: Floats = np.broadcast_to(np.nan, len(case))
    return Spells(case, start, end, source, target, step,
                  nowhere if begun is None else np.insert(begun, place, np.nan))


def _shifted(column: NDArray[Any], first: float) -> NDArray[Any]:
    """Each row holds what the row before held."""
    import numpy as np

    found = np.empty_like(column)
    found[:1], found[1:] = first, column[:-1]
    return found


def _begun(steps: Steps, before: Floats, ended: Floats) -> Floats | None:
    """Ages at which work began, inside the spells; None where no start is recorded at all."""
    import numpy as np

    there = steps.started != NO_TIME
    if not there.any():
        return None
    begun: Floats = np.clip((steps.started - steps.entered[steps.case]) / DAY, before, ended)
    begun[~there] = np.nan
    return begun


def _standing(steps: Steps) -> Ints:
    """The stage that each case is known to stand in, NONE where nobody knows."""
    import numpy as np

    found = np.full(steps.cases, NONE)
    for case, label in steps.standing.items():
        found[case] = label
    return found


@dataclass(frozen=True, eq=False)
class Spread:
    """Spells and where they lead: row (of the spells), key (the destination), weight. A finished spell leads where
    it led, with weight 1; one that still runs to every destination with the chance that it ends there; weights of
    a spell add up to 1 (key NONE: no spell from its source has ever finished). Where the stage that a case stands in is
    known, its running spell leads there with weight 1."""

    row: Ints
    key: Ints
    weight: Floats

    def rows_by_key(self) -> dict[int, Ints]:
        """The rows of this spread that lead to each key; NONE is a key too."""
        return dict(by_code(self.key))


def spread(spells: Spells, keys: Ints | None = None) -> Spread:
    """Where the spells lead. keys: destination of each spell where it is not the target label (NONE while running).

    The chance is that of the finished spells from the same source that lasted longer than the running one has
    lasted so far (Aalen & Johansen 1978: the share of open spells at that age that end at each destination). What runs
    longer than all that have finished goes where the finished ones went: a case stuck before a review stands before
    the review.
    """
    import numpy as np

    keys = spells.target if keys is None else keys
    running = spells.running
    known = ~running | (keys != NONE)
    told = np.flatnonzero(known).astype(np.int32)
    parts: list[tuple[Ints, Ints, Floats]] = [(told, keys[told], np.ones(len(told)))]
    for _, rows in by_code(spells.source):
        still = rows[~known[rows]]
        if len(still):
            parts += _chances(spells, keys, rows[~running[rows]], still)
    row, key, weight = zip(*parts, strict=True)
    return Spread(_joined(row, told), _joined(key, keys), np.concatenate(weight))


def _joined(parts: Sequence[Ints], like: Ints) -> Ints:
    import numpy as np

    return np.concatenate([part.astype(like.dtype, copy=False) for part in parts])


def _chances(spells: Spells, keys: Ints, ended: Ints, still: Ints) -> Iterator[tuple[Ints, Ints, Floats]]:
    """(row, key, weight) of the running spells from one source. ended: the finished ones from there."""
    import numpy as np

    lengths, lasting = (np.rint((spells.end[rows] - spells.start[rows]) * DAY).astype(np.int64)
                        for rows in (ended, still))     # whole µs: equal lengths are ties
    ages, place, ends = np.unique(lengths, return_inverse=True, return_counts=True)
    at_risk = np.append(len(ended), len(ended) - np.cumsum(ends))[: len(ages)]
    at_risk = at_risk + len(still) - np.searchsorted(np.sort(lasting), ages)
    left = np.cumprod(1.0 - ends / np.maximum(at_risk, 1))
    before = np.append(1.0, left[:-1])[: len(ages)]
    since = np.searchsorted(ages, lasting, side="right")
    alive = np.append(1.0, left)[since]
    if not len(ended):
        yield still, np.full(len(still), NONE), np.ones(len(still))
    for key in np.unique(keys[ended]):
        ends_there = np.bincount(place[keys[ended] == key], minlength=len(ages))
        later = np.append(np.cumsum((before * ends_there / np.maximum(at_risk, 1))[::-1])[::-1], 0.0)
        beyond = left[-1] * ends_there.sum() / len(ended)
        chance = np.divide(later[since] + beyond, alive, out=np.zeros(len(still)), where=alive > 0)
        yield still, np.full(len(still), key), chance
