"""Answers as people save them: envelopes, pages, maps of id → answer, one record alone, interface descriptions."""

import json

import pytest

from ltcdiag.errors import InputError
from ltcdiag.sources.opening import open_tables

ROWS = [{"Stage": "A", "Amount": 1}, {"Stage": "B", "Amount": 2}]
TEXTS = [{"Stage": "A", "Amount": "1"}, {"Stage": "B", "Amount": "2"}]


def dumped(document):
    return json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize("envelope", [
    lambda x: {"code": 0, "msg": "success", "data": x},
    lambda x: {"errcode": 0, "errmsg": "ok", "info": x},
    lambda x: {"success": True, "requestId": "r1", "result": x},
    lambda x: {"errcode": 0, "request_id": "r1", "process_instance": x},
])
def test_a_record_in_an_envelope_is_the_record(read, envelope):
    record = {"instance_code": "1", "status": "PENDING", "task_list": [{"id": "t"}], "timeline": [{"type": "START"}]}
    flat = [{**record, "task_list": '[{"id": "t"}]', "timeline": '[{"type": "START"}]'}]
    assert read(dumped(envelope(record)), "one.json").records == flat
    assert read(dumped([envelope(record), envelope(record)]), "two.json").records == flat * 2
    assert read(dumped(envelope(record)) + "\n" + dumped(envelope(record)), "lines.jsonl").records == flat * 2


@pytest.mark.parametrize("record", [
    {"instance_id": "5f", "create_time": "2024-01-01", "tasks": [{"task_id": "1"}]},
    {"op": "data_create", "data": {"_id": "5f", "_widget_1511937891154": [{"_id": "6a"}]}},
    {"sp_no": "2024", "sp_record": [{"sp_status": 2}]},
])
def test_an_object_with_an_id_of_its_own_is_a_record_and_not_the_wrapper_of_its_list(read, record):
    got = read(dumped(record), "x.json")
    assert (len(got.records), got.fates.lines) == (1, 1)


def test_a_list_beside_a_title_is_still_the_list(read):
    assert read(dumped({"title": "x", "cases": ROWS}), "x.json").records == TEXTS


@pytest.mark.parametrize("answer", [
    lambda rows: rows, lambda rows: {"data": rows, "info": {"page": 1, "more_records": False}},
    lambda rows: {"__timeline": rows, "info": {"count": len(rows)}},
])
def test_a_map_of_id_to_answer_gives_every_row_its_id(read, answer):
    got = read(dumped({"5725767000000811001": answer(ROWS), "5725767000000811002": answer(ROWS[:1])}), "m.json")
    ids = ["5725767000000811001"] * 2 + ["5725767000000811002"]
    assert got.records == [{"list.key": key, **row} for key, row in zip(ids, [*TEXTS, TEXTS[0]], strict=True)]
    assert (got.fates.lines, got.lines) == (3, [1, 2, 3])


def test_empty_answers_of_a_map_add_no_row(read):
    answers = {"5725767000000811001": {"data": ROWS}, "5725767000000811002": {"data": [], "info": {"count": 0}},
               "5725767000000811003": [], "5725767000000811004": {}}
    assert len(read(dumped(answers), "m.json").records) == 2


def test_a_map_of_records_keeps_each_record(read):
    got = read(dumped({"5725767000000811001": {"code": 0, "data": {"id": "7", "n": 1}}}), "m.json")
    assert got.records == [{"list.key": "5725767000000811001", "id": "7", "n": "1"}]


def test_keys_that_are_names_make_no_map(read):
    assert read(dumped({"settings": {"a": 1}, "results": ROWS}), "m.json").records == TEXTS


def test_pages_of_a_list_are_one_list(read):
    pages = [{"data": ROWS, "info": {"page": 1}}, {"data": [], "info": {}}, {"data": ROWS[:1], "info": {"page": 2}}]
    assert read(dumped(pages), "p.json").records == [*TEXTS, TEXTS[0]]
    got = read("\n".join(map(dumped, pages)) + "\n{broken\n\n", "p.jsonl")
    assert (got.records, got.lines) == ([*TEXTS, TEXTS[0]], [1, 2, 3])
    assert (got.reasons, got.fates.lines) == (["not_json"], 4)
    got = read((dumped(pages[0]) + "\n").encode() + b"{\"data\": [\xff\xfe\xff]}\n" + dumped(pages[2]).encode(),
               encoding="utf-8")
    assert (len(got.records), got.reasons, got.fates.lines) == (3, ["undecodable"], 4)


def test_an_interface_description_is_refused_and_says_what_to_ask_for(tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(dumped({"openapi": "3.0.0", "paths": {}, "servers": [{"url": "https://example.org"}]}))
    with pytest.raises(InputError, match="OpenAPI") as caught:
        open_tables([path])
    assert "export" in caught.value.faults[0].fix


def test_the_description_of_zoho_names_the_exports_of_zoho(real_data):
    with pytest.raises(InputError, match="OpenAPI document of Zoho CRM") as caught:
        open_tables([real_data / "crm" / "zoho" / "openapi"])
    told = [fault for fault in caught.value.faults if "OpenAPI" in fault.what]
    assert ["Stage_History" in fault.fix for fault in told] == [True] * 7
