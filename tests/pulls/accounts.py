"""Four small accounts, each on two days: what the vendor holds before and after a change of stage, a new deal and a
deletion; and the events that a log of it must have, written by hand."""

from __future__ import annotations

from copy import deepcopy

from pulls.serving import HubSpot, Jiandaoyun, Salesforce, Zoho

FIRST, SECOND = "Sun, 01 Jun 2025 00:00:00 GMT", "Tue, 01 Jul 2025 00:00:00 GMT"
MAY, JUNE = "2025-05-20", "2025-06-20"

# ---- Salesforce ------------------------------------------------------------------------------------------------------

A, B, C, D = (f"006{n:012d}AAA" for n in (1, 2, 3, 4))
ANNA, BEN = (f"005{n:012d}AAA" for n in (1, 2))
_STAMPS = ["CreatedDate", "CreatedById", "LastModifiedDate", "SystemModstamp", "IsDeleted"]
_FIELDS = {
    "Opportunity": ["Id", *_STAMPS, "Name", "AccountId", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon",
                    "OwnerId", "Description", "LastStageChangeDate"],
    "OpportunityHistory": ["Id", "CreatedDate", "CreatedById", "SystemModstamp", "IsDeleted", "OpportunityId",
                           "StageName", "Amount", "CloseDate"],
    "OpportunityFieldHistory": ["Id", "CreatedDate", "CreatedById", "IsDeleted", "OpportunityId", "Field", "OldValue",
                                "NewValue"],
    "OpportunityStage": ["Id", "MasterLabel", "ApiName", "SortOrder", "IsClosed", "IsWon", "IsActive"],
    "User": ["Id", "Name", "Department", "IsActive", "SystemModstamp", "LastModifiedDate"],
    "Account": ["Id", *_STAMPS, "Name", "Industry", "OwnerId"],
}


def _opportunity(number, stage, amount, modified, *, deleted=False):
    return {"Id": number, "Name": f"Deal {number[14]}", "StageName": stage, "Amount": amount, "CloseDate": "2025-07-31",
            "IsClosed": stage.startswith("Closed"), "IsWon": stage == "Closed Won", "OwnerId": ANNA,
            "CreatedById": ANNA, "AccountId": None, "IsDeleted": deleted,
            "CreatedDate": f"2025-05-0{number[14]}T08:00:00.000+0000",
            "LastModifiedDate": f"{modified}T09:00:00.000+0000", "SystemModstamp": f"{modified}T09:00:00.000+0000",
            "LastStageChangeDate": f"{modified}T09:00:00.000+0000"}


def _row(number, deal, stage, when, amount, *, deleted=False):
    return {"Id": f"008{number:012d}AAA", "OpportunityId": deal, "StageName": stage, "Amount": amount,
            "CloseDate": "2025-07-31", "CreatedDate": f"{when}:00.000+0000", "CreatedById": ANNA, "IsDeleted": deleted,
            "SystemModstamp": f"{when}:00.000+0000"}


def salesforce():
    """The account on both days."""
    opportunities = [_opportunity(A, "Proposal", 100.5, MAY), _opportunity(B, "Qualification", 200, MAY),
                     _opportunity(C, "Qualification", 300, MAY)]
    history = [_row(1, A, "Qualification", "2025-05-01T08:00", 100.5),
               _row(2, A, "Proposal", "2025-05-20T09:00", 100.5),
               _row(3, B, "Qualification", "2025-05-02T08:00", 200),
               _row(4, C, "Qualification", "2025-05-03T08:00", 300)]
    fields = [{"Id": "017000000000001AAA", "OpportunityId": A, "Field": "Owner", "OldValue": "Ben", "NewValue": "Anna",
               "CreatedDate": "2025-05-10T10:00:00.000+0000", "CreatedById": BEN, "IsDeleted": False}]
    stages = [{"Id": f"01J{n:012d}AAA", "MasterLabel": name, "ApiName": name, "SortOrder": n, "IsActive": True,
               "IsClosed": name.startswith("Closed"), "IsWon": name == "Closed Won"}
              for n, name in enumerate(("Qualification", "Proposal", "Closed Won", "Closed Lost"), 1)]
    users = [{"Id": number, "Name": name, "Department": department, "IsActive": True,
              "SystemModstamp": "2025-01-01T00:00:00Z"}
             for number, name, department in ((ANNA, "Anna", "AR"), (BEN, "Ben", "SR"))]
    tables = {"Opportunity": opportunities, "OpportunityHistory": history, "OpportunityFieldHistory": fields,
              "OpportunityStage": stages, "User": users, "Account": []}
    before = Salesforce({name: (_FIELDS[name], records) for name, records in tables.items()})
    after = deepcopy(tables)
    after["Opportunity"] = [_opportunity(A, "Closed Won", 120.5, JUNE), opportunities[1],
                            _opportunity(C, "Qualification", 300, JUNE, deleted=True),
                            {**_opportunity(D, "Proposal", 400, JUNE), "CreatedDate": "2025-06-04T08:00:00.000+0000"}]
    after["OpportunityHistory"] = [*history[:3], {**history[3], "IsDeleted": True},
                                   _row(5, A, "Closed Won", "2025-06-20T09:00", 120.5),
                                   _row(6, D, "Qualification", "2025-06-04T08:00", 400),
                                   _row(7, D, "Proposal", "2025-06-20T09:00", 400)]
    return before, Salesforce({name: (_FIELDS[name], records) for name, records in after.items()})


