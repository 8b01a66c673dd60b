"""Words of real systems get the stage their makers meant; words of other processes get none."""

from __future__ import annotations

import csv
import gzip
import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.domain.labels import closing_labels, is_ltc, map_labels, normalise, stages_if_ltc
from ltcdiag.domain.stages import load_stages
from ltcdiag.errors import InputError

SALESFORCE = {
    "Prospecting": "discovery", "Qualification": "discovery", "Needs Analysis": "discovery",
    "Value Proposition": "solution", "Id. Decision Makers": "discovery", "Perception Analysis": "discovery",
    "Proposal/Price Quote": "proposal", "Negotiation/Review": "negotiation", "Closed Won": "won",
    "Closed Lost": "lost",
}
SALESFORCE_LEADS = {
    "Open - Not Contacted": "lead_new", "Working - Contacted": "lead_working",
    "Closed - Converted": "lead_qualified",
    "Closed - Not Converted": "lead_disqualified", "New": "lead_new", "Working": "lead_working",
    "Nurturing": "lead_working", "Unqualified": "lead_disqualified", "Qualified": "lead_qualified",
}
HUBSPOT = {
    "Appointment Scheduled": "discovery", "Qualified To Buy": "discovery",
    "Presentation Scheduled": "solution",
    "Decision Maker Bought-In": "solution", "Contract Sent": "negotiation", "Closed Won": "won",
    "Closed Lost": "lost",
}
HUBSPOT_KEYS = {
    "appointmentscheduled": "discovery", "qualifiedtobuy": "discovery", "presentationscheduled": "solution",
    "decisionmakerboughtin": "solution", "contractsent": "negotiation", "closedwon": "won",
    "closedlost": "lost",
}
ZOHO = {
    "Qualification": "discovery", "Needs Analysis": "discovery", "Value Proposition": "solution",
    "Identify Decision Makers": "discovery", "Proposal/Price Quote": "proposal",
    "Negotiation/Review": "negotiation",
    "Closed Won": "won", "Closed Lost": "lost", "Closed Lost to Competition": "lost",
    "谈判/审查": "negotiation",
    "已成交-赢得": "won", "已关闭-丢失": "lost",
}
CHINESE_CRM = {
    "新建": "discovery", "需求明确": "discovery", "方案验证": "solution", "立项汇报": "solution",
    "商务采购": "negotiation",
    "成功": "won", "失败": "lost",
}
JIANDAOYUN = {
    "初步接洽": "discovery", "需求确认": "discovery", "方案报价": "proposal", "商务谈判": "negotiation",
    "赢单": "won", "输单": "lost",
}
CHINESE_CONTRACTS = {
    "待签署": "contract_draft", "审批中": "contract_approval", "已签署": "contract_signed",
    "合同变更": "contract_changed",
    "履行中": "delivering", "履行完毕": "accepted", "作废": "cancelled",
}
CHINESE_ORDERS = {
    "新建": "order_confirmed", "待发货": "order_confirmed", "部分发货": "delivering", "已发货": "delivering",
    "待验收": "delivering",
    "已完成": "accepted", "已作废": "cancelled",
}
ACTIVITIES = {
    "lead_created": "lead_new", "lead_claimed": "lead_new", "lead_converted": "lead_qualified",
    "lead_disqualified": "lead_disqualified", "opportunity_created": "discovery", "quote_sent": "proposal",
    "quote_rejected": "proposal", "deal_won": "won", "deal_lost": "lost",
    "contract_drafted": "contract_draft",
    "contract_signed": "contract_signed", "contract_voided": "cancelled", "order_created": "order_confirmed",
    "order_cancelled": "cancelled", "goods_issued": "delivering", "accepted": "accepted",
    "invoice_posted": "invoiced",
    "invoice_cancelled": "invoiced", "payment_partial": "partly_paid", "payment_received": "paid",
    "written_off": "written_off", "renewal_created": "renewal", "stage_entered:negotiation": "negotiation",
}
CHINESE_ACTIVITIES = {
    "线索分配": "lead_new", "线索跟进": "lead_working", "线索转商机": "lead_qualified",
    "报价修订": "proposal", "合同评审": "contract_approval",
    "合同法务审核": "contract_approval", "合同谈判": "negotiation", "签订合同": "contract_signed",
    "合同归档": "contract_signed",
    "发货": "delivering", "安装调试": "delivering", "客户验收": "accepted", "开票": "invoiced",
    "开具增值税发票": "invoiced",
    "催款": "overdue", "首付款到账": "partly_paid", "回款": "paid", "尾款结清": "paid",
    "坏账核销": "written_off", "客户满意度回访": "service",
    "年度续约": "renewal",
}
TRADITIONAL = {
    "線索轉商機": "lead_qualified", "需求訪談與需求確認": "discovery", "報價修訂": "proposal",
    "合約評審": "contract_approval",
    "合約簽訂": "contract_signed", "出貨": "delivering", "客戶驗收": "accepted", "開立發票": "invoiced",
    "請款": "invoiced",
    "壞帳": "written_off", "客戶滿意度調查": "service", "續約": "renewal",
}


