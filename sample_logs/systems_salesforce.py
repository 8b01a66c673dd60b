"""The plan as a Salesforce export: API names, UTC with +0000, ids of 18 characters, as Data Loader and the interface
give it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from systems_files import Folder, Row, Rows, csv_bytes
from systems_plan import (
    COMPANIES,
    FINANCE,
    INTEGRATION,
    LEGAL,
    LOST,
    PEOPLE,
    PROBABILITY,
    SELLERS,
    SOURCES,
    STAGES,
    WON,
    Deal,
    Lead,
    Plan,
    Save,
    choose,
    company,
    contact,
    counts,
    dice,
    money,
    state,
)

PREFIX = {"Account": "001", "Contact": "003", "User": "005", "Opportunity": "006", "OpportunityHistory": "008",
          "Lead": "00Q", "Task": "00T", "OpportunityStage": "01J"}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
FIRST_RECORD = {kind: 62 ** 4 * 7 + 4_711_003 * place for place, kind in enumerate(PREFIX, start=1)}

STAGE_NAMES = {
    "qualify": "Qualification", "needs": "Needs Analysis", "solution": "Value Proposition",
    "proposal": "Proposal/Price Quote", "negotiation": "Negotiation/Review", "won": "Closed Won", "lost": "Closed Lost",
}
DICTIONARY = (  # label, active, probability, forecast category
    ("Prospecting", True, 10, "Pipeline"), ("Qualification", True, 10, "Pipeline"),
    ("Needs Analysis", True, 20, "Pipeline"), ("Value Proposition", True, 50, "Pipeline"),
    ("Perception Analysis", False, 70, "Pipeline"), ("Proposal/Price Quote", True, 75, "Best Case"),
    ("Negotiation/Review", True, 90, "Commit"), ("Closed Won", True, 100, "Closed"),
    ("Closed Lost", True, 0, "Omitted"),
)
FORECAST = {label: category for label, _, _, category in DICTIONARY}
LEAD_STATUS = {"new": "Open - Not Contacted", "working": "Working - Contacted",
               "unqualified": "Closed - Not Converted", "converted": "Closed - Converted"}
BULK_JOB = datetime(2025, 6, 27, 18, 5, 7, tzinfo=UTC)
"""A nightly job touched many records: their last change says nothing about the deal."""
TASKS = 24

HEADERS = {
    "Opportunity.csv": (
        "Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount", "Probability", "ExpectedRevenue", "CloseDate",
        "Type", "LeadSource", "IsClosed", "IsWon", "ForecastCategoryName", "CurrencyIsoCode", "OwnerId", "CreatedDate",
        "CreatedById", "LastModifiedDate", "LastStageChangeDate"),
    "OpportunityHistory.csv": (
        "Id", "OpportunityId", "CreatedById", "CreatedDate", "StageName", "Amount", "CloseDate",
        "Probability", "IsDeleted"),
    "OpportunityStage.csv": (
        "Id", "MasterLabel", "ApiName", "SortOrder", "IsActive", "IsClosed", "IsWon", "DefaultProbability",
        "ForecastCategoryName"),
    "Lead.csv": (
        "Id", "IsDeleted", "LastName", "FirstName", "Company", "LeadSource", "Status", "OwnerId", "IsConverted",
        "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "CreatedDate",
        "LastModifiedDate"),
    "Account.csv": ("Id", "IsDeleted", "Name", "Type", "Industry", "OwnerId", "CreatedDate"),
    "User.csv": ("Id", "Username", "Name", "Email", "IsActive", "Department", "Title", "UserType", "TimeZoneSidKey"),
    "Task.csv": (
        "Id", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "Priority", "IsClosed", "OwnerId", "TaskSubtype",
        "CreatedDate", "CompletedDateTime"),
}


def record_id(kind: str, number: int) -> str:
    """The id of the n-th record of a kind: 15 characters that count upwards, and the 3 that guard their case."""
    rest, text = FIRST_RECORD[kind] + number, ""
    while rest:
        rest, digit = divmod(rest, 62)
        text = DIGITS[digit] + text
    plain = f"{PREFIX[kind]}5i0{text:0>9}"
    return plain + "".join(_guard(plain[at: at + 5]) for at in (0, 5, 10))


def _guard(five: str) -> str:
    """One character that says which of five are capitals."""
    return SUFFIX[sum(1 << place for place, letter in enumerate(five) if letter.isupper())]


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _bool(value: bool) -> str:
    return "true" if value else "false"


def folder(plan: Plan) -> Folder:
    """All files of the sample and their truth."""
    flagged = _not_flagged(plan)
    tables: dict[str, Rows] = {
        "Opportunity.csv": [_opportunity(deal) for deal in plan.deals],
        "OpportunityHistory.csv": _history(plan),
        "OpportunityStage.csv": [_stage(place, *entry) for place, entry in enumerate(DICTIONARY, start=1)],
        "Lead.csv": [_lead(lead, without_flag=lead.number == flagged) for lead in plan.leads],
        "Account.csv": [_account(number) for number in range(COMPANIES)],
        "User.csv": [_user(number) for number in range(len(PEOPLE))],
        "Task.csv": _tasks(plan),
    }
    files = {name: csv_bytes(HEADERS[name], rows) for name, rows in tables.items()}
    return Folder("salesforce", files, _truth(plan, tables, flagged))


def _opportunity(deal: Deal) -> Row:
    now, closed = deal.last, deal.last.stage in {WON, LOST}
    label = STAGE_NAMES[now.stage]
    chance = PROBABILITY[now.stage]
    touched = BULK_JOB if dice(f"{deal.number}/bulk job") < 0.4 else now.at
    return [
        record_id("Opportunity", deal.number), "false", record_id("Account", deal.company), deal.name.en, label,
        now.amount, chance, now.amount * chance // 100, now.close, "New Business", SOURCES[deal.source][1],
        _bool(closed), _bool(now.stage == WON), FORECAST[label], deal.currency, record_id("User", deal.owner),
        _stamp(deal.saves[0].at), record_id("User", deal.saves[0].by), _stamp(max(touched, now.at)),
        _stamp(deal.entered[-1].at),
    ]


def _history(plan: Plan) -> list[Row]:
    """One row for each save of each deal, in the order of their making."""
    saves = [(save.at, deal.number, place, save, deal)
             for deal in plan.deals for place, save in enumerate(deal.saves)]
    saves.sort(key=lambda entry: entry[:3])
    return [_saved(number, deal, save) for number, (_, _, _, save, deal) in enumerate(saves, start=1)]


def _saved(number: int, deal: Deal, save: Save) -> Row:
    label, chance = STAGE_NAMES[save.stage], PROBABILITY[save.stage]
    return [
        record_id("OpportunityHistory", number), record_id("Opportunity", deal.number), record_id("User", save.by),
        _stamp(save.at), label, save.amount, save.close, chance, "false",
    ]


def _stage(order: int, label: str, active: bool, chance: int, category: str) -> Row:
    closed = label.startswith("Closed")
    return [record_id("OpportunityStage", order), label, label, order, _bool(active), _bool(closed),
            _bool(label == STAGE_NAMES[WON]), chance, category]


def _not_flagged(plan: Plan) -> int:
    """The lead whose status says converted although the system's flag says no: a late unqualified one."""
    return [lead.number for lead in plan.leads if lead.state == "unqualified"][-1]


