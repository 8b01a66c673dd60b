"""Sheets whose header takes two rows: captions over groups of columns, and lists inside each record (subforms)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .dialect import unique_names

_TITLE_ROWS = 30  # a header stands within so many rows
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Group:
    """Neighbouring columns under one caption; `last` is among them."""

    caption: str
    first: int
    last: int


@dataclass(frozen=True)
class TwoRows:
    """A header of two rows. header: 0-based index of the upper one. plain: columns with one caption over both."""

    header: int
    plain: tuple[tuple[int, str], ...]
    groups: tuple[Group, ...]
    leaves: tuple[str, ...]

    @property
    def data(self) -> int:
        """Index of the first row behind the header."""
        return self.header + 2

    @property
    def flat_columns(self) -> tuple[str, ...]:
        """Names where every record has one row: the lower captions, with the upper one where they repeat."""
        names = dict(self.plain)
        for group in self.groups:
            names |= {place: self.leaves[place] for place in range(group.first, group.last + 1)}
        taken = list(names.values())
        for group in self.groups:
            for place in range(group.first, group.last + 1):
                if taken.count(names[place]) > 1:
                    names[place] = f"{group.caption}.{names[place]}"
        return unique_names([names[place] for place in sorted(names)])

    @property
    def columns(self) -> tuple[str, ...]:
        """Names where each group is a list inside the record: the upper captions."""
        return unique_names([caption for _, caption in self._places()])

    def _places(self) -> list[tuple[int, str]]:
        return sorted([*self.plain, *((group.first, group.caption) for group in self.groups)])

    def continues(self, row: Sequence[str]) -> bool:
        """Whether a row goes on with the lists of the record above: nothing in the record's own columns."""
        if any(_cell(row, place) for place, _ in self.plain):
            return False
        return any(_cell(row, place) for group in self.groups for place in range(group.first, group.last + 1))

    def records(self, rows: Sequence[list[str]]) -> Iterator[tuple[list[str], int, int]]:
        """The data rows as records: cells (each list as JSON text), first and last row as the sheet counts, from 1."""
        open_rows: list[list[str]] = []
        first = self.data
        for place in range(self.data, len(rows)):
            if open_rows and any(open_rows[0]) and self.continues(rows[place]):
                open_rows.append(rows[place])
                continue
            if open_rows:
                yield self._record(open_rows), first + 1, place
            open_rows, first = [rows[place]], place
        if open_rows:
            yield self._record(open_rows), first + 1, len(rows)

    def _record(self, rows: Sequence[Sequence[str]]) -> list[str]:
        cells = {place: _cell(rows[0], place) for place, _ in self.plain}
        for group in self.groups:
            items = [item for row in rows if (item := self._item(group, row))]
            cells[group.first] = json.dumps(items, ensure_ascii=False) if items else ""
        return [cells[place] for place, _ in self._places()]

    def _item(self, group: Group, row: Sequence[str]) -> dict[str, str]:
        names = unique_names(self.leaves[group.first : group.last + 1])
        cells = {name: _cell(row, group.first + place) for place, name in enumerate(names)}
        return cells if any(cells.values()) else {}


def two_rows(rows: Sequence[Sequence[str]], width: int, merged: Sequence[Range] | None) -> TwoRows | None:
    """The header of two rows of a sheet, None where its header takes one. merged: ranges of merged cells, None where
    the format does not tell them: then blanks must do."""
    for index in range(min(_TITLE_ROWS, len(rows) - 2)):
        found = _header_at(rows, width, merged, index)
        if found is not None:
            return found
    return None


def _header_at(
    rows: Sequence[Sequence[str]], width: int, merged: Sequence[Range] | None, index: int
) -> TwoRows | None:
    upper, lower = ([_cell(rows[index + part], place) for place in range(width)] for part in (0, 1))
    across = {low: high for (top, low), (end, high) in merged or () if top == end == index and high > low}
    down = {low for (top, low), (end, high) in merged or () if (top, end) == (index, index + 1) and low == high}
    if merged is not None and not (across or down):
        return None
    plain: list[tuple[int, str]] = []
    groups: list[Group] = []
    place = 0
    while place < width:
        last = across.get(place, place) if merged is not None else _end_of_blanks(upper, lower, place)
        under = lower[place : last + 1]
        if upper[place] and all(under) and place not in down:
            groups.append(Group(upper[place], place, last))
        elif upper[place] and not any(under) and last == place:
            plain.append((place, upper[place]))
        elif upper[place] or any(under):
            return None
        else:
            plain.append((place, ""))
        place = last + 1
    named = any(caption for _, caption in plain)
    wide = any(group.last > group.first for group in groups) or bool(down)
    return TwoRows(index, tuple(plain), tuple(groups), tuple(lower)) if groups and named and wide else None


def _end_of_blanks(upper: Sequence[str], lower: Sequence[str], place: int) -> int:
    """The last column of a group: blanks to the right of its caption, with captions below them."""
    if not (upper[place] and lower[place]):
        return place
    last = place
    while last + 1 < len(upper) and not upper[last + 1] and lower[last + 1]:
        last += 1
    return last


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
