"""Answers of interfaces as people save them: an envelope around one record, pages of a list, a map of id → answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KEY = "list.key"
"""The column that says under which key of a map a record stood: the id that the answer belongs to."""

WRAPPERS = ("data", "results", "records", "items", "value", "rows", "list", "events")
_RECORDS = ("data", "result", "info", "process_instance", "processInstance")
# what stands beside the data of an answer, without underscores and in small letters
_ABOUT = frozenset((
    "code", "msg", "message", "errcode", "errmsg", "error", "errors", "success", "info", "paging", "page", "perpage",
    "pagesize", "count", "total", "totalcount", "totalsize", "hasmore", "morerecords", "next", "nextpage",
    "nextpagetoken", "nextcursor", "cursor", "requestid", "traceid", "timestamp", "links", "meta", "done",
))
_VERDICT = frozenset(("code", "msg", "message", "errcode", "errmsg", "success", "requestid"))
# a key by which an object shows that it is a record itself, and not the wrapper of its only list
_OWN_ID = re.compile(r"^_?id$|^op$|(instance|business|record|data)_?(id|code)$|^sp_no$|^serial_number$", re.IGNORECASE)
_ID = re.compile(r"^(?=.*\d)[\w-]{8,}$")


def is_interface_description(document: Any) -> bool:
    """Whether a JSON document describes an interface (OpenAPI, Swagger) instead of holding what it answers."""
    return isinstance(document, dict) and bool({"openapi", "swagger"} & document.keys()) and (
        bool({"paths", "components", "definitions"} & document.keys()))


def record_in(item: Any) -> Any:
    """The record of an answer {"code": 0, "data": {…}}; anything else as it is."""
    if not isinstance(item, dict):
        return item
    inner = [key for key in _RECORDS if isinstance(item.get(key), dict) and item[key]]
    beside = {_bare(key) for key in item if key not in inner}
    if len(inner) == 1 and beside & _VERDICT and beside <= _ABOUT:
        return item[inner[0]]
    return item


def list_in(document: Any) -> tuple[str, list[Any]]:
    """The list of objects of a document and where it stands; an object alone is a list of one."""
    if isinstance(document, list):
        return "", document
    if not isinstance(document, dict):
        return "", []
    found = {key: value for key, value in document.items() if _is_list_of_objects(value)}
    for key in WRAPPERS:
        if key in found:
            return key, found[key]
        if isinstance(document.get(key), dict):
            inner, items = list_in(document[key])
            if inner:
                return f"{key}.{inner}", items
    if len(found) == 1 and not any(_OWN_ID.search(key) for key in document):
        return next(iter(found.items()))
    return "", [document]


def is_rows(items: list[Any]) -> bool:
    """Whether a list holds rows without names (an answer of ExecuteBillQuery): lists of plain values."""
    return bool(items) and all(
        isinstance(item, list) and item and not any(isinstance(value, dict | list) for value in item) for item in items)


def error_in(document: Any) -> str:
    """What a failed call says (Kingdee: IsSuccess false, deep inside one answer); "" where none failed."""
    while isinstance(document, list) and len(document) == 1:
        document = document[0]
    status = document.get("Result", {}) if isinstance(document, dict) else {}
    status = status.get("ResponseStatus", {}) if isinstance(status, dict) else {}
    if not isinstance(status, dict) or status.get("IsSuccess") is not False:
        return ""
    said = [str(each.get("Message", "")) for each in status.get("Errors") or () if isinstance(each, dict)]
    return "; ".join(filter(None, said)) or "IsSuccess: false"


def rows_of(document: Any) -> tuple[str, list[Any]]:
    """As `list_in`; pages in a list are read as one list, and a map of id → answer as the rows of all answers, each
    with the id in `list.key`."""
    if is_map(document):
        return KEY, [row for key, answer in document.items() for row in _keyed(key, answer)]
    path, items = list_in(document)
    pages = [page_rows(item) for item in items]
    if pages and all(page is not None for page in pages):
        return "[…].data", [row for page in pages for row in page or ()]
    return path, items


def is_map(document: Any) -> bool:
    """Whether an object is a map: every key looks like an id, every value is an object or a list of objects."""
    return (
        isinstance(document, dict) and bool(document) and all(_ID.match(key) for key in document)
        and all(isinstance(value, dict) or value == [] or _is_list_of_objects(value) for value in document.values())
    )


def page_rows(item: Any) -> list[Any] | None:
    """The rows of one page {"data": [{…}], "info": {…}}; None where the item is no page."""
    if not isinstance(item, dict):
        return None
    lists = [key for key, value in item.items() if key in WRAPPERS and isinstance(value, list)]
    if len(lists) != 1 or any(_bare(key) not in _ABOUT for key in item if key not in lists):
        return None
    rows: list[Any] = item[lists[0]]
    return rows if rows == [] or _is_list_of_objects(rows) else None


def _keyed(key: str, answer: Any) -> Iterator[Any]:
    path, rows = list_in(answer)
    if not path and isinstance(answer, dict):
        rows = [record_in(answer)] if answer and page_rows(answer) != [] else []
    for row in rows:
        yield {KEY: key, **row} if isinstance(row, dict) else row


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _bare(key: str) -> str:
    return key.replace("_", "").lower()
