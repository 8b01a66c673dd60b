"""Days and periods as people write them in a sentence; tables and files keep ISO dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from . import say
from .languages import HANT, canonical

_LOCALES = {"zh": "zh_Hans", HANT: "zh_Hant", "en": "en_GB"}
_PARTS = ((12, "year"), (6, "half"), (3, "quarter"), (1, "month"))


def day(when: date | str, lang: str) -> str:
    """A day: "2024年3月5日", "5 March 2024". when: a date, a moment, or an ISO text; a text that is none stays as it
    is."""
    found = _date(when)
    if found is None:
        return str(when)
    from babel.dates import format_date

    return str(format_date(found, "long", locale=_LOCALES[canonical(lang)]))


def month(when: date | str, lang: str) -> str:
    """The month of a day: "2024年3月", "March 2024"."""
    found = _date(when)
    if found is None:
        return str(when)
    from babel.dates import format_skeleton

    return str(format_skeleton("yMMMM", found, locale=_LOCALES[canonical(lang)]))


def quarter(when: date | str, lang: str) -> str:
    """The quarter of a day: "2024年一季度", "Q1 2024"."""
    found = _date(when)
    return str(when) if found is None else _part("quarter", found, 3, lang)


def period(first: date | str, last: date | str, lang: str) -> str:
    """From a day to a day, both counted; a whole year, half, quarter or month by its name: "2024年上半年", "Q1 2024",
    else "2024年3月5日至2024年4月6日", "5 March to 6 April 2024"."""
    starts, ends = _date(first), _date(last)
    if starts is None or ends is None:
        return say("numbers.period", lang, first=first, last=last)
    if starts == ends:
        return day(starts, lang)
    for months, name in _PARTS:
        if starts.day == 1 and (starts.month - 1) % months == 0 and _months_after(starts, months) == ends + _DAY:
            return month(starts, lang) if name == "month" else _part(name, starts, months, lang)
    said = day(starts, lang)
    if canonical(lang) == "en" and starts.year == ends.year:
        said = said.removesuffix(f" {starts.year}")
    return say("numbers.period", lang, first=said, last=day(ends, lang))


_DAY = timedelta(days=1)


def _part(name: str, when: date, months: int, lang: str) -> str:
    number = (when.month - 1) // months
    key = f"numbers.{name}" if name == "year" else f"numbers.{name}_{number + 1}"
    return say(key, lang, year=when.year)


def _months_after(when: date, months: int) -> date:
    over, month_before = divmod(when.month - 1 + months, 12)
    return date(when.year + over, month_before + 1, 1)


def _date(when: date | str) -> date | None:
    if isinstance(when, datetime):
        return when.date()
    try:
        return when if isinstance(when, date) else date.fromisoformat(when[:10])
    except ValueError:
        return None
