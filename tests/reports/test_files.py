"""The files of a report folder: fixed names and schemas, same bytes, nothing a spreadsheet would run."""

import csv
import json
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_logs import FORMULAS, staged_log

from ltcdiag.reports import xlsx
from ltcdiag.reports.files import FILES, harmless
from ltcdiag.reports.grids import Column, Grid
from ltcdiag.reports.writing import write_report

SCHEMAS = {
    "ledger.json": {"schema", "balanced", "files", "steps", "totals", "money"},
    "fitness.json": {"schema", "defects", "questions"},
    "kpis.json": {"schema", "as_of", "kpis"},
    "findings.json": {"schema", "findings", "horizon_days", "notes", "reason"},
}


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))


def content(path):
    return json.loads(path.read_text("utf-8"))


def test_the_folder_holds_exactly_the_promised_files(written):
    assert {path.name for path in written.iterdir()} == set(FILES) - {"to_mend"}     # nothing was set aside
    pictures = {path.name for path in (written / "figures").iterdir()}
    assert {f"{name}.{kind}" for name in ("process_map", "variants", "gaps", "dotted", "handovers")
            for kind in ("svg", "png")} <= pictures
    assert {path.name for path in (written / "model").iterdir()} == {"model.bpmn", "model.pnml", "tree.txt"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_json_files_have_the_keys_of_their_schema(written, name):
    found = content(written / name)
    assert SCHEMAS[name] <= set(found)
    assert found["schema"] == f"ltcdiag.{name.removesuffix('.json')}/1"


def test_the_ledger_is_complete_and_money_is_text(written):
    ledger = content(written / "ledger.json")
    totals = ledger["totals"]
    assert {"lines", "structure", "records", "made", "copies", "repaired", "merged", "set_aside", "events",
            "work_instances", "cases", "variants"} <= set(totals)
    assert (totals["events"], totals["cases"], totals["variants"], totals["set_aside"]) == (53, 9, 3, {"id_missing": 1})
    money = {key: Decimal(value) for key, value in ledger["money"]["CNY"].items()}
    assert money["read"] == Decimal("100.50") * 53 + 7
    assert money["read"] + money["adjusted"] == money["kept"] + money["merged"] + money["set_aside"]


def test_csv_headers_are_the_fixed_ones(written):
    for name, header in (("set_aside.csv", "file,line_from,line_to,reason,text"),
                         ("defects.csv", "file,line,defect,severity,column,before,after")):
        assert (written / name).read_text("utf-8-sig").splitlines()[0] == header
    rows = rows_of(written / "set_aside.csv")[1:]
    assert [(reason, line_from) for _, line_from, _, reason, _ in rows] == [("id_missing", "54")]


def test_no_spreadsheet_takes_a_text_of_the_data_for_a_formula(formulas):
    starts = {cell.lstrip()[:1] for row in rows_of(formulas / "set_aside.csv") for cell in row}
    assert not starts & set("=+-@\uff1d")
    book = openpyxl.load_workbook(formulas / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell for cell in cells if cell.hyperlink and cell.hyperlink.target] == []     # only inside the workbook
    values = {cell.value for cell in cells}
    assert {"=1+1", "@SUM(A1)"} <= values


@given(st.text(max_size=12))
def test_a_harmless_text_is_the_text_or_the_text_behind_an_apostrophe(text):
    safe = harmless(text)
    assert safe in (text, f"'{text}")
    assert not safe.lstrip(" ").startswith(tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"))


def test_formula_texts_are_marked():
    assert [harmless(text)[0] for text in FORMULAS] == ["'"] * len(FORMULAS)


def test_the_workbook_holds_every_row_of_every_answer(written, found):
    book = openpyxl.load_workbook(written / "report.xlsx")
    assert book.sheetnames == ["首页", "摘要", "账本", "搁置的行", "发现", "发现的案例", "间隔合计", "指标", "案例",
                               "变体", "路径", "间隔", "返工", "交接", "隐私"]
    rows = {name: list(book[name].iter_rows(min_row=2, values_only=True)) for name in book.sheetnames}
    assert [row[0] for row in rows["案例"]] == found.cases.table["case_id"].tolist()
    assert [row[5] for row in rows["案例"]] == pytest.approx(found.cases.table["days"].tolist())
    assert sum(row[2] for row in rows["变体"]) == found.counts["cases"]
    assert sum(row[2] for row in rows["路径"]) + found.counts["cases"] == found.counts["events"]
    assert sum(row[2] for row in rows["返工"]) == found.counts["work_instances"]
    steps = [row[0] for row in rows["账本"]][len(found.log.ledger.files):]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in step) for step in steps), steps


def test_headings_are_frozen_and_filtered(written):
    for sheet in openpyxl.load_workbook(written / "report.xlsx").worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")


def test_rows_beyond_a_sheet_go_on_to_the_next(tmp_path, monkeypatch, found):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 10)
    grid = Grid("cases", (Column("case"), Column("events", "count")), 25, lambda: ((f"c{i}", i) for i in range(25)))
    monkeypatch.setattr(xlsx, "all_grids", lambda *_: iter([grid]))
    xlsx.write_workbook(found, tmp_path / "book.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["start", "cases", "cases 2", "cases 3"]
    rows = [row[0] for sheet in book.worksheets[1:] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [f"c{i}" for i in range(25)]


@pytest.mark.parametrize("length", [32_767, 32_768, 40_000])
def test_a_text_longer_than_a_cell_is_cut_and_says_so(length):
    cell = xlsx.fitting("x" * length, "en")
    assert len(cell) <= 32_767
    assert (cell == "x" * length) == (length <= 32_767)
    assert length <= 32_767 or f"{length:,} characters" in cell


def test_same_log_same_bytes(written, tmp_path):
    again = write_report(staged_log(), tmp_path / "again", lang="zh").folder
    names = [path.relative_to(written) for path in sorted(written.rglob("*")) if path.is_file()]
    assert len(names) > 20
    assert [str(name) for name in names if (written / name).read_bytes() != (again / name).read_bytes()] == []
