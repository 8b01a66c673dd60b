"""The plan as Zoho CRM: exports of the two modules with labels and local 12-hour times, and answers of the interface
whose times carry the offset. No real rows of Zoho are public: the answers follow its specification and client code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from systems_files import Folder, Row, Truth, csv_bytes, json_list, json_map
from systems_plan import (
    ENDS,
    INTEGRATION,
    LOST,
    PEOPLE,
    PROBABILITY,
    SOURCES,
    STAGES,
    WON,
    Deal,
    Lead,
    Person,
    Plan,
    Save,
    choose,
    company,
    contact,
    counts,
    money,
)

ACTUAL = {
    "qualify": "Qualification", "needs": "Needs Analysis", "solution": "Value Proposition",
    "proposal": "Proposal/Price Quote", "negotiation": "Negotiation/Review", "won": "Closed Won", "lost": "Closed Lost",
}
DISPLAY = {**ACTUAL, "solution": "Technical Validation"}
"""What people see; the interface keeps the value from before the renaming."""
FORECAST = {"won": "Closed Won", "lost": "Closed Lost"}
LEAD_STATUS = {"new": "Not Contacted", "working": "Contacted", "unqualified": "Junk Lead", "converted": "Pre-Qualified"}
REASONS = ("Price", "Competition", "Budget", "No decision")
PIPELINE = "Standard (Standard)"
TIMELINES = 3  # deals whose timeline was asked for
IN_WORDS = "%m/%d/%Y %I:%M:%S %p"

DEALS = ("Record Id", "Deal Owner.id", "Deal Owner", "Deal Name", "Account Name", "Stage", "Pipeline", "Amount",
         "Currency", "Probability (%)", "Closing Date", "Lead Source", "Reason For Loss", "Created Time",
         "Modified Time", "Lead Conversion Time", "Sales Cycle Duration", "Overall Sales Duration")
LEADS = ("Record Id", "Lead Owner.id", "Lead Owner", "Company", "First Name", "Last Name", "Lead Source", "Lead Status",
         "Is Converted", "Created Time", "Modified Time", "Converted Date Time", "Converted Deal.id")


def record_id(kind: int, number: int) -> str:
    """An id of 19 digits; `kind` tells the modules apart."""
    return f"5725767000000{kind:03d}{number:03d}"


def deal_id(number: int) -> str:
    """The id of a deal."""
    return record_id(811, number)


def user_id(person: int) -> str:
    """The id of a user."""
    return record_id(411, person)


def _exported(ident: str) -> str:
    """Exports mark ids, so that a spreadsheet does not take them for numbers."""
    return f"zcrm_{ident}"


def _days(one: datetime, two: datetime) -> int:
    return (two.date() - one.date()).days


def folder(plan: Plan) -> Folder:
    """All files of the sample and their truth."""
    histories = {deal_id(deal.number): _answer(_stages(deal)) for deal in plan.deals}
    shown = [deal for deal in plan.deals if len(deal.entered) > 3 and deal.number != plan.long_loop][:TIMELINES]
    timelines = {deal_id(deal.number): {"__timeline": _timeline(deal), "info": _info(_timeline(deal))}
                 for deal in shown}
    files = {
        "Deals.csv": csv_bytes(DEALS, (_deal(deal, plan) for deal in plan.deals)),
        "Leads.csv": csv_bytes(LEADS, (_lead(lead) for lead in plan.leads)),
        "stage_history.json": json_map(histories),
        "timeline.json": json_map(timelines),
        "pipeline.json": json_list([_pipeline()], before='{"pipeline":[', after="]}"),
    }
    return Folder("zoho", files, _truth(plan, shown))


def _deal(deal: Deal, plan: Plan) -> Row:
    now, created = deal.last, deal.saves[0].at
    closed = now.stage in ENDS
    lead = plan.leads[deal.lead - 1] if deal.lead else None
    waited = _days(lead.created, lead.changed) if lead else ""
    ran = _days(created, deal.entered[-1].at) if closed else ""
    whole = int(waited or 0) + int(ran) if closed else ""
    return [
        _exported(deal_id(deal.number)), _exported(user_id(deal.owner)), PEOPLE[deal.owner].en, deal.name.en,
        company(deal.company).en, DISPLAY[now.stage], PIPELINE, now.amount, deal.currency, PROBABILITY[now.stage],
        now.close.strftime("%m/%d/%Y"), SOURCES[deal.source][1],
        REASONS[choose(f"{deal.number}/reason", len(REASONS))] if now.stage == LOST else "",
        created.strftime(IN_WORDS), now.at.strftime(IN_WORDS), waited, ran, whole,
    ]


def _lead(lead: Lead) -> Row:
    family, given = contact(lead.number)
    converted = lead.state == "converted"
    return [
        _exported(record_id(611, lead.number)), _exported(user_id(lead.owner)), PEOPLE[lead.owner].en,
        company(lead.company).en, given.en, family.en, SOURCES[lead.source][1], LEAD_STATUS[lead.state],
        "true" if converted else "false", lead.created.strftime(IN_WORDS), lead.changed.strftime(IN_WORDS),
        lead.changed.strftime(IN_WORDS) if converted else "", _exported(deal_id(lead.deal)) if lead.deal else "",
    ]


def _person(number: int) -> dict[str, str]:
    who: Person = PEOPLE[number]
    return {"name": who.en, "id": user_id(number)}


def _answer(rows: list[dict[str, object]]) -> dict[str, object]:
    return {"data": rows, "info": _info(rows)}


def _info(rows: list[dict[str, object]]) -> dict[str, object]:
    return {"per_page": 200, "count": len(rows), "page": 1, "more_records": False}


def _stages(deal: Deal) -> list[dict[str, object]]:
    """The related list Stage_History, newest first: each time is that of entry; only stages left have a duration."""
    pairs: Iterable[tuple[Save, Save | None]] = [*pairwise(deal.entered), (deal.entered[-1], None)]
    rows: list[dict[str, object]] = [{
        "Stage": ACTUAL[save.stage], "Moved_To__s": ACTUAL[following.stage] if following else None,
        "Duration_Days": _days(save.at, following.at) if following else None,
        "Amount": save.amount, "Modified_Time": save.at.isoformat(), "Modified_By": _person(save.by),
    } for save, following in pairs]
    return rows[::-1]


def _timeline(deal: Deal) -> list[dict[str, object]]:
    """Who did what to a deal, newest first; a change of stage names both values."""
    made: list[dict[str, object]] = [_told(deal, deal.saves[0], "added", [])]
    for one, two in pairwise(deal.saves):
        fields = [_field(*names, old, new) for names, old, new in (
            (("Stage", "Stage", "picklist"), ACTUAL[one.stage], ACTUAL[two.stage]),
            (("Amount", "Amount", "currency"), one.amount, two.amount),
            (("Closing_Date", "Closing Date", "date"), one.close.isoformat(), two.close.isoformat()),
        ) if old != new]
        made.append(_told(deal, two, "updated", fields))
    return made[::-1]


def _field(api_name: str, label: str, kind: str, old: object, new: object) -> dict[str, object]:
    return {"api_name": api_name, "field_label": label, "data_type": kind, "_value": {"old": old, "new": new}}


def _told(deal: Deal, save: Save, action: str, fields: list[dict[str, object]]) -> dict[str, object]:
    place = deal.saves.index(save)
    return {
        "id": record_id(700 + deal.number, place), "audited_time": save.at.isoformat(), "action": action,
        "source": "crm_api" if save.by == INTEGRATION else "crm_ui", "type": "record_event", "record": None,
        "done_by": _person(save.by), "related_record": None, "automation_details": None,
        "field_history": fields or None,
    }


def _pipeline() -> dict[str, object]:
    maps = [{
        "display_value": DISPLAY[stage], "actual_value": ACTUAL[stage], "sequence_number": place,
        "forecast_type": FORECAST.get(stage, "Open"),
        "forecast_category": {"name": FORECAST.get(stage, "Pipeline"), "id": record_id(311, place)},
        "colour_code": None, "id": record_id(321, place),
    } for place, stage in enumerate(STAGES, start=1)]
    return {"display_value": PIPELINE, "actual_value": PIPELINE, "default": True, "id": record_id(301, 1), "maps": maps,
            "child_available": False}


def _truth(plan: Plan, shown: list[Deal]) -> Truth:
    entries = [save for deal in plan.deals for save in deal.entered]
    times = [save.at for save in entries]
    return {
        "log": {"system": "zoho", "synthetic": True, "planted": True,
                "time": "the interface: +08:00; the exports: local, +08:00, 12 hours", **counts(plan),
                "first": min(times), "as_of": max(times)},
        "rows": {"Deals.csv": len(plan.deals), "Leads.csv": len(plan.leads), "stage_history.json": len(entries),
                 "timeline.json": sum(len(deal.saves) for deal in shown), "pipeline.json": len(STAGES)},
        "money": money(plan),
        "dictionary": {"stage_shown_as": DISPLAY["solution"], "stage_kept_as": ACTUAL["solution"],
                       "entries_kept_as_that": sum(save.stage == "solution" for save in entries)},
        "timelines": {"deals": len(shown), "deal_ids": [deal_id(deal.number) for deal in shown],
                      "stage_changes": sum(len(deal.entered) - 1 for deal in shown)},
        "odd": {"long_loop_ids": [deal_id(plan.long_loop)], "stages_tied_ids": [deal_id(n) for n in plan.tied],
                "won_then_lost_ids": [deal_id(plan.won_then_lost)],
                "imported_ids": [deal_id(deal.number) for deal in plan.deals if deal.imported],
                "won_reached_and_left": sum(
                    WON in {save.stage for save in deal.saves} and deal.last.stage == LOST for deal in plan.deals)},
    }
