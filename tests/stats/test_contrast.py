"""The difference between two arms against the libraries of others and slow twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.api import OLS
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from ltcdiag.stats.case_clock import CaseClock
from ltcdiag.stats.contrast import (
    LEAST_OWNERS,
    Sample,
    coded,
    difference,
    false_discoveries,
    holm,
    mix_of,
    newcombe,
    of_differences,
    student,
)
from ltcdiag.stats.estimator import Estimate, Points, Timeline

SEEDS = range(6)


def plain(values):
    """The mean of numbers, as every estimate is one of pseudo-values."""
    values = np.asarray(values, dtype=float)
    return Estimate(float(values.mean()), values - values.mean())


def sample(values, mix=None, owner=None):
    return Sample(plain(values), np.zeros((len(values), 0)) if mix is None else mix, owner)


def whole(seed, n):
    """Days until closing, none censored."""
    days = np.floor(np.random.default_rng(seed).gamma(1.2, 25, n))
    return days, CaseClock(np.zeros(n), days, np.ones(n, dtype=bool), np.full(n, 1000.0))


# Means

@pytest.mark.parametrize("seed", SEEDS)
def test_without_open_cases_days_open_are_welchs(seed):
    days, clock = whole(seed, 40)
    others, other_clock = whole(seed + 100, 25 + 10 * seed)
    arms = [Sample(Timeline(each, 1000).days_open(), np.zeros((each.n, 0))) for each in (clock, other_clock)]
    made = difference(*arms)
    theirs = stats.ttest_ind(others, days, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert made.value == pytest.approx(others.mean() - days.mean(), abs=1e-9)
    assert (made.low, made.high) == pytest.approx((interval.low, interval.high), abs=1e-8)
    assert made.p == pytest.approx(theirs.pvalue, abs=1e-10)
    assert made.freedom == pytest.approx(theirs.df, rel=1e-9)
    assert made.method == "welch"


def test_student_of_equal_parts_is_the_two_sample_test():
    made = student(1.5, [(0.25, 9.0), (0.25, 9.0)], "welch")
    assert made.freedom == pytest.approx(18)
    assert made.p == pytest.approx(2 * stats.t.sf(1.5 / np.sqrt(0.5), 18), rel=1e-12)
    assert made.detectable == pytest.approx((stats.t.ppf(0.975, 18) + stats.norm.ppf(0.8)) * np.sqrt(0.5), rel=1e-12)


def test_the_detectable_change_is_found_four_times_in_five():
    rng = np.random.default_rng(5)
    found = []
    for _ in range(800):
        made = difference(sample(rng.normal(0, 10, 50)), sample(rng.normal(5.66, 10, 50)))
        found.append(made.p < 0.05)
        assert made.detectable == pytest.approx(5.66, rel=0.35)
    assert np.mean(found) == pytest.approx(0.8, abs=0.05)


# Shares

@pytest.mark.parametrize(("first", "second"), [((8, 20), (3, 22)), ((45, 100), (60, 120)), ((0, 25), (5, 30)),
                                               ((25, 25), (20, 30)), ((1, 40), (2, 200)), ((0, 20), (0, 20))])
def test_newcombe_is_that_of_statsmodels(first, second):
    arms = [plain(np.arange(n) < won) for won, n in (first, second)]
    # ours takes t for the normal and n - 1 for n in the variance, which is undone here
    arms = [Estimate(each.value, each.influence * np.sqrt((each.n - 1) / each.n)) for each in arms]
    z = stats.t.ppf(0.975, first[1] + second[1] - 2)
    low, high = confint_proportions_2indep(*second, *first, compare="diff", method="newcomb",
                                           alpha=float(2 * stats.norm.sf(z)))
    made = newcombe(*arms)
    assert (made.low, made.high) == pytest.approx((low, high), abs=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_p_of_shares_is_where_the_interval_touches_zero(seed):
    rng = np.random.default_rng(seed)
    arms = [plain(rng.random(n) < share) for n, share in ((40, 0.2), (60, 0.5))]
    made = newcombe(*arms)
    assert made.clear_of() == (made.p < 0.05)
    assert (newcombe(arms[0], arms[0]).p, newcombe(arms[0], arms[0]).value) == (1.0, 0.0)
    swapped = newcombe(*arms[::-1])
    assert (swapped.value, swapped.low, swapped.high) == pytest.approx((-made.value, -made.high, -made.low), abs=1e-12)
    assert swapped.p == pytest.approx(made.p, abs=1e-9)


def test_shares_of_open_cases_weigh_less():
    rng = np.random.default_rng(3)
    n = 80
    age, follow_up = np.floor(rng.exponential(60, n)), rng.integers(20, 180, n).astype(float)
    clock = CaseClock(np.zeros(n), np.minimum(age, follow_up), age <= follow_up, follow_up)
    won = np.flatnonzero(clock.closed & (rng.random(n) < 0.4))
    cut = Timeline(clock, 120).points(Points(won, clock.exit[won], np.ones(len(won))))
    share = plain(np.arange(n) < round(cut.value * n))
    wide, narrow = newcombe(cut, cut), newcombe(share, share)
    assert wide.high - wide.low > narrow.high - narrow.low


# Mix

def strata(seed, n=60, levels=3):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, levels, 2 * n)
    kind[n:] = rng.choice(levels, n, p=[0.6, 0.3, 0.1])
    kind[:5] = kind[n:n + 5] = np.arange(5) % levels
    values = 20 + 10.0 * kind + rng.gamma(1.5, 8, 2 * n) * (1 + kind)
    rows = [np.arange(n), np.arange(n, 2 * n)]
    return kind, values, rows


@pytest.mark.parametrize("seed", SEEDS)
def test_each_arm_at_the_common_mix_is_ols_with_hc3(seed):
    kind, values, rows = strata(seed)
    mixes, alone = mix_of([kind.astype(object)], rows)
    assert not alone
    made = difference(*(sample(values[each], mix) for each, mix in zip(rows, mixes, strict=True)))
    fits = [OLS(values[each], np.column_stack([np.ones(len(each)), mix])).fit(cov_type="HC3")
            for each, mix in zip(rows, mixes, strict=True)]
    assert made.value == pytest.approx(fits[1].params[0] - fits[0].params[0], abs=1e-8)
    gap = fits[1].params[1:] - fits[0].params[1:]
    both = np.concatenate(mixes)
    drift = gap @ np.atleast_2d(np.cov(both, rowvar=False)) @ gap / len(both)
    assert made.error == pytest.approx(np.sqrt(fits[0].bse[0] ** 2 + fits[1].bse[0] ** 2 + drift), rel=1e-8)
    assert made.method == "regression_hc3"


@pytest.mark.parametrize("seed", SEEDS)
def test_one_stratum_at_the_common_mix_is_post_stratification(seed):
    kind, values, rows = strata(seed)
    mixes, _ = mix_of([kind.astype(object)], rows)
    made = difference(*(sample(values[each], mix) for each, mix in zip(rows, mixes, strict=True)))
    expected = 0.0
    for code in range(3):
        inside = [values[each][kind[each] == code].mean() for each in rows]
        expected += np.mean(kind == code) * (inside[1] - inside[0])
    assert made.value == pytest.approx(expected, abs=1e-8)


def test_a_value_that_one_arm_lacks_is_told():
    column = np.array(["a"] * 20 + ["b"] * 20 + ["a"] * 38 + ["c"] * 2, dtype=object)
    mixes, alone = mix_of([column], [np.arange(40), np.arange(40, 80)])
    assert alone == ["b"]
    assert np.concatenate(mixes).mean(axis=0) == pytest.approx(0, abs=1e-12)


def test_numbers_with_many_values_become_quarters_and_missing_ones_a_value_of_their_own():
    codes, names = coded(np.arange(100.0), np.arange(100))
    assert np.bincount(codes).tolist() == [25, 25, 25, 25]
    assert names == ["Q1", "Q2", "Q3", "Q4"]
    codes, names = coded(np.array(["x", None, float("nan"), "y"], dtype=object), np.arange(4))
    assert names == ["", "x", "y"]
    assert codes.tolist() == [1, 0, 0, 2]


@pytest.mark.parametrize("values", [["b", "a", None, "b", ""], [7, "7", 2.5, None], [[1], [2], [1]], [3, 1, 3],
                                    [1.5, float("nan"), 0.5], [True, False, True], []])
def test_codes_are_those_of_the_texts_in_order(values):
    array = np.array(values) if values and not isinstance(values[0], list | str) and None not in values \
        else np.array([*values, None], dtype=object)[:-1]
    codes, names = coded(array, np.arange(len(array)))
    texts = ["" if value is None or value != value else str(value) for value in array.tolist()]
    assert names == sorted(set(texts))
    assert [names[code] for code in codes] == texts


# Clusters

def clustered_twin(before, after, owners):
    """Sums of an owner's distances from his arm's mean, one owner after the other."""
    everyone = sorted({*owners[0], *owners[1]})
    total = 0.0
    for who in everyone:
        pull = 0.0
        for sign, values, codes in ((-1, before, owners[0]), (1, after, owners[1])):
            for value, code in zip(values, codes, strict=True):
                if code == who:
                    pull += sign * (value - np.mean(values)) / len(values)
        total += pull**2
    return np.sqrt(total), len(everyone)


@pytest.mark.parametrize("together", [True, False], ids=["same owners in both arms", "owners of one arm"])
@pytest.mark.parametrize("seed", SEEDS)
def test_owners_are_clusters(seed, together):
    rng = np.random.default_rng(seed)
    owners = [rng.integers(0, 8, 50), rng.integers(0, 8, 60) + (0 if together else 8)]
    effect = rng.normal(0, 5, 16)
    values = [30 + effect[codes] + rng.gamma(2, 10, len(codes)) for codes in owners]
    made = difference(*(sample(v, owner=c) for v, c in zip(values, owners, strict=True)))
    error, groups = clustered_twin(*values, owners)
    assert made.value == pytest.approx(values[1].mean() - values[0].mean())
    assert made.freedom == pytest.approx(groups - 2)
    assert made.error == pytest.approx(error * np.sqrt(groups / (groups - 2)), rel=1e-10)
    late = np.repeat([0.0, 1.0], [50, 60])
    theirs = OLS(np.concatenate(values), np.column_stack([np.ones(110), late])).fit(
        cov_type="cluster", cov_kwds={"groups": np.concatenate(owners), "use_correction": False})
    assert made.error == pytest.approx(theirs.bse[1] * np.sqrt(groups / (groups - 2)), rel=1e-8)
    assert made.method == "cluster_cr1"


def test_too_few_owners_carry_no_interval():
    values = np.arange(30.0)
    few = np.arange(30) % (LEAST_OWNERS - 1)
    with pytest.raises(ValueError, match="too few owners"):
        difference(sample(values, owner=few), sample(values, owner=np.arange(30)))


# Several at once

@pytest.mark.parametrize("p", [[0.04], [0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.01, 1.0, 0.0, 0.011, 0.9]])
def test_holm_and_benjamini_hochberg_are_those_of_statsmodels(p):
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    assert false_discoveries(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_nothing_asked_nothing_adjusted():
    assert holm([]) == false_discoveries([]) == []


# Laws

numbers = st.lists(st.floats(-50, 200).map(lambda x: round(x, 1)), min_size=6, max_size=40)


@given(numbers, numbers)
@settings(max_examples=60, deadline=None)
def test_swapping_the_arms_turns_the_sign(first, second):
    made, swapped = difference(sample(first), sample(second)), difference(sample(second), sample(first))
    assert (swapped.value, swapped.low, swapped.high) == pytest.approx((-made.value, -made.high, -made.low), abs=1e-9)
    assert swapped.p == pytest.approx(made.p, abs=1e-9)


@given(numbers, numbers, numbers, numbers)
@settings(max_examples=40, deadline=None)
def test_a_control_that_changed_alike_leaves_nothing(a, b, c, d):
    treated, control = difference(sample(a), sample(b)), difference(sample(c), sample(d))
    made = of_differences(control, treated)
    assert made.value == pytest.approx(treated.value - control.value)
    assert made.error == pytest.approx(np.hypot(treated.error, control.error))
    assert of_differences(treated, treated).value == 0.0
