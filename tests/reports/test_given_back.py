"""Rows that were set aside are mended in their file and given back: they take the place of the old ones."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from engine.defects.test_rows import sound

import ltcdiag as ltc
from ltcdiag.words import use


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A file with faults, its log, and what its report gives back."""
    place = tmp_path_factory.mktemp("given")
    rows = sound()
    rows.loc[7, "timestamp"] = ""
    rows.loc[11, "case_id"] = ""
    rows.loc[13, "activity"] = ""
    rows.loc[rows["case_id"] == "C0030", "customer"] = "Test account"
    rows.loc[13, "department"] = "=1+1"
    path = place / "log.csv"
    rows.to_csv(path, index=False)
    log = ltc.read(path)
    with use("en"):
        ltc.report(log, place / "one")
    return path, log, place / "one" / "to_mend" / "log-csv.csv"


@pytest.fixture
def source(told):
    return told[0]


@pytest.fixture
def first(told):
    return told[1]


@pytest.fixture
def given(told, tmp_path):
    """To be changed by each test for itself."""
    return Path(shutil.copy(told[2], tmp_path))


def edit(path, change):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


def test_mended_rows_come_back_once_and_every_line_keeps_one_fate(source, first, given):
    assert dict(first.ledger.set_aside) == {"id_missing": 1, "label_missing": 1, "test_records": 5, "ts_missing": 1}

    def mend(row):
        place = {"ts_missing": ("timestamp", "2024-01-08 10:00:00"), "id_missing": ("case_id", "C0002"),
                 "label_missing": ("activity", "Invoice posted")}.get(row["ltcdiag_reason"])
        if place:
            row[place[0]] = place[1]

    rows = edit(given, mend)
    assert [row["ltcdiag_line"] for row in rows][:3] == ["9", "13", "15"]
    log = ltc.read([source, given])
    assert log.events == first.events + 3
    assert log.cases == first.cases
    assert dict(log.ledger.set_aside) == {"test_records": 5}
    assert log.ledger.totals["merged"] == 8
    assert any("8" in note for note in log.notes)
    assert sum(file.records for file in log.ledger.files) == 300 + 8
    [money] = log.ledger.money
    assert money.merged > Decimal(0)
    assert money.read == money.kept + money.merged + money.set_aside


def test_a_formula_that_was_made_harmless_comes_back_as_it_was(source, given):
    with given.open(encoding="utf-8-sig", newline="") as lines:
        assert "'=1+1" in {row["department"] for row in csv.DictReader(lines)}
    edit(given, lambda row: row.update(activity=row["activity"] or "Quote sent", case_id=row["case_id"] or "C0002",
                                       timestamp=row["timestamp"] or "2024-01-09 10:00:00"))
    log = ltc.read([source, given])
    assert "=1+1" in {value for frame in log.tables.batches() for value in frame["department"]}


def test_rows_can_be_used_anyway_and_that_is_said(source, first, given):
    edit(given, lambda row: row.update(ltcdiag_use_anyway="yes" if row["ltcdiag_reason"] == "test_records" else ""))
    with use("en"):
        log = ltc.read([source, given])
    assert log.events == first.events + 5
    assert "test_records" not in log.ledger.set_aside
    assert any("5 rows are in the log because you want them" in note for note in log.notes)


def test_a_row_without_a_case_cannot_be_used_anyway(source, given):
    edit(given, lambda row: row.update(ltcdiag_use_anyway="yes"))
    log = ltc.read([source, given])
    assert log.ledger.set_aside["id_missing"] == 1


def test_our_columns_are_no_attributes(source, given):
    log = ltc.read([source, given])
    with pytest.raises(ltc.InputError) as error:
        ltc.kpis(log, by="no such column")
    assert "ltcdiag_" not in str(error.value)


def test_what_is_handed_on_and_pseudonyms_are_not_given_back(first, tmp_path, monkeypatch):
    monkeypatch.setenv("LTCDIAG_KEYS", str(tmp_path / "keys"))
    with use("en"):
        ltc.report(first, tmp_path / "shared", level="shareable")
    assert not (tmp_path / "shared" / "to_mend").exists()


def test_nothing_is_written_where_nothing_was_set_aside(tmp_path):
    path = tmp_path / "log.csv"
    sound().to_csv(path, index=False)
    with use("en"):
        ltc.report(ltc.read(path), tmp_path / "out")
    assert not (tmp_path / "out" / "to_mend").exists()
