"""pm4py as a second twin, on a log with ties: rows are handed to it in our order, where it is right."""

from __future__ import annotations

import random

import pandas as pd
import pm4py
import pytest

from ltcdiag.mining.discovery import discover
from tests import naive
from tests.logs import BASE, log_of, moments


@pytest.fixture(scope="module")
def frame():
    chance = random.Random(7)
    rows = []
    for case in range(120):
        at = chance.randint(0, 500_000)
        for activity in ["lead", "quote", *(["review", "quote"] * chance.randint(0, 2)), "sign", "ship", "pay"]:
            if chance.random() < 0.9:
                rows.append((f"c{case:03}", activity, at, chance.choice(["Li", "王", "Zhao"])))
            at += chance.choice([0, 3600, 7200, 86_400, 200_000])
    frame = pd.DataFrame(rows, columns=["case", "activity", "seconds", "resource"])
    frame["time"] = pd.Series(moments(frame["seconds"].tolist()), dtype="datetime64[us]")
    return frame.sample(frac=1, random_state=3).reset_index(drop=True).drop(columns="seconds")


@pytest.fixture(scope="module")
def tables(frame):
    return log_of(frame).tables


@pytest.fixture(scope="module")
def theirs(frame):
    ordered = [e for events in naive.in_order(frame).values() for e in events]
    log = pd.DataFrame(ordered).rename(columns={
        "case": "case:concept:name", "activity": "concept:name", "time": "time:timestamp", "resource": "org:resource"})
    for column in ("case:concept:name", "concept:name", "org:resource"):
        log[column] = log[column].astype(object)
    log["time:timestamp"] = log["time:timestamp"].dt.tz_localize("UTC")
    return log


def test_the_log_has_ties(frame):
    assert frame.duplicated(["case", "time"]).sum() > 50


def test_directly_follows_and_its_ends(tables, theirs):
    graph, starts, ends = pm4py.discover_dfg(theirs)
    answer = tables.answer("directly_follows")
    assert {(r.source, r.target): r.moves for r in answer.table.itertuples()} == dict(graph)
    rows = answer.activities.set_index("activity")
    assert {a: n for a, n in rows["starts"].items() if n} == dict(starts)
    assert {a: n for a, n in rows["ends"].items() if n} == dict(ends)


def test_gaps(tables, theirs):
    graph, _, _ = pm4py.discover_performance_dfg(theirs, business_hours=False)
    for r in tables.answer("gaps").table.itertuples():
        want = graph[r.source, r.target]
        got = {"mean": r.gap_days_mean, "median": r.gap_days_median, "min": r.gap_days_min, "max": r.gap_days_max}
        assert got == pytest.approx({k: want[k] / 86_400 for k in got}, abs=1e-9)


def test_variants(tables, theirs):
    table = tables.answer("variants").table
    assert dict(zip(table["activities"], table["cases"], strict=True)) == dict(pm4py.get_variants(theirs))


def test_rework(tables, theirs):
    found = tables.answer("rework").table
    assert {r.activity: r.cases_repeating for r in found.itertuples() if r.cases_repeating} == dict(
        pm4py.get_rework_cases_per_activity(theirs))


def test_durations(tables, theirs):
    ours = sorted(tables.answer("cases").table["days"] * 86_400)
    assert ours == pytest.approx(sorted(pm4py.get_all_case_durations(theirs)), abs=1e-6)


@pytest.mark.parametrize("noise", [0.0, 0.2])
def test_the_model_from_variants_is_the_model_from_the_log(tables, theirs, noise):
    model = discover(tables.answer("variants"), noise=noise)
    assert str(model) == str(pm4py.discover_process_tree_inductive(theirs, noise_threshold=noise))


def test_the_model_without_noise_replays_every_case(tables, theirs):
    model = discover(tables.answer("variants"), noise=0.0)
    found = pm4py.fitness_token_based_replay(theirs, model.net, model.initial, model.final)
    assert found["perc_fit_traces"] == 100.0


def test_no_clock_starts_before_the_log(tables):
    assert tables.answer("clock", level="activity").table["entered"].min() >= pd.Timestamp(BASE)


def test_handovers_as_shares_of_all_moves(tables, theirs):
    answer = tables.answer("handovers")
    total = answer.table["moves"].sum() + answer.within
    ours = {(r.source, r.target): r.moves / total for r in answer.table.itertuples()}
    network = pm4py.discover_handover_of_work_network(theirs).connections
    theirs_between = {pair: share for pair, share in network.items() if pair[0] != pair[1]}
    assert ours == pytest.approx(theirs_between, abs=1e-12)
