"""Objects, the texts by which files call them, and the links between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..log.plan import LinkPlan, ViewPlan
from .cells import all_of, amount, cell, chosen, key
from .connection import literal
from .implied import refuse_shared_names
from .source_rows import AMOUNT_OF_ROW, CURRENCY_OF_ROW, Source
from .typed_rows import AMOUNT

if TYPE_CHECKING:
    import duckdb


def make_objects(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """`ob`: one row an object (o, space, type, id, row, name, amount, currency, owner). `names`: the texts that mean
    it. An object that only a history or a link names has no row. `made` gets the number of its object."""
    connection.execute(
        f"create table held (space varchar, type varchar, id varchar, row bigint, name varchar, amount {AMOUNT}, "
        "currency varchar, owner varchar, state varchar, line varchar, touched timestamp)"
    )
    connection.execute("create table called (space varchar, type varchar, id varchar, text varchar)")
    connection.execute(f"create table asked (space varchar, type varchar, id varchar, to_type varchar, text varchar, "
                       f"qualifier varchar, reverse boolean, makes boolean, amount {AMOUNT}, row bigint)")
    for source in sources:
        if source.plan.role != "events":
            continue
        if source.holds != "false":
            connection.execute(f"insert into held {_held_sql(source)} and {source.holds}")
        for column in source.plan.other_keys:
            connection.execute(f"insert into called {_called_sql(source, column)}")
        for link in source.plan.links:
            connection.execute(f"insert into asked {_asked_sql(source, link)}")
    refuse_shared_names(connection, sources)
    _one_space(connection)
    _by_other_keys(connection)
    _number_objects(connection)


def _object(source: Source) -> str:
    return f"{source.space} as space, {source.type} as type, {source.key} as id"


def _live(source: Source) -> str:
    return f"from {source.item.relation} where {source.dropped} is null"


def _held_sql(source: Source) -> str:
    item, fields = source.item, source.plan.fields
    return (f"select {_object(source)}, {item.row}, {cell(item, fields.get('name'))}, "
            f"{AMOUNT_OF_ROW}, {CURRENCY_OF_ROW}, {cell(item, fields.get('resource'))}, "
            f"{cell(item, fields.get('stage'))}, {cell(item, source.plan.line)}, {source.touched} {_live(source)}")


def _called_sql(source: Source, column: str) -> str:
    text = key(source.item, column, source.plan.key_style)
    return f"select {_object(source)}, {text} as text {_live(source)} and {text} is not null"


def _asked_sql(source: Source, link: LinkPlan) -> str:
    item = source.item
    whole = cell(item, link.column)
    rows = f"select *, {whole} as whole from {item.relation}"
    if link.many:
        signs = literal(f"[{re.escape(link.many)}]")
        rows = f"select * replace (unnest(string_split_regex(whole, {signs})) as whole) from ({rows})"
    text = f"key_{source.plan.key_style}(val(whole))"
    return f"""
        select {_object(source)}, {_target_type(source, link, text)} as to_type, {text} as text,
          {literal(link.qualifier)}, {str(link.reverse).lower()}, {str(link.makes).lower()},
          {amount(item, link.amount)}, {item.row} as row
        from ({rows}) where {source.dropped} is null and {text} is not null and to_type is not null
          and {source.about(link.only)} and {all_of(item, link.when)}"""


def _target_type(source: Source, link: LinkPlan, text: str) -> str:
    """The type that a link leads to: fixed, by another column, or by the first characters of the id."""
    if not link.types:
        return literal(link.object_type)
    by = cell(source.item, link.type_column) if link.type_column else f"left({text}, 3)"
    return chosen(by, link.types, exact=link.exact)


def _one_space(connection: duckdb.DuckDBPyConnection) -> None:
    """Two systems may number their objects alike; where one system alone holds a type, everybody means that one."""
    shared = [row[0] for row in connection.sql(
        "select type from held group by type having count(distinct space) > 1 order by 1").fetchall()]
    keep = ", ".join(map(literal, shared)) or "''"
    for table in ("held", "called", "asked", "made"):
        connection.execute(f"update {table} set space = '' where type not in ({keep})")


def _by_other_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Histories and links may call an object by another key than its own table does (a number, a name): where that key
    means one object only, they mean that one."""
    connection.execute("""
        create table alias as
        select type, text_key(text) as text, min(space) as space, min(id) as id from called
        group by 1, 2 having count(distinct (space, id)) = 1""")
    for table in ("made", "asked"):
        connection.execute(f"""
            update {table} set space = alias.space, id = alias.id from alias
            where alias.type = {table}.type and alias.text = text_key({table}.id)
              and ({table}.type, {table}.id) not in (select type, id from held)""")


_FACTS = ("name", "amount", "currency", "owner", "state")


def _first_filled(column: str) -> str:
    """Of several rows of an object the one that was touched last tells how things are."""
    return f"first({column} order by touched desc nulls last, row) filter ({column} is not null) as {column}"


