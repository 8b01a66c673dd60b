"""An invented log of 400 cases, answered by hand-written pandas."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ltcdiag.charts.mix_waterfall import MixShift
from ltcdiag.cycle.adoption import Adopted, Adoption, Part, Shown, Team, Week
from ltcdiag.log.results import (
    DifferenceMap,
    DirectlyFollowsGraph,
    Funnel,
    Gaps,
    Handovers,
    Series,
    StageDays,
    StageLedgers,
    VariantChanges,
    Variants,
)
from ltcdiag.log.segments import SegmentEffects
from ltcdiag.log.wait_results import WaitCauses
from ltcdiag.stats.case_clock import CaseClock
from ltcdiag.stats.curves import Curve, incidence
from ltcdiag.stats.pace import Pace, PaceMonth

ZH = ["线索录入", "线索验证", "商机立项", "方案与报价", "合同评审", "合同签订", "订单创建", "发货交付", "开票", "回款"]
STAGES = ["lead", "lead", "opportunity", "opportunity", "contract", "contract", "delivery", "delivery",
          "collection", None]
PARTIES = ["市场部", "销售部", "法务部", "交付部", "财务部"]


def invented(names: list[str] = ZH, cases: int = 400, noise: float = 0.12, seed: int = 1) -> SimpleNamespace:
    """Cases that mostly walk down the list, sometimes jump or stay, and often stop early."""
    r = random.Random(seed)
    rows = []
    for case in range(cases):
        at, now = 0, datetime.fromisoformat("2024-01-01") + timedelta(hours=13 * case)
        while at < len(names):
            rows.append((f"C{case:04}", names[at], STAGES[at % 10], now, PARTIES[at // 2 % 5]))
            if r.random() < 0.06:
                break
            at = r.randrange(len(names)) if r.random() < noise else at + 1
            now += timedelta(days=r.lognormvariate(1.0, 1.0))
    events = pd.DataFrame(rows, columns=["case_id", "activity", "stage", "time", "department"])
    events["stage"] = events["stage"].astype("object").where(events["stage"].notna(), None)
    return answers(events)


def answers(events: pd.DataFrame) -> SimpleNamespace:
    after = events.groupby("case_id").shift(-1)
    moves = events.assign(target=after["activity"], to=after["department"],
                          gap=(after["time"] - events["time"]).dt.total_seconds() / 86400).dropna(subset=["gap"])
    n = events["case_id"].nunique()
    gaps = summed(moves, "activity", "target")
    counts = events["activity"].value_counts()
    firsts, lasts = (events.groupby("case_id")["activity"].agg(f).value_counts() for f in ("first", "last"))
    activities = pd.DataFrame({"activity": counts.index, "events": counts.to_numpy()})
    activities["stage"] = activities["activity"].map(events.drop_duplicates("activity").set_index("activity")["stage"])
    for column, found in (("starts", firsts), ("ends", lasts)):
        activities[column] = activities["activity"].map(found).fillna(0).astype(int)
    dfg = gaps.sort_values(["moves", "source", "target"], ascending=[False, True, True])
    between = moves[moves["department"] != moves["to"]]
    return SimpleNamespace(
        events=events,
        dfg=DirectlyFollowsGraph(dfg[["source", "target", "moves", "gap_days_median"]], n, "", activities=activities),
        gaps=Gaps(gaps.sort_values("gap_days_total", ascending=False), n, ""),
        variants=variants(events, n),
        handovers=Handovers(summed(between, "department", "to"), n, "", by="department",
                            within=len(moves) - len(between), unknown=0),
        stage_days=stage_days(moves, n),
        wait_causes=wait_causes(gaps, n),
        stage_ledgers=stage_ledgers(moves, n),
        pace=pace(events),
        incidence=curves(events),
        mix_waterfall=mix_shift(events, n),
        difference_map=difference_map(gaps, activities, n),
        variant_changes=variant_changes(events, n),
        funnel=funnel(counts, n),
        series=series(n),
        segments=segments(events, n),
        adoption=adoption(events, n))


def adoption(events: pd.DataFrame, n: int) -> Adoption:
    """A measure with the name of the first label, every label as a team; half of the n cases lie before the change."""
    labels, late = events["activity"].unique().tolist(), n - n // 2
    weeks = tuple(Week(number, f"2024-{3 + number // 4:02}-{1 + number % 4 * 7:02}", 2, number % 3 % 2) for number in
                  range(-3, 5))
    sides = Shown(n // 2, 0, 0.0, 0.0, 0.1), Shown(late, late, 1.0, 0.9, 1.0)
    teams = tuple(Team(label, *sides, weeks) for label in labels)
    said = {"zh": labels[0], "en": labels[0]}
    part = Part("pilot", {"zh": "全部", "en": "all"}, *sides, sides[1], 1.0, 0.9, 1.0, weeks=weeks, teams=teams)
    return Adoption((Adopted("M1", said, said, (part,)),), "2024-03-08", "2024-04-05", 4, "department")


def segments(events: pd.DataFrame, n: int) -> SegmentEffects:
    """Every label once, with a department as the group; the first two stand, the last is faster."""
    labels, counts = events["activity"].unique().tolist(), events["department"].value_counts()
    rows = [("department", PARTIES[i % 5], "step_days", label, int(counts.get(PARTIES[i % 5], 0)), 5.0 - i, 4.0 - i,
             6.0 - i, 0.001 if i < 2 else 0.5) for i, label in enumerate(labels)]
    names = ["segment_column", "segment_value", "measure", "step", "cases", "days_more", "more_low", "more_high",
             "p_adjusted"]
    return SegmentEffects(pd.DataFrame(rows, columns=names), n, "", horizon=91, looked_at=120)


def series(n: int) -> Series:
    """24 weeks that make up the cases, with a change after the twelfth and one week far above the limits."""
    rate = [float(n - 23 * (n // 40) if i == 20 else n // 40) for i in range(24)]
    line = [rate[0] * (1 if i < 12 else 1.5) for i in range(24)]
    table = pd.DataFrame({"start": pd.date_range("2024-01-01", periods=24, freq="7D"), "rate": rate, "number": rate,
                          "outside": [i == 20 for i in range(24)], "fitted": line, "expected": rate[0]})
    return Series(table, n, "", baseline=12, centre=rate[0], low=0.6 * rate[0], high=1.8 * rate[0], false_alarm=0.1,
                  new_alarm=0.07, autocorrelation=0.4, jump=(0.4055, 0.1, 0.7, 0.012), slope=(0.0, -0.1, 0.1, 0.9),
                  change="2024-03-25", warm_up=9)


def difference_map(gaps: pd.DataFrame, activities: pd.DataFrame, n: int) -> DifferenceMap:
    """The moves as they are before, and a third of the cases after; every kind of change is claimed once."""
    table = gaps[["source", "target"]].copy()
    often = gaps["moves"] / n
    table["cases_before"], table["cases_after"] = gaps["cases"], gaps["cases"] // 3
    table["moves_per_case_before"], table["moves_per_case_after"] = often, 1.2 * often
    table["moves_difference"] = 0.2 * often
    table["gap_days_before"], table["gap_days_after"] = gaps["gap_days_median"], 2 * gaps["gap_days_median"]
    changes = dict(enumerate(("gained", "lost", "more", "less")))
    table["frequency_change"] = pd.Series([changes.get(i) for i in range(len(table))], dtype=object)
    table["gap_change"] = pd.Series([{4: "slower", 5: "faster"}.get(i) for i in range(len(table))], dtype=object)
    nodes = activities.rename(columns={name: f"{name}_before" for name in ("events", "starts", "ends")})
    for name in ("events", "starts", "ends"):
        nodes[f"{name}_after"] = nodes[f"{name}_before"] // 3
    return DifferenceMap(table, n + n // 3, "", activities=nodes, horizon=60, n_before=n, left_out=(0, 7))


def variant_changes(events: pd.DataFrame, n: int) -> VariantChanges:
    """The variants before, with made-up shares after; the first two are claimed."""
    found = variants(events, n).table
    table = pd.DataFrame({"activities": found["activities"], "share_before": found["share_of_cases"]})
    table["share_after"] = 0.5 * table["share_before"]
    table["share_difference"] = -table["share_after"]
    table["difference_low"], table["difference_high"] = -table["share_before"], -0.1 * table["share_before"]
    table["change"] = pd.Series([("less", "lost")[i] if i < 2 else None for i in range(len(table))], dtype=object)
    return VariantChanges(table, n + 120, "", horizon=60, n_before=n, tested=len(table), left_out=(0, 7))


def funnel(counts: pd.Series, n: int) -> Funnel:
    """Every label a stage, before and after, with shares that fall."""
    rows = []
    for i, label in enumerate(counts.index):
        for period in ("before", "after"):
            share = 0.9 ** (i + (period == "after"))
            rows.append((label, period, share, 0.9 * share, min(1.0, 1.05 * share), 0.02 * i, 0.0))
    table = pd.DataFrame(rows, columns=["main_stage", "period", "share_reaching", "reaching_low", "reaching_high",
                                        "share_skipping", "share_returning"])
    return Funnel(table, n + 120, "", horizon=60, n_before=n)


def stage_ledgers(moves: pd.DataFrame, n: int) -> StageLedgers:
    """The days before each label, and made-up ones after: half of the first row, the others as they were."""
    before = stage_days(moves, n).table
    table = pd.DataFrame({"stage": before["stage"], "owner": before["owner"]})
    for arm, factor in (("before", 1.0), ("after", 0.5)):
        days = before["days_per_case"].where(before.index > 0, factor * before["days_per_case"])
        table[f"days_{arm}"], table[f"{arm}_low"], table[f"{arm}_high"] = days, 0.8 * days, 1.25 * days
    change = table["days_after"] - table["days_before"]
    table["days_difference"], table["difference_low"], table["difference_high"] = change, change - 1, change + 1
    table["p"] = table["p_adjusted"] = [0.01 if i == 0 else 0.9 for i in range(len(table))]
    return StageLedgers(table, n + 150, "", horizon=91, n_before=n)


def pace(events: pd.DataFrame) -> Pace:
    """The last events of the cases by month, against an even spread; the last third comes after the change."""
    last = events.groupby("case_id")["time"].max().dt.to_period("M").value_counts().sort_index()
    expected = float(last.mean()) if len(last) else 0.0
    months = tuple(
        PaceMonth(str(month), month.start_time.date(), float(n), expected, n / expected, 0.8 * n / expected,
                  1.3 * n / expected, i >= 2 * len(last) // 3) for i, (month, n) in enumerate(last.items()))
    return Pace(months, 0.8, 0.6, 1.1, 0.2, (0.6, 1.6))


def curves(events: pd.DataFrame) -> tuple[Curve, Curve]:
    """All cases, and every third one, on a clock from their first to their last event; every second one counts."""
    span = events.groupby("case_id")["time"].agg(["min", "max"])
    days = np.asarray((span["max"] - span["min"]).dt.total_seconds()) / 86400
    found = []
    for part in (slice(None), slice(None, None, 3)):
        age = days[part]
        closed = np.arange(len(age)) % 3 > 0
        clock = CaseClock(np.zeros(len(age)), age, closed, np.maximum(age, 60.0))
        found.append(incidence(clock, np.arange(len(age)) % 2 > 0, tau=min(40.0, float(np.sort(age)[-2]))))
    return found[0], found[1]


def mix_shift(events: pd.DataFrame, n: int) -> MixShift:
    """Made-up levels under the name of the first label, with the others as strata."""
    labels = list(dict.fromkeys(events["activity"]))
    return MixShift(str(labels[0]), "days", (66.0, 60.0, 72.5), (61.0, 55.0, 67.5), (-8.0, -14.0, -2.0),
                    tuple(map(str, labels[1:4])), n)


def stage_days(moves: pd.DataFrame, n: int) -> StageDays:
    """Mean days before each label over all cases, with a made-up interval; every third label is the customer's."""
    table = moves.groupby("target").agg(days_per_case=("gap", "sum"), cases=("case_id", "nunique")).reset_index()
    table["days_per_case"] /= n
    table = table.rename(columns={"target": "stage"}).sort_values(["days_per_case", "stage"], ascending=[False, True])
    table["owner"] = [("us", None, "customer")[i % 3] for i in range(len(table))]
    table["standing"] = range(len(table))
    table["days_low"], table["days_high"] = 0.8 * table["days_per_case"], 1.3 * table["days_per_case"]
    table["share_of_days"] = table["days_per_case"] / table["days_per_case"].sum()
    table["share_low"], table["share_high"] = 0.8 * table["share_of_days"], 1.3 * table["share_of_days"]
    table["first_share"] = [1.0, *[0.0] * (len(table) - 1)]
    return StageDays(table.reset_index(drop=True), n, "", horizon=91)


