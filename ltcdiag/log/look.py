"""How values are shown to a person: names for keys, clock times, places in the source, percent and days."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from os.path import commonpath
from pathlib import PurePath
from zoneinfo import ZoneInfo

from ..words import say, sentences
from ..words.numbers import bare_interval, share_interval

_ROWS_A_FILE = 1_000_000_000_000  # a source row is its file's number times this plus its line
_STATES = ("open", "closed", "unknown")
_ENDS = ("closed", "silent", "open")
_WORDED = ("owner", "rework_type", "deviation", "change", "frequency_change", "gap_change", "period", "verdict",
           "measure", "leak_type", "party_kind", "triangle_type", "practice", "deals_judged", "slip_type",
           "change_unit", "value_ledger", "value_part", "rhythm", "quality", "counted")
"""Columns whose values are few and have words."""
_SOURCE_ROWS = ("first_row", "last_row", "source_row")
_SHARE = re.compile(r"[\d.]+%")
_BAR, _HAIRLINE, _MUTED = "#dbe8f6", "#d9dee5", "#66707d"


def _itself(key: str, lang: str) -> str:  # noqa: ARG001 - the signature of a name
    return key


@dataclass(frozen=True)
class Look:
    """What a table needs to be shown, and nothing that changes its numbers.

    name_of: key of a stage and language → its name. zone: of the log, None for a wall clock. files: names of
    the tables that were read, in their order.
    """

    name_of: Callable[[str, str], str] = field(default=_itself, repr=False)
    zone: str | None = None
    files: tuple[str, ...] = ()

    def cell(self, column: str, value: object, lang: str, *, key: bool = False) -> str:
        """A value as text; the column decides what it is. key: it is the key of a stage."""
        if missing(value):
            return ""
        if isinstance(value, tuple | list):
            return " → ".join(self.cell(column, item, lang, key=key) for item in value)
        if isinstance(value, str):
            return self._text(column, value, lang, key=key)
        if isinstance(value, datetime):
            return f"{self._local(value):%Y-%m-%d %H:%M}"
        return self._number(column, value)

    def interval(self, column: str, value: float | None, low: float, high: float, lang: str) -> str:
        """A value of a column with the ends of its interval, in one text."""
        if value is None or math.isnan(value):
            return ""
        if value == low == high == 0:
            return "0"      # nothing was seen, so the data hold no error either
        return (share_interval if "share" in column else bare_interval)(value, low, high, lang)

    def _text(self, column: str, value: str, lang: str, *, key: bool) -> str:
        if column in ("state", "mark") and value in _STATES:
            return say(f"columns.state_{value}", lang)
        if column == "next_stage" and value in _ENDS:
            return say(f"columns.next_stage_{value}", lang)
        if column in _WORDED:
            return say(f"columns.{column}_{value}", lang)
        return self.name_of(value, lang) if key else value

    def _number(self, column: str, value: object) -> str:
        if column in _SOURCE_ROWS:
            return self._place(int(str(value)))
        if "share" in column:
            return f"{value:.1%}"
        if column == "p" or column.startswith("p_"):
            return "<0.001" if isinstance(value, float) and value < 0.001 else f"{value:.3f}"
        return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"

    def _place(self, row: int) -> str:
        file, line = divmod(row, _ROWS_A_FILE)
        return f"{self.files[file]}:{line}" if len(self.files) > 1 else str(line)

    def _local(self, moment: datetime) -> datetime:
        if self.zone is None:
            return moment
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))


def missing(value: object) -> bool:
    """Whether a cell of a table holds nothing: None, NaN, NaT or the NA of a column of whole numbers."""
    import pandas as pd

    return value is None or value is pd.NA or value != value  # noqa: PLR0124 - NaN and NaT differ from themselves


def interval_columns(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Column of values → the two columns behind it that hold the ends of its interval (…_low, …_high)."""
    every = list(names)
    return {value: (low, high) for value, low, high in zip(every, every[1:], every[2:], strict=False)
            if low.endswith("_low") and high.endswith("_high")}


def short_names(files: Sequence[str]) -> tuple[str, ...]:
    """The files without the folder that all of them share: nobody needs the path of one machine."""
    if len(set(files)) == 1:
        return tuple(PurePath(file).name for file in files)
    try:
        shared = commonpath([PurePath(file).parent for file in files])
    except ValueError:  # several drives, or nothing at all
        return tuple(files)
    return tuple(str(PurePath(file).relative_to(shared)) for file in files)


def heading(column: str, lang: str) -> str:
    """The name of a column, with its unit; the column itself where nobody named it."""
    return say(f"columns.{column}", lang) if column in sentences("columns") else column


def html_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Sequence[bool], bars: Sequence[bool] = (),
    caption: str = "",
) -> str:
    """A table for a notebook: texts to the left, numbers to the right, a bar behind each share.

    bars: which columns hold percentages to be drawn. All texts are escaped.
    """
    drawn = tuple(bars) or (False,) * len(head)
    line = "".join(_cell("th", name, number) for name, number in zip(head, numeric, strict=True))
    body = "".join(
        "<tr>" + "".join(_cell("td", *parts) for parts in zip(row, numeric, drawn, strict=True)) + "</tr>"
        for row in rows
    )
    above = f'<p style="margin:0 0 4px;color:{_MUTED}">{escape(caption)}</p>' if caption else ""
    return f"{above}<table><thead><tr>{line}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, text: str, number: bool, bar: bool = False) -> str:
    wrap = "nowrap" if number and tag == "td" else "normal"    # an interval stays on one line
    style = f"text-align:{'right' if number else 'left'};max-width:46em;white-space:{wrap};vertical-align:top"
    share = _SHARE.match(text) if bar else None
    if share:
        style += f";background:linear-gradient(90deg,{_BAR} {share[0]},transparent {share[0]})"
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


def html_facts(facts: Iterable[tuple[str, str]]) -> str:
    """Names and what they stand for, one under the other."""
    rule = f"border-bottom:1px solid {_HAIRLINE};text-align:left;vertical-align:top"
    body = "".join(
        f'<tr><th style="{rule};white-space:nowrap;font-weight:normal;color:{_MUTED}">{escape(name)}</th>'
        f'<td style="{rule};white-space:normal">{escape(text)}</td></tr>'
        for name, text in facts
    )
    return f"<table><tbody>{body}</tbody></table>"
