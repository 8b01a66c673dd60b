"""Which tier of the reference model each case belongs to, by its amount and currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..domain.reference import ReferenceModel
from .facts import Amounts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]


def has_thresholds(model: ReferenceModel) -> bool:
    """Whether the company has said from which amount a deal is no longer small."""
    return any(tier.up_to for tier in model.tiers.values())


def tiers_of(model: ReferenceModel, amounts: Amounts | None, cases: int) -> Ints:
    """Place of each case's tier in the model; that of the default tier where the amount or its threshold is not known.
    Law: what `model.tier_of` says of each case."""
    import numpy as np

    keys = list(model.tiers)
    found = np.full(cases, keys.index(model.default_tier), dtype=np.int64)
    if amounts is None:
        return found
    for code, currency in enumerate(amounts.currencies):
        money = currency.strip().upper()
        limits = [(key, float(tier.up_to[money])) for key, tier in model.tiers.items() if money in tier.up_to]
        if not limits:
            continue
        places = np.array([keys.index(key) for key, _ in limits] + [keys.index(limits[-1][0]) + 1])
        rows = np.flatnonzero((amounts.currency == code) & ~np.isnan(amounts.value))
        above = np.searchsorted(np.array([limit for _, limit in limits]), amounts.value[rows], side="left")
        found[rows] = places[above]
    return found