def _lead(lead: Lead, *, without_flag: bool) -> Row:
    family, given = contact(lead.number)
    converted = lead.state == "converted"
    links = [
        lead.changed.astimezone(UTC).date(), record_id("Account", lead.company), record_id("Contact", lead.number),
        record_id("Opportunity", lead.deal) if lead.deal else "",
    ] if converted else [""] * 4
    return [
        record_id("Lead", lead.number), "false", family.en, given.en, company(lead.company).en,
        SOURCES[lead.source][1], LEAD_STATUS["converted" if without_flag else lead.state],
        record_id("User", lead.owner), _bool(converted), *links, _stamp(lead.created), _stamp(lead.changed),
    ]


def _account(number: int) -> Row:
    name = company(number).en
    created = datetime(2024, 6, 3, 1, 0, tzinfo=UTC) + timedelta(hours=number)
    return [record_id("Account", number), "false", name, "Customer" if number % 3 else "Prospect",
            ("Manufacturing", "Electronics", "Healthcare", "Transportation")[number % 4],
            record_id("User", number % SELLERS), _stamp(created)]


def _user(number: int) -> Row:
    person = PEOPLE[number]
    title = {LEGAL: "Legal Counsel", FINANCE: "Finance Specialist", INTEGRATION: "Integration User"}.get(number, "")
    return [record_id("User", number), person.mail, person.en, person.mail, "true", person.department[1],
            title or ("Account Executive" if number < SELLERS else "Manager"), "Standard", "Asia/Shanghai"]


