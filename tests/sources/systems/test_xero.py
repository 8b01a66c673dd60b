"""Xero: sales without purchases, and what was paid or only cleared; expectations written by hand from the files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from told import linked, reported, steps_of, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "xero"


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "fivetran")


def test_every_event(log):
    assert told(log) == written("""
        in-1 2024-03-01 Invoice posted
        in-2 2024-03-05 Invoice posted
        in-7 2024-04-01 Invoice posted
        cn-1 2024-03-20 Credit memo created
        p-1 2024-03-15 Partial payment received
        p-2 2024-04-02 Payment received
        in-2 2024-03-20 Receivable cleared without cash
        in-7 2024-05-05 Payment received
        p-5 2024-05-10 Refund paid
    """)


def test_purchases_deleted_voided_and_drafts_are_set_aside(log):
    # a bill, its payment and its credit; a deleted invoice and payment; a voided invoice; a draft
    assert dict(log.ledger.set_aside) == {"purchase": 3, "deleted": 2, "voided_undated": 1, "no_event": 1}
    assert log.ledger.balanced
    money = {each.currency: each.kept for each in log.ledger.money}
    assert money["GBP"] == Decimal(500 + 80 + 90 + 100)     # three invoices and a credit note


def test_the_day_of_full_payment_gives_way_to_the_payments(log):
    assert steps_of(log, "in-1") == ["Invoice posted", "Partial payment received", "Payment received"]
    assert steps_of(log, "in-7") == ["Invoice posted", "Payment received"]      # no payment is known but the day


def test_a_credit_note_clears_and_pays_nothing(log):
    assert linked(log) == ["cn-1 p-5", "in-1 p-1", "in-1 p-2", "in-2 cn-1"]
    assert "Payment received" not in steps_of(log, "in-2")


def test_answers_of_the_api():
    with use("en"):
        log = ltc.read(HERE / "api")
    assert told(log) == written("""
        in-1 2024-03-01 Invoice posted
        p-1 2024-03-15 Partial payment received
        p-2 2024-04-02 Payment received
    """)
    assert log.ledger.set_aside["purchase"] == 1


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
