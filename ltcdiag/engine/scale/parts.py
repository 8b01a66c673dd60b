"""What adds up over cases: one statement a part, over the prepared tables of one bucket of whole cases.

Labels are text, since each bucket has its own enumerations; all numbers are whole: counts, microseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .. import answers
from ..answers_shaped import quality_part
from ..prepare import PARTY_ROLES

BIG = "decimal(38, 0)"
"""Sums of microseconds: beyond 64 bits, and Parquet knows no larger whole numbers."""

EDGES = f"""
select a::varchar as source, a2::varchar as target, count(*) as moves, count(distinct c) as cases,
       sum(epoch_us(ts2) - epoch_us(ts))::{BIG} as total, min(epoch_us(ts2) - epoch_us(ts)) as low,
       max(epoch_us(ts2) - epoch_us(ts)) as high
from {{events}} where a2 is not null group by a, a2 order by source, target"""

EDGE_GAPS = """
select a::varchar as source, a2::varchar as target, epoch_us(ts2) - epoch_us(ts) as us, count(*) as n
from {events} where a2 is not null group by a, a2, us order by source, target, us"""

LABELS = """
select e.a::varchar as activity, count(*) as events, count(distinct e.c) as cases, count(*) filter (pos = 1) as starts,
       count(*) filter (a2 is null) as ends, count(*) filter (a2 is null and state = 'open') as open_ends
from {events} e join {cs} cs on cs.c = e.c group by e.a order by activity"""

PATHS = """
select p, w.v::varchar[] as v, cases, example from (
  select p, count(*) as cases, min(case_id) as example from case_path_{level} join k using (c) group by p)
join path_{level} w using (p) order by p"""

SPANS = """
select p, epoch_us(t1) - epoch_us(t0) as us, count(*) as n from case_path_{level} group by all order by p, us"""

PARTIES = """
select a::varchar as activity, {by}::varchar as party, count(*) as events
from {ev} where {by} is not null group by a, {by} order by activity, party"""

HANDOVERS = f"""
select source::varchar as source, target::varchar as target, count(*) as moves, count(distinct c) as cases,
       sum(us)::{BIG} as total from ({{moves}}) where moved group by source, target order by all"""

HANDOVER_GAPS = """
select source::varchar as source, target::varchar as target, us, count(*) as n
from ({moves}) where moved group by source, target, us order by all"""

CASES = """
select case_id, p, n::int as events, cs.t0 as started, cs.t1 as ended, state, row0 as first_row, row1 as last_row
from {cs} cs join k using (c) join case_path_activity using (c) order by case_id"""

COUNTS = """
select (select count(*) from {ev}) as events, (select count(*) from {wi}) as work_instances,
       (select count(*) from {cs}) as cases,
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


def path_tables(level: str, paths: str) -> list[str]:
    """Statements for path_<level> (p, v), the paths of the bucket by number, and case_path_<level> (c, p, t0, t1)."""
    return [
        f"create table path_{level} as select (row_number() over (order by v))::int as p, v "
        f"from (select distinct v from ({paths}))",
        f"create table case_path_{level} as select c, p, t0, t1 from ({paths}) join path_{level} using (v)",
    ]


def statements(shape: Shape, events: Mapping[str, str]) -> dict[str, str]:
    """Name of each part → its statement. events: level → the relation of events with its labels."""
    names = {"ev": "ev", "wi": "wi", "cs": "cs"}
    found = {"counts": COUNTS.format(**names), "cases": CASES.format(**names),
             "rework": answers.REWORK_PART.format(**names) + " order by activity",
             "quality": quality_part(shape.columns, names)}
    for level in shape.levels:
        of = {"events": events[level], "level": level, **names}
        found |= {f"{part}.{level}": sql.format(**of) for part, sql in _BY_LEVEL.items()}
    found["stays"] = answers.STAYS_PART.format(events=events[shape.clocked], **names) + " order by all"
    for by in shape.parties:
        moves = answers.MOVES.format(by=by, **names)
        found |= {f"handovers.{by}": HANDOVERS.format(moves=moves),
                  f"handover_gaps.{by}": HANDOVER_GAPS.format(moves=moves)}
    if shape.parties:
        found["parties"] = PARTIES.format(by=shape.parties[-1], **names)
    return found


_BY_LEVEL = {"edges": EDGES, "edge_gaps": EDGE_GAPS, "labels": LABELS, "paths": PATHS, "spans": SPANS}


def levels_of(staged: bool, wanted: Collection[str] = ("stage", "main_stage")) -> tuple[str, ...]:
    """The levels that say something: those above the activities only where stages are known."""
    return ("activity", *(wanted if staged else ()))


def clocked(levels: Collection[str]) -> str:
    """The level of which stays are counted: stages where they are known."""
    return "stage" if "stage" in levels else "activity"
