"""The same bytes in memory and in buckets, whatever the number of buckets, threads and files; and after any append."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from ltcdiag.engine.build import Labelling
from ltcdiag.engine.prepare import ONLY_AFTER, ONLY_AFTER_PART
from ltcdiag.engine.scale.quantiles import exact_quantiles
from ltcdiag.errors import InputError
from tests import naive
from tests.engine.scale_runs import Place, in_buckets, in_memory, same, same_frame, written
from tests.logs import BASE

MEANING = Labelling(
    {"x": "quote", "报价": "proposal", "end": "paid"},
    {"stage": {"x": "quote", "报价": "proposal", "end": "paid", "y": "y", "<b>": "<b>", "after": "after"},
     "main_stage": {"x": "sales", "报价": "sales", "end": "money", "y": "y", "<b>": "<b>", "after": "after"}},
    frozenset({"end"}))
CASES = st.sampled_from(["A", "b", "案例3", "d'4", "e", "", None])
LABELS = st.sampled_from(["x", "y", "报价", "<b>", "end", "after", "x", "y", None])
EXAMPLES = int(os.environ.get("LTCDIAG_EXAMPLES", "4"))     # a log and several runs over it cost a second
PARTY = st.sampled_from(["Li", "王", "", None])


@st.composite
def logs(draw):
    """Rows with ties, gaps in every column, and some of the columns that a log may have."""
    rows = draw(st.lists(st.tuples(CASES, LABELS, st.one_of(st.none(), st.integers(0, 9)), st.integers(0, 3), PARTY,
                                   PARTY, st.sampled_from(["start", "complete", "schedule"]), st.integers(0, 3)),
                         min_size=3, max_size=40))
    has = draw(st.sets(st.sampled_from(["start", "department", "role", "lifecycle", "sequence", "amount", "zone"])))
    rows.append(("A", "x", 3, 0, "Li", "王", "start", 0))
    seconds = [row[2] for row in rows]
    times = pd.to_datetime(pd.Series([None if s is None else BASE + timedelta(seconds=s, microseconds=s * s % 7)
                                      for s in seconds]), errors="coerce").astype("datetime64[us]")
    frame = pd.DataFrame({"case": pd.Series([row[0] for row in rows], dtype=object),
                          "activity": pd.Series([row[1] for row in rows], dtype=object),
                          "time": times.dt.tz_localize("UTC") if "zone" in has else times})
    if "start" in has:
        frame["start"] = frame["time"] - pd.to_timedelta([row[3] for row in rows], unit="s")
    for at, name in ((4, "department"), (5, "role"), (6, "lifecycle")):
        if name in has:
            frame[name] = pd.Series([row[at] for row in rows], dtype=object)
    if "sequence" in has:
        frame["sequence"] = [row[7] for row in rows]
    if "amount" in has:
        frame["amount"] = [row[7] * 1.5 for row in rows]
    return frame


@settings(phases=(Phase.explicit, Phase.reuse, Phase.generate), max_examples=EXAMPLES)
@for_all(logs(), st.integers(1, 3), st.integers(1, 2), st.sampled_from([MEANING, Labelling({}, {})]), st.data())
def test_buckets_give_the_bytes_of_the_memory_and_so_does_any_append(frame, buckets, threads, meaning, data):
    frame = frame.assign(source_row=range(1, len(frame) + 1))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(frame) - 1), max_size=1)))
    with Place() as place:
        whole = written(frame, place / "whole.parquet")
        log = in_memory([whole], meaning)
        same(log, in_buckets([whole], place / "run", meaning, buckets=buckets, threads=threads))
        parts = [written(part.reset_index(drop=True), place / f"part{at}.parquet")
                 for at, part in enumerate(frame.iloc[i:j] for i, j in pairwise([0, *cuts, len(frame)]))]
        found = None
        for n in range(1, len(parts) + 1):
            try:
                found = in_buckets(parts[:n], place / "grown", meaning, buckets=buckets, threads=threads)
            except InputError:      # the first cut may hold no event
                assert n < len(parts) or n == 1
        same(in_memory(parts, meaning), found)
        for name, of in (("gaps", "activity"), ("variants", "activity"), ("rework", "")):
            same_frame(found.answers[name, of]().table, log.tables.answer(name).table, f"{name} after {len(parts)}")


def shop(cases=40, seed=1):
    """Cases one after the other in time, a step that only ever follows the end, a department."""
    draw = np.random.default_rng(seed)
    rows = []
    for case in range(cases):
        day = BASE + timedelta(days=case)
        for step, label in enumerate(["x", "y", "报价", *(["y"] * int(draw.integers(0, 3))), "end", "after"]):
            rows.append((f"C{case:03d}", label, day + timedelta(minutes=int(step * 10 + draw.integers(0, 9))),
                         str(draw.choice(["销售", "财务"]))))
    return pd.DataFrame(rows, columns=["case", "activity", "time", "department"]).astype({"time": "datetime64[us]"})


def test_gaps_and_variants_are_what_a_slow_twin_says(tmp_path):
    frame = shop()
    found = in_buckets([written(frame, tmp_path / "a.parquet")], tmp_path / "run", MEANING, buckets=4)
    gaps = found.answers["gaps", "activity"]().table
    twin = naive.gaps(frame)
    assert {(row.source, row.target): (row.moves, row.cases) for row in gaps.itertuples()} == {
        edge: (each["moves"], each["cases"]) for edge, each in twin.items()}
    for row in gaps.itertuples():
        each = twin[row.source, row.target]
        assert [row.gap_days_total, row.gap_days_median, row.gap_days_p90, row.gap_days_min, row.gap_days_max] == (
            pytest.approx([each[name] for name in ("total", "median", "p90", "min", "max")]))
    variants = found.answers["variants", "activity"]().table
    assert dict(zip(variants["activities"], variants["cases"], strict=True)) == naive.variants(frame)


def test_what_comes_only_after_an_end_is_learnt_from_all_buckets(tmp_path):
    """Each bucket alone has too few cases to say so; the last one knows of a case that speaks against another step."""
    frame = shop(24)
    path = written(frame, tmp_path / "a.parquet")
    log = in_memory([path], MEANING)
    found = in_buckets([path], tmp_path / "run", MEANING, buckets=3)
    assert found.whole.learnt == {"after"}
    same(log, found)
    assert set(found.answers["cases", "activity"]().table["state"]) == {"closed"}
    spoilt = pd.concat([frame, pd.DataFrame({"case": ["C023"], "activity": ["y"], "department": ["销售"], "time": [
        frame["time"].max() + timedelta(hours=1)]}).astype({"time": "datetime64[us]"})], ignore_index=True)
    path = written(spoilt, tmp_path / "b.parquet")
    found = in_buckets([path], tmp_path / "run2", MEANING, buckets=3)
    assert found.whole.learnt == frozenset()
    same(in_memory([path], MEANING), found)


OLD_RULE = """
with ends as (select c, min(pos) filter (closes) as first from ev join lab using (a) group by c),
late as (select a from ev join ends using (c) join lab using (a) where known_stage is null and not closes
         group by a having bool_and(first is not null and pos > first) and count(distinct c) >= 10),
