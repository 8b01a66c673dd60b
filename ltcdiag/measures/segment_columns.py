"""Columns that put cases into groups from their beginning: region, channel, product, kind of deal, size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.step_words import says
from ..log.event_log import EventLog
from .facts import Facts
from .spells import NONE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

LEAST_CASES = 20
"""A value of fewer cases is no group of its own."""
MOST_COLUMNS, MOST_VALUES = 10, 12
LEAST_TOLD = 0.8
"""Part of the cases whose first record has the value; a column that fewer have is told by how far they came."""
MOST_CHANGING = 0.5
"""A column that changes within more of its cases than this belongs to steps and not to cases."""
TOGETHER = 4
"""Columns asked for at once: to find the case of each row takes longer than to group their values."""
_ROLES = ("case", "activity", "time", "start", "resource", "role", "lifecycle", "instance")
_KINDS = ("other", "customer", "identifier", "money")


@dataclass(frozen=True, eq=False)
class CaseColumn:
    """name: as in the source. names: the values of LEAST_CASES cases or more, at most MOST_VALUES. code: place of each
    case's value, NONE where it has none or a rare one. changing: cases in which the column
    changes later. ranges: whether the values are parts of an amount."""

    name: str
    names: tuple[str, ...]
    code: Ints
    changing: int
    ranges: bool = False

    def said(self, place: int) -> str:
        """A value as a condition: 区域 = 华南, Amount > 480,000."""
        return f"{self.name} {self.names[place]}" if self.ranges else f"{self.name} = {self.names[place]}"

    def cases(self, place: int) -> Bools:
        """Which cases have a value."""
        here: Bools = self.code == place
        return here


def case_columns(log: EventLog, facts: Facts) -> tuple[CaseColumn, ...]:
    """The columns of a log that group its cases; the first value of a case counts, because what it becomes later may
    follow from how the case went. Columns of people are none of them. Amounts are cut into thirds, those of the one
    currency that is reckoned in."""
    found: list[CaseColumn] = []
    for column, told in _told(log):
        made = _money_column(log, column, told, facts) if _is_money(log, column) else _column(log, column, told)
        if made is not None and not any((made.code == other.code).all() for other in found):
            found.append(made)
        if len(found) == MOST_COLUMNS:
            break
    return tuple(found)


def _names(log: EventLog) -> Iterator[str]:
    """Loaded columns that are not of people, texts, moments of the log or outcomes, in the order of the source."""
    taken = {log.columns.get(role) for role in _ROLES}
    money = [each.column for each in log.privacy.columns if each.kind == "money"]
    taken |= {*money} - {log.columns.get("amount", money[0] if money else None)}    # one amount: others follow from it
    bad = {each.column for each in log.privacy.columns if each.kind not in _KINDS or not each.loaded}
    for name in dict.fromkeys(each.column for each in log.privacy.columns):
        if name not in taken and name not in bad and not says(name, "told_later"):
            yield name


def _is_money(log: EventLog, column: str) -> bool:
    return column == log.columns.get("amount") or any(
        each.column == column and each.kind == "money" for each in log.privacy.columns)


@dataclass(frozen=True, eq=False)
class _Told:
    """first: case → value, of the cases whose first record has one. changing: how many cases have another value too."""

    first: pd.Series
    changing: int


def _told(log: EventLog) -> Iterator[tuple[str, _Told]]:
    """The columns and what they say, some of them asked for at a time."""
    names = list(_names(log))
    for begin in range(0, len(names), TOGETHER):
        columns = names[begin: begin + TOGETHER]
        table = log.tables.answer("first_values", columns=columns).table.set_index("case")
        for place, column in enumerate(columns):
            yield column, _Told(table[f"value_{place}"].dropna(), int(table[f"changes_{place}"].sum()))


def _usable(log: EventLog, told: _Told) -> bool:
    return len(told.first) >= LEAST_TOLD * log.cases and told.changing <= MOST_CHANGING * len(told.first)


def _column(log: EventLog, column: str, told: _Told) -> CaseColumn | None:
    """None where the column does not group cases: many values, hardly one, moments, or values that come later."""
    import numpy as np

    first = told.first.astype(str)
    counts = first.value_counts()
    kept = sorted(counts.index[counts >= LEAST_CASES], key=lambda value: (-counts[value], value))[:MOST_VALUES]
    grouped = int(counts[kept].sum()) if kept else 0
    if not _usable(log, told) or 2 * grouped < len(first) or log.cases - counts.max() < LEAST_CASES:
        return None
    place = {value: n for n, value in enumerate(sorted(kept))}
    code = np.full(log.cases, NONE)
    code[first.index.to_numpy(np.int64)] = first.map(place).fillna(NONE).to_numpy(np.int64)
    return CaseColumn(column, tuple(place), code, told.changing)


def _money_column(log: EventLog, column: str, told: _Told, facts: Facts) -> CaseColumn | None:
    """An amount at the beginning of each case, in thirds."""
    import numpy as np
    import pandas as pd

    values = pd.to_numeric(told.first, errors="coerce").dropna()
    amount = np.full(log.cases, np.nan)
    amount[values.index.to_numpy(np.int64)] = values.to_numpy(float)
    amount[amount <= 0] = np.nan        # many systems write 0 where nothing was sold: that is an outcome and no size
    if facts.amounts is not None:
        amount[facts.amounts.currency != facts.amounts.chosen] = np.nan
    known = ~np.isnan(amount)
    if known.sum() < max(LEAST_TOLD * log.cases, 3 * LEAST_CASES):
        return None
    cuts = np.unique(np.quantile(amount[known], [1 / 3, 2 / 3], method="lower"))
    code = np.where(known, np.searchsorted(cuts, amount, side="left"), NONE)
    if len(cuts) < 2 or np.bincount(code[known], minlength=3).min() < LEAST_CASES:
        return None
    return CaseColumn(column, _thirds(cuts.tolist()), code, told.changing, ranges=True)


def _thirds(cuts: list[float]) -> tuple[str, ...]:
    """What the three parts are called, the same in every language."""
    low, high = (f"{cut:,.0f}" for cut in cuts)
    return (f"≤ {low}", f"{low} – {high}", f"> {high}")
