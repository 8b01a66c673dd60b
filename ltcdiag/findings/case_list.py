"""The cases behind a finding: kept by their numbers, read by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from operator import eq
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, eq=False, repr=False)
class CaseList(Sequence[str]):
    """Ids of cases in an order that matters. numbers: places of the cases in `names`, the ids of all cases of a log: of
    millions, twenty findings hold their ids once."""

    numbers: Ints
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self.names.__getitem__, self.numbers.tolist())

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> CaseList: ...
    def __getitem__(self, place: int | slice) -> str | CaseList:
        if isinstance(place, slice):
            return CaseList(self.numbers[place], self.names)
        return self.names[int(self.numbers[place])]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(starmap(eq, zip(self, other, strict=True)))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"({', '.join(map(repr, self))})"
