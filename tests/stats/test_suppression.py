"""Which cells are hidden: exactly the smallest that are needed, found again by trying every table."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.stats.suppression import SMALLEST_K, hidden_cells, rounded


def guesses(values, n, k):
    """What a small hidden cell may be for someone who knows the sum of the n smallest, how many of them are small and
    the smallest cell that is shown."""
    small = sum(value < k for value in values)
    choices = [range(1, k)] * small + [range(k, values[n] + 1)] * (n - small)
    return {table[0] for table in product(*choices) if sum(table) == sum(values[:n])}


def needed(counts, k):
    """How many of the smallest cells go, by trying one more and one more; no fewer than a weaker k hides."""
    values, most = sorted(counts), 0
    for each in range(SMALLEST_K, k + 1):
        small = sum(value < each for value in values)
        if not small:
            continue
        many = len(values)
        for n in range(max(small, 2), len(values)):
            if sum(values[:n]) >= each and len(guesses(values, n, each)) > 1:
                many = n
                break
        most = max(most, many)
    return most


@given(st.lists(st.integers(1, 9), max_size=5), st.integers(5, 7))
def test_exactly_the_smallest_cells_go_and_no_more_than_hide_them(counts, k):
    hidden = hidden_cells(counts, k)
    assert len(hidden) == needed(counts, k)
    assert all(counts[a] <= counts[b] for a in hidden for b in range(len(counts)) if b not in hidden)


@pytest.mark.parametrize(("counts", "k", "hidden"), [
    ([], 5, set()), ([5, 6, 7], 5, set()), ([4], 5, {0}), ([100, 4], 5, {0, 1}),
    ([40, 3, 50, 60], 5, {0, 1}),           # one small cell takes the next smallest with it
    ([40, 3, 2, 50], 5, {1, 2}),            # two that make 5 hide each other
    ([40, 1, 1, 50], 5, {0, 1, 2}),         # two that make 2 are two ones: a third must go
    ([40, 4, 4, 50], 5, {0, 1, 2}),         # and two that make 8 are two fours
    ([9, 5, 2], 5, {1, 2}),                 # 2 and 5 may be 1 and 6, for all that is seen
    ([5, 5, 4], 5, {0, 1, 2}),              # beside a shown 5 the hidden 5 can be nothing else
    ([5, 9, 6, 4], 7, {0, 2, 3}), ([7, 7, 9], 7, set()),
    ([8, 8, 8, 3], 5, {0, 3}),              # of equal cells the first goes
])
def test_tables_worked_out_by_hand(counts, k, hidden):
    assert hidden_cells(counts, k) == hidden


@pytest.mark.parametrize(("n", "k", "told"), [
    (0, 5, 0), (4, 5, 0), (5, 5, 5), (7, 5, 5), (8, 5, 10), (12, 5, 10), (13, 5, 15), (6, 6, 6), (8, 6, 6), (9, 6, 12),
    (1004, 10, 1000), (1005, 10, 1010)])
def test_counts_are_rounded_to_the_nearest_multiple_and_halves_up(n, k, told):
    assert rounded(n, k) == told
