"""What is made to be looked at: counted again by hand, case by case, and by the laws of each answer."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from measures.kpi_logs import BASE, drawn, frame_of

import ltcdiag as ltc
from ltcdiag.domain.stages import load_stages
from ltcdiag.errors import InputError
from ltcdiag.findings.causes import Cause, causes_told, causes_written
from ltcdiag.measures.spells import DAY
from ltcdiag.stats.case_clock import CaseClock
from ltcdiag.stats.control import _rules, any_alarm, control_limits

REGION, DEPARTMENT = ("华东", "华南"), ("销售部", "法务部", "")


@cache
def log():
    """Drawn lives with closings, exits and open cases, a region a case and a department a row."""
    lives = drawn(3, cases=110)
    frame = frame_of(lives, region={case: REGION[n % 2] for n, case in enumerate(lives)})
    frame["department"] = [DEPARTMENT[n % 3] for n in range(len(frame))]
    return ltc.read(frame)


@cache
def endless():
    """A log in which nothing says what is over."""
    return ltc.read(pd.DataFrame([(f"c{n}", f"活动{k}", BASE + timedelta(days=n + 3 * k)) for n in range(30)
                                  for k in range(1 + n % 4)], columns=["case", "activity", "time"]))


def cases_of(asked):
    """Each case with its beginning, end, whether it is over, and its (place of label, end) steps."""
    steps = asked.tables.steps()
    return [(int(steps.entered[case]), int(steps.left[case]), bool(steps.closed[case]),
             [(int(steps.label[row]), int(steps.ended[row])) for row in np.flatnonzero(steps.case == case)])
            for case in range(steps.cases)]


@pytest.mark.parametrize("which", [log, endless])
def test_every_case_is_in_one_bar_closed_or_open(which) -> None:
    found = ltc.case_days(which())
    table, cases = found.table, cases_of(which())
    assert table["closed"].sum() + table["open"].sum() == found.n == len(cases)
    for row in table.itertuples():
        under = row.under_days if row.under_days == row.under_days else float("inf")
        inside = [over or not found.known for begin, end, over, _ in cases
                  if row.at_least_days <= (end - begin) / DAY < under]
        assert (row.closed, row.open) == (sum(inside), len(inside) - sum(inside))
    assert found.known is (which is log)
    assert (found.median is None) == (found.why_no_median != "")


def test_the_median_is_that_of_the_product_limit() -> None:
    """Kaplan and Meier's own way: a factor at each closing, among those still watched."""
    cases = [((end - begin) / DAY, over) for begin, end, over, _ in cases_of(log())]
    left = 1.0
    for day in sorted({day for day, over in cases if over}):
        left *= 1 - sum(d == day and over for d, over in cases) / sum(d >= day for d, _ in cases)
        if left <= 0.5 + 1e-12:
            break
    found = ltc.case_days(log())
    assert found.median == pytest.approx(day, abs=1e-6)
    assert found.median_low <= found.median <= (found.median_high or float("inf"))


@pytest.mark.parametrize("which", [log, endless])
@pytest.mark.parametrize("per", ["week", "month"])
def test_what_is_in_hand_is_what_was_before_and_came_less_what_went(which, per: str) -> None:
    found = ltc.work_over_time(which(), per=per)
    table, cases = found.table, cases_of(which())
    before = 0
    edges = [*table["start"], table["start"].iloc[-1] + (pd.DateOffset(months=1) if per == "month" else timedelta(7))]
    for n, row in enumerate(table.itertuples()):
        assert row.active == before + row.started - row.closed
        before = row.active
        end = pd.Timestamp(edges[n + 1]).value // 1000
        assert row.active == sum(begin < end and not (left < end and (over or not found.known))
                                 for begin, left, over, _ in cases)
    assert table["started"].sum() == found.n == len(cases)


def test_work_of_departments_adds_up_and_people_are_never_named() -> None:
    found = ltc.party_load(log())
    assert found.by == "department"
    assert found.table["steps"].sum() + found.unnamed == found.n
    assert set(found.table["party"]) == set(DEPARTMENT) - {""}
    with pytest.raises(InputError):
        ltc.party_load(log(), by="resource")
    with pytest.raises(InputError):
        ltc.party_load(endless())


