"""QuickBooks: from raw files to events; expectations written by hand from the files, real ones counted by pandas."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from told import reported, told, written

import ltcdiag as ltc
from ltcdiag.words import use

HERE = Path(__file__).parent / "quickbooks"

EVENTS = """
    101 2024-02-01 Quote created
    101 2024-02-05 Quote accepted
    102 2024-02-03 Quote created
    201 2024-02-10 Invoice posted
    202 2024-02-20 Invoice posted
    204 2024-03-01 Invoice posted
    301 2024-03-12 Partial payment received
    302 2024-03-28 Payment received
    303 2024-04-02 Receivable cleared without cash
    401 2024-03-20 Credit memo created
    501 2024-03-05 Payment received
    601 2024-03-09 Refund paid
"""


@pytest.fixture(scope="module")
def log():
    with use("en"):
        return ltc.read(HERE / "fivetran")


def test_every_event(log):
    assert told(log) == written(EVENTS)
    assert log.notion == "end_to_end"


def test_every_row_has_its_fate(log):
    assert log.ledger.balanced
    assert dict(log.ledger.set_aside) == {"deleted": 1, "purchase": 1}
    assert log.ledger.totals["records"] == 24
    money = {each.currency: each for each in log.ledger.money}["USD"]
    estimates, invoices, payments, others = 1_300, 600 + 300 + 50, 500 + 400 + 0, 50 + 80 + 20
    assert (money.kept, money.set_aside) == (estimates + invoices + payments + others, 70)


def test_an_estimate_its_invoices_and_payments_are_one_case(log):
    cases = {}
    for case, activity in log.tables.store.connection.sql(
            "select k.case_id, a::varchar from ev join k using (c) join lab using (a) order by c, pos").fetchall():
        cases.setdefault(case, []).append(activity)
    assert cases["101"] == ["Quote created", "Quote accepted", "Invoice posted", "Invoice posted",
                            "Partial payment received", "Payment received"]
    assert cases["102"] == ["Quote created"]
    assert cases["204"] == ["Invoice posted", "Receivable cleared without cash"]


def test_a_payment_is_shared_out_as_its_lines_say(log):
    rows = log.tables.store.connection.sql(
        "select b.id, a.id, oo.amount from oo join ob a on a.o = p join ob b on b.o = q "
        "where b.type = 'payment' and a.type = 'invoice' order by 1, 2").fetchall()
    assert rows == [("301", "201", Decimal(500)), ("302", "201", Decimal(100)), ("302", "202", Decimal(300)),
                    ("303", "204", Decimal(50))]


def test_a_record_typed_in_days_later_is_said_and_departments_have_names(log):
    assert any("back-dated" in note and note.startswith("1 ") for note in log.notes)
    assert log.tables.store.connection.sql(
        "select distinct department from made where department is not null").fetchall() == [("Field sales",)]


def test_answers_of_the_api_tell_the_same_chain():
    with use("en"):
        log = ltc.read(HERE / "api")
    assert told(log) == written("""
        41 2024-02-01 Quote created
        41 2024-02-05 Quote accepted
        51 2024-02-10 Invoice posted
        61 2024-03-12 Partial payment received
        62 2024-04-02 Payment received
    """)
    assert log.cases == 1
    assert log.ledger.balanced


def test_from_files_to_findings(log, tmp_path):
    reported(log, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "ledger.json").read_text("utf-8"))["balanced"]


@pytest.mark.real_data
def test_the_test_data_of_the_connector(real_data):
    folder = real_data / "crm" / "quickbooks" / "fivetran"
    with use("en"):
        log = ltc.read(folder)

    def live(name):
        table = pd.read_csv(folder / f"{name}_data.csv", dtype=str)
        return table[table["_fivetran_deleted"] != "TRUE"]

    dated = {name: live(name)["transaction_date"].notna().sum()
             for name in ("estimate", "invoice", "payment", "credit_memo", "sales_receipt", "refund_receipt")}
    ask = log.tables.store.connection.sql
    assert dict(ask("select canonical, count(*) from evs group by 1").fetchall()) == {
        "quote_created": dated["estimate"], "invoice_posted": dated["invoice"],
        "payment_received": dated["payment"] + dated["sales_receipt"], "credit_memo_created": dated["credit_memo"]}
    assert dated["refund_receipt"] == 0
    held = {kind: sum(len(live(name)) for name in names) for kind, names in {
        "quote": ["estimate"], "invoice": ["invoice"], "payment": ["payment", "sales_receipt"],
        "credit_memo": ["credit_memo", "refund_receipt"], "account": ["customer"]}.items()}
    assert dict(ask("select type, count(*) from ob where row is not null group by 1").fetchall()) == held
    names = ("estimate", "invoice", "payment", "credit_memo", "sales_receipt", "refund_receipt", "customer")
    deleted = sum((pd.read_csv(folder / f"{name}_data.csv", dtype=str)["_fivetran_deleted"] == "TRUE").sum()
                  for name in names)
    undated = sum(len(live(name)) - dated[name] for name in names[:-1])
    assert dict(log.ledger.set_aside) == {"deleted": deleted, "no_moment": undated}
    lines = pd.read_csv(folder / "payment_line_data.csv", dtype=str)
    pairs = lines.merge(live("invoice"), left_on="invoice_id", right_on="id")
    assert ask("select count(*) from oo join ob a on a.o = p join ob b on b.o = q where a.type = 'invoice' "
               "and b.type = 'payment' and a.row is not null and b.row is not null").fetchall() == [(len(pairs),)]
    assert log.ledger.balanced
