"""Salesforce: SOQL by the REST interface; what an object has, its description says.

Source: REST API developer guide (query, queryAll, nextRecordsUrl, describe, status codes); object reference. Deleted
records are given by queryAll, for 15 days or until the recycle bin is emptied."""

from __future__ import annotations

from collections.abc import Iterator

from .shapes import Ask, Call, LeftOut, Refused, Since, Stream, System, by_link, rows_in

VERSION = "v60.0"
_DATES = ("SystemModstamp", "LastModifiedDate", "CreatedDate")     # the first that the object has tells what is new
_ALWAYS = "Id CreatedDate CreatedById LastModifiedDate SystemModstamp IsDeleted CurrencyIsoCode"
# object → its fields
OBJECTS = {
    "OpportunityStage": "MasterLabel ApiName SortOrder IsClosed IsWon IsActive DefaultProbability",
    "LeadStatus": "MasterLabel ApiName SortOrder IsConverted",
    "UserRole": "Name ParentRoleId",
    "User": "Name UserRoleId Department IsActive",
    "Account": "Name Industry Type OwnerId",
    "Lead": "Status OwnerId LeadSource Company IsConverted ConvertedDate ConvertedOpportunityId ConvertedAccountId "
            "ConvertedContactId MasterRecordId",
    "Opportunity": "Name AccountId StageName Amount Probability CloseDate IsClosed IsWon ForecastCategory OwnerId "
                   "LastStageChangeDate LeadSource ContractId RecordTypeId",
    "Quote": "Name QuoteNumber OpportunityId Status IsSyncing GrandTotal ExpirationDate OwnerId ContractId AccountId",
    "Contract": "ContractNumber Status StatusCode AccountId OwnerId CustomerSignedDate CompanySignedDate ActivatedDate "
                "ActivatedById LastApprovedDate StartDate ContractTerm SBQQ__Opportunity__c SBQQ__Quote__c",
    "Order": "OrderNumber Status StatusCode AccountId OwnerId EffectiveDate ActivatedDate ActivatedById TotalAmount "
             "ContractId OpportunityId QuoteId OriginalOrderId IsReductionOrder",
    "OpportunityHistory": "OpportunityId StageName Amount CloseDate Probability ForecastCategory",
    **{f"{name}{history}": f"{name}Id Field OldValue NewValue" for name, history in (
        ("Opportunity", "FieldHistory"), ("Lead", "History"), ("Contract", "History"), ("Order", "History"),
        ("Quote", "History"))},
    "ProcessInstance": "TargetObjectId Status SubmittedById CompletedDate LastActorId",
    "ProcessInstanceStep": "ProcessInstanceId StepStatus ActorId OriginalActorId StepNodeId",
}
WHOLE = ("OpportunityStage", "LeadStatus", "UserRole")


def streams(ask: Ask, since: Since) -> Iterator[Stream | LeftOut]:
    """One list for each object that the account has and shows."""
    for name, wanted in OBJECTS.items():
        try:
            described = ask(Call(f"services/data/{VERSION}/sobjects/{name}/describe"))
        except Refused as refused:
            yield LeftOut(name, refused.reason)
            continue
        has = {field["name"] for field in rows_in(described, "fields", name)}
        fields = ", ".join(dict.fromkeys(field for field in f"{_ALWAYS} {wanted}".split() if field in has))
        dates = [field for field in _DATES if field in has]
        start = None if name in WHOLE or not dates else since(name, fields)
        where = f" WHERE {dates[0]} >= {start}" if start else ""
        soql = f"SELECT {fields} FROM {name}{where}"    # noqa: S608 - names from the list above
        of = name.removesuffix("History").removesuffix("Field") if name.endswith("History") else ""
        yield Stream(name, f"{name}.jsonl", Call(f"services/data/{VERSION}/queryAll", {"q": soql}), "records",
                     by_link("nextRecordsUrl"), id="Id", parent=f"{of}Id", file_of=f"{of}.jsonl",
                     whole=name in WHOLE or not dates, deleted="IsDeleted" if "IsDeleted" in has else "",
                     asked=fields)


SYSTEM = System(
    "salesforce", "", "LTCDIAG_SALESFORCE_TOKEN", "LTCDIAG_SALESFORCE_URL", streams,
    signs={"INVALID_SESSION_ID": "token", "REQUEST_LIMIT_EXCEEDED": "limit", "INSUFFICIENT_ACCESS": "denied"})
