"""Times that are written in another way than the rest of their column, and hours that a zone does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..clock_text import SHAPE_SQL, Reading
from ..connection import literal
from ..loading import Loaded
from ..time_columns import TimeColumn

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("ts_excel_serial", "ts_epoch_ms", "ts_local_text", "ts_day_first", "ts_zone_suffix", "ts_date_only",
         "ts_dst_gap")


def check(desk: Desk, item: Loaded, times: TimeColumn, zone: str | None) -> None:
    """The cells of a column of texts whose form is not the usual one, with the moment that they were read as."""
    if times.type != "VARCHAR" or not times.readings:
        return
    usual = _form(times.readings[0][1])
    moment = times.sql(zone)
    if zone:    # shown on the clock of the log, as the other cells are
        moment = f"timezone({literal(zone)}, timezone('UTC', {moment}))"
    odd: dict[str, list[str]] = {}
    for shape, how in times.readings:
        if _form(how) not in (usual, ""):
            odd.setdefault(_form(how), []).append(shape)
    for name, shapes in odd.items():
        listed = ", ".join(map(literal, shapes))
        desk.read_as(name, item, times.column, f"{SHAPE_SQL.format(x=times.cell)} in ({listed})", moment)
    if zone and desk.looks_for("ts_dst_gap"):
        _no_such_hour(desk, item, times, zone)


def _form(how: Reading) -> str:
    """The defect that a form is where it is not the usual one, "" where it is none."""
    if how.kind == "excel":
        return "ts_excel_serial"
    if how.kind.startswith("epoch"):
        return "ts_epoch_ms"
    if how.zoned:
        return "ts_zone_suffix"
    if how.date_only:
        return "ts_date_only"
    if how.ambiguous or re.match("%[dm][-/.]%[dm]", how.format):
        return "ts_day_first"
    return "" if how.iso else "ts_local_text"


def _no_such_hour(desk: Desk, item: Loaded, times: TimeColumn, zone: str) -> None:
    """Wall clocks of the hour that is left out in spring, or that comes twice in autumn."""
    naive = [each for each in times.readings if not each[1].zoned and each[1].kind == "text" and not each[1].date_only]
    if not naive:
        return
    wall = times.sql(None)
    listed = ", ".join(literal(shape) for shape, _ in naive)
    moment = f"timezone({literal(zone)}, wall)"
    twice = " or ".join(f"timezone({literal(zone)}, {moment} {sign} interval 1 hour) = wall" for sign in "+-")
    hours = (f"select row from (select {item.row} as row, {wall} as wall from {item.relation} "
             f"where {SHAPE_SQL.format(x=times.cell)} in ({listed})) where wall is not null "
             f"and (timezone({literal(zone)}, {moment}) <> wall or {twice})")
    desk.read_as("ts_dst_gap", item, times.column, f"{item.row} in ({hours})", times.sql(zone))