@pytest.mark.parametrize(("meant", "object_type"), [
    (SALESFORCE, None), (SALESFORCE_LEADS, "lead"), (HUBSPOT, None), (HUBSPOT_KEYS, None), (ZOHO, None),
    (CHINESE_CRM, "opportunity"), (JIANDAOYUN, None), (CHINESE_CONTRACTS, "contract"), (CHINESE_ORDERS,
    "order"),
    (ACTIVITIES, None), (CHINESE_ACTIVITIES, None), (TRADITIONAL, None),
])
def test_default_names_get_the_stage_they_mean(meant, object_type):
    found = map_labels(meant, object_type=object_type)
    assert dict(found.stages) == meant
    assert is_ltc(found)


@pytest.mark.parametrize(("label", "stage"), [
    ("Closed - Not Converted", "lead_disqualified"), ("Not contacted", "lead_new"), ("not contacted yet",
    "lead_new"),
    ("未成交", "lost"), ("客户未成交", "lost"), ("投标失败", "lost"), ("合同评审不通过", "contract_approval"),
    ("客户验收不通过", "delivering"),
    ("客户未付款", "invoiced"), ("取消订单", "cancelled"), ("合同未签", "contract_draft"), ("Unpaid invoice",
    "invoiced"),
])
def test_words_that_deny_come_before_words_that_affirm(label, stage):
    assert map_labels([label])[label] == stage


@pytest.mark.parametrize("label", [
    "不通过", "未报价", "回款计划", "回款申请", "应收款到账提醒", "等待客户验收通知", "合同签订失败",
    "Contract signing failed", "Payment received reversed",
    "never quoted: quote", "Awaiting customer acceptance", "Request final payment",
    "赢单评审", "赢单概率更新", "成交预测", "签约跟进", "提交验收", "验收资料提交", "催办验收", "回款跟进",
    "跟进回款", "回款预测",
    "收款异常", "发起收款", "收款通知", "回款目标", "坏账计提", "来料验收", "合同签收", "订单关闭",
    "Opportunity won review", "Contract signing approval", "Full payment promised", "Invoice paid: forecast",
    "Bad debt provision", "Customer payment disputed",
])
def test_what_has_not_happened_or_was_taken_back_is_not_claimed(label):
    assert map_labels([label])[label] is None


@pytest.mark.parametrize(("label", "stage"), [
    ("Lead routing", "lead_new"), ("Lead routed to rep", "lead_new"), ("线索派发", "lead_new"),
    ("線索分派", "lead_new"), ("Legal sign-off", "contract_approval"), ("法务会签", "contract_approval"),
    ("销售合同会审", "contract_approval"), ("终验", "accepted"), ("项目终验", "accepted"),
    ("Lead time review", None), ("最终验证", None), ("采购合同会审", None), ("Legal sign-off of supplier", None),
    ("终验申请", None),
])
def test_words_of_companies_for_routing_sign_off_and_the_second_acceptance(label, stage):
    assert map_labels([label])[label] == stage


