"""In which order findings stand: by money where it is known, else by days; each list has its own order beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .context import Context
from .finding import Finding, MoneyDays

if TYPE_CHECKING:
    from .context import Floats

LARGEST = 3
"""So many deals are left out to see whether an order hangs on them."""


def with_money(findings: Iterable[Finding], context: Context) -> list[Finding]:
    """The findings with the money that waits in them, where they have days and the log has amounts."""
    amounts = context.facts.amounts
    if amounts is None:
        return list(findings)
    return [_weighed(finding, context, amounts.counted, amounts.name) for finding in findings]


def _weighed(finding: Finding, context: Context, counted: Floats, currency: str) -> Finding:
    import numpy as np

    if finding.days is None or finding.objects:
        return finding
    waits = np.sort(counted[context.numbers(finding)] * np.array(finding.case_days))
    if not waits.any():
        return finding
    return replace(finding, money_days=MoneyDays(float(waits.sum()), float(waits[:-LARGEST].sum()), currency))


def ranked(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Numbered: what is worth most first, then what most money waits in, then by days per case; each with its place in
    the lists that it stands in."""
    order = sorted(found, key=_order)
    lists = {
        "days": _places(order, lambda f: f.days.value if f.days else None),
        "money": _places(order, _money),
    }
    return tuple(
        replace(finding, id=f"F{n:02d}", rank=n, ranks={
            **{name: places[n - 1] for name, places in lists.items() if n - 1 in places}, **finding.ranks})
        for n, finding in enumerate(order, start=1))


def _order(finding: Finding) -> tuple[float, float, float, str, list[tuple[str, str]]]:
    return (-_worth(finding), -(finding.money_days.value if finding.money_days else 0.0),
            -(finding.days.value if finding.days else 0.0), finding.kind, sorted(finding.where.items()))


def _worth(finding: Finding) -> float:
    """In the ledger where it is worth most: ledgers are never added up."""
    return float(max((each.value for each in finding.worth), default=0))


def _money(finding: Finding) -> float | None:
    """What puts a finding in the list of money: what it is worth where that is known, else the money that waits."""
    if finding.worth:
        return _worth(finding)
    return finding.money_days.value if finding.money_days else None


def _places(order: Sequence[Finding], size: Callable[[Finding], float | None]) -> dict[int, int]:
    """Place in the order → place in a list, largest first, of those that have a size."""
    sizes = [(n, found) for n, finding in enumerate(order) if (found := size(finding)) is not None]
    return {n: place for place, (n, _) in enumerate(sorted(sizes, key=lambda pair: -pair[1]), start=1)}
