"""Which columns of a table nobody needs, told by their headers and first values, before all of it is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..log.privacy import LEFT_OUT
from ..words import current, say
from .column_classes import column_class
from .recognising import recognise
from .roles import judge_roles


def not_needed(
    name: str, columns: Sequence[str], sample: Mapping[str, Sequence[str | None]]
) -> Mapping[str, str]:
    """Column → why it is not needed, for the columns that reading would not load: contacts, free text and secrets that
    play no role and by which no known table is recognised."""
    roles, _ = judge_roles(columns, sample)
    best = recognise([(columns, sample)], names=[name])[0].best
    needed = {*roles.columns.values(), *(best.columns.values() if best else ())}
    kinds = {column: column_class(column, sample.get(column, ())).kind for column in columns if column not in needed}
    return {column: say(f"databases.unneeded_{kind}", current()) for column, kind in kinds.items() if kind in LEFT_OUT}
