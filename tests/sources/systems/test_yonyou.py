"""Yonyou: tables of NC65 (one pair of them in GBK), list exports of U8 and NC, and what is no sale."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from told import reported, timed

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.words import use

HERE = Path(__file__).parent / "yonyou"


def read(*parts, **options):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), **options)


def asked(log, sql):
    return log.tables.store.connection.sql(sql).fetchall()


ORDER = [
    ("Order created", "2024-03-05 08:30:15"),
    ("Order approved", "2024-03-06 09:00:00"),
    ("Order changed", "2024-03-09 10:20:00"),       # the version that the second revision replaced
    ("Order changed", "2024-03-12 16:40:00"),       # the revision that holds now
    ("Delivery created", "2024-03-15 09:00:00"),
    ("Delivery approved", "2024-03-15 10:00:00"),
    ("Goods issued", "2024-03-16 00:00:00"),
    ("Invoice created", "2024-03-20 10:00:00"),
    ("Invoice posted", "2024-03-20 11:00:00"),
    ("Invoice cancelled", "2024-03-21 09:00:00"),   # by the invoice made to cancel it
    ("Invoice created", "2024-03-22 14:00:00"),
    ("Invoice posted", "2024-03-22 15:00:00"),
    ("Partial payment received", "2024-04-01 00:00:00"),
    ("Payment received", "2024-04-20 00:00:00"),
]


@pytest.fixture(scope="module")
def nc65():
    return read("nc65")


@pytest.fixture(scope="module")
def lists():
    return read("u8_lists")


def test_tables_of_nc65_become_orders_called_by_their_numbers(nc65):
    assert nc65.notion == "order"
    assert timed(nc65) == {"SO202403050001": ORDER, "SO202403070002": [("Order created", "2024-03-07 11:00:00")]}


def test_the_chain_begins_with_the_quotation():
    whole = timed(read("nc65", case="end_to_end"))
    assert whole["BJ202403010001"] == [
        ("Quote created", "2024-03-01 09:12:33"), ("Quote approved", "2024-03-02 10:00:00"), *ORDER]


def test_deleted_rows_are_set_aside_and_states_make_no_event(nc65):
    # dr = 1: one order. no event: version 0 of the order, whose time the order itself tells
    assert dict(nc65.ledger.set_aside) == {"deleted": 1, "no_event": 1}
    assert any("1 orders are frozen" in note for note in nc65.notes)


def test_a_cancelled_invoice_and_its_cancellation_are_one_invoice(nc65):
    assert asked(nc65, "select id from ob where type = 'invoice' order by 1") == [("FP202403200001",),
                                                                                   ("FP202403220003",)]
    money = nc65.ledger.money[0]
    assert money.kept == 113000 + 113000 + 5000 + 2 * 113000     # quotation, orders, invoices, no mirror
    assert money.set_aside == 700


def test_people_and_customers_have_names_from_gbk_files(nc65):
    assert asked(nc65, "select distinct resource from evs where canonical = 'order_approved'") == [("赵经理",)]
    assert asked(nc65, "select name from ob where type = 'account'") == [("华北机械有限公司",)]
    encodings = {file.file: file.encoding for file in nc65.ledger.files}
    assert encodings["nc65/sm_user.csv"] == "gb18030"


def test_without_the_history_the_log_says_that_only_the_last_revision_is_seen(tmp_path):
    for path in (HERE / "nc65").glob("so_saleorder*.csv"):
        shutil.copy(path, tmp_path)
    with use("en"):
        log = ltc.read(tmp_path)
    assert sum(name == "Order changed" for name, _ in timed(log)["SO202403050001"]) == 1
    assert any("ask for so_orderhistory" in note for note in log.notes)


def test_entries_and_totals_alone_are_refused_in_words(tmp_path):
    for name in ("so_saleorder_b", "so_saleorder_exe"):
        shutil.copy(HERE / "nc65" / f"{name}.csv", tmp_path)
    with use("en"), pytest.raises(InputError) as error:
        ltc.read(tmp_path)
    assert "without any moment" in error.value.faults[0].what
    assert "so_saleorder" in error.value.faults[0].fix


def test_list_exports_of_u8(lists):
    assert timed(lists) == {
        "XS0001": [
            ("Order created", "2024-05-06 09:10:00"), ("Order approved", "2024-05-06 17:00:00"),
            ("Delivery created", "2024-05-10 08:00:00"), ("Delivery approved", "2024-05-10 09:00:00"),
            ("Goods issued", "2024-05-11 00:00:00"), ("Invoice created", "2024-05-15 10:00:00"),
            ("Invoice posted", "2024-05-15 10:00:00"),      # a day only: behind the clock times of that day
            ("Payment received", "2024-06-15 00:00:00"),
        ],
        "XS0002": [("Order created", "2024-05-08 09:10:00"), ("Order closed", "2024-05-20 10:00:00")],
    }


def test_purchases_among_invoices_are_set_aside(lists):
    # one in the list of sales invoices, one in a list of its own
    assert dict(lists.ledger.set_aside) == {"purchase": 2}
    # a list of purchases is known by its suppliers and read for no money
    money = lists.ledger.money[0]
    assert (money.kept, money.set_aside) == (1500 + 500 + 1500 + 1500, 800)


def test_entries_of_a_list_add_up(lists):
    assert asked(lists, "select id, amount::int from ob where type = 'order' order by 1") == [("XS0001", 1500),
                                                                                              ("XS0002", 500)]


def test_a_back_dated_receipt_is_counted(lists):
    assert any(note.startswith("1 ") and "business date" in note for note in lists.notes)


def test_one_list_of_all_documents_is_told_by_their_types():
    log = read("one_list")
    assert log.notion == "order"
    assert timed(log) == {"DD01": [
        ("Order created", "2024-07-03 00:00:00"), ("Order approved", "2024-07-04 00:00:00"),
        ("Delivery created", "2024-07-08 00:00:00"), ("Delivery approved", "2024-07-08 00:00:00"),
        ("Invoice created", "2024-07-10 00:00:00"), ("Invoice posted", "2024-07-11 00:00:00"),
        ("Payment received", "2024-08-10 00:00:00")]}
    assert dict(log.ledger.set_aside) == {"purchase": 1}
    assert (len(timed(read("one_list", case="end_to_end"))["BJ01"])) == 2 + 7     # with the quotation before it


def test_a_list_of_purchases_alone_is_no_log(tmp_path):
    shutil.copy(HERE / "u8_lists" / "采购发票列表.csv", tmp_path)
    with use("en"), pytest.raises(InputError):
        ltc.read(tmp_path)


def test_from_raw_tables_to_findings(nc65, tmp_path):
    _, ledger = reported(nc65, tmp_path / "out")
    assert ledger["totals"]["cases"] == 2
