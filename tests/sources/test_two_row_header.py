"""Sheets with a header of two rows: lists inside records, groups of columns, and one fate for every row."""

import io
import json

import pytest
import workbooks
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.log.records import Fates
from ltcdiag.sources.nested import nested_tables
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.reading import sample_of
from ltcdiag.sources.two_rows import two_rows

PLAIN = ("商机编号", "客户名称", "提交时间")
INNER = ("原阶段", "新阶段", "变更时间")
RECORDS = [
    (("SJ1", "甲公司", "2024-01-02 09:00:00"),
     [("", "初步接洽", "2024-01-02"), ("初步接洽", "商务报价", "2024-01-09"), ("商务报价", "赢单", "2024-02-01")]),
    (("SJ2", "乙公司", "2024-01-03 09:00:00"), [("", "初步接洽", "2024-01-03")]),
    (("SJ3", "", "2024-01-04 09:00:00"), []),
    (("SJ4", "丁公司", "2024-01-05 09:00:00"), [("", "初步接洽", "2024-01-05"), ("初步接洽", "输单", "2024-03-01")]),
]


def subform_sheet(records, *, plain=PLAIN, inner=INNER, **layout):
    return workbooks.subform_sheet(records, plain=plain, inner=inner, **layout)


def test_rows_of_a_record_are_folded_and_its_list_stays_with_it(read):
    got = read(subform_sheet(RECORDS), "商机.xlsx")
    assert got.table.columns == ("商机编号", "客户名称", "阶段变更记录", "提交时间")
    assert [(r["商机编号"], r["客户名称"], r["提交时间"]) for r in got.records] == [
        tuple(cell or None for cell in own) for own, _ in RECORDS]
    assert json.loads(got.records[0]["阶段变更记录"]) == [
        dict(zip(INNER, row, strict=True)) for row in RECORDS[0][1]]
    assert got.records[2]["阶段变更记录"] is None
    assert got.lines == [3, 6, 7, 8]
    assert (got.fates.lines, got.fates.structure, got.fates.folded, got.aside) == (9, 2, 3, 0)
    assert "阶段变更记录" in got.table.dialect


def test_the_list_is_a_table_of_its_own_below_its_record(drawn, tmp_path):
    path = tmp_path / "商机.xlsx"
    path.write_bytes(subform_sheet(RECORDS))
    (table,) = open_tables([path])
    (inner,) = nested_tables(table, sample_of(table))
    got = drawn(inner)
    assert inner.nested
    assert got.records[1] == {
        "parent.商机编号": "SJ1", "parent.客户名称": "甲公司", "parent.提交时间": "2024-01-02 09:00:00",
        "list.name": "阶段变更记录", "list.place": "2",
        "原阶段": "初步接洽", "新阶段": "商务报价", "变更时间": "2024-01-09"}
    assert [record["parent.商机编号"] for record in got.records] == ["SJ1"] * 3 + ["SJ2"] + ["SJ4"] * 2
    assert got.lines == [1, 2, 3, 4, 5, 6]


def test_titles_footers_and_blank_rows_are_structure(read):
    got = read(subform_sheet(RECORDS, title=1, after=[[], ["合计", "4 条"]]), "商机.xlsx")
    assert [record["商机编号"] for record in got.records] == ["SJ1", "SJ2", "SJ3", "SJ4"]
    assert got.fates.lines == 12 == got.fates.structure + got.fates.folded + len(got.records)


def test_a_list_of_one_column_and_two_lists_side_by_side(read):
    got = read(subform_sheet([(own, [row[:1] or ("x",) for row in rows]) for own, rows in RECORDS], inner=("备注",)))
    assert got.table.columns == ("商机编号", "客户名称", "阶段变更记录", "提交时间")
    assert [len(json.loads(r["阶段变更记录"] or "[]")) for r in got.records] == [2, 0, 0, 1]


def test_captions_over_groups_where_each_record_has_one_row_are_but_captions(read):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 1, 0, "合同编号")
    sheet.merge_range(0, 1, 0, 2, "首付款")
    sheet.merge_range(0, 3, 0, 4, "尾款")
    sheet.write_row(1, 1, ["日期", "金额", "日期", "金额"])
    sheet.write_row(2, 0, ["HT1", "2024-01-02", 5, "2024-02-02", 6])
    sheet.write_row(3, 0, ["HT2", "2024-01-03", 7])
    book.close()
    got = read(out.getvalue(), "x.xlsx")
    assert got.table.columns == ("合同编号", "首付款.日期", "首付款.金额", "尾款.日期", "尾款.金额")
    assert got.records[1]["首付款.金额"] == "7"
    assert got.lines == [3, 4]


def test_a_header_of_one_row_stays_one(read):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "商机明细")
    sheet.write_row(1, 0, ["商机编号", "阶段", "时间"])
    sheet.write_row(2, 0, ["SJ1", "报价", "2024-01-02"])
    sheet.write_row(3, 1, ["谈判", "2024-01-03"])
    book.close()
    got = read(out.getvalue(), "x.xlsx")
    assert got.table.columns == ("商机编号", "阶段", "时间")
    assert [record["商机编号"] for record in got.records] == ["SJ1", None]


@pytest.mark.parametrize(("told", "found"), [(None, True), ([], False)])
def test_where_the_format_tells_no_merged_cells_the_blanks_must_do(told, found):
    rows = [["编号", "记录", "", "提交时间"], ["", "阶段", "日期", ""], ["1", "a", "b", "c"], ["", "d", "e", ""]]
    header = two_rows(rows, 4, told)
    assert (header is not None) == found
    if header:
        assert [(cells[0], first, last) for cells, first, last in header.records(rows)] == [("1", 3, 4)]


texts = st.text("abc1 ", min_size=1, max_size=3).map(lambda text: f"x{text.strip()}")
pairs = st.tuples(texts, texts)
forms = st.lists(st.tuples(pairs, st.lists(pairs, max_size=4)), min_size=1, max_size=8)


@given(forms)
def test_every_row_has_one_fate_and_every_item_its_record(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    path.write_bytes(subform_sheet(records, plain=("编号", "提交时间"), inner=("阶段", "日期"), at=1))
    (table,) = open_tables([path])
    fates, items, kept = Fates(), [], 0
    for batch in table.draw(fates):
        kept += len(batch.lines)
        cells = batch.columns.get("阶段变更记录", [])
        items += [[tuple(item.values()) for item in json.loads(cell or "[]")] for cell in cells]
    assert fates.lines == fates.structure + kept + fates.folded
    assert kept == len(records)
    if items:
        assert items == [rows for _, rows in records]
