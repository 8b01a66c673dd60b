"""A library of others as oracle: survival, its area, cumulative incidence and their standard errors.

statsmodels watches a case after its entry age, we watch it at that age too: on whole days its entry lies half a day
earlier. Its frequency weights say what each case moves: a second way to the influence values.
"""

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

import ltcdiag as ltc
from ltcdiag.stats.case_clock import CaseClock, watched_to
from ltcdiag.stats.estimator import Points, Timeline
from tests.stats.simulated_change import Scenario, World, log_of

WON, LOST = 1, 2
SEEDS = range(12)


def drawn(seed, *, late=False):
    """Whole days with many ties: half the cases open, some closed on the day they began; 1 won, 2 lost, 0 open."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 200))
    lifetime = np.floor(rng.gamma(1.2, 20, n))
    follow_up = rng.integers(0, 50, n).astype(float)
    entry = np.where(rng.random(n) < 0.6, np.minimum(rng.integers(0, 30, n), follow_up), 0.0) if late else np.zeros(n)
    outcome = np.where(lifetime <= follow_up, rng.integers(1, 3, n), 0)
    seen = lifetime >= entry
    clock = CaseClock(entry[seen], np.minimum(lifetime, follow_up)[seen], outcome[seen] > 0, follow_up[seen])
    return clock, outcome[seen], int(min(40, watched_to(clock)))


def ends(clock, outcome, kind):
    case = np.flatnonzero(outcome == kind)
    return Points(case, clock.exit[case], np.ones(len(case)))


def survival(clock, weights=None):
    """Ages of closings and the share open after each, from statsmodels."""
    entry = clock.entry - 0.5 if clock.entry.any() else None
    made = SurvfuncRight(clock.exit, clock.closed.astype(int), entry=entry, freq_weights=weights)
    return made.surv_times, made.surv_prob, made.surv_prob_se


def area(clock, tau, weights=None):
    """The curve's area up to tau, step by step."""
    ages, shares, _ = survival(clock, weights)
    corners = np.concatenate([[0.0], ages[ages < tau], [tau]])
    return float(np.sum(np.concatenate([[1.0], shares[ages < tau]]) * np.diff(corners)))


def greenwood(estimate):
    """The standard error without the factor n / (n - 1)."""
    return np.sqrt(np.sum(estimate.influence**2)) / estimate.n


