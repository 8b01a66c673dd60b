"""What the columns of the source say of each case: all values of one, or the first values of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .loading import Loaded

_VALUES = """
with numbered as (select c, (row_number() over (order by c) - 1)::bigint as n from {cs}),
told as ({rows})
select n as "case", value, min(pos)::bigint as first from told join {ev} using (row) join numbered using (c)
where value is not null group by n, value order by n, value"""

# Of several columns at once: to bring the rows of a large log and its events together takes longer than all else here.
_FIRST = """
with numbered as (select c, (row_number() over (order by c) - 1)::bigint as n from {cs}),
told as ({rows}),
of_case as (select c, {values} from told join {ev} using (row) group by c)
select n as "case", of_case.* exclude (c) from of_case join numbered using (c) order by n"""


def values_sql(loaded: Sequence[Loaded], column: str, names: Mapping[str, str]) -> str:
    """case (its number), value, first (place in the case of the first event that has it)."""
    return _VALUES.format(rows=_rows(loaded, [column], ""), **names)


def first_values_sql(loaded: Sequence[Loaded], columns: Sequence[str], names: Mapping[str, str]) -> str:
    """case (its number), and of the column of each place n: value_n (at the first event of the case, null where it says
    nothing there), changes_n (whether the case has another value too)."""
    values = ", ".join(
        f"max(value_{n}) filter (pos = 1) as value_{n}, "
        f"coalesce(min(value_{n}) <> max(value_{n}), false) as changes_{n}"
        for n in range(len(columns)))
    return _FIRST.format(rows=_rows(loaded, columns, "_{}"), values=values, **names)


def _said(item: Loaded, column: str) -> str:
    """What a row says in a column; an empty text is nothing."""
    if column not in item.cells:
        return "null::varchar"
    return f"case when trim({item.cells[column]}::varchar) <> '' then {item.cells[column]}::varchar end"


def _rows(loaded: Sequence[Loaded], columns: Sequence[str], numbered: str) -> str:
    """row and what its columns say, from wherever one of them is."""
    parts = []
    for item in loaded:
        if item.stays and any(column in item.cells for column in columns):
            cells = [f"{_said(item, column)} as value{numbered.format(n)}" for n, column in enumerate(columns)]
            parts.append(f"select {item.row} as row, {', '.join(cells)} from {item.relation}")
    return " union all ".join(parts)
