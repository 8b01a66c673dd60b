"""The tables that companies keep themselves, from raw files to events: expectations written by hand from the files."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from told import reported, told, written

import ltcdiag as ltc
from ltcdiag.sources.mapping import Mapping
from ltcdiag.sources.opening import open_tables
from ltcdiag.sources.systems_found import system_tables
from ltcdiag.words import use

SAMPLES = Path(__file__).parents[3] / "sample_logs"
HERE = Path(__file__).parent / "general"


CHAIN = """
    XS001 2024-01-03 09:12 创建线索
    XS001 2024-01-03 11:00 领取线索
    XS001 2024-01-05 09:00 线索退回公海
    XS001 2024-01-06 08:30 领取线索
    XS001 2024-01-10 15:30 线索转化
    XS002 2024-01-04 10:00 创建线索
    SJ001 2024-01-10 15:30 创建商机
    SJ001 2024-01-10 15:30 需求确认
    SJ001 2024-01-20 14:00 方案报价
    SJ001 2024-02-06 17:00 赢单
    SJ002 2024-01-15 10:00 创建商机
    SJ002 2024-01-15 10:00 需求确认
    SJ002 2024-02-01 09:00 输单
    BJ001 2024-01-22 创建报价
    跟进记录.csv 2024-01-11 10:00 电话
    跟进记录.csv 2024-01-15 14:00 拜访客户
    跟进记录.csv 2024-01-18 20:10 活动：微信
    HT000 2024-02-05 09:00 起草合同
    HT000 2024-02-06 合同作废
    HT001 2024-02-06 17:30 起草合同
    审批记录.csv 2024-02-07 10:00 审批退回
    审批记录.csv 2024-02-07 16:00 审批通过
    HT001 2024-02-08 签订合同
    HT001 2024-03-01 合同变更
    DD001 2024-02-12 创建订单
    DD002 2024-02-20 创建订单
    FH001 2024-03-05 发货过账
    FH001 2024-03-07 客户签收
    YS001 2024-03-10 验收不通过
    YS002 2024-03-15 客户验收
    FP001 2024-03-16 开票
    FP002 2024-03-18 开具红字发票
    FP003 2024-03-18 开票
    FP004 2024-03-20 开票
    FP004 2024-03-21 发票作废
    HK001 2024-04-02 部分回款
    HK002 2024-04-20 回款
    SR001 2024-03-15 确认收入
    GD001 2024-05-06 09:00 提交服务工单
    GD001 2024-05-08 17:00 关闭服务工单
    HF001 2024-05-20 10:00 满意度回访
    XY001 2025-01-10 09:00 续约
    XY001 2025-02-01 10:00 未续约
"""


@pytest.fixture(autouse=True)
def _chinese():
    with use("zh"):
        yield


@pytest.fixture(scope="module")
def chain():
    with use("zh"):
        return ltc.read(HERE / "chain_zh", case="end_to_end")


def test_every_event_of_the_chain(chain):
    assert told(chain) == written(CHAIN)


def test_every_row_has_its_fate(chain):
    ledger = chain.ledger
    assert ledger.balanced
    # a purchase; a lead without any time; a payment that was voided, nobody says when
    assert dict(ledger.set_aside) == {"purchase": 1, "no_moment": 1, "voided_undated": 1}
    # 3 people, 3 customers and 2 planned payments make no events; one row leaves the stage as it was
    assert ledger.totals["records"] == 48
    assert [step.merged for step in ledger.steps] == [0, 8, 1, 0]
    money = {each.currency: each for each in ledger.money}
    contracts, orders, invoices, payments, revenue = 118_000 + 120_000, 120_000, 120_000, 80_000, 80_000
    assert money["CNY"].kept == contracts + orders + invoices + payments + revenue
    assert money["CNY"].set_aside == 9_000 + 50_000
    deals, quote, plans = Decimal(120_000 + 55_000), 120_000, 120_000   # 12 and 5.5 万元
    assert money["unstated"].kept == deals + quote + plans


def test_links_join_the_chain_and_customers_do_not(chain):
    cases = ltc.cases(chain).table
    assert set(cases["case_id"]) == {"XS001", "XS002", "SJ002"}
    events = cases.set_index("case_id")["events"]
    assert dict(events) == {"XS001": 39, "XS002": 1, "SJ002": 3}
    accounts = ltc.read(HERE / "chain_zh", case="account")
    assert set(ltc.cases(accounts).table["case_id"]) == {"K01", "K02"}


def test_a_day_of_signature_on_the_deal_gives_way_to_the_contract_and_a_close_date_to_the_history(chain):
    gone = chain.tables.store.connection.sql("select reason, count(*) from gone group by 1 order by 1").fetchall()
    assert gone == [("collapsed", 1), ("derived", 1), ("retold", 1)]


def test_people_bring_their_department(chain):
    rows = chain.tables.store.connection.sql(
        "select distinct resource, department, role from made where resource in ('顾晚', '骆书') order by 1").fetchall()
    assert rows == [("顾晚", "销售一部", "客户经理"), ("骆书", "法务部", "法务")]


def test_a_purchase_is_no_invoice_and_a_red_one_corrects_its_invoice(chain):
    ask = chain.tables.store.connection.sql
    assert ask("select id, type from ob where id like 'FP%' order by 1").fetchall() == [
        ("FP001", "invoice"), ("FP002", "credit_memo"), ("FP003", "invoice"), ("FP004", "invoice")]
    assert ask("select a.id, b.id from oo join ob a on a.o = p join ob b on b.o = q where qualifier = 'corrects'"
               ).fetchall() == [("FP001", "FP002")]


def test_from_files_to_findings(chain, tmp_path):
    _, ledger = reported(chain, tmp_path / "out")
    assert ledger["balanced"]
    assert ledger["totals"]["set_aside"] == {"purchase": 1, "no_moment": 1, "voided_undated": 1}


@pytest.mark.parametrize("name", ["ltc_zh", "ltc_en", "clean_twin"])
def test_a_plain_log_of_events_stays_one(name):
    tables = open_tables([SAMPLES / name])
    assert system_tables(tables, Mapping()) is None


def test_calls_and_approvals_alone_stay_a_plain_log():
    for name in ("跟进记录", "审批记录"):
        assert system_tables(open_tables([HERE / "chain_zh" / f"{name}.csv"]), Mapping()) is None


# ---- one row a contract, a column a date -----------------------------------------------------------------------------

TRACKER = """
    HT-01 2024-03-05 签订合同
    HT-01 2024-03-20 发货过账
    HT-01 2024-04-02 客户验收
    HT-01 2024-04-08 开票
    HT-01 2024-05-16 回款
    HT-02 2024-03-18 签订合同
    HT-02 2024-04-25 发货过账
    HT-02 2024-04-28 开票
    HT-03 2024-05-06 签订合同
