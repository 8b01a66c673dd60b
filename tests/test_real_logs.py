"""Real logs through the front door: the counts that their publishers and earlier measurements state."""

from __future__ import annotations

import numpy as np
import pytest

import ltcdiag as ltc
from ltcdiag.findings.context import Context
from ltcdiag.findings.decision_days import days_table
from ltcdiag.measures.observed import observe
from ltcdiag.measures.wait_causes import CAUSES

pytestmark = pytest.mark.real_data

# file: records, events, cases, activities, variants, work instances, set aside by reason
STATED = {
    "receipt.xes.gz": (8_577, 8_577, 1_434, 27, 116, 8_577, {}),
    "bpic2012.xes.gz": (262_200, 262_200, 13_087, 24, 4_366, None, {}),
    "road_traffic_fines.xes.gz": (561_470, 561_470, 150_370, 11, 231, 561_470, {}),
    "production.csv.gz": (4_953, 4_503, 225, 24, 217, 4_503, {"artificial": 450}),
    "LoanApp_fewRes_24-7_noTimers.CSV.gz": (10_009, 10_009, 1_000, 17, 394, 10_009, {}),
    "LoanApp_infRes_24-7_noTimers_batch.CSV.gz": (13_857, 13_857, 1_400, 17, 388, 13_857, {}),
    "bpic2017_W_pre_drift.csv.gz": (105_654, 85_170, 10_242, None, None, 85_170, {"artificial": 20_484}),
    "bpic2017_W_post_drift.csv.gz": (174_003, 137_415, 18_294, None, None, 137_415, {"artificial": 36_588}),
    "bpic2020_RequestForPayment.xes.gz": (36_072, 36_072, 6_760, None, None, 36_072, {}),
}


@pytest.fixture(scope="module")
def read(real_data):
    logs = {}

    def once(name):
        if name not in logs:
            logs[name] = ltc.read(real_data / "logs" / name)
        return logs[name]

    return once


@pytest.mark.parametrize("name", STATED)
def test_counts_are_those_stated_and_the_ledger_balances(read, name):
    log = read(name)
    records, events, cases, activities, variants, instances, aside = STATED[name]
    counts, totals = log.tables.counts(), log.ledger.totals
    assert (totals["records"], log.events, log.cases, dict(log.ledger.set_aside)) == (records, events, cases, aside)
    assert activities in (None, counts["activities"])
    assert variants in (None, counts["variants"])
    assert instances in (None, counts["work_instances"])
    assert totals["lines"] == totals["structure"] + totals["records"]
    graph = ltc.directly_follows(log)
    assert graph.table["moves"].sum() + log.cases == log.events
    paths = ltc.variants(log)
    assert paths.table["cases"].sum() == log.cases


def test_most_completed_fines_take_one_of_five_paths(read):
    ended = ltc.EndsWith(("Payment", "Send for Credit Collection"))
    done = read("road_traffic_fines.xes.gz").where(ended | ltc.Attribute("dismissal", ("#", "G")))
    paths = ltc.variants(done).table
    assert done.cases == 128_268
    assert len(paths) == 193
    assert round(paths["cumulative_share"].iloc[4], 3) == 0.931


def test_credit_collection_runs_about_once_a_year(read):
    gaps = ltc.gaps(read("road_traffic_fines.xes.gz")).table
    into = gaps[gaps["target"] == "Send for Credit Collection"]
    # 525.4 days are stated, without saying over which cases; all cases give 525.7, the completed ones 525.6
    assert into["gap_days_total"].sum() / into["moves"].sum() == pytest.approx(525.4, abs=0.5)


def test_loan_applications_count_rework_on_work_not_on_rows(read):
    log = read("bpic2012.xes.gz")
    calls = ltc.rework(log).table.set_index("activity")
    rows = ltc.directly_follows(log).activities.set_index("activity")
    assert calls["instances"].sum() == log.tables.counts()["work_instances"]
    for activity in ("W_Nabellen offertes", "W_Completeren aanvraag"):
        assert calls.loc[activity, "instances"] < rows.loc[activity, "events"] / 2


def test_the_completions_of_loan_applications_take_4336_paths(read):
    log = read("bpic2012.xes.gz")
    rows = log.tables.store.connection.sql(
        "select k.case_id, a::varchar as activity, ts, row as sequence from ev join k using (c) "
        "where lifecycle = 'COMPLETE' order by row").df()
    done = ltc.read(rows, columns={"case": "case_id", "activity": "activity", "time": "ts", "sequence": "sequence"})
    assert len(ltc.variants(done).table) == 4_336


