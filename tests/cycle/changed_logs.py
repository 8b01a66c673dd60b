"""Small logs of a change with a planted truth: which region became quicker, and what it cost."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pandas as pd

import ltcdiag as ltc

CHANGE = datetime(2024, 7, 1)
REVIEW = "2024-12-31"
HALF = 180


def rows(
    seed: int = 3, *, n: int = 40, regions: tuple[str, ...] = ("华东", "华南", "华北"),
    quick: tuple[str, ...] = ("华东",), times: float = 0.3, lost: float = 0.2, lost_after: float | None = None,
    slow_quote: float = 1.0,
) -> pd.DataFrame:
    """n deals a region and half-year. quick: regions whose contracts take `times` as long from the change on. lost:
    share of lost deals; lost_after: in the quick regions afterwards. slow_quote: quotes there take so much longer."""
    dice, made = Random(seed), []
    for region in regions:
        for number in range(2 * n):
            began = CHANGE + timedelta(days=HALF * (number / n - 1), hours=9)
            new = region in quick and began >= CHANGE
            quote = dice.expovariate(1 / 6) * (slow_quote if new else 1)
            contract = dice.expovariate(1 / 30) * (times if new else 1)
            share = lost_after if new and lost_after is not None else lost
            end = "输单" if dice.random() < share else "合同签订"
            path = ((began, "商机创建"), (began + timedelta(days=quote), "合同起草"),
                    (began + timedelta(days=quote + contract), end))
            size = "大单" if dice.random() < 0.4 else "小单"
            facts = {"商机编号": f"{region}{number:03}", "区域": region, "单型": size}
            made += [{**facts, "环节": step, "完成时间": at} for at, step in path]
    return pd.DataFrame(made)


def seen(table: pd.DataFrame, until: datetime, since: datetime | None = None) -> pd.DataFrame:
    """What an export of that day holds; since: only deals that began then."""
    began = table.groupby("商机编号")["完成时间"].transform("min")
    return table[(table["完成时间"] <= until) & (began >= (since or began))]


def log(table: pd.DataFrame, until: datetime = CHANGE + timedelta(days=HALF), since: datetime | None = None):
    return ltc.read(seen(table, until, since), columns={"case": "商机编号", "activity": "环节", "time": "完成时间"},
                    ends=["合同签订", "输单"], as_of=until.isoformat())
