"""What adds up over cases: one statement a part, over the prepared tables of one bucket of whole cases.

Labels are text, since each bucket has its own enumerations; all numbers are whole: counts, microseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from .. import answers
from ..answers_shaped import quality_part
from ..prepare import PARTY_ROLES

BIG = "decimal(38, 0)"
"""Sums of microseconds: beyond 64 bits, and Parquet knows no larger whole numbers."""

CODE = "enum_code({source})::bigint * 1000000000 + enum_code({target})"
"""The number of a pair inside a bucket; null where one side is nobody."""

EDGES = f"""
select a::varchar as source, a2::varchar as target, {CODE.format(source="a", target="a2")} as e, count(*) as moves,
       count(distinct c) as cases, sum(epoch_us(ts2) - epoch_us(ts))::{BIG} as total,
       min(epoch_us(ts2) - epoch_us(ts)) as low, max(epoch_us(ts2) - epoch_us(ts)) as high
from {{events}} where a2 is not null group by a, a2 order by a, a2"""

EDGES_ABOVE = EDGES.replace(f"{CODE.format(source='a', target='a2')} as e, ", "")

EDGE_GAPS = f"""
select {CODE.format(source="a", target="a2")} as e, epoch_us(ts2) - epoch_us(ts) as us from ev where a2 is not null"""

LABELS = """
select e.a::varchar as activity, count(*) as events, count(distinct e.c) as cases, count(*) filter (pos = 1) as starts,
       count(*) filter (a2 is null) as ends, count(*) filter (a2 is null and state = 'open') as open_ends
from {events} e join cs on cs.c = e.c group by e.a order by activity"""

PATHS = """
select p, w.v::varchar[] as v, cases, example from (
  select p, count(*) as cases, min(case_id) as example from case_path_{level} join k using (c) group by p)
join path_{level} w using (p) order by p"""

SPANS = "select p, epoch_us(t1) - epoch_us(t0) as us from case_path_{level}"

PARTIES = """
select a::varchar as activity, {by}::varchar as party, count(*) as events
from ev where {by} is not null group by a, {by} order by activity, party"""

HANDOVERS = f"""
select source::varchar as source, target::varchar as target, {CODE.format(source="source", target="target")} as e,
       count(*) as moves, count(distinct c) as cases, sum(us)::{BIG} as total
from moves_{{by}} where moved group by source, target order by source, target"""

HANDOVER_GAPS = f"""
select {CODE.format(source="source", target="target")} as e, us from moves_{{by}}
where moved and source is not null and target is not null"""

CASES = """
select case_id, p, n::int as events, cs.t0 as started, cs.t1 as ended, state, row0 as first_row, row1 as last_row
from cs join k using (c) join case_path_activity using (c)"""

COUNTS = """
select (select count(*) from ev) as events, (select count(*) from wi) as work_instances,
       (select count(*) from cs) as cases,
       (select count(*) from (select distinct case_id from gone where case_id not in (select case_id from k)))
         as cases_gone"""


@dataclass(frozen=True)
class Shape:
    """What parts there are of a log. columns: of ev. levels: of which labels there are, "activity" first."""

    columns: tuple[str, ...]
    levels: tuple[str, ...] = ("activity",)

    @property
    def clocked(self) -> str:
        """The level of which stays are counted."""
        return clocked(self.levels)

    @property
    def parties(self) -> tuple[str, ...]:
        """Roles between which work is handed over; never people, whom a purpose must be named for."""
        return tuple(role for role in PARTY_ROLES[1:] if role in self.columns)


def tables(shape: Shape, paths: Mapping[str, str]) -> Iterator[str]:
    """Statements for what several parts stand on: path_LEVEL (p, v), the paths of the bucket by number, case_path_LEVEL
    (c, p, t0, t1), and moves_PARTY, the moves between pieces of work. paths: level → relation."""
    for level in shape.levels:
        yield f"create temp table walked as {paths[level]}"
        yield (f"create table path_{level} as select (row_number() over (order by v))::int as p, v "
               "from (select distinct v from walked)")
        yield f"create table case_path_{level} as select c, p, t0, t1 from walked join path_{level} using (v)"
        yield "drop table walked"
    for by in shape.parties:
        yield f"create table moves_{by} as {answers.MOVES.format(by=by, wi='wi')}"


def statements(shape: Shape, events: Mapping[str, str]) -> dict[str, str]:
    """Name of each part → its statement. events: level → the relation of events with its labels."""
    found = {"counts": COUNTS, "cases": CASES, "edge_gaps": EDGE_GAPS,
             "rework": answers.REWORK_PART.format(wi="wi") + " order by activity",
             "quality": quality_part(shape.columns, {"ev": "ev", "cs": "cs"}),
             "stays": answers.STAYS_PART.format(events=events[shape.clocked], cs="cs")}
    for level in shape.levels:
        found |= {f"edges.{level}": (EDGES if level == "activity" else EDGES_ABOVE).format(events=events[level]),
                  f"labels.{level}": LABELS.format(events=events[level]),
                  f"paths.{level}": PATHS.format(level=level), f"spans.{level}": SPANS.format(level=level)}
    for by in shape.parties:
        found |= {f"handovers.{by}": HANDOVERS.format(by=by), f"handover_gaps.{by}": HANDOVER_GAPS.format(by=by)}
    if shape.parties:
        found["parties"] = PARTIES.format(by=shape.parties[-1])
    return found


def levels_of(staged: bool, wanted: Collection[str] = ("stage", "main_stage")) -> tuple[str, ...]:
    """The levels that say something: those above the activities only where stages are known."""
    return ("activity", *(wanted if staged else ()))


def clocked(levels: Collection[str]) -> str:
    """The level of which stays are counted: stages where they are known."""
    return "stage" if "stage" in levels else "activity"
