"""Which object the rows of a company's own table are, told by headers as people write them; one line a table."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import ltcdiag as ltc
from ltcdiag.errors import QuestionError
from ltcdiag.sources.profiles import load_systems
from ltcdiag.sources.recognising import recognise

NAMED = tomllib.loads((Path(__file__).parent / "general" / "headers.toml").read_text("utf-8"))
LINES = [(name, line) for tables in NAMED.values() for name, lines in tables.items() for line in lines]


def kind(header, rows=()):
    """The table that the general profile sees; without rows, every column holds three different values."""
    columns = header.split(",")
    cells = [row.split(",") for row in rows] or [[f"{column}{n}" for column in columns] for n in range(3)]
    sample = {column: [row[place] or None for row in cells] for place, column in enumerate(columns)}
    found = recognise([(columns, sample)], system="general")[0]
    return found.best.profile.name if found.best else None


@pytest.mark.parametrize(("name", "header"), LINES)
def test_a_table_is_told_by_its_own_id(name, header):
    assert kind(header) == name


@pytest.mark.parametrize(("name", "header", "rows"), [
    # an order table that names its contract first: the contracts come again
    ("订单", "合同编号,合同名称,合同金额,订单编号,下单日期,订单金额",
     ["H1,甲,9,D1,2024-01-01,4", "H1,甲,9,D2,2024-01-02,5", "H2,乙,3,D3,2024-02-01,3"]),
    # a lead table whose deals are mostly missing, though they stand first
    ("线索", "商机编号,线索编号,客户名称,创建时间,负责人,线索来源",
     [",L1,甲,2024-01-01,张,官网", ",L2,乙,2024-01-02,李,展会", "S1,L3,丙,2024-01-03,王,官网"]),
    # invoices of one contract
    ("发票", "合同编号,合同金额,签订日期,发票号,开票日期,金额",
     ["H1,9,2024-01-01,F1,2024-02-01,4", "H1,9,2024-01-01,F2,2024-03-01,5", "H2,9,2024-01-01,F3,2024-03-01,5"]),
    ("回款", "合同编号,客户名称,收款单号,收款日期,收款金额",
     ["H1,甲,K1,2024-02-01,4", "H1,甲,K2,2024-03-01,5", "H2,乙,K3,2024-03-01,5"]),
    ("线索流转", "线索编号,操作,操作时间,操作人,原因",
     ["L1,领取,2024-01-01,张,", "L1,退回,2024-01-05,张,无法联系", "L1,领取,2024-01-08,李,"]),
    ("审批记录", "合同编号,审批节点,审批人,审批时间,审批结果",
     ["H1,法务,张,2024-01-01,通过", "H1,财务,李,2024-01-02,驳回", "H2,法务,张,2024-01-03,通过"]),
])
def test_a_table_that_names_other_objects_first(name, header, rows):
    assert kind(header, rows) == name


@pytest.mark.parametrize("header", [
    "日期,天气,温度", "姓名,年龄,性别", "单据编号,日期,客户,源单类型,源单编号,数量", "编号,名称,备注", "id,name,value",
    "case id,activity,timestamp", "订单编号,备注", "合同编号,客户名称",
])
def test_a_table_of_something_else_is_none_of_them(header):
    assert kind(header) is None


OBJECTS = {table.name: table.object_type for table in load_systems()["general"].tables}


@pytest.mark.parametrize(("name", "header"), LINES)
def test_no_system_takes_a_table_for_another_object(name, header):
    """A system that has these headers too may read the table; it must see the same object in its rows."""
    columns = header.split(",")
    sample = {column: [f"{column}{n}" for n in range(3)] for column in columns}
    found = recognise([(columns, sample)])[0]
    profile = found.best.profile
    kinds = {profile.object_type, *profile.types.values(), *(kind["object"] for kind in profile.kinds)}
    assert OBJECTS[name] in kinds, profile.name


def test_events_with_two_ids_are_asked_about_and_not_taken_for_a_list_of_deals(tmp_path):
    rows = ["商机编号,线索编号,活动,时间,录入时间,客户名称,金额"]
    rows += [f"SJ{case:03},XS{case:03},{step},2024-0{1 + place}-{1 + case:02} 09:00:00,2024-0{1 + place}-{1 + case:02} "
             f"10:00:00,客户{case},100" for case in range(25)
             for place, step in enumerate(("创建线索", "发送报价", "赢单"))]
    (tmp_path / "事件.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(QuestionError) as asked:
        ltc.read(tmp_path / "事件.csv")
    assert "商机编号" in str(asked.value)
    log = ltc.read(tmp_path / "事件.csv", columns={"case": "商机编号"})
    assert (log.cases, log.events, log.notion) == (25, 75, "case")
