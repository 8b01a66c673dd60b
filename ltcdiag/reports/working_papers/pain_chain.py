"""The pain chain: a blank form."""

from __future__ import annotations

from collections.abc import Iterator

from ..grids import Grid
from .forms import Asked, form


def sheets(asked: Asked) -> Iterator[Grid]:
    """The form."""
    yield from form("pain_chain", asked)
