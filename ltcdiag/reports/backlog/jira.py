"""Jira: a CSV for its importer. A heading that takes several values stands once for each of them."""

from __future__ import annotations

import csv
import io

from ..files import harmless
from .items import MARK, Board, Item, one_line

SUMMARY, DESCRIPTION = 255, 32_767
"""Most characters that Jira takes."""


def files(board: Board) -> dict[str, bytes]:
    """jira.csv: Summary, Issue Type, Description, Due date (2024-10-08), Labels (as often as the most of them)."""
    labels = [_labels(item) for item in board.items]
    most = max(map(len, labels))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["Summary", "Issue Type", "Description", "Due date", *["Labels"] * most])
    for item, own in zip(board.items, labels, strict=True):
        cells = [one_line(item.title, SUMMARY), "Task", _cut(item.text(board.lang)), item.due, *own]
        writer.writerow([harmless(cell) for cell in cells] + [""] * (most - len(own)))
    return {"jira.csv": out.getvalue().encode("utf-8", "replace")}


def _labels(item: Item) -> list[str]:
    """Labels of Jira hold no blanks; the last one is the mark of the entry."""
    return [*("_".join(label.split()) for label in item.labels), f"{MARK}-{item.uid}"]


def _cut(text: str) -> str:
    """What fits; the mark at the end stays."""
    if len(text) <= DESCRIPTION:
        return text
    last = text.rsplit("\n", 1)[1]
    return f"{text[: DESCRIPTION - len(last) - 2]}…\n{last}"
