"""Trello: cards. It takes no CSV; text of several lines pasted into "add a card" becomes a card a line."""

from __future__ import annotations

import json
from typing import Any

from .items import Board, Item

LONGEST = 16_384
"""Most characters of the name or of the description of a card."""


def files(board: Board) -> dict[str, bytes]:
    """trello_cards.txt to paste, one card a line; trello_cards.json: what its interface is sent, a card each."""
    lines = "".join(f"{item.title}{_due(item)}\n" for item in board.items)
    text = json.dumps(cards(board), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return {"trello_cards.txt": lines.encode("utf-8", "replace"),
            "trello_cards.json": text.encode("utf-8", "replace")}


def cards(board: Board) -> list[dict[str, Any]]:
    """The cards as the interface takes them (POST /1/cards, without the list), each with its mark in the last line
    of its description."""
    return [{"name": item.title, "desc": _described(item, board.lang), "pos": "bottom",
             **({"due": f"{item.due}T12:00:00.000Z"} if item.due else {}),
             **({"start": f"{item.begins}T12:00:00.000Z"} if item.begins and item.kind == "measure" else {}),
             "dueComplete": item.status == "done"} for item in board.items]


def _described(item: Item, lang: str) -> str:
    text = item.text(lang)
    if len(text) <= LONGEST:
        return text
    last = text.rsplit("\n", 1)[1]
    return f"{text[: LONGEST - len(last) - 2]}…\n{last}"


def _due(item: Item) -> str:
    return f" ({item.due})" if item.due else ""
