"""Exact quantiles from counts of values: the neighbours by counting, the number between them by the database itself.

A quantile lies at the place (n - 1) q, between two neighbours, some fraction of the way. Of these two values alone, the
quantile at that very fraction is the same number to the last bit, since the same arithmetic makes it. So not all values
need be in memory at once; an arithmetic of our own would differ in the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..connection import memory_cap

if TYPE_CHECKING:
    import duckdb

_BYTES = 40     # of memory that a value takes in `quantile_cont`, at most
_BINS = 4096
_FRACTIONS = 100        # asked for at once

_PLACES = """
create or replace temp table places as
select g, i, floor(place)::bigint as low, ceil(place)::bigint as high, place - floor(place) as fraction
from (select g, unnest(range(len(qs))) + 1 as i, (n - 1)::double * unnest(qs) as place
      from (select g, count(*) as n, ?::double[] as qs from {values} group by g))"""

# Bins of equal width for each group, then the values of those bins that hold a neighbour.
_BINNED = """
create or replace temp table bins as
with spans as (select g, min(us) as least, (max(us) - min(us)) // {bins} + 1 as width from {values} group by g),
counted as (select *, (sum(n) over (partition by g order by bin))::bigint as upto from (
  select v.g, (us - least) // width as bin, least, width, count(*) as n
  from {values} v join spans using (g) group by v.g, bin, least, width))
select g, bin, least, width, upto - n as before from counted c
where exists (select 1 from places p where p.g = c.g and ((p.low >= upto - n and p.low < upto) or
  (p.high >= upto - n and p.high < upto)))"""

_NEIGHBOURS = """
create or replace temp table neighbours as
with counted as (
  select g, us, n, (before + sum(n) over (partition by g, bin order by us))::bigint as upto from (
    select v.g, us, bin, before, count(*) as n
    from {values} v join bins b on b.g = v.g and b.bin = (us - least) // width group by v.g, us, bin, before))
select p.g, p.i, p.fraction, min(us) as low, max(us) as high
from places p join counted c on c.g = p.g and ((p.low >= upto - n and p.low < upto) or (p.high >= upto - n
  and p.high < upto)) group by p.g, p.i, p.fraction"""


def exact_quantiles(
    connection: duckdb.DuckDBPyConnection, values: str, quantiles: Sequence[float], into: str, *, most: int
) -> None:
    """The table `into`: g, q (the quantiles in their order), as `quantile_cont` gives them over all values.

    values: a relation with g (a group) and us (a value). most: the values that may be in memory at once; of more, only
    those near a quantile are."""
    rows = int(connection.sql(f"select count(*) from {values}").fetchall()[0][0])
    if rows <= most:
        asked = ", ".join(map(repr, quantiles))
        connection.execute(f"create or replace table {into} as select g, quantile_cont(us, [{asked}]) as q "
                           f"from {values} group by g")
        return
    connection.execute(_PLACES.format(values=values), [list(quantiles)])
    connection.execute(_BINNED.format(values=values, bins=_BINS))
    connection.execute(_NEIGHBOURS.format(values=values))
    _between(connection)
    connection.execute(f"create or replace table {into} as select g, list(value order by i) as q from found group by g")


def values_in_memory(connection: duckdb.DuckDBPyConnection) -> int:
    """How many values may be in memory at once, by the cap of the connection."""
    return memory_cap(connection) // 2 // _BYTES


def _between(connection: duckdb.DuckDBPyConnection) -> None:
    """`found`: g, i, value. Each fraction is asked of the groups that need it."""
    connection.execute("create or replace temp table found (g bigint, i bigint, value double)")
    connection.execute("insert into found select g, i, low::double from neighbours where fraction = 0")
    fractions = [row[0] for row in connection.sql(
        "select distinct fraction from neighbours where fraction > 0 order by 1").fetchall()]
    for first in range(0, len(fractions), _FRACTIONS):
        some = fractions[first:first + _FRACTIONS]
        connection.execute(
            "insert into found select g, i, quantile_cont(us, ?::double[])[place] from ("
            "  select g, i, list_position(?::double[], fraction) as place, unnest([low, high]) as us from neighbours "
            "  where fraction in (select unnest(?::double[]))) group by g, i, place", [some, some, some])
