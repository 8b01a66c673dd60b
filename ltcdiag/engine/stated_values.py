"""What somebody stated of a case and changed later: promised dates and amounts of objects, values of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..log.plan import KINDS
from .exchange import ATTRIBUTE

# Values of a column, row by row; a row that says what the row before of its case said is left out.
_OF_ROWS = """
with numbered as (select c, (row_number() over (order by c) - 1)::bigint as n from {cs}),
told as ({rows}),
placed as (select c, pos, ts, value, lag(value) over (partition by c order by pos) as before
  from told join {ev} using (row) where value is not null and trim(value) <> '')
select n as "case", n as item, epoch_us(ts)::bigint as us, value, before
from placed join numbered using (c) where value is distinct from before order by n, pos"""

# Changes of an attribute of objects, with the value before; the objects of each case as the case view has them.
_OF_OBJECTS = """
with numbered as (select c, (row_number() over (order by c) - 1)::bigint as n from {cs}),
of_case as (select n, member.o from numbered join k using (c)
  join case_name using (case_id) join member on member.c = case_name.c)
select n as "case", o::bigint as item, epoch_us(ts)::bigint as us, code as value, b.value as before
from of_case join evs using (o) join value_before b using (row, part)
where kind = {change} and canonical in ({keys}) and code is not null and ts <= timestamp '{as_of}'
order by n, o, ts, row, part"""


def stated_sql(
    attribute: str, places: Sequence[tuple[str, str, str]], names: Mapping[str, str], *, objects: bool,
    as_of: datetime,
) -> str:
    """case (its number), item (what it was stated of: the case or an object), us, value, before (missing at the first
    statement of a case). attribute: expected_close or amount, of objects; places: where a column is, of plain rows."""
    if objects:
        keys = ", ".join(f"'{key}'" for key, name in ATTRIBUTE.items() if name == attribute)
        return _OF_OBJECTS.format(change=KINDS.index("change"), keys=keys or "''", as_of=as_of.isoformat(sep=" "),
                                  **names)
    rows = [f"select {row} as row, {cell} as value from {relation}" for relation, cell, row in places]
    none = "select null::bigint as row, null::varchar as value limit 0"
    return _OF_ROWS.format(rows=" union all ".join(rows) or none, **names)
