"""The plan of a sales project: the stages of the model stand there already, with the role on duty."""

from __future__ import annotations

from collections.abc import Iterator

from ..grids import Grid, Value
from .forms import Asked, form


def sheets(asked: Asked) -> Iterator[Grid]:
    """The form."""
    yield from form("project_plan", asked, list(_rows(asked)))


def _rows(asked: Asked) -> Iterator[tuple[Value, ...]]:
    """A row a stage in the order of the chain; the ways out beside it are no tasks."""
    lang = asked.lang
    for stage in sorted(asked.model.stages.values(), key=lambda each: each.order):
        if stage.place == "in_order":
            yield (stage.name(lang), None, None, asked.model.roles[stage.responsible].name(lang))
