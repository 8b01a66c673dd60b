"""Breaks of the chain: objects without the next one, and objects that name one which no table holds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..log.chain import ChainGap, ChainPlan, LooseObject
from .connection import literal

if TYPE_CHECKING:
    import duckdb

_DAY = 86_400_000_000
_REVERSED = """
    select oo.p as o from oo join ob inv on inv.o = oo.p and inv.type = 'invoice'
    join ob memo on memo.o = oo.q and memo.type = 'credit_memo'
    group by oo.p, inv.amount having sum(abs(memo.amount)) >= abs(inv.amount) - 0.01"""
"""Invoices taken back in full by credit memos: no money is due for them."""


def chain_gaps(connection: duckdb.DuckDBPyConnection, plan: ChainPlan, as_of: datetime) -> list[ChainGap]:
    """One answer for each pair of neighbouring types that the tables hold.

    An object is broken off where nothing of the next type hangs below it although more time has passed than 99 in 100
    of the linked ones took; younger ones wait. Law: ready = linked + waiting + broken.
    """
    _prepare(connection, plan)
    held = dict(connection.sql("select type, count(*) from ob where row is not null group by 1 order by 1").fetchall())
    found = []
    for source, expected in plan.next.items():
        target = next((kind for kind in expected if held.get(kind)), None)
        if target is not None and held.get(source):
            found.append(_gap(connection, source, target, as_of))
    return found


def _prepare(connection: duckdb.DuckDBPyConnection, plan: ChainPlan) -> None:
    """`stood`: one row a held object with the moment when it was ready, and whether it is out."""
    stages = plan.stages.items()
    rows = ", ".join(f"({literal(label)}, {literal(stage)})" for label, stage in sorted(stages) if stage) or "('', '')"
    out, ended = (", ".join(map(literal, sorted(words))) or "null" for words in (plan.out, plan.ended))
    ready = " ".join(
        f"when ob.type = {literal(kind)} then min(ts) filter (stage in ({', '.join(map(literal, sorted(which)))}))"
        for kind, which in plan.ready.items() if which
    )
    gates = ", ".join(map(literal, sorted({stage for which in plan.ready.values() for stage in which}))) or "null"
    first = "min(ts) filter (kind <> 0 or clock <> 'derived')"
    connection.execute(f"""
        create or replace temp table stood as
        with meant(activity, stage) as (values {rows}),
        told as (select evs.*, meant.stage, coalesce(meant.stage in ({out}) or canonical in ({ended}), false) as outs
                 from evs left join meant using (activity)),
        seen as (select ob.o, case {ready or "when false then null"} else {first} end as since,
          last(outs order by ts, seq, told.row) filter (outs or stage in ({gates})) as is_out
          from ob join told using (o) group by ob.o, ob.type)
        select ob.*, since,
          coalesce(is_out, false) or coalesce(state_out.out, false) or reversed.o is not null as is_out
        from ob left join seen using (o) left join ({_REVERSED}) reversed using (o)
        left join (select type, text, stage in ({out}) as out from state_meant) state_out
          on state_out.type = ob.type and state_out.text = ob.state
        where ob.row is not null""")


def _gap(connection: duckdb.DuckDBPyConnection, source: str, target: str, as_of: datetime) -> ChainGap:
    """The objects of one type against those of the next that hang below them, also through types in between."""
    a, b = literal(source), literal(target)
    connection.execute(f"""
        create or replace temp table below as
        with recursive steps as (select p, q from oo join ob x on x.o = p join ob y on y.o = q
          join ranks rx on rx.type = x.type join ranks ry on ry.type = y.type
          where bridge and rx.rank is not null and ry.rank is not null
            and ry.rank <= (select rank from ranks where type = {b})),
        m(top, o) as (select o, o from ob where type = {a} union select m.top, q from m join steps on p = m.o)
        select top, m.o from m join ob using (o) where ob.type = {b} and ob.row is not null""")
    now = f"timestamp '{as_of.isoformat(sep=' ')}'"
    connection.execute(f"""
        create or replace temp table asked_for as
        with firsts as (select top as o, count(*) as n, min(t.since) as first from below join stood t on t.o = below.o
                        group by 1)
        select s.*, (epoch_us({now}) - epoch_us(s.since)) / {_DAY} as days, firsts.n is not null as linked,
          (epoch_us(firsts.first) - epoch_us(s.since)) / {_DAY} as lag
        from stood s left join firsts using (o) where s.type = {a} and s.since is not null and not s.is_out""")
    ready, linked, usual = connection.sql("""
        select count(*), count(*) filter (linked), coalesce(quantile_disc(greatest(lag, 0), 0.99) filter (linked), 0)
        from asked_for""").fetchall()[0]
    loose = f"from asked_for where not linked and days > {float(usual)!r}"
    broken = connection.sql(
        f"select id, since, days, amount, currency, row, '' {loose} order by days desc, id").fetchall()
    targets = int(connection.sql(f"select count(*) from stood where type = {b} and not is_out").fetchall()[0][0])
    orphans = connection.sql(f"""
        select s.id, s.since, coalesce((epoch_us({now}) - epoch_us(s.since)) / {_DAY}, 0), s.amount, s.currency, s.row,
          min(lost.text)
        from stood s join lost on lost.a = s.o and lost.hits = 0 join ranks r on r.type = lost.to_type
        where s.type = {b} and not s.is_out and r.rank is not null
          and r.rank >= (select rank from ranks where type = {a}) and s.o not in (select o from below)
          and exists (select 1 from ob h where h.type = lost.to_type and h.row is not null)
        group by all order by 3 desc, 1""").fetchall()
    return ChainGap(
        source, target, ready, linked, ready - linked - len(broken), float(usual),
        tuple(LooseObject(*row) for row in broken), targets, tuple(LooseObject(*row) for row in orphans),
    )
