"""The clock table: one row a case, when it was entered and exited, and how that ended. Checked once, then arrays.

It is all that a comparison needs, so that analysts can use the method without a log and simulations can call it
thousands of times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import InputError
from ..words import current, say
from .case_clock import Bools, Floats, Ints

DAY = 86_400_000_000
OPEN = -(2**63)
"""The exit of a case that is open at the as-of moment."""
TEXT_COLUMNS = ("outcome", "owner")
SHOWN_ROWS = 3
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class ClockTable:
    """A checked clock table.

    case_id, entered (µs), exited (µs, OPEN where it is open at `as_of`), outcome ("won", "lost", ... or "" where
    nobody knows), owner ("" where nobody is named), value (nan where missing), strata: every other column as given.
    as_of (µs): the last moment that was seen. whole_days: whether every moment is a day without a clock time; then the
    as-of day counts whole. set_aside: reason → rows that are in no arm.
    """

    case_id: Objects
    entered: Ints
    exited: Ints
    outcome: Objects
    owner: Objects
    value: Floats
    strata: Mapping[str, pd.Series[Any]]
    as_of: int
    whole_days: bool
    has: frozenset[str]
    set_aside: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many cases."""
        return len(self.entered)

    @property
    def end(self) -> int:
        """The first moment that was not seen (µs)."""
        return self.as_of + DAY if self.whole_days else self.as_of

    @property
    def open(self) -> Bools:
        """Which cases are open at the as-of moment."""
        still: Bools = self.exited == OPEN
        return still

    @property
    def won(self) -> Bools:
        """Which cases were won."""
        found: Bools = self.outcome == "won"
        return found & ~self.open

    def taken(self, rows: Ints) -> ClockTable:
        """The table of some rows."""
        return ClockTable(
            self.case_id[rows], self.entered[rows], self.exited[rows], self.outcome[rows], self.owner[rows],
            self.value[rows], {name: values.iloc[rows].reset_index(drop=True) for name, values in self.strata.items()},
            self.as_of, self.whole_days, self.has, self.set_aside)


def clock_table(clock: pd.DataFrame, *, as_of: object, needs: Iterable[str] = ()) -> ClockTable:
    """A data frame as a clock table.

    Columns: case_id, entered, exited (dates or times; missing = still open at `as_of`), outcome, owner, value and any
    others. needs: columns that are asked for beside case_id, entered and exited. What happens after the as-of moment is
    not seen: cases entered later are set aside, later exits leave the case open.

    Raises InputError with every fault: missing columns, times that are none or are missing, a time zone in one of the
    two columns of times, cases named twice, cases that end before they begin or have an outcome without a day,
    outcomes that are asked for and never won or lost, values that are no numbers, or are asked for and stand in several
    currencies (a column currency).
    """
    _check_shape(clock)
    asked = tuple(needs)
    missing = [name for name in ("case_id", "entered", "exited", *asked) if name not in clock.columns]
    if missing:
        raise InputError(say("compare.no_columns", current(), columns=", ".join(dict.fromkeys(missing))),
                         fix=say("compare.no_columns_fix", current(), columns=", ".join(map(str, clock.columns))))
    if not len(clock):
        raise InputError(say("compare.no_rows", current()))
    if as_of is None:
        raise InputError(say("clock.no_as_of", current()), fix=say("compare.no_moment_fix", current()))
    until = moment(as_of)
    faults: list[str] = []
    entered, exited = _both_moments(clock, faults)
    value = _numbers(clock, faults)
    _check(clock, entered, exited, faults)
    if "outcome" in asked:
        _check_outcomes(clock, faults)
    if "value" in asked:
        _check_currencies(clock, faults)
    if faults:
        raise InputError(say("compare.faults", current(), n=len(faults)) + "\n" + "\n".join(f"- {f}" for f in faults),
                         fix=say("compare.faults_fix", current()))
    seen = _seen(clock, entered, exited, value, until)
    if not seen.n:
        raise InputError(say("clock.all_later", current(), as_of=day_text(until), n=f"{len(clock):,}"))
    return seen


def _check_shape(clock: object) -> None:
    if not isinstance(clock, pd.DataFrame):
        raise InputError(say("clock.no_table", current(), kind=type(clock).__name__))
    twice = clock.columns[clock.columns.duplicated()]
    if len(twice):
        raise InputError(say("clock.columns_twice", current(), columns=", ".join(dict.fromkeys(map(str, twice)))))


def moment(value: object) -> int:
    """A date, time or ISO text as µs of a wall clock. Raises InputError where it is none."""
    try:
        found = pd.NaT if isinstance(value, int | float) else pd.Timestamp(value)   # 20240101 is no date
    except (TypeError, ValueError):
        found = pd.NaT
    if found is pd.NaT or pd.isna(found):
        raise InputError(say("compare.no_moment", current(), value=value), fix=say("compare.no_moment_fix", current()))
    return int(found.tz_localize(None).to_datetime64().astype("datetime64[us]").astype(np.int64))


def day_text(micros: int) -> str:
    """The day of a moment, as ISO text."""
    return str(np.datetime64(micros, "us").astype("datetime64[D]"))


