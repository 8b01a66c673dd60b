"""The front sheet drawn: contents with links, and native charts beside the numbers they are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..words import say
from .front import Front, Panel

_NAMES, _NUMBERS = 1, 2      # columns: names, first numbers; behind them an empty one and the charts
_WIDE, _ROW_PIXELS, _LEAST_ROWS = 620, 22, 13     # a row is 20 or 22 pixels high, in Chinese
_LETTER = 11                # pixels, at most: programs draw the same font in different widths
_PAPER = (780.0, 500.0)     # points of an A4 page on its side, without margins
_ACCENT = ("#1F6FB2", "#E08A1E", "#7A8CA3")
_LINE_WIDTH = 34
_CHART_KINDS = {"bar": {"type": "bar"}, "column": {"type": "column"}, "line": {"type": "line"}}
_AXIS = {"days": "#,##0.0", "share": "0%", "count": "#,##0", "money": "#,##0"}


@dataclass(frozen=True)
class Entry:
    """A line of the contents: a sheet, where it is, its rows, what it holds."""

    sheet: str
    rows: int
    holds: str


@dataclass
class FrontSheet:
    """Writes row after row: nothing can be written above any more. formats: kind → format of the workbook."""

    book: Any
    sheet: Any
    name: str
    lang: str
    formats: dict[str, Any]
    fitting: Callable[[str], str]
    _row: int = field(default=0)
    _chart: int = field(default=0)
    _scale: int = field(default=100)
    _used: int = field(default=7 * _ROW_PIXELS)
    _breaks: list[int] = field(default_factory=list)

    def write(self, front: Front, entries: Sequence[Entry], places: dict[str, str], level: str) -> None:
        """places: grid → its sheet."""
        self._chart = _NUMBERS + max((_width(panel) for panel in front.panels), default=3) + 1
        self._set_up(level)
        self._looks()
        self._text(front.title, self._big)
        for line in front.lines:
            self._text(line, self._plain)
        self._row += 1
        for panel in front.panels:
            self._panel(panel, places)
        self._reach((len(entries) + 2) * _ROW_PIXELS)
        self._contents(entries)
        self.sheet.set_h_pagebreaks(self._breaks)

    def _set_up(self, level: str) -> None:
        sheet = self.sheet
        sheet.set_column(0, 0, 2)
        sheet.set_column(_NAMES, _NAMES, _LINE_WIDTH)
        sheet.set_column(_NUMBERS, self._chart - 2, 11)
        sheet.set_column(self._chart - 1, self._chart - 1, 2)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)      # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        points = 0.75 * (_LETTER * (2 + _LINE_WIDTH + 11 * (self._chart - 1 - _NUMBERS) + 2) + _WIDE + 100)
        self._scale = min(100, int(100 * _PAPER[0] / points))
        sheet.set_print_scale(self._scale)
        sheet.set_footer(f"&L{level.replace('&', '&&')}&R&P")
        sheet.set_first_sheet()
        sheet.activate()

    def _looks(self) -> None:
        add = self.book.add_format
        self._big = add({"bold": True, "font_size": 18, "font_color": "#1F3A5F"})
        self._plain = add({"font_color": "#44546A"})
        self._aside = add({"font_color": "#44546A", "indent": 1})
        self._title = add({"bold": True, "font_size": 13, "font_color": "#1F3A5F"})
        heading = {"bold": True, "bottom": 1, "bottom_color": "#C9D2DC", "font_color": "#44546A"}
        self._head = add({**heading, "align": "right", "text_wrap": True, "valign": "bottom"})
        self._first = add(heading)
        self._second = add({**heading, "indent": 1})
        self._name = add({"text_wrap": True, "valign": "top"})
        self._unseen = add({"font_color": "#FFFFFF", "num_format": ";;;"})
        self._link = add({"font_color": "#0B5CAD", "underline": 1})

    def _text(self, text: str, look: Any) -> None:
        self.sheet.write_string(self._row, _NAMES, self.fitting(text), look)
        if look is self._big:
            self.sheet.set_row(self._row, 28)
        self._row += 1

    def _contents(self, entries: Sequence[Entry]) -> None:
        self._text(say("workbook.contents", self.lang), self._title)
        for at, key, look in ((0, "sheet", self._first), (1, "rows", self._head), (2, "holds", self._second)):
            self.sheet.write_string(self._row, _NAMES + at, say(f"workbook.contents_{key}", self.lang), look)
        self._row += 1
        for entry in entries:
            self._lead(_NAMES, entry.sheet, entry.sheet)
            self.sheet.write_number(self._row, _NUMBERS, entry.rows, self.formats["count"])
            self.sheet.write_string(self._row, _NUMBERS + 1, self.fitting(entry.holds), self._aside)
            self._row += 1

    def _lead(self, at: int, sheet: str, text: str) -> None:
        self.sheet.write_url(self._row, at, place_of(sheet), self._link, self.fitting(text))

    def _panel(self, panel: Panel, places: dict[str, str]) -> None:
        pixels = 40 + sum(_ROW_PIXELS * _lines(name) for name in panel.names)
        bars = (10 + 14 * len(panel.series)) * len(panel.names) if panel.shape == "bar" else 0
        tall = max(pixels, _LEAST_ROWS * _ROW_PIXELS, 90 + bars)
        self._reach(tall + 4 * _ROW_PIXELS)
        self._text(panel.title, self._title)
        if panel.note:
            self._text(panel.note, self._plain)
        top = self._row
        self._heads(panel)
        first = self._row
        for place, name in enumerate(panel.names):
            self.sheet.write_string(self._row, _NAMES, self.fitting(name), self._name)
            self.sheet.set_row(self._row, 0.75 * _ROW_PIXELS * _lines(name))
            at = _NUMBERS
            for series in panel.series:
                for numbers in (series.values, *filter(None, (series.low, series.high))):
                    if numbers[place] is not None:
                        self.sheet.write_number(self._row, at, numbers[place], self.formats[panel.kind])
                    at += 1
            self._behind(panel, place)
            self._row += 1
        self._draw(panel, top, first, tall)
        if panel.sheet in places:
            self._lead(_NAMES, places[panel.sheet], say("workbook.more", self.lang, sheet=places[panel.sheet]))
            self._row, pixels = self._row + 1, pixels + _ROW_PIXELS
        missing = tall - pixels
        self._row += max(0, -(-missing // _ROW_PIXELS)) + 2

    def _behind(self, panel: Panel, place: int) -> None:
        """How far the ends of the intervals are away, in cells behind the chart: not every program draws intervals from
        numbers that stand in no cell."""
        at = self._chart
        for series in filter(lambda each: each.low, panel.series):
            value, ends = series.values[place], (series.low[place], series.high[place])
            for end in ends:
                away = 0.0 if value is None or end is None else abs(end - value)
                self.sheet.write_number(self._row, at, away, self._unseen)
                at += 1

    def _reach(self, pixels: int) -> None:
        """Begins a new printed page where what comes would be cut."""
        page = _PAPER[1] / 0.75 * 100 / self._scale
        if self._used + pixels > page:
            self._breaks.append(self._row)
            self._used = 0
        self._used += pixels

    def _heads(self, panel: Panel) -> None:
        self.sheet.write_string(self._row, _NAMES, panel.head, self._first)
        at = _NUMBERS
        for series in panel.series:
            ends = [say(f"workbook.{end}", self.lang) for end in ("low", "high")] if series.low else []
            for text in (series.name, *ends):
                self.sheet.write_string(self._row, at, text, self._head)
                at += 1
        self.sheet.set_row(self._row, 30)
        self._row += 1

    def _draw(self, panel: Panel, top: int, first: int, pixels: int) -> None:
        chart = self.book.add_chart(_CHART_KINDS[panel.shape])
        last, at, away = first + len(panel.names) - 1, _NUMBERS, self._chart
        for series, colour in zip(panel.series, _ACCENT, strict=False):
            chart.add_series({
                "name": [self.name, first - 1, at], "categories": [self.name, first, _NAMES, last, _NAMES],
                "values": [self.name, first, at, last, at], "gap": 60, **_colour(panel.shape, colour),
                **(self._error_bars(panel.shape, first, last, away) if series.low else {})})
            at, away = (at + 3, away + 2) if series.low else (at + 1, away)
        chart.set_title({"name": panel.title, "name_font": {"size": 12, "bold": True, "color": "#1F3A5F"},
                         "overlay": False})
        chart.set_legend({"position": "bottom"} if len(panel.series) > 1 else {"none": True})
        names = {"num_font": {"size": 9}, "line": {"color": "#C9D2DC"}}
        if panel.shape == "bar":        # the first name on top, the numbers below
            names |= {"reverse": True, "crossing": "max", "interval_unit": 1}
        numbers = {"name": panel.unit, "name_font": {"size": 9, "bold": False}, "num_font": {"size": 9}, "min": 0,
                   "num_format": _AXIS[panel.kind], "major_gridlines": {"visible": True, "line": {"color": "#E6EAEF"}},
                   "line": {"none": True}}
        if panel.kind == "share" and all(end is None or end <= 1 for each in panel.series for end in each.high):
            numbers["max"] = 1      # nothing is more than the whole
        # of bars that lie, the names stand on the axis that the library calls y
        (chart.set_y_axis if panel.shape == "bar" else chart.set_x_axis)(names)
        (chart.set_x_axis if panel.shape == "bar" else chart.set_y_axis)(numbers)
        chart.set_size({"width": _WIDE, "height": pixels})
        self.sheet.insert_chart(top, self._chart, chart, {"description": panel.title, "object_position": 2})

    def _error_bars(self, shape: str, first: int, last: int, at: int) -> dict[str, Any]:
        """The interval as a line around the end of each bar."""
        from xlsxwriter.utility import xl_range_abs

        quoted = "'" + self.name.replace("'", "''") + "'"
        low, high = (f"={quoted}!{xl_range_abs(first, column, last, column)}" for column in (at, at + 1))
        return {"x_error_bars" if shape == "bar" else "y_error_bars": {
            "type": "custom", "plus_values": high, "minus_values": low, "line": {"color": "#3C4A5A"}}}


def place_of(sheet: str, row: int = 0, column: int = 0) -> str:
    """A place of the same workbook as a link; nothing in a name of a sheet ends it."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    quoted = sheet.replace("'", "''")
    return f"internal:'{quoted}'!{xl_rowcol_to_cell(row, column)}"


def _width(panel: Panel) -> int:
    """Columns of numbers."""
    return sum(3 if series.low else 1 for series in panel.series)


def _lines(name: str) -> int:
    """Lines that a wrapped name needs; a Chinese character is two wide."""
    wide = sum(1 if letter < "\u2e80" else 2 for letter in name)
    return max(1, -(-wide // (_LINE_WIDTH - 5)))


def _colour(shape: str, colour: str) -> dict[str, Any]:
    if shape == "line":
        return {"line": {"color": colour, "width": 2}, "marker": {"type": "circle", "size": 4,
                                                                  "fill": {"color": colour},
                                                                  "border": {"color": colour}}}
    return {"fill": {"color": colour}, "border": {"none": True}}
