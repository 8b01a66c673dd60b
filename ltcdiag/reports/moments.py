"""Moments as a reader sees them: in the zone of the log, or on its unnamed wall clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pandas as pd


def local(moment: datetime, zone: str | None) -> datetime:
    """A moment of the log with its zone; without one where nobody stated it."""
    return moment if zone is None else moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def iso(moment: datetime, zone: str | None) -> str:
    """ISO 8601, with the offset where the zone is known."""
    return local(moment, zone).isoformat()


def minute(moment: datetime, zone: str | None) -> str:
    """For reading: 2024-06-30 14:05."""
    return f"{local(moment, zone):%Y-%m-%d %H:%M}"


def shown_time(column: pd.Series, zone: str | None) -> Iterable[datetime | None]:
    """A column of moments as clock times in the zone of the log."""
    if zone is not None:
        column = column.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    times: list[datetime | None] = column.astype(object).where(column.notna(), None).tolist()
    return times
