"""Working time obeys the laws of a measure, and knows the days the State Council announced."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.errors import InputError
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.words import use

CHINA = WorkCalendar("CN")
moments = st.datetimes(datetime.fromisoformat("2023-01-01"), datetime.fromisoformat("2025-12-31"))
calendars = st.sampled_from([CHINA, WorkCalendar("DE", "BY"), WorkCalendar("none"),
                             WorkCalendar("CN", opens=time(8, 30), closes=time(17, 45, 10))])


def plain_hours(calendar, start, end):
    """The slow twin: day by day, the overlap of the interval with the office hours."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if calendar.is_working_day(day):
            opens, closes = datetime.combine(day, calendar.opens), datetime.combine(day, calendar.closes)
            total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total / timedelta(hours=1)


# Notices of the General Office of the State Council on holidays of 2024 (国办发明电〔2023〕7号) and 2025
# (国办发明电〔2024〕12号)
@pytest.mark.parametrize(("first", "last"), [
    (date(2024, 2, 10), date(2024, 2, 17)), (date(2024, 4, 4), date(2024, 4, 6)),
    (date(2024, 5, 1), date(2024, 5, 5)), (date(2024, 10, 1), date(2024, 10, 7)),
    (date(2025, 1, 28), date(2025, 2, 4)), (date(2025, 10, 1), date(2025, 10, 8)),
])
def test_announced_holidays_are_free(first, last):
    assert CHINA.working_hours(first, last + timedelta(days=1)) == 0


@pytest.mark.parametrize("day", [
    date(2024, 2, 4), date(2024, 2, 18), date(2024, 4, 7), date(2024, 4, 28), date(2024, 5, 11),
    date(2024, 9, 14), date(2024, 9, 29), date(2024, 10, 12), date(2025, 1, 26), date(2025, 2, 8),
    date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11),
])
def test_make_up_days_are_worked_though_they_are_weekends(day):
    assert day.weekday() > 4
    assert CHINA.is_working_day(day)
    assert CHINA.working_days(day, day + timedelta(days=1)) == 1


def test_an_ordinary_weekend_is_free_and_an_ordinary_monday_is_not():
    assert CHINA.working_hours(date(2024, 3, 2), date(2024, 3, 4)) == 0
    assert CHINA.working_hours(date(2024, 3, 4), date(2024, 3, 5)) == CHINA.hours_per_day == 9


def test_2024_had_251_working_days_in_china():
    # 366 days - 104 weekend days - 19 free weekdays + 8 make-up days, counted on the notice
    assert CHINA.working_days(date(2024, 1, 1), date(2025, 1, 1)) == 251


def test_only_office_hours_count():
    times = ("2024-03-04 08:00", "2024-03-04 09:00", "2024-03-04 17:30", "2024-03-05 09:15")
    early, nine, evening, next_day = map(datetime.fromisoformat, times)
    assert CHINA.working_hours(early, nine) == 0
    assert CHINA.working_hours(evening, next_day) == 0.75


def test_where_every_hour_counts_working_time_is_wall_time():
    everyday = WorkCalendar("none")
    assert everyday.working_hours(date(2024, 2, 10), date(2024, 2, 12)) == 48
    assert everyday.working_days(date(2024, 2, 10), date(2024, 2, 12)) == 2
    assert everyday.unannounced(1990, 2100) == ()


@given(calendars, moments, moments)
def test_the_fast_way_equals_the_plain_one(calendar, one, other):
    start, end = sorted((one, other))
    if calendar.country == "none":
        assert calendar.working_hours(start, end) == pytest.approx((end - start) / timedelta(hours=1))
    else:
        assert calendar.working_hours(start, end) == pytest.approx(plain_hours(calendar, start, end))


@given(calendars, moments, moments, moments)
def test_adjacent_intervals_add_up(calendar, a, b, c):
    whole = calendar.working_hours(a, c)
    assert calendar.working_hours(a, b) + calendar.working_hours(b, c) == pytest.approx(whole, abs=1e-6)


