"""How a sheet is laid out: its font, the widths that texts and numbers need, the heights of rows, printed pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from math import ceil
from typing import Any

from ..words import chinese
from .grids import Column, Grid, Kind, Linked, Told, Value

FORMATS: Mapping[str, Mapping[str, Any]] = {
    "text": {"align": "left", "indent": 1}, "lines": {"text_wrap": True, "align": "left", "indent": 1},
    "count": {"num_format": "#,##0"}, "days": {"num_format": "#,##0.00"}, "share": {"num_format": "0.0%"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "money": {"num_format": "#,##0.00"},
}
NUMBERS = ("count", "days", "share", "money")
_SHOWN = {"count": "{:,.0f}", "share": "{:.1%}"}
_A4 = 9                     # the number of the size
_LOOKED_AT = 2_000          # rows of a table that are measured
_NARROWEST, _WIDEST_TEXT, _WIDEST_OF_FORM = 8, 48, 26
_LINE, _CHINESE, _TALLEST = 15.0, 17.0, 400.0   # points: of a line of text, of a Chinese one, of a row at most
_PAPER = 1_030              # pixels of an A4 page on its side, between narrow margins
_LEAST_SCALE = 0.65         # below that nobody reads a printed page
_FONTS = {"zh": "Microsoft YaHei", "zh-Hant": "Microsoft JhengHei"}


def book_options(lang: str) -> dict[str, Any]:
    """The font of a Chinese workbook, whose digits are as high as its letters, and the height of its rows."""
    if not chinese(lang):
        return {}
    return {"default_format_properties": {"font_name": _FONTS.get(lang, _FONTS["zh"]), "font_size": 10,
                                          "font_scheme": "none"}, "default_row_height": 22}


def fitted(grid: Grid, lang: str) -> tuple[Column, ...]:
    """The columns as wide as their headings and their first rows need; of a form as wide as they were made, but for
    numbers that would not fit. A text that needs more than a column has is wrapped. Law: of a short table no number is
    wider than its column (it would be shown as ###)."""
    form, whole = bool(grid.above or grid.choices), grid.size <= _LOOKED_AT
    needs = _needs(grid)
    return tuple(
        (_of_form if form else _of_table)(column, need, column.name(lang), whole)
        for column, need in zip(grid.columns, needs, strict=True))


def _of_form(column: Column, need: int, name: str, whole: bool) -> Column:
    del name, whole
    most = need + 2 if column.kind in NUMBERS else min(need + 3, _WIDEST_OF_FORM) if column.kind == "text" else 0
    return replace(column, width=max(column.width, most))


def _of_table(column: Column, need: int, name: str, whole: bool) -> Column:
    head = _of_heading(name)
    if column.kind == "time":
        return column
    if column.kind in NUMBERS:
        return replace(column, width=_one_line(max(_NARROWEST, head, need + 2, 0 if whole else column.width), name))
    if column.kind == "lines":
        return replace(column, width=max(head, min(column.width, need + 3)))
    most = max(column.width, _WIDEST_TEXT)
    kind: Kind = "lines" if need + 3 > most else "text"
    least = 0 if whole else column.width
    return replace(column, kind=kind, width=_one_line(max(_NARROWEST, head, least, min(need + 3, most)), name))


def _needs(grid: Grid) -> list[int]:
    """Characters of the longest line of each column, in the rows that are looked at; a Chinese one is two wide."""
    needs = [0] * len(grid.columns)
    for row in islice(grid.draw(), _LOOKED_AT):
        for at, (column, value) in enumerate(zip(grid.columns, row, strict=True)):
            needs[at] = max(needs[at], _long(column, value))
    return needs


def _long(column: Column, value: Value) -> int:
    kind, plain = kind_of(column, value), plain_of(value)
    if isinstance(plain, int | float | Decimal):
        return len(_SHOWN.get(kind, "{:,.2f}").format(plain))
    if isinstance(plain, str):
        return max(map(wide, plain.splitlines()), default=0)
    return 0


def kind_of(column: Column, value: Value) -> Kind:
    """How a value is shown; a number in a column of texts is still shown as a number."""
    if isinstance(value, Told):
        return value.kind
    plain = plain_of(value)
    if column.kind not in ("text", "lines") or not isinstance(plain, int | float):
        return column.kind
    return "days" if isinstance(plain, float) else "count"


def plain_of(value: Value) -> Any:
    """The value itself, without what it leads to and how it is shown."""
    return value.value if isinstance(value, Linked | Told) else value


def wide(text: str) -> int:
    """Characters that a text is wide; a Chinese one is two."""
    return sum(1 if letter < "\u2e80" else 2 for letter in text)


def _of_heading(name: str) -> int:
    """The width at which a heading takes three lines at most and no word is broken."""
    word = max((wide(each) for each in name.split()), default=0) if name.isascii() else 0
    return max(ceil(wide(name) / 3), min(word, 16)) + 2


def _one_line(width: int, name: str) -> int:
    """A little more where the heading then stands on one line."""
    return wide(name) + 3 if width < wide(name) + 3 <= width + 3 else width


def height(texts: Sequence[str], columns: Sequence[Column]) -> float:
    """Points that wrapped texts need: not every program works that out by itself."""
    def lines(text: str, width: int) -> int:
        return sum(max(1, ceil(wide(line) / (0.9 * width))) for line in text.splitlines())

    most = max(lines(text, column.width) for text, column in zip(texts, columns, strict=True))
    tall = _CHINESE if any(letter >= "\u2e80" for text in texts for letter in text) else _LINE
    return min(tall * max(1, most), _TALLEST)


def print_on_a4(sheet: Any, columns: Sequence[Column], top: int, level: str) -> None:
    """On its side, with the heading on every page, as many pages beside each other as it takes to be read; at the foot
    the level, the sheet and the page. top: row of the heading."""
    pages = pages_beside(columns)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    sheet.set_footer(f"&L{level.replace('&', '&&')}&R&A  &P / &N")
    sheet.fit_to_pages(pages, 0)
    if pages > 1:
        sheet.repeat_columns(0)         # what the rows are about, on every page
    sheet.repeat_rows(top)


def pages_beside(columns: Sequence[Column]) -> int:
    """How many pages beside each other hold the columns, so that they can still be read; the first is on each."""
    room, pages, used = _PAPER / _LEAST_SCALE, 1, 0
    for pixels in _pixels(columns):
        if used and used + pixels > room:
            pages, used = pages + 1, next(_pixels(columns))
        used += pixels
    return pages


def _pixels(columns: Sequence[Column]) -> Iterator[int]:
    return (7 * column.width + 5 for column in columns)
