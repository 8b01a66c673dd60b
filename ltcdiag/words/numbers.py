"""How numbers are said: counts, shares and times."""

from __future__ import annotations

import math

from . import say


def count(n: float) -> str:
    """A whole number with thousands marked."""
    return f"{n:,.0f}"


def percent(share: float) -> str:
    """A share of 1 as per cent; little is never rounded to nothing, nor almost all to all."""
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1 - 1e-9:
        return ">99.9%"
    return "100%" if share > 0.999 else f"{100 * share:.1f}%"


_UNITS = (("days", 1.0), ("hours", 1 / 24), ("minutes", 1 / 1440))


def duration(days: float | None, lang: str) -> str:
    """A time given in days, in the unit people would use: days, hours or minutes."""
    if days is None or math.isnan(days):
        return "–"
    for unit, size in _UNITS:
        if abs(days) >= size:
            return say(f"numbers.{unit}", lang, n=_amount(days / size))
    return say("numbers.days", lang, n="0") if days == 0 else say("numbers.minutes", lang, n="<1")


def spoken(days: float, lang: str) -> str:
    """A time given in days as it stands in a sentence: "8.9 days"."""
    unit, size = _unit(days)
    return say(f"numbers.long_{unit}", lang, n=_amount(days / size))


def time_interval(value: float, low: float, high: float, lang: str) -> str:
    """A time in days with its interval, all three in the unit that fits the value: "8.9 days (8.2–9.7)"."""
    unit, size = _unit(value)
    shown = [_amount(part / size) for part in (value, low, high)]
    said = say(f"numbers.long_{unit}", lang, n=shown[0])
    return say("numbers.interval", lang, value=said, low=shown[1], high=shown[2])


def share_interval(value: float, low: float, high: float, lang: str) -> str:
    """A share with its interval: "42% (38%–46%)"."""
    shown = _shares(value, low, high)
    return say("numbers.interval", lang, value=shown[0], low=shown[1], high=shown[2])


def share_interval_inside(value: float, low: float, high: float, lang: str) -> str:
    """The same for a place that stands in brackets already: "42%, interval 38%–46%"."""
    shown = _shares(value, low, high)
    return say("numbers.interval_inside", lang, value=shown[0], low=shown[1], high=shown[2])


def _shares(value: float, low: float, high: float) -> list[str]:
    return [f"{100 * part:.0f}%" if 0.095 <= value <= 0.905 else percent(part) for part in (value, low, high)]


def days_interval(value: float, low: float, high: float, lang: str) -> str:
    """Days with their interval, also below a day: "0.60 days (0.51–0.71)"."""
    shown = _like(value, low, high)
    said = say("numbers.long_days", lang, n=shown[0])
    return say("numbers.interval", lang, value=said, low=shown[1], high=shown[2])


def working_days(value: float, *ends: float, lang: str) -> str:
    """Working days, with the ends of their interval if there are any: "3.4 working days (3.1–3.8)"; never hours,
    because an hour of work is no 24th of a day."""
    shown = _like(value, *ends)
    said = say("numbers.long_working_days", lang, n=shown[0])
    return said if not ends else say("numbers.interval", lang, value=said, low=shown[1], high=shown[2])


def money(value: float, *ends: float, currency: str, lang: str) -> str:
    """Money with the ends of its interval if there are any: "12,345 CNY (11,000–14,000)"."""
    places = 0 if abs(value) >= 99.5 else 2
    shown = [f"{part:,.{places}f}" for part in (value, *ends)]
    said = f"{shown[0]} {currency or say('numbers.no_currency', lang)}"
    return said if not ends else say("numbers.interval", lang, value=said, low=shown[1], high=shown[2])


def times(value: float, *ends: float, lang: str, unit: str = "times") -> str:
    """How often, with the ends of its interval if there are any: "0.58 times (0.44–0.77)". unit: times or points."""
    shown = [f"{part:,.2f}" for part in (value, *ends)]
    said = say(f"numbers.{unit}", lang, n=shown[0])
    return said if not ends else say("numbers.interval", lang, value=said, low=shown[1], high=shown[2])


def bare_interval(value: float, low: float, high: float, lang: str) -> str:
    """A number with its interval where the unit stands elsewhere: "8.9 (8.2–9.7)", "-4.1 (-5.8 to -2.3)"."""
    shown = _like(value, low, high)
    key = "numbers.interval_signed" if low < 0 else "numbers.interval"
    return say(key, lang, value=shown[0], low=shown[1], high=shown[2])


def _like(value: float, *ends: float) -> list[str]:
    """All with as many places as the value needs."""
    places = next((n for n, least in enumerate((99.95, 0.95, 0.095)) if abs(value) >= least), 3) if value else 1
    return ["<0.001" if 0 < part < 0.0005 else f"{part:,.{places}f}" for part in (value, *ends)]


def _unit(days: float) -> tuple[str, float]:
    return next((pair for pair in _UNITS if abs(days) >= pair[1]), _UNITS[-1] if days else _UNITS[0])


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:.1f}"


def signed(value: float, *, places: int = 1) -> str:
    """A difference with its sign: "+3.2", "−3.2", "0.0"."""
    shown = f"{abs(value):,.{places}f}"
    nought = not shown.strip("0.,")
    return shown if nought else ("−" if value < 0 else "+") + shown


def change_interval(
    value: float, low: float, high: float, lang: str, *, unit: str = "long_days", places: int = 1,
) -> str:
    """A difference with its interval: "−3.2 days (−5.9 to −0.5)". unit: a sentence of this file with a place for n."""
    shown = [signed(part, places=places) for part in (value, low, high)]
    said = say(f"numbers.{unit}", lang, n=shown[0])
    return say("numbers.interval_signed", lang, value=said, low=shown[1], high=shown[2])
