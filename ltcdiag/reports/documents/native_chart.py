"""A chart that its reader can edit, the same in slides and in Word: its numbers lie in a small workbook inside."""

from __future__ import annotations

import math
from datetime import datetime
from io import BytesIO
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.util import Pt

from ...words import chinese
from ...words.numbers import duration, percent
from .blocks import ChartBlock, Series
from .looks import FONTS, PALE, SERIES, plain, readable_text

_KINDS = {"bar": XL_CHART_TYPE.BAR_CLUSTERED, "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
          "line": XL_CHART_TYPE.LINE_MARKERS}
_SIZE, _GAP = 11, 45
_TICKS = 5          # about so many steps of an axis


def add_chart(shapes: Any, place: tuple[Any, Any, Any, Any], block: ChartBlock, lang: str, made: datetime) -> Any:
    """The chart in a box of a slide; returns its frame."""
    data: Any = CategoryChartData(number_format=block.number_format)  # type: ignore[no-untyped-call]
    data.categories = labels(block, lang)
    for series in block.series:
        data.add_series(readable_text(series.name), series.values)
    frame = shapes.add_chart(_KINDS[block.kind], *place, data)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(workbook(block, lang, made))
    _look(chart, block, lang)
    for number, (plot, series) in enumerate(zip(chart.plots[0].series, block.series, strict=True)):
        _series(plot, series, number, block)
    return frame


def labels(block: ChartBlock, lang: str) -> list[str]:
    """Names of the categories; of single lying bars with the number and its interval, which no bar can show."""
    if block.kind != "bar" or len(block.series) > 1:
        return [readable_text(name) for name in block.categories]
    series = block.series[0]
    return [readable_text(f"{name}   {_said(series, place, block, lang)}") for place, name in
            enumerate(block.categories)]


def _said(series: Series, place: int, block: ChartBlock, lang: str) -> str:
    value = series.values[place]
    shown = _number(value, block, lang)
    low, high = _end(series.lows, place), _end(series.highs, place)
    if block.brief or value is None or low is None or high is None:
        return shown
    ends = f"{_number(low, block, lang)}–{_number(high, block, lang)}"
    return f"{shown}（{ends}）" if chinese(lang) else f"{shown} ({ends})"


def _number(value: float | None, block: ChartBlock, lang: str) -> str:
    if value is None:
        return duration(None, lang)
    return percent(value) if block.percent else f"{value:,.{block.places}f}"


def _end(ends: tuple[float | None, ...], place: int) -> float | None:
    return ends[place] if place < len(ends) else None


def workbook(block: ChartBlock, lang: str, made: datetime) -> bytes:
    """Names, values, the ends of the intervals and how far they lie. Law: texts are texts and never formulas."""
    from xlsxwriter import Workbook

    target = BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                             "strings_to_numbers": False})
    book.set_properties({"created": made.replace(tzinfo=None)})
    sheet = book.add_worksheet("Sheet1")
    number = book.add_format({"num_format": block.number_format})
    for row, name in enumerate(labels(block, lang), start=1):
        sheet.write_string(row, 0, name)
    for column, (name, values) in enumerate(_columns(block), start=1):
        sheet.write_string(0, column, readable_text(name))
        for row, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, value, number)
    book.close()
    return target.getvalue()


def _columns(block: ChartBlock) -> list[tuple[str, tuple[float | None, ...]]]:
    """The series one beside the other, as the chart asks for them, then what lies above and below each."""
    found = [(series.name, series.values) for series in block.series]
    for series in block.series:
        if series.lows:
            found += [(f"{series.name} {sign}", _away(series, ends))
                      for sign, ends in (("+", series.highs), ("-", series.lows))]
    return found


def _away(series: Series, ends: tuple[float | None, ...]) -> tuple[float | None, ...]:
    return tuple(None if value is None or end is None else abs(end - value)
                 for value, end in zip(series.values, ends, strict=True))


