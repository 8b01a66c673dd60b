"""Records kept small in memory while their columns are still being found."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat

from ..errors import InputError
from ..log.ledger import RowSetAside
from ..log.records import Fates, TextBatch
from .reasons import BATCH, MAX_COLUMNS, MAX_LINE, SHOWN, fault

_PART = 5_000  # records worked on at once: they stay in the processor's cache
Record = Mapping[str, str | None]


@dataclass
class Spool:
    """Takes records with any keys; gives them back in batches of columns, as often as wanted.

    lines: physical lines (or items, events) seen; structure and set_aside: their other fates.
    """

    file: str
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
        if len(self._records) == _PART:
            self.close()

    def close(self) -> None:
        """Packs what is still open; call once after the last record."""
        if not self._records:
            return
        names = dict.fromkeys(chain.from_iterable(self._records))
        self.columns.update(names)
        if len(self.columns) > MAX_COLUMNS:
            raise InputError(fault("too_many_header_columns", where=self.file, n=len(self.columns), limit=MAX_COLUMNS))
        columns = {name: [record.get(name) for record in self._records] for name in names}
        if any(max(map(len, filter(None, values)), default=0) > MAX_LINE for values in columns.values()):
            self._put_aside_long()
            columns = {name: [record.get(name) for record in self._records] for name in names}
        self._packed.append(zlib.compress(marshal.dumps((self._numbers, columns)), 1))
        self._records, self._numbers = [], []

    def _put_aside_long(self) -> None:
        """Records with a value beyond the limit are set aside."""
        kept = []
        for record, number in zip(self._records, self._numbers, strict=True):
            if max(map(len, filter(None, record.values())), default=0) > MAX_LINE:
                text = ", ".join(f"{key}={(value or '')[:80]}" for key, value in record.items())
                self.set_aside.append(RowSetAside(self.file, number, number, "line_too_long", text[:SHOWN]))
            else:
                kept.append((record, number))
        self._records, self._numbers = [record for record, _ in kept], [number for _, number in kept]

    def draw(self, fates: Fates) -> Iterator[TextBatch]:
        """The batches anew; every column in each of them."""
        per_batch = max(1, BATCH // _PART)
        for start in range(0, len(self._packed), per_batch):
            yield self._joined(self._packed[start : start + per_batch])
        fates.lines, fates.structure = self.lines, self.structure
        fates.set_aside.extend(self.set_aside)
        fates.notes.extend(self.notes)

    def _joined(self, parts: list[bytes]) -> TextBatch:
        lines: list[int] = []
        cells: dict[str, list[str | None]] = {name: [] for name in self.columns}
        for packed in parts:
            numbers, columns = marshal.loads(zlib.decompress(packed))  # noqa: S302 - our own bytes
            for name, column in cells.items():
                column.extend(columns.get(name) or repeat(None, len(numbers)))
            lines += numbers
        return TextBatch(lines, cells)
