"""Large amounts as people say them, for headlines, labels and slides; tables and files keep the exact number."""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

from . import say
from .languages import HANT, canonical

_LOCALES = {"zh": "zh_Hans", HANT: "zh_Hant", "en": "en"}
_LEAST = {"zh": 1e4, HANT: 1e4, "en": 1e6}
"""From here on a sentence says 万 or million; a smaller amount is said as it is."""


def headline(value: float, *ends: float, currency: str, lang: str) -> str:
    """Money in a sentence, with the ends of its interval if there are any: "123 万元（110 万–140 万）",
    "1.23 million CNY (1.1 million–1.4 million)". Three figures count; what is smaller than 万 or million is exact to
    the unit. currency: code, "" where nobody states it; 元 alone is always CNY."""
    exact = abs(value) < _LEAST[canonical(lang)]
    said = say("numbers.amount_exact" if exact else "numbers.amount", lang, n=_spoken(value, lang),
               currency=currency_name(currency, lang))
    if not ends:
        return said
    low, high = (_spoken(end, lang) for end in ends)
    return say("numbers.interval_signed" if ends[0] < 0 else "numbers.interval", lang, value=said, low=low, high=high)


def short(value: float, lang: str) -> str:
    """A number for a narrow place: "1.23万", "12.3K"; three figures count."""
    return _compact(value, lang, "short") if abs(value) >= 1e4 else f"{value:,.0f}"


@cache
def currency_name(code: str, lang: str) -> str:
    """A currency as it stands behind a number: 元 (CNY), 美元, 日元; the code in English, because signs like ¥ and $
    stand for several; what is no code stays as it is, "" is said to be not stated."""
    known = canonical(lang)
    if not code:
        return say("numbers.no_currency", lang)
    if known == "en" or not (len(code) == 3 and code.isascii() and code.isalpha()):
        return code
    if (code, known) == ("CNY", "zh"):
        return say("numbers.yuan", lang)
    from babel.numbers import get_currency_name

    return str(get_currency_name(code.upper(), locale=_LOCALES[known]))


def _spoken(value: float, lang: str) -> str:
    known = canonical(lang)
    if not abs(value) >= _LEAST[known]:
        return f"{value:,.0f}"
    said = _compact(value, lang, "long" if known == "en" else "short")
    number = said.rstrip("万亿萬億兆")
    return said if known == "en" else f"{number} {said.removeprefix(number)}"


def _compact(value: float, lang: str, length: Literal["long", "short"]) -> str:
    """With three figures; rounded beforehand, so that 999,960 is one million and not a thousand thousand."""
    from babel.numbers import format_compact_decimal

    if not math.isfinite(value):
        return "–"
    rounded = round(value, 2 - math.floor(math.log10(abs(value))))
    return str(format_compact_decimal(rounded, format_type=length, locale=_LOCALES[canonical(lang)], fraction_digits=2))
