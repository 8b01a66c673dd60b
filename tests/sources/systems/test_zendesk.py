"""Zendesk: statuses of tickets; expectations written by hand from the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from told import reported, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "zendesk"


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "fivetran")


def test_a_solved_ticket_that_opens_again_shows_it(log):
    assert told(log) == written("""
        901 2024-03-01 08:00 Ticket opened
        901 2024-03-01 08:00 Ticket: new
        901 2024-03-01 09:30 Ticket: open
        901 2024-03-03 10:00 Ticket closed
        901 2024-03-04 11:00 Ticket: open
        901 2024-03-05 16:00 Ticket closed
        903 2024-03-04 08:00 Ticket opened
        903 2024-03-04 08:00 Ticket: new
        903 2024-03-06 09:00 Ticket: pending
    """)


def test_every_row_has_its_fate(log):
    # a deleted ticket; a change of priority and the closing that follows by itself
    assert dict(log.ledger.set_aside) == {"deleted": 1, "no_event": 2}
    assert log.ledger.balanced
    assert log.timezone == "UTC"


def test_people_have_names_and_organisations_are_customers(log):
    ask = log.tables.store.connection.sql
    assert ask("select distinct resource from made where resource like '% %' order by 1").fetchall() == [
        ("Ida Moss",), ("Jo Birch",)]
    assert ask("select id from ob where type = 'account' order by 1").fetchall() == [("71",), ("72",)]


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
