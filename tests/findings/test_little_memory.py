"""A log of millions of steps in little memory: codes as short as they can be, of which no product may wrap around, and
stretches of whole cases, which must not show."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.engine.duck_tables import DuckTables
from ltcdiag.log.steps import UNKNOWN, by_code, keyed, whole_cases
from ltcdiag.measures import loops, variety
from ltcdiag.measures.observed import observed_of
from ltcdiag.measures.passages import passages_of
from ltcdiag.measures.queues import queue_of
from tests.measures.made_steps import drawn_cases, steps_of
from tests.planted import planted_log

CODES = ("label", "party", "person")


def with_codes(monkeypatch, code, case):
    made = DuckTables.steps
    monkeypatch.setattr(DuckTables, "steps", lambda tables, by="": _cast(made(tables, by), code, case))


def _cast(steps, code, case):
    assert steps.cases < np.iinfo(case).max
    assert max(len(steps.labels), len(steps.parties), int(steps.person.max(initial=0))) < np.iinfo(code).max
    return replace(steps, case=steps.case.astype(case), **{name: getattr(steps, name).astype(code) for name in CODES})


def said(log):
    found = ltc.diagnose(log)
    return [each.to_dict() for each in found], {name: table.table for name, table in found.tables.items()}


def few_cases():
    made = planted_log(2100, starts=True, cases=120)
    return ltc.read(made.frame, columns=made.columns)


@pytest.mark.parametrize(("log", "case"), [(lambda: ltc.read(ltc.sample("ltc_en")), np.int16), (few_cases, np.int8)])
def test_the_findings_are_those_of_long_codes(log, case, monkeypatch):
    log = log()
    with monkeypatch.context() as patch:
        with_codes(patch, np.int64, np.int64)
        findings, tables = said(log)
    with monkeypatch.context() as patch:
        with_codes(patch, np.int8, case)    # products wrap around from 128 and from 32,768 on
        short, short_tables = said(log)
    assert len(findings) >= 2
    assert short == findings
    assert short_tables.keys() == tables.keys()
    for key, table in tables.items():
        pd.testing.assert_frame_equal(short_tables[key], table, check_exact=True)


def test_a_pair_is_one_number_in_64_bits():
    case, label = np.array([0, 40, 126], dtype=np.int8), np.array([-1, 7, 126], dtype=np.int8)
    assert keyed(case, 1000, label).tolist() == [-1, 40_007, 126_126]


def test_what_is_reckoned_in_stretches_is_what_is_reckoned_at_once(monkeypatch):
    log = few_cases()
    findings, tables = said(log)
    with monkeypatch.context() as patch:
        for module in (loops, variety):
            patch.setattr(module, "whole_cases", partial(whole_cases, rows=3))
        patch.setattr(variety, "BLOCK", 7)
        again, again_tables = said(log)
    assert again == findings
    for key, table in tables.items():
        pd.testing.assert_frame_equal(again_tables[key], table, check_exact=True)


@given(st.lists(st.integers(0, 5)).map(sorted), st.integers(1, 9))
def test_stretches_hold_whole_cases_and_every_row_once(case, rows):
    case = np.array(case, dtype=np.int32)
    cut = list(whole_cases(case, rows))
    assert [row for part in cut for row in range(part.start, part.stop)] == list(range(len(case)))
    sets = [set(case[part].tolist()) for part in cut]
    assert sum(map(len, sets)) == len(set(case.tolist()))


@given(st.lists(st.integers(-1, 4)))
def test_rows_by_code(codes):
    found = {code: rows.tolist() for code, rows in by_code(np.array(codes, dtype=np.int16))}
    assert found == {code: [row for row, its in enumerate(codes) if its == code] for code in sorted(set(codes))}


@given(drawn_cases(), st.booleans())
def test_who_has_how_much_in_hand_counted_one_by_one(cases, named):
    steps = steps_of(cases)
    if not named:
        steps = replace(steps, person=np.full(len(steps.case), UNKNOWN))
    passages = passages_of(observed_of(steps, {}))
    queue = queue_of(steps, passages)
    rows = np.arange(len(passages.row))
    ready, met = passages.ready_at(rows).tolist(), passages.met_at(rows).tolist()
    for row, server in enumerate(queue.server.tolist()):
        came = [other for other in rows.tolist() if queue.server[other] == server and other != row
                and (ready[other], other) < (ready[row], row)]
        gone = [other for other in rows.tolist() if queue.server[other] == server and other != row
                and met[other] <= ready[row]]
        assert queue.in_hand[row] == (0 if server == UNKNOWN else max(0, len(came) - len(gone)))
