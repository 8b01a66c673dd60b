"""What to ask for: complete in both languages, true to the list of what is needed, every fault said at once."""

from __future__ import annotations

import copy
import dataclasses
import re
import tomllib
from importlib.resources import files

import pytest

from ltcdiag.domain.exports import LEVELS, Both, catalogue, faults, load_exports

KNOWN = load_exports()
SYSTEMS = list(KNOWN.systems.values())
EXPORTS = [(system, export) for system in SYSTEMS for export in system.exports]
HAN = re.compile("[\u3400-\u9fff]")
CHINESE = re.compile("[\u3400-\u9fff\uff01-\uff5e]")  # with its brackets and commas
CHINESE_INTERFACE = {"jiandaoyun", "kingdee", "yonyou", "dingtalk", "feishu", "wecom"}
"""Their menus and headers are Chinese for every reader."""
REAL_FILES = {"salesforce", "sap", "general"}
"""Systems of which real rows were at hand."""

# The least to ask for, and what is worth more, of the systems whose list was settled beforehand.
NEEDED = {
    "salesforce": ({"OpportunityHistory", "Opportunity", "Lead", "OpportunityStage", "User"},
                   {"OpportunityFieldHistory", "LeadHistory", "Quote", "Contract", "Order", "ProcessInstance",
                    "ProcessInstanceStep", "Task"}),
    "hubspot": ({"dealstage", "amount", "closedate", "hubspot_owner_id", "pipelines"},
                {"lifecyclestage", "meetings", "calls", "quotes", "owners"}),
    "zoho": ({"Deals", "Leads", "pipeline", "Stage_History"}, {"timeline", "Quotes", "Sales_Orders", "Invoices"}),
    "jiandaoyun": ({"data/list", "widget/list", "阶段变更记录"}, {"workflow/instance"}),
    "sap": ({"VBAK", "VBAP", "VBFA", "LIKP", "LIPS", "VBRK", "VBRP", "BKPF", "BSID", "BSAD"}, {"CDHDR", "CDPOS"}),
}


def shipped() -> dict:
    return tomllib.loads(files("ltcdiag.domain").joinpath("exports.toml").read_text(encoding="utf-8"))


def texts_of(value) -> list[Both]:
    """Every bilingual text inside a value."""
    if isinstance(value, Both):
        return [value]
    if dataclasses.is_dataclass(value):
        return [text for field in dataclasses.fields(value) for text in texts_of(getattr(value, field.name))]
    return [text for item in value for text in texts_of(item)] if isinstance(value, tuple) else []


def test_each_system_of_the_product_is_there_once():
    assert list(KNOWN.systems) == [
        "salesforce", "hubspot", "zoho", "jiandaoyun", "sap", "kingdee", "yonyou", "odoo", "quickbooks", "xero",
        "netsuite", "dynamics", "dingtalk", "feishu", "wecom", "general"]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.key)
def test_chinese_is_chinese_and_english_is_english(system):
    for text in texts_of(system):
        assert text.zh == text.en or CHINESE.search(text.zh), text
        assert system.key in CHINESE_INTERFACE or not HAN.search(text.en), text
        assert text.said("zh-CN") == text.zh
        assert text.said("en-GB") == text.en


@pytest.mark.parametrize("question", KNOWN.questions.values(), ids=lambda question: question.key)
def test_each_question_has_words_and_some_export_that_answers_it(question):
    assert all(HAN.search(text.zh) and not HAN.search(text.en) for text in (question.name, question.asks))
    assert question.asks.zh.endswith("？")
    assert question.asks.en.endswith("?")
    assert any(question.key in export.unlocks for _, export in EXPORTS)


@pytest.mark.parametrize("key", NEEDED)
def test_what_is_asked_for_holds_what_is_needed(key):
    system = KNOWN.systems[key]
    for level, needed in zip(LEVELS, NEEDED[key], strict=True):
        asked = " ".join(text for export in system.at(level) for text in (export.object.zh, export.how.zh))
        assert {name for name in needed if name not in asked} == set()


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.key)
def test_the_least_to_ask_for_shows_time_and_the_flow_or_the_money_or_the_approvals(system):
    answers = {key for export in system.at("minimum") for key in export.unlocks}
    assert answers & {"flow", "cash_cycle", "approval"}
    assert len(system.pitfalls) >= 2
    assert system.exports == system.at("minimum") + system.at("good")


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.key)
def test_the_first_export_does_not_point_back_to_another(system):
    assert "同上" not in system.exports[0].how.zh
    assert "above" not in system.exports[0].how.en.casefold()
    assert all(("同" in export.how.zh) or "above" not in export.how.en.casefold() for export in system.exports)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.key)
