"""A calendar of one's own is read from a file; what is wrong with the file is told at once, line by line."""

from __future__ import annotations

from datetime import date, time

import pytest

from ltcdiag.errors import InputError
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.log.calendar_file import calendar_of, read_calendar
from ltcdiag.words import languages, use


def file(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_days_stands_over_monday_to_friday(tmp_path, encoding):
    path = file(tmp_path, "工厂.csv", "日期,说明,类型\n2026-02-13,春节,休\n\n2026/2/28,补班,班\n"
                "2026年3月2日..2026年3月4日,,放假\n", encoding)
    calendar = read_calendar(path)
    assert str(calendar) == "工厂"
    assert calendar.off == {date(2026, 2, 13), date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)}
    assert calendar.worked == {date(2026, 2, 28)}       # a Saturday
    # February 2026: 20 weekdays, less the 13th, and the 28th
    assert calendar.working_days(date(2026, 2, 1), date(2026, 3, 1)) == 20
    assert calendar.working_days(date(2026, 3, 1), date(2026, 3, 8)) == 2


def test_a_document_stands_over_a_country_with_hours_of_its_own(tmp_path):
    path = file(tmp_path, "own.toml", 'name = "Munich"\ncountry = "DE-BY"\nopens = "8:30"\ncloses = 17:30:00\n'
                'off = ["2025-01-07"]\nworked = [2025-01-06]\n')
    calendar = calendar_of(str(path))
    assert (calendar.country, calendar.subdivision, str(calendar)) == ("DE", "BY", "Munich")
    assert (calendar.opens, calendar.closes) == (time(8, 30), time(17, 30))
    assert calendar.is_working_day(date(2025, 1, 6))        # Epiphany, worked here
    assert not calendar.is_working_day(date(2025, 1, 7))
    assert not calendar.is_working_day(date(2025, 12, 25))
    assert calendar_of("DE-BY") == WorkCalendar("DE", "BY")
    assert calendar_of(calendar) is calendar


@pytest.mark.parametrize("week", ['["mon", "Tuesday", "wed", "thu", "fri", "sat"]',
                                  '["周一", "周二", "周三", "星期四", "週五", "周六"]'])
def test_a_week_may_have_six_working_days(tmp_path, week):
    calendar = read_calendar(file(tmp_path, "six.toml", f"week = {week}"))
    assert calendar.working_days(date(2026, 3, 2), date(2026, 3, 9)) == 6
    assert calendar.working_days(date(2026, 3, 8), date(2026, 3, 9)) == 0
    sunday = read_calendar(file(tmp_path, "rest.toml", 'week = ["星期天"]'))
    assert sunday.is_working_day(date(2026, 3, 8))


def test_every_fault_of_a_table_is_told_with_its_line(tmp_path):
    path = file(tmp_path, "bad.csv", "date,kind\n2026-02-30,off\n2026-02-13,maybe\n2026-05-03..2026-05-01,off\n"
                "2026-06-01,off\n2026-06-01,work\n2026-07-01\n")
    with use("en"), pytest.raises(InputError) as caught:
        read_calendar(path)
    told = [(fault.what, fault.where) for fault in caught.value.faults]
    assert [where for _, where in told] == ["bad.csv, line 2", "bad.csv, line 3", "bad.csv, line 4", "bad.csv, line 7",
                                            "bad.csv"]
    assert "2026-02-30" in told[0][0]
    assert "'maybe'" in told[1][0]
    assert "2026-06-01 is both" in told[4][0]
    assert all(fault.fix for fault in caught.value.faults)


def test_every_fault_of_a_document_is_told_with_its_key(tmp_path):
    path = file(tmp_path, "bad.toml", 'country = "CN"\nweek = ["mon", "x"]\nopens = "25:00"\noff = "2026-01-01"\n'
                'worked = ["soon"]\nclosed = true\n')
    with use("en"), pytest.raises(InputError) as caught:
        read_calendar(path)
    told = " ".join(f"{fault.what} {fault.where}" for fault in caught.value.faults)
    assert len(caught.value.faults) == 6
    for part in ("'closed'", "no week of its own", "must list the working days", "'25:00'", "'off' must be a list",
                 "'soon'"):
        assert part in told


@pytest.mark.parametrize(("name", "text", "part"), [
    ("a.csv", "2026-01-01,off\n", "first line"), ("a.csv", "date,kind\n", "no day"), ("a.csv", "", "first line"),
    ("a.toml", "off = [", "TOML"), ("a.toml", 'country = "XX"', "no calendar is known"),
    ("a.toml", 'country = "none"', "cannot be none"), ("a.toml", 'opens = "19:00"', "office hours"),
    ("a.xlsx", "", ".csv or .toml"), ("a.csv", "date,kind\n2026-01-01..2036-01-01,off", "far too long"),
])
def test_a_file_that_is_no_calendar_is_refused(tmp_path, name, text, part):
    with use("en"), pytest.raises(InputError) as caught:
        read_calendar(file(tmp_path, name, text))
    assert part in str(caught.value)


@pytest.mark.parametrize("lang", languages())
def test_a_file_that_is_not_there_is_named(tmp_path, lang):
    with use(lang), pytest.raises(InputError) as caught:
        calendar_of(str(tmp_path / "none.csv"))
    assert "none.csv" in str(caught.value)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00\x81\xff")
    with use(lang), pytest.raises(InputError):
        calendar_of(tmp_path / "bytes.csv")


def test_years_of_which_own_days_are_known_are_announced(tmp_path):
    own = read_calendar(file(tmp_path, "own.csv", "date,kind\n2026-02-13,off\n"))
    assert own.unannounced(2025, 2027) == (2025, 2027)
    china = read_calendar(file(tmp_path, "cn.toml", 'country = "CN"\noff = ["2031-02-03"]\n'))
    assert 2031 not in china.unannounced(2031, 2032)
    assert 2031 in WorkCalendar("CN").unannounced(2031, 2032)
    assert WorkCalendar("week").unannounced(2000, 2030) == ()
