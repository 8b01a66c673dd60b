"""Lists inside JSON records as tables of their own: the history of a property, the tasks of an approval."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import count, islice

from ..log.records import Fates, TextBatch, TextTable
from .reasons import BATCH, MAX_COLUMNS, note

PARENT = "parent."
INSIDE = " › "
"""Between the name of a file and that of a list inside its records."""
NAME = "list.name"
"""The column that says which of several lists a row comes from (the property of a history)."""
PLACE = "list.place"
"""The column that says which item of its list a row is, from 1."""
_LEAST_SHARE = 0.9


def nested_tables(
    table: TextTable, sample: Mapping[str, Sequence[str | None]], without: Collection[str] = ()
) -> list[TextTable]:
    """One table for each list of objects in the records, or for each family of lists (`history.amount`,
    `history.stage`): the items' own keys, the record's other columns as `parent.…`, and `list.name`.

    A row's number is that of the item among all items: rows of one record are told apart and stay in its order. The
    tables have no lines of their own. without: lists that are no tables.
    """
    every = list_columns(table, sample)
    lists = [column for column in every if column not in without]
    families: dict[str, list[str]] = {}
    for column in lists:
        families.setdefault(column.rpartition(".")[0] or column, []).append(column)
    plain = [column for column in table.columns if column not in every]
    return [_child(table, name, columns, plain, sample) for name, columns in families.items()]


def list_columns(table: TextTable, sample: Mapping[str, Sequence[str | None]]) -> list[str]:
    """The columns whose cells are lists of objects."""
    return [column for column in table.columns if _holds_lists(sample.get(column, ()))]


def _holds_lists(cells: Sequence[str | None]) -> bool:
    some = list(islice((cell for cell in cells if cell and cell != "[]"), 50))
    return bool(some) and sum(objects_in(cell) is not None for cell in some) >= _LEAST_SHARE * len(some)


def objects_in(cell: str) -> list[dict[str, object]] | None:
    """The objects of a JSON list, None where it is none."""
    if not cell.startswith("["):
        return None
    try:
        found = json.loads(cell, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    items = [item for item in found if isinstance(item, dict)]
    return items if len(items) == len(found) and items else None


def _child(
    table: TextTable, name: str, lists: Sequence[str], plain: Sequence[str],
    sample: Mapping[str, Sequence[str | None]],
) -> TextTable:
    keys: dict[str, None] = {}
    for column in lists:
        for cell in sample.get(column, ()):
            for item in (objects_in(cell) or ()) if cell else ():
                keys.update(dict.fromkeys(_flat(item)))
    columns = (*(PARENT + column for column in plain), NAME, PLACE, *list(keys)[:MAX_COLUMNS])
    draw = partial(_draw, table, tuple(lists), tuple(plain), tuple(keys)[:MAX_COLUMNS])
    return TextTable(f"{table.file}{INSIDE}{name}", table.sha256, table.encoding, note("dialect_nested", name=name),
                     columns, draw, nested=True)


def _flat(item: Mapping[str, object], prefix: str = "") -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in item.items():
        if isinstance(value, dict) and value:
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = _text(value)
    return flat


def _text(value: object) -> str | None:
    if value is None or value == {}:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _draw(
    table: TextTable, lists: Sequence[str], plain: Sequence[str], keys: Sequence[str], fates: Fates
) -> Iterator[TextBatch]:
    """The items of the records, batch by batch. The record's own fates are counted where it is read itself."""
    del fates
    number = count(1)
    names = (*(PARENT + column for column in plain), NAME, PLACE, *keys)
    lines: list[int] = []
    cells: dict[str, list[str | None]] = {name: [] for name in names}
    for batch in table.draw(Fates()):
        for place in range(len(batch.lines)):
            for column in lists:
                for nth, item in enumerate(objects_in(batch.columns[column][place] or "") or (), 1):
                    lines.append(next(number))
                    flat = _flat(item)
                    for parent in plain:
                        cells[PARENT + parent].append(batch.columns[parent][place])
                    cells[NAME].append(column.rpartition(".")[2])
                    cells[PLACE].append(str(nth))
                    for key in keys:
                        cells[key].append(flat.get(key))
            if len(lines) >= BATCH:
                yield TextBatch(lines, cells)
                lines, cells = [], {name: [] for name in names}
    if lines:
        yield TextBatch(lines, cells)
