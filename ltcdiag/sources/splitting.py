"""Files that hold records of several forms: one table for each form, and every line in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..domain.headers import normal_header
from ..log.records import Fates, TextBatch, TextTable
from .profiles import load_systems
from .reading import sample_of

Sample = Mapping[str, Sequence[str | None]]
_MOST = 50      # forms in one file
_KEPT = "#"


def split_tables(table: TextTable) -> list[TextTable]:
    """The table, or one for each form whose records it holds: with the columns that this form fills, called by the
    form's name. Records that name no form stay with the first."""
    for split in (split for system in load_systems().values() for split in system.splits):
        columns = {normal_header(column): column for column in reversed(table.columns)}
        by = columns.get(split.by)
        if by is None or not all(header in columns for header in split.beside):
            continue
        sample = sample_of(table)
        forms = [form for form in dict.fromkeys(sample.get(by, ())) if form]
        if 1 < len(forms) <= _MOST:
            return [_part(table, sample, by, form, forms, columns.get(split.called, by)) for form in forms]
    return [table]


def _part(
    table: TextTable, sample: Sample, by: str, form: str, forms: Sequence[str], called: str
) -> TextTable:
    mine = [place for place, each in enumerate(sample[by]) if each == form]
    filled = tuple(column for column in table.columns
                   if any(sample[column][place] is not None for place in mine))
    name = next((text for place in mine if (text := sample[called][place])), form)
    place = list(forms).index(form)
    alike = [each for each in forms if each != form]
    return replace(table, file=f"{table.file}{_KEPT}{name}", columns=filled,
                   draw=partial(_draw, table, by, form, alike, filled, first=place == 0),
                   notes=table.notes if place == 0 else ())


def _draw(
    table: TextTable, by: str, form: str, others: Sequence[str], columns: Sequence[str], fates: Fates, *, first: bool
) -> Iterator[TextBatch]:
    """The records of one form. The first part also answers for records that name no form, and for all lines that are
    no records."""
    whole, elsewhere = Fates(), 0
    kept = 0
    for batch in table.draw(whole):
        told = batch.columns[by]
        mine = [place for place, each in enumerate(told) if each == form or (first and each not in others)]
        elsewhere += len(told) - len(mine)
        kept += len(mine)
        if mine:
            yield TextBatch([batch.lines[place] for place in mine],
                            {column: [batch.columns[column][place] for place in mine] for column in columns})
    fates.lines += whole.lines - elsewhere if first else kept
    if first:
        fates.structure += whole.structure
        fates.folded += whole.folded
        fates.set_aside += whole.set_aside
        fates.notes += whole.notes
