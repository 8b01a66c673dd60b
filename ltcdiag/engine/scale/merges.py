"""Parts of all buckets into the answers of the whole log: the same rows, in the same order, to the last bit.

Each answer is one statement over what `gathered` has added up. It is written beside the statement that makes the same
answer in memory (engine/answers.py); tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import answers
from ..answers import DAY
from .parts import clocked
from .quantiles import exact_quantiles
from .whole import Whole

if TYPE_CHECKING:
    import duckdb

TYPICAL = (0.5, 0.9)

EDGES = """
create table {into} as select (row_number() over (order by source nulls last, target nulls last))::bigint as g, source,
  target, sum(moves)::bigint as moves, sum(cases)::bigint as cases, sum(total)::hugeint as total {ends}
from {parts} group by source, target"""

PATHS = """
create table {into} as select (row_number() over (order by sum(cases) desc, v))::bigint as g, v,
  sum(cases)::bigint as cases, min(example) as example from {parts} group by v"""

LABELS = """
create table {into} as select (row_number() over (order by activity))::bigint as g, activity,
  sum(events)::bigint as events, sum(cases)::bigint as cases, sum(starts)::bigint as starts, sum(ends)::bigint as ends,
  sum(open_ends)::bigint as open_ends from {parts} group by activity"""

GAPS = f"""
select source, target, moves, cases, total::double / {DAY} as gap_days_total,
       total::double / moves / {DAY} as gap_days_mean, q[1] / {DAY} as gap_days_median, q[2] / {DAY} as gap_days_p90,
       low::double / {DAY} as gap_days_min, high::double / {DAY} as gap_days_max
from {{edges}} join {{edges_q}} using (g) order by gap_days_total desc, moves desc, source, target"""

DIRECTLY_FOLLOWS = f"""
select source, target, moves, q[1] / {DAY} as gap_days_median
from {{edges}} join {{edges_q}} using (g) order by moves desc, source, target"""

ACTIVITIES = """
select activity, {stage} as stage, events, starts, ends from {labels} {join} order by events desc, activity"""

ACTIVITY_GAPS = f"""
with gaps as (
  select target as activity, sum(total)::hugeint::double / {DAY} as total,
         sum(total)::hugeint::double / sum(moves)::bigint / {DAY} as mean from {{edges}} group by target)
select activity, {{stage}} as stage, events, cases, starts, ends, open_ends, coalesce(total, 0.0) as gap_days_total,
       mean as gap_days_mean, q[1] / {DAY} as gap_days_median, q[2] / {DAY} as gap_days_p90
from {{labels}} left join gaps using (activity) left join {{labels_q}} using (g) {{join}}
order by events desc, activity"""

VARIANTS = f"""
select g::int as variant, v as activities, len(v)::int as steps, cases, cases / sum(cases) over () as share_of_cases,
       (sum(cases) over (order by g rows unbounded preceding))::bigint / sum(cases) over () as cumulative_share,
       q[1] / {DAY} as median_days, example
from {{paths}} join {{paths_q}} using (g) order by variant"""

HANDOVERS = f"""
select source, target, moves, cases, q[1] / {DAY} as gap_days_median, q[2] / {DAY} as gap_days_p90,
       total::double / {DAY} as gap_days_total
from {{handovers}} left join {{handovers_q}} using (g) order by moves desc, source nulls last, target nulls last"""

PARTIES = """
select activity, party, sum(events)::bigint as events from {parts}
group by activity, party order by activity, events desc, party"""

CASES = f"""
select case_id, g::int as variant, events, started, ended, (epoch_us(ended) - epoch_us(started)) / {DAY} as days, state,
       first_row, last_row
