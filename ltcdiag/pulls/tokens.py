"""Tokens: from the environment or the keyring of the computer, into the header of a request, and nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import InputError
from ..words import current, say
from .shapes import System

SERVICE = "ltcdiag"
HERE = ("127.0.0.1", "localhost", "::1")
_SHOWN = 300


@dataclass(frozen=True, repr=False)
class Secret:
    """A token that does not show itself. name: of the variable that holds it."""

    name: str
    value: str

    def __repr__(self) -> str:
        return f"Secret({self.name})"

    __str__ = __repr__

    def hidden_in(self, text: str) -> str:
        """A text of the system without the token, cut to what can be read in one look."""
        return (text.replace(self.value, "***") if self.value else text)[:_SHOWN]


@dataclass(frozen=True)
class Header:
    """Puts the token into the header of a request; as `auth`, no password file of the user can take its place."""

    scheme: str
    secret: Secret

    def __call__(self, request: Any) -> Any:
        """The request, with the token."""
        request.headers["Authorization"] = f"{self.scheme} {self.secret.value}"
        return request


def secret_of(system: System) -> Secret:
    """The token of a system, as `secret_named` finds it."""
    return secret_named(system.token)


def secret_named(name: str) -> Secret:
    """What a variable holds, else the keyring (service "ltcdiag", user = name of the variable).

    Raises InputError where there is none, or what is there cannot be a token."""
    value = (os.environ.get(name) or _in_keyring(name) or "").strip()
    if not value:
        raise InputError(say("pulls.no_token", current(), name=name),
                         fix=say("pulls.no_token_fix", current(), name=name, service=SERVICE))
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise InputError(say("pulls.odd_token", current(), name=name))
    return Secret(name, value)


def password_named(name: str) -> Secret:
    """As `secret_named`, for a password: it may hold anything, and there may be none (a database has other ways, too).
    "" = nothing is looked for."""
    return Secret(name, (os.environ.get(name) or _in_keyring(name) or "") if name else "")


def _in_keyring(name: str) -> str | None:
    try:
        import keyring
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(SERVICE, name)     # typed only where keyring is installed
    except keyring.errors.KeyringError:     # no keyring on this computer, or locked: the variable is the way
        return None
    return found


def address_of(system: System) -> str:
    """Where the system answers, without a slash at the end: https, or this computer.

    Raises InputError where it is not known, or is no such address."""
    text = (os.environ.get(system.url) or system.address).strip()
    if not text:
        raise InputError(say("pulls.no_address", current(), name=system.url),
                         fix=say("pulls.no_address_fix", current(), name=system.url))
    return safe_address(text, system.url)


def safe_address(text: str, name: str) -> str:
    """An address that gives nothing away, without a slash at the end. name: of the variable that holds it."""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    if not safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise InputError(say("pulls.bad_address", current(), name=name))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
