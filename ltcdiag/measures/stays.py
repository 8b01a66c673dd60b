"""Where cases stand: their open time cut into stays in a stage, and where each stay leads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..log.steps import SHORT_CODES, distinct, whole_cases, with_none
from .observed import Observed, by_stage
from .spells import DAY, NONE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Places:
    """The spells of a log by the place where the case stands in them.

    names: stages, and labels that have none. of_label: place of each label. of_spell: place of each spell (NONE before
    the first step): a stage that the case is recorded to stand in, else that of the step before. last: place of each
    case at its end or now (NONE without any step).
    """

    names: tuple[str, ...]
    of_label: Ints
    of_spell: Ints
    last: Ints


def places_of(observed: Observed) -> Places:
    """Where the cases stand in each spell."""
    import numpy as np

    steps, spells = observed.steps, observed.spells
    groups = by_stage(observed)
    codes: type[np.signedinteger[Any]] = np.int16 if len(groups) < SHORT_CODES else np.int32
    of_label = np.full(len(steps.labels) + 1, NONE, dtype=codes)    # the last one is for NONE
    for place, labels in enumerate(groups.values()):
        of_label[list(labels)] = place
    state = np.zeros(len(steps.labels) + 1, dtype=bool)
    state[list(steps.states)] = True
    of_spell = of_label[np.where(state[spells.target], spells.target, spells.source)]
    last = np.full(steps.cases, NONE, dtype=codes)
    last[steps.case] = of_label[steps.label]
    for case, label in steps.standing.items():
        last[case] = of_label[label]
    return Places(tuple(groups), of_label[:-1], of_spell, last)


@dataclass(frozen=True, eq=False)
class Stays:
    """One row a stay, by case and in order: case, place, entered and left (ages in days), last (whether it is the last
    one of its case), since (age at the last record in it; where it runs, its silence began then)."""

    case: Ints
    place: Ints
    entered: Floats
    left: Floats
    last: Bools
    since: Floats

    @cached_property
    def next_place(self) -> Ints:
        """The place of the stay after it, NONE for the last one of a case."""
        import numpy as np

        after = with_none(self.place[1:])[: len(self.place)]
        found: Ints = np.where(self.last, NONE, after)
        return found


def stays_of(observed: Observed, places: Places) -> Stays:
    """Neighbouring spells in one place are one stay. A closed case ends with a stay in the place of its last step, of
    no length where it closed with that step."""
    import numpy as np

    parts = [_stays(observed, places, block) for block in whole_cases(observed.spells.case)]
    parts = parts or [_stays(observed, places, slice(0, 0))]
    return Stays(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _stays(observed: Observed, places: Places, block: slice) -> tuple[NDArray[Any], ...]:
    """The columns of the stays of whole cases, whose spells are these."""
    import numpy as np

    steps, spells = observed.steps, observed.spells
    here = block.start + np.flatnonzero(places.of_spell[block] != NONE)
    cases = distinct(spells.case[block])
    ends = cases[steps.closed[cases] & (places.last[cases] != NONE)]
    whole = (steps.left[ends] - steps.entered[ends]) / DAY
    case = np.concatenate([spells.case[here], ends.astype(spells.case.dtype)])
    place = np.concatenate([places.of_spell[here], places.last[ends]])
    start = np.concatenate([spells.start[here], whole])
    end = np.concatenate([spells.end[here], whole])
    order = np.argsort(case, kind="stable")
    case, place, start, end = case[order], place[order], start[order], end[order]
    begins = np.append(True, (case[1:] != case[:-1]) | (place[1:] != place[:-1]))[: len(case)]
    first = np.flatnonzero(begins)
    final = np.append(first[1:], len(case))[: len(first)] - 1
    ends_case = np.append(case[first][1:] != case[first][:-1], True)[: len(first)]
    return case[first], place[first], start[first], end[final], ends_case, start[final]
