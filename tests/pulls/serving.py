"""A web server on this computer that answers as the vendors document it, and fails as networks and vendors do.

Each account below keeps its vendor's rules (largest page, fields that must be named, codes of errors) from the sources
in CITED.md, so that a client that breaks one gets the vendor's refusal and no answer.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

TOKEN = "tok-5up3r-s3cret-0f-N0b0dy"  # noqa: S105 - invented


@dataclass
class Asked:
    method: str
    path: str
    params: dict
    body: dict | None
    headers: dict


@dataclass
class Answer:
    body: object = None
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: bool = False       # the connection breaks in the middle of the body
    torn: bool = False      # half of the body, and the length says that it is all
    gone: bool = False      # the connection breaks before a word is said


@dataclass
class Server:
    """account: what answers. faults: number of the request → what happens instead, once."""

    account: object
    faults: dict = field(default_factory=dict)
    date: str = "Sun, 01 Jun 2025 00:00:00 GMT"
    asked: list = field(default_factory=list)
    address: str = ""

    def answer(self, asked):
        number = len(self.asked)
        self.asked.append(asked)
        fault = self.faults.pop(number, None)
        if isinstance(fault, Answer) and not (fault.cut or fault.torn or fault.gone):
            return fault
        answer = self.account.answer(asked)
        if fault:
            return Answer(answer.body or {}, answer.status, answer.headers, cut=fault.cut, torn=fault.torn,
                          gone=fault.gone)
        return answer

    def paths(self):
        return [asked.path for asked in self.asked]


@contextmanager
def serving(account, **options):
    """A server for an account while the block runs."""
    server = Server(account, **options)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def handle_any(self):
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), body,
                          dict(self.headers))
            self.give(server.answer(asked))

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - the standard library calls it so

        def give(self, answer):
            if answer.gone:
                self.close_connection = True
                return
            data = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
            half = data[: len(data) // 2]
            self.send_response_only(answer.status)
            self.send_header("Date", server.date)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(half) if answer.torn else len(data)))
            for name, text in answer.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(half if answer.cut or answer.torn else data)
            self.wfile.flush()
            if answer.cut:
                self.close_connection = True

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00").replace("+0000", "+00:00"))


# ---- Salesforce ------------------------------------------------------------------------------------------------------

@dataclass
class Salesforce:
    """tables: object → (fields, records). Two records a page; a locator works once it was given out."""

    tables: dict
    denied: tuple = ()
    locators: dict = field(default_factory=dict)

    def answer(self, asked):
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Answer([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)
        path = asked.path.removeprefix("/services/data/v60.0/")
        if hit := re.fullmatch(r"sobjects/(\w+)/describe", path):
            name = hit[1]
            if name not in self.tables or name in self.denied:
                return Answer([{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}], 404)
            return Answer({"name": name, "queryable": True, "fields": [
                {"name": each, "type": "string"} for each in self.tables[name][0]]})
        if path == "queryAll":
            return self._first(asked.params["q"])
        if path in self.locators:
            return self._page(*self.locators[path])
        return Answer([{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}], 400)

    def _first(self, soql):
        hit = re.fullmatch(r"SELECT ([\w, ]+) FROM (\w+)(?: WHERE (\w+) >= (\S+))?", soql)
        fields, name, by, since = hit[1].split(", "), hit[2], hit[3], hit[4]
        known, records = self.tables[name]
        if unknown := set(fields) - set(known):
            return Answer([{"message": f"No such column '{unknown}'", "errorCode": "INVALID_FIELD"}], 400)
        rows = [{"attributes": {"type": name, "url": f"/services/data/v60.0/sobjects/{name}/{record['Id']}"},
                 **{each: record.get(each) for each in fields}}
                for record in records if not since or moment(record[by]) >= moment(since)]
        return self._page(rows, 0, f"01g{len(self.locators):015d}")

    def _page(self, rows, start, locator):
        page = {"totalSize": len(rows), "done": start + 2 >= len(rows), "records": rows[start : start + 2]}
        if not page["done"]:
            following = f"query/{locator}-{start + 2}"
            self.locators[following] = (rows, start + 2, locator)
            page["nextRecordsUrl"] = f"/services/data/v60.0/{following}"
        return Answer(page)


# ---- HubSpot ---------------------------------------------------------------------------------------------------------

@dataclass
class HubSpot:
    """objects: name → records with everything; a page holds two of them."""

    objects: dict
    pipelines: list
    owners: list
    denied: tuple = ()
    page: int = 2

    def answer(self, asked):
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._error(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired")
        if asked.path == "/crm/v3/pipelines/deals":
            return Answer({"results": self.pipelines})
        if asked.path == "/crm/v3/owners":
            archived = asked.params.get("archived") == "true"
            return self._list([owner for owner in self.owners if owner["archived"] == archived], asked.params)
        hit = re.fullmatch(r"/crm/v3/objects/(\w+)(?:/(\w+))?", asked.path)
        if not hit:
            return self._error(404, "OBJECT_NOT_FOUND", "resource not found")
        name, rest = hit[1], hit[2]
        if name in self.denied:
            return self._error(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes")
        records = self.objects.get(name, [])
        if rest == "search":
            return self._search(records, asked.body, "hs_" * (name != "contacts") + "lastmodifieddate")
        if rest:
            found = [each for each in records if each["id"] == rest and not each["archived"]]
            return Answer(self._shown(found[0], asked.params)) if found else self._error(404, "OBJECT_NOT_FOUND", "no")
        most = 50 if "propertiesWithHistory" in asked.params else 100
        if int(asked.params.get("limit", 10)) > most:
            return self._error(400, "VALIDATION_ERROR", f"limit must be at most {most}")
        wanted = [each for each in records if each["archived"] == (asked.params.get("archived") == "true")]
        return self._list([self._shown(each, asked.params) for each in wanted], asked.params)

    def _list(self, records, params):
        start = next((n for n, each in enumerate(records) if each["id"] == params.get("after")), 0)
        page = {"results": records[start : start + self.page]}
        if start + self.page < len(records):
            after = records[start + self.page]["id"]
            page["paging"] = {"next": {"after": after, "link": f"https://api.hubapi.com/?after={after}"}}
        return Answer(page)

    def _search(self, records, body, modified):
        (changed, behind), = [group["filters"] for group in body["filterGroups"]]
        assert (changed["propertyName"], changed["operator"]) == (modified, "GTE")
        assert (behind["propertyName"], behind["operator"]) == ("hs_object_id", "GT")
        assert body["sorts"] == [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        assert body["limit"] <= 200
        found = sorted((each for each in records if not each["archived"] and int(each["id"]) > int(behind["value"])
                        and moment(each["updatedAt"]).timestamp() * 1000 >= int(changed["value"])),
                       key=lambda each: int(each["id"]))
        rows = [{key: each[key] for key in ("id", "createdAt", "updatedAt", "archived")}
                | {"properties": {"hs_object_id": each["id"]}} for each in found[: self.page]]
        return Answer({"total": len(found), "results": rows}
                      | ({"paging": {"next": {"after": str(self.page)}}} if len(found) > self.page else {}))

    def _shown(self, record, params):
        """The properties, histories and associations that were asked for; unknown ones are passed over."""
        properties = [*params.get("properties", "").split(","), "hs_object_id"]
        shown = {key: record[key] for key in ("id", "createdAt", "updatedAt", "archived")}
        shown["properties"] = {key: text for key, text in record["properties"].items() if key in properties}
        if "propertiesWithHistory" in params:
            shown["propertiesWithHistory"] = {key: rows for key, rows in record.get("history", {}).items()
                                              if key in params["propertiesWithHistory"].split(",")}
        linked = {key: each for key, each in record.get("associations", {}).items()
                  if key in params.get("associations", "").split(",")}
        return shown | ({"associations": linked} if linked else {})

    def _error(self, status, category, message):
        return Answer({"status": "error", "message": message, "correlationId": "aeb5f871-7f07-4993-9211-075dc63e7cbf",
                       "category": category}, status)


# ---- Zoho ------------------------------------------------------------------------------------------------------------

@dataclass
class Zoho:
    """modules: name → records; histories and timelines: id → rows; deleted: module → {id: time}."""

    modules: dict
    histories: dict
    timelines: dict
    pipelines: list
    users: list
    deleted: dict = field(default_factory=dict)
    denied: tuple = ()
    page: int = 2

    def answer(self, asked):
        if asked.headers.get("Authorization") != f"Zoho-oauthtoken {TOKEN}":
            return self._error(401, "INVALID_TOKEN", "invalid oauth token")
        parts = asked.path.removeprefix("/crm/v8/").split("/")
        if asked.path == "/crm/v8/settings/layouts":
            return Answer({"layouts": [{"id": "4150868000000091023", "name": "Standard"}]})
        if asked.path == "/crm/v8/settings/pipeline":
            assert asked.params["layout_id"] == "4150868000000091023"
            return Answer({"pipeline": self.pipelines})
        if asked.path == "/crm/v8/users":
            return self._numbered(self.users, asked.params, "users")
        if parts[0] in self.denied:
            return self._error(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
        if len(parts) == 1:
            return self._records(parts[0], asked)
        if parts[1] == "deleted":
            rows = [{"id": key, "type": "recycle", "deleted_time": when, "deleted_by": None, "created_by": None,
                     "display_name": None} for key, when in self.deleted.get(parts[0], {}).items()
                    if moment(when) >= moment(asked.headers.get("If-Modified-Since", "1970-01-01T00:00:00Z"))]
            return self._numbered(rows, asked.params, "data")
        if parts[1] not in {each["id"] for each in self.modules.get(parts[0], [])}:
            return self._error(400, "INVALID_DATA", "the related id given seems to be invalid")
        if parts[2] == "Stage_History":
            assert asked.params["fields"]
            return self._numbered(self.histories.get(parts[1], []), asked.params, "data")
        return self._tokened(self.timelines.get(parts[1], []), asked.params, "__timeline")

    def _records(self, module, asked):
        if not asked.params.get("fields"):
            return self._error(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing")
        fields = asked.params["fields"].split(",")
        assert len(fields) <= 50
        rows = self.modules.get(module, [])
        since = asked.headers.get("If-Modified-Since")
        if since:
            rows = [row for row in rows if moment(row["Modified_Time"]) >= moment(since)]
            if not rows:
                return Answer(status=304)
        if module == "Leads" and asked.params.get("converted") != "both":
            rows = [row for row in rows if not row.get("Converted__s")]
        return self._tokened([{key: text for key, text in row.items() if key in (*fields, "id")} for row in rows],
                             asked.params, "data")

    def _tokened(self, rows, params, key):
        assert int(params["per_page"]) <= 200
        start = int(params.get("page_token", "t0")[1:])
        if not rows:
            return Answer(status=204)
        more = start + self.page < len(rows)
        info = {"per_page": 200, "count": len(rows[start : start + self.page]), "more_records": more,
                "next_page_token": f"t{start + self.page}" if more else None, "previous_page_token": None}
        return Answer({key: rows[start : start + self.page], "info": info})

    def _numbered(self, rows, params, key):
        start = (int(params.get("page", 1)) - 1) * self.page
        if not rows[start:]:
            return Answer(status=204)
        return Answer({key: rows[start : start + self.page], "info": {
            "per_page": 200, "count": len(rows[start : start + self.page]), "page": int(params.get("page", 1)),
            "more_records": start + self.page < len(rows)}})

    def _error(self, status, code, message):
        return Answer({"code": code, "details": {}, "message": message, "status": "error"}, status)


# ---- Jiandaoyun ------------------------------------------------------------------------------------------------------

@dataclass
class Jiandaoyun:
    """forms: entry_id → (name, widgets, records); instances: data id → workflow."""

    forms: dict
    instances: dict
    app: str = "5cb58d6d1d6ae90d1c000001"
    page: int = 2
    denied: tuple = ()

    def answer(self, asked):
        body = asked.body or {}
        if asked.method != "POST":
            return Answer({"code": 1, "msg": "The request is invalid."}, 400)
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Answer({"code": 8302, "msg": "Request Unauthorized"}, 400)
        path = asked.path.removeprefix("/api")
        if path == "/v5/app/list":
            return Answer({"apps": [{"app_id": self.app, "name": "销售"}][body.get("skip", 0):]})
        if path == "/v5/app/entry/list":
            forms = [{"app_id": self.app, "entry_id": key, "name": form[0]} for key, form in self.forms.items()]
            return Answer({"forms": forms[body.get("skip", 0) :][: self.page]})
        if path == "/v6/workflow/instance/get":
            found = self.instances.get(body["instance_id"])
            assert body["tasks_type"] == 1
            return Answer(found) if found else Answer({"code": 1, "msg": "The request is invalid."}, 400)
        if body["entry_id"] in self.denied:
            return Answer({"code": 1, "msg": "No permission"}, 400)
        assert body["app_id"] == self.app
        _, widgets, records = self.forms[body["entry_id"]]
        if path == "/v5/app/entry/widget/list":
            return Answer({"widgets": widgets, "sysWidgets": [], "dataModifyTime": "2024-03-01T10:00:00.000Z"})
        assert path == "/v5/app/entry/data/list"
        assert 1 <= body["limit"] <= 100
        for each in body.get("filter", {}).get("cond", ()):
            assert (each["field"], each["method"], each["value"][1]) == ("updateTime", "range", None)
            records = [row for row in records if moment(row["updateTime"]) >= moment(each["value"][0])]
        rows = sorted((row for row in records if row["_id"] > body.get("data_id", "")), key=lambda row: row["_id"])
        return Answer({"data": rows[: self.page]})
