"""What a database says when something goes wrong, in words that somebody who is no programmer can act on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import InputError
from ..words import current, say
from .databases import Database
from .tokens import Secret

if TYPE_CHECKING:
    from .tables import Asked

_NEAR, _SHOWN = 5, 20
# SQLSTATE, or as much of it as counts → sentence
_STATES = {"28": "password", "42501": "refused", "3D000": "no_database", "25006": "writes", "57014": "stopped",
           "42601": "syntax", "42P01": "no_table", "42703": "no_column", "08": "cut", "57P": "cut", "53": "busy"}
# where the connection fails there is no state, only words of the server or of libpq
_SAID = {"authentication failed": "password", "no password supplied": "password", "does not support ssl": "no_tls",
         "pg_hba.conf": "refused", "database \"": "no_database", "role \"": "password",
         "server closed the connection": "cut", "terminating connection": "cut", "not a database": "no_file_of_it",
         "no such table": "no_table", "read-only": "writes", "readonly database": "writes", "syntax error": "syntax",
         "failed to connect": "no_connection", "lock": "busy"}


def told(error: Exception, database: Database, secret: Secret) -> InputError:
    """An error of a driver as one of ours, with the database's own words and without the password."""
    text = str(error)
    for form in {secret.value, quote(secret.value, safe="")} - {""}:
        text = text.replace(form, "***")
    said = " ".join(text.split("\n\nQuery was:")[0].split())[:300]
    key = _kind(getattr(error, "sqlstate", None) or "", said.casefold())
    return InputError(say(f"databases.{key}", current(), database=database.key, said=said),
                      fix=say(f"databases.{key}_fix", current(), url=database.url,
                              password=database.password or database.url))


def _kind(state: str, said: str) -> str:
    for length in (5, 3, 2):
        if state[:length] in _STATES and state:
            return _STATES[state[:length]]
    return next((key for words, key in _SAID.items() if words in said), "other")


def no_such_table(asked: Asked, connection: Any) -> None:
    """Raises InputError where the database has no such table, with names that are like it."""
    names: list[str] = []
    with suppress(Exception):       # the driver cannot list them: what the database said is told instead
        connection.rollback()
    with suppress(Exception):
        for catalog in connection.adbc_get_objects(depth="tables").read_all().to_pylist():
            for schema in catalog["catalog_db_schemas"] or ():
                names += [".".join(filter(None, (schema["db_schema_name"], table["table_name"])))
                          for table in schema["db_schema_tables"] or ()]
    wanted = asked.source.replace('"', "")
    if not names or wanted in names or wanted in {name.rpartition(".")[2] for name in names}:
        return
    raise InputError(say("databases.no_table_named", current(), table=wanted),
                     fix=say("databases.near", current(), names=", ".join(_near(wanted, names))))


def no_such_column(table: str, wanted: Sequence[str], names: Sequence[str]) -> None:
    """Raises InputError where a column that is wanted is not there, with names that are like it; or none is wanted."""
    missing = [name for name in wanted if name not in names]
    if missing or not wanted:
        near = list(dict.fromkeys(each for name in missing for each in _near(name, names)))
        raise InputError(say("databases.no_column_named", current(), table=table, columns=", ".join(missing)),
                         fix=say("databases.near", current(), names=", ".join(near or names[:_SHOWN])))


def _near(wanted: str, names: Sequence[str]) -> list[str]:
    """Names like one that is not there; where none is, the first of all."""
    by_case = {name.casefold(): name for name in names}
    ends = {name.rpartition(".")[2].casefold(): name for name in names}
    known = {**ends, **by_case}
    found = [*get_close_matches(wanted.casefold(), known, _NEAR, 0.5),
             *get_close_matches(wanted.rpartition(".")[2].casefold(), known, _NEAR, 0.5)]
    return list(dict.fromkeys(known[each] for each in found))[:_NEAR] or sorted(names)[:_SHOWN]
