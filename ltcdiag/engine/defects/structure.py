"""Rows that are no records: what a report says below its rows, sums, steps that a tool put around cases."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..connection import literal
from ..loading import Loaded

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("footer_rows", "total_rows", "artificial_rows")
_SUM = (r"(?i)^\W*(本页|本月|本期|累计|分组)?\s*((合|总|小|共)\s*计|汇\s*总|總\s*計)\W*|"
        r"^\W*((grand|sub|page|group|running)[\s-]*)?(total|sum)s?\b")
_SHORT = 60         # characters of the text of a total
_WIDTH = 4          # columns: in a narrower table one filled cell says nothing
_AT_ONCE = 1_000_000    # microseconds between an added step and the one that it stands beside
_PAIRS = 2          # cases that show that a tool was at work


def between(desk: Desk, item: Loaded) -> None:
    """Rows without a time that hold a sum, and lone texts below the last row that has one."""
    texts = f"list_filter([{', '.join(item.cells.values())}], lambda t: nullif(trim(t), '') is not null)"
    desk.connection.execute(f"""
        create or replace temp table bare as
        select row, {texts} as texts from (select *, {item.row} as row from {item.relation})
        where row in (select row from typed_all where reason is not null and ts is null and (
          nullif(trim(case_id), '') is null or nullif(trim(activity), '') is null))""")
    is_sum = f"len(list_filter(texts, lambda t: length(t) < {_SHORT} and regexp_matches(t, {literal(_SUM)})))"
    desk.rows("total_rows", f"select row, texts[1] as example from bare where {is_sum} > 0")
    if len(item.cells) >= _WIDTH:
        desk.rows("footer_rows", f"""
            select row, left(texts[1], {_SHORT}) as example from bare
            where len(texts) = 1 and row not in (select row from unfit)
              and row > (select coalesce(max(row), 0) from typed_all where ts is not null
                         and {item.here})""")


def borders(desk: Desk, columns: AbstractSet[str]) -> None:
    """Two steps that nobody does, one before the first and one behind the last of the same cases, each within a second
    of the step beside it."""
    if not desk.looks_for("artificial_rows") or "resource" not in columns:
        return
    nobody = desk.connection.sql("select activity::varchar from sound group by 1 having count(resource) = 0 "
                                 "order by 1").fetchall()
    if len(nobody) < _PAIRS:
        return
    # of these only labels that come once a case, and not in all: who adds them to all is known by his words
    found = desk.connection.sql(f"""
        with lone as (select activity from sound where activity::varchar in ({', '.join(literal(a) for a, in nobody)})
                      group by 1 having count(*) = count(distinct case_id) and count(*) >= {_PAIRS}
                        and count(distinct case_id) < (select count(distinct case_id) from sound)),
        near as (select case_id, activity, epoch_us(ts) as us from sound
                 semi join (select distinct case_id from sound semi join lone using (activity)) using (case_id)),
        body as (select case_id, min(us) as first, max(us) as last from near anti join lone using (activity)
                 group by 1),
        placed as (select activity, case_id, us between first - {_AT_ONCE} and first as opens,
                     us between last and last + {_AT_ONCE} as closes
                   from near semi join lone using (activity) left join body using (case_id)),
        sides as (select activity, bool_and(coalesce(opens, false)) as opens,
                    bool_and(coalesce(closes, false)) as closes, list(case_id order by case_id) as cases
                  from placed group by 1)
        select a.activity, b.activity from sides a join sides b on a.cases = b.cases and a.activity <> b.activity
        where a.opens and b.closes order by 1, 2""").fetchall()
    labels = sorted({label for pair in found for label in pair})
    if labels:
        desk.rows("artificial_rows", "select row, activity::varchar as example from sound where activity in "
                                     f"({', '.join(map(literal, labels))})")