def wait_causes(gaps: pd.DataFrame, n: int) -> WaitCauses:
    """The gaps before each label, called waiting; every label has the same made-up causes."""
    table = gaps.groupby("target").agg(wait_days_total=("gap_days_total", "sum")).reset_index()
    table = table.rename(columns={"target": "activity"}).sort_values("wait_days_total", ascending=False)
    for cause, share in (("batching", 0.1), ("contention", 0.2), ("prioritisation", 0.0), ("unavailability", 0.5),
                         ("extraneous", 0.2)):
        for end, times in (("", 1.0), ("_low", 0.8), ("_high", 1.2)):
            table[f"share_{cause}{end}"] = share * times
    return WaitCauses(table, n, "")


def summed(moves: pd.DataFrame, source: str, target: str) -> pd.DataFrame:
    by = moves.groupby([source, target])
    table = by["gap"].agg(moves="size", gap_days_total="sum", gap_days_mean="mean", gap_days_median="median",
                          gap_days_p90=lambda gap: gap.quantile(0.9), gap_days_min="min", gap_days_max="max")
    table["cases"] = by["case_id"].nunique()
    return table.reset_index().rename(columns={source: "source", target: "target"})


def variants(events: pd.DataFrame, n: int) -> Variants:
    cases = events.groupby("case_id").agg(
        activities=("activity", tuple), days=("time", lambda t: (t.max() - t.min()).total_seconds() / 86400))
    table = cases.reset_index().groupby("activities").agg(
        cases=("days", "size"), median_days=("days", "median"), example=("case_id", "first")).reset_index()
    table = table.sort_values(["cases", "activities"], ascending=[False, True]).reset_index(drop=True)
    table["variant"], table["steps"] = table.index + 1, table["activities"].map(len)
    table["share_of_cases"] = table["cases"] / n
    table["cumulative_share"] = table["share_of_cases"].cumsum()
    return Variants(table, n, "")


@pytest.fixture(scope="session")
def log() -> SimpleNamespace:
    return invented()


@pytest.fixture(scope="session")
def make_log() -> Callable[..., SimpleNamespace]:
    return invented
