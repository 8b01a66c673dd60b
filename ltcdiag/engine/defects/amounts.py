"""Sums of money as people and spreadsheets write them, and sums that cannot be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from .found import Fix

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("amt_separators", "amt_in_wan", "amt_cents", "amt_sign", "cur_missing", "cur_mixed")
_PLAIN = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_SIGNS = re.compile(r"(?:rmb|cny|usd|eur|gbp|jpy|hkd|us|hk)?\s*[¥￥$€£]?\s*|"
                    r"\s*(?:元|圆|円|rmb|cny|usd|eur|gbp|jpy|hkd)", re.IGNORECASE)
_SCALES = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "k": 1_000, "w": 10_000}
_POINT_LAST = re.compile(r"[-+]?\d{1,3}(?:[,' \u00a0]\d{3})+(?:\.\d+)?")
_COMMA_LAST = re.compile(r"[-+]?(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d{1,2}")
_EITHER = re.compile(r"[-+]?\d{1,3}(?:[.,]\d{3})")
# how far from that factor the sum may lie, smaller and larger than the others of its case; one per cent of a deal may
# be a true part of it, a hundred times the deal is hardly one
_LIKE = {10_000: (5.0, 5.0), 100: (2.0, 4.0)}
_RARE = 0.1     # negative amounts of an activity below this share are not how the activity is


def fixes(amounts: Mapping[str, int]) -> Iterator[Fix]:
    """Amounts that are no plain numbers: text → rows. The plain number, or None where nobody can tell."""
    commas = any(_COMMA_LAST.fullmatch(_bare(text)[0]) and not _EITHER.fullmatch(_bare(text)[0]) for text in amounts)
    points = any(_POINT_LAST.fullmatch(_bare(text)[0]) and "." in _bare(text)[0] for text in amounts)
    for text in amounts:
        if not _PLAIN.fullmatch(text.strip()):
            yield Fix(text, _number(text, commas=commas, points=points), "amt_separators")


def _number(text: str, *, commas: bool, points: bool) -> str | None:
    """A sum as a plain number. 1.234 and 1,234 are read as the column shows it elsewhere."""
    bare, scale = _bare(text)
    if _EITHER.fullmatch(bare) and "." in bare:
        if commas == points:
            return None
        bare = bare.replace(".", "") if commas else bare
    elif _COMMA_LAST.fullmatch(bare) and not (_EITHER.fullmatch(bare) and not commas):
        bare = re.sub(r"[. ]", "", bare).replace(",", ".")
    elif _POINT_LAST.fullmatch(bare):
        bare = re.sub(r"[,' \u00a0]", "", bare)
    try:
        return format((Decimal(bare) * scale).normalize(), "f")
    except InvalidOperation:
        return None


def _bare(text: str) -> tuple[str, int]:
    """A sum without signs of currency, and what it is counted in; (12) and 12- are negative."""
    found = unicodedata.normalize("NFKC", text).strip()
    turned = re.fullmatch(r"\((.*)\)|([^-].*)-", found)
    if turned:
        found = "-" + (turned[1] or turned[2]).strip()
    negative = found.startswith("-")
    found = _SIGNS.sub("", found.lstrip("-+")).strip()
    scale = _SCALES.get(found[-1:].lower(), 1)
    if scale != 1:
        found = found[:-1].strip()
    return ("-" if negative else "") + found, scale


def doubtful(desk: Desk, columns: frozenset[str]) -> None:
    """Sums that stand out: ten thousand or a hundred times off their case, negative where nothing else is, without a
    currency or with two in one case. Nothing is changed: only a person can tell."""
    if "amount" not in columns:
        return
    # the middle of three or more sums of a case; two cannot say which of them is wrong
    desk.connection.execute("""
        create or replace temp table case_money as
        with apart as (select case_id from typed_all where reason is null and amount <> 0 group by case_id
                       having count(*) >= 3 and max(abs(amount)) > 20 * min(abs(amount)))
        select case_id, median(abs(amount)) as middle from typed_all semi join apart using (case_id)
        where reason is null and amount <> 0 group by case_id""")
    for name, times in (("amt_in_wan", 10_000), ("amt_cents", 100)):
        small, large = _LIKE[times]
        desk.rows(name, f"""
            select row, amount::varchar as example from typed_all join case_money using (case_id)
            where reason is null and middle > 0 and amount > 0 and (
              amount * {times} / middle between {1 / small} and {small}
              or amount / {times} / middle between {1 / large} and {large})""")
    desk.rows("amt_sign", f"""
        with shares as (select activity, avg((amount < 0)::int) as low from typed_all
                        where reason is null and amount is not null group by activity having count(*) >= 20)
        select row, activity || ' ' || amount as example from typed_all join shares using (activity)
        where reason is null and amount < 0 and low < {_RARE}""")
    if "currency" not in columns:
        return
    stated = "nullif(trim(currency), '')"
    desk.rows("cur_missing", f"""
        select row, amount::varchar as example from typed_all where reason is null and amount is not null
          and {stated} is null and (select count({stated}) from typed_all) > 0""")
    desk.cases("cur_mixed", f"""
        select case_id, string_agg(distinct {stated}, ', ' order by {stated}) as example from typed_all
        where reason is null and amount is not null group by case_id having count(distinct {stated}) > 1""")
