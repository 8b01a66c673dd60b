"""One question to a system, asked until the whole answer is there: waits as it is told to, and never for ever."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import InputError
from ..words import current, say
from .shapes import Call, Refused, System
from .tokens import Header, Secret

if TYPE_CHECKING:
    import requests

TRIES = 6
"""A question is asked so many times where the answer is a passing fault."""
LONGEST_WAIT = 120
"""Seconds: a system that says to wait longer is asked another time."""
BACKOFF = 1.0
"""Seconds before the second try again; doubled each time."""
_PASSING = (429, 500, 502, 503, 504)
_TIMEOUT = (10, 120)    # seconds to connect, and between two pieces of an answer
_EMPTY = (204, 304)     # nothing there, nothing changed


class Asker:
    """A connection to a system.

    first_date: when the first answer was given, by the system's own clock (that of this computer may be wrong)."""

    def __init__(self, system: System, address: str, secret: Secret) -> None:
        self.system, self.address, self.secret = system, address, secret
        self.session = session_of(Header(system.scheme, secret))
        self.first_date: datetime | None = None

    def ask(self, call: Call) -> Any:
        """What the system answers, read as JSON; None where it has nothing to say.

        Raises Refused where it does not answer this question; InputError where it is of no use to ask on."""
        url = self._url(call.path)
        for attempt in range(TRIES):
            response = self._answer(url, call)
            if response is not None:
                answer, whole = _read(response)
                if whole and self._settled(response, answer):
                    self.first_date = self.first_date or _date(response)
                    return answer
            if attempt + 1 < TRIES:
                time.sleep(min(BACKOFF * 2**attempt, LONGEST_WAIT))
        what = "cut" if response is None or not whole else "limit"
        raise InputError(say(f"pulls.{what}", current()), fix=say("pulls.again_fix", current()))

    def _url(self, path: str) -> str:
        """Where to ask. A next page on another host is not asked for: the token would go there."""
        if "://" not in path and not path.startswith("//"):
            return f"{self.address}/{path.lstrip('/')}"
        here, there = urlsplit(self.address), urlsplit(path)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise InputError(say("pulls.other_host", current(), host=self.secret.hidden_in(there.netloc)))
        return path

    def _answer(self, url: str, call: Call) -> requests.Response | None:
        """The response with its body; None where the connection broke in the middle of it."""
        import requests
        try:
            return self.session.request(
                "GET" if call.body is None else "POST", url, params=dict(call.params) or None,
                json=None if call.body is None else dict(call.body), headers=dict(call.headers), timeout=_TIMEOUT,
                allow_redirects=False)
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            return None
        except requests.RequestException as error:
            raise InputError(say("pulls.no_connection", current(), host=urlsplit(url).netloc,
                                 what=type(error).__name__), fix=say("pulls.again_fix", current())) from None

    def _settled(self, response: requests.Response, answer: Any) -> bool:
        """Whether this is the answer; False where the system asks for patience in the body of it."""
        status, code, message = response.status_code, _code(answer), _message(answer)
        failed = status >= 300 or (isinstance(answer, Mapping) and answer.get("status") == "error")
        if status in _EMPTY or not failed:
            return True
        sign = self.system.signs.get(code, "")
        if sign == "busy" and status != 429:    # 429 has been waited for already
            return False
        if sign == "token" or (status == 401 and not sign):
            raise InputError(say("pulls.token_refused", current(), said=self.secret.hidden_in(message)),
                             fix=say("pulls.token_refused_fix", current(), name=self.secret.name))
        if sign in ("limit", "busy") or status == 429:
            raise InputError(say("pulls.limit", current()), fix=say("pulls.again_fix", current()))
        if status >= 500:
            raise InputError(say("pulls.server_fault", current(), status=status),
                             fix=say("pulls.again_fix", current()))
        if status < 400 and failed and status >= 300:
            raise InputError(say("pulls.moved", current(), name=self.system.url))
        raise Refused(self.secret.hidden_in(f"{status} {code} {message}".strip()), status=status,
                      denied=status == 403 or sign == "denied")


def session_of(header: Callable[[Any], Any], *, questions: bool = True) -> requests.Session:
    """A session that waits as it is told to. questions: what is posted may be posted again; where it may not (it makes
    something), only what the system has refused to take for now is, and a connection that breaks is an error."""
    try:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util.retry import Retry
    except ImportError:
        raise InputError(say("pulls.no_requests", current()), fix='pip install "ltcdiag[pull]"') from None

    class Patience(Retry):
        """Waits as the system says, within reason."""

        def get_retry_after(self, response: Any) -> float | None:
            """Seconds to wait. Raises InputError where that is too long to sit and wait."""
            told = super().get_retry_after(response)
            if told and told > LONGEST_WAIT:
                raise InputError(say("pulls.limit_until", current(), minutes=math.ceil(told / 60)),
                                 fix=say("pulls.again_fix", current()))
            return told

    again = Patience(total=TRIES, connect=2, allowed_methods=None, backoff_factor=BACKOFF, raise_on_status=False,
                     read=None if questions else False, other=None if questions else 0,
                     status_forcelist=_PASSING if questions else (429,))
    session = requests.Session()
    session.auth = header
    session.headers["Accept"] = "application/json"
    for kind in ("https://", "http://"):
        session.mount(kind, HTTPAdapter(max_retries=again))
    return session


def _read(response: requests.Response) -> tuple[Any, bool]:
    """The body as JSON, and whether it is whole: half a page is none. An error may be told in plain text."""
    if response.status_code in _EMPTY:
        return None, True
    try:
        return response.json(), True
    except ValueError:
        return response.text, response.status_code >= 300


def _date(response: requests.Response) -> datetime:
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)


def _code(answer: Any) -> str:
    said = answer[0] if isinstance(answer, list) and answer else answer
    return str(said.get("errorCode") or said.get("category") or said.get("code") or "") if (
        isinstance(said, Mapping)) else ""


def _message(answer: Any) -> str:
    said = answer[0] if isinstance(answer, list) and answer else answer
    return str(said.get("message") or said.get("msg") or "") if isinstance(said, Mapping) else ""
