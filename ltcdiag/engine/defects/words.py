"""Cells that say nothing, cells that would be run by a spreadsheet or a page, texts that were garbled on the way."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from ..connection import literal
from ..loading import Loaded
from .found import Fix
from .labels import ungarbled

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("null_words", "cell_formula", "cell_markup", "wrong_encoding")
_AROUND = r"[\s\-–—_./\\?*#()<>\[\]（）【】{}\"'|~]*"
# NA alone is a region; with a stroke or points it says that there is nothing
_NOTHING = re.compile(
    _AROUND + r"(n\s*[/.\\\-]\s*a|nul+|nil|none|nan|nat|n/?d|not (applicable|available|set|known|specified|assigned)|"
    r"unknown|undefined|unassigned|unspecified|no (value|data|entry)|blank|empty|missing|tb[dac]|"
    r"to be (determined|confirmed|defined|announced)|\\n|无|無|空|空值|空白|暂无|暫無|未知|不详|不適用|不适用|"
    r"(?:尚|还)?未填写?|(?:尚|还)?未(?:指定|分配|录入|提供|登记)|待定|待补充?|没有|缺失)" + _AROUND, re.IGNORECASE)
_NO_LETTER = re.compile(r"[\s\-–—_./\\?*…~·、，,;:；：|]+")
_ERROR = re.compile(r"#¿?[A-ZÀ-ÞА-Я0/]+[!?]|#N/?[ADV]")
_LONGEST = 30       # characters of a text that says nothing
_STRAY = 15         # characters of one that no list knows
_RARE = 0.05        # of the rows: what comes more often in a column belongs to it
_KINDS = 3          # columns of different kinds in which it stands
_ALIKE = 0.3        # of the cells of a column: so many shared texts make two columns one kind
_FEW_TEXTS = 50_000
_MANY_GARBLED = 10  # different texts that were read wrongly make it a fault of the file where hardly another is right
_NEARLY_ALL = 0.9
_STARTS = ("=", "+", "@", "\t", "\r", "＝", "＋", "＠", "－")
_ANY = " or ".join(["left({0}, 1) in ('=', '+', '-', '@', '_', '\t', '\r', '＝', '＋', '＠', '－')",
                    *(f"contains({{0}}, '{mark}')" for mark in ("<", "{{", "$", "]]>"))])
_MARKS = r"<[\pL/!?]|\{\{|\{%|\$\{|\]\]>|^_|\$[\\\pL][^$]*\$"


def says_nothing(text: str) -> bool:
    """Whether a text stands for an empty cell: n/a, null, 无, strokes, the errors of a spreadsheet. NA is a region."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_NOTHING.fullmatch(plain) or _NO_LETTER.fullmatch(plain) or _ERROR.fullmatch(plain))


class Glance(NamedTuple):
    """What one look at a column shows: about how many texts, whether some are beyond plain letters, whether some hold
    signs that a spreadsheet or a page may run."""

    texts: int
    strange: bool
    signs: bool


def glance(desk: Desk, item: Loaded, columns: Sequence[str]) -> dict[str, Glance]:
    """Columns that hold anything, seen in one pass: most columns of a wide export are empty or plain."""
    cells = [item.cells[column] for column in columns]
    if not cells:
        return {}
    parts = ", ".join(f"approx_count_distinct({cell}), bool_or(strlen({cell}) > length({cell})), "
                      f"bool_or({_ANY.format(cell)})" for cell in cells)
    row = desk.connection.sql(f"select {parts} from {item.relation}").fetchall()[0]
    found = {column: Glance(row[3 * at] or 0, bool(row[3 * at + 1]), bool(row[3 * at + 2]))
             for at, column in enumerate(columns)}
    return {column: seen for column, seen in found.items() if seen.texts}


def empty(desk: Desk, item: Loaded, columns: Mapping[str, Glance]) -> None:
    """Cells of the named columns that say nothing."""
    counts = {column: _short(desk, item, item.cells[column], seen.texts) for column, seen in columns.items()}
    strays = _strays(counts, {role for role in item.map.columns.values() if role}, item.records)
    for column in columns:
        desk.column(item, column, [Fix(text, "", "null_words") for text in counts[column]
                                   if says_nothing(text) or text in strays.get(column, ())])


