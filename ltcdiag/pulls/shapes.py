"""How an interface is described: a call, a list that is given page by page, and a system that gives several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from ..errors import InputError
from ..words import current, say

KEY = "list.key"
"""The column that says which record a row belongs to where the answer does not: the readers know it by this name."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One question. path: below the address of the system. body: what is posted; None asks by GET."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def about(self, key: str) -> Call:
        """The same question about one record: `{id}` in the path, or as a value of the body, is its id."""
        body = None if self.body is None else {k: key if v == "{id}" else v for k, v in self.body.items()}
        return replace(self, path=self.path.replace("{id}", quote(key, safe="")), body=body)

    def with_params(self, **params: str) -> Call:
        """The same question with these parameters set."""
        return replace(self, params={**self.params, **params})

    def with_body(self, **values: Any) -> Call:
        """The same question with these values in what is posted."""
        return replace(self, body={**(self.body or {}), **values})


Next = Callable[[Call, Any, Sequence[Record]], Call | None]
"""The call for the next page, from the last call, its answer and its records; None where there is none."""


@dataclass(frozen=True)
class Stream:
    """A list of records, or one list for each record of another stream.

    name: of the stream; two runs know it by this. file: where its records go ("" = only their ids are wanted).
    records: where they stand in an answer, keys joined by dots; "" = the answer is the record.
    id: the field that two copies of one record share. file_of, parent: the file and (by this field) the record there
    to which they belong, and with which they go. whole: each run gives all there is. each: the stream whose ids are
    asked for one by one; marked: the answers do not say to which id they belong, so the rows get it as `list.key`, and
    that is their parent; only: a field that a record must have to be asked for; open: (field, value) of records that
    may change without the other stream telling.
    deleted: the field that is true for deleted records. removes: the file whose records with these ids are gone.
    asked: what was asked for, where that depends on the account: another list makes the next run a full one. full: how
    to ask for everything, where the system may not understand the question for what has changed.
    """

    name: str
    file: str
    first: Call
    records: str = ""
    next: Next = lambda *_: None
    id: str = "id"
    parent: str = ""
    file_of: str = ""
    whole: bool = False
    each: str = ""
    marked: bool = False
    only: str = ""
    open: tuple[str, Any] | None = None
    deleted: str = ""
    removes: str = ""
    asked: str = ""
    full: Call | None = None


@dataclass(frozen=True)
class LeftOut:
    """A list that the account does not give, and why, in the system's own words."""

    name: str
    reason: str


Ask = Callable[[Call], Any]
Since = Callable[..., str | None]
"""Time (ISO, UTC) from which changes of a stream are wanted, by its name (and `asked`); None: everything."""


@dataclass(frozen=True)
class System:
    """An interface. address: where it answers ("" = every account has its own). token, url: names of the variables.

    scheme: the word before the token. signs: code of an answer → "busy" (wait), "limit" (stop for today), "token" (the
    token is refused), "denied" (this list is not given to this account).
    """

    key: str
    address: str
    token: str
    url: str
    streams: Callable[[Ask, Since], Iterator[Stream | LeftOut]]
    scheme: str = "Bearer"
    signs: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - caught inside the room, never seen by a user
    """The system does not answer this question. reason: its own words. denied: to this account, whatever the record."""

    def __init__(self, reason: str, *, status: int, denied: bool) -> None:
        super().__init__(reason)
        self.reason, self.status, self.denied = reason, status, denied


def inside(answer: Any, path: str) -> Any:
    """The value at keys joined by dots; None where there is none."""
    for key in filter(None, path.split(".")):
        answer = answer.get(key) if isinstance(answer, Mapping) else None
    return answer


def rows_in(answer: Any, path: str, name: str) -> list[Record]:
    """The records of an answer ("" = it is one itself; an empty answer has none).

    Raises InputError where they do not stand where the system's documentation puts them: that is no empty list."""
    if answer is None:
        return []
    found = inside(answer, path) if path else [answer]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise InputError(say("pulls.odd_answer", current(), name=name))
    return found


def by_token(where: str, name: str, *, more: str = "") -> Next:
    """The next page is asked for with a token that the answer holds. more: where it says whether there is one."""
    def following(call: Call, answer: Any, records: Sequence[Record]) -> Call | None:
        del records
        token = inside(answer, where) if not more or inside(answer, more) else None
        return call.with_params(**{name: str(token)}) if token else None
    return following


def by_link(where: str) -> Next:
    """The answer holds the address of the next page."""
    def following(call: Call, answer: Any, records: Sequence[Record]) -> Call | None:
        del call, records
        link = inside(answer, where)
        return Call(str(link)) if link else None
    return following


def by_number(where: str) -> Next:
    """The answer says whether there are more pages; they are numbered from 1."""
    def following(call: Call, answer: Any, records: Sequence[Record]) -> Call | None:
        del records
        return call.with_params(page=str(int(call.params.get("page", "1")) + 1)) if inside(answer, where) else None
    return following
