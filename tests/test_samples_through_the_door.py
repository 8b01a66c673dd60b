"""What ltcdiag finds in the sample logs is what their generator planted and counted, number by number."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import ltcdiag as ltc

FOLDER = Path(__file__).parents[1] / "sample_logs"


@pytest.fixture(scope="module", params=["ltc_zh", "ltc_en", "clean_twin"])
def sample(request):
    """The truth of a sample, and its log."""
    told = tomllib.loads((FOLDER / request.param / "truth.toml").read_text(encoding="utf-8"))
    return told, ltc.read(FOLDER / request.param / told["log"]["file"])


def test_counts_and_the_last_moment_are_those_written(sample):
    told, log = sample
    totals = log.ledger.totals
    assert totals["records"] == told["log"]["rows"]
    for name in ("events", "cases", "activities"):
        assert totals[name] == told["log"][name], name
    assert len(ltc.variants(log).table) == told["log"]["variants"]
    assert log.as_of == told["log"]["as_of"]


def test_rows_set_aside_have_the_reason_they_were_made_for(sample):
    told, log = sample
    assert dict(log.ledger.set_aside) == {reason: n for reason, n in told["set_aside"].items() if n}
    assert len(log.ledger.rows()) == sum(told["set_aside"].values())


def test_money_is_that_written(sample):
    told, log = sample
    (money,) = log.ledger.money
    assert money.currency == "CNY"
    assert money.read == Decimal(told["log"]["amount_read_cny"])
    assert money.kept == Decimal(told["log"]["amount_kept_cny"])


def test_open_cases_stay_open(sample):
    told, log = sample
    states = ltc.cases(log).table["state"].value_counts().to_dict()
    assert states["open"] == told["log"]["cases_open"]
    assert states["closed"] == told["log"]["cases"] - told["log"]["cases_open"]


@pytest.mark.parametrize("part", ["bottleneck", "handover"])
def test_the_gap_into_a_planted_step_is_that_planted(sample, part):
    told, log = sample
    gaps = ltc.gaps(log).table
    (gap,) = gaps[gaps["target"] == told[part]["activity"]].to_dict("records")
    assert gap["source"] == told[part]["source"]
    assert gap["moves"] == told[part]["measured"]["moves"]
    assert gap["gap_days_median"] == pytest.approx(told[part]["measured"]["median_gap_days"], abs=1e-5)


def test_the_handover_between_the_departments_is_that_planted(sample):
    told, log = sample
    parties = ltc.handovers(log, by="department").table
    sides = (parties["source"] == told["handover"]["from_department"]) & (
        parties["target"] == told["handover"]["to_department"])
    (move,) = parties[sides].to_dict("records")
    assert move["moves"] == told["handover"]["measured"]["moves"]
    waited = told["handover"]["measured"]["median_wait_days"]
    assert move["gap_days_median"] == pytest.approx(waited, abs=1e-5)


def test_the_rework_is_that_planted(sample):
    told, log = sample
    table = ltc.rework(log).table
    (found,) = table[table["activity"] == told["rework"]["activity"]].to_dict("records")
    assert {name: found[name] for name in ("cases", "cases_repeating", "repeats")} == {
        name: told["rework"]["measured"][name] for name in ("cases", "cases_repeating", "repeats")}
    assert found["share_of_cases"] == pytest.approx(told["rework"]["measured"]["share_of_cases"], abs=1e-5)
