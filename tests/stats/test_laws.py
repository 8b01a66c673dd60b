"""What must hold whatever the log: parts add up, order and splitting change nothing, twice the days are twice."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.stats.case_clock import ROUND_DAYS, CaseClock, horizon, watched_to
from ltcdiag.stats.estimator import Points, Spans, Timeline

SEEDS = st.integers(0, 10_000)


def drawn(seed, *, n=None):
    """A clock with ties and delayed entry, half of it open, and an age up to which it was watched."""
    rng = np.random.default_rng(seed)
    n = n or int(rng.integers(2, 60))
    follow_up = rng.integers(5, 60, n).astype(float)
    lifetime = np.floor(rng.gamma(1.5, 15, n))
    entry = np.where(rng.random(n) < 0.3, rng.integers(0, 10, n), 0).astype(float)
    entry[0] = 0
    lifetime = np.maximum(lifetime, entry)
    follow_up = np.maximum(follow_up, entry)
    clock = CaseClock(entry, np.minimum(lifetime, follow_up), lifetime <= follow_up, follow_up)
    return rng, clock, min(40.0, watched_to(clock))


def tiles(rng, clock, parts=3):
    """Spans laid end to end over the life of each case: rows of one part, part by part."""
    cuts = np.sort(rng.random((clock.n, parts - 1)), axis=1) * clock.exit[:, None]
    edges = np.column_stack([np.zeros(clock.n), cuts, clock.exit])
    case = np.arange(clock.n)
    return [Spans(case, edges[:, k], edges[:, k + 1], np.ones(clock.n)) for k in range(parts)]


def some_points(rng, clock, many=40):
    case = rng.integers(0, clock.n, many)
    return Points(case, np.round(rng.random(many) * clock.exit[case], 1), rng.integers(-2, 5, many).astype(float))


def close(left, right):
    assert left.value == pytest.approx(right.value, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(left.influence, right.influence, rtol=1e-9, atol=1e-9)


@given(SEEDS)
def test_spans_that_tile_the_cases_add_up_to_the_days_open_case_by_case(seed):
    rng, clock, tau = drawn(seed)
    timeline = Timeline(clock, tau)
    first, second, third = (timeline.spans(part) for part in tiles(rng, clock))
    close(first + second + third, timeline.days_open())
    close(timeline.days_open() - first, second + third)


@given(SEEDS)
def test_influence_has_the_mean_zero(seed):
    rng, clock, tau = drawn(seed)
    timeline = Timeline(clock, tau)
    for made in (timeline.days_open(), timeline.points(some_points(rng, clock))):
        assert made.influence.mean() == pytest.approx(0, abs=1e-9)


@given(SEEDS)
def test_the_order_of_cases_and_marks_changes_nothing(seed):
    rng, clock, tau = drawn(seed)
    part, marks = tiles(rng, clock)[1], some_points(rng, clock)
    order = rng.permutation(clock.n)
    place = np.argsort(order)  # where each case stands now
    turned = Timeline(CaseClock(*(getattr(clock, f.name)[order] for f in dataclasses.fields(clock))), tau)
    lines = rng.permutation(len(marks.case))
    shuffled = Points(place[marks.case[lines]], marks.age[lines], marks.value[lines])
    straight = Timeline(clock, tau)
    for here, there in ((straight.points(marks), turned.points(shuffled)),
                        (straight.spans(part), turned.spans(dataclasses.replace(part, case=place[part.case])))):
        close(dataclasses.replace(here, influence=here.influence[order]), there)


@given(SEEDS, st.floats(0.05, 0.95))
def test_a_span_cut_in_two_and_a_mark_in_parts_change_nothing(seed, share):
    rng, clock, tau = drawn(seed)
    timeline, part, marks = Timeline(clock, tau), tiles(rng, clock)[1], some_points(rng, clock)
    middle = part.start + share * (part.end - part.start)
    cut = Spans(np.tile(part.case, 2), np.concatenate([part.start, middle]), np.concatenate([middle, part.end]),
                np.tile(part.rate, 2))
    close(timeline.spans(cut), timeline.spans(part))
    twice = Points(np.tile(marks.case, 2), np.tile(marks.age, 2),
                   np.concatenate([share * marks.value, (1 - share) * marks.value]))
    close(timeline.points(twice), timeline.points(marks))


@given(SEEDS, st.sampled_from([0.25, 7.0, 24.0]))
def test_ages_in_another_unit_give_the_days_in_that_unit_and_the_same_shares(seed, factor):
    rng, clock, tau = drawn(seed)
    part, marks = tiles(rng, clock)[0], some_points(rng, clock)
    other = Timeline(CaseClock(clock.entry * factor, clock.exit * factor, clock.closed, clock.follow_up * factor),
                     tau * factor)
    here = Timeline(clock, tau)
    close(other.days_open(), here.days_open().times(factor))
    close(other.spans(Spans(part.case, part.start * factor, part.end * factor, part.rate)),
          here.spans(part).times(factor))
    close(other.points(dataclasses.replace(marks, age=marks.age * factor)), here.points(marks))


@given(SEEDS, st.floats(-5, 5))
def test_marks_times_a_number_are_the_estimate_times_that_number(seed, factor):
    rng, clock, tau = drawn(seed)
    timeline, part, marks = Timeline(clock, tau), tiles(rng, clock)[2], some_points(rng, clock)
    close(timeline.points(dataclasses.replace(marks, value=marks.value * factor)), timeline.points(marks).times(factor))
    close(timeline.spans(dataclasses.replace(part, rate=part.rate * factor)), timeline.spans(part).times(factor))


@given(SEEDS)
def test_every_case_twice_gives_the_same_value_and_the_same_influence_twice(seed):
    rng, clock, tau = drawn(seed)
    marks = some_points(rng, clock)
    double = Timeline(CaseClock(*(np.tile(getattr(clock, f.name), 2) for f in dataclasses.fields(clock))), tau)
    once = Timeline(clock, tau).points(marks)
    twice = double.points(Points(np.concatenate([marks.case, marks.case + clock.n]), np.tile(marks.age, 2),
                                 np.tile(marks.value, 2)))
    close(twice, dataclasses.replace(once, influence=np.tile(once.influence, 2)))


@given(SEEDS)
def test_the_horizon_is_the_largest_round_age_that_enough_cases_could_reach(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 70))
    follow_up = rng.integers(0, rng.choice([30, 200, 900]), n).astype(float)
    entry = np.floor(rng.random(n) * follow_up * rng.choice([0, 0.8]))
    closed = rng.random(n) < 0.5
    left = np.where(closed, entry + np.floor(rng.random(n) * (follow_up - entry)), follow_up)
    clock = CaseClock(entry, left, closed, follow_up)
    enough = [days for days in ROUND_DAYS if days <= watched_to(clock)
              and sum(e <= days <= f for e, f in zip(entry, follow_up, strict=True)) >= max(10, 0.25 * n)]
    assert horizon(clock) == (max(enough) if enough else None)


@given(SEEDS)
def test_the_horizon_does_not_look_at_what_happened(seed):
    rng, clock, _ = drawn(seed, n=50)
    hidden = dataclasses.replace(clock, exit=clock.follow_up, closed=np.zeros(clock.n, dtype=bool))
    entry, follow_up = clock.entry, clock.follow_up
    left = entry + np.floor(rng.random(clock.n) * (follow_up - entry + 1))
    closed = (left < follow_up) | (rng.random(clock.n) < 0.5)
    other = CaseClock(entry, np.minimum(left, follow_up), closed, follow_up)
    days = horizon(hidden)
    if min(watched_to(clock), watched_to(other)) >= days:  # someone was left under watch
        assert horizon(clock) == horizon(other) == days
    assert (horizon(clock) or 0) <= days


def test_a_shorter_horizon_takes_its_place_where_nobody_was_left_to_watch():
    follow_up = np.full(20, 100.0)
    clock = CaseClock(np.zeros(20), np.where(np.arange(20) < 10, 25.0, 100.0), np.arange(20) < 10, follow_up)
    assert horizon(clock) == 90
    gone = CaseClock(np.zeros(20), np.full(20, 25.0), np.arange(20) < 10, follow_up)  # ten vanish on day 25
    assert horizon(gone) == 21
    assert horizon(CaseClock(np.full(20, 3.0), follow_up, np.zeros(20, dtype=bool), follow_up)) is None
    assert horizon(CaseClock(np.zeros(9), follow_up[:9], np.zeros(9, dtype=bool), follow_up[:9])) is None