"""


def test_each_date_of_a_tracker_is_an_event():
    log = ltc.read(HERE / "tracker_zh")
    assert log.notion == "contract"
    assert told(log) == written(TRACKER)
    assert log.ledger.balanced
    assert [(money.currency, money.kept) for money in log.ledger.money] == [("unstated", Decimal(630_000))]   # 63 万元


# ---- leads that go back to the pool ----------------------------------------------------------------------------------

POOL = """
    X1 2024-03-01 09:00 创建线索
    X1 2024-03-01 15:00 联系线索
    X1 2024-03-09 18:00 线索无效
    X2 2024-03-02 09:00 创建线索
    X2 2024-03-02 10:00 领取线索
    X2 2024-03-12 00:00 线索退回公海
    X2 2024-03-12 09:00 领取线索
"""


def test_turns_of_owners_are_claims_and_returns():
    log = ltc.read(HERE / "pool_zh")
    assert log.notion == "lead"
    assert told(log) == written(POOL)
    assert dict(log.ledger.set_aside) == {}


# ---- a snapshot in traditional characters ----------------------------------------------------------------------------

SNAPSHOT = """
    O1 2024-01-05 10:00 创建商机
    O1 2024-03-01 赢单
    O2 2024-01-08 10:00 创建商机
    O2 2024-02-20 输单
    O3 2024-02-10 10:00 创建商机
"""


def test_a_snapshot_invents_no_stages():
    log = ltc.read(HERE / "snapshot_hant")
    assert told(log) == written(SNAPSHOT)      # 方案報價 of O3 has no time: no event
    assert [(money.currency, money.kept) for money in log.ledger.money] == [("TWD", Decimal(510_000))]


# ---- English, a flag against a label ---------------------------------------------------------------------------------

ENGLISH = """
    O-1 2024-01-05 10:00 Opportunity created
    O-1 2024-01-05 10:00 Discovery
    O-1 2024-01-25 10:00 Proposal
    O-1 2024-03-01 12:00 Closed
    O-1 2024-03-01 12:00 Deal won
    O-2 2024-01-09 10:00 Opportunity created
    O-2 2024-01-09 10:00 Discovery
    O-2 2024-02-20 09:30 Deal lost
    O-3 2024-02-09 10:00 Opportunity created
    O-3 2024-02-09 10:00 Discovery
    O-3 2024-02-12 10:00 Proposal
    I-1 2024-03-10 Invoice posted
    P-1 2024-04-05 Payment received
