"""The case clock beside slow twins: who was watched, up to which age, and which horizon that carries."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ltcdiag.stats.case_clock import LEAST_WATCHED, ROUND_DAYS, SHARE_WATCHED, CaseClock, horizon, watched_to

CASES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), max_size=9)


def clock(entry, left, closed, follow_up):
    return CaseClock(np.array(entry, dtype=float), np.array(left, dtype=float), np.array(closed, dtype=bool),
                     np.array(follow_up, dtype=float))


def of(cases):
    pairs = [(min(a, b), max(a, b), closed) for a, b, closed in cases]
    left = [pair[1] for pair in pairs]
    return clock([pair[0] for pair in pairs], left, [pair[2] for pair in pairs], left), pairs


@given(CASES)
@example([(0, 3, True), (5, 6, True)])
@example([(0, 3, False), (3, 6, True)])
@example([(0, 0, True), (0, 0, True)])
def test_the_age_watched_to_is_found_by_walking_from_age_to_age(cases):
    made, pairs = of(cases)
    if pairs and min(entry for entry, _, _ in pairs) > 0:
        wanted = 0.0
    else:
        wanted = inf
        for age in sorted({age for entry, left, _ in pairs for age in (entry, left)}):
            at = [pair for pair in pairs if pair[0] <= age <= pair[1]]
            if at and all(left == age and closed for _, left, closed in at):
                break       # everybody has closed: nothing is unknown behind it
            if not any(entry <= age < left for entry, left, _ in pairs):
                wanted = float(age)
                break
    assert watched_to(made) == wanted


@pytest.mark.parametrize(("entry", "left", "closed", "follow_up"), [
    ([1], [0], [True], [5]), ([-1], [0], [True], [5]), ([0], [6], [True], [5]), ([0], [float("nan")], [True], [5]),
    ([0, 0], [1], [True], [5]), ([0], [1], [True, False], [5]), ([0], [1], [True], [5, 5]),
])
def test_what_cannot_be_watched_is_refused(entry, left, closed, follow_up):
    with pytest.raises(ValueError, match="0 <= entry <= exit <= follow_up"):
        clock(entry, left, closed, follow_up)


def test_the_edges_are_allowed_and_open_cases_are_counted():
    made = clock([0, 5, 0], [0, 5, 5], [True, False, False], [0, 5, 5])
    assert (made.n, made.open) == (3, 2)


def twin(made):
    """The horizon by its own words: each round number is asked."""
    known = watched_to(made)
    for days in sorted(ROUND_DAYS, reverse=True):
        ages = zip(made.entry, made.follow_up, strict=True)
        watched = sum(follow >= days and entry <= days for entry, follow in ages)
        if watched >= 10 and watched >= made.n / 4 and known >= days:
            return days
    return None


@given(st.lists(st.tuples(st.sampled_from([0, 0, 7, 14, 30]), st.sampled_from([6, 7, 13, 14, 30, 31, 365, 3650, 5000]),
                          st.booleans()), min_size=5, max_size=60))
def test_the_horizon_is_the_largest_round_age_that_a_quarter_and_ten_could_reach(cases):
    entry = [min(entry, follow) for entry, follow, _ in cases]
    follow = [follow for _, follow, _ in cases]
    made = clock(entry, follow, [closed for *_, closed in cases], follow)
    assert horizon(made) == twin(made)


@pytest.mark.parametrize(("many", "young", "wanted"), [
    (10, 0, 90), (9, 0, None), (10, 30, 90), (10, 31, 7), (11, 33, 90), (11, 34, 7), (25, 76, 7), (25, 75, 90)])
def test_a_quarter_means_a_quarter_rounded_up(many, young, wanted):
    made = clock([0] * (many + young), [100] * many + [8] * young, [False] * (many + young), [100] * many + [8] * young)
    assert horizon(made) == wanted
    assert LEAST_WATCHED == 10
    assert SHARE_WATCHED == 0.25


def test_who_comes_in_at_the_horizon_is_watched_there_and_who_leaves_at_it_too():
    late = clock([0] * 9 + [30], [30] * 10, [False] * 10, [30] * 10)
    assert horizon(late) == 30
    assert horizon(clock([0] * 10, [29.5] * 10, [False] * 10, [29.5] * 10)) == 21
    assert horizon(clock([0] * 10, [3650] * 10, [True] * 10, [3650] * 10)) == 3650
    assert tuple(sorted(ROUND_DAYS)) == ROUND_DAYS


def test_horizons_are_weeks_months_and_years():
    weeks, months, years = (7, 14, 21), (30, 45, 60, 90, 120, 150, 180, 270), (365, 730, 1095, 1460, 1825, 2555, 3650)
    assert list(ROUND_DAYS) == sorted([*weeks, *months, *years, 540])
