"""The library of initiatives and the questions of an interview: whole, of this world, and never empty-handed."""

from itertools import product

import pytest

from ltcdiag.domain import initiatives as library
from ltcdiag.domain.initiatives import FAMILIES, KINDS, initiatives_for, load_initiatives, nearest_kind
from ltcdiag.domain.interview import load_questions, question_for
from ltcdiag.domain.kpis import load_kpis
from ltcdiag.domain.stages import load_stages, read_toml
from ltcdiag.findings.diagnosis import QUESTIONS
from ltcdiag.words import languages

STAGES = [None, *load_stages().main_stages, *load_stages().stages]


def test_every_finding_gets_two_to_four_that_differ():
    for kind, family, stage in product((*KINDS, *QUESTIONS, "unheard_of"), FAMILIES, STAGES):
        keys = [each.key for each in initiatives_for(kind, family, stage)]
        assert 2 <= len(keys) <= 4, (kind, family, stage)
        assert len(set(keys)) == len(keys)


def test_each_is_for_the_kind_and_stands_where_the_finding_is():
    chain = load_stages()
    for kind, stage in product(KINDS, chain.stages):
        for each in initiatives_for(kind, "complexity", stage):
            assert kind in each.kinds
            assert not each.stages or stage in each.stages or chain[stage].main_stage in each.stages


def test_none_is_out_of_reach():
    found = {each.key for kind, family, stage in product(KINDS, FAMILIES, STAGES)
             for each in initiatives_for(kind, family, stage)}
    assert found == set(load_initiatives())


def test_a_type_brings_what_answers_it():
    first = initiatives_for("rework", "cash", "invoiced", {"rework_type": "re_invoice"})[0]
    assert "re_invoice" in first.types
    assert "dunning" in initiatives_for("rework", "cash", "paid", {"rework_type": "dunning"})[0].types
    assert "small_deals" in initiatives_for("rigidity", "rigidity", None, {"measure": "small_deals"})[0].types


def test_a_contract_review_is_not_answered_by_what_helps_collection():
    families = {family for each in initiatives_for("bottleneck", "complexity", "contract_approval")
                for family in each.families}
    assert "cash" not in families
    assert all("cash" in each.families for each in initiatives_for("bottleneck", "cash", "paid"))


def test_a_kind_nobody_listed_gets_the_usual_ones_of_its_family():
    assert nearest_kind("rubber_stamp", "rigidity") == "rigidity"
    assert nearest_kind("unheard_of", "silo") == "silo"
    assert initiatives_for("unheard_of", "silo") == initiatives_for("silo", "silo")


@pytest.mark.parametrize("each", load_initiatives().values(), ids=lambda each: each.key)
def test_an_entry_is_written_whole_in_both_languages(each):
    assert each.kpi in load_kpis()
    assert each.source
    for lang in languages():
        said = [each.name(lang), each.what(lang), each.first(lang), each.risk(lang), each.limits(lang),
                each.accountable(lang)]
        assert all(said)
        assert len(set(said)) == len(said)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in each.what("zh"))
    assert each.what("en").isascii() or "’" not in each.what("en")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in each.what("en") + each.first("en") + each.risk("en"))


def test_days_are_those_of_the_main_stage():
    checklist = load_initiatives()["handover_checklist"]
    assert checklist.kpi_at("contract_approval") == "days_in_contracting"
    assert checklist.kpi_at("fulfilment") == "days_in_fulfilment"
    assert checklist.kpi_at("renewal") == checklist.kpi_at(None) == "days_open"
    assert load_initiatives()["quote_template"].kpi_at("proposal") == "requotes_per_case"


@pytest.mark.parametrize(("field", "value"), [("families", ["laziness"]), ("kinds", ["gossip"]),
                                              ("stages", ["moon"]), ("owner", "somebody"), ("kpi", "luck")])
def test_an_entry_that_names_what_does_not_exist_is_refused(field, value):
    row = read_toml("initiatives.toml")["initiative"][0]
    with pytest.raises(ValueError, match=row["key"]):
        library._initiative({**row, field: value})


def test_every_kind_has_a_question_that_leads_to_no_answer():
    for kind in {*KINDS, *QUESTIONS}:
        asked = question_for(kind)
        assert asked is not None, kind
    for asked in load_questions().values():
        for lang, end, leading in (("zh", "？", ("是不是", "难道", "有没有必要", "为什么不")),
                                   ("en", "?", ("isn't", "don't you", "why not", "is it true"))):
            text = asked.asked("X", lang)
            assert end in text
            assert "{" not in text
            assert asked.whom(lang)
            assert not [word for word in leading if word in text.lower()]


def test_a_type_with_a_question_of_its_own_is_asked_by_it():
    assert question_for("rework", {"rework_type": "dunning"}).kind == "rework.dunning"
    assert question_for("rework", {"rework_type": "self_loop"}).kind == "rework"
    assert question_for("no such kind") is None