"""


def test_the_flag_says_what_a_closed_deal_is():
    with use("en"):
        log = ltc.read(HERE / "crm_en")
    assert told(log) == written(ENGLISH)
    # a bill of a supplier, and an invoice that is still a draft
    assert dict(log.ledger.set_aside) == {"purchase": 1, "no_event": 1}
    assert log.cases == 3


# ---- real: the sales pipeline set of Maven Analytics -----------------------------------------------------------------


@pytest.mark.real_data
def test_the_sales_pipeline_set_as_it_is(real_data):
    folder = real_data / "crm" / "generic" / "maven_us_dates"
    deals = pd.read_csv(folder / "sales_pipeline.csv", dtype=str)
    log = ltc.read(folder)
    assert len(deals) == 8_800
    ask = log.tables.store.connection.sql
    assert ask("select type, count(*) from ob where row is not null group by 1 order by 1").fetchall() == [
        ("account", len(pd.read_csv(folder / "accounts.csv"))), ("opportunity", 8_800)]
    made = dict(ask("select activity, count(*) from evs group by 1").fetchall())
    stages = deals["deal_stage"].value_counts()
    assert made == {"Engaging": deals["engage_date"].notna().sum(), "赢单": stages["Won"], "输单": stages["Lost"]}
    assert log.cases == deals["engage_date"].notna().sum()
    assert dict(log.ledger.set_aside) == {"no_moment": (deals["engage_date"].isna() & deals["close_date"].isna()).sum(),
                                          "table_not_used": 6}      # the dictionary of the data is no data
    assert log.ledger.balanced
    won = deals[deals["deal_stage"] == "Won"]
    assert ask("select count(*), sum(amount) from ob where type = 'opportunity' and state = 'Won'").fetchall() == [
        (len(won), Decimal(int(won["close_value"].astype(float).sum())))]


@pytest.mark.real_data
def test_days_and_offices_of_the_set(real_data):
    folder = real_data / "crm" / "generic" / "maven_us_dates"
    deals = pd.read_csv(folder / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])
    ask = ltc.read(folder).tables.store.connection.sql
    days = dict(ask("select o.id, date_diff('day', min(ts), max(ts)) from evs join ob o using (o) group by 1 "
                    "having count(*) > 1").fetchall())
    closed = deals.dropna(subset=["close_date"]).set_index("opportunity_id")
    assert days == (closed["close_date"] - closed["engage_date"]).dt.days.to_dict()
    teams = pd.read_csv(folder / "sales_teams.csv").set_index("sales_agent")["regional_office"]
    offices = deals.dropna(subset=["engage_date"])["sales_agent"].map(teams).value_counts().to_dict()
    assert dict(ask("select department, count(*) from evs where kind = 1 group by 1").fetchall()) == offices


# ---- the invented company --------------------------------------------------------------------------------------------


def test_the_invented_company_is_read_as_its_truth_says():
    folder = SAMPLES / "end_to_end"
    truth = tomllib.loads((folder / "truth.toml").read_text("utf-8"))
    log = ltc.read(folder, case="end_to_end")
    ask = log.tables.store.connection.sql
    held = dict(ask("select type, count(*) from ob where row is not null group by 1").fetchall())
    rows, odd = truth["rows"], truth["not_breaks"]
    files = {"lead": "线索", "opportunity": "商机", "contract": "合同", "revenue": "收入确认", "ticket": "客户服务工单",
             "survey": "满意度回访", "renewal": "续约"}
    assert {kind: held[kind] for kind in files} == {kind: rows[f"{file}.csv"] for kind, file in files.items()}
    assert held["invoice"] == rows["发票.csv"] - odd["purchase_invoices"] - len(odd["red_invoices_ids"])
    assert held["payment"] == rows["收款单.csv"] - len(odd["settles_two_ids"])      # one receipt has two lines
    assert log.ledger.set_aside["purchase"] == odd["purchase_invoices"]
    entered = "select count(*) from evs where type = 'opportunity' and kind = 1"
    assert ask(entered).fetchall() == [(truth["log"]["stages_entered"],)]
    ends = dict(ask("select state, count(*) from ob where type = 'opportunity' group by 1").fetchall())
    assert (ends["赢单"], ends["输单"]) == (truth["log"]["deals_won"], truth["log"]["deals_lost"])
    sums = dict(ask("select currency, sum(amount) from ob where type = 'payment' group by 1").fetchall())
    assert sums == {"CNY": Decimal(truth["money"]["payments_cny"]), "USD": Decimal(truth["money"]["payments_usd"])}
    joined = dict(ask(
        "select a.type || ' ' || b.type, count(distinct p) from oo join ob a on a.o = p join ob b on b.o = q "
        "where a.row is not null and b.row is not null group by 1").fetchall())
    assert joined["lead opportunity"] == truth["log"]["leads_converted"]
    assert joined["opportunity contract"] == truth["links"]["won_to_contract"]["followed"]
    assert joined["invoice payment"] == truth["links"]["invoice_to_payment"]["followed"]
