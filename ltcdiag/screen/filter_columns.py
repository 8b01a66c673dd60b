"""Which columns of a log a page lets people filter by, and the values of each case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..errors import LtcdiagError
from ..log.event_log import EventLog
from ..log.privacy import check_segment
from .packing import Column

MOST_COLUMNS = 8
MOST_VALUES = 40
"""More values make a list nobody reads; a column that is asked for by name is taken all the same."""
_NOT_BY = ("case", "activity", "time", "start", "lifecycle", "instance", "sequence", "amount", "resource", "outcome")


def filter_columns(log: EventLog, by: Sequence[str] | None = None) -> tuple[Column, ...]:
    """The columns named in `by`; without any those of few values that name nobody, whole cases first.

    Raises InputError where no table has a column, or people stand in it and `ltcdiag.toml` names no purpose."""
    if by is not None:
        for column in by:
            check_segment(column, log.privacy)
        return tuple(column_of(log, column) for column in by)
    found = [column for column in _possible(log) if 2 <= len(column.values) <= MOST_VALUES]
    found = [column for column in found if len(set(column.of_case)) > 1]
    return tuple(sorted(found, key=_mixed)[:MOST_COLUMNS])


def column_of(log: EventLog, name: str) -> Column:
    """The values of one column, case by case. Raises InputError where no table has it."""
    table = log.tables.answer("segments", column=name).table
    values = sorted({str(value) for value in table["value"]})
    code = {value: n for n, value in enumerate(values)}
    of_case: defaultdict[int, list[int]] = defaultdict(list)
    for case, value in zip(table["case"], table["value"], strict=True):
        of_case[int(case)].append(code[str(value)])
    each = [tuple(sorted(set(of_case.get(n, ())))) for n in range(log.cases)]
    sets = sorted(set(each))
    place = {mixture: n for n, mixture in enumerate(sets)}
    return Column(name, tuple(values), tuple(sets), tuple(place[mixture] for mixture in each))


def _possible(log: EventLog) -> Iterator[Column]:
    taken = {column for role, column in log.columns.items() if role in _NOT_BY}
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for each in log.privacy.columns:
        if each.loaded:
            kinds[each.column].add(each.kind)
    for name, found in kinds.items():
        if found == {"other"} and name not in taken:
            try:
                yield column_of(log, name)
            except LtcdiagError:        # a table that this log does not use
                continue


def _mixed(column: Column) -> bool:
    """Whether cases have several values: a column of events rather than of cases."""
    several = sum(len(column.sets[place]) > 1 for place in column.of_case)
    return several > len(column.of_case) / 10
