"""What the labels of a log mean for doing something again: which steps undo an invoice, press for money, make a
document anew, approve, or renew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..domain.stages import Stage
from ..domain.step_words import is_approval, says

QUOTE, CONTRACT = 0, 1
"""Documents that have versions."""
_OF_QUOTE = frozenset({"proposal", "negotiation"})
_OF_CONTRACT = frozenset({"contract_draft", "contract_approval", "contract_signed", "contract_changed"})


@dataclass(frozen=True)
class StepKinds:
    """Codes of labels by what they mean. approvals: somebody approves. offers: a quote goes out. undoing: an invoice is
    taken back. invoices: one is made. insisting: a customer is pressed to pay, level by level. revised: a quote or a
    contract is made anew by the word itself. renewing: another contract begins. document: label → QUOTE or CONTRACT."""

    approvals: frozenset[int] = frozenset()
    offers: frozenset[int] = frozenset()
    undoing: frozenset[int] = frozenset()
    invoices: frozenset[int] = frozenset()
    insisting: frozenset[int] = frozenset()
    revised: frozenset[int] = frozenset()
    renewing: frozenset[int] = frozenset()
    document: Mapping[int, int] | None = None

    @cached_property
    def documents(self) -> Mapping[int, int]:
        """Label → document; empty where nobody knows."""
        return self.document or {}

    def of_document(self, label: int) -> frozenset[int]:
        """The labels of the document that a label belongs to; the label alone where it belongs to none."""
        kind = self.documents.get(label)
        return frozenset({label} if kind is None else (n for n, each in self.documents.items() if each == kind))


def kinds_of(labels: Sequence[str], stage: Sequence[str | None], chain: Mapping[str, Stage]) -> StepKinds:
    """The kinds of the labels of a log. stage: of each label, None where it has none."""
    def of(*keys: str) -> set[int]:
        return {code for code, key in enumerate(stage) if key in keys}

    def saying(kind: str, among: set[int]) -> set[int]:
        return {code for code in among if says(labels[code], kind)}

    every = set(range(len(labels)))
    approvals = {code for code in every if is_approval(labels[code])}
    quotes, contracts = of(*_OF_QUOTE), of(*_OF_CONTRACT)
    own_stage = of("contract_changed") if "contract_changed" in chain else set()
    revised = saying("revised", quotes | contracts) | own_stage
    renewing = of("renewal") | saying("renewing", every)
    document = {**dict.fromkeys(sorted(quotes), QUOTE), **dict.fromkeys(sorted(contracts), CONTRACT)}
    return StepKinds(
        approvals=frozenset(approvals), offers=frozenset(of("proposal") - approvals),
        undoing=frozenset(saying("invoice_undone", every)),
        invoices=frozenset(of("invoiced") - saying("invoice_undone", every)),
        insisting=frozenset(saying("dunning", of("overdue", "invoiced", "partly_paid") | saying("dunning", every))),
        revised=frozenset(revised - approvals - renewing), renewing=frozenset(renewing), document=document,
    )
