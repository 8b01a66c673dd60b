"""Jiandaoyun 简道云: the forms that a key may see, their fields, their records, and the workflow of each record.

Source: the vendor's open platform (v5 app/list, app/entry/list, widget/list, data/list; v6 workflow/instance/get; error
8303 = too many requests, told with status 400) and the pages of its international edition. Nothing tells which records
were deleted, and there is no history of fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .shapes import Ask, Call, LeftOut, Record, Refused, Since, Stream, System, rows_in

_PAGE = 100


def streams(ask: Ask, since: Since) -> Iterator[Stream | LeftOut]:
    """Three lists for each form: its fields (captions), its records, the workflows of those that have one."""
    for app in _all(ask, Call("v5/app/list", body={}), "apps"):
        where = {"app_id": app["app_id"]}
        try:
            forms = _all(ask, Call("v5/app/entry/list", body=where), "forms")
        except Refused as refused:
            yield LeftOut(str(app.get("name")), refused.reason)
            continue
        for form in forms:
            yield from _form(form, where, since)


def _form(form: Record, app: dict[str, Any], since: Since) -> Iterator[Stream]:
    number = str(form["entry_id"])
    where, start = {**app, "entry_id": number}, since(number)
    called = re.sub(r"[^\w()（） -]", "_", str(form.get("name"))).strip()[:60]     # any text may be a form's name
    file = f"{called}-{number[-6:]}"
    changed = {"filter": {"rel": "and", "cond": [
        {"field": "updateTime", "type": "datetime", "method": "range", "value": [start, None]}]}} if start else {}
    yield Stream(f"{number} fields", f"{file}-字段.jsonl", Call("v5/app/entry/widget/list", body=where), whole=True)
    everything = Call("v5/app/entry/data/list", body={**where, "limit": _PAGE})
    yield Stream(number, f"{file}.jsonl", everything.with_body(**changed), "data", _behind, id="_id",
                 full=everything if changed else None)
    instance = Call("v6/workflow/instance/get", body={"instance_id": "{id}", "tasks_type": 1})
    yield Stream(f"{number} workflow", f"{file}-流程.jsonl", instance, id="instance_id", each=number,
                 only="flowState", open=("status", 0))


def _all(ask: Ask, call: Call, key: str) -> list[Record]:
    """A short list, with all its pages."""
    found: list[Record] = []
    while True:
        page = rows_in(ask(call.with_body(limit=_PAGE, skip=len(found))), key, key)
        if not page or page[0] in found:
            return found
        found += page


def _behind(call: Call, answer: Any, records: Sequence[Record]) -> Call | None:
    """The next page starts behind the last record; an empty page is the last one."""
    del answer
    return call.with_body(data_id=records[-1]["_id"]) if records else None


SYSTEM = System(
    "jiandaoyun", "https://api.jiandaoyun.com/api", "LTCDIAG_JIANDAOYUN_KEY", "LTCDIAG_JIANDAOYUN_URL", streams,
    signs={"8303": "busy", "8304": "busy"})
