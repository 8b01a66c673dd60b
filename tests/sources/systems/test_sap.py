"""SAP SD and FI: events, links and fates of hand-written tables; a real document flow counted in plain Python."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from told import reported, timed

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.words import use

HERE = Path(__file__).parent / "sap"


def read(*parts, **options):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), **options)


def objects(log):
    """type → ids."""
    rows = log.tables.store.connection.sql("select type, id from ob order by 1, 2").fetchall()
    found = {}
    for kind, name in rows:
        found.setdefault(kind, []).append(name)
    return found


ORDER_5000001 = [
    ("Order created", "2024-01-05 10:15:00"),
    ("Order blocked", "2024-01-06 14:00:00"),
    ("Order unblocked", "2024-01-08 09:30:00"),
    ("Order changed", "2024-01-09 11:00:00"),
    ("Delivery created", "2024-01-10 08:30:00"),
    ("Picking ordered", "2024-01-10 09:15:00"),
    ("Goods issued", "2024-01-11 00:00:00"),
    ("Invoice created", "2024-01-12 09:00:00"),
    ("Invoice posted", "2024-01-12 09:00:01"),
    ("Receivable cleared without cash", "2024-01-12 11:30:00"),  # a day only: it stands after the day's clock times
    ("Invoice cancelled", "2024-01-12 11:30:00"),
    ("Invoice created", "2024-01-15 09:00:00"),
    ("Invoice posted", "2024-01-15 09:00:01"),
    ("Partial payment received", "2024-02-01 00:00:00"),
    ("Payment received", "2024-02-20 00:00:00"),
]


@pytest.fixture(scope="module")
def order_to_cash():
    return read("order_to_cash")


def test_an_order_from_creation_to_cash(order_to_cash):
    assert order_to_cash.notion == "order"
    assert timed(order_to_cash) == {
        "5000001": ORDER_5000001,
        "5000002": [("Order created", "2024-01-16 14:30:00"), ("Delivery created", "2024-01-18 09:00:00"),
                    ("Order item rejected", "2024-01-19 12:00:00")],
    }


def test_rows_that_are_no_business_of_the_log_have_their_reason(order_to_cash):
    # purchases: the inbound delivery, the vendor invoice. pair: the journal of the cancellation and its customer item.
    # other: the returns order and the pro forma invoice. no_event: a changed field that says nothing (KZWI1).
    assert dict(order_to_cash.ledger.set_aside) == {
        "purchase": 2, "cancelled_pair": 2, "indirect_flow": 1, "other_type": 2, "no_event": 1}
    # sales documents and items, delivery and billing items, flow, deliveries, billing, accounting, changes, names
    assert order_to_cash.ledger.totals["records"] == 4 + 3 + 2 + 3 + 10 + 3 + 4 + 6 + 5 + 4 + 6 + 2


def test_money_of_each_document_counts_once(order_to_cash):
    money = {each.currency: each for each in order_to_cash.ledger.money}["CNY"]
    assert money.kept == 1000 + 1000 + 500 + 2 * 1130 + 400 + 730     # quote, orders, invoices with tax, payments
    assert money.merged == 2 * 1130                                   # the customer items repeat the invoices
    assert money.set_aside == -500 + 1000 + 1130                      # returns, pro forma, item of the cancellation
    assert money.read == money.kept + money.merged + money.set_aside


def test_a_cancellation_is_no_invoice_of_its_own(order_to_cash):
    assert objects(order_to_cash)["invoice"] == ["90000001", "90000003"]


def test_the_whole_chain_begins_with_the_quotation():
    whole = timed(read("order_to_cash", case="end_to_end"))
    assert whole["20000001"] == [("Quote created", "2024-01-02 09:00:00"), *ORDER_5000001]


def test_collection_is_a_view_of_its_own():
    assert timed(read("order_to_cash", case="invoice"))["90000003"] == ORDER_5000001[-4:]


def test_what_the_documents_tell_wins_over_the_flow(order_to_cash):
    # LIKP says when goods were issued (a day), VBFA when the movement was entered (16:00): one event, the delivery's
    flow = timed(read("flow_only"))["5000001"]
    assert ("Goods issued", "2024-01-11 16:00:00") in flow
    assert sum(name == "Goods issued" for name, _ in timed(order_to_cash)["5000001"]) == 1


def test_the_flow_alone_is_a_log_of_orders_and_says_what_it_lacks():
    log = read("flow_only")
    assert timed(log) == {
        "5000001": [("Order created", "2024-01-05 10:15:00"), ("Delivery created", "2024-01-10 08:30:00"),
                    ("Picking ordered", "2024-01-10 09:15:00"), ("Goods issued", "2024-01-11 16:00:00"),
                    ("Invoice created", "2024-01-12 09:00:00"), ("Invoice cancelled", "2024-01-12 11:30:00"),
                    ("Invoice created", "2024-01-15 09:00:00")],
        "5000002": [("Delivery created", "2024-01-18 09:00:00")],
    }
    assert any("ask for VBAK" in note for note in log.notes)


def test_clearing_is_cash_only_where_a_payment_clears():
    log = read("items_only")
    assert timed(log) == {
        "90000001": [("Invoice posted", "2024-01-12 00:00:00"),
                     ("Receivable cleared without cash", "2024-01-12 00:00:00")],
        "90000003": [("Invoice posted", "2024-01-15 00:00:00"), ("Partial payment received", "2024-02-01 00:00:00"),
                     ("Payment received", "2024-02-20 00:00:00")],
    }
    assert any("Ask for BKPF" in note for note in log.notes)


def test_a_payment_that_is_reversed_says_so():
    assert timed(read("reversed_payment")) == {"1000/1800000001/2024": [
        ("Invoice posted", "2024-02-15 00:00:00"), ("Payment received", "2024-03-01 00:00:00"),
        ("Payment cancelled", "2024-03-05 10:00:00")]}


def test_items_of_all_accounts_of_a_document():
    """BSEG: the customer's items are receivables and payments, ledger items nothing, a vendor's item a purchase."""
    log = read("bseg")
    assert timed(log) == {"90000011": [("Invoice posted", "2024-04-02 08:00:00"),
                                        ("Payment received", "2024-05-10 00:00:00")]}
    assert dict(log.ledger.set_aside) == {"other_type": 2, "purchase": 2}


def test_a_list_with_bars_from_the_screen():
    """Titles, dashes, dates and decimal commas of a German user, a minus behind the amount."""
    log = read("alv_list")
    assert timed(log) == {"5000001": [("Order created", "2024-01-05 10:15:00")],
                           "5000002": [("Order created", "2024-01-16 14:30:00")]}
    assert log.ledger.money[0].kept == 1000 - 500


def test_changes_without_their_headers_have_no_moment_and_the_log_says_so():
    log = read("changes_only")
    assert {name for each in timed(log).values() for name, _ in each} == {"Order created"}
    assert any("Ask for CDHDR" in note for note in log.notes)


def test_json_lines_of_s4():
    log = read("s4_json")
    assert timed(log) == {
        "740506": [
            ("Order created", "2025-03-31 00:00:00"),
            ("Delivery created", "2025-04-02 06:49:13"),        # never goods issued: the actual date is empty
            ("Receivable cleared without cash", "2025-04-02 06:49:13"),  # by its own cancellation, on that day
            ("Invoice created", "2025-04-03 11:31:13"),         # told by two tables
            ("Invoice cancelled", "2025-04-03 15:02:00"),
            ("Invoice created", "2025-04-04 09:05:00"),
            ("Receivable cleared, cash or not unknown", "2025-05-06 00:00:00"),
        ],
        "740507": [("Order created", "2025-04-01 00:00:00")],
    }
    assert objects(log)["invoice"] == ["90504248", "90504250"]
    assert dict(log.ledger.set_aside) == {"cancelled_pair": 1}


@pytest.mark.parametrize("tables", [["VBAP.csv", "KNA1.csv"], ["LIPS.csv"], ["CDHDR.csv"]])
def test_tables_without_moments_are_refused_in_words(tables):
    with use("en"), pytest.raises(InputError) as error:
        ltc.read([HERE / "order_to_cash" / name for name in tables])
    fault = error.value.faults[0]
    assert "without any moment" in fault.what
    assert "VBAK" in fault.fix


def test_a_header_alone_is_refused_in_words(tmp_path):
    text = (HERE / "order_to_cash" / "VBAK.csv").read_text("utf-8")
    (tmp_path / "VBAK.csv").write_text(text.splitlines()[0] + "\n", "utf-8")
    with use("en"), pytest.raises(InputError) as error:
        ltc.read(tmp_path)
    assert "header" in str(error.value)


def test_from_raw_tables_to_findings(order_to_cash, tmp_path):
    _, ledger = reported(order_to_cash, tmp_path / "out")
    assert ledger["totals"]["cases"] == 2


# ---- real tables ----------------------------------------------------------------------------------------------------

@pytest.mark.real_data
def test_connector_tables_of_ecc(real_data):
    """Two sales documents, one of them deleted; three journals of type SA; items of ledger accounts; scrambled keys."""
    with use("en"):
        log = ltc.read(real_data / "crm" / "sap" / "fivetran_ecc")
    assert timed(log) == {"510": [("Order created", "2025-01-01 13:45:00")]}
    # deleted: order 511. of another type: 3 journals, 3 ledger items, 2 items whose side is unknown, 1 item of no order
    assert {reason: n for reason, n in log.ledger.set_aside.items() if reason != "table_not_used"} == {
        "deleted": 1, "other_type": 9}
    rows = sum(len(list(csv.reader(path.read_text("utf-8").splitlines()))) - 1
               for path in (real_data / "crm" / "sap" / "fivetran_ecc").glob("*.csv"))
    assert log.ledger.totals["records"] == rows == 28


OF_TYPE = {"A": "inquiry", "B": "quote", "C": "order", "I": "order", "E": "contract", "F": "contract", "G": "contract",
           "0": "contract", "J": "delivery", "M": "invoice", "P": "invoice", "O": "credit_memo", "b": "opportunity"}
CHAIN = ["opportunity", "inquiry", "quote", "contract", "order", "delivery", "invoice", "credit_memo"]
MADE = {"inquiry", "quote", "contract", "order", "delivery", "invoice", "credit_memo"}


def told(row):
    """What a row is about and what it says, or the reason why it is set aside."""
    before, after = row["VBTYP_V"].strip(), row["VBTYP_N"].strip()
    movement = row["BWART"].strip()
    if after in ("R", "h", "Q") and before in tuple("ABCEFGIMP"):
        return "indirect_flow"
    if after in ("N", "S") and before not in ("M", "P", "O"):
        return "indirect_flow"
    if after in ("R", "h", "Q") and before == "J":
        back = after == "h" or movement in ("602", "622", "632", "642")
        receipt = movement[:1] in ("1", "5") or movement[:2] == "65"
        return ("delivery", bare(row["VBELV"])), (
            "picking" if after == "Q" else "back" if back else "" if receipt else "issue")
    if after == "N" and before in ("M", "P"):
        return ("invoice", bare(row["VBELV"])), "cancelled"
    if after not in OF_TYPE:
        return "other_type"
    return (OF_TYPE[after], bare(row["VBELN"])), "created" if OF_TYPE[after] in MADE else ""


def bare(key):
    return key.strip().lstrip("0")


def counted_by_hand(path):
    """Fates, events of each document, and the documents below each, of a flow whose rows are walked one by one."""
    fates, moments, below = Counter(), {}, {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            said = told(row)
            fates[said if isinstance(said, str) else "used"] += 1
            if isinstance(said, str):
                continue
            about, what = said
            below.setdefault(about, set())
            other = (OF_TYPE.get(row["VBTYP_V"].strip()), bare(row["VBELV"]))
            if other[0] and other[1] and other != about:
                up, down = (other, about) if CHAIN.index(other[0]) <= CHAIN.index(about[0]) else (about, other)
                below.setdefault(up, set()).add(down)
                below.setdefault(down, set())
            # a document is created once, cancelled at a moment, moved by another document at a moment
            moment = {"created": (), "cancelled": (row["ERDAT"], row["ERZET"])}.get(
                what, (row["ERDAT"], row["ERZET"], bare(row["VBELN"])))
            if what:
                moments.setdefault(about, set()).add((what, *moment))
    return fates, {about: len(each) for about, each in moments.items()}, below


def reached(start, below):
    found, waiting = {start}, [start]
    while waiting:
        for each in below[waiting.pop()] - found:
            found.add(each)
            waiting.append(each)
    return found


@pytest.mark.real_data
def test_a_real_document_flow_loads_with_one_command_and_no_mapping(real_data):
    path = real_data / "logs" / "sap_vbfa_document_flow.csv.gz"
    fates, happened, below = counted_by_hand(path)
    cases = {}
    for each in below:
        if each[0] == "order":
            n = sum(happened.get(one, 0) for one in reached(each, below))
            if n:
                cases[each[1]] = n
    with use("en"):
        log = ltc.read(path)
    assert log.notion == "order"
    totals = log.ledger.totals
    assert totals["records"] == 167_766 == fates["used"] + fates["indirect_flow"] + fates["other_type"]
    aside = dict(log.ledger.set_aside)
    assert (aside["indirect_flow"], aside["other_type"]) == (fates["indirect_flow"], fates["other_type"])
    assert (log.cases, log.events) == (len(cases), sum(cases.values()))
    per_case = Counter(log.tables.answer("points").table["case_id"])
    assert per_case == Counter(cases)