SALESFORCE_EVENTS = f"""
{A} 2025-05-01 08:00 Opportunity created
{A} 2025-05-01 08:00 Qualification
{A} 2025-05-10 10:00 Owner changed
{A} 2025-05-20 09:00 Proposal
{A} 2025-06-20 09:00 Amount changed
{A} 2025-06-20 09:00 Closed Won
{B} 2025-05-02 08:00 Opportunity created
{B} 2025-05-02 08:00 Qualification
{D} 2025-06-04 08:00 Opportunity created
{D} 2025-06-04 08:00 Qualification
{D} 2025-06-20 09:00 Proposal
"""
SALESFORCE_MONEY = {A: "120.5", B: "200", D: "400"}

# ---- HubSpot ---------------------------------------------------------------------------------------------------------


def _deal(number, stages, amount, updated, *, archived=False):
    """stages: (id, moment), the oldest first. The vendor gives histories the newest first."""
    history = [{"value": stage, "timestamp": when, "sourceType": "CRM_UI", "sourceId": "userId:501"}
               for stage, when in reversed(stages)]
    return {"id": number, "createdAt": stages[0][1], "updatedAt": f"{updated}T09:00:00.000Z", "archived": archived,
            "properties": {"dealname": f"Deal {number}", "dealstage": stages[-1][0], "pipeline": "default",
                           "amount": amount, "createdate": stages[0][1], "closedate": None, "hubspot_owner_id": "801",
                           "hs_lastmodifieddate": f"{updated}T09:00:00.000Z", "hs_object_id": number,
                           "hs_is_closed_won": str(stages[-1][0] == "closedwon").lower(), "description": "not wanted"},
            "history": {"dealstage": history, "amount": [{"value": amount, "timestamp": stages[0][1],
                                                          "sourceType": "CRM_UI", "sourceId": "userId:501"}]},
            "associations": {"contacts": {"results": [{"id": "7001", "type": "deal_to_contact"}]}}}


def _stage(key, label, order, probability):
    return {"id": key, "label": label, "displayOrder": order, "archived": False,
            "metadata": {"isClosed": str(probability in ("0.0", "1.0")).lower(), "probability": probability},
            "createdAt": "1970-01-01T00:00:00Z", "updatedAt": "2024-06-20T02:11:45.120Z"}


PIPELINES = [{"id": "default", "label": "Sales Pipeline", "displayOrder": 0, "archived": False,
              "createdAt": "1970-01-01T00:00:00Z", "updatedAt": "1970-01-01T00:00:00Z",
              "stages": [_stage("qualifiedtobuy", "Qualified To Buy", 0, "0.4"),
                         _stage("contractsent", "Pilot", 1, "0.6"), _stage("closedwon", "Closed Won", 2, "1.0"),
                         _stage("closedlost", "Closed Lost", 3, "0.0")]}]
OWNERS = [{"id": "801", "email": "anna@example.invalid", "type": "PERSON", "firstName": "Anna", "lastName": "Li",
           "userId": 501, "createdAt": "2024-01-01T00:00:00.000Z", "updatedAt": "2024-01-01T00:00:00.000Z",
           "archived": False}]
CONTACT = {"id": "7001", "createdAt": "2025-04-30T08:00:00.000Z", "updatedAt": "2025-05-01T08:00:00.000Z",
           "archived": False, "properties": {"lastname": "Wu", "lifecyclestage": "opportunity", "hs_object_id": "7001",
                                             "createdate": "2025-04-30T08:00:00.000Z",
                                             "lastmodifieddate": "2025-05-01T08:00:00.000Z"},
           "history": {"lifecyclestage": [{"value": value, "timestamp": when, "sourceType": "CRM_UI",
                                           "sourceId": "userId:501"} for value, when in (
                                               ("opportunity", "2025-05-01T08:00:00.000Z"),
                                               ("lead", "2025-04-30T08:00:00.000Z"))]}}