def _both_moments(clock: pd.DataFrame, faults: list[str]) -> tuple[Ints, Ints]:
    """entered and exited as µs of one wall clock: that of `entered`, where both have a time zone."""
    entered, exited = (_times(clock[name], name, faults) for name in ("entered", "exited"))
    zones = [getattr(each.dtype, "tz", None) for each in (entered, exited)]
    if zones[0] is not None and zones[1] is not None:
        exited = exited.dt.tz_convert(zones[0])
    elif zones[0] is not zones[1] and bool(exited.notna().any()) and bool(entered.notna().any()):
        faults.append(say("clock.zones", current(), column="entered" if zones[0] is not None else "exited"))
    first, second = ((each.dt.tz_localize(None) if zone is not None else each).to_numpy("datetime64[us]")
                     .astype(np.int64) for each, zone in zip((entered, exited), zones, strict=True))
    _note(faults, "compare.no_entered", clock["entered"], np.asarray(clock["entered"].isna()), column="entered")
    return first, second


def _times(column: pd.Series[Any], name: str, faults: list[str]) -> pd.Series[Any]:
    """A column of times; what is no time is a fault."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    found = _read(column) if _texts(column) else pd.to_datetime(column.map(_plain), errors="coerce")
    _note(faults, "compare.no_time", column, np.asarray(found.isna() & column.notna()), column=name)
    return found


def _read(column: pd.Series[Any]) -> pd.Series[Any]:
    """Texts as times; where they name several offsets (summer and winter), each is the wall clock of its own."""
    try:
        return pd.to_datetime(column, errors="coerce", format="ISO8601")
    except ValueError:
        local = column.astype(str).str.replace(r"\s*(Z|[+-]\d{2}:?\d{2})$", "", regex=True).where(column.notna(), None)
        return pd.to_datetime(local, errors="coerce", format="ISO8601")


def _texts(column: pd.Series[Any]) -> bool:
    return column.notna().any() and isinstance(column.dropna().iloc[0], str)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, date | str) or value is None or value != value else None  # noqa: PLR0124


def _numbers(clock: pd.DataFrame, faults: list[str]) -> Floats:
    if "value" not in clock.columns:
        return np.full(len(clock), np.nan)
    column = clock["value"]
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    _note(faults, "compare.no_number", column, np.asarray((numbers.isna() & column.notna()) | np.isinf(numbers)))
    found: Floats = numbers.to_numpy(float)
    return found


def _check(clock: pd.DataFrame, entered: Ints, exited: Ints, faults: list[str]) -> None:
    ids = clock["case_id"]
    _note(faults, "compare.no_case", ids, np.asarray(ids.isna()))
    _note(faults, "compare.twice", ids, np.asarray(ids.duplicated() & ids.notna()))
    _note(faults, "compare.reversed", ids, (exited != OPEN) & (entered != OPEN) & (exited < entered))
    if "outcome" in clock.columns:
        _note(faults, "compare.no_exit", ids, np.asarray(clock["outcome"].notna()) & (exited == OPEN)
              & np.asarray(clock["exited"].isna()) & np.asarray(clock["outcome"] != ""))


def _check_outcomes(clock: pd.DataFrame, faults: list[str]) -> None:
    """Outcomes in words of one's own would count as neither won nor lost, and every rate as 0."""
    named = {str(value).strip() for value in clock["outcome"].dropna().unique()} - {""}
    if named and not {"won", "lost"} & {value.lower() for value in named}:
        faults.append(say("clock.outcomes", current(), values=", ".join(sorted(named)[:8])))


def _note(faults: list[str], key: str, shown: pd.Series[Any], wrong: Bools, **facts: object) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        first = ", ".join(f"{row + 1} ({shown.iloc[row]})" for row in rows[:SHOWN_ROWS])
        faults.append(say(key, current(), n=f"{len(rows):,}", rows=first, **facts))


def _check_currencies(clock: pd.DataFrame, faults: list[str]) -> None:
    """Amounts in different currencies are never added."""
    if "currency" not in clock.columns:
        return
    names = sorted({str(value) for value in clock["currency"].dropna().unique()})
    if len(names) > 1:
        faults.append(say("compare.mixed_currencies", current(), currencies=", ".join(names)))


def _seen(clock: pd.DataFrame, entered: Ints, exited: Ints, value: Floats, as_of: int) -> ClockTable:
    """The table as it looked at the as-of moment."""
    days = np.concatenate([entered, exited[exited != OPEN]])
    whole = not bool(np.any(days % DAY))
    last = as_of // DAY * DAY + DAY - 1 if whole else as_of
    rows = np.flatnonzero(entered <= last)
    shut = exited[rows]
    outcome, owner = (_labels(clock, name)[rows] for name in TEXT_COLUMNS)
    still = (shut == OPEN) | (shut > last)
    return ClockTable(
        clock["case_id"].to_numpy(object)[rows], entered[rows], np.where(still, OPEN, shut),
        np.where(still, "", np.char.lower(outcome.astype(str)).astype(object)), owner, value[rows],
        {str(name): clock[name].iloc[rows].reset_index(drop=True) for name in clock.columns
         if name not in ("case_id", "entered", "exited", "outcome", "value")},
        as_of // DAY * DAY if whole else as_of, whole, frozenset(map(str, clock.columns)),
        {"after_as_of": len(entered) - len(rows)} if len(rows) < len(entered) else {})


def _labels(clock: pd.DataFrame, name: str) -> Objects:
    if name not in clock.columns:
        return np.full(len(clock), "", dtype=object)
    column = clock[name]
    found: Objects = column.astype(object).where(column.notna(), "").to_numpy(object)
    return found
