"""What a log says of its cases beside their steps: their money, promised days, and what came after their end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..domain.kpis import StageSet
from ..domain.stages import load_stages
from ..domain.step_words import says
from ..errors import InputError
from ..log.event_log import EventLog
from ..log.side_tables import SideTables
from ..log.steps import NO_TIME, UNKNOWN, Steps, first_of_each
from ..words import current, say
from .groups import part_of
from .spells import DAY, NONE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.signedinteger[Any]]
    Bools = NDArray[np.bool_]

SOLD = StageSet(gates=("wins", "signs"), main_stages=("fulfilment", "collections"))
"""A case that has come here is won."""
PROMISES = ("promised_delivery", "promised_payment")
_LATER = ("renewal", "service")
_UNSTATED = "unstated"
_YEAR_FIRST = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|[ T].*)?$"


@dataclass(frozen=True, eq=False)
class Amounts:
    """What each case is worth: value (nan where nobody says), currency (place in `currencies`, NONE). chosen: the
    currency that is reckoned in; sums in different ones are never added."""

    value: Floats
    currency: Ints
    currencies: tuple[str, ...]
    chosen: int

    @property
    def name(self) -> str:
        """The currency that is reckoned in; "" where nobody states one."""
        return self.currencies[self.chosen].replace(_UNSTATED, "")

    @cached_property
    def counted(self) -> Floats:
        """The amounts in the chosen currency, 0 for all other cases."""
        import numpy as np

        counted: Floats = np.where((self.currency == self.chosen) & ~np.isnan(self.value), self.value, 0.0)
        return counted

    def part(self, cases: Ints) -> Amounts:
        """Of some cases."""
        return replace(self, value=self.value[cases], currency=self.currency[cases])


@dataclass(frozen=True, eq=False)
class Facts:
    """amounts: None where the log has none. cost_of_capital: of a year, as a share. promises: kind (PROMISES) → moment
    at which what was promised to a case was due (µs; NO_TIME where nothing was). later: the steps of renewals and
    services after the end of their case, and before it."""

    amounts: Amounts | None = None
    cost_of_capital: float | None = None
    promises: Mapping[str, Ints] = field(default_factory=dict)
    later: Steps | None = None
    beside: SideTables | None = None
    names: tuple[str, ...] = ()
    group: str | None = None

    def part(self, cases: Ints, group: str | None = None) -> Facts:
        """Of some cases; in the order of their numbers. group: the value that they have in common."""
        import numpy as np

        chosen = np.unique(cases)
        return Facts(
            self.amounts.part(chosen) if self.amounts else None,
            self.cost_of_capital,
            {kind: moments[chosen] for kind, moments in self.promises.items()},
            part_of(self.later, chosen) if self.later else None,
            self.beside,
            tuple(self.names[case] for case in chosen.tolist()) if self.names else (),
            group,
        )


def facts_of(
    log: EventLog, steps: Steps, *, currency: str | None = None, cost_of_capital: float | None = None,
    beside: SideTables | None = None, money: bool = True,
) -> Facts:
    """The facts of a log. steps: as recorded. currency: the one to reckon in, by default that of most cases. money:
    whether amounts are asked for. Raises InputError where none is in the currency."""
    names = tuple(log.tables.answer("case_ids").table["case_id"].tolist()) if beside else ()
    amounts = _amounts(log, steps, currency) if money else None
    return Facts(amounts, cost_of_capital, dict(_promises(log, steps)), _later(log, steps),
                 beside, names)


# ---- money ---------------------------------------------------------------------------------------------------


def _amounts(log: EventLog, steps: Steps, currency: str | None) -> Amounts | None:
    """The last amount recorded in a case up to its win, or at all where it is not won; the first one where none was
    recorded by then."""
    import numpy as np
    import pandas as pd

    table = log.tables.answer("amounts").table
    if table.empty:
        if currency is not None:
            raise InputError(say("kpis.no_amounts", current()))
        return None
    case, us = table["case"].to_numpy(np.int64), table["us"].fillna(0).to_numpy(np.int64)
    rows = np.arange(len(case))
    early = us <= won_at(log, steps)[case]
    taken = np.full(steps.cases, NONE)
    first, where = first_of_each(case)
    taken[first] = where
    taken[case[early]] = rows[early]        # in order: the last one stays
    values = table["amount"].to_numpy(float)
    place, known = pd.factorize(table["currency"].fillna(_of_ledger(log)), sort=True)
    names = [str(name) for name in known]
    of_case = np.append(place, NONE)[taken]
    chosen = _chosen(names, of_case, currency)
    return Amounts(np.append(values, np.nan)[taken], of_case, tuple(names), chosen)


def _chosen(names: list[str], of_case: Ints, currency: str | None) -> int:
    if currency is None:
        counts = Counter(of_case[of_case != NONE].tolist())
        return int(max(counts, key=lambda code: (counts[code], -code)))
    if currency not in names:
        raise InputError(say("kpis.no_currency", current(), currency=currency),
                         fix=say("engine.one_of", current(), values=", ".join(names)))
    return names.index(currency)


def _of_ledger(log: EventLog) -> str:
    """The currency of amounts that name none: what the ledger calls it, where it knows but one."""
    names = [money.currency for money in log.ledger.money]
    return names[0] if len(names) == 1 else _UNSTATED


def won_at(log: EventLog, steps: Steps) -> Ints:
    """When each case was won (µs), the end of time where it was not."""
    import numpy as np

    keys = SOLD.keys(load_stages())
    labels = np.array([log.stages.get(label) in keys for label in steps.labels], dtype=bool)
    won = np.full(steps.cases, np.iinfo(np.int64).max)
    rows = np.flatnonzero(labels[steps.label])
    case, first = first_of_each(steps.case[rows])
    won[case] = steps.ended[rows[first]]
    return won


# ---- promised days -------------------------------------------------------------------------------------------


def _promises(log: EventLog, steps: Steps) -> Iterator[tuple[str, Ints]]:
    """The columns whose headers name a promised day; the last moment of a case counts. Payments are due, too, where a
    step says so."""
    import numpy as np

    columns = dict.fromkeys(fact.column for fact in log.privacy.columns if fact.loaded)
    for kind in PROMISES:
        moments = np.full(steps.cases, NO_TIME)
        if kind == "promised_payment":
            due = np.array([says(label, "payment_due") for label in steps.labels], dtype=bool)
            rows = np.flatnonzero(due[steps.label])
            np.maximum.at(moments, steps.case[rows], _end_of_day(steps.ended[rows]))
        for column in columns:
            if says(column, kind):
                told = log.tables.answer("segments", column=column).table
                case, when = _moments(told, log.timezone)
                np.maximum.at(moments, case, when)
        if (moments != NO_TIME).any():
            yield kind, moments


def _moments(told: pd.DataFrame, zone: str | None) -> tuple[Ints, Ints]:
    """Case and the end of the promised day, in UTC where the log has a zone. Only days written with the year first are
    read: of 03/04/2024 nobody can say which is the month."""
    import numpy as np
    import pandas as pd

    texts = told["value"].astype(str).str.strip().str.extract(_YEAR_FIRST)
    days = pd.to_datetime(texts[0] + "-" + texts[1] + "-" + texts[2], errors="coerce", format="%Y-%m-%d")
    known = days.notna().to_numpy()
    ends = pd.DatetimeIndex(days[known]) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    if zone is not None:
        ends = ends.tz_localize(zone, nonexistent="shift_forward", ambiguous=False).tz_convert("UTC").tz_localize(None)
    moments: Ints = ends.to_numpy().astype("datetime64[us]").astype(np.int64)
    return told["case"].to_numpy(np.int64)[known], moments


def _end_of_day(moments: Ints) -> Ints:
    """What is promised for a day may come until its end."""
    end: Ints = (moments // DAY + 1) * DAY - 1
    return end


# ---- after the end -------------------------------------------------------------------------------------------


def _later(log: EventLog, steps: Steps) -> Steps | None:
    """All steps of renewals and services, wherever they stand in their case."""
    import numpy as np

    labels = {label: code for code, label in enumerate(steps.labels)
              if log.stages.get(label) in _LATER or says(label, "complaint")}
    if not labels:
        return None
    numbers = {name: n for n, name in enumerate(log.tables.answer("case_ids").table["case_id"].tolist())}
    points = log.tables.answer("points").table
    points = points[points["activity"].isin(list(labels))]
    case = points["case_id"].map(numbers).to_numpy(np.int64)
    ended = points["time"].to_numpy().astype("datetime64[us]").astype(np.int64)
    order = np.lexsort((ended, case))
    nobody = np.full(len(case), UNKNOWN)
    return replace(steps, case=case[order], label=points["activity"].map(labels).to_numpy(np.int64)[order],
                   ended=ended[order], started=np.full(len(case), NO_TIME), party=nobody, person=nobody, standing={})
