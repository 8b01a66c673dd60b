"""What adds up over cases, wherever it was computed: in memory, in buckets, on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from ..errors import InputError
from ..words import current, say
from .ledger import Ledger
from .look import html_facts
from .results import Answer


@dataclass(frozen=True)
class ClockCounts(Answer):
    """stage, mark (next stage, 'closed', 'open' or 'unknown'), days (exact; open stays run to the as-of moment; missing
    where closedness is unknown), visits, first_visits (of those, the first stay of their case). What an estimator needs
    to know who was at risk and who left when. Law: visits add up to the rows of `Clock`."""

    unit: ClassVar[str] = "visits"
    labels: ClassVar[tuple[str, ...]] = ("stage", "mark")


@dataclass(frozen=True)
class QualityCounts(Answer):
    """quality (same_moment, whole_day, no_start, start_after_end, no_resource, ..., one_event, open, closed, unknown),
    of (events or cases), n, base (how many events or cases there are)."""

    unit: ClassVar[str] = "events"
