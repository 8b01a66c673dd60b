"""What is told twice is one event, and which of two tellings is kept."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import ltcdiag as ltc
from ltcdiag.engine.connection import connect
from ltcdiag.engine.loading import ROWS_A_FILE
from ltcdiag.engine.making import COLUMNS
from ltcdiag.engine.repeats import merge_repeats
from ltcdiag.log.plan import KINDS

TABLES = ("ProcessInstance", "ProcessInstanceStep")
USUAL = {"part": 0, "type": "approval", "id": "A", "kind": "approval", "clock": "recorded", "whole_day": False, "o": 1}


def merged(*events, state=None):
    """(events kept, reason of each other one) of events given as dicts; table: index of the table a row stands in."""
    connection = told(*events, state=state)
    kept = [row[0] % ROWS_A_FILE for row in connection.sql("select row from evs order by row % 1000").fetchall()]
    gone = {row % ROWS_A_FILE: reason for row, reason in connection.sql("select row, reason from gone").fetchall()}
    return kept, gone


def told(*events, state=None):
    """A database after merge_repeats."""
    connection = connect(1)
    connection.execute(f"create table made ({', '.join(COLUMNS)}, o int)")
    connection.execute("create table ob as select 1 as o, 'opportunity' as type, ?::varchar as state", [state])
    for n, event in enumerate(events, 1):
        row = {**USUAL, "row": event.get("table", 0) * ROWS_A_FILE + n, **event}
        row["kind"] = KINDS.index(row["kind"])
        row.setdefault("canonical", row["activity"])
        cells = {name: value for name, value in row.items() if name != "table"}
        connection.execute(f"insert into made ({', '.join(cells)}) values ({', '.join('?' * len(cells))})",  # noqa: S608 - names of this file
                           list(cells.values()))
    merge_repeats(connection, [SimpleNamespace(item=SimpleNamespace(files=[i]), plan=SimpleNamespace(name=name))
                               for i, name in enumerate(TABLES)])
    return connection


def approved(table, ts="2025-03-01 10:00:00", **more):
    return {"activity": "approval_approved", "table": table, "ts": ts, **more}


def test_a_decision_in_the_approval_and_in_its_step_is_one_and_the_richer_row_stays():
    assert merged(approved(0), approved(1, resource="Li", rid="04h1")) == ([2], {1: "duplicate"})
    assert merged(approved(0, resource="Li"), approved(1, st="2025-03-01 09:00:00")) == ([2], {1: "duplicate"})


def test_two_decisions_of_one_second_in_one_table_are_two():
    two = [approved(1, rid="04h1"), approved(1, rid="04h2")]
    assert merged(*two) == ([1, 2], {})
    assert merged(*two, approved(0)) == ([1, 2], {3: "duplicate"})


def test_one_row_in_two_exports_is_one():
    assert merged(approved(1, rid="04h1"), approved(1, rid="04h1")) == ([1], {2: "duplicate"})


def test_a_decision_at_another_moment_is_another():
    assert merged(approved(0), approved(1, ts="2025-03-01 10:00:01")) == ([1, 2], {})


def born(ts, **more):
    return {"activity": "opportunity_created", "kind": "create", "ts": ts, **more}


@pytest.mark.parametrize("other", ["2025-03-01 10:07:31.250", "2025-03-01 10:07:59"])
def test_a_creation_to_the_minute_gives_way_to_the_one_to_the_second(other):
    assert merged(born("2025-03-01 10:07:00"), born(other, table=1)) == ([2], {1: "duplicate"})


@pytest.mark.parametrize("other", ["2025-03-01 10:08:00.250", "2025-03-01 10:06:59"])
def test_creations_in_different_minutes_both_stay(other):
    assert merged(born("2025-03-01 10:07:00"), born(other, table=1)) == ([1, 2], {})


@pytest.mark.parametrize(("day", "left"), [("2025-03-02", [2]), ("2025-02-28", [2]), ("2025-02-26", [1, 2])])
def test_an_end_known_to_the_day_gives_way_to_the_same_end_with_a_clock(day, left):
    close = {"activity": "lead_converted", "kind": "close"}
    kept, _ = merged({**close, "ts": day, "whole_day": True}, {**close, "ts": "2025-03-01 08:00:00", "table": 1})
    assert kept == left


def stage(code, ts, **more):
    return {"activity": code, "code": code, "kind": "stage", "ts": ts, "canonical": "", **more}


def test_a_row_that_leaves_the_stage_as_it_was_is_collapsed_and_a_return_is_not():
    kept, gone = merged(stage("New", "2025-01-01"), stage("New", "2025-01-02"), stage("Offer", "2025-01-03"),
                        stage("New", "2025-01-04"))
    assert (kept, gone) == ([1, 3, 4], {2: "collapsed"})


def test_a_date_of_a_stage_that_the_history_has_is_no_second_entry():
    kept, gone = merged(stage("New", "2025-01-01 08:00:00"), stage("Offer", "2025-01-03 09:15:40"),
                        stage("Offer", "2025-01-03 09:15:00", clock="milestone"),
                        stage("Pilot", "2025-01-02 07:00:00", clock="milestone"))
    assert (kept, gone) == ([1, 2, 4], {3: "milestone"})


def test_of_a_date_of_a_stage_and_its_row_at_one_moment_the_row_stays():
    kept, gone = merged(stage("Won", "2025-01-03 09:15:40", clock="milestone"),
                        stage("Won", "2025-01-03 09:15:40", table=1, rid="0081"))
    assert (kept, gone) == ([2], {1: "duplicate"})


def test_a_date_to_the_minute_is_not_before_the_creation_within_it():
    connection = told(born("2025-03-01 10:07:31"), stage("New", "2025-03-01 10:07:00", clock="milestone"))
    assert len(connection.sql("select distinct ts from evs").fetchall()) == 1


def test_a_close_date_gives_way_to_the_close_in_the_history():
    close = {"activity": "deal_won", "kind": "close", "clock": "derived", "ts": "2025-01-31", "whole_day": True}
    history = [stage("New", "2025-01-01"), stage("Won", "2025-02-04")]
    assert merged(*history, close, state="Won") == ([1, 2], {3: "derived"})
    assert merged(*history, close, state="Closed Won") == ([1, 2, 3], {})   # the history ends before the close


def rows_of(cases, steps="ABCD"):
    return [f"{case},{step},2024-01-{case % 27 + 1:02} {hour:02}:00,{10 * case}" for case in cases
            for hour, step in enumerate(steps, start=8)]


def written(folder, **files):
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text("\n".join(["case,activity,time,amount", *rows]) + "\n", encoding="utf-8")
    return [folder / f"{name}.csv" for name in files]


def test_two_exports_that_overlap_count_a_row_once_also_without_a_column_that_numbers_rows(tmp_path):
    first, second = rows_of(range(1, 11)), rows_of(range(5, 15))
    log = ltc.read(written(tmp_path, first=first, second=second))
    assert log.events == len(set(first) | set(second)) == 56
    assert log.ledger.totals["merged"] == 24
    assert log.ledger.balanced
    assert "dup_exact" in {defect.name for defect in log.defects}


def test_of_exports_that_overlap_a_row_counts_as_often_as_one_of_them_has_it(tmp_path):
    """A call twice in one hour is two calls; that both exports tell of both makes no four."""
    twice = ["3,A,2024-01-04 08:00,30"]
    log = ltc.read(written(tmp_path, first=rows_of(range(1, 11)) + twice, second=rows_of(range(3, 15)) + twice))
    assert log.events == len({*rows_of(range(1, 15))}) + 1


def test_a_row_or_two_that_exports_share_by_chance_are_no_overlap(tmp_path):
    second = [*rows_of(range(11, 20)), *rows_of([10], "A")]
    log = ltc.read(written(tmp_path, first=rows_of(range(1, 11)), second=second))
    assert log.events == 10 * 4 + 9 * 4 + 1


def test_equal_rows_of_one_export_stay_where_nothing_numbers_them(tmp_path):
    log = ltc.read(written(tmp_path, first=rows_of(range(1, 11)) * 2))
    assert log.events == 80
