"""Logs with one planted way back, drawn from a seed, and what it takes: pieces of work, hours, money times days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WORDS = {
    "lead": ("创建线索", "Lead created"), "needs": ("需求调研", "Needs assessment"),
    "quote": ("出具报价", "Quote created"),
    "price": ("报价评审", "Quote reviewed"), "talks": ("商务谈判", "Negotiation"), "won": ("赢单", "Deal won"),
    "draft": ("起草合同", "Contract drafted"), "review": ("合同评审", "Contract reviewed"),
    "signed": ("签订合同", "Contract signed"), "order": ("确认订单", "Order confirmed"),
    "ship": ("发货", "Goods shipped"), "accepted": ("客户验收", "Customer acceptance"),
    "invoice": ("开票", "Invoice issued"),
    "paid": ("回款", "Payment received"), "lost": ("输单", "Deal lost"), "revised": ("修订报价", "Quote revised"),
    "taken_back": ("发票作废", "Invoice cancelled"),
}
CHAIN = {"lead": 0, "needs": 6, "quote": 4, "price": 3, "talks": 9, "won": 4, "draft": 3, "review": 4, "signed": 3,
         "order": 2, "ship": 9, "accepted": 8, "invoice": 3, "paid": 14}
"""Step → mean days before it."""
TEAM = {"lead": 0, "needs": 0, "quote": 1, "price": 1, "revised": 1, "draft": 2, "review": 2, "order": 3, "ship": 3,
        "accepted": 3, "invoice": 4, "paid": 4, "taken_back": 4}
TEAMS = (("销售部", "Sales"), ("方案部", "Solutions"), ("法务部", "Legal"), ("交付部", "Delivery"),
         ("财务部", "Finance"))
BACK = {  # after which step, what comes again, its type
    "quote": ("price", ("revised", "price"), "re_quote"),
    "contract": ("review", ("draft", "review"), "contract_revision"),
    "order": ("order", ("order",), "self_loop"),
    "invoice": ("invoice", ("taken_back", "invoice"), "re_invoice"),
}
MEDIAN = 70.0


@dataclass(frozen=True)
class Planted:
    """frame and columns as `ltc.read` takes them. cases: that went back. hours, pieces: of the work done again.
    money_days: amounts times the days of the ways back."""

    frame: pd.DataFrame
    columns: dict[str, str]
    labels: frozenset[str]
    rework_type: str
    cases: frozenset[str]
    hours: float
    pieces: int
    money_days: float


def looping_log(seed, *, back="quote", share=0.0, size=0.0, lang="zh", starts=True, natural=0.04, cases=500):
    """share of the cases go back once after a step, which takes them size times MEDIAN days on average; natural: chance
    that a step is done twice on the spot. A fifth of the deals are lost; what lies after day 620 is not recorded."""
    draw, at = np.random.default_rng(seed), 0 if lang == "zh" else 1
    after, again, rework_type = BACK[back]
    chosen = set(draw.permutation(cases)[: round(share * cases)].tolist())
    amounts = draw.lognormal(11, 0.8, cases).round(2)
    rows, gone, hours, pieces, money = [], set(), 0.0, 0, 0.0
    for case in range(cases):
        now, name = draw.uniform(0, 500), f"C{case:04}"
        for step, days, planted in _life(draw, after, again, size if case in chosen else 0.0, natural):
            now += days
            if now > 620:
                break
            work = min(days, draw.gamma(9, 1 / 9) / 16)      # some 90 minutes
            team = TEAMS[TEAM.get(step, 0)][at]
            rows.append((name, WORDS[step][at], now - work, now, team, f"{team}{draw.integers(1, 5)}", amounts[case]))
            if planted:
                gone.add(name)
                hours, pieces, money = hours + 24 * work, pieces + 1, money + amounts[case] * days
    names = ("case", "activity", "start", "time", "department", "resource", "amount")
    frame = pd.DataFrame(rows, columns=list(names)).assign(currency="CNY")
    for name in ("start", "time"):
        frame[name] = (pd.Timestamp("2024-01-01") + pd.to_timedelta(frame[name], unit="D")).dt.round("s")
    kept = frame if starts else frame.drop(columns="start")
    labels = frozenset(WORDS[step][at] for step in (after, *again))
    columns = {name: name for name in kept.columns}
    return Planted(kept, columns, labels, rework_type, frozenset(gone), hours, pieces, money)


def _life(draw, after, again, size, natural):
    """(step, days before it, planted) of one case."""
    losing = int(draw.integers(3, 6)) if draw.random() < 0.2 else None
    for place, (step, mean) in enumerate(CHAIN.items()):
        if place == losing:
            yield "lost", draw.gamma(2, 3), False
            return
        yield step, mean * draw.gamma(2, 0.5), False
        if draw.random() < natural and step not in ("lead", "won", "invoice", "paid"):
            yield step, mean * 0.4 * draw.gamma(2, 0.5), False
        if size and step == after:
            whole = size * MEDIAN * draw.gamma(4, 0.25)
            for each, part in zip(again, draw.dirichlet(np.full(len(again), 4.0)), strict=True):
                yield each, whole * part, True
