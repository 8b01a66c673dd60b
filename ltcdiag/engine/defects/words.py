"""Cells that say nothing, cells that would be run by a spreadsheet or a page, texts that were garbled on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..connection import literal
from ..loading import Loaded
from .found import Fix
from .labels import _ungarbled

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("null_words", "cell_formula", "cell_markup")
# NA is a region, and "none" may be a name: only what is said to mean nothing
NOTHING = ("N/A", "n/a", "N.A.", "#N/A", "NULL", "null", "Null", "None", "nan", "NaN", "(null)", "(blank)", "<null>",
           "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "无", "無", "空", "(空)", "（空）", "暂无", "未填",
           "未填写", "未知", "-", "--", "---", "/", "\\", "?", "??", "unknown", "Unknown", "TBD", "tbd", "待定")
_STARTS = ("=", "+", "@", "\t", "\r", "＝", "＋", "＠", "－")
_MARKS = ("<", "{{", "${", "]]>")


def _tests(cell: str) -> dict[str, str]:
    """Defect → whether the cell has it."""
    nothing, starts = (", ".join(map(literal, texts)) for texts in (NOTHING, _STARTS))
    odd_minus = f"({cell} like '-%' and try_cast({cell} as double) is null and {cell} not in ({nothing}))"
    return {
        "null_words": f"{cell} in ({nothing})",
        "cell_formula": f"left({cell}, 1) in ({starts}) or {odd_minus}",
        "cell_markup": " or ".join(f"contains({cell}, {literal(mark)})" for mark in _MARKS),
    }


def check(desk: Desk, item: Loaded, columns: Sequence[str]) -> None:
    """Looks at all cells of the named text columns once."""
    asked = [(name, column, test) for column in columns for name, test in _tests(item.cells[column]).items()
             if desk.looks_for(name)]
    if not asked:
        return
    counts = desk.connection.sql(
        f"select {', '.join(f'count(*) filter ({test})' for _, _, test in asked)} from {item.relation}").fetchall()[0]
    for (name, column, test), n in zip(asked, counts, strict=True):
        if n:
            texts = desk.connection.sql(
                f"select distinct {item.cells[column]} from {item.relation} where {test} order by 1").fetchall()
            desk.column(item, column, [Fix(text, "" if name == "null_words" else text, name) for (text,) in texts])


def garbled(desk: Desk, item: Loaded, columns: Sequence[str]) -> None:
    """Texts of other columns than the labels that were read in the wrong encoding."""
    if not desk.looks_for("label_garbled"):
        return
    for column in columns:
        cell = item.cells[column]
        texts = desk.connection.sql(
            f"select distinct {cell} from {item.relation} where regexp_matches({cell}, '[\\x{{80}}-\\x{{10FFFF}}]') "
            "limit 20000").fetchall()
        found = _ungarbled({text: 1 for (text,) in texts})
        desk.column(item, column, [Fix(text, after, defect) for text, (after, defect) in found.items()])
