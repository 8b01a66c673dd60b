"""Forms that each company draws: told by their captions, as own tables are, and by the columns of the system."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.log.records import Fates
from ltcdiag.sources.forms import form_entries
from ltcdiag.sources.mapping import Mapping
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.splitting import split_tables
from ltcdiag.sources.systems_found import look_at_systems

CONTRACT = ["合同编号", "商机编号", "合同金额", "签订日期"]
ROWS = [["HT1", "SJ1", "5", "2024-01-05"], ["HT2", "SJ2", "6", "2024-01-06"]]


@pytest.fixture
def recognised(tmp_path):
    def looked(header, rows, name="a.csv"):
        path = tmp_path / name
        path.write_text("\n".join(",".join(row) for row in (header, *rows)) + "\n", encoding="utf-8")
        (seen,) = look_at_systems(open_tables([path]), Mapping())
        return seen.found.best

    return looked


def test_the_system_column_makes_it_a_form_and_nothing_else_changes(recognised):
    own = recognised(CONTRACT, ROWS)
    form = recognised([*CONTRACT, "提交人", "提交时间"], [[*row, "李", "2024-01-04 10:00:00"] for row in ROWS])
    assert (own.name, form.name) == ("general.合同", "jiandaoyun.合同")
    assert {name: form.columns[name] for name in own.columns} == dict(own.columns)
    assert form.columns["created"] == "提交时间"
    assert form.columns["created_by"] == "提交人"


def test_a_business_date_comes_before_the_time_of_entry(recognised):
    rows = [[*row, "2023-12-01", "2024-01-04 10:00:00"] for row in ROWS]
    form = recognised([*CONTRACT, "创建日期", "提交时间"], rows)
    assert form.columns["created"] == "创建日期"
    assert form.columns["submitted"] == "提交时间"


def test_an_id_of_the_system_stands_in_only_where_the_form_has_no_number(recognised):
    header = ["数据ID", *CONTRACT, "提交时间"]
    rows = [[f"65a49f70c0ffee000000000{n}", *row, "2024-01-04 10:00:00"] for n, row in enumerate(ROWS)]
    numbered = recognised(header, rows)
    assert (numbered.name, numbered.columns["id"], numbered.columns["data_id"]) == (
        "jiandaoyun.合同", "合同编号", "数据ID")
    bare = recognised([*header[:1], "合同名称", *header[3:]], [[row[0], "采购", *row[3:]] for row in rows])
    assert (bare.name, bare.columns["id"]) == ("jiandaoyun.合同", "数据ID")


def test_what_every_form_has_tells_nothing(recognised):
    header = ["数据ID", "名称", "提交人", "提交时间", "更新时间"]
    rows = [[f"65a49f70c0ffee000000000{n}", "x", "李", "2024-01-04 10:00:00", "2024-01-05 10:00:00"] for n in range(3)]
    assert recognised(header, rows) is None


TABLES = [
    {"name": "t", "object": "contract", "needs": ["id"], "tells": ["created", "amount"], "fields": {
        "id": ["@ids"], "created": ["Created"], "amount": ["Amount"], "resource": ["Owner"]},
     "event": [{"activity": "contract_drafted", "time": "created"}]},
    {"name": "h", "object": "contract", "holds": False, "needs": ["id", "time"], "fields": {
        "id": ["@ids"], "time": ["Changed"]}},
    {"name": "people", "role": "people", "needs": ["id"], "fields": {"id": ["Id"]}},
    {"name": "rows", "unnumbered": True, "needs": [], "fields": {"id": ["Id"]}},
]
SHARED = {"ids": ["Contract No", "合同编号"]}


def test_a_form_is_the_general_table_with_the_columns_of_the_system():
    form = {"needs": ["submitted"], "people": ["resource"], "spare": ["_id"], "prefix": "data.",
            "event": [{"stage": "state", "time": "pushed"}],
            "fields": {"created": ["createTime"], "submitted": ["createTime"]}}
    whole, history = form_entries([form], TABLES, SHARED)
    assert whole["fields"] == {
        "id": ["data.Contract No", "data.合同编号", "_id"], "created": ["data.Created", "createTime"],
        "amount": ["data.Amount"], "resource": ["data.Owner", "data.Owner.name"], "submitted": ["createTime"]}
    assert whole["needs"] == ["id", "submitted"]
    assert whole["tells"] == ["amount"]
    assert [next(iter(event)) for event in whole["event"]] == ["stage", "activity"]
    assert history["fields"]["id"] == [
        "data.Contract No", "data.合同编号", "parent.data.Contract No", "parent.data.合同编号", "_id"]


def test_only_the_tables_that_are_named_are_drawn():
    assert [entry["name"] for entry in form_entries([{"tables": ["h"], "suffix": " (push)"}], TABLES, SHARED)] == [
        "h (push)"]


# ---- several forms in one file ---------------------------------------------------------------------------------------

FORMS = st.lists(st.sampled_from(["", "f1", "f2", "f3"]), min_size=1, max_size=12)


@given(FORMS)
def test_every_line_is_in_one_part(tmp_path_factory, forms):
    lines = []
    for place, form in enumerate(forms):
        data = {"_id": str(place), f"of {form}": place} | ({"entryId": form, "formName": form * 2} if form else {})
        lines.append(json.dumps({"op": "data_update", "data": data}))
    path = tmp_path_factory.mktemp("push") / "p.jsonl"
    path.write_text("\n".join([lines[0], "", "{broken", *lines[1:]]) + "\n", encoding="utf-8")
    (table,) = open_tables([path])
    parts = split_tables(table)
    named = list(dict.fromkeys(filter(None, forms)))
    assert len(parts) == max(1, len(named))
    found, sums, aside = [], 0, 0
    for part in parts:
        fates, kept = Fates(), 0
        for batch in part.draw(fates):
            kept += len(batch.lines)
            found += zip(batch.columns["data._id"], batch.lines, strict=True)
        assert fates.lines == fates.structure + kept + len(fates.set_aside)
        sums += fates.lines
        aside += len(fates.set_aside)
    assert (sums, aside) == (len(forms) + 2, 1)
    assert sorted(int(key) for key, _ in found) == list(range(len(forms)))
    assert {int(key): line for key, line in found} == {n: n + 1 if n == 0 else n + 3 for n in range(len(forms))}
    if len(parts) > 1:
        assert [part.file.rpartition("#")[2] for part in parts] == [name * 2 for name in named]
