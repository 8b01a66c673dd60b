"""What of an indicator can be watched week by week: the happenings behind it, and the cases in which they can happen.

A share or a number of days is only known when its cases have had their time; what happens in a week is known at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.kpis import KpiCard, StageSet
from ..log.steps import first_of_each
from .compared_log import ComparedLog
from .counting import labels_of, new_versions
from .journeys import begins_there, rows_of, way
from .observed import Observed
from .quantity import Lacking, Note
from .spells import DAY
from .stays import places_of, stays_of
from .windows import whole_days

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..stats.watching import Happenings

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Watchable:
    """The happenings of an indicator. what: their name, a sentence of the words (`watches.what_…`): reaching, closings,
    leavings, rework, steps or starts. harm: "fewer" or "more" where that is for the worse, "" where neither is."""

    found: Happenings
    what: str
    harm: str


def watchable(card: KpiCard, log: ComparedLog) -> Watchable | Lacking | None:
    """The happenings behind a card; None where it cannot be watched by the week, Lacking where the log lacks them."""
    maker = _MAKERS.get(card.measure)
    if maker is None:
        return None
    made = maker(log, card)
    if isinstance(made, Lacking):
        return made
    found, what = made
    return Watchable(found, what, _harm(card, what))


def _harm(card: KpiCard, what: str) -> str:
    """Days fall when more happens; shares and counts rise with it."""
    if card.direction == "none":
        return ""
    good = (card.unit in ("days", "working_days") and what not in ("rework", "steps")) or (
        card.direction == "higher_is_better")
    return "fewer" if good else "more"


def _reaching(log: ComparedLog, card: KpiCard) -> tuple[Happenings, str] | Lacking:
    """Cases that come to the goal, of those on the way to it; without a goal those that close."""
    import numpy as np

    from ..stats.watching import Happenings

    observed, parameters = log.observed, card.parameters
    found = way(observed, **parameters)
    if isinstance(found, Lacking):
        return found
    journey = found.journey
    case, origin = journey.case, _begun(observed, parameters.get("start"))[journey.case]
    until = origin + np.round(journey.clock.exit * DAY).astype(np.int64)
    happens = journey.clock.closed if card.measure == "days_until" else journey.reached
    rows = np.flatnonzero(happens)
    stop = _watched_to(observed, until, journey.clock.closed)
    begin = origin + np.round(journey.clock.entry * DAY).astype(np.int64)
    what = "closings" if parameters.get("goal") is None else "reaching"
    return Happenings(case, origin, begin, stop, case[rows], origin[rows], until[rows]), what


def _begun(observed: Observed, start: StageSet | None) -> Ints:
    """When each case set out: at its first step of the start, else with its beginning (µs)."""
    import numpy as np

    begun = observed.steps.entered.copy()
    if start is not None:
        rows = np.flatnonzero(rows_of(observed, start))
        case, first = first_of_each(observed.steps.case[rows])
        begun[case] = observed.steps.ended[rows[first]]
    return begun


def _leaving(log: ComparedLog, card: KpiCard) -> tuple[Happenings, str] | Lacking:
    """Cases that leave the stages, of those that stand in them."""
    keys = card.parameters["stages"]
    found = leavings(log.observed, keys)
    return (found, "leavings") if found is not None else Lacking(Note("no_step"))


def leavings(observed: Observed, stages: StageSet) -> Happenings | None:
    """Cases that leave some stages, forward, back or by closing; the age is that of the stay. None where no step has
    one of the stages, or nothing says which cases are over."""
    import numpy as np

    from ..stats.watching import Happenings

    labels = labels_of(observed, stages, "")
    if not labels.any() or not observed.steps.known:
        return None
    steps, places = observed.steps, places_of(observed)
    inside = np.zeros(len(places.names) + 1, dtype=bool)
    inside[np.unique(places.of_label[labels])] = True
    stays = stays_of(observed, places)
    here = inside[stays.place]
    same = np.append(False, stays.case[1:] == stays.case[:-1])[: len(here)]
    begins = np.flatnonzero(here & ~(np.append(False, here[:-1])[: len(here)] & same))
    after = np.flatnonzero(here & ~(np.append(here[1:], False)[: len(here)] & np.append(same[1:], False)[: len(here)]))
    case = stays.case[begins]
    origin, until = (steps.entered[case] + np.round(ages * DAY).astype(np.int64)
                     for ages in (stays.entered[begins], stays.left[after]))
    left = ~stays.last[after] | steps.closed[case]
    begin = origin if steps.watched is None else np.maximum(origin, steps.watched[case])
    rows = np.flatnonzero(left & (until >= begin))
    return Happenings(case, origin, begin, _watched_to(observed, until, left), case[rows], origin[rows], until[rows])


def _rework(log: ComparedLog, card: KpiCard) -> tuple[Happenings, str] | Lacking:  # noqa: ARG001 - as all makers
    return _steps(log.observed, log.observed.rework), "rework"


def _counted(log: ComparedLog, card: KpiCard) -> tuple[Happenings, str] | Lacking:
    """Steps of a kind, in the open cases; of versions only the second and later ones."""
    import numpy as np

    observed, asked = log.observed, card.parameters
    labels = labels_of(observed, asked.get("steps"), asked.get("words", ""))
    if card.measure == "versions_per_case":
        labels &= ~labels_of(observed, None, "approval")
    if not labels.any():
        return Lacking(Note("no_step" if any(observed.stage) else "no_stages"))
    chosen = labels[observed.steps.label]
    if card.measure == "versions_per_case":
        rows = np.flatnonzero(chosen)
        chosen = np.zeros(len(chosen), dtype=bool)
        chosen[rows] = new_versions(observed, rows, labels_of(observed, None, "revised"))
    return _steps(observed, chosen), "steps"


def _steps(observed: Observed, chosen: Bools) -> Happenings:
    import numpy as np

    from ..stats.watching import Happenings

    steps = observed.steps
    every = np.arange(steps.cases)
    begin = steps.entered if steps.watched is None else np.maximum(steps.entered, steps.watched)
    rows = np.flatnonzero(chosen & (steps.ended >= begin[steps.case]))
    case = steps.case[rows]
    return Happenings(every, steps.entered, begin, _watched_to(observed, steps.left, steps.closed), case,
                      steps.entered[case], steps.ended[rows])


def _starting(log: ComparedLog, card: KpiCard) -> tuple[Happenings, str] | Lacking:
    """Cases that begin in the stages; time itself is what they can happen in."""
    import numpy as np

    begins = begins_there(log.observed, card.parameters["begins_in"], surely=True)
    if not begins.any():
        return Lacking(Note("no_step" if any(log.observed.stage) else "no_stages"))
    return starts(log.observed, np.flatnonzero(begins)), "starts"


def starts(observed: Observed, cases: Ints) -> Happenings:
    """The beginnings of some cases. Each case carries a span of the whole log, so that a part of the cases is still
    watched all the time; expected is then as much too high as seen is too often watched, and cancels out."""
    import numpy as np

    from ..stats.watching import Happenings

    steps = observed.steps
    first = np.full(len(cases), steps.entered.min() if steps.cases else 0)
    until = _watched_to(observed, np.full(len(cases), steps.as_of), np.zeros(len(cases), dtype=bool))
    return Happenings(cases, first, first, until, cases, first, steps.entered[cases], aged=False)


def _watched_to(observed: Observed, until: Ints, over: Bools) -> Ints:
    """Until when something could have been seen: where days are whole, the last one counts."""
    import numpy as np

    if not whole_days(observed.steps):
        return until
    found: Ints = np.where(over, until, np.maximum(until, observed.steps.as_of)) + DAY
    return found


_MAKERS: Mapping[str, Callable[[ComparedLog, KpiCard], Any]] = MappingProxyType({
    "share_reaching": _reaching, "value_at": _reaching, "days_until": _reaching, "days_since": _reaching,
    "first_pass_days": _reaching, "days_in_stages": _leaving, "share_with_rework": _rework, "rework_days": _rework,
    "rework_money": _rework, "steps_per_case": _counted, "versions_per_case": _counted, "cases_begun": _starting,
})
