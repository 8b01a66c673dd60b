"""A library of others as oracle: survival, its area, cumulative incidence and their standard errors.

statsmodels watches a case after its entry age, we watch it at that age too: on whole days its entry lies half a day
earlier. Its frequency weights say what each case moves: a second way to the influence values.
"""

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from ltcdiag.stats.case_clock import CaseClock, watched_to
from ltcdiag.stats.estimator import Points, Timeline

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
