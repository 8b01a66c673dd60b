"""Customers and people under several names, and cases of one customer that belong together."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..loading import Loaded

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("res_alias", "dup_case", "merged_accounts", "link_lost")
_LEGAL = re.compile("ltd|limited|inc|incorporated|corp|corporation|co|company|gmbh|ag|kg|kgaa|ug|se|sa|sas|sarl|spa|"
                    "srl|bv|nv|oy|ab|as|aps|plc|llc|llp|lp|pty|pte|kk|")
_LEGAL_ZH = re.compile("(股份|集团|控股)?(有限)?(责任)?公司$")
_BRACKETS = re.compile(r"[(（\[【<][^)）\]】>]*[)）\]】>]")
_SYLLABLES = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(iang|iong|uang|[aei]ng|ong|iao|ian|uai|u?an|ai|ei|ui|ao|"
                        r"[iu]a|ie|iu|ou|u[eo]|[eiu]n|er|[aeiouv])")
_RARER = 3          # times as many rows has a name as one in Pinyin that may be the same person
_YOUNG = 6          # events of a case that died young
_HALF = 2           # so many times as long is the case that lived on
_DAYS = 14          # between the beginnings of two cases of one customer
_LINKED = 120       # days between the last step of a lead and the first of the deal that lost it
_MANY = 200         # cases of one customer: a reseller, whose cases near each other say nothing
_RARE = 0.2         # share of the cases: if more of them change their customer, that is how the data is kept
_BEGINNING = 0.05   # share of the cases that begin with a step, below which it is no beginning


def aliases(desk: Desk, surnames: Mapping[str, str]) -> None:
    """People who are written in several ways: order of the names, capitals, mail addresses, additions in brackets,
    Pinyin for a Chinese name where one person of the same step has that family name and as many syllables. surnames:
    family name in Pinyin → in Chinese."""
    if not desk.looks_for("res_alias"):
        return
    counts = dict(desk.connection.sql("select resource::varchar, count(*) from sound where resource is not null "
                                      "and trim(resource::varchar) <> '' and row not in (select row from defect_cells "
                                      "where defect in ('cell_formula', 'cell_markup') and before = resource::varchar) "
                                      "group by 1 order by 1").fetchall())
    usual = _one_form(counts) | _initials(counts) | _in_pinyin(desk, counts, surnames)
    desk.connection.execute("create or replace temp table alias (resource varchar, usual varchar)")
    pairs = [(text, known) for text, known in sorted(usual.items()) if known != text]
    if not pairs:
        return
    desk.connection.executemany("insert into alias values (?, ?)", pairs)
    desk.rows("res_alias", "select row, alias.resource || ' = ' || usual as example from sound "
                           "join alias on alias.resource = sound.resource::varchar")


def person(name: str) -> str:
    """The form in which spellings of one person are equal: words by the alphabet, in Chinese without blanks."""
    text = _BRACKETS.sub("", unicodedata.normalize("NFKC", name).casefold())
    text = re.sub(r"@.*$", "", text.strip())
    if "一" <= text[:1] <= "龥":
        return re.sub(r"[\W_]+", "", text)
    return " ".join(sorted(word for word in re.split(r"[\W_]+", text) if word))


def _one_form(counts: Mapping[str, int]) -> dict[str, str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        groups[person(text)].append(text)
    return {text: max(texts, key=lambda each: (counts[each], each)) for form, texts in groups.items()
            if len(form) > 1 and len(texts) > 1 for text in texts}


def _initials(counts: Mapping[str, int]) -> dict[str, str]:
    """a.keller is Anna Keller where nobody else is."""
    whole = {text: person(text).split() for text in counts}
    found = {}
    for text, words in whole.items():
        if len(words) != 2 or not any(len(word) == 1 for word in words):
            continue
        initial, family = sorted(words, key=len)
        same = [other for other, theirs in whole.items() if len(theirs) == 2 and family in theirs
                and all(len(word) > 1 for word in theirs)
                and _other_word(theirs, family)[0] == initial]
        if len({person(other) for other in same}) == 1:
            found[text] = max(same, key=lambda each: counts[each])
    return found


def _other_word(words: list[str], family: str) -> str:
    """Of two words of a name the one that is not the family name; of two equal ones either."""
    return next((word for word in words if word != family), family)


def _in_pinyin(desk: Desk, counts: Mapping[str, int], surnames: Mapping[str, str]) -> dict[str, str]:
    """zhang.wei is 张伟 where one person who does the same steps, more often, has the family name and as many
    characters."""
    chinese = [text for text in counts if 2 <= len(person(text)) <= 4 and all("一" <= c <= "龥" for c in person(text))]
    latin = [text for text in counts if person(text).isascii() and _as_pinyin(person(text), surnames)]
    if not chinese or not latin:
        return {}
    does: dict[str, set[str]] = defaultdict(set)
    for text, activity in desk.connection.sql("select distinct resource::varchar, activity::varchar from sound "
                                              "where resource is not null").fetchall():
        does[text].add(activity)
    found = {}
    for text in latin:
        fits = {person(name) for name in chinese for family, given in _as_pinyin(person(text), surnames)
                if person(name)[0] in surnames.get(family, "") and _syllables(given) == len(person(name)) - 1
                and does[text] & does[name] and counts[name] >= _RARER * counts[text]}
        if len(fits) == 1:
            found[text] = max((name for name in chinese if person(name) in fits), key=lambda each: counts[each])
    return found


def _as_pinyin(form: str, surnames: Mapping[str, str]) -> list[tuple[str, str]]:
    """Family and given name, in either order; of one word wherever a family name ends."""
    words = form.split()
    if len(words) == 2:
        return [(words[0], words[1]), (words[1], words[0])]
    return [(form[:at], form[at:]) for at in range(1, len(form)) if form[:at] in surnames] if len(words) == 1 else []


def _syllables(text: str) -> int:
    """How many syllables of Pinyin a text is, 0 if it is none."""
    n, at = 0, 0
    while at < len(text):
        match = _SYLLABLES.match(text, at)
        if not match or match.end() == at:
            return 0
        n, at = n + 1, match.end()
    return n


def company(name: str) -> str:
    """The form in which spellings of one company are equal: without its legal form, blanks, width and capitals."""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = _LEGAL_ZH.sub("", text)
    words = re.split(r"[\W_]+", re.sub(r"(?<=\w)\.(?=\w\b|\W|$)", "", text))
    while len(words) > 1 and _LEGAL.fullmatch(words[-1]):
        words.pop()
    return "".join(words)


def customers(desk: Desk, item: Loaded, column: str) -> None:
    """What names of customers tell: a case that changes its customer, a second lead, a deal without its lead."""
    case = item.map["case"]
    if not desk.looks_for("dup_case", "merged_accounts", "link_lost") or case is None:
        return
    cell, key = item.cells[column], item.cells[case]
    names = desk.connection.sql(f"select distinct {cell} from {item.relation} "
                                f"where nullif(trim({cell}), '') is not null order by 1").fetchall()
    _as_table(desk, ((name, company(name)) for (name,) in names))
    desk.connection.execute(f"""
        create or replace temp table whose as
        select {key} as case_id, form, min({cell}) as customer, count(*) as n
        from {item.relation} join company on {cell} = name
        where length(form) > 1 and {item.row} in (select row from sound) and {item.row} not in (
          select row from defect_cells where defect in ('cell_formula', 'cell_markup') and before = {cell})
        group by all""")
    desk.cases("merged_accounts", f"""
        with several as (select case_id, string_agg(customer, ' / ' order by customer) as example from whose
                         group by 1 having count(*) > 1)
        select case_id, example from several
        where (select count(*) from several) <= {_RARE} * (select count(distinct case_id) from whose)""")
    desk.connection.execute(f"""
        create or replace temp table known as
        select spans.*, whose.form, whose.customer from
          (select case_id, min(ts) as begun, max(ts) as ended, count(*) as n, arg_min(activity, (ts, row)) as head,
             list(distinct activity) as steps from sound group by 1) spans
          join (select case_id, arg_max(form, n) as form, arg_max(customer, n) as customer from whose group by 1) whose
            on whose.case_id = spans.case_id::varchar
        qualify count(*) over (partition by form) <= {_MANY}""")
    desk.cases("link_lost", f"""
        with heads as (select head, count(*) / sum(count(*)) over () as share from known group by 1),
        begun as (select * from known join heads using (head))
        select unnest([a.case_id, b.case_id])::varchar as case_id, b.customer as example
        from begun a join begun b using (form)
        where a.case_id <> b.case_id and a.share >= {_BEGINNING} and b.share < {_BEGINNING} and a.ended <= b.begun
          and b.begun - a.ended < interval {_LINKED} day and not list_has_any(a.steps, b.steps)""")
    desk.cases("dup_case", f"""
        select b.case_id::varchar as case_id, b.customer as example from known a join known b using (form)
        where a.case_id <> b.case_id and b.n <= {_YOUNG} and a.n >= {_HALF} * b.n and b.head = a.head
          and b.ended - b.begun < interval 30 day and abs(epoch(a.begun) - epoch(b.begun)) < {_DAYS} * 86400""")


def _as_table(desk: Desk, pairs: Iterable[tuple[str, str]]) -> None:
    import pandas as pd

    frame = pd.DataFrame(list(pairs), columns=["name", "form"], dtype=str)
    desk.connection.register("names_given", frame)
    desk.connection.execute("create or replace temp table company as "
                            "select name::varchar as name, form::varchar as form from names_given")
    desk.connection.unregister("names_given")
