"""Rows and cases that are not what they seem: tests, shifted rows, cases without a head, one owner for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..connection import literal
from ..loading import Loaded
from .times import learns

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("test_records", "row_shifted", "stage_skipped", "case_head_cut", "owner_overwritten", "res_missing",
         "orphan_payment", "broken_keys", "event_in_attribute")
# the whole text, so that a maker of testing instruments keeps its orders
_TEST = (r"(?i)^[\s\-_#*!.(]*(test(ing|er)?|demo|dummy|sample|asdf+|qwer(ty)?|xxx+|foo ?bar|sandbox|do not use|"
         r"delete me|测试|試|試用|试用|演示|样例|勿删|请勿使用)"
         r"[\s_\-]*(account|customer|company|client|lead|deal|opportunity|order|user|data|record|case|corp|inc|ltd|gmbh|"
         r"客户|公司|线索|商机|数据|账号|账户|用户|订单|合同|单|记录|一下|专用|有限公司)?[\s_\-]*[0-9#]{0,4}[\s\-_#*!.)]*$")
_LIKE_A_TEST = (r"(?i)\b(test|tests|tester|testing|demo|dummy|sandbox|trial|sample|fake|uat|training|example)\b"
                r"|测试|测一|演示|演练|样例|练习|培训|试用")
_DAY = '(19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}'
_AT_ONCE = 900      # seconds from the first to the last of four steps or more: nobody sells that fast
_WORDS = 3          # different texts; yes and no stand in too many columns to say anything
_VOCABULARY = 300   # different texts; a column with more has no vocabulary
_FILLED = 0.8
_LEARNED = 50_000   # rows from which the vocabularies are learned
_STRANGE = 0.12     # of the cells of a column at most hold what is at home beside it
_FULL = 0.98        # of the rows: a column with hardly a gap
_NUMBER = "[-+]?[0-9][0-9,.]*"
_DATED = "^(19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}"
_HABIT = 0.95
_TEXT = 14          # characters: a shorter cell with a day is a date
_OFTEN = 0.2        # of the documents of an activity are parents of others: a link of a chain
_ROWS = 20


def tests(desk: Desk, item: Loaded, columns: Sequence[str]) -> None:
    """Rows whose customer, person or note is called a test, and all other rows of their cases."""
    case = item.map["case"]
    if not desk.looks_for("test_records") or case is None or not columns:
        return
    cells = [item.cells[column] for column in columns]
    found = " union ".join(
        f"select distinct {item.cells[case]} as case_id, {cell} as example from {item.relation} where {cell} in "
        f"(select t from (select distinct {cell} as t from {item.relation}) where regexp_matches(t, {literal(_TEST)}) "
        "or (length(t) > 2 and replace(lower(t), lower(t[1]), '') = ''))"    # aaaa
        for cell in cells)
    desk.rows("test_records", f"select {item.row} as row, min(example) as example from {item.relation} "
                              f"join ({found}) t on t.case_id = {item.cells[case]} group by 1")


def shifted(desk: Desk, item: Loaded) -> None:
    """Rows whose cells hold what belongs to the column beside them. Columns with a vocabulary, with numbers or with
    dates can be told: a cell of the next column that holds such a thing, where that column never does, is worth two; a
    gap where a column has none is worth one; three are a row that slipped."""
    if not desk.looks_for("row_shifted") or item.records < _ROWS:
        return
    cells = list(item.cells.values())
    some = f"{item.relation} where {item.line} % {max(1, item.records // _LEARNED)} = 0"
    desk.connection.execute(f"create or replace temp table glance as select {', '.join(cells)} from {some}")
    seen, *filled = desk.connection.sql(f"select count(*), {', '.join(f'count({cell})' for cell in cells)} from glance"
                                        ).fetchall()[0]
    counts = {cell: n for cell, n in zip(cells, filled, strict=True) if n}
    if not counts:
        return
    _count_texts(desk, list(counts))
    seen_in, forms = _told(desk)
    known = _kinds(seen_in, forms, counts)
    kinds = [known.get(cell, "") for cell in cells]
    gaps = [f"({cell} is null)::int" for n, cell in zip(filled, cells, strict=True) if n >= _FULL * seen]
    for name, step in (("right", 1), ("left", -1)):
        hits = [test for at in range(len(cells)) if kinds[at] and 0 <= at + step < len(cells)
                and (kinds[at], kinds[at + step]) != ("number", "date")     # a number may be a moment
                and filled[at + step] and (test := _slipped(seen_in, forms, kinds[at], cells[at], cells[at + step],
                                                            filled[at + step]))]
        if hits:
            desk.rows("row_shifted",
                      f"select row, {literal(name)} as example from (select {item.row} as row, "
                      f"list_sum([{', '.join(hits)}]) as slips, list_sum([{', '.join(gaps) or '0'}]) as gaps "
                      f"from {item.relation}) where slips > 0 and 2 * slips + gaps >= 3 "
                      "and row not in (select row from unfit)")


def _count_texts(desk: Desk, cells: Sequence[str]) -> None:
    """Of the rows in `glance`, `texts`: what comes often in a column, and how often; `forms`: cells with a number or a
    date."""
    often = "(select greatest(2, count(*) / 2000) from glance)"
    texts = " union all ".join(
        f"select {literal(cell)} as col, {cell} as t, count(*) as n from glance where {cell} is not null "
        f"group by 2 having n > {often}" for cell in cells)
    desk.connection.execute(f"create or replace temp table texts as {texts}")
    forms = " union all ".join(
        f"select {literal(cell)} as col, count(*) filter (regexp_full_match({cell}, {literal(_NUMBER)})) as number, "
        f"count(*) filter (regexp_matches({cell}, {literal(_DATED)})) as date from glance" for cell in cells)
    desk.connection.execute(f"create or replace temp table forms as {forms}")


def _told(desk: Desk) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """What `texts` and `forms` hold: column → text → how often; column → number and date → how many cells."""
    texts: dict[str, dict[str, int]] = {}
    for cell, text, n in desk.connection.sql("from texts").fetchall():
        texts.setdefault(cell, {})[text] = n
    forms = {cell: {"number": number, "date": date}
             for cell, number, date in desk.connection.sql("select col, number, date from forms").fetchall()}
    return texts, forms


def _kinds(
    texts: Mapping[str, Mapping[str, int]], forms: Mapping[str, Mapping[str, int]], filled: Mapping[str, int]
) -> dict[str, str]:
    """Column → vocabulary, number or date, what nearly all of its cells are; "" where they are texts of any kind."""
    found = {}
    for cell, form in forms.items():
        most, spoken = _FILLED * filled[cell], texts.get(cell, {})
        if max(form.values()) >= most:
            found[cell] = "number" if form["number"] >= form["date"] else "date"
        else:
            found[cell] = "vocabulary" if _WORDS <= len(spoken) <= _VOCABULARY and sum(spoken.values()) > most else ""
    return found


def _slipped(
    texts: Mapping[str, Mapping[str, int]], forms: Mapping[str, Mapping[str, int]], kind: str, here: str, there: str,
    filled: int,
) -> str:
    """Whether a cell of a column holds what belongs to another, "" where such things are at home in both."""
    if kind == "vocabulary":
        other = texts.get(there, {})
        same = sum(n for text, n in other.items() if text in texts[here])
        more = ", ".join(literal(text) for text, n in texts[here].items() if n > other.get(text, 0))
        test = f"coalesce({there} in ({more}), false)::int" if more else ""
    else:
        same = forms[there][kind]
        form = f"regexp_full_match({there}, {literal(_NUMBER)})" if kind == "number" else (
            f"regexp_matches({there}, {literal(_DATED)})")
        test = f"coalesce({form}, false)::int"
    return test if same <= _STRANGE * filled else ""


def habits(desk: Desk, columns: AbstractSet[str]) -> None:
    """What nearly all cases have and some have not: a step, a head, more than one person."""
    _heads(desk)
    if learns(desk):
        _skipped(desk)
    if "resource" in columns:
        _owners(desk)


def _skipped(desk: Desk) -> None:
    """A step that nearly all cases have where they have the next one, missing there: it is not recorded."""
    desk.connection.execute(f"""
        create or replace temp table musts as
        with sizes as (select activity as other, count(*) as n from learned group by 1)
        select one as step, other as later from pairs join sizes using (other)
        where before >= greatest({_ROWS}, {_HABIT} * n) and before < n""")
    # only of steps that follow each other at once: what lies further apart may be a choice
    desk.connection.execute(f"""
        create or replace temp table beside as
        with steps as (select activity as later, lag(activity) over (partition by case_id order by ts, row) as step
                       from few),
        counts as (select later, step, count(*) as n from steps group by all)
        select step, later from counts qualify n >= {_FILLED} * sum(n) over (partition by later)""")
    # a row that is not in the log, or whose label is doubted, may be the one that is missing
    desk.cases("stage_skipped", """
        with lost as (select row, case_id, activity, ts from typed_all
                      where reason is not null or row in (select row from unfit)),
        unclear as (select case_id from lost where nullif(trim(case_id), '') is not null union
                    select case_id from typed_all where row in (
                      select row from defect_cells
                      where defect in ('label_typo', 'label_language', 'cell_formula', 'cell_markup')
                      union all select row from defect_rows where defect = 'label_homonym'))
        select b.case_id, musts.step as example from firsts b join musts on later = b.activity
          semi join beside on beside.step = musts.step and beside.later = musts.later
        where not exists (select 1 from firsts a where a.case_id = b.case_id and a.activity = musts.step)
          and b.case_id::varchar not in (select case_id from unclear)
          and b.case_id::varchar not in (
            select case_id from defect_cases where defect in ('link_lost', 'case_head_cut'))
          and not exists (select 1 from lost where lost.activity = musts.step::varchar
            and nullif(trim(lost.case_id), '') is null and abs(epoch(lost.ts) - epoch(b.ts)) < 60 * 86400)""")


def _heads(desk: Desk) -> None:
    """Cases near the beginning of the window that begin where no case begins."""
    desk.cases("case_head_cut", f"""
        with begun as (select case_id, arg_min(activity, (ts, row)) as head, min(ts) as since from sound group by 1),
        clear as (select case_id from sound join begun using (case_id) where ts::date = since::date
                  group by 1 having not bool_or(doubtful)),
        edge as (select min(ts) + (max(ts) - min(ts)) * 0.15 as until from sound where not doubtful),
        heads as (select head, count(*) as n, count(*) / sum(count(*)) over () as share from begun group by 1)
        select case_id, head as example from begun semi join clear using (case_id) join heads using (head), edge
        where since <= until and share < {1 - _HABIT} and (select max(share) from heads) > 0.5""")


def _owners(desk: Desk) -> None:
    """Cases of several steps with one person in all of them, where the people of the log are many and this is the
    rule: the name is that of the present owner."""
    desk.cases("owner_overwritten", """
        with each as (select case_id, min(resource) = max(resource) as alone, min(resource) as who
                      from sound where resource is not null group by case_id having count(*) >= 4)
        select case_id, who as example from each where alone
          and (select count(distinct resource) from sound) >= 5 and (select avg(alone::int) from each) < 0.5""")
    desk.rows("res_missing", """
        select row, activity as example from sound where nullif(trim(resource), '') is null
          and row not in (select row from defect_cells where defect = 'null_words')
          and (select count(nullif(trim(resource), '')) from sound) > 0""")


def parents(desk: Desk, item: Loaded, named: Mapping[str, str]) -> None:
    """Rows whose parent no row has. Where others of their activity are parents themselves, a chain is broken; where
    they are the last of it, it is a payment without its document. named: what a column is → column."""
    parent, own = named.get("parent"), named.get("document") or item.map["case"]
    if not parent or not own or item.map["activity"] is None:
        return
    here = f"nullif(trim({item.cells[parent]}), '')"
    own_ids = [item.cells[column] for column in sorted({own, *_ids(named, item)})]
    desk.connection.execute("create or replace temp table told as " + " union ".join(
        f"select {cell} as t, {item.text('activity')} as activity from {item.relation} where {cell} is not null"
        for cell in own_ids))
    matched = desk.connection.sql(f"select avg(({here} in (select t from told))::int) from {item.relation} "
                                  f"where {here} is not null").fetchall()[0][0]
    if matched is None or matched <= 0.5:
        return
    orphans = f"""
        with links as (select distinct {here} as t from {item.relation} where {here} is not null),
        chained as (select activity from told left join links using (t) group by 1
                    having count(links.t) > {_OFTEN} * count(*))
        select {item.row} as row, {here} as example from {item.relation}
        where {here} is not null and {here} not in (select t from told)
          and {item.text('activity')} {{}}in (select activity from chained)"""
    desk.rows("orphan_payment", orphans.format("not "))
    desk.rows("broken_keys", orphans.format(""))


def _ids(named: Mapping[str, str], item: Loaded) -> list[str]:
    return [column for what, column in named.items() if what in ("document", "event") and column in item.cells]


def tests_by_haste(desk: Desk, item: Loaded, column: str) -> None:
    """Cases of four steps or more within minutes whose customer is called something like a test."""
    case = item.map["case"]
    if not desk.looks_for("test_records") or case is None:
        return
    desk.rows("test_records", f"""
        with fast as (select case_id from typed_all where reason is null group by case_id
                      having count(*) >= 4 and epoch(max(ts)) - epoch(min(ts)) < {_AT_ONCE}),
        named as (select {item.cells[case]} as case_id, min({item.cells[column]}) as example from {item.relation}
                  where regexp_matches({item.cells[column]}, {literal(_LIKE_A_TEST)}) group by 1)
        select row, example from typed_all join named using (case_id) semi join fast using (case_id)
        where row not in (select row from unfit)""")


def told_in_texts(desk: Desk, item: Loaded, columns: Sequence[str]) -> None:
    """Texts that hold a day after their own row: something that is, perhaps, recorded nowhere else."""
    if not columns or not desk.looks_for("event_in_attribute"):
        return
    any_day = ", ".join(f"bool_or(length({cell}) > {_TEXT} and regexp_matches({cell}, '{_DAY}'))"
                        for cell in (item.cells[column] for column in columns))
    seen = desk.connection.sql(f"select {any_day} from {item.relation}").fetchall()[0]
    for column in (column for column, some in zip(columns, seen, strict=True) if some):
        cell = item.cells[column]
        day = (f"try_cast(regexp_replace(regexp_replace(regexp_extract({cell}, '{_DAY}'), '[年月/.]', '-', 'g'), "
               "'-([0-9])(-|$)', '-0\\1\\2', 'g') as date)")
        texts = (f"select {item.row} as row, {day} as day, left({cell}, 80) as example from {item.relation} "
                 f"where length({cell}) > {_TEXT} and regexp_matches({cell}, '{_DAY}') "
                 f"and not regexp_full_match({cell}, '[0-9TZ年月日时分秒:./ +-]+')")    # a moment is no text
        desk.rows("event_in_attribute", f"select row, example from ({texts}) join typed_all using (row) "
                                        "where day > ts::date")
