"""Invented logs whose cases have a region, a product, a channel, a kind of customer and an amount, with or without a
group that is slow at one step."""

from __future__ import annotations

import numpy as np
import pandas as pd

import ltcdiag as ltc

STEPS = {
    "zh": ("线索录入", "线索分配", "需求确认", "报价", "报价评审", "合同起草", "合同评审", "合同签订", "发货",
           "客户验收", "开票", "回款"),
    "en": ("Lead created", "Lead assigned", "Needs confirmed", "Quote created", "Quote reviewed", "Contract drafted",
           "Contract reviewed", "Contract signed", "Goods shipped", "Customer acceptance", "Invoice issued",
           "Payment received"),
}
LOST = {"zh": "输单", "en": "Deal lost"}
MEDIANS = np.array([0.1, 1.2, 3.0, 2.5, 2.0, 2.5, 6.0, 2.0, 7.0, 9.0, 2.0, 14.0])
REVIEW = 6
HEADERS = {
    "zh": ("案例", "活动", "开始时间", "完成时间", "负责人", "部门", "金额", "区域", "产品", "渠道", "客户类型"),
    "en": ("case", "activity", "start", "time", "owner", "department", "amount", "region", "product", "channel",
           "customer type"),
}
VALUES = (5, 4, 5, 4)
"""How many values region, product, channel and customer type have."""


def drawn(seed, *, cases=500, group=None, days=0.0, at=(REVIEW,), lang="en", starts=True, people=0.15, nested=False,
          lost=0.25, follows=0.0, spread=0.6, skewed=False):
    """A frame of events and which cases are slow. group: {column number: value number}, slow by about `days` at each of
    the steps `at`. people: spread of the speed of people (log). nested: every region has people of its own. follows:
    share of cases whose product is that of the region (so that the two columns nearly say the same). lost: share of the
    group's cases that are lost; of the others it is a quarter."""
    rng = np.random.default_rng(seed)
    told = _told(rng, cases, follows, skewed)
    slow = np.ones(cases, dtype=bool)
    for column, value in (group or {-1: -1}).items():
        slow &= (told[column] == value) if column >= 0 else False
    speed = np.exp(rng.normal(0, people, (12, 15)))
    rows = [row for case in range(cases) for row in _life(rng, case, told, speed, nested, spread,
                                                         dict.fromkeys(at, days) if slow[case] else {},
                                                         lost if slow[case] else 0.25)]
    frame = pd.DataFrame(rows, columns=list(range(6)))
    return _dressed(frame, told, np.exp(rng.normal(11, 1, cases)).round(-3), lang, starts), slow


def _told(rng, cases, follows, skewed):
    told = [rng.choice(size, cases, p=_parts(size, skewed)) for size in VALUES]
    told[1] = np.where(rng.random(cases) < follows, told[0] % VALUES[1], told[1])
    return told


def _parts(size, skewed):
    parts = 0.5 ** np.arange(size) if skewed else np.ones(size)
    return parts / parts.sum()


def _life(rng, case, told, speed, nested, spread, slow, lost):
    now, own = 1.1 * case, np.exp(rng.normal(0, 0.15))
    path = [step for step in range(12) if step in (0, REVIEW, 9, 11) or rng.random() > 0.05]
    if rng.random() < 0.15:
        at = path.index(REVIEW)
        path[at + 1:at + 1] = [5, REVIEW]
    stop = int(rng.integers(3, len(path))) if rng.random() < lost else len(path)
    seen = set()
    for step in path[:stop]:
        who = int(rng.integers(0, 3)) + (3 * int(told[0][case]) if nested else 0)
        days = MEDIANS[step] * own * speed[step, who] * np.exp(rng.normal(0, spread))
        if step in slow and step not in seen:
            days += slow[step] * np.exp(rng.normal(0, 0.3) - 0.045)
        seen.add(step)
        begun, now = now + 0.6 * days, now + days
        now += 2 if now % 7 >= 5 else 0
        yield case, step, begun, now, who, step // 3
    if stop < len(path):
        yield case, 12, now, now + float(rng.exponential(3)), 0, 1


def _dressed(frame, told, amount, lang, starts):
    labels, names = (*STEPS[lang], LOST[lang]), HEADERS[lang]
    begin, end = pd.Timestamp("2023-01-02"), 1.1 * (frame[0].max() + 1) + 15
    frame = frame[frame[3] <= end]
    case = frame[0].to_numpy()
    words = ("ABCDE", "PQRS", "VWXYZ", "KLMN")
    out = {
        names[0]: [f"K{n:04d}" for n in case], names[1]: [labels[n] for n in frame[1]],
        names[2]: (begin + pd.to_timedelta(frame[2].to_numpy(), unit="D")).round("min"),
        names[3]: (begin + pd.to_timedelta(frame[3].to_numpy(), unit="D")).round("min"),
        names[4]: [f"u{step:02d}{who:02d}" for step, who in zip(frame[1], frame[4], strict=True)],
        names[5]: [f"D{n}" for n in frame[5]], names[6]: amount[case],
        **{names[7 + n]: [f"{words[n][value]}{n}" for value in told[n][case]] for n in range(4)},
    }
    return pd.DataFrame(out) if starts else pd.DataFrame(out).drop(columns=names[2])


def read(frame, *, lang="en", ends=None):
    """The log of a frame."""
    names, labels = HEADERS[lang], STEPS[lang]
    roles = dict(zip(("case", "activity", "start", "time", "resource", "department", "amount"), names, strict=False))
    return ltc.read(frame, columns={role: name for role, name in roles.items() if name in frame.columns},
                    ends=ends or [labels[-1], LOST[lang]])