def _whole(column: str) -> str:
    """A fact of an object from those of its lines: their sums add up."""
    return "sum(amount) as amount" if column == "amount" else _first_filled(column)


def _number_objects(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"""
        create table ob as
        with every as (
          select space, type, id from held union select space, type, id from made
          union select '' as space, to_type, text from asked where makes and (to_type, text_key(text)) not in (
            select type, text_key(id) from held union select type, text_key(text) from called)
          union select space, type, id from asked),
        lines as (select space, type, id, line, min(row) as row, max(touched) as touched,
            {", ".join(map(_first_filled, _FACTS))} from held group by 1, 2, 3, 4),
        first as (select space, type, id, min(row) as row, {", ".join(map(_whole, _FACTS))}
          from lines group by 1, 2, 3)
        select (row_number() over (order by type, space, id))::int as o, every.*, first.* exclude (space, type, id)
        from every left join first using (space, type, id)""")
    connection.execute("update ob set state = dic.label from dic where dic.type = ob.type and dic.code = ob.state")
    connection.execute("alter table made add column o int")
    connection.execute("update made set o = ob.o from ob where ob.space = made.space and ob.type = made.type "
                       "and ob.id = made.id")
    connection.execute("""
        create table names as
        select distinct type, text_key(text) as text, o from (
          select type, id as text, o from ob union all
          select called.type, called.text, o from called join ob using (space, type, id))""")


def make_links(connection: duckdb.DuckDBPyConnection, view: ViewPlan) -> None:
    """`oo`: parent p, child q (the later object of the chain; a satellite is a child), qualifier, amount, row; bridge:
    whether the chain runs over it; source, target: the two as their file states the link. `lost`: texts that name no
    object, or more than one."""
    ranks = ", ".join(
        f"({literal(kind)}, {'null' if rank is None else rank}, {str(kind in view.satellites).lower()})"
        for kind, rank in view.ranks.items()
    )
    connection.execute(f"create table ranks as select * from (values {ranks}) as t(type, rank, satellite)")
    connection.execute("""
        create table met as
        with here as (select ob.o as a, asked.* from asked join ob using (space, type, id)),
        hits as (select here.*, names.o as b from here left join names
                 on names.type = here.to_type and names.text = text_key(here.text))
        select a, type, to_type, text, qualifier, reverse, amount, row, min(b) as b, count(distinct b) as hits
        from hits group by all""")
    connection.execute("""
        create table oo as
        select distinct on (p, q, qualifier) p, q, qualifier, amount, row, bridge, a as source, b as target
        from (
          select case when swap then a else b end as p, case when swap then b else a end as q, *, from (
            select met.*, case
                when ra.satellite and not rb.satellite then false when rb.satellite and not ra.satellite then true
                when ra.rank < rb.rank then true when ra.rank > rb.rank then false
                when ra.rank is null and rb.rank is not null then true
                when ra.rank is not null and rb.rank is null then false else reverse end as swap,
              (ra.rank is not null or ra.satellite) and (rb.rank is not null or rb.satellite) as bridge
            from met join ranks ra on ra.type = met.type join ranks rb on rb.type = met.to_type
            where hits = 1 and a <> b))
        order by p, q, qualifier, amount is null, row""")
    connection.execute("create view lost as select * from met where hits <> 1")


def satellites_linked(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, int]]:
    """type, objects, of them linked to anything; types beside the chain whose links some file tells."""
    return connection.sql("""
        select ob.type, count(distinct ob.o), count(distinct oo.q) from ob left join oo on oo.q = ob.o
        where ob.row is not null and ob.type in (select type from ranks where satellite)
          and ob.type in (select type from asked) group by 1 order by 1""").fetchall()


def match_rates(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, int, int, int]]:
    """type, other type, objects of the first, of them linked, of the second, of them linked; pairs that some file
    links at all, in the order of the chain. Of a type that no table holds, those count that links and histories
    name."""
    connection.execute("create table counted_ob as select * from ob where row is not null or type not in "
                       "(select type from ob where row is not null)")
    return connection.sql("""
        with pairs as (select distinct least_type, most_type from (
            select case when ra.rank <= rb.rank then met.type else to_type end as least_type,
                   case when ra.rank <= rb.rank then to_type else met.type end as most_type
            from met join ranks ra on ra.type = met.type join ranks rb on rb.type = met.to_type
            where ra.rank is not null and rb.rank is not null and met.type <> to_type)),
        sizes as (select type, count(*) as n from counted_ob group by type),
        ends as (select distinct x.type as a, y.type as b, p, q from oo join counted_ob x on x.o = p
                 join counted_ob y on y.o = q)
        select least_type, most_type, coalesce(sa.n, 0), count(distinct p), coalesce(sb.n, 0), count(distinct q)
        from pairs left join sizes sa on sa.type = least_type left join sizes sb on sb.type = most_type
        left join ends on a = least_type and b = most_type
        join ranks ra on ra.type = least_type join ranks rb on rb.type = most_type
        group by 1, 2, 3, 5, ra.rank, rb.rank order by ra.rank, rb.rank""").fetchall()

