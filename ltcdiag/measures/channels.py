"""The indicators that tell channels apart, for every group over one horizon."""

from __future__ import annotations

from ..log.channels import COLUMNS, Channels
from ..log.event_log import EventLog
from ..log.kpi_table import KpiTable
from ..log.side_tables import SideTables
from .kpis import kpi_table

_ENDS = (("", "value"), ("_low", "low"), ("_high", "high"))


def channel_table(
    log: EventLog, *, by: str, beside: SideTables | None = None, horizon_days: int | None = None,
    currency: str | None = None,
) -> Channels:
    """Leads, how many of them are won and paid, at what value and cost, for each value of a column.

    horizon_days: by default the shortest that the data of some group carry, so that the numbers compare. Raises
    InputError as `kpi_table`. Law: the numbers are those of `kpi_table` for this horizon.
    """
    import pandas as pd

    found = kpi_table(log, by=by, horizon_days=horizon_days, currency=currency, beside=beside, only=COLUMNS)
    if horizon_days is None:
        horizon_days = _shortest(found)
        if horizon_days is not None:
            found = kpi_table(log, by=by, horizon_days=horizon_days, currency=currency, beside=beside, only=COLUMNS)
    groups = found.table[found.table["segment"].notna()]
    rows = []
    for segment, part in groups.groupby("segment", sort=False):
        told = part.set_index("kpi")
        row: dict[str, object] = {"segment": segment, "cases": int(told["n"].max())}
        for kpi in COLUMNS:
            row |= {f"{kpi}{end}": told.loc[kpi, name] for end, name in _ENDS}
        money = [text for text in told["currency"] if text]
        rows.append({**row, "currency": money[0] if money else "", "horizon_days": horizon_days})
    return Channels(pd.DataFrame(rows), log.cases, "", kpis=found, by=by, horizon_days=horizon_days)


def _shortest(found: KpiTable) -> int | None:
    """The shortest horizon of a group that has a number."""
    groups = found.table[found.table["segment"].notna()]
    days = groups["horizon_days"].dropna()
    return int(days.min()) if len(days) else None
