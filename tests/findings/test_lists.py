"""The lists beside the ledger: money that waits, levers, deals that are stuck; and the order of the findings."""

from __future__ import annotations

import numpy as np
import pytest

import ltcdiag as ltc
from ltcdiag.domain.reference import load_model
from ltcdiag.findings.context import Context
from ltcdiag.findings.ranks import LARGEST
from ltcdiag.findings.stage_money import stage_money
from ltcdiag.measures.observed import observe
from tests.findings.problems import made


@pytest.fixture(scope="module")
def planted():
    return made(31, "bottleneck", "strong", cases=300)


@pytest.fixture(scope="module")
def log(planted):
    return ltc.read(planted.frame, columns=planted.columns)


@pytest.fixture(scope="module")
def diagnosis(log):
    return ltc.diagnose(log)


def context_of(log):
    return Context(log, observe(log), load_model(), tuple(ltc.cases(log).table["case_id"]))


def test_money_by_stage_adds_up_to_the_days_open_by_amount(log):
    """Where every case is closed the estimator is a plain mean: amount times days, case by case."""
    closed = log.where(ltc.StateIs("closed"))
    context = context_of(closed)
    found = stage_money(context)
    cases = ltc.cases(closed).table
    amounts = context.facts.amounts.value
    by_hand = float(np.mean(amounts * np.minimum(cases["days"].to_numpy(), found.horizon)))
    assert found.table["money_days_per_case"].sum() == pytest.approx(by_hand, rel=1e-9)
    assert found.table["share_of_money_days"].sum() == pytest.approx(1)
    assert found.table["share_without_largest"].sum() == pytest.approx(1)


def test_three_large_deals_do_not_hide(planted):
    """Three deals a thousand times as large that wait in one stage: first with them, not without."""
    frame = planted.frame.copy()
    case, step, amount = planted.columns["case"], planted.columns["activity"], planted.columns["amount"]
    through = frame[frame[step] == "商务谈判"][case].unique()[:3]
    frame.loc[frame[case].isin(through), amount] = "900000000.00"
    late = frame[case].isin(through) & (frame[step] == "商务谈判")
    assert late.sum() == 3
    found = stage_money(context_of(ltc.read(frame, columns=planted.columns))).table.set_index("stage")
    calm = stage_money(context_of(ltc.read(planted.frame, columns=planted.columns))).table.set_index("stage")
    assert abs(found["share_of_money_days"] - calm["share_of_money_days"]).max() > 0.05
    assert abs(found["share_without_largest"] - calm["share_without_largest"]).max() < 0.02


def test_the_shares_without_the_largest_are_those_of_a_log_that_does_not_know_their_amounts(planted):
    """And where the largest are all that have an amount, nothing is left to share."""
    case, amount = planted.columns["case"], planted.columns["amount"]
    sizes = planted.frame.assign(size=planted.frame[amount].astype(float)).groupby(case)["size"].max()
    largest = planted.frame[case].isin(sizes.sort_values(ascending=False, kind="stable").index[:LARGEST])

    def shares(frame):
        return stage_money(context_of(ltc.read(frame, columns=planted.columns))).table.set_index("stage")

    few, many = (planted.frame.copy() for _ in range(2))
    few.loc[largest, amount], many.loc[~largest, amount] = "", ""
    expected = shares(few)["share_of_money_days"]
    found = shares(planted.frame)["share_without_largest"]
    assert found.to_dict() == pytest.approx(expected.reindex(found.index, fill_value=0.0).to_dict())
    assert shares(many)["share_without_largest"].isna().all()


def test_a_log_without_amounts_has_no_list_of_money(planted):
    columns = {role: name for role, name in planted.columns.items() if role not in ("amount", "currency")}
    frame = planted.frame.drop(columns=[planted.columns["amount"], planted.columns["currency"]])
    found = ltc.diagnose(ltc.read(frame, columns=columns))
    assert "money" not in found.tables
    assert all(finding.money_days is None and "money" not in finding.ranks for finding in found)
    days = [finding.days.value for finding in found if finding.days]
    assert days == sorted(days, reverse=True)


def test_the_planted_step_is_first_in_every_list_that_knows_it(planted, diagnosis):
    step = planted.place["activity"][0]
    first = next(finding for finding in diagnosis if finding.kind == "bottleneck")
    assert first.where["activity"] == step
    assert {name: first.ranks[name] for name in ("days", "money", "lever")} == {"days": 1, "money": 1, "lever": 1}
    lever = diagnosis.table("lever")
    assert lever.table["step"].iloc[0] == step
    assert lever.modelled == pytest.approx(lever.estimated, rel=0.03)
    assert str(round(lever.table["days_gained"].iloc[0], 1)) in first.evidence["zh"]


def test_findings_stand_in_the_order_of_the_money_that_waits(log, diagnosis):
    money = [finding.money_days.value if finding.money_days else 0.0 for finding in diagnosis]
    assert money == sorted(money, reverse=True)
    first = diagnosis[0]
    amounts = dict(zip(ltc.cases(log).table["case_id"], context_of(log).facts.amounts.value, strict=True))
    by_hand = sum(amounts[case] * days for case, days in zip(first.case_ids, first.case_days, strict=True))
    assert first.money_days.value == pytest.approx(by_hand)


def test_stuck_cases_are_open_and_late(log, diagnosis):
    table = diagnosis.table("stuck").table
    states = ltc.cases(log).table.set_index("case_id")["state"]
    assert len(table)
    assert set(states[table["case_id"]]) == {"open"}
    assert (table["days_here"] > table["late_days"]).all()
    assert table["amount"].is_monotonic_decreasing
    found = diagnosis.table("stuck")
    assert found.n + found.unjudged <= found.open
