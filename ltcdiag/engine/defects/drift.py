"""Clocks of a part of the rows beside those of the rest: another zone, minutes late, day and month changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING

from ..connection import literal
from ..loading import Loaded, table_of_row

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("ts_zone_shift", "ts_clock_offset", "ts_day_month_swapped")
_ROWS = 15          # of a part; fewer show no hours of work
_MOST = 0.95        # of the rows lie within the hours of work
_DAY = (5, 14)      # hours of work that a part with people in it has; a batch at night has fewer, a service more
_INSIDE = 0.6       # more of its rows within the hours of the others: no other zone
_NEAR = 2           # hours between two steps that belong together
_TURNED = 0.6       # of the steps near another come before it, although they stand behind it
_SELDOM = 0.05      # so few do in all other parts
_WEEKENDS = 0.05    # more of the work lies on weekends, where day and month could be each other
_SURE = 5.0         # standard errors of that difference
_WORKDAYS = 0.85    # of those weekends become workdays when day and month change places; by chance 5 of 7 do
_ENOUGH = 50


def check(desk: Desk, loaded: Sequence[Loaded], columns: AbstractSet[str]) -> None:
    """Looks at departments, roles and files as parts; relation `sound`, and `typed_all` for what it leaves out."""
    if desk.looks_for("ts_day_month_swapped"):
        _day_and_month(desk, loaded, columns)
    if not desk.looks_for("ts_zone_shift", "ts_clock_offset"):
        return
    parts = [column for column in ("department", "role") if column in columns][:1]
    if len(loaded) > 1:
        parts.append("file")
    for part in parts:
        text = f"{table_of_row(loaded)}::varchar" if part == "file" else f"nullif(trim({part}), '')"
        source = "few" if part == "file" else f"few join (select row, {part} from typed_all) using (row)"
        desk.connection.execute(
            f"create or replace temp table part as select row, case_id, ts, {text} as part from {source}")
        shifted = _other_hours(desk)
        _claim(desk, loaded, "ts_zone_shift", (text, list(shifted)))
        _claim(desk, loaded, "ts_clock_offset", (text, [each for each in _late(desk) if each not in shifted]))


def _claim(desk: Desk, loaded: Sequence[Loaded], defect: str, parts: tuple[str, Sequence[str]]) -> None:
    """Notes the times of all rows of some parts: the expression of a part, and those that are meant."""
    text, which = parts
    listed = ", ".join(map(literal, which))
    for item in loaded if which else ():
        time = item.map["time"]
        if time is not None:
            desk.cells(defect, time, f"select row, {item.cells[time]}::varchar as before, null as after "
                                     f"from (select *, {item.row} as row from {item.relation}) "
                                     f"join (select row from typed_all where {text} in ({listed})) using (row) "
                                     "where row in (select row from sound)")


def _other_hours(desk: Desk) -> dict[str, int]:
    """Part → how many hours it lies off the others."""
    rows = desk.connection.sql("select part, hour(ts), count(*) from part where part is not null "
                               "and date_trunc('day', ts) <> ts group by all order by 1, 2").fetchall()
    hours: dict[str, list[int]] = {}
    for part, hour, n in rows:
        hours.setdefault(part, [0] * 24)[hour] = n
    found = {}
    for part, own in hours.items():
        rest = [sum(each[hour] for name, each in hours.items() if name != part) for hour in range(24)]
        if sum(own) < _ROWS or sum(rest) < sum(own):
            continue
        (start, width), (_, own_width) = _hours_of_work(rest), _hours_of_work(own)
        inside = sum(own[(start + i) % 24] for i in range(width)) / sum(own)
        if width <= _DAY[1] and _DAY[0] <= own_width <= _DAY[1] and inside <= _INSIDE:
            found[part] = max(range(-11, 13), key=partial(_overlap, own, rest))
    return found


def _overlap(own: Sequence[int], rest: Sequence[int], hours: int) -> float:
    """How much two distributions over the day have in common where one is moved by some hours."""
    return sum(min(own[(i + hours) % 24] / sum(own), rest[i] / sum(rest)) for i in range(24))


def _hours_of_work(counts: Sequence[int]) -> tuple[int, int]:
    """First hour and length of the shortest run of hours, also over midnight, with nearly all rows."""
    wanted = _MOST * sum(counts)
    return next((start, width) for width in range(1, 25) for start in range(24)
                if sum(counts[(start + i) % 24] for i in range(width)) >= wanted)


def _late(desk: Desk) -> list[str]:
    """Parts whose steps stand behind a step of another part in the file and shortly before it in time."""
    near = f"abs(epoch(ts) - epoch(before)) <= {_NEAR} * 3600"
    rows = desk.connection.sql(f"""
        with told as (select part, ts, lag(ts) over w as before, lag(part) over w as other from part
                      window w as (partition by case_id order by row))
        select part, count(*) filter ({near}) as near, count(*) filter ({near} and ts < before) as turned
        from told where part is distinct from other and before is not null and part is not null
        group by part order by part""").fetchall()
    near_all, turned_all = (sum(row[i] for row in rows) for i in (1, 2))
    return [part for part, n, turned in rows if turned >= _ROWS and turned >= _TURNED * n
            and turned_all - turned <= _SELDOM * (near_all - n)]


def _day_and_month(desk: Desk, loaded: Sequence[Loaded], columns: AbstractSet[str]) -> None:
    """Human work on weekends, in rows whose day could be a month against those where it could not."""
    human = "and resource is not null" if "resource" in columns else ""
    for item in loaded:
        time = item.map["time"]
        if time is None or item.types[time] == "DATE":
            continue
        desk.connection.execute(f"""
            create or replace temp table days as
            select row, day(ts) <= 12 and day(ts) <> month(ts) as either, isodow(ts) > 5 as weekend,
              case when day(ts) <= 12 then make_date(year(ts)::int, day(ts)::int, month(ts)::int) end as turned
            from sound where {item.here} and not doubtful {human}""")
        counts = {either: (n, off) for either, n, off in desk.connection.sql(
            "select either, count(*), count(*) filter (weekend) from days group by 1").fetchall()}
        turned = desk.connection.sql("select avg((isodow(turned) <= 5)::int) from days where either and weekend"
                                     ).fetchall()[0][0]
        if _more_weekends(counts) and turned >= _WORKDAYS:
            desk.cells("ts_day_month_swapped", time, f"""
                select row, {item.cells[time]}::varchar as before, turned::varchar as after
                from (select *, {item.row} as row from {item.relation}) join days using (row)
                where either and weekend and isodow(turned) <= 5""")
        desk.connection.execute("drop table days")


def _more_weekends(counts: Mapping[bool, tuple[int, int]]) -> bool:
    """Whether the share of weekends is larger where day and month could be each other, beyond chance."""
    (n, off), (others, theirs) = counts.get(True, (0, 0)), counts.get(False, (0, 0))
    if min(n, others) < _ENOUGH:
        return False
    both = (off + theirs) / (n + others)
    error = (both * (1 - both) * (1 / n + 1 / others)) ** 0.5
    return bool(off / n - theirs / others > max(_WEEKENDS, _SURE * error))
