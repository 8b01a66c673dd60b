"""Forecasts that slip: close dates pushed, amounts that shrink, discounts that grow; by what was stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain.step_words import says
from ..log.event_log import EventLog
from ..log.steps import common, distinct, keyed
from .facts import won_at
from .observed import Observed
from .quantity import LEAST_CASES
from .spells import DAY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]

FAR = 0.25
"""A date is pushed far by a quarter of the span that was planned at first (the median over the cases) ..."""
LEAST_FAR = 7.0
"""... and by a week at least."""
FELL = 0.05
"""An amount has moved if it is this share of the first one away."""
POINTS = 5.0
"""A discount has moved by so many points."""


@dataclass(frozen=True, eq=False)
class Slip:
    """One kind of slip. judged: cases that could show it. slipping, other_way: those that moved so far this way and
    the other. moved: by case of `judged`, in `unit` (days, share, points). changes: statements changed in all. limit:
    how far counts, in `unit`. stage: where most of the changes were made, None where nobody knows."""

    type: str
    unit: str
    judged: Ints
    slipping: Ints
    other_way: Ints
    moved: Floats
    changes: int
    limit: float
    stage: str | None = None


def slips(log: EventLog, observed: Observed) -> Iterator[Slip]:
    """Every kind of slip that the log can show."""
    dates = _dates(log, observed)
    if dates is not None:
        yield from _pushed(observed, dates)
    amounts = _amounts(log, observed)
    if amounts is not None:
        yield from _fell(observed, log, amounts)
    discounts = _column(log, observed, "discount")
    if discounts is not None:
        yield from _rose(observed, discounts)


# ---- what was stated -----------------------------------------------------------------------------------------


def _headers(log: EventLog, kind: str) -> list[str]:
    return [name for name in dict.fromkeys(fact.column for fact in log.privacy.columns if fact.loaded)
            if says(name, kind)]


def _dates(log: EventLog, observed: Observed) -> pd.DataFrame | None:
    """case, us, value and before in days; statements up to the closing only (the day of closing is no forecast)."""
    told = log.tables.answer("stated", attribute="expected_close").table
    if len(told):
        return _open_only(observed, _days(told))
    columns = (_open_only(observed, _days(log.tables.answer("stated", column=name).table))
               for name in _headers(log, "expected_close"))
    found = [table for table in columns if table is not None]
    return max(found, key=lambda table: int(table["before"].notna().sum()), default=None)


def _days(told: pd.DataFrame) -> pd.DataFrame:
    """Dates written with the year first as days; of others nobody can say which is the month."""
    import numpy as np
    import pandas as pd

    def read(column: pd.Series) -> pd.Series:
        code, known = pd.factorize(column)              # the same dates come again and again
        parts = pd.Series(known, dtype="str").str.extract(r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
        days = pd.to_datetime(parts[0] + "-" + parts[1] + "-" + parts[2], errors="coerce", format="%Y-%m-%d")
        number = ((days - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(float)
        return pd.Series(np.append(number, np.nan)[code], index=column.index)

    table = told.assign(value=read(told["value"]), before=read(told["before"]))
    return table[table["value"].notna()]


def _open_only(observed: Observed, told: pd.DataFrame) -> pd.DataFrame | None:
    steps = observed.steps
    case = told["case"].to_numpy("int64")
    early = ~steps.closed[case] | (told["us"].to_numpy("int64") < steps.left[case])
    kept = told[early].reset_index(drop=True)
    return kept if len(kept) else None


def _column(log: EventLog, observed: Observed, kind: str) -> pd.DataFrame | None:
    """case, us, value, before of the first column of numbers whose header says the kind; percentages as points."""
    import pandas as pd

    for name in _headers(log, kind):
        told = log.tables.answer("stated", column=name).table
        table = told.assign(**{part: pd.to_numeric(told[part].astype("str").str.rstrip("% "), errors="coerce")
                               for part in ("value", "before")})
        table = table[table["value"].notna()]
        if len(table):
            scale = 100.0 if float(table["value"].abs().max()) <= 1 else 1.0
            return _open_only(observed, table.assign(value=table["value"] * scale, before=table["before"] * scale))
    return None


def _amounts(log: EventLog, observed: Observed) -> pd.DataFrame | None:
    """case, us, value, before; of plain rows while their currency stays the same."""
    import pandas as pd

    told = log.tables.answer("stated", attribute="amount").table
    if len(told):
        table = told.assign(value=pd.to_numeric(told["value"]), before=pd.to_numeric(told["before"]))
        return _open_only(observed, table)
    told = log.tables.answer("amounts").table
    if told.empty or told["us"].isna().any():      # of objects only the last amount is known
        return None
    first = told.groupby("case", sort=False)["currency"].transform("first")
    table = told[(told["currency"] == first) | (told["currency"].isna() & first.isna())]
    table = table.assign(value=table["amount"], before=table.groupby("case", sort=False)["amount"].shift())
    return _open_only(observed, table)


# ---- how far it moved ----------------------------------------------------------------------------------------


def _pushed(observed: Observed, told: pd.DataFrame) -> Iterator[Slip]:
    """Close dates: pushed by far, and pushed at least twice more often than pulled and by far."""
    import numpy as np

    cases, judged = observed.steps.cases, _judged(observed, told)
    changed = told[told["before"].notna()]
    case, by = changed["case"].to_numpy(np.int64), (changed["value"] - changed["before"]).to_numpy(float)
    net: Floats = np.bincount(case, weights=by, minlength=cases).astype(np.float64)
    turns = np.bincount(case, weights=np.sign(by), minlength=cases)
    far = _far(observed, told)
    stage = _stage(observed, case[by > 0], changed["us"].to_numpy(np.int64)[by > 0])
    often = (net >= far) & (turns >= 2), turns <= -2        # how often people correct to the other side, however far
    for name, (this, other) in {"pushed_often": often, "pushed_far": (net >= far, net <= -far)}.items():
        yield Slip(name, "days", judged, common(np.flatnonzero(this), judged), np.flatnonzero(other),
                   net[judged], int((by > 0).sum()), far, stage)


def _judged(observed: Observed, told: pd.DataFrame) -> Ints:
    """Cases whose statements are known: all that state one; in systems, where only changes are told, all."""
    import numpy as np

    if told["before"].notna().all():
        return np.arange(observed.steps.cases)
    return distinct(told["case"].to_numpy(np.int64))


def _far(observed: Observed, told: pd.DataFrame) -> float:
    """How far counts: a quarter of the days that were planned at first."""
    import numpy as np

    first = told.drop_duplicates("case")
    date = first["before"].fillna(first["value"]).to_numpy(float)
    planned = date - observed.steps.entered[first["case"].to_numpy(np.int64)] / DAY
    planned = np.asarray(planned[planned > 0])
    return max(LEAST_FAR, FAR * float(np.median(planned))) if len(planned) else LEAST_FAR


def _stage(observed: Observed, case: Ints, us: Ints) -> str | None:
    """The stage after whose steps most of these moments lie."""
    import numpy as np

    steps = observed.steps
    if not len(case) or not len(steps.case):
        return None
    second = 1_000_000
    ages = (steps.ended - steps.entered[steps.case]) // second
    longest = int(max(ages.max(), 0)) + 2
    at = np.clip((us - steps.entered[case]) // second, 0, longest - 1)
    keys = keyed(steps.case, longest, ages)
    row = np.searchsorted(keys, keyed(case, longest, at), side="right") - 1
    row = row[(row >= 0) & (steps.case[np.maximum(row, 0)] == case)]
    if not len(row):
        return None
    return observed.stage[int(np.bincount(steps.label[row]).argmax())]


def _fell(observed: Observed, log: EventLog, told: pd.DataFrame) -> Iterator[Slip]:
    """Amounts of won deals: the last one by the win against the first."""
    import numpy as np

    steps = observed.steps
    won = won_at(log, steps)
    told = told[told["us"].to_numpy(np.int64) <= won[told["case"].to_numpy(np.int64)]]
    judged = common(_judged(observed, told) if len(told) else np.array([], dtype=np.int64),
                            np.flatnonzero(won < np.iinfo(np.int64).max))
    if len(judged) < LEAST_CASES:
        return
    first, last = _ends(told, steps.cases)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(first > 0, last / first - 1, 0.0)[judged]
    changes = int(told["before"].notna().sum())
    yield Slip("amount_fell", "share", judged, judged[moved <= -FELL], judged[moved >= FELL], moved, changes, FELL)


def _ends(told: pd.DataFrame, cases: int) -> tuple[Floats, Floats]:
    """First and last value of each case, 0 where nothing was stated (nothing moved there)."""
    import numpy as np

    first, last = np.zeros(cases), np.zeros(cases)
    opening, closing = told.drop_duplicates("case"), told.drop_duplicates("case", keep="last")
    first[opening["case"].to_numpy(np.int64)] = opening["before"].fillna(opening["value"]).to_numpy(float)
    last[closing["case"].to_numpy(np.int64)] = closing["value"].to_numpy(float)
    return first, last


def _rose(observed: Observed, told: pd.DataFrame) -> Iterator[Slip]:
    import numpy as np

    judged = np.unique(told["case"].to_numpy(np.int64))
    first, last = _ends(told, observed.steps.cases)
    moved = (last - first)[judged]
    yield Slip("discount_rose", "points", judged, judged[moved >= POINTS], judged[moved <= -POINTS], moved,
               int(told["before"].notna().sum()), POINTS)


def changed_sum(log: EventLog, observed: Observed, cases: Ints) -> Floats:
    """What the amounts of these cases have lost, by case, in the currency of each."""
    import numpy as np

    told = _amounts(log, observed)
    if told is None:
        return np.zeros(len(cases))
    won = won_at(log, observed.steps)
    told = told[told["us"].to_numpy(np.int64) <= won[told["case"].to_numpy(np.int64)]]
    first, last = _ends(told, observed.steps.cases)
    lost: Floats = (first - last)[cases]
    return lost