@pytest.mark.parametrize("what", ["events", "started", "closed"])
def test_each_day_has_its_number_also_none(what: str) -> None:
    found = ltc.day_counts(log(), what=what, calendar="CN")
    moments = {"events": [end for *_, steps in cases_of(log()) for _, end in steps],
               "started": [begin for begin, *_ in cases_of(log())],
               "closed": [end for _, end, over, _ in cases_of(log()) if over]}[what]
    days = Counter((datetime(1970, 1, 1) + timedelta(microseconds=at)).date() for at in moments)
    assert {row.day.date(): row.number for row in found.table.itertuples() if row.number} == days
    assert found.table["number"].sum() == found.n
    assert (found.table["day"].diff().dropna() == timedelta(days=1)).all()


def test_days_are_of_the_kind_that_the_country_says() -> None:
    kinds = dict(zip(ltc.day_counts(log(), calendar="CN").table["day"].dt.strftime("%m-%d"),
                     ltc.day_counts(log(), calendar="CN").table["day_kind"], strict=True))
    assert [kinds[day] for day in ("02-12", "02-18", "02-17", "02-21", "03-02")] == [
        "holiday", "make_up", "weekend", "workday", "weekend"], "Spring Festival of 2024"
    plain = ltc.day_counts(log(), calendar="none").table
    assert set(plain["day_kind"]) == {"workday", "weekend"}


def test_a_part_of_a_path_has_a_line_a_case_that_came_there() -> None:
    names = ("报价", "合同签订", "回款")
    found = ltc.spectrum(log(), names)
    labels = list(log().tables.steps().labels)
    for part, (here, there) in enumerate(pairwise(names)):
        told = []
        gone = 0
        for _, left, over, steps in cases_of(log()):
            at = next((n for n, (label, _) in enumerate(steps) if labels[label] == here), None)
            if at is None:
                continue
            after = next((end for label, end in steps[at + 1:] if labels[label] == there), None)
            gone += after is None and over
            if after is not None or not over:
                told.append(((left if after is None else after) - steps[at][1]) / DAY)
        rows = found.table[found.table["part"] == part]
        assert sorted(rows["days"]) == pytest.approx(sorted(told))
        assert found.elsewhere[part] == gone
    done = found.table[found.table["left"].notna()]
    assert done["quartile"].notna().all()
    assert found.table[found.table["left"].isna()]["quartile"].isna().all()
    for _, rows in done.groupby("part"):
        top = rows.groupby("quartile")["days"].agg(["min", "max"])
        assert (top["max"].to_numpy()[:-1] <= top["min"].to_numpy()[1:]).all()


def test_a_path_of_one_step_or_of_unknown_ones_is_refused() -> None:
    for steps in (["报价"], ["报价", "nowhere"]):
        with pytest.raises(InputError):
            ltc.spectrum(log(), steps)
    assert len(ltc.spectrum(endless()).steps) >= 2


@pytest.mark.parametrize("which", [log, endless])
def test_what_flows_into_a_stage_flows_out_of_it(which) -> None:
    found = ltc.stage_flows(which())
    into, out = (found.table.groupby(side)["moves"].sum() for side in ("target", "source"))
    for stage in found.stages:
        assert into[stage] == out[stage]
    ends = [end for end in ("done", "lost", "open", "unknown") if end in into.index]
    assert out["start"] == into[ends].sum() == found.n - found.without
    assert found.n == len(cases_of(which()))
    place = _places(which(), found)
    paths = [[place[label] for label, _ in steps] for *_, steps in cases_of(which()) if steps]
    stays = sum(1 + sum(a != b for a, b in pairwise(path)) for path in paths)
    assert into[list(found.stages)].sum() == stays


def _places(asked, found):
    """The stage of each label, or "other"."""
    chain = load_stages()
    keys = [(name, asked.stages.get(name)) for name in asked.tables.steps().labels]
    main = [chain[key].main_stage if key and found.level == "main_stage" else name for name, key in keys]
    return [name if name in found.stages else "other" for name in main]


