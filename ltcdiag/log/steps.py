"""The steps of a log as arrays: what the claims rest on. One order, whole microseconds, no text per row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

SHORT_CODES = 2**15 - 2
"""So many different labels have codes of two bytes, more of four. A log of 30 million events is many arrays, and its
memory is what decides how large a log can be."""
BLOCK = 1 << 20
"""Rows reckoned at once: few enough for their numbers to take no memory worth a word."""
UNKNOWN = -1
"""Code of a party that has no name."""
NO_TIME = -(2**63)
"""A start that was not recorded."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Every finished piece of work inside the open time of its case, by case and then in the order of completion.

    Codes and case numbers are as short as they can be: what is reckoned from two of them goes through `keyed`.
    One row a step: case (0, 1, ... in the order of case ids), label (code into `labels`), party (code into
    `parties`, UNKNOWN where nobody is named), person (a code a person, UNKNOWN where nobody is named), started (µs,
    NO_TIME where not recorded), ended (µs).
    One row a case: entered (µs: its first record or recorded start), left (µs: its closing, else the as-of moment),
    closed. What comes after the closing is aftercare and is not here.
    labels: activities, or keys of the level asked for. by: the column that names the parties ("" where none does).
    standing: case → label of the stage that it is known to stand in now. states: labels of stages, entered and left:
    such a step ends when the next stage is entered. unseen: labels before which the history is cut.
    watched: when watching of each case began (µs), where that is later than its first record; None: with that record.
    known: whether anything says which cases are closed; where it is False, `left` is the last record and nobody
    knows what came after.
    """

    case: Ints
    label: Ints
    party: Ints
    person: Ints
    started: Ints
    ended: Ints
    entered: Ints
    left: Ints
    closed: Bools
    labels: tuple[str, ...]
    parties: tuple[str, ...]
    by: str
    known: bool
    as_of: int
    standing: Mapping[int, int] = field(default_factory=dict)
    states: frozenset[int] = frozenset()
    unseen: frozenset[int] = frozenset()
    watched: Ints | None = None

    @property
    def cases(self) -> int:
        """How many cases."""
        return len(self.entered)

    @property
    def has_starts(self) -> bool:
        """Whether starts of work are recorded for at least half of the steps."""
        return bool(len(self.started)) and 2 * int((self.started != NO_TIME).sum()) >= len(self.started)


def keyed(one: Ints, width: int, other: Ints) -> Ints:
    """One number a pair: one * width + other, in 64 bits. The codes of a large log are shorter, and their product would
    wrap around without a word."""
    import numpy as np

    return one.astype(np.int64) * width + other


def with_none(codes: Ints) -> Ints:
    """The same codes, as short, with UNKNOWN behind the last: what the row -1 finds."""
    import numpy as np

    return np.append(codes, codes.dtype.type(UNKNOWN))


def distinct(case: Ints) -> Ints:
    """The different case numbers of a column, in order: what `np.unique` gives, without sorting or hashing."""
    import numpy as np

    there = np.zeros(int(case.max(initial=-1)) + 1, dtype=bool)
    there[case] = True
    return np.flatnonzero(there)


def common(one: Ints, other: Ints) -> Ints:
    """The case numbers that stand in both columns, each once and in order: what `np.intersect1d` gives."""
    import numpy as np

    there = np.zeros(max(int(one.max(initial=-1)), int(other.max(initial=-1))) + 1, dtype=bool)
    there[one] = True
    both = distinct(other)
    found: Ints = both[there[both]]
    return found


def by_code(codes: Ints) -> Iterator[tuple[int, Ints]]:
    """Every different code with its rows, both in order."""
    import numpy as np

    order = np.argsort(codes, kind="stable").astype(np.int32)
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(rows):
            yield int(codes[rows[0]]), rows


def stretches(n: int) -> Iterator[slice]:
    """So many rows, a stretch after the other."""
    return (slice(start, start + BLOCK) for start in range(0, n, BLOCK))


def whole_cases(case: Ints, rows: int = BLOCK) -> Iterator[slice]:
    """A column of case numbers that stand in order, cut between cases into stretches of about so many rows: what is
    reckoned case by case needs memory for one stretch and not for a log."""
    import numpy as np

    start = 0
    while start < len(case):
        end = int(np.searchsorted(case, case[min(start + rows, len(case)) - 1], side="right"))
        yield slice(start, end)
        start = end


def first_of_each(case: Ints) -> tuple[Ints, Ints]:
    """The different numbers of a column of case numbers that stand in order, and the row where each begins: what
    `np.unique` gives, without sorting again."""
    import numpy as np

    first = np.flatnonzero(np.append(True, case[1:] != case[:-1])[: len(case)])
    return case[first], first
