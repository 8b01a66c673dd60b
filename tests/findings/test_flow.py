"""Leaks, the iron triangle, back and forth and forecast slips: planted faults are found where they lie, by no other."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import ltcdiag as ltc
from ltcdiag.domain.reference import load_model
from ltcdiag.findings.context import Context
from ltcdiag.findings.forecast import forecast
from ltcdiag.findings.leakage import leakage
from ltcdiag.findings.ping_pong import ping_pong
from ltcdiag.findings.presence import handover_matrix, presence
from ltcdiag.findings.transitions import funnels, transitions
from ltcdiag.findings.triangle import triangle
from ltcdiag.measures.observed import observe
from ltcdiag.measures.silence import late_age
from ltcdiag.stats.counted import Counted, above_the_line
from tests.flow_logs import FAULTS, Flow

SAMPLES = Path(__file__).parents[2] / "sample_logs"
DETECTORS = (leakage, triangle, ping_pong, forecast)
TABLES = (transitions, funnels, handover_matrix, presence)
STAGES = {"Needs confirmed": "discovery", "Quote created": "proposal", "Contract drafted": "contract_draft",
          "Order confirmed": "order_confirmed"}
MAIN = {"Quote reviewed": "convert_opportunities", "Contract reviewed": "contracting"}


def context_of(log):
    return Context(log, observe(log), load_model(), tuple(log.tables.answer("cases").table["case_id"]))


def claimed(flow):
    context = context_of(ltc.read(flow.frame, columns=flow.columns))
    return [claim for detector in DETECTORS for claim in detector(context).claims]


PLANTS = (("unassigned", "fr_late", "pushed_often", "discount_rose"), ("silent", "no_owner", "amount_fell"),
          ("sr_missing", "one_person", "ping_pong"))


@pytest.mark.parametrize("n", range(len(PLANTS)))
def test_strong_faults_are_found_where_they_lie_and_nothing_else_is(n):
    flow = Flow(40 + n, *PLANTS[n], lang=("zh", "en")[n % 2], starts=n < 2, cases=400)
    found = {claim.where["type"].replace("pair", "ping_pong"): claim for claim in claimed(flow)}
    assert set(found) == set(PLANTS[n])
    for fault, claim in found.items():
        if fault in ("silent", "no_owner"):
            assert claim.where["stage"] == STAGES[flow.site[fault]]
        if fault == "ping_pong":
            assert claim.where["main_stage"] == MAIN[flow.site[fault]]
        assert claim.contrast.limit < claim.contrast.low <= claim.share.value <= claim.share.high
        assert len(set(claim.case_ids)) == len(claim.case_ids) == claim.events
        assert all("{" not in text and text for texts in (claim.title, claim.evidence, claim.caveat, claim.next_step)
                   for text in texts.values())


def test_every_fault_is_planted_somewhere():
    assert sorted(fault for plants in PLANTS for fault in plants) == sorted(FAULTS)


def test_nature_alone_is_no_fault():
    assert claimed(Flow(7, lang="en", starts=False, cases=400)) == []


def slow_silence(frame, columns, stages, as_of):
    """Cases open and silent beyond the limit by place, one case after the other; gaps that ended by place."""
    ended, running = {}, {}
    for case, rows in frame.groupby(columns["case"], sort=True):
        labels, times = rows[columns["activity"]].tolist(), pd.to_datetime(rows[columns["time"]]).tolist()
        for label, begin, end in zip(labels, times, times[1:], strict=False):
            ended.setdefault(stages[label], []).append((end - begin).total_seconds() / 86400)
        last = stages[labels[-1]]
        if last not in ("lost", "lead_disqualified", "paid"):
            running.setdefault(last, []).append((case, (as_of - times[-1]).total_seconds() / 86400))
    return ended, running


@pytest.fixture(scope="module")
def quiet():
    """A flow with silent cases, its log and context."""
    flow = Flow(3, "silent", starts=False, cases=120)
    log = ltc.read(flow.frame, columns=flow.columns)
    return flow, log, context_of(log)


def test_silence_equals_a_slow_count_case_by_case(quiet):
    flow, log, context = quiet
    table = leakage(context).table.table.set_index(["leak_type", "stage"])
    ended, running = slow_silence(flow.frame, flow.columns, log.stages, pd.Timestamp(log.as_of))
    compared = 0
    for (kind, stage), row in table.iterrows():
        if kind == "silent" and pd.notna(row["limit_days"]):
            gaps = ended[stage] + [days for _, days in running.get(stage, [])]
            over = [True] * len(ended[stage]) + [False] * len(running.get(stage, []))
            limit = slow_limit(gaps, over)
            assert row["limit_days"] == pytest.approx(limit, abs=1e-6)
            assert row["silent"] == sum(days > limit + 1e-9 for _, days in running.get(stage, []))
            compared += 1
    assert compared > 8


def slow_limit(gaps, over):
    """The first age at which the product-limit share of ended gaps has come to 95 in 100 of its last value."""
    alive, curve = 1.0, []
    for age in sorted(set(gaps)):
        at_risk = sum(gap >= age for gap in gaps)
        alive *= 1 - sum(gap == age and done for gap, done in zip(gaps, over, strict=True)) / at_risk
        curve.append((age, 1 - alive))
    return next(age for age, gone in curve if gone >= 0.95 * curve[-1][1] - 1e-12)


def test_dead_cases_do_not_move_the_limit():
    rng = np.random.default_rng(5)
    gaps = rng.exponential(10.0, 4000)
    alone = late_age(gaps, np.ones(4000, dtype=bool))
    dead = np.append(gaps, np.full(2000, 300.0))
    assert late_age(dead, np.append(np.ones(4000, dtype=bool), np.zeros(2000, dtype=bool))) == pytest.approx(alone)


def test_where_stages_lead_adds_up_and_funnels_are_ordered(quiet):
    flow, log, context = quiet
    table = transitions(context).table.table
    assert np.allclose(table.groupby("stage")["share_of_moves"].sum(), 1.0)
    into = table[~table["next_stage"].isin(["closed", "silent", "open"])]["moves"].sum()
    assert table["moves"].sum() == into + log.cases       # every case ends once: closed, silent or still there
    shares = funnels(context).table.table
    assert len(shares) == 5
    assert (shares["share_passing"] <= shares["share_reached"] + 1e-12).all()
    for kind, named in (("passing", "passed through"), ("cohort", "one cohort")):
        drawing = ltc.draw(funnels(context).table, kind=kind, lang="en")
        assert any(named in text.get_text() for text in drawing.figure.findobj(Text))
        assert named in drawing.words
    names = set(flow.frame[flow.columns["resource"]])
    assert set(handover_matrix(context).table.table["party_kind"]) == {"department", "role"}
    assert not names & set(presence(context).table.table["party"])


@pytest.mark.parametrize("left_out", ["stages", "parties", "ends"])
def test_a_log_that_lacks_something_passes(left_out):
    flow = Flow(14, "silent", cases=50)
    frame, columns = flow.frame.copy(), dict(flow.columns)
    ends = ()
    if left_out == "stages":
        codes = {label: f"X{n:02d}" for n, label in enumerate(sorted(set(frame[columns["activity"]])))}
        frame[columns["activity"]] = frame[columns["activity"]].map(codes)
        ends = (codes["回款"], codes["输单"], codes["线索无效"])
    if left_out == "ends":
        frame = frame[~frame[columns["activity"]].isin(["回款", "输单", "线索无效", "开票"])]
    gone = ("role", "department", "amount", "currency") if left_out == "parties" else ()
    frame = frame.drop(columns=[columns.pop(role) for role in gone])
    log = ltc.read(frame, columns=columns, ends=ends)
    context = context_of(log)
    assert context.observed.timeline is not None or left_out == "ends"
    if context.observed.timeline is not None:
        for make in (*DETECTORS, *TABLES):
            assert make(context).table.n == log.cases
    if left_out == "parties":                               # people are left, and people are in no table of parties
        assert all(len(make(context).table.table) == 0 for make in (handover_matrix, presence, ping_pong))


def test_salesforce_history_is_read_with_the_value_before():
    log = ltc.read(SAMPLES / "salesforce", case="opportunity")
    history = pd.read_csv(SAMPLES / "salesforce" / "OpportunityHistory.csv")
    history = history.sort_values(["OpportunityId", "CreatedDate"], kind="stable")
    before = history.groupby("OpportunityId")["CloseDate"].shift()
    moved = history[before.notna() & (before != history["CloseDate"])]
    told = log.tables.answer("stated", attribute="expected_close").table
    assert len(told) == len(moved)
    assert sorted(told["before"].str[:10]) == sorted(before[moved.index])


def test_what_lies_above_a_line():
    rows = [Counted(40, 200, 0.05), Counted(12, 200, 0.05), Counted(5, 10, 0.05), Counted(0, 0, 0.05)]
    assert above_the_line(rows, least=20) == [True, False, False, False]
    assert (rows[3].share.low, rows[3].share.high) == (0.0, 1.0)
    assert Counted(0, 300, 0.05).p == 1.0


@pytest.mark.parametrize(("label", "role"), [
    ("销售一部", "AR"), ("大客户经理", "AR"), ("售前支持", "SR"), ("Pre-Sales", "SR"),
    ("Sales engineer", "SR"), ("交付中心", "FR"), ("項目經理", "FR"), ("Supply chain", "FR"),
    ("法务部", None), ("财务部", None), ("Legal", None)])
def test_a_role_of_the_triangle_is_told_from_its_words(label, role):
    assert load_model().role_of(label) == role


def test_a_copy_of_the_model_names_the_roles_anew(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text('[role.FR]\nknown_as = "蓝军"\n', "utf-8")
    model = load_model(path)
    assert (model.role_of("蓝军一队"), model.role_of("交付部")) == ("FR", None)
