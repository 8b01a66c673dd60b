"""Logs for the indicators: lives written by hand, and lives drawn from a seed with all that happens to real ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pandas as pd

import ltcdiag as ltc

BASE = datetime(2024, 1, 1, 9)
LABELS = {
    "lead_new": "线索录入", "lead_qualified": "线索转商机", "discovery": "需求确认", "proposal": "报价", "won": "赢单",
    "lost": "输单", "lead_disqualified": "线索无效", "contract_signed": "合同签订", "order_confirmed": "订单确认",
    "accepted": "客户验收", "invoiced": "开票", "paid": "回款", "cancelled": "订单取消", "written_off": "坏账核销",
}
OWN_WORDS = "事项乙七"
CHAIN = ("lead_new", "lead_qualified", "discovery", "proposal", "won", "contract_signed", "order_confirmed", "accepted",
         "invoiced", "paid")


def frame_of(lives, **columns):
    """lives: case → [(stage or label, day), ...]. columns: case attribute → {case: value}."""
    rows = [(case, LABELS.get(step, step), BASE + timedelta(days=day)) for case, life in lives.items()
            for step, day in life]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"])
    for name, values in columns.items():
        frame[name] = frame["case"].map(values)
    return frame


def log_of(lives, **columns):
    return ltc.read(frame_of(lives, **columns))


def drawn(seed, cases=45):
    """Lives with losses, returns, payments in advance, cases that begin anywhere, steps of unknown meaning, and an
    extract that ends before many of them; whole days, so that there are ties."""
    dice = Random(seed)
    lives = {}
    for number in range(cases):
        day, life = dice.randrange(120), []
        for step in _steps(dice):
            life.append((step, day))
            day += int(dice.expovariate(1 / 8))
        life = [(step, at) for step, at in life if at <= 130]
        if life:
            lives[f"case {number:03}"] = life
    lives["last"] = [("lead_new", 130)]
    return lives


def _steps(dice):
    begin = dice.choice((0, 0, 0, 0, 1, 2, 4, 6, 8))
    steps = list(CHAIN[begin:])
    if dice.random() < 0.2 and "proposal" in steps:
        steps[steps.index("proposal"):steps.index("proposal")] = ["proposal", "discovery"]
    if dice.random() < 0.2 and "order_confirmed" in steps:
        steps.insert(steps.index("order_confirmed"), "paid")
    if dice.random() < 0.3:
        steps.insert(dice.randrange(len(steps)), OWN_WORDS)
    if dice.random() < 0.35:
        cut = dice.randrange(1, len(steps) + 1)
        steps[cut:] = [dice.choice(("lost", "lead_disqualified", "cancelled", "written_off"))]
        if dice.random() < 0.2:
            steps += ["proposal", "won"]
    return steps
