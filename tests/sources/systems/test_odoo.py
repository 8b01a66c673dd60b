"""Odoo: lead and opportunity in one record, quotation and order in one record, the history in messages."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from told import linked, reported, steps_of, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "odoo"


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "database")


def test_every_event(log):
    assert told(log) == written("""
        1 2024-01-03 09:00 Lead created
        1 2024-01-03 10:00 Lead assigned
        1 2024-01-05 14:00 Lead converted
        1 2024-01-08 10:00 History begins here
        1 2024-01-08 10:00 Qualified
        1 2024-01-20 15:00 Proposition
        1 2024-01-20 15:00 Owner changed
        1 2024-02-01 16:00 Won
        2 2024-01-08 09:00 Opportunity created
        2 2024-01-12 10:00 History begins here
        2 2024-01-12 10:00 Qualified
        2 2024-01-20 11:00 Deal lost
        3 2024-01-09 09:00 Lead created
        3 2024-01-09 12:00 Lead assigned
        3 2024-01-15 11:00 Lead disqualified
        4 2024-02-03 09:00 Opportunity created
        4 2024-02-03 09:00 New
        4 2024-02-10 10:00 Qualified
        11 2024-01-25 09:00 Quote created
        11 2024-02-01 15:30 Order created
        12 2024-02-12 09:00 Quote created
        21 2024-02-01 15:31 Delivery created
        21 2024-02-06 10:00 Goods issued
        51 2024-02-07 09:00 Invoice created
        51 2024-02-07 Invoice posted
        52 2024-04-02 Credit memo created
        54 2024-04-03 09:00 Invoice created
        71 2024-03-05 Partial payment received
        72 2024-03-12 Payment received
    """)


def test_a_tracked_label_in_another_language_is_the_stage_of_its_id(log):
    assert "Angebot" not in {activity for _, _, activity in told(log)}


def test_purchases_and_other_records_are_set_aside(log):
    # an incoming picking, a bill and its payment; a tracked change of an invoice
    assert dict(log.ledger.set_aside) == {"purchase": 3, "other_type": 1}
    assert log.ledger.balanced
    records, orders, invoices, payments = 900 + 300 + 0 + 500, 900 + 500, 900 + 100 + 20, 400 + 500
    assert sum(each.kept for each in log.ledger.money) == Decimal(records + orders + invoices + payments)


def test_documents_hang_together_by_id_and_by_name(log):
    assert linked(log) == ["1 11", "11 21", "11 51", "11 52", "11 54", "4 12", "51 52", "51 71", "51 72"]
    assert steps_of(log, "1")[:3] == ["Lead created", "Lead assigned", "Lead converted"]


def test_a_list_export_in_chinese():
    with use("zh"):
        log = ltc.read(HERE / "list_export")
    assert told(log) == written("""
        1 2024-01-03 17:00 创建商机
        1 2024-02-02 赢得
        2 2024-01-08 17:00 创建商机
        2 2024-01-20 19:00 输单
    """)
    assert log.timezone is None     # the user's own clock


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
