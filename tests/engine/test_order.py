"""The total order of events inside a case: time, start, explicit sequence, source row; a missing one comes first."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltcdiag.engine.build import Labelling
from tests.logs import few, log_of

T = pd.Timestamp("2024-01-01 09:00")
HOUR = pd.Timedelta(hours=1)
LATER = {"time": T + HOUR, "start": T, "sequence": "1", "source_row": 5}


def order_of(rows):
    """Activities of the only case in their order; the rows are handed over from the last to the first."""
    frame = pd.DataFrame(rows[::-1])
    frame["case"] = "1"
    answer = log_of(frame).tables.answer("points").table
    return answer["activity"].tolist()


@pytest.mark.parametrize("before", [
    {"time": T},                                                            # the time decides over all others
    {"start": T - HOUR, "sequence": "9", "source_row": 9},                  # then the start
    {"start": None, "sequence": "9", "source_row": 9},                      # and one without a start is first
    {"sequence": "0", "source_row": 9},                                     # then the sequence, as a number
    {"sequence": None, "source_row": 9},
    {"source_row": 4},                                                      # last the row of the source
], ids=["time", "start", "no start", "sequence", "no sequence", "row"])
def test_each_key_decides_where_those_before_it_are_equal(before):
    first, second = {**LATER, "activity": "z first", **before}, {**LATER, "activity": "a second"}
    assert order_of([first, second]) == ["z first", "a second"]
    assert order_of([second, first]) == ["z first", "a second"]


def test_a_sequence_is_a_number_and_no_text():
    rows = [{"activity": f"s{n}", "time": T, "sequence": str(n), "source_row": 100 - n} for n in (2, 10, 9)]
    assert order_of(rows) == ["s2", "s9", "s10"]


@few
@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 2), st.none() | st.integers(0, 2)), min_size=1,
                max_size=14), st.randoms(use_true_random=False))
def test_the_order_is_that_of_a_plain_sort_however_the_rows_come(keys, random):
    rows = [{"case": "1", "activity": f"a{n:02}", "time": T + time * HOUR,
             "start": pd.NaT if start is None else T - start * HOUR, "sequence": None if at is None else str(at),
             "source_row": n} for n, (time, start, at) in enumerate(keys, 1)]
    def place(row):
        return (row["time"], not pd.isna(row["start"]), row["start"] if not pd.isna(row["start"]) else T,
                row["sequence"] is not None, int(row["sequence"] or 0), row["source_row"])
    wanted = [row["activity"] for row in sorted(rows, key=place)]
    random.shuffle(rows)
    frame = pd.DataFrame(rows)
    frame["start"] = frame["start"].astype("datetime64[us]")
    frame["sequence"] = frame["sequence"].astype(object)
    tables = log_of(frame).tables
    assert tables.answer("points").table["activity"].tolist() == wanted
    assert [tuple(path) for path in tables.answer("variants").table["activities"]] == [tuple(wanted)]


def test_cases_are_numbered_by_their_ids_and_each_once():
    frame = pd.DataFrame({"case": ["b", "a", "b", "案"], "activity": "x", "time": T})
    log = log_of(frame)
    rows = log.tables.store.connection.sql("select case_id, c from k order by c").fetchall()
    assert rows == [("a", 1), ("b", 2), ("案", 3)]


def test_a_blank_party_is_nobody_and_others_are_trimmed():
    frame = pd.DataFrame({"case": "1", "activity": list("abcd"), "time": [T + n * HOUR for n in range(4)],
                          "resource": [" Li ", "  ", None, "Li"], "role": "r", "department": ["d", "e", "d", ""]})
    table = pd.concat(log_of(frame).tables.batches())
    assert [None if pd.isna(name) else name for name in table["resource"]] == ["Li", None, None, "Li"]
    answer = log_of(frame).tables.answer("handovers", by="department")
    assert [(row.source, row.target, row.moves) for row in answer.table.itertuples()] == [("d", "e", 1), ("e", "d", 1)]
    assert answer.unknown == 1


@pytest.mark.parametrize(("kinds", "pieces"), [
    (("start", "complete"), 1), (("START", "Complete"), 1), (("start", "start"), 2), (("complete", "complete"), 2),
    (("start", "ate_abort"), 2), (("schedule", "complete"), 2), (("start", "complete", "schedule", "suspend"), 1),
    (("start", "complete", "start", "withdraw"), 2), (("start", "complete", "start", "pi_abort"), 2),
    (("start", "complete", "start", "autoskip"), 2), (("start", "complete", "start", "manualskip"), 2),
    (("start", "complete", "start", "ate_abort"), 2), (("start", "complete", "start", "resume"), 2),
])
def test_transitions_make_pieces_of_work_only_where_both_kinds_are_there(kinds, pieces):
    frame = pd.DataFrame({"case": "1", "activity": "x", "lifecycle": kinds,
                          "time": [T + n * HOUR for n in range(len(kinds))]})
    tables = log_of(frame).tables
    assert tables.counts()["work_instances"] == pieces
    tables.names("wi")
    ended = tables.store.connection.sql("select count(*) from wi where ts is not null").fetchall()[0][0]
    if {"start", "complete"} <= {kind.lower() for kind in kinds}:
        ends = ("complete", "ate_abort", "pi_abort", "autoskip", "manualskip", "withdraw")
        assert ended == sum(kind.lower() in ends for kind in kinds)


def test_work_of_a_named_instance_ends_that_instance_and_keeps_its_party():
    rows = [("start", "i1", "Li"), ("start", "i2", "Wang"), ("complete", "i2", None), ("complete", "i1", "Zhao"),
            ("complete", None, "Sun")]
    frame = pd.DataFrame(rows, columns=["lifecycle", "instance", "resource"])
    frame["resource"] = frame["resource"].astype(object)
    frame = frame.assign(case="1", activity="x", time=[T + n * HOUR for n in range(5)])
    tables = log_of(frame).tables
    tables.names("wi")
    found = tables.store.connection.sql(
        "select hour(st), hour(ts), resource::varchar, row, pos from wi order by ts").fetchall()
    assert found == [(10, 11, "Wang", 3, 3), (9, 12, "Zhao", 4, 4), (None, 13, "Sun", 5, 5)]


def test_the_span_of_a_case_begins_with_its_first_start_and_its_rows_are_its_own():
    frame = pd.DataFrame({"case": ["1", "1", "2"], "activity": list("aba"), "time": [T, T + HOUR, T],
                          "start": [T - HOUR, T - 3 * HOUR, T + HOUR]})
    table = log_of(frame).tables.answer("cases").table
    assert table["started"].tolist() == [T - 3 * HOUR, T]
    assert table["ended"].tolist() == [T + HOUR, T]
    assert table[["first_row", "last_row"]].to_numpy().tolist() == [[1, 2], [3, 3]]


def _closed(paths, closing=("end",), aftercare=(), **more):
    rows = [(f"c{n:02}", label, T + place * HOUR) for n, path in enumerate(paths) for place, label in enumerate(path)]
    frame = pd.DataFrame(rows, columns=["case", "activity", "time"]).assign(**more)
    labelling = Labelling({"staged": "quote"}, {}, frozenset(closing), frozenset(aftercare))
    log = log_of(frame, labelling)
    log.tables.names("cs")
    return log.tables.store.connection.sql("select state, last_pos from cs order by c").fetchall()


@pytest.mark.parametrize(("path", "state", "last"), [
    (("a", "end"), "closed", 2), (("end", "a"), "open", 2), (("a", "b"), "open", 2), (("end",), "closed", 1),
    (("end", "after"), "closed", 1), (("end", "after", "after"), "closed", 1), (("after", "a"), "open", 2),
    (("after",), "open", 1), (("end", "a", "end", "after"), "closed", 3), (("end", "a", "after"), "open", 3),
])
def test_a_case_is_closed_by_its_last_event_that_is_no_aftercare(path, state, last):
    assert _closed([path], aftercare=("after",)) == [(state, last)]


def test_an_outcome_closes_a_case_at_its_last_event_and_nothing_at_all_leaves_it_unknown():
    assert _closed([("a", "b"), ("a",)], outcome=["won", None, " "]) == [("closed", 2), ("open", 1)]
    assert _closed([("a", "b")], closing=()) == [("unknown", 2)]


@pytest.mark.parametrize(("cases", "label", "more", "state"), [
    (10, "visit", (), "closed"), (9, "visit", (), "open"), (10, "staged", (), "open"),
    (10, "visit", (("end", "visit", "other"),), "open"), (10, "visit", (("visit", "end"),), "open"),
    (10, "visit", (("other", "visit"),), "open"),
])
def test_aftercare_is_learnt_from_ten_cases_where_it_only_ever_follows_an_end(cases, label, more, state):
    rows = _closed([("a", "end", label)] * cases + list(more))
    assert rows[0] == (state, 2 if state == "closed" else 3)
