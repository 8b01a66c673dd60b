"""Hours of work: nights are not paid, evenings are, minutes stand in where no start is recorded."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given

from ltcdiag.domain.prices import prices_of
from ltcdiag.log.calendar_file import calendar_of
from ltcdiag.log.steps import NO_TIME, UNKNOWN
from ltcdiag.measures.effort import effort_of
from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.working_time import on_calendar
from tests.measures.made_steps import HOUR, drawn_cases, steps_of

MONDAY = 54 * 365 * 24 + 13 * 24 + 7 * 24       # 8 January 2024, in hours since 1970
LOG = SimpleNamespace(calendar="CN", timezone=None)


def effort(events, rates, **options):
    last = max(hour for _, hour, *_ in events)
    steps = replace(steps_of([(MONDAY, last, events)], as_of=last + 1, parties=("法务部", "销售部")))
    return effort_of(LOG, observed_of(steps, {}), prices_of(rates, where=""), **options)


def at(day, hour):
    return MONDAY + 24 * day + hour


def test_a_night_is_not_paid_an_evening_is_and_minutes_stand_in():
    events = [(0, at(1, 10), at(0, 17), 0, 0), (1, at(1, 22), at(1, 20), 1, 0), (2, at(2, 9), None, 1, 0)]
    rates = {"currency": "CNY", "hourly": {"all": 100, "法务部": [200, 300]}, "minutes": {"c": [30, 60]}}
    found = effort(events, rates)
    assert found.hours.tolist() == pytest.approx([2.0, 2.0, 0.75])      # 17-18 and 9-10; all of the evening; minutes
    assert found.measured.tolist() == [True, True, False]
    assert found.cost.tolist() == pytest.approx([500.0, 200.0, 75.0])
    assert found.cost_low.tolist() == pytest.approx([400.0, 200.0, 50.0])
    assert found.cost_high.tolist() == pytest.approx([600.0, 200.0, 100.0])


def test_long_pieces_of_one_person_share_the_office_hours_and_those_of_others_do_not():
    """Two reviews from Monday 9:00 to Tuesday 18:00: in one hand half of the time each, in two hands all of it."""
    for people, each in (((3, 3), 0.5), ((3, 4), 1.0)):
        events = [(0, at(1, 18), at(0, 9), 0, people[0]), (1, at(1, 18), at(0, 9), 0, people[1])]
        whole = 2 * calendar_of("CN").hours_per_day
        assert effort(events, {}).hours.tolist() == pytest.approx([whole * each] * 2)


@given(drawn_cases())
def test_nobody_works_longer_than_the_office_is_open(cases):
    steps = steps_of(cases)
    hours = effort_of(LOG, observed_of(steps, {}), prices_of({}, where="")).hours
    calendar, begun = calendar_of("CN"), steps.started != NO_TIME
    long = begun & (steps.ended - np.where(begun, steps.started, 0) > calendar.hours_per_day * HOUR)
    moved = on_calendar(steps, calendar)
    for person in set(steps.person[long].tolist()) - {UNKNOWN}:
        own = long & (steps.person == person)
        open_hours = (moved.ended[own].max() - moved.started[own].min()) / HOUR / 24 * calendar.hours_per_day
        assert -1e-6 <= hours[own].sum() <= open_hours + 1e-6


def test_the_customers_time_is_no_work_of_ours_and_what_nobody_priced_has_no_price():
    events = [(0, at(0, 11), at(0, 10), 0, 0), (1, at(4, 11), at(0, 12), 0, 0)]
    found = effort(events, {}, theirs=frozenset({1}))
    assert found.known.tolist() == [True, False]
    assert found.hours.sum() == pytest.approx(1.0)
    assert not found.priced.any()
    assert found.cost.sum() == 0 * HOUR