@pytest.mark.parametrize(("label", "stage"), [
    ("催收款项", "overdue"), ("催收回款", "overdue"), ("催付尾款", "overdue"), ("催缴", "overdue"),
    ("催回款", "overdue"),
    ("发票已付款", "paid"), ("客户已付清", "paid"), ("付讫", "paid"), ("Invoice paid", "paid"),
    ("Invoice settled", "paid"),
    ("Customer paid", "paid"), ("Incoming payment", "paid"), ("Cash collected", "paid"),
    ("Invoice not paid", "invoiced"),
    ("Invoice part paid", "partly_paid"), ("Invoice partially paid", "partly_paid"),
    ("Invoice payment overdue", "overdue"),
    ("发票签收", "invoiced"), ("Credit note issued", "invoiced"), ("初步验收", "delivering"),
    ("阶段验收", "delivering"),
    ("验收整改", "delivering"), ("出厂验收", "delivering"), ("验收报告", "accepted"), ("订单完成", "accepted"),
    ("Acceptance certificate signed", "accepted"), ("关闭商机", "lost"), ("Lost to competitor", "lost"),
    ("关闭线索", "lead_disqualified"), ("合同签约审批", "contract_approval"), ("合同回签", "contract_signed"),
    ("Contract countersigned", "contract_signed"), ("Signed agreement received", "contract_signed"),
    ("Mark as won", "won"), ("PO received", "order_confirmed"), ("Order shipped", "delivering"),
    ("Project kick-off", "delivering"), ("中标通知书", "won"), ("成交客户回访", "service"),
])
def test_a_word_inside_a_label_does_not_outweigh_what_the_label_says(label, stage):
    assert map_labels([label])[label] == stage


def test_failure_of_a_lead_is_not_failure_of_a_deal():
    assert map_labels(["失败"], object_type="lead")["失败"] == "lead_disqualified"
    assert map_labels(["失败"], object_type="opportunity")["失败"] == "lost"
    assert map_labels(["成功"], object_type="lead")["成功"] == "lead_qualified"
    assert map_labels(["成功"])["成功"] == "won"
    assert map_labels(["Qualified"])["Qualified"] == "lead_qualified"
    assert map_labels(["Qualification"])["Qualification"] == "discovery"
    assert map_labels(["合同审批"], object_type="opportunity")["合同审批"] == "negotiation"
    assert map_labels(["合同审批"])["合同审批"] == "contract_approval"


def test_the_users_own_mapping_wins():
    found = map_labels(["Closed Won", "三方比价"], own={"closed  WON": "negotiation", "三方比价": "proposal"})
    assert dict(found.stages) == {"Closed Won": "negotiation", "三方比价": "proposal"}
    assert set(found.why.values()) == {"own"}


def test_every_unknown_stage_of_the_own_mapping_is_named_at_once():
    with pytest.raises(InputError) as caught:
        map_labels(["a"], own={"a": "wonn", "b": "won", "c": "赢"})
    assert [fault.what.split("'")[1] for fault in caught.value.faults] == ["wonn", "赢"]


def test_each_decision_says_why():
    found = map_labels(["报价", "二次报价说明会", "Call", "茶歇"])
    assert dict(found.why) == {"报价": "exact", "二次报价说明会": "keyword '报价'", "Call": "no stage",
    "茶歇": "unmapped"}
    assert found.unmapped == ("茶歇",)


def test_the_longest_keyword_decides_and_the_head_noun_between_equals():
    assert map_labels(["合同谈判会议纪要"])["合同谈判会议纪要"] == "negotiation"
    assert map_labels(["商机报价"])["商机报价"] == "proposal"


def test_english_keywords_match_whole_words_only():
    assert map_labels(["Misquoted rebilling demographics"]).unmapped == ("Misquoted rebilling demographics",)