def test_lost_and_done_are_told_by_the_last_step() -> None:
    lives = {"won": [("lead_new", 0), ("won", 3), ("paid", 9)], "lost": [("lead_new", 0), ("lost", 4)],
             "open": [("lead_new", 8)]}
    table = ltc.stage_flows(ltc.read(frame_of(lives))).table
    assert dict(zip(table["target"], table["moves"], strict=True)).items() >= {"done": 1, "lost": 1, "open": 1}.items()


def test_groups_are_tested_only_where_they_were_named_beforehand() -> None:
    found = ltc.survival(log(), by="region")
    assert found.p is None
    assert sum(group.n for group in found.groups) + found.rest == found.n
    named = ltc.survival(log(), by="region", groups=REGION)
    assert 0 <= named.p <= 1
    assert ltc.survival(log(), by="region", groups=REGION[::-1]).p == pytest.approx(named.p)
    with pytest.raises(InputError):
        ltc.survival(log(), by="region", groups=("Nowhere",))
    with pytest.raises(InputError):
        ltc.survival(endless())


def test_log_rank_sees_a_planted_difference_and_none_between_equals() -> None:
    from ltcdiag.measures.survival import log_rank

    rng = np.random.default_rng(5)
    slow, quick, same = (rng.exponential(mean, 150) for mean in (40, 20, 20))

    def clock(days):
        return CaseClock(np.zeros(150), np.minimum(days, 60), days < 60, np.full(150, 60.0))

    assert log_rank(clock(slow), clock(quick)) < 0.001
    assert log_rank(clock(same), clock(quick)) > 0.05
    small = CaseClock(np.zeros(3), np.ones(3), np.ones(3, dtype=bool), np.ones(3))
    assert log_rank(small, clock(quick)) is None


def test_the_stay_in_a_stage_ends_with_the_next_other_step() -> None:
    found = ltc.survival(log(), stage="报价")
    labels = list(log().tables.steps().labels)
    stays, still = [], 0
    for _, left, over, steps in cases_of(log()):
        at = next((n for n, (label, _) in enumerate(steps) if labels[label] == "报价"), None)
        if at is not None:
            after = next((end for label, end in steps[at + 1:] if labels[label] != "报价"), None)
            stays.append(((left if after is None else after) - steps[at][1]) / DAY)
            still += after is None and not over
    group = found.groups[0]
    assert (group.n, group.open) == (len(stays), still)
    assert found.n == len(stays)
    with pytest.raises(InputError):
        ltc.survival(log(), stage="nowhere")


def test_limits_are_those_of_the_book() -> None:
    values = np.array([39, 41, 41, 41, 43, 44, 41, 42, 40, 41, 44, 40.0])
    ranges = np.abs(np.diff(values))
    found = control_limits(values, baseline=12)
    assert found.centre == pytest.approx(values.mean())
    assert found.high == pytest.approx(values.mean() + 2.66 * ranges.mean())
    assert found.low == pytest.approx(values.mean() - 2.66 * ranges.mean())
    assert found.range_high == pytest.approx(3.268 * ranges.mean())
    assert not (found.outside | found.jump | found.run).any()
    spike = control_limits(np.append(values, 60.0), baseline=12)
    assert spike.outside.tolist() == [False] * 12 + [True]
    assert spike.jump[12]
    shifted = control_limits(np.append(values, [43.0] * 8), baseline=12)
    assert shifted.run.tolist()[12:] == [True] * 8
    assert not control_limits(np.append(values, [43.0] * 5), baseline=12).run[12:].all()


def test_the_chance_of_an_alarm_is_that_of_charts_on_which_nothing_happens() -> None:
    rng = np.random.default_rng(99)
    charts = rng.standard_normal((3000, 24))
    told = 0
    for chart in charts[:1500]:
        found = control_limits(chart, baseline=16)
        told += bool((found.outside | found.jump | found.run).any())
    assert any_alarm(16, 24) == pytest.approx(told / 1500, abs=0.04)
    assert any_alarm(16, 60) > any_alarm(16, 24)
    assert _rules(np.zeros((1, 9)), np.zeros(1), np.zeros(1))[2].sum() == 0, "equal values are on no side"


