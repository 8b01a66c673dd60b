"""A plan goes out as a workbook and comes back: nothing changes by itself, no edit is lost, faults have places."""

import datetime as dt
from dataclasses import replace

import openpyxl
import pytest
from plan_logs import DAYS, REGIONS, TODAY, plan_cycle, plan_log

import ltcdiag as ltc
from ltcdiag.cycle.plan import Plan, Sign, Voted
from ltcdiag.errors import InputError, OutputError
from ltcdiag.reports.plan_book_back import _day


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    cycle = plan_cycle(tmp_path_factory.mktemp("plan"))
    return ltc.plan(cycle, plan_log(), today=TODAY, people={"legal": "王芳"}, per_finding=2, **DAYS, **REGIONS)


@pytest.fixture
def book(plan, tmp_path):
    return ltc.plan_book(plan, tmp_path / "方案.xlsx")


def edited(path, *cells, rows=()):
    """The workbook with (sheet, id, heading, value) changed and (sheet, {heading: value}) added; an id of None is the
    heading row."""
    made = openpyxl.load_workbook(path)
    for sheet, name, heading, value in cells:
        page = made[sheet]
        column = next(cell.column for cell in page[1] if cell.value == heading)
        row = next(cell.row for cell in page["A"] if cell.value == name)
        page.cell(row, column).value = value
        if isinstance(value, str):
            page.cell(row, column).data_type = "s"      # a text that looks like a formula stays one
    for sheet, values in rows:
        page = made[sheet]
        below = page.max_row + 1
        for cell in page[1]:
            if cell.value in values:
                page.cell(below, cell.column).value = values[cell.value]
    made.save(path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_changes_by_itself(plan, tmp_path, lang):
    path = ltc.plan_book(plan, tmp_path / "plan.xlsx", lang=lang)
    assert ltc.read_plan_book(path, plan) == plan


def test_votes_stand_in_the_overview_and_stay_in_the_plan(plan, tmp_path):
    voted = replace(plan, voted=(Voted("finding", "F01", 3, 2, ("=1+1", "慢")), Voted("path", "a → b", 1, 1)))
    path = ltc.plan_book(voted, tmp_path / "plan.xlsx", lang="en")
    shown = {row[0].value: row[1].value for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)}
    assert shown["Dots of the workshop"].startswith("F01 (3); ")
    told = list(openpyxl.load_workbook(path)["Dots of the workshop"].iter_rows(min_row=2))
    answer = ", ".join(each.id for each in voted.measures if each.finding == "F01")
    assert [[cell.value for cell in row] for row in told] == [
        ["F01", 3, 2, "=1+1\n慢", answer], ["a → b", 1, 1, None, None]]
    assert told[0][3].data_type == "s", "a note is never a formula"
    assert ltc.read_plan_book(path, voted) == voted


