"""What became of every record: counts by reason, money by currency, the rows set aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ..errors import Fault
from ..log.ledger import Money, RowSetAside
from ..log.telling import reason_name
from ..words import current, say
from .connection import ROWS_A_FILE, literal
from .loading import Loaded

if TYPE_CHECKING:
    import duckdb


NOBODY = "''"    # no reason is called that


def fates(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], int, datetime | None]:
    """Rows by reason, rows kept, and the last moment that a kept row records; one pass over the rows."""
    latest = "greatest(max(ts), max(st))" if "st" in _columns(connection) else "max(ts)"
    rows = connection.sql(f"select reason, count(*), {latest} from typed group by reason order by reason").fetchall()
    kept = next((row for row in rows if row[0] is None), (None, 0, None))
    return {reason: n for reason, n, _ in rows if reason is not None}, kept[1], kept[2]


def _columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return list(connection.sql("select * from typed limit 0").columns)


def lines_by_reason(rows: Iterable[RowSetAside]) -> dict[str, int]:
    """Physical lines set aside, by reason."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.reason] = counts.get(row.reason, 0) + row.line_to - row.line_from + 1
    return counts


def nothing_left(by_reason: Mapping[str, int], records: int, where: str) -> list[Fault]:
    """Why no event is left, one fault a reason."""
    lang = current()
    if not by_reason:
        return [Fault(say("engine.header_only", lang), where=where, fix=say("engine.header_only_fix", lang))]
    return [
        Fault(
            say("engine.nothing_left", lang, n=n, records=records, reason=reason_name(reason, lang)),
            where=where,
            fix=say("engine.nothing_left_fix", lang),
        )
        for reason, n in sorted(by_reason.items())
    ]


def rows_set_aside(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], relation: str = "typed",
    without: frozenset[str] = frozenset(),
) -> list[RowSetAside]:
    """The records that are no events, with their text as it stands in the source (500 characters).

    relation: has the columns row and reason. without: reasons of rows that another row tells."""
    rows: list[RowSetAside] = []
    told = ", ".join([NOBODY, *map(literal, sorted(without))])
    connection.execute(     # compared as it is, the reason goes wrong where one of several Parquet files has but one
        f"create or replace temp table aside as select row as stood, reason from {relation} "
        f"where coalesce(reason, {NOBODY}) not in ({told}) order by row")
    for item in loaded:
        texts = ", ".join(f"coalesce({cell}::varchar, '')" for cell in item.cells.values())
        shown = f"concat_ws(' | ', {texts})" if texts else "''"     # a thousand columns joined by || are too deep
        found = connection.sql(
            f"select stood // {ROWS_A_FILE}, stood % {ROWS_A_FILE}, reason, left({shown}, 500) from aside "
            f"join {item.relation} on {item.row} = stood order by stood"
        ).fetchall()
        rows += [RowSetAside(item.files[file], line, line, reason, text) for file, line, reason, text in found]
    return rows


def cases_gone(connection: duckdb.DuckDBPyConnection, merged: frozenset[str]) -> tuple[int, int]:
    """Cases of which no row is left: some row set aside, all rows told by others (reasons `merged`)."""
    told = ", ".join(map(literal, sorted(merged))) or NOBODY
    aside, again = connection.sql(f"""
        select count(*) filter (not again), count(*) filter (again) from (
          select case_id, bool_and(reason in ({told})) as again from typed
          where reason is not null and nullif(trim(case_id), '') is not null
            and case_id not in (select case_id from kept) group by 1)""").fetchall()[0]
    return int(aside), int(again)


def money(
    connection: duckdb.DuckDBPyConnection, unstated: str, merged: frozenset[str] = frozenset(), *, aside: bool = True
) -> tuple[tuple[Money, ...], int]:
    """Money by currency over all records, and how many amounts are no numbers. unstated: the currency of
    amounts that name none. merged: reasons of rows that another row tells. aside: whether any row has a reason; where
    none has, it is not looked at again."""
    columns = _columns(connection)
    if "amount" not in columns:
        return (), 0
    stated = "nullif(trim(currency), '')" if "currency" in columns else "null"
    currency = f"coalesce({stated}, {literal(unstated)})"
    told = ", ".join(map(literal, sorted(merged))) or NOBODY
    by_fate = f"""sum(amount) filter (where reason is null), sum(amount) filter (where reason not in ({told})),
        sum(amount) filter (where reason in ({told}))""" if aside else "sum(amount), null, null"
    rows = connection.sql(f"""
        select {currency} as cur, sum(amount), {by_fate},
               count(*) filter (where amount is null and has_amount)
        from typed group by cur order by cur""").fetchall()
    sums = tuple(
        Money(cur, Decimal(read), Decimal(kept or 0), set_aside=Decimal(aside or 0), merged=Decimal(again or 0))
        for cur, read, kept, aside, again, _ in rows
        if read is not None
    )
    return sums, sum(row[-1] for row in rows)
