"""Tables beside a log: recognised by their headers, every row accounted for, and the indicators they make."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.errors import ConservationError, InputError
from ltcdiag.log.side_tables import SideFile
from ltcdiag.sources.side_tables import _amount, _month
from ltcdiag.words import languages, use
from tests.measures.kpi_logs import frame_of, log_of

COSTS = "渠道,月份,费用,币种\n展会,2024-01,\"¥12,000.50\",CNY\n网站,2024年1月,3000,CNY\n网站,2024/02/15,5000,EUR\n"
ANSWERS = "订单编号,评分\n" + "".join(f"c{n:02},{n % 5 + 1}\n" for n in range(40)) + "nobody,5\n"
RETURNS = "case id,return date,return reason\nc00,2024-02-01,wrong item\nc01,2024-02-02,too late\nc01,,missing part\n"


def beside(tmp_path, **texts):
    paths = []
    for name, text in texts.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, "utf-8")
        paths.append(path)
    return ltc.side_tables(paths)


def lives():
    """Sixty leads of January; forty are won there and delivered, half of them by a fair."""
    made = {f"c{n:02}": [("lead_new", 0), *([("won", 9), ("order_confirmed", 12), ("paid", 30)] if n < 40
                                           else [("lost", 9)])] for n in range(60)}
    return {**made, "last": [("lead_new", 60), ("lost", 200)]}


def channels():
    return {case: "展会" if n % 2 else "网站" for n, case in enumerate(sorted(lives())) if case != "last"}


def rows(log, **options):
    with use("en"):
        table = ltc.kpis(log, **options).table
    return table if options.get("by") else table.set_index("kpi")


# ---- reading -------------------------------------------------------------------------------------------------


def test_the_three_kinds_are_told_by_their_headers_in_both_languages(tmp_path):
    found = beside(tmp_path, costs=COSTS, answers=ANSWERS, returns=RETURNS)
    assert [file.kind for file in found.files] == ["costs", "answers", "returns"]
    assert [(cost.channel, cost.month, cost.amount, cost.currency) for cost in found.costs] == [
        ("展会", "2024-01", Decimal("12000.50"), "CNY"), ("网站", "2024-01", Decimal(3000), "CNY"),
        ("网站", "2024-02", Decimal(5000), "EUR")]
    assert len(found.answers) == 41
    assert [row.reason for row in found.returns] == ["wrong item", "too late", "missing part"]
    english = beside(tmp_path, en="Channel,Month,Cost\nweb,2024-01,5\n", scores="Day,Score\n1,4\n2,5\n")
    assert [file.kind for file in english.files] == ["costs", "answers"]
    assert not english.has_cases
    assert found.has_cases


def test_every_row_is_used_or_set_aside_with_its_reason_and_the_money_balances(tmp_path):
    found = beside(tmp_path, costs=COSTS + "展会,无,7,CNY\n,2024-03,8,CNY\n展会,2024-13,9,EUR\n网站,2024-04,x,CNY\n",
                   answers=ANSWERS + "c01,good\n,3\n", returns=RETURNS + ",2024-01-01,wrong\n")
    costs, answers, returns = found.files
    assert (costs.rows, costs.used) == (7, 3)
    assert costs.set_aside == {"month_unreadable": 2, "channel_missing": 1, "amount_unreadable": 1}
    assert {money.currency: (money.read, money.kept, money.set_aside) for money in costs.money} == {
        "CNY": (Decimal("15015.50"), Decimal("15000.50"), Decimal(15)),
        "EUR": (Decimal(5009), Decimal(5000), Decimal(9))}
    assert (answers.rows, answers.used, answers.set_aside) == (43, 41, {"score_unreadable": 1, "case_missing": 1})
    assert (returns.rows, returns.used, returns.set_aside) == (4, 3, {"case_missing": 1})
    for lang in languages():
        with use(lang):
            assert "15015.50" in str(found)
            assert "15015.50" in found._repr_html_()
    told = json.loads(json.dumps(found.to_dict()))
    assert told["files"][0]["money"]["EUR"]["set_aside"] == "9"


def test_a_ledger_that_does_not_balance_is_a_fault_of_ours():
    with pytest.raises(ConservationError):
        SideFile("x", "costs", 5, 3, {"channel_missing": 1})


def test_every_file_that_is_no_side_table_is_named_at_once(tmp_path):
    with use("en"), pytest.raises(InputError) as caught:
        beside(tmp_path, one="a,b\n1,2\n", good=COSTS, two="渠道,月份\n展会,2024-01\n")
    assert [fault.where.rpartition("/")[2] for fault in caught.value.faults] == ["one.csv", "two.csv"]
    assert "channel, month, cost" in caught.value.faults[0].fix
    with use("zh"), pytest.raises(InputError, match="渠道"):
        beside(tmp_path, one="a,b\n1,2\n")
    with pytest.raises(InputError):
        ltc.side_tables(tmp_path / "none.csv")


@given(st.integers(1900, 2099), st.integers(1, 12), st.integers(1, 28))
def test_a_month_is_read_however_it_is_written(year, month, day):
    wanted = f"{year:04}-{month:02}"
    for text in (wanted, f"{year:04}/{month}", f"{year:04}{month:02}", f"{year:04}年{month}月", f"{wanted}-{day:02}",
                 f"{year:04}年{month}月{day}日", f"{wanted}-{day:02} 00:00:00"):
        assert _month(text) == wanted, text


@pytest.mark.parametrize(("text", "wanted"), [
    ("1,234.50", "1234.50"), ("¥ 12", "12"), ("12元", "12"), ("-3", "-3"), ("1,2", None), ("", None), ("NaN", None),
    ("1e400", "1e400"), ("Infinity", None), ("12万", None)])
def test_an_amount_is_a_number_or_none(text, wanted):
    assert _amount(text) == (None if wanted is None else Decimal(wanted))


# ---- indicators ----------------------------------------------------------------------------------------------


def test_costs_are_shared_by_the_wins_and_leads_of_their_months(tmp_path):
    log = log_of(lives(), channel=channels())
    tables = beside(tmp_path, costs=COSTS)
    found = rows(log, beside=tables)
    assert found.loc["acquisition_cost", "value"] == pytest.approx(15000.50 / 40)
    assert found.loc["cost_per_lead", "value"] == pytest.approx(15000.50 / 60)
    assert found.loc["acquisition_cost", ["n", "currency", "unit"]].tolist() == [40, "CNY", "money"]
    assert "other currencies were not used (1)" in found.loc["cost_per_lead", "note"]
    assert "1 months with costs from 2024-01 to 2024-01" in found.loc["cost_per_lead", "note"]
    each = rows(log, by="channel", beside=tables)
    each = each[each["kpi"] == "cost_per_lead"].set_index("segment")["value"]
    assert each["展会"] == pytest.approx(12000.50 / 30)
    assert each["网站"] == pytest.approx(3000 / 30)
    working = rows(log, beside=tables, calendar="CN").loc["acquisition_cost", "value"]
    assert working == found.loc["acquisition_cost", "value"]


def test_costs_are_in_the_money_of_the_log_where_it_has_some(tmp_path):
    frame = frame_of(lives(), amount=dict.fromkeys(lives(), 10), currency=dict.fromkeys(lives(), "EUR"))
    frame.loc[frame["case"] < "c30", "time"] += np.timedelta64(31, "D")
    found = rows(ltc.read(frame), beside=beside(tmp_path, costs=COSTS))
    assert found.loc["cost_per_lead", ["value", "currency", "n"]].tolist() == [pytest.approx(5000 / 30), "EUR", 30]


def test_answers_and_returns_belong_to_their_cases(tmp_path):
    log = log_of(lives(), channel=channels())
    tables = beside(tmp_path, answers=ANSWERS, returns=RETURNS)
    found = rows(log, beside=tables)
    scores = [n % 5 + 1 for n in range(40)]
    assert found.loc["satisfaction", "value"] == pytest.approx(np.mean(scores))
    assert found.loc["satisfaction", "low"] < np.mean(scores) < found.loc["satisfaction", "high"]
    assert "(1)" in found.loc["satisfaction", "note"]
    assert found.loc["return_rate", ["value", "n"]].tolist() == [pytest.approx(2 / 40), 40]
    assert found.loc["order_accuracy", "value"] == pytest.approx(1 - 2 / 40)     # a wrong item, a missing part
    each = rows(log, by="channel", beside=tables).set_index(["kpi", "segment"])["value"]
    assert each["satisfaction", "网站"] == pytest.approx(np.mean(scores[::2]))
    assert each["return_rate", "展会"] == each["return_rate", "网站"] == pytest.approx(1 / 20)


def test_what_is_missing_is_said_row_by_row(tmp_path):
    log = log_of(lives(), channel=channels())
    found = rows(log)
    for kpi in ("acquisition_cost", "cost_per_lead", "satisfaction", "order_accuracy", "return_rate"):
        assert np.isnan(found.loc[kpi, "value"])
        assert "--beside" in found.loc[kpi, "note"]
    for kpi in ("lifetime_value", "productivity"):
        assert "No process log" in found.loc[kpi, "note"]
    poor = beside(tmp_path, costs="channel,month,cost\nfair,2024-01,5\n", answers="day,score\n" + "1,4\n" * 30,
                  returns="case,return date\nc00,2024-01-01\n")
    found = rows(log, by="channel", beside=poor).set_index(["kpi", "segment"])
    assert "table of costs has none" in found.loc[("acquisition_cost", "展会"), "note"]
    assert "cannot be grouped" in found.loc[("satisfaction", "展会"), "note"]
    whole = rows(log, beside=poor)
    assert "no reasons" in whole.loc["order_accuracy", "note"]
    assert whole.loc["satisfaction", "value"] == 4
    few = rows(log, beside=beside(tmp_path, costs="channel,month,cost\nx,2024-07,5\n", answers="day,score\n1,4\n"))
    assert "Too few cases: 0" in few.loc["acquisition_cost", "note"]
    assert "Too few answers: 1" in few.loc["satisfaction", "note"]


# ---- channels side by side -----------------------------------------------------------------------------------


def test_channels_are_compared_over_one_horizon_with_their_costs_and_words(tmp_path):
    early = {f"a{n:02}": [("lead_new", 0), ("won", 9), ("paid", 30)] for n in range(30)}
    late = {f"b{n:02}": [("lead_new", 100), *([("won", 109), ("paid", 130)] if n % 3 == 0 else [("lost", 109)])]
            for n in range(30)}
    few = {f"z{n}": [("lead_new", 0), ("won", 9), ("paid", 30)] for n in range(5)}
    made = {**early, **late, **few, "last": [("lead_new", 0), ("lost", 165)]}
    channel = {case: {"a": "web", "b": "fair", "z": "friends"}[case[0]] for case in made if case != "last"}
    money = {"amount": dict.fromkeys(made, 700), "currency": dict.fromkeys(made, "EUR")}
    log = ltc.read(frame_of(made, channel=channel, **money))
    tables = beside(tmp_path, costs="channel,month,cost,currency\nweb,2024-01,300,EUR\nfair,2024-04,900,EUR\n")
    found = ltc.channels(log, "channel", beside=tables)
    table = found.table.set_index("segment")
    assert table["horizon_days"].unique().tolist() == [60]      # the fair's leads were watched for 65 days
    assert table.loc["web", ["leads", "lead_win_rate", "lead_to_cash_rate"]].tolist() == [30, 1, 1]
    assert table.loc["fair", "lead_win_rate"] == pytest.approx(1 / 3)
    assert table.loc["fair", "value_per_lead"] == pytest.approx(700 / 3)
    assert table.loc["web", "cost_per_lead"] == pytest.approx(10)
    assert table.loc["fair", "lead_win_rate_low"] < 1 / 3 < table.loc["fair", "lead_win_rate_high"]
    assert table.loc["friends"].drop(["cases", "currency", "horizon_days"]).isna().all()
    for lang in languages():
        with use(lang):
            words = found.words()
            assert words == str(found)
            assert "web" in found._repr_html_()
        assert {"zh": "friends：案例太少", "en": "friends: Too few cases"}[lang] in words
        assert {"zh": "只看起点之后 60 天", "en": "first 60 days"}[lang] in words
    alone = ltc.kpis(log, by="channel", horizon_days=60, beside=tables).table.set_index(["segment", "kpi"])["value"]
    assert table.loc["fair", "lead_to_cash_rate"] == alone["fair", "lead_to_cash_rate"]
