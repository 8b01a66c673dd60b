"""Logs for the tests of reports: a small staged one, a plain one, a hostile one."""

from __future__ import annotations

import pandas as pd

from ltcdiag.domain.labels import closing_labels, map_labels, stages_if_ltc
from ltcdiag.domain.levels import LEVELS, roll_up
from ltcdiag.engine.build import Labelling, build
from ltcdiag.engine.loading import ReadOptions
from ltcdiag.log.records import ROLES, ColumnMap, TypedTable

PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "javascript:alert(1)",
    "</style><script src=http://evil.example/x.js></script>", "{{ 7*7 }}${x}", "<a href='http://evil.example'>x</a>",
    "]]><iframe src=//evil.example>",
)
FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1", "=HYPERLINK(\"http://x\")", " =2")


def labelled(labels):
    found = stages_if_ltc(map_labels(labels))
    return Labelling(found.stages, {level: roll_up(found, level) for level in LEVELS[1:]}, closing_labels(found))


def plain(labels):
    del labels
    return Labelling({}, {})


def log_of(frame, labelling=labelled, name="frame", columns=None, **options):
    roles = columns or {column: column for column in frame.columns if column in ROLES}
    table = TypedTable(name, "0" * 64, frame, tuple(frame.columns))
    return build([(table, ColumnMap(roles))], [], ReadOptions(**options), labelling=labelling, name=name, calendar="CN")


def frame_of(paths, departments=None, extra=()):
    """One case a path, an event a day; rows that cannot be events behind them."""
    rows = [
        {"case": f"案例{i:03}", "activity": label, "time": pd.Timestamp(2024, 1, 1 + i % 20 + step, 9),
         **({"department": departments[step % len(departments)]} if departments else {}),
         "amount": "100.50", "currency": "CNY"}
        for i, path in enumerate(paths) for step, label in enumerate(path)
    ]
    return pd.DataFrame([*rows, *extra])


WON = ("线索录入", "商机立项", "报价", "合同签订", "订单确认", "发货", "开票", "回款")
LOST = ("线索录入", "商机立项", "报价", "报价", "输单")
OPEN = ("线索录入", "商机立项", "报价")


def staged_log(**options):
    lost = {"case": None, "activity": "报价", "time": pd.Timestamp(2024, 1, 5), "department": "销售", "amount": "7",
            "currency": "CNY"}
    frame = frame_of([WON] * 4 + [LOST] * 3 + [OPEN] * 2, ["市场", "销售", "法务"], [lost])
    return log_of(frame, **options)


def other_log():
    return log_of(frame_of([("cut", "bend", "paint"), ("cut", "paint"), ("cut", "bend", "bend", "paint")]), plain)


def hostile_log(texts):
    """Each text as activity, department, case, currency, column and file name, and in a row set aside."""
    frame = frame_of([tuple(texts), tuple(reversed(texts))], list(texts))
    frame["case"] = frame["case"].map({"案例000": texts[0], "案例001": texts[1]})
    frame["currency"] = texts[0]
    frame.loc[len(frame)] = {"case": None, "activity": texts[2], "time": pd.Timestamp(2024, 1, 5),
                             "department": texts[3], "amount": "1", "currency": texts[4]}
    named = {"case": texts[5], "activity": texts[6], "department": texts[7]}
    columns = {role: named.get(role, role) for role in frame.columns}
    return log_of(frame.rename(columns=named), plain, name=texts[7], columns=columns)