last_other as (select c, max(pos) as pos from ev where a not in (select a from late) group by c)
select a::varchar from ev join late using (a) join last_other l using (c)
group by a having bool_and(ev.pos > l.pos) order by 1"""


@settings(max_examples=15)
@for_all(st.lists(st.text("xuvwe", min_size=1, max_size=6), min_size=1, max_size=3), st.lists(
    st.text("xuvwe", min_size=1, max_size=5), max_size=3), st.integers(8, 12))
def test_the_steps_after_an_end_add_up_over_cases(paths, odd, copies):
    every = [path for path in paths for _ in range(copies)] + odd
    connection = duckdb.connect()
    connection.execute("create table ev (c int, pos int, a varchar)")
    connection.executemany("insert into ev values (?, ?, ?)", [[case, pos, label] for case, path in enumerate(every)
                                                               for pos, label in enumerate(path)])
    connection.execute("create table lab as select a, case a when 'x' then 'quote' end as known_stage, "
                       "a = 'e' as closes from (select distinct a from ev)")
    assert connection.sql(ONLY_AFTER.format(parts=ONLY_AFTER_PART)).fetchall() == connection.sql(OLD_RULE).fetchall()
    connection.execute("create table all_ev as from ev")
    connection.execute("create table parts as " + ONLY_AFTER_PART.replace(" ev ", " (from all_ev where false) as ev "))
    expected = connection.sql(OLD_RULE).fetchall()
    for rest in range(3):
        connection.execute(f"create or replace table ev as from all_ev where c % 3 = {rest}")
        connection.execute(f"insert into parts {ONLY_AFTER_PART}")
    assert connection.sql(ONLY_AFTER.format(parts="from parts")).fetchall() == expected


@settings(max_examples=25)
@for_all(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.integers(-5, 5), st.integers(-10**15, 10**15))), min_size=1,
                  max_size=60), st.sampled_from([(0.5, 0.9), (0.5,), (0.1, 0.25, 0.99)]))
def test_quantiles_from_neighbours_are_those_of_all_values(rows, quantiles):
    connection = duckdb.connect()
    connection.execute("create table v (g int, us bigint)")
    connection.executemany("insert into v values (?, ?)", [list(row) for row in rows])
    for most in (0, 10**6):
        exact_quantiles(connection, "v", quantiles, "q", most=most)
        found = connection.sql("select g, q from q order by g").fetchall()
        assert found == connection.execute("select g, quantile_cont(us, ?::double[]) from v group by g order by g",
                                           [list(quantiles)]).fetchall()


def test_quantiles_of_many_values_are_exact_too():
    connection = duckdb.connect()
    connection.execute("select setseed(0.3)")
    connection.execute("create table v as select i % 7 as g, (random() * power(10, 3 + i % 13))::bigint as us "
                       "from range(60000) t(i)")
    exact_quantiles(connection, "v", (0.5, 0.9), "q", most=0)
    wrong = connection.sql("select count(*) from (select g, quantile_cont(us, [0.5, 0.9]) as r from v group by g) "
                           "join q using (g) where r <> q").fetchall()
    assert wrong == [(0,)]
