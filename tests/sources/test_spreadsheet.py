"""Workbooks: every sheet a table, real dates as ISO text, everything else as it stands."""

import io
from datetime import date, datetime, time

import pytest
import xlsxwriter

from ltcdiag.errors import InputError
from ltcdiag.sources.content import Content
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.workbook_rows import read_sheets


def workbook(**sheets):
    """An XLSX of sheets of rows; dates become real dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd hh:mm:ss", "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, date) and not isinstance(cell, datetime):
                    sheet.write_datetime(r, c, cell, day)
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.close()
    return out.getvalue()


HEADER = ["单据编号", "环节", "完成时间", "金额"]


def test_cells_become_text_as_they_stand(read):
    got = read(
        workbook(
            事件=[
                HEADER,
                [1001, "签订", datetime(2024, 1, 2, 3, 4, 5), 12.5],
                ["007", "=1+1", "2024/1/3", True],
                [12345678901, "a", date(2024, 1, 2), None],
            ]
        ),
        "x.xlsx",
    )
    assert got.table.file.endswith("x.xlsx#事件")
    assert got.records[0] == {"单据编号": "1001", "环节": "签订", "完成时间": "2024-01-02 03:04:05", "金额": "12.5"}
    assert got.records[1] == {"单据编号": "007", "环节": "=1+1", "完成时间": "2024/1/3", "金额": "TRUE"}
    assert got.records[2] == {"单据编号": "12345678901", "环节": "a", "完成时间": "2024-01-02", "金额": None}


def test_titles_blanks_and_totals_are_structure_and_rows_keep_their_numbers(read):
    rows = [["商机明细表"], [], HEADER, *[[i, "A", "2024-01-02", i] for i in range(5)], [], ["合计", None, None, 10]]
    got = read(workbook(表=rows))
    assert got.lines == [4, 5, 6, 7, 8]
    assert (got.fates.lines, got.fates.structure, got.fates.set_aside) == (10, 5, [])


def test_every_sheet_is_a_table_and_empty_ones_are_passed_over(tmp_path):
    path = tmp_path / "book.bin"
    path.write_bytes(workbook(一=[HEADER, [1, "A", "2024-01-02", 1]], 空=[], 二=[["id", "name"], [1, "x"]]))
    tables = open_tables([path])
    assert [table.file.rpartition("#")[2] for table in tables] == ["一", "二"]
    assert [fault.where.rpartition("#")[2] for fault in tables.passed_over] == ["空"]


def test_cells_right_of_the_header_get_a_name(read):
    got = read(workbook(s=[["case", "activity", "time"], [1, "A", "2024-01-02", "note"], [2, "B", "2024-01-03"]]))
    assert got.table.columns == ("case", "activity", "time", "column_4")
    assert got.records[0]["column_4"] == "note"


def test_a_csv_called_xls_is_read_and_html_is_refused(read, tmp_path):
    assert len(read("case\tactivity\ttime\n1\tA\t2024-01-01\n", "export.xls").records) == 1
    path = tmp_path / "page.xls"
    path.write_text("<html><body><table><tr><td>case</td></tr></table></body></html>")
    with pytest.raises(InputError, match="web page") as caught:
        open_tables([path])
    assert "save it as XLSX" in caught.value.faults[0].fix


def test_a_password_is_asked_about_in_plain_words(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(900)
    )
    with pytest.raises(InputError, match="password"):
        open_tables([path])


def test_a_damaged_workbook_is_refused(tmp_path):
    whole = workbook(s=[HEADER, [1, "A", "2024-01-02", 1]])
    path = tmp_path / "cut.xlsx"
    for blob in (whole[: len(whole) // 2], whole.replace(b"xl/workbook.xml", b"xl/workbook.xmx")):
        path.write_bytes(blob)
        with pytest.raises(InputError):
            open_tables([path])
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))
    with pytest.raises(InputError, match="damaged"):
        open_tables([path])


def test_a_workbook_that_unpacks_too_far_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(workbook(s=[["case", "activity"], *[["x" * 30_000 + str(i), "A"] for i in range(4000)]]))
    with pytest.raises(InputError, match="unpacks"):
        open_tables([path])


def test_a_time_alone_is_text(read):
    got = read(workbook(s=[["case", "activity", "hour"], [1, "A", time(3, 4)]]))
    assert got.records[0]["case"] == "1"


def test_rows_of_many_blocks_and_ranges_come_as_they_are():
    """What the reading process hands over, block by block."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("单")
    wanted = [["单据编号", "环节", "完成时间"]] + [[f"K{n}", f"步骤 {n % 7}", "2024-01-02"] for n in range(12_000)]
    for place, row in enumerate(wanted):
        sheet.write_row(place, 0, row)
    for place in range(1, 6001, 2):
        sheet.merge_range(place, 4, place + 1, 4, "")
    book.add_worksheet("second").write_column(1, 1, ["case", "1"])
    book.close()
    data = out.getvalue()
    first, second = read_sheets(Content("x.xlsx", "", lambda: io.BytesIO(data)), data, len(data))
    assert first.rows() == wanted
    assert (first.name, first.width, len(first.merged)) == ("单", 3, 3000)
    assert (second.name, second.rows()) == ("second", [["", ""], ["", "case"], ["", "1"]])
