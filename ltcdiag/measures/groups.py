"""A log in groups by a column of its source: the steps of each group as if the log held nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..log.event_log import EventLog
from ..log.steps import Steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]

MOST_GROUPS = 20


@dataclass(frozen=True, eq=False)
class Groups:
    """value → numbers of its cases, the largest group first, equal ones by value. rest: how many more values there are,
    rest_cases: cases that have none but these. without: cases without a value. several: cases with more than one, in
    each of their groups."""

    cases: dict[str, Ints]
    rest: int
    rest_cases: int
    without: int
    several: int


def groups_of(log: EventLog, by: str) -> Groups:
    """The groups of a column (named as in the source). Raises InputError where no table has it."""
    import numpy as np

    table = log.tables.answer("segments", column=by).table
    parts = {str(value): part.to_numpy(np.int64) for value, part in table.groupby("value", sort=True)["case"]}
    values = sorted(parts, key=lambda value: (-len(parts[value]), value))
    kept = {value: parts[value] for value in values[:MOST_GROUPS]}
    times = np.bincount(table["case"].to_numpy(np.int64), minlength=log.cases)
    shown = np.unique(np.concatenate([*kept.values(), np.array([], dtype=np.int64)]))
    return Groups(kept, len(values) - len(kept), int((times > 0).sum()) - len(shown), int((times == 0).sum()),
                  int((times > 1).sum()))


def values_of(log: EventLog, column: str) -> dict[str, Ints]:
    """value → numbers of its cases, in order, by the first value that a case has in a column (named as in the source):
    what came later may follow from how the case went. Raises InputError where no table has the column."""
    import numpy as np

    table = log.tables.answer("segments", column=column).table
    first = table.sort_values(["case", "first", "value"]).drop_duplicates("case")
    parts = first.groupby("value", sort=True)["case"]
    return {str(value): np.sort(part.to_numpy(np.int64)) for value, part in parts}


def part_of(steps: Steps, cases: Ints) -> Steps:
    """The steps of some cases, which are numbered anew. Law: the same as those of the log filtered to these cases."""
    import numpy as np

    chosen = np.unique(cases)
    number = np.full(steps.cases, -1)
    number[chosen] = np.arange(len(chosen))
    rows = np.flatnonzero(number[steps.case] >= 0)
    by_row = {name: getattr(steps, name)[rows] for name in ("label", "party", "person", "started", "ended")}
    by_case = {name: getattr(steps, name)[chosen] for name in ("entered", "left", "closed", "watched")
               if getattr(steps, name) is not None}
    standing = {int(number[case]): label for case, label in steps.standing.items() if number[case] >= 0}
    return replace(steps, case=number[steps.case[rows]], standing=standing, **by_row, **by_case)
