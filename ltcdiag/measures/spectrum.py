"""The performance spectrum: when each case entered and left each part of a path (Denisov, Fahland & van der Aalst 2018,
doi:10.1007/978-3-319-98648-7_9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..domain.stages import load_stages
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.pictured import Spectrum
from ..log.steps import Steps, first_of_each
from ..words import current, say
from .periods import on_wall
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.signedinteger[Any]]

MOST_STEPS = 6


def spectrum(log: EventLog, steps: Sequence[str] = ()) -> Spectrum:
    """Every case on every part of a path: part, entered, left, days, quartile.

    steps: two or more activities, stages or main stages, in their order; by default the main stages of the log, or the
    steps of its most common variant that has two where no stages are known.
    Law: rows + elsewhere = cases that came to the step.
    Raises InputError for fewer than two, or one that is not in the log."""
    import pandas as pd

    every = log.tables.steps()
    asked = tuple(steps) or _usual(log, every)
    sets = [_labels(log, every, step) for step in asked]
    missing = [step for step, labels in zip(asked, sets, strict=True) if not labels.any()]
    if missing or len(asked) < 2:
        raise InputError(say("pictures.not_a_path", current(), steps=", ".join(missing) or len(asked)),
                         fix=say("pictures.not_a_path_fix", current(), steps=", ".join(every.labels[:12])))
    parts = list(_parts(every, sets, log.timezone))
    table = pd.concat([part for part, _ in parts], ignore_index=True)
    return Spectrum(table, every.cases, "", steps=asked, known=every.known, elsewhere=tuple(gone for _, gone in parts))


def _usual(log: EventLog, every: Steps) -> tuple[str, ...]:
    chain = load_stages()
    seen = {every.labels[code] for code in set(every.label.tolist())}
    keys = {chain[key].main_stage for label in seen if (key := log.stages.get(label))}
    main = [key for key in chain.main_stages if key in keys]
    if len(main) >= 2:
        return tuple(main)
    variants = (tuple(dict.fromkeys(path)) for path in log.tables.answer("variants").table["activities"])
    return next((path for path in variants if len(path) >= 2), ())[:MOST_STEPS]


def _labels(log: EventLog, every: Steps, step: str) -> Bools:
    """Which labels belong to an activity, a stage or a main stage."""
    import numpy as np

    chain = load_stages()
    keys = [log.stages.get(label) for label in every.labels]
    found: Bools = np.array([step in (label, key) or (key is not None and chain[key].main_stage == step)
                             for label, key in zip(every.labels, keys, strict=True)], dtype=bool)
    return found


def _parts(every: Steps, sets: Sequence[Bools], zone: str | None) -> Iterator[tuple[pd.DataFrame, int]]:
    """The rows of each part, and how many cases ended without coming to its next step."""
    import numpy as np
    import pandas as pd

    for number, (here, there) in enumerate(pairwise(sets)):
        case, first = first_of_each(every.case[rows := np.flatnonzero(here[every.label])])
        first = rows[first]
        later = np.flatnonzero(there[every.label])
        place = np.searchsorted(later, first, side="right")
        after = later[np.minimum(place, max(0, len(later) - 1))] if len(later) else first
        came = (place < len(later)) & (every.case[after] == case)
        on_way = ~came & ~every.closed[case] & every.known
        rows = np.flatnonzero(came | on_way)
        rows = rows[np.argsort(every.ended[first[rows]], kind="stable")]
        end = np.where(came, every.ended[after], every.as_of)[rows]
        days = np.maximum(0, end - every.ended[first[rows]]) / DAY
        left = on_wall(end, zone).where(came[rows])
        yield pd.DataFrame({"part": number, "entered": on_wall(every.ended[first[rows]], zone), "left": left,
                            "days": days, "quartile": _quartiles(days, came[rows])}), int((~came & ~on_way).sum())


def _quartiles(days: NDArray[np.float64], done: Bools) -> pd.Series:
    """0 to 3 by the days of those that are done; equal days are in one quartile."""
    import numpy as np
    import pandas as pd

    found = pd.Series(pd.NA, index=range(len(days)), dtype="Int64")
    if done.any():
        cuts = np.quantile(days[done], [0.25, 0.5, 0.75])
        found[done] = np.searchsorted(cuts, days[done], side="left")
    return found
