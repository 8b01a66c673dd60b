"""Jiandaoyun: workbooks with lists inside the forms, API answers and lists of fields, pushes, workflow instances."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from told import told, written
from workbooks import plain_sheet, subform_sheet

import ltcdiag as ltc
from ltcdiag.errors import InputError, QuestionError
from ltcdiag.log.steps import NO_TIME
from ltcdiag.words import use

HERE = Path(__file__).parent / "jiandaoyun"
SAMPLE = Path(__file__).parents[3] / "sample_logs" / "jiandaoyun"

# ---- Excel: captions and rows as the system writes them, by hand -----------------------------------------------------

LEADS = [
    ["线索编号", "客户名称", "线索来源", "线索状态", "负责人", "转化时间", "商机编号", "提交人", "提交时间",
     "更新时间"],
    ["XS1", "甲公司", "展会", "已转化", "李雷", "2024-01-10 10:00:00", "SJ1", "韩梅", "2024-01-08 09:00:00",
     "2024-01-10 10:00:00"],
    ["XS2", "乙公司", "官网", "无效", "李雷", "", "", "韩梅", "2024-01-09 09:00:00", "2024-02-01 10:00:00"],
]
DEALS = ("商机编号", "客户名称", "线索编号", "商机阶段", "商机金额", "预计成交日期", "负责人", "提交人", "提交时间",
         "更新时间")
CHANGES = ("原阶段", "新阶段", "变更时间", "变更人")
DEAL_ROWS = [
    (("SJ1", "甲公司", "XS1", "赢单", "50000", "2024-03-01", "李雷", "韩梅", "2024-01-10 10:00:00",
      "2024-02-20 16:00:00"),
     [("", "初步接洽", "2024-01-10 10:00:00", "李雷"), ("初步接洽", "商务报价", "2024-01-20 10:00:00", "李雷"),
      ("商务报价", "初步接洽", "2024-01-25 10:00:00", "韩梅"), ("初步接洽", "商务报价", "2024-02-01 10:00:00", "李雷"),
      ("商务报价", "赢单", "2024-02-20 16:00:00", "李雷")]),
    (("SJ2", "丙公司", "", "初步接洽", "8000", "2024-05-01", "李雷", "李雷", "2024-02-02 11:00:00",
      "2024-02-02 11:00:00"),
     [("", "初步接洽", "2024-02-02 11:00:00", "李雷")]),
    (("SJ3", "丁公司", "", "初步接洽", "9000", "2024-05-01", "李雷", "李雷", "2024-02-03 11:00:00",
      "2024-02-03 11:00:00"), []),
]
CONTRACTS = [
    ["合同编号", "商机编号", "合同金额", "签订日期", "合同状态", "负责人", "提交人", "提交时间", "更新时间",
     "流程状态"],
    ["HT1", "SJ1", 50000, "2024-02-28", "已签署", "李雷", "李雷", "2024-02-21 09:00:00", "2024-02-28 09:00:00",
     "流转完成"],
]
PAYMENTS = [
    ["回款编号", "合同编号", "回款日期", "回款金额", "提交人", "提交时间", "更新时间"],
    ["HK1", "HT1", "2024-03-10", 20000, "袁可", "2024-03-10 10:00:00", "2024-03-10 10:00:00"],
    ["HK2", "HT1", "2024-03-20", 30000, "袁可", "2024-03-25 10:00:00", "2024-03-25 10:00:00"],
    ["合计", "", "", 50000],
]


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("简道云")
    (folder / "线索.xlsx").write_bytes(plain_sheet(LEADS))
    (folder / "商机.xlsx").write_bytes(subform_sheet(DEAL_ROWS, plain=DEALS, inner=CHANGES, at=7))
    (folder / "合同.xlsx").write_bytes(plain_sheet(CONTRACTS))
    (folder / "回款.xlsx").write_bytes(plain_sheet(PAYMENTS))
    return folder


@pytest.fixture(scope="module")
def forms(workbooks):
    with use("zh"):
        return ltc.read(workbooks, case="opportunity")


def test_forms_are_told_by_their_captions_and_lists_inside_them_are_histories(forms):
    assert told(forms) == written("""
        XS1 2024-01-08 09:00 创建线索
        XS1 2024-01-10 10:00 线索转化
        XS2 2024-01-09 09:00 创建线索
        SJ1 2024-01-10 10:00 创建商机
        SJ1 2024-01-10 10:00 初步接洽
        SJ1 2024-01-20 10:00 商务报价
        SJ1 2024-01-25 10:00 初步接洽
        SJ1 2024-02-01 10:00 商务报价
        SJ1 2024-02-20 16:00 赢单
        SJ2 2024-02-02 11:00 创建商机
        SJ2 2024-02-02 11:00 初步接洽
        SJ3 2024-02-03 11:00 创建商机
        HT1 2024-02-21 09:00 起草合同
        HT1 2024-02-28 签订合同
        HK1 2024-03-10 部分回款
        HK2 2024-03-20 回款""")


def test_the_case_is_the_deal_with_all_that_follows(forms):
    steps = forms.tables.answer("points").table
    assert forms.cases == 3
    assert list(steps[steps["case_id"] == "SJ1"]["activity"]) == [
        "创建商机", "初步接洽", "商务报价", "初步接洽", "商务报价", "赢单", "起草合同", "签订合同", "部分回款", "回款"]


def test_rows_of_one_record_are_folded_and_every_row_has_its_fate(forms):
    files = {file.file.rpartition("/")[2].partition("#")[0]: file for file in forms.ledger.files if file.lines}
    deals = files["商机.xlsx"]
    assert (deals.lines, deals.structure, deals.records) == (9, 2, 3)      # two of the header, five rows, one, one
    assert (files["回款.xlsx"].lines, files["回款.xlsx"].structure, files["回款.xlsx"].records) == (4, 2, 2)
    first = forms.ledger.steps[0]
    assert first.came_in + first.made == first.went_out
    assert first.came_in == sum(file.lines - file.structure for file in forms.ledger.files)
    assert dict(forms.ledger.set_aside) == {}


def test_what_people_typed_later_is_counted_as_back_dated(forms):
    assert any("1" in note and "补录" in note for note in forms.notes)   # HK2 was entered five days late


def test_the_last_change_of_a_record_is_no_event(forms):
    # 更新时间 of XS2 is 2024-02-01 10:00, its status says that it is void
    assert [event for event in told(forms) if event[0] == "XS2"] == [("XS2", "2024-01-09 09:00", "创建线索")]


def test_excel_and_api_times_together_are_a_question(workbooks, tmp_path):
    for name in ("商机.xlsx", "合同.xlsx"):
        (tmp_path / name).write_bytes((workbooks / name).read_bytes())
    (tmp_path / "流程.json").write_bytes((HERE / "api" / "流程.json").read_bytes())
    with use("en"), pytest.raises(QuestionError, match="--timezone"):
        ltc.read(tmp_path)
    with use("en"):
        log = ltc.read(tmp_path, timezone="Asia/Shanghai")
    assert ("SJ1", "2024-01-10 02:00", "Opportunity created") in told(log)
    assert ("65e6f000c0ffee0000000003", "2024-03-05 10:10", "Approval submitted") in told(log)


def test_payments_and_follow_ups_in_lists_of_a_form(tmp_path):
    contract = ("合同编号", "合同名称", "合同金额", "签订日期", "提交人", "提交时间")
    rows = [(("HT1", "采购合同", "900", "2024-02-28", "李雷", "2024-02-21 09:00:00"),
             [("2024-03-10", "400"), ("2024-03-20", "500")])]
    (tmp_path / "合同.xlsx").write_bytes(subform_sheet(
        rows, plain=contract, inner=("回款日期", "回款金额"), at=4, caption="回款记录"))
    deal = ("商机编号", "商机阶段", "提交人", "提交时间")
    visits = [(("SJ1", "商务报价", "李雷", "2024-01-10 10:00:00"),
               [("2024-01-12 14:00:00", "电话", "约时间"), ("2024-01-15 09:30:00", "上门拜访", "演示"),
                ("2024-01-16 09:30:00", "其他", "发资料")])]
    (tmp_path / "商机.xlsx").write_bytes(subform_sheet(
        visits, plain=deal, inner=("跟进时间", "跟进方式", "跟进内容"), at=2, caption="跟进记录"))
    with use("zh"):
        log = ltc.read(tmp_path)
    assert told(log) == written("""
        HT1 2024-02-21 09:00 起草合同
        HT1 2024-02-28 签订合同
        HT1 2024-03-10 回款
        HT1 2024-03-20 回款
        SJ1 2024-01-10 10:00 创建商机
        SJ1 2024-01-12 14:00 电话
        SJ1 2024-01-15 09:30 拜访客户
        SJ1 2024-01-16 09:30 完成任务""")


# ---- API answers -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers():
    with use("en"):
        return ltc.read(HERE / "api")


def test_fields_get_their_captions_from_the_list_of_fields(answers):
    assert [event for event in told(answers) if event[0].startswith(("SJ", "HT"))] == written("""
        SJ001 2024-01-15 02:59 Opportunity created
        SJ001 2024-01-15 03:00 初步接洽
        SJ001 2024-02-10 03:00 商务报价
        SJ001 2024-03-01 10:00 赢单
        SJ002 2024-02-01 04:33 Opportunity created
        HT001 2024-03-05 10:10 Contract drafted
        HT001 2024-03-19 16:00 Contract signed
        HT002 2024-03-06 10:10 Contract drafted""")


def test_the_person_of_a_record_is_a_name(answers):
    rows = answers.tables.store.connection.sql(
        "select distinct resource from evs where canonical in ('opportunity_created', 'contract_drafted') order by 1")
    assert [row[0] for row in rows.fetchall()] == ["李雷", "韩梅"]


APPROVED, REFUSED = "65e6f000c0ffee0000000003", "65e84180c0ffee0000000004"


def test_each_node_has_an_event_of_its_own_and_finished_is_not_approved(answers):
    assert [event for event in told(answers) if event[0] in (APPROVED, REFUSED)] == written(f"""
        {APPROVED} 2024-03-05 10:10 Approval submitted
        {APPROVED} 2024-03-06 02:00 Approval returned: 法务评审
        {APPROVED} 2024-03-07 02:00 Approval submitted: 发起
        {APPROVED} 2024-03-08 02:00 Approval transferred: 法务评审
        {APPROVED} 2024-03-09 02:00 Approver added: 法务评审
        {APPROVED} 2024-03-12 02:00 Approval approved: 总经理审批
        {REFUSED} 2024-03-06 10:10 Approval submitted
        {REFUSED} 2024-03-07 10:00 Approval approved: 法务评审
        {REFUSED} 2024-03-08 10:00 Approval rejected: 总经理审批""")


def test_a_task_has_its_start_and_one_that_runs_is_set_aside(answers):
    steps = answers.tables.steps()
    days = {steps.labels[label]: (ended - started) / 86_400_000_000
            for label, started, ended in zip(steps.label, steps.started, steps.ended, strict=True)
            if started != NO_TIME}
    assert days["Approval approved: 总经理审批"] == 3
    assert days["Approval transferred: 法务评审"] == 1
    # the task of filing has no end; the task of asking for the first time is told by the instance itself
    assert dict(answers.ledger.set_aside) == {"not_finished": 1, "no_event": 1}


def test_an_approval_belongs_to_the_record_with_its_id(answers):
    assert answers.cases == 2
    steps = answers.tables.answer("points").table
    assert set(steps[steps["activity"].str.startswith("Appro")]["case_id"]) == {"SJ001"}
    assert "Approval: 2, of them 2 linked to another object" in answers.notes


def test_without_the_list_of_fields_nobody_can_tell_what_the_records_are(tmp_path):
    (tmp_path / "data.json").write_bytes((HERE / "api" / "商机.json").read_bytes())
    with use("en"), pytest.raises(InputError, match="no captions") as caught:
        ltc.read(tmp_path)
    assert "app/entry/widget/list" in caught.value.faults[0].fix


def test_the_log_of_comments_says_that_it_is_incomplete_and_gives_way_to_the_instances(tmp_path):
    with use("en"):
        alone = ltc.read(HERE / "log")
    assert told(alone) == written(f"""
        {APPROVED} 2024-03-06 02:00 Approval returned: 法务评审
        {APPROVED} 2024-03-12 02:00 Approval approved: 总经理审批""")
    assert any("only the 2 steps that carry a comment" in note for note in alone.notes)
    for name in ("log/流程日志.json", "api/流程.json"):
        (tmp_path / name.replace("/", "_")).write_bytes((HERE / name).read_bytes())
    with use("en"):
        both = ltc.read(tmp_path)
    happened = Counter(activity for key, _, activity in told(both) if key == APPROVED)
    assert happened["Approval returned: 法务评审"] == 1
    assert happened["Approval approved: 总经理审批"] == 1


# ---- pushes ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pushed():
    with use("en"):
        return ltc.read(HERE / "push")


def test_pushes_tell_the_stages_by_what_differs_from_the_one_before(pushed):
    assert told(pushed) == written("""
        SJ001 2024-01-15 02:59 Opportunity created
        SJ001 2024-01-15 02:59 初步接洽
        SJ001 2024-02-01 02:00 Amount changed
        SJ001 2024-02-10 03:00 商务报价
        SJ001 2024-02-20 03:00 初步接洽""")


def test_test_pushes_removals_and_repeats_each_have_their_reason(pushed):
    # random data: by their op, and by a change before the creation; the delivery that came twice is merged
    assert dict(pushed.ledger.set_aside) == {"test_push": 2, "deleted": 1}
    assert pushed.ledger.totals["merged"] == 1


def test_pushes_of_several_forms_in_one_file_are_told_apart():
    with use("en"):
        log = ltc.read(HERE / "forms", case="opportunity")
    assert told(log) == written("""
        SJ001 2024-01-15 02:59 Opportunity created
        SJ001 2024-01-15 02:59 商务谈判
        SJ001 2024-03-05 10:20 赢单
        HT001 2024-03-05 10:10 Contract drafted
        HT001 2024-03-17 16:00 Contract signed""")
    steps = log.tables.answer("points").table
    assert set(steps["case_id"]) == {"SJ001"}
    parts = {file.file: (file.lines, file.structure, file.records) for file in log.ledger.files if "#" in file.file}
    # eight lines: the line that is no push, the blank one and the removal stay with the first form
    assert parts == {"forms/推送.jsonl#商机": (5, 1, 3), "forms/推送.jsonl#合同": (3, 0, 3)}
    assert dict(log.ledger.set_aside) == {"not_json": 1, "deleted": 1}


@pytest.mark.real_data
def test_a_push_and_a_list_of_fields_alone_are_no_log(real_data):
    with use("en"), pytest.raises(InputError) as caught:
        ltc.read(real_data / "crm" / "jiandaoyun")
    said = {fault.where.rpartition("/")[2]: fault for fault in caught.value.faults}
    assert set(said) == {"form_widgets_all_types.json", "webhook_data_create_v1_2017.json"}
    assert "list of fields" in said["form_widgets_all_types.json"].what
    assert "data push" in said["webhook_data_create_v1_2017.json"].what
    assert all("app/entry/data/list" in fault.fix for fault in said.values())


@pytest.mark.real_data
def test_the_fixtures_are_written_as_the_public_examples(real_data):
    fields = json.loads((real_data / "crm/jiandaoyun/form_widgets_all_types.json").read_text(encoding="utf-8"))
    ours = json.loads((HERE / "api" / "商机字段.json").read_text(encoding="utf-8"))
    assert fields.keys() <= ours.keys()
    keys = {key for widget in fields["widgets"] for key in widget}
    assert keys <= {key for widget in ours["widgets"] for key in widget}
    push = json.loads((real_data / "crm/jiandaoyun/webhook_data_create_v1_2017.json").read_text(encoding="utf-8"))
    first = json.loads((HERE / "push" / "推送.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert push.keys() <= first.keys()
    named = {key for key in push["data"] if not key.startswith("_widget_")} - {"deleter", "deleteTime"}
    assert named <= first["data"].keys()


# ---- the sample ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    with use("zh"):
        return ltc.read(SAMPLE, timezone="Asia/Shanghai")


@pytest.fixture(scope="module")
def truth():
    return tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


def test_the_sample_holds_what_its_truth_says(sample, truth):
    happened = Counter(activity for _, _, activity in told(sample))
    log, approvals = truth["log"], truth["approvals"]
    assert sample.cases == log["deals"] == happened["创建商机"]
    assert happened["创建线索"] == log["leads"]
    assert happened["线索转化"] == log["leads_converted"]
    stages = ("初步接洽", "需求明确", "方案验证", "商务报价", "商务谈判", "赢单", "输单")
    assert sum(happened[stage] for stage in stages) == log["stages_entered"] == truth["subform"]["rows"]
    assert happened["起草合同"] == truth["rows"]["合同.xlsx"]
    assert happened["签订合同"] == approvals["signed"]
    assert happened["部分回款"] + happened["回款"] == truth["rows"]["回款.xlsx"]

    def of(word):
        return sum(n for activity, n in happened.items() if activity.startswith(word))

    assert happened["提交审批"] == approvals["instances"]
    assert of("审批通过") + of("提交审批：") == approvals["tasks_forward"]
    assert of("审批退回") == approvals["tasks_back"]
    assert of("审批转交") == approvals["tasks_transfer"]
    assert of("审批驳回") == approvals["tasks_reject"]
    assert dict(sample.ledger.set_aside) == {"not_finished": approvals["open_tasks"]}


def test_the_moments_of_the_sample_are_those_of_its_workbooks(sample):
    sheet = openpyxl.load_workbook(SAMPLE / "商机.xlsx").active
    want, deal = set(), ""
    for row in sheet.iter_rows(min_row=3, values_only=True):
        deal = row[0] or deal
        if row[10]:
            want.add((deal, row[11][:16], row[10]))
    shift = timedelta(hours=8)
    rows = sample.tables.store.connection.sql(
        "select ob.id, ts, activity from made join ob using (o) where made.kind = 1 and ob.type = 'opportunity'")
    assert {(key, f"{ts + shift:%Y-%m-%d %H:%M}", activity) for key, ts, activity in rows.fetchall()} == want


def test_the_money_of_the_sample(sample, truth):
    money = truth["money"]
    want = {name.upper(): sum(int(money[f"{what}_{name}"]) for what in ("deals", "contracts", "payments"))
            for name in ("cny", "usd")}
    assert {each.currency: int(each.read) for each in sample.ledger.money} == want


def test_every_approval_and_payment_of_the_sample_finds_its_contract(sample, truth):
    n = truth["approvals"]["instances"]
    assert f"审批共 {n} 个，其中 {n} 个连到了别的对象" in sample.notes
    assert any(note.startswith("合同 → 回款") and "80 个回款中 80 个" in note for note in sample.notes)


def test_from_raw_files_to_findings(sample, tmp_path):
    with use("zh"):
        ltc.report(sample, tmp_path / "out")
    found = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    assert found["schema"] == "ltcdiag.findings/1"
    assert json.loads((tmp_path / "out" / "ledger.json").read_text("utf-8"))["balanced"] is True
