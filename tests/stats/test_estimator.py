"""The estimator beside its slow twin: ties, delayed entry, open cases, marks at and between the ages of others."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ltcdiag.stats import estimator
from ltcdiag.stats.case_clock import CaseClock, watched_to
from ltcdiag.stats.estimator import Points, Spans, Timeline
from tests.stats.naive_estimator import NobodyWatchedError, influence, theta

AGES = st.integers(0, 8)
HALVES = st.integers(0, 20).map(lambda age: age / 2)
VALUES = st.integers(-3, 5).map(float)


def clock_of(cases, follow_up=None):
    entry, left, closed = (np.array(column) for column in zip(*cases, strict=True))
    left = left.astype(float)
    return CaseClock(entry.astype(float), left, closed.astype(bool), left if follow_up is None else follow_up)


def points_of(marks):
    return Points(np.array([m[0] for m in marks], dtype=np.int64), *(
        np.array([m[place] for m in marks], dtype=float) for place in (1, 2)))


def spans_of(marks):
    return Spans(np.array([m[0] for m in marks], dtype=np.int64), *(
        np.array([m[place] for m in marks], dtype=float) for place in (1, 2, 3)))


@st.composite
def watched_cases(draw):
    """Few ages and many ties; entered late or at once, of zero length, all open, all closed, or mixed."""
    entries = draw(st.sampled_from([st.just(0), st.just(0) | AGES, AGES]))
    closed = draw(st.sampled_from([st.just(True), st.just(False), st.booleans(), st.booleans()]))
    pairs = draw(st.lists(st.tuples(entries, AGES, closed), min_size=1, max_size=9))
    return [(min(entry, left), left, how) for entry, left, how in pairs]


@st.composite
def marked_cases(draw):
    cases = draw(watched_cases())
    case = st.integers(0, len(cases) - 1)
    ends = st.lists(st.tuples(case, HALVES, VALUES), max_size=8)
    stretches = st.lists(st.tuples(case, HALVES, HALVES, VALUES), max_size=8)
    return cases, draw(HALVES), draw(ends), draw(stretches)


def compare(made, cases, tau, **marks):
    assert made.value == pytest.approx(theta(cases, tau, **marks), rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(made.influence, influence(cases, tau, **marks), rtol=1e-9, atol=1e-9)


@given(marked_cases())
@example(([(0, 3, True)], 3.0, [(0, 3.0, 1.0)], [(0, 0.0, 3.0, 1.0)]))
@example(([(0, 0, True), (0, 0, False), (0, 2, False)], 2.0, [(0, 0.0, 1.0), (1, 0.0, 1.0)], [(2, 0.0, 2.0, 1.0)]))
@example(([(0, 4, False), (4, 4, True), (2, 6, True)], 6.0, [(1, 4.0, 1.0), (2, 3.5, 2.0)], [(2, 2.0, 9.0, 1.0)]))
def test_value_and_influence_are_those_of_the_slow_twin_or_both_refuse(drawn):
    cases, tau, points, spans = drawn
    every = [(i, entry, left, 1.0) for i, (entry, left, _) in enumerate(cases)]
    try:
        theta(cases, tau)
    except NobodyWatchedError:
        with pytest.raises(ValueError, match="under watch"):
            Timeline(clock_of(cases), tau)
        return
    timeline = Timeline(clock_of(cases), tau)
    compare(timeline.points(points_of(points)), cases, tau, points=points)
    compare(timeline.spans(spans_of(spans)), cases, tau, spans=spans)
    compare(timeline.days_open(), cases, tau, spans=every)
    assert timeline.value_of([spans_of(spans)]) == timeline.spans(spans_of(spans)).value
    for whole, parts in ((timeline.points(points_of(points)), timeline.points(points_of([m]) for m in points)),
                         (timeline.spans(spans_of(spans)), timeline.spans(spans_of([m]) for m in spans))):
        assert (parts.value, parts.influence.tolist()) == (whole.value, whole.influence.tolist())   # to the last bit


@given(watched_cases(), HALVES)
@example([(5, 9, False), (6, 9, False)], 1.0)
def test_the_estimator_refuses_exactly_past_the_age_it_is_said_to_be_watched_to(cases, tau):
    clock = clock_of(cases)
    if tau > watched_to(clock):
        with pytest.raises(ValueError, match="under watch"):
            Timeline(clock, tau)
    else:
        Timeline(clock, tau)


@st.composite
def finished_cases(draw):
    cases = [(0, draw(AGES), True) for _ in range(draw(st.integers(1, 9)))]
    marks = [(i, draw(st.integers(0, left)), draw(VALUES)) for i, (_, left, _) in enumerate(cases) for _ in range(2)]
    return cases, marks


@given(finished_cases(), HALVES)
def test_where_every_case_was_seen_to_its_end_it_is_the_plain_mean_and_the_plain_deviation(drawn, tau):
    cases, marks = drawn
    timeline = Timeline(clock_of(cases), tau)
    days = np.array([min(left, tau) for _, left, _ in cases])
    sums = np.array([sum(v for i, age, v in marks if i == case and age <= tau) for case in range(len(cases))])
    for made, plain in ((timeline.days_open(), days), (timeline.points(points_of(marks)), sums)):
        assert made.value == pytest.approx(plain.mean(), abs=1e-12)
        np.testing.assert_allclose(made.influence, plain - plain.mean(), atol=1e-12)
        if len(cases) > 1:
            assert made.error == pytest.approx(plain.std(ddof=1) / np.sqrt(len(cases)), abs=1e-12)


@given(watched_cases(), HALVES)
def test_the_share_still_open_is_one_less_the_share_closed(cases, tau):
    clock = clock_of(cases)
    if tau <= watched_to(clock):
        timeline = Timeline(clock, tau)
        closings = [(i, left, 1.0) for i, (_, left, closed) in enumerate(cases) if closed]
        assert timeline.open_share == pytest.approx(1 - timeline.points(points_of(closings)).value, abs=1e-12)


@given(st.lists(st.floats(0, 1e4) | AGES.map(float), min_size=1), st.lists(st.floats(-5, 2e4)))
@example([0.0, 1e-9, 2e-9, 3e-9, 1e4], [5e-10, 2e-9, 1.0, 1e4])    # all but one in the first stretch
@example([3.0], [2.0, 3.0, 4.0])
@example([0.0, 5e-324], [0.0, 5e-324, 1.0])     # too near each other to be cut
def test_the_last_age_of_the_grid_is_found_as_by_halving_all_of_it(ages, asked):
    grid = np.unique(ages)
    asked = np.array([*asked, *ages])
    assert estimator._Grid(grid).upto(asked).tolist() == (np.searchsorted(grid, asked, side="right") - 1).tolist()


def test_a_mark_that_nobody_could_have_seen_counts_for_nothing():
    timeline = Timeline(clock_of([(2, 6, False), (0, 9, True)]), 8.0)
    unseen = [(0, 1.5, 1.0), (0, 6.5, 1.0), (1, 8.5, 1.0)]  # before its watch, after it, past tau
    made = timeline.points(points_of(unseen))
    assert made.value == 0
    assert not made.influence.any()


@pytest.mark.parametrize("wrong", [
    ([-1.0], [2.0], [3.0]), ([3.0], [2.0], [3.0]), ([0.0], [4.0], [3.0]), ([0.0], [float("nan")], [3.0]),
    ([0.0], [1.0, 2.0], [3.0, 3.0])], ids=["before its birth", "left first", "past its watch", "unknown", "sizes"])
def test_a_clock_that_cannot_be_is_refused(wrong):
    entry, left, follow_up = (np.array(column) for column in wrong)
    with pytest.raises(ValueError, match=r"entry <= exit|broadcast"):
        CaseClock(entry, left, np.ones(len(left), dtype=bool), follow_up)


@given(marked_cases(), st.sampled_from([1, 2, 4, 8, 16]))
@example(([(0, 4, False), (4, 4, True), (2, 6, True)], 6.0, [(1, 4.0, 1.0), (2, 3.5, 2.0)], [(2, 2.0, 9.0, 1.0)]), 8)
def test_of_many_cases_ages_that_fall_on_steps_give_what_the_slow_twin_gives(drawn, tau):
    cases, _, points, spans = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimator, "MANY", 0)
        try:
            theta(cases, tau)
        except NobodyWatchedError:
            with pytest.raises(ValueError, match="under watch"):
                Timeline(clock_of(cases), tau)
            return
        timeline = Timeline(clock_of(cases), tau)
        for made, marks in ((timeline.points(points_of(points)), {"points": points}),
                            (timeline.spans(spans_of(spans)), {"spans": spans})):
            assert made.influence.dtype == np.float32
            assert made.value == pytest.approx(theta(cases, tau, **marks), rel=1e-9, abs=1e-9)
            np.testing.assert_allclose(made.influence, influence(cases, tau, **marks), rtol=1e-6, atol=1e-6)
        assert timeline.value_of([spans_of(spans)]) == timeline.spans(spans_of(spans)).value


@given(watched_cases(), HALVES)
def test_of_many_cases_the_estimator_knows_as_far_as_of_few(cases, tau):
    clock = clock_of(cases)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimator, "MANY", 0)
        if tau <= watched_to(clock):
            Timeline(clock, tau)


def many_cases(size):
    """Some entered late, some left unseen; ages of any number of decimals."""
    draw = np.random.default_rng(8)
    began, closing = np.where(draw.random(size) < 0.2, draw.uniform(0, 30, size), 0.0), draw.exponential(40, size)
    watched = np.maximum(draw.uniform(40, 90, size), began)
    left = np.clip(closing, began, watched)
    return CaseClock(began, left, (closing < watched) & (closing > began), watched)


def test_of_many_cases_a_whole_cut_into_parts_adds_up_and_differs_from_the_exact_by_less_than_anyone_reads(monkeypatch):
    clock, draw = many_cases(4000), np.random.default_rng(9)
    cut = clock.entry + draw.random(clock.n) * (clock.exit - clock.entry)
    every, one = np.arange(clock.n), np.ones(clock.n)
    asked = [Spans(every, clock.entry, cut, one), Spans(every, cut, clock.exit, one), Points(every, cut, one)]
    ask = [lambda line, part=part: (line.spans if isinstance(part, Spans) else line.points)(part) for part in asked]
    exact = [part(Timeline(clock, 60)) for part in [*ask, Timeline.days_open]]
    monkeypatch.setattr(estimator, "MANY", 100)
    line = Timeline(clock, 60)
    stepped = [part(line) for part in [*ask, Timeline.days_open]]
    assert (stepped[0] + stepped[1]).value == pytest.approx(stepped[3].value, rel=1e-14)
    for found, wanted in zip(stepped, exact, strict=True):
        assert found.value == pytest.approx(wanted.value, rel=2e-6)
        assert found.error == pytest.approx(wanted.error, rel=2e-6)
        # whose closing became a tie with another's leaving differs by what one case among those watched moves
        np.testing.assert_allclose(found.influence, wanted.influence, atol=60 / 2000)
    assert (stepped[0] - stepped[3].times(0.5)).error == pytest.approx((exact[0] - exact[3].times(0.5)).error, rel=1e-5)


@given(st.lists(st.floats(0, 1), min_size=2), st.floats(1e-3, 1e5))
def test_steps_never_fall_as_ages_grow_and_reach_from_nothing_to_the_whole(shares, tau):
    steps = estimator._Steps(tau)
    ages = np.sort([0.0, *(share * tau for share in shares), tau])
    found = steps.upto(ages)
    assert (np.diff(found) >= 0).all()
    assert (found[0], found[-1]) == (0, len(steps) - 1)
    assert steps.ages[found].tolist() == pytest.approx(ages.tolist(), abs=0.501 * tau / estimator.STEPS)
