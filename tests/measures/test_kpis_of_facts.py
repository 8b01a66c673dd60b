"""Indicators of money, promised days and what comes after the end: by hand, against slow twins, and in their laws."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import numpy as np
import pytest

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.log.calendar import WorkCalendar
from ltcdiag.words import use
from tests.measures.kpi_logs import BASE, drawn, frame_of, log_of
from tests.stats.naive_estimator import theta

SOLD = {"won", "contract_signed", "order_confirmed", "accepted", "invoiced", "paid"}
CLOSING = {"lost", "lead_disqualified", "cancelled", "paid", "written_off"}
AS_OF = 130


def table(log, **options):
    with use("en"):
        return ltc.kpis(log, **options).table.set_index("kpi")


# ---- laws ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calendar", [None, "CN", {"region": {"N": "CN", "S": WorkCalendar("DE", "BY")}}],
                         ids=["calendar days", "working days", "by region"])
def test_stage_days_and_first_pass_and_rework_days_add_up_to_the_days_open(calendar):
    lives = drawn(3, cases=60)
    log = log_of(lives, region={case: "NSX"[n % 3] for n, case in enumerate(lives)})
    found = table(log, calendar=calendar)["value"]
    stages = [kpi for kpi in found.index if kpi.startswith("days_in_")] + ["days_elsewhere"]
    assert found[stages].sum() == pytest.approx(found["days_open"], abs=1e-9)
    assert found["first_pass_days"] + found["rework_days"] == pytest.approx(found["days_open"], abs=1e-9)
    assert found["first_pass_days"] > 0


# ---- money ---------------------------------------------------------------------------------------------------


def priced(seed, *, currencies=("CNY",), gaps=False):
    """Drawn lives whose amount grows by one a step, and the plain facts of each case: amount at the win, currency."""
    dice, lives = Random(seed), drawn(seed, cases=80)
    frame = frame_of(lives)
    start = {case: dice.randrange(100, 1000) for case in lives}
    money = {case: dice.choice(currencies) for case in lives}
    without = {case for case in lives if gaps and dice.random() < 0.2}
    step = frame.groupby("case").cumcount()
    frame["amount"] = [None if case in without else start[case] + n
                       for case, n in zip(frame["case"], step, strict=True)]
    frame["currency"] = frame["case"].map(money)
    worth = {}
    for case, life in lives.items():
        at = next((n for n, (name, _) in enumerate(life) if name in SOLD), len(life) - 1)
        ties = [n for n, (_, day) in enumerate(life) if day <= life[at][1]]
        worth[case] = None if case in without else start[case] + max(ties)
    return lives, frame, worth, money


def won_within(lives, horizon, worth, begins):
    """theta of the amounts at the win."""
    watched, marks = [], []
    for case, life in lives.items():
        if life[0][0] not in begins:
            continue
        zero = life[0][1]
        won = next(((step, day) for step, day in life if step in SOLD), None)
        closed = life[-1][0] in CLOSING
        until = won[1] if won else life[-1][1] if closed else AS_OF
        if won:
            marks.append((len(watched), float(until - zero), float(worth.get(case) or 0)))
        watched.append((0.0, float(until - zero), won is not None or closed))
    return theta(watched, horizon, points=marks)


@pytest.mark.parametrize("seed", [1, 2])
def test_value_won_per_lead_is_that_of_the_slow_twin(seed):
    lives, frame, worth, _ = priced(seed)
    row = table(ltc.read(frame)).loc["value_per_lead"]
    expected = won_within(lives, row["horizon_days"], worth, {"lead_new", "事项乙七"})
    assert row["value"] == pytest.approx(expected, rel=1e-9)
    assert (row["currency"], row["unit"]) == ("CNY", "money")
    assert row["low"] < row["value"] < row["high"]


def test_currencies_are_never_added_and_missing_amounts_are_told():
    lives, frame, worth, money = priced(4, currencies=("CNY", "CNY", "EUR"), gaps=True)
    log = ltc.read(frame)
    totals = {}
    for currency in ("CNY", "EUR"):
        row = table(log, currency=currency).loc["value_won"]
        won = [case for case, life in lives.items() if any(step in SOLD for step, _ in life)]
        assert row["value"] == sum(worth[case] for case in won if worth[case] and money[case] == currency)
        assert row["currency"] == currency
        others = [case for case in won if worth[case] and money[case] != currency]
        assert f"({len(others)})" in row["note"]
        assert f"({sum(worth[case] is None for case in won)})" in row["note"]
        totals[currency] = row["value"]
    assert table(log).loc["value_won", "value"] == totals["CNY"]        # of most cases
    with use("en"), pytest.raises(InputError, match="CNY, EUR"):
        ltc.kpis(log, currency="USD")
    with use("en"), pytest.raises(InputError, match="no amounts"):
        ltc.kpis(log_of(lives), currency="USD")


def test_without_amounts_it_is_said_what_is_needed():
    lives, frame, _, _ = priced(5)
    found = table(log_of(lives))
    for kpi in ("value_per_lead", "value_per_opportunity", "value_won", "dso_days", "rework_money"):
        assert np.isnan(found.loc[kpi, "value"])
        assert "a column of amounts" in found.loc[kpi, "note"]
    frame.loc[~frame["case"].isin(list(lives)[:5]), "amount"] = None
    assert "too few" in table(ltc.read(frame)).loc["value_per_lead", "note"]


def test_a_unit_of_money_is_outstanding_for_days_by_its_weight():
    # 10 days for amounts of 100, 40 days for amounts of 300
    lives = {f"c{n}": [("order_confirmed", 0), ("invoiced", 2), ("paid", 12 if n % 2 else 42)] for n in range(60)}
    lives["last"] = [("lead_new", 0), ("lost", 200)]
    frame = frame_of(lives, amount={f"c{n}": 100 if n % 2 else 300 for n in range(60)})
    found = table(ltc.read(frame))
    assert found.loc["dso_days", "value"] == pytest.approx((100 * 10 + 300 * 40) / 400)
    assert found.loc["collection_cycle_days", "value"] == pytest.approx(25)


def test_rework_costs_the_interest_on_the_money_that_waits():
    back = [("lead_new", 0), ("proposal", 1), ("discovery", 3), ("proposal", 11), ("won", 12), ("paid", 20)]
    straight = [("lead_new", 0), ("proposal", 1), ("won", 12), ("paid", 20)]
    lives = {f"c{n}": back if n % 2 else straight for n in range(60)} | {"last": [("lead_new", 0), ("lost", 200)]}
    log = ltc.read(frame_of(lives, amount={f"c{n}": 73_000 for n in range(60)}))
    found = table(log, cost_of_capital=0.1)
    assert found.loc["rework_days", "value"] == pytest.approx(10 * 30 / 61)
    assert found.loc["rework_money", "value"] == pytest.approx(73_000 * 10 * 0.1 / 365 * 30 / 61)
    assert table(log, cost_of_capital=0.1, calendar="CN").loc["rework_money", "value"] == pytest.approx(
        found.loc["rework_money", "value"])
    assert "cost_of_capital" in table(log).loc["rework_money", "note"]
    for rate in (-0.1, 6):
        with pytest.raises(InputError):
            ltc.kpis(log, cost_of_capital=rate)


def test_leads_are_counted_and_their_channels_told_apart():
    lives = {f"c{n:02}": [("lead_new", 0), ("won" if n < 30 else "lost", 9)] for n in range(60)}
    lives |= {f"o{n}": [("order_confirmed", 0), ("paid", 9)] for n in range(25)}
    log = log_of({**lives, "last": [("lead_new", 0), ("lost", 90)]},
                 channel={case: "fair" if n % 2 else "web" for n, case in enumerate(sorted(lives)) if case[0] == "c"})
    with use("en"):
        found = ltc.kpis(log, by="channel").table
    leads = found[found["kpi"] == "leads"]
    assert leads["value"].tolist() == [61, 30, 30]
    assert leads["low"].isna().all()
    assert (found[found["kpi"] == "lead_win_rate"]["value"].round(4) == [0.4918, 0.5, 0.5]).all()


# ---- promised days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_on_time_is_by_the_end_of_the_promised_day(zone):
    promised = (BASE + timedelta(days=10)).date()
    lives = {f"t{n}": [("order_confirmed", 0), ("accepted", 10.5)] for n in range(30)}          # that evening
    lives |= {f"l{n}": [("order_confirmed", 0), ("accepted", 10.7)] for n in range(10)}         # after midnight
    lives |= {f"n{n}": [("order_confirmed", 0)] for n in range(10)}                             # not at all
    lives |= {f"x{n}": [("order_confirmed", 0), ("cancelled", 3)] for n in range(10)}           # called off before it
    lives["last"] = [("lead_new", 0), ("lost", 90)]
    due = {case: f"{promised:%Y/%m/%d}" for case in lives if case != "last"}
    late = {f"f{n}": [("order_confirmed", 60)] for n in range(10)}                              # still to come
    due |= dict.fromkeys(late, "2024年6月30日")
    log = ltc.read(frame_of({**lives, **late}, 承诺交期=due), timezone=zone)
    row = table(log).loc["on_time_delivery"]
    assert (row["value"], row["n"], row["open"], row["method"]) == (pytest.approx(30 / 50), 50, 10, "share_of_cases")
    assert np.isnan(row["horizon_days"])
    assert row["low"] < 0.6 < row["high"]


def test_days_of_which_nobody_knows_the_month_promise_nothing():
    lives = {f"t{n}": [("order_confirmed", 0), ("accepted", 5)] for n in range(30)}
    log = ltc.read(frame_of({**lives, "last": [("lead_new", 0), ("lost", 90)]},
                            promised_date=dict.fromkeys(lives, "03/04/2024")))
    row = table(log).loc["on_time_delivery"]
    assert np.isnan(row["value"])
    assert "promised days" in row["note"]


def test_payments_are_due_where_a_step_or_a_column_says_so():
    lives = {f"c{n:02}": [("invoiced", 0), ("到期应收", 30), ("paid", 20 if n % 3 else 40)] for n in range(60)}
    lives["last"] = [("lead_new", 0), ("lost", 90)]
    lives = {case: sorted(life, key=lambda step: step[1]) for case, life in lives.items()}
    by_step = table(log_of(lives)).loc["on_time_payment"]
    # a payment closes its case: what is due after it is seen all the same
    assert (by_step["value"], by_step["n"]) == (pytest.approx(2 / 3), 60)
    plain = {case: [step for step in life if step[0] != "到期应收"] for case, life in lives.items()}
    due = {case: f"{BASE + timedelta(days=30):%Y-%m-%d}" for case in plain if case != "last"}
    by_column = table(log_of(plain, **{"due date": due})).loc["on_time_payment"]
    assert (by_column["value"], by_column["n"]) == (pytest.approx(2 / 3), 60)


# ---- after the end -------------------------------------------------------------------------------------------


def test_renewals_and_complaints_count_after_the_end_of_their_case():
    def life(n):
        after = [("续约", 100 + n)] if n % 4 == 0 else [("未续约", 100)] if n % 4 == 1 else []
        return [("won", 0), ("paid", 20), *([("客户投诉", 30)] if n % 5 == 0 else []), *after]

    lives = {f"c{n:02}": life(n) for n in range(60)} | {"last": [("lead_new", 0), ("lost", 400)]}
    found = table(log_of(lives), horizon_days=200)
    assert found.loc["renewal_rate", ["value", "n", "open"]].tolist() == [pytest.approx(15 / 60), 60, 0]
    assert found.loc["complaint_rate", "value"] == pytest.approx(12 / 60)
    early = table(log_of(lives), horizon_days=120).loc["renewal_rate", "value"]
    assert early == pytest.approx(6 / 60)        # those at 100, 104, ..., 120
    working = table(log_of(lives), horizon_days=200, calendar="none")
    assert working.loc["renewal_rate", "value"] == pytest.approx(15 / 60)
    groups = ltc.kpis(log_of(lives, region={case: "NS"[n < 30] for n, case in enumerate(sorted(lives))}), by="region",
                      horizon_days=200).table
    assert groups[groups["kpi"] == "renewal_rate"]["n"].tolist() == [60, 30, 30]
