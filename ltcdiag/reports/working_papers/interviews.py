"""Interview notes, with what to ask."""

from __future__ import annotations

from collections.abc import Iterator

from ..grids import Grid
from ..voice_templates import voice_sheets
from .forms import Asked


def sheets(asked: Asked) -> Iterator[Grid]:
    """The form."""
    yield from voice_sheets("interviews", asked.lang)
