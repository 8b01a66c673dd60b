"""The working clock is a monotone map: days on it are the calendar's working days, order and ties stay."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.errors import InputError
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.log.steps import NO_TIME
from ltcdiag.measures.kpis import measured
from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.quantity import Quantity
from ltcdiag.measures.working_time import clock_of, on_calendar, on_calendars
from ltcdiag.words import languages, use
from tests.measures.kpi_logs import BASE, drawn, frame_of, log_of
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


# ---- the indicators on it ------------------------------------------------------------------------------------

LIFE = [("lead_new", 0), ("proposal", 4), ("won", 9), ("invoiced", 12), ("paid", 40)]   # from Monday 1 January 2024


def weekly(cases=60):
    """Cases that begin on a Monday at nine, one a week, all alike."""
    lives = {f"c{n:02}": [(step, day + 7 * n) for step, day in LIFE] for n in range(cases)}
    return {**lives, "last": [("lead_new", 0), ("lost", 7 * cases + 60)]}


def values(found):
    return found.table.set_index("kpi")["value"]


def test_indicators_count_the_working_days_of_each_case():
    lives = weekly()
    china, plain = WorkCalendar("CN"), WorkCalendar("week")
    log = log_of(lives)
    for calendar, asked in ((china, "CN"), (plain, plain)):
        found = ltc.kpis(log, horizon_days=30, calendar=asked)
        days = []
        for life in lives.values():
            bounds = [BASE + timedelta(days=day) for step, day in life if step in ("lead_new", "paid", "lost")]
            days.append(min(30.0, calendar.working_days(*bounds)))
        assert values(found)["days_open"] == pytest.approx(sum(days) / len(days), abs=1e-9)
        assert "days" not in set(found.table["unit"])
    same = ltc.kpis(log, horizon_days=30, calendar="none").table
    assert same["value"].tolist() == pytest.approx(ltc.kpis(log, horizon_days=30).table["value"].tolist(), nan_ok=True)


def test_rework_is_told_by_the_times_of_the_source_on_every_clock():
    # proposals again on Saturday and Sunday: no working time passes, and they are no double entry all the same
    again = [("lead_new", 0), ("proposal", 4), ("proposal", 5), ("proposal", 6.5), ("won", 9), ("paid", 12)]
    lives = {f"c{n:02}": [(step, day + 7 * n) for step, day in again] for n in range(60)}
    log = log_of({**lives, "last": [("lead_new", 0), ("lost", 500)]})
    plain, working = (values(ltc.kpis(log, horizon_days=7, calendar=calendar)) for calendar in (None, "week"))
    assert plain["rework_rate"] == working["rework_rate"] == pytest.approx(60 / 61)
    assert working["rework_days"] < plain["rework_days"]


def test_regions_have_calendars_of_their_own_and_the_rest_that_of_the_log():
    lives = weekly()
    names = sorted(lives)
    region = {name: ("East", "EU", "elsewhere")[n % 3] for n, name in enumerate(names) if n % 5}
    log = log_of(lives, region=region)
    with use("en"):
        found = ltc.kpis(log, by="region", horizon_days=30, calendar={"region": {"East": "none", "EU": "DE"}})
        text = str(found)
    east, eu, rest = (ltc.kpis(log, by="region", horizon_days=30, calendar=name).table for name in
                      ("none", "DE", "CN"))
    for table, segment in ((east, "East"), (eu, "EU"), (rest, "elsewhere")):
        mine = found.table[found.table["segment"] == segment].set_index("kpi")
        alone = table[table["segment"] == segment].set_index("kpi")
        for column in ("value", "low", "high", "n"):
            assert mine[column].tolist() == pytest.approx(alone[column].tolist(), nan_ok=True)
    others = len(names) - sum(value != "elsewhere" for value in region.values())
    assert f"({others})" in text
    assert "East: none; EU: DE" in text


def test_a_clock_says_what_it_counts_and_which_years_nobody_knows_yet(tmp_path):
    lives = {f"c{n}": [("lead_new", n), ("won", n + 5), ("paid", n + 30)] for n in range(60)}
    log = log_of({**lives, "last": [("lead_new", 0), ("lost", 120)]})
    own = tmp_path / "plant.csv"
    own.write_text("date,kind\n2024-02-05,off\n", "utf-8")
    late = [replace(clock_of(log, log.tables.steps(), name), years=(2024, 2031)).told()["en"] for name in ("CN", own)]
    assert "2031 are not announced yet" in late[0]
    assert "'plant' lists no days of 2025–2031" in late[1]
    with use("en"):
        assert ltc.kpis(log).told("en") == ["Days are calendar days."]
        assert ltc.kpis(log, calendar="CN").told("en") == ["Days are working days (work calendar: CN, 9 hours a day)."]
        assert "lists no days" not in ltc.kpis(log, calendar=own).told("en")[0]
        shown = ltc.kpis(log, calendar="CN")
        rows = {row[0]: row[1] for row in shown.shown(99, "en")}
    assert rows["Days open"].split("(")[0].strip().endswith("working days")
    assert "个工作日" in {row[0]: row[1] for row in shown.shown(99, "zh")}["在办天数"]
    told = shown.to_dict()["clock"]
    assert (told["days"], told["calendars"], set(told["text"])) == ("working", ["CN"], set(languages()))
    assert ltc.kpis(log).to_dict()["clock"]["days"] == "calendar"
    assert "工作日" in shown._repr_html_()


@pytest.mark.parametrize(("calendar", "part"), [
    ("XX", "no calendar is known"), ("none.csv", "is not there"), ({"region": "CN"}, "one column and its values"),
    ({}, "one column"), ({"region": {"North": "CN"}}, "North"), ({"nowhere": {"x": "CN"}}, "no table has a column"),
    ({"region": {"x": "XX"}}, "no calendar is known"),
])
def test_calendars_that_cannot_be_used_are_named(calendar, part):
    log = log_of(drawn(1), region=dict.fromkeys(drawn(1), "x"))
    with use("en"), pytest.raises(InputError, match=part):
        ltc.kpis(log, calendar=calendar)


def test_office_hours_are_those_of_the_clocks_on_the_wall():
    wall = frame_of(weekly(30))
    zone = ltc.read(wall, timezone="Asia/Shanghai")
    for calendar in ("CN", "none"):
        with_zone, without = (values(ltc.kpis(log, horizon_days=20, calendar=calendar))
                              for log in (zone, ltc.read(wall)))
        assert with_zone.tolist() == pytest.approx(without.tolist(), nan_ok=True)


def test_the_report_counts_working_days_and_takes_tables_beside_the_log(tmp_path):
    file, own, costs, out = (tmp_path / name for name in ("log.csv", "plant.csv", "costs.csv", "out"))
    frame_of(weekly(30)).to_csv(file, index=False)
    own.write_text("date,kind\n2024-02-05,off\n", "utf-8")
    costs.write_text("渠道,月份,费用\n展会,2024-03,600\n展会,2024-04,x\n" + "".join(
        f"展会,2024-{month:02},0\n" for month in (1, 2, 4, 5, 6, 7, 8)), "utf-8")
    done = main(["diagnose", str(file), "--out", str(out), "--clock", "working", "--calendar", str(own), "--beside",
                 str(costs)])
    told = json.loads((out / "kpis.json").read_text("utf-8"))
    assert done == 0
    assert told["clock"]["calendars"] == ["plant"]
    assert {entry["unit"] for entry in told["kpis"]} >= {"working_days", "share"}
    cost = next(entry for entry in told["kpis"] if entry["kpi"] == "acquisition_cost")
    assert cost["value"] == pytest.approx(600 / 30)
    page = (out / "report.html").read_text("utf-8")
    assert "天数按工作日计算" in page
    assert "读到 9 行，采用 8 行；搁置 1 行（金额不是数字）" in page
    assert str(tmp_path) not in page
