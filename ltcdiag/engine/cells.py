"""Cells of exports as SQL: what counts as empty, how ids and amounts are written, what a condition tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..log.plan import Condition, Moment
from .connection import literal
from .loading import Loaded
from .typed_rows import AMOUNT

if TYPE_CHECKING:
    import duckdb

NO_VALUE = (
    "", "-", "--", "~", "n/a", "#n/a", "null", "none", "nan", "无", "空", "000000000000000aaa", "000000000000000",
)
NO_MOMENT = ("1970-01-01", "9999-12-31", "2050-01-01", "1900-01-01", "0000-00-00", "0001-01-01")
CURRENCIES = {
    "人民币": "CNY", "人民幣": "CNY", "rmb": "CNY", "¥": "CNY", "￥": "CNY", "元": "CNY", "美元": "USD", "美金": "USD",
    "$": "USD", "us$": "USD", "欧元": "EUR", "歐元": "EUR", "€": "EUR", "港币": "HKD", "港元": "HKD", "港幣": "HKD",
    "日元": "JPY", "日圆": "JPY", "英镑": "GBP", "£": "GBP",
    "新台币": "TWD", "新台幣": "TWD", "新臺幣": "TWD", "台币": "TWD", "台幣": "TWD",
}
_TEN_THOUSANDS = re.compile(r"[(（\[【]\s*[万萬]元?\s*[)）\]】]")
_CASE_BITS = " + ".join(
    f"(case when substr(x, {{start}} + {i}, 1) between 'A' and 'Z' then {2**i} else 0 end)" for i in range(5)
)
_SUFFIX = " || ".join(
    f"substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + {_CASE_BITS.format(start=start)}, 1)" for start in (1, 6, 11)
)


def make_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """val(x): a cell without blanks around it, null where it says nothing. moment_text(x): the same for times.
    two_cells(day, clock). key_plain, key_salesforce, key_sap: an id as all files write it, from a val(x): what stands
    for nothing is looked for once. amount_of(x)."""
    empty = ", ".join(map(literal, NO_VALUE))
    never = ", ".join(map(literal, NO_MOMENT))
    for head, body in _macros(empty, never).items():
        connection.execute(f"create macro {head} as {body}")


def _macros(empty: str, never: str) -> dict[str, str]:
    """Head → body, each after those it uses."""
    return {
        "val(x)": f"case when lower(trim(x)) in ({empty}) then null else trim(x) end",
        "moment_text(x)": f"""case when replace(left(trim(x), 10), '/', '-') in ({never})
            or regexp_full_match(trim(x), '0+') then null else val(x) end""",
        "two_cells(d, c)": """case when val(c) is null then moment_text(d)
            when regexp_full_match(trim(d), '[0-9]{8}') and regexp_full_match(trim(c), '[0-9]{1,6}')
            then moment_text(d) || lpad(trim(c), 6, '0') else left(moment_text(d), 10) || ' ' ||
              regexp_replace(trim(c), '^([0-9]{2})([0-9]{2})([0-9]{2})$', '\\1:\\2:\\3') end""",
        "text_key(x)": "upper(regexp_replace(x, '\\s+', '', 'g'))",
        "key_plain(x)": "x",
        "salesforce_tail(x)": _SUFFIX,
        # x is named once: a macro is text, and fifteen copies of a long x took a minute to plan
        "key_salesforce(x)": """list_transform([x], lambda k:
            case when regexp_full_match(k, '[a-zA-Z0-9]{15}') then k || salesforce_tail(k) else k end)[1]""",
        # a saved search names a document by kind and number (Sales Order #SO12), Odoo by id and name ([3, "Won"])
        "key_netsuite(x)": "regexp_replace(x, '^[A-Za-z ]+ #', '')",
        "key_odoo(x)": "case when x <> 'false' then regexp_replace(x, '^\\[([0-9]+),.*$', '\\1') end",
        "key_zoho(x)": "regexp_replace(x, '^zcrm_', '')",
        "key_hubspot(x)": "regexp_replace(x, '^(userId|ownerId|vid):', '')",
        "key_sap(x)": "coalesce(nullif(ltrim(x, '0'), ''), x)",
        "minus_first(x)": "case when regexp_full_match(x, '[0-9][0-9.,]*-') then '-' || rtrim(x, '-') else x end",
        "plain_number(x)": """case when regexp_full_match(x, '[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?')
            then replace(x, ',', '') when regexp_full_match(x, '[-+]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+),[0-9]{2}')
            then replace(replace(x, '.', ''), ',', '.') else x end""",
        "bare_number(x)": """regexp_replace(x, '^(CNY|RMB|USD|EUR)?\\s*[¥￥$€£]?\\s*|\\s+|元$', '', 'g')""",
        "odd_amount(x)": f"""list_transform(list_transform([bare_number(x)],
            lambda b: minus_first(b)), lambda n: try_cast(plain_number(n) as {AMOUNT}))[1]""",
        # most are plain numbers, which need no look at commas and signs
        "amount_of(x)": f"list_transform([trim(x)], lambda a: coalesce(try_cast(a as {AMOUNT}), odd_amount(a)))[1]",
    }


def cell(item: Loaded, column: str | None) -> str:
    """A cell as text, null where it is empty or there is no such column."""
    if column is None or column not in item.cells:
        return "null::varchar"
    return f"val({item.cells[column]}::varchar)"


def moment_cell(item: Loaded, moment: Moment) -> tuple[str, str]:
    """The text of a moment and its type; a typed column stays typed."""
    kind = item.types[moment.column]
    if kind != "VARCHAR":
        return item.cells[moment.column], kind
    day = f"{item.cells[moment.column]}::varchar"
    if moment.clock_column is None:
        return f"moment_text({day})", "VARCHAR"
    return f"two_cells({day}, {item.cells[moment.clock_column]}::varchar)", "VARCHAR"


def test(item: Loaded, condition: Condition) -> str:
    """A condition as SQL that is true or false, never null."""
    text = cell(item, condition.column)
    if condition.pattern:
        found = f"coalesce(regexp_matches({text}, {literal(condition.pattern)}), false)"
    elif condition.above is not None:
        found = f"coalesce({text} > {cell(item, condition.above)}, false)"
    elif condition.same_as is not None:
        found = f"coalesce({text} = {cell(item, condition.same_as)}, false)"
    elif condition.exact and condition.values:
        found = f"coalesce({text} in ({', '.join(map(literal, condition.values))}), false)"
    elif condition.values:
        found = f"coalesce(lower({text}) in ({', '.join(literal(v.strip().lower()) for v in condition.values)}), false)"
    else:
        found = f"({text} is not null)"
    return found if condition.wanted else f"not {found}"


def chosen(text: str, cases: Mapping[str, str], *, exact: bool) -> str:
    """What a text stands for, null where it is none of the cases; capitals count where exact."""
    by = text if exact else f"lower({text})"
    whens = " ".join(f"when {literal(value if exact else value.lower())} then {literal(kind)}"
                     for value, kind in cases.items())
    return f"case {by} {whens} end"


def all_of(item: Loaded, conditions: tuple[Condition, ...]) -> str:
    """All conditions together; true where there is none."""
    return " and ".join(test(item, condition) for condition in conditions) or "true"


def key(item: Loaded, column: str | None, style: str) -> str:
    """An id as all files of its system write it."""
    return f"key_{style}({cell(item, column)})"


def amount(item: Loaded, column: str | None) -> str:
    """A sum of money, null where the cell holds no number."""
    if column is None or column not in item.cells:
        return f"null::{AMOUNT}"
    text = f"amount_of({cell(item, column)})"
    found = text if item.types[column] == "VARCHAR" else f"try_cast({item.cells[column]} as {AMOUNT})"
    return f"({found} * 10000)::{AMOUNT}" if _TEN_THOUSANDS.search(column) else found


def currency(connection: duckdb.DuckDBPyConnection, item: Loaded, column: str | None) -> str:
    """A currency by its code, also where the cell names it in words (人民币, 美元); only words that occur are asked
    for, in a large table asking each row for all of them took longer than reading it."""
    text = cell(item, column)
    if column is None or column not in item.cells:
        return text
    words = ", ".join(map(literal, CURRENCIES))
    spoken = connection.sql(f"select distinct lower({text}) as t from {item.relation} where t in ({words}) order by t")
    cases = " ".join(f"when {literal(word)} then {literal(CURRENCIES[word])}" for (word,) in spoken.fetchall())
    return f"case lower({text}) {cases} else {text} end" if cases else text
