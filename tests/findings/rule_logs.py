"""Small Lead-to-Cash logs with one fault planted, or none: skips, repeats, loops and people of different speed."""

from __future__ import annotations

import numpy as np
import pandas as pd

import ltcdiag as ltc

ZH = ("线索录入", "线索分配", "首次联系", "需求确认", "方案设计", "报价", "报价审批", "报价发送", "商务谈判", "赢单",
      "合同起草", "合同评审", "合同签订", "订单确认", "发货", "客户验收", "开票", "回款")
EN = ("Lead created", "Lead assigned", "Lead contacted", "Needs confirmed", "Solution designed", "Quote drafted",
      "Quote approved", "Quote sent", "Negotiation", "Won", "Contract drafted", "Contract reviewed", "Contract signed",
      "Order confirmed", "Goods shipped", "Customer accepted", "Invoice issued", "Payment received")
SIDE = {"zh": "专家会审", "en": "Expert committee"}
LOST = {"zh": "输单", "en": "Lost"}
DEPARTMENTS = {"zh": ("销售部", "法务部", "财务部", "交付部"), "en": ("Sales", "Legal", "Finance", "Delivery")}
TEAM = (0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 3, 3, 3, 2, 2)
REVIEW, SIGN, SHIP, INVOICE = 11, 12, 14, 16
OFTEN_SKIPPED = (2, 4, 8, 10, 13)


def life(gen, usual, *, plant, share, lang):
    """(step or "side", days) of one case, in order."""
    hit = gen.random() < share
    steps = [n for n in range(len(ZH)) if n not in OFTEN_SKIPPED or gen.random() > 0.04]
    if plant == "skip" and hit:
        steps.remove(REVIEW)
    if plant == "order" and hit:
        steps.remove(SIGN)
        steps.insert(steps.index(SHIP) + 1, SIGN)
    path = []
    for step in steps:
        path += [step] * (1 + (gen.random() < 0.03))
        path += [step - 1, step] if step == 6 and gen.random() < 0.1 else []
        path += ["side"] if plant == "side" and hit and step == REVIEW else []
    if gen.random() < 0.25:
        path = [*path[: int(gen.integers(4, 9))], "lost"]
    long = 0.3 * usual.sum()
    mean = {"side": long, "lost": 1.0}
    late = 90.0 if plant == "late" and hit else 0.0
    return [(step, mean.get(step, usual[step] if isinstance(step, int) else 1.0) * gen.lognormal(-0.08, 0.4)
             + late * (step == INVOICE)) for step in path]


def rule_frame(seed, *, cases=300, lang="zh", plant="", share=0.2, until=420.0):
    """One row an event; what lies after `until` (days) is cut off, so that some cases are open."""
    gen, rows = np.random.default_rng(seed), []
    usual = gen.lognormal(np.log(3), 0.3, len(ZH))
    names = dict(enumerate(ZH if lang == "zh" else EN)) | {"side": SIDE[lang], "lost": LOST[lang]}
    for case in range(cases):
        now, amount = gen.uniform(0, 300), round(float(gen.lognormal(11, 1)), 2)
        for step, days in life(gen, usual, plant=plant, share=share, lang=lang):
            start, now = now + 0.6 * days, now + days
            alone = plant == "sales" and step == REVIEW and case % 7 == 0
            team = TEAM[step] if step in range(len(TEAM)) and not alone else 0
            department = DEPARTMENTS[lang][team]
            rows.append((f"c{case:04}", names[step], start, now, department, f"{department} {gen.integers(3)}", amount))
    frame = pd.DataFrame(rows, columns=["case", "activity", "start", "time", "department", "owner", "amount"])
    frame = frame[frame["time"] < until].reset_index(drop=True)
    for name in ("start", "time"):
        seconds = pd.to_timedelta((frame[name] * 86_400).round(), unit="s")
        frame[name] = pd.Timestamp("2023-01-02") + seconds
    return frame.assign(currency="CNY")


def rule_log(seed, *, starts=True, **options):
    """The log of such a frame."""
    frame = rule_frame(seed, **options)
    columns = {name: name for name in ("case", "activity", "time", "start", "department", "amount", "currency")}
    columns["resource"] = "owner"
    if not starts:
        frame, columns = frame.drop(columns="start"), {k: v for k, v in columns.items() if k != "start"}
    return ltc.read(frame, columns=columns)
