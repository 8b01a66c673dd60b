"""Days add up: steps, stages, first-pass and rework days make the days open, on every log at hand."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcdiag as ltc
from ltcdiag.domain.reference import load_model
from ltcdiag.findings.context import Context
from ltcdiag.findings.rework import rework
from ltcdiag.findings.stage_days import stage_days
from ltcdiag.measures.observed import observe
from ltcdiag.measures.spells import NONE
from tests.planted import planted_log

LOAN = ("Reject application", "Approve application", "Cancel application")
REAL = {  # log: what a user might name as its ends
    "receipt.xes.gz": ("T10 Determine necessity to stop indication",),
    "bpic2012.xes.gz": ("A_DECLINED", "A_CANCELLED", "W_Valideren aanvraag", "W_Completeren aanvraag"),
    "road_traffic_fines.xes.gz": ("Payment", "Send for Credit Collection"),
    "production.csv.gz": ("Packing", "Final Inspection Q.C."),
    "LoanApp_fewRes_24-7_noTimers.CSV.gz": LOAN,
    "LoanApp_infRes_24-7_noTimers_batch.CSV.gz": LOAN,
    "bpic2017_W_pre_drift.csv.gz": ("W_Validate application", "W_Call after offers"),
    "bpic2020_RequestForPayment.xes.gz": ("Payment Handled",),
}


def parts(log):
    """days open, all days by stage, first-pass days by step, rework days by loop, days that lead nobody knows where."""
    observed = observe(log)
    context = Context(log, observed, load_model(), tuple(ltc.cases(log).table["case_id"]))
    first = sum(row.days.value for row in context.step_ledger)
    unknown = observed.spread.rows_by_key().get(NONE, np.array([], dtype=np.int64))
    loose = observed.days(observed.spread, unknown).value
    stages = float(stage_days(context).table["days_per_case"].sum())
    back = float(rework(context).table.table["days_per_case"].sum())
    return observed.days_open.value, stages, first, back, loose


def assert_adds_up(log):
    whole, stages, first, back, loose = parts(log)
    assert stages + loose == pytest.approx(whole, abs=1e-9)
    assert first + back + loose == pytest.approx(whole, abs=1e-9)
    return whole


@pytest.mark.parametrize("name", ["ltc_zh", "ltc_en", "clean_twin"])
def test_days_of_a_sample_add_up(name):
    assert assert_adds_up(ltc.read(ltc.sample(name))) > 10


@settings(max_examples=8, deadline=None)
@given(st.integers(2000, 3000), st.booleans(), st.sampled_from([40, 120]))
def test_days_of_a_planted_log_add_up(seed, starts, cases):
    made = planted_log(seed, starts=starts, cases=cases)
    assert assert_adds_up(ltc.read(made.frame, columns=made.columns)) > 10


MOST = 10_000
"""Traces that are read: of 150,000 fines the days add up no more than of these."""


def first_traces(path, folder):
    """A file of XES as it is, or the beginning of a very long one."""
    if "road" not in path.name:
        return path
    cut, traces = folder / path.name, 0
    with gzip.open(path, "rt", encoding="utf-8") as whole, gzip.open(cut, "wt", encoding="utf-8") as part:
        for line in whole:
            part.write(line)
            traces += "</trace>" in line
            if traces == MOST:
                break
        part.write("</log>")
    return cut


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_days_of_a_real_log_add_up_whatever_ends_a_case(real_data, name, tmp_path):
    log = ltc.read(first_traces(real_data / "logs" / name, tmp_path), ends=REAL[name])
    assert log.cases == MOST or "road" not in name
    assert assert_adds_up(log) > 0
