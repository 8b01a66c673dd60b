"""Control charts and interrupted series: by hand, against a plain twin, and silent as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from ltcdiag.stats.monitoring import false_alarm_rates, interrupted_series, xmr


def remembering(rng, n, rho):
    """n values of which each remembers a share of the one before; begun in their steady state."""
    noise = rng.standard_normal(n)
    values = [noise[0] / np.sqrt(1 - rho**2)]
    for step in noise[1:]:
        values.append(rho * values[-1] + step)
    return np.array(values)


def test_limits_are_the_mean_and_two_point_six_six_moving_ranges_of_the_baseline() -> None:
    values = np.array([4.0, 6, 5, 7, 4, 6, 5, 7, 30, 5])
    found = xmr(values, baseline=8, scale="rate")
    ranges = [2, 1, 2, 3, 2, 1, 2]
    reach = 3 / 1.128 * sum(ranges) / 7
    assert (found.centre, found.low, found.high) == pytest.approx((5.5, max(0, 5.5 - reach), 5.5 + reach))
    assert found.outside.tolist() == [False] * 8 + [True, False]


def test_equal_values_stand_on_their_limits() -> None:
    for value in (7.0, 30.000000000000004, 0.1):
        assert not xmr(np.full(20, value), baseline=12).outside.any()


def test_on_logarithms_the_limits_are_ratios_and_the_unit_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    values = np.exp(rng.normal(3, 0.4, 30))
    one, other = xmr(values, baseline=20), xmr(1000 * values, baseline=20)
    assert other.low / one.low == pytest.approx(1000)
    assert other.high / other.centre == pytest.approx(one.high / one.centre) == pytest.approx(one.centre / one.low)
    assert (one.outside == other.outside).all()


@pytest.mark.parametrize(("values", "options"), [
    ([1.0] * 7, {"baseline": 7}), ([1.0] * 9, {"baseline": 10}), ([1.0] * 9 + [0.0], {"baseline": 8}),
    ([1.0] * 9, {"baseline": 8, "scale": "square"})])
def test_a_chart_that_would_mean_nothing_is_refused(values, options) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        xmr(np.array(values), **options)


def test_the_stated_false_alarms_are_those_of_charts_drawn_apart() -> None:
    rng = np.random.default_rng(77)
    whole = new = 0
    for _ in range(800):
        found = xmr(rng.normal(50, 5, 36), baseline=24, scale="rate")
        whole += found.outside.any()
        new += found.outside[24:].any()
    stated = xmr(rng.normal(50, 5, 36), baseline=24, scale="rate")
    assert whole / 800 == pytest.approx(stated.false_alarm, abs=0.04)
    assert new / 800 == pytest.approx(stated.new_alarm, abs=0.035)
    assert stated.new_alarm < stated.false_alarm
    assert false_alarm_rates(24, 0)[1] == 0


def test_small_counts_on_logarithms_alarm_far_more_often_and_the_chart_says_so() -> None:
    rng = np.random.default_rng(78)
    drawn = rng.poisson(7, (1500, 36)).astype(float)
    drawn = drawn[(drawn > 0).all(axis=1)]
    whole = np.mean([xmr(row, baseline=24).outside.any() for row in drawn[:600]])
    stated = xmr(drawn[0], baseline=24, mean_count=7.0)
    assert whole == pytest.approx(stated.false_alarm, abs=0.06)
    assert stated.false_alarm > 2 * xmr(drawn[0], baseline=24).false_alarm
    assert false_alarm_rates(24, 12, "rate", 50.0)[0] == pytest.approx(false_alarm_rates(24, 12)[0], abs=0.02)


def test_the_same_chart_has_the_same_rates() -> None:
    stated = xmr(np.arange(1.0, 37), baseline=24, scale="rate")
    assert false_alarm_rates(24, 12) == (stated.false_alarm, stated.new_alarm)


def plain_twin(values, change, rho):
    """Generalised least squares with the whole matrix of correlations written out."""
    n = len(values)
    design = np.array([[1, t, t >= change, max(0, t - change)] for t in range(n)], dtype=float)
    inverse = np.linalg.inv(np.array([[rho ** abs(i - j) for j in range(n)] for i in range(n)]))
    return np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ values)


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_lines_are_those_of_generalised_least_squares(rho: float) -> None:
    rng = np.random.default_rng(9)
    values = 10 + 0.1 * np.arange(40) + remembering(rng, 40, rho) + 3 * (np.arange(40) >= 22)
    found = interrupted_series(values, 22)
    twin = plain_twin(values, 22, found.autocorrelation)
    assert (found.level.value, found.slope.value) == pytest.approx((twin[2], twin[3]))
    assert found.expected == pytest.approx(twin[0] + twin[1] * np.arange(40))
    assert found.fitted[:22] == pytest.approx(found.expected[:22])
    assert found.fitted[22] - found.expected[22] == pytest.approx(found.level.value)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_no_effect_is_found_in_at_most_eight_of_a_hundred_series(rho: float) -> None:
    """52 weeks, change after 26, as in the guide; 400 series: at most 8 % and what chance adds (99 %: 11 %). The
    autocorrelation is right on average."""
    rng = np.random.default_rng(31)
    found = [interrupted_series(remembering(rng, 52, rho), 26) for _ in range(400)]
    assert np.mean([one.level_p < 0.05 for one in found]) <= 0.08
    assert np.mean([one.slope_p < 0.05 for one in found]) <= 0.11
    assert np.mean([one.autocorrelation for one in found]) == pytest.approx(rho, abs=0.08)


def test_a_jump_and_a_bend_are_found_with_intervals_that_cover_them() -> None:
    rng = np.random.default_rng(12)
    time = np.arange(60)
    found = [interrupted_series(5 + 4 * (time >= 30) + 0.3 * np.maximum(0, time - 30) + remembering(rng, 60, 0.3), 30)
             for _ in range(150)]
    assert np.mean([one.level_p < 0.05 for one in found]) > 0.9
    assert np.mean([one.slope_p < 0.05 for one in found]) > 0.9
    assert np.mean([one.level.low <= 4 <= one.level.high for one in found]) > 0.91
    assert np.mean([one.slope.low <= 0.3 <= one.slope.high for one in found]) > 0.91


def test_a_change_too_near_an_end_is_refused_and_a_flat_series_has_no_change() -> None:
    for change in (7, 33):
        with pytest.raises(ValueError, match="either side"):
            interrupted_series(np.arange(40.0), change)
    still = interrupted_series(np.full(30, 4.0), 15)
    assert still.level.value == pytest.approx(0, abs=1e-9)
    assert still.level_p > 0.05
