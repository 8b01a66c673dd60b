"""A work calendar of one's own: a CSV file of days, or a TOML file with hours, week and days.

    日期,类型            name = "苏州工厂"
    2026-02-13,休        country = "CN"                  # left out: Monday to Friday, no public holidays
    2026-02-28,班        opens = "08:30"
                         closes = "17:30"
                         off = ["2026-02-10..2026-02-13", 2026-02-16]
                         worked = ["2026-02-28"]

A CSV file stands over Monday to Friday; with `country` a TOML file stands over the holidays of a country, with `week`
over a week of its own (week = ["mon", "tue", "wed", "thu", "fri", "sat"]).
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError
from ..words import current, say
from .calendar import EVERY_HOUR, OWN_WEEK, WorkCalendar

ENDINGS = (".csv", ".toml")
MOST_DAYS = 1000
"""Days of one stretch: more is a slip of the year."""
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK_ZH = "一二三四五六日"
_KEYS = ("name", "country", "week", "opens", "closes", "off", "worked")
_DATE_HEADS = ("date", "day", "日期", "日")
_KIND_HEADS = ("kind", "type", "类型", "類型", "状态", "狀態")
_OFF = frozenset({"off", "holiday", "free", "休", "休息", "放假", "假", "休假", "节假日", "節假日"})
_WORKED = frozenset({"work", "worked", "working", "workday", "班", "上班", "补班", "補班", "调休上班", "工作",
                     "工作日"})


def calendar_of(given: str | Path | WorkCalendar) -> WorkCalendar:
    """The calendar of a name ("CN", "DE-BY", "none"), of a file, or itself. Raises InputError."""
    if isinstance(given, WorkCalendar):
        return given
    return read_calendar(given) if is_file(given) else WorkCalendar.parse(str(given))


def is_file(given: str | Path) -> bool:
    """Whether a calendar is given by a file."""
    return isinstance(given, Path) or given.strip().lower().endswith(ENDINGS)


def calendar_shown(given: str, lang: str) -> str:
    """The calendar of a log as a reader sees it: a file without its folder."""
    return f"{say('calendar.own', lang)} {Path(given).name}" if is_file(given) else given


def read_calendar(path: str | Path) -> WorkCalendar:
    """The calendar of a file. Raises InputError with every fault found, each with its line or key."""
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise InputError(_fault("no_kind", path.name))
    read = _Read(path.name)
    text = _text(path)
    read.table(text) if path.suffix.lower() == ".csv" else read.document(text)
    both = sorted(read.off & read.worked)
    read.faults += [_fault("both", path.name, day=day.isoformat()) for day in both]
    if not read.faults:
        try:
            return WorkCalendar(read.country, read.subdivision, read.opens, read.closes, frozenset(read.off),
                                frozenset(read.worked), read.week, read.name or path.stem)
        except InputError as error:
            read.faults += [Fault(fault.what, where=path.name, fix=fault.fix) for fault in error.faults]
    raise InputError(read.faults)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(_fault("not_found", str(path))) from None
    except OSError as error:
        raise InputError(_fault("cannot_open", str(path), detail=error.strerror or str(error))) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(_fault("not_text", path.name))


@dataclass
class _Read:
    """What a file says, and all that is wrong with it."""

    file: str
    name: str = ""
    country: str = OWN_WEEK
    subdivision: str | None = None
    week: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(18)
    off: set[date] = field(default_factory=set)
    worked: set[date] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def table(self, text: str) -> None:
        """A CSV file: one day (or stretch) a line."""
        rows = csv.reader(text.splitlines())
        heads = [head.strip().casefold() for head in next(rows, [])]
        places = [next((n for n, head in enumerate(heads) if head in known), None)
                  for known in (_DATE_HEADS, _KIND_HEADS)]
        if None in places:
            self._wrong("no_heads", self.file)
            return
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            day, kind = (row[place].strip() if place is not None and place < len(row) else "" for place in places)
            where = say("calendar.line", current(), file=self.file, line=rows.line_num)
            days = set(self._days(day, where))
            if kind.casefold() not in _OFF | _WORKED:
                self._wrong("kind", where, value=kind)
            (self.off if kind.casefold() in _OFF else self.worked).update(days)
        if not self.faults and not self.off | self.worked:
            self._wrong("no_days", self.file)

    def document(self, text: str) -> None:
        """A TOML file."""
        try:
            given = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self._wrong("not_toml", self.file, detail=str(error))
            return
        for key in given.keys() - set(_KEYS):
            self._wrong("key", self.file, key=key, known=", ".join(_KEYS))
        self.name = str(given.get("name", ""))
        self._country(given)
        self._hours(given)
        for key, days in (("off", self.off), ("worked", self.worked)):
            values = given.get(key, [])
            if not isinstance(values, list):
                self._wrong("no_list", self._at(key), key=key)
                continue
            for value in values:
                days.update(self._days(value, self._at(key)))

    def _country(self, given: Mapping[str, Any]) -> None:
        if "country" in given:
            country, _, subdivision = str(given["country"]).strip().upper().partition("-")
            self.country, self.subdivision = country, subdivision or None
            if "week" in given or country.casefold() == EVERY_HOUR:
                self._wrong("week_of_country", self._at("country"))
        week = given.get("week", list(_WEEK[:5]))
        places = [_weekday(day) for day in week] if isinstance(week, list) else [None]
        if None in places or not places:
            self._wrong("week", self._at("week"))
        self.week = tuple(sorted({place for place in places if place is not None}))

    def _hours(self, given: Mapping[str, Any]) -> None:
        for key in ("opens", "closes"):
            value = given.get(key, getattr(self, key))
            try:
                setattr(self, key, value if isinstance(value, time) else time.fromisoformat(str(value).zfill(5)))
            except ValueError:
                self._wrong("hour", self._at(key), value=value)
        if self.opens >= self.closes:
            self.faults.append(Fault(say("calendar.hours", current(), opens=self.opens, closes=self.closes), self.file))

    def _days(self, value: object, where: str) -> Iterator[date]:
        """The days of a value: one, or a stretch with two dots. Nothing, and a fault, where it is none."""
        first, dots, last = str(value).partition("..")
        start, end = _day(first), _day(last) if dots else _day(first)
        if start is None or end is None:
            self._wrong("date", where, value=value)
        elif not 0 <= (end - start).days < MOST_DAYS:
            self._wrong("stretch", where, value=value)
        else:
            yield from (start + timedelta(days=n) for n in range((end - start).days + 1))

    def _at(self, key: str) -> str:
        return say("calendar.key_of", current(), file=self.file, key=key)

    def _wrong(self, name: str, where: str, **values: object) -> None:
        self.faults.append(_fault(name, where, **values))


def _weekday(day: object) -> int | None:
    """0 for Monday: "mon", "Monday", "周一", "星期日"."""
    text = str(day).strip().casefold()
    if text[:3] in _WEEK:
        return _WEEK.index(text[:3])
    last = text[-1:].replace("天", "日")
    return _WEEK_ZH.index(last) if text[:1] in ("周", "週", "星") and last and last in _WEEK_ZH else None


def _day(text: str) -> date | None:
    """A day written 2026-02-13, 2026/2/13, 2026.2.13, 20260213 or 2026年2月13日."""
    plain = text.strip().replace("年", "-").replace("月", "-").rstrip("日")
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"):
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    return None


def _fault(name: str, where: str, **values: object) -> Fault:
    return Fault(say(f"calendar.{name}", current(), **values), where=where, fix=say(f"calendar.{name}_fix", current()))
