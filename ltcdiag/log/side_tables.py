"""Tables beside a log: costs by channel and month, answers of customers, returns; with a ledger of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..errors import ConservationError
from ..words import current, say
from .ledger import Money
from .look import html_facts

KINDS = ("costs", "answers", "returns")


@dataclass(frozen=True)
class Cost:
    """What a channel cost in a month ("2024-03"). currency: "" where nobody states it."""

    channel: str
    month: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class SurveyAnswer:
    """What a customer answered. case: "" where nobody says which one it was about."""

    case: str
    score: float


@dataclass(frozen=True)
class Returned:
    """What came back from the order of a case. reason: "" where nobody states it."""

    case: str
    reason: str


@dataclass(frozen=True)
class SideFile:
    """What became of the rows of a file: rows = used + set aside, by reason; else ConservationError. money: by
    currency, of a file with amounts."""

    file: str
    kind: str
    rows: int
    used: int
    set_aside: Mapping[str, int] = field(default_factory=dict)
    money: tuple[Money, ...] = ()

    def __post_init__(self) -> None:
        gone = sum(self.set_aside.values())
        if self.rows != self.used + gone:
            raise ConservationError(f"{self.file}: {self.rows} rows != {self.used} used + {gone} set aside")


@dataclass(frozen=True)
class SideTables:
    """Everything that stands beside a log. has_cases: whether the answers name their cases, has_reasons: whether the
    returns name reasons."""

    costs: tuple[Cost, ...] = ()
    answers: tuple[SurveyAnswer, ...] = ()
    returns: tuple[Returned, ...] = ()
    files: tuple[SideFile, ...] = ()
    has_cases: bool = False
    has_reasons: bool = False

    def has(self, kind: str) -> bool:
        """Whether a file of this kind was read."""
        return any(file.kind == kind for file in self.files)

    def facts(self, lang: str) -> Iterator[tuple[str, str]]:
        """File and what became of its rows."""
        for file in self.files:
            aside = "".join(say("beside.set_aside", lang, n=f"{n:,}", reason=say(f"beside.{reason}", lang))
                            for reason, n in sorted(file.set_aside.items()))
            sums = "".join(say("beside.money", lang, currency=money.currency or say("numbers.no_currency", lang),
                               read=money.read, kept=money.kept, set_aside=money.set_aside) for money in file.money)
            yield file.file, say("beside.file", lang, kind=say(f"beside.kind_{file.kind}", lang), rows=f"{file.rows:,}",
                                 used=f"{file.used:,}") + aside + sums

    def to_dict(self) -> dict[str, Any]:
        """The ledger as plain values."""
        return {"schema": "ltcdiag.beside/1", "files": [{
            "file": file.file, "kind": file.kind, "rows": file.rows, "used": file.used,
            "set_aside": dict(file.set_aside),
            "money": {money.currency or "unstated": {"read": str(money.read), "kept": str(money.kept),
                                                     "set_aside": str(money.set_aside)} for money in file.money},
        } for file in self.files]}

    def __str__(self) -> str:
        return "\n".join(f"{name}{say('log.colon', current())}{text}" for name, text in self.facts(current()))

    def _repr_html_(self) -> str:
        return html_facts(list(self.facts(current())))