def _tasks(plan: Plan) -> list[Row]:
    """A few tasks: of deals, and of leads that became none."""
    deals = [deal for deal in plan.deals if len(deal.entered) > 2][:TASKS * 3 // 4]
    leads = [lead for lead in plan.leads if lead.state in {"working", "unqualified"}][:TASKS - len(deals)]
    rows = [_task(n, "", record_id("Opportunity", deal.number), deal.owner, deal.entered[1].at)
            for n, deal in enumerate(deals, start=1)]
    return rows + [_task(n, record_id("Lead", lead.number), "", lead.owner, lead.changed)
                   for n, lead in enumerate(leads, start=len(rows) + 1)]


def _task(number: int, who: str, what: str, owner: int, at: datetime) -> Row:
    kind = ("Call", "Email", "Task")[choose(f"task {number}/kind", 3)]
    done, about = number % 8 > 0, ("follow-up", "site visit", "questions on the quote")[number % 3]
    created = at - timedelta(hours=20)
    return [
        record_id("Task", number), who, what, f"{kind}: {about}",
        at.astimezone(UTC).date(), "Completed" if done else "Not Started", "Normal", _bool(done),
        record_id("User", owner), kind, _stamp(created), _stamp(at) if done else "",
    ]


def _truth(plan: Plan, tables: dict[str, Rows], flagged: int) -> dict[str, dict[str, object]]:
    history = tables["OpportunityHistory.csv"]
    stamps = [str(row[3]) for row in history]
    return {
        "log": {"system": "salesforce", "synthetic": True, "planted": True, "time": "UTC, +0000", **counts(plan),
                "first": _moment(min(stamps)), "as_of": _moment(max(stamps))},
        "rows": {name: len(rows) for name, rows in tables.items()},
        "money": money(plan),
        "history": _history_truth(plan),
        "leads": {"status_converted_without_flag": 1,
                  "status_converted_without_flag_ids": [record_id("Lead", flagged)]},
        "odd": {
            "long_loop_ids": _ids([plan.long_loop]), "stages_tied_ids": _ids(plan.tied),
            "won_then_lost_ids": _ids([plan.won_then_lost]),
            "imported": sum(deal.imported for deal in plan.deals),
            "imported_ids": _ids([deal.number for deal in plan.deals if deal.imported]),
            "bulk_job": BULK_JOB,
            "touched_by_bulk_job": sum(row[18] == _stamp(BULK_JOB) for row in tables["Opportunity.csv"]),
            "won_with_another_close_date": sum(
                state(deal) == WON and deal.last.close != deal.last.at.astimezone(UTC).date() for deal in plan.deals),
        },
    }


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.000%z")


def _ids(numbers: Sequence[int]) -> list[str]:
    return [record_id("Opportunity", number) for number in numbers]


def _history_truth(plan: Plan) -> dict[str, object]:
    """What the rows that follow another one of their deal do."""
    moves = [pair for deal in plan.deals for pair in pairwise(deal.saves)]
    kept = [(one, two) for one, two in moves if one.stage == two.stage]
    return {
        "rows_that_leave_the_stage": len(kept),
        "rows_that_leave_the_stage_and_change_the_amount": sum(one.amount != two.amount for one, two in kept),
        "rows_that_leave_the_stage_and_change_the_close_date": sum(one.close != two.close for one, two in kept),
        "rows_in_the_second_of_the_row_before": sum(one.at == two.at for one, two in moves),
        "backward_labels": [STAGE_NAMES[stage] for stage in STAGES if stage in {
            two.stage for one, two in moves if STAGES.index(two.stage) < STAGES.index(one.stage)}],
    }
