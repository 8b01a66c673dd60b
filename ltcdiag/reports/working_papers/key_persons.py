"""Key persons of the customer, and how they decide: two forms in one workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...words import say
from ..grids import Grid
from .forms import Asked, choices_of, form

_BOTH = ("key_persons", "decision_chain")


def sheets(asked: Asked) -> Iterator[Grid]:
    """Both forms, both examples, and the choices of both."""
    persons, chain = (list(form(key, asked, beside=_BOTH))[:2] for key in _BOTH)
    yield persons[0]
    yield chain[0]
    yield persons[1]
    yield replace(chain[1], title=say("papers.sheet_example_2", asked.lang))
    yield choices_of(_BOTH, asked.lang)
