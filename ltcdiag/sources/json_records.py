"""JSON: an array of objects, objects line by line, or an answer that wraps them in `data`, `results`, …"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import Fault, InputError
from ..log.ledger import RowSetAside
from ..log.records import TextTable
from .content import Content
from .encoding import Encoding, detect
from .json_answers import KEY, error_in, is_interface_description, is_rows, page_rows, record_in, rows_of
from .lines import Lines
from .reasons import MAX_COLUMNS, MAX_DEPTH, MAX_LINE, MAX_TREE_BYTES, SHOWN, fault, note
from .spool import Spool

_ROWS = "[[…]]"


class _Number(str):
    """A number as it stands in the file: no digit is lost."""

    __slots__ = ()


def open_json(content: Content, encoding: str | None = None) -> TextTable:
    """The table of a JSON file. Raises InputError: broken, no list of objects, too big to read whole."""
    chosen = detect(content, encoding)
    first = _first_line(content, chosen)
    spool = Spool(content.file)
    by_line = isinstance(_parsed(first), dict) and _more_lines(content, chosen)
    if by_line and page_rows(_parsed(first)) is not None:
        _pages_by_line(content, chosen, spool)
        dialect = note("dialect_jsonl")
    elif by_line:
        _by_line(content, chosen, spool)
        dialect = note("dialect_jsonl")
    else:
        dialect = _whole(content, chosen, spool)
    spool.close()
    if not spool.columns:
        raise InputError(fault("no_objects", where=content.file))
    if len(spool.columns) > MAX_COLUMNS:
        raise InputError(fault("too_many_header_columns", where=content.file, n=len(spool.columns), limit=MAX_COLUMNS))
    return TextTable(content.file, content.sha256, chosen.codec, dialect, tuple(spool.columns), spool.draw,
                     nameless=dialect == note("dialect_json_rows"))


def _first_line(content: Content, encoding: Encoding) -> str:
    with content.start() as stream:
        text = io.TextIOWrapper(stream, encoding.codec, encoding.errors)
        line = "\n"
        while line and not line.strip():
            line = text.readline(MAX_LINE)
        return line


def _more_lines(content: Content, encoding: Encoding) -> bool:
    with content.start() as stream:
        text = io.TextIOWrapper(stream, encoding.codec, encoding.errors)
        filled = 0
        while filled < 2 and (line := text.readline(MAX_LINE)):
            filled += bool(line.strip())
        return filled > 1


def _parsed(text: str) -> Any:
    """The value of a JSON text, numbers as they stand; None where it is no JSON."""
    try:
        return json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except (ValueError, RecursionError):
        return None


def _by_line(content: Content, encoding: Encoding, spool: Spool) -> None:
    source = Lines(content, encoding)
    number = 0
    for block in source.blocks():
        for line in block:
            number += 1
            if number in source.bad:
                spool.set_aside.append(source.bad.pop(number))
            elif not line.strip():
                spool.structure += 1
            else:
                _take(spool, content.file, number, _parsed(line), line.strip())
    spool.lines = number


def _pages_by_line(content: Content, encoding: Encoding, spool: Spool) -> None:
    """One page of a list a line: its rows are the items of the file."""
    source = Lines(content, encoding)
    number = 0
    for physical, line in enumerate((line for block in source.blocks() for line in block), 1):
        if physical in source.bad:
            number += 1
            spool.set_aside.append(replace(source.bad.pop(physical), line_from=number, line_to=number))
            continue
        page = _parsed(line)
        rows = page_rows(page) if line.strip() else []
        for row in [page] if rows is None else rows:
            number += 1
            _take(spool, content.file, number, row, line.strip())
    spool.lines = number


def _whole(content: Content, encoding: Encoding, spool: Spool) -> str:
    text = content.whole(MAX_TREE_BYTES).decode(encoding.codec, "replace")
    try:
        document = json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except RecursionError:
        raise InputError(fault("json_too_deep", where=content.file, limit=MAX_DEPTH)) from None
    except ValueError as error:
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        raise InputError(fault("broken_json", where=content.file, line=line, column=column)) from None
    if is_interface_description(document):
        raise InputError(_described(content.file, document))
    if said := error_in(document):
        raise InputError(fault("call_failed", where=content.file, said=said))
    path, items = rows_of(document)
    if is_rows(items):
        items = [{f"column_{n}": value for n, value in enumerate(row, 1)} for row in items]
        path = _ROWS
    for number, item in enumerate(items, 1):
        _take(spool, content.file, number, item, "")
    spool.lines = len(items)
    if path == _ROWS:
        return note("dialect_json_rows")
    if path == KEY:
        return note("dialect_json_map")
    return note("dialect_json", path=path) if path else note("dialect_json_array")


def _described(file: str, document: Any) -> Fault:
    """An interface description: what to ask for instead, by the system that it names."""
    hosts = json.dumps(document.get("servers") or document.get("host") or "")
    return fault("openapi_zoho" if "zoho" in hosts else "openapi", where=file)


def _take(spool: Spool, file: str, number: int, item: Any, line: str) -> None:
    """Keep an object as a record, or set it aside."""
    reason = ""
    item = record_in(item)
    flat: dict[str, str | None] = {}
    if not isinstance(item, dict):
        reason = "not_json" if item is None and line and line != "null" else "not_an_object"
    elif not item:
        reason = "not_an_object"
    else:
        try:
            _flatten(item, "", flat, 1)
            reason = _unfit(flat)
        except RecursionError:
            reason = "too_deep"
    if reason:
        spool.set_aside.append(RowSetAside(file, number, number, reason, line[:SHOWN] or _shown(item)))
    else:
        spool.add(flat, number)


def _shown(item: Any) -> str:
    """The beginning of an item as JSON; of one nested too deeply only its keys."""
    try:
        text = _as_json(item, 1)
    except RecursionError:
        text = ", ".join(item) if isinstance(item, dict) else "[[…"
    return text[:SHOWN].encode("utf-8", "replace").decode()


def _unfit(flat: Mapping[str, str | None]) -> str:
    joined = "\n".join((*flat, *filter(None, flat.values())))
    if not joined.isascii() and any("\ud800" <= sign <= "\udfff" for sign in joined):
        return "undecodable"
    if "\x00" in joined:
        return "nul_byte"
    if len(joined) > MAX_LINE and max(map(len, filter(None, flat.values())), default=0) > MAX_LINE:
        return "line_too_long"
    return ""


def _flatten(item: Mapping[str, Any], prefix: str, flat: dict[str, str | None], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise RecursionError
    for key, value in item.items():
        name = prefix + key
        if isinstance(value, dict) and value:
            _flatten(value, f"{name}.", flat, depth + 1)
            continue
        while name in flat:
            name += " (2)"
        flat[name] = value + "" if isinstance(value, str) else _text(value, depth)


def _text(value: Any, depth: int) -> str | None:
    if value is None or value == {}:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return _as_json(value, depth)


def _as_json(value: Any, depth: int) -> str:
    """JSON text with numbers as they stood."""
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_as_json(part, depth + 1) for part in value) + "]"
    if isinstance(value, dict):
        parts = (f"{json.dumps(key, ensure_ascii=False)}: {_as_json(part, depth + 1)}" for key, part in value.items())
        return "{" + ", ".join(parts) + "}"
    return json.dumps(value, ensure_ascii=False)
