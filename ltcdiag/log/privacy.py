"""What a log keeps of people: the classes of its columns, what was left out, and whether names are pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import InputError
from ..words import current, say
from .results import Handovers

LEFT_OUT = ("secret", "contact", "free_text")
"""Classes of columns that are not loaded unless somebody asks for them."""
USUAL_K = 5
"""Groups of fewer cases are not shown where people could be told from them."""


@dataclass(frozen=True)
class ColumnFacts:
    """A column of a source. kind: secret, contact, free_text, money, person, customer, identifier or other. why:
    "header" or "content". loaded: whether its cells are in the log. needed: it plays a role or links, so it is loaded
    whatever it looks like."""

    file: str
    column: str
    kind: str
    why: str
    loaded: bool
    needed: bool = False


@dataclass(frozen=True)
class Privacy:
    """columns: of every table that is read. pseudonyms: how many names were replaced, None where none was asked to be.
    purpose: why figures by person are wanted, "" where they are not; groups of fewer than k cases stay hidden then."""

    columns: tuple[ColumnFacts, ...] = ()
    pseudonyms: int | None = None
    purpose: str = ""
    k: int = USUAL_K

    @property
    def left_out(self) -> tuple[ColumnFacts, ...]:
        """Columns that were not loaded."""
        return tuple(column for column in self.columns if not column.loaded)

    def holds_people(self, column: str) -> bool:
        """Whether people stand in a column of this name, in any table."""
        return any(each.column == column and each.kind == "person" for each in self.columns)


def allowed_handovers(found: Handovers, privacy: Privacy) -> Handovers:
    """Handovers as they may be shown: between departments and roles as they are, between people only where a purpose
    is written down, and then without pairs of fewer than k cases (their moves count as unknown) and in the order of
    the names: nobody is ranked. Raises InputError where there is no purpose, or fewer than five people."""
    if found.by != "resource":
        return found
    lang = current()
    if not privacy.purpose:
        raise InputError(say("privacy.people_off", lang), fix=say("privacy.people_off_fix", lang, k=privacy.k))
    table = found.table
    if len({*table["source"], *table["target"]}) < USUAL_K:
        raise InputError(say("privacy.few_people", lang, k=USUAL_K))
    kept = table[table["cases"] >= privacy.k].sort_values(["source", "target"]).reset_index(drop=True)
    rest = int(table["moves"].sum() - kept["moves"].sum())
    return replace(found, table=kept, unknown=found.unknown + rest)


def check_segment(column: str | None, privacy: Privacy) -> None:
    """Raises InputError where figures would be told person by person, and no purpose is written down."""
    if column is not None and not privacy.purpose and privacy.holds_people(column):
        lang = current()
        raise InputError(say("privacy.people_off", lang), fix=say("privacy.people_off_fix", lang, k=privacy.k))
