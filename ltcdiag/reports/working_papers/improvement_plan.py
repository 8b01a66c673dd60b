"""The improvement plan: the workbook of the plan; without one it is blank."""

from __future__ import annotations

from collections.abc import Iterator

from ...cycle.plan import Plan
from ..grids import Grid
from ..plan_book import plan_grids
from .forms import Asked


def sheets(asked: Asked) -> Iterator[Grid]:
    """The sheets that `read_plan_book` takes back."""
    yield from plan_grids(asked.plan or Plan(), asked.lang)
