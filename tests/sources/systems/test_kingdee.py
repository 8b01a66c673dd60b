"""Kingdee Cloud: list exports by Chinese captions, answers of its query interface, entries, and what is no sale."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from told import reported

import ltcdiag as ltc
from ltcdiag.cli import main
from ltcdiag.errors import InputError, QuestionError
from ltcdiag.words import use

HERE = Path(__file__).parent / "kingdee"


def read(*parts, **options):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), **options)


def events(log):
    """case → (activity, time) in the order of the log; fractions of seconds left out."""
    found = {}
    for row in log.tables.answer("points").table.itertuples():
        found.setdefault(row.case_id, []).append((row.activity, str(row.time)[:19]))
    return found


FIRST = [
    ("Order created", "2025-01-02 14:49:44"),
    ("Order approved", "2025-01-03 09:30:00"),
    ("Delivery requested", "2025-01-15 09:00:00"),
    ("Delivery approved", "2025-01-15 10:00:00"),
    ("Delivery created", "2025-01-18 08:10:00"),
    ("Goods issued", "2025-01-18 08:10:00"),        # the date of the document: a day, so behind the clock times
    ("Invoice created", "2025-01-20 10:00:00"),
    ("Invoice posted", "2025-01-21 11:00:00"),
    ("Partial payment received", "2025-02-20 00:00:00"),
    ("Credit memo created", "2025-02-25 10:00:00"),  # the red receivable
    ("Order closed", "2025-03-01 18:00:00"),
    ("Payment received", "2025-03-10 00:00:00"),
]


@pytest.fixture(scope="module")
def exports():
    return read("list_export")


def test_list_exports_become_orders(exports):
    assert exports.notion == "order"
    assert events(exports) == {
        "XSDD000101": FIRST,
        # un-audited: no approval is left; a goods issue that is not approved has shipped nothing
        "XSDD000102": [("Order created", "2025-01-06 10:00:00"), ("Order changed", "2025-01-15 16:20:00"),
                       ("Delivery created", "2025-02-20 08:10:00")],
        "XSDD000103": [("Order created", "2025-01-08 09:00:00"), ("Order approved", "2025-01-09 09:00:00"),
                       ("Order cancelled", "2025-01-12 11:00:00"), ("Invoice created", "2025-02-26 10:00:00"),
                       ("Invoice posted", "2025-02-26 11:00:00"), ("Invoice cancelled", "2025-02-27 09:00:00")],
    }


def test_purchases_and_unapproved_receipts_are_set_aside_and_all_is_counted(exports):
    # the payable is a purchase; the receipt that nobody approved tells nothing
    assert dict(exports.ledger.set_aside) == {"purchase": 1, "no_event": 1}
    assert exports.ledger.totals["records"] == 3 + 2 + 1 + 3 + 3 + 2 + 1
    money = {each.currency: each for each in exports.ledger.money}["CNY"]
    assert money.kept == 113000 + 56500 + 8000 + 113000 - 3000 + 500 + 50000 + 63000
    assert money.set_aside == 100


def test_what_kingdee_does_not_keep_is_said(exports):
    notes = "\n".join(exports.notes)
    assert "1 rows stand at 'to be audited again'" in notes
    assert "ask for the operation log" in notes
    assert "1 rows of receipts are not approved" in notes
    assert "1 rows of goods issues are not approved" in notes


def test_people_of_each_step_are_those_of_its_own_column(exports):
    rows = exports.tables.store.connection.sql(
        "select canonical, resource from evs join ob using (o) where ob.id = 'XSDD000103' order by ts").fetchall()
    assert rows[:2] == [("order_created", "王内勤"), ("order_approved", "赵经理")]


def test_matching_records_tell_which_receipt_settles_what(exports):
    rows = exports.tables.store.connection.sql(
        "select y.id, oo.amount::int from oo join ob x on x.o = p join ob y on y.o = q "
        "where qualifier = 'settles' and x.id = 'AR00000401' order by 1").fetchall()
    assert rows == [("SKD00000501", 50000), ("SKD00000502", 63000)]


def test_files_are_told_by_their_captions_whatever_they_are_called(exports, tmp_path):
    for n, path in enumerate(sorted((HERE / "list_export").iterdir())):
        shutil.copy(path, tmp_path / f"export{n}.csv")
    with use("en"):
        assert events(ltc.read(tmp_path)) == events(exports)


def test_gbk_files_are_the_same(exports, tmp_path):
    for path in (HERE / "list_export").iterdir():
        (tmp_path / path.name).write_bytes(path.read_text("utf-8").encode("gb18030"))
    with use("en"):
        assert events(ltc.read(tmp_path)) == events(exports)


def test_an_answer_without_names_is_asked_for_its_field_keys():
    with use("en"), pytest.raises(QuestionError) as error:
        ltc.read(HERE / "query_answers")
    assert [fault.where for fault in error.value.faults] == ["query_answers/out.json", "query_answers/so.json"]
    assert all("FieldKeys" in fault.fix for fault in error.value.faults)


def test_the_command_line_stops_with_2_and_says_so(capsys, tmp_path):
    code = main(["diagnose", str(HERE / "query_answers" / "so.json"), "--out", str(tmp_path / "out"), "--lang", "zh"])
    assert code == 2
    assert "FieldKeys" in capsys.readouterr().err


def test_the_mapping_file_gives_the_names():
    log = read("query_answers", mapping=HERE / "query_answers" / "mapping.toml")
    assert events(log) == {
        "XSDD000101": [("Order created", "2025-01-02 14:49:44"), ("Order approved", "2025-01-09 13:43:06"),
                       ("Delivery created", "2025-01-18 08:10:00"), ("Goods issued", "2025-01-18 08:10:00")],
        "XSDD000104": [("Order created", "2025-01-10 08:00:00"), ("Order approved", "2025-01-10 09:00:00"),
                       ("Order closed", "2025-02-01 12:00:00")],
    }


def test_a_form_that_nobody_knows_is_refused(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text('tables."so.json" = {table = "SAL_Nothing"}\n', "utf-8")
    with use("en"), pytest.raises(InputError, match="SAL_SaleOrder"):
        ltc.read(HERE / "query_answers" / "so.json", mapping=path)


def test_entries_of_one_order_are_one_order_with_their_sum():
    log = read("entries")
    assert events(log) == {"XSDD000105": [("Order created", "2025-01-12 10:00:00"),
                                          ("Order approved", "2025-01-13 10:00:00")]}
    assert [each.kept for each in log.ledger.money] == [1500]


def test_a_failed_call_says_what_the_interface_said(tmp_path):
    answer = [[{"Result": {"ResponseStatus": {"IsSuccess": False, "Errors": [{"Message": "会话信息已丢失"}]}}}]]
    (tmp_path / "so.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")
    with use("en"), pytest.raises(InputError, match="会话信息已丢失"):
        ltc.read(tmp_path)


def test_payables_alone_are_no_log(tmp_path):
    shutil.copy(HERE / "list_export" / "应付单.csv", tmp_path)
    with use("en"), pytest.raises(InputError):
        ltc.read(tmp_path)


def test_from_list_exports_to_findings(exports, tmp_path):
    _, ledger = reported(exports, tmp_path / "out")
    assert ledger["totals"]["cases"] == 3
