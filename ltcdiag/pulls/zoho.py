"""Zoho CRM: records, the history of stages and the timeline of each deal and lead, the stages of the pipelines.

Source: the vendor's OpenAPI files v8 (record, related_records, timelines, pipeline, layouts, users), its guide to Get
Records (at most 50 fields, 200 records a page) and Kaizen 107 (Stage_History). Not tried on a live account."""

from __future__ import annotations

from collections.abc import Iterator

from .shapes import Ask, Call, LeftOut, Refused, Since, Stream, System, by_number, by_token, rows_in

_API = "crm/v8"
_OWN = "Owner Created_By Created_Time Modified_Time"
_MORE = by_token("info.next_page_token", "page_token", more="info.more_records")
_PAGES = by_number("info.more_records")
MODULES = {
    "Accounts": f"Account_Name Industry {_OWN}",
    "Leads": f"Lead_Status Lead_Source Company Converted__s Converted_Date_Time Converted_Deal Converted_Account "
             f"{_OWN}",
    "Deals": f"Deal_Name Stage Amount Currency Probability Closing_Date Pipeline Account_Name Lead_Source "
             f"Lead_Conversion_Time Sales_Cycle_Duration Overall_Sales_Duration {_OWN}",
    "Quotes": f"Quote_Number Subject Quote_Stage Valid_Till Grand_Total Currency Deal_Name Account_Name {_OWN}",
    "Sales_Orders": f"SO_Number Subject Status Grand_Total Currency Quote_Name Deal_Name Account_Name {_OWN}",
    "Invoices": f"Invoice_Number Subject Status Invoice_Date Due_Date Grand_Total Currency Sales_Order Deal_Name__s "
                f"Account_Name {_OWN}",
}
_STAGE_HISTORY = "Stage Moved_To__s Stage_Duration_Calendar_Days Amount Closing_Date Modified_Time Modified_By"


def streams(ask: Ask, since: Since) -> Iterator[Stream | LeftOut]:
    """Dictionaries, modules, then what must be asked for record by record."""
    yield Stream("users", "users.jsonl", Call(f"{_API}/users", {"type": "AllUsers", "per_page": "200"}), "users",
                 _PAGES, whole=True)
    yield from _pipelines(ask)
    for module, fields in MODULES.items():
        yield from _module(module, fields, since(module, fields))
    history = Call(f"{_API}/Deals/{{id}}/Stage_History",
                   {"fields": ",".join(_STAGE_HISTORY.split()), "per_page": "200"})
    yield Stream("Stage_History", "Stage_History.jsonl", history, "data", _PAGES, each="Deals", marked=True,
                 file_of="Deals.jsonl")
    for module in ("Deals", "Leads"):
        timeline = Call(f"{_API}/{module}/{{id}}/__timeline", {"per_page": "200"})
        yield Stream(f"timeline of {module}", f"timeline_{module}.jsonl", timeline, "__timeline", _MORE, each=module,
                     marked=True, file_of=f"{module}.jsonl")


def _pipelines(ask: Ask) -> Iterator[Stream | LeftOut]:
    """Each layout of the deals has its pipelines."""
    try:
        layouts = rows_in(ask(Call(f"{_API}/settings/layouts", {"module": "Deals"})), "layouts", "layouts")
    except Refused as refused:
        yield LeftOut("pipeline", refused.reason)
        return
    for number in [str(layout["id"]) for layout in layouts]:
        yield Stream(f"pipeline {number}", f"pipeline_{number}.jsonl",
                     Call(f"{_API}/settings/pipeline", {"layout_id": number}), "pipeline", whole=True)


def _module(module: str, fields: str, start: str | None) -> Iterator[Stream]:
    """The records of a module; converted leads too. Only those changed since, and then those deleted since."""
    headers = {"If-Modified-Since": start.replace("Z", "+00:00")} if start else {}
    asked = {"fields": ",".join(fields.split()), "per_page": "200"}
    if module == "Leads":
        asked["converted"] = "both"
    yield Stream(module, f"{module}.jsonl", Call(f"{_API}/{module}", asked, headers=headers), "data", _MORE,
                 asked=fields)
    if start:
        yield Stream(f"{module} (deleted)", "", Call(f"{_API}/{module}/deleted", {"type": "all", "per_page": "200"},
                                                     headers=headers), "data", _PAGES, removes=f"{module}.jsonl")


SYSTEM = System(
    "zoho", "https://www.zohoapis.com", "LTCDIAG_ZOHO_TOKEN", "LTCDIAG_ZOHO_URL", streams, scheme="Zoho-oauthtoken",
    signs={"INVALID_TOKEN": "token", "AUTHENTICATION_FAILURE": "token", "OAUTH_SCOPE_MISMATCH": "denied",
           "NO_PERMISSION": "denied", "TOO_MANY_REQUESTS": "busy"})
