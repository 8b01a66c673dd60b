"""Times written as text: every dialect to its moment, day order never guessed, zones never mixed in silence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from ltcdiag.errors import InputError, QuestionError
from tests.logs import log_of


def times(*texts, **options):
    column = pd.Series(texts, dtype=object)
    frame = pd.DataFrame({"case": [f"{i:03}" for i in range(len(texts))], "activity": "a", "time": column})
    log = log_of(frame, **options)
    return log, log.tables.answer("cases").table["started"].dt.to_pydatetime().tolist()


NOON = datetime(2024, 3, 5, 14, 7)


@pytest.mark.parametrize("text", [
    "2024-03-05 14:07", "2024-03-05T14:07:00", "2024/03/05 14:07:00", "2024/3/5 14:07", "2024.03.05 14:07:00",
    "2024年3月5日 14:07", "2024年03月05日14时07分", "2024年3月5日 下午2:07", "2024/3/5 下午 2:07:00", "20240305140700",
    "5 Mar 2024 14:07", "05-Mar-2024 14:07:00", "Mar 5, 2024 2:07 PM", "March 5, 2024 14:07:00", "45356.588194444",
    "2024-03-05 14:07:00.000", "2024-03-05 14:07:00.000000000", "20240305 14:07:00", " 2024-03-05 14:07:00 ",
])
def test_each_dialect_gives_its_moment(text):
    _, found = times(text)
    assert abs((found[0] - NOON).total_seconds()) < 1


@pytest.mark.parametrize("text", [
    "2024-03-05T14:07:00Z", "2024-03-05T22:07:00+08:00", "2024-03-05T22:07:00.000+0800", "2024-03-05 09:07:00-05",
    "2024-03-05 22:07:00 +08:00", "2024-03-05T22:07:00.000 +0800", "2024-Mar-05 22:07:00 +0800",
    "1709647620", "1709647620000", "1709647620000000", "2024/03/05 22:07:00 +0800", "2024/03/05 14:07:00 UTC",
])
def test_a_zone_or_an_epoch_gives_the_moment_in_utc(text):
    log, found = times(text)
    assert found == [NOON]
    assert log.timezone == "UTC"


def test_a_number_of_a_spreadsheet_is_a_wall_clock():
    assert times("45356.588194444", timezone="Asia/Shanghai")[1][0] - datetime(2024, 3, 5, 6, 7) < timedelta(seconds=1)


def test_days_without_a_clock_stand_at_midnight_and_need_no_zone():
    _, found = times("2024-03-05", "2024-03-06T08:00:00Z")
    assert found == [datetime(2024, 3, 5), datetime(2024, 3, 6, 8)]


@pytest.mark.parametrize(("texts", "second"), [
    (("03/04/2024", "25/04/2024"), datetime(2024, 4, 3)),
    (("03/04/2024", "04/25/2024"), datetime(2024, 3, 4)),
])
def test_one_value_above_twelve_decides_the_day_order_of_the_column(texts, second):
    assert times(*texts)[1][0] == second


@pytest.mark.parametrize("texts", [("03/04/2024", "04/05/2024"), ("25/04/2024", "04/25/2024")])
def test_a_day_order_that_no_value_or_both_decide_is_asked(texts):
    with pytest.raises(QuestionError, match="--day-order"):
        times(*texts)
    assert times("03/04/2024", day_order="dmy")[1] == [datetime(2024, 4, 3)]


def test_a_two_digit_year_is_of_this_century():
    assert times("02/23/26 08:55 PM")[1] == [datetime(2026, 2, 23, 20, 55)]


def test_times_with_and_without_zone_are_asked_and_an_answer_settles_it():
    texts = ("2024-03-05T14:07:00Z", "2024-03-05 22:07:00")
    with pytest.raises(QuestionError, match="--timezone"):
        times(*texts)
    log, found = times(*texts, timezone="Asia/Shanghai")
    assert found == [NOON, NOON]
    assert log.timezone == "Asia/Shanghai"


def test_wall_clocks_alone_stay_a_wall_clock_without_a_name():
    log, _ = times("2024-03-05 14:07:00")
    assert log.timezone is None


def test_unreadable_times_are_set_aside_and_counted():
    log, found = times("2024-03-05 14:07", "soon", "", "2024-02-31 00:00", "2024-03-06 14:07")
    assert len(found) == 2
    assert dict(log.ledger.set_aside) == {"ts_missing": 1, "ts_unreadable": 2}
    assert [row.line_from for row in log.ledger.rows("ts_unreadable")] == [2, 4]
    assert "soon" in log.ledger.rows("ts_unreadable")[0].text


def test_a_column_without_any_time_is_an_error_with_examples():
    with pytest.raises(InputError) as raised:
        times("red", "blue")
    assert set(raised.value.faults[0].examples) == {"aaaa", "aaa"}      # their form: they may be names


def test_all_time_columns_are_judged_before_anything_is_said():
    frame = pd.DataFrame({"case": ["1"], "activity": ["a"], "time": ["red"], "start": ["blue"]})
    with pytest.raises(InputError) as raised:
        log_of(frame)
    assert len(raised.value.faults) == 2


def test_rows_after_the_as_of_moment_are_set_aside_and_the_moment_is_kept():
    log, found = times("2024-03-05 14:07", "2024-04-05 14:07", as_of=datetime(2024, 3, 31))
    assert found == [NOON]
    assert log.as_of == datetime(2024, 3, 31)
    assert dict(log.ledger.set_aside) == {"after_as_of": 1}


def test_by_default_the_as_of_moment_is_the_last_recorded_one():
    assert times("2024-03-05 14:07", "2023-04-05 14:07")[0].as_of == NOON
