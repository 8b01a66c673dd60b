"""One SQL statement an answer: always ordered, times as whole microseconds until the last step.

Names in braces are filled by the tables: {ev}, {wi}, {cs} of the log asked, {key} the source row's arithmetic.
"""

from __future__ import annotations

DAY = 86_400_000_000

LABELLED = """(select e.c, e.pos, e.ts, e.ts2, l.{level} as a,
  m.{level} as a2
  from {ev} e join lab l on e.a = l.a left join lab m on e.a2 = m.a)"""

DIRECTLY_FOLLOWS = f"""
select a::varchar as source, a2::varchar as target, count(*) as moves,
       median(epoch_us(ts2) - epoch_us(ts)) / {DAY} as gap_days_median
from {{events}} where a2 is not null
group by a, a2 order by moves desc, source, target"""

ACTIVITIES = """
select e.a::varchar as activity, {stage} as stage, count(*) as events,
       count(*) filter (pos = 1) as starts, count(*) filter (a2 is null) as ends
from {events} e {join} group by all order by events desc, activity"""

GAPS = f"""
select a::varchar as source, a2::varchar as target, count(*) as moves, count(distinct c) as cases,
       sum(us)::double / {DAY} as gap_days_total, sum(us)::double / count(*) / {DAY} as gap_days_mean,
       median(us) / {DAY} as gap_days_median, quantile_cont(us, 0.9) / {DAY} as gap_days_p90,
       min(us)::double / {DAY} as gap_days_min, max(us)::double / {DAY} as gap_days_max
from (select c, a, a2, epoch_us(ts2) - epoch_us(ts) as us from {{events}} where a2 is not null)
group by a, a2 order by gap_days_total desc, moves desc, source, target"""

# The gaps before the events of each activity, from the event before in the case; a first event has none.
ACTIVITY_GAPS = f"""
with gaps as (
  select a2 as a, sum(us)::double / {DAY} as total, sum(us)::double / count(*) / {DAY} as mean,
         median(us) / {DAY} as median, quantile_cont(us, 0.9) / {DAY} as p90
  from (select a2, epoch_us(ts2) - epoch_us(ts) as us from {{events}} where a2 is not null) group by a2),
counts as (
  select e.a, count(*) as events, count(distinct e.c) as cases, count(*) filter (pos = 1) as starts,
         count(*) filter (a2 is null) as ends, count(*) filter (a2 is null and state = 'open') as open_ends
  from {{events}} e join {{cs}} cs on cs.c = e.c group by e.a)
select e.a::varchar as activity, {{stage}} as stage, events, cases, starts, ends, open_ends,
       coalesce(total, 0.0) as gap_days_total, mean as gap_days_mean, median as gap_days_median, p90 as gap_days_p90
from counts e left join gaps on gaps.a = e.a {{join}} order by events desc, activity"""

# Who does each activity: events by party, those without a name left out.
ACTIVITY_PARTIES = """
select a::varchar as activity, {by}::varchar as party, count(*) as events
from {ev} where {by} is not null group by a, {by} order by activity, events desc, party"""

VARIANTS = f"""
with paths as ({{paths}}),
ranked as (select v, count(*) as cases, median(epoch_us(t1) - epoch_us(t0)) / {DAY} as median_days, min(c) as example
           from paths group by v)
select (row_number() over o)::int as variant, v::varchar[] as activities, len(v)::int as steps, cases,
       cases / sum(cases) over () as share_of_cases,
       (sum(cases) over (o rows unbounded preceding))::bigint / sum(cases) over () as cumulative_share,
       median_days, case_id as example
from ranked join k on k.c = ranked.example window o as (order by cases desc, v) order by variant"""

PATHS = "select c, v, t0, t1 from {cs}"

# A path above the activities: a stay on one label is one step, however many events it has. Made of the path of the
# activities, case by case: the events in order once more need memory for a whole log, and five times as long.
VISITED_PATHS = """
with named as (select list(l.{level} order by e.a) as names
               from (select unnest(enum_range(null::e_act))::e_act as a) e left join lab l using (a)),
stays as (select c, list_transform(v, lambda a: names[enum_code(a) + 1]) as stays, t0, t1 from {cs}, named)
select c, list_filter(stays, lambda a, i: i = 1 or a is distinct from stays[i - 1]) as v, t0, t1 from stays"""

# What adds up over cases, and what is made of the sums: the whole log is one part, a bucket of whole cases another.
REWORK_PART = """
with steps as (select c, a, lag(a) over (partition by c order by pos) as before from {wi}),
per_case as (select c, a, count(*) as n, count(*) filter (before = a) as loops from steps group by c, a)
select a::varchar as activity, sum(n)::bigint as instances, count(*) as cases,
       count(*) filter (n > 1) as cases_repeating, sum(loops)::bigint as self_loops
from per_case group by a"""

REWORK = """
select activity, known_stage as stage, sum(instances)::bigint as instances, sum(cases)::bigint as cases,
       sum(cases_repeating)::bigint as cases_repeating, (sum(instances) - sum(cases))::bigint as repeats,
       sum(self_loops)::bigint as self_loops, sum(cases_repeating)::bigint / sum(cases)::bigint as share_of_cases
from ({parts}) join lab on lab.a::varchar = activity
group by activity, known_stage order by repeats desc, activity"""

