"""The pace chart: closings of each month against those that were due, counted day by day."""

from functools import cache
from itertools import pairwise
from math import exp

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.api import WLS
from statsmodels.stats.meta_analysis import combine_effects

import ltcdiag as ltc
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.stats import pace as room
from ltcdiag.stats.arms import axis_of
from ltcdiag.stats.clock_table import DAY, clock_table, moment
from ltcdiag.stats.pace import AGE_BANDS, Side, edges, pace
from tests.stats.simulated_change import SCENARIOS, Scenario, World, log_of, logs_of

WORLD = World()


def days(*texts):
    return [moment(text) for text in texts]


def text(cuts):
    return [str(np.datetime64(int(cut), "us").astype("datetime64[D]")) for cut in cuts]


# Months

def test_a_change_on_the_first_gives_calendar_months():
    assert text(edges(*days("2024-01-01", "2024-05-01", "2024-03-01"))) == [
        "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"]


def test_a_change_within_a_month_gives_months_of_that_day():
    assert text(edges(*days("2024-01-10", "2024-05-10", "2024-03-10"))) == [
        "2024-01-10", "2024-02-10", "2024-03-10", "2024-04-10", "2024-05-10"]


def test_months_that_are_shorter_end_with_their_last_day():
    assert text(edges(*days("2023-12-31", "2024-06-30", "2024-03-31"))) == [
        "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30"]


