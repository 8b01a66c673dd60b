"""One invented company, CRM and ERP and finance in one folder: exactly the planted breaks are reported, with their
money. The truth is the generator's own (`truth.toml`); ltcdiag had no part in it."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import ltcdiag as ltc

FOLDER = Path(__file__).parents[1] / "sample_logs" / "end_to_end"
TRUTH = tomllib.loads((FOLDER / "truth.toml").read_text(encoding="utf-8"))
BREAKS = {
    "won_without_contract": ("opportunity", "contract", "broken"),
    "contracts_without_order": ("contract", "order", "broken"),
    "orders_without_invoice": ("order", "invoice", "broken"),
    "invoices_without_money": ("invoice", "payment", "broken"),
    "contracts_of_unknown_deals": ("opportunity", "contract", "orphan"),
    "payments_of_unknown_invoices": ("invoice", "payment", "orphan"),
}


@pytest.fixture(scope="module")
def log():
    return ltc.read(FOLDER)


@pytest.fixture(scope="module")
def silos(log):
    found = [finding for finding in ltc.diagnose(log) if finding.kind == "silo"]
    return {(finding.where["source"], finding.where["target"], finding.where["break"]): finding for finding in found}


def test_exactly_the_planted_breaks_are_found(silos):
    assert set(silos) == set(BREAKS.values())


@pytest.mark.parametrize("name", list(BREAKS))
def test_each_break_by_its_ids_and_its_money(silos, name):
    planted, found = TRUTH["breaks"][name], silos[BREAKS[name]]
    assert sorted(found.case_ids) == planted["ids"]
    money = {each.currency: each.value for each in found.at_stake}
    wanted = {"CNY": Decimal(planted["cny"]), "USD": Decimal(planted["usd"])}
    assert money == {currency: value for currency, value in wanted.items() if value}


def test_what_only_waits_is_no_break(log, silos):
    waiting = {ident for link in TRUTH["links"].values() for ident in link["waiting_ids"]}
    assert waiting
    assert not waiting & {ident for finding in silos.values() for ident in finding.case_ids}
    table = ltc.diagnose(log).table("silo").table.set_index(["source_type", "target_type"])
    assert (table["ready"] == table["linked"] + table["waiting"] + table["broken"]).all()


def test_the_report_tells_them_in_its_files(log, tmp_path):
    ltc.report(log, tmp_path / "out", lang="en")
    findings = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))["findings"]
    silo = next(each for each in findings if each["kind"] == "silo" and each["where"]["source"] == "opportunity"
                and each["where"]["break"] == "broken")
    assert silo["amounts_at_stake"] == [{"value": "1463000", "currency": "CNY"}, {"value": "9000", "currency": "USD"}]
    rows = (tmp_path / "out" / silo["case_file"]).read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + TRUTH["breaks"]["won_without_contract"]["count"]


def test_all_rows_are_accounted_for(log):
    read = {Path(file.file).name: file.records for file in log.ledger.files}
    assert {name: read[name] for name in TRUTH["rows"]} == TRUTH["rows"]
    assert log.ledger.balanced
    purchases = sum(step.set_aside.get("purchase", 0) for step in log.ledger.steps)
    assert purchases > 0


def test_what_comes_after_the_last_payment_does_not_open_a_case_again(log):
    events = log.tables.answer("points").table
    after = {"续约", "续约成功", "未续约", "满意度回访", "确认收入", "提交服务工单", "关闭服务工单"}
    rest = events[~events["activity"].isin(after)]
    last = rest.groupby("case_id", observed=True)["activity"].last()
    paid = set(last[last == "回款"].index)
    assert paid
    cases = log.tables.answer("cases").table.set_index("case_id")
    assert set(cases.loc[sorted(paid), "state"]) == {"closed"}
    followed = {case for case in paid if events.loc[events["case_id"] == case, "activity"].isin(after).any()}
    assert followed