# Cases are counted in a pass of their own: distinct cases beside quantiles, over thousands of pairs, took
# thirty times as long as the two passes together (10M events).
HANDOVERS = f"""
with moves as materialized ({{moves}}),
touched as (select source, target, count(*) as cases
            from (select distinct source, target, c from moves where moved) group by source, target),
measured as (select source, target, count(*) as moves, quantile_cont(us, [0.5, 0.9]) as q, sum(us) as total
             from moves where moved group by source, target)
select m.source::varchar as source, m.target::varchar as target, moves, cases, q[1] / {DAY} as gap_days_median,
       q[2] / {DAY} as gap_days_p90, total::double / {DAY} as gap_days_total
from measured m join touched t on m.source is not distinct from t.source and m.target is not distinct from t.target
order by moves desc, m.source nulls last, m.target nulls last"""

MOVES = """
  select c, {by} as source, lead({by}) over w as target, lead(pos) over w is not null as moved,
         epoch_us(lead(coalesce(st, ts)) over w) - epoch_us(coalesce(ts, st)) as us
  from {wi} window w as (partition by c order by pos)"""

CASES = f"""
with paths as ({{paths}}),
ranks as (select v, row_number() over (order by count(*) desc, v) as variant from paths group by v)
select case_id, variant::int as variant, n::int as events, cs.t0 as started, cs.t1 as ended,
       (epoch_us(cs.t1) - epoch_us(cs.t0)) / {DAY} as days, state, row0 as first_row, row1 as last_row
from {{cs}} cs join k using (c) join paths using (c) join ranks on ranks.v = paths.v order by case_id"""

# Their names alone, in the order of their numbers, for who would not read what each went through.
CASE_IDS = """
select case_id, row0 as first_row, row1 as last_row from {cs} join k using (c) order by c"""

_VISITS = """
with stays as (select c, pos, ts, a, a is distinct from lag(a) over (partition by c order by pos) as enters
               from {events}),
numbered as (select *, sum(enters::int) over (partition by c order by pos) as visit from stays),
visits as (select c, visit, min(a) as a, min(ts) as entered from numbered group by c, visit),
linked as (select *, lead(entered) over w as next_entered, lead(a) over w as next_a from visits
           window w as (partition by c order by visit)),
marked as (select linked.*, case when next_a is not null then next_a::varchar else state end as mark,
             coalesce(next_entered, case state when 'closed' then t1 end) as exited
           from linked join {cs} using (c))
"""

CLOCK = _VISITS + f"""
select case_id, a::varchar as stage, visit::int as visit, entered, exited, mark,
       (epoch_us(coalesce(exited, case mark when 'open' then {{as_of}} end)) - epoch_us(entered)) / {DAY} as days
from marked join k using (c) order by case_id, visit"""

# How many stays lasted how long, and what ended them. A stay that goes on is told by the moment it began, so that a
# part stays true when the as-of moment moves.
STAYS_PART = _VISITS + """
select a::varchar as stage, mark, visit = 1 as first, epoch_us(exited) - epoch_us(entered) as us,
       case when exited is null then epoch_us(entered) end as since
from marked"""

CLOCK_COUNTS = f"""
select stage, mark, coalesce(us, case mark when 'open' then epoch_us({{as_of}}) - since end) / {DAY} as days,
       count(*) as visits, count(*) filter (first) as first_visits
from ({{parts}}) group by all order by stage, mark, days"""

QUALITY = """
select quality, counted, sum(how_many)::bigint as how_many, sum(base)::bigint as base
from ({parts}) group by all order by counted desc, quality"""

POINTS = """
select case_id, ts as time, e.a::varchar as activity, known_stage as stage, row as source_row
from {ev} e join k using (c) join lab using (a)
order by c, pos"""

# The open time of each case: from its first moment to its closing, else to the as-of moment.
OPEN_TIME = """
select (row_number() over (order by cs.c) - 1)::bigint as n, cs.c, epoch_us(t0) as entered,
       case state when 'open' then epoch_us({as_of}) else epoch_us(e.ts) end as until, state = 'closed' as closed
from {cs} cs join {ev} e on e.c = cs.c and e.pos = cs.last_pos order by cs.c"""

STEPS = """
with open_time as ({open_time})
select o.n::int as case, enum_code(w.a)::{code} as label, {party} as party,
       {person} as person, {started}, epoch_us(w.ts) as ended
from {wi} w join open_time o using (c) join {cs} cs using (c)
where w.ts is not null and w.pos <= cs.last_pos order by o.n, w.pos"""

# The same where some labels are states: a state is a step that ends when the next one is entered, and what passes
# inside it is no step of its own. A state that nobody has left is where the case stands.
STATE_STEPS = """
with open_time as ({open_time}),
told as (select o.n, w.*, grip from {wi} w join open_time o using (c) join {cs} cs using (c) join lab using (a)
         where w.ts is not null and w.pos <= cs.last_pos),
placed as (select *,
  last_value(case when grip <> 2 then grip end ignore nulls) over (partition by c order by pos) as in_force,
  min(case when grip <> 2 then ts end) over (
    partition by c order by pos rows between 1 following and unbounded following) as next_ts from told)
select w.n::int as case, enum_code(w.a)::{code} as label, {party} as party, {person} as person, {started},
       case grip when 1 then epoch_us(next_ts) else epoch_us(w.ts) end as ended,
       w.grip = 1 and next_ts is null as stands
from placed w where not (grip = 2 and coalesce(in_force, 0) = 1) order by w.n, w.pos"""

# The values of a column in each case; a case with several has several rows.


def paths(level: str, cs: str) -> str:
    """The statement of each case's path at a level."""
    return (PATHS if level == "activity" else VISITED_PATHS).format(level=level, cs=cs)
