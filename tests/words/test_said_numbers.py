"""Large amounts and dates are said as people of each language write them, and never ambiguously."""

from datetime import date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.words import SPOKEN
from ltcdiag.words.amounts import currency_name, headline, short
from ltcdiag.words.days import day, month, period, quarter

UNITS = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "兆": 1e12, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12,
         "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}


def back(said: str) -> float:
    """The number that was said, read the slow way."""
    for unit, size in UNITS.items():
        if said.endswith(unit):
            return back(said.removesuffix(unit).strip()) * size
    return float(said.replace(",", ""))


@given(st.floats(-1e13, 1e13).filter(lambda value: abs(value) >= 1), st.sampled_from(SPOKEN))
def test_a_short_number_is_right_to_three_figures(value: float, lang: str) -> None:
    said = short(value, lang)
    assert back(said) == pytest.approx(value, rel=0.00501, abs=0.5)
    assert len(said) <= 9
    told = headline(value, currency="积分", lang=lang).removesuffix("积分").strip()
    assert back(told) == pytest.approx(value, rel=0.00501, abs=0.5)


@pytest.mark.parametrize(("value", "currency", "zh", "hant", "en"), [
    (12_345_678, "CNY", "1230 万元", "1230 萬人民幣", "12.3 million CNY"),
    (999_960, "USD", "100 万美元", "100 萬美元", "999,960 USD"),
    (9_876, "JPY", "9,876 日元", "9,876 日圓", "9,876 JPY"),
    (1.234e10, "TWD", "123 亿新台币", "123 億新台幣", "12.3 billion TWD"),
    (-5e6, "", "-500 万（币种未注明）", "-500 萬（幣種未註明）", "-5 million (currency not stated)"),
])
def test_money_of_a_headline(value: float, currency: str, zh: str, hant: str, en: str) -> None:
    assert [headline(value, currency=currency, lang=lang) for lang in ("zh", "zh-Hant", "en")] == [zh, hant, en]


def test_an_interval_stands_behind_and_no_two_currencies_sound_alike() -> None:
    assert headline(1_234_567, 1_100_000, 1_400_000, currency="CNY", lang="zh") == "123 万元（110 万–140 万）"
    assert headline(-1.2e6, -1.4e6, 200.0, currency="EUR", lang="en") == "-1.2 million EUR (-1.4 million to 200)"
    codes = ("CNY", "JPY", "TWD", "HKD", "USD", "CAD", "AUD", "SGD", "EUR", "GBP", "KRW", "")
    for lang in SPOKEN:
        assert all(currency_name(a, lang) != currency_name(b, lang) for a, b in combinations(codes, 2))


@pytest.mark.parametrize(("first", "last", "zh", "en"), [
    ("2024-01-01", "2024-12-31", "2024年", "2024"),
    ("2024-07-01", "2024-12-31", "2024年下半年", "H2 2024"),
    ("2024-01-01", "2024-03-31", "2024年一季度", "Q1 2024"),
    ("2024-02-01", "2024-02-29", "2024年2月", "February 2024"),
    ("2023-02-01", "2023-02-28", "2023年2月", "February 2023"),
    ("2024-02-01", "2024-04-30", "2024年2月1日至2024年4月30日", "1 February to 30 April 2024"),
    ("2023-11-05", "2024-04-30", "2023年11月5日至2024年4月30日", "5 November 2023 to 30 April 2024"),
    ("2024-03-05", "2024-03-05", "2024年3月5日", "5 March 2024"),
    ("then", "now", "then至now", "then to now"),
])
def test_periods(first: str, last: str, zh: str, en: str) -> None:
    assert (period(first, last, "zh"), period(first, last, "en")) == (zh, en)
    assert period(first, last, "zh-Hant") == zh


def test_days_months_and_quarters() -> None:
    when = datetime(2024, 3, 5, 23, 59)
    for given_ in (when, when.date(), "2024-03-05", "2024-03-05 23:59", "2024-03-05T23:59:00+08:00"):
        assert (day(given_, "zh"), day(given_, "en")) == ("2024年3月5日", "5 March 2024")
    assert (month(when, "zh"), month(when, "en")) == ("2024年3月", "March 2024")
    assert (quarter("2024-12-31", "zh"), quarter("2024-12-31", "en")) == ("2024年四季度", "Q4 2024")
    assert day("–", "zh") == "–"


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 800), st.sampled_from(SPOKEN))
def test_no_two_periods_have_one_name(first: date, days: int, lang: str) -> None:
    last = first + timedelta(days=days)
    told = period(first, last, lang)
    assert told != period(first, last + timedelta(days=1), lang)
    assert told != period(first - timedelta(days=1), last, lang)
