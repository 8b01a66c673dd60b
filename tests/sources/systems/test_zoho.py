"""Zoho CRM: labels in two languages and of old, API answers, histories, the timeline, the dictionary, documents."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from told import told, written

import ltcdiag as ltc
from ltcdiag.errors import InputError, QuestionError
from ltcdiag.words import use

HERE = Path(__file__).parent / "zoho"
SAMPLE = Path(__file__).parents[3] / "sample_logs" / "zoho"
DEAL, OTHER, OPEN = "4150868000000401001", "4150868000000401002", "4150868000000401003"
LEAD, KEPT, CONVERTED = "4150868000000501001", "4150868000000501002", "4150868000000501003"


def read(*parts, **options):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), **options)


def links(log):
    """parent id, child id of every link."""
    rows = log.tables.store.connection.sql("select x.id, y.id from oo join ob x on x.o = p join ob y on y.o = q")
    return set(rows.fetchall())


@pytest.fixture(scope="module")
def exports():
    return read("ui_en")


def test_an_export_of_the_interface_tells_creation_close_and_conversion_and_no_stage_between(exports):
    assert told(exports) == written(f"""
        {DEAL} 2024-01-15 09:30 Opportunity created
        {DEAL} 2024-02-29 Deal won
        {OTHER} 2024-02-01 14:05 Opportunity created
        {OTHER} 2024-03-20 Deal lost
        {OPEN} 2024-02-13 11:59 Opportunity created
        {LEAD} 2024-01-11 09:00 Lead created
        {LEAD} 2024-01-15 09:30 Lead converted
        {KEPT} 2024-01-20 13:00 Lead created
        {CONVERTED} 2024-01-25 08:15 Lead created
        {CONVERTED} 2024-01-28 16:45 Lead converted""")


def test_the_flag_of_a_lead_beats_its_status(exports):
    # Pre-Qualified with the flag false is not converted; Junk Lead with the flag true is
    converted = {key for key, _, activity in told(exports) if activity == "Lead converted"}
    assert converted == {LEAD, CONVERTED}


def test_ids_are_the_same_with_and_without_the_mark_of_exports(exports):
    account = "4150868000000301001"
    assert links(exports) >= {(LEAD, DEAL), (account, DEAL), (account, OTHER), (account, LEAD)}
    assert exports.cases == 3


def test_a_snapshot_says_what_to_ask_for(exports):
    assert any("Stage_History" in note for note in exports.notes)


def test_noon_and_midnight_of_the_twelve_hour_clock(exports):
    when = {key: time for key, time, activity in told(exports) if activity == "Opportunity created"}
    assert when[OPEN] == "2024-02-13 11:59"
    assert when[OTHER] == "2024-02-01 14:05"


def test_the_ledger_of_the_exports_balances(exports):
    assert exports.ledger.totals["records"] == 8
    assert dict(exports.ledger.set_aside) == {}
    assert {money.currency: int(money.read) for money in exports.ledger.money} == {"USD": 34_200}


def test_old_exports_say_potential():
    log = read("ui_old")
    assert told(log) == written("""
        696292000000031001 2012-04-02 10:05 Opportunity created
        696292000000031001 2012-05-30 Deal won
        696292000000031002 2012-04-03 11:06 Opportunity created""")


def test_labels_may_be_chinese():
    log = read("ui_zh")
    assert told(log) == written(f"""
        {DEAL} 2024-01-15 09:30 Opportunity created
        {DEAL} 2024-02-29 Deal won
        {OTHER} 2024-02-01 14:05 Opportunity created
        {OTHER} 2024-03-20 Deal lost
        {OPEN} 2024-02-13 11:59 Opportunity created
        {LEAD} 2024-01-11 09:00 Lead created
        {LEAD} 2024-01-15 09:30 Lead converted
        {KEPT} 2024-01-20 13:00 Lead created""")


@pytest.fixture(scope="module")
def answers():
    return read("api")


def test_the_history_is_newest_first_and_tells_the_entering_of_each_stage(answers):
    assert [event for event in told(answers) if event[0] == DEAL] == written(f"""
        {DEAL} 2024-01-15 04:00 Opportunity created
        {DEAL} 2024-01-15 04:00 Qualification
        {DEAL} 2024-02-05 05:30 Proposal/Price Quote
        {DEAL} 2024-02-10 05:30 Amount changed
        {DEAL} 2024-02-10 05:30 Close date pushed
        {DEAL} 2024-03-01 12:30 Closed Won""")


def test_equal_stages_in_a_row_are_one_and_the_row_is_counted(answers):
    # the second Proposal row leaves the stage as it was; it made a changed amount, so its record is not merged
    stages = [activity for key, _, activity in told(answers) if key == DEAL and activity.startswith("Proposal")]
    assert len(stages) == 1


def test_the_dictionary_names_the_stages_and_its_flags_beat_the_words(answers):
    # Pilot is shown as Trial, Pilot lost as Abandoned; "Lost & found check" is an open stage
    by_activity = {row.activity: row.stage for row in ltc.activities(answers).table.itertuples()}
    assert by_activity["Abandoned"] == "lost"
    assert by_activity["Lost & found check"] not in ("won", "lost")
    assert {"Trial", "Abandoned"} <= set(by_activity)
    assert not {"Pilot", "Pilot lost"} & set(by_activity)


def test_no_close_is_derived_where_the_history_shows_it_or_the_stage_is_open(answers):
    assert not {activity for _, _, activity in told(answers)} & {"Deal won", "Deal lost"}


def test_the_timeline_gives_stages_of_deals_and_leads_with_their_first_one(answers):
    # the change of 20 February names the stage before it: changes were recorded before this deal was created
    assert [event for event in told(answers) if event[0] == OPEN] == written(f"""
        {OPEN} 2024-02-13 06:29 Opportunity created
        {OPEN} 2024-02-13 06:29 Qualification
        {OPEN} 2024-02-20 04:30 Trial
        {OPEN} 2024-03-01 04:30 Amount changed
        {OPEN} 2024-03-05 04:30 Close date pushed
        {OPEN} 2024-03-05 04:30 Lost & found check""")
    assert (KEPT, "2024-01-22 04:30", "Lead: Contacted") in told(answers)


def test_a_history_that_begins_after_the_creation_is_marked_as_cut(answers):
    cut = {key for key, _, activity in told(answers) if activity == "History begins here"}
    assert OTHER in cut
    assert DEAL not in cut


def test_a_changed_description_is_no_step_and_is_set_aside_as_such(answers):
    assert dict(answers.ledger.set_aside) == {"no_event": 1}


def test_histories_of_modules_and_orphans_in_them():
    log = read("modules")
    assert told(log) == written(f"""
        {DEAL} 2024-01-15 04:00 Qualification
        {DEAL} 2024-02-10 05:30 Proposal/Price Quote
        {DEAL} 2024-02-20 05:30 Qualification
        {KEPT} 2024-01-20 07:30 Lead: Not Contacted
        {KEPT} 2024-01-22 04:30 Lead: Contacted""")
    assert dict(log.ledger.set_aside) == {"id_missing": 1}  # history of a deal that was deleted


def test_a_report_of_the_history_may_call_a_deal_by_its_name():
    log = read("report")
    assert [event for event in told(log) if event[0] == DEAL] == written(f"""
        {DEAL} 2024-01-15 09:30 Opportunity created
        {DEAL} 2024-01-15 09:30 Qualification
        {DEAL} 2024-02-10 11:00 Negotiation/Review""")
    assert {key for key, _, _ in told(log)} == {DEAL, "Nobody's deal"}     # a name that no deal has stays a name


def test_documents_hang_below_the_deal_by_number_or_name():
    log = read("documents")
    assert log.cases == 1
    steps = log.tables.answer("points").table
    assert list(steps["activity"]) == [
        "Opportunity created", "Quote created", "Call", "Meeting", "Order created", "Invoice posted", "Invoice created"]
    assert set(steps["case_id"]) == {DEAL}


def test_a_cancelled_invoice_is_posted_by_nobody():
    posted = [key for key, _, activity in told(read("documents")) if activity == "Invoice posted"]
    assert posted == ["4150868000000431002"]


# ---- the specification -----------------------------------------------------------------------------------------------


@pytest.mark.real_data
def test_a_folder_of_the_specification_is_told_from_data(real_data):
    with use("en"), pytest.raises(InputError) as caught:
        ltc.read(real_data / "crm" / "zoho" / "openapi")
    told_ = [fault for fault in caught.value.faults if "OpenAPI document of Zoho CRM" in fault.what]
    assert len(told_) == 7
    assert all("Stage_History" in fault.fix for fault in told_)


@pytest.mark.real_data
def test_the_specification_ends_the_command_with_two(real_data, tmp_path, capsys):
    from ltcdiag.cli import main

    folder = str(real_data / "crm" / "zoho" / "openapi")
    code = main(["diagnose", folder, "--out", str(tmp_path / "out"), "--lang", "en"])
    assert code == 2
    assert "OpenAPI" in "".join(capsys.readouterr())


def properties(schemas, name):
    """Keys of a schema, with those of the schemas that it names, one level each."""
    found = {}
    for key, value in schemas[name]["properties"].items():
        inner = value.get("$ref") or value.get("items", {}).get("$ref") or ""
        found[key] = inner.rpartition("/")[2]
    return found


@pytest.mark.real_data
def test_the_timeline_of_the_fixture_has_the_keys_of_the_specification(real_data):
    schemas = json.loads((real_data / "crm/zoho/openapi/timelines.json").read_text())["components"]["schemas"]
    answer = json.loads((HERE / "api" / "timeline.json").read_text())[OPEN]
    assert answer.keys() == properties(schemas, "Response_Wrapper").keys()
    for entry in answer["__timeline"]:
        assert entry.keys() == properties(schemas, "Timeline").keys()
        assert entry["done_by"].keys() == properties(schemas, "Name_Id_Structure").keys()
        for change in entry["field_history"] or ():
            assert change.keys() <= properties(schemas, "Field_History").keys()
            assert change["_value"].keys() == schemas["Field_History"]["properties"]["_value"]["properties"].keys()


@pytest.mark.real_data
def test_the_pipeline_of_the_fixture_has_the_keys_of_the_specification(real_data):
    schemas = json.loads((real_data / "crm/zoho/openapi/pipeline.json").read_text())["components"]["schemas"]
    (pipeline,) = json.loads((HERE / "api" / "pipeline.json").read_text())["pipeline"]
    assert set(schemas["pipeline"]["required"]) <= pipeline.keys() <= properties(schemas, "pipeline").keys()
    for stage in pipeline["maps"]:
        assert set(schemas["maps"]["required"]) <= stage.keys() <= properties(schemas, "maps").keys()


# ---- the sample ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    with use("en"):
        return ltc.read(SAMPLE, timezone="Asia/Shanghai")


@pytest.fixture(scope="module")
def truth():
    return tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


def test_times_with_an_offset_and_without_one_are_a_question():
    with use("en"), pytest.raises(QuestionError, match="--timezone"):
        ltc.read(SAMPLE)


def test_the_sample_holds_what_its_truth_says(sample, truth):
    happened = Counter(activity for _, _, activity in told(sample))
    log = truth["log"]
    stages = {stage["display_value"] for stage in
              json.loads((SAMPLE / "pipeline.json").read_text(encoding="utf-8"))["pipeline"][0]["maps"]}
    assert sample.cases == log["deals"] == happened["Opportunity created"]
    assert happened["Lead created"] == log["leads"]
    assert happened["Lead converted"] == log["leads_converted"]
    assert sum(happened[stage] for stage in stages) == log["stages_entered"]
    assert happened[truth["dictionary"]["stage_shown_as"]] == truth["dictionary"]["entries_kept_as_that"]
    assert truth["dictionary"]["stage_kept_as"] not in happened


def test_the_money_of_the_sample(sample, truth):
    read_ = {money.currency.lower(): int(money.read) for money in sample.ledger.money}
    assert read_ == {name: int(truth["money"][f"deals_{name}"]) for name in ("cny", "usd")}


def test_won_and_lost_of_the_sample_are_the_last_stages(sample, truth):
    last = {}
    for row in sample.tables.answer("points").table.itertuples():
        last[row.case_id] = row.stage
    ends = Counter(last.values())
    assert (ends["won"], ends["lost"]) == (truth["log"]["deals_won"], truth["log"]["deals_lost"])


def test_the_timeline_adds_no_stage_to_the_history(sample, truth):
    # three deals have both; every stage change is told twice and counted once
    both = set(truth["timelines"]["deal_ids"])
    history = json.loads((SAMPLE / "stage_history.json").read_text(encoding="utf-8"))
    names = {row["actual_value"]: row["display_value"] for row in
             json.loads((SAMPLE / "pipeline.json").read_text(encoding="utf-8"))["pipeline"][0]["maps"]}
    stages = Counter((key, activity) for key, _, activity in told(sample) if key in both)
    want = Counter((key, names[row["Stage"]]) for key in both for row in history[key]["data"])
    assert {pair: n for pair, n in stages.items() if pair[1] in names.values()} == dict(want)


def test_from_raw_files_to_findings(sample, tmp_path):
    with use("en"):
        ltc.report(sample, tmp_path / "out")
    found = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    assert found["schema"] == "ltcdiag.findings/1"
    assert json.loads((tmp_path / "out" / "ledger.json").read_text("utf-8"))["balanced"] is True
