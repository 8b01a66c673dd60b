"""Data, staff and customers: agreement needs the same place and the same kind, one person counts once, and who says
that there is no problem contradicts."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.findings.advice import advised, place_of, stage_of
from ltcdiag.findings.finding import Contrast, Finding
from ltcdiag.findings.triangulation import triangulate
from ltcdiag.log.voices import Voice, Voices
from ltcdiag.words import use

LABELS = {"合同起草": "contract_draft", "合同评审": "contract_approval", "报价评审": "proposal",
          "订单确认": "order_confirmed", "合同签订": "contract_signed", "盖章": None}
BOTH = {"zh": "字", "en": "word"}


def claim(kind="bottleneck", family="complexity", name="F01", **where):
    return Finding(
        id=name, rank=1, kind=kind, family=family, ledger="time", where=where, n=100, open=3, horizon_days=90,
        events=100, days=None, why_no_interval=BOTH, per_passage=None, share=None,
        contrast=Contrast(3.0, 2.5, 4.0, 2.0, "other_steps"), first_share=None, confidence="high", title=BOTH,
        evidence=BOTH, caveat=BOTH, next_step=BOTH, case_ids=("1",), case_days=(1.0,))


REVIEW = claim(activity="合同评审", stage="contract_approval", department="法务部", source="合同起草")
HANDOVER = claim("handover", "collaboration", "F02", activity="订单确认", after="合同签订", stage="order_confirmed",
                 source="销售部", target="交付部", department="交付部")


def voice(category="waiting", *, who="P001", side="staff", step="", stage=None, department="", severity=2, quote=""):
    return Voice(side, who, department, "", stage, step, category, severity, "", None, "", "", quote, "f.csv:2")


def heard(finding, *voices):
    return triangulate([finding], Voices(voices), labels=LABELS).seen[0]


AGREEING = {
    "the step": {"step": "合同评审"},
    "the step as somebody writes it": {"step": " 合同 评审"},
    "its stage": {"stage": "contract_approval"},
    "its main stage": {"stage": "contracting"},
    "a step of another company in the same stage": {"step": "法务会签"},
    "the department, where no place is named": {"department": "法务部"},
}
SILENT = {
    "another step": {"step": "合同起草"},
    "another step of the log without a stage, whatever the stage beside it": {"step": "盖章", "stage": None},
    "another stage": {"stage": "contract_draft"},
    "another main stage": {"stage": "collections"},
    "another department": {"department": "销售部"},
    "no place at all": {},
    "another kind of problem there": {"step": "合同评审", "category": "rework"},
    "something else": {"step": "合同评审", "category": "other"},
    "the department's step elsewhere": {"department": "法务部", "stage": "collections"},
}


@pytest.mark.parametrize("said", AGREEING.values(), ids=AGREEING)
def test_the_same_place_and_kind_agree(said):
    assert heard(REVIEW, voice(**said)).staff.verdict == "agree"


@pytest.mark.parametrize("said", SILENT.values(), ids=SILENT)
def test_anything_else_is_silent(said):
    assert heard(REVIEW, voice(**said)).staff.verdict == "silent"


CONTRADICTING = {
    "no problem there": {"category": "smooth", "severity": 0},
    "the cause lies elsewhere": {"category": "elsewhere"},
    "the same kind, without effect": {"category": "waiting", "severity": 0},
}


@pytest.mark.parametrize("said", CONTRADICTING.values(), ids=CONTRADICTING)
def test_an_interview_that_contradicts(said):
    seen = heard(REVIEW, voice(**said, step="合同评审"))
    assert (seen.staff.verdict, seen.staff.against, seen.reading) == ("contradict", 1, "contradict")
    assert seen.customers.verdict == "not_asked"
    assert "不同意" in seen.staff.words("zh")
    assert "contradict" in seen.staff.words("en")
    elsewhere = heard(REVIEW, voice(**said, step="订单确认"))
    assert elsewhere.staff.verdict == "silent"
    assert heard(REVIEW, voice(**said, department="法务部")).staff.verdict == "silent"


def test_another_kind_without_effect_contradicts_nothing():
    assert heard(REVIEW, voice("rework", severity=0, step="合同评审")).staff.verdict == "silent"


def test_words_are_not_guessed_at():
    seen = heard(REVIEW, voice("other", step="合同评审", quote="这里一点问题都没有"))
    assert seen.staff.verdict == "silent"


def test_one_person_who_says_it_ten_times_is_one():
    seen = heard(REVIEW, *[voice(step="合同评审", quote="慢")] * 10, voice(step="合同评审", who="P002"))
    assert (seen.staff.agree, seen.staff.voices, seen.staff.quotes) == (2, 11, ("慢",))


def test_people_who_differ_are_divided():
    seen = heard(REVIEW, voice(step="合同评审"), voice("smooth", who="P002", stage="contracting", severity=None))
    assert (seen.staff.verdict, seen.reading) == ("divided", "divided")
    both = heard(REVIEW, voice(step="合同评审"), voice("smooth", who="C001", side="customer", stage="contracting"))
    assert (both.staff.verdict, both.customers.verdict, both.reading) == ("agree", "contradict", "divided")


def test_all_three_agree():
    seen = heard(REVIEW, voice(step="合同评审"), voice(who="C001", side="customer", stage="contracting"))
    assert (seen.reading, seen.customers.agree) == ("all_agree", 1)


def test_a_handover_is_between_two_departments_and_two_stages():
    for said in ({"department": "交付部"}, {"department": "销售部"}, {"stage": "contract_signed"},
                 {"step": "订单确认"}):
        assert heard(HANDOVER, voice("handover", **said)).staff.verdict == "agree", said
    assert heard(HANDOVER, voice("waiting", step="订单确认")).staff.verdict == "silent"
    assert heard(HANDOVER, voice("handover", department="法务部")).staff.verdict == "silent"


def test_documents_that_do_not_link_stand_at_the_stages_that_make_them():
    broken = claim("silo", "silo", source="opportunity", target="contract")
    assert heard(broken, voice("data", stage="contracting")).staff.verdict == "agree"
    assert heard(broken, voice("data", stage="collections")).staff.verdict == "silent"


def test_the_process_as_a_whole_is_spoken_of_without_a_place():
    winding = claim("complexity", measure="approvals_per_case")
    assert heard(winding, voice("too_many_steps", department="法务部")).staff.verdict == "agree"
    assert heard(winding, voice("too_many_steps", step="合同评审")).staff.verdict == "silent"


def test_what_only_people_say_is_a_list_to_check():
    told = triangulate([REVIEW], Voices((
        voice(step="合同评审"), voice("cash", who="P002", stage="collections", severity=3, quote="月底才汇总"),
        voice("cash", who="P003", stage="collections"), voice("cash", who="C001", side="customer", stage="collections"),
        voice("rework", who="P002", step="盖章", severity=1), voice("smooth", who="P002", stage="collections"),
        voice("rework", who="P004", step="合同评审", severity=0))), labels=LABELS)
    first, second = told.only_said
    assert (first.stage, first.category, first.people, first.customers, first.voices, first.severity) == (
        "collections", "cash", 2, 1, 3, 3)
    assert (second.step, second.category, second.people) == ("盖章", "rework", 1)
    assert "收取款项" in first.words("zh")
    assert "finance system" in first.words("en")


def test_the_table_holds_a_row_a_finding_in_their_order():
    told = triangulate([HANDOVER, REVIEW], Voices((voice(step="合同评审"),)), labels=LABELS)
    table = told.table
    assert table["finding"].tolist() == ["F02", "F01"]
    assert table["staff"].tolist() == ["silent", "agree"]
    assert table["customers"].tolist() == ["not_asked", "not_asked"]
    assert table["staff_agree"].tolist() == [0, 1]
    assert table["reading"].tolist() == ["silent", "agree"]
    with use("zh"):
        assert str(told).splitlines()[1].startswith("F01 员工印证：1 人这么说（共 1 条）。还没有客户的记录。")
        assert "数据之外还有人印证" in told._repr_html_()


VOICES = st.lists(st.builds(
    voice, st.sampled_from(["waiting", "handover", "smooth", "elsewhere", "other", "rework"]),
    who=st.sampled_from(["P001", "P002", "C001"]), side=st.sampled_from(["staff", "customer"]),
    step=st.sampled_from(["", *LABELS, "没有的步骤"]),
    stage=st.sampled_from([None, "contracting", "contract_approval"]),
    department=st.sampled_from(["", "法务部", "交付部"]), severity=st.sampled_from([None, 0, 2])), max_size=8)


@settings(max_examples=40)
@given(VOICES, VOICES)
def test_more_voices_never_silence_anybody_and_their_order_means_nothing(some, more):
    few = triangulate([REVIEW, HANDOVER], Voices(tuple(some)), labels=LABELS)
    many = triangulate([REVIEW, HANDOVER], Voices((*some, *more)), labels=LABELS)
    for before, after in zip(few.seen, many.seen, strict=True):
        assert before.staff.agree <= after.staff.agree
        assert before.staff.against <= after.staff.against
    turned = triangulate([REVIEW, HANDOVER], Voices((*more[::-1], *some[::-1])), labels=LABELS)
    assert turned.table.equals(many.table)


def test_a_finding_is_advised_at_its_place():
    told, silo = advised([REVIEW, claim("silo", "silo", source="contract", target="invoice")])
    assert told.initiatives[0] == "parallel_review"
    assert "合同评审" in told.ask["zh"]
    assert "合同评审" in told.ask["en"]
    assert stage_of(silo) == "collections"
    assert place_of(silo, "en") == "the passage from “Contract” to “Invoice”"
    assert place_of(HANDOVER, "zh") == "从销售部交到交付部这一段"
    assert place_of(claim("ping_pong", "collaboration", source="甲部", target="乙部"), "zh") == "甲部和乙部之间"
    assert place_of(claim("complexity"), "en") == "the process as a whole"


def test_a_cycle_keeps_what_was_counted_and_no_word_that_was_said():
    said = Voices((voice("waiting", step="合同评审", quote="太慢了"), voice("rework", who="P002")))
    told = triangulate([REVIEW], said, labels=LABELS)
    kept = told.to_dict()
    assert kept["findings"] == [{
        "finding": REVIEW.id, "reading": "agree", "words": {lang: told.seen[0].words(lang) for lang in ("zh", "en")},
        "staff": {"verdict": "agree", "agree": 1, "against": 0, "notes": told.seen[0].staff.voices},
        "customers": {"verdict": "not_asked", "agree": 0, "against": 0, "notes": 0}}]
    assert "太慢了" not in str(kept)
    assert [each["category"] for each in kept["only_said"]] == ["rework"]
    assert ltc.triangulate(SimpleNamespace(findings=(REVIEW,), log=SimpleNamespace(stages=LABELS)), None).table[
        "reading"].tolist() == ["silent"]
