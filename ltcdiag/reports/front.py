"""The first sheet of a workbook: what it is, where everything stands, a handful of native charts with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from ..log.look import missing
from ..words import say
from ..words.numbers import count
from . import stages as chain
from .assessment import Assessment
from .grids import Grid, Kind, Value
from .moments import minute

if TYPE_CHECKING:
    import pandas as pd

MOST_BARS, MOST_MONTHS = 12, 36
Number = float | int | None


@dataclass(frozen=True)
class Series:
    """One row of bars, or a line. low, high: ends of the intervals, () without."""

    name: str
    values: tuple[Number, ...]
    low: tuple[Number, ...] = ()
    high: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A chart and the table it is drawn from. names: what stands below or beside the bars. kind: of the numbers. note:
    how to read it. sheet: the grid that holds more."""

    title: str
    head: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    shape: Literal["bar", "column", "line"]
    kind: Kind
    unit: str
    note: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Front:
    """title, lines: what stands on top. panels: the charts."""

    title: str
    lines: tuple[str, ...]
    panels: tuple[Panel, ...]


def front_of(found: Assessment, lang: str) -> Front:
    """The front of the workbook of a log. Law: every number is one of the sheets behind it."""
    log, states = found.log, found.states
    made = (stage_panel(found, lang), finding_panel(found, lang), month_panel(found, lang), funnel_panel(found, lang))
    median, over = found.median_days
    lines = [say("workbook.base", lang, cases=count(found.counts["cases"]), events=count(found.counts["events"]),
                 open=count(states["open"]), as_of=minute(log.as_of, log.timezone))]
    if median is not None:
        lines.append(say("workbook.median", lang, days=f"{median:,.1f}", n=count(over)))
    n = len(found.diagnosis.findings)
    lines.append(say("workbook.findings", lang, n=n) if n else
                 found.diagnosis.why_none.get(lang) or say("findings.none_claimed", lang))
    lines.append(say("reports.level_working", lang))
    return Front(log.name, tuple(lines), tuple(panel for panel in made if panel is not None))


def stage_panel(found: Assessment, lang: str) -> Panel | None:
    """Days of an average case, by stage."""
    answer = found.diagnosis.tables.get("stages")
    if answer is None or answer.table.empty:
        return None
    rows = answer.table.head(MOST_BARS)
    names = tuple(chain.shown(str(key), "stage", lang) for key in rows["stage"])
    return Panel(say("workbook.stages", lang), say("reports.col_stage", lang), names,
                 (_interval(rows, "days_per_case", "days_low", "days_high", say("workbook.days_per_case", lang)),),
                 "bar", "days", say("workbook.days", lang),
                 say("workbook.stages_note", lang, horizon=found.diagnosis.horizon_days,
                     shown=len(rows), all=len(answer.table)), "found_stages")


def finding_panel(found: Assessment, lang: str) -> Panel | None:
    """Days of the findings that have days."""
    known = [finding for finding in found.diagnosis.findings if finding.days is not None][:MOST_BARS]
    if not known:
        return None
    days = [finding.days for finding in known if finding.days is not None]
    return Panel(
        say("workbook.finding_days", lang), say("reports.col_finding", lang),
        tuple(f"{finding.id} {finding.title[lang]}" for finding in known),
        (Series(say("workbook.days_per_case", lang), tuple(each.value for each in days),
                tuple(each.low for each in days), tuple(each.high for each in days)),),
        "bar", "days", say("workbook.days", lang),
        say("workbook.finding_note", lang, horizon=found.diagnosis.horizon_days), "findings")


def month_panel(found: Assessment, lang: str) -> Panel | None:
    """Cases that began and that were closed, by whole month; how long they took is not shown, since a case that closes
    early in a log can only be a short one."""
    table, zone = found.cases.table, found.log.timezone
    closed = table[table["state"] == "closed"]
    began, ended = (_months(column, zone) for column in (table["started"], closed["ended"]))
    last = _months(_moment(found), zone).iloc[0]
    months = list(_whole_months(began.min(), last))[-MOST_MONTHS:] if len(table) else []
    if len(months) < 3:
        return None
    started = began.value_counts()
    series = [Series(say("workbook.started", lang), tuple(int(started.get(month, 0)) for month in months))]
    if found.log.closedness == "known":
        over = ended.value_counts()
        series.append(Series(say("workbook.closed", lang), tuple(int(over.get(month, 0)) for month in months)))
    return Panel(say("workbook.months", lang), say("workbook.month", lang),
                 tuple(f"{month // 12}-{month % 12 + 1:02}" for month in months), tuple(series), "line", "count",
                 say("workbook.cases", lang), say("workbook.months_note", lang), "cases")


def _moment(found: Assessment) -> pd.Series:
    import pandas as pd

    return pd.Series([found.log.as_of.replace(tzinfo=None)])


def _months(moments: pd.Series, zone: str | None) -> pd.Series:
    """Months as numbers, counted from year 0."""
    if zone is not None:
        moments = moments.dt.tz_localize("UTC").dt.tz_convert(zone)
    return moments.dt.year * 12 + moments.dt.month - 1


def _whole_months(first: int, last: int) -> Iterator[int]:
    """The months but for the first and the last, which the data may hold in part."""
    yield from range(int(first) + 1, int(last))


def funnel_panel(found: Assessment, lang: str) -> Panel | None:
    """How many of the cases come to each main stage."""
    answer = found.diagnosis.tables.get("funnels")
    if answer is None or answer.table.empty:
        return None
    rows = answer.table
    names = tuple(chain.shown(str(key), "main_stage", lang) for key in rows["main_stage"])
    return Panel(say("workbook.funnel", lang), say("reports.col_stage", lang), names,
                 (_interval(rows, "share_reached", "reached_low", "reached_high", say("workbook.reached", lang)),),
                 "bar", "share", say("workbook.share", lang), say("workbook.funnel_note", lang), "found_funnels")


def _interval(rows: pd.DataFrame, value: str, low: str, high: str, name: str) -> Series:
    return Series(name, *(tuple(None if missing(each) else float(each) for each in rows[column])
                          for column in (value, low, high)))


def panel_of_grid(grid: Grid, lang: str, *, title: str, name: str, number: str, unit: str) -> Panel | None:
    """A panel of the first rows of a grid, by its columns `name` and `number`, behind which its interval stands."""
    keys = [column.key for column in grid.columns]
    at, head = keys.index(number), keys.index(name)
    rows = [row for row in islice(grid.draw(), MOST_BARS) if isinstance(row[at], int | float)]
    if not rows:
        return None
    values, low, high = (tuple(_number(row[place]) for row in rows) for place in (at, at + 1, at + 2))
    return Panel(title, grid.columns[head].name(lang), tuple(str(row[head]) for row in rows),
                 (Series(grid.columns[at].name(lang), values, low, high),), "bar", "days", unit, sheet=grid.name)


def _number(value: Value) -> Number:
    return value if isinstance(value, int | float) else None


