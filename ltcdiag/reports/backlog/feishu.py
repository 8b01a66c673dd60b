"""Feishu tables (多维表格): a CSV to be imported as a new table."""

from __future__ import annotations

from .items import Board
from .plain_table import csv_table


def files(board: Board) -> dict[str, bytes]:
    """feishu.csv."""
    return {"feishu.csv": csv_table(board)}
