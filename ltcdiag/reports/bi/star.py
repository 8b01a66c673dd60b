"""The star schema of a log: its tables, small ones whole and long ones in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...log.event_log import EventLog
from . import claims, days, dimensions, flow
from .base import Base, base_of
from .schema import TABLES, Table

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE: dict[str, Callable[[Base], pa.Table]] = {
    "dim_activity": dimensions.activities, "dim_date": days.dates, "dim_party": dimensions.parties,
    "dim_variant": dimensions.variants, "dim_file": dimensions.files, "fact_finding": claims.findings,
    "fact_finding_money": claims.finding_money, "bridge_finding_case": claims.finding_cases,
    "finding_object": claims.finding_objects, "fact_kpi": claims.kpis, "fact_money": dimensions.money,
    "ledger": claims.ledger, "ledger_money": claims.ledger_money, "about": claims.about,
}
_BATCHES: dict[str, Callable[[Base], Iterator[pa.Table]]] = {"fact_event": flow.events, "fact_move": flow.moves}


@dataclass(frozen=True)
class Star:
    """A log as a star schema. tables: name → columns, in the order of the dictionary."""

    base: Base = field(repr=False)
    tables: dict[str, Table]
    _cases: pa.Table = field(repr=False)

    def parts(self, name: str) -> Iterable[pa.Table]:
        """The rows of a table, in one part or several; an empty table is one empty part."""
        if name == "dim_case":
            return [self._cases]
        return _some(_BATCHES[name](self.base), self.tables[name]) if name in _BATCHES else [_WHOLE[name](self.base)]


def _some(parts: Iterable[pa.Table], table: Table) -> Iterator[pa.Table]:
    """The parts, or an empty one."""
    there = False
    for part in parts:
        there = True
        yield part
    if not there:
        yield table.arrow().empty_table()


def star_of(log: EventLog) -> Star:
    """The star schema of a log. Laws: keys are unique, no row refers to one that is not there, events, moves, cases,
    indicators and ledger are those of the report."""
    base = base_of(log)
    schema, cases = dimensions.cases(base)
    return Star(base, {**TABLES, "dim_case": schema}, cases)