def test_the_same_plan_gives_the_same_bytes(plan, tmp_path):
    first, second = (ltc.plan_book(plan, tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second


def test_an_empty_plan_goes_there_and_back(tmp_path):
    bare = Plan(change="2024-10-08", review_on="2025-01-06")
    assert ltc.read_plan_book(ltc.plan_book(bare, tmp_path / "e.xlsx"), bare) == bare


def test_every_kind_of_edit_arrives(plan, book):
    edited(book, ("目标", "G1", "目标值", 7.5), ("目标", "G1", "日期", dt.datetime(2025, 5, 31)),
           ("目标", "G1", "负责人", "李强"), ("措施", "M1", "状态", "进行中"), ("措施", "M1", "工作量", 4),
           ("措施", "M1", "开始", "2024年9月20日"), ("措施", "M1", "执行", "张伟"), ("措施", "M2", "措施", "=1+1"),
           ("措施", "M2", "日志里怎样看出来", "有这一步"), ("措施", "M2", "看哪一步", "条款预审"),
           ("里程碑", "P1", "实际完成", "2024/9/27"), ("风险", "fit", "要防", "否"),
           ("概要", "评审日", "内容", "2025-06-30"))
    made = ltc.read_plan_book(book, plan)
    goal, first, second = made.goals[0], made.measure("M1"), made.measure("M2")
    assert (goal.target, goal.due, goal.accountable) == (7.5, "2025-05-31", "李强")
    assert "团队" in goal.basis["zh"]
    assert (first.status, first.effort, first.begins, first.owner) == ("running", 4, "2024-09-20", "张伟")
    assert second.name == {"zh": "=1+1", "en": "=1+1"}
    assert second.sign == Sign("has", "条款预审")
    assert made.milestones[0].done == "2024-09-27"
    assert not next(risk for risk in made.risks if risk.key == "fit").chosen
    assert made.review_on == "2025-06-30"
    assert replace(made, goals=plan.goals, measures=plan.measures, milestones=plan.milestones, risks=plan.risks,
                   review_on=plan.review_on) == plan


def test_a_share_is_written_in_per_cent(plan, tmp_path):
    goal = replace(plan.goals[0], kpi="win_rate", target=0.287,
                   baseline=replace(plan.goals[0].baseline, unit="share", value=0.2, low=0.1, high=0.3))
    shares = replace(plan, goals=(goal,))
    path = ltc.plan_book(shares, tmp_path / "s.xlsx")
    assert ltc.read_plan_book(path, shares) == shares
    made = ltc.read_plan_book(edited(path, ("目标", "G1", "目标值", 31)), shares)
    assert made.goals[0].target == pytest.approx(0.31)


def test_rows_of_their_own_are_taken_and_rows_that_are_gone_are_dropped(plan, book):
    edited(book, rows=[
        ("措施", {"措施": "条款预审", "目标": "G1", "负责人": "法务负责人", "工作量": 2, "完成": "2024-10-08"}),
        ("目标", {"指标": "赢单率", "目标值": 60, "日期": "2025-04-07", "负责人": "赵敏"}),
        ("里程碑", {"里程碑": "培训结束", "日期": "2024-10-01"})])
    page = openpyxl.load_workbook(book)
    for sheet, name in (("措施", "M2"), ("分工 RACI", "M2")):
        page[sheet].delete_rows(next(cell.row for cell in page[sheet]["A"] if cell.value == name))
    page.save(book)
    made = ltc.read_plan_book(book, plan)
    own = made.measures[-1]
    assert (own.id, own.name["zh"], own.goal, own.kpi, own.accountable, own.effort, own.raci) == (
        "M5", "条款预审", "G1", "days_in_contracting", "legal", 2, {"legal": "A"})
    assert (made.goals[-1].kpi, made.goals[-1].target, made.goals[-1].accountable) == ("win_rate", 0.6, "赵敏")
    assert made.goals[-1].baseline is None
    assert made.milestones[-1].name["zh"] == "培训结束"
    assert made.measure("M2") == replace(plan.measure("M2"), status="dropped")


def test_who_answers_follows_the_letters(plan, book):
    edited(book, ("分工 RACI", "M1", "法务负责人 王芳", "C"), ("分工 RACI", "M1", "法务部", "A"))
    page = openpyxl.load_workbook(book)
    sheet = page["分工 RACI"]
    sheet.cell(1, sheet.max_column + 1).value = "外部顾问"
    sheet.cell(2, sheet.max_column).value = "C"
    page.save(book)
    found = ltc.read_plan_book(edited(book, ("措施", "M2", "负责人", "分管领导")), plan)
    made = found.measure("M1")
    assert (made.raci["legal"], made.raci["法务部"], made.accountable) == ("C", "A", "法务部")
    assert made.raci["外部顾问"] == "C"      # a new column is a new party
    moved = found.measure("M2")              # a role as accountable moves the letter
    assert (moved.raci["management"], moved.raci["legal"], moved.accountable) == ("A", "I", "management")


def test_every_fault_is_told_by_sheet_and_row(plan, book):
    edited(book, ("目标", "G1", "目标值", "少一点"), ("目标", "G2", "日期", "月底"),
           ("目标", "G1", "基线（只读）", "1 天"), ("措施", "M4", "措施", None),
           ("措施", "M1", "状态", "快了"), ("措施", "M2", "工作量", 9),
           ("措施", "M1", "完成", "2020-01-01"), ("分工 RACI", "M3", "客户经理（AR）", "A"),
           ("概要", "试点", "内容", "区域：华北"), rows=[("措施", {"工作量": 2}), ("风险", {"编号（只读）": "rain"})])
    with pytest.raises(InputError) as caught:
        ltc.read_plan_book(book, plan)
    said = str(caught.value)
    for part in ("少一点", "目标:2", "月底", "目标:3", "1 天", "快了", "措施:2", "9", "2020-01-01", "M3", "华北",
                 "措施:5", "措施:6", "rain"):
        assert part in said, part


def test_a_book_of_something_else_is_refused(plan, tmp_path):
    other = openpyxl.Workbook()
    other.save(tmp_path / "x.xlsx")
    with pytest.raises(InputError, match="目标"):
        ltc.read_plan_book(tmp_path / "x.xlsx", plan)


def test_a_book_is_not_overwritten_unasked(plan, book):
    with pytest.raises(OutputError):
        ltc.plan_book(plan, book)
    assert ltc.plan_book(plan, book, force=True) == book


def test_a_cycle_without_a_plan_has_no_book(tmp_path):
    with pytest.raises(InputError, match="02_plan"):
        ltc.plan_book(ltc.Cycle.create(tmp_path / "c"), tmp_path / "p.xlsx")


@pytest.mark.parametrize(("text", "day"), [
    ("2025-03-31", "2025-03-31"), ("2025/3/5", "2025-03-05"), ("2025年3月5日", "2025-03-05"),
    ("2025.3.5", "2025-03-05"),
    ("2025-03-31 00:00:00", "2025-03-31"), ("2025-02-30", None), ("31.3.2025", None), ("soon", None), ("", None)])
def test_days_as_people_write_them(text, day):
    assert _day(text) == day
