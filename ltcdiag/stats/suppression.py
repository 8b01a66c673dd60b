"""Which cells of a table of counts may be shown: small ones go into one rest, with others that hide them.

A count below k tells of few people. Left out alone it comes back as the total less the others; so the rest holds at
least two cells and k in all, and enough of them that nobody who knows this rule and the total can work a small one
out (complementary suppression: L. Willenborg, T. de Waal, Elements of Statistical Disclosure Control, 2001)."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST_K = 5
"""Below it a small cell can be so few numbers that no company hides it."""


def hidden_cells(counts: Sequence[int], k: int) -> frozenset[int]:
    """The places of the cells that go into the rest: always the smallest ones; all or none of them where nothing else
    would do. counts: those of the parts of a whole whose sum is shown. k: 5 or more.

    Law: a larger k never shows more; no cell below k is shown; the sum of the rest never gives one away."""
    order = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    values = [counts[place] for place in order]
    most = max((_hidden(values, each) for each in range(SMALLEST_K, k + 1)), default=0)
    return frozenset(order[:most])


def _hidden(values: Sequence[int], k: int) -> int:
    """How many of the smallest cells go. values: rising."""
    small = sum(value < k for value in values)
    if not small:
        return 0
    for n in range(max(small, 2), len(values)):
        if sum(values[:n]) >= k and _keeps_secret(values, small, n, k):
            return n
    return len(values)


def _keeps_secret(values: Sequence[int], small: int, n: int, k: int) -> bool:
    """Whether the sum of n hidden cells leaves more than one value for each small one, also for those who know how many
    of them are small: these lie from 1 to k - 1, the others from k to the smallest that is shown."""
    total, others, limit = sum(values[:n]), n - small, values[n]
    least = max(1, total - (small - 1) * (k - 1) - others * limit)
    most = min(k - 1, total - (small - 1) - others * k)
    return most > least


def rounded(count: int, k: int) -> int:
    """A count that belongs to no whole, to the nearest multiple of k; 0 where it is below k."""
    return 0 if count < k else max(k, (2 * count + k) // (2 * k) * k)
