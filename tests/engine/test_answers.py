"""Every answer equals its slow twin and obeys its law, ties included."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.engine.build import Labelling
from ltcdiag.log.filters import StartsWith
from tests import naive
from tests.logs import few, frames, log_of

LABEL = {"x": "one", "y": "one", "报价": "two", "<b>": "two", "z; drop": "three"}
STAGED = Labelling(LABEL, {"stage": LABEL, "chain": dict.fromkeys(LABEL, "all")}, frozenset({"z; drop"}))


@few
@given(frames(start=True))
def test_directly_follows_equals_its_twin_and_edges_and_cases_make_events(frame):
    answer = log_of(frame).tables.answer("directly_follows")
    twin = naive.directly_follows(frame)
    found = {(r.source, r.target): (r.moves, r.gap_days_median) for r in answer.table.itertuples()}
    assert found.keys() == twin.keys()
    for edge, (moves, gap) in twin.items():
        assert found[edge][0] == moves
        assert found[edge][1] == pytest.approx(gap, abs=1e-12)
    starts, ends = naive.starts_and_ends(frame)
    rows = answer.activities.set_index("activity")
    assert rows["starts"].to_dict() == {a: starts[a] for a in rows.index}
    assert rows["ends"].to_dict() == {a: ends[a] for a in rows.index}
    assert answer.table["moves"].sum() + answer.n == len(frame) == rows["events"].sum()


@few
@given(frames())
def test_gaps_equal_their_twin(frame):
    twin = naive.gaps(frame)
    table = log_of(frame).tables.answer("gaps").table
    assert len(table) == len(twin)
    for r in table.itertuples():
        want = twin[r.source, r.target]
        assert (r.moves, r.cases) == (want["moves"], want["cases"])
        got = (r.gap_days_total, r.gap_days_median, r.gap_days_p90, r.gap_days_min, r.gap_days_max)
        assert got == pytest.approx([want[k] for k in ("total", "median", "p90", "min", "max")], abs=1e-9)
    assert table["gap_days_total"].is_monotonic_decreasing


def test_the_measures_of_a_gap_are_told_apart():
    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-01", "2024-01-03", "2024-01-01", "2024-01-11"])
    frame = pd.DataFrame({"case": list("aabbcc"), "activity": list("xyxyxy"), "time": days})
    row = log_of(frame).tables.answer("gaps").table.iloc[0]
    assert (row["gap_days_total"], row["gap_days_median"], row["gap_days_min"], row["gap_days_max"]) == (13, 2, 1, 10)
    assert row["gap_days_mean"] == pytest.approx(13 / 3)
    assert row["gap_days_p90"] == pytest.approx(8.4)  # four fifths of the way from 2 to 10


@few
@given(frames(start=True))
def test_variants_equal_their_twin_and_add_up_to_cases(frame):
    answer = log_of(frame).tables.answer("variants")
    table = answer.table
    assert dict(zip(table["activities"], table["cases"], strict=True)) == naive.variants(frame)
    assert table["cases"].sum() == answer.n == frame["case"].nunique()
    assert (table["cases"] * table["steps"]).sum() == len(frame)
    assert table["cases"].is_monotonic_decreasing
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert list(table["variant"]) == list(range(1, len(table) + 1))


@few
@given(frames())
def test_a_rolled_up_graph_is_the_sum_of_its_parts(frame):
    tables = log_of(frame, STAGED).tables
    fine = tables.answer("directly_follows").table
    summed = fine.assign(source=fine["source"].map(LABEL), target=fine["target"].map(LABEL))
    summed = summed.groupby(["source", "target"])["moves"].sum().to_dict() if len(fine) else {}
    coarse = tables.answer("directly_follows", level="stage").table
    assert {(r.source, r.target): r.moves for r in coarse.itertuples()} == summed
    chain = tables.answer("directly_follows", level="chain").activities
    assert chain["events"].tolist() == [len(frame)]


@few
@given(frames())
def test_a_path_above_activities_counts_stays(frame):
    table = log_of(frame, STAGED).tables.answer("variants", level="stage").table
    assert dict(zip(table["activities"], table["cases"], strict=True)) == naive.visited(frame, LABEL)


@few
@given(frames(start=True, parties=True))
def test_rework_and_handovers_equal_their_twins_on_rows(frame):
    tables = log_of(frame).tables
    rework = {r.activity: (r.instances, r.cases, r.cases_repeating, r.repeats, r.self_loops)
              for r in tables.answer("rework").table.itertuples()}
    assert rework == naive.rework(frame)
    answer = tables.answer("handovers")
    moves, within, unknown = naive.handovers(frame)
    assert {(r.source, r.target): r.moves for r in answer.table.itertuples()} == moves
    assert (answer.within, answer.unknown) == (within, unknown)


@few
@given(frames(lifecycle=True, parties=True))
def test_work_instances_join_starts_with_completions_first_in_first_out(frame):
    tables = log_of(frame).tables
    twin = naive.instances(frame)
    assert tables.counts()["work_instances"] == sum(map(len, twin.values()))
    rework = {r.activity: (r.instances, r.cases, r.cases_repeating, r.repeats, r.self_loops)
              for r in tables.answer("rework").table.itertuples()}
    assert rework == naive.rework(frame)
    if {"start", "complete"} <= set(frame["lifecycle"].str.lower()):
        rows = tables.store.connection.sql("select case_id, st, ts from wi join k using (c)").fetchall()
        want = [(case, w["begun"], w["done"]) for case, work in twin.items() for w in work]
        assert sorted((c, str(a), str(b)) for c, a, b in rows) == sorted(
            (c, str(a and pd.Timestamp(a).to_pydatetime()), str(b and pd.Timestamp(b).to_pydatetime()))
            for c, a, b in want)


@few
@given(frames())
def test_case_ids_are_those_of_the_cases(frame):
    log = log_of(frame)
    for each in (log, log.where(StartsWith((frame["activity"].iloc[0],)))):
        pd.testing.assert_frame_equal(each.tables.answer("case_ids").table,
                                      each.tables.answer("cases").table[["case_id", "first_row", "last_row"]])


@few
@given(frames(), st.booleans())
def test_days_in_stages_add_up_to_days_open(frame, known):
    labelling = STAGED if known else Labelling(LABEL, {"stage": LABEL})
    log = log_of(frame, labelling)
    clock = log.tables.answer("clock").table
    cases = log.tables.answer("cases").table.set_index("case_id")
    assert [(r.case_id, r.stage, r.entered) for r in clock.itertuples()] == [
        (case, name, entered) for case, name, entered, _ in naive.visits(frame, LABEL)]
    for case, rows in clock.groupby("case_id"):
        state, last = cases.loc[case, "state"], rows.iloc[-1]
        if state == "unknown":
            assert not known
            assert pd.isna(last["days"])
            continue
        end = cases.loc[case, "ended"] if state == "closed" else log.as_of
        assert rows["days"].sum() == pytest.approx((end - cases.loc[case, "started"]).total_seconds() / 86400, abs=1e-9)
        assert pd.isna(last["exited"]) == (state == "open")


@few
@given(frames())
def test_a_case_is_closed_only_by_a_closing_label_at_its_end(frame):
    states = log_of(frame, STAGED).tables.answer("cases").table.set_index("case_id")["state"].to_dict()
    for case, events in naive.in_order(frame).items():
        assert states[case] == ("closed" if events[-1]["activity"] == "z; drop" else "open")


def test_aftercare_does_not_reopen_a_case_and_other_work_does():
    frame = pd.DataFrame({
        "case": ["1", "1", "2", "2", "3"], "activity": ["paid", "visit", "paid", "quote", "visit"],
        "time": pd.to_datetime(["2024-01-01", "2024-01-02"] * 2 + ["2024-01-03"])})
    labelling = Labelling({}, {}, frozenset({"paid"}), frozenset({"visit"}))
    states = log_of(frame, labelling).tables.answer("cases").table["state"].tolist()
    assert states == ["closed", "open", "open"]


def _visits(cases, more=()):
    life = ((1, "quote"), (2, "paid"), (3, "visit"))
    rows = [(str(n), name, f"2024-01-{day:02}") for n in range(cases) for day, name in life]
    frame = pd.DataFrame([*rows, *more], columns=["case", "activity", "time"])
    return frame.assign(time=pd.to_datetime(frame["time"]))


@pytest.mark.parametrize(("cases", "more", "closed"), [
    (10, (), 10),                                                       # only ever after an end
    (9, (), 0),                                                         # too few to say so
    (10, (("x", "visit", "2024-01-02"),), 0),                           # a case without an end has it too
    (10, (("x", "visit", "2024-01-01"), ("x", "paid", "2024-01-02")), 1),   # here it comes before one
    (10, (("3", "quote", "2024-01-04"),), 0),                           # and here other work comes behind it
])
def test_a_step_that_only_ever_comes_after_an_end_does_not_reopen_a_case(cases, more, closed):
    log = log_of(_visits(cases, more), Labelling({}, {}, frozenset({"paid"})))
    states = log.tables.answer("cases").table["state"].tolist()
    assert states.count("closed") == closed
    assert ("visit" in "".join(log.notes)) == (closed == 10)


def test_an_outcome_closes_a_case():
    frame = pd.DataFrame({"case": ["1", "2"], "activity": ["a", "a"], "outcome": ["won", " "],
                          "time": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    assert log_of(frame).tables.answer("cases").table["state"].tolist() == ["closed", "open"]


@few
@given(frames(start=True))
def test_cases_equal_their_twin(frame):
    table = log_of(frame).tables.answer("cases").table.set_index("case_id")
    rank = {path: i for i, path in enumerate(log_of(frame).tables.answer("variants").table["activities"], 1)}
    twin = naive.in_order(frame)
    assert list(table.index) == sorted(twin, key=str.encode)
    for case, events in twin.items():
        row = table.loc[case]
        begun = min(min(e["time"], e["start"]) for e in events)
        ended = max(e["time"] for e in events)
        assert (row["events"], row["started"], row["ended"]) == (len(events), begun, ended)
        assert row["days"] == pytest.approx((ended - begun).total_seconds() / 86_400, abs=1e-12)
        assert row["variant"] == rank[tuple(e["activity"] for e in events)]
        rows = [e["row"] + 1 for e in events]
        assert (row["first_row"], row["last_row"]) == (min(rows), max(rows))


@few
@given(frames(start=True, parties=True), st.randoms(use_true_random=False))
def test_rows_that_carry_their_source_row_may_come_in_any_order(frame, random):
    frame["source_row"] = range(1, len(frame) + 1)
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = frame.iloc[order].reset_index(drop=True)
    one, other = (log_of(f, threads=t).tables for f, t in ((frame, 1), (shuffled, 2)))
    for name in ("cases", "variants", "directly_follows", "gaps", "rework", "handovers", "clock"):
        assert one.answer(name).table.to_csv() == other.answer(name).table.to_csv(), name


@pytest.mark.parametrize("name", ["cases", "variants", "directly_follows", "gaps", "rework", "clock"])
def test_the_sql_shown_is_the_sql_that_answers(name):
    frame = pd.DataFrame({"case": ["1", "1", "2"], "activity": ["a", "b'", "a"],
                          "time": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-05"])})
    tables = log_of(frame).tables
    table = tables.answer(name).table
    rerun = tables.store.connection.sql(tables.sql(name)).df()
    assert len(rerun) == len(table)
    assert rerun.iloc[:, 0].tolist() == table.iloc[:, 0].tolist()


def test_ties_are_broken_by_the_source_row_however_the_rows_come():
    labels = [f"step {i:03}" for i in range(200)]
    frame = pd.DataFrame({"case": "1", "activity": labels, "time": pd.Timestamp("2024-01-01"),
                          "source_row": range(1, 201)})
    shuffled = frame.sample(frac=1, random_state=11).reset_index(drop=True)
    assert log_of(shuffled).tables.answer("variants").table["activities"][0] == tuple(labels)


@pytest.mark.parametrize(("moves", "work"), [
    ("c s c", [(None, 0), (1, 2)]),
    ("s s c c", [(0, 2), (1, 3)]),
    ("s c s", [(0, 1), (2, None)]),
    ("c c s", [(None, 0), (None, 1), (2, None)]),
])
def test_a_completion_takes_the_oldest_open_start(moves, work):
    kinds = {"s": "start", "c": "complete"}
    rows = [("1", "call", kinds[m], pd.Timestamp("2024-01-01") + pd.Timedelta(hours=i))
            for i, m in enumerate(moves.split())]
    frame = pd.DataFrame(rows, columns=["case", "activity", "lifecycle", "time"])
    tables = log_of(frame).tables
    tables.names("wi")
    found = tables.store.connection.sql("select st, ts from wi order by coalesce(ts, st), st nulls first").fetchall()
    hours = [tuple(None if t is None else t.hour for t in row) for row in found]
    assert sorted(hours, key=str) == sorted(work, key=str)
