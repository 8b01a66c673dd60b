"""Logs of a made chain in which one step has one reason to wait, or none: what claims about waiting are judged on."""

from __future__ import annotations

import numpy as np
import pandas as pd

import ltcdiag as ltc

LABELS = {
    "zh": ("线索登记", "需求确认", "方案设计", "报价审批", "合同评审", "订单确认", "发货", "回款"),
    "en": ("Lead created", "Needs confirmed", "Solution designed", "Quote approval", "Contract review",
           "Order confirmed", "Goods shipped", "Payment received"),
}
DAYS = (0, 3, 5, 2, 6, 2, 8, 12)
SPAN, PEOPLE, STEP = 420, 3, 4
MONDAY = pd.Timestamp("2023-01-02")


def office(moments, rng):
    """The next office hours, Monday to Friday, for moments in days since a Monday."""
    day, hour = np.floor(moments), moments % 1 * 24
    day = day + (hour >= 18)
    hour = np.where((hour < 9) | (hour >= 18), 9 + 2 * rng.random(len(day)), hour)
    return day + np.maximum(0, 7 - day % 7) * (day % 7 >= 5) + hour / 24


def no_reason(start, who, rng):
    """Starts as they are."""
    return start


def on_thursdays(start, who, rng):
    """Nine in ten are kept for the next Thursday."""
    return start + np.where(rng.random(len(start)) < 0.9, (3 - np.floor(start)) % 7, 0)


def on_the_tenth(start, who, rng):
    """Half are kept for the tenth of the month, or the working day after it."""
    dates = (MONDAY + pd.to_timedelta(np.floor(start), unit="D")).to_period("M")
    tenths = [(month.to_timestamp() + pd.Timedelta(days=9) - MONDAY).days for month in (*dates, *(dates + 1))]
    this, after = np.array(tenths[: len(start)]), np.array(tenths[len(start):])
    kept = np.where(this >= np.floor(start), this, after) + start % 1
    return office(np.where(rng.random(len(start)) < 0.5, kept, start), rng)


def nobody_there(start, who, rng):
    """Three absences of five weeks, spread over the time; all that comes waits for the return."""
    for first in (60, 180, 300):
        away = (start >= first) & (start < first + 35)
        start = np.where(away, first + 35 + 2 * rng.random(len(start)), start)
    return office(start, rng)


def one_at_a_time(start, who, rng):
    """Each person takes one after the other, in the order of arrival, with little room to spare, for days each."""
    found, free = start.copy(), np.zeros(who.max() + 1)
    work = 0.85 * SPAN * PEOPLE / len(start)
    for at in np.argsort(start, kind="stable"):
        found[at] = max(start[at], free[who[at]])
        free[who[at]] = found[at] + work * rng.lognormal(-0.18, 0.6)
    return found


def until_the_next(start, who, end):
    """Work that goes on until the person begins the next."""
    found = end.copy()
    for person in np.unique(who):
        mine = np.flatnonzero(who == person)
        mine = mine[np.argsort(start[mine], kind="stable")]
        found[mine[:-1]] = np.maximum(start[mine[:-1]], np.minimum(start[mine[1:]], start[mine[:-1]] + 4))
    return found


def waiting_log(seed, reason=no_reason, *, lang="zh", starts=True, cases=400):
    """A log of closed and open cases, and the label of the step with the reason."""
    rng, labels, rows = np.random.default_rng(seed), LABELS[lang], []
    now = office(np.sort(rng.random(cases)) * SPAN, rng)
    lost, lost_at = rng.random(cases) < 0.25, rng.integers(2, 4, cases)
    speed, alive = rng.lognormal(0, 0.25, (len(labels), PEOPLE)), np.ones(cases, bool)
    for step, label in enumerate(labels):
        here = np.flatnonzero(alive)
        who = rng.integers(0, PEOPLE, len(here))
        start = now[here] + 0.8 * DAYS[step] * rng.lognormal(0, 0.7, len(here)) * speed[step, who]
        start = office(start, rng) if label != labels[-1] else start       # customers pay on any day
        if step == STEP:
            start = reason(start, who, rng)
        end = start + 0.1 * rng.lognormal(0, 0.5, len(here))
        if step == STEP and reason is one_at_a_time:
            end = until_the_next(start, who, end)
        rows.append(pd.DataFrame({"case": here, "activity": label, "start": start, "time": end,
                                  "person": who + PEOPLE * step}))
        now[here] = end
        alive &= ~(lost & (lost_at == step))
    frame = pd.concat(rows)
    end = pd.DataFrame({"case": np.flatnonzero(lost), "activity": "丢单" if lang == "zh" else "Closed lost",
                        "start": now[lost] + 1, "time": now[lost] + 1, "person": 0})
    frame = pd.concat([frame, end])
    frame = frame[frame["time"] <= SPAN + 20].sort_values(["time", "case"], kind="stable")
    for column in ("start", "time"):
        frame[column] = (MONDAY + pd.to_timedelta(frame[column], unit="D")).dt.round("s")
    frame = frame.assign(case=[f"C{case:04d}" for case in frame["case"]], person=[f"P{n:02d}" for n in frame["person"]])
    columns = {"case": "case", "activity": "activity", "time": "time", "resource": "person"}
    if starts:
        columns["start"] = "start"
    log = ltc.read(frame if starts else frame.drop(columns="start"), columns=columns,
                   ends=(labels[-1], "丢单" if lang == "zh" else "Closed lost"))
    return log, labels[STEP]
