"""Three ledgers: planted hours and money come back, nothing is counted twice, and without a rate there is no money."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace

import pytest

import ltcdiag as ltc
from ltcdiag.domain.prices import Prices, prices_of
from ltcdiag.domain.reference import load_model
from ltcdiag.findings.bottlenecks import bottlenecks
from ltcdiag.findings.context import Context
from ltcdiag.findings.handovers import handovers
from ltcdiag.findings.ranks import ranked
from ltcdiag.findings.rework import rework
from ltcdiag.findings.value import notes_of, priced, settled
from ltcdiag.measures.observed import observe
from tests.findings.looping import looping_log
from tests.findings.test_claims import chain_log

RATES = prices_of({"currency": "CNY", "cost_of_capital": [0.04, 0.06], "margin": 0.3,
                   "hourly": {"all": [100, 200]}, "minutes": {"all": 90}}, where="")


@lru_cache(maxsize=2)
def planted(starts):
    made = looping_log(80 + starts, back="contract", share=0.25, size=0.3, natural=0.0, starts=starts, cases=300)
    log = ltc.read(made.frame, columns=made.columns)
    context = Context(log, observe(log), load_model(), tuple(ltc.cases(log).table["case_id"]))
    return made, context, [claim for detect in (rework, bottlenecks, handovers) for claim in detect(context).claims]


def valued(starts, prices=RATES):
    _, context, found = planted(starts)
    worth, valuation = priced(found, context, prices)
    told, table = settled(ranked(worth), valuation, 300)
    return SimpleNamespace(findings=told, table=table.table, notes=notes_of(told, valuation),
                           rework=next(finding for finding in told if finding.kind == "rework"))


@pytest.mark.parametrize("starts", [True, False])
def test_planted_hours_and_money_come_back(starts):
    made, found = planted(starts)[0], valued(starts).rework
    worth = {each.ledger: each for each in found.worth}
    hours = made.hours if starts else made.pieces * 1.5
    assert worth["labour"].hours == pytest.approx(hours, rel=0.1)
    assert float(worth["labour"].value) == pytest.approx(150 * hours, rel=0.1)
    assert float(worth["labour"].low) == pytest.approx(100 * hours, rel=0.1)
    assert float(worth["cash"].value) == pytest.approx(0.05 * made.money_days / 365, rel=0.1)
    assert float(worth["cash"].high) == pytest.approx(1.2 * float(worth["cash"].value), rel=1e-6)
    assert {each.currency for each in found.worth} == {"CNY"}


@pytest.mark.parametrize("starts", [True, False])
def test_findings_and_the_rest_make_the_total_of_each_ledger(starts):
    found = valued(starts)
    assert set(found.table["value_ledger"]) == {"labour", "cash"}
    for _, rows in found.table.groupby("value_ledger"):
        for column in ("worth", "worth_low", "worth_high", "hours"):
            parts = rows[rows["value_part"] != "total"][column].fillna(0.0)
            total = rows[rows["value_part"] == "total"][column].fillna(0.0)
            assert (parts >= 0).all()
            assert parts.sum() == pytest.approx(total.sum())


def test_what_is_seen_from_another_side_is_contained_in_the_first():
    _, context, found = planted(True)
    twin = replace(found[0], ledger="none", where={**found[0].where, "seen": "from another side"})
    worth, valuation = priced([*found, twin], context, RATES)
    told, table = settled(ranked(worth), valuation, 300)
    other = next(f for f in told if "seen" in f.where)
    first = next(f for f in told if f.where == found[0].where)
    assert other.worth == ()
    assert set(table.table[table.table["finding"] == other.id]["contained_in"]) == {first.id}
    assert first.id in other.evidence["zh"]
    assert first.worth == valued(True).rework.worth


def test_the_rates_stand_beside_the_money_in_both_languages():
    found = valued(True)
    assert any("100–200" in note["zh"] for note in found.notes)
    assert any("4–6%" in note["en"] for note in found.notes)
    assert all("CNY" in found.rework.evidence[lang] for lang in ("zh", "en"))
    assert {each["ledger"] for each in found.rework.to_dict()["worth"]} == {"labour", "cash"}


def test_without_rates_hours_are_shown_and_no_money():
    for starts in (True, False):
        found = valued(starts, Prices())
        assert all(finding.worth == () for finding in found.findings)
        assert any("No rates were given" in note["en"] for note in found.notes)
        assert found.table["worth"].isna().all()
        assert bool(found.table["hours"].sum() > 0) == starts
        assert ("measured from recorded starts" in found.rework.evidence["en"]) == starts


def test_rates_of_another_currency_price_hours_and_leave_amounts_alone():
    _, context, found = planted(True)
    worth, valuation = priced(found, context, prices_of({"currency": "EUR", "cost_of_capital": 0.05, "hourly": 40},
                                                        where=""))
    assert {each.ledger for finding in worth for each in finding.worth} == {"labour"}
    assert any("currencies are not converted" in note["en"] for note in valuation.lacking)


def test_a_file_of_rates_reaches_the_diagnosis(tmp_path):
    file = tmp_path / "prices.toml"
    file.write_text('currency = "CNY"\nhourly = 100\nminutes = 30\n', encoding="utf-8")
    diagnosis = ltc.diagnose(chain_log(cases=60, loops=24), prices=file)
    labour = diagnosis.table("value").table.set_index("value_part")
    assert labour.loc["total", "hours"] == pytest.approx((60 * 9 + 24 * 2) * 0.5)
    assert labour.loc["finding", "worth"] == pytest.approx(24 * 2 * 50)
