"""Cells that say nothing, cells that would be run by a spreadsheet or a page, texts that were garbled on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..connection import literal
from ..loading import Loaded
from .found import Fix
from .labels import _ungarbled

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("null_words", "cell_formula", "cell_markup")
_AROUND = r"[\s\-–—_./\\?*#()<>\[\]（）【】{}\"'|~]*"
# NA alone is a region; with a stroke or points it says that there is nothing
_NOTHING = re.compile(
    _AROUND + r"(n\s*[/.\\\-]\s*a|nul+|nil|none|nan|nat|n/?d|not (applicable|available|set|known|specified|assigned)|"
    r"unknown|undefined|unassigned|unspecified|no (value|data|entry)|blank|empty|missing|tb[dac]|"
    r"to be (determined|confirmed|defined|announced)|\\n|无|無|空|空值|空白|暂无|暫無|未填写?|未知|不详|不適用|不适用|"
    r"未指定|待定|待补充?|没有|缺失|未分配|未录入|未提供|未登记)" + _AROUND, re.IGNORECASE)
_NO_LETTER = re.compile(r"[\s\-–—_./\\?*…~·、，,;:；：|]+")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")
_LONGEST = 30       # characters of a text that says nothing
_FEW_TEXTS = 50_000
_STARTS = ("=", "+", "@", "\t", "\r", "＝", "＋", "＠", "－")
_MARKS = ("<", "{{", "${", "]]>")


def says_nothing(text: str) -> bool:
    """Whether a text stands for an empty cell: n/a, null, 无, strokes, the errors of a spreadsheet. NA is a region."""
    return bool(_NOTHING.fullmatch(text) or _NO_LETTER.fullmatch(text) or _ERROR.fullmatch(text))


def check(desk: Desk, item: Loaded, columns: Sequence[str]) -> None:
    """Looks at all cells of the named text columns once."""
    for column in columns:
        cell = item.cells[column]
        desk.column(item, column, [Fix(text, "", "null_words") for text in _short(desk, item, cell)
                                   if says_nothing(text)])
        for name, test in _tests(cell).items():
            if desk.looks_for(name):
                texts = desk.connection.sql(f"select distinct {cell} from {item.relation} where {test} order by 1")
                desk.column(item, column, [Fix(text, text, name) for (text,) in texts.fetchall()])


def _short(desk: Desk, item: Loaded, cell: str) -> list[str]:
    """The different short texts of a column; of one that is all numbers and ids those without two digits."""
    many = desk.connection.sql(f"select approx_count_distinct({cell}) from {item.relation}").fetchall()[0][0]
    plain = f"and not regexp_matches({cell}, '[0-9]{{2}}')" if many > _FEW_TEXTS else ""
    rows = desk.connection.sql(f"select distinct {cell} as t from {item.relation} where t is not null "
                               f"and length(t) <= {_LONGEST} {plain} order by t").fetchall()
    return [text for (text,) in rows]


def _tests(cell: str) -> dict[str, str]:
    """Defect → whether the cell has it."""
    starts = ", ".join(map(literal, _STARTS))
    odd_minus = f"({cell} like '-%' and length({cell}) > 2 and try_cast({cell} as double) is null)"
    return {
        "cell_formula": f"left({cell}, 1) in ({starts}) or {odd_minus}",
        "cell_markup": " or ".join(f"contains({cell}, {literal(mark)})" for mark in _MARKS),
    }


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
