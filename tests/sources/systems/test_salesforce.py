"""Salesforce: events, links and fates of hand-written exports in every dialect; real ones counted in plain Python."""

from __future__ import annotations

import csv
import shutil
import tomllib
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from told import made, reported, timed

import ltcdiag as ltc
from ltcdiag.errors import InputError
from ltcdiag.words import use

HERE = Path(__file__).parent / "salesforce"
SAMPLE = Path(__file__).parents[3] / "sample_logs" / "salesforce"
O1, O2, O3, O5 = (f"0065g00000000{name}AAI" for name in ("O1", "O2", "O3", "O5"))
LOWER = "0065g00000000o1AAA"    # another deal than O1: capitals count


def read(*parts, **options):
    with use("en"):
        return ltc.read(HERE.joinpath(*parts), **options)


def rows_of(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def check(log):
    """The laws of every source."""
    assert log.ledger.balanced
    assert sum(len(rows) for rows in timed(log).values()) == log.events
    return log


# ---- API and Data Loader -------------------------------------------------------------------------------------------

DEAL = [
    ("Opportunity created", "2025-01-06 02:00:00"),
    ("Qualification", "2025-01-06 02:00:00"),
    ("Call", "2025-01-07 09:00:00"),
    ("Meeting", "2025-01-15 03:00:00"),
    ("Needs Analysis", "2025-01-20 06:00:00"),
    ("Owner changed", "2025-01-21 06:00:00"),
    ("Proposal/Price Quote", "2025-02-10 07:00:00"),
    ("Quote created", "2025-02-10 08:00:00"),
    ("Approval submitted", "2025-02-10 09:00:00"),
    ("Approval approved", "2025-02-12 04:00:00"),
    ("Needs Analysis", "2025-02-24 07:00:00"),          # back again
    ("Proposal/Price Quote", "2025-03-03 07:00:00"),
    ("Closed Won", "2025-03-20 08:00:00"),
    ("Contract drafted", "2025-03-21 01:00:00"),
    ("Contract approved", "2025-03-24 02:00:00"),
    ("Contract signed", "2025-03-25 00:00:00"),
    ("Contract activated", "2025-03-27 03:00:00"),
    ("Order created", "2025-03-28 01:00:00"),
    ("Order released", "2025-03-28 05:00:00"),
    ("Invoice created", "2025-04-01 01:00:00"),
    ("Invoice posted", "2025-04-02 00:00:00"),
    ("Receivable cleared, cash or not unknown", "2025-04-30 00:00:00"),     # settled is not paid
    ("Order changed", "2025-05-06 01:00:00"),           # a reduction order takes part of it back
    ("Order released", "2025-05-06 02:00:00"),
]
LEAD = [
    ("Lead created", "2025-01-02 01:00:00"),
    ("Lead: Open - Not Contacted", "2025-01-02 01:00:00"),
    ("Lead: Working - Contacted", "2025-01-03 03:00:00"),
    ("Lead: Closed - Converted", "2025-01-06 02:00:00"),
    ("Lead converted", "2025-01-06 02:00:00"),
]
OTHERS = {
    O2: [("Opportunity created", "2025-01-08 01:00:00"), ("Qualification", "2025-01-08 01:00:00"),
         ("Closed Won", "2025-02-01 01:00:00"), ("Closed Lost", "2025-02-11 01:00:00")],
    O3: [("Opportunity created", "2025-01-09 01:00:00"), ("Negotiation/Review", "2025-02-05 04:00:00")],
    O5: [("Opportunity created", "2025-02-12 01:00:00"), ("Qualification", "2025-02-12 01:00:00"),
         ("Verbal Yes", "2025-02-20 01:00:00")],
}
TICKET = [("Ticket opened", "2025-06-01 01:00:00"), ("Ticket: New", "2025-06-01 01:00:00"),
          ("Ticket: Working", "2025-06-02 01:00:00"), ("Ticket: Closed", "2025-06-03 01:00:00"),
          ("Ticket closed", "2025-06-03 01:00:00")]


@pytest.fixture(scope="module")
def api():
    return check(read("api"))


@pytest.fixture(scope="module")
def chain():
    return check(read("api", case="end_to_end"))


def test_deals_are_the_cases_where_nobody_says_otherwise(api):
    assert api.notion == "opportunity"
    assert timed(api) == {O1: DEAL, **OTHERS}
    assert api.timezone == "UTC"


def test_the_chain_from_the_lead_to_the_settled_invoice(chain):
    assert timed(chain) == {
        "00Q5g00000000L1EAI": LEAD + DEAL,
        "00Q5g00000000L2EAI": [("Lead created", "2025-01-02 05:00:00"), ("E-mail", "2025-01-04 03:00:00")],
        "5005g00000000S1AAI": TICKET, **OTHERS,
    }


def test_a_customer_holds_all_its_deals_and_its_tickets():
    found = timed(check(read("api", case="account")))
    assert set(found) == {"0015g00000000A1AAI", "0015g00000000A2AAI"}
    assert set(DEAL + LEAD + TICKET) <= set(found["0015g00000000A1AAI"])
    assert sorted(found["0015g00000000A2AAI"]) == sorted(OTHERS[O2] + OTHERS[O3] + OTHERS[O5])


def test_rows_that_make_no_event_have_their_reason(api):
    # no_event: two rows that only say "created", the id row of a changed owner, an approver who was not needed,
    # a task that is not done. planned: a meeting of next year.
    assert dict(api.ledger.set_aside) == {
        "deleted": 2, "merged_away": 1, "planned": 1, "invitee_copy": 1, "no_event": 5}
    assert api.ledger.totals["records"] == sum(
        len(path.read_text("utf-8").splitlines()) - 1 for path in (HERE / "api").glob("*.csv"))
    # the stage of the field history stands in the stage history, a decision in three tables
    assert api.ledger.totals["merged"] == 3


def test_money_of_each_document_counts_once(api):
    money = {each.currency: each for each in api.ledger.money}
    assert money["CNY"].kept == 120_000 + 80_000 + 9_000 + 120_000 + 120_000 - 5_000 + 120_000
    assert money["CNY"].set_aside == 10
    assert (money["USD"].kept, money["USD"].read) == (50_000, 50_000)


def test_changes_of_facts_are_steps_only_when_asked_for():
    told = [step for step in timed(check(read("api", changes=True)))[O1] if step not in DEAL]
    assert told == [
        ("Close date pushed", "2025-01-06 02:00:00"),
        ("Amount changed", "2025-02-03 06:00:00"),
        ("Close date pushed", "2025-02-24 07:00:00"),   # told by both histories, once
        ("Close date pulled in", "2025-03-20 08:00:00"),
    ]


def test_people_have_names_roles_and_departments(chain):
    assert made(chain, "st, resource, role, department", "activity = 'Approval approved'") == [
        (datetime(2025, 2, 10, 9), "Wang Wei", "Finance Director", "Finance")]     # start: of the level's waiting
    assert {row[0] for row in made(chain, "resource", "activity = 'Lead created'")} == {"Integration User"}
    assert made(chain, "resource", "activity in ('Contract approved', 'Contract signed')") == [(None,), (None,)]
    meeting = made(chain, "st, ts", "activity = 'Meeting'")
    assert meeting == [(datetime(2025, 1, 15, 2), datetime(2025, 1, 15, 3))]


def test_the_dictionary_says_what_is_won_and_flags_beat_labels(api, chain):
    stages = {row.activity: row.stage for row in ltc.activities(api).table.itertuples()}
    assert stages["Verbal Yes"] == "won"
    assert stages["Closed Lost"] == "lost"
    assert ("Lead converted", "2025-01-05 02:00:00") not in timed(chain)["00Q5g00000000L2EAI"]
    assert [note for note in api.notes if note.startswith("1 leads have a status that says converted")]


def only(tmp_path, *names):
    for name in names:
        shutil.copy(HERE / "api" / f"{name}.csv", tmp_path / f"{name}.csv")
    return tmp_path


def test_a_field_history_that_begins_after_the_deal_does_not_tell_its_first_stage(tmp_path):
    log = check(read(only(tmp_path, "Opportunity", "OpportunityFieldHistory")))
    assert timed(log)[O1] == [
        ("Opportunity created", "2025-01-06 02:00:00"), ("Owner changed", "2025-01-21 06:00:00"),
        ("History begins here", "2025-02-10 07:00:00"), ("Proposal/Price Quote", "2025-02-10 07:00:00"),
        ("Closed Won", "2025-03-20 08:00:00")]      # the last change of stage, by the deal's own row
    assert any("it was cut" in note for note in log.notes)


def test_a_field_history_older_than_the_lead_tells_its_first_stage(tmp_path):
    log = check(read(only(tmp_path, "Lead", "LeadHistory"), case="lead"))
    assert timed(log)["00Q5g00000000L1EAI"] == LEAD
    assert not any("cut" in note for note in log.notes)


def test_a_close_date_stands_in_only_where_no_history_shows_the_close(tmp_path):
    log = check(read(only(tmp_path, "Opportunity", "OpportunityHistory")))
    assert not [row for row in made(log, "activity") if row[0] in ("Deal won", "Deal lost")]
    assert log.ledger.totals["events"] < sum(1 for _ in made(log, "row"))      # changes of facts are out of the view


# ---- only the present stage ----------------------------------------------------------------------------------------


def test_a_snapshot_never_invents_stages_and_no_close_lies_behind_the_last_touch():
    log = check(read("snapshot"))
    case = {name: f"0065g00000000O{name}AAI" for name in "12345"}
    assert timed(log) == {
        case["1"]: [("Opportunity created", "2024-07-01 21:22:07"), ("Deal won", "2024-07-05 00:00:00")],
        case["2"]: [("Opportunity created", "2024-07-02 21:22:07"), ("Deal won", "2024-07-11 21:22:08")],
        case["3"]: [("Deal won", "2024-03-18 00:00:00"), ("Opportunity created", "2024-07-03 21:22:07")],
        case["4"]: [("Opportunity created", "2024-07-04 21:22:07")],
        case["5"]: [("Opportunity created", "2024-07-04 21:22:07")],
    }
    said = "\n".join(log.notes)
    assert "show only the present stage" in said
    assert "1 opportunities stand in a stage that sounds won or lost" in said
    assert "1 records were entered more than a day after the business date" in said


# ---- weekly export -------------------------------------------------------------------------------------------------


def test_the_weekly_export():
    log = check(read("weekly", case="end_to_end"))
    assert timed(log) == {
        O1: [("Opportunity created", "2023-10-28 20:45:25"), ("Calificación", "2023-10-28 20:45:25"),
             ("Propuesta", "2023-11-20 12:00:00"), ("Cerrada ganada", "2023-12-01 09:30:00")],
        O2: [("Opportunity created", "2023-11-02 15:00:00"), ("Calificación", "2023-11-02 15:00:00")],
        "00Q5g00000000L1EAI": [
            ("Lead created", "2023-10-20 08:00:00"), ("Lead: Open - Not Contacted", "2023-10-20 08:00:00"),
            ("Lead: Working - Contacted", "2023-10-25 08:00:00")],
        "5005g00000000S1AAI": [("Ticket: New", "2023-11-10 10:00:00"), ("Ticket: Escalated", "2023-11-11 10:00:00")],
    }
    assert log.timezone is None                     # a clock that nobody wrote down
    assert {file.encoding for file in log.ledger.files if "Opportunity" in file.file} == {"cp1252"}
    assert dict(log.ledger.set_aside) == {"no_event": 1, "other_type": 1}   # a "created" row, a change of an account
    stages = {row.activity: row.stage for row in ltc.activities(log).table.itertuples()}
    assert stages["Cerrada ganada"] == "won"        # no word tells it, the flag of the deal does
    kinds = log.tables.store.connection.sql("select distinct type from ob").fetchall()
    assert ("contract",) not in kinds               # 000000000000000AAA is no contract


@pytest.mark.parametrize(("lang", "what", "ask"), [
    ("en", "list of fields whose history is kept", "EntityHistory.csv"),
    ("zh", "没有任何变更记录", "EntityHistory.csv"),
])
def test_the_list_of_tracked_fields_is_no_history(lang, what, ask):
    with use(lang), pytest.raises(InputError) as error:
        ltc.read(HERE / "tracked_fields")
    assert what in str(error.value)
    assert ask in str(error.value)


@pytest.mark.parametrize(("lang", "what"), [("en", "header but no rows"), ("zh", "没有数据")])
def test_a_header_alone_is_refused_in_words(tmp_path, lang, what):
    header = (HERE / "api" / "OpportunityHistory.csv").read_text("utf-8").splitlines()[0]
    (tmp_path / "OpportunityHistory.csv").write_text(header + "\n", encoding="utf-8")
    with use(lang), pytest.raises(InputError) as error:
        ltc.read(tmp_path)
    assert what in str(error.value)


# ---- reports -------------------------------------------------------------------------------------------------------


def test_reports_in_english_with_footers_short_ids_and_names_for_ids():
    log = check(read("report_en"))
    assert timed(log) == {
        O1: [("Opportunity created", "2025-01-13 10:05:00"), ("Qualification", "2025-01-13 10:05:00"),
             ("Needs Analysis", "2025-01-27 14:30:00"), ("Closed Lost", "2025-02-17 09:00:00")],
        LOWER: [("Opportunity created", "2025-01-14 11:00:00"), ("Qualification", "2025-01-14 11:00:00"),
                ("Negotiation/Review", "2025-01-17 11:00:00")],
        O3: [("Opportunity created", "2025-01-18 00:00:00")],
        "0065g00000000O4AAI": [("Opportunity created", "2025-01-19 00:00:00")],
    }
    assert dict(log.ledger.set_aside) == {"name_not_unique": 1}     # two deals are called Twin
    assert sum(file.structure for file in log.ledger.files) == 2 * (1 + 6)      # header, blank line, five of footer


def test_a_report_in_chinese_with_a_title():
    with use("zh"):
        log = check(ltc.read(HERE / "report_zh"))
    assert timed(log) == {
        O1: [("创建商机", "2025-01-13 00:00:00"), ("赢单", "2025-02-17 00:00:00")],
        LOWER: [("创建商机", "2025-01-14 00:00:00")],
        O3: [("创建商机", "2025-01-15 00:00:00"), ("输单", "2025-02-03 00:00:00")],
    }
    assert {file.encoding for file in log.ledger.files} == {"gb18030"}
    assert {str(money.kept) for money in log.ledger.money} == {"189000.000000"}
    assert made(log, "resource", "activity = '输单'") == [(None,)]      # an owner now is nobody who lost it then


def test_a_formatted_report_with_title_and_totals(tmp_path):
    book = openpyxl.Workbook()
    above = ["Opportunities", "As of 2025-02-20 17:12:33 China Standard Time/CST", None, "Filtered By",
             "   Show: All opportunities", "   Date Field: Close Date equals All Time", None, None]
    head = ["Opportunity ID", "Opportunity Name", "Stage", "Amount Currency", "Amount", "Close Date", "Created Date",
            "Opportunity Owner", "Account Name"]
    rows = [[O1[:15], "Pumps", "Closed Lost", "CNY", 100_000, date(2025, 2, 17), date(2025, 1, 13), "Li Na", "Huaxin"],
            [LOWER[:15], "Lens", "Negotiation/Review", "CNY", 80_000, date(2025, 7, 31), date(2025, 1, 14), "Li", "O"],
            ["Total", None, None, None, 180_000, None, None, None, None],
            ["Count", None, None, None, 2, None, None, None, None]]
    for row in ([None], *([None, text] for text in above), [None, *head], *([None, *row] for row in rows)):
        book.active.append(row)
    book.save(tmp_path / "report.xlsx")
    with use("en"):
        log = check(ltc.read(tmp_path))
    assert timed(log) == {O1: [("Opportunity created", "2025-01-13 00:00:00"), ("Deal lost", "2025-02-17 00:00:00")],
                           LOWER: [("Opportunity created", "2025-01-14 00:00:00")]}
    assert dict(log.ledger.set_aside) == {}
    assert sum(money.read for money in log.ledger.money) == 180_000


def test_a_few_columns_with_its_ids_are_enough(tmp_path):
    text = "Id,Company,Status,CreatedDate\n00Q5g0000000001,Pumps,New,2025-01-06T08:00:00Z\n"
    (tmp_path / "线索.csv").write_text(text, encoding="utf-8")
    with use("en"):
        log = check(ltc.read(tmp_path))
    assert timed(log) == {"00Q5g0000000001EAA": [("Lead created", "2025-01-06 08:00:00")]}


# ---- connector -----------------------------------------------------------------------------------------------------


def test_rows_of_the_history_mode_tell_a_stage_from_when_it_was_seen():
    log = check(read("history_mode"))
    assert timed(log) == {
        O1: [("Opportunity created", "2025-01-06 02:00:00"), ("Qualification", "2025-01-06 02:10:00"),
             ("Closed Won", "2025-02-03 06:10:00")],
        O2: [("Opportunity created", "2024-06-01 08:00:00"), ("History begins here", "2025-02-01 00:10:00"),
             ("Proposal/Price Quote", "2025-02-01 00:10:00")],
    }
    assert log.timezone == "UTC"
    assert sum(money.kept for money in log.ledger.money) == 120_000 + 5_000    # the record as it is now


# ---- to the end ----------------------------------------------------------------------------------------------------


def test_from_raw_tables_to_findings(chain, tmp_path):
    _, ledger = reported(chain, tmp_path / "out")
    assert ledger["totals"]["cases"] == len(timed(chain))


# ---- the invented sample, against its truth ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample():
    with use("en"):
        return check(ltc.read(SAMPLE)), tomllib.loads((SAMPLE / "truth.toml").read_text("utf-8"))


def test_the_sample_holds_what_was_planted(sample):
    log, truth = sample
    told = truth["log"]
    lives = {case: [step for step, _ in steps if not step.startswith(("Call", "E-mail", "Task", "Opportunity c"))]
             for case, steps in timed(log).items()}
    ends = Counter(life[-1] for life in lives.values())
    assert len(lives) == told["deals"]
    assert (ends["Closed Won"], ends["Closed Lost"]) == (told["deals_won"], told["deals_lost"])
    assert sum(map(len, lives.values())) == told["stages_entered"]
    assert {row["Id"] for row in rows_of(SAMPLE, "Opportunity.csv")} == set(lives)
    money = {f"deals_{each.currency.lower()}": str(int(each.kept)) for each in log.ledger.money}
    assert money == {key: value for key, value in truth["money"].items() if key.startswith("deals_")}
    assert str(log.as_of) == str(told["as_of"].replace(tzinfo=None))


def test_the_sample_counts_what_rows_repeat(sample):
    log, truth = sample
    told = truth["history"]
    gone = Counter(reason for _, reason in log.tables.store.connection.sql(
        "select row, reason from gone join made using (row, part) where kind = 1 and clock = 'recorded'").fetchall())
    assert gone["collapsed"] + gone["duplicate"] == told["rows_that_leave_the_stage"]
    changes = Counter(row[0] for row in made(log, "canonical", "kind = 6"))
    assert changes["amount_changed"] == told["rows_that_leave_the_stage_and_change_the_amount"]
    ties = [note for note in log.notes if "two stages at one moment" in note]
    assert ties[0].startswith(f"{len(truth['odd']['stages_tied_ids'])} objects")
    wonlost = timed(log)[truth["odd"]["won_then_lost_ids"][0]]
    assert [step for step, _ in wonlost][-2:] == ["Closed Won", "Closed Lost"]


def test_the_sample_links_leads_to_deals(sample):
    _, truth = sample
    with use("en"):
        log = check(ltc.read(SAMPLE, case="lead"))
    steps = [step for step, _ in (pair for life in timed(log).values() for pair in life)]
    told = truth["log"]
    assert (log.cases, steps.count("Lead converted")) == (told["leads"], told["leads_converted"])
    assert steps.count("Opportunity created") == told["leads_converted"] - told["leads_converted_without_deal"]
    flagged = truth["leads"]["status_converted_without_flag_ids"]
    assert all(("Lead converted" not in [step for step, _ in timed(log)[lead]]) for lead in flagged)


# ---- real exports, counted by hand ---------------------------------------------------------------------------------


@pytest.mark.real_data
def test_an_export_saved_by_a_tool_in_the_american_way(real_data):
    folder = real_data / "crm" / "salesforce" / "excel_us_locale"
    with use("en"):
        log = check(ltc.read(folder))
    lives = {}
    history = [(datetime.strptime(row["CreatedDate"], "%m/%d/%y %I:%M %p"), place, row)
               for place, row in enumerate(rows_of(folder, "OpportunityHistory.csv"))]
    for time, _, row in sorted(history, key=lambda entry: entry[:2]):
        life = lives.setdefault(row["OpportunityId"], [])
        if not life or life[-1][0] != row["StageName"]:
            life.append((row["StageName"], str(time)))
    deals = rows_of(folder, "Opportunity.csv")
    assert {case: steps[1:] for case, steps in timed(log).items()} == lives
    assert all(steps[0][0] == "Opportunity created" for steps in timed(log).values())
    assert log.cases == len(deals) == 36
    assert all(lives[row["Id"]][-1][0] == row["StageName"] for row in deals)
    leads = rows_of(folder, "Lead.csv")
    converted = sum(row["IsConverted"] == "TRUE" for row in leads)
    assert log.ledger.set_aside["no_moment"] == len(leads) - converted == 17    # a file of leads without created dates
    linked = {row["ConvertedOpportunityId"] for row in leads} & {row["Id"] for row in deals}
    assert [note for note in log.notes if note.startswith(f"Lead → Opportunity: {len(linked)} of {len(leads)} ")]
    says_converted = sum(row["Status"] == "Closed - Converted" and row["IsConverted"] == "FALSE" for row in leads)
    assert any(note.startswith(f"{says_converted} leads have a status") for note in log.notes)


@pytest.mark.real_data
def test_an_export_of_the_data_loader_without_history(real_data):
    folder = real_data / "crm" / "salesforce" / "api_iso"
    with use("en"):
        log = check(ltc.read(folder))
    wanted = {}
    for row in rows_of(folder, "Opportunity.csv"):
        life = [("Opportunity created", row["CreatedDate"][:19].replace("T", " "))]
        if row["IsWon"] == "1":
            touched = row["LastModifiedDate"][:19].replace("T", " ")
            day = f"{row['CloseDate']} 00:00:00"
            if row["CloseDate"] == life[0][1][:10]:     # a day stands behind the clock times of that day
                day = life[0][1]
            life.append(("Deal won", day if row["CloseDate"] <= touched[:10] else touched))
        wanted[row["Id"]] = life
    found = timed(log)
    assert {case: sorted(life) for case, life in found.items()} == {case: sorted(life) for case, life in wanted.items()}
    assert (log.cases, log.events) == (58, 58 + 34)
    assert log.ledger.set_aside == {}
    closed = sum(row["IsClosed"] == "1" for row in rows_of(folder, "Case.csv"))
    steps = Counter(row[0] for row in made(log, "activity"))
    assert (steps["Ticket opened"], steps["Ticket closed"]) == (40, closed)
    assert steps["Lead created"] == len(rows_of(folder, "Lead.csv"))


@pytest.mark.real_data
def test_connector_tables_in_which_every_deal_is_deleted(real_data):
    folder = real_data / "crm" / "salesforce" / "fivetran"
    with use("en"):
        log = check(ltc.read(folder))
    deals, versions = (rows_of(folder, f"sf_opportunity_{name}data.csv") for name in ("", "history_"))
    assert all(row["is_deleted"] == "true" for row in deals + versions)
    accounts = rows_of(folder, "sf_account_data.csv")
    gone = sum(row["is_deleted"] == "true" and not row["master_record_id"] for row in accounts)
    assert log.ledger.set_aside["deleted"] == len(deals) + len(versions) + gone
    assert log.ledger.set_aside["merged_away"] == sum(bool(row["master_record_id"]) for row in accounts)
    orders = {row["id"]: [("Order created", row["created_date"]), ("Order released", row["activated_date"])]
              for row in rows_of(folder, "sf_order_data.csv")}
    lead = rows_of(folder, "sf_lead_data.csv")[0]
    assert timed(log) == {**orders, lead["id"]: [("Lead created", lead["created_date"]),
                                                  ("Lead converted", lead["converted_date"])]}
    assert log.notion == "end_to_end"
    assert any("none belongs to a case of the kind 'Opportunity'" in note for note in log.notes)
    names = {row["id"] for row in rows_of(folder, "sf_user_data.csv")}
    assert names.isdisjoint({row[0] for row in made(log, "resource")})
