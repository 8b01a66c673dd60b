"""Two exports of one log: which rows are told again, which were corrected, which are gone.

The state of a case is a fold over the exports that tell of it, in the order of their last moments. An export tells a
case from its beginning where it holds the first known step (the same activity, at the known moment or before). Then
the whole case is taken from it, and what it lacks is withdrawn. Else its rows continue the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.ledger import CORRECTED, TOLD_AGAIN, WITHDRAWN
from .connection import ROWS_A_FILE, literal
from .kept_parts import Part
from .loading import Loaded

if TYPE_CHECKING:
    import duckdb

_ROLES = ("activity", "ts", "st", "lifecycle", "instance", "resource", "role", "department", "amount", "currency",
          "outcome", "sequence")
_NOT_COMPARED = "source_row"    # where an export of ours says the row comes from
_NEXT = "row_number() over (partition by {by} order by ts, row)"


def merge(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], parts: Sequence[Part], new: int, *,
    again: bool = False,
) -> None:
    """`gone` (row, reason) brought up to date with the part at the place `new`, and `couples` (old, new, same: whether
    the later row says the same). Needs `told`, and `gone` as it was before that part. again: the part was there before
    and is told in another way now.

    Cases of which the part does not tell stay as they are. The others are folded anew where the part is not the
    latest; all of them where its columns are not those of the others."""
    alike = len({part.columns for part in parts}) == 1
    last = alike and not again and new == len(parts) - 1
    where = f"part = {new} and {FIT}" if alike else FIT
    connection.execute(f"create table touched as select distinct case_id from told where {where}")
    connection.execute("create table couples (old bigint, new bigint, same boolean)")
    if last:
        connection.execute("create table cand as select told.* from told semi join touched using (case_id) "
                           f"where {FIT} and row not in (select row from gone)")
    else:
        connection.execute("create table cand as select told.* from told semi join touched using (case_id) "
                           f"where {FIT}")
        connection.execute("delete from gone where row in (select row from cand)")
    connection.execute(f"create table live as select row from cand where {str(last).lower()} and part <> {new}")
    compared = None
    for place, part in list(enumerate(parts))[new if last else 0:]:
        common = frozenset.intersection(*(each.columns for each in parts[:place + 1]))
        if common != compared:
            _digests(connection, loaded, common)
            compared = common
        _step(connection, place, part)


FIT = "(reason is null or reason = 'after_as_of')"
"""Rows that are sound: the as-of moment moves on, so rows behind it take part."""


def _digests(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], columns: frozenset[str]) -> None:
    """`said`: a digest of all that is compared of each row in `cand`: the roles with their types, other columns as
    text."""
    connection.execute("create or replace table told_cells (row bigint, cells varchar)")
    for item in loaded:
        roles = set(item.map.columns.values())
        cells = [item.cells.get(column, "null") for column in sorted(columns)
                 if column not in roles and column != _NOT_COMPARED]
        texts = ", ".join(f"coalesce(trim({cell}::varchar), '')" for cell in cells)
        shown = f"concat_ws(chr(31), {texts})" if cells else "''"
        connection.execute(f"insert into told_cells select {item.row} as row, {shown} from {item.relation} "
                           f"where {item.row} in (select row from cand)")
    there = [role for role in _ROLES if role in connection.sql("select * from cand limit 0").columns]
    texts = ", ".join(f"coalesce(trim({role}::varchar), '')" for role in there)
    connection.execute(
        f"create or replace table said as select row, md5_number_upper(concat_ws(chr(31), {texts}, cells)) as d "
        "from cand join (select distinct on (row) * from told_cells) using (row)")


def _step(connection: duckdb.DuckDBPyConnection, place: int, part: Part) -> None:
    """One export more: `live`, `gone` and `replaced` as they are after it."""
    execute = connection.execute
    execute(f"create or replace table fresh as select cand.*, d from cand join said using (row) where part = {place}")
    execute("create or replace table known as select cand.*, d from cand join said using (row) "
            "semi join live using (row) where case_id in (select case_id from fresh)")
    _told_from_the_beginning(connection, whole=part.whole)
    execute("create or replace table pairs (old bigint, new bigint, same boolean)")
    _pair(connection, "case_id, d", "true")
    columns = connection.sql("select * from fresh limit 0").columns
    kind = ", lifecycle" if "lifecycle" in columns else ""
    if "instance" in columns:
        _pair(connection, f"case_id, activity, instance{kind}", "false", "nullif(trim(instance), '') is not null")
    _pair(connection, f"case_id, activity, ts{kind}", "false")
    if "st" in columns:
        _pair(connection, f"case_id, activity, st{kind}", "false", "st is not null")
    _pair(connection, f"case_id, activity{kind}", "false", "case_id in (select case_id from whole)")
    in_whole = "case_id in (select case_id from whole)"
    execute(f"insert into gone select row, '{TOLD_AGAIN}' from known join pairs on row = old where same and {in_whole}")
    execute(f"insert into gone select row, '{TOLD_AGAIN}' from fresh join pairs on row = new "
            f"where same and not {in_whole}")
    execute(f"insert into gone select old, '{CORRECTED}' from pairs where not same")
    execute(f"insert into gone select row, '{WITHDRAWN}' from known where {in_whole} "
            "and row not in (select old from pairs)")
    execute("insert into couples from pairs")
    execute("insert into live select row from fresh")
    execute("delete from live where row in (select row from gone)")


def _told_from_the_beginning(connection: duckdb.DuckDBPyConnection, *, whole: bool) -> None:
    """`whole`: the cases that the export tells from their first known step on."""
    connection.execute(f"""
        create or replace table whole as
        with first as (select case_id, activity, ts from known
                       qualify row_number() over (partition by case_id order by ts, row) = 1)
        select distinct case_id from fresh join first using (case_id, activity)
        where fresh.ts <= first.ts and {str(whole).lower()}""")


def _pair(connection: duckdb.DuckDBPyConnection, by: str, same: str, where: str = "true") -> None:
    """The n-th known row of a kind that has no pair yet, and the n-th new one."""
    left = "select *, {n} as nth from {table} where {where} and row not in (select {side} from pairs)"
    known, fresh = (left.format(n=_NEXT.format(by=by), table=table, where=where, side=side)
                    for table, side in (("known", "old"), ("fresh", "new")))
    keys = " and ".join(f"o.{key} is not distinct from n.{key}" for key in (*by.split(", "), "nth"))
    connection.execute(f"insert into pairs select o.row, n.row, {same} from ({known}) o join ({fresh}) n on {keys}")


def changed_cells(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded]) -> str:
    """SQL of what differs between a corrected row and the one in its place: row (of the new one), column, before,
    after; the cells as they stand in the exports, where they do not only write the same in another way. Needs
    `replaced` (old, new)."""
    pairs = connection.sql(f"select distinct old // {ROWS_A_FILE}, new // {ROWS_A_FILE} from replaced order by 1, 2")
    table = {number: item for item in loaded for number in item.files}
    between = {(table[old].index, table[new].index): (table[old], table[new]) for old, new in pairs.fetchall()}
    parts = [_changed(*pair) for pair in between.values()]
    none = "select null::bigint as row, '' as \"column\", '' as before, '' as after limit 0"
    return " union all ".join(filter(None, parts)) or none


def _changed(old: Loaded, new: Loaded) -> str:
    role_of = {column: role for role, column in new.map.columns.items()}
    columns = [(column, role_of.get(column, "")) for column in new.cells if column != _NOT_COMPARED]
    return " union all ".join(_one_changed(old, new, column, role) for column, role in columns
                              if column in old.cells or old.map[role])


_TYPED = {"time": "ts", "start": "st", "amount": "amount"}


def _one_changed(old: Loaded, new: Loaded, column: str, role: str) -> str:
    before = f"o.{old.cells[old.map[role] or column]}::varchar"
    after = f"n.{new.cells[column]}::varchar"
    typed = _TYPED.get(role)
    differs = f"a.{typed} is distinct from b.{typed}" if typed else \
        f"coalesce(trim({before}), '') <> coalesce(trim({after}), '')"
    also = "join told a on a.row = old join told b on b.row = replaced.new " if typed else ""
    return (f"select replaced.new as row, {literal(column)} as \"column\", {before} as before, {after} as after "
            f"from replaced {also}join {old.relation} o on old = {old.row.replace('line', 'o.line')} "
            f"join {new.relation} n on replaced.new = {new.row.replace('line', 'n.line')} where {differs}")
