"""Groups against all others: the textbook on plain means, plain loops on ratios, people, small groups, the mix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ltcdiag.stats.subgroups import adjusted, contrasts, people, shrunk, sums, widened


def groups(seed, n=200, many=4):
    rng = np.random.default_rng(seed)
    return rng.integers(-1, many, n), rng.exponential(5, n), rng.poisson(1.5, n).astype(float)


def rest(table):
    return table.sum(axis=0) - table


def coded(code, many, days, passages):
    """Rows of sums of each group, the cases in no group counted among the others."""
    table = sums(code + 1, many + 1, days, passages)
    return table[1:], rest(table)[1:]


def test_with_one_passage_a_case_it_is_welchs_test():
    code, days, _ = groups(1)
    found = contrasts(*coded(code, 4, days, np.ones(200)))
    for group in range(4):
        here, others = days[code == group], days[code != group]
        told = stats.ttest_ind(here, others, equal_var=False)
        assert found.more[group] == pytest.approx(here.mean() - others.mean())
        assert found.more[group] / found.error[group] == pytest.approx(told.statistic)
        assert found.freedom[group] == pytest.approx(told.df)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_days_per_passage_are_those_of_plain_loops(seed):
    code, days, passages = groups(seed)
    found = contrasts(*coded(code, 4, days, passages))
    for group in range(4):
        parts = []
        for side in (code == group, code != group):
            d, p = days[side], passages[side]
            ratio = d.sum() / p.sum()
            left = [one - ratio * other for one, other in zip(d, p, strict=True)]
            parts.append((ratio, sum(x * x for x in left) / (len(left) - 1) / len(left) / p.mean() ** 2))
        assert found.here[group] == pytest.approx(parts[0][0])
        assert found.more[group] == pytest.approx(parts[0][0] - parts[1][0])
        assert found.variance[group] == pytest.approx(parts[0][1] + parts[1][1])


def test_who_skips_a_step_is_not_fast_there():
    rng = np.random.default_rng(3)
    passages = np.where(np.arange(4000) < 2000, rng.random(4000) < 0.2, True).astype(float)
    days = passages * rng.exponential(5, 4000)
    found = contrasts(*coded((np.arange(4000) >= 2000).astype(int), 2, days, passages))
    assert abs(found.more[1]) < 3 * found.error[1]
    assert days[2000:].mean() - days[:2000].mean() > 3


def test_a_group_without_the_rare_long_cases_is_not_fast_for_that():
    days = np.concatenate([np.linspace(9, 11, 100), np.linspace(9, 11, 380), np.full(20, 300.0)])
    found = contrasts(*coded((np.arange(500) >= 100).astype(int), 2, days, np.ones(500)))
    naive = stats.ttest_ind(days[100:], days[:100], equal_var=False)
    assert naive.pvalue < 1e-4 < 0.01 < found.p[1]


def test_nobody_and_nothing_is_no_difference():
    found = contrasts(*coded(np.zeros(5, dtype=int), 2, np.ones(5), np.zeros(5)))
    assert found.more.tolist() == [0, 0]
    assert found.p.tolist() == [1, 1]


# ---- people ----------------------------------------------------------------------------------------------------


def of_people(seed, *, spread, per_group=6, cases=40, groups=5, crossed=False):
    rng = np.random.default_rng(seed)
    code = np.repeat(np.arange(groups), per_group * cases)
    person = np.tile(np.repeat(np.arange(per_group), cases), groups) + (0 if crossed else code * per_group)
    effect = rng.normal(0, spread, groups * per_group)
    return code, person, rng.normal(10, 3, len(code)) + effect[person] + 5 * code


def test_the_spread_of_people_is_found_whatever_their_groups_take():
    found = [people(code, 5, person, value) for code, person, value in
             (of_people(seed, spread=2.0) for seed in range(30))]
    assert np.mean([each.variance for each in found]) == pytest.approx(4.0, rel=0.15)
    assert found[0].freedom == 25
    calm = [people(code, 5, person, value).variance for code, person, value in
            (of_people(seed, spread=0.0) for seed in range(30))]
    assert np.mean(calm) < 0.1


def test_people_of_their_own_widen_the_difference_and_people_of_all_do_not():
    code, person, value = of_people(1, spread=2.0)
    own = people(code, 5, person, value)
    assert own.apart == pytest.approx(np.full(5, 1 / 6 + 1 / 24))
    code, person, value = of_people(1, spread=2.0, crossed=True)
    assert people(code, 5, person, value).apart == pytest.approx(np.zeros(5))
    variance, freedom = widened(np.array([0.1]), np.array([100.0]), np.array([0.8]), 25.0)
    assert variance[0] == pytest.approx(0.9)
    assert 25 < freedom[0] < 100


def test_a_group_that_is_one_person_is_told():
    code = np.array([0] * 40 + [1] * 60)
    person = np.array([7] * 38 + [1, 2] + [1, 2, 3] * 20)
    assert people(code, 2, person, np.ones(100)).alone.tolist() == [True, False]
    assert not people(code, 2, np.array([7] * 40 + [7, 2, 3] * 20), np.ones(100)).alone.any()


# ---- small groups ----------------------------------------------------------------------------------------------


def test_groups_that_differ_by_chance_alone_go_to_their_mean_and_large_differences_stay():
    rng = np.random.default_rng(5)
    free = np.full(8, 200.0)
    noise = rng.normal(0, 1, 8)
    calm = shrunk(noise, np.ones(8), free)
    assert np.ptp(calm.value) < 0.5 * np.ptp(noise)
    apart = shrunk(np.array([30.0, *noise[1:]]), np.ones(8), free)
    assert apart.value[0] == pytest.approx(30, abs=1)
    few = shrunk(np.array([1.0, 5.0, -6.0]), np.ones(3), np.full(3, 200.0))
    assert few.value.tolist() == [1.0, 5.0, -6.0]


def test_the_interval_of_a_shrunk_difference_holds_its_truth():
    rng, held, narrower = np.random.default_rng(6), [], []
    for _ in range(400):
        truth = rng.normal(0, 1.0, 10)
        variance = rng.uniform(0.3, 3.0, 10)
        found = shrunk(truth + rng.normal(0, np.sqrt(variance)), variance, np.full(10, 500.0))
        held.append((found.low <= truth) & (truth <= found.high))
        narrower.append((found.high - found.low) / (3.93 * np.sqrt(variance)))
    assert 0.93 <= np.mean(held) <= 0.98
    assert np.mean(narrower) < 0.9


# ---- the mix ---------------------------------------------------------------------------------------------------


def test_a_difference_that_is_the_mix_of_another_column_goes_away():
    rng = np.random.default_rng(7)
    product = rng.integers(0, 3, 3000)
    group = rng.random(3000) < np.array([0.1, 0.2, 0.8])[product]
    value = 10.0 * (product == 2) + rng.normal(0, 3, 3000)
    assert value[group].mean() - value[~group].mean() > 4
    found = adjusted(group, value, [(product, 3)])
    assert found is not None
    assert found[1] < 0 < found[2]
    plain = adjusted(group, value, [])
    assert plain is not None
    assert plain[0] == pytest.approx(value[group].mean() - value[~group].mean())


def test_where_another_column_says_who_is_in_the_group_nothing_is_held_equal():
    code = np.repeat([0, 1, 2], 50)
    assert adjusted(code == 1, np.arange(150.0), [(code, 3)]) is None
