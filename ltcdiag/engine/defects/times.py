"""Times that cannot be, or that do not say when the work was done."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from ..connection import count, literal, pack
from ..loading import Loaded

if TYPE_CHECKING:
    from .found import Desk

NAMES = ("ts_future", "ts_year_typo", "ts_default_date", "ts_midnight", "ts_minute_grain",
         "ts_same_second", "ts_form_snap", "ts_friday_bulk", "ts_swapped", "ts_backdated")
_NEVER = ("1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "1904-01-01", "1970-01-01", "1969-12-31",
          "0001-01-01", "9999-12-31", "9999-01-01", "2099-12-31", "1753-01-01")
_LEARNED = 150_000  # rows, of whole cases, from which habits are learned
_PART = 12_000_000  # rows that are grouped at once
_ROWS = 20          # of an activity or a person; fewer show no habit
_SAME_DAY = 0.005   # of all rows on one day that lies so many days outside all others: a date that a system fills in
_APART = 300
_YEARS = 700        # days from the rest of a case; a renewal comes a year later
_FIXED = 0.95       # of the cases with both steps go one way: the order is a rule
_SNAP = 3           # steps of one case at one moment
_BULK = 5           # cases of one person at one second
_SESSION = 4        # edits of one person within minutes
_WITHIN = 600       # seconds to either side
_WEEKS = 4          # sessions of catching up that make a habit, the ends of months left out
_RUN = 0.8          # of the edits of a session are of one step: a run, not an hour of catching up
_IN_MONTH = "day(day) between 4 and day(last_day(day)) - 4"
_ONE_DAY = 0.6      # of such sessions on one day of the week: the day of catching up


def check(desk: Desk, columns: AbstractSet[str], records: Sequence[tuple[Loaded, str]]) -> None:
    """All rules on times; each looks at the rows that could become events (`sound`). A time that one rule doubts is no
    evidence for the next: `sound.doubtful`."""
    _other_year(desk)
    _doubt(desk, "select row from defect_rows where defect = 'ts_year_typo'")
    for item, recorded in records:
        _backdated(desk, item, recorded)
    _grain(desk)
    _doubt(desk, "select row from defect_rows where defect in ('ts_backdated', 'ts_midnight') union all "
                 "select row from defect_cells where defect = 'ts_date_only'")
    _snaps(desk)
    _bulks(desk, columns)
    _order(desk)


def zeros(desk: Desk, item: Loaded) -> None:
    """Times of zeros alone: what a database writes where it knows none."""
    time = item.map["time"]
    if time is not None and item.types[time] == "VARCHAR":
        cell = item.cells[time]
        desk.rows("ts_default_date", f"select {item.row} as row, {cell} as example from {item.relation} "
                                     f"where regexp_full_match({cell}, '0{{4}}[-/.]?0?0[-/.]?0?0[0:.TZ ]*')")


def of_systems(desk: Desk, columns: AbstractSet[str], zone: str | None) -> None:
    """The rules that hold where a system makes several events of one row: what one form writes at one moment says
    nothing there, nor does the order of its parts."""
    take_sound(desk, columns, zone)
    impossible(desk)
    _other_year(desk)
    _doubt(desk, "select row from defect_rows where defect = 'ts_year_typo'")
    _grain(desk)
    _bulks(desk, columns)


def impossible(desk: Desk) -> None:
    """Times that nobody can have meant; their rows leave `sound`."""
    _impossible(desk)
    desk.settle()


def _in_parts(desk: Desk, column: str, sql: str) -> list[str]:
    """The statement for each part of a large `sound` with whole groups of a column ({sound} in it): a grouping by
    moments has nearly as many groups as there are rows, and those of 30 million do not stay in memory."""
    parts = count(desk.connection, "sound") // _PART + 1
    return [sql.format(sound="sound" if parts == 1 else
                       f"(select * from sound where enum_code({column}) % {parts} = {at})") for at in range(parts)]


def _doubt(desk: Desk, rows: str) -> None:
    desk.connection.execute(f"update sound set doubtful = true where row in ({rows})")


def _backdated(desk: Desk, item: Loaded, recorded: str) -> None:
    """Rows that were recorded days after they happened, and later than is usual here."""
    told = f"try_cast({item.cells[recorded]} as timestamp)"
    desk.rows("ts_backdated", f"""
        with lag as (select row, ts as happened, told, (epoch(told) - epoch(ts)) / 86400 as late
                     from sound join (select {item.row} as row, {told} as told from {item.relation}) using (row)
                     where not doubtful)
        select row, happened || ' / ' || told as example from lag
        where late > 1 + greatest(0, (select median(late) from lag))""")


def take_sound(desk: Desk, columns: AbstractSet[str], zone: str | None) -> None:
    """`sound`: row, case_id, activity, ts (the clock of the log), doubtful and who did it, of the rows that could
    become events. Texts are enumerated: each of a dozen rules would else compare them letter by letter."""
    texts = [column for column in ("case_id", "activity", "resource", "lifecycle", "instance") if column in columns]
    for column in texts:
        desk.connection.execute(f"create type sound_{column} as enum (select distinct {column} from typed_all "
                                f"where {column} is not null order by 1)")
    local = f"timezone({literal(zone)}, timezone('UTC', ts))" if zone else "ts"
    coded = ", ".join(f"{column}::sound_{column} as {column}" for column in texts)
    desk.connection.execute(f"create table sound as select row, {local} as ts, {coded}, false as doubtful "
                            f"from typed_all where reason is null and row not in (select row from unfit)")
    rows = count(desk.connection, "sound")
    pack(desk.connection, rows)
    # what cases usually do is learned from some of them; what single ones do is looked at in all
    some = max(1, rows // _LEARNED)
    where = f"where hash(case_id) % {some} = 0" if some > 1 else ""
    desk.connection.execute(f"create temp view few as select * from sound {where}")


def _lies(desk: Desk, *tests: str) -> list[bool]:
    """What is so of the first and the last moment (`low`, `high`): where a rule could find nothing between them, it
    need not look at each row."""
    tests_told = ", ".join(f"coalesce({test}, false)" for test in tests)
    return list(desk.connection.sql(f"select {tests_told} from (select min(ts) as low, max(ts) as high from sound)"
                                    ).fetchall()[0])


def _impossible(desk: Desk) -> None:
    odd, wide, late = _lies(desk, "low < '1980-01-01' or high >= '2099-12-31'",
                            f"high::date - low::date > {_APART}", "high > now()::timestamp + interval 2 day")
    if odd:
        _never(desk)
    if wide:
        _far_from_all(desk)
    if late:
        desk.rows("ts_future", """
            select row, ts::varchar as example from sound
            where ts > now()::timestamp + interval 2 day and row not in (select row from unfit)""")


def _never(desk: Desk) -> None:
    """Days that systems fill in, and years before there were any."""
    never = ", ".join(f"date '{day}'" for day in _NEVER if day != "1900-01-00")
    desk.rows("ts_default_date", f"""
        select row, ts::varchar as example from sound
        where (ts::date in ({never}) or year(ts) < 1980 or year(ts) > 9000)""")


def _far_from_all(desk: Desk) -> None:
    """One day that comes often and lies far from all others."""
    desk.rows("ts_default_date", f"""
        with days as (select ts::date as day, count(*) as n from sound group by 1),
        many as (select day from days where n > greatest(4, {_SAME_DAY} * (select count(*) from sound))),
        rest as (select min(day) - {_APART} as low, max(day) + {_APART} as high from days
                 where day not in (select day from many))
        select row, ts::varchar as example from sound semi join many on day = ts::date, rest
        where not ts::date between low and high""")


def _other_year(desk: Desk) -> None:
    """A year that is one digit away from the year of the rest of the case, where the event then fits between the
    others."""
    if not any(_lies(desk, f"high - low > interval {_YEARS} day")):
        return
    desk.rows("ts_year_typo", f"""
        with few as (select case_id, median(ts) as middle from sound group by case_id
                     having count(*) >= 3 and max(ts) - min(ts) > interval {_YEARS} day),
        far as (select row, ts, middle, year(middle) as y from sound join few using (case_id)
                where abs(epoch(ts) - epoch(middle)) > {_YEARS} * 86400
                  and year(ts) between 1000 and 9990 and year(middle) between 1000 and 9990),
        tried as (select row, ts, ts + to_years((y + d - year(ts))::int) as fits, middle, y + d as y2
                  from far, (values (-1), (0), (1)) as t(d))
        select row, ts::date || ' → ' || min_by(fits::date, abs(epoch(fits) - epoch(middle))) as example from tried
        where hamming({_four('year(ts)')}, {_four('y2')}) = 1
          and abs(epoch(fits) - epoch(middle)) < 200 * 86400 group by row, ts""")


def _four(year: str) -> str:
    """A year as four digits, whatever the calendar holds: texts of two lengths cannot be compared digit by digit."""
    return f"right(lpad({year}::varchar, 4, '0'), 4)"


def _grain(desk: Desk) -> None:
    """Activities whose times are days, or minutes, while those of others are not."""
    desk.connection.execute(f"""
        create or replace temp table grain as
        select activity, count(*) as n, avg((date_trunc('day', ts) = ts)::int) as days,
          avg((date_trunc('minute', ts) = ts)::int) as minutes
        from sound group by activity having count(*) >= {_ROWS}""")
    fine = "(select min(minutes) from grain) < 0.5"
    if not desk.connection.sql(f"select coalesce({fine}, false)").fetchall()[0][0]:
        return
    desk.rows("ts_midnight", f"""
        select row, activity || ' ' || ts as example from sound left join grain using (activity)
        where date_trunc('day', ts) = ts and {fine} and coalesce(days, 0) between 0.0001 and 0.98
          and row not in (select row from defect_cells where defect = 'ts_date_only')""")
    desk.rows("ts_midnight", f"""
        select row, activity as example from sound join grain using (activity) where days > 0.98 and {fine}
          and row not in (select row from defect_cells where defect = 'ts_date_only')""")
    desk.rows("ts_minute_grain", f"""
        select row, activity as example from sound join grain using (activity)
        where minutes > 0.98 and days < 0.5 and {fine}""")


def _snaps(desk: Desk) -> None:
    """Several steps of a case at one moment: a form that was saved."""
    desk.rows("ts_form_snap", *_in_parts(desk, "case_id", f"""
        with many as (select case_id, ts from {{sound}} where date_trunc('day', ts) <> ts group by all
                      having count(*) >= {_SNAP} and min(activity) <> max(activity))
        select row, case_id || ' ' || ts as example from {{sound}} semi join many using (case_id, ts)"""))


def _bulks(desk: Desk, columns: AbstractSet[str]) -> None:
    """One person in many cases at one moment or within minutes: a bulk job, an hour of catching up."""
    if "resource" not in columns:
        return
    desk.rows("ts_same_second", *_in_parts(desk, "resource", f"""
        with moments as (select resource, ts from {{sound}}
                         where resource is not null and date_trunc('minute', ts) <> ts
                         group by all having count(*) >= {_BULK}),
        many as (select resource, ts from {{sound}} semi join moments using (resource, ts)
                 group by all having count(distinct case_id) >= {_BULK})
        select row, resource || ' ' || ts as example from {{sound}} semi join many using (resource, ts)"""))
    _catching_up(desk)


def _catching_up(desk: Desk) -> None:
    """Sessions of one person: several cases within minutes, again and again on the same day of the week. Runs of one
    step about the end of a month are none."""
    if not desk.looks_for("ts_friday_bulk") or count(desk.connection, "sound") < _SESSION * _WEEKS:
        return
    near = " or ".join(f"({_near('lag', _SESSION - 1 - after)} and {_near('lead', after)})"
                       for after in range(_SESSION))
    desk.connection.execute(f"""
        create or replace temp table session as
        select row, resource, activity, ts, ts::date as day from (
          select row, resource, activity, ts, {near} as held from sound where resource is not null
          window w as (partition by resource order by ts))
        where held and row not in (select row from defect_rows where defect in ('ts_same_second', 'ts_form_snap'))""")
    desk.rows("ts_friday_bulk", f"""
        with steps as (select resource, day, activity, count(*) as n from session group by all),
        held as (select resource, day from steps group by all
                 having sum(n) >= {_SESSION} and ({_IN_MONTH} or max(n) < {_RUN} * sum(n))),
        days as (select isodow(day) as weekday, count(*) as n from held where {_IN_MONTH} group by 1),
        usual as (select weekday from days qualify n >= {_ONE_DAY} * sum(n) over () and n >= {_WEEKS})
        select row, resource || ' ' || day as example from session semi join held using (resource, day)
          semi join usual on weekday = isodow(day)""")
    desk.connection.execute("drop table session")


def _near(way: str, steps: int) -> str:
    """Whether the edit so many places before (`lag`) or behind (`lead`) lies within a session's minutes. Of four that
    do, some are before and the others behind: neighbours say it without a look at every edit of ten minutes."""
    return f"abs(epoch_us(ts) - epoch_us({way}(ts, {steps}) over w)) <= {_WITHIN}000000" if steps else "true"


def _order(desk: Desk) -> None:
    """Two steps that come in one order in nearly all cases, the other way round."""
    desk.connection.execute(f"""
        create or replace temp table firsts as
        select case_id, activity, min(ts) as ts, count(*) = 1 as single, bool_or(doubtful) as doubtful
        from sound
        where activity in (select activity from sound group by 1 having count(distinct case_id) >= {_ROWS}
                           order by count(*) desc limit 40)
          and row not in (select row from defect_rows where defect = 'label_homonym') group by all""")
    if learns(desk):
        _pairs(desk)


def learns(desk: Desk) -> bool:
    """Whether any step comes in enough cases for a habit (`firsts`)."""
    return count(desk.connection, "firsts") > 0


def _pairs(desk: Desk) -> None:
    # of two steps of a case: in how many cases both are there, and in how many of these the first comes first
    desk.connection.execute("create or replace temp table learned as select * from firsts "
                            "semi join (select distinct case_id from few) using (case_id)")
    desk.connection.execute("""
        create or replace temp table pairs as
        select a.activity as one, b.activity as other, count(*) filter (a.ts < b.ts) as before,
          count(*) filter (a.single and b.single and a.ts <> b.ts) as once,
          count(*) filter (a.single and b.single and a.ts < b.ts) as once_before
        from learned a join learned b using (case_id) where a.activity <> b.activity group by all""")
    desk.connection.execute(f"""
        create or replace temp table usual as select one, other from pairs
        where once >= {_ROWS} and once_before / once between {_FIXED} and 0.9999""")
    desk.cases("ts_swapped", """
        select a.case_id, a.activity || ' > ' || b.activity as example from firsts a
          join firsts b using (case_id) join usual on one = a.activity and other = b.activity
        where a.ts > b.ts and a.single and b.single and not a.doubtful and not b.doubtful""")
