"""In which order the page shows the tables of a diagnosis, what it folds, and why a table is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from .assessment import Assessment

if TYPE_CHECKING:
    from ..log.event_log import EventLog


@dataclass(frozen=True)
class Part:
    """A chapter of tables: its title is the sentence reports.part_<key>. folded: tables that only describe. pictures:
    by name, those that were drawn are shown; `otherwise` stands in where none of them was."""

    key: str
    tables: tuple[str, ...]
    folded: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All its tables."""
        return (*self.tables, *self.folded)


PARTS = (
    Part("lists", ("stages", "money", "lever", "stuck"), ("bottleneck", "sums"), ("sinks_and_levers",),
         ("stage_days",)),
    Part("waiting", ("wait_causes",), ("decision_days", "queue", "waits"), ("wait_causes",)),
    Part("rework", ("rework",)),
    Part("handovers", ("handover", "ping_pong", "triangle"), ("handover_matrix", "presence"), ("handover_matrix",)),
    Part("rules", ("gate", "deviation")),
    Part("losses", ("leakage", "silo", "forecast"), ("funnels", "transitions"), ("funnel",)),
    Part("groups", ("rules",), ("segments",), ("segments",)),
    Part("complexity", ("complexity", "detour", "rigidity")),
    Part("value", ("value",)),
)
MORE = "more"
"""Key of the chapter of tables that nobody put into one."""

_NEEDS: Mapping[str, str] = MappingProxyType({
    "money": "amounts", "waits": "starts", "wait_causes": "starts", "handover": "parties", "ping_pong": "parties",
    "handover_matrix": "parties", "presence": "parties", "triangle": "parties", "gate": "stages",
    "deviation": "stages", "funnels": "stages", "leakage": "stages", "silo": "documents",
})
"""Table → what a log must hold to fill it."""
_UNSAID = ("sums", "value")
"""Tables whose absence tells nobody anything."""


def parts_of(tables: Mapping[str, object]) -> Iterator[tuple[Part, tuple[str, ...], tuple[str, ...]]]:
    """The chapters that have a table, each with those to show and those to fold; where a chapter has only tables to
    fold, they are shown. Tables that nobody put into a chapter come last."""
    known = {name for part in PARTS for name in part.every}
    others = tuple(sorted(name for name in tables if name not in known))
    for part in (*PARTS, Part(MORE, others)):
        shown, folded = (tuple(name for name in names if name in tables) for names in (part.tables, part.folded))
        if shown or folded:
            yield part, shown or folded, folded if shown else ()


def lacking(found: Assessment) -> Iterator[tuple[str, str]]:
    """The tables that the page does not show, each with the key of the reason: what the log does not hold, or
    "nothing" where it was looked for and not found."""
    tables = found.diagnosis.tables
    for name in (name for part in PARTS for name in part.every if name not in _UNSAID):
        if name in tables and len(tables[name].table):
            continue
        need = _NEEDS.get(name)
        if need and not _holds(found, need):
            yield name, need
        elif name in tables:
            yield name, "nothing"


def _holds(found: Assessment, need: str) -> bool:
    log = found.log
    if need == "stages":
        return found.staged
    if need == "parties":
        return any(role in log.columns for role in ("department", "role"))
    if need == "starts":
        return "waits" in found.diagnosis.tables
    return need in _seen(log)


def _seen(log: EventLog) -> tuple[str, ...]:
    return ("amounts",) if log.ledger.money else ()

