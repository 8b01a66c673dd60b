"""The ledger: every line, case and yuan has exactly one fate, or there is no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ..errors import ConservationError
from ..words import current, say
from .look import heading, html_facts, html_table
from .telling import ledger_facts, set_aside_row, step_name, step_sum

_SHOWN = 10
CORRECTED = "corrected"
"""The reason of a row in whose place a corrected one stands."""
TOLD_AGAIN = "told_again"
"""The reason of a row that another export tells too, without a change."""
WITHDRAWN = "withdrawn"
"""The reason of a row that a later export of its whole case does not have any more."""
GIVEN_BACK = ("ltcdiag_file", "ltcdiag_line", "ltcdiag_reason", "ltcdiag_use_anyway")
"""The columns beside those of the source in a file of rows set aside; its rows take the place of the old ones."""


def _frozen(counts: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType({key: counts[key] for key in sorted(counts) if counts[key]})


@dataclass(frozen=True)
class SourceFile:
    """One table that was read. `lines` counts physical lines of a text file, rows of a sheet,
    events of an XES file, items of a JSON file, rows of a Parquet file; `records` those that hold data."""

    file: str
    sha256: str
    encoding: str
    dialect: str
    timezone: str
    lines: int
    structure: int
    records: int


@dataclass(frozen=True)
class Step:
    """One arrow of the flow: came_in + made = went_out + set_aside + merged. told: what a filter keeps, by language."""

    name: str
    unit: str
    came_in: int
    went_out: int
    made: int = 0
    merged: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "set_aside", _frozen(self.set_aside))
        gone = sum(self.set_aside.values())
        if self.came_in + self.made != self.went_out + self.merged + gone:
            raise ConservationError(
                f"step '{self.name}' does not balance: {self.came_in} in + {self.made} made != "
                f"{self.went_out} out + {self.merged} merged + {gone} set aside ({self.unit})"
            )

    def __str__(self) -> str:
        lang = current()
        return f"{step_name(self, lang)}{say('log.colon', lang)}{step_sum(self, lang)}"


@dataclass(frozen=True)
class Money:
    """The money of one currency: read + adjusted = kept + merged + set_aside, to the last decimal."""

    currency: str
    read: Decimal
    kept: Decimal
    set_aside: Decimal = Decimal(0)
    merged: Decimal = Decimal(0)
    adjusted: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.read + self.adjusted != self.kept + self.merged + self.set_aside:
            raise ConservationError(
                f"money in {self.currency} does not balance: {self.read} read + {self.adjusted} adjusted != "
                f"{self.kept} kept + {self.merged} merged + {self.set_aside} set aside"
            )


@dataclass(frozen=True)
class RowSetAside:
    """A row that is not in the log: where it stands, why, and what it says (cut to 500 characters)."""

    file: str
    line_from: int
    line_to: int
    reason: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What had been read when a fault stopped the reading: the files with their lines, lines that are no records."""

    files: tuple[SourceFile, ...]
    set_aside_rows: tuple[RowSetAside, ...]


@dataclass(frozen=True)
class Ledger:
    """What was read, step by step. Building one that does not balance raises ConservationError."""

    files: tuple[SourceFile, ...]
    steps: tuple[Step, ...]
    totals: Mapping[str, int]
    money: tuple[Money, ...] = ()
    set_aside_rows: tuple[RowSetAside, ...] = ()
    unreadable_amounts: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "totals", MappingProxyType(dict(self.totals)))
        _check_chain(self.steps)
        self._check_rows()

    def _check_rows(self) -> None:
        counted = sum(file.lines - file.structure for file in self.files)
        first = self.steps[0].came_in if self.steps else counted
        if counted != first:
            raise ConservationError(f"{counted} data lines in the files, {first} taken up by the first step")

    @property
    def balanced(self) -> bool:
        """True; a ledger that does not balance cannot be built."""
        return True

    @property
    def set_aside(self) -> Mapping[str, int]:
        """Units set aside by reason, over the steps that count lines and records."""
        total: dict[str, int] = {}
        for step in self.steps:
            if step.unit in ("lines", "records"):
                for reason, n in step.set_aside.items():
                    total[reason] = total.get(reason, 0) + n
        return _frozen(total)

    def rows(self, reason: str | None = None) -> tuple[RowSetAside, ...]:
        """The rows set aside, all or those of one reason."""
        return tuple(row for row in self.set_aside_rows if reason in (None, row.reason))

    def then(self, step: Step, totals: Mapping[str, int] | None = None) -> Ledger:
        """The ledger with one more step; its totals replaced where given."""
        return replace(self, steps=(*self.steps, step), totals={**self.totals, **(totals or {})})

    def __str__(self) -> str:
        lang = current()
        return "\n".join(f"{name}{say('log.colon', lang)}{text}" for name, text in ledger_facts(self, lang))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lang = current()
        facts = html_facts(ledger_facts(self, lang))
        if not self.set_aside_rows:
            return facts
        rows = [set_aside_row(row, lang) for row in self.set_aside_rows[:_SHOWN]]
        caption = say("log.rows_set_aside", lang, shown=len(rows), rows=f"{len(self.set_aside_rows):,}")
        head = [heading(name, lang) for name in ("file", "line", "reason", "text")]
        return facts + html_table(head, rows, numeric=(False, True, False, False), caption=caption)

    def to_dict(self) -> dict[str, Any]:
        """The content of ledger.json (schema ltcdiag.ledger/1); money as decimal text."""
        return {
            "schema": "ltcdiag.ledger/1",
            "balanced": self.balanced,
            "files": [dict(vars(file)) for file in self.files],
            "steps": [
                {
                    "name": step.name,
                    "unit": step.unit,
                    "in": step.came_in,
                    "made": step.made,
                    "set_aside": dict(step.set_aside),
                    "merged": step.merged,
                    "out": step.went_out,
                    **({"told": dict(step.told)} if step.told else {}),
                }
                for step in self.steps
            ],
            "totals": {**self.totals, "set_aside": dict(self.set_aside)},
            "money": {
                m.currency: {k: str(getattr(m, k)) for k in ("read", "adjusted", "kept", "merged", "set_aside")}
                for m in self.money
            },
            "unreadable_amounts": self.unreadable_amounts,
        }


def _check_chain(steps: Sequence[Step]) -> None:
    """What leaves one step enters the next of the same unit."""
    last: dict[str, Step] = {}
    for step in steps:
        before = last.get(step.unit)
        if before is not None and before.went_out != step.came_in:
            raise ConservationError(
                f"{before.went_out} {step.unit} left '{before.name}', {step.came_in} entered '{step.name}'"
            )
        last[step.unit] = step
