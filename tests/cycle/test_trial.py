"""What a new user ran into on their own data: each wall with the test that shows it is gone."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.cycle import besides, judging
from ltcdiag.cycle.adoption import Adoption
from ltcdiag.cycle.besides import Besides
from ltcdiag.cycle.defining import definition_of
from ltcdiag.cycle.following import carried
from ltcdiag.cycle.milestones import timetable_of
from ltcdiag.cycle.plan import Measure, Milestone, Plan
from ltcdiag.cycle.watches import Watch, Watches
from ltcdiag.errors import InputError
from ltcdiag.reports.weekly import Weekly
from ltcdiag.words import say, use
from tests.cycle import changed_logs as made

STEPS = {"columns": {"case": "商机编号", "activity": "环节", "time": "完成时间"}, "ends": ["合同签订", "输单"]}
LATER = made.CHANGE


@pytest.fixture(autouse=True)
def in_chinese():
    with use("zh"):
        yield


@pytest.fixture
def exports(tmp_path):
    """Two exports of different deals under the same numbers, as a system counts that begins anew each half-year."""
    whole = made.rows(n=30, regions=("华东",))
    began = whole.groupby("商机编号")["完成时间"].transform("min")
    old, new = whole[began < LATER], whole[began >= LATER].copy()
    again = dict(zip(sorted(new["商机编号"].unique()), sorted(old["商机编号"].unique()), strict=True))
    new["商机编号"] = new["商机编号"].map(again)
    for name, part in (("old", old), ("new", new)):
        part.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path / "old.csv", tmp_path / "new.csv"


@pytest.fixture
def cycle(tmp_path, exports):
    log = ltc.read(exports[0], **STEPS)
    fresh = ltc.Cycle.create(tmp_path / "cycle", today="2024-06-01")
    fresh = fresh.save(log=log, data=exports[0], options=STEPS, findings={"findings": []}, kpis={}, plan=Plan(
        change="2024-07-01", measures=(Measure("M1", {"zh": "预审", "en": "check"}, owner="process_owner"),)))
    asked = ltc.Definition("exports", change="2024-07-01", primary=("days_open",), review_on=made.REVIEW)
    return fresh.freeze(asked, today="2024-06-01")


def test_of_two_exports_one_does_not_continue_the_other_though_the_numbers_are_the_same(cycle, exports):
    log, came = ltc.catch_up(cycle, exports[1])
    alone = ltc.read(exports[1], **STEPS)
    assert (log.cases, log.events, log.fingerprint) == (alone.cases, alone.events, alone.fingerprint)
    assert (came.cases_before, came.cases_new, came.cases_continued, came.cases_reopened) == (0, 30, 0, 0)
    assert "不当作同一个案例" in str(came)
    assert ltc.catch_up(ltc.Cycle.open(cycle.folder))[0].fingerprint == alone.fingerprint      # noted in the cycle
    watches = ltc.watch(cycle, log)
    assert "没有变更之前的记录可比" in str(watches)
    assert "还没有完整的一周" not in str(watches)
    assert not [each for each in ltc.besides(cycle, log) if each.kind == "labels"]      # all would be new


def test_without_a_later_export_there_is_nothing_to_look_at(cycle):
    with pytest.raises(InputError):
        ltc.catch_up(cycle)


def test_two_exports_are_said_to_count_their_own_cases(cycle):
    assert "两边各看自己导出里的案例" in str(cycle.definition)
    assert "只算变更之后开始的案例" not in str(cycle.definition)
    single = replace(cycle.definition, kind="change")
    assert "只算变更之后开始的案例" in str(single)


@pytest.mark.parametrize(("caution", "share", "told"), [("", 0.2, 1), ("month_shocks", 0.2, 0), ("", 0.005, 0)])
def test_a_stage_is_told_as_harmed_only_where_a_verdict_is_given_and_the_days_matter(caution, share, told):
    table = pd.DataFrame([{"stage": "报价", "owner": "own", "days_before": 10.0, "days_after": 10 * (1 + share),
                           "days_difference": 10 * share, "difference_low": 0.01, "difference_high": 9.0,
                           "p_adjusted": 0.001}])
    effect = SimpleNamespace(cautions=(SimpleNamespace(name=caution, kpis=()),) if caution else ())
    own = type("Own", (list,), {"stage_ledgers": lambda self: SimpleNamespace(table=table)})([effect])
    assert len(list(judging._stages([SimpleNamespace(name="", own=own)]))) == told


def test_what_nobody_decided_is_not_carried_over_as_a_decision(cycle):
    told = {"effects": {"verdict": "cannot_tell", "day": "2025-01-01"}}
    open_ = replace(cycle, contents={**cycle.contents, **told, "decision": {"proposed": "keep", "chosen": ""}})
    assert "决定：团队还没有决定（建议：保留）" in carried(open_, "2024-07-01")["text"]["zh"]
    closed = replace(cycle, contents={**cycle.contents, **told, "decision": {"proposed": "keep", "chosen": "stop"}})
    assert "决定：停止；" in carried(closed, "2024-07-01")["text"]["zh"]


def test_the_freezing_of_success_ticks_off_its_own_milestone_and_parties_have_names():
    frozen = {lang: say("planning.milestone_frozen", lang) for lang in ("zh", "en")}
    plan = Plan(measures=(Measure("M1", {"zh": "预审", "en": "check"}, owner="process_owner"),),
                milestones=(Milestone("P1", frozen, "2024-06-30"),
                            Milestone("P2", {"zh": "会", "en": "x"}, "2024-06-30")))
    found = timetable_of(plan, "2024-08-01", frozen_on="2024-06-15")
    assert [each.state for each in found.milestones] == ["done", "late"]
    assert [each.state for each in timetable_of(plan, "2024-08-01").milestones] == ["late", "late"]
    assert "process_owner" not in str(found)
    assert "流程责任人" in found._repr_html_()


def test_before_the_change_nobody_is_told_of_a_day_that_was_not_seen():
    none = Adoption((), "2027-01-04", "2027-01-03", 0, "")
    assert "2027-01-03" not in str(none)
    watch = Watch("days_open", "primary", "few", what="closings", found=0.0, found_weeks=0.0)
    watches = Watches((watch,), "2027-01-04", "2027-01-03", 0, 26, 0.05, 0.05, {"zh": "全部案例"})
    assert "2027-01-03" not in str(watches)
    assert watch.power("zh") == "–"
    assert "看了 0 项" not in str(Besides((), "2027-01-04", "2026-12-01", 0))


def test_a_column_that_no_case_leads_to_is_told_and_no_empty_list_of_values(tmp_path):
    rows = made.rows(n=10, regions=("华东",)).assign(大区="")
    rows.to_csv(tmp_path / "a.csv", index=False)
    log = ltc.read(tmp_path / "a.csv", **STEPS)
    with pytest.raises(InputError) as raised:
        ltc.compare_groups(log, "大区", "甲", "乙")
    assert "没有一个案例有这一列的值" in str(raised.value)


def test_columns_of_snapshots_are_not_said_to_be_filled_more_often():
    """A deal's close date is there once it is closed: which says nothing about the data."""
    log = SimpleNamespace(columns={}, recipe={"kind": "objects"})
    assert list(besides._filled(SimpleNamespace(log=SimpleNamespace(log=log)))) == []


def test_a_notebook_keeps_no_place_of_one_computer(tmp_path):
    assert str(tmp_path) not in repr(Weekly(tmp_path / "week.html", ("…",), {}))


def test_without_a_goal_the_way_out_is_named_for_a_log_without_ends():
    with pytest.raises(InputError, match="01") as raised:
        definition_of(Plan(), SimpleNamespace(closedness="unknown"))
    assert 'options = {"ends": ["…"]}' in str(raised.value)
    with pytest.raises(InputError) as known:
        definition_of(Plan(), SimpleNamespace(closedness="known"))
    assert "ends" not in str(known.value)


def test_python_m_ltcdiag_is_the_command():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-m", "ltcdiag", "--help"], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"ltcdiag" in done.stdout
