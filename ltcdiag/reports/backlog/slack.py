"""Slack: messages of Block Kit. A plan too long for one message becomes several; nothing is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...words import say
from .items import Board, Item, one_line

MOST_BLOCKS, HEADER, SECTION = 50, 150, 3_000
"""Blocks of a message, characters of a heading and of a section."""
MESSAGE = 9_000
"""Characters of all texts of a message: 12,000 is documented for some blocks; 11,300 in many sections was refused and
9,600 taken (bolt-js issue 2867)."""
Block = dict[str, Any]


def files(board: Board) -> dict[str, bytes]:
    """slack_1.json, slack_2.json …: a message each, as an incoming webhook or the Block Kit Builder takes it."""
    return {f"slack_{number}.json": (json.dumps(each, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(
        "utf-8", "replace") for number, each in enumerate(messages(board), 1)}


def messages(board: Board) -> list[Block]:
    """The messages in their order, each with `text` (for notices) and `blocks`."""
    parts: list[list[Block]] = [[]]
    for group in (group for item in board.items for group in _groups(item, board.lang)):
        if len(parts[-1]) + len(group) > MOST_BLOCKS - 1 or _length(parts[-1]) + _length(group) > MESSAGE - HEADER:
            parts.append([])
        parts[-1] += group
    return [_message(board, part, number, len(parts)) for number, part in enumerate(parts, 1)]


def escaped(text: str) -> str:
    """A text that is shown as it stands: no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _message(board: Board, blocks: list[Block], number: int, of: int) -> Block:
    title = one_line(board.title, HEADER - 20)
    if of > 1:
        title = say("backlog.part", board.lang, title=title, number=number, of=of)
    head = {"type": "header", "text": {"type": "plain_text", "text": title[:HEADER], "emoji": False}}
    return {"text": escaped(title), "blocks": [head, *blocks]}


def _groups(item: Item, lang: str) -> Iterator[list[Block]]:
    """An entry as sections that stay together where they fit into one message."""
    whole = "\n".join([f"{item.title}", *item.lines(lang)])
    sections = [_section(text) for text in _pieces(whole)]
    room = (MESSAGE - HEADER) // SECTION
    for first in range(0, len(sections), room):
        yield sections[first : first + room]


def _section(text: str) -> Block:
    """`verbatim`: channels and names in it are not made into links."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _pieces(text: str) -> Iterator[str]:
    """The text, escaped, in pieces that fit into a section; cut at line breaks where one is near."""
    left = text
    while left:
        end = _fitting(left)
        cut = left.rfind("\n", end // 2, end) if end < len(left) else -1
        end = cut + 1 if cut > 0 else end
        yield escaped(left[:end])
        left = left[end:]


def _fitting(text: str) -> int:
    """How many characters fit into a section when they are escaped."""
    used = 0
    for place, letter in enumerate(text):
        used += len(escaped(letter))
        if used > SECTION:
            return place
    return len(text)


def _length(blocks: list[Block]) -> int:
    return sum(len(block["text"]["text"]) for block in blocks)
