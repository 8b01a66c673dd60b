"""The sample exports of each system are what their generator makes, hold what their truth says, and keep to the
schema of their system. Everything is counted again from the files, by other means than the generator's, and without
ltcdiag."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

FOLDER = Path(__file__).parents[1] / "sample_logs"
SYSTEMS = ("salesforce", "hubspot", "zoho", "jiandaoyun", "end_to_end")
CHINA = timezone(timedelta(hours=8))
FINANCE = {"销售订单.csv", "销售出库单.csv", "验收单.csv", "发票.csv", "收款单.csv", "收入确认.csv"}  # in GB18030
VIEW = "hubspot-crm-exports-all-deals-2025-06-30.csv"


def truth(system):
    return tomllib.loads((FOLDER / system / "truth.toml").read_text(encoding="utf-8"))


def files(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def generate(place, seed):
    surroundings = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/St_Johns", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, FOLDER / "generate_systems.py", place], check=True, env=surroundings,
                   stdout=subprocess.DEVNULL)


def table(system, name, encoding="utf-8"):
    with (FOLDER / system / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def answer(system, name):
    return json.loads((FOLDER / system / name).read_text(encoding="utf-8"))


def money(pairs):
    """(currency, amount) → currency → sum as text."""
    sums = Counter()
    for currency, amount in pairs:
        sums[currency.lower()] += int(amount)
    return {currency: str(amount) for currency, amount in sums.items()}


def told_money(told, what):
    return {key.removeprefix(f"{what}_"): amount for key, amount in told["money"].items() if key.startswith(f"{what}_")}


def collapsed(stages):
    """[(time, stage)] in order → the entries that change the stage."""
    return [entry for place, entry in enumerate(stages) if not place or stages[place - 1][1] != entry[1]]


def check_counts(told, lives, *, order, won, lost):
    """The figures that all systems share; lives: deal → [(time, stage)] in order, equal stages not repeated."""
    log = told["log"]
    last = Counter(life[-1][1] for life in lives.values())
    assert len(lives) == log["deals"]
    assert (last[won], last[lost]) == (log["deals_won"], log["deals_lost"])
    assert log["deals"] - last[won] - last[lost] == log["deals_open"]
    assert sum(map(len, lives.values())) == log["stages_entered"] == log["stage_changes"] + log["deals"]
    if order:
        back = {deal: sum(order.index(two[1]) < order.index(one[1]) for one, two in pairwise(life))
                for deal, life in lives.items()}
        assert sum(back.values()) == log["backward_moves"]
        assert sum(n > 0 for n in back.values()) == log["backward_deals"]
    times = [at for life in lives.values() for at, _ in life]
    return min(times), max(times)


# ---- bytes ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The samples, generated twice in other surroundings."""
    places = [tmp_path_factory.mktemp("samples") for _ in range(2)]
    for place, seed in zip(places, ("7", "8"), strict=True):
        generate(place, seed)
    return places


def test_two_runs_make_the_same_bytes(made):
    one, two = (files(place) for place in made)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name].read_bytes() != two[name].read_bytes()] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_committed_files_are_those_the_generator_makes(made, system):
    ours, fresh = files(FOLDER / system), files(made[0] / system)
    assert ours.keys() == fresh.keys()
    plain = [name for name in ours if not name.endswith(".xlsx")]
    assert [name for name in plain if ours[name].read_bytes() != fresh[name].read_bytes()] == []
    for name in ours.keys() - set(plain):  # how parts are packed depends on the zip library of a computer
        with zipfile.ZipFile(ours[name]) as old, zipfile.ZipFile(fresh[name]) as new:
            assert old.namelist() == new.namelist()
            assert [part for part in old.namelist() if old.read(part) != new.read(part)] == []