def test_calling_after_offers_holds_the_most_waiting_and_nothing_is_claimed_about_stages(read):
    """Of the waiting before pieces of work with a recorded start, about 70 % lies before calling after offers."""
    log = read("bpic2012.xes.gz")
    table = ltc.waits(log).table
    assert table["activity"].iloc[0] == "W_Nabellen offertes"
    assert table["share_of_waiting"].iloc[0] == pytest.approx(0.70, abs=0.03)
    assert 0.64 < table["share_low"].iloc[0] < table["share_of_waiting"].iloc[0] < table["share_high"].iloc[0] < 0.74
    diagnosis = ltc.diagnose(log)
    assert len(diagnosis) == 0
    assert diagnosis.why_none
    assert {"waits", "sums", "wait_causes"} <= set(diagnosis.tables)
    causes = diagnosis.tables["wait_causes"].table
    shares = causes[[f"share_{cause}" for cause in CAUSES]].sum(axis=1)
    assert shares[causes["wait_days_total"] > 0].to_numpy() == pytest.approx(1)
    assert causes["wait_days_total"].sum() == pytest.approx(table["wait_days_total"].sum())
    assert diagnosis.tables["sums"].table["stage"].isna().all()


@pytest.mark.parametrize(("name", "designed"), [
    ("LoanApp_fewRes_24-7_noTimers.CSV.gz", "contention"),
    ("LoanApp_infRes_24-7_noTimers_batch.CSV.gz", "batching"),
])
def test_waiting_of_the_designed_loan_logs_lands_in_the_designed_cause(read, name, designed):
    log = read(name)
    tables = ltc.diagnose(log).tables
    causes = tables["wait_causes"].table
    days = {cause: (causes[f"share_{cause}"].fillna(0) * causes["wait_days_total"]).sum() for cause in CAUSES}
    whole = causes["wait_days_total"].sum()
    assert days[designed] >= 0.95 * whole
    assert sum(days.values()) == pytest.approx(whole)
    assert whole == pytest.approx(tables["waits"].table["wait_days_total"].sum())


def test_the_designed_batch_is_a_finding_once_somebody_says_what_ends_a_case(real_data):
    ends = ("Reject application", "Approve application", "Cancel application")
    log = ltc.read(real_data / "logs" / "LoanApp_infRes_24-7_noTimers_batch.CSV.gz", ends=ends)
    claims = {finding.kind: finding for finding in ltc.diagnose(log) if finding.kind in CAUSES}
    assert list(claims) == ["batching"]
    assert claims["batching"].where["activity"] == "Assess loan risk"
    assert claims["batching"].contrast.low > 0.95
    assert claims["batching"].days.low > 0


def test_the_yearly_collection_run_of_the_fines_is_found_as_a_batch(read):
    log = read("road_traffic_fines.xes.gz")
    days = days_table(Context(log, observe(log), ltc.load_model(), ())).table.set_index("step")
    row = days.loc["Send for Credit Collection"]
    assert row["rhythm"] == "runs"
    assert row["share_on_days"] > 0.99
    assert row["expected_low"] > 100
    dates = np.array(row["when"].split(", "), dtype="datetime64[D]")
    assert len(set(dates.astype("datetime64[Y]"))) == len(dates)       # the largest runs: not two in one year
    # of two runs a year apart, a fine that became ready at any time in between waits half a year for the second
    assert 150 < row["passage_low"] < row["days_per_passage"] < row["passage_high"] < 366


def test_finished_cases_only_and_unequal_windows_are_said_and_no_verdict_is_given(read):
    old, new = (read(f"bpic2017_W_{part}_drift.csv.gz") for part in ("pre", "post"))
    told = ltc.compare(old, new, kpi=["days_open", "rework_rate", "rework_days"]).to_dict()
    assert {"unequal_windows", "finished_only"} <= {each["warning"] for each in told["warnings"]}
    assert {each["verdict"] for each in told["effects"]} == {"cannot_tell"}
    assert told["pace"]["verdict"] == "cannot_tell"
    assert told["cases"] == {"cases": 28_536, "before": 10_242, "after": 18_294, "both": 0, "out_of_scope": 0}


def test_a_cycle_whose_exports_hold_finished_cases_only_ends_in_cannot_tell(read, tmp_path):
    old, new = (read(f"bpic2017_W_{part}_drift.csv.gz") for part in ("pre", "post"))
    definition = ltc.Definition(kind="exports", primary=("days_open",), guards=("rework_rate",), review_on="2017-02-01")
    cycle = ltc.Cycle.create(tmp_path / "cycle", today="2016-06-07")
    cycle = cycle.save(log=old, findings={"findings": []}, plan=ltc.Plan(), today="2016-06-07")
    judged = ltc.judge(cycle.freeze(definition, today="2016-06-07"), old, new_log=new, today="2017-02-01")
    assert judged.verdict == "cannot_tell"
    assert {"finished_only", "unequal_windows"} <= set(judged.warnings)
    assert judged.as_agreed
    assert judged.counts == {"cases": 28_536, "judged": 28_536, "too_young": 0, "out_of_scope": 0, "control": 0}
    assert ltc.decide(judged).proposed == "adjust"


def test_halves_of_a_stable_log_give_no_change(read):
    log = read("receipt.xes.gz")
    started = ltc.cases(log).table["started"].sort_values()
    found = ltc.compare_change(log, started.iloc[len(started) // 2], kpi=["days_open", "rework_rate"])
    assert {effect.verdict for effect in found} <= {"cannot_tell", "no_change_that_matters"}
