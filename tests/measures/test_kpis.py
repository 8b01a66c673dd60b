"""The indicators: each journey against its slow twin on logs with open cases, the laws between them, and what is said
where there is nothing to be said."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import few

import ltcdiag as ltc
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.errors import InputError
from ltcdiag.measures.groups import part_of
from ltcdiag.measures.kpis import COLUMNS
from ltcdiag.words import languages, sentences, use
from tests.measures.kpi_logs import BASE, OWN_WORDS, drawn, frame_of, log_of
from tests.measures.made_steps import steps_of
from tests.stats.naive_estimator import theta

# ---- journeys, slow and obvious ------------------------------------------------------------------------------

LEADS = {"lead_new", "lead_qualified", "lead_disqualified"}
OPPORTUNITIES = {"discovery", "proposal", "won", "lost"}
CONTRACTS = {"contract_signed"}
ORDERS = {"order_confirmed", "accepted"}
CASH = {"invoiced", "paid"}
WON = {"won", "contract_signed"} | ORDERS | CASH
AS_OF = 130
CLOSING = {"lost", "lead_disqualified", "cancelled", "paid", "written_off"}
EARLY = LEADS | OPPORTUNITIES | {OWN_WORDS}
BEFORE_CASH = EARLY | CONTRACTS | ORDERS | {"cancelled", OWN_WORDS}
WAYS = {  # kpi: goal, other ends, where the clock starts (None: with the case), where the case begins (None: anywhere)
    "lead_conversion": ({"lead_qualified", "discovery", "proposal"} | WON, set(), None, {"lead_new", OWN_WORDS}),
    "reach_convert_opportunities": ({"discovery", "proposal"} | WON, set(), None, LEADS | {OWN_WORDS}),
    "reach_contracting": (WON - {"won"}, set(), None, EARLY),
    "reach_fulfilment": (ORDERS | CASH, set(), None, EARLY | CONTRACTS),
    "reach_collections": (CASH, set(), None, BEFORE_CASH),
    "win_rate": (WON, set(), None, EARLY),
    "loss_rate": ({"lost"}, WON, None, EARLY),
    "opportunity_conversion": (WON, set(), {"lead_qualified", "discovery", "proposal"}, None),
    "lead_to_cash_rate": ({"paid"}, set(), None, BEFORE_CASH),
    "sales_cycle_days": (WON, {"lost", "lead_disqualified", "cancelled"}, None, EARLY),
    "days_open": (set(), set(), None, None),
    "lead_to_cash_days": ({"paid"}, set(), None, BEFORE_CASH),
    "order_to_acceptance_days": ({"accepted"}, set(), {"order_confirmed"}, None),
    "collection_cycle_days": ({"paid", "written_off"}, set(), {"invoiced"}, None),
}


def journeys(lives, goal, ends, start, begins):
    """(0, days watched, closed) of each case that sets out, which of them came to the goal, and how many were there
    too early."""
    watched, arrived, too_early = [], [], 0
    for life in lives.values():
        if begins is not None and life[0][0] not in begins:
            continue
        begun = next((n for n, (step, _) in enumerate(life) if start and step in start), None)
        if start and begun is None:
            continue
        before = [step for step, _ in life[:begun or 0]]
        if goal.intersection(before):
            too_early += 1
            continue
        rest = life[begun + 1:] if start else life
        zero = life[begun or 0][1]
        stop = next(((step, day) for step, day in rest if step in goal | ends), None)
        closed = life[-1][0] in CLOSING
        until = stop[1] if stop else life[-1][1] if closed else AS_OF
        watched.append((0.0, float(until - zero), stop is not None or closed))
        arrived.append(stop is not None and stop[0] in goal)
    return watched, arrived, too_early


def value_of(kpi, lives, horizon):
    watched, arrived, _ = journeys(lives, *WAYS[kpi])
    if load_kpis()[kpi].unit == "share":
        return theta(watched, horizon, points=[(n, watched[n][1], 1.0) for n, came in enumerate(arrived) if came])
    return theta(watched, horizon, spans=[(n, 0.0, until, 1.0) for n, (_, until, _) in enumerate(watched)])


seeds = st.integers(0, 10_000)


@few
@given(seeds)
def test_shares_and_cycles_of_logs_with_open_cases_are_those_of_the_slow_twin(seed):
    lives = drawn(seed)
    table = ltc.kpis(log_of(lives)).table.set_index("kpi")
    labels = {step for life in lives.values() for step, _ in life}
    for kpi, way in WAYS.items():
        watched, _, _ = journeys(lives, *way)
        row = table.loc[kpi]
        needed = [steps for steps in way if steps]
        if not all(labels & steps for steps in needed):     # a log without any loss may have lost its losses
            assert pd.isna(row["value"]), kpi
            continue
        assert (row["n"], row["open"]) == (len(watched), sum(not closed for *_, closed in watched)), kpi
        if len(watched) >= 20:
            assert row["value"] == pytest.approx(value_of(kpi, lives, row["horizon_days"]), abs=1e-9), kpi
        else:
            assert pd.isna(row["value"]), kpi


# ---- laws ----------------------------------------------------------------------------------------------------


@few
@given(seeds)
def test_days_in_main_stages_and_the_other_days_add_up_to_the_days_open(seed):
    table = ltc.kpis(log_of(drawn(seed))).table.set_index("kpi")
    parts = [kpi for kpi in table.index if kpi.startswith("days_in_")] + ["days_elsewhere"]
    assert len(parts) == 6
    assert table.loc[parts, "value"].sum() == pytest.approx(table.loc["days_open", "value"], abs=1e-9)
    passed = table.loc[["first_pass_days", "rework_days"], "value"].sum()
    assert passed == pytest.approx(table.loc["days_open", "value"], abs=1e-9)


@few
@given(seeds)
def test_values_lie_within_their_bounds_and_intervals(seed):
    table = ltc.kpis(log_of(drawn(seed))).table
    known = table[table["value"].notna() & table["low"].notna()]
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    shares = known[known["unit"] == "share"]
    assert ((shares["low"] >= 0) & (shares["high"] <= 1)).all()
    assert (known["low"] >= 0).all()
    days = known[(known["unit"] == "days")]
    assert (days["value"] <= days["horizon_days"]).all()


@few
@given(seeds, st.integers(2, 5))
def test_the_rows_of_a_group_are_those_of_the_log_filtered_to_it(seed, groups):
    lives = drawn(seed, cases=70)
    region = {case: f"region {(sum(case.encode()) + seed) % groups}" for case in lives}
    log = log_of(lives, region=region)
    table = ltc.kpis(log, by="region").table
    numbers = ["value", "low", "high", "unit", "n", "open", "horizon_days", "method"]
    for segment, rows in table[table["segment"].notna()].groupby("segment"):
        alone = ltc.kpis(log.where(ltc.Attribute("region", (segment,)))).table
        pd.testing.assert_frame_equal(rows.set_index("kpi")[numbers], alone.set_index("kpi")[numbers])


@few
@given(seeds)
def test_a_later_main_stage_is_reached_by_no_more_cases_where_all_begin_as_leads_and_are_over(seed):
    over = {case: life for case, life in drawn(seed, cases=250).items()
            if life[0][0] == "lead_new" and life[-1][0] in CLOSING}
    log = log_of({**over, "last": [("lead_new", 130), ("lost", 130)]})
    table = ltc.kpis(log, horizon_days=20).table.set_index("kpi")
    funnel = table.loc[[kpi for kpi in table.index if kpi.startswith("reach_")], "value"]
    assert funnel.notna().all()
    assert all(late <= early for early, late in pairwise(funnel))


def test_the_steps_of_some_cases_are_those_of_the_log_filtered_to_them():
    log = log_of(drawn(11))
    names = log.tables.answer("cases").table["case_id"]
    whole, chosen = log.tables.steps(), [7, 2, 30, 2]
    part = part_of(whole, np.array(chosen))
    alone = log.where(ltc.CaseIs(tuple(names[chosen]))).tables.steps()
    for name in ("case", "label", "party", "person", "started", "ended", "entered", "left", "closed"):
        assert getattr(part, name).tolist() == getattr(alone, name).tolist()
    assert (part.labels, part.known, part.as_of) == (alone.labels, alone.known, alone.as_of)


# ---- by hand -------------------------------------------------------------------------------------------------


def test_a_loop_takes_the_days_until_the_step_is_done_again():
    # each case does x, y, z, goes back to y, and ends: 5 - 1 days between y and y again, in half of the cases
    back = [("x", 0), ("y", 1), ("z", 2), ("y", 5), ("e", 6)]
    straight = [("x", 0), ("y", 1), ("e", 6)]
    lives = {f"c{n}": back if n % 2 else straight for n in range(40)}
    lives["last"] = [("x", 0), ("y", 90), ("e", 91)]
    log = ltc.read(frame_of(lives), ends=["e"])
    late, soon = (ltc.kpis(log, horizon_days=days).table.set_index("kpi")["value"] for days in (30, 3))
    assert late["rework_rate"] == pytest.approx(20 / 41)
    assert late["rework_days"] == pytest.approx(4 * 20 / 41)
    assert soon["rework_rate"] == soon["rework_days"] == 0  # no loop has closed by then


def test_what_was_paid_before_it_was_invoiced_is_left_out_of_the_collection_cycle_and_said():
    usual = [("order_confirmed", 0), ("invoiced", 4), ("paid", 14)]
    early = [("order_confirmed", 0), ("paid", 1), ("invoiced", 4), ("paid", 5)]
    never = [("order_confirmed", 0), ("paid", 6)]
    lives = {f"{kind}{n}": life for kind, life in (("u", usual), ("e", early), ("n", never)) for n in range(25)}
    with use("en"):
        table = ltc.kpis(log_of({**lives, "last": [("order_confirmed", 60), ("paid", 100)]})).table.set_index("kpi")
    row = table.loc["collection_cycle_days"]
    assert (row["value"], row["n"]) == (pytest.approx(10.0), 25)
    assert "(25)" in row["note"]


def test_cases_that_begin_with_the_order_were_never_leads():
    lives = {f"o{n}": [("order_confirmed", 0), ("paid", 10)] for n in range(30)}
    lives |= {f"l{n}": [("lead_new", 0), ("won" if n % 2 else "lost", 5), *([("paid", 9)] if n % 2 else [])]
              for n in range(40)}
    lives["last"] = [("order_confirmed", 50), ("paid", 100)]
    table = ltc.kpis(log_of(lives)).table.set_index("kpi")
    assert (table.loc["win_rate", "n"], table.loc["win_rate", "value"]) == (40, pytest.approx(0.5))
    assert table.loc["days_open", "n"] == 71
    assert pd.isna(table.loc["order_to_acceptance_days", "value"])


def test_one_horizon_can_be_asked_for_and_is_refused_where_nobody_was_watched_that_long():
    log = log_of(drawn(5, cases=80))
    table = ltc.kpis(log, horizon_days=20).table
    assert set(table["horizon_days"].dropna()) == {20}
    with use("en"):
        far = ltc.kpis(log, horizon_days=500).table
    assert far["value"].isna().all()
    assert far.loc[far["n"] > 0, "note"].str.contains("500").all()
    with pytest.raises(InputError):
        ltc.kpis(log, horizon_days=0)


# ---- what is missing is said ---------------------------------------------------------------------------------


def notes_of(log, **options):
    table = ltc.kpis(log, **options).table.set_index("kpi")
    assert set(table.index) == set(load_kpis())
    return table, table["note"]


UNSTAGED = {"days_open", "first_pass_days", "rework_rate", "rework_days"}


def test_a_log_without_known_words_gives_what_needs_no_stage_and_says_what_the_rest_needs():
    lives = {f"c{n}": [("甲一", n % 30), ("乙二", n % 30 + 3), *([("丙三", n % 30 + 9)] if n % 3 else [])]
             for n in range(60)}
    with use("en"):
        table, notes = notes_of(ltc.read(frame_of(lives), ends=["丙三"]))
    assert set(table.index[table["value"].notna()]) == UNSTAGED
    for kpi in set(table.index) - UNSTAGED:
        assert load_kpis()[kpi].needs("en") in notes[kpi]


def test_where_nobody_knows_what_is_over_no_number_is_given():
    lives = {f"c{n}": [("lead_new", n), ("proposal", n + 5), ("order_confirmed", n + 9), ("invoiced", n + 12)]
             for n in range(40)}
    log = log_of(lives)
    assert log.closedness == "unknown"
    with use("en"):
        table, notes = notes_of(log)
    assert table["value"].isna().all()
    assert (notes != "").all()
    assert "which cases are over" in notes["days_open"]


def test_too_few_and_too_young_logs_say_so():
    alone = {f"c{n}": [("lead_new", 0), ("won", 9), ("paid", 60)] for n in range(19)}
    with use("en"):
        table, notes = notes_of(log_of(alone))
        assert table["value"].isna().all()
        assert "19" in notes["days_open"]
        young = {f"c{n}": [("lead_new", n % 3), ("won", 4), ("paid", 5)] for n in range(60)}
        table, notes = notes_of(log_of(young))
    assert table["value"].isna().all()
    assert "too young" in notes["win_rate"]


def test_a_log_without_cases_has_its_rows():
    log = log_of(drawn(3)).where(ltc.CaseIs(("nobody",)))
    table, notes = notes_of(log)
    assert table["value"].isna().all()
    assert (notes != "").all()


# ---- groups --------------------------------------------------------------------------------------------------


def test_small_groups_are_said_to_be_small_and_the_rest_to_be_left_out():
    lives = drawn(8, cases=120)
    names = sorted(lives)
    city = {case: f"city {n % 30:02}" for n, case in enumerate(names) if n % 10}
    city |= dict.fromkeys(names[:60:2], "city 00")
    log = log_of(lives, city=city)
    with use("en"):
        found = ltc.kpis(log, by="city")
        text = str(found)
    sizes = pd.Series(city).value_counts()
    segments = found.table["segment"].dropna().unique()
    assert len(segments) == 20
    assert sizes[segments].is_monotonic_decreasing
    small = found.table[found.table["segment"].isin(segments[1:])]
    assert small["value"].isna().all()
    assert small["note"].str.contains("Too few").sum() >= 19
    rest = sizes.drop(segments)
    assert f"{len(rest)} more ({rest.sum()} cases)" in text
    assert f"({len(lives) - len(city)})" in text


def test_a_case_with_several_values_counts_under_each_and_that_is_said():
    lives = {f"c{n}": [("lead_new", 0), ("won", 9), ("paid", 60)] for n in range(50)}
    frame = frame_of(lives)
    frame["desk"] = ["one" if step == "线索录入" else "two" for step in frame["activity"]]
    found = ltc.kpis(ltc.read(frame), by="desk")
    table = found.table.set_index(["segment", "kpi"])
    assert table.loc[("one", "days_open"), "n"] == table.loc[("two", "days_open"), "n"] == 50
    assert "50" in found.remarks[-1]["en"]


def test_a_group_with_a_horizon_of_its_own_says_that_it_does_not_compare():
    life = [("lead_new", 0), ("won", 5), ("paid", 12)]
    lives = {f"old {n}": life for n in range(40)} | {f"new {n}": [(step, 100 + day) for step, day in life]
                                                    for n in range(40)}
    log = log_of({**lives, "last": [("lead_new", 0), ("lost", 140)]}, age={case: case[:3] for case in lives})
    with use("en"):
        notes = ltc.kpis(log, by="age").table.set_index(["segment", "kpi"])["note"]
        asked = ltc.kpis(log, by="age", horizon_days=30).table.set_index(["segment", "kpi"])["note"]
    assert "the whole (120 days)" in notes[("new", "win_rate")]
    assert notes[("old", "win_rate")] == asked[("new", "win_rate")] == ""


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    lives = drawn(1)
    log = log_of(lives, region=dict.fromkeys(lives, "x"))
    with use("en"), pytest.raises(InputError, match=r"no table has a column 'Region'(?s:.*)one of: .*\bregion\b"):
        ltc.kpis(log, by="Region")


def test_a_group_is_kept_by_the_filter_of_its_row():
    lives = drawn(4, cases=80)
    log = log_of(lives, region={case: "NS"[n % 2] for n, case in enumerate(lives)})
    found = ltc.kpis(log, by="region")
    last = len(found.table)
    assert log.where(found.filter(last)).cases == len(lives) // 2
    with pytest.raises(InputError):
        found.filter(1)


# ---- what a person and a program read ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", languages())
def test_the_shown_form_has_names_intervals_and_notes_of_its_language(lang):
    lives = drawn(6, cases=80)
    with use(lang):
        found = ltc.kpis(log_of(lives, area=dict.fromkeys(lives, "<b>&")), by="area")
        page, line = found._repr_html_(), str(found)
    with use({"zh": "en", "en": "zh"}[lang]):
        other = found._repr_html_()
    card = load_kpis()["win_rate"]
    assert card.name(lang) in page
    assert card.name({"zh": "en", "en": "zh"}[lang]) in other
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page
    assert {"zh": "不在内", "en": "Left out"}[lang] in page
    assert {"zh": "不在内", "en": "Left out"}[lang] not in other
    assert load_kpis()["lead_conversion"].name(lang) in line
    assert found.definition("win_rate", lang) == card.definition(lang)
    with pytest.raises(InputError, match="win_rat"):
        found.definition("win_rat")


def test_columns_have_names_and_stay_as_documented():
    found = ltc.kpis(log_of(drawn(2)))
    assert tuple(found.table.columns) == COLUMNS
    assert {*COLUMNS, *found.shown_columns, "KpiTable"} <= set(sentences("columns"))


def test_a_share_and_a_mean_are_told_with_their_intervals():
    lives = {f"c{n}": [("lead_new", 0), ("lost" if n % 2 else "won", 10), *([] if n % 2 else [("paid", 20)])]
             for n in range(100)}
    lives["last"] = [("lead_new", 0), ("won", 10), ("paid", 100)]
    with use("en"):
        rows = {row[0]: row[1] for row in ltc.kpis(log_of(lives)).shown(99, "en")}
    assert rows["Win rate"] == "50% (41%–60%)"
    assert rows["Sales cycle"] == "10.0 days (10.0–10.0)"
    assert rows["Share with rework"].startswith("0.0%")
    assert rows["Rework days"] == "0.0 days"


@few
@given(seeds)
def test_the_json_form_is_complete_and_says_why_a_value_is_missing(seed):
    lives = drawn(seed)
    found = ltc.kpis(log_of(lives, region=dict.fromkeys(list(lives)[:25], "north")), by="region")
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["schema"] == "ltcdiag.kpis/1"
    assert [entry["kpi"] for entry in told["kpis"]] == [*load_kpis()] * 2
    for entry in told["kpis"]:
        assert {"kpi", "value", "low", "high", "unit", "n", "open", "horizon_days", "method", "name",
                "definition"} <= set(entry)
        assert entry["value"] is not None or set(entry["note"]) == set(languages())
        assert set(entry["name"]) == set(entry["definition"]) == set(languages())
    assert [entry.get("segment") for entry in told["kpis"]] == [None] * len(load_kpis()) + ["north"] * len(load_kpis())


def test_the_report_writes_the_same_numbers(tmp_path):
    log = log_of(drawn(9, cases=60))
    written = ltc.report(log, tmp_path / "out", lang="en")
    told = json.loads((written.folder / "kpis.json").read_text("utf-8"))
    with use("en"):
        assert told["kpis"] == ltc.kpis(log).to_dict()["kpis"]
    assert told["as_of"].startswith(f"{BASE + pd.Timedelta(days=130):%Y-%m-%d}")


# ---- real logs -----------------------------------------------------------------------------------------------


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["receipt.xes.gz", "production.csv.gz", "bpic2020_RequestForPayment.xes.gz"])
def test_real_logs_of_other_processes_have_every_row_and_a_reason_for_each_gap(real_data, name):
    found = ltc.kpis(ltc.read(real_data / "logs" / name))
    assert set(found.table["kpi"]) == set(load_kpis())
    assert (found.table["value"].notna() | (found.table["note"] != "")).all()
    assert found.table["value"].isna().any()


def test_where_a_case_stands_goes_with_it_into_its_group():
    whole = replace(steps_of([(0, None, [(0, 5, None, 0, 0)]), (0, None, [(1, 7, None, 0, 0)]), (3, 9, [])]),
                    standing={0: 2, 1: 3})
    assert part_of(whole, np.array([1, 2])).standing == {0: 3}
    assert part_of(whole, np.array([0, 1])).standing == {0: 2, 1: 3}
