"""Dynamics 365: the status beats the sales stage; expectations written by hand from the files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from told import reported, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "dynamics"


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "view")


def test_every_event(log):
    assert told(log) == written("""
        6f1c-1 2024-01-03 09:15 Opportunity created
        6f1c-1 2024-01-03 09:15 Qualify
        6f1c-1 2024-01-22 16:00 Propose
        6f1c-1 2024-02-10 09:00 Amount changed
        6f1c-1 2024-02-26 14:30 Close
        6f1c-1 2024-02-26 14:30 Deal won
        6f1c-2 2024-01-08 10:00 Opportunity created
        6f1c-2 2024-02-20 10:05 Deal lost
        6f1c-3 2024-02-03 11:00 Opportunity created
    """)
    assert dict(log.ledger.set_aside) == {"other_type": 1}      # a change of an account
    assert log.ledger.balanced


def test_money_is_what_came_or_else_what_was_hoped_for(log):
    assert [each.kept for each in log.ledger.money] == [Decimal(880 + 300 + 500)]


def test_a_view_alone_tells_what_to_ask_for():
    with use("zh"):
        log = ltc.read(HERE / "view_zh")
    assert told(log) == written("""
        四号线 2024-01-03 09:15 创建商机
        四号线 2024-02-26 14:30 赢单
        五号线 2024-01-08 10:00 创建商机
        五号线 2024-02-20 10:05 输单
    """)
    assert any("ltcdiag ask dynamics" in note for note in log.notes)


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