def hubspot():
    """The account on both days."""
    one = [("qualifiedtobuy", "2025-05-01T08:00:00.000Z"), ("contractsent", "2025-05-20T09:00:00.000Z")]
    two, three = [("qualifiedtobuy", "2025-05-02T08:00:00.000Z")], [("qualifiedtobuy", "2025-05-03T08:00:00.000Z")]
    four = [("qualifiedtobuy", "2025-06-04T08:00:00.000Z"), ("contractsent", "2025-06-20T09:00:00.000Z")]
    before = {"deals": [_deal("9001", one, "100.5", MAY), _deal("9002", two, "200", MAY),
                        _deal("9003", three, "300", MAY)], "contacts": [CONTACT]}
    after = {"deals": [_deal("9001", [*one, ("closedwon", "2025-06-20T09:00:00.000Z")], "120.5", JUNE),
                       before["deals"][1], _deal("9003", three, "300", JUNE, archived=True),
                       _deal("9004", four, "400", JUNE)],
             "contacts": [CONTACT]}
    return HubSpot(before, PIPELINES, OWNERS), HubSpot(after, PIPELINES, OWNERS)


HUBSPOT_EVENTS = """
7001 2025-04-30 08:00 Lead created
7001 2025-04-30 08:00 Lead: lead
7001 2025-05-01 08:00 Lead: opportunity
9001 2025-05-01 08:00 Opportunity created
9001 2025-05-01 08:00 Qualified To Buy
9001 2025-05-20 09:00 Pilot
9001 2025-06-20 09:00 Closed Won
9002 2025-05-02 08:00 Opportunity created
9002 2025-05-02 08:00 Qualified To Buy
9004 2025-06-04 08:00 Opportunity created
9004 2025-06-04 08:00 Qualified To Buy
9004 2025-06-20 09:00 Pilot
"""
HUBSPOT_MONEY = {"9001": "120.5", "9002": "200", "9004": "400"}

# ---- Zoho ------------------------------------------------------------------------------------------------------------

Z1, Z2, Z3, Z4, L1 = (f"4150868000000{n}" for n in (401001, 401002, 401003, 401004, 301001))
ADA = {"name": "Ada Wong", "id": "4150868000000201002", "email": "a@zylker.example"}


def _zoho_deal(number, stage, amount, created, modified):
    return {"id": number, "Deal_Name": f"Deal {number[-1]}", "Stage": stage, "Amount": amount, "Owner": ADA,
            "Created_By": ADA, "Closing_Date": "2025-07-31", "Created_Time": f"{created}T13:30:00+05:30",
            "Modified_Time": f"{modified}T14:30:00+05:30", "Pipeline": "Standard (Standard)", "Probability": 10,
            "Sales_Cycle_Duration": None, "Description": "not wanted", "Account_Name": None}


def _stay(number, stage, moved, when, amount):
    return {"id": f"41508680000006{number:05d}", "Stage": stage, "Moved_To__s": moved,
            "Stage_Duration_Calendar_Days": None, "Amount": amount, "Closing_Date": "2025-07-31", "Modified_Time": when,
            "Modified_By": {"name": "Ada Wong", "id": "4150868000000201002"}}


def _entry(number, when, field, old, new):
    return {"audited_time": when, "action": "updated", "id": f"41508680000008{number:05d}", "source": "crm_ui",
            "extension": None, "type": "record_event", "done_by": {"name": "Ada Wong", "id": "4150868000000201002"},
            "related_record": None, "automation_details": None, "record": None, "field_history": [
                {"data_type": "picklist", "field_label": field, "api_name": field, "id": f"41508680000009{number:05d}",
                 "_value": {"new": new, "old": old}}]}


