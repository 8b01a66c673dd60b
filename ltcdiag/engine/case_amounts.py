"""The sums of money of each case, as its rows or its objects state them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .loading import Loaded
from .typed_rows import amount_sql

_NUMBERED = "with numbered as (select c, (row_number() over (order by c) - 1)::bigint as n from {cs})"

# What the rows of the log say, with their moment; a row that says what the row before said is left out.
_OF_ROWS = _NUMBERED + """, told as ({rows}),
placed as (select c, pos, ts, amount, currency, lag(amount) over w as amount_before, lag(currency) over w as before
  from told join {ev} using (row) where amount is not null window w as (partition by c order by pos))
select n as "case", epoch_us(ts)::bigint as us, amount::double as amount, nullif(trim(currency), '') as currency
from placed join numbered using (c) where amount is distinct from amount_before or currency is distinct from before
order by n, pos"""

# What the deals say; of several kinds of objects the one that most cases have, the later of the chain among equals.
_OF_OBJECTS = _NUMBERED + """,
of_case as (select n, type, currency, sum(amount) as amount from numbered join k using (c)
  join case_name using (case_id) join member on member.c = case_name.c join ob using (o)
  where type in ('opportunity', 'contract', 'order') and amount is not null group by all),
best as (select type from of_case group by type order by count(distinct n) desc,
  case type when 'contract' then 1 when 'opportunity' then 2 else 3 end limit 1)
select n as "case", null::bigint as us, amount::double as amount, nullif(trim(currency), '') as currency
from of_case join best using (type) order by n, currency nulls first"""


def amounts_sql(loaded: Sequence[Loaded], names: Mapping[str, str], *, objects: bool) -> str:
    """case (its number), us (moment of the row, null where an object says it), amount, currency (null where it is not
    stated)."""
    if objects:
        return _OF_OBJECTS.format(**names)
    return _OF_ROWS.format(rows=_told(loaded), **names)


def last_amounts_sql(loaded: Sequence[Loaded], names: Mapping[str, str], *, objects: bool) -> str:
    """c, amount and currency ("" where it is not stated): what was stated last in a case; of objects the sum, one row a
    currency."""
    if objects:
        cases = f"select c, (row_number() over (order by c) - 1)::bigint as n from {names['cs']}"
        return (f"select c, amount, coalesce(currency, '') as currency from ({_OF_OBJECTS.format(**names)}) o "
                f"join ({cases}) s on s.n = o.\"case\"")
    return (f"select c, last(amount order by pos) as amount, "
            f"last(coalesce(trim(currency), '') order by pos) as currency "
            f"from ({_told(loaded)}) join {names['ev']} using (row) where amount is not null group by c")


def _told(loaded: Sequence[Loaded]) -> str:
    rows = [_rows(item) for item in loaded if item.stays and item.map["amount"]]
    none = "select null::bigint as row, null::double as amount, null::varchar as currency limit 0"
    return " union all ".join(rows) or none


def _rows(item: Loaded) -> str:
    currency = item.text("currency") if item.map["currency"] else "null::varchar"
    return f"select {item.row} as row, {amount_sql(item)} as amount, {currency} as currency from {item.relation}"
