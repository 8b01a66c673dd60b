"""Records kept small in memory while their columns are still being found."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat

from ..log.ledger import RowSetAside
from ..log.records import Fates, TextBatch
from .reasons import BATCH

Record = Mapping[str, str | None]


@dataclass
class Spool:
    """Takes records with any keys; gives them back in batches of columns, as often as wanted.

    lines: physical lines (or items, events) seen; structure and set_aside: their other fates.
    """

    columns: dict[str, None] = field(default_factory=dict)
    lines: int = 0
    structure: int = 0
    set_aside: list[RowSetAside] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _packed: list[bytes] = field(default_factory=list)
    _records: list[Record] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)

    def add(self, record: Record, number: int) -> None:
        """One record and its line number."""
        self._records.append(record)
        self._numbers.append(number)
        if len(self._records) == BATCH:
            self.close()

    def close(self) -> None:
        """Packs what is still open; call once after the last record."""
        if not self._records:
            return
        names: dict[str, None] = {}
        for record in self._records:
            names.update(dict.fromkeys(record))
        self.columns.update(names)
        columns = {name: [record.get(name) for record in self._records] for name in names}
        self._packed.append(zlib.compress(marshal.dumps((self._numbers, columns)), 1))
        self._records, self._numbers = [], []

    def draw(self, fates: Fates) -> Iterator[TextBatch]:
        """The batches anew; every column in each of them."""
        for packed in self._packed:
            numbers, columns = marshal.loads(zlib.decompress(packed))  # noqa: S302 - our own bytes
            nothing = list(repeat(None, len(numbers)))
            yield TextBatch(numbers, {name: columns.get(name, nothing) for name in self.columns})
        fates.lines, fates.structure = self.lines, self.structure
        fates.set_aside.extend(self.set_aside)
        fates.notes.extend(self.notes)