def zoho():
    """The account on both days. Its offset is +05:30."""
    lead = {"id": L1, "Lead_Status": "Converted", "Company": "King", "Converted__s": True, "Owner": ADA,
            "Created_By": ADA, "Created_Time": "2025-04-30T13:30:00+05:30",
            "Modified_Time": "2025-05-01T13:30:00+05:30", "Converted_Date_Time": "2025-05-01T13:30:00+05:30",
            "Converted_Deal": {"name": "Deal 1", "id": Z1}}
    deals = [_zoho_deal(Z1, "Pilot", 100.5, "2025-05-01", MAY), _zoho_deal(Z2, "Qualification", 200, "2025-05-02", MAY),
             _zoho_deal(Z3, "Qualification", 300, "2025-05-03", MAY)]
    histories = {Z1: [_stay(2, "Pilot", None, "2025-05-20T14:30:00+05:30", 100.5),
                      _stay(1, "Qualification", "Pilot", "2025-05-01T13:30:00+05:30", 100.5)],
                 Z2: [_stay(3, "Qualification", None, "2025-05-02T13:30:00+05:30", 200)],
                 Z3: [_stay(4, "Qualification", None, "2025-05-03T13:30:00+05:30", 300)]}
    timelines = {Z1: [_entry(1, "2025-05-20T14:30:00+05:30", "Stage", "Qualification", "Pilot")],
                 L1: [_entry(2, "2025-04-30T14:30:00+05:30", "Lead_Status", "New", "Contacted")]}
    pipelines = [{"display_value": "Standard (Standard)", "default": True, "actual_value": "Standard (Standard)",
                  "id": "4150868000000701001", "child_available": False, "maps": [
                      {"display_value": name, "sequence_number": n, "actual_value": name, "colour_code": None,
                       "forecast_category": {"name": "Pipeline", "id": "4150868000000702001"},
                       "id": f"415086800000070300{n}", "forecast_type": kind}
                      for n, (name, kind) in enumerate((("Qualification", "Open"), ("Pilot", "Open"),
                                                        ("Closed Won", "Closed Won")), 1)]}]
    users = [{"id": ADA["id"], "full_name": "Ada Wong", "role": {"name": "Sales", "id": "1"},
              "profile": {"name": "Standard", "id": "2"}, "email": ADA["email"]}]
    before = Zoho({"Deals": deals, "Leads": [lead]}, histories, timelines, pipelines, users)
    after = Zoho({"Deals": [_zoho_deal(Z1, "Closed Won", 120.5, "2025-05-01", JUNE), deals[1],
                            _zoho_deal(Z4, "Pilot", 400, "2025-06-04", JUNE)], "Leads": [lead]},
                 {Z1: [_stay(5, "Closed Won", None, "2025-06-20T14:30:00+05:30", 120.5), *histories[Z1]],
                  Z2: histories[Z2],
                  Z4: [_stay(7, "Pilot", None, "2025-06-20T14:30:00+05:30", 400),
                       _stay(6, "Qualification", "Pilot", "2025-06-04T13:30:00+05:30", 400)]},
                 {Z1: [_entry(3, "2025-06-20T14:30:00+05:30", "Stage", "Pilot", "Closed Won"), *timelines[Z1]],
                  L1: timelines[L1]},
                 pipelines, users, deleted={"Deals": {Z3: f"{JUNE}T14:30:00+05:30"}})
    return before, after


ZOHO_EVENTS = f"""
{L1} 2025-04-30 08:00 Lead created
{L1} 2025-04-30 09:00 Lead: Contacted
{L1} 2025-05-01 08:00 Lead converted
{Z1} 2025-05-01 08:00 Opportunity created
{Z1} 2025-05-01 08:00 Qualification
{Z1} 2025-05-20 09:00 Pilot
{Z1} 2025-06-20 09:00 Amount changed
{Z1} 2025-06-20 09:00 Closed Won
{Z2} 2025-05-02 08:00 Opportunity created
{Z2} 2025-05-02 08:00 Qualification
{Z4} 2025-06-04 08:00 Opportunity created
{Z4} 2025-06-04 08:00 Qualification
{Z4} 2025-06-20 09:00 Pilot
"""
ZOHO_MONEY = {Z1: "120.5", Z2: "200", Z4: "400"}

# ---- Jiandaoyun ------------------------------------------------------------------------------------------------------

DEALS, CONTRACTS = "5cb58d6d1d6ae90d1c000002", "5cb58d6d1d6ae90d1c000003"
LI = {"_id": "5cb58d6d1d6ae90d1c0000a1", "username": "lilei", "name": "李雷", "status": 1, "type": 0}


def _widget(number, label, kind, items=None):
    name = f"_widget_15119378{number}"
    return {"name": name, "widgetName": name, "label": label, "type": kind, **({"items": items} if items else {})}


DEAL_FIELDS = [_widget("91001", "商机编号", "sn"), _widget("91002", "商机阶段", "combo"),
               _widget("91003", "商机金额", "number"), _widget("91010", "阶段变更记录", "subform", [
                   _widget("91011", "新阶段", "combo"), _widget("91012", "变更时间", "datetime")])]
CONTRACT_FIELDS = [_widget("92001", "合同编号", "sn"), _widget("92002", "商机编号", "lookup"),
                   _widget("92003", "合同金额", "number"), _widget("92004", "签订日期", "datetime")]