@pytest.mark.parametrize("late", [False, True], ids=["from the start", "delayed entry"])
@pytest.mark.parametrize("seed", SEEDS)
def test_survival_and_the_area_under_it(seed, late):
    clock, _, tau = drawn(seed, late=late)
    ages, shares, _ = survival(clock)
    assert tau >= 10
    assert len(ages) > 5
    for age, share in zip(ages[ages <= tau], shares[ages <= tau], strict=True):
        assert Timeline(clock, age).open_share == pytest.approx(share, abs=1e-12)
    assert Timeline(clock, tau).days_open().value == pytest.approx(area(clock, tau), rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_cumulative_incidence_of_wins_and_losses_with_its_standard_error(seed):
    clock, outcome, tau = drawn(seed)
    with np.errstate(divide="ignore", invalid="ignore"):  # its error is 0 / 0 where the last case watched closes
        made = CumIncidenceRight(clock.exit, outcome)
    last = np.searchsorted(made.times, tau, side="right") - 1
    timeline = Timeline(clock, tau)
    for kind in (WON, LOST):
        estimate = timeline.points(ends(clock, outcome, kind))
        assert estimate.value == pytest.approx(made.cinc[kind - 1][last], abs=1e-12)
        if timeline.open_share > 0:
            assert greenwood(estimate) == pytest.approx(made.cinc_se[kind - 1][last], abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_incidence_with_delayed_entry_is_survival_times_hazard(seed):
    clock, outcome, tau = drawn(seed, late=True)
    made = SurvfuncRight(clock.exit, clock.closed.astype(int), entry=clock.entry - 0.5)
    before = np.concatenate([[1.0], made.surv_prob[:-1]])
    within = made.surv_times <= tau
    for kind in (WON, LOST):
        ended = np.array([np.sum((clock.exit == age) & (outcome == kind)) for age in made.surv_times])
        expected = np.sum((before * ended / made.n_risk)[within])
        assert Timeline(clock, tau).points(ends(clock, outcome, kind)).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_error_of_survival_is_greenwoods(seed):
    clock, _, tau = drawn(seed)  # exact only where all are watched from the start
    ages, _, errors = survival(clock)
    timeline = Timeline(clock, tau)
    case = np.flatnonzero(clock.closed)
    closed = timeline.points(Points(case, clock.exit[case], np.ones(len(case))))
    if timeline.open_share > 0:
        assert greenwood(closed) == pytest.approx(errors[np.searchsorted(ages, tau, side="right") - 1], abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_influence_is_what_a_little_more_of_a_case_does_to_the_oracle(seed):
    clock, _, tau = drawn(seed, late=seed % 2 == 1)
    made = Timeline(clock, tau).days_open().influence
    step = 1e-5
    for case in range(0, clock.n, 5):
        more, less = np.ones(clock.n), np.ones(clock.n)
        more[case], less[case] = 1 + step, 1 - step
        slope = (area(clock, tau, more) - area(clock, tau, less)) / (2 * step)
        assert made[case] == pytest.approx(slope * clock.n, abs=1e-5)


# Day 0 and ties

SMALL = {
    "all on day 0": ([0, 0, 0], [1, 2, 1], [5, 5, 5]),
    "some on day 0, some unseen after it": ([0, 0, 0, 3, 3, 8], [1, 2, 0, 1, 0, 2], [9, 9, 0, 9, 3, 9]),
    "closings and leavings at one age": ([4, 4, 4, 4, 9, 9], [1, 1, 0, 2, 0, 1], [9, 9, 4, 9, 9, 9]),
    "wins and losses always together": ([1, 1, 2, 2, 3, 3], [1, 2, 1, 2, 1, 2], [9] * 6),
}


@pytest.mark.parametrize("name", SMALL)
def test_day_0_and_ties(name):
    exits, outcome, follow_up = (np.array(column, dtype=float) for column in SMALL[name])
    clock = CaseClock(np.zeros(len(exits)), exits, outcome > 0, follow_up)
    with np.errstate(divide="ignore", invalid="ignore"):
        made = CumIncidenceRight(clock.exit, outcome.astype(int))
    for tau in range(int(min(9, watched_to(clock))) + 1):
        timeline = Timeline(clock, tau)
        last = np.searchsorted(made.times, tau, side="right") - 1
        for kind in (WON, LOST):
            expected = made.cinc[kind - 1][last] if last >= 0 else 0.0
            assert timeline.points(ends(clock, outcome, kind)).value == pytest.approx(expected, abs=1e-12)
        assert timeline.days_open().value == pytest.approx(area(clock, tau), rel=1e-12, abs=1e-12)


def test_the_drawn_logs_have_day_0_and_ties():
    for seed in SEEDS:
        clock, outcome, _ = drawn(seed)
        assert np.any(clock.closed & (clock.exit == 0))
        ages, counts = np.unique(clock.exit[clock.closed], return_counts=True)
        assert counts.max() >= 2
        assert np.isin(clock.exit[~clock.closed], ages).any()
        assert {WON, LOST} <= set(outcome)


# A whole comparison

@pytest.mark.parametrize("seed", SEEDS[:4])
@pytest.mark.parametrize("change", [120, 180, 200])
def test_the_levels_of_a_comparison(seed, change):
    log = log_of(Scenario(World(60, won=1.5)), np.random.default_rng([3, seed]))
    world, frame = log.scenario.world, log.frame
    found = ltc.compare_clocks(frame, change=world.date(change), as_of=world.date(world.last))
    tau = found[0].horizon_days
    late = (frame["entered"] >= world.date(change)).to_numpy()
    for rows, last, level in ((~late, world.date(change - 1), "before"), (late, world.date(world.last), "after")):
        exited = frame.loc[rows, "exited"]
        seen = (exited <= last).to_numpy()
        age = (exited.where(seen, last) - frame.loc[rows, "entered"]).dt.days.to_numpy(float)
        outcome = np.where(seen, np.where(frame.loc[rows, "outcome"] == "won", WON, LOST), 0)
        clock = CaseClock(np.zeros(len(age)), age, seen, age)
        with np.errstate(divide="ignore", invalid="ignore"):
            made = CumIncidenceRight(age, outcome)
        wins = made.cinc[WON - 1][np.searchsorted(made.times, tau, side="right") - 1]
        assert getattr(found["days_open"], level).value == pytest.approx(area(clock, tau), rel=1e-12)
        assert getattr(found["win_rate"], level).value == pytest.approx(wins, abs=1e-12)
