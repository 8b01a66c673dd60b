"""A red fault stops the report: a page that says why stands in its place, with what was read until then."""

from __future__ import annotations

import csv
import json

import pytest

from ltcdiag import cli
from ltcdiag.errors import ConservationError
from ltcdiag.reports.refusal import is_red, write_refusal

ROWS = "case,activity,time\n" + "".join(f"c{n % 5},Step {n % 3},{n % 12 + 1:02}/{n % 11 + 1:02}/2024 10:0{n % 10}\n"
                                        for n in range(30))


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(ROWS + "torn,row\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_unknown_order_of_days_leaves_a_page_and_exit_2(log, tmp_path, capsys, lang):
    out = tmp_path / "out"
    assert cli.main(["diagnose", str(log), "--out", str(out), "--lang", lang]) == 2
    assert {path.name for path in out.iterdir()} == {
        "report.html", "ledger.json", "defects.csv", "fitness.json", "set_aside.csv", "README.txt"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "--day-order" in page
    assert "01/01/2024" in page
    assert "30" in page
    ledger = json.loads((out / "ledger.json").read_text(encoding="utf-8"))
    assert (ledger["balanced"], ledger["files"][0]["lines"], ledger["files"][0]["records"]) == (False, 32, 30)
    with (out / "set_aside.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["reason"] for row in csv.DictReader(lines)] == ["too_few_columns"]
    fitness = json.loads((out / "fitness.json").read_text(encoding="utf-8"))
    assert {question["answerable"] for question in fitness["questions"]} == {"no"}
    assert str(out / "report.html") in capsys.readouterr().err


def test_the_answer_replaces_the_page(log, tmp_path):
    out = tmp_path / "out"
    assert cli.main(["diagnose", str(log), "--out", str(out)]) == 2
    assert cli.main(["diagnose", str(log), "--out", str(out), "--day-order", "dmy", "--force"]) == 0
    assert (out / "report.xlsx").exists()


def test_clocks_with_and_without_a_zone_leave_a_page(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time,start\n" + "".join(
        f"c{n % 5},Step {n % 3},2024-01-{n % 20 + 1:02}T10:00:00Z,2024-01-{n % 20 + 1:02} 09:00:00\n"
        for n in range(40)), encoding="utf-8")
    out = tmp_path / "out"
    assert cli.main(["diagnose", str(path), "--out", str(out), "--lang", "en"]) == 2
    assert "--timezone" in (out / "report.html").read_text(encoding="utf-8")


def test_a_file_that_is_none_and_a_wrong_option_leave_nothing(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("", encoding="utf-8")
    assert cli.main(["diagnose", str(path), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_what_is_handed_on_holds_no_text_of_the_source(log, tmp_path):
    out = tmp_path / "out"
    assert cli.main(["diagnose", str(log), "--out", str(out), "--level", "shareable"]) == 2
    told = "".join(path.read_text(encoding="utf-8-sig") for path in out.iterdir())
    assert "01/01/2024" not in told
    assert "torn,row" not in told


def test_a_count_that_does_not_balance_is_said_to_be_ours(tmp_path):
    error = ConservationError("7 in, 6 out")
    assert is_red(error)
    page = write_refusal(error, tmp_path / "out", lang="en")
    assert "7 in, 6 out" in page.read_text(encoding="utf-8")
    assert "fault of ltcdiag" in page.read_text(encoding="utf-8")
