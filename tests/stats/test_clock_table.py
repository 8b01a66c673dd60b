"""Bad input of a comparison: each is told in a sentence, all faults at once, and nothing is computed that misleads."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.stats.clock_table import OPEN, clock_table, moment
from ltcdiag.words import use
from tests.stats.simulated_change import World, logs_of

WORLD = World()
CHANGE, AS_OF = WORLD.date(180), WORLD.date(359)


@pytest.fixture
def frame():
    return logs_of("stable-100", 1)[0].frame


def compared(frame, **more):
    return ltc.compare_clocks(frame, **{"change": CHANGE, "as_of": AS_OF, **more})


def refused(call, *parts, **more):
    """The sentence in both languages; parts: what the English one says."""
    with use("zh"), pytest.raises(InputError) as chinese:
        call(**more)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(chinese.value))
    with use("en"), pytest.raises(InputError) as english:
        call(**more)
    for part in parts:
        assert part in str(english.value)
    return str(english.value)


# Faults of the table

def test_every_fault_is_told_at_once(frame):
    bad = frame.astype({"entered": object, "value": object, "case_id": object})
    bad.loc[3, "entered"] = "soon"
    bad.loc[4, "entered"] = None
    bad.loc[5, "case_id"] = 6
    bad.loc[8, "exited"] = pd.Timestamp("2020-01-01")
    bad.loc[9, "value"] = "ten"
    bad.loc[10, "case_id"] = None
    bad.loc[11, ["exited", "outcome"]] = [pd.NaT, "won"]
    text = refused(lambda: compared(bad))
    for said in ("7 kinds", "rows 4 (soon)", "rows 5 (None)", "rows 7 (6)", "rows 9 (8)", "rows 10 (ten)", "rows 11 (",
                 "rows 12 (11)"):
        assert said in text


def test_missing_columns_are_named_together(frame):
    refused(lambda: compared(frame.drop(columns=["entered", "outcome"]), adjust_for=("sise",)),
            "entered, outcome, sise", "case_id, exited")


@pytest.mark.parametrize("column", ["entered", "outcome", "value", "size"])
def test_a_column_that_is_asked_for_and_missing(frame, column):
    less = frame.drop(columns=[column])
    refused(lambda: compared(less, kpis=("days_open", "value_per_case"), adjust_for="size"), column)


def test_columns_that_nobody_asks_for_may_be_missing(frame):
    bare = compared(frame[["case_id", "entered", "exited"]], kpis="days_open")
    assert bare["days_open"].difference == compared(frame)["days_open"].difference


def test_no_table_and_no_rows(frame):
    refused(lambda: compared([1, 2]), "DataFrame", "list")
    refused(lambda: compared(frame[:0]), "no rows")
    refused(lambda: compared(pd.concat([frame, frame[["value"]]], axis=1)), "more than once: value")


def test_texts_as_value(frame):
    refused(lambda: compared(frame.assign(value="12 CNY"), kpis="value_per_case"), "200 rows", "12 CNY")
    refused(lambda: compared(frame.assign(value=np.inf), kpis="value_per_case"), "200 rows", "inf")
    as_text = frame.assign(value=frame["value"].astype(str))
    assert compared(as_text, kpis="value_per_case").to_dict() == compared(frame, kpis="value_per_case").to_dict()


def test_outcomes_in_words_of_ones_own_are_no_win_rate_of_zero(frame):
    own = frame.assign(outcome=frame["outcome"].map({"won": "赢单", "lost": "输单"}))
    refused(lambda: compared(own), "neither won nor lost", "赢单")
    assert compared(own, kpis="days_open")["days_open"].difference is not None
    shouted = frame.assign(outcome=frame["outcome"].str.upper())
    assert compared(shouted).to_dict() == compared(frame).to_dict()


def test_missing_outcomes_are_counted_and_many_of_them_give_no_verdict(frame):
    nothing = compared(frame.assign(outcome=None))
    assert "outcomes_missing" in nothing["win_rate"].to_dict()["warnings"]
    assert "outcomes_missing" not in nothing["days_open"].to_dict()["warnings"]
    assert nothing["win_rate"].verdict == "cannot_tell"
    some = frame.copy()
    some.loc[some.index[some["exited"].notna()][:5], "outcome"] = None
    assert "unknown_outcomes" in compared(some)["win_rate"].to_dict()["warnings"]


# Times

def test_times_of_every_kind_are_the_same_times(frame):
    texts = {name: frame[name].dt.strftime("%Y-%m-%d").where(frame[name].notna(), None)
             for name in ("entered", "exited")}
    slashed = {"entered": [f"{day.year}/{day.month}/{day.day}" for day in frame["entered"]]}
    days = {"entered": [day.date() for day in frame["entered"]]}
    zoned = {name: frame[name].dt.tz_localize("Asia/Shanghai") for name in ("entered", "exited")}
    offsets = {name: (frame[name].dt.strftime("%Y-%m-%dT00:00:00+08:00")).where(frame[name].notna(), None)
               for name in ("entered", "exited")}
    expected = compared(frame).to_dict()
    for columns in (texts, slashed, days, zoned, offsets):
        assert compared(frame.assign(**columns)).to_dict() == expected
    for change, as_of in ((CHANGE.date(), AS_OF.date()), (str(CHANGE), str(AS_OF)), (CHANGE.to_pydatetime(), AS_OF)):
        assert compared(frame, change=change, as_of=as_of).to_dict() == expected
    assert compared(frame.assign(**zoned), change=CHANGE.tz_localize("Asia/Shanghai")).to_dict() == expected


def test_two_zones_are_one_clock(frame):
    shanghai = {name: frame[name].dt.tz_localize("Asia/Shanghai") for name in ("entered", "exited")}
    mixed = {**shanghai, "exited": shanghai["exited"].dt.tz_convert("UTC")}
    assert compared(frame.assign(**mixed)).to_dict() == compared(frame).to_dict()


def test_summer_and_winter_offsets_are_wall_clocks(frame):
    both = {name: [None if pd.isna(day) else f"{day:%Y-%m-%d}T00:00:00+0{1 + (4 <= day.month <= 10)}:00"
                   for day in frame[name]] for name in ("entered", "exited")}
    assert compared(frame.assign(**both)).to_dict() == compared(frame).to_dict()


def test_a_zone_in_one_column_only_is_asked_about(frame):
    for name in ("entered", "exited"):
        zoned = frame.assign(**{name: frame[name].dt.tz_localize("Asia/Shanghai")})
        refused(lambda zoned=zoned: compared(zoned), f"only {name}")


@pytest.mark.parametrize("value", [None, "whenever", 20240101, 3.5, float("nan"), [1]])
def test_what_is_no_moment(value, frame):
    refused(lambda: moment(value), "no date")
    refused(lambda: compared(frame, change=value), "no date")


def test_without_an_as_of_moment_nothing_is_computed(frame):
    for call in (lambda: ltc.compare_clocks(frame, change=CHANGE), lambda: compared(frame, as_of=None),
                 lambda: ltc.compare_clock_groups(frame, group="size"), lambda: ltc.clock_level(frame)):
        refused(call, "as_of is missing", "still open")
    refused(lambda: compared(frame, as_of="someday"), "someday")


def test_clock_times_and_days(frame):
    rows = pd.DataFrame({"case_id": [1, 2, 3], "entered": [datetime(2024, 1, 1, 8), date(2024, 1, 2), "2024-01-03"],
                         "exited": [None, datetime(2024, 1, 2, 9, 30), None]}, dtype=object)
    made = clock_table(rows, as_of="2024-01-03")
    assert not made.whole_days
    assert made.exited.tolist() == [OPEN, moment("2024-01-02 09:30"), OPEN]
    assert made.end == moment("2024-01-03")     # to the minute: nothing of that day is seen
    whole = clock_table(rows[1:].assign(exited=None), as_of="2024-01-03 12:00")
    assert whole.whole_days
    assert whole.end == moment("2024-01-04")    # the as-of day counts whole


def test_what_comes_after_the_as_of_moment_is_not_seen(frame):
    early = compared(frame, as_of=WORLD.date(300))
    seen = frame["entered"] <= WORLD.date(300)
    cut = frame[seen].assign(exited=frame["exited"].where(frame["exited"] <= WORLD.date(300)),
                             outcome=frame["outcome"].where(frame["exited"] <= WORLD.date(300)))
    assert early.counts["after_as_of"] == int((~seen).sum()) > 0
    assert early["win_rate"] == compared(cut, as_of=WORLD.date(300))["win_rate"]
    refused(lambda: compared(frame, as_of="2020-01-01"), "200 cases", "2020-01-01")
    refused(lambda: ltc.clock_level(frame, as_of="2020-01-01"), "200 cases")


# Questions that nobody can answer

@pytest.mark.parametrize("change", ["2020-01-01", "2030-01-01", str(WORLD.date(0) - pd.Timedelta(days=30))])
def test_a_change_outside_the_data(frame, change):
    refused(lambda: compared(frame, change=change), "outside the data", "2023-01-", "2023-12-27")


def nothing_claimed(found, *warnings):
    for effect in found:
        assert effect.verdict == "cannot_tell"
        assert effect.difference is None
        assert set(warnings) <= set(effect.to_dict()["warnings"])
    assert found.to_dict()["pace"]["verdict"] == "cannot_tell"
    return found


def test_one_side_empty(frame):
    nothing_claimed(compared(frame[frame["entered"] < CHANGE]), "few_cases")
    nothing_claimed(compared(frame, change=AS_OF), "few_cases")


def test_five_deals_a_side(frame):
    late = frame["entered"] >= CHANGE
    found = nothing_claimed(compared(pd.concat([frame[~late][:5], frame[late][:5]])), "few_cases")
    with use("en"):
        assert "One side holds 5 cases, fewer than 20" in str(found)


def test_one_owner(frame):
    found = nothing_claimed(compared(frame.assign(owner="only one"), cluster="owner"), "few_owners")
    assert found["days_open"].before.n == 100
    with use("en"):
        assert "One side holds 1 owners" in str(found)
    # owners that nobody asked to be clusters stop nothing
    assert compared(frame.assign(owner="only one"))["days_open"].difference is not None


def test_a_group_told_by_a_later_event_needs_a_landmark():
    frame = logs_of("requoted", 1)[0].frame
    refused(lambda: ltc.compare_clock_groups(frame, group="requoted", as_of=AS_OF), "came later", "landmark_days")
    found = ltc.compare_clock_groups(frame, group="requoted", as_of=AS_OF, landmark_days=30)
    assert found.names == ("no", "yes")
    assert found["days_open"].landmark_days == 30
    refused(lambda: compared(frame, adjust_for="requoted"), "came later")


def test_groups_that_are_none(frame):
    def groups(group, **more):
        return lambda: ltc.compare_clock_groups(frame.assign(same="x", empty=None), group=group, as_of=AS_OF, **more)

    refused(groups("nothing"), "nothing")
    refused(groups("same"), "two groups", "x")
    refused(groups("empty"), "two groups")
    refused(groups("size", a="tiny"), "no group 'tiny'", "small, large")
    refused(groups("size", a="small", b="small"), "small")


@pytest.mark.parametrize(("more", "part"), [
    ({"design": "usual"}, "new_cases, all_open_work"), ({"kpis": ("speed",)}, "there is no such KPI: speed"),
    ({"kpis": ()}, "no such KPI"), ({"primary": ("days_open", "win_rate", "loss_rate", "value_per_case")}, "at most 3"),
    ({"horizon_days": 0}, "0"), ({"horizon_days": "soon"}, "soon"), ({"landmark_days": -3}, "-3"),
    ({"smallest_worthwhile": "much"}, "much"), ({"smallest_worthwhile": {"speed": 1}}, "speed"),
    ({"control": "north"}, "north"), ({"control": ("region", "north")}, "region"),
    ({"control": ("size", "tiny")}, "tiny"), ({"calendar": "XX"}, "XX"),
    ({"calendar": {"region": {"a": "CN"}}}, "region"),
    ({"observed_from": "x"}, "x"), ({"observed_from": "2023-09-01"}, "before the change"),
    ({"observed_from": "2029-09-01"}, "later than the as-of moment")])
def test_questions_in_the_wrong_form(frame, more, part):
    refused(lambda: compared(frame, **more), part)


def test_a_horizon_beyond_what_was_watched_gives_no_number(frame):
    nothing_claimed(compared(frame, horizon_days=2000))


# Laws

@pytest.mark.parametrize("name", ["stable-100", "season-control", "truncated-found", "all-open-stable", "requoted"])
def test_all_cases_are_counted_once(name):
    for log in logs_of(name, 3):
        counts = dict(log.compared().counts)
        assert counts.pop("cases") == len(log.frame) == sum(counts.values())


@pytest.mark.parametrize("name", ["stable-100", "mix", "season-control", "all-open-stable", "requoted", "regions"])
def test_rows_in_any_order_give_the_same_answer(name):
    log = logs_of(name, 1)[0]
    expected = log.compared().to_dict()
    for seed in range(2):
        mixed = log.frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        again = type(log)(log.scenario, mixed, log.deals).compared().to_dict()
        for made, effect in zip(again["effects"], expected["effects"], strict=True):
            assert made["difference"]["value"] == pytest.approx(effect["difference"]["value"], rel=1e-9)
            assert made["verdict"] == effect["verdict"]
        assert again["pace"] == expected["pace"]
        assert again["warnings"] == expected["warnings"]


def test_swapping_the_groups_turns_the_sign():
    log = logs_of("regions", 1)[0]
    ask = {"as_of": AS_OF, "group": "region", "adjust_for": ("size",)}
    there = ltc.compare_clock_groups(log.frame, a="north", b="south", **ask)
    back = ltc.compare_clock_groups(log.frame, a="south", b="north", **ask)
    for kpi in ("days_open", "win_rate"):
        d, e = there[kpi].difference, back[kpi].difference
        assert (d.value, d.low, d.high, d.p) == pytest.approx((-e.value, -e.high, -e.low, e.p), rel=1e-8)
        assert (there[kpi].before, there[kpi].after) == (back[kpi].after, back[kpi].before)


@given(st.integers(0, 10_000), st.integers(30, 330))
@settings(max_examples=25, deadline=None)
def test_the_days_of_all_open_work_add_up(seed, change):
    """Each case's days open before and after a change are all its days open."""
    rng = np.random.default_rng(seed)
    n = 60
    begun = rng.integers(0, 360, n)
    stay = rng.geometric(0.02, n) - 1
    open_ = begun + stay > 359
    day = np.datetime64("2024-01-01")
    frame = pd.DataFrame({"case_id": np.arange(n), "entered": day + begun,
                          "exited": np.where(open_, np.datetime64("NaT"), day + np.minimum(begun + stay, 359))})
    from ltcdiag.stats.arms import Axis, arm
    from ltcdiag.stats.windows import around

    table = clock_table(frame, as_of=day + 359)
    before, after = around(table, moment(day + change), seen_from=None, has_control=True)
    parts = [arm(table, Axis(), window, design="all_open_work") for window in (before, after)]
    days = np.zeros(n)
    for part in parts:
        days[part.rows] += part.clock.exit - part.clock.entry + (~part.clock.closed if part is parts[0] else 0)
    expected = np.minimum(begun + stay, 359) - begun
    assert days == pytest.approx(expected)


def test_amounts_in_two_currencies_are_never_added(frame):
    mixed = frame.assign(value=1.0, currency=["CNY", "USD"] * (len(frame) // 2) + ["CNY"] * (len(frame) % 2))
    with pytest.raises(InputError, match="CNY, USD"):
        clock_table(mixed, as_of=AS_OF, needs=("outcome", "value"))
    assert clock_table(mixed, as_of=AS_OF).n       # nobody asks for amounts
    assert clock_table(mixed.assign(currency="CNY"), as_of=AS_OF, needs=("value",)).n
