"""Intervals against plain formulas of others, and who is first when cases are drawn anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from ltcdiag.stats.estimator import Estimate
from ltcdiag.stats.intervals import amount_interval, first_shares, log_ratio, mean_interval, share_interval

NUMBERS = arrays(float, st.integers(1, 40), elements=st.integers(-50, 400).map(float))


def mean_of(values):
    """The estimate of a plain mean."""
    values = np.asarray(values, dtype=float)
    return Estimate(float(values.mean()), values - values.mean())


def even(n):
    """n numbers around 20, the same to both sides."""
    return 20 + stats.norm.ppf((np.arange(n) + 0.5) / n)


@given(NUMBERS)
def test_an_interval_contains_its_value(values):
    made = mean_of(values)
    share = mean_of(values > 50)
    for interval in (mean_interval(made), amount_interval(mean_of(np.abs(values))), share_interval(share)):
        assert interval.low <= interval.value <= interval.high
    assert amount_interval(mean_of(np.abs(values))).low >= 0
    assert share_interval(share).low >= 0
    assert share_interval(share).high <= 1


@pytest.mark.parametrize("n", [3, 10, 200])
def test_the_interval_of_a_plain_mean_is_students(n):
    values = even(n)
    low, high = stats.t.interval(0.95, n - 1, values.mean(), stats.sem(values))
    interval = mean_interval(mean_of(values))
    assert (interval.low, interval.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    amount = amount_interval(mean_of(values))
    assert np.log(amount.high / amount.value) * amount.value == pytest.approx(high - values.mean(), rel=1e-9)
    assert amount.low * amount.high == pytest.approx(amount.value**2)


def test_a_skewed_mean_has_the_wider_interval_that_students_lacks():
    values = np.random.default_rng(1).gamma(0.5, 20, 40)
    factor = 1 + (1.96**4 + 2 * 1.96**2 - 3) / 18 * stats.skew(values) ** 2 / 40  # Hall 1988, two-sided, 95 %
    assert factor > 1.05
    interval = mean_interval(mean_of(values))
    plain = stats.t.ppf(0.975, 39) * stats.sem(values)
    assert interval.high - interval.value == pytest.approx(plain * factor, rel=1e-3)
    assert interval.value - interval.low == pytest.approx(plain * factor, rel=1e-3)


@given(st.integers(2, 300), st.data())
def test_the_interval_of_a_share_without_open_cases_is_wilsons(n, data):
    hits = data.draw(st.integers(0, n))
    interval = share_interval(mean_of(np.arange(n) < hits))
    # Student's quantile for the normal one; n - 1 for n as the variance has it
    alpha = 2 * stats.norm.sf(stats.t.ppf(0.975, n - 1))
    size = n if hits in (0, n) else n - 1
    low, high = proportion_confint(hits / n * size, size, alpha=alpha, method="wilson")
    assert interval.value == hits / n
    assert (interval.low, interval.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


@pytest.mark.parametrize("n", [1, 2, 30, 1000])
def test_none_and_all_of_the_cases_leave_room_for_what_was_not_seen(n):
    none, every = share_interval(mean_of(np.zeros(n))), share_interval(mean_of(np.ones(n)))
    assert (none.value, none.low) == (0, 0)
    assert (every.value, every.high) == (1, 1)
    assert none.high == pytest.approx(1 - every.low)
    assert 3 / (n + 3) <= none.high <= 1  # the rule of three


@pytest.mark.parametrize("n", [2, 30, 1000])
def test_no_mark_seen_does_not_mean_that_there_are_none(n):
    interval = amount_interval(mean_of(np.zeros(n)), mark=2.0)
    assert (interval.value, interval.low) == (0, 0)
    assert stats.poisson.pmf(0, n * interval.high / 2.0) == pytest.approx(0.025)
    assert amount_interval(mean_of(np.zeros(n))).high == 0


@pytest.mark.parametrize("n", [1, 2, 30])
def test_one_case_and_no_mark_at_all_give_no_nonsense(n):
    for made in (mean_of(np.zeros(n)), mean_of(np.full(n, 5.0))):
        for interval in (mean_interval(made), amount_interval(made)):
            assert not np.isnan([interval.low, interval.value, interval.high]).any()
            assert interval.low <= interval.value <= interval.high
    assert mean_interval(mean_of([5.0])).high == np.inf


@given(arrays(float, (2, 25), elements=st.integers(1, 90).map(float)))
def test_the_log_of_a_ratio_is_what_a_little_more_of_a_case_does_to_it(values):
    above, below = mean_of(values[0]), mean_of(values[1])
    made, plain = log_ratio(above, below), above.over(below)
    step = 1e-6
    for case in range(25):
        weights = np.ones(25)
        weights[case] += step
        moved = np.log(np.average(values[0], weights=weights) / np.average(values[1], weights=weights))
        assert made.influence[case] == pytest.approx((moved - made.value) / step * 25, abs=1e-2, rel=1e-3)
    np.testing.assert_allclose(plain.influence, plain.value * made.influence, rtol=1e-9, atol=1e-9)
    assert plain.value == pytest.approx(np.exp(made.value))


def test_a_ratio_with_nothing_below_the_line_is_refused():
    with pytest.raises(ZeroDivisionError, match="below the line"):
        mean_of([1.0, 2.0]).over(mean_of([0.0, 0.0]))
    for above, below in (([0.0, 0.0], [1.0, 2.0]), ([1.0, 2.0], [-1.0, 0.0])):
        with pytest.raises(ValueError, match="two positive"):
            log_ratio(mean_of(above), mean_of(below))


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(2, 30)), elements=st.integers(0, 40).map(float)))
def test_shares_of_being_first_add_up_to_one_whatever_the_order_of_the_list(values):
    made = [mean_of(row) for row in values]
    shares = first_shares(made, resamples=50)
    assert sum(shares) == pytest.approx(1)
    np.testing.assert_allclose(first_shares(made[::-1], resamples=50), shares[::-1], atol=1e-12)
    assert first_shares(made, resamples=50) == shares


@pytest.mark.parametrize("n", [30, 2500])
def test_a_clear_winner_is_first_and_equal_twins_share_the_place(n):
    rng = np.random.default_rng(3)
    low, high, twin = rng.gamma(2, 5, (3, n)) + np.array([[0], [40], [0]])
    twin = twin - twin.mean() + high.mean()
    twin = (twin - twin.mean()) / twin.std() * high.std() + high.mean()
    assert first_shares([mean_of(low), mean_of(high)])[1] > 0.99
    assert first_shares([mean_of(high), mean_of(twin), mean_of(low)])[:2] == pytest.approx([0.5, 0.5], abs=0.06)
    assert first_shares([mean_of(low), mean_of(high), mean_of(high)]) == pytest.approx([0, 0.5, 0.5])
    assert first_shares([mean_of(np.zeros(n))] * 4) == pytest.approx([0.25] * 4)
    assert first_shares([]) == []


@pytest.mark.parametrize("n", [60, 1500])
def test_being_first_is_as_sure_as_a_plain_bootstrap_says(n):
    rng = np.random.default_rng(5)
    left = rng.gamma(1.5, 10, n)
    right = rng.gamma(1.5, 10, n)
    right += left.mean() - right.mean() - 0.8 * np.sqrt((left.var() + right.var()) / n)
    draws = rng.integers(0, n, (1000, n))
    plain = np.mean(left[draws].mean(axis=1) > right[draws].mean(axis=1))
    assert first_shares([mean_of(left), mean_of(right)], resamples=2000)[0] == pytest.approx(plain, abs=0.04)



@pytest.mark.parametrize(("above", "below"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)])
def test_the_logarithm_of_a_ratio_asks_for_two_positive_estimates(above, below):
    made = [Estimate(value, np.array([0.5, -0.5])) for value in (above, below)]
    with pytest.raises(ValueError, match="two positive estimates"):
        log_ratio(*made)
