"""Rows of documents: lines that add up, rows without an id, several ids in a cell, amounts and currencies in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

import ltcdiag as ltc

INVOICES = "发票号,开票日期,开票金额,币种\nF1,2024-03-01,100,人民币\nF2,2024-03-02,50,人民币\n"


def read(folder, case="invoice", **tables):
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return ltc.read(folder, case=case)


def objects(log, kind):
    found = log.tables.store.connection.sql("select type, id, amount, currency from ob order by id").fetchall()
    return {key: (amount, currency) for its, key, amount, currency in found if its == kind}


def events(log):
    frame = ltc.cases(log).table
    assert len(frame) == log.cases
    rows = log.tables.store.connection.sql(
        "select k.case_id, a::varchar, ts from ev join k using (c) join lab using (a) order by 1, ts, pos").fetchall()
    return [(case, activity, str(ts)[:10]) for case, activity, ts in rows]


def test_lines_of_a_document_add_up_and_tell_one_event(tmp_path):
    log = read(tmp_path, 发票=INVOICES, 收款=(
        "收款单号,行号,收款日期,发票号,币种,收款金额\n"
        "S1,1,2024-04-01,F1,人民币,100\nS1,2,2024-04-01,F2,人民币,20\n"))
    assert objects(log, "payment") == {"S1": (Decimal(120), "CNY")}
    assert events(log) == [("F1", "开票", "2024-03-01"), ("F1", "回款", "2024-04-01"),
                           ("F2", "开票", "2024-03-02"), ("F2", "回款", "2024-04-01")]
    assert [(money.currency, money.read, money.kept, money.merged) for money in log.ledger.money] == [
        ("CNY", Decimal(270), Decimal(270), Decimal(0))]
    assert log.ledger.totals["merged"] == 1


def test_the_same_line_twice_is_a_copy(tmp_path):
    log = read(tmp_path, 发票=INVOICES, 收款=(
        "收款单号,行号,收款日期,发票号,币种,收款金额\n"
        "S1,1,2024-04-01,F1,人民币,100\nS1,1,2024-04-01,F1,人民币,100\n"))
    assert objects(log, "payment") == {"S1": (Decimal(100), "CNY")}
    assert [(money.kept, money.merged) for money in log.ledger.money] == [(Decimal(250), Decimal(100))]


def test_rows_without_an_id_are_objects_of_their_own(tmp_path):
    log = read(tmp_path, 发票=INVOICES, 回款=(
        "发票号,回款日期,回款金额,币种\nF1,2024-04-01,40,人民币\nF1,2024-04-01,60,人民币\n"))
    assert objects(log, "payment") == {"回款.csv#2": (Decimal(40), "CNY"), "回款.csv#3": (Decimal(60), "CNY")}
    assert events(log)[:3] == [("F1", "开票", "2024-03-01"), ("F1", "部分回款", "2024-04-01"),
                               ("F1", "回款", "2024-04-01")]


@pytest.mark.parametrize("sign", [";", "；", "，", "、"])
def test_several_ids_in_one_cell(tmp_path, sign):
    log = read(tmp_path, 发票=INVOICES,
               收款=f"收款单号,收款日期,发票号,收款金额\nS1,2024-04-01,F1{sign}F2,150\n")
    assert [event for event in events(log) if event[1] != "开票"] == [
        ("F1", "回款", "2024-04-01"), ("F2", "回款", "2024-04-01")]


@pytest.mark.parametrize(("header", "cell", "wanted"), [
    ("合同金额", "12.5", "12.5"), ("合同金额（万元）", "12.5", "125000"), ("合同金额(元)", "12.5", "12.5"),
    ("合同金额【万】", "1", "10000"),
])
def test_a_header_that_says_ten_thousands(tmp_path, header, cell, wanted):
    log = read(tmp_path, "contract", 合同=f"合同编号,签订日期,{header}\nH1,2024-03-01,{cell}\n")
    assert objects(log, "contract") == {"H1": (Decimal(wanted), None)}


@pytest.mark.parametrize(
    ("written", "code"), [("人民币", "CNY"), ("RMB", "CNY"), ("美元", "USD"), ("usd", "usd"), ("€", "EUR")])
def test_currencies_in_words(tmp_path, written, code):
    log = read(tmp_path, "contract", 合同=f"合同编号,签订日期,合同金额,币种\nH1,2024-03-01,1,{written}\n")
    assert objects(log, "contract") == {"H1": (Decimal(1), code)}


def test_dates_of_a_later_document_on_a_deal_are_given_up_where_the_document_tells_them(tmp_path):
    deals = "商机编号,商机名称,创建时间,签约日期,回款日期\nS1,甲,2024-01-02 09:00:00,2024-02-05,2024-04-01\n"
    alone = read(tmp_path / "alone", "opportunity", 商机=deals)
    assert [event[1:] for event in events(alone)] == [
        ("创建商机", "2024-01-02"), ("签订合同", "2024-02-05"), ("回款", "2024-04-01")]
    both = read(tmp_path / "both", "opportunity", 商机=deals,
                合同="合同编号,商机编号,签订日期,合同金额\nH1,S1,2024-02-06,9\n")
    assert [event[1:] for event in events(both)] == [
        ("创建商机", "2024-01-02"), ("签订合同", "2024-02-06"), ("回款", "2024-04-01")]
    assert both.ledger.balanced


def test_payments_for_a_contract_are_partial_until_its_sum_is_reached(tmp_path):
    log = read(tmp_path, "contract", 合同="合同编号,签订日期,合同金额\nH1,2024-01-02,100\n",
               收款="收款单号,合同编号,收款日期,收款金额\nP1,H1,2024-02-01,30\nP2,H1,2024-03-01,70\n")
    assert [event[1:] for event in events(log)] == [
        ("签订合同", "2024-01-02"), ("部分回款", "2024-02-01"), ("回款", "2024-03-01")]


def test_people_are_known_by_number_and_by_name(tmp_path):
    log = read(
        tmp_path, "contract", 人员="工号,姓名,部门\n007,林悦,销售一部\n008,何静,销售二部\n009,王伟,甲\n010,王伟,乙\n",
        合同="合同编号,签订日期,合同金额,负责人\nH1,2024-01-02,1,林悦\nH2,2024-01-03,1,008\nH3,2024-01-04,1,王伟\n")
    rows = log.tables.store.connection.sql("select id, resource, department from made order by id").fetchall()
    assert rows == [("H1", "林悦", "销售一部"), ("H2", "何静", "销售二部"), ("H3", "王伟", None)]
