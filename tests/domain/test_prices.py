"""The user's own rates: ranges, what is nearest, every fault at once, and a template that gives no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.domain.prices import Prices, load_prices, prices_of, template
from ltcdiag.errors import InputError
from ltcdiag.sources.mapping import Mapping, dump_mapping, load_mapping
from ltcdiag.words import use

RATES = st.one_of(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=2, max_size=2).map(sorted))


def test_a_file_of_rates_is_read_with_its_ranges(tmp_path):
    file = tmp_path / "prices.toml"
    file.write_text('[prices]\ncurrency = "CNY"\nmargin = 0.3\ncost_of_capital = [0.04, 0.06]\n'
                    '[prices.hourly]\nall = 150\n"法务部" = [200, 260]\n[prices.minutes]\ncontract_approval = 45\n',
                    encoding="utf-8")
    rates = load_prices(file)
    assert rates.rate("法务部").value == Decimal(230)
    assert rates.rate("销售部").value == rates.rate(None).value == Decimal(150)
    assert rates.minutes_of("合同评审", "contract_approval").low == Decimal(45)
    assert rates.minutes_of("发货", "delivering") is None
    assert rates.cost_of_capital.text(percent=True) == "4–6%"
    assert all(len(rates.told(lang)) == 4 for lang in ("zh", "en"))


def test_the_same_rates_may_stand_in_the_answers_beside_the_data(tmp_path):
    file = tmp_path / "ltcdiag.toml"
    given_rates = {"currency": "CNY", "margin": 0.3, "hourly": {"all": [100, 150]}}
    file.write_text(dump_mapping(Mapping(prices=given_rates)), encoding="utf-8")
    again = load_mapping(file)
    assert prices_of(again.prices, where="") == prices_of(given_rates, where="")
    file.write_text("[prices]\nhourly = -3\n", encoding="utf-8")
    with pytest.raises(InputError):
        load_mapping(file)


def test_every_fault_is_told_at_once(tmp_path):
    file = tmp_path / "prices.toml"
    file.write_text('margn = 0.3\nmargin = 30\ncost_of_capital = [0.06, 0.04]\n[hourly]\nall = "150"\n'
                    "[minutes]\nall = [1, 2, 3]\n", encoding="utf-8")
    for lang in ("zh", "en"):
        with use(lang), pytest.raises(InputError) as told:
            load_prices(file)
        text = str(told.value)
        for part in ("margn", "margin", "cost_of_capital", "hourly.all", "minutes.all", 'currency = "CNY"'):
            assert part in text
    with pytest.raises(InputError):
        load_prices(tmp_path / "none.toml")


def test_the_template_is_read_and_assumes_nothing(tmp_path):
    file = tmp_path / "prices.toml"
    file.write_text(template(), encoding="utf-8")
    assert load_prices(file) == Prices()
    assert not Prices()
    lines = template().splitlines()
    at = lines.index("[prices]")
    file.write_text("\n".join(line.removeprefix("# ") for line in lines[at:]), encoding="utf-8")
    assert load_prices(file).rate().value == Decimal(150)       # with the # away it is what it shows


@given(RATES, RATES)
def test_a_rate_lies_between_its_ends(hour, minutes):
    rates = prices_of({"currency": "CNY", "hourly": hour, "minutes": {"all": minutes}}, where="")
    for rate in (rates.rate(), rates.minutes_of()):
        assert rate.low <= rate.value <= rate.high