def _form_row(place, form, created, updated, **values):
    return {"_id": f"65a49f70c0ffee00000000{place:02d}", "appId": "5cb58d6d1d6ae90d1c000001", "entryId": form,
            "creator": LI, "updater": LI, "deleter": None, "createTime": created, "updateTime": updated,
            "deleteTime": None, **values}


def _jdy_deal(place, name, amount, changes, updated):
    inner = [{"_id": f"65a49f70c0ffee000000{place:02d}{n:02d}", "_widget_1511937891011": stage,
              "_widget_1511937891012": when} for n, (stage, when) in enumerate(changes)]
    return _form_row(place, DEALS, changes[0][1], updated, _widget_1511937891001=name,
                     _widget_1511937891002=changes[-1][0], _widget_1511937891003=amount, _widget_1511937891010=inner)


def _instance(key, finished):
    task = {"app_id": "5cb58d6d1d6ae90d1c000001", "form_id": CONTRACTS, "form_title": "合同", "title": "合同",
            "instance_id": key, "task_id": "t1", "flow_id": 1, "flow_name": "法务评审", "assignee": LI, "creator": LI,
            "create_time": "2025-05-05T02:00:00.000Z", "create_action": "forward",
            "finish_time": finished, "finish_action": "forward" if finished else None, "status": 1 if finished else 0}
    return {"app_id": "5cb58d6d1d6ae90d1c000001", "form_id": CONTRACTS, "form_title": "合同", "instance_id": key,
            "update_time": finished or "2025-05-05T02:00:00.000Z", "url": "https://example.invalid/1", "creator": LI,
            "create_time": "2025-05-05T02:00:00.000Z", "finish_time": finished, "status": 1 if finished else 0,
            "result": 1 if finished else None, "tasks": [task]}


def jiandaoyun():
    """The account on both days. Nothing tells that a record was deleted, so none is; and the workflow goes on without a
    change of the record."""
    one = [("初步接洽", "2025-05-01T08:00:00.000Z"), ("商务报价", "2025-05-20T09:00:00.000Z")]
    two, three = [("初步接洽", "2025-05-02T08:00:00.000Z")], [("初步接洽", "2025-06-04T08:00:00.000Z")]
    contract = _form_row(11, CONTRACTS, "2025-05-05T02:00:00.000Z", "2025-05-05T02:00:00.000Z", flowState=0,
                         _widget_1511937892001="HT001", _widget_1511937892002="SJ001", _widget_1511937892003=100.5,
                         _widget_1511937892004=None)
    plain = _form_row(12, CONTRACTS, "2025-05-06T02:00:00.000Z", "2025-05-06T02:00:00.000Z",
                      _widget_1511937892001="HT002", _widget_1511937892002="SJ002", _widget_1511937892003=200,
                      _widget_1511937892004=None)
    key = contract["_id"]
    before = Jiandaoyun({DEALS: ("商机", DEAL_FIELDS, [_jdy_deal(1, "SJ001", 100.5, one, one[-1][1]),
                                                     _jdy_deal(2, "SJ002", 200, two, two[-1][1])]),
                         CONTRACTS: ("合同", CONTRACT_FIELDS, [contract, plain])}, {key: _instance(key, None)})
    won = [*one, ("赢单", "2025-06-20T09:00:00.000Z")]
    after = Jiandaoyun({DEALS: ("商机", DEAL_FIELDS, [_jdy_deal(1, "SJ001", 120.5, won, won[-1][1]),
                                                    before.forms[DEALS][2][1],
                                                    _jdy_deal(3, "SJ003", 400, three, three[-1][1])]),
                        CONTRACTS: before.forms[CONTRACTS]}, {key: _instance(key, "2025-06-10T02:00:00.000Z")})
    return before, after


JIANDAOYUN_EVENTS = """
65a49f70c0ffee0000000011 2025-05-05 02:00 Approval submitted
65a49f70c0ffee0000000011 2025-06-10 02:00 Approval approved: 法务评审
HT001 2025-05-05 02:00 Contract drafted
HT002 2025-05-06 02:00 Contract drafted
SJ001 2025-05-01 08:00 Opportunity created
SJ001 2025-05-01 08:00 初步接洽
SJ001 2025-05-20 09:00 商务报价
SJ001 2025-06-20 09:00 赢单
SJ002 2025-05-02 08:00 Opportunity created
SJ002 2025-05-02 08:00 初步接洽
SJ003 2025-06-04 08:00 Opportunity created
SJ003 2025-06-04 08:00 初步接洽
"""
JIANDAOYUN_MONEY = {"SJ001": "120.5", "SJ002": "200", "SJ003": "400"}
