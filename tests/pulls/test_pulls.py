"""Pulls from four systems: what arrives is what was served, once; the second run brings what has changed."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from pulls import accounts
from pulls.serving import TOKEN, Answer, serving
from told import told, written

import ltcdiag as ltc
from ltcdiag.errors import InputError, OutputError
from ltcdiag.pulls import asking, keeping
from ltcdiag.words import use

SYSTEMS = ("salesforce", "hubspot", "zoho", "jiandaoyun")
TOKENS = {name: f"LTCDIAG_{name.upper()}_{'KEY' if name == 'jiandaoyun' else 'TOKEN'}" for name in SYSTEMS}
EVENTS = {name: getattr(accounts, f"{name.upper()}_EVENTS") for name in SYSTEMS}
MONEY = {name: getattr(accounts, f"{name.upper()}_MONEY") for name in SYSTEMS}


@pytest.fixture
def serve(monkeypatch):
    """A server for a system, its address and the token in the variables; no waiting, English."""
    monkeypatch.setattr(asking, "BACKOFF", 0)
    opened = []

    def start(system, account, **options):
        here = serving(account, **options)
        server = here.__enter__()
        opened.append(here)
        monkeypatch.setenv(TOKENS[system], TOKEN)
        monkeypatch.setenv(f"LTCDIAG_{system.upper()}_URL", server.address + "/api" * (system == "jiandaoyun"))
        return server

    with use("en"):
        yield start
    for here in opened:
        here.__exit__(None, None, None)


def files(folder):
    """Name → lines, sorted: what a reader finds."""
    return {path.name: sorted(path.read_text("utf-8").splitlines()) for path in folder.iterdir() if path.is_file()}


def money(log):
    sql = "select id, amount from ob where type = 'opportunity' and amount is not null"
    rows = log.tables.store.connection.sql(sql).fetchall()
    return {name: amount for name, amount in rows}  # noqa: C416 - rows are plain tuples


def two_days(system):
    return getattr(accounts, system)()


# ---- everything, once ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("system", SYSTEMS)
def test_the_log_of_a_first_and_a_second_run_is_that_of_one_fresh_pull(system, serve, tmp_path):
    before, after = two_days(system)
    server = serve(system, before, date=accounts.FIRST)
    first = ltc.pull(system, tmp_path / "grown")
    assert first.since == ""
    server.account, server.date = after, accounts.SECOND
    second = ltc.pull(system, tmp_path / "grown")
    assert second.since == "2025-05-31T23:00:00Z"
    ltc.pull(system, tmp_path / "fresh")
    assert files(tmp_path / "grown") == files(tmp_path / "fresh")
    for folder in ("grown", "fresh"):
        log = ltc.read(tmp_path / folder)
        assert told(log) == written(EVENTS[system])
        assert money(log) == {name: Decimal(text) for name, text in MONEY[system].items()}
        assert log.ledger.balanced


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_second_run_brings_only_what_has_changed(system, serve, tmp_path):
    account, _ = two_days(system)
    serve(system, account, date=accounts.FIRST)
    first = ltc.pull(system, tmp_path)
    before = files(tmp_path)
    second = ltc.pull(system, tmp_path)     # nothing was touched after the start of the first, less an hour
    assert files(tmp_path) == before
    dictionaries = {"OpportunityStage.jsonl", "pipelines.jsonl", "owners.jsonl", "users.jsonl"}
    brought = {name for name, n in second.records.items() if n}
    whole = {name for name in first.records if any(word in name for word in ("pipeline", "字段", "流程"))}
    assert brought <= dictionaries | whole


def test_a_record_changed_while_the_first_run_went_on_is_asked_for_again(serve, tmp_path):
    before, after = two_days("zoho")
    server = serve("zoho", before, date="Fri, 20 Jun 2025 09:00:30 GMT")     # half a minute after the changes
    ltc.pull("zoho", tmp_path)
    server.account = after
    ltc.pull("zoho", tmp_path)
    assert told(ltc.read(tmp_path)) == written(EVENTS["zoho"])


def test_a_record_that_comes_on_two_pages_is_kept_once_as_it_came_last(serve, tmp_path):
    before, after = two_days("hubspot")

    class Shifting(type(before)):
        def _list(self, records, params):
            page = super()._list(records, params)
            if params.get("after") == "9003":       # while the first page was read, the first deal was won
                page.body["results"].insert(0, self._shown(after.objects["deals"][0], params))
            return page

    serve("hubspot", Shifting(before.objects, before.pipelines, before.owners))
    ltc.pull("hubspot", tmp_path)
    deals = [json.loads(line) for line in (tmp_path / "deals.jsonl").read_text("utf-8").splitlines()]
    assert sorted((deal["id"], deal["properties"]["amount"]) for deal in deals) == [
        ("9001", "120.5"), ("9002", "200"), ("9003", "300")]


def test_what_a_record_no_longer_has_goes_from_the_file(serve, tmp_path):
    before, after = two_days("zoho")
    server = serve("zoho", before, date=accounts.FIRST)
    ltc.pull("zoho", tmp_path / "grown")
    after.histories[accounts.Z1] = after.histories[accounts.Z1][:1]     # an administrator tidied up
    server.account, server.date = after, accounts.SECOND
    ltc.pull("zoho", tmp_path / "grown")
    ltc.pull("zoho", tmp_path / "fresh")
    assert files(tmp_path / "grown") == files(tmp_path / "fresh")


def test_records_are_kept_as_the_system_gave_them(serve, tmp_path):
    _, after = two_days("hubspot")
    serve("hubspot", after)
    ltc.pull("hubspot", tmp_path)
    deals = [json.loads(line) for line in (tmp_path / "deals.jsonl").read_text("utf-8").splitlines()]
    served = {deal["id"]: deal for deal in after.objects["deals"]}
    assert sorted(deal["id"] for deal in deals) == sorted(served)
    for deal in deals:
        assert deal["propertiesWithHistory"]["dealstage"] == served[deal["id"]]["history"]["dealstage"]
        assert deal["properties"].items() <= served[deal["id"]]["properties"].items()
        assert "description" not in deal["properties"]      # nobody asked for it


def test_converted_leads_come_too(serve, tmp_path):
    account, _ = two_days("zoho")
    serve("zoho", account)
    assert ltc.pull("zoho", tmp_path).records["Leads.jsonl"] == 1


def test_a_form_that_was_given_another_name_is_one_form(serve, tmp_path):
    before, after = two_days("jiandaoyun")
    server = serve("jiandaoyun", before, date=accounts.FIRST)
    ltc.pull("jiandaoyun", tmp_path)
    name, widgets, records = after.forms[accounts.DEALS]
    after.forms[accounts.DEALS] = (f"{name}/2025: *", widgets, records)
    server.account, server.date = after, accounts.SECOND
    ltc.pull("jiandaoyun", tmp_path)
    assert told(ltc.read(tmp_path)) == written(EVENTS["jiandaoyun"])
    assert (tmp_path / "商机_2025_ _-000002.jsonl").exists()


def test_where_changes_cannot_be_asked_for_everything_is(serve, tmp_path):
    before, after = two_days("jiandaoyun")

    class Plain(type(before)):
        def answer(self, asked):
            if "filter" in (asked.body or {}):
                return Answer({"code": 1, "msg": "The request is invalid."}, 400)
            return super().answer(asked)

    server = serve("jiandaoyun", Plain(before.forms, before.instances), date=accounts.FIRST)
    ltc.pull("jiandaoyun", tmp_path)
    server.account, server.date = Plain(after.forms, after.instances), accounts.SECOND
    assert ltc.pull("jiandaoyun", tmp_path).left_out == {}
    assert told(ltc.read(tmp_path)) == written(EVENTS["jiandaoyun"])


def test_a_field_that_can_be_seen_from_today_on_is_fetched_for_all_records(serve, tmp_path):
    before, _ = two_days("salesforce")
    fields, records = before.tables["Opportunity"]
    for record in records:
        record["LeadSource"] = "Web"
    server = serve("salesforce", before, date=accounts.FIRST)
    ltc.pull("salesforce", tmp_path)
    server.account.tables["Opportunity"] = ([*fields, "LeadSource"], records)
    ltc.pull("salesforce", tmp_path)
    lines = (tmp_path / "Opportunity.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["LeadSource"] for line in lines] == ["Web"] * 3


def test_an_object_that_was_denied_first_is_fetched_whole_when_it_is_given(serve, tmp_path):
    account, _ = two_days("hubspot")
    account.denied = ("contacts",)
    server = serve("hubspot", account, date=accounts.FIRST)
    first = ltc.pull("hubspot", tmp_path)
    assert first.left_out["contacts"].startswith("403 MISSING_SCOPES")
    assert "contacts" in first.text("en")
    assert "contacts" in first.text("zh")
    assert first.records["deals.jsonl"] == 3
    account.denied = ()
    server.date = accounts.SECOND
    assert ltc.pull("hubspot", tmp_path).records["contacts.jsonl"] == 1


@pytest.mark.parametrize(("system", "denied", "name"), [
    ("salesforce", "Account", "Account"), ("zoho", "Leads", "Leads"), ("jiandaoyun", accounts.DEALS, accounts.DEALS)])
def test_an_object_without_permission_is_told_and_left_out(system, denied, name, serve, tmp_path):
    account, _ = two_days(system)
    account.denied = (denied,)
    serve(system, account)
    pulled = ltc.pull(system, tmp_path)
    assert name in pulled.left_out
    assert sum(pulled.records.values()) > 3


def test_since_limits_a_first_run(serve, tmp_path):
    _, after = two_days("salesforce")
    serve("salesforce", after)
    assert ltc.pull("salesforce", tmp_path, since="2025-06-01").records["Opportunity.jsonl"] == 3
    with pytest.raises(InputError, match="is no date"):
        ltc.pull("salesforce", tmp_path, since="last week")


# ---- faults: nothing lost, nothing double ----------------------------------------------------------------------------

FAULTS = {
    "429": Answer({"message": "You have reached your ten_secondly_roll limit."}, 429, {"Retry-After": "0"}),
    "429 without a time": Answer({"message": "slow down"}, 429),
    "500": Answer({"message": "internal error"}, 500),
    "503": Answer(None, 503),
    "cut": Answer(cut=True),
    "torn": Answer(torn=True),
}


def requests_of(system, serve, tmp_path):
    account, _ = two_days(system)
    server = serve(system, account)
    ltc.pull(system, tmp_path / "plain")
    return server, files(tmp_path / "plain"), len(server.asked)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_passing_fault_at_any_question_changes_nothing(system, fault, serve, tmp_path):
    server, plain, n = requests_of(system, serve, tmp_path)
    server.asked.clear()
    server.faults.update(dict.fromkeys(range(0, 2 * n, 2), FAULTS[fault]))      # every question fails once
    ltc.pull(system, tmp_path / "out")
    assert files(tmp_path / "out") == plain


@pytest.mark.parametrize("system", ["salesforce", "hubspot", "zoho"])
def test_a_token_that_ends_at_any_question_stops_plainly_and_a_new_one_goes_on(system, serve, tmp_path, monkeypatch):
    server, plain, n = requests_of(system, serve, tmp_path)
    for place in range(n):
        out = tmp_path / str(place)
        server.asked.clear()
        server.faults[place] = Answer({"message": f"expired: {TOKEN}", "code": "INVALID_TOKEN"}, 401)
        with pytest.raises(InputError, match="refuses the token") as stopped:
            ltc.pull(system, out)
        assert TOKENS[system] in str(stopped.value)
        assert files(out) == {}                         # no half of a log is to be read
        asked_before = [(each.path, repr(each.params), repr(each.body)) for each in server.asked[:-1]]
        server.asked.clear()
        ltc.pull(system, out)
        assert files(out) == plain
        again = [each for each in server.asked
                 if (each.path, repr(each.params), repr(each.body)) in asked_before]
        kept = ("describe", "pipelines", "layouts")     # what a run asks before it knows what to ask
        assert [each.path for each in again if not any(word in each.path for word in kept)] == []


def test_a_limit_that_is_told_in_the_body_is_waited_for(serve, tmp_path):
    server, plain, n = requests_of("jiandaoyun", serve, tmp_path)
    server.asked.clear()
    busy = Answer({"code": 8303, "msg": "超出请求频率限制"}, 400)
    server.faults.update(dict.fromkeys(range(0, 2 * n, 2), busy))
    ltc.pull("jiandaoyun", tmp_path / "out")
    assert files(tmp_path / "out") == plain


@pytest.mark.parametrize(("answer", "sentence"), [
    (Answer([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}], 403), "too many"),
    (Answer({"message": "daily limit"}, 429, {"Retry-After": "0"}), "too many"),
    (Answer({"message": "daily limit"}, 429, {"Retry-After": "3600"}), "wait for 60 minutes"),
    (Answer({"message": "internal error"}, 500), "a fault of its own"),
    (Answer(cut=True), "never came whole"),
])
def test_a_fault_that_stays_stops_after_a_few_tries_and_the_next_run_goes_on(answer, sentence, serve, tmp_path):
    server, plain, _ = requests_of("salesforce", serve, tmp_path)
    server.asked.clear()
    server.faults.update(dict.fromkeys(range(20, 100), answer))
    with pytest.raises(InputError, match=sentence):
        ltc.pull("salesforce", tmp_path / "out")
    assert len(server.asked) < 80
    server.faults.clear()
    ltc.pull("salesforce", tmp_path / "out")
    assert files(tmp_path / "out") == plain


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_run_can_be_stopped_after_any_page(system, serve, tmp_path):
    _, plain, _ = requests_of(system, serve, tmp_path)
    out, stops = tmp_path / "out", 0

    def stop(name, records):
        raise KeyboardInterrupt

    while True:
        try:
            ltc.pull(system, out, progress=stop)
        except KeyboardInterrupt:
            stops += 1
            assert files(out) == {}
        else:
            break
    assert stops > 5
    assert files(out) == plain


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_disk_that_fails_at_any_write_loses_nothing(system, serve, tmp_path, monkeypatch):
    """Between the page and the state, between two files: wherever it breaks, the next run goes on."""
    _, plain, _ = requests_of(system, serve, tmp_path)
    real, place = keeping._replace, 0
    while True:
        out, left = tmp_path / f"out{place}", [place]

        def full(path, lines, left=left):
            left[0] -= 1
            if left[0] == -1:
                raise OSError(28, "No space left on device")
            real(path, lines)

        monkeypatch.setattr(keeping, "_replace", full)
        try:
            ltc.pull(system, out)
        except OutputError as error:
            said = str(error)
        else:
            break
        assert "No space left" in said
        monkeypatch.setattr(keeping, "_replace", real)
        ltc.pull(system, out)
        assert files(out) == plain
        place += 7 if place > 3 else 1
    assert place > 10


def test_a_stop_while_the_second_run_puts_its_files_in_place_does_no_harm(serve, tmp_path, monkeypatch):
    before, after = two_days("zoho")
    server = serve("zoho", before, date=accounts.FIRST)
    out = tmp_path / "out"
    ltc.pull("zoho", out)
    server.account, server.date = after, accounts.SECOND
    real = keeping.Keeping._complete
    monkeypatch.setattr(keeping.Keeping, "_complete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        ltc.pull("zoho", out)
    monkeypatch.setattr(keeping.Keeping, "_complete", real)
    ltc.pull("zoho", out)
    assert told(ltc.read(out)) == written(EVENTS["zoho"])


def test_what_was_cut_off_behind_the_last_page_is_not_read(serve, tmp_path):
    server, plain, _ = requests_of("hubspot", serve, tmp_path)
    out = tmp_path / "out"
    second = next(n for n, asked in enumerate(server.asked) if asked.path.endswith("deals") and "after" in asked.params)
    server.asked.clear()
    server.faults[second] = Answer({"category": "EXPIRED_AUTHENTICATION"}, 401)
    with pytest.raises(InputError):
        ltc.pull("hubspot", out)
    for part in (out / ".pull" / "parts").iterdir():
        with part.open("ab") as stream:
            stream.write(b'{"id": "9002", "properties": {"deal')
    ltc.pull("hubspot", out)
    assert files(out) == plain


def test_a_next_page_that_comes_again_stops(serve, tmp_path):
    account, _ = two_days("hubspot")

    class Circle(type(account)):
        def _list(self, records, params):
            page = super()._list(records, params)
            if params.get("after"):
                page.body["paging"] = {"next": {"after": params["after"]}}
            return page

    server = serve("hubspot", Circle(account.objects, account.pipelines, account.owners))
    with pytest.raises(InputError, match="round in a circle"):
        ltc.pull("hubspot", tmp_path)
    assert len(server.asked) < 30


def test_a_place_that_the_system_has_forgotten_is_asked_for_from_the_beginning(serve, tmp_path):
    server, plain, _ = requests_of("salesforce", serve, tmp_path)
    place = next(n for n, asked in enumerate(server.asked) if "/query/" in asked.path)
    server.asked.clear()
    server.faults[place] = Answer([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}], 401)
    with pytest.raises(InputError):
        ltc.pull("salesforce", tmp_path / "out")
    server.account.locators.clear()
    ltc.pull("salesforce", tmp_path / "out")
    assert files(tmp_path / "out") == plain


def test_an_answer_of_another_form_is_no_empty_list(serve, tmp_path):
    server, _, _ = requests_of("hubspot", serve, tmp_path)
    server.asked.clear()
    server.faults[0] = Answer({"rows": []})
    with pytest.raises(InputError, match="not of the form"):
        ltc.pull("hubspot", tmp_path / "out")


def test_a_record_that_is_gone_meanwhile_is_passed_over_and_counted(serve, tmp_path):
    server, _, _ = requests_of("zoho", serve, tmp_path)
    place = next(n for n, asked in enumerate(server.asked) if asked.path.endswith("Stage_History"))
    server.asked.clear()
    server.faults[place] = Answer({"code": "INVALID_DATA", "status": "error", "message": "invalid id"}, 400)
    pulled = ltc.pull("zoho", tmp_path / "out")
    assert pulled.passed == {"Stage_History": 1}
    assert "Stage_History" in pulled.text("en")


def test_what_was_known_of_a_record_stays_where_the_system_says_nothing_this_time(serve, tmp_path):
    before, after = two_days("zoho")

    class Silent(type(after)):
        def answer(self, asked):
            if asked.path.endswith(f"{accounts.Z1}/Stage_History"):
                return Answer({"code": "INVALID_DATA", "status": "error", "message": "invalid id"}, 400)
            return super().answer(asked)

    server = serve("zoho", before, date=accounts.FIRST)
    ltc.pull("zoho", tmp_path)
    old = [line for line in files(tmp_path)["Stage_History.jsonl"] if accounts.Z1 in line]
    server.account, server.date = Silent(**vars(after)), accounts.SECOND
    assert ltc.pull("zoho", tmp_path).passed == {"Stage_History": 1}
    assert [line for line in files(tmp_path)["Stage_History.jsonl"] if accounts.Z1 in line] == old
    assert len(old) == 2


# ---- folders ---------------------------------------------------------------------------------------------------------

def test_a_folder_with_other_things_is_not_touched(serve, tmp_path):
    serve("hubspot", two_days("hubspot")[0])
    (tmp_path / "deals.jsonl").write_text("mine")
    with pytest.raises(OutputError, match="holds other things"):
        ltc.pull("hubspot", tmp_path)
    assert (tmp_path / "deals.jsonl").read_text() == "mine"


def test_two_accounts_are_not_mixed(serve, tmp_path, monkeypatch):
    serve("hubspot", two_days("hubspot")[0])
    ltc.pull("hubspot", tmp_path)
    serve("hubspot", two_days("hubspot")[0])        # another address
    with pytest.raises(InputError, match="another account"):
        ltc.pull("hubspot", tmp_path)


def test_an_unfinished_run_is_not_given_another_start(serve, tmp_path):
    server, _, _ = requests_of("hubspot", serve, tmp_path)
    server.asked.clear()
    server.faults[6] = Answer({"category": "EXPIRED_AUTHENTICATION"}, 401)
    with pytest.raises(InputError):
        ltc.pull("hubspot", tmp_path / "out")
    with pytest.raises(InputError, match="unfinished run"):
        ltc.pull("hubspot", tmp_path / "out", since="2025-06-01")
