"""What the columns of a table hold of people: by their headers, and by what stands below them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from statistics import median
from typing import Any, NamedTuple

from ..domain.column_words import calls_by_number, header_class, hints_at_people, surnames
from ..log.ledger import GIVEN_BACK
from ..log.plan import TablePlan
from ..log.privacy import LEFT_OUT, ColumnFacts
from ..log.records import ColumnMap, Table
from ..words import listed, say
from .reading import Sampling, sample_of
from .roles import look_at
from .systems_found import SystemTables

Sample = Mapping[str, Sequence[str | None]]
EVERYTHING = "everything"
"""For `attributes`: contact columns and free text too."""
_LOOKED_AT = 400        # distinct values
_MOST = 0.3             # of the values, for a column to be taken for what they are
_SOME = 0.02            # of the values, for a text with addresses in it
_LONG = 40              # characters of a text that nobody chose from a list
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")    # RFC 5321: 64 at most; without end, long cells take minutes
_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_PHONE = re.compile(r"^(?:\(?0\d{2,3}\)?[- ]\d{7,8}(?:[- ]\d{1,6})?|\+\d{1,3}[\d ()./-]{7,17}|\(\d{3}\) ?\d{3}-\d{4})$")
_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"     # GB 11643-1999, by the remainder of 11
_ENGLISH = re.compile(r"^[A-Z][a-z'’-]+(?: [A-Z]\.?)?(?: [A-Z][A-Za-z'’-]+){1,2}$|^[A-Z][a-z'’-]+, [A-Z][a-z'’-]+$")
_NAMED = 12             # columns that a note names
_ID_OF = re.compile(r"(id|编号|编码|編號)s?$", re.IGNORECASE)
"""Of a contact, of an address: it leads to one and tells nothing by itself."""
_OWN_ID = re.compile("微信|身份|证件|wechat|skype|bank|tax|card|session", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


class Found(NamedTuple):
    """kind: a class of log/privacy.py. why: header or content."""

    kind: str
    why: str


def is_id_card(text: str) -> bool:
    """Whether a text is a Chinese identity number: its check digit is right and its day of birth is one."""
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    month, day = int(text[10:12]), int(text[12:14])
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return 1 <= month <= 12 and 1 <= day <= 31 and text[6:8] in ("18", "19", "20") and _CHECKS[total % 11] == (
        text[17].upper())


def is_personal(text: str) -> bool:
    """Whether a mail address, a mobile number or an identity number stands in a text."""
    return bool(_MAIL.search(text) or _MOBILE.search(text) or any(map(is_id_card, _CARD.findall(text))))


def is_chinese_name(text: str) -> bool:
    """Whether a text may be a Chinese name: a frequent surname and one or two more characters."""
    one, two = surnames()
    if not re.fullmatch("[\u4e00-\u9fff]{2,4}", text):
        return False
    return text[:2] in two or (text[0] in one and len(text) <= 3)


def column_class(header: str, values: Sequence[str | None]) -> Found:
    """The class of a column. values: some of its cells.

    A header is believed unless its cells cannot be that (times, truths, small numbers); cells are believed without a
    header, but for numbers under a header that says they are numbers of something, and names, which need a hint."""
    shown = _shown(values)
    named = header_class(header)
    numbered = calls_by_number(header)
    if shown and _share(shown, is_id_card) > _MOST:
        return Found("contact", "content")
    if named in LEFT_OUT and _ID_OF.search(header) and not _OWN_ID.search(header):
        return Found("identifier", "header")
    if named in LEFT_OUT:
        return Found("other", "content") if shown and _is_plain(shown) else Found(named, "header")
    if shown and not numbered and _share(shown, _is_contact) > _MOST and named != "person":
        return Found("contact", "content")
    if named in ("money", "person", "customer", "identifier"):
        return Found(named, "header")
    return _by_content(header, shown)


def _by_content(header: str, shown: Sequence[str]) -> Found:
    if not shown:
        return Found("other", "header")
    if median(map(len, shown)) >= _LONG or _share(shown, is_personal) > (1.0 if calls_by_number(header) else _SOME):
        return Found("free_text", "content")
    if hints_at_people(header) and _share(shown, lambda text: is_chinese_name(text) or bool(_ENGLISH.match(text))) > (
            0.6):
        return Found("person", "content")
    return Found("other", "header")


def _shown(values: Sequence[str | None]) -> list[str]:
    found: dict[str, None] = {}
    for value in dict.fromkeys(values):     # most cells repeat others
        text = "" if value is None else _BLANKS.sub(" ", str(value)).strip()
        if text:
            found[text] = None
        if len(found) == _LOOKED_AT:
            break
    return list(found)


def _share(shown: Sequence[str], test: Any) -> float:
    return sum(bool(test(text)) for text in shown) / len(shown)


def _is_contact(text: str) -> bool:
    return bool(_MAIL.fullmatch(text) or _MOBILE.fullmatch(text) or _PHONE.match(text))


def _is_plain(shown: Sequence[str]) -> bool:
    """Times, truths and small numbers: how many calls there were, whether mail is allowed, when somebody rang."""
    seen = look_at(shown)
    truths = {"0", "1", "true", "false", "yes", "no", "y", "n", "是", "否", "有", "无"}
    return seen.time > 0.9 or {text.casefold() for text in shown} <= truths or (
        seen.number > 0.9 and max(map(len, shown)) <= 4)


def columns_needed(found: ColumnMap | TablePlan) -> frozenset[str]:
    """Every column that plays a role, links, or is read for anything else than filters."""
    if isinstance(found, ColumnMap):
        return frozenset({*found.columns.values(), "source_row"})
    return frozenset({*_texts(replace(found, fields={})), *_fields_read(found), "source_row"})


_ONLY_TELL = frozenset({"contact", "phone", "mobile", "comment", "note", "notes", "description", "opinion", "address"})
"""Fields of profiles by which a table is recognised; nothing is read from them."""


def _fields_read(plan: TablePlan) -> set[str]:
    return {column for name, column in plan.fields.items() if name not in _ONLY_TELL}


def _texts(value: Any) -> set[str]:
    """Every text inside the values of a plan, its table left aside: the names of columns are among them."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, Mapping):
        return {text for pair in value.items() for part in pair for text in _texts(part)}
    if isinstance(value, tuple | list | frozenset):
        return {text for part in value for text in _texts(part)}
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value) if each.name != "table"]
        return {text for name in names for text in _texts(getattr(value, name))}
    return set()


