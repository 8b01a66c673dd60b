"""Small logs of deals with planted faults of flow or collaboration, drawn from a seed.

A deal walks the steps below; each has its own department, role and length. Nature varies: steps are skipped and done
again now and then, people cover for each other, some name is missing, dates and amounts are corrected a little, small
deals go without a solution. Each fault hits a share of the deals, none of them two. Nothing here knows a detector.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

STEPS = (   # zh, en, department, mean days, who
    ("线索录入", "Lead created", "marketing", 0.0), ("线索分配", "Lead assigned", "marketing", 2.0),
    ("线索跟进", "Lead contacted", "sales", 3.0), ("转为商机", "Lead converted", "sales", 4.0),
    ("需求确认", "Needs confirmed", "sales", 6.0), ("方案设计", "Solution designed", "solution", 7.0),
    ("报价", "Quote created", "sales", 4.0), ("报价审批", "Quote reviewed", "solution", 2.0),
    ("商务谈判", "Negotiation", "sales", 8.0), ("赢单", "Deal won", "sales", 5.0),
    ("合同起草", "Contract drafted", "sales", 4.0), ("合同评审", "Contract reviewed", "delivery", 5.0),
    ("合同签订", "Contract signed", "sales", 4.0), ("订单确认", "Order confirmed", "delivery", 3.0),
    ("发货", "Goods shipped", "delivery", 12.0), ("客户验收", "Customer accepted", "delivery", 8.0),
    ("开票", "Invoiced", "finance", 3.0), ("回款", "Paid", "finance", 20.0),
)
KEYS = tuple(en for _, en, _, _ in STEPS)
EXITS = {"Lead contacted": ("线索无效", "Lead disqualified"), "Negotiation": ("输单", "Deal lost")}
TEAMS = {"marketing": ("市场部", "Marketing", "市场专员", "Marketing specialist"),
         "sales": ("销售部", "Sales", "客户经理", "Account manager"),
         "solution": ("解决方案部", "Solutions", "解决方案经理", "Solution manager"),
         "delivery": ("交付部", "Delivery", "交付经理", "Delivery manager"),
         "finance": ("财务部", "Finance", "财务专员", "Finance specialist")}
HEADS = {"zh": ("商机编号", "环节", "开始时间", "完成时间", "负责人", "角色", "部门", "金额", "币种", "预计成交日期",
                "折扣率"),
         "en": ("Deal", "Activity", "Start", "Completed", "Owner", "Role", "Department", "Amount", "Currency",
                "Expected close", "Discount")}
ROLES = ("case", "activity", "start", "time", "resource", "role", "department", "amount", "currency")
FAULTS = ("silent", "unassigned", "fr_late", "sr_missing", "one_person", "no_owner", "ping_pong", "pushed_often",
          "amount_fell", "discount_rose")
FIRST, SPAN = pd.Timestamp("2024-01-08"), 540


class Flow:
    """A frame as `ltcdiag.read` takes it, its columns by role, and where each fault lies (its English step)."""

    def __init__(self, seed, *faults, share=0.2, lang="zh", starts=True, cases=500):
        self.rng, self.at, heads = np.random.default_rng(seed), ("zh", "en").index(lang), HEADS[lang]
        self.site = {fault: self._site(fault) for fault in faults}
        hit = self.rng.choice((*faults, ""), size=cases, p=(*[share] * len(faults), 1 - share * len(faults)))
        rows = [row for n in range(cases) for row in self._deal(n, str(hit[n]))]
        frame = pd.DataFrame(rows, columns=list(heads))
        frame = frame[frame[heads[3]] <= SPAN]
        frame = frame.sort_values([heads[3], heads[0]], kind="stable").reset_index(drop=True)
        for column, form in zip((*heads[2:4], heads[9]), ("%Y-%m-%d %H:%M:%S",) * 2 + ("%Y-%m-%d",), strict=True):
            frame[column] = (FIRST + pd.to_timedelta(frame[column], unit="D")).dt.strftime(form)
        self.columns = {role: head for role, head in zip(ROLES, heads, strict=False) if starts or role != "start"}
        self.frame = frame if starts else frame.drop(columns=heads[2])

    def _site(self, fault):
        """The step at which a fault lies; "" where it is everywhere."""
        sites = {"silent": ("Needs confirmed", "Quote created", "Contract drafted", "Order confirmed"),
                 "no_owner": ("Contract drafted", "Order confirmed", "Needs confirmed"),
                 "ping_pong": ("Quote reviewed", "Contract reviewed")}.get(fault, ("",))
        return sites[int(self.rng.integers(len(sites)))]

    def _deal(self, number, fault):
        rng = self.rng
        worth = float(np.round(np.exp(rng.normal(11.5, 1.0)), -2))
        moment = float(rng.random() * (SPAN - 10)) + 1 / 3
        state = {"amount": worth, "discount": int(rng.integers(0, 6)), "by": int(rng.integers(8)), "number": number,
                 "close": moment + 40 + 30 * rng.random(), "fault": fault}
        for key, path in self._path(worth, fault):
            zh, en, team, days = path
            work = min(1.0, days) * rng.random() * 0.4
            moment += days * rng.lognormal(-0.3, 0.7) + 0.02 * rng.random()
            moment += 2 if moment % 7 >= 5 else 0            # FIRST is a Monday
            self._restate(state, key)
            yield self._row(state, (zh, en)[self.at], team, moment - work, moment, key)

    def _path(self, worth, fault):
        """The steps of a deal, as nature and its fault have them."""
        rng, small = self.rng, worth < np.exp(11.1)
        for key, step in zip(KEYS, STEPS, strict=True):
            if key == "Lead assigned" and fault == "unassigned":
                return
            light = key == "Solution designed" and (small or fault == "sr_missing")
            if (light or rng.random() < 0.01) and key not in ("Lead created", "Lead assigned", "Paid"):
                continue
            yield key, step
            if key in EXITS and rng.random() < 0.15:
                yield "exit", (*EXITS[key], step[2], 1.0)
                return
            if fault == "silent" and key == self.site[fault]:
                return
            yield from self._again(key, fault)

    def _again(self, key, fault):
        """Reviews that come back to who made the thing, and are done again: some by nature, more by the fault."""
        before = {"Quote reviewed": "Quote created", "Contract reviewed": "Contract drafted"}.get(key)
        often = 0.95 if fault == "ping_pong" and key == self.site[fault] else 0.03
        if before and self.rng.random() < often:
            yield before, (*STEPS[KEYS.index(before)][:3], 3.0)
            yield key, (*STEPS[KEYS.index(key)][:3], 3.0)

    def _restate(self, state, key):
        rng, at = self.rng, KEYS.index(key) if key in KEYS else 99
        if 3 <= at <= 8:
            by = int(rng.choice((-6, 0, 7), p=(0.1, 0.8, 0.1)))
            state["close"] += 21 if state["fault"] == "pushed_often" else by
            state["amount"] *= float(rng.choice((0.93, 1.0, 1.08), p=(0.01, 0.98, 0.01)))
            if at >= 6 and state["fault"] == "amount_fell":
                state["amount"] *= 0.96
            if at >= 6 and state["fault"] == "discount_rose":
                state["discount"] += 3

    def _row(self, state, label, team, start, end, key):
        rng, fault = self.rng, state["fault"]
        if fault == "fr_late" and key == "Contract reviewed":
            team = "sales"
        if fault == "sr_missing" and key == "Quote reviewed":
            team = "sales"
        if rng.random() < 0.01:
            team = "sales"                       # somebody covers
        names = [f"{TEAMS[team][self.at]} {(state['by'] + rng.integers(2)) % 8}", *TEAMS[team][2 + self.at::-2][:2]]
        if fault == "one_person":
            names[0] = f"P{state['by']}"
        if rng.random() < 0.01 or (fault == "no_owner" and key == self.site[fault]):
            names = ["", "", ""]
        return (f"D{state['number']:05d}", label, start, end, *names, f"{state['amount']:.2f}", "CNY", state["close"],
                f"{state['discount']}")