def test_a_cohort_counts_whole_and_only_when_all_of_it_was_followed() -> None:
    lives = {f"case {day:03} {again}": [("lead_new", day), ("paid", day + (4 if day < 200 else 9))]
             for day in range(260) for again in range(2)}
    asked = ltc.read(frame_of(lives))
    found = ltc.control(asked, per="week", within=7)
    table = found.table
    last = datetime(2024, 1, 1) + timedelta(days=268)
    ends = [datetime.fromisoformat(start) + timedelta(days=14) for start in table["start"]]
    assert max(ends) <= last + timedelta(days=1)
    assert table["value"].iloc[0] == pytest.approx(4)
    assert table["value"].iloc[-1] == pytest.approx(7), "9 days, followed for 7 of them"
    assert set(table["cases"]) == {14}
    closed = ltc.control(asked, per="week", within=7, measure="closed").table["value"]
    assert (closed.iloc[0], closed.iloc[-1]) == (1.0, 0.0)
    assert found.table["outside"].iloc[-1]


def test_a_chart_of_own_values_needs_eight_numbers() -> None:
    assert ltc.control({f"w{n}": n % 3 for n in range(12)}).baseline == 8
    for values in ({"a": 1.0}, {f"w{n}": float("nan") for n in range(9)}):
        with pytest.raises(InputError):
            ltc.control(values)
    with pytest.raises(InputError):
        ltc.control(endless())


def test_causes_keep_every_line_of_what_was_written() -> None:
    found = causes_written({"合同": {"评审慢": ["一周一次", "没有清单"]}, "价格": "低", "空": None}, problem="为什么？")
    assert found.branches == (Cause("合同", (Cause("评审慢", (Cause("一周一次"), Cause("没有清单"))),)),
                              Cause("价格", (Cause("低"),)), Cause("空"))
    assert (found.all, found.branches[0].depth, found.branches[0].leaves) == (7, 2, 2)
    with pytest.raises(InputError):
        causes_written({"x": object()})


def test_a_pain_chain_is_told_once_also_where_it_runs_in_a_circle() -> None:
    rows = [{"person": "主任", "pain": "停机", "reason": "备件慢", "leads_to": "副总"},
            {"person": "副总", "pain": "交不了货", "reason": "", "leads_to": ""},
            {"person": "甲", "pain": "p1", "leads_to": "乙"}, {"person": "乙", "pain": "p2", "leads_to": "甲"}]
    found = causes_told(rows, lang="zh")
    assert found.branches[0] == Cause("副总: 交不了货", (Cause("主任: 停机", (Cause("备件慢"),)),))
    assert found.all == 5


def test_findings_become_causes_and_none_is_dropped_silently() -> None:
    from types import SimpleNamespace

    from ltcdiag.findings.causes import causes_of

    findings = tuple(SimpleNamespace(family="silo" if n < 6 else "own", id=f"F{n:02}", title={"zh": f"题{n}"},
                                     evidence={"zh": "一\n二"}) for n in range(7))
    found = causes_of(SimpleNamespace(findings=findings), lang="zh")
    assert [len(branch.causes) for branch in found.branches] == [4, 1]
    assert found.more == (2, 0)
    assert found.branches[0].causes[0] == Cause("题0", (Cause("一", shows=True),), "F00")


def test_lanes_hold_every_activity_with_who_does_it_most() -> None:
    found = ltc.swimlanes(log())
    steps = log().tables.answer("activity_parties").table
    for activity, party in found.parties.items():
        rows = steps[(steps["activity"] == activity)]
        assert rows.loc[rows["party"] == party, "events"].iloc[0] == rows["events"].max()
        assert 0 < found.shares[activity] <= 1
    assert found.table["moves"].sum() + found.n == found.activities["events"].sum()
    with pytest.raises(InputError):
        ltc.swimlanes(endless())