def test_no_system_claims_real_files_that_were_not_there(system):
    assert ("real" in system.material) == (system.key in REAL_FILES)
    assert ("none" in system.material) == ("no real file" in system.tested.en)
    assert ("none" in system.material) == system.tested.zh.startswith("没有真实文件")


@pytest.mark.parametrize(("system", "export"), EXPORTS, ids=lambda value: value.key)
def test_a_line_that_was_not_found_does_not_pass_for_a_found_one(system, export):
    if "background knowledge" in export.source:
        assert not export.checked, system.key


def test_nothing_can_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        KNOWN.systems["salesforce"] = KNOWN.systems["sap"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        KNOWN.systems["salesforce"].exports[0].checked = True


# ---- faults -----------------------------------------------------------------------------------------------------


def test_the_shipped_file_has_no_fault():
    assert list(faults(shipped())) == []


def broken() -> dict:
    """The shipped tables with one fault of each kind."""
    tables = copy.deepcopy(shipped())
    tables["systems"] = []
    tables["question"].append(dict(tables["question"][0]))
    del tables["question"][1]["asks"]["en"]
    salesforce, hubspot, zoho = tables["system"][:3]
    salesforce["export"][0]["name"]["zh"] = " "
    salesforce["export"][1]["unlocks"] = ["flow", "fortune"]
    salesforce["export"][2]["level"] = "perfect"
    salesforce["export"][3]["checked"] = "yes"
    salesforce["export"][4]["columns"] = []
    del salesforce["export"][5]["source"]
    salesforce["export"][6]["menu"] = "x"
    salesforce["export"][7]["key"] = "activities"
    salesforce["export"][8]["columns"] = ["Id", {"zh": "编号"}]
    salesforce["pitfall"][1]["text"] = "only one language"
    hubspot["material"] = ["rumours"]
    hubspot["how"] = "x"
    hubspot["stops_at"] = {"zh": "一\n二", "en": "x"}
    zoho["export"] = [export for export in zoho["export"] if export["level"] == "good"]
    tables["system"][3]["export"] = "none"
    tables["system"][4]["pitfall"] = []
    return tables


FAULTS = {
    "systems: unknown section", "question: 'flow' stands there twice",
    "stage_time.asks: texts in zh and en are wanted",
    "salesforce.opportunity_history.name: texts in zh and en are wanted",
    "salesforce.opportunity.unlocks: there is no 'fortune'", "salesforce.lead.level: one of minimum, good",
    "salesforce.opportunity_stage.checked: true or false is wanted",
    "salesforce.user.columns: a list of texts, or of texts in zh and en, is wanted",
    "salesforce.field_history.source: a text is wanted", "salesforce.documents.menu: unknown",
    "salesforce: 'activities' stands there twice",
    "salesforce.activities.columns: a list of texts, or of texts in zh and en, is wanted",
    "salesforce.pitfall 2.text: texts in zh and en are wanted", "hubspot.material: there is no 'rumours'",
    "hubspot.how: unknown", "hubspot.stops_at: texts in zh and en are wanted",
    "zoho: no export of the level 'minimum'", "jiandaoyun.export: one or more tables are wanted",
    "jiandaoyun: no export of the level 'minimum'", "sap.pitfall: one or more tables are wanted",
}


def test_all_faults_are_said_at_once_and_no_others():
    found = list(faults(broken()))
    assert sorted(found) == sorted(FAULTS)
    with pytest.raises(ValueError, match="rumours") as caught:
        catalogue(broken())
    assert set(str(caught.value).splitlines()) == FAULTS


def test_an_empty_file_is_a_fault_and_no_crash():
    assert list(faults({})) == [f"{section}: nothing there" for section in ("question", "material", "system")]


def test_a_name_of_one_language_stands_for_both():
    export = KNOWN.systems["sap"].exports[0]
    assert export.object == Both("VBAK, VBAP", "VBAK, VBAP")
    assert Both("VBELN", "VBELN") in export.columns
    assert Both("部门", "department") in KNOWN.systems["sap"].exports[-1].columns
