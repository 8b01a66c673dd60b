"""Where and for whom: a group that is slow at one step is found, one claim a problem; no group is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ltcdiag.domain.reference import load_model
from ltcdiag.findings.context import Context
from ltcdiag.findings.diagnosis import DETECTORS
from ltcdiag.findings.segments import rules, segments
from ltcdiag.measures.observed import observe
from ltcdiag.measures.segment_columns import case_columns
from tests.findings.segment_logs import HEADERS, REVIEW, STEPS, drawn, read


def context_of(log):
    return Context(log, observe(log), load_model(), tuple(log.tables.answer("cases").table["case_id"]))


def asked(frame, lang="en"):
    context = context_of(read(frame, lang=lang))
    return segments(context), rules(context), context


def conditions(found):
    return [({claim.where[key] for key in claim.where if key.endswith("_value")}, claim.where.get("activity"))
            for claim in found.claims]


@pytest.mark.parametrize(("seed", "lang", "starts"), [(1, "zh", True), (2, "en", False)])
def test_a_group_slow_at_one_step_is_one_claim_with_its_days(seed, lang, starts):
    frame, slow = drawn(seed, group={0: 1}, days=18, lang=lang, starts=starts, cases=350)
    found, told, context = asked(frame, lang)
    claim, = found.claims
    assert conditions(found) == [({"B0"}, STEPS[lang][REVIEW])]
    assert claim.to_dict()["where"]["segment"] == {"column": HEADERS[lang][7], "value": "B0"}
    row, = told.table.table.to_dict("records")
    assert row["more_low"] <= 18.5
    assert row["more_high"] >= 17.5
    assert row["cases"] == slow.sum()
    assert row["rule"] == f"{HEADERS[lang][7]} = B0"
    assert abs(row["days_adjusted"] - row["days_more"]) < 3
    assert row["days_per_case"] == pytest.approx(claim.days.value)
    numbers = {name: number for number, name in enumerate(context.case_ids)}
    assert slow[[numbers[case] for case in claim.case_ids]].all()
    assert list(claim.case_days) == sorted(claim.case_days, reverse=True)
    assert all("B0" in claim.title[each] for each in ("zh", "en"))
    assert ("start times" in claim.caveat["en"]) is (not starts)


def test_fifty_cases_of_five_hundred_are_enough():
    frame, slow = drawn(31, group={0: 2}, days=9, skewed=True)
    assert 40 <= slow.sum() <= 75
    found, _, _ = asked(frame)
    assert conditions(found) == [({"C0"}, STEPS["en"][REVIEW])]


@pytest.mark.parametrize(("seed", "more"), [
    (51, {}), (52, {"nested": True, "people": 0.3}), (53, {"skewed": True, "starts": False, "follows": 0.7}),
])
def test_groups_that_do_not_differ_are_no_claim(seed, more):
    found, told, _ = asked(drawn(seed, cases=250, **more)[0])
    assert not found.claims
    assert told.table.table.empty
    assert len(found.table.table) > 100


def test_two_conditions_together_are_told_as_two():
    frame, _ = drawn(61, group={0: 1, 1: 2}, days=25, cases=700)
    found, told, _ = asked(frame)
    assert conditions(found) == [({"B0", "R1"}, STEPS["en"][REVIEW])]
    assert told.table.table["rule"].tolist() == ["region = B0 & product = R1"]
    where = found.claims[0].to_dict()["where"]
    assert (where["segment"], where["segment_2"]) == ({"column": "region", "value": "B0"},
                                                      {"column": "product", "value": "R1"})


def test_a_column_that_goes_with_the_slow_one_is_no_second_claim():
    frame, _ = drawn(71, group={0: 1}, days=18, follows=0.7, cases=350)
    found, _, _ = asked(frame)
    assert conditions(found) == [({"B0"}, STEPS["en"][REVIEW])]


def test_columns_that_say_the_same_are_named_together():
    frame, _ = drawn(72, group={0: 1}, days=18, cases=250)
    team = frame["region"].map(lambda value: f"Team {value}")
    frame["team"] = np.where(frame["case"] == frame["case"].iloc[0], "Team A0", team)     # but for one case
    found, _, _ = asked(frame)
    claim, = found.claims
    assert "Team B0" in claim.evidence["en"] + claim.where["segment_value"]
    assert claim.confidence == "low"


def test_a_group_slow_everywhere_is_told_as_that():
    frame, _ = drawn(81, group={0: 1}, days=4.0, at=(2, 3, 4, 5, 8, 9), cases=350)
    found, _, _ = asked(frame)
    assert {"B0"} in [values for values, activity in conditions(found) if activity is None]
    assert all(values == {"B0"} for values, _ in conditions(found))


def test_a_group_that_is_won_less_often_is_told_in_points():
    frame, slow = drawn(85, group={2: 1}, lost=0.7)
    found, told, context = asked(frame)
    claim, = found.claims
    assert (claim.family, claim.days, claim.where["segment_value"]) == ("leakage", None, "W2")
    assert claim.contrast.low > 0.05
    names = set(frame.loc[frame["activity"] == "Deal lost", "case"])
    lost = [[case in names for case, here in zip(context.case_ids, slow, strict=True) if here == side]
            for side in (True, False)]
    row, = told.table.table.to_dict("records")
    assert row["share_fewer_won"] == pytest.approx(np.mean(lost[0]) - np.mean(lost[1]), abs=0.15)
    assert set(claim.case_ids) <= names
    assert np.isnan(row["days_more"])


def test_what_one_person_does_is_no_finding_about_a_group():
    frame, _ = drawn(91, group={0: 1}, days=18, cases=250)
    frame["owner"] = "u" + frame["region"]
    found, _, _ = asked(frame)
    assert not [claim for claim in found.claims if claim.where.get("activity") == STEPS["en"][REVIEW]]


# ---- columns ---------------------------------------------------------------------------------------------------


def columns_of(frame, **more):
    context = context_of(read(frame, **more))
    return {column.name: column for column in case_columns(context.log, context.facts)}


def test_only_what_a_case_has_from_its_beginning_groups_it():
    frame, _ = drawn(5, cases=120)
    later = frame.groupby("case").cumcount()
    frame["status"] = "open"
    frame["sales rep"] = "Rep " + frame["region"]
    frame["warehouse"] = np.where(later > 3, "W" + frame["region"], "")
    frame["moves"] = np.where(later == 0, "X" + frame["region"], "Y" + frame["region"])
    frame["reference"] = frame["case"].str[1:] + "r"
    frame["fixed"] = "one"
    assert list(columns_of(frame)) == ["amount", "region", "product", "channel", "customer type"]


def test_a_value_that_changes_is_the_first_one_and_amounts_are_cut_in_thirds():
    frame, _ = drawn(6, cases=200)
    last = frame.groupby("case").cumcount(ascending=False) == 0
    third = frame["case"].isin(sorted(set(frame["case"]))[::3])
    first = frame.groupby("case")["region"].transform("first")
    frame.loc[last & third, "region"] = "Elsewhere"
    found = columns_of(frame)
    region, amount = found["region"], found["amount"]
    assert region.names == ("A0", "B0", "C0", "D0", "E0")
    assert region.changing == int((last & third).sum())
    by_case = first.groupby(frame["case"]).first()
    assert [region.names[code] for code in region.code] == by_case.tolist()
    assert np.bincount(amount.code).min() >= 60
    worth = frame.groupby("case")["amount"].first().to_numpy()
    assert worth[amount.code == 0].max() < worth[amount.code == 1].min()
    assert worth[amount.code == 1].max() < worth[amount.code == 2].min()
    assert amount.said(2).startswith("amount > ")


# ---- the whole -------------------------------------------------------------------------------------------------


def test_a_diagnosis_asks_both_and_the_search_says_the_same_each_time():
    assert (DETECTORS["segments"], DETECTORS["rules"]) == (segments, rules)
    log = read(drawn(1, group={0: 1}, days=18, cases=200)[0])
    first, again = (segments(context_of(log)) for _ in range(2))
    assert first.table.table.equals(again.table.table)
    assert [one.to_dict() for one in first.claims] == [one.to_dict() for one in again.claims]
    assert first.claims[0].to_dict()["where"]["segment"] == {"column": "region", "value": "B0"}


def test_a_log_without_such_columns_or_with_few_cases_has_empty_tables():
    frame, _ = drawn(2, cases=300)
    bare = frame[["case", "activity", "time"]]
    few = frame[frame["case"] < "K0030"]
    for part in (bare, few):
        found, told, _ = asked(pd.DataFrame(part))
        assert not found.claims
        assert found.table.table.empty
        assert told.table.table.empty
