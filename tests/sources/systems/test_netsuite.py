"""NetSuite: one table of all documents, told apart by type; expectations written by hand from the files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from told import linked, reported, steps_of, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "netsuite"


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "netsuite2")


def test_every_event(log):
    assert told(log) == written("""
        10 2024-01-03 09:00 Opportunity created
        10 2024-02-01 Deal won
        11 2024-01-04 09:00 Opportunity created
        11 2024-01-20 Deal lost
        20 2024-01-15 Quote created
        30 2024-02-01 Order created
        30 2024-02-01 11:00 Order: Pending Approval
        30 2024-02-03 09:30 Order: Pending Fulfillment
        31 2024-02-02 Order created
        31 2024-02-05 Order cancelled
        40 2024-02-10 Goods issued
        41 2024-02-20 12:00 Delivery created
        50 2024-02-12 Invoice posted
        60 2024-03-01 Partial payment received
        61 2024-03-20 Payment received
        70 2024-04-01 Credit memo created
    """)


def test_a_letter_means_what_it_means_for_its_type(log):
    # C: won of an opportunity, cancelled of an order, shipped of a fulfilment; B of a fulfilment is only packed
    assert steps_of(log, "10")[-1:] != ["Order cancelled"]
    assert [activity for key, _, activity in told(log) if key in ("10", "31", "40", "41")] == [
        "Opportunity created", "Deal won", "Order created", "Order cancelled", "Goods issued", "Delivery created"]


def test_purchases_journals_old_versions_and_voids_are_set_aside(log):
    # the bill and its line; the journal; an older version; a voided invoice; a note about a memo
    assert dict(log.ledger.set_aside) == {"purchase": 2, "other_type": 1, "old_version": 1, "voided_undated": 1,
                                          "no_event": 1}
    assert log.ledger.balanced
    deals, quote, orders, invoice, payments, credit = 1_200, 900, 1_000, 900, 900, 50
    assert {each.currency: each.kept for each in log.ledger.money} == {
        "USD": Decimal(deals + quote + orders + invoice + payments + credit)}


def test_lines_and_links_join_the_chain(log):
    assert linked(log) == ["10 20", "20 30", "30 40", "30 41", "30 50", "50 60", "50 61", "50 70"]


def test_people_have_names(log):
    rows = log.tables.store.connection.sql(
        "select distinct resource, department from made where resource like '% %' order by 1").fetchall()
    assert rows == [("Ann Reed", "Sales"), ("Tom Dale", "Finance")]


def test_a_saved_search_names_documents_by_kind_and_number():
    with use("en"):
        log = ltc.read(HERE / "saved_search")
    assert told(log) == written("""
        10 2024-01-03 09:00 Opportunity created
        30 2024-02-13 Order created
        50 2024-02-22 Invoice posted
    """)
    assert linked(log) == ["10 30", "30 50"]
    assert dict(log.ledger.set_aside) == {"purchase": 1}


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