def scale(block: ChartBlock) -> tuple[float, float, list[float]]:
    """Least and most of the axis, and the round numbers that stand at it: few enough to stand side by side."""
    values = [value for series in block.series for value in (*series.values, *series.lows, *series.highs)
              if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    rough = (high - low) / _TICKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return first * step, last * step, [n * step for n in range(first, last + 1)]


def _look(chart: Any, block: ChartBlock, lang: str) -> None:
    chart.font.size = Pt(_SIZE)
    frame = etree.Element(qn("c:spPr"))         # no edge around it
    etree.SubElement(frame, qn("a:noFill"))
    etree.SubElement(etree.SubElement(frame, qn("a:ln")), qn("a:noFill"))
    chart._chartSpace.find(qn("c:txPr")).addprevious(frame)
    _east(chart, lang)
    chart.has_title = False
    chart.has_legend = len(block.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    values, names = chart.value_axis, chart.category_axis
    values.has_major_gridlines = block.kind != "bar"
    if values.has_major_gridlines:
        values.major_gridlines.format.line.color.rgb = _rgb("#d9dee5")
    values.format.line.fill.background()
    values.has_title = True
    values.axis_title.text_frame.text = readable_text(block.unit)
    run = values.axis_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold, run.font.color.rgb = Pt(10), False, _rgb("#66707d")
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = (
        "0%" if block.percent else "General"), False
    least, most, ticks = scale(block)
    if most > least:
        values.minimum_scale, values.maximum_scale, values.major_unit = least, most, round(ticks[1] - ticks[0], 12)
    names.format.line.color.rgb = _rgb("#66707d")
    names.has_major_gridlines = False
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if block.kind == "bar":
        _every_name(names)
        names.reverse_order = True
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if block.kind != "line":
        chart.plots[0].gap_width = _GAP


def _every_name(names: Any) -> None:
    """No bar without its name, however many lines the names take."""
    every = etree.Element(qn("c:tickLblSkip"), val="1")
    names._element.find(qn("c:noMultiLvlLbl")).addprevious(every)


def _series(plot: Any, series: Series, number: int, block: ChartBlock) -> None:
    colour = SERIES[number % len(SERIES)]
    if block.kind == "line":
        plot.format.line.color.rgb, plot.format.line.width, plot.smooth = _rgb(colour), Pt(2), False
    else:
        plot.format.fill.solid()
        plot.format.fill.fore_color.rgb = _rgb(PALE if block.marked is not None else colour)
        plot.invert_if_negative = False
        if block.marked is not None:
            point = plot.points[block.marked].format.fill
            point.solid()
            point.fore_color.rgb = _rgb(colour)
    if block.kind == "column" and not series.lows:
        shown = plot.data_labels
        shown.show_value, shown.number_format, shown.number_format_is_linked = True, block.number_format, False
        shown.position, shown.font.size = XL_LABEL_POSITION.OUTSIDE_END, Pt(10)
    if series.lows:
        _whiskers(plot._element, series, number, block)


def _whiskers(element: Any, series: Series, number: int, block: ChartBlock) -> None:
    """The intervals, as ends that stand in the workbook too."""
    bars = etree.Element(qn("c:errBars"))
    if block.kind == "line":
        etree.SubElement(bars, qn("c:errDir"), val="y")
    etree.SubElement(bars, qn("c:errBarType"), val="both")
    etree.SubElement(bars, qn("c:errValType"), val="cust")
    etree.SubElement(bars, qn("c:noEndCap"), val="0")
    first = 1 + len(block.series) + 2 * sum(bool(each.lows) for each in block.series[:number])
    for offset, (name, ends) in enumerate((("plus", series.highs), ("minus", series.lows))):
        reference = etree.SubElement(etree.SubElement(bars, qn(f"c:{name}")), qn("c:numRef"))
        letter = chr(ord("A") + first + offset)
        etree.SubElement(reference, qn("c:f")).text = f"Sheet1!${letter}$2:${letter}${len(series.values) + 1}"
        _cache(reference, _away(series, ends), block.number_format)
    line = etree.SubElement(etree.SubElement(bars, qn("c:spPr")), qn("a:ln"), w="12700")
    etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"), val=plain("ink"))
    element.find(qn("c:cat")).addprevious(bars)


def _cache(reference: Any, values: tuple[float | None, ...], form: str) -> None:
    cache = etree.SubElement(reference, qn("c:numCache"))
    etree.SubElement(cache, qn("c:formatCode")).text = form
    etree.SubElement(cache, qn("c:ptCount"), val=str(len(values)))
    for place, value in enumerate(values):
        if value is not None:
            point = etree.SubElement(cache, qn("c:pt"), idx=str(place))
            etree.SubElement(point, qn("c:v")).text = repr(float(value))


def _east(chart: Any, lang: str) -> None:
    """Fonts by name: in Word there is no theme of ours."""
    latin, eastern = FONTS.get(lang, FONTS["en"])
    settings = chart._chartSpace.find(f"{qn('c:txPr')}/{qn('a:p')}/{qn('a:pPr')}/{qn('a:defRPr')}")
    for tag, font in (("latin", latin), ("ea", eastern)):
        etree.SubElement(settings, qn(f"a:{tag}"), typeface=font)


def _rgb(colour: str) -> Any:
    return RGBColor.from_string(plain(colour))  # type: ignore[no-untyped-call]
