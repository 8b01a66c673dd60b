"""Waits cut into causes: the parts are the whole, and each is what a walk hour by hour finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.log.steps import NO_TIME, UNKNOWN
from ltcdiag.measures.availability import WEEK, Availability, learned
from ltcdiag.measures.wait_causes import CAUSES, ready_moments, sum_below, wait_parts
from tests.measures.made_steps import HOUR, drawn_cases, steps_of

CALENDARS = st.lists(st.sampled_from([(9, 18), (0, 24), (0, 12), (20, 24)]), min_size=4, max_size=4)


def there_of(days, off=()):
    """One calendar a person 0, 1, 2 and one for nobody, the same hours each weekday; Sundays off."""
    hours = np.zeros((4, 7, 24), bool)
    for row, (first, last) in enumerate(days):
        hours[row, :6, first:last] = True
    return Availability(hours.reshape(4, WEEK), np.arange(4), np.array(off, dtype=np.int64), 4)


def slow_parts(cases, days, off):
    """Hour by hour: what each piece of work waits for."""
    pieces = [(n, place, *event) for n, (_, _, events) in enumerate(cases)
              for place, event in enumerate(e for e in events if e[2] is not None)]
    ready = {}
    for n, place, _, _, start, *_ in pieces:
        over = [hour for case, at, _, hour, *_ in pieces if case == n and at < place and hour <= start]
        ready[n, place] = max(over) if over else None
    found = []
    for n, place, label, _, start, _, person in pieces:
        own = ready[n, place]
        if own is None:
            continue
        batch = [(case, ready[case, at]) for case, at, other, _, begun, _, who in pieces
                 if (other, begun, who) == (label, start, person) and ready[case, at] is not None]
        several = person != UNKNOWN and len({case for case, _ in batch}) > 1
        fires = max(moment for _, moment in batch) if several else own
        parts = dict.fromkeys(CAUSES, 0)
        for hour in range(own, start):
            working = [begun if ready[case, at] is None else ready[case, at]
                       for case, at, _, end, begun, _, who in pieces
                       if who == person != UNKNOWN and begun <= hour < end]
            day, of_day = divmod(hour, 24)
            first, last = days[person]
            on = (day + 3) % 7 != 6 and first <= of_day < last and day not in off
            parts["batching" if hour < fires else
                  "contention" if working and min(working) <= fires else
                  "prioritisation" if working else
                  "extraneous" if on else "unavailability"] += 1
        found.append(tuple(parts.values()))
    return found


@given(drawn_cases(), CALENDARS, st.sets(st.integers(0, 20), max_size=4))
def test_each_hour_of_a_wait_has_the_cause_that_a_walk_finds(cases, days, off):
    steps = steps_of(cases)
    parts = wait_parts(steps, there_of(days, sorted(off)))
    assert [tuple(row) for row in (parts.parts // HOUR).tolist()] == slow_parts(cases, days, off)


@given(drawn_cases(), st.integers(1, HOUR - 1))
def test_the_parts_add_up_to_the_wait_to_the_microsecond(cases, shift):
    steps = steps_of(cases)
    moved = steps.started + np.where(steps.started == NO_TIME, 0, shift * (np.arange(len(steps.started)) % 3))
    object.__setattr__(steps, "started", np.minimum(moved, steps.ended))
    for calendar in (None, WorkCalendar("week")):
        parts = wait_parts(steps, learned(steps, calendar=calendar), zone="Asia/Shanghai")
        assert (parts.parts >= 0).all()
        assert (parts.wait == steps.started[parts.row] - ready_moments(steps)[parts.row]).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-5, 99)), min_size=1, max_size=40), st.data())
def test_weighted_counts_in_ranges_equal_plain_sums(cells, data):
    rank, weight = (np.array(column) for column in zip(*cells, strict=True))
    left = data.draw(st.integers(0, len(cells)))
    right, limit = data.draw(st.integers(left, len(cells))), data.draw(st.integers(0, 11))
    got = sum_below(rank, weight, *(np.array([each]) for each in (left, right, limit)))
    assert got.tolist() == [sum(w for r, w in cells[left:right] if r < limit)]


def office(rng, *, people, days, holiday=()):
    """Steps of one a case, in office hours, Monday to Friday, with a long lunch."""
    events = []
    for day in range(days):
        if (day + 3) % 7 < 5 and day not in holiday:
            for person in range(people):
                events += [(day * 24 + hour, person) for hour in rng.choice([8, 9, 10, 13, 14, 15, 16], 6)]
    return steps_of([(hour, hour + 1, [(0, hour + 1, hour, person % 2, person)]) for hour, person in events],
                    as_of=days * 24)


def test_working_hours_are_learned_with_lunch_and_holidays():
    steps = office(np.random.default_rng(1), people=3, days=200, holiday=(40, 41, 42))
    there = learned(steps)
    hours = there.hours[0].reshape(7, 24)
    assert hours[:5, 8:18].all()
    assert not hours[:5, :8].any()
    assert not hours[:5, 18:].any()
    assert not hours[5:].any()
    assert there.own == 3
    assert there.off.tolist() == [day for day in (40, 41, 42) if (day + 3) % 7 < 5]
    assert set(there.days(36, 47).tolist()) == {day for day in range(36, 48) if (day + 3) % 7 < 5} - {40, 41, 42}


def test_a_person_with_few_records_has_the_hours_of_all_and_in_a_tiny_log_every_hour_counts():
    there = learned(office(np.random.default_rng(2), people=2, days=14))
    assert there.own == 0
    assert set(there.of.tolist()) == {0}
    assert there.hours[0].sum() == 5 * 10
    assert learned(office(np.random.default_rng(2), people=1, days=7)).hours.all()


def test_working_time_of_a_person_never_outruns_time():
    there = learned(office(np.random.default_rng(3), people=3, days=120, holiday=(50,)))
    moments = np.sort(np.random.default_rng(4).integers(0, 120 * 24 * HOUR, 500))
    for person in (0, 1, 2, UNKNOWN):
        grown = np.diff(there.worked(np.full(500, person), moments))
        assert (grown >= 0).all()
        assert (grown <= np.diff(moments)).all()
    assert there.worked(np.array([0, 0]), np.array([4, 11]) * 24 * HOUR)[1] == pytest.approx(
        there.worked(np.array([0]), np.array([4]) * 24 * HOUR)[0] + 5 * 10 * HOUR)
