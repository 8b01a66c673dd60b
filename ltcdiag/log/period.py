"""A stretch of time with both ends named: [start, end)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..errors import InputError


@dataclass(frozen=True, order=True)
class Period:
    """From `start` (included) to `end` (excluded). `Period.parse("2024-01-01..2024-06-30")` includes
    the whole last day, as people mean it."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InputError(f"a period must end after it starts: {self.start} .. {self.end}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period written as 2024-01-01..2024-06-30. Raises InputError for anything else."""
        first, dots, last = text.partition("..")
        if not dots:
            raise InputError(f"'{text}' is not a period", fix="write it as 2024-01-01..2024-06-30")
        return cls.between(first.strip(), last.strip())

    @classmethod
    def between(cls, first: str | date | datetime, last: str | date | datetime) -> Period:
        """From `first` to `last`; a last day given as a date is included whole."""
        start, _ = _moment(first)
        end, whole_day = _moment(last)
        return cls(start, end + timedelta(days=1) if whole_day else end)

    @property
    def days(self) -> float:
        """Its length in days of 24 hours."""
        return (self.end - self.start) / timedelta(days=1)

    @property
    def text(self) -> str:
        """As `parse` reads it: days where it begins and ends with one, else moments."""
        whole = self.end.tzinfo is None and self.end.time() == time()
        last = (self.end - timedelta(days=1)).date() if whole else self.end
        return f"{self.first}..{last.isoformat()}"

    @property
    def first(self) -> str:
        """Its beginning: a day, or a moment where it does not begin with one."""
        day = self.start.tzinfo is None and self.start.time() == time()
        return (self.start.date() if day else self.start).isoformat()

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def __str__(self) -> str:
        return f"{self.start.isoformat()}..{self.end.isoformat()}"


def _moment(value: str | date | datetime) -> tuple[datetime, bool]:
    """The moment, and whether only a day was given."""
    if isinstance(value, datetime):
        return value, False
    if isinstance(value, date):
        return datetime.combine(value, time()), True
    try:
        return datetime.fromisoformat(value), len(value) <= 10
    except ValueError:
        raise InputError(f"'{value}' is not a date", fix="write dates as 2024-06-30") from None
