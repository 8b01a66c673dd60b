"""A plan sent to Trello and Slack: against doubles here that keep the rules of both and fail as networks do."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace

import pytest
from pulls.serving import Answer, serving
from reports.plans import hostile, plan

import ltcdiag as ltc
from ltcdiag.errors import InputError, LtcdiagError
from ltcdiag.pulls import asking
from ltcdiag.pulls.sending import send_messages
from ltcdiag.words import use

KEY, TOKEN, HOOK = "k3y0fnobody", "t0k3n-0f-n0b0dy-5ecret", "/services/T000/B000/s3cr3tpath"
DAY = "2024-09-30"


@dataclass
class Trello:
    """A board with two lists. cards: id → card. page: most cards of an answer."""

    cards: dict = field(default_factory=dict)
    page: int = 1000

    def answer(self, asked):
        if asked.headers.get("Authorization") != f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKEN}"':
            return Answer("invalid token", 401)
        if asked.path == "/1/lists/list1" and asked.method == "GET":
            return Answer({"id": "list1", "idBoard": "board1"})
        if asked.path == "/1/boards/board1/cards/all" and asked.method == "GET":
            assert int(asked.params["limit"]) <= 1000
            newest = sorted(self.cards.values(), key=lambda card: card["id"], reverse=True)
            before = asked.params.get("before")
            return Answer([card for card in newest if not before or card["id"] < before][: self.page])
        if asked.path == "/1/cards" and asked.method == "POST":
            body = dict(asked.body)
            assert body.pop("idList") == "list1"
            assert set(body) <= {"name", "desc", "pos", "due", "start", "dueComplete"}
            assert max(map(len, (body["name"], body["desc"]))) <= 16_384
            key = f"{len(self.cards):024}"
            self.cards[key] = {"id": key, "closed": False, **body}
            return Answer(self.cards[key])
        if asked.path.startswith("/1/cards/") and asked.method == "PUT":
            self.cards[asked.path.rpartition("/")[2]].update(asked.body)
            return Answer({})
        return Answer("not found", 404)


@dataclass
class Slack:
    """A channel behind an incoming webhook."""

    messages: list = field(default_factory=list)

    def answer(self, asked):
        if asked.path != HOOK:
            return Answer("no_service", 404)
        if not 1 <= len(asked.body["blocks"]) <= 50:
            return Answer("invalid_blocks", 400)
        self.messages.append(asked.body)
        return Answer("ok")


@pytest.fixture
def trello(monkeypatch):
    monkeypatch.setattr(asking, "BACKOFF", 0)
    with serving(Trello()) as server, use("en"):
        for name, value in (("KEY", KEY), ("TOKEN", TOKEN), ("LIST", "list1"), ("URL", server.address)):
            monkeypatch.setenv(f"TRELLO_{name}", value)
        yield server


@pytest.fixture
def slack(monkeypatch):
    monkeypatch.setattr(asking, "BACKOFF", 0)
    with serving(Slack()) as server, use("en"):
        monkeypatch.setenv("SLACK_WEBHOOK_URL", server.address + HOOK)
        yield server


def to_trello(given=None, **options):
    done = ltc.send(given or plan(), to="trello", lang="zh", today=DAY, dry_run=False, **options)
    return done.made, done.updated, done.same


def test_first_it_only_shows_what_would_go_where(trello, slack):
    shown = ltc.send(plan(), to="trello", lang="zh", today=DAY)
    assert trello.address.removeprefix("http://") in str(shown)
    assert "card: M1 标准条款预审" in str(shown)
    assert "bytes" in str(ltc.send(plan(), to="slack", lang="zh", today=DAY))
    assert trello.asked == slack.asked == []


def test_a_card_that_is_there_is_brought_up_to_date_wherever_it_lies(trello):
    assert to_trello() == (4, 0, 0)
    assert to_trello() == (0, 0, 4)
    cards = list(trello.account.cards.values())
    cards[0].update(idList="doing", dueComplete=True, name="renamed by somebody")
    cards[1].update(closed=True, name="archived")
    cards[2]["due"] = "2024-10-08T01:30:00.000Z"      # another hour of the same day
    later = replace(plan(), measures=(replace(plan().measures[0], ends="2024-12-01"), plan().measures[1]))
    assert to_trello(later) == (0, 1, 3)
    assert (cards[0]["due"], cards[0]["name"]) == ("2024-12-01T12:00:00.000Z", "M1 标准条款预审")
    assert (cards[0]["idList"], cards[0]["dueComplete"]) == ("doing", True), "what the team did there stays"
    assert cards[1]["name"] == "archived"
    assert len(trello.account.cards) == 4


def test_cards_of_another_cycle_and_of_strangers_stay(trello):
    trello.account.cards["0" * 24] = {"id": "0" * 24, "name": "M1 mine", "desc": "by hand", "closed": False}
    assert to_trello() == (4, 0, 0)
    assert to_trello(name="another") == (4, 0, 0)
    assert len(trello.account.cards) == 9
    assert trello.account.cards["0" * 24]["desc"] == "by hand"


def test_a_board_of_more_than_one_page_is_looked_through(trello, monkeypatch):
    monkeypatch.setattr("ltcdiag.pulls.sending._PAGE", 2)
    trello.account.page = 2
    assert to_trello() == (4, 0, 0)
    assert to_trello() == (0, 0, 4)


@pytest.mark.parametrize("fault", [Answer("x", 500), Answer("x", 503), Answer("x", 429, {"Retry-After": "0"}),
                                   Answer(cut=True), Answer(torn=True), Answer(gone=True)],
                         ids=["500", "503", "429", "cut", "torn", "gone"])
def test_after_any_fault_each_card_is_there_once(trello, fault):
    for at in range(6):
        trello.account.cards.clear()
        trello.asked.clear()
        trello.faults = {at: fault}
        made, updated, same = to_trello()
        assert made + updated + same == 4
        names = [card["name"] for card in trello.account.cards.values()]
        assert sorted(names) == sorted(set(names))
        assert len(names) == 4


def test_a_system_that_stays_down_is_said(trello):
    trello.faults = {at: Answer("x", 500) for at in range(50)}
    with pytest.raises(InputError, match="fault of its own"):
        to_trello()
    assert len(trello.asked) == asking.TRIES


@pytest.mark.parametrize("status", [400, 401, 403, 404, 302])
def test_neither_key_nor_token_is_in_an_error_or_an_address(trello, slack, status, capfd):
    trello.faults = {0: Answer(f"no {TOKEN} {KEY}", status, {"Location": f"{slack.address}/{TOKEN}"})}
    slack.faults = {0: Answer(f"no {HOOK} {slack.address}{HOOK}", status, {"Location": f"{trello.address}{HOOK}"})}
    for to in ("trello", "slack"):
        with pytest.raises(InputError) as told:
            ltc.send(plan(), to=to, today=DAY, dry_run=False)
        said = f"{told.value!s} {told.value!r} {told.value.__cause__!r}"
        assert TOKEN not in said
        assert KEY not in said
        assert HOOK not in said
        assert str(status) in said
    assert len(trello.asked) == len(slack.asked) == 1
    assert all(TOKEN not in repr((asked.path, asked.params, asked.body)) for asked in trello.asked)
    assert TOKEN not in "".join(capfd.readouterr())


def test_messages_of_a_cycle_are_posted_once(slack, tmp_path):
    cycle = ltc.Cycle.create(tmp_path / "c", today=DAY).save(plan=hostile(), today=DAY)
    done = ltc.send(cycle, to="slack", today=DAY, dry_run=False)
    posted = len(slack.account.messages)
    assert (done.made, done.same) == (posted, 0)
    assert posted > 3
    again = ltc.send(cycle, to="slack", today="2024-10-01", dry_run=False)
    assert (again.made, again.same, len(slack.account.messages)) == (0, posted, posted)
    assert HOOK not in (tmp_path / "c" / "sent" / "slack.json").read_text()
    assert ltc.send(hostile(), to="slack", today=DAY, dry_run=False).made == posted, "a plan alone has no receipts"


def test_it_goes_on_where_it_was_refused(slack, tmp_path):
    cycle = ltc.Cycle.create(tmp_path / "c", today=DAY).save(plan=hostile(), today=DAY)
    slack.faults = {2: Answer("channel_is_archived", 410)}
    with pytest.raises(InputError, match="channel_is_archived"):
        ltc.send(cycle, to="slack", today=DAY, dry_run=False)
    assert len(slack.account.messages) == 2
    done = ltc.send(cycle, to="slack", today=DAY, dry_run=False)
    assert done.same == 2
    titles = [each["text"] for each in slack.account.messages]
    assert len(titles) == len(set(titles)) == done.made + 2


@pytest.mark.parametrize("fault", [Answer(cut=True), Answer(gone=True), Answer("x", 500)], ids=["cut", "gone", "500"])
def test_where_nobody_knows_whether_it_arrived_it_stops_and_says_so(slack, fault):
    slack.faults = {1: fault}
    with pytest.raises(InputError, match=r"message 2 was on its way.*\n.*skip=2"):
        ltc.send(hostile(), to="slack", today=DAY, dry_run=False)
    assert len(slack.asked) == 2
    rest = ltc.send(hostile(), to="slack", today=DAY, dry_run=False, skip=2)
    assert rest.same == 2


def test_slack_that_asks_for_patience_is_waited_for(slack):
    slack.faults = {0: Answer("rate_limited", 429, {"Retry-After": "0"})}
    assert ltc.send(plan(), to="slack", today=DAY, dry_run=False).made == 1
    slack.asked.clear()
    slack.faults = {0: Answer("rate_limited", 429, {"Retry-After": "9000"})}
    with pytest.raises(InputError, match="150 minutes"):
        ltc.send(plan(), to="slack", today=DAY, dry_run=False)


def test_what_is_missing_is_said_before_anything_goes_out(trello, slack, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    for name, to in (("TRELLO_LIST", "trello"), ("TRELLO_TOKEN", "trello"), ("TRELLO_KEY", "trello"),
                     ("SLACK_WEBHOOK_URL", "slack")):
        monkeypatch.delenv(name)
        with pytest.raises(InputError, match=name):
            ltc.send(plan(), to=to, today=DAY, dry_run=False)
        monkeypatch.setenv(name, "list1" if name == "TRELLO_LIST" else KEY)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"http://hooks.slack.invalid{HOOK}")
    with pytest.raises(InputError, match="SLACK_WEBHOOK_URL") as told:
        ltc.send(plan(), to="slack", today=DAY, dry_run=False)
    assert HOOK not in str(told.value)
    with pytest.raises(InputError, match="jira"):
        ltc.send(plan(), to="jira", dry_run=False)
    assert trello.asked == slack.asked == []


def test_offline_it_says_so(trello, slack, monkeypatch):
    monkeypatch.setenv("TRELLO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"http://127.0.0.1:9{HOOK}")
    for to in ("trello", "slack"):
        with pytest.raises(InputError, match=r"no connection to 127\.0\.0\.1:9") as told:
            ltc.send(plan(), to=to, today=DAY, dry_run=False)
        assert HOOK not in str(told.value)


def test_without_the_extra_it_says_how_to_get_it(trello, monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(LtcdiagError, match=r"ltcdiag\[pull\]"):
        to_trello()


def test_messages_alone_need_no_folder():
    assert send_messages([{"text": "a", "blocks": []}]).dry
