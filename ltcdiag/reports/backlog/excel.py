"""Excel: a workbook with measures, dates, goals and risks; text is text, never a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ...domain.kpis import load_kpis
from ...words import say
from ..grids import Grid, Headed, Kind, Value
from ..xlsx import write_grids
from .items import FIELDS, Board, Item, goal_text, person

_WIDE = {"title": 36, "what": 44, "first": 40, "goal": 36, "gain": 36, "risk": 36, "limits": 36, "raci": 30, "sign": 34,
         "text": 44, "answer": 44}
_LONG = tuple(_WIDE)


def files(board: Board) -> dict[str, bytes]:
    """backlog.xlsx."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backlog.xlsx"
        write_grids(_grids(board), path, board.lang, title=board.title, level=board.title,
                    created=datetime.fromisoformat(board.today))
        return {path.name: path.read_bytes()}


def _grids(board: Board) -> Iterator[Grid]:
    measures = [item for item in board.items if item.kind == "measure"]
    dates = [item for item in board.items if item.kind != "measure"]
    yield _items(board, measures, "measures", ("id", "title", *FIELDS, "uid"))
    yield _items(board, dates, "dates", ("id", "kind", "title", "due", "status", "uid"))
    yield _goals(board)
    yield _risks(board)


def _items(board: Board, items: list[Item], name: str, keys: tuple[str, ...]) -> Grid:
    rows: list[tuple[Value, ...]] = [tuple(_cell(item, key, board.lang) for key in keys) for item in items]
    return _grid(name, keys, rows, board.lang)


def _cell(item: Item, key: str, lang: str) -> str | None:
    fixed = {"id": item.id, "kind": say(f"backlog.kind_{item.kind}", lang), "title": item.title.removeprefix(
        f"{item.id} "), "uid": item.uid}
    return fixed[key] if key in fixed else item.cells.get(key)


def _goals(board: Board) -> Grid:
    lang, cards = board.lang, load_kpis()
    rows: list[tuple[Value, ...]] = [
        (each.id, cards[each.kpi].name(lang) if each.kpi in cards else each.kpi, goal_text(each, lang), each.due,
         person(each.accountable, lang), each.finding) for each in board.plan.goals]
    return _grid("goals", ("id", "kpi", "goal", "due", "accountable", "finding"), rows, lang)


def _risks(board: Board) -> Grid:
    lang = board.lang
    rows: list[tuple[Value, ...]] = [
        (each.name.get(lang, each.key), each.answer.get(lang, ""), person(each.owner, lang))
        for each in board.plan.risks if each.chosen]
    return _grid("risks", ("text", "answer", "owner"), rows, lang)


def _grid(name: str, keys: tuple[str, ...], rows: list[tuple[Value, ...]], lang: str) -> Grid:
    kinds: dict[bool, Kind] = {True: "lines", False: "text"}
    columns = tuple(Headed(key, kinds[key in _LONG], _WIDE.get(key, 14), say(f"backlog.f_{key}", lang))
                    for key in keys)
    return Grid(name, columns, len(rows), lambda: iter(rows), say(f"backlog.sheet_{name}", lang))
