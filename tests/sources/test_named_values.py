"""Fields of forms become columns, codes of fields their labels, lists in lists tables of their own."""

import json

import pytest

from ltcdiag.sources.mapping import Mapping
from ltcdiag.sources.named_values import labels_of, with_labels, with_named_values
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.reading import sample_of
from ltcdiag.sources.systems_found import look_at_systems

DINGTALK = [{"name": "合同编号", "value": "HT-1", "componentType": "TextField"}, {"name": "备注", "value": None}]
FEISHU = json.dumps([{"id": "widget1", "name": "合同编号", "type": "input", "value": "HT-1"},
                     {"id": "widget2", "name": "附件", "type": "attachment"},
                     {"id": "widget3", "name": "产品", "type": "checkbox", "value": ["A", "B"]}], ensure_ascii=False)
WECOM = [{"control": "Text", "id": "T-1", "title": [{"text": "合同编号", "lang": "zh_CN"}], "value": {"text": "HT-1"}},
         {"control": "Number", "id": "N-1", "title": [{"text": "产品", "lang": "zh_CN"}], "value": {"new_number": "3"}}]


@pytest.fixture
def table(tmp_path):
    def made(records):
        path = tmp_path / "x.json"
        path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
        (found,) = open_tables([path])
        return found

    return made


@pytest.mark.parametrize(("form", "column", "fields"), [
    (DINGTALK, "form", {"合同编号": "HT-1"}),
    (FEISHU, "form", {"合同编号": "HT-1", "产品": "A,B"}),
    ({"contents": WECOM}, "form.contents", {"合同编号": "HT-1", "产品": "3"}),
])
def test_fields_of_a_form_become_columns(table, drawn, form, column, fields):
    found = table([{"id": "1", "form": form}, {"id": "2", "form": form}])
    got = drawn(with_named_values(found, sample_of(found)))
    want = {f"{column}.{name}": value for name, value in fields.items()}
    assert [{name: record[name] for name in want} for record in got.records] == [want] * 2
    assert got.lines == [1, 2]
    assert set(got.table.columns) - set(found.columns) == set(want)


@pytest.mark.parametrize("items", [
    [{"value": "A", "timestamp": "2024-01-01"}], [{"name": "A", "time": "2024-01-01"}], [{"title": "A"}, {"value": 1}],
])
def test_lists_of_other_things_stay_lists(table, items):
    found = table([{"id": "1", "form": items}])
    assert with_named_values(found, sample_of(found)) is found


def test_the_first_of_two_fields_of_one_name_is_taken(table, drawn):
    found = table([{"id": "1", "form": [{"name": "编号", "value": "a"}, {"name": "编号", "value": "b"}]}])
    assert drawn(with_named_values(found, sample_of(found))).records[0]["form.编号"] == "a"


def test_codes_of_fields_get_their_labels(table, drawn):
    found = table([{"_id": "1", "_widget_1": "x", "_widget_2": {"name": "李", "_id": "9"}, "_widget_3": "y"}])
    labels = labels_of([("_widget_1", "商机编号"), ("_widget_2", "负责人"), ("_widget_3", "商机编号"), ("", "x"),
                        ("_widget_4", "甲"), ("_widget_4", "乙")])
    assert "_widget_4" not in labels
    assert drawn(with_labels(found, labels)).records == [
        {"_id": "1", "商机编号": "x", "负责人.name": "李", "负责人._id": "9", "商机编号 (2)": "y"}]


def test_lists_in_lists_are_tables_below_tables(table, drawn):
    found = table([{"sp_no": "7", "sp_record": [
        {"sp_status": 2, "details": [{"sptime": 5, "approver": {"userid": "li"}}, {"sptime": 6}]},
        {"sp_status": 1, "details": [{"sptime": 0}]}]}])
    seen = look_at_systems([found], Mapping())
    assert [each.table.file.removeprefix(found.file) for each in seen] == ["", " › sp_record", " › sp_record › details"]
    got = drawn(seen[2].table).records
    assert [(r["parent.parent.sp_no"], r["parent.sp_status"], r["sptime"], r["approver.userid"]) for r in got] == [
        ("7", "2", "5", "li"), ("7", "2", "6", None), ("7", "1", "0", None)]
