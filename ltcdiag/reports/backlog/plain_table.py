"""The entries as one plain table, for tools that import CSV."""

from __future__ import annotations

import csv
import io

from ...words import say
from ..files import harmless
from .items import FIELDS, Board, Item, person

COLUMNS = ("id", "kind", "title", *FIELDS, "labels", "uid")
_CHOICES = ("raci", "labels")       # columns of several choices: commas between them, none inside


def csv_table(board: Board) -> bytes:
    """UTF-8 with the mark that these tools and Excel look for; days as 2024-10-08; several choices with ASCII commas
    between them; no cell that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([say(f"backlog.f_{key}", board.lang) for key in COLUMNS])
    for item in board.items:
        writer.writerow([harmless(_cell(item, key, board)) for key in COLUMNS])
    return out.getvalue().encode("utf-8-sig", "replace")


def _cell(item: Item, key: str, board: Board) -> str:
    if key in _CHOICES:
        return ",".join(part.replace(",", "，").strip() for part in _choices(item, key, board))
    fixed = {"id": item.id, "kind": say(f"backlog.kind_{item.kind}", board.lang), "title": item.title, "uid": item.uid}
    return fixed[key] if key in fixed else item.cells.get(key, "")


def _choices(item: Item, key: str, board: Board) -> list[str]:
    if key == "labels":
        return list(item.labels)
    raci = next((each.raci for each in board.plan.measures if each.id == item.id and item.kind == "measure"), {})
    return [f"{person(party, board.lang)} {letter}" for party, letter in sorted(raci.items())]
