"""Curves: each day has the estimate, interval and count that the estimator and plain counting give for it alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcdiag.stats.case_clock import CaseClock
from ltcdiag.stats.curves import incidence
from ltcdiag.stats.estimator import Points, Timeline
from ltcdiag.stats.intervals import share_interval

DAY = st.integers(0, 12)


@st.composite
def clocks(draw: st.DrawFn) -> tuple[CaseClock, np.ndarray]:
    rows = draw(st.lists(st.tuples(DAY, DAY, st.sampled_from("owl")), min_size=3, max_size=14))
    late = draw(st.booleans())
    entry = np.array([min(a, b) if late else 0 for a, b, _ in rows], dtype=float)
    entry[0] = 0.0
    left = np.array([max(a, b) for a, b, _ in rows], dtype=float)
    end = np.array([end for _, _, end in rows])
    return CaseClock(entry, left, end != "o", left + 1), end == "w"


@settings(max_examples=80, deadline=None)
@given(clocks())
def test_each_day_of_a_curve_is_the_indicator_with_that_horizon(given_clock) -> None:
    clock, won = given_clock
    tau = 9.0
    try:
        Timeline(clock, tau)
    except ValueError:
        with pytest.raises(ValueError, match="nobody"):
            incidence(clock, won, tau=tau)
        return
    curve = incidence(clock, won, tau=tau)
    case = np.flatnonzero(won)
    marks = Points(case, clock.exit[case], np.ones(len(case)))
    for row, day in enumerate(curve.day):
        found = share_interval(Timeline(clock, float(day)).points(marks))
        told = (curve.share[row], curve.low[row], curve.high[row])
        assert told == pytest.approx((found.value, found.low, found.high), abs=1e-6)
        watched = sum(a <= day <= b for a, b in zip(clock.entry, clock.exit, strict=True))
        assert curve.at_risk[row] == watched


def test_times_between_days_ties_and_day_0_count_as_they_stand() -> None:
    clock = CaseClock(np.zeros(5), np.array([0.0, 1.5, 1.5, 3.0, 4.0]), np.array([True, True, True, False, True]),
                      np.full(5, 9.0))
    curve = incidence(clock, np.array([True, False, True, False, True]), tau=4)
    assert curve.day.tolist() == [0, 1, 2, 3, 4]
    assert curve.share == pytest.approx([0.2, 0.2, 0.4, 0.4, 0.8])      # the last of 2/5 open wins the rest
    assert curve.at_risk.tolist() == [5, 4, 2, 2, 1]
    assert curve.at(2.9)[0] == pytest.approx(0.4)
    assert curve.n == 5


def test_the_band_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(200):
        closing, could = rng.exponential(40, 80), rng.uniform(10, 180, 80)
        won = rng.random(80) < 0.4
        clock = CaseClock(np.zeros(80), np.minimum(closing, could), closing <= could, could)
        curve = incidence(clock, won, tau=60, days=np.array([20.0, 60.0]))
        truth = 0.4 * (1 - np.exp(-curve.day / 40))
        covered.append((curve.low <= truth) & (truth <= curve.high))
    assert np.mean(covered, axis=0).min() >= 0.92


def test_many_cases_take_a_moment() -> None:
    from time import perf_counter

    rng = np.random.default_rng(3)
    n = 200_000
    left = rng.exponential(50, n)
    clock = CaseClock(np.zeros(n), left, rng.random(n) < 0.8, np.full(n, left.max()))
    begun = perf_counter()
    incidence(clock, rng.random(n) < 0.3, tau=180)
    assert perf_counter() - begun < 3