def test_less_than_half_a_month_at_an_end_goes_to_the_month_beside_it():
    assert text(edges(*days("2024-01-20", "2024-05-10", "2024-03-01"))) == [
        "2024-01-20", "2024-03-01", "2024-04-01", "2024-05-10"]
    assert text(edges(*days("2024-01-10", "2024-05-20", "2024-03-01"))) == [
        "2024-01-10", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2024-05-20"]


@given(st.integers(0, 1500), st.integers(1, 800), st.integers(1, 800))
@settings(max_examples=60, deadline=None)
def test_months_cover_the_time_without_gaps_and_one_begins_at_the_change(first, before, after):
    start, change, end = (moment("2021-01-01") + day * DAY for day in (first, first + before, first + before + after))
    cuts = edges(start, end, change)
    assert (cuts[0], cuts[-1]) == (start, end)
    assert change in cuts
    lengths = np.diff(cuts) / DAY
    assert (lengths > 0).all()
    assert lengths.max() <= 47
    inner = lengths[(cuts[:-1] != start) & (cuts[1:] != end)]
    assert ((inner >= 28) & (inner <= 31)).all()


# Observed and expected

def twin(frame, windows, last, *, strata=None, which="closed", seen_from=None, calendar=None):
    """Every day of every month, every deal that is open on it. windows: lists of first days, the last one the end."""
    works = cache(lambda day: calendar is None or calendar.is_working_day(day.date()))
    months = [(a, b) for cut in windows for a, b in pairwise(cut)]
    seen, days_open = {}, {}
    for entered, exited, outcome, stratum in zip(
            frame["entered"], frame["exited"], frame["outcome"], strata or [0] * len(frame), strict=True):
        stop = last if pd.isna(exited) or exited > last else exited
        for day in pd.date_range(entered, stop):
            month = next((k for k, (a, b) in enumerate(months) if a <= day < b), None)
            if month is None or (seen_from is not None and day < seen_from):
                continue
            if not works(day):
                continue
            age = (day - entered).days if calendar is None else calendar.working_days(entered, day)
            band = sum(low <= age for low in AGE_BANDS)
            days_open[month, band, stratum] = days_open.get((month, band, stratum), 0) + 1
            if day == exited and (which == "closed" or outcome == "won"):
                seen[month, band, stratum] = seen.get((month, band, stratum), 0) + 1
    cells = {cell[1:] for cell in days_open}
    rate = {cell: sum(seen.get((k, *cell), 0) for k in range(len(months)))
            / sum(days_open.get((k, *cell), 0) for k in range(len(months))) for cell in cells}
    return ([sum(seen.get((k, *cell), 0) for cell in cells) for k in range(len(months))],
            [sum(days_open.get((k, *cell), 0) * rate[cell] for cell in cells) for k in range(len(months))])


def stamps(cuts):
    return [pd.Timestamp(day) for day in text(cuts)]


@pytest.mark.parametrize("which", ["closed", "won"])
@pytest.mark.parametrize("seed", range(3))
def test_observed_and_expected_are_those_of_a_count_day_by_day(seed, which):
    log = log_of(Scenario(World(40, history=40)), np.random.default_rng(seed))
    size = (log.frame["size"] == "large").to_numpy(int)
    table = clock_table(log.frame, as_of=WORLD.date(WORLD.last))
    change, first = moment(WORLD.date(180)), moment(WORLD.date(0))
    seen_from = None if seed < 2 else moment(WORLD.date(20))
    sides = [Side(table, starts, ends, size, *(() if seen_from is None else (seen_from,)))
             for starts, ends in ((first, change), (change, table.end))]
    made = pace(*sides, change=change, which=which)
    cuts = [edges(max(first, seen_from or first), change, change), edges(change, table.end, change)]
    observed, expected = twin(log.frame, [stamps(each) for each in cuts], WORLD.date(WORLD.last),
                              strata=size.tolist(), which=which,
                              seen_from=None if seen_from is None else WORLD.date(20))
    assert [month.observed for month in made.months] == observed
    assert [month.expected for month in made.months] == pytest.approx(expected, rel=1e-9)
    assert sum(expected) == pytest.approx(sum(observed))
    for month in made.months:
        assert month.low <= month.ratio <= month.high
        low, high = stats.chi2.ppf([0.025, 0.975], [2 * month.observed, 2 * month.observed + 2]) / 2
        assert (month.low, month.high) == pytest.approx((np.nan_to_num(low) / month.expected, high / month.expected))


def test_no_closing_day_is_left_out_of_the_deal_days():
    """Two deals, both closed on the day they began: a rate of one a day."""
    frame = pd.DataFrame({"case_id": [1, 2], "entered": pd.to_datetime(["2024-01-05", "2024-04-05"]),
                          "exited": pd.to_datetime(["2024-01-05", "2024-04-05"]), "outcome": ["won", "lost"]})
    table = clock_table(frame, as_of="2024-06-30")
    first, change = days("2024-01-01", "2024-04-01")
    nothing = np.zeros(2, dtype=int)
    made = pace(Side(table, first, change, nothing), Side(table, change, table.end, nothing), change=change)
    assert [month.observed for month in made.months] == [1, 0, 0, 1, 0, 0]
    assert [month.expected for month in made.months] == [1, 0, 0, 1, 0, 0]


# After against before

def logs_and_noise(seed, months=12):
    rng = np.random.default_rng(seed)
    expected = rng.uniform(3, 30, months)
    observed = rng.poisson(expected * np.exp(rng.normal(0, 0.3, months)))
    return (*room._logs(observed.astype(float), expected), np.arange(months) >= months // 2)


@pytest.mark.parametrize("seed", range(5))
def test_months_after_less_months_before_is_a_weighted_regression(seed):
    logs, noise, after = logs_and_noise(seed)
    made = room._months_differ(logs, noise, after)
    weights = 1 / (noise + room._between(logs, noise, after))
    theirs = WLS(logs, np.column_stack([np.ones(len(logs)), after]), weights=weights).fit()
    assert (made.value, made.error, made.p) == pytest.approx((theirs.params[1], theirs.bse[1], theirs.pvalues[1]))
    assert (made.low, made.high) == pytest.approx(tuple(theirs.conf_int()[1]))


@pytest.mark.parametrize("seed", range(5))
def test_pairs_of_months_are_a_meta_analysis(seed):
    logs, noise, _ = logs_and_noise(seed, 8)
    made = room._pairs_differ(logs, noise)
    theirs = combine_effects(logs, noise, method_re="dl")
    assert room._between(logs, noise, np.zeros(8, dtype=bool)) == pytest.approx(max(theirs.tau2, 0.0))
    if theirs.tau2 > 0:
        assert made.value == pytest.approx(theirs.mean_effect_re)
        assert made.error == pytest.approx(theirs.sd_eff_w_re_hksj)
    assert made.p == pytest.approx(2 * stats.t.sf(abs(made.value) / made.error, 7))


def test_spread_is_one_where_only_chance_parts_the_months():
    rng = np.random.default_rng(1)
    expected, after = np.full(12, 10.0), np.arange(12) >= 6
    found = [room.dispersion(rng.poisson(np.where(after, 15.0, 10.0)).astype(float), expected, after)
             for _ in range(600)]
    assert np.mean([spread for spread, _ in found]) == pytest.approx(1, abs=0.05)
    assert np.mean([p < 0.05 for _, p in found]) == pytest.approx(0.05, abs=0.03)
    shaken = rng.poisson(10 * np.exp(rng.normal(0, 0.5, 12))).astype(float)
    assert room.dispersion(shaken, expected, after)[0] > 1.5


def test_limits_are_those_of_individuals_and_moving_ranges():
    assert room.limits(np.log([1.0, 2.0])) is None
    low, high = room.limits(np.log([1.0, 2.0, 1.0, 2.0]))
    middle, reach = np.log(2) / 2, 2.66 * np.log(2)
    assert (low, high) == pytest.approx((exp(middle - reach), exp(middle + reach)))


def compared(frame, **more):
    return ltc.compare_clocks(frame, change=WORLD.date(180), as_of=WORLD.date(359), kpis=("days_open",), **more)


def test_few_months_carry_no_test():
    frame = logs_of("stable-100", 1)[0].frame
    short = ltc.compare_clocks(frame, change=WORLD.date(310), as_of=WORLD.date(359), kpis=("days_open",))
    assert np.isnan(short.pace.p)
    assert short.to_dict()["pace"]["p"] is None
    assert short.to_dict()["pace"]["verdict"] == "cannot_tell"
    assert len(short.pace.months) >= 10


def test_quicker_closings_are_above_what_was_due():
    found = compared(log_of(Scenario(World(300, won=2.2, lost=2.2)), np.random.default_rng(4)).frame)
    assert found.pace.ratio == pytest.approx(1.72, abs=0.4)
    assert found.pace.low < found.pace.ratio < found.pace.high
    assert found.to_dict()["pace"]["verdict"] == "improved"
    assert all(month.ratio < 1 for month in found.pace.months[1:6])
    assert all(month.ratio > 1 for month in found.pace.months[6:])


def test_rows_in_any_order_give_the_same_pace():
    frame = logs_of("mix", 1)[0].frame
    mixed = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    first, second = (compared(each, adjust_for=("size",)).to_dict()["pace"] for each in (frame, mixed))
    assert first == second


def test_a_control_that_went_the_same_way_takes_the_change_away():
    frame = log_of(Scenario(World(400, won=2.2, lost=2.2)), np.random.default_rng(2)).frame
    frame["region"] = np.where(frame["case_id"] % 2 == 0, "pilot", "rest")
    assert compared(frame).pace.p < 0.001
    assert compared(frame, control="region=rest").pace.p > 0.05


def test_the_mix_is_held_equal_in_the_pace_too():
    name = "mix"
    log = log_of(Scenario(World(1500, large=(0.1, 0.6)), SCENARIOS[name].ask), np.random.default_rng(1))
    assert compared(log.frame).pace.ratio < 0.9
    assert compared(log.frame, adjust_for=("size",)).pace.ratio == pytest.approx(1, abs=0.08)


# Working days

HOLIDAYS = World(1500, country="CN")


def test_months_with_holidays_are_no_bad_months_on_the_working_day_clock():
    frame = log_of(Scenario(HOLIDAYS), np.random.default_rng(1)).frame
    ask = {"change": HOLIDAYS.date(120), "as_of": HOLIDAYS.date(239), "kpis": "days_open"}
    assert "month_shocks" in ltc.compare_clocks(frame, **ask).to_dict()["effects"][0]["warnings"]
    found = ltc.compare_clocks(frame, calendar="CN", **ask)
    assert "month_shocks" not in found.to_dict()["effects"][0]["warnings"]
    assert found.pace.spread < 2


def test_expected_closings_are_counted_by_working_days():
    world = World(30, country="CN")
    frame = log_of(Scenario(world), np.random.default_rng(2)).frame
    table = clock_table(frame, as_of=world.date(239))
    change, first = moment(world.date(120)), moment(world.date(0))
    axis, nothing = axis_of(table, "CN"), np.zeros(table.n, dtype=int)
    made = pace(Side(table, first, change, nothing, axis=axis), Side(table, change, table.end, nothing, axis=axis),
                change=change)
    cuts = [edges(first, change, change), edges(change, table.end, change)]
    observed, expected = twin(frame, [stamps(each) for each in cuts], world.date(239), calendar=WorkCalendar("CN"))
    assert [month.observed for month in made.months] == observed
    assert [month.expected for month in made.months] == pytest.approx(expected, rel=1e-9)


def test_a_calendar_without_days_off_changes_nothing():
    frame = logs_of("mix", 1)[0].frame
    assert compared(frame, calendar="none").to_dict()["pace"] == compared(frame).to_dict()["pace"]
    by_region = compared(frame.assign(region=np.where(frame["case_id"] % 2, "a", "b")),
                         calendar={"region": {"a": "none"}})
    assert by_region.to_dict()["pace"] == compared(frame).to_dict()["pace"]


def test_regions_keep_their_own_calendars_beside_a_control():
    frame = log_of(Scenario(World(600, country="CN")), np.random.default_rng(3)).frame
    frame["region"] = np.where(frame["case_id"] % 2 == 0, "pilot", "rest")
    ask = {"change": HOLIDAYS.date(120), "as_of": HOLIDAYS.date(239), "kpis": "days_open", "control": "region=rest"}
    both = ltc.compare_clocks(frame, calendar={"region": {"pilot": "CN", "rest": "CN"}}, **ask)
    assert both.to_dict() == ltc.compare_clocks(frame, calendar="CN", **ask).to_dict()
