"""Exact quantiles from counts of values: the neighbours by counting, the number between them by the database itself.

A quantile lies at the place (n - 1) q, between two neighbours, some fraction of the way. Of these two values alone, the
quantile at that very fraction is the same number to the last bit, since the same arithmetic makes it. So not all values
need be in memory at once; an arithmetic of our own would differ in the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

MANY = 4_000_000
"""Of more values those far from a quantile are only counted."""
_BINS = 4096
_FRACTIONS = 100        # asked for at once

_PLACES = """
create or replace temp table places as
select g, i, n, floor(place)::bigint as low, ceil(place)::bigint as high, place - floor(place) as fraction
from (select g, n, unnest(range(len(qs))) + 1 as i, (n - 1)::double * unnest(qs) as place
      from (select g, sum(n)::bigint as n, ?::double[] as qs from {values} group by g))"""

_COUNTED = """
select g, us, n, (sum(n) over (partition by g order by us))::bigint as upto
from (select g, us, sum(n)::bigint as n from {values} group by g, us)"""

_NEIGHBOURS = """
create or replace temp table neighbours as
with counted as ({counted})
select p.g, p.i, p.fraction, min(us) as low, max(us) as high
from places p join counted c on c.g = p.g and ((p.low >= upto - c.n and p.low < upto) or (p.high >= upto - c.n
  and p.high < upto)) group by p.g, p.i, p.fraction"""

# The same in two passes: bins of equal width for each group, then the values of those bins that hold a neighbour.
_BINNED = """
create or replace temp table bins as
with spans as (select g, min(us) as least, (max(us) - min(us)) // {bins} + 1 as width from {values} group by g),
counted as (select g, bin, n, (sum(n) over (partition by g order by bin))::bigint as upto, least, width from (
  select v.g, (us - least) // width as bin, sum(n)::bigint as n, any_value(least) as least, any_value(width) as width
  from {values} v join spans using (g) group by v.g, bin))
select g, bin, least, width, upto - n as before from counted c
where exists (select 1 from places p where p.g = c.g and ((p.low >= upto - c.n and p.low < upto) or
  (p.high >= upto - c.n and p.high < upto)))"""

_COUNTED_IN_BINS = """
select g, us, n, (before + sum(n) over (partition by g, bin order by us))::bigint as upto from (
  select v.g, us, bin, before, sum(n)::bigint as n
  from {values} v join bins b on b.g = v.g and b.bin = (us - least) // width group by v.g, us, bin, before)"""


def exact_quantiles(
    connection: duckdb.DuckDBPyConnection, values: str, quantiles: Sequence[float], into: str, *, many: int = MANY
) -> None:
    """The table `into`: g, q (the quantiles in their order), as `quantile_cont` gives them over all values.

    values: a relation with g (a group), us (a value), n (how often)."""
    connection.execute(_PLACES.format(values=values), [list(quantiles)])
    rows = int(connection.sql(f"select count(*) from {values}").fetchall()[0][0])
    counted = _COUNTED
    if rows > many:
        connection.execute(_BINNED.format(values=values, bins=_BINS))
        counted = _COUNTED_IN_BINS
    connection.execute(_NEIGHBOURS.format(counted=counted.format(values=values)))
    _between(connection)
    connection.execute(f"create or replace table {into} as select g, list(value order by i) as q from found group by g")


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
