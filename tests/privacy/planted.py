"""Logs in which the people of people.py stand in every text column but the activity."""

import random
from datetime import datetime, timedelta

from tests.privacy.people import people

STEPS = ["线索录入", "报价", "合同评审", "签约", "交付", "开票", "回款"]
HEADER = "案例编号,环节,开始时间,完成时间,负责人,角色,部门,区域,客户名称,联系人,手机,备注,字段9,录入员,令牌"


def plain_log(path, *, cases=400, seed=1, dirty=True):
    """A log of events in CSV; one case in ten takes a way of its own. dirty: rows that are set aside, too."""
    draw, everybody = random.Random(seed), people()
    sellers = everybody[:40] + everybody[100:140]
    lines = [HEADER]
    for case in range(cases):
        when = datetime(2024, 1, 1) + timedelta(hours=draw.randrange(6000))
        way = list(STEPS)
        if draw.random() < 0.3:
            way.insert(3, "合同评审")
        if draw.random() < 0.1:
            draw.shuffle(way)
        for step in way[: len(way) if draw.random() < 0.8 else draw.randrange(1, len(way))]:
            lines.append(_row(f"K{case:05}", step, when, draw, sellers, everybody))
            when += timedelta(hours=draw.expovariate(1 / 60))
    if dirty:
        lines += _dirty(draw, sellers, everybody)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _row(case, step, when, draw, sellers, everybody, *, time=None):
    seller, customer, noise = draw.choice(sellers), draw.choice(everybody), draw.choice(everybody)
    role, department = ("AR", "销售部") if step in STEPS[:4] else ("FR", "交付部")
    start = f"{when - timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
    end = time if time is not None else f"{when:%Y-%m-%d %H:%M:%S}"
    cells = [case, step, start, end, seller.name, role, department,
             draw.choice(["华东", "华南", "华北"]), f"{customer.name}商贸行", noise.name, noise.mobile,
             f"{noise.name} 说请打 {noise.phone} 或写 {noise.mail}", noise.card, draw.choice(sellers).name, noise.token]
    return ",".join(cells)


def _dirty(draw, sellers, everybody):
    """Rows without a readable time, without a case, and lines that are no rows."""
    when = datetime(2024, 5, 1)
    rows = [_row("K90001", "报价", when, draw, sellers, everybody, time="不是时间") for _ in range(7)]
    rows += [_row("", "报价", when, draw, sellers, everybody) for _ in range(3)]
    return [*rows, _row("K90002", "报价", when, draw, sellers, everybody) + ",多出来,的列"]


def company(folder):
    """Files of a CRM and a finance system, tied by ids and by the names of customers."""
    draw, everybody = random.Random(4), people()
    sellers, customers = everybody[:12], everybody[150:180]
    folder.mkdir(parents=True, exist_ok=True)
    accounts = ["客户名称,行业,联系人,电话,负责人"]
    accounts += [f"{c.name}商贸行,制造,{c.name},{c.mobile},{draw.choice(sellers).name}" for c in customers]
    deals = ["商机编号,商机名称,销售阶段,创建时间,关闭时间,负责人,客户名称,备注,电话"]
    contracts = ["合同编号,商机编号,签订日期,合同金额,负责人,客户名称,联系人"]
    invoices = ["发票号码,合同编号,开票日期,发票金额,制单人,客户名称"]
    for n in range(60):
        who, day = draw.choice(customers), datetime(2024, 1, 1) + timedelta(days=n)
        seller = draw.choice(sellers)
        deals.append(f"O{n:03},{who.name}的项目,赢单,{day:%Y-%m-%d %H:%M},{day + timedelta(days=20):%Y-%m-%d %H:%M},"
                     f"{seller.name},{who.name}商贸行,{who.mail},{who.mobile}")
        if n % 4:
            contracts.append(f"H{n:03},O{n:03},{day + timedelta(days=25):%Y-%m-%d},1{n:03}00,{seller.name},"
                             f"{who.name}商贸行,{who.name}")
        if n % 4 > 1:
            clerk = draw.choice(sellers).name
            invoices.append(f"F{n:03},H{n:03},{day + timedelta(days=40):%Y-%m-%d},1{n:03}00,{clerk},"
                            f"{who.name}商贸行")
    for name, lines in (("客户", accounts), ("商机", deals), ("合同", contracts), ("发票", invoices)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