@pytest.mark.parametrize("label", ["03-合同评审", "3. 合同评审", "阶段3：合同评审", "合同评审(60%)",
"ＳＴＥＰ ３ 合同评审", " 合同  评审 ", "合約評審"])
def test_numbering_width_and_script_do_not_matter(label):
    assert map_labels([label])[label] == "contract_approval"


@pytest.mark.parametrize(("label", "stage"), [
    ("Prospecting (10%)", "discovery"), ("1 - Qualification", "discovery"), ("Stage 2: Engaging",
    "discovery"),
    ("04 Pilot", "solution"), ("stage_entered:converted", "lead_qualified"), ("谈判/复审 (80％)",
    "negotiation"),
])
def test_numbering_is_taken_off_before_exact_names_are_looked_up(label, stage):
    found = map_labels([label])
    assert (found[label], found.why[label]) == (stage, "exact")


RECEIPT = ["Confirmation of receipt", "T02 Check confirmation of receipt",
           "T03 Adjust confirmation of receipt",
           "T04 Determine confirmation of receipt", "T05 Print and send confirmation of receipt",
           "T06 Determine necessity of stop advice", "T07-1 Draft intern advice aspect 1",
           "T10 Determine necessity to stop indication", "T11 Create document X request unlicensed"]
FINES = ["Create Fine", "Send Fine", "Insert Fine Notification", "Add penalty", "Payment",
         "Send for Credit Collection",
         "Insert Date Appeal to Prefecture", "Send Appeal to Prefecture",
         "Receive Result Appeal from Prefecture",
         "Notify Result Appeal to Offender", "Appeal to Judge"]
LOANS = ["Check application form completeness", "Check credit history", "Appraise property",
         "Assess loan risk",
         "Design loan offer", "Approve application", "Reject application",
         "Approve and post home insurance quote",
         "Prepare home insurance quote", "AML check", "Send acceptance pack", "Cancel application"]
FACTORY = ["Turning & Milling", "Laser Marking", "Lapping", "Final Inspection Q.C.", "Packing",
           "Round Grinding"]
BUYING = ["Create Purchase Order Item", "Record Goods Receipt", "Record Invoice Receipt",
          "Vendor creates invoice",
          "Clear Invoice", "Create Purchase Requisition Item", "Change Approval for Purchase Order"]
CLAIMS = ["Request For Payment SUBMITTED by EMPLOYEE", "Request For Payment FINAL_APPROVED by SUPERVISOR",
          "Request Payment", "Payment Handled", "Request For Payment REJECTED by ADMINISTRATION"]
CHINESE_OTHER = ["提交请假单", "部门经理审批", "人事备案", "销假", "差旅报销", "采购下单", "供应商发货"]


@pytest.mark.parametrize("labels", [RECEIPT, FINES, LOANS, FACTORY, BUYING, CLAIMS, CHINESE_OTHER])
def test_other_processes_stay_mostly_unmapped_and_lose_their_stray_stages(labels):
    found = map_labels(labels)
    assert sum(stage is not None for stage in found.stages.values()) <= len(labels) // 5
    assert not is_ltc(found)
    assert set(stages_if_ltc(found).stages.values()) == {None}
    assert closing_labels(stages_if_ltc(found)) == frozenset()


def test_half_of_the_labels_make_a_log_lead_to_cash():
    three = ["报价", "合同评审", "开票"]
    assert is_ltc(map_labels([*three, "甲", "乙", "丙"]))
    assert not is_ltc(map_labels([*three, "甲", "乙", "丙", "丁"]))


def test_calls_and_mails_count_neither_for_nor_against():
    assert is_ltc(map_labels(["报价", "开票", "Call", "Email", "Meeting", "Task", "拜访"]))


def test_one_known_stage_alone_makes_no_lead_to_cash():
    assert not is_ltc(map_labels(["Payment received", "Payment received (2)", "x"]))


def test_an_own_mapping_makes_a_log_lead_to_cash():
    assert is_ltc(map_labels(["A_SUBMITTED", "A_DECLINED", "W_Nabellen"], own={"A_SUBMITTED": "lead_new"}))


