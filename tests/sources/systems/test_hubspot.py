"""HubSpot: events, links and fates of hand-written answers, exports and connector tables; real ones counted by hand."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from told import made, reported, timed

import ltcdiag as ltc
from ltcdiag.errors import InputError, QuestionError
from ltcdiag.words import use

HERE = Path(__file__).parent / "hubspot"
SAMPLE = Path(__file__).parents[3] / "sample_logs" / "hubspot"


def read(*parts, **options):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), **options)


def check(log):
    """The laws of every source."""
    assert log.ledger.balanced
    assert sum(len(rows) for rows in timed(log).values()) == log.events
    return log


# ---- answers of the interface ---------------------------------------------------------------------------------------

PUMPS = [
    ("Opportunity created", "2025-01-06 02:00:00.100000"),
    ("Appointment Scheduled", "2025-01-06 02:00:00.100000"),
    ("Call", "2025-01-07 09:00:00"),
    ("Task done", "2025-01-08 05:00:00"),
    ("Meeting", "2025-01-15 03:00:00"),
    ("Qualified To Buy", "2025-01-20 06:00:00"),
    ("Owner changed", "2025-01-21 06:00:00"),           # and not when the first owner was named
    ("Appointment Scheduled", "2025-01-25 06:00:00"),   # back again, by a workflow
    ("Qualified To Buy", "2025-01-27 06:00:00"),
    ("Pilot", "2025-02-10 07:00:00"),                   # its id is contractsent
    ("Quote created", "2025-02-11 08:00:00"),
    ("Closed Won", "2025-03-20 08:00:00.500000"),
    ("Ticket opened", "2025-06-01 01:00:00"),
    ("Ticket closed", "2025-06-03 01:00:00"),
]
OPTICS = [("Opportunity created", "2025-01-08 01:00:00"), ("Appointment Scheduled", "2025-01-08 01:00:00"),
          ("Closed Won", "2025-02-01 01:00:00"), ("Closed Lost", "2025-02-11 01:00:00")]
LENS = [("Qualified To Buy", "2024-12-01 01:00:00"),    # of the deal that was merged into it
        ("Opportunity created", "2025-01-10 01:00:00"), ("Pilot", "2025-01-15 01:00:00")]


@pytest.fixture(scope="module")
def api():
    return check(read("api"))


def test_deals_with_their_history_newest_first(api):
    assert timed(api) == {"9001": PUMPS, "9002": OPTICS, "9003": LENS}
    assert api.timezone == "UTC"
    assert any(note.startswith("the stage history of 1 objects is older than the object") for note in api.notes)


def test_a_contact_with_a_lifecycle_is_the_lead_of_its_deals():
    found = timed(check(read("api", case="end_to_end")))
    lead = [("Lead created", "2025-01-02 01:00:00"), ("Lead: lead", "2025-01-02 01:00:00"),
            ("Lead: marketingqualifiedlead", "2025-01-03 03:00:00"), ("Lead: opportunity", "2025-01-06 02:00:01")]
    assert set(found) == {"7001", "9002", "9003"}
    assert sorted(found["7001"]) == sorted(lead + PUMPS)


def test_a_company_holds_its_deals():
    found = timed(check(read("api", case="account")))
    assert set(found) == {"6001"}
    assert set(PUMPS) <= set(found["6001"])


def test_who_did_it_is_a_person_a_machine_or_unknown(api):
    steps = {(str(ts)[:10], who, where) for ts, who, where in made(api, "ts, resource, department", "id = '9001'")}
    assert {("2025-01-20", "Na Li", "North"), ("2025-01-25", "AUTOMATION_PLATFORM", None),
            ("2025-03-20", "王伟", "South")} <= steps
    assert made(api, "resource", "activity = 'Opportunity created'") == [(None,)] * 3
    assert made(api, "resource", "id = '9002' and kind = 1")[0] == ("IMPORT",)
    assert made(api, "resource", "activity = 'Meeting'") == [("Na Li",)]


def test_rows_that_make_no_event_have_their_reason(api):
    # deleted: an archived deal and its two values. no_event: first values of amount (3), close date and owner, a
    # meeting that nobody came to. no_moment: a task that is not done. planned: a meeting of next year.
    assert dict(api.ledger.set_aside) == {"deleted": 3, "no_event": 6, "no_moment": 1, "planned": 1}
    money = {each.currency: (each.kept, each.set_aside) for each in api.ledger.money}
    assert money["CNY"] == (pytest.approx(2500.5 + 1200.5), 1)


def test_changes_of_amount_and_close_date():
    told = [step for step in timed(check(read("api", changes=True)))["9001"] if step not in PUMPS]
    assert told == [("Amount changed", "2025-02-03 06:00:00"), ("Close date pushed", "2025-02-10 07:00:00"),
                    ("Close date pulled in", "2025-03-20 08:00:00.500000")]


def test_a_history_of_twenty_values_is_cut_and_dates_of_stages_give_back_what_they_can():
    log = check(read("cut"))
    steps = timed(log)["9001"]
    start = datetime(2025, 1, 6, 2)
    assert steps[:3] == [("Opportunity created", str(start)), ("appointmentscheduled", str(start)),
                         ("History begins here", str(start + timedelta(days=10)))]
    names = ["qualifiedtobuy", "contractsent"] * 10
    assert steps[3:] == [(name, str(start + timedelta(days=2 * n))) for n, name in enumerate(names, 5)]
    assert any("it was cut" in note for note in log.notes)


def test_a_snapshot_asks_the_dictionary_what_is_won():
    log = check(read("snapshot"))
    created = ("Opportunity created", "2025-01-06 02:00:00")
    assert timed(log) == {"9001": [created, ("Deal won", "2025-03-20 08:00:00")],     # 7503 says nothing by itself
                           "9002": [created, ("Deal lost", "2025-02-11 01:00:00")], "9003": [created]}
    assert any("show only the present stage" in note for note in log.notes)


# ---- exports of a view ----------------------------------------------------------------------------------------------


def test_the_export_of_the_view_in_english():
    log = check(read("ui_en"))
    assert timed(log) == {
        "9001": [("Opportunity created", "2025-01-06 10:00:00"), ("Appointment Scheduled", "2025-01-06 10:00:00"),
                 ("Pilot (paid)", "2025-02-10 15:00:00"), ("Closed Won", "2025-03-20 16:00:00")],
        "9002": [("Opportunity created", "2025-01-08 09:00:00"), ("Appointment Scheduled", "2025-01-08 09:00:00"),
                 ("Closed Won", "2025-02-01 09:00:00"), ("Closed Lost", "2025-02-11 09:00:00")],
        "9003": [("Opportunity created", "2025-01-10 09:00:00"), ("Appointment Scheduled", "2025-01-10 09:00:00"),
                 ("Pilot (paid)", "2025-01-15 09:00:00")],
    }
    assert log.timezone is None
    assert not any("it was cut" in note for note in log.notes)
    assert set(made(log, "resource")) == {(None,)}      # the owner of today is nobody who moved it then


def test_a_deal_of_two_contacts_stands_in_two_cases_and_is_counted_once_more():
    log = check(read("ui_en", case="lead"))
    found = timed(log)
    assert found["7001"][-4:] == found["7002"][-4:] == timed(read("ui_en"))["9001"]
    assert log.ledger.totals["copies"] == 4


def test_the_export_of_the_view_in_chinese():
    with use("zh"):
        log = check(ltc.read(HERE / "ui_zh"))
    assert timed(log) == {
        "9001": [("创建商机", "2025-01-06 10:00:00"), ("预约已安排", "2025-01-06 10:00:00"),
                 ("已成交", "2025-03-20 16:00:00")],
        "9002": [("创建商机", "2025-01-08 10:00:00"), ("预约已安排", "2025-01-08 10:00:00")],
    }


def test_internal_names_as_headers():
    assert timed(check(read("names"))) == {
        "9001": [("Opportunity created", "2025-01-06 10:00:00"), ("Deal won", "2025-03-20 16:00:00")],
        "9002": [("Opportunity created", "2025-01-08 09:00:00"), ("Deal lost", "2025-02-11 09:00:00")],
        "9003": [("Opportunity created", "2025-01-10 09:00:00")],
    }


def test_ids_that_a_spreadsheet_has_ruined_are_set_aside(tmp_path):
    text = (HERE / "ui_en" / "hubspot-crm-exports-all-deals-2025-06-30.csv").read_text("utf-8")
    (tmp_path / "deals.csv").write_text(text.replace('"9001"', '"1.23457E+11"'), encoding="utf-8")
    with use("en"):
        log = check(ltc.read(tmp_path))
    assert set(timed(log)) == {"9002", "9003"}
    assert dict(log.ledger.set_aside) == {"id_scientific": 1}


# ---- connector ------------------------------------------------------------------------------------------------------


def test_connector_tables():
    log = check(read("connector", case="end_to_end"))
    assert timed(log) == {"7001": [
        ("Lead created", "2025-01-02 01:00:00"), ("Record merged", "2025-01-04 15:00:00"),
        ("Opportunity created", "2025-01-06 02:00:00"), ("Appointment Scheduled", "2025-01-06 02:00:00"),
        ("Call", "2025-01-07 09:00:00"), ("Meeting", "2025-01-15 03:00:00"), ("Pilot", "2025-01-20 06:00:00"),
        ("Closed Won", "2025-03-20 08:00:00"), ("Ticket opened", "2025-06-01 01:00:00"),
        ("Ticket: New", "2025-06-01 01:00:00"), ("Ticket: Closed", "2025-06-03 01:00:00"),
        ("Ticket closed", "2025-06-03 01:00:00")]}
    assert log.timezone == "UTC"
    # deleted: a deal and a call. no_event: the first amount, a name, a note
    assert dict(log.ledger.set_aside) == {"deleted": 2, "no_event": 3}
    assert made(log, "resource, department", "activity = 'Pilot'") == [("Na Li", "North")]


@pytest.mark.parametrize(("lang", "what", "ask"), [
    ("en", "list of HubSpot properties", "propertiesWithHistory"), ("zh", "属性清单", "propertiesWithHistory")])
def test_a_list_of_properties_is_no_log(lang, what, ask):
    with use(lang), pytest.raises(InputError) as error:
        ltc.read(HERE / "properties")
    assert what in str(error.value)
    assert ask in str(error.value)


def test_an_answer_without_records_is_refused_in_words(tmp_path):
    (tmp_path / "deals.json").write_text('{"results":[]}', encoding="utf-8")
    with use("en"), pytest.raises(InputError) as error:
        ltc.read(tmp_path)
    assert "there are no records" in str(error.value)


def test_from_raw_tables_to_findings(api, tmp_path):
    _, ledger = reported(api, tmp_path / "out")
    assert ledger["totals"]["cases"] == 3


# ---- the invented sample, against its truth -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    with use("en"):
        return (check(ltc.read(SAMPLE, timezone="Asia/Shanghai")),
                tomllib.loads((SAMPLE / "truth.toml").read_text("utf-8")))


def test_the_clock_of_the_view_is_asked_for():
    with use("en"), pytest.raises(QuestionError) as error:
        ltc.read(SAMPLE)
    assert "--timezone Asia/Shanghai" in str(error.value)


def lives_of(log):
    return {case: [step for step, _ in steps if step not in ("Opportunity created", "History begins here")]
            for case, steps in timed(log).items()}


def test_answers_and_view_of_the_sample_together_hold_what_was_planted(sample):
    log, truth = sample
    told, history = truth["log"], truth["history"]
    lives = lives_of(log)
    ends = Counter(life[-1] for life in lives.values())
    assert len(lives) == told["deals"]
    assert (ends["Closed Won"], ends["Closed Lost"]) == (told["deals_won"], told["deals_lost"])
    # of the entries that the history has lost, those stages that never came again stand in the view
    lost = history["stage_values_cut_off"]
    assert history["stage_values"] == told["stages_entered"] - lost
    assert history["stage_values"] < sum(map(len, lives.values())) <= told["stages_entered"]
    said = [note for note in log.notes if "it was cut" in note]
    assert f"of {len(history['truncated_ids'])} objects" in said[0]
    cut = {case for case, steps in timed(log).items() if "History begins here" in dict(steps)}
    assert cut == set(history["truncated_ids"])
    money = {f"deals_{each.currency.lower()}": (str(int(each.kept)), each.merged == each.kept)
             for each in log.ledger.money}
    assert money == {name: (truth["money"][name], True) for name in ("deals_cny", "deals_usd")}
    assert log.as_of.isoformat() == told["as_of"].replace(tzinfo=None).isoformat()


def test_answers_alone_hold_the_history_of_the_sample(sample):
    _, truth = sample
    with use("en"):
        log = check(ltc.read([SAMPLE / name for name in ("deals_page1.json", "deals_page2.json", "pipelines.json",
                                                         "owners.json")]))
    assert sum(map(len, lives_of(log).values())) == truth["history"]["stage_values"]
    steps = {step for life in lives_of(log).values() for step in life}
    assert truth["dictionary"]["relabelled_stage_label"] in steps
    assert truth["dictionary"]["relabelled_stage_id"] not in steps
    changes = Counter(row[0] for row in made(log, "canonical"))
    assert changes["amount_changed"] == truth["history"]["amount_values"] - truth["log"]["deals"]
    assert set(truth["odd"]["imported_ids"]) == {
        row[0] for row in made(log, "distinct id, ts, seq, row, part", "resource = 'IMPORT'")}


def test_the_view_alone_holds_the_last_entry_into_each_stage(sample):
    _, truth = sample
    with use("en"):
        log = check(ltc.read(SAMPLE / "ui_export"))
    lives = lives_of(log)
    assert sum(map(len, lives.values())) == truth["view"]["dates_entered"]
    assert all(len(set(life)) == len(life) for life in lives.values())      # rework cannot be seen in it


# ---- real answers and tables, counted by hand -----------------------------------------------------------------------


def rows_of(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.real_data
def test_answers_of_an_account(real_data):
    folder = real_data / "crm" / "hubspot" / "api_json"
    with use("en"):
        log = check(ltc.read(folder))
    answers = {path.name: json.loads(path.read_text("utf-8"))["results"] for path in folder.glob("*.json")}
    deals = answers["mock_deals_data.json"]
    assert timed(log) == {deal["id"]: [("Opportunity created", deal["properties"]["createdate"][:-1].replace("T", " ")
                                         + "000")] for deal in deals}
    assert sum(money.kept for money in log.ledger.money) == sum(int(deal["properties"]["amount"]) for deal in deals)
    steps = Counter(row[0] for row in made(log, "activity"))
    assert steps == {"Opportunity created": 2, "Quote created": 1, "Ticket opened": 2}
    assert log.ledger.set_aside == {"table_not_used": len(answers["mock_contacts_properties.json"])
                                    + len(answers["mock_products_data.json"])}
    with use("en"), pytest.raises(InputError) as error:
        ltc.read(folder / "mock_contacts_properties.json")
    assert "list of HubSpot properties" in str(error.value)


@pytest.mark.real_data
def test_connector_tables_with_hashed_values(real_data):
    folder = real_data / "crm" / "hubspot" / "fivetran"
    with use("en"):
        log = check(ltc.read(folder))
    deals = {row["deal_id"]: [("Opportunity created", row["property_createdate"])]
             for row in rows_of(folder, "deal_data.csv")}
    moves = {row["deal_id"]: [(row["value"], str(datetime.strptime(row["date_entered"], "%Y-%m-%d %H:%M:%S")))]
             for row in rows_of(folder, "deal_stage_data.csv")}
    assert timed(log) == {**deals, **moves}
    assert log.timezone == "UTC"
    steps = Counter(row[0] for row in made(log, "activity"))
    tickets = rows_of(folder, "ticket_data.csv")
    assert steps["Ticket opened"] == len(tickets)
    assert steps["Ticket closed"] == sum(bool(row["property_closed_date"]) for row in tickets)
    assert steps["Meeting"] == len(rows_of(folder, "engagement_meeting_data.csv"))
    assert (steps["Call"], steps["E-mail"]) == (1, 1)
    stages = [row for row in rows_of(folder, "ticket_property_history_data.csv") if row["name"] == "hs_pipeline_stage"]
    labels = {row["stage_id"]: row["label"] for row in rows_of(folder, "ticket_pipeline_stage_data.csv")}
    assert sum(n for step, n in steps.items() if step.startswith("Ticket: ")) == len(
        {labels[row["value"]] for row in stages})       # two ids of one label: one stage
    assert steps["Record merged"] == len(rows_of(folder, "contact_merge_audit_data.csv"))
    unknown = sum(len(rows_of(folder, f"{name}_data.csv")) for name in (
        "deal_property_history", "contact_property_history", "engagement_communication", "engagement_note",
        "engagement_task"))
    other = len(rows_of(folder, "ticket_property_history_data.csv")) - len(stages)
    assert log.ledger.set_aside["no_event"] == unknown + other      # hashed names, notes, open tasks; others
