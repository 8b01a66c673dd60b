"""The few kinds of error a user can meet: each says what is wrong, where, and how to mend it.

LtcdiagError
├── InputError          the file, the folder or an option cannot be used as it is
│   ├── NoCaseError     there are events, but no case of the kind that was asked for
│   └── QuestionError   the data allow two readings and only a person can choose
├── OutputError         the target cannot be written without losing something
└── ConservationError   a count does not balance: a fault of ours, nothing is reported
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_PRIVATE = re.compile(      # all lengths are bounded: a crafted header must not keep us busy
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"              # mail
    r"|(?<![\dA-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"        # mobile number of China
    r"|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"                                           # its landlines
    r"|(?<!\d)\d{17}[\dXx](?![\dA-Za-z])"                                       # identity card
    r"|(?<![A-Za-z0-9])(?:[A-Za-z0-9]{1,20}[_.-]){0,3}"                         # token or key: letters and digits
    r"(?=[A-Za-z]{0,40}\d)(?=\d{0,40}[A-Za-z])[A-Za-z0-9]{22,}"
)
_SHOWN = 2      # characters


def veiled(text: str) -> str:
    """A text without mail addresses, phone and identity numbers, tokens and keys: of each the beginning is left."""
    return _PRIVATE.sub(lambda found: f"{found[0][:_SHOWN]}***", text)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    what: a plain sentence with numbers. where: file, sheet, column or rows ("" if it is obvious).
    fix: one line that can be followed or pasted. examples: at most three, as they stand in the data. A header or a
    damaged line may hold what is nobody's business, and messages are sent around: contacts and tokens are veiled.
    """

    what: str
    where: str = ""
    fix: str = ""
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("what", "where", "fix"):
            object.__setattr__(self, name, veiled(getattr(self, name)))
        object.__setattr__(self, "examples", tuple(map(veiled, self.examples)))

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
