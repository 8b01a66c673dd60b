"""What is told twice is one event: `evs` keeps it once, `gone` holds the others with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.plan import KINDS
from .connection import ROWS_A_FILE, literal
from .source_rows import Source

if TYPE_CHECKING:
    import duckdb

_STAGE, _CLOSE, _CREATE = KINDS.index("stage"), KINDS.index("close"), KINDS.index("create")
_LEFT = "(select * from made anti join gone using (row, part))"


def merge_repeats(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """`evs`: the events that are kept. `gone`: those that repeat another, with the reason.

    duplicate: the same row in two exports, two columns or two tables that tell the same moment of one object.
    milestone: a stage date that the history holds too. collapsed: a stage row that leaves the stage as it was.
    derived: a close date of an object whose history shows the close itself. spare: what another document tells of an
    object whose own table tells it (the last such moments are the same ones), and every creation but the first.
    """
    connection.execute("create table gone (row bigint, part smallint, reason varchar)")
    for reason, sql in (
        ("duplicate", _same_row()), ("duplicate", _other_table(sources)), ("duplicate", _coarser()),
        ("milestone", _in_history()), ("collapsed", _same_stage()), ("derived", _close_in_history()),
        ("spare", _told_by_others()),
    ):
        connection.execute(f"insert into gone select row, part, '{reason}' from ({sql})")
    connection.execute(f"create table evs as from {_LEFT}")
    connection.execute(f"""
        update evs set ts = born.ts from (select o, ts from evs where kind = {_CREATE} and not whole_day) born
        where born.o = evs.o and evs.kind = {_STAGE} and evs.clock = 'milestone' and evs.ts < born.ts
          and evs.ts = date_trunc('minute', born.ts)""")     # a date to the minute, and a creation within that minute


def _same_row() -> str:
    """One row in two exports; of creations, stages and ends one moment is one event whatever row tells it."""
    once = f"kind in ({_CREATE}, {_STAGE}, {_CLOSE})"
    return f"""
        select row, part, row_number() over (
          partition by o, kind, activity, ts, case when {once} or rid is null then '' else rid end,
            case when {once} or rid is not null then 0 else row end
          order by clock in ('milestone', 'derived', 'spare'), row, part) as n
        from made qualify n > 1"""


def _other_table(sources: Sequence[Source]) -> str:
    """The n-th row of one table that tells a thing at a moment is the n-th of another table that tells the same (a
    decision stands in the approval and in its step); the row with a start and a person is kept."""
    names = ", ".join(f"({number}, {literal(source.plan.name)})" for source in sources for number in source.item.files)
    return f"""
        with told as (
          select made.*, name, row_number() over (partition by o, kind, canonical, activity, ts, name
            order by row, part) as nth
          from {_LEFT} made join (values {names}) as t(i, name) on t.i = row // {ROWS_A_FILE}
          where kind not in ({_CREATE}, {_STAGE}, {_CLOSE}) and clock <> 'spare')
        select row, part, row_number() over (partition by o, kind, canonical, activity, ts, nth
          order by st is null, resource is null, rid is null, row, part) as n from told qualify n > 1"""


def _coarser() -> str:
    """A creation or an end told once to the second and once to the minute or the day."""
    return f"""
        with told as (select * from {_LEFT} where kind in ({_CREATE}, {_CLOSE}) and clock <> 'spare')
        select a.row, a.part from told a where exists (
          select 1 from told b where b.o = a.o and b.activity = a.activity and (b.row, b.part) <> (a.row, a.part) and (
            (a.whole_day and not b.whole_day and abs(date_diff('day', a.ts, b.ts)) <= 1)
            or (a.ts = date_trunc('minute', a.ts) and not a.whole_day and not b.whole_day and b.ts > a.ts
                and date_trunc('minute', b.ts) = a.ts)))"""


def _in_history() -> str:
    return f"""
        with history as (select o, code, ts from {_LEFT} where kind = {_STAGE} and clock <> 'milestone')
        select row, part from {_LEFT} m where kind = {_STAGE} and clock = 'milestone' and exists (
          select 1 from history h where h.o = m.o and h.code = m.code and h.ts <= m.ts + interval 1 minute)"""


def _same_stage() -> str:
    """A recorded end between two rows of one stage parts them: what was closed was opened again."""
    return f"""
        select row, part, kind, code, lag(code) over (partition by o order by ts, seq, row, part) as before
        from {_LEFT} where kind = {_STAGE} or (kind = {_CLOSE} and clock = 'recorded')
        qualify code = before and kind = {_STAGE}"""


def _close_in_history() -> str:
    """A stage in which some are won and others lost (closed) does not show the close itself."""
    return f"""
        with last as (select o, last(code order by ts, seq, row, part) as code from {_LEFT} where kind = {_STAGE}
                      group by o),
        ends as (select m.*, ob.type as its, state from {_LEFT} m join ob using (o)
                 where kind = {_CLOSE} and clock = 'derived'),
        vague as (select its, state from ends group by all having count(distinct canonical) > 1)
        select row, part from ends join last using (o) anti join vague using (its, state)
        where state is null or last.code = state"""


def _told_by_others() -> str:
    return f"""
        with own as (select o, canonical, count(*) as n from {_LEFT} where clock <> 'spare' group by 1, 2),
        told as (select row, part, o, canonical, kind, row_number() over (partition by o, canonical order by ts, row,
            part) as n, row_number() over (partition by o, canonical order by ts desc, row desc, part desc) as n_last
          from {_LEFT} where clock = 'spare')
        select row, part from told left join own using (o, canonical)
        where (kind = {_CREATE} and (told.n > 1 or own.n > 0)) or n_last <= own.n"""