def test_no_labels_are_no_lead_to_cash():
    assert not is_ltc(map_labels([]))


def test_closing_labels_are_those_of_the_rule():
    sales = map_labels([*SALESFORCE])
    assert closing_labels(sales) == {"Closed Won", "Closed Lost"}
    whole = map_labels([*CHINESE_ACTIVITIES, "赢单", "输单", "线索无效"])
    assert closing_labels(whole) == {"输单", "线索无效", "回款", "尾款结清", "坏账核销"}


def test_every_stage_name_maps_to_its_own_stage():
    for stage in load_stages().stages.values():
        for name in (stage.key, stage.zh, stage.en, stage.zh_hant):
            assert map_labels([name])[name] == stage.key, name


def raw_words():
    text = files("ltcdiag.domain").joinpath("stage_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_no_word_stands_twice_with_two_meanings():
    data = raw_words()
    for kind in ("exact", "negative", "keyword"):
        meanings: dict[tuple[str, str], set[str]] = {}
        for entry in data[kind]:
            for word in entry["words"]:
                meanings.setdefault((entry.get("object", ""), normalise(word)), set()).add(entry["stage"])
        assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


def test_every_word_leads_to_a_stage_that_exists():
    data = raw_words()
    named = {entry["stage"] for kind in ("exact", "negative", "keyword") for entry in data[kind]}
    assert named <= set(load_stages().stages)
    assert set(load_stages().stages) - {entry["stage"] for entry in data["exact"]} == set()


def test_every_exact_entry_names_its_source():
    assert [entry["stage"] for entry in raw_words()["exact"] if not entry.get("source")] == []


@given(st.text(max_size=60))
def test_any_text_is_decided_and_normalising_twice_changes_nothing(label):
    found = map_labels([label])
    assert (found[label] is None) == (found.why[label] in ("unmapped", "no stage"))
    assert normalise(normalise(label)) == normalise(label)


@given(st.lists(st.sampled_from([*CHINESE_ACTIVITIES, *SALESFORCE, *FINES]), max_size=12))
def test_a_label_means_the_same_whatever_stands_beside_it(labels):
    together = map_labels(labels)
    assert all(together[label] == map_labels([label])[label] for label in labels)


def test_a_label_of_ten_thousand_characters_is_no_trouble():
    assert map_labels(["报" * 10_000]).unmapped == ("报" * 10_000,)


@pytest.mark.parametrize(("file", "name", "of_rows"), [
    ("receipt.xes.gz", "concept:name", False), ("road_traffic_fines.xes.gz", "concept:name", False),
    ("bpic2012.xes.gz", "concept:name", False), ("bpic2020_RequestForPayment.xes.gz", "concept:name", False),
    ("production.csv.gz", "concept:name", True), ("LoanApp_fewRes_24-7_noTimers.CSV.gz", "Activity", True),
    ("bpic2017_W_pre_drift.csv.gz", "activity", True),
])
def test_real_logs_of_other_processes_are_not_taken_for_lead_to_cash(real_data, file, name, of_rows):
    with gzip.open(real_data / "logs" / file, "rt", encoding="utf-8") as text:
        if of_rows:
            labels = {row[name] for row in csv.DictReader(text)}
        else:
            beginning = text.read(30_000_000)
            labels = set(re.findall(r'<event>.*?key="concept:name" value="([^"]*)"', beginning, re.DOTALL))
    found = map_labels(labels)
    assert len(labels) > 7
    assert not is_ltc(found)
    assert sum(stage is not None for stage in found.stages.values()) <= len(labels) // 5


def test_real_crm_stages_are_all_known(real_data):
    with (real_data / "crm/generic/maven_us_dates/sales_pipeline.csv").open(encoding="utf-8") as file:
        stages = {row["deal_stage"] for row in csv.DictReader(file)}
    found = map_labels(stages)
    assert dict(found.stages) == {"Prospecting": "discovery", "Engaging": "discovery", "Won": "won",
    "Lost": "lost"}
    assert closing_labels(found) == {"Won", "Lost"}
