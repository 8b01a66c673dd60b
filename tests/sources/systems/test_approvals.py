"""Approvals of DingTalk, Feishu and WeCom: who decided what and when, linked by the field that the user names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from told import told, written

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.log.steps import NO_TIME
from ltcdiag.sources.mapping import Mapping, dump_mapping, load_mapping
from ltcdiag.words import use

HERE = Path(__file__).parent
BY_NUMBER = {"approval": {"合同编号": "contract"}}


def read(*parts, case="contract", **settings):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), case=case, mapping=Mapping(**settings))


def linked(*parts):
    return read(*parts, timezone="Asia/Shanghai", links=BY_NUMBER)


def durations(log):
    """activity → hours from start to end, of each step with a start."""
    steps = log.tables.steps()
    return sorted((steps.labels[label], (ended - started) / 3_600_000_000)
                  for label, started, ended in zip(steps.label, steps.started, steps.ended, strict=True)
                  if started != NO_TIME)


def approvals(log, *ids):
    return [event for event in told(log) if event[0] in ids]


CONTRACTS = """
        HT-2024-01 2024-03-01 02:00 Contract drafted
        HT-2024-02 2024-03-02 02:00 Contract drafted
        HT-2024-02 2024-03-19 16:00 Contract signed"""


# ---- DingTalk --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dingtalk():
    return linked("dingtalk", "v1")


def test_dingtalk_tasks_are_decisions_with_the_names_of_their_nodes(dingtalk):
    assert told(dingtalk) == written(CONTRACTS + """
        202403041700000001 2024-03-04 09:00 Approval submitted
        202403041700000001 2024-03-05 10:30 Approval approved: 法务评审
        202403041700000001 2024-03-06 08:00 Approval rejected: 财务审批
        202403070900000002 2024-03-07 01:00 Approval submitted
        202403070900000002 2024-03-07 02:00 Approval transferred: 法务评审
        202403070900000002 2024-03-08 02:00 Approval approved: 法务评审
        202403090900000003 2024-03-09 01:00 Approval submitted
        202403090900000003 2024-03-09 03:00 Approval withdrawn""")


def test_dingtalk_tasks_have_starts(dingtalk):
    assert durations(dingtalk) == [
        ("Approval approved: 法务评审", 24.0), ("Approval approved: 法务评审", 25.5),
        ("Approval rejected: 财务审批", 21.5), ("Approval transferred: 法务评审", 1.0)]


def test_dingtalk_ledger(dingtalk):
    # records that the tasks tell too are merged (4 decisions); three starts, a withdrawal that the instance tells and a
    # cancelled task are no events of their own; one task runs
    assert dict(dingtalk.ledger.set_aside) == {"no_event": 5, "not_finished": 1}
    assert dingtalk.ledger.totals["merged"] == 4


def test_dingtalk_answers_of_the_older_interface():
    log = read("dingtalk", "topapi", case="case")
    assert log.notion == "approval"
    assert told(log) == written("""
        202403041700000001 2024-03-04 17:00 Approval submitted
        202403041700000001 2024-03-05 18:30 Approval approved""")


# ---- Feishu ----------------------------------------------------------------------------------------------------------

FEISHU = "81D31358-93AF-92D6-7425-01A5D67C4E7"


@pytest.fixture(scope="module")
def feishu():
    return linked("feishu", "v4")


def test_feishu_tasks_and_what_only_the_timeline_tells(feishu):
    assert told(feishu) == written(CONTRACTS + f"""
        {FEISHU}1 2024-03-04 09:00 Approval submitted
        {FEISHU}1 2024-03-05 09:00 Approval approved: 法务评审
        {FEISHU}1 2024-03-06 08:00 Approval approved: 财务审批
        {FEISHU}2 2024-03-07 01:00 Approval submitted
        {FEISHU}2 2024-03-07 02:00 Approval transferred: 法务评审
        {FEISHU}3 2024-03-09 01:00 Approval submitted
        {FEISHU}3 2024-03-09 02:00 Approval returned: 法务评审
        {FEISHU}3 2024-03-09 03:00 Approval withdrawn""")


def test_a_task_that_another_approver_settled_is_no_decision(feishu):
    # two may sign for finance; the task of the second ends as DONE at the same moment
    signed = [event for event in told(feishu) if "财务审批" in event[2]]
    assert len(signed) == 1


def test_an_end_of_zero_is_still_open(feishu):
    assert dict(feishu.ledger.set_aside)["not_finished"] == 1
    assert not [event for event in told(feishu) if event[1].startswith("1970")]


# ---- WeCom -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wecom():
    return linked("wecom", "detail")


def test_wecom_decisions_are_called_by_the_place_of_their_node(wecom):
    assert told(wecom) == written(CONTRACTS + """
        202403040001 2024-03-04 09:00 Approval submitted
        202403040001 2024-03-05 09:00 Approval approved: 1
        202403040001 2024-03-06 08:00 Approval approved: 2
        202403070001 2024-03-07 01:00 Approval submitted
        202403070001 2024-03-07 02:00 Approval transferred: 1
        202403090001 2024-03-09 01:00 Approval submitted
        202403090001 2024-03-09 02:00 Approval rejected: 1""")


def test_wecom_says_what_it_does_not_record(wecom):
    assert dict(wecom.ledger.set_aside) == {"deleted": 1, "not_finished": 1}
    assert any(note.startswith("1 approvals were withdrawn; WeCom does not record when") for note in wecom.notes)
    assert durations(wecom) == []


def test_a_customer_who_was_added_is_a_lead_that_was_contacted():
    log = read("wecom", "contacts", case="lead")
    assert told(log) == written("wmAAA 2024-03-04 09:00 Lead contacted")
    assert dict(log.ledger.set_aside) == {"no_event": 1}


# ---- links that the user names ---------------------------------------------------------------------------------------


def test_an_approval_counts_for_the_contract_that_its_form_names(dingtalk):
    steps = dingtalk.tables.answer("points").table
    assert dingtalk.cases == 2
    assert list(steps[steps["case_id"] == "HT-2024-02"]["activity"]) == [
        "Contract drafted", "Approval submitted", "Approval transferred: 法务评审", "Approval approved: 法务评审",
        "Contract signed"]
    # the third names no contract ("没有编号"); small letters and a blank behind the number are no obstacle
    assert "Approval: 3, of them 2 linked to another object" in dingtalk.notes


def test_without_a_named_field_the_user_is_told_how_to_name_one():
    log = read("dingtalk", "v1", timezone="Asia/Shanghai")
    assert any(note.startswith("3 approvals are linked to no contract or deal") for note in log.notes)
    assert not {activity for activity in log.tables.answer("points").table["activity"] if "pproval" in activity}


def test_a_field_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(InputError) as caught:
        read("dingtalk", "v1", timezone="Asia/Shanghai", links={"approval": {"项目编号": "contract"}})
    (fault,) = caught.value.faults
    assert "项目编号" in fault.what
    assert "formComponentValues.合同编号" in fault.fix


def test_a_type_that_no_table_holds_is_told():
    with pytest.raises(InputError, match="links of 'payment'"):
        read("dingtalk", "v1", timezone="Asia/Shanghai", links={"payment": {"合同编号": "contract"}})


def test_links_survive_writing_and_reading_and_wrong_types_are_told(tmp_path):
    mapping = Mapping(links={"approval": {"合同编号": "contract", 'a"b': "opportunity"},
                             "payment": {"单号": "invoice"}})
    path = tmp_path / "m.toml"
    path.write_text(dump_mapping(mapping), encoding="utf-8")
    assert load_mapping(path) == mapping
    path.write_text('[links.approval]\n"合同编号" = "contrat"\n[links.deal]\nx = "contract"\n', encoding="utf-8")
    with use("en"), pytest.raises(InputError) as caught:
        load_mapping(path)
    assert [fault.what for fault in caught.value.faults] == [
        "the mapping file has an unknown key 'links.deal'", "the mapping file has an unknown key 'links.contrat'"]
    path.write_text('links = ["x"]\n', encoding="utf-8")
    with use("en"), pytest.raises(InputError, match=r"\[links.approval\]"):
        load_mapping(path)


def test_links_between_tables_of_the_chain_may_be_named_too(tmp_path):
    (tmp_path / "合同.csv").write_text(
        "合同编号,合同金额,签订日期\nHT1,100,2024-01-05\nHT2,200,2024-01-06\n", encoding="utf-8")
    (tmp_path / "回款.csv").write_text(
        "回款编号,回款日期,回款金额,摘要单号\nHK1,2024-02-01,100,ht1\nHK2,2024-02-02,200,HT9\n", encoding="utf-8")
    with use("en"):
        log = ltc.read(tmp_path, case="contract", mapping=Mapping(links={"payment": {"摘要单号": "contract"}}))
    paid = log.tables.answer("points").table
    assert list(paid[paid["case_id"] == "HT1"]["activity"]) == ["Contract signed", "Payment received"]
    assert any(note.startswith("Contract → Payment: 1 of 2 have one; 1 of 2") for note in log.notes)


@pytest.mark.parametrize("folder", ["dingtalk/v1", "feishu/v4", "wecom/detail"])
def test_from_raw_files_to_findings(folder, tmp_path):
    with use("en"):
        ltc.report(linked(*folder.split("/")), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))["schema"] == "ltcdiag.findings/1"
    assert json.loads((tmp_path / "out" / "ledger.json").read_text("utf-8"))["balanced"] is True
