"""Rows and cases that are not what they seem: tests, shifted rows, cases without a head, one owner for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..connection import literal
from ..loading import Loaded

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("test_records", "row_shifted", "stage_skipped", "case_head_cut", "owner_overwritten", "res_missing",
         "res_alias", "orphan_payment", "ts_backdated")
# the whole text, so that a maker of testing instruments keeps its orders
_TEST = (r"(?i)^[\s\-_#*!.(]*(test(ing|er)?|demo|dummy|sample|asdf+|qwer(ty)?|xxx+|foo ?bar|do not use|delete me"
         r"|测试|試|試用|试用|演示|样例|勿删|请勿使用)"
         r"[\s_\-]*(account|customer|company|client|lead|deal|opportunity|order|user|data|record|case|corp|inc|ltd|gmbh|"
         r"客户|公司|线索|商机|数据|账号|账户|用户|订单|合同|单|记录|一下|专用|有限公司)?[\s_\-]*[0-9#]{0,4}[\s\-_#*!.)]*$")
_VOCABULARY = 300   # different texts; a column with more has no vocabulary
_HABIT = 0.95
_ROWS = 20


def tests(desk: Desk, item: Loaded, columns: Sequence[str]) -> None:
    """Rows whose customer, person or note is called a test, and all other rows of their cases."""
    case = item.map["case"]
    if not desk.looks_for("test_records") or case is None or not columns:
        return
    cells = [item.cells[column] for column in columns]
    found = " union ".join(
        f"select distinct {item.cells[case]} as case_id, {cell} as example from {item.relation} where {cell} in "
        f"(select t from (select distinct {cell} as t from {item.relation}) where regexp_matches(t, {literal(_TEST)}))"
        for cell in cells)
    desk.rows("test_records", f"select {item.row} as row, min(example) as example from {item.relation} "
                              f"join ({found}) t on t.case_id = {item.cells[case]} group by 1")


def shifted(desk: Desk, item: Loaded) -> None:
    """Rows in which two cells or more hold what belongs to the column beside them, and not what belongs to theirs."""
    if not desk.looks_for("row_shifted") or item.records < _ROWS:
        return
    cells = list(item.cells.values())
    counts = desk.connection.sql(
        f"select {', '.join(f'approx_count_distinct({cell})' for cell in cells)} from {item.relation}").fetchall()[0]
    closed = [0 < n <= min(_VOCABULARY, item.records / 10) for n in counts]
    for name, step in (("right", 1), ("left", -1)):
        pairs = [(cells[i], cells[i + step]) for i in range(len(cells))
                 if closed[i] and 0 <= i + step < len(cells)]
        if len(pairs) < 2:
            continue
        tests = [f"({there} in (select t from words where col = {literal(here)}) and {there} not in "
                 f"(select t from words where col = {literal(there)}))::int" for here, there in pairs]
        words = " union all ".join(
            f"select {literal(cell)} as col, {cell} as t from {item.relation} where {cell} is not null group by 2 "
            f"having count(*) > greatest(2, {item.records} / 2000)"
            for cell in dict.fromkeys(cell for pair in pairs for cell in pair))
        desk.connection.execute(f"create or replace temp table words as {words}")
        desk.rows("row_shifted", f"select {item.row} as row, {literal(name)} as example from {item.relation} "
                                 f"where {' + '.join(tests)} >= 2 and {item.row} not in (select row from unfit)")


def habits(desk: Desk, columns: AbstractSet[str]) -> None:
    """What nearly all cases have and some have not: a step, a head, more than one person."""
    _skipped(desk)
    _heads(desk)
    if "resource" in columns:
        _owners(desk)


def _skipped(desk: Desk) -> None:
    """A step that nearly all cases have where they have the next one, missing there: it is not recorded."""
    desk.connection.execute(f"""
        create or replace temp table musts as
        with have as (select distinct case_id, activity from firsts),
        sizes as (select activity, count(*) as n from have group by 1)
        select a.activity as step, b.activity as later from firsts a join firsts b using (case_id)
          join sizes on sizes.activity = b.activity
        where a.activity <> b.activity and a.ts < b.ts group by a.activity, b.activity, sizes.n
        having count(*) >= greatest({_ROWS}, {_HABIT} * sizes.n) and count(*) < sizes.n""")
    desk.cases("stage_skipped", """
        select b.case_id, musts.step as example from firsts b join musts on later = b.activity
        where not exists (select 1 from firsts a where a.case_id = b.case_id and a.activity = musts.step)""")


def _heads(desk: Desk) -> None:
    """Cases near the beginning of the window that begin where no case begins."""
    desk.cases("case_head_cut", f"""
        with begun as (select case_id, arg_min(activity, (ts, row)) as head, min(ts) as since from sound group by 1),
        edge as (select min(since) + (max(since) - min(since)) * 0.15 as until from begun),
        heads as (select head, count(*) as n, count(*) / sum(count(*)) over () as share from begun group by 1)
        select case_id, head as example from begun join heads using (head), edge
        where since <= until and share < {1 - _HABIT} and (select max(share) from heads) > 0.5""")


def _owners(desk: Desk) -> None:
    """Cases of several steps with one person in all of them, where the people of the log are many and this is the
    rule: the name is that of the present owner."""
    desk.cases("owner_overwritten", """
        with each as (select case_id, count(distinct resource) as people, count(*) as n, min(resource) as who
                      from sound where resource is not null group by case_id having count(*) >= 4)
        select case_id, who as example from each where people = 1
          and (select count(distinct resource) from sound) >= 5
          and (select avg((people = 1)::int) from each) < 0.5""")
    desk.rows("res_missing", """
        select row, activity as example from sound where nullif(trim(resource), '') is null
          and (select count(nullif(trim(resource), '')) from sound) > 0""")
    desk.rows("res_alias", """
        with parts as (select resource, count(*) as n, string_split_regex(
            regexp_replace(lower(resource), '@.*$', ''), '[^a-z0-9一-龥]+') as part
            from sound where resource is not null group by resource),
        names as (select resource, n, list_aggregate(list_sort(list_filter(part, lambda w: w <> '')), 'string_agg', ' ')
            as form from parts),
        several as (select form, arg_max(resource, n) as usual from names where length(form) > 3 group by form
                    having count(*) > 1)
        select sound.row, names.resource || ' = ' || usual as example from sound join names using (resource)
          join several using (form) where names.resource <> usual""")


def links(desk: Desk, item: Loaded, named: Mapping[str, str]) -> None:
    """Parents that no row has, customers with two cases of which one dies young. named: what a column is → column."""
    parent, own = named.get("parent"), named.get("document") or item.map["case"]
    if parent and own:
        here, all_ids = item.cells[parent], [item.cells[column] for column in {own, *_ids(named, item)}]
        known = " union ".join(f"select {cell} as t from {item.relation}" for cell in all_ids)
        matched = desk.connection.sql(
            f"select avg(({here} in (select t from ({known})))::int) from {item.relation} where {here} is not null"
        ).fetchall()[0][0]
        if matched is not None and matched > 0.5:
            desk.rows("orphan_payment", f"select {item.row} as row, {here} as example from {item.relation} "
                                        f"where {here} is not null and {here} not in (select t from ({known}) "
                                        "where t is not null)")
    recorded, time = named.get("recorded"), item.map["time"]
    if recorded and time:
        told, happened = (f"try_cast({item.cells[column]} as timestamp)" for column in (recorded, time))
        desk.rows("ts_backdated", f"""
            with lag as (select {item.row} as row, {told} as told, {happened} as happened from {item.relation})
            select row, happened || ' / ' || told as example from lag
            where told - happened > interval 1 day and told - happened > (
              select quantile_cont(told - happened, 0.5) + interval 1 day from lag)""")


def _ids(named: Mapping[str, str], item: Loaded) -> list[str]:
    return [column for what, column in named.items() if what in ("document", "event") and column in item.cells]
