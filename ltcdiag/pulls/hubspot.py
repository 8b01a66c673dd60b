"""HubSpot: records with the history of their properties, pipelines, owners, associations.

Source: the vendor's public API specifications (CRM v3 objects, pipelines, owners) and guides (search: its pages end at
10,000 records, so each page starts behind the last id; a list with history gives 50 records a page)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from .shapes import Ask, Call, LeftOut, Record, Refused, Since, Stream, System, by_token, inside, rows_in

_PAGE, _PAGE_OF_HISTORY = 100, 50
_MOST_STAGES = 60       # dates of entry asked for by name: more would not fit into an address
_AFTER = by_token("paging.next.after", "after")
# object → properties, those with history, objects it is linked with
OBJECTS = {
    "companies": ("name industry createdate hs_lastmodifieddate hubspot_owner_id", "", ""),
    "contacts": (("lastname lifecyclestage hs_lead_status createdate lastmodifieddate hubspot_owner_id "
                 "hs_created_by_user_id associatedcompanyid"), "lifecyclestage", ""),
    "deals": (("dealname dealstage pipeline amount deal_currency_code closedate createdate hs_lastmodifieddate "
              "hubspot_owner_id hs_created_by_user_id hs_is_closed hs_is_closed_won hs_is_closed_lost "
              "hs_merged_object_ids"), "dealstage amount closedate hubspot_owner_id", "contacts companies"),
    "quotes": ("hs_title hs_status hs_createdate hs_expiration_date hs_quote_amount hs_currency hs_lastmodifieddate",
               "", "deals"),
    "meetings": (("hs_timestamp hs_meeting_start_time hs_meeting_end_time hs_meeting_outcome hubspot_owner_id "
                 "hs_lastmodifieddate"), "", "deals contacts"),
    "calls": ("hs_timestamp hs_call_duration hs_call_direction hs_call_status hubspot_owner_id hs_lastmodifieddate",
              "", "deals contacts"),
}


def streams(ask: Ask, since: Since) -> Iterator[Stream | LeftOut]:
    """Dictionaries first; then each object: all of it, or what search says has changed, one by one with its history
    (search itself tells no history). Archived records are a list of their own, given whole each time."""
    pipelines = Call("crm/v3/pipelines/deals")
    yield Stream("pipelines", "pipelines.jsonl", pipelines, "results", whole=True)
    for name, archived in (("owners", "false"), ("owners (archived)", "true")):
        yield Stream(name, "owners.jsonl", Call("crm/v3/owners", {"limit": str(_PAGE), "archived": archived}),
                     "results", _AFTER)
    entered = _entered(ask, pipelines)
    for name, (properties, history, links) in OBJECTS.items():
        wanted = {"properties": ",".join([*properties.split(), *(entered if name == "deals" else ())]),
                  "propertiesWithHistory": ",".join(history.split()), "associations": ",".join(links.split())}
        given = {key: text for key, text in wanted.items() if text}
        yield from _lists(name, given, since(name, repr(given)))


def _entered(ask: Ask, pipelines: Call) -> list[str]:
    """The properties that say when a deal entered a stage first: the history holds the last 20 values only."""
    try:
        answer = ask(pipelines)
    except Refused:
        return []
    stages = [stage["id"] for pipeline in rows_in(answer, "results", "pipelines")
              for stage in rows_in(pipeline, "stages", "pipelines")]
    return [f"hs_v2_date_entered_{stage}" for stage in dict.fromkeys(stages)][:_MOST_STAGES]


def _lists(name: str, given: dict[str, str], start: str | None) -> Iterator[Stream]:
    path, file, asked = f"crm/v3/objects/{name}", f"{name}.jsonl", repr(given)
    limit = str(_PAGE_OF_HISTORY if "propertiesWithHistory" in given else _PAGE)
    if start is None:
        yield Stream(name, file, Call(path, {**given, "limit": limit, "archived": "false"}), "results", _AFTER,
                     asked=asked, deleted="archived")
    else:
        changed = f"{name} (changed)"
        yield Stream(changed, "", _search(name, start), "results", _behind)
        yield Stream(name, file, Call(f"{path}/{{id}}", given), each=changed, asked=asked, deleted="archived")
    yield Stream(f"{name} (archived)", file, Call(path, {**given, "limit": limit, "archived": "true"}), "results",
                 _AFTER, deleted="archived")


def _search(name: str, start: str, behind: str = "0") -> Call:
    modified = "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"
    moment = int(datetime.fromisoformat(start).timestamp() * 1000)
    filters = [{"propertyName": modified, "operator": "GTE", "value": str(moment)},
               {"propertyName": "hs_object_id", "operator": "GT", "value": behind}]
    return Call(f"crm/v3/objects/{name}/search", body={
        "filterGroups": [{"filters": filters}], "limit": _PAGE, "properties": ["hs_object_id"],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]})


def _behind(call: Call, answer: Any, records: Sequence[Record]) -> Call | None:
    """The next page of a search: the ids behind the last one."""
    if not records or not inside(answer, "paging.next.after"):
        return None
    body = call.body or {}
    modified = body["filterGroups"][0]["filters"][0]
    last = {"propertyName": "hs_object_id", "operator": "GT", "value": str(records[-1]["id"])}
    return call.with_body(filterGroups=[{"filters": [modified, last]}])


SYSTEM = System(
    "hubspot", "https://api.hubapi.com", "LTCDIAG_HUBSPOT_TOKEN", "LTCDIAG_HUBSPOT_URL", streams,
    signs={"MISSING_SCOPES": "denied", "INVALID_AUTHENTICATION": "token", "EXPIRED_AUTHENTICATION": "token"})