@given(calendars, moments, moments)
def test_working_time_is_never_longer_than_wall_time_nor_negative(calendar, one, other):
    start, end = sorted((one, other))
    assert 0 <= calendar.working_hours(start, end) <= (end - start) / timedelta(hours=1) + 1e-9
    assert calendar.working_hours(end, start) == -calendar.working_hours(start, end)


@given(moments, st.integers(0, 40))
def test_a_free_day_inside_costs_exactly_its_hours(start, days):
    end = start + timedelta(days=days)
    inside = [start.date() + timedelta(days=n) for n in range(1, days)]
    edges = CHINA.working_hours(start, min(end, datetime.combine(start, time()) + timedelta(days=1)))
    if days:
        edges += CHINA.working_hours(datetime.combine(end, time()), end)
    free = sum(not CHINA.is_working_day(day) for day in inside)
    expected = edges + CHINA.hours_per_day * (len(inside) - free)
    assert CHINA.working_hours(start, end) == pytest.approx(expected)


@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=20))
def test_an_array_gives_what_its_moments_give_one_by_one(pairs):
    starts, ends = (np.array(side, dtype="datetime64[us]") for side in zip(*pairs, strict=True))
    together = CHINA.working_days(starts, ends)
    assert together.tolist() == [CHINA.working_days(start, end) for start, end in pairs]


def test_a_missing_moment_gives_no_number():
    starts = pd.Series(pd.to_datetime(["2024-03-04 09:00", None, "2024-03-04 09:00"]))
    found = CHINA.working_days(starts, pd.Series(pd.to_datetime(["2024-03-05", "2024-03-05", None])))
    assert found[0] == 1
    assert np.isnan(found[1:]).all()


def test_years_without_announced_make_up_days_are_told():
    assert CHINA.unannounced(2007, 2025) == ()
    assert CHINA.unannounced(2025, 2060)[-1] < 2060  # after ten years without any, none is expected
    assert 2040 not in CHINA.unannounced(2040, 2040)
    unknown = CHINA.unannounced(2026, 2034)
    assert unknown == tuple(range(unknown[0], 2035))
    assert WorkCalendar("US").unannounced(2000, 2035) == ()
    assert 2017 not in WorkCalendar("HU").unannounced(2012, 2020)  # none that year, but some after it


@pytest.mark.parametrize("text", ["CN", "DE-BY", "none"])
def test_a_calendar_is_written_as_it_is_read(text):
    assert str(WorkCalendar.parse(text)) == text
    assert WorkCalendar.parse(f" {text.lower()} ") == WorkCalendar.parse(text)


def test_a_subdivision_has_holidays_of_its_own():
    epiphany = date(2025, 1, 6)
    assert not WorkCalendar.parse("DE-BY").is_working_day(epiphany)
    assert WorkCalendar.parse("DE-HH").is_working_day(epiphany)


@pytest.mark.parametrize("text", ["XX", "DE-ZZ", "", "China!"])
def test_an_unknown_calendar_names_the_known_ones(text):
    with use("en"), pytest.raises(InputError, match="use none, or one of"):
        WorkCalendar.parse(text)


def test_office_hours_must_end_after_they_begin():
    with use("en"), pytest.raises(InputError, match="office hours"):
        WorkCalendar("CN", opens=time(18), closes=time(9))


@pytest.mark.parametrize("moment", [datetime(2024, 3, 4, tzinfo=UTC),
                                    pd.Series(pd.to_datetime(["2024-03-04"], utc=True))])
def test_times_with_a_zone_are_refused(moment):
    with use("en"), pytest.raises(InputError, match="wall-clock"):
        CHINA.working_days(moment, moment)


def test_impossible_spans_are_refused_and_not_computed():
    with use("en"), pytest.raises(InputError, match="1900 to 9999"):
        CHINA.working_days(np.array(["1900-01-01", "2024-01-01"], dtype="datetime64[us]"), date(9999, 12, 31))
