"""A plan sent to Trello or Slack: shown before it goes, never doubled, the token nowhere but in the request."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from ..errors import InputError
from ..words import current, say
from . import asking
from .tokens import Secret, safe_address, secret_named

if TYPE_CHECKING:
    import requests

Card = Mapping[str, Any]
PLACES = ("trello", "slack")
_TRELLO = "https://api.trello.com"
_MARK = re.compile(r"^ltcdiag: (\S+)$", re.MULTILINE)
_KEPT = ("name", "desc", "due", "start")    # what an update may change; ticks, lists and members belong to the team
_PAGE = 1000
_TIMEOUT = (10, 60)


@dataclass(frozen=True)
class Sent:
    """What was sent, or would be. host: where. made, updated, same: how many. shown: the entries, a line each. dry:
    nothing was sent."""

    to: str
    host: str
    shown: tuple[str, ...] = field(repr=False)
    made: int = 0
    updated: int = 0
    same: int = 0
    dry: bool = True

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"schema": "ltcdiag.sent/1", "to": self.to, "host": self.host, "made": self.made,
                "updated": self.updated, "same": self.same, "dry_run": self.dry, "entries": list(self.shown)}

    def __str__(self) -> str:
        lang = current()
        if self.dry:
            return "\n".join([say("backlog.would_send", lang, host=self.host), *(f"  {each}" for each in self.shown),
                              say("backlog.would_send_fix", lang)])
        key = "sent_cards" if self.to == "trello" else "sent_messages"
        return say(f"backlog.{key}", lang, made=self.made, updated=self.updated, same=self.same)


# ---- Trello ----------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Key:
    """Key and token in the header, so that they stand in no address and in no list of addresses."""

    key: Secret
    token: Secret

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = (f'OAuth oauth_consumer_key="{self.key.value}", '
                                            f'oauth_token="{self.token.value}"')
        return request


def send_cards(cards: Sequence[Card], *, target: str = "", dry_run: bool = True) -> Sent:
    """Cards (name, desc with the mark in a line of its own, due, start) on the board of a list of Trello.

    target: id of the list for new cards, by default of the variable TRELLO_LIST. A card whose mark is on the board
    already, in whatever list, is brought up to date there; one that was archived is left alone. The key and the token
    stand in TRELLO_KEY and TRELLO_TOKEN. dry_run: nothing is asked and nothing sent. Raises InputError."""
    address = safe_address(os.environ.get("TRELLO_URL") or _TRELLO, "TRELLO_URL")
    shown = tuple(say("backlog.send_card", current(), title=card["name"]) for card in cards)
    if dry_run:
        return Sent("trello", urlsplit(address).netloc, shown)
    wanted = target or os.environ.get("TRELLO_LIST", "").strip()
    if not wanted:
        raise InputError(say("backlog.no_list", current()))
    sender = _Sender(address, _Key(secret_named("TRELLO_KEY"), secret_named("TRELLO_TOKEN")))
    for attempt in range(asking.TRIES):
        done = _Done()
        try:
            _bring(sender, cards, wanted, done)
        except _Passing:        # it may have arrived: look at the board again before anything is made
            time.sleep(min(asking.BACKOFF * 2**attempt, asking.LONGEST_WAIT))
            sender.made_before += done.made
            sender.updated_before += done.updated
            continue
        made, updated = done.made + sender.made_before, done.updated + sender.updated_before
        return Sent("trello", urlsplit(address).netloc, shown, made, updated, len(cards) - made - updated, dry=False)
    raise InputError(say("pulls.server_fault", current(), status=sender.last), fix=say("backlog.again_fix", current()))


@dataclass
class _Done:
    made: int = 0
    updated: int = 0


def _bring(sender: _Sender, cards: Sequence[Card], target: str, done: _Done) -> None:
    """Every card as it should be. Raises _Passing where it is worth looking again."""
    board = sender.ask("GET", f"/1/lists/{quote(target, safe='')}?fields=idBoard")["idBoard"]
    there = {mark[1]: card for card in _on_board(sender, board) if (mark := _MARK.search(str(card.get("desc", ""))))}
    for card in cards:
        mark = _MARK.search(str(card["desc"]))
        known = there.get(mark[1]) if mark else None
        if known is None:
            sender.ask("POST", "/1/cards", {**card, "idList": target})
            done.made += 1
        elif changed := _changed(card, known):
            sender.ask("PUT", f"/1/cards/{quote(str(known['id']), safe='')}", changed)
            done.updated += 1


def _changed(card: Card, known: Card) -> dict[str, Any]:
    """The fields that differ; a day is a day, whatever its hour."""
    if known.get("closed"):
        return {}
    def plain(name: str, value: Any) -> Any:
        return str(value or "")[:10] if name in ("due", "start") else value or ""
    return {name: card.get(name) for name in _KEPT if plain(name, card.get(name)) != plain(name, known.get(name))}


def _on_board(sender: _Sender, board: str) -> Iterator[Card]:
    """All cards of a board, archived ones too, page by page: the newest first."""
    before = ""
    while True:
        page = sender.ask("GET", f"/1/boards/{quote(board, safe='')}/cards/all?fields=name,desc,due,start,closed"
                                 f"&limit={_PAGE}{before}")
        yield from page
        if len(page) < _PAGE:
            return
        before = f"&before={quote(min(str(card['id']) for card in page), safe='')}"


# ---- Slack -----------------------------------------------------------------------------------------------------------

def send_messages(
    messages: Sequence[Mapping[str, Any]], *, known: Collection[str] = (), sent: Callable[[str], None] = lambda _: None,
    skip: int = 0, dry_run: bool = True,
) -> Sent:
    """Messages, in their order, to an incoming webhook of Slack; its address, a secret, stands in SLACK_WEBHOOK_URL.

    known: marks (`mark_of_message`) of messages posted before: they are not posted again. sent: told the mark of each
    as it arrives. skip: so many at the beginning are there already. Where nobody can know whether a message arrived it
    stops and says so. dry_run: nothing is sent. Raises InputError."""
    lang = current()
    shown = tuple(say("backlog.send_message", lang, number=number, title=each["text"], blocks=len(each["blocks"]),
                      bytes=len(_body(each))) for number, each in enumerate(messages, 1))
    if dry_run:
        return Sent("slack", "hooks.slack.com", shown)
    hook = secret_named("SLACK_WEBHOOK_URL")
    address = safe_address(hook.value, hook.name)
    parts = urlsplit(address)
    sender = _Sender(f"{parts.scheme}://{parts.netloc}", lambda request: request, (Secret(hook.name, parts.path), hook))
    made = 0
    for number, message in enumerate(messages, 1):
        mark = mark_of_message(message)
        if number <= skip or mark in known:
            sent(mark)
            continue
        try:
            sender.ask("POST", parts.path, message, plain=True)
        except _Passing:
            raise InputError(say("backlog.unsure", lang, number=number),
                             fix=say("backlog.unsure_fix", lang, number=number)) from None
        sent(mark)
        made += 1
    return Sent("slack", parts.netloc, shown, made, 0, len(messages) - made, dry=False)


def mark_of_message(message: Mapping[str, Any]) -> str:
    """The fingerprint of what a message says."""
    return hashlib.sha256(_body(message)).hexdigest()


def _body(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


# ---- both ------------------------------------------------------------------------------------------------------------

class _Passing(Exception):  # noqa: N818 - caught inside the file, never seen by a user
    """Nobody knows whether the request arrived."""


class _Sender:
    """A connection that makes something at the other end. last: the last status."""

    def __init__(self, address: str, header: Callable[[Any], Any], secrets: tuple[Secret, ...] = ()) -> None:
        self.address, self.session = address, asking.session_of(header, questions=False)
        self.secrets = secrets or ((header.key, header.token) if isinstance(header, _Key) else ())
        self.last, self.made_before, self.updated_before = 0, 0, 0

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, plain: bool = False) -> Any:
        """The answer; plain: it is a word and no JSON. Raises _Passing where the request may or may not have arrived,
        InputError where it is of no use to go on."""
        import requests

        host = urlsplit(self.address).netloc
        try:
            response = self.session.request(
                method, f"{self.address}{path}", data=None if body is None else _body(body), timeout=_TIMEOUT,
                headers={} if body is None else {"Content-Type": "application/json; charset=utf-8"},
                allow_redirects=False)
        except requests.exceptions.ConnectTimeout as error:
            raise self._offline(host, error) from None
        except requests.exceptions.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "NameResolution" in repr(error):     # it never left
                raise self._offline(host, error) from None
            raise _Passing from None
        except requests.exceptions.RequestException:
            raise _Passing from None
        return self._answer(response, host, plain=plain)

    def _offline(self, host: str, error: Exception) -> InputError:
        return InputError(say("pulls.no_connection", current(), host=host, what=type(error).__name__),
                          fix=say("backlog.again_fix", current()))

    def _answer(self, response: requests.Response, host: str, *, plain: bool) -> Any:
        self.last = response.status_code
        if self.last >= 500:
            raise _Passing
        if self.last == 429:
            raise InputError(say("pulls.limit", current()), fix=say("backlog.again_fix", current()))
        if self.last >= 300:
            raise InputError(say("backlog.refused", current(), host=host, status=self.last,
                                 said=self._hidden(response.text)), fix=say("backlog.refused_fix", current()))
        if plain:
            return response.text
        try:
            return response.json()
        except ValueError:      # half an answer, or one that is no JSON
            raise _Passing from None

    def _hidden(self, text: str) -> str:
        for secret in self.secrets:
            text = secret.hidden_in(text)
        return text[:200]