def judged(
    table: Table, sample: Sample, needed: frozenset[str], attributes: str | Sequence[str], *, hiding: bool = False
) -> list[ColumnFacts]:
    """The columns of a table with their classes, and whether each is to be loaded. attributes: as in `read`. hiding:
    names become pseudonyms, so that contacts and free text stay out even where they are asked for."""
    found = []
    for column in table.columns:
        kind, why = column_class(column, sample.get(column, ()))
        wanted = attributes == EVERYTHING or (kind not in LEFT_OUT if attributes == "all" else column in attributes)
        wanted = (wanted and not (hiding and kind in LEFT_OUT)) or column in GIVEN_BACK
        found.append(ColumnFacts(table.file, column, kind, why, wanted or column in needed, column in needed))
    return found


def without(table: Table, facts: Sequence[ColumnFacts]) -> Table:
    """The table as far as it is to be loaded; its lines stay as they are."""
    kept = {each.column for each in facts if each.loaded}
    columns = tuple(column for column in table.columns if column in kept)
    return table if columns == table.columns else replace(table, columns=columns)


Used = Sequence[tuple[Table, ColumnMap]]


def minimised(
    used: Used, attributes: str | Sequence[str], *, hiding: bool = False, sampling: Sampling = sample_of
) -> tuple[list[tuple[Table, ColumnMap]], list[ColumnFacts]]:
    """Event tables without the columns that nobody asked for, and what every column is. sampling: as in
    `sampled_once`."""
    facts = [judged(table, sampling(table), columns_needed(found), attributes, hiding=hiding) for table, found in used]
    return ([(without(table, each), found) for (table, found), each in zip(used, facts, strict=True)],
            [fact for each in facts for fact in each])


def minimised_plans(
    found: SystemTables, attributes: str | Sequence[str], *, hiding: bool = False
) -> tuple[SystemTables, list[ColumnFacts]]:
    """The same of tables of systems."""
    samples = {id(each.table): each.sample for each in found.seen}
    facts = [judged(plan.table, samples.get(id(plan.table)) or sample_of(plan.table), columns_needed(plan), attributes,
                    hiding=hiding) for plan in found.plans]
    plans = tuple(replace(plan, table=without(plan.table, each)) for plan, each in zip(found.plans, facts, strict=True))
    return replace(found, plans=plans), [fact for each in facts for fact in each]


def left_out_note(facts: Sequence[ColumnFacts], lang: str) -> list[str]:
    """Which columns were not loaded because of what they are, and how to ask for them."""
    names = list(dict.fromkeys(fact.column for fact in facts if not fact.loaded and fact.kind in LEFT_OUT))
    if not names:
        return []
    shown = listed(names[:_NAMED], lang)
    more = say("privacy.and_more", lang, n=len(names) - _NAMED) if len(names) > _NAMED else ""
    return [say("privacy.left_out", lang, n=len(names), columns=shown + more)]


_HIDDEN = ("person", "customer", "contact")


def columns_to_hide(facts: Sequence[ColumnFacts], *, also_needed: bool) -> dict[tuple[str, str], str]:
    """(file, column) → person, customer or contact. also_needed: those that play a role too; of plain tables the person
    who acts is hidden in any case, and their cases stay as they are."""
    return {(fact.file, fact.column): fact.kind for fact in facts
            if fact.loaded and fact.kind in _HIDDEN and (also_needed or not fact.needed)}
