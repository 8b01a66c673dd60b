"""Times written as text: what each shape of a column means, decided for the column and never per cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

DayOrder = Literal["dmy", "mdy", "ymd"]

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
SHAPE_SQL = (
    "translate(case when regexp_matches({x}, '[a-zA-Z]{{3}}') then regexp_replace(trim({x}), '(?i)(january|february|"
    "march|april|june|july|august|september|october|november|december)', 'MONTH', 'g') else trim({x}) end, "
    "'012345678', '999999999')"
)
"""Each digit as 9, each full month as MONTH. Letters are looked for first: few columns of times have any."""

_YMD = re.compile(r"^9{4}(?P<a>[-/.]|年)\s?9{1,2}(?P<b>[-/.]|月)\s?9{1,2}日?")
_XXY = re.compile(r"^9{1,2}(?P<a>[-/.])9{1,2}(?P<b>[-/.])(?P<y>9{4}|9{2})(?!9)")
_DAY_MON = re.compile(
    rf"^9{{1,2}}(?P<a>[-/ ])(?:(?P<m>{MONTHS})|(?P<M>MONTH)),?(?P<b>[-/ ])(?P<y>9{{4}}|9{{2}})(?!9)",
    re.IGNORECASE,
)
_YEAR_MON = re.compile(rf"^9{{4}}(?P<a>[-/ ])(?:(?P<m>{MONTHS})|(?P<M>MONTH))(?P<b>[-/ ])9{{1,2}}(?!9)", re.IGNORECASE)
_MON_DAY = re.compile(rf"^(?:(?P<m>{MONTHS})|(?P<M>MONTH))\.? 9{{1,2}},? (?P<y>9{{4}})", re.IGNORECASE)
_PACKED = re.compile(r"^9{8}(?!9)")
_TIME = re.compile(
    r"^(?P<sep>[T\s]|,\s|,?\sat\s)?(?P<han>上午|下午|凌晨|早上|中午|晚上)?(?P<pre>[AP]M)?\s*"
    r"9{1,2}(?P<c>[:时点])9{2}分?(?P<s>[:分]?9{2}秒?)?(?P<f>[.,]9+)?\s*(?P<post>[AaPp][Mm])?"
)
_ZONE = re.compile(r"^\s*(?P<z>Z|z|UTC|GMT|[+-]9{2}:?9{2}|[+-]9{2})$")


@dataclass(frozen=True)
class Reading:
    """How one shape is read: strptime format, whether it carries a zone, day or month first unknown,
    date only. kind: text, epoch_s, epoch_ms, epoch_us, excel."""

    format: str = ""
    kind: str = "text"
    zoned: bool = False
    ambiguous: bool = False
    date_only: bool = False
    iso: bool = False


def reading(shape: str, order: DayOrder | None) -> Reading | None:
    """The reading of a shape (digits written as 9, full month names as MONTH), None if it is no time.

    `order` decides 99/99/9999; without it such a reading is marked ambiguous and given as mdy.
    """
    number = _number(shape)
    if number is not None:
        return number
    found = _date(shape, order)
    if found is None:
        return None
    date_format, rest, ambiguous, iso = found
    if not rest.strip():
        return Reading(date_format, ambiguous=ambiguous, date_only=True, iso=iso)
    return _with_time(date_format, rest, ambiguous, iso)


def _number(shape: str) -> Reading | None:
    kinds = {10: "epoch_s", 13: "epoch_ms", 16: "epoch_us"}
    whole, _, fraction = shape.partition(".")
    if whole and set(whole) == {"9"} and set(fraction) <= {"9"}:
        if len(whole) == 14 and not fraction:
            return Reading("%Y%m%d%H%M%S")
        if len(whole) in kinds and not fraction:
            return Reading(kind=kinds[len(whole)])
        if len(whole) == 5:
            return Reading(kind="excel", date_only=not fraction)
    return None


def _date(shape: str, order: DayOrder | None) -> tuple[str, str, bool, bool] | None:
    """Format, what is left, whether day and month could be swapped, whether ISO."""
    if m := _YMD.match(shape):
        han = "年" in m.group()
        text = "%Y年%m月%d日" if han else f"%Y{m['a']}%m{m['b']}%d"
        iso = m.group() == "9999-99-99"
        return (text if not han else _spaced_han(m.group())), shape[m.end() :], False, iso
    if m := _XXY.match(shape):
        year = "%Y" if len(m["y"]) == 4 else "%y"
        if order == "ymd" and year == "%y":
            return f"%y{m['a']}%m{m['b']}%d", shape[m.end() :], False, False
        first, second = ("%d", "%m") if order == "dmy" else ("%m", "%d")
        return f"{first}{m['a']}{second}{m['b']}{year}", shape[m.end() :], order is None, False
    if m := _DAY_MON.match(shape):
        month = "%B" if m["M"] else "%b"
        comma = "," if "," in m.group() else ""
        year = "%Y" if len(m["y"]) == 4 else "%y"
        return f"%d{m['a']}{month}{comma}{m['b']}{year}", shape[m.end() :], False, False
    if m := _MON_DAY.match(shape):
        month = ("%B" if m["M"] else "%b") + ("." if "." in m.group() else "")
        comma = "," if "," in m.group() else ""
        return f"{month} %d{comma} %Y", shape[m.end() :], False, False
    if m := _YEAR_MON.match(shape):
        return f"%Y{m['a']}{'%B' if m['M'] else '%b'}{m['b']}%d", shape[m.end() :], False, False
    if m := _PACKED.match(shape):
        return "%Y%m%d", shape[m.end() :], False, False
    return None


def _spaced_han(text: str) -> str:
    """年月日 with the blanks that the shape has."""
    out = re.sub(r"^9{4}", "%Y", text)
    out = re.sub(r"9{1,2}(?=月)", "%m", out)
    return re.sub(r"9{1,2}(日?)$", r"%d\1", out)


def _with_time(date_format: str, rest: str, ambiguous: bool, iso: bool) -> Reading | None:
    m = _TIME.match(rest)
    if m is None:
        return None
    zone = _ZONE.match(rest[m.end() :]) if rest[m.end() :].strip() else None
    if rest[m.end() :].strip() and zone is None:
        return None
    plain = not (m["han"] or m["pre"] or m["post"]) and m["c"] == ":" and m["sep"] in ("T", " ")
    apart = zone is not None and m.group().endswith(" ")     # the cast to a moment knows no blank there
    if iso and plain and not apart and not (m["f"] or "").startswith(","):
        return Reading("", zoned=zone is not None, iso=True)
    text = date_format + _time_format(m)
    return Reading(text, zoned=zone is not None, ambiguous=ambiguous)


def _time_format(m: re.Match[str]) -> str:
    """The strptime format of the clock part. Chinese half-days are rewritten to AM and PM before parsing."""
    half = bool(m["han"] or m["pre"] or m["post"])
    text = m["sep"] or ""
    if m["han"] or m["pre"]:
        text += "%p" + (" " if re.search(r"(?:午|上|晨|M)\s+9", m.group()) else "")
    text += "%I" if half else "%H"
    text += m["c"] + "%M" + ("分" if "分" in m.group() else "")
    if m["s"]:
        text += (":" if m["s"].startswith(":") else "") + "%S" + ("秒" if "秒" in m["s"] else "")
    if m["f"]:
        text += m["f"][0] + "%f"
    if m["post"]:
        text += (" " if re.search(r"\s[AaPp][Mm]$", m.group()) else "") + "%p"
    return text


def day_order(firsts: Mapping[str, tuple[int, int]]) -> DayOrder | None:
    """Day order of a column from the largest first and second part over its ambiguous shapes.

    One part above 12 decides; none or both leave it open (both: a partial swap, a person must say).
    """
    first = max((pair[0] for pair in firsts.values()), default=0)
    second = max((pair[1] for pair in firsts.values()), default=0)
    if first > 12 >= second:
        return "dmy"
    if second > 12 >= first:
        return "mdy"
    return None


def parse_sql(column: str, shape_column: str, readings: Sequence[tuple[str, Reading]], zone: str | None) -> str:
    """An SQL expression: the moment as UTC TIMESTAMP (wall clock when no zone is known), null if unreadable."""
    branches = []
    for shape, how in readings:
        quoted = shape.replace("'", "''")
        branches.append(f"when '{quoted}' then {_branch(column, how, zone)}")
    if not branches:
        return "null::timestamp"
    return f"case {shape_column} " + " ".join(branches) + " end"


_ZONE_TAIL = r"\s*(Z|z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$"


def _branch(column: str, how: Reading, zone: str | None) -> str:
    x = f"trim({column})"
    if how.kind == "epoch_s":
        return f"make_timestamp(try_cast({x} as bigint) * 1000000)"
    if how.kind == "epoch_ms":
        return f"make_timestamp(try_cast({x} as bigint) * 1000)"
    if how.kind == "epoch_us":
        return f"make_timestamp(try_cast({x} as bigint))"
    if how.kind == "excel":     # a spreadsheet counts the days of a wall clock
        return _on_clock(
            f"case when try_cast({x} as double) between 20000 and 80000 then "
            f"make_timestamp((round((try_cast({x} as double) - 25569) * 86400)::bigint) * 1000000) end", zone
        )
    if how.iso and how.zoned:
        return f"make_timestamp(epoch_us(try_cast({x} as timestamptz)))"
    naive = _naive(x, how)
    if how.zoned:
        offset = f"regexp_extract({x}, '{_ZONE_TAIL}', 1)"
        return f"({naive} - to_seconds({_offset_seconds(offset)}))"
    return _on_clock(naive, zone)


def _on_clock(naive: str, zone: str | None) -> str:
    """A wall clock as a moment, where its zone is known."""
    if zone is None:
        return naive
    quoted = zone.replace("'", "''")
    return f"make_timestamp(epoch_us(timezone('{quoted}', {naive})))"


def _naive(x: str, how: Reading) -> str:
    if how.iso:
        return f"try_cast({x} as timestamp)"
    text = f"regexp_replace({x}, '{_ZONE_TAIL}', '')" if how.zoned else x
    if "%p" in how.format:
        text = f"regexp_replace(regexp_replace({text}, '上午|凌晨|早上', 'AM'), '下午|中午|晚上', 'PM')"
    if "%f" in how.format:
        text = f"regexp_replace({text}, '([.,][0-9]{{6}})[0-9]+', '\\1')"
    quoted = how.format.replace("'", "''")
    return f"try_strptime({text}, '{quoted}')"


def _offset_seconds(offset: str) -> str:
    hours = f"try_cast(substr({offset}, 2, 2) as bigint)"
    minutes = f"coalesce(try_cast(right(replace({offset}, ':', ''), 2) as bigint), 0)"
    return (
        f"case when {offset} in ('Z','z','UTC','GMT') then 0 else "
        f"(case when {offset}[1] = '-' then -1 else 1 end) * ({hours} * 3600 + "
        f"(case when length(replace({offset}, ':', '')) > 3 then {minutes} else 0 end) * 60) end"
    )
