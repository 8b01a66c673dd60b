"""Lessons learned: a row for each measure of the plan, where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from ..grids import Grid, Value
from .forms import Asked, form


def sheets(asked: Asked) -> Iterator[Grid]:
    """The form."""
    measures = asked.plan.measures if asked.plan else ()
    rows: list[tuple[Value, ...]] = [(f"{each.id} {each.name.get(asked.lang, '')}".strip(),) for each in measures]
    yield from form("lessons", asked, rows)
