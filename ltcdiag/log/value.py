"""The answer that says what findings are worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .results import Answer


@dataclass(frozen=True)
class ValueLedgers(Answer):
    """value_ledger (labour | cash | margin), value_part (finding | rest | total), finding (its id, "" for rest and
    total), hours (of labour, as far as known; missing in the other ledgers), worth, worth_low, worth_high (by the
    user's rates; missing where there is no rate), currency, contained_in (ids of the findings that own what this one
    shares with them).

    Laws: the findings and the rest of a ledger add up to its total; nothing is counted for two findings."""

    unit: ClassVar[str] = "hours"
