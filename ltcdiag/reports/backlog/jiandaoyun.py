"""Jiandaoyun (简道云): a CSV for the import of a form; its help names 50,000 rows and 200 columns as the most."""

from __future__ import annotations

from .items import Board
from .plain_table import csv_table


def files(board: Board) -> dict[str, bytes]:
    """jiandaoyun.csv."""
    return {"jiandaoyun.csv": csv_table(board)}
