"""The few kinds of error a user can meet: each says what is wrong, where, and how to mend it.

LtcdiagError
├── InputError          the file, the folder or an option cannot be used as it is
│   ├── NoCaseError     there are events, but no case of the kind that was asked for
│   └── QuestionError   the data allow two readings and only a person can choose
├── OutputError         the target cannot be written without losing something
└── ConservationError   a count does not balance: a fault of ours, nothing is reported
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    what: a plain sentence with numbers. where: file, sheet, column or rows ("" if it is obvious).
    fix: one line that can be followed or pasted. examples: at most three, as they stand in the data.
    """

    what: str
    where: str = ""
    fix: str = ""
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"  @ {self.where}")
        if self.examples:
            parts.append("  e.g. " + " | ".join(self.examples[:3]))
        if self.fix:
            parts.append(f"  -> {self.fix}")
        return "\n".join(parts)


class LtcdiagError(Exception):
    """Base of all errors that a user can act on; holds every fault found, not only the first. seen: what had been read
    when the reading stopped (log.ledger.Seen), None where nothing had."""

    seen: Any = None

    def __init__(self, faults: Fault | str | Sequence[Fault], *, where: str = "", fix: str = "") -> None:
        if isinstance(faults, str):
            faults = Fault(faults, where=where, fix=fix)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentences, not the way through our code."""
        return str(self).splitlines()


class InputError(LtcdiagError):
    """The file, the folder or an option cannot be used as it is."""


class NoCaseError(InputError):
    """There are events, and none belongs to the kind of case that was asked for."""


class QuestionError(InputError):
    """The data allow two readings; the user must choose one."""


class OutputError(LtcdiagError):
    """The target cannot be written without losing something."""


class ConservationError(LtcdiagError):
    """A count does not balance. A fault of the product, never of the user."""
