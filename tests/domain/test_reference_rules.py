"""Rules as data: read, changed and added in a client's copy, every fault at once; parties told by their names."""

from __future__ import annotations

import pytest

from ltcdiag.domain.party_words import party_kind, party_kinds
from ltcdiag.domain.reference import load_model, tables_of
from ltcdiag.domain.reference_copy import differences
from ltcdiag.domain.rules import KINDS, chosen
from ltcdiag.errors import InputError
from ltcdiag.words import languages, say, sentences, use

OURS = load_model()
NEW = """
[rule.credit_first]
zh = "信用审核在发货之前"
en = "Credit checked before shipping"
zh_hant = "信用審核在發貨之前"
kind = "precedence"
step = ["delivering"]
first = ["order_confirmed:approval", "contracting"]
within = 0
days = "calendar"
roles = []
watch = "claim"
allow = ["tier=small", "渠道=电商"]
source = "our handbook"
"""


def model_of(folder, text):
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load_model(path)


def test_a_client_can_change_a_rule_and_add_one(tmp_path):
    changes = "[rule.invoiced_after_acceptance]\nwithin = 7\ndays = 'working'\n"
    model = model_of(tmp_path, changes + NEW)
    assert (model.rules["invoiced_after_acceptance"].within, OURS.rules["invoiced_after_acceptance"].within) == (7, 45)
    added = model.rules["credit_first"]
    assert added.exceptions == (("tier", "small"), ("渠道", "电商"))
    told = differences(OURS, model)
    rows = [(d.where, d.field, d.ours, d.theirs) for d in told]
    assert ("rule.invoiced_after_acceptance", "within", "45", "7") in rows
    assert any(d.where == "rule.credit_first" for d in told)
    assert all(d.text(lang) for d in told for lang in languages())
    assert set(tables_of(model)["rule"]) == {*OURS.rules, "credit_first"}


def test_every_fault_of_the_rules_is_told_at_once(tmp_path):
    wrong = """
[rule.signed_once]
kind = "twice"
step = []
first = ["no_stage"]
within = -1
days = "weeks"
roles = ["king"]
watch = "maybe"
allow = ["tier=huge"]
[rule.half]
kind = "response"
[rule.approved_before_signing]
first = []
[rule.contract_reviewed_beyond_sales]
roles = []
step = ["contract_approval:nonsense"]
"""
    with use("en"), pytest.raises(InputError) as caught:
        model_of(tmp_path, wrong)
    told = "\n".join(f"{fault.what} {fault.fix}" for fault in caught.value.faults)
    for name in ("kind", "step", "first", "within", "days", "roles", "watch", "allow"):
        assert f"'rule.signed_once.{name}'" in told
    assert "'rule.half' lacks: zh, en" in told
    assert "'approved_before_signing' (precedence) needs `first`" in told
    assert "'contract_reviewed_beyond_sales' (role) needs `roles`" in told
    assert "'rule.contract_reviewed_beyond_sales.step'" in told
    assert len(caught.value.faults) == 12


def test_our_own_rules_are_sound_and_a_limit_names_its_source():
    for rule in OURS.rules.values():
        assert rule.kind in KINDS
        assert rule.kind == "response" or rule.within == 0
        assert rule.within == 0 or "art." in rule.source
    for kind in KINDS:
        assert {f"{part}_{kind}" for part in ("title", "evidence", "next")} <= set(sentences("gates"))
    for kind in party_kinds():
        assert all(say(f"gates.party_{kind}", lang) for lang in languages())


@pytest.mark.parametrize(("selector", "label", "stage", "fits"), [
    ("contract_signed", "whatever", "contract_signed", True),
    ("fulfilment", "发货", "delivering", True),
    ("proposal:approval", "报价审批", "proposal", True),
    ("proposal:approval", "报价", "proposal", False),
    ("proposal:sent", "Quote sent", "proposal", True),
    ("proposal:sent", "Quote sent", None, False),
    ("lead_new:assigned", "线索分配", "lead_new", True),
])
def test_a_step_is_chosen_by_its_stage_and_its_words(selector, label, stage, fits):
    assert chosen((selector,), label, stage) == fits


@pytest.mark.parametrize(("name", "kind"), [
    ("销售部", "AR"), ("法务部", "legal"), ("销售财务组", "finance"), ("华东交付中心", "FR"),
    ("Legal & Compliance", "legal"),
    ("Warehouse", "FR"), ("AR", "AR"), ("Head of Sales", "AR"), ("Team 7", ""), ("", ""), ("市場部", "marketing"),
])
def test_a_party_is_told_by_the_last_word_of_its_name(name, kind):
    assert party_kind(name) == kind
