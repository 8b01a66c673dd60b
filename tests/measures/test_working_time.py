"""The working clock is a monotone map: days on it are the calendar's working days, order and ties stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.log.steps import NO_TIME
from ltcdiag.measures.kpis import measured
from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.quantity import Quantity
from ltcdiag.measures.working_time import on_calendar, on_calendars
from tests.measures.kpi_logs import drawn, log_of
from tests.measures.made_steps import HOUR, drawn_cases, steps_of

DAY = 86_400_000_000
FEBRUARY = int(np.datetime64("2024-02-01T00:00", "us").astype(np.int64))    # Spring Festival and its make-up days
MOMENTS = ("started", "ended", "entered", "left")
calendars = st.sampled_from([WorkCalendar("CN"), WorkCalendar("DE", "BY"), WorkCalendar("none"),
                             WorkCalendar("CN", opens=time(8, 30), closes=time(17, 45, 10))])


def shifted(cases):
    """The drawn cases in the weeks around the Spring Festival of 2024."""
    steps = steps_of(cases)
    moved = {name: getattr(steps, name) + FEBRUARY for name in MOMENTS}
    moved["started"] = np.where(steps.started == NO_TIME, NO_TIME, moved["started"])
    return replace(steps, **moved, as_of=steps.as_of + FEBRUARY)


def moments(steps):
    return [np.array([moment for moment in getattr(steps, name).tolist() if moment != NO_TIME] + [steps.as_of])
            for name in MOMENTS]


@given(drawn_cases(), calendars)
def test_days_between_two_moments_are_the_working_days_of_the_calendar(cases, calendar):
    steps = shifted(cases)
    on_clock = on_calendar(steps, calendar)
    for before, after in zip(moments(steps), moments(on_clock), strict=True):
        times = before.astype("datetime64[us]")
        wanted = calendar.working_days(times[:, None], times[None, :])
        assert np.abs((after[None, :] - after[:, None]) / DAY - wanted).max() < 2 / DAY


@given(drawn_cases(), calendars)
def test_order_and_ties_stay_and_what_is_missing_stays_missing(cases, calendar):
    steps = shifted(cases)
    on_clock = on_calendar(steps, calendar)
    assert on_clock.as_of == steps.as_of
    assert ((on_clock.started == NO_TIME) == (steps.started == NO_TIME)).all()
    for before, after in zip(moments(steps), moments(on_clock), strict=True):
        for (one, moved), (two, later) in pairwise(sorted(zip(before.tolist(), after.tolist(), strict=True))):
            assert moved <= later
            assert one != two or moved == later
    for name in ("case", "label", "party", "person", "closed"):
        assert getattr(on_clock, name) is getattr(steps, name)
    assert (on_clock.entered <= on_clock.left).all()
    assert (on_clock.left <= on_clock.as_of).all()


def test_a_night_and_a_festival_take_no_time():
    friday, monday = (int(np.datetime64(text, "us").astype(np.int64)) for text in
                      ("2024-02-09T18:00", "2024-02-18T09:00"))     # 10 to 17 February is free, the 18th is worked
    clock = WorkCalendar("CN").on_clock(np.array([friday, monday, monday + 9 * HOUR]), anchor=friday)
    assert clock.tolist() == [friday, friday, friday + DAY]


@given(drawn_cases(), st.data())
def test_with_several_calendars_each_case_is_on_its_own(cases, data):
    steps = shifted(cases)
    several = (WorkCalendar("CN"), WorkCalendar("DE", "BY"), WorkCalendar("none"))
    of_case = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(cases), max_size=len(cases))), dtype=np.int64)
    mixed = on_calendars(steps, several, of_case)
    for place, calendar in enumerate(several):
        alone = on_calendar(steps, calendar)
        for name in MOMENTS:
            rows = of_case == place if name in ("entered", "left") else of_case[steps.case] == place
            assert getattr(mixed, name)[rows].tolist() == getattr(alone, name)[rows].tolist()


def test_the_years_of_a_log_may_lie_far_apart():
    steps = replace(shifted([(0, 10, [(0, 5, None, 0, 0), (1, 10, None, 0, 0)])]),
                    entered=np.array([int(np.datetime64(datetime(1999, 3, 1, 9), "us").astype(np.int64))]))
    on_clock = on_calendar(steps, WorkCalendar("none"))
    assert on_clock.entered.tolist() == steps.entered.tolist()


def test_influence_values_name_the_cases_they_belong_to():
    log = log_of(drawn(7, cases=90))
    observed = observed_of(log.tables.steps(), log.stages)
    some = 0
    for card in load_kpis().values():
        found = measured(card, observed)
        if isinstance(found, Quantity):
            some += 1
            assert len(found.case) == len(found.estimate.influence) == found.n
            assert (np.diff(found.case) > 0).all()
    assert some


def test_the_cases_of_a_clock_with_a_start_are_those_that_set_out():
    lives = {f"c{n:02}": [("lead_new", 0), *([("order_confirmed", 2), ("accepted", 9)] if n % 2 else []), ("paid", 20)]
             for n in range(60)}
    log = log_of({**lives, "last": [("lead_new", 0), ("lost", 60)]})
    observed = observed_of(log.tables.steps(), log.stages)
    found = measured(load_kpis()["order_to_acceptance_days"], observed)
    names = log.tables.answer("cases").table["case_id"].tolist()
    assert [names[case] for case in found.case] == [f"c{n:02}" for n in range(1, 60, 2)]
    assert ltc.kpis(log).table.set_index("kpi").loc["order_to_acceptance_days", "n"] == 30