from {{cases}} join {{places}} using (bucket, p) order by case_id"""


@dataclass(frozen=True)
class Merging:
    """Where parts are merged. parts: name of a part → the relation that holds it of all buckets. most: as of
    `exact_quantiles`."""

    connection: duckdb.DuckDBPyConnection
    parts: Callable[[str], str]
    whole: Whole
    as_of: str
    most: int

    def statements(self) -> dict[tuple[str, str], str]:
        """(answer, level or party) → its statement, once all that it stands on is added up."""
        found = {("rework", ""): answers.REWORK.format(parts=self._of("rework")),
                 ("quality", ""): answers.QUALITY.format(parts=self._of("quality"))}
        _labels(self.connection, self.whole)
        for level in self.whole.levels:
            found |= self._of_level(level)
        for by in self._parties():
            found["handovers", by] = self._handovers(by)
            found["activity_parties", ""] = PARTIES.format(parts=self.parts("parties"))
        found["clock_counts", clocked(self.whole.levels)] = answers.CLOCK_COUNTS.format(
            parts=self._of("stays"), as_of=self.as_of)
        found["cases", "activity"] = CASES.format(cases=self.parts("cases"), places="places_activity")
        return found

    def _of(self, part: str) -> str:
        return f"select * exclude (bucket) from {self.parts(part)}"

    def _parties(self) -> Sequence[str]:
        return [role for role in ("role", "department") if role in self.whole.roles]

    def _of_level(self, level: str) -> dict[tuple[str, str], str]:
        own = level == "activity"
        names = {"stage": "known_stage" if own else "null", "join": "join lab on lab.a = activity" if own else "",
                 "edges": f"edges_{level}", "edges_q": f"edges_{level}_q", "labels": f"labels_{level}",
                 "labels_q": f"labels_{level}_q", "paths": f"paths_{level}", "paths_q": f"paths_{level}_q"}
        self._edges(level, names)
        self._paths(level, names)
        return {("gaps", level): GAPS.format(**names), ("directly_follows", level): DIRECTLY_FOLLOWS.format(**names),
                ("activities", level): ACTIVITIES.format(**names),
                ("activity_gaps", level): ACTIVITY_GAPS.format(**names),
                ("variants", level): VARIANTS.format(**names)}

    def _edges(self, level: str, names: Mapping[str, str]) -> None:
        """Above the activities the gaps are the same, under other labels."""
        run, own = self.connection.execute, self.parts("edges.activity")
        run(EDGES.format(into=names["edges"], parts=self.parts(f"edges.{level}"),
                         ends=", min(low) as low, max(high) as high"))
        run(LABELS.format(into=names["labels"], parts=self.parts(f"labels.{level}")))
        run(f"create table gaps_of_{level} as select bucket, e, edges.g, labels.g as into_g from {own} own "
            f"join lab s on s.a = own.source join lab t on t.a = own.target "
            f"join {names['edges']} edges on edges.source = s.at_{level} and edges.target = t.at_{level} "
            f"join {names['labels']} labels on labels.activity = t.at_{level}")
        gaps = f"{self.parts('edge_gaps')} join gaps_of_{level} using (bucket, e)"
        self._quantiles(f"(select g, us from {gaps})", names["edges_q"])
        self._quantiles(f"(select into_g as g, us from {gaps})", names["labels_q"])

    def _quantiles(self, values: str, into: str, quantiles: Sequence[float] = TYPICAL) -> None:
        exact_quantiles(self.connection, values, quantiles, into, most=self.most)

    def _paths(self, level: str, names: Mapping[str, str]) -> None:
        run, paths = self.connection.execute, self.parts(f"paths.{level}")
        run(PATHS.format(into=names["paths"], parts=paths))
        run(f"create table places_{level} as select bucket, p, g from {paths} join {names['paths']} using (v)")
        self._quantiles(f"(select g, us from {self.parts(f'spans.{level}')} join places_{level} using (bucket, p))",
                        names["paths_q"], TYPICAL[:1])

    def _handovers(self, by: str) -> str:
        """Moves that somebody unnamed has a part in have no typical gap: they are only counted."""
        into, own = f"handovers_{by}", self.parts(f"handovers.{by}")
        self.connection.execute(EDGES.format(into=into, parts=own, ends=""))
        self.connection.execute(f"create table gaps_of_{by} as select bucket, e, g from {own} join {into} "
                                "using (source, target)")
        self._quantiles(f"(select g, us from {self.parts(f'handover_gaps.{by}')} join gaps_of_{by} using (bucket, e))",
                        f"{into}_q")
        return HANDOVERS.format(handovers=into, handovers_q=f"{into}_q")


def _labels(connection: duckdb.DuckDBPyConnection, whole: Whole) -> None:
    """lab: each activity with its stage, and its label on each level."""
    columns = "".join(f", at_{level} varchar" for level in whole.levels)
    connection.execute(f"create table lab (a varchar, known_stage varchar{columns})")
    meaning = whole.labelling
    rows = [[label, meaning.stages.get(label), *(meaning.levels.get(level, {}).get(label, label)
                                                 for level in whole.levels)] for label in whole.activities]
    connection.executemany(f"insert into lab values (?, ?{', ?' * len(whole.levels)})", rows)


def counts_of(merging: Merging) -> dict[str, int]:
    """events, work_instances, cases, activities, variants, cases_gone; after `Merging.statements`."""
    row = merging.connection.sql(
        "select sum(events), sum(work_instances), sum(cases), (select count(*) from labels_activity), "
        f"(select count(*) from paths_activity), sum(cases_gone) from {merging.parts('counts')}").fetchall()[0]
    names = ("events", "work_instances", "cases", "activities", "variants", "cases_gone")
    return dict(zip(names, map(int, row), strict=True))
