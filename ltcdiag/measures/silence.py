"""Silence: open cases without a record for longer than nearly all of those took that went on from the same place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..domain.step_words import says
from ..log.steps import by_code, distinct
from .observed import Observed
from .quantity import LEAST_CASES
from .spells import DAY, NONE
from .stays import Places

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

LATE = 0.95
"""So many of the gaps that ended had ended by then: what is silent for longer is silent for too long."""


@dataclass(frozen=True, eq=False)
class Silence:
    """One place. days: the limit. watched: cases that came there at least so long before the as-of moment. silent:
    those of them that are open and without a record for longer, and since: days since their last record. ended: gaps
    that had an end, from which the limit comes. after: the label after which most of the silent ones stopped."""

    place: int
    days: float
    watched: Ints
    silent: Ints
    since: Floats
    ended: int
    after: int


def silences(observed: Observed, places: Places, *, without: Ints) -> Iterator[Silence]:
    """Every place from which enough cases went on to have a curve of its own. without: cases that are left out.

    The limit is the age by which 95 in 100 of the gaps that end have ended, from open and ended gaps together
    (Kaplan-Meier, scaled to its last value), so that neither young cases nor dead ones move it.
    """
    import numpy as np

    steps, spells = observed.steps, observed.spells
    age = (steps.as_of - steps.entered) / DAY
    out = np.zeros(steps.cases, dtype=bool)
    out[without] = True
    running = spells.running
    for place, rows in by_code(places.of_spell):
        case = spells.case[rows]
        length, still = spells.end[rows] - spells.start[rows], running[rows] & ~steps.closed[case]
        ended = int((~still).sum())
        if place == NONE or ended < LEAST_CASES:
            continue
        limit = late_age(length, ~still)
        told = ~out[case] & (age[case] - spells.start[rows] >= limit)
        quiet = told & still & (length > limit)
        yield Silence(place, limit, distinct(case[told]), case[quiet], length[quiet], ended,
                      _most(spells.source[rows[quiet]]))


def late_age(length: Floats, ended: Bools) -> float:
    """The age by which 95 in 100 of what ends has ended, open and ended ones together; something has ended."""
    import numpy as np

    ages, ends = np.unique(length[ended], return_counts=True)
    at_risk = len(length) - np.searchsorted(np.sort(length), ages)
    gone = 1.0 - np.cumprod(1.0 - ends / at_risk)
    return float(ages[np.searchsorted(gone, LATE * gone[-1] - 1e-12)])


def _most(labels: Ints) -> int:
    import numpy as np

    known = labels[labels != NONE]
    return int(np.bincount(known).argmax()) if len(known) else NONE


@dataclass(frozen=True, eq=False)
class Unassigned:
    """days: the limit, by which 95 in 100 of the others had been assigned. watched: leads that could have been, for so
    long. never: those of them that nobody was given, and since: days since they came. label: the step of assigning."""

    days: float
    watched: Ints
    never: Ints
    since: Floats
    label: int


def unassigned(observed: Observed) -> Unassigned | None:
    """Leads that were never assigned; None where the log has no step of assigning, or few cases with it.

    Not counted: what was screened out before the limit, and what went on to work without the step (it is the record
    that is missing there).
    """
    import numpy as np

    steps, labels = observed.steps, _assigning(observed)
    if not labels.any() or not len(steps.case):
        return None
    first = np.flatnonzero(np.append(True, steps.case[1:] != steps.case[:-1]))
    lead = np.zeros(steps.cases, dtype=bool)
    lead[steps.case[first]] = _new(observed)[steps.label[first]] & ~labels[steps.label[first]]
    given = np.full(steps.cases, np.inf)
    assigned = np.flatnonzero(labels[steps.label])
    np.minimum.at(given, steps.case[assigned], observed.age_at(assigned))
    passed = np.zeros(steps.cases, dtype=bool)
    passed[steps.case[~_new(observed)[steps.label] & ~_out(observed)[steps.label]]] = True
    whole = (steps.left - steps.entered) / DAY
    told = lead & (np.isfinite(given) | ~passed)
    if int((told & np.isfinite(given)).sum()) < LEAST_CASES:
        return None
    limit = late_age(np.minimum(given, whole)[told], np.isfinite(given)[told])
    could = (steps.as_of - steps.entered) / DAY >= limit
    watched = told & could & (np.isfinite(given) | (whole >= limit))
    never = np.flatnonzero(watched & ~np.isfinite(given))
    return Unassigned(limit, np.flatnonzero(watched), never, whole[never],
                      _most(steps.label[labels[steps.label]]))


def _assigning(observed: Observed) -> Bools:
    """Labels of leads that say that somebody is given the lead."""
    import numpy as np

    main = _main(observed)
    return np.array([part == "manage_leads" and says(label, "assigned") and not says(label, "not_assigned")
                     for part, label in zip(main, observed.steps.labels, strict=True)], dtype=bool)


def _new(observed: Observed) -> Bools:
    import numpy as np

    return np.array([key == "lead_new" for key in observed.stage], dtype=bool)


def _out(observed: Observed) -> Bools:
    import numpy as np

    chain = load_stages()
    return np.array([key is not None and chain[key].closes for key in observed.stage], dtype=bool)


def _main(observed: Observed) -> list[str | None]:
    chain = load_stages()
    return [None if key is None else chain[key].main_stage for key in observed.stage]
