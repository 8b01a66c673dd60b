"""People get names, stage codes get labels, cut histories are marked, and what a person should know is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..log.plan import KINDS, Condition
from .cells import cell, key, test
from .connection import literal
from .making import PARTIES
from .meanings import Meaning
from .source_rows import Source

if TYPE_CHECKING:
    import duckdb

STAGE, CLOSE, CREATE = KINDS.index("stage"), KINDS.index("close"), KINDS.index("create")


@dataclass(frozen=True)
class StageLabel:
    """A stage as the system calls it: its activity in the log, its type, and what the system says of it (None where
    it says nothing). order: its place in the pipeline."""

    activity: str
    object_type: str
    label: str
    order: float | None
    closed: bool | None
    won: bool | None


def name_people(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Ids of people become their names, with department and role, where a table of people holds them. A person is known
    by name too, where all of that name agree."""
    tables = [source for source in sources if source.plan.role == "people"]
    if not tables:
        return
    parts = [_people_sql(source, column) for source in tables
             for column in (source.plan.id, *source.plan.other_keys, None)]
    styles = {source.plan.system: source.plan.key_style for source in tables}
    connection.execute(
        "create table people as select space, id, first(name order by name) as name, "
        "first(department order by department) as department, first(role order by role) as role "
        f"from ({' union all '.join(parts)}) where id is not null group by by_name, 1, 2 "
        "having not by_name or (count(distinct department) < 2 and count(distinct role) < 2) "
        "qualify row_number() over (partition by space, id order by by_name) = 1"
    )
    _name_groups(connection, sources)
    _share_facts(connection, tables)
    for system, style in styles.items():
        connection.execute(
            "update made set resource = coalesce(p.name, made.resource), role = coalesce(made.role, p.role), "
            "department = coalesce(made.department, p.department) from people p "
            f"where p.space = {literal(system)} and made.space = p.space and p.id = key_{style}(val(made.resource))"
        )


def _people_sql(source: Source, column: str | None) -> str:
    """People by one of their ids, or by their name (no column); a name in two parts is written as its language does."""
    item, fields = source.item, source.plan.fields
    given, family = (cell(item, fields.get(part)) for part in ("given", "family"))
    both = (f"case when regexp_matches({given} || {family}, '[一-龥]') then {family} || {given} "
            f"else nullif(concat_ws(' ', {given}, {family}), '') end")
    name = f"coalesce({cell(item, fields.get('name'))}, {both}, {cell(item, fields.get('email'))})"
    known = key(item, column, source.plan.key_style) if column else name
    more = ", ".join(f"{cell(item, fields.get(part))} as {part}" for part in ("department", "role"))
    return (f"select {source.space} as space, {known} as id, {column is None} as by_name, {name} as name, {more} "
            f"from {item.relation}")


def _share_facts(connection: duckdb.DuckDBPyConnection, tables: Sequence[Source]) -> None:
    """What is known of a person by one id is known by the others."""
    for source in tables:
        for column in source.plan.other_keys:
            one, other = (key(source.item, each, source.plan.key_style) for each in (source.plan.id, column))
            connection.execute(f"""
                update people set department = coalesce(people.department, p.department),
                  role = coalesce(people.role, p.role)
                from (select {one} as one, {other} as other from {source.item.relation}) k join people p on p.id = one
                where people.id = k.other and people.space = p.space and p.space = {source.space}""")