def dangerous(desk: Desk, item: Loaded, columns: Mapping[str, Glance]) -> None:
    """Cells that a spreadsheet or a page would run, as they stand after all repairs."""
    for column in (column for column, seen in columns.items() if seen.signs):
        cell = item.cells[column]
        for name, test in _tests(cell).items():
            if desk.looks_for(name):
                texts = desk.connection.sql(f"select distinct {cell} from {item.relation} where {test} order by 1")
                desk.column(item, column, [Fix(text, text, name) for (text,) in texts.fetchall()])


def _short(desk: Desk, item: Loaded, cell: str, many: int) -> dict[str, int]:
    """The short texts of a column → rows; of one that is all numbers and ids those without two digits."""
    plain = f"and not regexp_matches({cell}, '[0-9]{{2}}')" if many > _FEW_TEXTS else ""
    return dict(desk.connection.sql(
        f"select {cell} as t, count(*) from {item.relation} where t is not null and length(t) <= {_LONGEST} {plain} "
        "group by t order by t").fetchall())


def _strays(counts: Mapping[str, Mapping[str, int]], roles: AbstractSet[str], rows: int) -> dict[str, set[str]]:
    """Column → rare texts that stand in three columns of different kinds, one of them with a role: a word for nothing
    in whatever language. Columns whose cells are mostly the same texts (owner, creator) are of one kind."""
    rare = {column: {text for text, n in texts.items() if n <= _RARE * rows and len(text) <= _STRAY
                     and not any(letter.isdigit() for letter in text)} for column, texts in counts.items()}
    seen = Counter(text for texts in rare.values() for text in texts)
    found: dict[str, set[str]] = {}
    for text in sorted(text for text, n in seen.items() if n >= _KINDS):
        where = [column for column, texts in rare.items() if text in texts]
        kinds: list[str] = []
        for column in where:
            if not any(_one_kind(counts[column], counts[other]) for other in kinds):
                kinds.append(column)
        if len(kinds) >= _KINDS and roles & set(where):
            for column in where:
                found.setdefault(column, set()).add(text)
    return found


def _one_kind(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether many cells of one of two columns hold texts of the other."""
    shared = one.keys() & other.keys()
    return any(sum(texts[text] for text in shared) >= _ALIKE * sum(texts.values()) for texts in (one, other))


def _tests(cell: str) -> dict[str, str]:
    """Defect → whether the cell has it. A price ($ 100) and a comparison (a < 3) are no markup."""
    starts = ", ".join(map(literal, _STARTS))
    odd_minus = f"({cell} like '-%' and length({cell}) > 2 and try_cast({cell} as double) is null)"
    return {
        "cell_formula": f"left({cell}, 1) in ({starts}) or {odd_minus}",
        "cell_markup": f"regexp_matches({cell}, {literal(_MARKS)})",
    }


def garbled(desk: Desk, item: Loaded, columns: Mapping[str, Glance]) -> None:
    """Texts that were read in a wrong encoding. Where nearly all texts of the file that are not plain letters were, the
    file was; single ones are mended as labels and names."""
    if not desk.looks_for("label_garbled", "wrong_encoding"):
        return
    texts = {column: _beyond_ascii(desk, item, item.cells[column]) for column, seen in columns.items() if seen.strange}
    mended = {column: ungarbled(dict.fromkeys(found, 1)) for column, found in texts.items()}
    strange, right = (sum(map(len, each.values())) for each in (texts, mended))
    whole = right >= _MANY_GARBLED and right >= _NEARLY_ALL * strange
    for column, found in mended.items():
        desk.column(item, column, [Fix(text, after, "wrong_encoding" if whole else defect)
                                   for text, (after, defect) in found.items()])


def _beyond_ascii(desk: Desk, item: Loaded, cell: str) -> list[str]:
    rows = desk.connection.sql(
        f"select distinct {cell} from {item.relation} where strlen({cell}) > length({cell}) "
        f"order by 1 limit {_FEW_TEXTS}").fetchall()
    return [text for (text,) in rows]
