"""The plan as HubSpot: the answers of its interface with the history of properties, and beside them the export of the
deals view with its own labels, minutes and zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import pairwise

from systems_files import Folder, Truth, csv_bytes, json_list, json_text
from systems_plan import (
    ENDS,
    INTEGRATION,
    LAST_DAY,
    LOST,
    PEOPLE,
    PROBABILITY,
    SELLERS,
    STAGES,
    WON,
    Deal,
    Plan,
    Save,
    choose,
    counts,
    money,
    state,
)

LABELS = {
    "qualify": "Appointment Scheduled", "needs": "Qualified To Buy", "solution": "Pilot", "proposal": "Proposal Sent",
    "negotiation": "Negotiation", "won": "Closed Won", "lost": "Closed Lost",
}
STAGE_IDS = {
    "default": {  # a stage that was relabelled keeps its id: contractsent is the Pilot now
        "qualify": "appointmentscheduled", "needs": "qualifiedtobuy", "solution": "contractsent",
        "proposal": "1043271145", "negotiation": "1043271146", "won": "closedwon", "lost": "closedlost"},
    "75329639": {stage: str(75_329_640 + place) for place, stage in enumerate(STAGES)},
}
PIPELINES = {"default": "Sales Pipeline", "75329639": "Partner Pipeline"}
MOST_VALUES = 20  # the interface keeps no more values of a deal's property
PAGE = 50  # the most deals one answer holds when histories are asked for
REASONS = ("Price", "Chose a competitor", "No budget this year", "No decision")
VIEW = f"hubspot-crm-exports-all-deals-{LAST_DAY.isoformat()}.csv"
COLUMNS = ("Record ID", "Deal Name", "Pipeline", "Deal Stage", "Amount", "Currency", "Close Date", "Create Date",
           "Deal owner", "Closed Lost Reason", "Last Modified Date", "Record source")


def deal_id(deal: Deal) -> str:
    """The id of a deal: 11 digits, later deals have higher ones."""
    return str(30_418_220_000 + 7_919 * deal.number)


def owner_id(person: int) -> str:
    """The id of an owner, which is not the id of its user."""
    return str(711_020_300 + 41 * person)


def user_id(person: int) -> int:
    """The id of a user."""
    return 61_234_500 + 13 * person


def pipeline(deal: Deal) -> str:
    """The id of the pipeline a deal runs in."""
    return tuple(PIPELINES)[deal.number % 3 == 0]


def stage_id(deal: Deal, stage: str) -> str:
    """The id of a stage in the pipeline of a deal."""
    return STAGE_IDS[pipeline(deal)][stage]


def _entered(save: Save, deal: Deal) -> str:
    """A moment of the interface: UTC, milliseconds; what was saved in one second has the same ones."""
    thousandths = choose(f"{deal.number}/{save.at}", 1000)
    return save.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{thousandths:03d}Z"


def _midnight(day: date) -> str:
    """A close date set by hand: the end of the local day."""
    return datetime.combine(day, time(15, 59, 59)).isoformat() + "Z"


def _by(person: int) -> dict[str, object]:
    if person == INTEGRATION:
        return {"sourceType": "IMPORT", "sourceId": "48213377"}
    return {"sourceType": "CRM_UI", "sourceId": f"userId:{user_id(person)}"}


def folder(plan: Plan) -> Folder:
    """All files of the sample and their truth."""
    pages = [plan.deals[at: at + PAGE] for at in range(0, len(plan.deals), PAGE)]
    files = {f"deals_page{number}.json": _page(page, last=number == len(pages))
             for number, page in enumerate(pages, start=1)}
    files["pipelines.json"] = json_list((_pipeline(place, ident) for place, ident in enumerate(PIPELINES)),
                                        before='{"results":[', after="]}")
    files["owners.json"] = json_list((_owner(person) for person in range(SELLERS)), before='{"results":[', after="]}")
    files[f"ui_export/{VIEW}"] = _view(plan)
    return Folder("hubspot", files, _truth(plan, len(pages)))


def _page(deals: Sequence[Deal], *, last: bool) -> bytes:
    """One answer of the list call; all but the last say where to go on."""
    paging = {"next": {"after": deal_id(deals[-1])}}
    after = "]}" if last else f'],"paging":{json_text(paging)}}}'
    return json_list((_deal(deal) for deal in deals), before='{"results":[', after=after)


def _deal(deal: Deal) -> dict[str, object]:
    created, changed = _entered(deal.saves[0], deal), _entered(deal.last, deal)
    return {
        "id": deal_id(deal),
        "properties": {
            "amount": str(deal.last.amount), "closedate": _close(deal), "createdate": created,
            "deal_currency_code": deal.currency, "dealname": deal.name.en, "dealstage": stage_id(deal, deal.last.stage),
            "hs_is_closed_won": "true" if deal.last.stage == WON else "false",
            "hubspot_owner_id": owner_id(deal.owner), "pipeline": pipeline(deal),
        },
        "propertiesWithHistory": {"dealstage": _stages(deal)[:MOST_VALUES], "amount": _amounts(deal)[:MOST_VALUES]},
        "createdAt": created, "updatedAt": changed, "archived": False,
    }


def _close(deal: Deal) -> str:
    """When a deal closed, set by the system; of an open one, when it is expected to."""
    return _midnight(deal.last.close) if deal.last.stage not in ENDS else _entered(deal.entered[-1], deal)


def _stages(deal: Deal) -> list[dict[str, object]]:
    """Every stage entered, the newest first."""
    return [{"value": stage_id(deal, save.stage), "timestamp": _entered(save, deal), **_by(save.by)}
            for save in reversed(deal.entered)]


def _amounts(deal: Deal) -> list[dict[str, object]]:
    """Every amount, the newest first."""
    changes = [deal.saves[0], *(two for one, two in pairwise(deal.saves) if two.amount != one.amount)]
    return [{"value": str(save.amount), "timestamp": _entered(save, deal), **_by(save.by)}
            for save in reversed(changes)]


def _pipeline(order: int, ident: str) -> dict[str, object]:
    stages = [{
        "label": LABELS[stage], "displayOrder": place,
        "metadata": {"isClosed": "true" if stage in ENDS else "false", "probability": str(PROBABILITY[stage] / 100)},
        "id": STAGE_IDS[ident][stage], "createdAt": _made(ident), "updatedAt": "2024-06-20T02:11:45.120Z",
        "archived": False,
    } for place, stage in enumerate(STAGES)]
    return {"label": PIPELINES[ident], "displayOrder": order, "id": ident, "stages": stages, "createdAt": _made(ident),
            "updatedAt": "2024-06-20T02:11:45.120Z", "archived": False}


def _made(ident: str) -> str:
    """Pipelines that came with the account have no day of making."""
    return "1970-01-01T00:00:00Z" if ident == "default" else "2024-05-28T07:30:12.004Z"


def _owner(person: int) -> dict[str, object]:
    given, family = reversed(PEOPLE[person].en.split(" "))
    return {"id": owner_id(person), "email": PEOPLE[person].mail, "type": "PERSON", "firstName": given,
            "lastName": family, "userId": user_id(person), "createdAt": "2024-06-03T01:20:00.000Z",
            "updatedAt": "2024-06-03T01:20:00.000Z", "archived": False}


# ---- the export of the view -----------------------------------------------------------------------------------------


def entry_columns() -> Iterator[tuple[str, str, str]]:
    """Pipeline, stage and caption of each column with a moment of entry."""
    for ident, name in PIPELINES.items():
        for stage in STAGES:
            yield ident, stage, f'Date entered "{LABELS[stage]} ({name})"'


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _view(plan: Plan) -> bytes:
    """The deals as the view shows them: names for ids, local minutes, the last entry into each stage."""
    captions = [caption for _, _, caption in entry_columns()]
    return csv_bytes([*COLUMNS, *captions], (_viewed(deal) for deal in plan.deals), quoted=True)


def _viewed(deal: Deal) -> list[object]:
    last_entry: Mapping[str, Save] = {save.stage: save for save in deal.entered}
    entries = [_minute(last_entry[stage].at) if ident == pipeline(deal) and stage in last_entry else ""
               for ident, stage, _ in entry_columns()]
    closed = deal.last.stage in ENDS
    close = _minute(deal.entered[-1].at) if closed else f"{deal.last.close} 23:59"
    return [
        deal_id(deal), deal.name.en, PIPELINES[pipeline(deal)], LABELS[deal.last.stage], deal.last.amount,
        deal.currency, close, _minute(deal.saves[0].at), PEOPLE[deal.owner].en,
        REASONS[choose(f"{deal.number}/reason", len(REASONS))] if deal.last.stage == LOST else "",
        _minute(deal.last.at), "Import" if deal.imported else "CRM UI", *entries,
    ]


def _truth(plan: Plan, pages: int) -> Truth:
    cut = [deal for deal in plan.deals if len(deal.entered) > MOST_VALUES]
    common = {name: value for name, value in counts(plan).items() if not name.startswith("leads")}
    values = [_stages(deal)[:MOST_VALUES] for deal in plan.deals]
    stamps = [str(value["timestamp"]) for history in values for value in history]
    return {
        "log": {"system": "hubspot", "synthetic": True, "planted": True, "time": "UTC, Z; the view: local, +08:00",
                **common, "first": _read(min(stamps)), "as_of": _read(max(stamps)),
                "deals_partner_pipeline": sum(pipeline(deal) != "default" for deal in plan.deals)},
        "rows": {**{f"deals_page{number}.json": len(plan.deals[(number - 1) * PAGE: number * PAGE])
                    for number in range(1, pages + 1)},
                 "pipelines.json": len(PIPELINES), "owners.json": SELLERS, f"ui_export/{VIEW}": len(plan.deals)},
        "money": money(plan),
        "history": {
            "stage_values": sum(map(len, values)), "amount_values": sum(len(_amounts(deal)) for deal in plan.deals),
            "most_values": MOST_VALUES, "truncated_ids": [deal_id(deal) for deal in cut],
            "stage_values_cut_off": sum(len(deal.entered) - MOST_VALUES for deal in cut),
        },
        "view": {"dates_entered": sum(len({save.stage for save in deal.entered}) for deal in plan.deals),
                 "entries_overwritten": sum(len(deal.entered) - len({save.stage for save in deal.entered})
                                            for deal in plan.deals)},
        "dictionary": {"relabelled_stage_id": "contractsent", "relabelled_stage_label": LABELS["solution"],
                       "labels_shared_by_both_pipelines": len(LABELS)},
        "odd": {"stages_tied_ids": [deal_id(plan.deals[number - 1]) for number in plan.tied],
                "won_then_lost_ids": [deal_id(plan.deals[plan.won_then_lost - 1])],
                "imported_ids": [deal_id(deal) for deal in plan.deals if deal.imported],
                "won_reached_and_left": sum(WON in {save.stage for save in deal.saves} and state(deal) != WON
                                            for deal in plan.deals)},
    }


def _read(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
