"""Where cases flow between the stages of the chain: on, back, out, or nowhere yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..log.event_log import EventLog
from ..log.pictured import StageFlows
from ..log.steps import Steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

MOST_ACTIVITIES = 7
LOST = ("loses", "disqualifies", "cancels", "writes_off")
ENDS = ("done", "lost", "open", "unknown")


def stage_flows(log: EventLog) -> StageFlows:
    """Moves between main stages (source, target, moves), or between the activities of most cases where no stages are
    known; all others are one stage, "other". A stay is all steps of one stage in a row.

    A closed case whose last step is an exit (lost, disqualified, cancelled, written off) is "lost", else "done". Law:
    what flows into a stage flows out of it; what starts = what ends = cases with a step."""
    import numpy as np
    import pandas as pd

    steps = log.tables.steps()
    names, of_label, staged = _places(log, steps)
    place = of_label[steps.label]
    begins = np.append(True, (steps.case[1:] != steps.case[:-1]) | (place[1:] != place[:-1]))[: len(place)]
    case, place = steps.case[begins], place[begins]
    first = np.append(True, case[1:] != case[:-1])[: len(case)]
    last = np.append(case[1:] != case[:-1], True)[: len(case)]
    codes = [*names, "start", *ENDS]
    start, end = len(names), _ends(log, steps) + len(names) + 1
    inner = np.flatnonzero(~last)
    pairs = np.concatenate([
        np.column_stack([np.full(first.sum(), start), place[first]]),
        np.column_stack([place[inner], place[inner + 1]]),
        np.column_stack([place[last], end[case[last]]])]) if len(case) else np.zeros((0, 2), dtype=np.int64)
    found, moves = np.unique(pairs, axis=0, return_counts=True)
    table = pd.DataFrame({"source": [codes[a] for a in found[:, 0]], "target": [codes[b] for b in found[:, 1]],
                          "moves": moves}).sort_values(["moves", "source", "target"], ascending=[False, True, True])
    return StageFlows(table.reset_index(drop=True), steps.cases, "", level="main_stage" if staged else "activity",
                      stages=tuple(names), without=steps.cases - int(first.sum()))


def _ends(log: EventLog, steps: Steps) -> Ints:
    """The place of each case's end among ENDS."""
    import numpy as np

    chain = load_stages()
    exits = np.array([(key := log.stages.get(label)) is not None and chain[key].gate in LOST
                      for label in steps.labels], dtype=bool)
    lost = np.zeros(steps.cases, dtype=bool)
    lost[steps.case] = exits[steps.label]       # of several rows of a case the last one stays
    if not steps.known:
        return np.full(steps.cases, ENDS.index("unknown"))
    found: Ints = np.where(~steps.closed, ENDS.index("open"), np.where(lost, ENDS.index("lost"), 0))
    return found


def _places(log: EventLog, steps: Steps) -> tuple[list[str], Ints, bool]:
    """The stages, the place of each label, and whether they are those of the chain."""
    import numpy as np

    chain = load_stages()
    main = [chain[key].main_stage if (key := log.stages.get(label)) else None for label in steps.labels]
    seen = {main[code] for code in set(steps.label.tolist())}
    names = [key for key in chain.main_stages if key in seen]
    staged = len(names) >= 2
    if not staged:
        names = _common(steps)
        main = [label if label in names else None for label in steps.labels]
    if None in {main[code] for code in set(steps.label.tolist())}:
        names = [*names, "other"]
    place = {key: n for n, key in enumerate(names)}
    return names, np.array([place.get(key or "other", 0) for key in main], dtype=np.int64), staged


def _common(steps: Steps) -> list[str]:
    """The activities of most cases, in the order in which cases come to them."""
    import numpy as np

    size = len(steps.labels)
    if not len(steps.case):
        return []
    seen = np.unique(np.column_stack([steps.case, steps.label]), axis=0)
    cases = np.bincount(seen[:, 1], minlength=size)
    begin = np.flatnonzero(np.append(True, steps.case[1:] != steps.case[:-1]))
    place = np.arange(len(steps.case)) - np.repeat(begin, np.diff(np.append(begin, len(steps.case))))
    times = np.maximum(1, np.bincount(steps.label, minlength=size))
    mean = np.bincount(steps.label, weights=place, minlength=size) / times
    most = sorted(range(size), key=lambda code: (-cases[code], steps.labels[code]))[:MOST_ACTIVITIES]
    return [steps.labels[code] for code in sorted(most, key=lambda code: (mean[code], steps.labels[code]))]
