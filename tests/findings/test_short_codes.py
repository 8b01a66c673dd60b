"""Codes of labels, parties, persons and cases are as short as they can be: no product of two may wrap around."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ltcdiag as ltc
from ltcdiag.engine.duck_tables import DuckTables
from ltcdiag.log.steps import keyed
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