def samples():
    return {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"}


def test_making_samples_elsewhere_leaves_no_folder_among_them(tmp_path):
    before = samples()
    generate(tmp_path, "1")
    assert samples() == before


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_sample_is_small_and_says_that_it_is_invented(system):
    assert sum(path.stat().st_size for path in files(FOLDER / system).values()) < 150_000
    log = truth(system)["log"]
    assert (log["system"], log["synthetic"], log["planted"]) == (system, True, True)
    text = (FOLDER / system / "truth.toml").read_text(encoding="utf-8")
    assert text.startswith("#")
    assert "nvented" in text


def test_all_samples_together_are_small():
    assert sum(path.stat().st_size for system in SYSTEMS for path in files(FOLDER / system).values()) < 700_000


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_data_file_says_that_it_is_a_sample(system):
    words = ("synthetic", "sample", "invented", "fake", "虚构", "示例", "ltcdiag")
    for name, path in files(FOLDER / system).items():
        if name == "truth.toml" or name.endswith(".xlsx"):
            continue
        text = path.read_bytes().decode("gb18030" if name in FINANCE else "utf-8").lower()
        assert [word for word in words if word in text] == [], name


# ---- Salesforce -------------------------------------------------------------------------------------------------

SALESFORCE = ("Opportunity.csv", "OpportunityHistory.csv", "OpportunityStage.csv", "Lead.csv", "Account.csv",
              "User.csv", "Task.csv")
KINDS = {"AccountId": "001", "ConvertedAccountId": "001", "ConvertedContactId": "003", "OwnerId": "005",
         "CreatedById": "005", "OpportunityId": "006", "ConvertedOpportunityId": "006", "WhoId": "00Q", "WhatId": "006"}
OWN = {"Opportunity.csv": "006", "OpportunityHistory.csv": "008", "OpportunityStage.csv": "01J", "Lead.csv": "00Q",
       "Account.csv": "001", "User.csv": "005", "Task.csv": "00T"}


def whole_id(fifteen):
    """The 18 characters of an id, written as the vendor explains it: from the right, a bit for each capital."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    thirds = (fifteen[0:5], fifteen[5:10], fifteen[10:15])
    return fifteen + "".join(letters[int("".join("01"[c.isupper()] for c in reversed(third)), 2)] for third in thirds)


@pytest.fixture(scope="module")
def salesforce():
    return {name: table("salesforce", name) for name in SALESFORCE}


def sf_time(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000", text), text
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.000%z")


def saves(salesforce):
    """deal → rows of its history, in the order of file, which is that of time."""
    lives = {}
    for row in salesforce["OpportunityHistory.csv"]:
        lives.setdefault(row["OpportunityId"], []).append(row)
    return lives


def test_the_rule_for_ids_is_the_known_one():
    assert whole_id("001A0000006Vm9r") == "001A0000006Vm9rIAC"


@pytest.mark.parametrize("name", SALESFORCE)
def test_salesforce_ids_are_valid_and_lead_somewhere(salesforce, name):
    known = {row["Id"] for rows in salesforce.values() for row in rows}
    rows = salesforce[name]
    assert len({row["Id"] for row in rows}) == len(rows) == truth("salesforce")["rows"][name]
    for row in rows:
        assert row["Id"].startswith(OWN[name])
        for column, prefix in {"Id": OWN[name], **KINDS}.items():
            if row.get(column):
                assert row[column].startswith(prefix)
                assert row[column] == whole_id(row[column][:15])
                assert row[column] in known or column == "ConvertedContactId"  # contacts were not exported


def test_salesforce_counts_moments_and_money(salesforce):
    told = truth("salesforce")
    lives = {deal: collapsed([(sf_time(row["CreatedDate"]), row["StageName"]) for row in rows])
             for deal, rows in saves(salesforce).items()}
    stages = salesforce["OpportunityStage.csv"]
    order = [row["MasterLabel"] for row in sorted(stages, key=lambda row: int(row["SortOrder"]))]
    first, last = check_counts(told, lives, order=order, won="Closed Won", lost="Closed Lost")
    rows = salesforce["OpportunityHistory.csv"]
    assert first == told["log"]["first"]
    assert max(sf_time(row["CreatedDate"]) for row in rows) == told["log"]["as_of"] >= last
    deals = salesforce["Opportunity.csv"]
    assert money((row["CurrencyIsoCode"], row["Amount"]) for row in deals) == told_money(told, "deals")
    assert money((row["CurrencyIsoCode"], row["Amount"]) for row in deals
                 if row["IsWon"] == "true") == told_money(told, "won")


def test_salesforce_history_and_snapshot_agree(salesforce):
    lives = saves(salesforce)
    closed = {row["MasterLabel"]: (row["IsClosed"], row["IsWon"]) for row in salesforce["OpportunityStage.csv"]}
    assert lives.keys() == {row["Id"] for row in salesforce["Opportunity.csv"]}
    for row in salesforce["Opportunity.csv"]:
        first, last = lives[row["Id"]][0], lives[row["Id"]][-1]
        assert first["CreatedDate"] == row["CreatedDate"]
        assert all(last[column] == row[column] for column in ("StageName", "Amount", "CloseDate"))
        assert (row["IsClosed"], row["IsWon"]) == closed[row["StageName"]]
        changed = collapsed([(one["CreatedDate"], one["StageName"]) for one in lives[row["Id"]]])
        assert changed[-1][0] == row["LastStageChangeDate"] <= row["LastModifiedDate"]


def test_about_half_of_the_salesforce_history_leaves_the_stage_as_it_was(salesforce):
    told = truth("salesforce")["history"]
    moves = [pair for rows in saves(salesforce).values() for pair in pairwise(rows)]
    kept = [(one, two) for one, two in moves if one["StageName"] == two["StageName"]]
    assert len(kept) == told["rows_that_leave_the_stage"]
    assert 0.4 < len(kept) / len(salesforce["OpportunityHistory.csv"]) < 0.6
    for column, key in (("Amount", "amount"), ("CloseDate", "close_date")):
        assert sum(one[column] != two[column] for one, two in kept) == told[
            f"rows_that_leave_the_stage_and_change_the_{key}"] > 50
    assert sum(one["CreatedDate"] == two["CreatedDate"] for one, two in moves) == told[
        "rows_in_the_second_of_the_row_before"]
    assert all(one["CreatedDate"] <= two["CreatedDate"] for one, two in moves)


def test_salesforce_deals_made_odd_are_those_of_the_truth(salesforce):
    odd, lives = truth("salesforce")["odd"], saves(salesforce)
    tied = [deal for deal, rows in lives.items() for one, two in pairwise(rows)
            if one["CreatedDate"] == two["CreatedDate"] and one["StageName"] != two["StageName"]]
    assert sorted(tied) == sorted(odd["stages_tied_ids"])
    undone = [deal for deal, rows in lives.items() if ("Closed Won", "Closed Lost") in pairwise(
        [row["StageName"] for row in rows])]
    assert undone == odd["won_then_lost_ids"]
    longest = max(lives, key=lambda deal: len(collapsed([("", row["StageName"]) for row in lives[deal]])))
    assert [longest] == odd["long_loop_ids"]
    robots = {row["Id"] for row in salesforce["User.csv"] if row["Title"] == "Integration User"}
    loaded = {deal: rows[0]["CreatedDate"] for deal, rows in lives.items() if rows[0]["CreatedById"] in robots}
    assert sorted(loaded) == sorted(odd["imported_ids"])
    assert len(loaded) == odd["imported"] >= 5
    assert len(set(loaded.values())) == 1


def test_the_close_date_is_a_plan_and_the_last_change_no_event(salesforce):
    odd = truth("salesforce")["odd"]
    deals = salesforce["Opportunity.csv"]
    other = [row for row in deals if row["IsWon"] == "true" and row["CloseDate"] != row["LastStageChangeDate"][:10]]
    assert len(other) == odd["won_with_another_close_date"] > 10
    bumped = [row for row in deals if sf_time(row["LastModifiedDate"]) == odd["bulk_job"]]
    assert len(bumped) == odd["touched_by_bulk_job"] > 10


def test_salesforce_leads_are_those_of_the_truth(salesforce):
    told, leads = truth("salesforce"), salesforce["Lead.csv"]
    converted = [row for row in leads if row["IsConverted"] == "true"]
    assert len(leads) == told["log"]["leads"]
    assert len(converted) == told["log"]["leads_converted"]
    alone = sum(not row["ConvertedOpportunityId"] for row in converted)
    assert alone == told["log"]["leads_converted_without_deal"] > 0
    odd = [row["Id"] for row in leads if row["Status"] == "Closed - Converted" and row["IsConverted"] == "false"]
    assert odd == told["leads"]["status_converted_without_flag_ids"]
    assert len(odd) == 1
    for row in leads:
        assert bool(row["ConvertedDate"]) == bool(row["ConvertedAccountId"]) == (row["IsConverted"] == "true")
        assert re.fullmatch(r"(\d{4}-\d\d-\d\d)?", row["ConvertedDate"])


def test_salesforce_leads_become_the_deals_that_begin_then(salesforce):
    begun = {row["Id"]: row["CreatedDate"] for row in salesforce["Opportunity.csv"]}
    pairs = [(row, begun[row["ConvertedOpportunityId"]]) for row in salesforce["Lead.csv"]
             if row["ConvertedOpportunityId"]]
    assert len({row["ConvertedOpportunityId"] for row, _ in pairs}) == len(pairs) > 50
    for row, created in pairs:
        assert row["CreatedDate"] < created
        assert row["ConvertedDate"] == created[:10]


# ---- HubSpot ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hubspot():
    return [deal for page in ("deals_page1.json", "deals_page2.json") for deal in answer("hubspot", page)["results"]]


def hs_time(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text), text
    return datetime.fromisoformat(text)


def hs_stages():
    """Stage id → (pipeline label, stage label, is it closed, order)."""
    return {stage["id"]: (line["label"], stage["label"], stage["metadata"]["isClosed"] == "true", stage["displayOrder"])
            for line in answer("hubspot", "pipelines.json")["results"] for stage in line["stages"]}


def test_hubspot_answers_come_in_pages_that_lead_on():
    rows = truth("hubspot")["rows"]
    one, two = answer("hubspot", "deals_page1.json"), answer("hubspot", "deals_page2.json")
    assert len(one["results"]) == rows["deals_page1.json"] == 50
    assert len(two["results"]) == rows["deals_page2.json"]
    assert one["paging"]["next"]["after"] == one["results"][-1]["id"]
    assert "paging" not in two
    assert len(answer("hubspot", "owners.json")["results"]) == rows["owners.json"]
    assert len(answer("hubspot", "pipelines.json")["results"]) == rows["pipelines.json"]


def test_hubspot_counts_moments_and_money(hubspot):
    told, stages = truth("hubspot"), hs_stages()
    lives = {}
    for deal in hubspot:
        history = deal["propertiesWithHistory"]["dealstage"]
        lives[deal["id"]] = [(hs_time(value["timestamp"]), stages[value["value"]][1]) for value in reversed(history)]
        assert all(one[1] != two[1] for one, two in pairwise(lives[deal["id"]]))
    log = told["log"]
    last = Counter(stages[deal["properties"]["dealstage"]][1] for deal in hubspot)
    assert len(hubspot) == log["deals"]
    assert (last["Closed Won"], last["Closed Lost"]) == (log["deals_won"], log["deals_lost"])
    values = sum(map(len, lives.values()))
    assert values == told["history"]["stage_values"]
    entered = values + told["history"]["stage_values_cut_off"]
    assert entered == log["stages_entered"] == log["stage_changes"] + log["deals"]
    times = [at for life in lives.values() for at, _ in life]
    assert (min(times), max(times)) == (log["first"], log["as_of"])
    assert money((deal["properties"]["deal_currency_code"], deal["properties"]["amount"])
                 for deal in hubspot) == told_money(told, "deals")
    assert money((deal["properties"]["deal_currency_code"], deal["properties"]["amount"]) for deal in hubspot
                 if deal["properties"]["hs_is_closed_won"] == "true") == told_money(told, "won")


def test_hubspot_histories_are_newest_first_end_in_the_value_of_now_and_are_cut_at_twenty(hubspot):
    told, cut = truth("hubspot")["history"], []
    amounts = 0
    for deal in hubspot:
        amounts += len(deal["propertiesWithHistory"]["amount"])
        for name, history in deal["propertiesWithHistory"].items():
            times = [hs_time(value["timestamp"]) for value in history]
            assert times == sorted(times, reverse=True)
            assert history[0]["value"] == deal["properties"][name]
            assert len(history) <= told["most_values"] == 20
            assert all(isinstance(value["value"], str) for value in history)
        if hs_time(deal["propertiesWithHistory"]["dealstage"][-1]["timestamp"]) > hs_time(deal["createdAt"]):
            cut.append(deal["id"])
            assert len(deal["propertiesWithHistory"]["dealstage"]) == 20
    assert cut == told["truncated_ids"]
    assert len(cut) == 1
    assert amounts == told["amount_values"]


def test_hubspot_stage_ids_are_mapped_by_the_pipelines_of_the_account(hubspot):
    told, stages = truth("hubspot"), hs_stages()
    relabelled = told["dictionary"]["relabelled_stage_id"]
    assert stages[relabelled][1] == told["dictionary"]["relabelled_stage_label"] == "Pilot"
    labels = Counter(label for _, label, _, _ in stages.values())
    assert sum(n > 1 for n in labels.values()) == told["dictionary"]["labels_shared_by_both_pipelines"]
    assert sum(stage.isdigit() for stage in stages) > 7
    lines = {line["id"]: {stage["id"] for stage in line["stages"]}
             for line in answer("hubspot", "pipelines.json")["results"]}
    for deal in hubspot:
        used = {value["value"] for value in deal["propertiesWithHistory"]["dealstage"]}
        assert used <= lines[deal["properties"]["pipeline"]]
    assert sum(deal["properties"]["pipeline"] != "default" for deal in hubspot) == told["log"]["deals_partner_pipeline"]
    owners = {owner["id"]: owner["userId"] for owner in answer("hubspot", "owners.json")["results"]}
    assert {deal["properties"]["hubspot_owner_id"] for deal in hubspot} <= owners.keys()
    assert not set(owners) & set(map(str, owners.values()))


def test_hubspot_deals_made_odd_are_those_of_the_truth(hubspot):
    odd, stages = truth("hubspot")["odd"], hs_stages()
    tied, undone, loaded = [], [], []
    for deal in hubspot:
        history = deal["propertiesWithHistory"]["dealstage"]
        tied += [deal["id"] for one, two in pairwise(history) if one["timestamp"] == two["timestamp"]]
        closed = [stages[value["value"]][1] for value in history if stages[value["value"]][2]]
        undone += [deal["id"]] * (closed == ["Closed Lost", "Closed Won"])
        loaded += [deal["id"]] * (history[-1]["sourceType"] == "IMPORT")
    assert (tied, undone, loaded) == (odd["stages_tied_ids"], odd["won_then_lost_ids"], odd["imported_ids"])
    assert odd["won_reached_and_left"] == len(undone) == 1


def test_the_hubspot_view_tells_the_same_deals_in_local_minutes(hubspot):
    told, stages = truth("hubspot"), hs_stages()
    rows = {row["Record ID"]: row for row in table("hubspot", f"ui_export/{VIEW}")}
    assert len(rows) == told["rows"][f"ui_export/{VIEW}"] == len(hubspot)
    entries = 0
    for deal in hubspot:
        row = rows[deal["id"]]
        assert (row["Pipeline"], row["Deal Stage"]) == stages[deal["properties"]["dealstage"]][:2]
        assert (row["Amount"], row["Currency"]) == (
            deal["properties"]["amount"], deal["properties"]["deal_currency_code"])
        newest = {}
        for value in deal["propertiesWithHistory"]["dealstage"]:
            newest.setdefault(value["value"], hs_time(value["timestamp"]).astimezone(CHINA).strftime("%Y-%m-%d %H:%M"))
        filled = {column: text for column, text in row.items() if column.startswith("Date entered") and text}
        entries += len(filled)
        for stage, minute in newest.items():
            line, label = stages[stage][:2]
            assert filled.pop(f'Date entered "{label} ({line})"') == minute
        assert not filled or deal["id"] in told["history"]["truncated_ids"]
    assert entries == told["view"]["dates_entered"]
    assert told["log"]["stages_entered"] - entries == told["view"]["entries_overwritten"]


def test_the_hubspot_view_is_written_as_the_vendor_does():
    raw = (FOLDER / "hubspot" / "ui_export" / VIEW).read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert all(line.startswith(b'"') and line.endswith(b'"') for line in raw.splitlines())


# ---- Zoho -------------------------------------------------------------------------------------------------------


def zoho_words(text):
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=CHINA)


def zoho_lives():
    return {deal: [(datetime.fromisoformat(row["Modified_Time"]), row["Stage"]) for row in reversed(told["data"])]
            for deal, told in answer("zoho", "stage_history.json").items()}


def test_zoho_counts_moments_and_money():
    told, lives, deals = truth("zoho"), zoho_lives(), table("zoho", "Deals.csv")
    (line,) = answer("zoho", "pipeline.json")["pipeline"]
    order = [stage["actual_value"] for stage in sorted(line["maps"], key=lambda stage: stage["sequence_number"])]
    span = check_counts(told, lives, order=order, won="Closed Won", lost="Closed Lost")
    assert span == (told["log"]["first"], told["log"]["as_of"])
    assert told["rows"] == {
        "Deals.csv": len(deals), "Leads.csv": len(table("zoho", "Leads.csv")), "pipeline.json": len(line["maps"]),
        "stage_history.json": sum(map(len, lives.values())),
        "timeline.json": sum(len(one["__timeline"]) for one in answer("zoho", "timeline.json").values())}
    assert money((row["Currency"], row["Amount"]) for row in deals) == told_money(told, "deals")
    assert money((row["Currency"], row["Amount"]) for row in deals
                 if row["Stage"] == "Closed Won") == told_money(told, "won")


def test_zoho_histories_are_newest_first_with_an_offset_and_chained():
    for told in answer("zoho", "stage_history.json").values():
        rows = told["data"]
        assert told["info"]["count"] == len(rows)
        assert all(row["Modified_Time"].endswith("+08:00") for row in rows)
        assert rows[0]["Moved_To__s"] is rows[0]["Duration_Days"] is None
        for newer, older in pairwise(rows):
            assert newer["Modified_Time"] >= older["Modified_Time"]
            assert older["Moved_To__s"] == newer["Stage"]
            days = date.fromisoformat(newer["Modified_Time"][:10]) - date.fromisoformat(older["Modified_Time"][:10])
            assert older["Duration_Days"] == days.days


def test_the_zoho_exports_tell_the_same_deals_in_local_words():
    told, lives = truth("zoho"), zoho_lives()
    (line,) = answer("zoho", "pipeline.json")["pipeline"]
    shown = {stage["actual_value"]: stage["display_value"] for stage in line["maps"]}
    other = {actual: display for actual, display in shown.items() if actual != display}
    assert other == {told["dictionary"]["stage_kept_as"]: told["dictionary"]["stage_shown_as"]}
    kept = sum(stage in other for life in lives.values() for _, stage in life)
    assert kept == told["dictionary"]["entries_kept_as_that"] > 0
    deals = {row["Record Id"].removeprefix("zcrm_"): row for row in table("zoho", "Deals.csv")}
    assert deals.keys() == lives.keys()
    for deal, row in deals.items():
        life = lives[deal]
        assert row["Stage"] == shown[life[-1][1]]
        assert zoho_words(row["Created Time"]) == life[0][0]
        assert bool(row["Sales Cycle Duration"]) == row["Stage"].startswith("Closed")
        if row["Sales Cycle Duration"]:
            assert int(row["Sales Cycle Duration"]) == (life[-1][0].date() - life[0][0].date()).days


def test_zoho_leads_are_those_of_the_truth():
    log, leads = truth("zoho")["log"], table("zoho", "Leads.csv")
    deals = {row["Record Id"]: row for row in table("zoho", "Deals.csv")}
    converted = [row for row in leads if row["Is Converted"] == "true"]
    assert (len(leads), len(converted)) == (log["leads"], log["leads_converted"])
    linked = [row for row in converted if row["Converted Deal.id"]]
    assert len(converted) - len(linked) == log["leads_converted_without_deal"]
    for row in linked:
        deal = deals[row["Converted Deal.id"]]
        assert row["Converted Date Time"] == deal["Created Time"]
        waited = zoho_words(row["Converted Date Time"]).date() - zoho_words(row["Created Time"]).date()
        assert int(deal["Lead Conversion Time"]) == waited.days


def test_zoho_times_tell_their_day_order():
    days = [row["Created Time"][3:5] for row in table("zoho", "Deals.csv")]
    assert max(map(int, days)) > 12
    assert any(row["Created Time"].endswith("PM") for row in table("zoho", "Leads.csv"))


def test_zoho_timelines_tell_the_same_changes_of_stage():
    told, lives = truth("zoho"), zoho_lives()
    timelines = answer("zoho", "timeline.json")
    assert list(timelines) == told["timelines"]["deal_ids"]
    changes = 0
    for deal, one in timelines.items():
        entries = [lives[deal][0]]
        for event in reversed(one["__timeline"]):
            for field in event["field_history"] or []:
                if field["api_name"] == "Stage":
                    assert field["_value"]["old"] == entries[-1][1]
                    entries.append((datetime.fromisoformat(event["audited_time"]), field["_value"]["new"]))
        assert entries == lives[deal]
        changes += len(entries) - 1
    assert changes == told["timelines"]["stage_changes"]


def test_zoho_deals_made_odd_are_those_of_the_truth():
    odd, lives = truth("zoho")["odd"], zoho_lives()
    assert [deal for deal, life in lives.items() if any(one[0] == two[0] for one, two in pairwise(life))
            ] == odd["stages_tied_ids"]
    assert [deal for deal, life in lives.items() if [stage for _, stage in life][-2:] == ["Closed Won", "Closed Lost"]
            ] == odd["won_then_lost_ids"]
    assert [max(lives, key=lambda deal: len(lives[deal]))] == odd["long_loop_ids"]
    loaded = [deal for deal, told in answer("zoho", "stage_history.json").items()
              if told["data"][-1]["Modified_By"]["name"] == "Data Integration"]
    assert loaded == odd["imported_ids"]
    assert len({lives[deal][0][0] for deal in loaded}) == 1


# ---- Jiandaoyun -------------------------------------------------------------------------------------------------


@lru_cache
def sheet(name):
    book = openpyxl.load_workbook(FOLDER / "jiandaoyun" / name)
    return book.active


def simple(name):
    rows = list(sheet(name).iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@lru_cache
def jdy_deals():
    """Record → (its own cells, rows of its list), read along the merged cells."""
    page = sheet("商机.xlsx")
    spans = {area.min_row: area.max_row for area in page.merged_cells.ranges if area.min_col == 1}
    head, second = ([cell.value for cell in page[line]] for line in (1, 2))
    records, line = {}, 3
    while line <= page.max_row:
        end = spans.get(line, line)
        own = {caption: page.cell(line, place).value for place, caption in enumerate(head, start=1) if caption}
        inner = [{caption: page.cell(at, place).value for place, caption in enumerate(second, start=1) if caption}
                 for at in range(line, end + 1)]
        records[own["商机编号"]] = (own, inner)
        line = end + 1
    return records


def local(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)


def test_jiandaoyun_headers_have_two_rows_and_merged_parents():
    page, told = sheet("商机.xlsx"), truth("jiandaoyun")["subform"]
    head, second = ([cell.value for cell in page[line]] for line in (1, 2))
    at = head.index(told["caption"])
    assert second[at: at + 4] == ["原阶段", "新阶段", "变更时间", "变更人"]
    assert [caption for caption in second if caption] == second[at: at + 4]
    areas = {area.coord for area in page.merged_cells.ranges}
    assert "A1:A2" in areas
    assert page.cell(1, at + 1).coordinate + ":" + page.cell(1, at + 4).coordinate in areas
    assert {"提交人", "提交时间", "更新时间"} <= set(head)
    assert [row for row in page.iter_rows(min_row=3, values_only=True) if row[at + 1] is None] == []


def test_jiandaoyun_counts_moments_and_money():
    told, records = truth("jiandaoyun"), jdy_deals()
    lives = {}
    for deal, (own, inner) in records.items():
        lives[deal] = [(local(row["变更时间"]), row["新阶段"]) for row in inner]
        assert own["商机阶段"] == inner[-1]["新阶段"]
        assert inner[0]["原阶段"] is None
        assert [row["原阶段"] for row in inner[1:]] == [row["新阶段"] for row in inner[:-1]]
    order = ["初步接洽", "需求明确", "方案验证", "商务报价", "商务谈判", "赢单", "输单"]
    span = check_counts(told, lives, order=order, won="赢单", lost="输单")
    assert span == (told["log"]["first"], told["log"]["as_of"])
    assert sum(map(len, lives.values())) == told["subform"]["rows"]
    assert sum(len(life) == 1 for life in lives.values()) == told["subform"]["records_with_one_row"] > 0
    deals = [own for own, _ in records.values()]
    assert money((row["币种"], row["商机金额"]) for row in deals) == told_money(told, "deals")
    won = [row for row in deals if row["商机阶段"] == "赢单"]
    assert money((row["币种"], row["商机金额"]) for row in won) == told_money(told, "won")


def test_jiandaoyun_forms_hold_together():
    told, records = truth("jiandaoyun"), jdy_deals()
    leads, contracts, payments = simple("线索.xlsx"), simple("合同.xlsx"), simple("回款.xlsx")
    assert told["rows"] == {"线索.xlsx": len(leads), "商机.xlsx": len(records), "合同.xlsx": len(contracts),
                            "回款.xlsx": len(payments), "合同审批.json": len(answer("jiandaoyun", "合同审批.json"))}
    converted = [row for row in leads if row["线索状态"] == "已转化"]
    assert (len(leads), len(converted)) == (told["log"]["leads"], told["log"]["leads_converted"])
    assert sum(row["商机编号"] is None for row in converted) == told["log"]["leads_converted_without_deal"]
    for row in converted:
        if row["商机编号"]:
            assert records[row["商机编号"]][0]["线索编号"] == row["线索编号"]
            assert records[row["商机编号"]][0]["提交时间"] == row["转化时间"]
    assert {row["商机编号"] for row in contracts} <= {deal for deal, (own, _) in records.items()
                                                  if own["商机阶段"] == "赢单"}
    by_key = {row["合同编号"]: row for row in contracts}
    assert {by_key[row["合同编号"]]["合同状态"] for row in payments} == {"已签署"}
    assert all(row["回款日期"] >= by_key[row["合同编号"]]["签订日期"] for row in payments)
    assert money((row["币种"], row["合同金额"]) for row in contracts) == told_money(told, "contracts")
    assert money((row["币种"], row["回款金额"]) for row in payments) == told_money(told, "payments")
    assert sum(row["签订日期"] is not None for row in contracts) == told["approvals"]["signed"]


def test_no_jiandaoyun_contract_is_paid_more_than_its_amount():
    paid = Counter()
    for row in simple("回款.xlsx"):
        paid[row["合同编号"]] += row["回款金额"]
    amounts = {row["合同编号"]: row["合同金额"] for row in simple("合同.xlsx")}
    assert all(total <= amounts[key] for key, total in paid.items())
    assert {paid[key] == amounts[key] for key in paid} == {True, False}


def test_jiandaoyun_approvals_are_those_of_the_truth():
    told, instances = truth("jiandaoyun")["approvals"], answer("jiandaoyun", "合同审批.json")
    tasks = [task for one in instances for task in one["tasks"]]
    ends = Counter(task["finish_action"] for task in tasks)
    assert (len(instances), len(tasks), ends[None]) == (told["instances"], told["tasks"], told["open_tasks"])
    for action in ("forward", "back", "transfer", "reject"):
        assert ends[action] == told[f"tasks_{action}"] > 0
    assert set(ends) == {"forward", "back", "transfer", "reject", None}
    assert sum(one["result"] == 1 for one in instances) == told["approved"]
    assert sum(one["status"] == 0 for one in instances) == told["running"] > 0
    refused = [one["instance_id"] for one in instances if one["tasks"][-1]["finish_action"] == "reject"]
    assert refused == told["refused_ids"]
    assert len(refused) == told["refused"]


def test_each_jiandaoyun_approval_runs_from_task_to_task_and_belongs_to_a_contract():
    contracts = {row["数据ID"]: row for row in simple("合同.xlsx")}
    for one in answer("jiandaoyun", "合同审批.json"):
        row = contracts.pop(one["instance_id"])
        assert local(row["提交时间"]) == datetime.fromisoformat(one["create_time"])  # UTC here, local there
        assert int(one["instance_id"][:8], 16) == int(local(row["提交时间"]).timestamp())
        assert re.fullmatch("[0-9a-f]{24}", one["instance_id"])
        assert (row["流程状态"] == "流转中") == (one["finish_time"] is None) == (row["当前节点"] is not None)
        assert one["tasks"][0]["create_time"] == one["create_time"]
        assert one["tasks"][-1]["finish_time"] == one["finish_time"]
        for task, following in pairwise(one["tasks"]):
            assert task["create_time"] < task["finish_time"] == following["create_time"]
            assert following["create_action"] == task["finish_action"]
            assert (following["flow_name"] == task["flow_name"]) == (task["finish_action"] == "transfer")
            assert (following["flow_id"] == 0) == (task["finish_action"] == "back")
    assert contracts == {}


def test_jiandaoyun_deals_made_odd_are_those_of_the_truth():
    odd, records = truth("jiandaoyun")["odd"], jdy_deals()
    times = {deal: [row["变更时间"] for row in inner] for deal, (_, inner) in records.items()}
    assert [deal for deal, moments in times.items() if len(set(moments)) < len(moments)] == odd["stages_tied_ids"]
    assert [deal for deal, (_, inner) in records.items()
            if (inner[-1]["原阶段"], inner[-1]["新阶段"]) == ("赢单", "输单")] == odd["won_then_lost_ids"]
    assert [max(records, key=lambda deal: len(records[deal][1]))] == odd["long_loop_ids"]
    loaded = [deal for deal, (own, _) in records.items() if own["提交人"] == "系统集成"]
    assert loaded == odd["imported_ids"]
    assert len({records[deal][0]["提交时间"] for deal in loaded}) == 1


def test_the_four_crm_samples_hold_the_same_deals(salesforce, hubspot):
    """One plan, four dialects: the same moments (to the second) in the same order."""
    sf = {tuple(at for at, _ in collapsed([(sf_time(row["CreatedDate"]), row["StageName"]) for row in rows]))
          for rows in saves(salesforce).values()}
    zoho = {tuple(at.astimezone(UTC) for at, _ in life) for life in zoho_lives().values()}
    jdy = {tuple(local(row["变更时间"]).astimezone(UTC) for row in inner) for _, inner in jdy_deals().values()}
    assert sf == zoho == jdy
    hs = {tuple(hs_time(value["timestamp"]).replace(microsecond=0)
                for value in reversed(deal["propertiesWithHistory"]["dealstage"])) for deal in hubspot}
    assert {life[-20:] for life in sf} == hs


# ---- the company ------------------------------------------------------------------------------------------------

COMPANY = ("线索.csv", "商机.csv", "商机阶段变更.csv", "合同.csv", "客户服务工单.csv", "满意度回访.csv", "续约.csv",
           *sorted(FINANCE))
CODES = {"人民币": "CNY", "美元": "USD", "CNY": "CNY", "USD": "USD"}
AS_OF = date(2025, 6, 30)
LINKS = ("won_to_contract", "contract_to_order", "order_to_invoice", "invoice_to_payment")
BROKEN = dict(zip(LINKS, ("won_without_contract", "contracts_without_order", "orders_without_invoice",
                          "invoices_without_money"), strict=True))


@pytest.fixture(scope="module")
def company():
    return {name: table("end_to_end", name, "gb18030" if name in FINANCE else "utf-8-sig") for name in COMPANY}


def day(text):
    return date.fromisoformat(text[:10])


def both(pairs):
    """Money in both currencies, also where there is none."""
    return {"cny": "0", "usd": "0"} | money((CODES[currency], amount) for currency, amount in pairs)


def waited_for(company):
    """link → document → (since when, currency, amount) of the valid ones that the next step is waited for."""
    won = {row["商机编号"]: row["变更时间"] for row in company["商机阶段变更.csv"] if row["新阶段"] == "赢单"}
    return {
        "won_to_contract": {row["商机编号"]: (day(won[row["商机编号"]]), row["币种"], row["商机金额"])
                            for row in company["商机.csv"] if row["商机阶段"] == "赢单"},
        "contract_to_order": {row["合同编号"]: (day(row["签订日期"]), row["币种"], row["合同金额"])
                              for row in company["合同.csv"] if row["签订日期"] and row["合同状态"] != "作废"},
        "order_to_invoice": {row["单据编号"]: (day(row["日期"]), row["结算币别"], row["价税合计"])
                             for row in company["销售订单.csv"] if row["作废状态"] == "否"},
        "invoice_to_payment": {row["发票号"]: (day(row["开票日期"]), row["币别"], row["价税合计"])
                               for row in company["发票.csv"]
                               if row["单据类型"] == "销售发票" and row["单据状态"] == "已审核"},
    }


def next_steps(company):
    """link → document → days of those that follow it."""
    steps = {link: {} for link in LINKS}
    for link, name, column, at in (
        ("won_to_contract", "合同.csv", "商机编号", "创建时间"),
        ("contract_to_order", "销售订单.csv", "合同编号", "日期"),
        ("order_to_invoice", "发票.csv", "订单编号", "开票日期"),
        ("invoice_to_payment", "收款单.csv", "发票号", "收款日期"),
    ):
        for row in company[name]:
            steps[link].setdefault(row[column], []).append(day(row[at]))
    return steps


def test_the_company_counts_moments_and_rows(company):
    told = truth("end_to_end")
    assert told["rows"] == {name: len(rows) for name, rows in company.items()}
    lives = {}
    for row in company["商机阶段变更.csv"]:
        lives.setdefault(row["商机编号"], []).append((datetime.fromisoformat(row["变更时间"]), row["新阶段"]))
    check_counts(told, lives, order=[], won="赢单", lost="输单")
    assert {row["商机编号"]: row["商机阶段"] for row in company["商机.csv"]} == {
        deal: life[-1][1] for deal, life in lives.items()}
    assert all(row["商机编号"] for row in company["线索.csv"] if row["线索状态"] == "已转化")
    assert sum(row["线索状态"] == "已转化" for row in company["线索.csv"]) == told["log"]["leads_converted"]
    entered = {"创建时间", "更新时间", "变更时间", "创建日期", "制单日期", "回访时间", "解决时间", "完成时间"}
    moments = [row[column] for rows in company.values() for row in rows for column in entered & row.keys()
               if row[column]]
    assert datetime.fromisoformat(min(moments)) == told["log"]["first"]
    assert datetime.fromisoformat(max(moments)) == told["log"]["last"] <= told["log"]["as_of"]
    assert told["log"]["as_of"].date() == AS_OF
    every = [text for rows in company.values() for row in rows for column, text in row.items()
             if column.startswith("审核日期")]
    assert datetime.fromisoformat(max(every)) <= told["log"]["as_of"]


def test_the_company_has_the_money_of_the_truth(company):
    told = truth("end_to_end")
    sales = [row for row in company["发票.csv"] if row["单据类型"] != "采购发票"]
    for what, rows, currency, amount in (
        ("deals", company["商机.csv"], "币种", "商机金额"),
        ("won", [row for row in company["商机.csv"] if row["商机阶段"] == "赢单"], "币种", "商机金额"),
        ("contracts", company["合同.csv"], "币种", "合同金额"),
        ("orders", company["销售订单.csv"], "结算币别", "价税合计"),
        ("sales_invoices", sales, "币别", "价税合计"), ("payments", company["收款单.csv"], "币别", "收款金额"),
        ("revenue", company["收入确认.csv"], "币别", "确认金额"),
    ):
        assert both((row[currency], row[amount]) for row in rows) == told_money(told, what), what


@pytest.mark.parametrize("link", LINKS)
def test_what_nothing_follows_is_a_break_or_too_young_to_be_one(company, link):
    told, waited, steps = truth("end_to_end"), waited_for(company)[link], next_steps(company)[link]
    broken, regular = told["breaks"][BROKEN[link]], told["links"][link]
    first = {name: min(steps[name]) - since for name, (since, _, _) in waited.items() if name in steps}
    last = {name: max(steps[name]) - waited[name][0] for name in first}
    assert (len(waited), len(first)) == (regular["waited_for"], regular["followed"])
    assert max(first.values()).days == regular["longest_regular_days"]
    assert max(last.values()).days == regular["longest_regular_days_to_the_last"]
    assert min(first.values()).days >= 0
    alone = {name: (AS_OF - waited[name][0]).days for name in waited.keys() - steps.keys()}
    assert sorted(alone) == sorted(broken["ids"] + regular["waiting_ids"])
    assert not set(broken["ids"]) & set(regular["waiting_ids"])
    old, young = [alone[name] for name in broken["ids"]], [alone[name] for name in regular["waiting_ids"]]
    assert len(old) == broken["count"] >= 4
    assert len(young) == regular["waiting"] > 0
    assert min(old) == broken["youngest_days"] >= 3 * regular["longest_regular_days_to_the_last"]
    assert max(young) == regular["waiting_oldest_days"] <= regular["longest_regular_days"]
    for names, part in ((broken["ids"], broken), (regular["waiting_ids"], regular)):
        assert both(waited[name][1:] for name in names) == {"cny": part["cny"], "usd": part["usd"]}
    assert broken["usd"] != "0"


def test_documents_that_name_what_is_not_there_are_those_of_the_truth(company):
    told = truth("end_to_end")["breaks"]
    deals = {row["商机编号"] for row in company["商机.csv"]}
    strange = [row for row in company["合同.csv"] if row["商机编号"] not in deals]
    part = told["contracts_of_unknown_deals"]
    assert [row["合同编号"] for row in strange] == part["ids"]
    assert [row["商机编号"] for row in strange] == part["unknown_deal_ids"]
    assert both((row["币种"], row["合同金额"]) for row in strange) == {"cny": part["cny"], "usd": part["usd"]}
    invoices = {row["发票号"] for row in company["发票.csv"]}
    stray = [row for row in company["收款单.csv"] if row["发票号"] not in invoices]
    part = told["payments_of_unknown_invoices"]
    assert [row["收款单号"] for row in stray] == part["ids"]
    assert [row["发票号"] for row in stray] == part["unknown_invoice_ids"]
    assert both((row["币别"], row["收款金额"]) for row in stray) == {"cny": part["cny"], "usd": part["usd"]}
    assert len(strange) == told["contracts_of_unknown_deals"]["count"] == part["count"] == len(stray) == 3


def test_every_other_reference_is_found(company):
    keys = {name: {row[column] for row in company[name]} for name, column in (
        ("线索.csv", "线索编号"), ("商机.csv", "商机编号"), ("合同.csv", "合同编号"), ("销售订单.csv", "单据编号"),
        ("销售出库单.csv", "单据编号"), ("发票.csv", "发票号"))}
    sales = [row for row in company["发票.csv"] if row["单据类型"] != "采购发票"]
    for target, rows, column in (
        ("线索.csv", company["商机.csv"], "线索编号"), ("商机.csv", company["线索.csv"], "商机编号"),
        ("商机.csv", company["商机阶段变更.csv"], "商机编号"), ("合同.csv", company["销售订单.csv"], "合同编号"),
        ("销售订单.csv", company["销售出库单.csv"], "源单编号"), ("销售出库单.csv", company["验收单.csv"], "源单编号"),
        ("销售订单.csv", company["验收单.csv"], "订单编号"), ("销售订单.csv", sales, "订单编号"),
        ("合同.csv", sales, "合同编号"), ("发票.csv", sales, "原发票号"),
        ("合同.csv", company["收入确认.csv"], "合同编号"), ("销售订单.csv", company["收入确认.csv"], "订单编号"),
        ("合同.csv", company["客户服务工单.csv"], "合同编号"),
        ("销售订单.csv", company["满意度回访.csv"], "订单编号"), ("合同.csv", company["续约.csv"], "原合同编号"),
    ):
        assert {row[column] for row in rows} - {""} <= keys[target], (target, column)


def test_the_keys_of_the_company_are_unique(company):
    for name, column in (("线索.csv", "线索编号"), ("商机.csv", "商机编号"), ("合同.csv", "合同编号"),
                         ("销售订单.csv", "单据编号"), ("销售出库单.csv", "单据编号"), ("验收单.csv", "单据编号"),
                         ("发票.csv", "发票号"), ("收入确认.csv", "凭证号"), ("客户服务工单.csv", "工单编号"),
                         ("满意度回访.csv", "回访编号"), ("续约.csv", "续约编号")):
        assert len({row[column] for row in company[name]}) == len(company[name]), name
    lines = {(row["收款单号"], row["行号"]) for row in company["收款单.csv"]}
    assert len(lines) == len(company["收款单.csv"])


def test_cancelled_documents_are_no_breaks_and_stand_in_the_truth(company):
    told, steps = truth("end_to_end")["not_breaks"], next_steps(company)
    orders = [row for row in company["销售订单.csv"] if row["作废状态"] == "是"]
    assert sorted(row["单据编号"] for row in orders) == told["cancelled_orders_ids"]
    delivered = {row["源单编号"] for row in company["销售出库单.csv"]}
    assert not {row["单据编号"] for row in orders} & (delivered | set(steps["order_to_invoice"]))
    assert all(row["作废日期"] for row in orders)
    voided = [row for row in company["合同.csv"] if row["合同状态"] == "作废"]
    assert sorted(row["合同编号"] for row in voided) == told["voided_contracts_ids"]
    assert not {row["合同编号"] for row in voided} & set(steps["contract_to_order"])
    assert all(row["作废日期"] and not row["签订日期"] for row in voided)
    again = [row["合同编号"] for row in company["合同.csv"] if row["合同状态"] != "作废"
             and row["商机编号"] in {one["商机编号"] for one in voided}]
    assert again == told["drawn_up_again_ids"]


def test_one_invoice_is_cancelled_and_one_taken_back_and_both_are_written_again(company):
    told = truth("end_to_end")["not_breaks"]
    invoices = {row["发票号"]: row for row in company["发票.csv"]}
    void = [key for key, row in invoices.items() if row["单据状态"] == "作废"]
    taken = [key for key, row in invoices.items() if row["单据状态"] == "已红冲"]
    red = [key for key, row in invoices.items() if row["单据类型"] == "红字销售发票"]
    assert [void, taken, red] == [told[f"{kind}_invoices_ids"] for kind in ("cancelled", "reversed", "red")]
    assert [invoices[key]["原发票号"] for key in red] == taken
    assert int(invoices[red[0]]["价税合计"]) == -int(invoices[taken[0]]["价税合计"])
    paid = {row["发票号"] for row in company["收款单.csv"]}
    assert not paid & {*void, *taken, *red}
    again = [key for key, row in invoices.items() for old in (*void, *taken) if key != old and key not in red
             and (row["订单编号"], row["价税合计"]) == (invoices[old]["订单编号"], invoices[old]["价税合计"])]
    assert sorted(again) == told["written_again_ids"]
    assert set(again) <= paid


def test_payments_in_parts_and_one_that_settles_two(company):
    told = truth("end_to_end")["not_breaks"]
    amounts = {row["发票号"]: int(row["价税合计"]) for row in company["发票.csv"]}
    parts, receipts = {}, {}
    for row in company["收款单.csv"]:
        parts.setdefault(row["发票号"], []).append(int(row["收款金额"]))
        receipts.setdefault(row["收款单号"], []).append(row["发票号"])
    assert sum(len(lines) > 1 for lines in parts.values()) == told["invoices_paid_in_parts"] > 5
    known = {invoice: sum(lines) for invoice, lines in parts.items() if invoice in amounts}
    assert all(paid <= amounts[invoice] for invoice, paid in known.items())
    partly = sorted(invoice for invoice, paid in known.items() if paid < amounts[invoice])
    assert partly == told["invoices_partly_paid_ids"]
    assert len(partly) >= 1
    two = {receipt: invoices for receipt, invoices in receipts.items() if len(invoices) > 1}
    assert list(two) == told["settles_two_ids"]
    assert sorted(two[told["settles_two_ids"][0]]) == told["settles_two_invoice_ids"]
    assert len(set(told["settles_two_invoice_ids"])) == 2


def test_fan_out_rework_and_the_invoices_of_suppliers(company):
    told = truth("end_to_end")["not_breaks"]
    valid = [row for row in company["销售订单.csv"] if row["作废状态"] == "否"]
    for key, rows, column in (("contracts_with_two_orders", valid, "合同编号"),
                              ("orders_with_two_deliveries", company["销售出库单.csv"], "源单编号")):
        assert sum(n > 1 for n in Counter(row[column] for row in rows).values()) == told[key] > 1
    assert sum(row["验收结果"] == "不通过" for row in company["验收单.csv"]) == told["failed_acceptances"] > 1
    assert sum(bool(row["变更日期"]) for row in company["销售订单.csv"]) == told["changed_orders"] > 1
    backdated = [row for row in company["销售出库单.csv"] if day(row["日期"]) < day(row["创建日期"])]
    assert len(backdated) == told["backdated_deliveries"] > 1
    bought = [row for row in company["发票.csv"] if row["单据类型"] == "采购发票"]
    assert len(bought) == told["purchase_invoices"] > 5
    assert str(sum(int(row["价税合计"]) for row in bought)) == told["purchase_cny"]
    assert not {row["往来单位"] for row in bought} & {row["客户名称"] for row in company["商机.csv"]}


def test_orders_add_up_to_contracts_and_invoices_to_orders(company):
    def sums(rows, key, amount):
        total = Counter()
        for row in rows:
            total[row[key]] += int(row[amount])
        return total

    contracts = {row["合同编号"]: int(row["合同金额"]) for row in company["合同.csv"]}
    orders = {row["单据编号"]: int(row["价税合计"]) for row in company["销售订单.csv"]}
    sales = [row for row in company["发票.csv"] if row["单据类型"] != "采购发票"
             and row["单据状态"] != "作废"]
    ordered = sums(company["销售订单.csv"], "合同编号", "价税合计")
    billed = sums(sales, "订单编号", "价税合计")
    assert all(total <= contracts[key] for key, total in ordered.items())
    assert all(total <= orders[key] for key, total in billed.items())
    assert sum(total == contracts[key] for key, total in ordered.items()) > 60
    assert sum(total == orders[key] for key, total in billed.items()) > 60


@pytest.mark.parametrize("name", COMPANY)
def test_the_files_of_the_company_are_encoded_as_its_systems_do(name):
    raw = (FOLDER / "end_to_end" / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") == (name not in FINANCE)
    assert raw.count(b"\r\n") == raw.count(b"\n")
    if name in FINANCE:
        with pytest.raises(UnicodeDecodeError):
            raw.decode("utf-8")
