"""Bitrix24: semantics of stages decide, names come from the dictionary; expectations written by hand from the files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from told import linked, reported, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "bitrix24"


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "rest")


def test_every_event_in_utc(log):
    assert told(log) == written("""
        3 2024-01-02 06:00 Lead created
        3 2024-01-03 06:00 Lead converted
        4 2024-01-04 06:00 Lead created
        4 2024-01-04 15:00 Lead disqualified
        5 2024-01-03 06:00 Opportunity created
        5 2024-01-03 06:00 First talk
        5 2024-01-15 09:00 Offer sent
        5 2024-02-01 13:00 Deal is ours
        6 2024-01-08 06:00 Opportunity created
        6 2024-01-08 06:00 First talk
        6 2024-01-20 08:00 Gave up
    """)
    assert log.ledger.balanced
    assert linked(log) == ["3 5"]
    assert {each.currency: each.kept for each in log.ledger.money} == {"EUR": Decimal(1_200)}


def test_the_dictionary_says_what_is_won_and_lost(log):
    assert (log.stages["Deal is ours"], log.stages["Gave up"]) == ("won", "lost")


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
