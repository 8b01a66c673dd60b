"""Names of people and customers become pseudonyms before anything is counted: no later room sees a name.

A pseudonym is HMAC-SHA256(key, kind + NUL + normal form), cut to 64 bits, of which four to twelve characters are
shown. It is a safeguard and no anonymity: who has the key, or knows who did what, can tell people."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .cells import NO_VALUE
from .connection import literal, name
from .loading import Loaded

if TYPE_CHECKING:
    import duckdb

PERSON, CUSTOMER, CONTACT = "person", "customer", "contact"
_ANY = "any"     # a column made of others: whatever name stands in it
_GONE = "gone"   # names of deals and the like: they often hold those of customers
_LETTERS = {PERSON: "P", CUSTOMER: "C", CONTACT: "K"}
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"     # Crockford's: no I, L, O, U
_SHOWN, _LONGEST = 4, 12                        # characters of five bits
_SHORT_ROLE = re.compile("[A-Z]{2,3}")
_BLANKS = re.compile(r"\s+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CUSTOMERS = ("account", "contact", "lead")
"""Types of objects that a file may call by a name."""


@dataclass(frozen=True)
class Hiding:
    """key: the secret. columns: (file, column) → person, customer or contact, where they are no part of a case, a time
    or a link. tell: is given the names with their pseudonyms, kind by kind, and how many of these had to be longer."""

    key: bytes = field(repr=False)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    tell: Callable[[Mapping[str, Mapping[str, str]], int], None] | None = field(default=None, repr=False)


def normal(text: str) -> str:
    """A name as it is compared: signs in one form, no capitals, one blank between words, none inside Chinese."""
    plain = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return plain.replace(" ", "") if _CHINESE.search(plain) else plain


def pseudonyms(
    key: bytes, kind: str, texts: Iterable[str], roles: Mapping[str, str] | None = None
) -> tuple[dict[str, str], int]:
    """Text → pseudonym (P-3F9K, or AR-3F9K where the role is short), and how many are longer because two names would
    share one. The same name has the same pseudonym in every log of the project; only such a clash may lengthen it."""
    codes = {text: _code(key, kind, normal(text)) for text in texts}
    length = _lengths(set(codes.values()))
    heads = {code: role for text, role in (roles or {}).items()
             if _SHORT_ROLE.fullmatch(role) and (code := codes.get(text))}
    found = {text: f"{heads.get(code, _LETTERS[kind])}-{code[:length[code]]}" for text, code in codes.items()}
    return found, sum(n > _SHOWN for n in length.values())


def _lengths(codes: set[str]) -> dict[str, int]:
    """How many characters of each code tell it from all others."""
    found: dict[str, int] = {}
    for n in range(_SHOWN, _LONGEST + 1, 2):
        left = codes - set(found)
        alike = Counter(code[:n] for code in left)
        found |= {code: n for code in left if alike[code[:n]] == 1 or n == _LONGEST}
    return found


def _code(key: bytes, kind: str, text: str) -> str:
    """The first 64 bits, the first of five first, as characters."""
    digest = int.from_bytes(hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).digest()[:8], "big")
    return "".join(_SIGNS[digest >> shift & 31] for shift in range(59, -1, -5))


def hide_in_tables(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], hiding: Hiding
) -> list[Loaded]:
    """Plain event tables with pseudonyms in the cells of people, customers and contacts."""
    kinds = [_kinds(item, hiding, role="resource") for item in loaded]
    roles = [_roles(connection, item) for item in loaded]
    every = {person: role for each in roles for person, role in each.items()}
    known = _known(connection, list(zip(loaded, kinds, strict=True)), hiding, every, ())
    return _rewritten_all(connection, loaded, kinds, known)


def hide_in_objects(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], hiding: Hiding
) -> list[Loaded]:
    """The same of tables of systems, once ids have become names: in their cells, events and objects. Names of other
    objects than customers go: they often hold those of customers."""
    kinds = [{**_named(item), **dict.fromkeys(item.cells.keys() - set(item.table.columns), _ANY),
              **_kinds(item, hiding)} for item in loaded]
    types = ", ".join(map(literal, _CUSTOMERS))
    named = f"type in ({types}) and (regexp_matches(id, '[一-龥]') or not regexp_matches(id, '[0-9]'))"
    asked = [(PERSON, "select resource from evs union select resource from made union select owner from ob"),
             (CUSTOMER, f"select name from ob where type in ({types}) union select id from ob where {named}")]
    roles = dict(connection.sql("select resource, min(role) from evs where resource is not null and role is not null "
                                "group by 1 having count(distinct role) = 1").fetchall())
    known = _known(connection, list(zip(loaded, kinds, strict=True)), hiding, roles, asked)
    for table, column in (("evs", "resource"), ("made", "resource"), ("ob", "owner"), ("held", "owner")):
        _update(connection, table, column, PERSON)
    _update(connection, "ob", "id", CUSTOMER, named)
    _update(connection, "ob", "name", CUSTOMER, f"type in ({types})")
    connection.execute("""update ob set id = ob.id || '-' || n from (
        select o, row_number() over (partition by space, type, id order by o) as n from ob) again
        where again.o = ob.o and n > 1""")     # two spellings of one customer stay two objects
    connection.execute(f"update ob set name = null where type not in ({types})")
    connection.execute("update held set name = null")
    connection.execute("drop table if exists people")
    return _rewritten_all(connection, loaded, kinds, known)


def _kinds(item: Loaded, hiding: Hiding, role: str = "") -> dict[str, str]:
    """Column → kind, of the columns of a table that are to be hidden."""
    found = {column: hiding.columns[(item.table.file, column)] for column in item.cells
             if (item.table.file, column) in hiding.columns}
    column = item.map[role] if role else None
    return {**found, column: PERSON} if column is not None else found


def _named(item: Loaded) -> dict[str, str]:
    column = item.map["name"]
    return {column: _GONE} if column is not None and column in item.cells else {}


def _roles(connection: duckdb.DuckDBPyConnection, item: Loaded) -> dict[str, str]:
    """Person → role, where a table gives a person one role only."""
    if item.map["resource"] is None or item.map["role"] is None:
        return {}
    return dict(connection.sql(
        f"select trim({item.text('resource')}), min(trim({item.text('role')})) from {item.relation} "
        f"where {item.text('resource')} is not null group by 1 having count(distinct trim({item.text('role')})) = 1"
    ).fetchall())


def _known(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[tuple[Loaded, Mapping[str, str]]], hiding: Hiding,
    roles: Mapping[str, str], asked: Sequence[tuple[str, str]],
) -> dict[str, dict[str, str]]:
    """`hidden`: kind, text, pseudonym of every name in the tables; the same as kind → text → pseudonym."""
    parts = [*asked, *((kind, f"select {item.cells[column]}::varchar from {item.relation}")
                       for item, kinds in tables for column, kind in kinds.items())]
    found: dict[str, dict[str, str]] = {}
    longer = 0
    for kind in _LETTERS:
        every = " union ".join(f"select trim(t) from ({sql}) q(t) where t is not null" for each, sql in parts
                               if each == kind)
        texts = [row[0] for row in connection.sql(every).fetchall()] if every else []
        names = sorted(text for text in texts if text.casefold() not in NO_VALUE)
        found[kind], more = pseudonyms(hiding.key, kind, names, roles if kind == PERSON else None)
        longer += more
    connection.execute("create table hidden (kind varchar, text varchar, shown varchar)")
    rows = [(kind, text, shown) for kind, each in found.items() for text, shown in each.items()]
    if rows:
        import pandas as pd

        connection.register("batch", pd.DataFrame(rows, columns=["kind", "text", "shown"], dtype=object))
        connection.execute("insert into hidden select * from batch")
        connection.unregister("batch")
    if hiding.tell:
        hiding.tell(found, longer)
    return found


def _update(connection: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, where: str = "true") -> None:
    connection.execute(f"update {table} set {column} = hidden.shown from hidden where hidden.kind = '{kind}' "
                       f"and hidden.text = trim({table}.{column}) and {where}")


def _rewritten_all(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], kinds: Sequence[Mapping[str, str]],
    known: Mapping[str, Mapping[str, str]],
) -> list[Loaded]:
    """The tables with other cells; those in which names stood, and the list of names, are dropped."""
    after = [_rewritten(connection, item, each, known) for item, each in zip(loaded, kinds, strict=True)]
    changed = {new.index for old, new in zip(loaded, after, strict=True) if old.relation != new.relation}
    stood = re.compile(rf"(raw|given|settled)_({'|'.join(map(str, changed)) or '-'})(_\w+)?")
    types = connection.sql("select table_name, table_type from information_schema.tables order by 1").fetchall()
    for relation, kind in types:
        if stood.fullmatch(relation):
            connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {name(relation)}")
    connection.execute("drop table hidden")
    return after


def _rewritten(
    connection: duckdb.DuckDBPyConnection, item: Loaded, kinds: Mapping[str, str],
    known: Mapping[str, Mapping[str, str]],
) -> Loaded:
    """The table with other cells, and without the one that held the names."""
    columns = {item.cells[column]: kind for column, kind in kinds.items()
               if known.get(kind) or kind in (_ANY, _GONE)}
    if not columns:
        return item
    relation = f"hidden_{item.index}"
    joins = " ".join(f"left join ({_shown(kind)}) h{n} on h{n}.text = trim(t.{cell}::varchar)"
                     for n, (cell, kind) in enumerate(columns.items()) if kind != _GONE)
    shown = ["null::varchar" if kind == _GONE else f"coalesce(h{n}.shown, t.{cell}::varchar)"
             for n, (cell, kind) in enumerate(columns.items())]
    cells = ", ".join(f"{sql} as {cell}" for sql, cell in zip(shown, columns, strict=True))
    connection.execute(f"create table {relation} as select t.* replace ({cells}) from {item.relation} t {joins}")
    types = {**item.types, **dict.fromkeys(kinds, "VARCHAR")}
    return replace(item, relation=relation, types=types, stays=True)


def _shown(kind: str) -> str:
    return "select text, min(shown) as shown from hidden" + (f" where kind = '{kind}'" if kind != _ANY else "") + (
        " group by text")
