"""Names of columns that a person gives to rows without any, and what is said where nobody does."""

from __future__ import annotations

import json
import tomllib

import pytest

from ltcdiag.errors import InputError, QuestionError
from ltcdiag.log.records import Fates
from ltcdiag.sources.given_names import refuse_nameless
from ltcdiag.sources.mapping import Mapping, dump_mapping, load_mapping
from ltcdiag.sources.opening import open_tables
from ltcdiag.words import use

ROWS = [["XSDD001", "2025-01-02T00:00:00", None], ["XSDD002", "2025-01-03T00:00:00", 7.50]]


@pytest.fixture
def answer(tmp_path):
    path = tmp_path / "orders.json"
    path.write_text(json.dumps(ROWS), "utf-8")
    return path


def records(table):
    fates = Fates()
    batches = list(table.draw(fates))
    assert fates.lines == len(ROWS)
    return {name: [cell for batch in batches for cell in batch.columns[name]] for name in table.columns}


def test_rows_without_names_are_numbered_columns(answer):
    table = open_tables([answer])[0]
    assert records(table) == {"column_1": ["XSDD001", "XSDD002"],
                              "column_2": ["2025-01-02T00:00:00", "2025-01-03T00:00:00"], "column_3": [None, "7.5"]}
    assert table.nameless


@pytest.mark.parametrize(("lang", "words"), [("en", "FieldKeys"), ("zh", "FieldKeys")])
def test_without_names_the_user_is_asked_for_the_field_keys(answer, lang, words):
    with use(lang), pytest.raises(QuestionError) as error:
        refuse_nameless(open_tables([answer]))
    fix = error.value.faults[0].fix
    assert words in fix
    line = fix[fix.index("tables."):]       # the line to paste is a line of TOML
    assert tomllib.loads(line)["tables"]["orders.json"]["table"] == "SAL_SaleOrder"


@pytest.mark.parametrize("columns", ["FBillNo, FDate,FNote", "FBillNo，FDate，FNote"])
def test_given_names_are_taken_in_their_order(answer, columns):
    table = open_tables([answer], given={"orders.json": {"columns": columns}})[0]
    assert table.columns == ("FBillNo", "FDate", "FNote")
    assert records(table)["FBillNo"] == ["XSDD001", "XSDD002"]
    refuse_nameless([table])


@pytest.mark.parametrize(("given", "words"), [
    ({"orders.json": {"columns": "FBillNo,FDate"}}, "2 names for rows of 3"),
    ({"orders.json": {"columns": "FBillNo,FDate,FDate"}}, "twice"),
    ({"other.json": {"columns": "FBillNo,FDate,FNote"}}, "other.json"),
])
def test_names_that_do_not_fit_are_refused(answer, given, words):
    with use("en"), pytest.raises(InputError) as error:
        open_tables([answer], given=given)
    assert words in str(error.value)


def test_a_failed_call_says_what_it_answered(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([[{"Result": {"ResponseStatus": {"ErrorCode": 500, "IsSuccess": False, "Errors": [
        {"FieldName": None, "Message": "字段不存在", "DIndex": 0}]}}}]]), "utf-8")
    with use("en"), pytest.raises(InputError) as error:
        open_tables([path])
    assert "字段不存在" in str(error.value)


def test_a_list_of_names_in_a_mapping_file_is_the_same_as_a_text(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text('[tables."orders.json"]\ncolumns = ["FBillNo", "FDate"]\ntable = "SAL_SaleOrder"\n', "utf-8")
    mapping = load_mapping(path)
    assert dict(mapping.tables["orders.json"]) == {"columns": "FBillNo,FDate", "table": "SAL_SaleOrder"}
    path.write_text(dump_mapping(mapping), "utf-8")
    assert load_mapping(path) == mapping == Mapping(tables=mapping.tables)


@pytest.mark.parametrize("text", ['tables = 1\n', '[tables."a.json"]\nrows = "x"\n', '[tables]\na = "b"\n'])
def test_a_wrong_table_of_names_is_a_fault(tmp_path, text):
    path = tmp_path / "map.toml"
    path.write_text(text, "utf-8")
    with use("en"), pytest.raises(InputError, match="tables"):
        load_mapping(path)
