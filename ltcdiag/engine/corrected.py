"""Rows that were set aside, mended by a person and given back: they take the place of those they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..log.ledger import CORRECTED, GIVEN_BACK
from ..log.records import TextTable
from ..words import current, say
from .connection import ROWS_A_FILE, literal, name
from .defects.found import Desk
from .loading import Loaded

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_FILE, _LINE, _REASON, _ANYWAY = GIVEN_BACK
_LAST = "regexp_extract({0}, '[^/\\\\]*$')"     # of a path: the folder may be another one today
_FORMULA = "^''[=+@\\t\\r＝＋－＠-]"     # what our files put before a text that a spreadsheet would run


def is_given_back(item: Loaded) -> bool:
    """Whether a table holds rows of ours that were set aside."""
    return isinstance(item.table, TextTable) and {_FILE, _LINE} <= set(item.cells)


def take_back(desk: Desk, loaded: Sequence[Loaded]) -> list[str]:
    """The rows that a corrected one stands for leave the log; what is said about that. Rows that nobody gave back keep
    their reason."""
    before = desk.connection.sql("select count(*) from unfit").fetchall()[0][0]
    for given in filter(is_given_back, loaded):
        _plain(desk.connection, given)
        for item in loaded:
            if item is not given and not is_given_back(item):
                line, file = f"try_cast({given.cells[_LINE]} as bigint)", literal(item.table.file)
                desk.connection.execute(f"""
                    insert into unfit
                    select distinct {item.index}::bigint * {ROWS_A_FILE} + {line}, {literal(CORRECTED)}
                    from {given.relation} where {_LAST.format(given.cells[_FILE])} = {_LAST.format(file)}
                      and {line} in (select {item.line} from {item.relation})""")
    n = desk.connection.sql("select count(*) from unfit").fetchall()[0][0] - before
    return [say("engine.given_back", current(), n=f"{n:,}")] if n else []


def _plain(connection: duckdb.DuckDBPyConnection, given: Loaded) -> None:
    for cell in given.cells.values():
        connection.execute(f"update {given.relation} set {cell} = substr({cell}, 2) "
                           f"where regexp_matches({cell}, '{_FORMULA}')")


def use_anyway(desk: Desk, loaded: Sequence[Loaded]) -> list[str]:
    """Rows that a person wants in the log whatever the rules say; how many they are is said."""
    wanted = [f"select {item.row} from {item.relation} where nullif(trim({item.cells[_ANYWAY]}), '') is not null"
              for item in loaded if is_given_back(item) and _ANYWAY in item.cells]
    if not wanted:
        return []
    rows = f"select row from unfit where row in ({' union all '.join(wanted)})"
    n = desk.connection.sql(f"select count(distinct row) from ({rows})").fetchall()[0][0]
    desk.connection.execute(f"delete from unfit where row in ({rows})")
    return [say("engine.used_anyway", current(), n=f"{n:,}")] if n else []


def set_aside_tables(
    connection: duckdb.DuckDBPyConnection, loaded: Sequence[Loaded], told_again: Sequence[str]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """File and its rows that are no events, with all columns of the file that were read, and where they stand; to be
    mended and given back."""
    told = ", ".join(map(literal, told_again)) or "''"
    for item in loaded:
        if not isinstance(item.table, TextTable):
            continue
        columns = {column: cell for column, cell in item.cells.items() if column not in GIVEN_BACK}
        shown = ", ".join(f"{cell} as {name(column)}" for column, cell in columns.items())
        frame = connection.sql(f"""
            select {shown}, {literal(item.table.file)} as {_FILE}, {item.line} as {_LINE}, reason as {_REASON},
              '' as {_ANYWAY}
            from {item.relation} join (
              select row, reason from typed where reason is not null and reason not in ({told})) on row = {item.row}
            order by row""").df()
        if len(frame):
            yield item.table.file, frame
