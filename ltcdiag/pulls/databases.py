"""Databases that tables are pulled from, each by its own Arrow driver (ADBC). Another database is another entry."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from ..errors import InputError
from ..words import current, say
from .tokens import HERE

if TYPE_CHECKING:
    import pyarrow as pa

Plain = Callable[["pa.Field"], bool]
_CONNECT_SECONDS = "15"


@dataclass(frozen=True)
class Database:
    """A database and how its driver is asked.

    key: its name in commands. driver: the module of its driver; package: what is installed for it. url: the variable
    with its address; password: the variable with its password ("" = it has none). shown: an address as it may be seen;
    opened: address and password → what the driver's `connect` takes. begin: statements that make what follows one
    moment, read only. moment: the statement that tells this moment ("" = the clock of this computer does). plain:
    whether values of a column arrive as they are; all others are asked for as text. text, odd: a column as text, {} its
    quoted name, and so for certain types. mark: stands before every text, where the driver would guess types from the
    first values. first: the first rows of a source. options: of the statement.
    """

    key: str
    driver: str
    package: str
    url: str
    password: str
    shown: Callable[[str], str]
    opened: Callable[[str, str], dict[str, Any]]
    plain: Plain
    text: str
    begin: Sequence[str] = ()
    moment: str = ""
    odd: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    first: str = "select {columns} from {source} as asked limit {rows}"
    options: Mapping[str, str] = field(default_factory=dict)

    def address(self) -> str:
        """What the variable holds. Raises InputError where it is empty."""
        text = os.environ.get(self.url, "").strip()
        if not text:
            raise InputError(say("databases.no_address", current(), name=self.url),
                             fix=say(f"databases.address_{self.key}", current(), name=self.url))
        return text

    def connected(self, address: str, password: str) -> Any:
        """A connection of the driver's DBAPI. Raises InputError where the driver is not installed; the driver's own
        errors otherwise."""
        from importlib import import_module

        try:
            dbapi, asked = import_module(f"{self.driver}.dbapi"), self.opened(address, password)
        except ImportError:
            raise InputError(say("databases.no_driver", current(), database=self.key, package=self.package),
                             fix='pip install "ltcdiag[database]"') from None
        return dbapi.connect(**asked)

    def column(self, found: pa.Field) -> str:
        """A column of a source as it is selected."""
        name = quoted(found.name)
        if self.plain(found):
            return name
        kind = type_name(found)
        text = self.odd.get(kind, self.text).format(name)
        return f"coalesce('{self.mark}' || {text}, '') as {name}" if self.mark else f"{text} as {name}"


def quoted(name: str) -> str:
    """A name of the user's or the database's as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def type_name(found: pa.Field) -> str:
    """The database's own name of the type of a column, else that of Arrow."""
    told = (found.metadata or {}).get(b"POSTGRESQL:type")
    return told.decode() if told else str(found.type)


# ---- PostgreSQL, and what speaks its protocol ------------------------------------------------------------------------

_AS_THEY_ARE = {"int2", "int4", "int8", "float4", "float8", "bool", "text", "varchar", "name", "date", "timestamp",
                "timestamptz"}
_NOT_HERE = ("password", "sslpassword", "passfile")


def _parsed(address: str) -> tuple[SplitResult, dict[str, str]]:
    """An address of PostgreSQL and its parameters. Raises InputError where it is none or holds a password."""
    parts = urlsplit(address)
    params = dict(parse_qsl(parts.query))
    bad = parts.scheme not in ("postgresql", "postgres") or parts.fragment
    if bad or parts.password is not None or any(name in params for name in _NOT_HERE):
        raise InputError(say("databases.bad_address", current(), name="LTCDIAG_POSTGRESQL_URL"),
                         fix=say("databases.address_postgresql", current(), name="LTCDIAG_POSTGRESQL_URL"))
    return parts, params


def _postgresql_shown(address: str) -> str:
    parts, params = _parsed(address)
    where = f"?host={params['host']}" if "host" in params else ""
    return f"postgresql://{parts.netloc}{parts.path}{where}"


def _postgresql(address: str, password: str) -> dict[str, Any]:
    """A connection URI of libpq. To another computer the connection is encrypted, unless the address says otherwise."""
    parts, params = _parsed(address)
    asked = {"connect_timeout": _CONNECT_SECONDS, "application_name": "ltcdiag", **params}
    host = params.get("host") or parts.hostname or ""
    if host and not host.startswith("/") and host not in HERE:
        asked.setdefault("sslmode", "require")
    if password:
        asked["password"] = password
    return {"uri": f"postgresql://{parts.netloc}{parts.path}?{urlencode(asked, quote_via=quote)}"}


POSTGRESQL = Database(
    "postgresql", "adbc_driver_postgresql", "adbc-driver-postgresql", "LTCDIAG_POSTGRESQL_URL",
    "LTCDIAG_POSTGRESQL_PASSWORD", _postgresql_shown, _postgresql,
    plain=lambda found: type_name(found) in _AS_THEY_ARE, text="{}::text",
    odd={"money": "{}::numeric::text"},     # the driver gives it in hundredths
    begin=("set transaction isolation level repeatable read, read only",), moment="select now()")


# ---- files -----------------------------------------------------------------------------------------------------------

def _file(address: str) -> Path:
    path = Path(address).expanduser()
    if not path.is_file():
        raise InputError(say("databases.no_file", current(), file=path.name))
    return path.resolve()


def _file_shown(address: str) -> str:
    return _file(address).name


def _sqlite(address: str, password: str) -> dict[str, Any]:
    del password
    return {"uri": f"{_file(address).as_uri()}?mode=ro"}


def _duckdb(address: str, password: str) -> dict[str, Any]:
    """The driver is a part of DuckDB; its own `connect` takes no settings."""
    from importlib import import_module

    del password
    driver = import_module("adbc_driver_duckdb").driver_path()
    settings = {"access_mode": "read_only", "enable_external_access": "false"}
    return {"driver": driver, "entrypoint": "duckdb_adbc_init", "db_kwargs": {"path": str(_file(address)), **settings}}


def _is_simple(found: pa.Field) -> bool:
    from pyarrow import types as kinds

    known = (kinds.is_integer, kinds.is_floating, kinds.is_boolean, kinds.is_string, kinds.is_date, kinds.is_timestamp,
             kinds.is_decimal)
    return any(is_kind(found.type) for is_kind in known)


SQLITE = Database(
    "sqlite", "adbc_driver_sqlite", "adbc-driver-sqlite", "LTCDIAG_SQLITE_FILE", "", _file_shown, _sqlite,
    plain=lambda _: False, mark="=",    # any row may hold any type, and the driver takes that of the first rows
    text="case when typeof({0}) = 'blob' then hex({0}) when typeof({0}) = 'real' and cast(cast({0} as text) as real) "
         "<> {0} then printf('%!.17g', {0}) else cast({0} as text) end",     # 15 digits do not tell every number
    options={"adbc.sqlite.query.batch_rows": "65536"})

DUCKDB = Database(
    "duckdb", "adbc_driver_manager", "adbc-driver-manager", "LTCDIAG_DUCKDB_FILE", "",
    _file_shown, _duckdb, plain=_is_simple, text="{}::varchar")

DATABASES = {database.key: database for database in (POSTGRESQL, SQLITE, DUCKDB)}