def _name_groups(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Ids of departments and roles become their names, where a table of groups holds them."""
    for source in sources:
        if source.plan.role == "groups":
            style = source.plan.key_style
            known = (f"select {key(source.item, source.plan.id, style)} as id, "
                     f"min({cell(source.item, source.plan.fields.get('name'))}) as name from {source.item.relation} "
                     "group by 1")
            for part in ("department", "role"):
                connection.execute(f"update people set {part} = g.name from ({known}) g where g.name is not null and "
                                   f"space = {source.space} and g.id = key_{style}(val({part}))")


def read_dictionaries(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """`dic`: stage code → label, order, closed, won, from the dictionaries of the systems."""
    connection.execute("create table dic (space varchar, type varchar, code varchar, label varchar, ord double, "
                       "closed boolean, won boolean)")
    for source in sources:
        if source.plan.role != "stages":
            continue
        item, fields = source.item, source.plan.fields
        code = cell(item, fields.get("code"))
        connection.execute(
            f"insert into dic select {source.space}, {literal(source.plan.object_type)}, coalesce({code}, label), "
            f"label, ord, closed, won from (select *, {cell(item, fields.get('label'))} as label, "
            f"try_cast({cell(item, fields.get('order'))} as double) as ord, {_flag(source, 'closed')} as closed, "
            f"{_flag(source, 'won')} as won from {item.relation}) where label is not null"
        )


def label_stages(connection: duckdb.DuckDBPyConnection) -> None:
    """Stages that events call by their codes get the labels of the dictionary."""
    connection.execute("update made set code = dic.label, activity = replace(made.activity, made.code, dic.label) "
                       f"from dic where made.kind = {STAGE} and dic.code = made.code and dic.type = made.type "
                       "and dic.label <> made.code")


_TRUE = ("true", "1", "yes", "t", "y", "x", "是", "closed won", "won", "1.0")


def _flag(source: Source, field: str) -> str:
    """A flag of a dictionary; the profile may say which texts mean yes (Zoho: "Closed Lost")."""
    column = source.plan.fields.get(field)
    if column is None:
        return "null::boolean"
    known = cell(source.item, column)
    texts = source.plan.flags.get(field, _TRUE)
    return f"case when {known} is not null then {test(source.item, Condition(column, texts))} end"


def mean_states(connection: duckdb.DuckDBPyConnection, meaning: Meaning) -> None:
    """`state_meant`: the canonical stage of each text in which objects stand now."""
    connection.execute("create table state_meant (type varchar, text varchar, stage varchar)")
    rows = connection.sql("select distinct type, state from ob where state is not null order by 1, 2").fetchall()
    texts: dict[str, list[str]] = {}
    for kind, text in rows:
        texts.setdefault(kind, []).append(text)
    for kind, said in texts.items():
        found = [(kind, text, stage) for text, stage in meaning(kind, said).items() if stage]
        if found:
            connection.executemany("insert into state_meant values (?, ?, ?)", found)


CUT = f"""
    select o, min(ts) filter (kind = {CREATE} and clock = 'recorded') as born,
      min(ts) filter (kind = {STAGE} and clock <> 'milestone') as first, bool_or(whole_day) as days from evs group by o
    having first > born + (case when days then interval 2 day else interval 1 hour end)"""


def mark_cut_histories(connection: duckdb.DuckDBPyConnection, label: tuple[str, str]) -> None:
    """Where the history of stages of an object begins later than the object, an event says so: the days before it
    belong to a stage that nobody knows (label, key). Dates of single stages (milestones) are no history to be cut."""
    connection.execute(f"""
        insert into evs
        select * exclude (n) replace (250 as part, {literal(label[0])} as activity, {literal(label[1])} as canonical,
          {CREATE} as kind, 'derived' as clock, null as code, null as st, null as resource, null as role,
          null as department)
        from (select evs.*, row_number() over (partition by o order by evs.ts, seq, row, part) as n
              from evs join ({CUT}) using (o) where kind = {STAGE} and clock <> 'milestone') where n = 1""")


def stage_labels(connection: duckdb.DuckDBPyConnection) -> list[StageLabel]:
    """Every stage that the events name, with what the systems say of it: their dictionary first, then the flags of the
    records that stand in it now (a stage in which every record is won is the won stage)."""
    rows = connection.sql(f"""
        with used as (select distinct activity, type, code from evs where kind = {STAGE}),
        said as (select type, label, min(ord) as ord, bool_and(closed) as closed, bool_and(won) as won
                 from dic group by 1, 2),
        ends as (select m.o, m.canonical = 'deal_won' as won from made m where m.kind = {CLOSE}
                 and m.canonical in ('deal_won', 'deal_lost')),
        last as (select o, type, last(code order by ts, seq, row, part) as code from evs where kind = {STAGE}
                 group by 1, 2),
        shown as (select last.type, last.code, count(*) as n, count(ends.o) as closed, count(*) filter (ends.won) as won
                  from last join ob using (o) left join ends using (o)
                  where ob.row is not null and ob.state = last.code group by 1, 2)
        select activity, used.type, used.code, ord, coalesce(said.closed, case when shown.closed = 0 then null else
          shown.n = shown.closed end), coalesce(said.won, case when shown.closed = shown.n and shown.won in (0, shown.n)
          then shown.won > 0 end)
        from used left join said on said.type = used.type and said.label = used.code
        left join shown on shown.type = used.type and shown.code = used.code order by 2, 4 nulls last, 1""").fetchall()
    return [StageLabel(*row) for row in rows]


def merge_retold(connection: duckdb.DuckDBPyConnection) -> None:
    """A date on one record that belongs to another document (a list of deals with the day of signature) is given up
    where the document itself, before or behind it in the chain, tells the same activity."""
    connection.execute("""
        create table retold as
        with recursive told as (
          select distinct o, canonical from evs where clock = 'milestone' and canonical <> ''),
        below(o, p) as (select o, o from told union select o, q from below join oo on oo.p = below.p and bridge),
        above(o, p) as (select o, o from told union select o, oo.p from above join oo on oo.q = above.p and bridge)
        select distinct told.o, told.canonical
        from told join (select * from below union select * from above) near using (o)
          join evs on evs.o = near.p and evs.canonical = told.canonical and evs.clock <> 'milestone'""")
    connection.execute("""
        create temp table given_up as select row, part from evs semi join retold using (o, canonical)
        where clock = 'milestone'""")
    connection.execute("insert into gone select row, part, 'retold' from given_up")
    connection.execute("delete from evs where (row, part) in (select row, part from given_up)")


_PAID_FOR = ("invoice", "order", "contract")
"""What a payment settles: the first of these that it is linked to."""


def settle_payments(connection: duckdb.DuckDBPyConnection, partial: tuple[str, str]) -> None:
    """A payment that leaves all that it is linked to short of its sum is a partial one (label, key): every invoice, or
    where it names none every order, or every contract."""
    kinds = ", ".join(map(literal, _PAID_FOR))
    connection.execute(f"""
        update evs set activity = {literal(partial[0])}, canonical = {literal(partial[1])}
        where canonical = 'payment_received' and o in (
          with first as (select o, min(ts) as ts from evs where canonical = 'payment_received' group by o),
          due as (
            select oo.q as o, oo.p as document, bill.amount as due, coalesce(oo.amount, pay.amount) as part, first.ts
            from oo join ob bill on bill.o = oo.p and bill.type in ({kinds})
              join ob pay on pay.o = oo.q and pay.type = 'payment' join first on first.o = oo.q
            where bill.currency is null or pay.currency is null or bill.currency = pay.currency
            qualify list_position([{kinds}], bill.type) = min(list_position([{kinds}], bill.type))
              over (partition by oo.q)),
          paid as (select *, sum(part) over (partition by document order by ts, o) as so_far
                   from due where due is not null and part is not null)
          select o from paid group by o having not bool_or(so_far >= due - 0.01))""")


def parties_present(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The party columns that hold anything."""
    found = connection.sql(f"select {', '.join(f'count({role})' for role in PARTIES)} from evs").fetchall()[0]
    return [role for role, n in zip(PARTIES, found, strict=True) if n]
