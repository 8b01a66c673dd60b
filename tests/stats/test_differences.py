"""Tests of two logs against every labelling counted out by hand, and against scipy and statsmodels' textbook forms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ltcdiag.stats.differences import adjusted, could_differ, counts_p, exact_p, newcombe, ranks_p, welch
from ltcdiag.stats.estimator import Estimate


def every_labelling(before, after):
    """Share of all ways to hand out the labels whose sum in the log after is at least as far from what is expected."""
    values = [*before, *after]
    expected = len(after) * sum(values) / len(values)
    reach = abs(sum(after) - expected) - 1e-9
    sums = [sum(chosen) for chosen in combinations(values, len(after))]
    return sum(abs(total - expected) >= reach for total in sums) / len(sums)


@pytest.mark.parametrize(("before", "after"), [((0, 0, 1, 1, 1), (0, 1, 0, 0, 0)), ((1, 1, 1, 1), (0, 0, 0, 0)),
                                              ((1, 0, 1), (1, 1, 0))])
def test_fishers_test_is_the_permutation_test_of_yes_and_no(before, after) -> None:
    """Equal arms: the distribution is symmetric, so that both ways to count "as far" agree."""
    if len(before) != len(after):
        return
    found = exact_p(np.array([sum(before)]), np.array([sum(after)]), len(before), len(after))
    assert found[0] == pytest.approx(every_labelling(before, after))


def test_counts_drawn_come_near_every_labelling_counted_out() -> None:
    before, after = (0, 1, 0, 2, 0, 1, 0), (3, 1, 2, 0, 1, 2)
    exact = every_labelling(before, after)
    found = counts_p(np.array(before), np.array(after))
    assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 20_000) ** 0.5)
    assert found == counts_p(np.array(before), np.array(after))
    assert counts_p(np.array([1, 1]), np.array([1, 1])) == 1.0


@pytest.mark.parametrize(("n_before", "n_after"), [(8, 8), (5, 14), (30, 12)])
def test_what_is_not_tested_could_never_have_come_out(n_before: int, n_after: int) -> None:
    totals = np.arange(n_before + n_after + 1)
    asked = could_differ(totals, n_before, n_after)
    for total in totals:
        after = np.arange(max(0, total - n_before), min(total, n_after) + 1)
        smallest = exact_p(total - after, after, n_before, n_after).min()
        assert asked[total] == (smallest <= 0.05 + 1e-12)


def test_missing_p_values_do_not_count() -> None:
    p = np.array([0.01, np.nan, 0.04, 0.03, np.nan])
    assert adjusted(p)[[0, 2, 3]] == pytest.approx([0.03, 0.04, 0.04])
    assert np.isnan(adjusted(p)[[1, 4]]).all()
    assert np.isnan(adjusted(np.array([np.nan]))).all()


def test_ranks_need_ten_of_each() -> None:
    values = np.arange(10.0)
    assert np.isnan(ranks_p(values[:9], values))
    assert ranks_p(values, values) == pytest.approx(1.0)
    assert ranks_p(values, values + 20) < 0.001


def test_newcombes_interval_is_that_of_his_paper() -> None:
    """Newcombe 1998, table II, method 10, rows (a) and (h): 56/70 less 48/80, 10/10 less 0/10; ours uses t for z, so
    it is a little wider."""
    found = newcombe(48, 56, 80, 70)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=0.004)
    assert found.low <= 0.0524
    assert found.high >= 0.3339
    extreme = newcombe(0, 10, 10, 10)
    assert extreme.high == 1.0
    assert extreme.low <= 0.6075


def test_welch_equals_scipys() -> None:
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(2)
    one, other = rng.gamma(2, 5, 40), rng.gamma(2, 8, 25)
    found, p = welch(*(Estimate(float(x.mean()), x - x.mean()) for x in (one, other)))
    twin = ttest_ind(other, one, equal_var=False)
    ends = twin.confidence_interval()
    assert (found.value, found.low, found.high, p) == pytest.approx(
        (other.mean() - one.mean(), ends.low, ends.high, twin.pvalue))
    still, nothing = welch(Estimate(1.0, np.zeros(5)), Estimate(1.0, np.zeros(5)))
    assert (still.low, still.high) == (0, 0)
    assert np.isnan(nothing)
