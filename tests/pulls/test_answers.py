"""What the test server answers is what the vendors document: held against their schemas and their real answers.

Schemas of HubSpot and Salesforce: the parts that are used, after the public specifications named in CITED.md."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft4Validator, Draft7Validator
from pulls import accounts
from pulls.serving import TOKEN, serving

import ltcdiag as ltc
from ltcdiag.words import use

TEXT, MOMENT = {"type": "string"}, {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}
HUBSPOT_OBJECT = {
    "type": "object", "required": ["createdAt", "id", "properties", "updatedAt"], "additionalProperties": False,
    "properties": {
        "id": TEXT, "createdAt": MOMENT, "updatedAt": MOMENT, "archived": {"type": "boolean"}, "archivedAt": MOMENT,
        "properties": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
        "propertiesWithHistory": {"type": "object", "additionalProperties": {"type": "array", "items": {
            "type": "object", "required": ["sourceType", "timestamp", "value"],
            "properties": {"value": TEXT, "timestamp": MOMENT, "sourceType": TEXT, "sourceId": TEXT,
                           "sourceLabel": TEXT, "updatedByUserId": {"type": "integer"}}}}},
        "associations": {"type": "object", "additionalProperties": {
            "type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": {
                "type": "object", "required": ["id", "type"], "properties": {"id": TEXT, "type": TEXT}}}}}}}}
HUBSPOT_LIST = {
    "type": "object", "required": ["results"], "additionalProperties": False, "properties": {
        "results": {"type": "array", "items": HUBSPOT_OBJECT}, "total": {"type": "integer"},
        "paging": {"type": "object", "properties": {"next": {"type": "object", "required": ["after"]}}}}}
SALESFORCE_LIST = {
    "type": "object", "required": ["totalSize", "done", "records"], "additionalProperties": False, "properties": {
        "totalSize": {"type": "integer"}, "done": {"type": "boolean"},
        "nextRecordsUrl": {"type": "string", "pattern": r"^/services/data/v\d+\.0/query/01g"},
        "records": {"type": "array", "items": {"type": "object", "required": ["attributes", "Id"], "properties": {
            "attributes": {"type": "object", "required": ["type", "url"]}}}}},
    "if": {"properties": {"done": {"const": False}}}, "then": {"required": ["nextRecordsUrl"]}}
PERSON = {"type": ["object", "null"], "required": ["name", "username"]}
JIANDAOYUN_LIST = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": {
    "type": "object", "required": ["_id", "appId", "entryId", "creator", "updater", "createTime", "updateTime"],
    "properties": {"_id": {"type": "string", "pattern": "^[0-9a-f]{24}$"}, "creator": PERSON, "updater": PERSON,
                   "createTime": MOMENT, "updateTime": MOMENT}}}}}
JIANDAOYUN_INSTANCE = {"type": "object", "required": [
    "url", "instance_id", "app_id", "form_id", "form_title", "update_time", "create_time", "creator", "status",
    "tasks"],
    "properties": {"status": {"enum": [0, 1, 2]}, "tasks": {"type": "array", "items": {"type": "object", "required": [
        "title", "instance_id", "task_id", "flow_id", "flow_name", "assignee", "create_time", "create_action",
        "finish_time", "finish_action", "status"]}}}}


def pulled(system, tmp_path, monkeypatch):
    """All questions of a first and a second run, each with what was answered with status 200."""
    before, after = getattr(accounts, system)()
    answered = []
    with serving(before, date=accounts.FIRST) as server, use("en"):
        plain = server.answer

        def listening(asked):
            answer = plain(asked)
            answered.append((asked, answer.body if answer.status == 200 else None))
            return answer

        server.answer = listening
        monkeypatch.setenv(f"LTCDIAG_{system.upper()}_{'KEY' if system == 'jiandaoyun' else 'TOKEN'}", TOKEN)
        monkeypatch.setenv(f"LTCDIAG_{system.upper()}_URL", server.address + "/api" * (system == "jiandaoyun"))
        ltc.pull(system, tmp_path)
        server.account, server.date = after, accounts.SECOND
        ltc.pull(system, tmp_path)
    return answered


def test_answers_of_hubspot(tmp_path, monkeypatch):
    lists = one = 0
    for asked, body in pulled("hubspot", tmp_path, monkeypatch):
        if body and "/objects/" in asked.path:
            single = asked.path.count("/") == 5 and not asked.path.endswith("search")
            Draft7Validator(HUBSPOT_OBJECT if single else HUBSPOT_LIST).validate(body)
            lists, one = lists + (not single), one + single
    assert lists > 10
    assert one >= 2


@pytest.mark.parametrize("name", ["deals", "companies", "quotes", "tickets"])
def test_real_answers_of_hubspot_have_the_same_form(name, real_data):
    path = real_data / "crm" / "hubspot" / "api_json" / f"mock_{name}_data.json"
    Draft7Validator(HUBSPOT_LIST).validate(json.loads(path.read_text("utf-8")))


def test_answers_of_salesforce(tmp_path, monkeypatch):
    found = [body for asked, body in pulled("salesforce", tmp_path, monkeypatch)
             if body and "describe" not in asked.path]
    for body in found:
        Draft7Validator(SALESFORCE_LIST).validate(body)
    assert sum("nextRecordsUrl" in body for body in found) > 3


def test_answers_of_jiandaoyun(tmp_path, monkeypatch):
    schemas = {"/data/list": JIANDAOYUN_LIST, "/instance/get": JIANDAOYUN_INSTANCE}
    found = [(schemas[end], body) for asked, body in pulled("jiandaoyun", tmp_path, monkeypatch) if body
             for end in schemas if asked.path.endswith(end)]
    for schema, body in found:
        Draft7Validator(schema).validate(body)
    assert len(found) > 6


@pytest.mark.parametrize(("file", "end"), [("timelines", "/__timeline"), ("pipeline", "/pipeline"),
                                           ("related_records", "/Stage_History")])
def test_answers_and_questions_of_zoho_are_those_of_its_openapi_files(file, end, real_data, tmp_path, monkeypatch):
    """The files leave out that most values may be null, as the vendor's samples show: those are not judged."""
    described = json.loads((real_data / "crm" / "zoho" / "openapi" / f"{file}.json").read_text("utf-8"))
    schema = {"$ref": "#/components/schemas/Response_Wrapper", "components": described["components"]}
    known = {each["name"] for each in described["components"]["parameters"].values()}
    found = [(asked, body) for asked, body in pulled("zoho", tmp_path, monkeypatch) if asked.path.endswith(end)]
    assert sum(body is not None for _, body in found) >= 2
    for asked, body in found:
        assert set(asked.params) <= known
        if body and file != "related_records":     # its records have any fields
            Draft4Validator(schema).validate(filled(body))


def filled(value):
    """Without the keys that hold null."""
    if isinstance(value, dict):
        return {key: filled(inner) for key, inner in value.items() if inner is not None}
    return [filled(inner) for inner in value] if isinstance(value, list) else value
