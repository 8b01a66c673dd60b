"""Columns that a source writes in another way: lists of named values become columns, codes of fields their labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..log.records import Fates, TextBatch, TextTable
from .dialect import unique_names
from .nested import list_columns, objects_in

Sample = Mapping[str, Sequence[str | None]]
_NAMES = ("name", "title", "label")
_VALUE = "value"
# keys of a value that is an object, the likeliest first (text, number, money and date fields of WeCom)
_INSIDE = ("text", "value", "name", "new_number", "new_money", "s_timestamp")
_MOST = 200     # fields of a form


def with_named_values(table: TextTable, sample: Sample) -> TextTable:
    """The table with one more column for each field of a form that it holds as a list of names and values:
    `form.合同编号` is the value whose name is 合同编号, wherever it stands in the list `form`."""
    found = {f"{column}.{name}": (column, name) for column, names in named_lists(table, sample).items()
             for name in names}
    new = {column: place for column, place in found.items() if column not in table.columns}
    if not new:
        return table
    return replace(table, columns=(*table.columns, *new), draw=partial(_draw, table, new))


def named_lists(table: TextTable, sample: Sample) -> dict[str, list[str]]:
    """The columns that hold lists of names and values, and the names in each."""
    names = {column: Counter(name for cell in sample.get(column, ()) for name, _ in _pairs(cell))
             for column in list_columns(table, sample)}
    return {column: list(found)[:_MOST] for column, found in names.items() if found}


def _draw(table: TextTable, new: Mapping[str, tuple[str, str]], fates: Fates) -> Iterator[TextBatch]:
    lists = dict.fromkeys(column for column, _ in new.values())
    for batch in table.draw(fates):
        told = {column: [dict(reversed(_pairs(cell))) for cell in batch.columns[column]] for column in lists}
        more = {name: [cells.get(field) for cells in told[column]] for name, (column, field) in new.items()}
        yield TextBatch(batch.lines, {**batch.columns, **more})


def _pairs(cell: str | None) -> list[tuple[str, str]]:
    """Names and values of a list; none where an item has no name, or most have no place for a value."""
    items = objects_in(cell or "") or []
    names = [_name(item) for item in items]
    if not all(names) or 2 * sum(_VALUE in item for item in items) < len(items):
        return []
    return [(name, value) for name, item in zip(names, items, strict=True) if (value := _text(item.get(_VALUE)))]


def _name(item: Mapping[str, object]) -> str:
    return next((text for key in _NAMES if (text := _text(item.get(key)))), "")


def _text(value: object) -> str:
    """The text of a value, however deep it lies: of several texts all, parted by commas."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, list):
        return ",".join(filter(None, dict.fromkeys(map(_text, value))))
    if isinstance(value, dict):
        keys = (*_INSIDE, *(key for key in value if key not in _INSIDE))
        return next((text for key in keys if (text := _text(value.get(key)))), "")
    text = str(value).strip()
    return _text(json.loads(text)) if text.startswith("[") and _is_list(text) else text


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


def with_labels(table: TextTable, labels: Mapping[str, str]) -> TextTable:
    """The table with the labels of its fields for their codes (`_widget_1511937891154.name` → `负责人.name`)."""
    names = unique_names([".".join(labels.get(part, part) for part in column.split(".")) for column in table.columns])
    if names == table.columns:
        return table
    return replace(table, columns=names, draw=partial(_renamed, table, names))


def _renamed(table: TextTable, names: Sequence[str], fates: Fates) -> Iterator[TextBatch]:
    for batch in table.draw(fates):
        yield TextBatch(batch.lines, dict(zip(names, (batch.columns[column] for column in table.columns), strict=True)))


def labels_of(pairs: Sequence[tuple[str | None, str | None]]) -> dict[str, str]:
    """Code → label; a code with two labels keeps its code."""
    told: dict[str, set[str]] = {}
    for code, label in pairs:
        if code and label:
            told.setdefault(code.strip(), set()).add(label.strip())
    return {code: found.pop() for code, found in told.items() if len(found) == 1}
